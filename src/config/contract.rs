//! The shape of `pipelines/sources/*.toml`: one contract a dataset, and `_bersama.toml` for what holds for all. Refuses a contract
//! that names a column, list, split, look-up or rule code that does not exist.

use crate::config::contract_check;
use crate::config::contract_column;
use crate::config::doc::{Doc, Section};
use crate::model::contract::{
    Check, Contract, DayRule, Letterhead, LookupAt, LookupSpec, Majority, MonthRule, NextInGroup, Place, Scope, Shared,
    Signature, Split, Test, Unpivot, Word,
};
use crate::model::digest::Digest;
use crate::model::problem::Problem;
use std::collections::BTreeMap;

/// Name of the file with the rules that hold for all datasets.
pub const SHARED: &str = "_bersama.toml";

/// What `_bersama.toml` says.
#[derive(Debug, Clone, Default)]
pub struct SharedFile {
    text: String,
    rules: Shared,
    words: BTreeMap<String, Vec<Word>>,
    codes: BTreeMap<String, Vec<String>>,
}

/// Reads all contracts from pairs of file name (relative to the project) and text, `_bersama.toml` among them.
pub fn contracts(files: &[(String, String)]) -> Result<Vec<Contract>, Vec<Problem>> {
    let stem = |file: &str| file.rsplit('/').next().unwrap_or(file).to_string();
    let Some((file, text)) = files.iter().find(|(file, _)| stem(file) == SHARED) else {
        let hint = Some(format!(
            "`talenta init` writes one; it holds the rules for periode and {} for every dataset",
            "tanggal_tarik"
        ));
        let (file, what) = (SHARED.to_string(), "is missing".to_string());
        return Err(vec![Problem { file, line: 0, path: String::new(), what, hint }]);
    };
    let shared = shared(file, text)?;
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (file, text) in files.iter().filter(|(file, _)| stem(file) != SHARED) {
        let name = stem(file);
        match contract(name.trim_end_matches(".toml"), file, text, &shared) {
            Ok(contract) => found.push(contract),
            Err(more) => problems.extend(more),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    found.sort_by(|a: &Contract, b| a.dataset.cmp(&b.dataset));
    let clashes = contract_check::across(&found);
    if clashes.is_empty() { Ok(found) } else { Err(clashes) }
}

/// Reads `_bersama.toml`.
pub fn shared(file: &str, text: &str) -> Result<SharedFile, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let mut rules = Shared { total_words: root.texts("total_words"), ..Shared::default() };
    for section in root.sections("periode") {
        rules.periode.push(month_rule(&section));
        section.close();
    }
    for section in root.sections("tanggal_tarik") {
        let place = section.choice("place", PLACES).unwrap_or(Place::Received);
        rules.tanggal_tarik.push(DayRule { place, pattern: pattern(&section, "pattern") });
        section.close();
    }
    if let Some(messages) = root.section("messages") {
        rules.messages = messages.keys().into_iter().map(|code| (code.clone(), messages.text(&code))).collect();
    }
    let (words, codes) = (words(&root), codes(&root));
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(SharedFile { text: text.into(), rules, words, codes }) } else { Err(problems) }
}

/// Reads one contract; `dataset` is the file stem.
pub fn contract(dataset: &str, file: &str, text: &str, shared: &SharedFile) -> Result<Contract, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let mut all_words = shared.words.clone();
    all_words.extend(words(&root));
    let mut all_codes = shared.codes.clone();
    all_codes.extend(codes(&root));
    let contract = Contract {
        dataset: dataset.into(),
        about: root.text("about"),
        digest: Digest::of_parts([text.as_bytes(), shared.text.as_bytes()]),
        key: root.texts("key"),
        signatures: signatures(&root),
        columns: contract_column::columns(&root),
        identity: root.text_opt("identity"),
        require_any: root.sections("require_any").iter().map(|it| closed(it, it.texts("columns"))).collect(),
        unpivot: unpivot(&root),
        next_in_group: root.sections("next_in_group").iter().map(next_in_group).collect(),
        checks: root.sections("check").iter().filter_map(check).collect(),
        scope: root.sections("cakupan").iter().map(scope).collect(),
        majority: root.section("majority").map(|it| {
            let majority = Majority { code: it.text("code"), headers: it.texts("headers") };
            closed(&it, majority)
        }),
        lookups: root.sections("lookup").iter().map(lookup).collect(),
        splits: splits(&root),
        letterhead: root.sections("letterhead").iter().map(letterhead).collect(),
        words: all_words,
        codes: all_codes,
        shared: shared.rules.clone(),
    };
    contract_check::within(&root, &contract);
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(contract) } else { Err(problems) }
}

const PLACES: &[(&str, Place)] = &[
    ("preamble", Place::Preamble),
    ("file_name", Place::FileName),
    ("tanggal_tarik", Place::Drawn),
    ("register", Place::Received),
];

fn month_rule(section: &Section<'_, '_>) -> MonthRule {
    let place = section.choice("place", PLACES).unwrap_or(Place::Drawn);
    let pattern = if place == Place::Drawn { String::new() } else { pattern(section, "pattern") };
    let month = section.integer_opt("month").and_then(|it| u32::try_from(it).ok());
    let after_day = u32::try_from(section.integer_or("after_day", 0)).unwrap_or(0);
    MonthRule { place, pattern, month, after_day }
}

