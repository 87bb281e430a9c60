//! Reads the tables of one dataset in a delivered file: rows in, accepted rows and log lines out, every row accounted for. Refuses
//! to lose one.

use crate::ingest::bind::{Plan, bind};
use crate::ingest::checks::Known;
use crate::ingest::delivered;
use crate::ingest::emit::{self, Emitter};
use crate::ingest::job::{
    Held, Job, above, begun, conserved, count, count_senders, key_columns, nulled, sender_is_the_one,
};
use crate::ingest::ordered::in_order;
use crate::ingest::rows::{self, Reject};
use crate::ingest::source::{self, Content, Delivered, Opened, Refused, Shelf};
use crate::ingest::stream;
use crate::ingest::structure::{self, HeaderRows};
use crate::ingest::unique::{self, Duplicate, Seen};
use crate::ingest::{IngestError, Output};
use crate::model::chunk::Chunk;
use crate::model::delivery::{Found, Receipt};
use crate::model::receipt::ISSUES_MAX;
use arrow::array::{Array, RecordBatch};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Bytes of accepted rows that are held at once. Above it the file is read again once it is known which rows count: a later row may
/// take back an earlier one (DUP-02), so no row can leave before the last was seen.
pub const HELD_BYTES_MAX: usize = 192 << 20;

/// Bytes of rows to mend that are held as they were delivered; those beyond are read again for the receipt.
const DELIVERED_BYTES_MAX: usize = 32 << 20;

/// Chunks that were read and wait for the rules.
const CHUNKS_WAITING: usize = 2;

/// Reads the tables of a job; see `crate::ingest::read`.
pub fn read(
    job: &Job<'_>,
    shelf: &mut Shelf,
    sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
) -> Result<Vec<Receipt>, IngestError> {
    let (contract, tables) = (job.contract, job.tables);
    let encoding = tables.first().and_then(|it| it.encoding.as_deref());
    let delivered = Delivered::of(job.file, job.limits)?.in_encoding(encoding);
    let sha256 = job.delivery.sha256;
    let mut opened = match source::open_again(&delivered, sha256, &job.delivery.nama_asal, job.limits, shelf)? {
        Content::Table(opened) => opened,
        Content::Bundle => {
            let pesan = "Berkas adalah arsip, bukan tabel".to_string();
            return Err(IngestError::Refused(Refused { code: "BRK-02", pesan }));
        }
    };
    let mut plans = Vec::with_capacity(tables.len());
    for found in tables {
        if found.dataset.as_deref() != Some(contract.dataset.as_str()) {
            let (found, contract) = (found.dataset.clone().unwrap_or_default(), contract.dataset.clone());
            return Err(IngestError::WrongContract { found, contract });
        }
        plans.push(bind(contract, found, job.lookups)?);
    }
    if let (Some(parts), [plan]) = (opened.in_parts(), plans.as_slice())
        && job.text_streams
    {
        return stream::read(job, plan, parts, sink);
    }
    let receipts = held(job, &mut opened, &plans, sink)?;
    opened.leave_on(shelf, sha256);
    Ok(receipts)
}

