//! The columns of a contract: `[[column]]` with its type, its reader and its sources. Refuses readers and types it does not know.

use crate::config::contract::pattern;
use crate::config::doc::Section;
use crate::model::contract::{ColumnRule, NipPart, Reader, Source, Take, TitlePart};
use crate::model::table::{Class, Column, Kind, Visibility};

/// Every `[[column]]` of the file, in order.
pub fn columns(root: &Section<'_, '_>) -> Vec<ColumnRule> {
    let mut found = Vec::new();
    for section in root.sections("column") {
        found.push(column(&section));
        section.close();
    }
    if found.is_empty() {
        root.problem("column", "is missing", Some("write `[[column]]` for each canonical column".into()));
    }
    found
}

fn column(section: &Section<'_, '_>) -> ColumnRule {
    let kind = kind(section);
    let required = section.truth("required", false);
    let class = section.choice("class", &[("P", Class::P), ("PS", Class::PS)]).unwrap_or(Class::Open);
    let column = Column {
        name: section.text("name"),
        kind,
        nullable: section.truth("nullable", !required),
        class,
        visibility: section.choice("visibility", &Visibility::ALL),
        about: section.text("about"),
    };
    let read = reader(section).unwrap_or_else(|| default_reader(section, kind));
    let headers = section.texts("headers");
    let mut from = Vec::new();
    if !headers.is_empty() {
        from.push(plain(Take::Headers(headers)));
    }
    for source in section.sections("from") {
        if let Some(found) = self::source(&source) {
            from.push(found);
        }
        source.close();
    }
    ColumnRule { column, required, values: section.texts("values"), read, from }
}

fn plain(take: Take) -> Source {
    Source { take, read: None, repair: None, dialects: Vec::new(), without: Vec::new(), matching: None }
}

/// `text`, `int`, `bool`, `date`, or `decimal(6,2)`.
fn kind(section: &Section<'_, '_>) -> Kind {
    let word = section.text("type");
    match word.as_str() {
        "text" => Kind::Text,
        "int" => Kind::Int,
        "bool" => Kind::Bool,
        "date" => Kind::Date,
        other => {
            let inner = other.strip_prefix("decimal(").and_then(|it| it.strip_suffix(')'));
            let parsed = inner.and_then(|it| it.split_once(',')).and_then(|(precision, scale)| {
                let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
                ((0..10).contains(&scale) && 0 < precision && precision <= 38)
                    .then_some(Kind::Decimal { precision, scale })
            });
            parsed.unwrap_or_else(|| {
                if !other.is_empty() {
                    let what = format!("unknown type `{other}`; use text, int, bool, date, decimal(6,2)");
                    section.problem("type", what, None);
                }
                Kind::Text
            })
        }
    }
}

fn default_reader(section: &Section<'_, '_>, kind: Kind) -> Reader {
    match kind {
        Kind::Date => Reader::Date { ceiling: section.truth("ceiling", true) },
        Kind::Int | Kind::Count | Kind::Decimal { .. } => {
            Reader::Number { min: section.integer_opt("min"), max: section.integer_opt("max") }
        }
        Kind::Bool => Reader::Flag(section.texts("true_words").iter().map(|it| it.to_uppercase()).collect()),
        Kind::Text | Kind::Real | Kind::Moment => Reader::Text { strip: section.text_opt("strip").unwrap_or_default() },
    }
}

fn reader(section: &Section<'_, '_>) -> Option<Reader> {
    let word = section.text_opt("read")?;
    Some(match word.as_str() {
        "text" => Reader::Text { strip: section.text_opt("strip").unwrap_or_default() },
        "id" => Reader::Id,
        "nip" => Reader::Nip { lookup: section.text_opt("lookup"), names: section.texts("names") },
        "other_nip" => Reader::OtherNip,
        "nik" => Reader::Nik,
        "date" => Reader::Date { ceiling: section.truth("ceiling", true) },
        "number" => Reader::Number { min: section.integer_opt("min"), max: section.integer_opt("max") },
        "code" => Reader::Code(usize::try_from(section.integer_or("width", 2)).unwrap_or(2)),
        "words" => Reader::Words {
            list: section.text("list"),
            squeeze: section.truth("squeeze", false),
            quiet: section.truth("quiet", false),
        },
        "golongan" => Reader::Golongan,
        "golongan_id" => Reader::GolonganId,
        "title_depan" => Reader::Titles(TitlePart::Depan),
        "title_nama" => Reader::Titles(TitlePart::Nama),
        "title_belakang" => Reader::Titles(TitlePart::Belakang),
        other => {
            let known = "text, id, nip, other_nip, nik, date, number, code, words, golongan, golongan_id, title_depan, title_nama, \
                         title_belakang";
            section.problem("read", format!("unknown reader `{other}`; use {known}"), None);
            return None;
        }
    })
}

fn source(section: &Section<'_, '_>) -> Option<Source> {
    let read = reader(section);
    let take = take(section);
    if take.is_none() {
        let hint = "name one of headers, const, column, nip, letterhead, drawn_in_preamble, lookup_in, unpivot";
        section.problem("headers", "is missing, and nothing else to take a value from is named", Some(hint.into()));
    }
    let matching = section.text_opt("matching").map(|_| pattern(section, "matching"));
    let (repair, dialects, without) = (section.text_opt("repair"), section.texts("dialects"), section.texts("without"));
    Some(Source { take: take?, read, repair, dialects, without, matching })
}

fn take(section: &Section<'_, '_>) -> Option<Take> {
    let headers = section.texts("headers");
    if let Some(split) = section.text_opt("split") {
        return Some(Take::Part { headers, split, group: section.text("part") });
    }
    if !headers.is_empty() {
        return Some(Take::Headers(headers));
    }
    if let Some(text) = section.text_opt("const") {
        return Some(Take::Const(text));
    }
    if let Some(column) = section.text_opt("column") {
        return Some(Take::Column(column));
    }
    if section.truth("drawn_in_preamble", false) {
        return Some(Take::DrawnInPreamble);
    }
    if let Some(fact) = section.text_opt("letterhead") {
        return Some(Take::Letterhead(fact));
    }
    if let Some(lookup) = section.text_opt("lookup_in") {
        let (by, key, value) = (section.text("by"), section.text("key"), section.text("value"));
        return Some(Take::Lookup { lookup, by, key, value });
    }
    let parts = [("whole", NipPart::Whole), ("birth", NipPart::Birth), ("sex", NipPart::Sex), ("kind", NipPart::Kind)];
    if let Some(part) = section.choice("nip", &parts) {
        return Some(Take::Nip(part));
    }
    section.choice("unpivot", &[("name", 0), ("cell", 1), ("header", 2)]).map(|which| match which {
        0 => Take::UnpivotName,
        1 => Take::UnpivotCell,
        _ => Take::UnpivotHeader,
    })
}
