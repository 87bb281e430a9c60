//! How a delivered file becomes rows: readers of bytes, parsers of single values, and the rules that join them, which contracts
//! state. Refuses the disk, the clock, the lake and writing anything; knows no dataset by name.

mod bind;
mod cells;
mod checks;
mod column;
mod emit;
mod letterhead;
mod load;
mod log;
mod read_text;
mod read_typed;
mod recognise;
mod rows;
pub mod source;
mod structure;
mod unique;
pub mod values;

use crate::ingest::source::Refused;
use crate::model::contract::Shared;
use crate::model::delivery::{Delivery, Found};
use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use std::collections::BTreeMap;

pub use crate::ingest::load::read;
pub use crate::ingest::recognise::recognise;

/// References by the name their contract gives them; an absent one does not exist.
pub type Lookups = BTreeMap<String, RecordBatch>;

/// What `read` hands out while it reads.
#[derive(Debug, Clone)]
pub enum Output {
    /// Canonical rows with provenance.
    Accepted(RecordBatch),
    /// Lines of `tolakan`.
    Tolakan(RecordBatch),
    /// Lines of `perbaikan`.
    Perbaikan(RecordBatch),
    /// Lines of `temuan_mutu`.
    Temuan(RecordBatch),
}

/// Why a table could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file itself is at fault; its sender gets the sentence.
    #[error("file refused under {}", .0.code)]
    Refused(Refused),
    /// Rows were lost or invented: a fault of this program.
    #[error("{dataset}: {read} rows read, but {accepted} accepted and {rejected} rejected")]
    NotConserved {
        /// Table.
        dataset: String,
        /// Data rows seen.
        read: u64,
        /// Rows handed out.
        accepted: u64,
        /// Rows refused.
        rejected: u64,
    },
    /// The table was recognised under another contract than the one given.
    #[error("the table was recognised as `{found}`, but the contract of `{contract}` was given")]
    WrongContract {
        /// What was recognised.
        found: String,
        /// What was given.
        contract: String,
    },
    /// A pattern of the contract cannot be used.
    #[error("a pattern of the contract is no regular expression; run `talenta check`")]
    Pattern {
        /// What is wrong with it.
        source: regex::Error,
    },
    /// A reference lacks a column.
    #[error("reference `{lookup}` has no text column `{column}`")]
    Lookup {
        /// Its name.
        lookup: String,
        /// The column.
        column: String,
    },
    /// Arrow could not do what was asked of a column.
    #[error("a column could not be computed")]
    Arrow(#[from] ArrowError),
    /// The receiver wants no more.
    #[error("reading was stopped by the receiver")]
    Stopped,
}

impl From<Refused> for IngestError {
    fn from(refused: Refused) -> Self {
        IngestError::Refused(refused)
    }
}

/// The line of `tolakan` for a file of which nothing is loaded: baris 0, kolom null.
pub fn refusal(delivery: &Delivery, found: Option<&Found>, code: &str, pesan: &str) -> Result<RecordBatch, IngestError> {
    let shared = Shared { messages: BTreeMap::from([(code.to_string(), pesan.to_string())]), ..Shared::default() };
    let line = log::Tolakan { baris: 0, kolom: None, aturan: code.to_string(), nilai_mentah: None };
    Ok(log::Log { delivery, found, shared: &shared }.tolakan(&[line])?)
}