/// Reads tables whose rows are held until the last was seen, or read again where they are too many.
fn held(
    job: &Job<'_>,
    opened: &mut Opened<'_>,
    plans: &[Plan<'_>],
    sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
) -> Result<Vec<Receipt>, IngestError> {
    let (contract, tables) = (job.contract, job.tables);
    let mut load = Load::new(job);
    take_in(&mut load, opened, plans)?;
    sender_is_the_one(job, &load.senders)?;
    load.count_rejects();
    let mut emitter = Emitter::new(job.delivery, tables, contract, Known::new(contract, job.lookups)?);
    if !load.too_much {
        load.held.iter().try_for_each(|held| emitter.look(held))?;
        emitter.ready(&mut load.receipts);
        let held: Vec<Mutex<Held>> = std::mem::take(&mut load.held).into_iter().map(Mutex::new).collect();
        let taken = |place: usize| held.get(place).and_then(|it| it.lock().ok()).map(|mut it| std::mem::take(&mut *it));
        let emit = |place: usize| emitter.held(taken(place).unwrap_or_default());
        in_order(held.len(), job.threads, &emit, &mut |emitted| emitted.settle(&mut load.receipts, sink))?;
    } else {
        if emitter.looks_ahead() {
            let mut next = 0..;
            each_chunk(opened, tables, plans, &mut |table, plan, rows| {
                emitter.look(&load.again(next.next().unwrap_or(0), table, plan, &rows.chunk)?)
            })?;
        }
        emitter.ready(&mut load.receipts);
        let mut next = 0..;
        each_chunk(opened, tables, plans, &mut |table, plan, rows| {
            let held = load.again(next.next().unwrap_or(0), table, plan, &rows.chunk)?;
            emitter.held(held)?.settle(&mut load.receipts, sink)
        })?;
    }
    for table in 0..tables.len() {
        let own = load.rejects.iter().filter(|(it, _)| *it == table).map(|(_, it)| it);
        if let Some(lines) = emitter.rejected(table, own)? {
            emit::send(sink, lines)?;
        }
    }
    emitter.of_tables(&mut load.receipts, sink)?;
    let delivered = std::mem::take(&mut load.delivered).into_iter();
    delivered.map(|(table, batch)| Output::Delivered(table, batch)).try_for_each(|it| emit::send(sink, it))?;
    conserved(job, load.receipts)
}

/// Takes in the chunks of all tables: this thread reads them, another applies the rules.
fn take_in(load: &mut Load<'_>, opened: &mut Opened<'_>, plans: &[Plan<'_>]) -> Result<(), IngestError> {
    let tables = load.job.tables;
    if load.job.threads <= 1 {
        return each_chunk(opened, tables, plans, &mut |table, plan, rows| load.chunk(table, plan, &rows));
    }
    thread::scope(|scope| {
        let (send, receive) = sync_channel::<(usize, Rows)>(CHUNKS_WAITING);
        let taker = scope.spawn(move || {
            for (table, rows) in receive {
                if let Some(plan) = plans.get(table) {
                    load.chunk(table, plan, &rows)?;
                }
            }
            Ok(())
        });
        let read = each_chunk(opened, tables, plans, &mut |table, _, rows| {
            // The other thread ends early only with an error, which is told below.
            send.send((table, rows)).map_err(|_| IngestError::Stopped)
        });
        drop(send);
        match taker.join() {
            Ok(taken) => taken.and(read),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Data rows of a chunk.
struct Rows {
    /// As wide as the header.
    chunk: Chunk,
    /// The same rows with the cells beyond the header.
    wide: Chunk,
    /// The rule of each row of the chunk that is no data.
    structural: Vec<Option<&'static str>>,
}

/// What a visitor of chunks is given: place of the table, its plan, and rows.
type Visit<'v, 'p, 'c> = &'v mut dyn FnMut(usize, &'p Plan<'c>, Rows) -> Result<(), IngestError>;

/// Visits the chunks of all tables without their structural rows.
fn each_chunk<'p, 'c>(
    opened: &mut Opened<'_>,
    tables: &[Found],
    plans: &'p [Plan<'c>],
    visit: Visit<'_, 'p, 'c>,
) -> Result<(), IngestError> {
    for (table, (found, plan)) in tables.iter().zip(plans).enumerate() {
        let headers = HeaderRows::of(found);
        let total_words = &plan.contract.shared.total_words;
        let mut outcome = Ok(());
        let width = delivered::width(found).max(plan.width);
        opened.read(found.sheet, above(found), width, &mut |wide| {
            let structural = structure::classify(&narrow(&wide, plan.width), &headers, total_words);
            let data: Vec<bool> = structural.iter().map(Option::is_none).collect();
            outcome = match structure::keep(&wide, &data) {
                Ok(wide) => visit(table, plan, Rows { chunk: narrow(&wide, plan.width), wide, structural }),
                Err(error) => Err(error.into()),
            };
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome?;
    }
    Ok(())
}

/// The first columns of a chunk.
fn narrow(chunk: &Chunk, width: usize) -> Chunk {
    let columns = chunk.columns.iter().take(width).cloned().collect();
    let kinds = chunk.kinds.iter().take(width).cloned().collect();
    Chunk { rows: chunk.rows.clone(), columns, kinds, fields: chunk.fields.clone() }
}

/// A file on its way in.
struct Load<'a> {
    job: &'a Job<'a>,
    receipts: Vec<Receipt>,
    held: Vec<Held>,
    held_bytes: usize,
    too_much: bool,
    rejects: Vec<(usize, Reject)>,
    /// Rows to mend as they were delivered, and how many of each table.
    delivered: Vec<(usize, RecordBatch)>,
    delivered_rows: Vec<usize>,
    delivered_bytes: usize,
    seen: Seen,
    senders: BTreeMap<String, u64>,
}

impl<'a> Load<'a> {
    fn new(job: &'a Job<'a>) -> Self {
        Self {
            job,
            receipts: job.tables.iter().map(|found| begun(job, found)).collect(),
            held: Vec::new(),
            held_bytes: 0,
            too_much: false,
            rejects: Vec::new(),
            delivered: Vec::new(),
            delivered_rows: vec![0; job.tables.len()],
            delivered_bytes: 0,
            seen: Seen::default(),
            senders: BTreeMap::new(),
        }
    }

    fn chunk(
        &mut self,
        table: usize,
        plan: &Plan<'_>,
        Rows { chunk, wide, structural }: &Rows,
    ) -> Result<(), IngestError> {
        let receipt = &mut self.receipts[table];
        for code in structural.iter().flatten() {
            receipt.baris_dilewati += 1;
            count(receipt, code, 1);
        }
        receipt.baris_dibaca += chunk.len() as u64;
        count_senders(&mut self.senders, plan, chunk);
        let applied = rows::apply(plan, chunk)?;
        let rejected_before = self.rejects.len();
        self.rejects.extend(applied.rejects.into_iter().map(|it| (table, it)));
        let seed = emit::unit_seed(self.job.contract, &self.job.tables[table]);
        let content = unique::contents(chunk, &applied.accepted, &format!("{:?}", self.job.tables[table].facts));
        let keys = unique::keys(&key_columns(self.job.contract, &applied.columns), content.len(), &seed);
        let alive = vec![true; applied.baris.len()];
        self.held.push(Held { table, baris: applied.baris, columns: applied.columns, alive, notes: applied.notes });
        self.duplicates(&keys, &content);
        self.keep_delivered(table, wide, rejected_before)?;
        self.let_go();
        Ok(())
    }

    /// Keeps the rows of the last chunk that their sender may mend. A row that a later chunk takes back is not among them.
    fn keep_delivered(&mut self, table: usize, wide: &Chunk, rejected_before: usize) -> Result<(), IngestError> {
        let left = ISSUES_MAX.saturating_sub(self.delivered_rows.get(table).copied().unwrap_or(0));
        let rejects = self.rejects.get(rejected_before..).unwrap_or_default();
        let rejects = rejects.iter().filter(|(it, _)| *it == table).map(|(_, it)| it.baris);
        let last = self.held.last();
        let nulled = last.into_iter().flat_map(|held| nulled(&held.notes, &held.baris));
        let wanted: BTreeSet<u32> = rejects.chain(nulled).collect();
        if wanted.is_empty() || left == 0 || !delivered::told_apart(self.job.tables, table) {
            return Ok(());
        }
        let mut kept = 0;
        let keep: Vec<bool> = wide
            .rows
            .iter()
            .map(|row| {
                let keep = kept < left && wanted.contains(row);
                kept += usize::from(keep);
                keep
            })
            .collect();
        let batch = delivered::batch(&structure::keep(wide, &keep)?)?;
        self.delivered_bytes += batch.get_array_memory_size();
        if DELIVERED_BYTES_MAX < self.delivered_bytes {
            return Ok(());
        }
        self.delivered.push((table, batch));
        if let Some(rows) = self.delivered_rows.get_mut(table) {
            *rows += kept;
        }
        Ok(())
    }

    /// Lets the values of all chunks go once they are too many.
    fn let_go(&mut self) {
        let Some(last) = self.held.last() else { return };
        self.held_bytes += last.columns.iter().flatten().map(|it| it.get_array_memory_size()).sum::<usize>();
        self.too_much |= self.job.held_bytes_max < self.held_bytes;
        if self.too_much {
            for held in &mut self.held {
                held.columns = Vec::new();
                held.notes = Vec::new();
            }
        }
    }

    /// Chunk `n` read again: its values and notes, and which of its rows count.
    fn again(&self, n: usize, table: usize, plan: &Plan<'_>, chunk: &Chunk) -> Result<Held, IngestError> {
        let applied = rows::apply(plan, chunk)?;
        let before = self.held.get(n).filter(|it| it.baris == applied.baris).ok_or(IngestError::Changed)?;
        let (baris, alive) = (before.baris.clone(), before.alive.clone());
        Ok(Held { table, baris, columns: applied.columns, alive, notes: applied.notes })
    }

    /// Looks for the rows of the last held chunk among all rows before them.
    fn duplicates(&mut self, keys: &[u128], content: &[u64]) {
        let Some(last) = self.held.len().checked_sub(1) else { return };
        for (row, (key, content)) in keys.iter().zip(content).enumerate() {
            match self.seen.offer(*key, *content, last, row) {
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

    fn count_rejects(&mut self) {
        self.rejects.sort_by(|(a, x), (b, y)| (a, x.baris).cmp(&(b, y.baris)));
        for (table, reject) in &self.rejects {
            self.receipts[*table].baris_ditolak += 1;
            count(&mut self.receipts[*table], &reject.code, 1);
        }
    }
}
