//! Rows that are no data: blank, repeated header, separators, totals, signatures (S01 to S05). Refuses to look at meaning.

use crate::ingest::values::words;
use crate::model::chunk::Chunk;
use crate::model::delivery::Found;
use arrow::array::{Array, BooleanArray, StringArray};
use arrow::compute::filter;
use arrow::error::ArrowError;

/// Normalised header names by which a repeated header is known: one list a header row.
pub struct HeaderRows(pub Vec<Vec<String>>);

impl HeaderRows {
    /// The header rows of a table.
    pub fn of(found: &Found) -> Self {
        let header = |row: usize| {
            found.headers.iter().map(|it| it.get(row).map_or(String::new(), |it| words::header(it))).collect()
        };
        Self((0..found.header_rows as usize).map(header).collect())
    }
}

/// For each row the rule that makes it no data, or nothing.
pub fn classify(chunk: &Chunk, headers: &HeaderRows, total_words: &[String]) -> Vec<Option<&'static str>> {
    let width = chunk.columns.len();
    let rule = |row: usize| {
        let cell = |column: usize| chunk.columns.get(column).map_or("", |it| text(it, row));
        rule(width, &cell, headers, total_words)
    };
    (0..chunk.len()).map(rule).collect()
}

/// The rule that makes a row of `width` cells no data, or nothing.
pub fn rule<'r>(
    width: usize,
    cell: &impl Fn(usize) -> &'r str,
    headers: &HeaderRows,
    total_words: &[String],
) -> Option<&'static str> {
    let mut filled = (0..width).filter(|column| !blank(cell(*column)));
    let Some(first) = filled.next() else { return Some("S01") };
    if filled.next().is_none() {
        return Some("S03");
    }
    if headers.0.iter().any(|names| repeats(width, cell, names)) {
        return Some("S02");
    }
    is_total(cell(first), total_words).then_some("S04")
}

/// The chunk without the rows of `keep` that are false.
pub fn keep(chunk: &Chunk, keep: &[bool]) -> Result<Chunk, ArrowError> {
    if keep.iter().all(|it| *it) {
        return Ok(chunk.clone());
    }
    let mask = BooleanArray::from(keep.to_vec());
    let mut columns = Vec::with_capacity(chunk.columns.len());
    for column in &chunk.columns {
        let kept = filter(column, &mask)?;
        columns.push(kept.as_any().downcast_ref::<StringArray>().expect("filter keeps the type").clone());
    }
    let kept = |i: &usize| keep.get(*i).copied().unwrap_or(false);
    let indices: Vec<usize> = (0..chunk.len()).filter(kept).collect();
    let kinds =
        chunk.kinds.iter().map(|it| it.as_ref().map(|it| indices.iter().filter_map(|i| it.get(*i).copied()).collect()));
    Ok(Chunk {
        rows: indices.iter().filter_map(|i| chunk.rows.get(*i).copied()).collect(),
        kinds: kinds.collect(),
        fields: indices.iter().filter_map(|i| chunk.fields.get(*i).copied()).collect(),
        columns,
    })
}

fn text(column: &StringArray, row: usize) -> &str {
    if column.is_null(row) { "" } else { column.value(row) }
}

fn blank(cell: &str) -> bool {
    cell.is_empty() || cell.chars().all(char::is_whitespace)
}

/// Whether the row is this header again: all cells equal after normalisation.
fn repeats<'r>(width: usize, cell: &impl Fn(usize) -> &'r str, names: &[String]) -> bool {
    let Some(lead) = names.iter().position(|it| !it.is_empty()) else { return false };
    let same = |column: usize| words::header(cell(column)) == names.get(column).map_or("", String::as_str);
    // A cheap look at one cell spares nearly every row the rest.
    let initial = |text: &str| text.chars().next().map(|c| c.to_ascii_uppercase());
    let bare = |text: &'r str| text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if initial(bare(cell(lead))) != names.get(lead).and_then(|it| initial(it)) {
        return false;
    }
    same(lead) && (0..width).all(same)
}

/// Whether the cell starts with a word of a total line, as a word of its own.
fn is_total(cell: &str, total_words: &[String]) -> bool {
    let cell = cell.trim_start();
    total_words.iter().any(|word| {
        let Some(start) = cell.get(..word.len()) else { return false };
        let rest = cell.get(word.len()..).unwrap_or("");
        start.eq_ignore_ascii_case(word) && !rest.starts_with(|c: char| c.is_alphabetic() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_structural_row_has_its_rule() {
        let columns = vec![
            StringArray::from(vec!["1", "", "No", "II. DINAS", "JUMLAH", "jumlah_kosong", "Total : "]),
            StringArray::from(vec!["a", " ", "N.I.P", "", "325", "x", "9"]),
        ];
        let chunk = Chunk { rows: (2..9).collect(), kinds: vec![None, None], fields: vec![], columns };
        let headers = HeaderRows(vec![vec!["NO".into(), words::header("N.I.P")]]);
        let found = classify(&chunk, &headers, &["JUMLAH".into(), "TOTAL".into()]);
        assert_eq!(found, [None, Some("S01"), Some("S02"), Some("S03"), Some("S04"), None, Some("S04")]);
        let kept = keep(&chunk, &found.iter().map(Option::is_none).collect::<Vec<_>>()).unwrap();
        assert_eq!(kept.rows, [2, 7]);
    }
}
