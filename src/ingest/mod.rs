//! How a delivered file becomes rows: readers of bytes, parsers of single values, and the rules that join them, which contracts
//! state. Refuses the disk, the clock, the lake and writing anything; knows no dataset by name.

mod bind;
mod cells;
mod checks;
mod column;
#[cfg(test)]
mod conserve;
mod delivered;
mod emit;
mod job;
mod known;
mod letterhead;
mod load;
mod log;
mod ordered;
mod read_text;
mod read_typed;
mod recognise;
mod rows;
#[cfg(test)]
mod sample_compare;
#[cfg(test)]
mod sample_load;
pub mod source;
mod stream;
mod structure;
mod unique;
pub mod values;

use crate::ingest::source::ReadAt;
use crate::ingest::source::Refused;
use crate::ingest::source::Shelf;
use crate::model::contract::{Contract, Shared};
use crate::model::delivery::{Delivery, Receipt};
use crate::model::limits::Limits;
use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub use crate::ingest::delivered::{delivered, source_columns};
pub use crate::ingest::recognise::recognise;
pub use crate::model::contract::load_order;
pub use crate::model::delivery::Found;

/// References by the name their contract gives them; an absent one does not exist.
pub type Lookups = BTreeMap<String, RecordBatch>;

/// What `read` hands out while it reads.
#[derive(Debug, Clone)]
pub enum Output {
    /// Canonical rows with provenance.
    Accepted(RecordBatch),
    /// Lines of `tolakan` for rejected rows.
    Tolakan(RecordBatch),
    /// Lines of `tolakan` for cells that were nulled in accepted rows.
    Nulled(RecordBatch),
    /// Lines of `perbaikan`.
    Perbaikan(RecordBatch),
    /// Lines of `temuan_mutu`.
    Temuan(RecordBatch),
    /// Rows to mend as they were delivered, of the table at this place: column `baris`, then every cell as text. Not always all of
    /// them; [`delivered`] gives the rest.
    Delivered(usize, RecordBatch),
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
    /// The same bytes gave other rows when read again: a fault of this program.
    #[error("reading the file again gave other rows")]
    Changed,
    /// The receiver wants no more.
    #[error("reading was stopped by the receiver")]
    Stopped,
}

/// All tables of one dataset in one file, and what they are read with.
pub struct ToRead<'a> {
    /// The file.
    pub file: &'a dyn ReadAt,
    /// Whose it is.
    pub delivery: &'a Delivery,
    /// Its tables.
    pub found: &'a [Found],
    /// Their contract.
    pub contract: &'a Contract,
    /// References.
    pub lookups: &'a Lookups,
    /// Limits of the readers.
    pub limits: &'a Limits,
    /// Threads that may read parts of a large file; its rows come in order all the same.
    pub threads: usize,
}

/// Reads the tables in order, and hands out accepted rows and log lines as it goes. Duplicates are looked for across them, since they are
/// one delivery. Gives a receipt for each.
///
/// Refused is what the sender can mend, and with BRK-15 what this program could not do; then nothing that was handed out counts.
pub fn read(
    it: &ToRead<'_>,
    shelf: &mut Shelf,
    sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
) -> Result<Vec<Receipt>, Refused> {
    let job = job::Job {
        file: it.file,
        delivery: it.delivery,
        tables: it.found,
        contract: it.contract,
        lookups: it.lookups,
        limits: it.limits,
        held_bytes_max: load::HELD_BYTES_MAX,
        text_streams: true,
        threads: it.threads,
    };
    load::read(&job, shelf, sink).map_err(|error| match error {
        IngestError::Refused(refused) => refused,
        other => {
            let (sha256, dataset) = (&it.delivery.sha256, &it.contract.dataset);
            tracing::error!(%sha256, dataset, error = %other, "reading failed");
            Refused { code: "BRK-15", pesan: format!("Berkas tidak dapat dibaca sampai selesai ({other})") }
        }
    })
}

impl From<Refused> for IngestError {
    fn from(refused: Refused) -> Self {
        IngestError::Refused(refused)
    }
}

/// The line of `tolakan` for a file of which nothing is loaded: baris 0, kolom null.
pub fn refusal(
    delivery: &Delivery,
    found: Option<&Found>,
    code: &str,
    pesan: &str,
) -> Result<RecordBatch, IngestError> {
    let shared = Shared { messages: BTreeMap::from([(code.to_string(), pesan.to_string())]), ..Shared::default() };
    let line = log::Tolakan { baris: 0, kolom: None, aturan: code.to_string(), nilai_mentah: None };
    Ok(log::Log { delivery, found, shared: &shared }.tolakan(&[line])?)
}
