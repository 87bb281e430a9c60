//! What a report was made from, and what came of it, so that anybody can make it again. Refuses to hold the bytes themselves.

use crate::model::digest::Digest;
use crate::model::job::Recipient;
use crate::model::periode::Periode;
use crate::model::settings::Office;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Everything that decides what a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Report, by the name of its folder.
    pub report: String,
    /// Month of its figures.
    pub periode: Periode,
    /// Release it was read from.
    pub release: u64,
    /// Release its changes are against.
    pub earlier: Option<u64>,
    /// For whom, as `recipients.toml` had it.
    pub reader: Recipient,
    /// Whose letterhead.
    pub office: Office,
    /// Digest of the list of project files it was made with (path and digest each); list and files lie in `lake/_rilis/isi/`.
    pub files: Digest,
    /// Version of the program that made it.
    pub program: String,
    /// Digest of the data document.
    pub document: Digest,
}

/// One file or body that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is: `pdf`, `xlsx`, `page`, `csv`, `receipts`, `html`, `text`, `image`, `data`; `shown` is the mail as a file to look at.
    pub part: String,
    /// Its file name.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// How many.
    pub bytes: u64,
}

/// A proof as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Number.
    pub id: i64,
    /// Digest of the message that carries it; none where it was only written to files.
    pub mime: Option<Digest>,
    /// When it was made, UTC.
    pub made: DateTime<Utc>,
    /// From what.
    pub pin: Pin,
    /// What came of it.
    pub parts: Vec<Part>,
}
