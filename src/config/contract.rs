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
use crate::model::table::Visibility;
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
    if let Some(advice) = root.section("saran") {
        rules.advice = advice.keys().into_iter().map(|code| (code.clone(), advice.text(&code))).collect();
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
        visibility: visibility(&root),
        stock: root.truth("stock", false),
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
            let majority = Majority { headers: it.texts("headers") };
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

/// The level of the table. One that says nothing is a problem, and as closed as can be until it is mended.
fn visibility(root: &Section<'_, '_>) -> Visibility {
    if !root.has("visibility") {
        let hint = "write H1 (kin), H2 (figures of a unit), H3 (publishable) or H4 (persons, raw counts)";
        root.problem("visibility", "is missing", Some(hint.into()));
    }
    root.choice("visibility", &Visibility::ALL).unwrap_or(Visibility::H1)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::contract::load_order;

    const SHARED_TEXT: &str =
        "version = 1\ntotal_words = ['JUMLAH']\n[messages]\nTGL-05 = 'Tanggal lahir diambil dari NIP'\n";

    fn shown(problems: Vec<Problem>) -> String {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_problem_of_a_contract_is_told_at_once() {
        let text = "version = 1
about = 'Unit'
visibility = 'H2'
key = ['unor']
[[signature]]
order = 1
dialect = 'x'
headers = []
[split.sk]
pattern = '('
[[column]]
name = 'unor_id'
type = 'txt'
about = 'Pengenal'
read = 'idd'
headers = ['Id']
[[column]]
name = 'eselon'
type = 'text'
about = 'Eselon'
read = 'words'
list = 'eselon'
from = [{ headers = ['EselonId'], repair = 'TGL-06' }, { heders = ['x'] }]
[[check]]
code = 'TGL-05'
test = 'emty'
column = 'eselon'
";
        let shared = shared("_bersama.toml", SHARED_TEXT).unwrap();
        insta::assert_snapshot!(shown(contract("unor", "unor.toml", text, &shared).unwrap_err()), @r"
        unor.toml:4: key: no column `unor`
        unor.toml:8: signature[0].headers: is empty
            hint: name the headers that tell this sheet from all others
        unor.toml:10: split.sk.pattern: is no regular expression: unclosed group
        unor.toml:13: column[0].type: unknown type `txt`; use text, int, bool, date, decimal(6,2)
        unor.toml:15: column[0].read: unknown reader `idd`; use text, id, nip, other_nip, nik, date, number, code, words, golongan, golongan_id, title_depan, title_nama, title_belakang
        unor.toml:22: column[1].list: no word list `eselon`
        unor.toml:23: column[1].from: no message for `TGL-06`
            hint: did you mean `TGL-05`?
        unor.toml:23: column[1].from[1].headers: is missing, and nothing else to take a value from is named
            hint: name one of headers, const, column, nip, letterhead, drawn_in_preamble, lookup_in, unpivot
        unor.toml:23: column[1].from[1].heders: unknown key
            hint: did you mean `headers`?
        unor.toml:26: check[0].test: unknown test `emty`; use nip_birth, nip_month, nip_year, nip_sex, nik_birth, before, empty, email, not_in_list, not_in_lookup, not_in_file, matrix
        ");
    }

    #[test]
    fn contracts_of_the_repository_fit_together() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/sources");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            files.push((
                path.file_name().unwrap().to_str().unwrap().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            ));
        }
        let found = contracts(&files).map_err(shown).unwrap();
        assert_eq!(found.len(), 18);
        for contract in &found {
            assert!(contract.table().has("berkas_baris"));
            let json = serde_json::to_string(contract).unwrap();
            assert_eq!(&serde_json::from_str::<Contract>(&json).unwrap(), contract);
        }
        let place = |name: &str| {
            let at = |level: &Vec<usize>| level.iter().any(|i| found[*i].dataset == name);
            load_order(&found).iter().position(at).unwrap()
        };
        assert!(place("unor") < place("pegawai") && place("pegawai") < place("riwayat_jabatan"));
        let mut clash = files.clone();
        let unor = files.iter().find(|(file, _)| file == "unor.toml").unwrap();
        clash.push(("unit.toml".into(), unor.1.clone()));
        assert_eq!(
            shown(contracts(&clash).unwrap_err()),
            "pipelines/sources/unor.toml: signature: order 6 is also used by `unit`\n    hint: give each signature its own order"
        );
        assert_eq!(contracts(&[]).unwrap_err().len(), 1);
    }
}
