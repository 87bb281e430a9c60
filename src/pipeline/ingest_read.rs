//! Reads the deliveries of a pass in load order and stages their rows as they come. Refuses to commit.

use crate::ingest;
use crate::lake::{Lake, Stage, Staged, Unit};
use crate::model::contract::Contract;
use crate::model::delivery::{Found, Receipt};
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::table::Table;
use crate::model::waiting::Waiting;
use crate::pipeline::file_workers::{DELIVERED, FileWorkerError, FileWorkers, Refusal};
use crate::pipeline::gate::{self, Gate, Held};
use crate::pipeline::in_force::{InForce, UnitKey, Verdict, unit_of, version_of};
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_logs::Logs;
use crate::pipeline::intake::{Item, ItemState, bytes_of, unread_receipts};
use crate::pipeline::receipt_notes::{self, Notes};
use crate::pipeline::references::References;
use crate::pipeline::world::World;
use arrow::array::{Array as _, ArrayRef, AsArray, RecordBatch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Batches on their way from readers to the lake at once: bounds memory, keeps both busy.
const BATCHES_IN_FLIGHT: usize = 8;
/// Delivered rows that are kept for the receipts of a pass; of what is beyond, they are read again.
const DELIVERED_BYTES_MAX: usize = 32 << 20;

/// One dataset and month of one delivery.
#[derive(Debug, Clone)]
pub struct Task {
    /// Place of the delivery among the items.
    pub item: usize,
    /// Place of the contract.
    pub contract: usize,
    /// Month it speaks for.
    pub periode: Option<Periode>,
    /// Its sheets.
    pub found: Vec<Found>,
}

/// The tasks of one contract, oldest month first.
pub fn tasks_of(items: &[Item], contract: usize, dataset: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for (item, it) in items.iter().enumerate() {
        let ItemState::Tables(found) = &it.state else { continue };
        let mut months: BTreeMap<Option<Periode>, Vec<Found>> = BTreeMap::new();
        for found in found.iter().filter(|it| it.dataset.as_deref() == Some(dataset)) {
            months.entry(found.periode).or_default().push(found.clone());
        }
        tasks.extend(months.into_iter().map(|(periode, found)| Task { item, contract, periode, found }));
    }
    tasks.sort_by_key(|task| (task.periode, task.item));
    tasks
}

/// Rows of one unit that were staged.
#[derive(Debug)]
pub struct Loaded {
    /// What they replace, if they come to be in force.
    pub unit: UnitKey,
    /// The file they are from.
    pub sha256: Digest,
    /// The data files; nothing if no row was accepted.
    pub staged: Option<Staged>,
}

/// What reading a pass gave.
pub struct Read {
    /// Receipts per item.
    pub receipts: Vec<Vec<Receipt>>,
    /// Staged units, those that lost in the pass included.
    pub loaded: Vec<Loaded>,
    /// Staged log rows.
    pub logs: Logs,
    /// What receipts need of the logs, per item.
    pub notes: Vec<Notes>,
    /// Tables that wait for a person's word, per item.
    pub held: Vec<Held>,
    /// Tables outside the band that were let in at the operator's word.
    pub approved: Vec<Waiting>,
}

impl Read {
    /// Removes what was staged, for a pass that commits nothing.
    pub async fn discard(self, lake: &Lake) {
        lake.discard(self.loaded.into_iter().filter_map(|it| it.staged).collect()).await;
        // What cannot even be closed is on no disk.
        for staged in self.logs.finish().await.into_iter().flatten() {
            lake.discard(staged).await;
        }
    }
}

/// The state of reading.
pub struct Reading<'a> {
    contracts: &'a [Contract],
    tables: Vec<Table>,
    lake: &'a Lake,
    workers: Arc<FileWorkers>,
    dry_run: bool,
    world: &'a World,
    references: References,
    gate: Gate<'a>,
    delivered_bytes: usize,
}

/// A task with all a reader needs: its place among the tasks of the group, and the look-ups of its sender.
struct Queued {
    place: usize,
    task: Task,
    item: Item,
    contract: Contract,
    lookups: BTreeMap<String, RecordBatch>,
}

