//! A large text delivery, read in parts side by side: first which rows others take back, then every row once, in order. Refuses to hold
//! rows: what stays for each is where it is and a hash of its key.

use crate::ingest::bind::Plan;
use crate::ingest::checks::Known;
use crate::ingest::column::{self, Around};
use crate::ingest::delivered;
use crate::ingest::emit::{self, Emitted, Emitter};
use crate::ingest::job::{self, Held, Job};
use crate::ingest::ordered::in_order;
use crate::ingest::rows::{self, Reject};
use crate::ingest::source::{Gather, Index, Parts, Split};
use crate::ingest::structure::{self, HeaderRows};
use crate::ingest::unique::{self, Duplicate, Seen};
use crate::ingest::{IngestError, Output};
use crate::model::delivery::{Found, Receipt};
use crate::model::receipt::ISSUES_MAX;
use arrow::array::{Array, ArrayRef, RecordBatch};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows, keys and contents of a part, row by row.
type Keyed = (Vec<u32>, Vec<u128>, Vec<u64>);

/// Rows that later rows take back or that repeat earlier ones, with the rule.
type TakenBack = BTreeMap<u32, &'static str>;

/// Reads the one table of a text file; see `crate::ingest::read`.
pub fn read(
    job: &Job<'_>,
    plan: &Plan<'_>,
    parts: Parts<'_>,
    sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
) -> Result<Vec<Receipt>, IngestError> {
    let Some(found) = job.tables.first() else { return Ok(Vec::new()) };
    let index = parts.index(job::above(found))?;
    let reader = Reader { job, plan, parts, found, headers: HeaderRows::of(found), wanted: plan.sources(None), index };
    let taken_back = reader.taken_back()?;
    let mut receipts = vec![job::begun(job, found)];
    let mut emitter = Emitter::new(job.delivery, job.tables, job.contract, Known::new(job.contract, job.lookups)?);
    let places = reader.index.parts();
    if emitter.looks_ahead() {
        let part = |place: usize| Ok(reader.part(place, &taken_back)?.held);
        in_order(places, job.threads, &part, &mut |held| emitter.look(&held))?;
    }
    emitter.ready(&mut receipts);
    let to_deliver = AtomicUsize::new(ISSUES_MAX);
    let part = |place: usize| {
        let mut part = reader.part(place, &taken_back)?;
        part.delivered = reader.delivered(place, &part, &to_deliver)?;
        let emitted = emitter.held(std::mem::take(&mut part.held))?;
        Ok((emitter.with_rejects(emitted, &part.rejects)?, part))
    };
    let mut senders = BTreeMap::new();
    in_order(places, job.threads, &part, &mut |(emitted, part): (Emitted, Part)| {
        part.senders.into_iter().for_each(|(name, times)| *senders.entry(name).or_default() += times);
        if let Some(receipt) = receipts.first_mut() {
            receipt.baris_dibaca += part.read;
            receipt.baris_dilewati += part.skipped.len() as u64;
            receipt.baris_ditolak += part.rejects.len() as u64;
            part.skipped.iter().for_each(|code| job::count(receipt, code, 1));
            part.rejects.iter().for_each(|it| job::count(receipt, &it.code, 1));
        }
        emitted.settle(&mut receipts, sink)?;
        part.delivered.map_or(Ok(()), |batch| emit::send(sink, Output::Delivered(0, batch)))
    })?;
    job::sender_is_the_one(job, &senders)?;
    emitter.of_tables(&mut receipts, sink)?;
    job::conserved(job, receipts)
}

/// What was read of one part.
struct Part {
    /// Rules of the rows that are no data.
    skipped: Vec<&'static str>,
    /// Data rows.
    read: u64,
    senders: BTreeMap<String, u64>,
    rejects: Vec<Reject>,
    held: Held,
    /// Rows to mend as they were delivered.
    delivered: Option<RecordBatch>,
}

struct Reader<'r, 'c> {
    job: &'r Job<'r>,
    plan: &'r Plan<'c>,
    parts: Parts<'r>,
    found: &'r Found,
    headers: HeaderRows,
    /// Source columns that some canonical column is read from.
    wanted: Vec<bool>,
    index: Index,
}

