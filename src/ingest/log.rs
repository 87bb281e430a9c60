//! Lines for `tolakan`, `perbaikan` and `temuan_mutu` (`spec/tables.md`). Refuses cell values in a message.

use crate::model::contract::Shared;
use crate::model::delivery::{Delivery, Found};
use crate::model::table::{Table, engine_tables};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use std::sync::Arc;

/// A line of `tolakan`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolakan {
    /// Physical row; 0 for the whole file.
    pub baris: u32,
    /// Canonical column.
    pub kolom: Option<String>,
    /// Rule.
    pub aturan: String,
    /// What was delivered.
    pub nilai_mentah: Option<String>,
}

/// A line of `perbaikan`.
#[derive(Debug, Clone, PartialEq)]
pub struct Perbaikan {
    /// Physical row.
    pub baris: u32,
    /// Canonical column.
    pub kolom: String,
    /// What was delivered.
    pub sebelum: String,
    /// What was loaded.
    pub sesudah: Option<String>,
    /// Rule.
    pub aturan: String,
}

/// A line of `temuan_mutu`.
#[derive(Debug, Clone, PartialEq)]
pub struct Temuan {
    /// Physical row; nothing for the whole file.
    pub baris: Option<u32>,
    /// Canonical column.
    pub kolom: Option<String>,
    /// NIP of the row.
    pub nip: Option<String>,
    /// Rule.
    pub kode: String,
}

/// Writes lines of one table of one file.
pub struct Log<'a> {
    /// Sender and file.
    pub delivery: &'a Delivery,
    /// Table of the file.
    pub found: Option<&'a Found>,
    /// Sentences for the rule codes.
    pub shared: &'a Shared,
}

impl Log<'_> {
    /// Lines of `tolakan`.
    pub fn tolakan(&self, lines: &[Tolakan]) -> Result<RecordBatch, ArrowError> {
        let pesan = |it: &Tolakan| self.message(&it.aturan, it.kolom.as_deref());
        self.batch(
            1,
            lines.len(),
            vec![
                numbers(lines.iter().map(|it| Some(it.baris))),
                texts(lines.iter().map(|it| it.kolom.clone())),
                texts(lines.iter().map(|it| Some(it.aturan.clone()))),
                texts(lines.iter().map(|it| Some(pesan(it)))),
                texts(lines.iter().map(|it| it.nilai_mentah.clone())),
            ],
        )
    }

    /// Lines of `perbaikan`.
    pub fn perbaikan(&self, lines: &[Perbaikan]) -> Result<RecordBatch, ArrowError> {
        self.batch(
            2,
            lines.len(),
            vec![
                numbers(lines.iter().map(|it| Some(it.baris))),
                texts(lines.iter().map(|it| Some(it.kolom.clone()))),
                texts(lines.iter().map(|it| Some(it.sebelum.clone()))),
                texts(lines.iter().map(|it| it.sesudah.clone())),
                texts(lines.iter().map(|it| Some(it.aturan.clone()))),
            ],
        )
    }

    /// Lines of `temuan_mutu`.
    pub fn temuan(&self, lines: &[Temuan]) -> Result<RecordBatch, ArrowError> {
        let rows = lines.len();
        let table = table(3);
        let periode = self.found.and_then(|it| it.periode).map(|it| it.to_string());
        let pesan = |it: &Temuan| self.message(&it.kode, it.kolom.as_deref());
        let columns = vec![
            same(self.delivery.instansi_kode.as_deref(), rows),
            same(periode.as_deref(), rows),
            same(self.found.and_then(|it| it.dataset.as_deref()), rows),
            same(Some(&self.delivery.sha256.to_string()), rows),
            same(self.found.and_then(|it| it.sheet_name.as_deref()), rows),
            numbers(lines.iter().map(|it| it.baris)),
            texts(lines.iter().map(|it| it.kolom.clone())),
            texts(lines.iter().map(|it| it.nip.clone())),
            texts(lines.iter().map(|it| Some(it.kode.clone()))),
            texts(lines.iter().map(|it| Some(pesan(it)))),
        ];
        RecordBatch::try_new(table.schema(), columns)
    }

    /// The sentence for a rule code.
    pub fn message(&self, code: &str, kolom: Option<&str>) -> String {
        let sentence = self.shared.messages.get(code).map_or_else(|| format!("Aturan {code}"), Clone::clone);
        sentence.replace("{kolom}", kolom.unwrap_or("-"))
    }

    fn batch(&self, which: usize, rows: usize, own: Vec<ArrayRef>) -> Result<RecordBatch, ArrowError> {
        let mut columns = vec![
            same(self.delivery.instansi_kode.as_deref(), rows),
            same(Some(&self.delivery.sha256.to_string()), rows),
            same(self.found.and_then(|it| it.sheet_name.as_deref()), rows),
        ];
        columns.extend(own);
        RecordBatch::try_new(table(which).schema(), columns)
    }
}

fn table(which: usize) -> Table {
    engine_tables().into_iter().nth(which).expect("there are four engine tables")
}

fn same(text: Option<&str>, rows: usize) -> ArrayRef {
    Arc::new(std::iter::repeat_n(text, rows).collect::<StringArray>())
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl Iterator<Item = Option<u32>>) -> ArrayRef {
    Arc::new(values.map(|it| it.map(i64::from)).collect::<Int64Array>())
}