/// What a reader thread says.
enum Event {
    Rows(usize, String, Vec<RecordBatch>),
    Done(usize, Box<Result<Result<Vec<Receipt>, Refusal>, IngestError>>),
}

/// What one task has brought so far.
#[derive(Default)]
struct Progressing {
    stages: BTreeMap<UnitKey, Stage>,
    logs: Vec<(String, RecordBatch)>,
    /// Rows to mend as delivered, by the place of their table.
    delivered: Vec<(usize, RecordBatch)>,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub fn new(
        contracts: &'a [Contract],
        lake: &'a Lake,
        workers: Arc<FileWorkers>,
        dry_run: bool,
        world: &'a World,
        gate: Gate<'a>,
    ) -> Self {
        let tables = contracts.iter().map(Contract::table).collect();
        Self {
            contracts,
            tables,
            lake,
            workers,
            dry_run,
            world,
            references: References::new(contracts),
            gate,
            delivered_bytes: 0,
        }
    }

    /// Reads every task in load order; decides what is in force as it goes, since later look-ups need it.
    pub async fn read_all(&mut self, items: &[Item], set: Digest, in_force: &mut InForce) -> Result<Read, IngestError> {
        let notes = vec![Notes::new(); items.len()];
        let (held, approved) = (vec![Held::default(); items.len()], Vec::new());
        let logs = Logs::new(self.dry_run);
        let mut read = Read { receipts: Vec::new(), loaded: Vec::new(), logs, notes, held, approved };
        for item in items {
            let mut receipts = unread_receipts(item);
            if let ItemState::Tables(found) = &item.state {
                for found in found.iter().filter(|it| it.dataset.is_none()) {
                    let mut receipt = Receipt::without_contract(&item.delivery, found);
                    receipt.kontrak_sha256 = Some(set);
                    receipts.push(receipt);
                }
            }
            for refused in receipts.iter().filter(|it| it.status == "DITOLAK") {
                read.logs.refused(refused, self.lake).await?;
            }
            read.receipts.push(receipts);
        }
        let total: usize =
            items.iter().map(|it| if let ItemState::Tables(found) = &it.state { found.len() } else { 0 }).sum();
        self.world.progress.begin("read", Some(total as u64));
        let months: Vec<BTreeSet<Option<Periode>>> = (0..self.contracts.len())
            .map(|at| tasks_of(items, at, &self.contracts[at].dataset).iter().map(|task| task.periode).collect())
            .collect();
        // A table that looks itself up, does so from month to month.
        let looks_up = |table: &str| {
            let looks = self.contracts.iter().zip(&months).filter(|(it, months)| {
                usize::from(it.dataset == table) < months.len() && it.lookups.iter().any(|spec| spec.table == table)
            });
            looks.count() > 0
        };
        self.references.only(looks_up);
        for level in ingest::load_order(self.contracts) {
            let tasks: Vec<Task> = level
                .iter()
                .flat_map(|contract| tasks_of(items, *contract, &self.contracts[*contract].dataset))
                .collect();
            for group in self.groups(tasks) {
                self.read_group(group, items, in_force, &mut read).await?;
            }
        }
        self.world.progress.end();
        Ok(read)
    }

    /// Tasks that may be read at once: all of a level, or month after month where a dataset looks itself up.
    fn groups(&self, tasks: Vec<Task>) -> Vec<Vec<Task>> {
        let itself = |task: &Task| {
            let contract = &self.contracts[task.contract];
            contract.lookups.iter().any(|spec| spec.table == contract.dataset)
        };
        let mut groups: BTreeMap<Option<Periode>, Vec<Task>> = BTreeMap::new();
        for task in tasks {
            let month = if itself(&task) { task.periode } else { None };
            groups.entry(month).or_default().push(task);
        }
        groups.into_values().collect()
    }

