//! Readers of text: plain text, identifiers, codes, words, flags, titles. One function a column; refuses to know which column.

use crate::ingest::cells::{Cells, Fault, Fix, Raw};
use crate::ingest::known::Known;
use crate::ingest::values::name;
use crate::ingest::values::words;
use crate::model::contract::{TitlePart, Word};
use arrow::array::{Array, BooleanBuilder, Int32Builder, StringArray, StringBuilder};
use regex::Regex;
use std::borrow::Cow;
use std::sync::Arc;

/// Length in bytes of the longest null word: a longer cell need not be compared with them.
const NULL_WORD_MAX: usize = 9;

/// Text with white space collapsed; characters of `strip` are removed from the start.
pub fn text(raw: Raw<'_>, strip: &str) -> Cells {
    map(raw, |cell| {
        if NULL_WORD_MAX < cell.len() && strip.is_empty() && plain(cell) {
            return Some(Cow::Borrowed(cell));
        }
        if words::is_null(cell) {
            return None;
        }
        let collapsed = words::collapse(cell);
        let stripped = collapsed.trim_start_matches(|c: char| strip.contains(c)).trim_start();
        if stripped.len() == cell.len() {
            return Some(Cow::Borrowed(cell));
        }
        (!stripped.is_empty()).then(|| Cow::Owned(stripped.to_string()))
    })
}

/// Identifiers (ID-01).
pub fn id(raw: Raw<'_>) -> Cells {
    let bare = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphanumeric);
    map(raw, |cell| {
        let bytes = cell.as_bytes();
        if NULL_WORD_MAX < bytes.len() && bare(bytes.first()) && bare(bytes.last()) {
            return Some(Cow::Borrowed(cell));
        }
        let cleaned = words::clean_id(cell);
        if cleaned.is_empty() || words::is_null(cleaned) {
            return None;
        }
        Some(if cleaned.len() == cell.len() { Cow::Borrowed(cell) } else { Cow::Owned(cleaned.to_string()) })
    })
}

/// One part of names with titles.
pub fn titles(raw: Raw<'_>, part: TitlePart) -> Cells {
    map(raw, |cell| {
        if words::is_null(cell) {
            return None;
        }
        let named = name::split_titles(cell);
        let part: Option<String> = match part {
            TitlePart::Depan => named.depan,
            TitlePart::Nama => Some(named.nama),
            TitlePart::Belakang => named.belakang,
        };
        part.filter(|it| !it.is_empty()).map(Cow::Owned)
    })
}

/// Codes of a fixed width that may have lost zeros (KOD-01).
pub fn code(raw: Raw<'_>, width: usize) -> Cells {
    let mut fixes = Vec::new();
    let mut row = 0;
    let mut cells = map(raw, |cell| {
        let at = row;
        row += 1;
        let cleaned = words::clean_id(cell);
        if cleaned.is_empty() || words::is_null(cleaned) {
            return None;
        }
        if cleaned.len() < width && cleaned.bytes().all(|it| it.is_ascii_digit()) {
            fixes.push(Fix { row: at, code: "KOD-01".into(), before: cell.to_string() });
            return Some(Cow::Owned(format!("{cleaned:0>width$}")));
        }
        Some(if cleaned.len() == cell.len() { Cow::Borrowed(cell) } else { Cow::Owned(cleaned.to_string()) })
    });
    cells.fixes = fixes;
    cells
}

/// True for one of `trues` (upper case), false for anything else that is there.
pub fn flag(raw: Raw<'_>, trues: &[String]) -> Cells {
    let mut values = BooleanBuilder::with_capacity(raw.text.len());
    for row in 0..raw.text.len() {
        if raw.text.is_null(row) {
            values.append_null();
        } else {
            let cell = words::collapse(raw.text.value(row)).to_uppercase();
            values.append_value(trues.contains(&cell));
        }
    }
    Cells::clean(Arc::new(values.finish()))
}

/// A compiled word list.
pub struct WordList {
    entries: Vec<(Word, Option<Regex>)>,
}

impl WordList {
    /// Compiles the patterns.
    pub fn new(words: &[Word]) -> Result<Self, regex::Error> {
        let compile = |word: &Word| Ok((word.clone(), word.like.as_deref().map(Regex::new).transpose()?));
        Ok(Self { entries: words.iter().map(compile).collect::<Result<_, regex::Error>>()? })
    }

    /// What the cell means: nothing if no entry fits, an empty text for null.
    fn find(&self, cell: &str, squeeze: bool) -> Option<&str> {
        let mut upper = words::collapse(cell).to_uppercase();
        if squeeze {
            upper.retain(|c| c != ' ');
        }
        let fits = |(word, like): &&(Word, Option<Regex>)| {
            word.is.contains(&upper) || like.as_ref().is_some_and(|it| it.is_match(&upper))
        };
        self.entries.iter().find(fits).map(|(word, _)| word.to.as_str())
    }
}

