//! A release: the numbered, immutable map from table to version that every reader reads. Refuses to say how it is stored.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The content of `lake/_rilis/N.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Counts from 1 without gaps.
    pub nomor: u64,
    /// Job that published it.
    pub job: String,
    /// Month its figures are as at the end of.
    pub periode: Periode,
    /// When it was published, UTC.
    pub dibuat_pada: DateTime<Utc>,
    /// Version of the program that published it.
    pub versi_program: String,
    /// Delta version per table: canonical tables, marts, engine tables. A table never delivered is there too, empty.
    pub tabel: BTreeMap<String, u64>,
    /// What each check found.
    pub pemeriksaan: Vec<CheckResult>,
    /// Content address per project file the release was computed with (queries, rules, contracts, templates, policy, job),
    /// by path relative to the project; the bytes lie in `lake/_rilis/isi/<sha256>`.
    pub isi: BTreeMap<String, Digest>,
    /// Digest of the inputs (versions of canonical tables, queries, rules, periode): equal means nothing changed.
    pub masukan: Digest,
}

/// The outcome of one check query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Name: file stem under `queries/checks`.
    pub nama: String,
    /// Whether rows fail the run or warn.
    pub tingkat: Severity,
    /// Number of offending rows.
    pub baris: u64,
}

/// What a check's rows mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// A broken guarantee of ingest or SQL: nothing is published.
    Gagal,
    /// A finding by the rules: published, and said.
    Peringatan,
}
