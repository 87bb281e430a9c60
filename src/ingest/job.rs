//! What is to be read and what is held of it, for both ways of reading: all of a file at once, or as it streams. Refuses to read.

use crate::ingest::bind::Plan;
use crate::ingest::rows::Note;
use crate::ingest::source::{ReadAt, Refused};
use crate::ingest::values::words;
use crate::ingest::{IngestError, Lookups};
use crate::model::chunk::Chunk;
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Found, Receipt};
use crate::model::limits::Limits;
use arrow::array::ArrayRef;
use std::collections::BTreeMap;

/// Accepted rows of a chunk.
#[derive(Default)]
pub struct Held {
    /// Which of the tables.
    pub table: usize,
    /// Physical rows.
    pub baris: Vec<u32>,
    /// Per canonical column its values, several where columns are unpivoted; empty while too much is held.
    pub columns: Vec<Vec<ArrayRef>>,
    /// Rows that still count.
    pub alive: Vec<bool>,
    /// Notes on the rows.
    pub notes: Vec<Note>,
}

/// What is to be read: the tables of one dataset in one file, in order.
pub struct Job<'a> {
    /// The file.
    pub file: &'a dyn ReadAt,
    /// Whose it is.
    pub delivery: &'a Delivery,
    /// Its tables.
    pub tables: &'a [Found],
    /// Their contract.
    pub contract: &'a Contract,
    /// References.
    pub lookups: &'a Lookups,
    /// Limits of the readers.
    pub limits: &'a Limits,
    /// Most bytes of accepted rows held at once.
    pub held_bytes_max: usize,
    /// Whether text is streamed; else it is held like every other format.
    pub text_streams: bool,
    /// Threads that read parts of a large file.
    pub threads: usize,
}

/// Rows down to the last one of the header.
pub fn above(found: &Found) -> u32 {
    (found.header_row + found.header_rows).saturating_sub(1)
}

/// Rows with a cell that was emptied.
pub fn nulled<'n>(notes: &'n [Note], baris: &'n [u32]) -> impl Iterator<Item = u32> + 'n {
    notes.iter().filter(|it| it.after.is_none()).filter_map(|it| baris.get(it.row).copied())
}

/// The receipt of a table before a row of it was read.
pub fn begun(job: &Job<'_>, found: &Found) -> Receipt {
    Receipt { baris_dilewati: u64::from(above(found)), ..Receipt::of(job.delivery, Some(found)) }
}

/// The columns of the key that a source row has once.
pub fn key_columns<'h>(contract: &Contract, columns: &'h [Vec<ArrayRef>]) -> Vec<&'h ArrayRef> {
    let columns = key_places(contract).into_iter().filter_map(|i| columns.get(i));
    columns.filter_map(|it| it.first()).collect()
}

/// The places of the columns of the key that a source row has once.
pub fn key_places(contract: &Contract) -> Vec<usize> {
    let name = contract.unpivot.as_ref().map(|it| it.name_column.as_str());
    let own = contract.key.iter().filter(|it| Some(it.as_str()) != name);
    own.filter_map(|it| contract.position(it)).collect()
}

/// Counts the senders that the rows of a chunk name.
pub fn count_senders(senders: &mut BTreeMap<String, u64>, plan: &Plan<'_>, chunk: &Chunk) {
    let Some(column) = plan.majority.and_then(|it| chunk.columns.get(it)) else { return };
    for cell in column.iter().flatten().filter(|cell| !words::is_null(cell)) {
        // Looked up by the cell itself first: an owned key for every row would cost more than all else here.
        match senders.get_mut(cell) {
            Some(times) => *times += 1,
            None => drop(senders.insert(cell.to_string(), 1)),
        }
    }
}

/// BRK-10: most rows name a sender; it must be the one whose folder the file lies in.
pub fn sender_is_the_one(job: &Job<'_>, senders: &BTreeMap<String, u64>) -> Result<(), IngestError> {
    let (Some(_), Some(official)) = (&job.contract.majority, &job.delivery.instansi_nama) else {
        return Ok(());
    };
    let same = |a: &str, b: &str| words::collapse(a).to_uppercase() == words::collapse(b).to_uppercase();
    let all: u64 = senders.values().sum();
    let own: u64 = senders.iter().filter(|(name, _)| same(name, official)).map(|(_, times)| times).sum();
    let others = senders.iter().filter(|(name, _)| !same(name, official)).map(|(_, times)| *times);
    let most = others.max().unwrap_or(0);
    if most * 2 <= all || most <= own {
        return Ok(());
    }
    let pesan = format!("Sebagian besar baris menyebut instansi lain, bukan `{official}`");
    Err(IngestError::Refused(Refused { code: "BRK-10", pesan }))
}

/// Every row read was accepted or rejected.
pub fn conserved(job: &Job<'_>, receipts: Vec<Receipt>) -> Result<Vec<Receipt>, IngestError> {
    for receipt in &receipts {
        let (read, accepted, rejected) = (receipt.baris_dibaca, receipt.baris_diterima, receipt.baris_ditolak);
        if read != accepted + rejected {
            let dataset = job.contract.dataset.clone();
            return Err(IngestError::NotConserved { dataset, read, accepted, rejected });
        }
    }
    Ok(receipts)
}

/// Counts an applied rule.
pub fn count(receipt: &mut Receipt, code: &str, times: u64) {
    match receipt.aturan.get_mut(code) {
        Some(counted) => *counted += times,
        None => drop(receipt.aturan.insert(code.to_string(), times)),
    }
}
