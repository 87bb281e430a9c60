//! Reads the tables of one dataset in a delivered file: rows in, accepted rows and log lines out, every row accounted for. Refuses
//! to lose one.

use crate::ingest::bind::{Plan, bind};
use crate::ingest::checks::Known;
use crate::ingest::emit::{self, Emitter};
use crate::ingest::rows::{self, Note, Reject};
use crate::ingest::source::{self, Content, Opened, Refused};
use crate::ingest::structure::{self, HeaderRows};
use crate::ingest::unique::{self, Duplicate, Seen};
use crate::ingest::values::words;
use crate::ingest::{IngestError, Lookups, Output};
use crate::model::chunk::Chunk;
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Found, Receipt};
use crate::model::limits::Limits;
use arrow::array::ArrayRef;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Accepted rows of a chunk, kept until no later row can take them back.
pub struct Held {
    /// Which of the tables.
    pub table: usize,
    /// Physical rows.
    pub baris: Vec<u32>,
    /// Per canonical column its values; several where columns are unpivoted.
    pub columns: Vec<Vec<ArrayRef>>,
    /// Rows that still count.
    pub alive: Vec<bool>,
    /// Notes on the rows.
    pub notes: Vec<Note>,
}

/// Reads `tables`, all of one dataset in one file, in order. Duplicates are looked for across them, since they are one delivery.
/// Gives a receipt for each.
pub fn read(
    bytes: &[u8],
    delivery: &Delivery,
    tables: &[Found],
    contract: &Contract,
    lookups: &Lookups,
    limits: &Limits,
    sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
) -> Result<Vec<Receipt>, IngestError> {
    let mut opened = match source::open(bytes, &delivery.nama_asal, limits)? {
        Content::Table(opened) => opened,
        Content::Bundle => {
            let pesan = "Berkas adalah arsip, bukan tabel".to_string();
            return Err(IngestError::Refused(Refused { code: "BRK-02", pesan }));
        }
    };
    let mut load = Load::new(delivery, tables, contract);
    for (table, found) in tables.iter().enumerate() {
        if found.dataset.as_deref() != Some(contract.dataset.as_str()) {
            let (found, contract) = (found.dataset.clone().unwrap_or_default(), contract.dataset.clone());
            return Err(IngestError::WrongContract { found, contract });
        }
        load.sheet(&mut opened, table, &bind(contract, found, lookups)?)?;
    }
    load.sender_is_the_one()?;
    let known = Known::new(contract, lookups)?;
    load.finish(known, sink)
}

/// A file on its way in.
struct Load<'a> {
    delivery: &'a Delivery,
    tables: &'a [Found],
    contract: &'a Contract,
    receipts: Vec<Receipt>,
    held: Vec<Held>,
    rejects: Vec<(usize, Reject)>,
    seen: Seen,
    senders: BTreeMap<String, u64>,
}

impl<'a> Load<'a> {
    fn new(delivery: &'a Delivery, tables: &'a [Found], contract: &'a Contract) -> Self {
        let receipts = tables.iter().map(|it| Receipt::of(delivery, Some(it))).collect();
        let (held, rejects, seen, senders) = (Vec::new(), Vec::new(), Seen::default(), BTreeMap::new());
        Self { delivery, tables, contract, receipts, held, rejects, seen, senders }
    }

