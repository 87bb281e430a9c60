//! What a pass keeps of each file's log for its receipt: counts by action and rule, and the rows to mend. Refuses more lines than a
//! receipt lists.

use crate::model::receipt::{Action, ISSUES_MAX};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use std::collections::BTreeMap;

/// One line of `tolakan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based row.
    pub baris: u32,
    /// Canonical column.
    pub kolom: Option<String>,
    /// Rule.
    pub aturan: String,
    /// The sentence for it.
    pub sebab: String,
    /// As delivered.
    pub raw: Option<String>,
}

/// The log of one table of a file.
#[derive(Debug, Clone, Default)]
pub struct TableNotes {
    /// How often each rule applied.
    pub counts: BTreeMap<(Action, String), u64>,
    /// Rejected rows.
    pub rejected: Vec<Line>,
    /// Nulled cells of accepted rows.
    pub nulled: Vec<Line>,
    /// Rows to mend as delivered, not always all of them.
    pub delivered: Vec<RecordBatch>,
}

/// The logs of the tables of a file, by dataset and sheet.
pub type Notes = BTreeMap<(String, Option<String>), TableNotes>;

/// Adds rows of a table as they were delivered.
pub fn deliver(notes: &mut Notes, dataset: &str, sheet: Option<String>, batch: RecordBatch) {
    notes.entry((dataset.to_string(), sheet)).or_default().delivered.push(batch);
}

/// Adds a batch that a reader sent under `name` (`tolakan`, `nulled`, `perbaikan` or `temuan`).
pub fn note(notes: &mut Notes, dataset: &str, name: &str, batch: &RecordBatch) {
    let (action, rule) = match name {
        "tolakan" => (Action::Ditolak, "aturan"),
        "nulled" => (Action::Dikosongkan, "aturan"),
        "perbaikan" => (Action::Diperbaiki, "aturan"),
        "temuan" => (Action::Temuan, "kode"),
        _ => return,
    };
    let text = |column: &str, row: usize| {
        let array = batch.column_by_name(column)?.as_string_opt::<i32>()?;
        array.is_valid(row).then(|| array.value(row).to_string())
    };
    let baris = batch.column_by_name("baris").and_then(|it| it.as_primitive_opt::<Int64Type>());
    for row in 0..batch.num_rows() {
        let table = notes.entry((dataset.to_string(), text("sheet", row))).or_default();
        let aturan = text(rule, row).unwrap_or_default();
        *table.counts.entry((action, aturan.clone())).or_default() += 1;
        let lines = match action {
            Action::Ditolak => &mut table.rejected,
            Action::Dikosongkan => &mut table.nulled,
            _ => continue,
        };
        let number = baris.filter(|it| it.is_valid(row)).and_then(|it| u32::try_from(it.value(row)).ok());
        if let Some(baris) = number.filter(|_| lines.len() < ISSUES_MAX) {
            let (kolom, raw) = (text("kolom", row), text("nilai_mentah", row));
            lines.push(Line { baris, kolom, aturan, sebab: text("pesan", row).unwrap_or_default(), raw });
        }
    }
}
