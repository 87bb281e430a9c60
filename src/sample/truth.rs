//! What the generator knows about the files it wrote: rows, and every fault it planted. Refuses to count what it did not plant on purpose.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The truth about everything that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// One entry per table in a file, in the order written: a workbook with four tables has four.
    pub files: Vec<FileTruth>,
}

impl Summary {
    /// Data rows of a dataset over all files.
    pub fn rows(&self, dataset: &str) -> u64 {
        self.files.iter().filter(|it| it.dataset == dataset).map(|it| it.rows_total).sum()
    }
}

/// The truth about one table in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTruth {
    /// Path below the target folder: `inbox/6705/export_pegawai Desember 2025.xls`.
    pub path: String,
    /// Canonical table the rows are for.
    pub dataset: String,
    /// Data rows: what ingest must count as read.
    pub rows_total: u64,
    /// Of these, rows that must be rejected.
    pub rows_rejected: u64,
    /// Cells that must be repaired; each is in a row of its own.
    pub repaired_cells: u64,
    /// Cells that must become null, the row accepted; each is in a row of its own.
    pub nulled_cells: u64,
    /// Structural rows below the header (S01–S05): blank, repeated header, total, separator, signature.
    pub skipped: u64,
    /// Rule code → how often. Skips, repairs, nulls and rejects are complete; findings (CON-, KOD-02, KIN-01) are those planted and
    /// a loader may list more; normalisations (ID-01, KOD-03, NUL-01, ...) are left out.
    pub codes: BTreeMap<String, u64>,
}

/// What a loader must do about a planted fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing to log.
    Normalise,
    /// Restore the value.
    Repair,
    /// Drop the cell.
    Null,
    /// Drop the row.
    Reject,
    /// Load and list.
    Finding,
    /// Pass over the row, which is no data.
    Skip,
}

impl FileTruth {
    /// Truth of a table without rows yet.
    pub fn new(path: &str, dataset: &str) -> Self {
        Self { path: path.into(), dataset: dataset.into(), ..Self::default() }
    }

    /// Notes one fault.
    pub fn note(&mut self, code: &str, action: Action) {
        match action {
            Action::Normalise => return,
            Action::Repair => self.repaired_cells += 1,
            Action::Null => self.nulled_cells += 1,
            Action::Reject => self.rows_rejected += 1,
            Action::Skip => self.skipped += 1,
            Action::Finding => {}
        }
        *self.codes.entry(code.into()).or_default() += 1;
    }
}
