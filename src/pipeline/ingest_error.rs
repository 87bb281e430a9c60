//! Why a pass committed nothing, for every part of the pass. Refuses to name a cell value.

use crate::lake::Error as LakeError;
use crate::model::digest::Digest;
use crate::pipeline::file_workers::FileWorkerError;
use crate::pipeline::gather::Unreadable;
use arrow::error::ArrowError;
use std::io;
use std::path::PathBuf;

/// Why a pass committed nothing.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A path cannot be walked.
    #[error(transparent)]
    Gather(#[from] Unreadable),
    /// A delivered file cannot be read from its place.
    #[error("cannot read the delivery `{}`: {source}", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operator named a government that is none of the fifteen.
    #[error("`{kode}` is none of the fifteen governments; use one of {known}")]
    UnknownSender {
        /// What was said.
        kode: String,
        /// What there is.
        known: String,
    },
    /// Nothing was ever delivered under this digest.
    #[error(
        "no delivery with the digest `{sha256}` was ever received; `SELECT sha256, nama_asal FROM berkas` lists them"
    )]
    NeverReceived {
        /// What was said.
        sha256: Digest,
    },
    /// The reader of a file failed in a way that is not the file's.
    #[error(transparent)]
    Reader(Box<FileWorkerError>),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// Rows that do not fit their table.
    #[error("rows do not fit their table: {0}")]
    Batch(#[source] ArrowError),
    /// A message to a worker could not be written.
    #[error("cannot hand the contracts to a worker: {0}")]
    Contracts(#[source] serde_json::Error),
    /// A thread of the pass ended early.
    #[error("a thread of the pass ended before its work was done; nothing was committed, run again")]
    Crashed,
    /// More rows were rejected than the operator allows.
    #[error(
        "`{file}`: {rejected} of {read} rows rejected, more than the {percent} % allowed by --fail-over; nothing was committed"
    )]
    TooManyRejected {
        /// Name as delivered.
        file: String,
        /// Rows rejected.
        rejected: u64,
        /// Rows read.
        read: u64,
        /// Bound.
        percent: f64,
    },
}