impl Reader<'_, '_> {
    /// The rule that makes a record no data.
    fn rule(&self, cells: Split<'_>) -> Option<&'static str> {
        let cell = |column: usize| cells.cell(column).unwrap_or_default();
        structure::rule(self.plan.width, &cell, &self.headers, &self.plan.contract.shared.total_words)
    }

    /// One part with what the rules for single rows say, and without the rows that are taken back.
    fn part(&self, place: usize, taken_back: &TakenBack) -> Result<Part, IngestError> {
        let mut gather = Gather::new(&self.wanted);
        let mut skipped = Vec::new();
        self.parts.read(&self.index, place, usize::MAX, &mut |row, cells| match self.rule(cells) {
            Some(code) => skipped.push(code),
            None => gather.record(row, cells),
        })?;
        let chunk = gather.finish();
        let mut senders = BTreeMap::new();
        job::count_senders(&mut senders, self.plan, &chunk);
        let applied = rows::apply(self.plan, &chunk)?;
        let mut rejects = applied.rejects;
        let mut alive = vec![true; applied.baris.len()];
        for (alive, baris) in alive.iter_mut().zip(&applied.baris) {
            if let Some(code) = taken_back.get(baris) {
                *alive = false;
                rejects.push(Reject { baris: *baris, column: None, code: (*code).to_string(), raw: None });
            }
        }
        rejects.sort_by_key(|it| it.baris);
        let held = Held { table: 0, baris: applied.baris, columns: applied.columns, alive, notes: applied.notes };
        Ok(Part { skipped, read: chunk.len() as u64, senders, rejects, held, delivered: None })
    }

    /// The rows of a part that their sender may mend, as long as `left` are left to be given.
    fn delivered(&self, place: usize, part: &Part, left: &AtomicUsize) -> Result<Option<RecordBatch>, IngestError> {
        let nulled = job::nulled(&part.held.notes, &part.held.baris);
        let rows: BTreeSet<u32> = part.rejects.iter().map(|it| it.baris).chain(nulled).collect();
        let take = |left: usize| Some(left.saturating_sub(rows.len()));
        let left = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        let places: Vec<usize> = rows.iter().take(left).filter_map(|row| self.index.place(place, *row)).collect();
        if places.is_empty() {
            return Ok(None);
        }
        let mut gather = Gather::new(&vec![true; delivered::width(self.found)]);
        self.parts.some(&self.index, place, &places, &mut |row, cells| gather.record(row, cells))?;
        Ok(Some(delivered::batch(&gather.finish())?))
    }

    /// The accepted rows that do not count because of another row (DUP-01, DUP-02). Only rows whose key may stand in another row too
    /// are looked at as a whole: they are found by a hash of the key alone.
    fn taken_back(&self) -> Result<TakenBack, IngestError> {
        let suspects = self.suspects()?;
        let mut by_part: Vec<(usize, &[usize])> = Vec::new();
        let mut rest = suspects.as_slice();
        for part in 0..self.index.parts() {
            let end = self.index.places(part).end;
            let (own, behind) = rest.split_at(rest.partition_point(|place| *place < end));
            rest = behind;
            if !own.is_empty() {
                by_part.push((part, own));
            }
        }
        let seed = emit::unit_seed(self.job.contract, self.found);
        let facts = format!("{:?}", self.found.facts);
        let rows_of = |place: usize| -> Result<Keyed, IngestError> {
            let Some((part, places)) = by_part.get(place) else { return Ok(Default::default()) };
            let mut gather = Gather::new(&vec![true; self.plan.width]);
            self.parts.some(&self.index, *part, places, &mut |row, cells| {
                if self.rule(cells).is_none() {
                    gather.record(row, cells);
                }
            })?;
            let chunk = gather.finish();
            let applied = rows::apply(self.plan, &chunk)?;
            let content = unique::contents(&chunk, &applied.accepted, &facts);
            let columns = job::key_columns(self.job.contract, &applied.columns);
            Ok((applied.baris, unique::keys(&columns, content.len(), &seed), content))
        };
        let (mut seen, mut taken_back) = (Seen::default(), TakenBack::new());
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        in_order(by_part.len(), self.job.threads, &rows_of, &mut |(baris, keys, contents)| {
            let chunk = numbers.len();
            numbers.push(baris);
            for (row, (key, content)) in keys.into_iter().zip(contents).enumerate() {
                let (code, chunk, row) = match seen.offer(key, content, chunk, row) {
                    Duplicate::New => continue,
                    Duplicate::Same => ("DUP-01", chunk, row),
                    Duplicate::Replaces { chunk, row } => ("DUP-02", chunk, row),
                };
                if let Some(baris) = numbers.get(chunk).and_then(|it| it.get(row)) {
                    taken_back.insert(*baris, code);
                }
            }
            Ok(())
        })?;
        Ok(taken_back)
    }

    /// The places of the rows whose key may stand in another row too: all that do, and by chance hardly any other.
    fn suspects(&self) -> Result<Vec<usize>, IngestError> {
        let mut hashes: Vec<u64> = Vec::with_capacity(self.index.records());
        let keys = job::key_places(self.job.contract);
        let needed = self.plan.needed(&keys);
        let wanted = self.plan.sources(Some(&needed));
        let seed = emit::unit_seed(self.job.contract, self.found);
        let work = |place: usize| self.hashes(place, &keys, &needed, &wanted, &seed);
        in_order(self.index.parts(), self.job.threads, &work, &mut |part: Vec<u64>| {
            hashes.extend(part);
            Ok(())
        })?;
        let mut sorted = hashes.clone();
        sorted.sort_unstable();
        let twice = |pair: &[u64]| matches!(pair, [a, b] if a == b && *a != NO_KEY).then(|| pair[0]);
        let mut repeated: Vec<u64> = sorted.windows(2).filter_map(twice).collect();
        drop(sorted);
        repeated.dedup();
        let places = hashes.iter().enumerate().filter(|(_, hash)| repeated.binary_search(hash).is_ok());
        Ok(places.map(|(place, _)| place).collect())
    }

    /// Per record of a part a hash of its key; [`NO_KEY`] where a required part of it is missing, since such a row is never accepted.
    fn hashes(
        &self,
        place: usize,
        keys: &[usize],
        needed: &[bool],
        wanted: &[bool],
        seed: &str,
    ) -> Result<Vec<u64>, IngestError> {
        let contract = self.job.contract;
        let mut gather = Gather::new(wanted);
        let last = wanted.iter().rposition(|it| *it).map_or(0, |it| it + 1);
        self.parts.read(&self.index, place, last, &mut |row, cells| gather.record(row, cells))?;
        let chunk = gather.finish();
        let identity = contract.identity.as_deref().and_then(|it| contract.position(it));
        let mut done: Vec<Option<ArrayRef>> = vec![None; contract.columns.len()];
        for &i in self.plan.order.iter().filter(|i| needed.get(**i) == Some(&true)) {
            let cells = column::fill(&Around { plan: self.plan, chunk: &chunk, done: &done, identity }, i, 0)?;
            done[i] = Some(cells.values);
        }
        let columns: Vec<&ArrayRef> = keys.iter().filter_map(|i| done.get(*i)?.as_ref()).collect();
        let required = |i: &&usize| contract.columns.get(**i).is_some_and(|it| it.required);
        let must: Vec<&ArrayRef> = keys.iter().filter(required).filter_map(|i| done.get(*i)?.as_ref()).collect();
        let hashes = unique::keys(&columns, chunk.len(), seed);
        let known = |row: usize| must.iter().all(|it| it.is_valid(row));
        let short =
            |(row, hash): (usize, u128)| if known(row) { ((hash >> 64) as u64 ^ hash as u64).max(1) } else { NO_KEY };
        Ok(hashes.into_iter().enumerate().map(short).collect())
    }
}

/// The hash of no key.
const NO_KEY: u64 = 0;