/// A regular expression, checked; empty where absent.
pub fn pattern(section: &Section<'_, '_>, key: &str) -> String {
    let text = section.text_opt(key).unwrap_or_default();
    if let Err(error) = regex::Regex::new(&text) {
        let reason = error.to_string().lines().last().unwrap_or("").trim_start_matches("error: ").to_string();
        section.problem(key, format!("is no regular expression: {reason}"), None);
    }
    text
}

fn closed<T>(section: &Section<'_, '_>, value: T) -> T {
    section.close();
    value
}

fn signatures(root: &Section<'_, '_>) -> Vec<Signature> {
    let mut found = Vec::new();
    for section in root.sections("signature") {
        let headers = section.texts("headers");
        if headers.is_empty() {
            section.problem(
                "headers",
                "is empty",
                Some("name the headers that tell this sheet from all others".into()),
            );
        }
        found.push(Signature {
            order: u32::try_from(section.integer("order")).unwrap_or(0),
            dialect: section.text("dialect"),
            headers,
            header_rows: u32::try_from(section.integer_or("header_rows", 1)).unwrap_or(1),
        });
        section.close();
    }
    if found.is_empty() {
        root.problem("signature", "is missing", Some("write `[[signature]]` with order, dialect and headers".into()));
    }
    found
}

fn words(root: &Section<'_, '_>) -> BTreeMap<String, Vec<Word>> {
    let Some(lists) = root.section("words") else { return BTreeMap::new() };
    let entry = |section: &Section<'_, '_>| {
        let like = section.text_opt("like").map(|_| pattern(section, "like"));
        let is = section.texts("is").iter().map(|it| it.to_uppercase()).collect();
        closed(section, Word { to: section.text("to"), is, like })
    };
    lists.keys().into_iter().map(|name| (name.clone(), lists.sections(&name).iter().map(entry).collect())).collect()
}

fn codes(root: &Section<'_, '_>) -> BTreeMap<String, Vec<String>> {
    let Some(lists) = root.section("codes") else { return BTreeMap::new() };
    lists.keys().into_iter().map(|name| (name.clone(), lists.texts(&name))).collect()
}

fn splits(root: &Section<'_, '_>) -> BTreeMap<String, Split> {
    let Some(all) = root.section("split") else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for name in all.keys() {
        if let Some(section) = all.section(&name) {
            let split = Split { pattern: pattern(&section, "pattern"), otherwise: section.text_opt("otherwise") };
            found.insert(name, closed(&section, split));
        }
    }
    found
}

fn letterhead(section: &Section<'_, '_>) -> Letterhead {
    let found =
        Letterhead { name: section.text("name"), pattern: pattern(section, "pattern"), value: section.text("value") };
    closed(section, found)
}

fn lookup(section: &Section<'_, '_>) -> LookupSpec {
    let when = [("previous", LookupAt::PreviousPeriode), ("latest", LookupAt::LatestPeriode)];
    let at = section.choice("at", &when).unwrap_or(LookupAt::LatestPeriode);
    let found =
        LookupSpec { name: section.text("name"), table: section.text("table"), at, columns: section.texts("columns") };
    closed(section, found)
}

fn scope(section: &Section<'_, '_>) -> Scope {
    let found =
        Scope { dialects: section.texts("dialects"), formats: section.texts("formats"), value: section.text("value") };
    closed(section, found)
}

fn next_in_group(section: &Section<'_, '_>) -> NextInGroup {
    let following = section.text_opt("following").map(|column| (column, section.text("following_is")));
    let (column, group, order) = (section.text("column"), section.text("group"), section.text("order"));
    closed(section, NextInGroup { column, group, order, following })
}

fn unpivot(root: &Section<'_, '_>) -> Option<Unpivot> {
    let section = root.section("unpivot")?;
    let columns =
        section.sections("columns").iter().map(|it| closed(it, (it.text("header"), it.text("name")))).collect();
    Some(closed(&section, Unpivot { name_column: section.text("name_column"), columns }))
}

fn check(section: &Section<'_, '_>) -> Option<Check> {
    let test = match section.text("test").as_str() {
        "nip_birth" => Test::NipBirth,
        "nip_month" => Test::NipMonth,
        "nip_year" => Test::NipYear,
        "nip_sex" => Test::NipSex,
        "nik_birth" => Test::NikBirth(section.text("other")),
        "before" => Test::Before(section.text("other")),
        "empty" => Test::Empty,
        "email" => Test::Email,
        "not_in_list" => Test::NotInList(section.text("list")),
        "not_in_lookup" => Test::NotInLookup(section.text("lookup"), section.text("other")),
        "not_in_file" => Test::NotInFile(section.text("other")),
        "matrix" => Test::Matrix(section.text("other"), section.text("another"), matrix(section)),
        word => {
            let known = "nip_birth, nip_month, nip_year, nip_sex, nik_birth, before, empty, email, not_in_list, not_in_lookup, \
                         not_in_file, matrix";
            section.problem("test", format!("unknown test `{word}`; use {known}"), None);
            return None;
        }
    };
    let when = section.text_opt("when").map(|column| (column, section.texts("is")));
    Some(closed(section, Check { code: section.text("code"), test, column: section.text("column"), when }))
}

/// `"1,2 = 3"`.
fn matrix(section: &Section<'_, '_>) -> Vec<(i64, i64, i64)> {
    let parse = |cell: &String| {
        let mut numbers = cell.split([',', '=']).map(|it| it.trim().parse::<i64>().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next()??))
    };
    let cells = section.texts("cells");
    let found: Vec<_> = cells.iter().filter_map(parse).collect();
    if found.len() < cells.len() || cells.is_empty() {
        section.problem("cells", "has an entry that is not written `a,b = c`", None);
    }
    found
}