    async fn read_group(
        &mut self,
        mut tasks: Vec<Task>,
        items: &[Item],
        in_force: &mut InForce,
        read: &mut Read,
    ) -> Result<(), IngestError> {
        // Months in order, so that each is compared with the one before; within a month reception decides what is in force.
        tasks.sort_by_key(|task| (task.periode, task.item));
        let mut queue = Vec::new();
        for (place, task) in tasks.iter().enumerate() {
            let item = &items[task.item];
            let (Some(instansi), Some(periode)) = (&item.delivery.instansi_kode, task.periode) else { continue };
            let contract = &self.contracts[task.contract];
            let lookups = self.references.of(contract, instansi, periode, in_force, self.lake).await?;
            queue.push(Queued { place, task: task.clone(), item: item.clone(), contract: contract.clone(), lookups });
        }
        let mut events = self.start(queue);
        let mut progressing: Vec<Progressing> = tasks.iter().map(|_| Progressing::default()).collect();
        let mut answers: Vec<Option<Result<Vec<Receipt>, Refusal>>> = tasks.iter().map(|_| None).collect();
        while let Some(event) = events.recv().await {
            match event {
                Event::Rows(place, name, batches) => {
                    let sink = &mut progressing[place];
                    let sha256 = items[tasks[place].item].delivery.sha256;
                    for batch in batches {
                        self.take(sink, &tasks[place], sha256, &name, batch).await?;
                    }
                }
                Event::Done(place, answer) => {
                    self.world.progress.advance(tasks[place].found.len() as u64);
                    answers[place] = Some((*answer)?);
                }
            }
        }
        for ((task, progressing), answer) in tasks.iter().zip(progressing).zip(answers) {
            let item = &items[task.item];
            match answer {
                Some(Ok(receipts)) => self.settle(task, item, progressing, receipts, in_force, read).await?,
                Some(Err(refusal)) => {
                    self.abandon(progressing.stages).await?;
                    self.references.forget(item.delivery.sha256);
                    let found = task.found.first();
                    let receipt = Receipt::refused(&item.delivery, found, &refusal.code, &refusal.pesan);
                    read.logs.refused(&receipt, self.lake).await?;
                    read.receipts[task.item].push(receipt);
                }
                None => return Err(IngestError::Crashed),
            }
        }
        Ok(())
    }

