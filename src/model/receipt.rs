//! The receipt (tanda terima) for one delivered file: what became of it, in words its sender can act on. Refuses delivered cells
//! anywhere but in `rows` and `raw`, which leave in the workbook only.

use crate::model::delivery::Receipt;
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows with something to mend that a receipt lists per table of a file; more of them have one cause, and the first tell it.
pub const ISSUES_MAX: usize = 10_000;

/// What was done under a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The row was not loaded.
    Ditolak,
    /// The row was loaded without the cell.
    Dikosongkan,
    /// A documented rule restored the value.
    Diperbaiki,
    /// Loaded as delivered, and listed.
    Temuan,
    /// No data row.
    Dilewati,
    /// About the file as a whole.
    Berkas,
}

impl Action {
    /// How a receipt says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Ditolak => "baris ditolak",
            Action::Dikosongkan => "sel dikosongkan",
            Action::Diperbaiki => "sel diperbaiki",
            Action::Temuan => "temuan, tetap dimuat",
            Action::Dilewati => "dilewati, bukan data",
            Action::Berkas => "seluruh berkas",
        }
    }
}

/// How often a rule applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleCount {
    /// What was done.
    pub tindakan: Action,
    /// Rule code (`ingest-rules.md`).
    pub aturan: String,
    /// How often.
    pub jumlah: u64,
    /// Why, in a sentence.
    pub sebab: String,
    /// What the sender does about it; empty where nothing needs doing.
    pub saran: String,
}

/// One fault of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Issue {
    /// 1-based row in the file or sheet.
    pub baris: u32,
    /// What was done.
    pub tindakan: Action,
    /// Canonical column.
    pub kolom: Option<String>,
    /// Rule code.
    pub aturan: String,
    /// Why, in a sentence.
    pub sebab: String,
    /// What the sender does about it.
    pub saran: String,
    /// Source columns that may hold the cell, from 0, best first.
    #[serde(skip)]
    pub columns: Vec<usize>,
    /// The cell as delivered.
    #[serde(skip)]
    pub raw: Option<String>,
}

/// The accepted rows of another delivery beside those of this one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// `periode sebelumnya` or `versi yang digantikan`.
    pub terhadap: &'static str,
    /// Month of that delivery.
    pub periode: Periode,
    /// Its accepted rows.
    pub baris: u64,
    /// Rows of this delivery less those.
    pub selisih: i64,
    /// Whether the difference is larger than the band the rules call plausible.
    pub di_luar_pita: bool,
}

/// One table of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableReceipt {
    /// The row of `berkas`.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Its rows are in force.
    pub berlaku: bool,
    /// Against what came before; empty where nothing comparable did.
    pub perubahan: Vec<Comparison>,
    /// Where the table waits for a person's word: the command that loads it.
    pub persetujuan: Option<String>,
    /// Counts by action and rule.
    pub rincian: Vec<RuleCount>,
    /// Rows to mend, in order.
    pub masalah: Vec<Issue>,
    /// Faults beyond `ISSUES_MAX` that are counted in `rincian` but not listed.
    pub masalah_tidak_terdaftar: u64,
    /// Headers as delivered.
    #[serde(skip)]
    pub headers: Vec<String>,
    /// The delivered cells of rows to mend, by row.
    #[serde(skip)]
    pub rows: BTreeMap<u32, Vec<Option<String>>>,
}

/// What a sender is told about one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReceipt {
    /// Name as delivered.
    pub berkas: String,
    /// Digest of the bytes.
    pub sha256: Digest,
    /// Sender.
    pub instansi_kode: Option<String>,
    /// Its official name.
    pub instansi_nama: Option<String>,
    /// When it was received.
    pub diterima_pada: Option<DateTime<Utc>>,
    /// When it was loaded.
    pub dimuat_pada: DateTime<Utc>,
    /// Nothing was written: a trial.
    pub percobaan: bool,
    /// Its tables.
    pub tabel: Vec<TableReceipt>,
}
