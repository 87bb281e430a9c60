//! A delivered table that waits for a person's word, because it has far more or fewer rows than the one of the month before. Refuses to
//! decide which do.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Rows of a delivered table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Data rows.
    pub dibaca: u64,
    /// Of these, accepted.
    pub diterima: u64,
}

/// One table that waits. Its bytes are in `raw/`; nothing of it is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Digest of the bytes.
    pub sha256: Digest,
    /// Name as delivered.
    pub nama_asal: String,
    /// Sender.
    pub instansi_kode: String,
    /// Canonical table.
    pub dataset: String,
    /// Month it speaks for.
    pub periode: Periode,
    /// Part of the dataset; empty where it has no parts.
    pub cakupan: String,
    /// When its data were drawn.
    pub tanggal_tarik: Option<NaiveDate>,
    /// When it was received.
    pub diterima_pada: DateTime<Utc>,
    /// That moment is from the delivery register.
    pub terdaftar: bool,
    /// Month that the operator gave with it; outranks what the file says.
    pub periode_operator: Option<Periode>,
    /// Its rows.
    pub baris: Rows,
    /// Month it is compared with.
    pub pembanding_periode: Periode,
    /// Rows in force for that month.
    pub pembanding: Rows,
    /// Since when it waits.
    pub sejak: DateTime<Utc>,
}

impl Waiting {
    /// What loads it, as typed in the project folder.
    pub fn command(&self) -> String {
        format!("talenta ingest --again {} --accept", self.sha256)
    }

    /// Whether both are about the same table of the same file.
    pub fn same_table(&self, other: &Waiting) -> bool {
        let place = |it: &Waiting| (it.sha256, it.instansi_kode.clone(), it.dataset.clone(), it.periode);
        place(self) == place(other) && self.cakupan == other.cakupan
    }
}