    /// Starts reader threads; each takes the next task until none is left.
    fn start(&self, queue: Vec<Queued>) -> mpsc::Receiver<Event> {
        let (send, receive) = mpsc::channel(BATCHES_IN_FLIGHT);
        let threads = self.world.threads.clamp(1, queue.len().max(1));
        let queue = Arc::new(Mutex::new(queue.into_iter()));
        for _ in 0..threads {
            let (queue, send, workers, lake) = (queue.clone(), send.clone(), self.workers.clone(), self.lake.clone());
            tokio::task::spawn_blocking(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(Queued { place, task, item, contract, lookups }) = next else { return };
                    let mut on_rows = |name: &str, batches: Vec<RecordBatch>| {
                        let sent = send.blocking_send(Event::Rows(place, name.to_string(), batches));
                        // The receiver is gone only when the pass has failed elsewhere.
                        sent.map_err(|_| FileWorkerError::Broken {
                            file: item.delivery.nama_asal.clone(),
                            what: "the pass ended".into(),
                        })
                    };
                    let answer = bytes_of(&item, &lake).and_then(|bytes| {
                        workers
                            .read(&bytes, &item.delivery, &task.found, &contract, &lookups, &mut on_rows)
                            .map_err(IngestError::from)
                    });
                    if send.blocking_send(Event::Done(place, Box::new(answer))).is_err() {
                        return;
                    }
                }
            });
        }
        receive
    }

    /// Stages accepted rows as they come; keeps log rows until the file is known to be good.
    async fn take(
        &mut self,
        sink: &mut Progressing,
        task: &Task,
        sha256: Digest,
        name: &str,
        batch: RecordBatch,
    ) -> Result<(), IngestError> {
        if let Some(table) = name.strip_prefix(DELIVERED).and_then(|it| it.parse().ok()) {
            // What came through a pipe shares its buffer; the whole of it would be counted for every column.
            let bytes = |it: &ArrayRef| it.to_data().get_slice_memory_size().unwrap_or(0);
            self.delivered_bytes += batch.columns().iter().map(bytes).sum::<usize>();
            if self.delivered_bytes <= DELIVERED_BYTES_MAX {
                sink.delivered.push((table, batch));
            }
            return Ok(());
        }
        if name != "accepted" {
            sink.logs.push((name.to_string(), batch));
            return Ok(());
        }
        let Some(unit) = unit_of_batch(&self.contracts[task.contract].dataset, &batch) else { return Ok(()) };
        self.references.note(&unit, sha256, &batch)?;
        // A dry run stages nothing; later files still look up the rows of earlier ones.
        if self.dry_run {
            return Ok(());
        }
        let table = &self.tables[task.contract];
        if !sink.stages.contains_key(&unit) {
            let stage = self.lake.stage(table, &lake_unit(&unit))?;
            sink.stages.insert(unit.clone(), stage);
        }
        if let Some(stage) = sink.stages.get_mut(&unit) {
            stage.write(&batch).await?;
        }
        Ok(())
    }

    async fn settle(
        &mut self,
        task: &Task,
        item: &Item,
        progressing: Progressing,
        mut receipts: Vec<Receipt>,
        in_force: &mut InForce,
        read: &mut Read,
    ) -> Result<(), IngestError> {
        let sha256 = item.delivery.sha256;
        let Progressing { mut stages, logs, delivered } = progressing;
        let contracts = self.contracts;
        let dataset = &contracts[task.contract].dataset;
        for (table, batch) in delivered {
            let sheet = task.found.get(table).and_then(|it| it.sheet_name.clone());
            receipt_notes::deliver(&mut read.notes[task.item], dataset, sheet, batch);
        }
        let (outside, waits) = self.gate.judge(&item.delivery, &receipts, in_force);
        if waits {
            self.abandon(stages).await?;
            for (name, batch) in &logs {
                receipt_notes::note(&mut read.notes[task.item], dataset, name, batch);
            }
            let held = gate::held(receipts, outside);
            read.held[task.item].receipts.extend(held.receipts);
            read.held[task.item].waiting.extend(held.waiting);
            return Ok(());
        }
        read.approved.extend(outside);
        let mut verdicts: BTreeMap<UnitKey, Verdict> = BTreeMap::new();
        for receipt in receipts.iter_mut().filter(|it| it.status == "DITERIMA") {
            let Some(unit) = unit_of(receipt) else { continue };
            let version = version_of(receipt);
            let verdict = *verdicts.entry(unit.clone()).or_insert_with(|| in_force.offer(&unit, &version));
            if verdict == Verdict::Stale {
                receipt.status = "USANG".into();
                receipt.alasan = Some("Data ditarik lebih awal daripada kiriman yang berlaku".into());
                receipt.aturan.insert("BRK-11".into(), 1);
            }
        }
        self.gate.count(receipts.iter().filter(|it| it.status == "DITERIMA"));
        for unit in verdicts.keys() {
            let staged = match stages.remove(unit) {
                Some(stage) => Some(stage.finish().await?),
                None => None,
            };
            read.loaded.push(Loaded { unit: unit.clone(), sha256, staged });
        }
        for (name, batch) in logs {
            receipt_notes::note(&mut read.notes[task.item], dataset, &name, &batch);
            read.logs.write(&name, &batch, self.lake).await?;
        }
        read.receipts[task.item].extend(receipts);
        Ok(())
    }

    /// Removes what was staged of a file that is not loaded.
    async fn abandon(&self, stages: BTreeMap<UnitKey, Stage>) -> Result<(), IngestError> {
        for stage in stages.into_values() {
            let staged = stage.finish().await?;
            self.lake.discard(vec![staged]).await;
        }
        Ok(())
    }
}

/// The unit all rows of an accepted batch belong to.
fn unit_of_batch(dataset: &str, batch: &RecordBatch) -> Option<UnitKey> {
    let first = |name: &str| {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        (!column.is_empty()).then(|| column.value(0).to_string())
    };
    Some(UnitKey {
        instansi: first("instansi_kode")?,
        dataset: dataset.to_string(),
        periode: first("periode")?.parse().ok()?,
        cakupan: first("cakupan")?,
    })
}

/// The same unit as the lake knows it.
pub fn lake_unit(unit: &UnitKey) -> Unit {
    let periode = unit.periode.to_string();
    Unit::of([
        ("instansi_kode", Some(unit.instansi.as_str())),
        ("periode", Some(periode.as_str())),
        ("cakupan", Some(unit.cakupan.as_str())),
    ])
}