    /// Reads one sheet to its end.
    fn sheet(&mut self, opened: &mut Opened, table: usize, plan: &Plan<'_>) -> Result<(), IngestError> {
        let found = &self.tables[table];
        let above = (found.header_row + found.header_rows).saturating_sub(1);
        self.receipts[table].baris_dilewati += u64::from(above);
        let header = |row: usize| {
            found.headers.iter().map(|it| it.get(row).map_or(String::new(), |it| words::header(it))).collect()
        };
        let headers = HeaderRows((0..found.header_rows as usize).map(header).collect());
        let mut outcome = Ok(());
        opened.read(found.sheet, above, plan.width, &mut |chunk| {
            outcome = self.chunk(table, plan, &headers, &chunk);
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome
    }

    fn chunk(&mut self, table: usize, plan: &Plan<'_>, headers: &HeaderRows, chunk: &Chunk) -> Result<(), IngestError> {
        let structural = structure::classify(chunk, headers, &self.contract.shared.total_words);
        let receipt = &mut self.receipts[table];
        for code in structural.iter().flatten() {
            receipt.baris_dilewati += 1;
            count(receipt, code, 1);
        }
        let chunk = structure::keep(chunk, &structural.iter().map(Option::is_none).collect::<Vec<_>>())?;
        receipt.baris_dibaca += chunk.len() as u64;
        if let Some(column) = plan.majority.and_then(|it| chunk.columns.get(it)) {
            for cell in column.iter().flatten().filter(|cell| !words::is_null(cell)) {
                // Looked up by the cell itself first: an owned key for every row would cost more than all else here.
                match self.senders.get_mut(cell) {
                    Some(times) => *times += 1,
                    None => drop(self.senders.insert(cell.to_string(), 1)),
                }
            }
        }
        let applied = rows::apply(plan, &chunk)?;
        self.rejects.extend(applied.rejects.into_iter().map(|it| (table, it)));
        let seed = emit::unit_seed(self.contract, &self.tables[table]);
        let content = unique::contents(&chunk, &applied.accepted, &format!("{:?}", self.tables[table].facts));
        let len = applied.baris.len();
        let (baris, columns, notes) = (applied.baris, applied.columns, applied.notes);
        self.held.push(Held { table, baris, columns, alive: vec![true; len], notes });
        self.duplicates(&seed, &content);
        Ok(())
    }

    /// Looks for the rows of the last held chunk among all rows before them.
    fn duplicates(&mut self, seed: &str, content: &[u64]) {
        let Some(last) = self.held.len().checked_sub(1) else { return };
        let name = self.contract.unpivot.as_ref().map(|it| it.name_column.as_str());
        let key_columns: Vec<&ArrayRef> = self
            .contract
            .key
            .iter()
            .filter(|it| Some(it.as_str()) != name)
            .filter_map(|it| self.contract.position(it).and_then(|i| self.held[last].columns[i].first()))
            .collect();
        let keys = unique::keys(&key_columns, content.len(), seed);
        for (row, (key, content)) in keys.into_iter().zip(content).enumerate() {
            match self.seen.offer(key, *content, last, row) {
                Duplicate::New => {}
                Duplicate::Same => self.take_back(last, row, "DUP-01"),
                Duplicate::Replaces { chunk, row } => self.take_back(chunk, row, "DUP-02"),
            }
        }
    }

    fn take_back(&mut self, chunk: usize, row: usize, code: &str) {
        let Some(held) = self.held.get_mut(chunk) else { return };
        if let (Some(alive), Some(baris)) = (held.alive.get_mut(row), held.baris.get(row)) {
            *alive = false;
            let reject = Reject { baris: *baris, column: None, code: code.to_string(), raw: None };
            self.rejects.push((held.table, reject));
        }
    }

    /// BRK-10: most rows name a sender; it must be the one whose folder the file lies in.
    fn sender_is_the_one(&self) -> Result<(), IngestError> {
        let (Some(rule), Some(official)) = (&self.contract.majority, &self.delivery.instansi_nama) else {
            return Ok(());
        };
        let same = |a: &str, b: &str| words::collapse(a).to_uppercase() == words::collapse(b).to_uppercase();
        let all: u64 = self.senders.values().sum();
        let own: u64 = self.senders.iter().filter(|(name, _)| same(name, official)).map(|(_, times)| times).sum();
        let Some((other, times)) =
            self.senders.iter().filter(|(name, _)| !same(name, official)).max_by_key(|(_, it)| **it)
        else {
            return Ok(());
        };
        if *times * 2 <= all || *times <= own {
            return Ok(());
        }
        let pesan = format!("Sebagian besar baris adalah pegawai `{}`, bukan `{official}`", words::collapse(other));
        // The code is a literal of the contract's rule; the reader's errors carry static codes.
        let code = if rule.code == "BRK-10" { "BRK-10" } else { "BRK-15" };
        Err(IngestError::Refused(Refused { code, pesan }))
    }

    fn finish(
        mut self,
        known: Known,
        sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
    ) -> Result<Vec<Receipt>, IngestError> {
        self.rejects.sort_by(|(a, x), (b, y)| (a, x.baris).cmp(&(b, y.baris)));
        for (table, reject) in &self.rejects {
            self.receipts[*table].baris_ditolak += 1;
            count(&mut self.receipts[*table], &reject.code, 1);
        }
        let mut emitter = Emitter::new(self.delivery, self.tables, self.contract, &self.held, known)?;
        for (table, receipt) in self.receipts.iter_mut().enumerate() {
            receipt.cakupan = Some(emitter.cakupan(table).to_string());
        }
        for held in self.held {
            emitter.held(held, &mut self.receipts, sink)?;
        }
        emitter.rejects(&self.rejects, &mut self.receipts, sink)?;
        for receipt in &self.receipts {
            let (read, accepted, rejected) = (receipt.baris_dibaca, receipt.baris_diterima, receipt.baris_ditolak);
            if read != accepted + rejected {
                return Err(IngestError::NotConserved {
                    dataset: self.contract.dataset.clone(),
                    read,
                    accepted,
                    rejected,
                });
            }
        }
        Ok(self.receipts)
    }
}

/// Counts an applied rule.
pub fn count(receipt: &mut Receipt, code: &str, times: u64) {
    match receipt.aturan.get_mut(code) {
        Some(counted) => *counted += times,
        None => drop(receipt.aturan.insert(code.to_string(), times)),
    }
}