/// Words of a list; an unknown one is a fault, unless `quiet`.
pub fn words_of(raw: Raw<'_>, list: &WordList, squeeze: bool, quiet: bool, required: bool, whole: bool) -> Cells {
    let mut faults = Vec::new();
    // Columns of words hold few distinct texts, so each is looked up once a chunk.
    let mut known: Known<'_, Option<&str>> = Known::default();
    let mut found: Vec<Option<&str>> = Vec::with_capacity(raw.text.len());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        if raw.text.is_null(row) || words::is_null(cell) {
            found.push(None);
            continue;
        }
        let meaning = *known.get(cell, || list.find(cell, squeeze));
        if meaning.is_none() && !quiet {
            let code = if required { "ENU-02" } else { "ENU-01" };
            faults.push(Fault { row, code, raw: cell.to_string() });
        }
        found.push(meaning.filter(|it| !it.is_empty()));
    }
    if whole {
        let mut values = Int32Builder::with_capacity(found.len());
        found.iter().for_each(|it| values.append_option(it.and_then(|text| text.parse().ok())));
        return Cells { values: Arc::new(values.finish()), faults, fixes: Vec::new() };
    }
    Cells { values: Arc::new(StringArray::from(found)), faults, fixes: Vec::new() }
}

/// Builds a text column; the array itself is passed on where no cell changes.
pub fn map<'a>(raw: Raw<'a>, mut cell: impl FnMut(&'a str) -> Option<Cow<'a, str>>) -> Cells {
    let len = raw.text.len();
    let mut builder: Option<StringBuilder> = None;
    for row in 0..len {
        let absent = raw.text.is_null(row);
        let before = raw.cell(row);
        // Called for absent cells too, so that a reader may count rows.
        let after = cell(before).filter(|_| !absent);
        let same = match &after {
            Some(Cow::Borrowed(text)) => text.len() == before.len(),
            Some(Cow::Owned(_)) => false,
            None => absent,
        };
        if same && builder.is_none() {
            continue;
        }
        let out = builder.get_or_insert_with(|| started(raw.text, row));
        out.append_option(after);
    }
    match builder {
        None => Cells::clean(Arc::new(raw.text.clone())),
        Some(mut out) => Cells::clean(Arc::new(out.finish())),
    }
}

/// A builder that already holds the first `rows` of `text`.
fn started(text: &StringArray, rows: usize) -> StringBuilder {
    let mut builder = StringBuilder::with_capacity(text.len(), text.value_data().len().min(1 << 26));
    (0..rows).for_each(|row| builder.append_option(text.is_valid(row).then(|| text.value(row))));
    builder
}

/// Whether collapsing would change nothing. Looks at all bytes, since that is quicker than to stop at one.
fn plain(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    // Every other white space character is a control byte or not ASCII; those take the slow way.
    let odd = bytes.iter().fold(false, |odd, byte| odd | !(b' '..0x80).contains(byte));
    let behind = bytes.get(1..).unwrap_or_default();
    let twice = bytes.iter().zip(behind).fold(false, |twice, (a, b)| twice | (*a == b' ' && *b == b' '));
    let ends = [bytes.first(), bytes.last()];
    !odd && !twice && ends.iter().all(|end| end.is_some_and(|byte| *byte != b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(cells: &Cells) -> Vec<Option<&str>> {
        cells.values.as_any().downcast_ref::<StringArray>().unwrap().iter().collect()
    }

    #[test]
    fn text_that_needs_nothing_is_passed_on() {
        let raw = StringArray::from(vec!["Bidang A", "SD"]);
        let cells = text(Raw::of_text(&raw), "");
        assert_eq!(texts(&cells), [Some("Bidang A"), Some("SD")]);
        let raw = StringArray::from(vec![Some("----Bidang  A "), None, Some("-"), Some("undefined")]);
        assert_eq!(texts(&text(Raw::of_text(&raw), "-")), [Some("Bidang A"), None, None, None]);
    }

    #[test]
    fn lost_zeros_come_back_and_are_told() {
        let raw = StringArray::from(vec!["1", "72", "'05", ""]);
        let cells = code(Raw::of_text(&raw), 2);
        assert_eq!(texts(&cells), [Some("01"), Some("72"), Some("05"), None]);
        assert_eq!(cells.fixes, [Fix { row: 0, code: "KOD-01".into(), before: "1".into() }]);
    }

    #[test]
    fn words_mean_values_null_or_nothing() {
        let word = |to: &str, is: &[&str], like: Option<&str>| Word {
            to: to.into(),
            is: is.iter().map(|it| it.to_string()).collect(),
            like: like.map(Into::into),
        };
        let list = WordList::new(&[
            word("1", &["DIATASEKSPEKTASI"], None),
            word("", &["99"], None),
            word("2", &[], Some("^S")),
        ])
        .unwrap();
        let raw = StringArray::from(vec![
            Some("Di atas  Ekspektasi"),
            Some("99"),
            Some("sesuai"),
            Some("X"),
            None,
            Some("-"),
        ]);
        let cells = words_of(Raw::of_text(&raw), &list, true, false, false, false);
        assert_eq!(texts(&cells), [Some("1"), None, Some("2"), None, None, None]);
        assert_eq!(cells.faults, [Fault { row: 3, code: "ENU-01", raw: "X".into() }]);
        assert!(words_of(Raw::of_text(&raw), &list, true, true, false, true).faults.is_empty());
    }
}
