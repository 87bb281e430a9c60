//! One command is one pass (`ingest-rules.md` §0.5): take in, read in order, decide what is in force, commit once per table. Refuses to publish.

use crate::analysis::rules::Rules;
use crate::lake::Lake;
use crate::model::contract::Contract;
use crate::model::delivery::Receipt;
use crate::model::digest::Digest;
use crate::model::instansi::Instansi;
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use crate::model::table::engine_tables;
use crate::model::waiting::Waiting;
use crate::pipeline::berkas::{self, BerkasRow};
use crate::pipeline::file_workers::FileWorkers;
use crate::pipeline::gate::{self, Gate, Held};
use crate::pipeline::gather::{Candidate, gather};
use crate::pipeline::in_force::{InForce, unit_of, version_of};
use crate::pipeline::ingest_commit::{self, Ingested, Pass, Received};
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_read::Reading;
use crate::pipeline::intake::{self, IntakeOptions, Item, ItemState, Replay};
use crate::pipeline::receipt_notes::Notes;
use crate::pipeline::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What a pass is told.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Sender, outranking the folder.
    pub instansi: Option<String>,
    /// Month, outranking file name and letterhead.
    pub periode: Option<Periode>,
    /// Report only; write nothing.
    pub dry_run: bool,
    /// Commit nothing if one file has a larger share of rejected rows, in percent.
    pub fail_over: Option<f64>,
    /// Replay these deliveries from `raw/`.
    pub again: Option<Again>,
    /// Load also what is outside the plausible band.
    pub accept: bool,
}

/// Which deliveries to load again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Every delivery ever received.
    All,
    /// The delivery with this digest.
    One(Digest),
}

/// What the pass knows of the project.
pub struct IngestProject<'a> {
    /// Contracts.
    pub contracts: &'a [Contract],
    /// The fifteen.
    pub senders: &'a [Instansi],
    /// Limits.
    pub limits: &'a Limits,
    /// Rule parameters.
    pub rules: &'a Rules,
}

/// Runs one pass. After an error nothing of it is visible.
pub async fn ingest(
    project: &IngestProject<'_>,
    lake: &Lake,
    options: &IngestOptions,
    world: &World,
) -> Result<Ingested, IngestError> {
    if let Some(kode) = &options.instansi
        && !project.senders.iter().any(|it| it.kode == *kode)
    {
        let known: Vec<&str> = project.senders.iter().map(|it| it.kode.as_str()).collect();
        return Err(IngestError::UnknownSender { kode: kode.clone(), known: known.join(", ") });
    }
    if !options.dry_run {
        lake.begin_writing().await?;
    }
    let before = stored_rows(lake).await?;
    let waiting = lake.waiting().await?;
    let set = contract_set(project.contracts);
    let (items, workers) = taken_in(project, lake, options, world, &before, &waiting).await?;
    let mut in_force = in_force_before(&before, &items);
    let gate = Gate::new(project.contracts, project.rules, &before, options.accept);
    let mut reading = Reading::new(project.contracts, lake, workers, options.dry_run, world, gate);
    let mut read = reading.read_all(&items, set, &mut in_force).await?;
    if let Err(error) = check_rejects(&read.receipts, options.fail_over) {
        read.discard(lake).await;
        if !options.dry_run {
            lake.end_writing().await?;
        }
        return Err(error);
    }
    let receipts = with_duplicates(&items, read.receipts, &mut read.held);
    let held: Vec<Waiting> = read.held.iter().flat_map(|it| it.waiting.clone()).collect();
    let list = gate::still_waiting(waiting, &read_in(&items), &held, &in_force);
    let held: Vec<Waiting> = list.iter().filter(|it| held.iter().any(|held| held.same_table(it))).cloned().collect();
    let received = received(items, &receipts, read.notes, since(read.held, &list));
    let approved = read.approved;
    let pass = Pass { before, receipts, in_force, loaded: read.loaded, logs: read.logs };
    if options.dry_run {
        let rows = ingest_commit::preview(&pass);
        return Ok(Ingested { rows, all: pass.before, received, held, approved, ..Ingested::default() });
    }
    let ingested = ingest_commit::commit(pass, project.contracts, lake, world).await?;
    lake.set_waiting(&list).await?;
    lake.end_writing().await?;
    Ok(Ingested { received, held, approved, ..ingested })
}

/// Takes in what the pass is about, recognised, with the workers that did it.
async fn taken_in(
    project: &IngestProject<'_>,
    lake: &Lake,
    options: &IngestOptions,
    world: &World,
    before: &[BerkasRow],
    waiting: &[Waiting],
) -> Result<(Vec<Item>, Arc<FileWorkers>), IngestError> {
    let now = world.now();
    let workers = FileWorkers::new(project.contracts, project.limits, world).map_err(IngestError::Contracts)?;
    let workers = Arc::new(workers);
    let loaded = loaded_before(before, project.contracts, contract_set(project.contracts));
    let intake_options = IntakeOptions {
        instansi: options.instansi.as_deref(),
        periode: options.periode,
        dry_run: options.dry_run,
        loaded: &loaded,
        senders: project.senders,
        limits: project.limits,
        now,
    };
    let items = match options.again {
        None => intake::take_in(in_order(gather(&options.paths)?, now), &intake_options, &workers, lake, world).await?,
        Some(again) => {
            let kept = again_kept(again_from(before, waiting, again)?, again, lake).await?;
            intake::take_again(&kept, &intake_options, &workers, lake, world).await?
        }
    };
    Ok((items, workers))
}

/// What waits, with the moment since when it does.
fn since(held: Vec<Held>, list: &[Waiting]) -> Vec<Held> {
    let listed = |it: Waiting| match list.iter().find(|listed| listed.same_table(&it)) {
        Some(listed) => Waiting { sejak: listed.sejak, ..it },
        None => it,
    };
    held.into_iter().map(|it| Held { waiting: it.waiting.into_iter().map(listed).collect(), ..it }).collect()
}

/// Sender and digest of the deliveries that were looked at in this pass.
fn read_in(items: &[Item]) -> BTreeSet<(Option<&str>, Digest)> {
    let read = items.iter().filter(|it| !matches!(it.state, ItemState::Duplicate));
    read.map(|it| (it.delivery.instansi_kode.as_deref(), it.delivery.sha256)).collect()
}

/// The deliveries with the places of their rows among those of the pass.
fn received(items: Vec<Item>, receipts: &[Vec<Receipt>], notes: Vec<Notes>, held: Vec<Held>) -> Vec<Received> {
    let mut end = 0;
    let place = |(((item, receipts), notes), held): (((Item, &Vec<Receipt>), Notes), Held)| {
        let start = end;
        end += receipts.len();
        Received { item, rows: start..end, notes, held }
    };
    items.into_iter().zip(receipts).zip(notes).zip(held).map(place).collect()
}

/// Reception order needs a time for every file; without a register it is now.
fn in_order(mut candidates: Vec<Candidate>, now: chrono::DateTime<chrono::Utc>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| {
        let key = |it: &Candidate| (it.diterima_pada.unwrap_or(now), it.nama.clone());
        key(a).cmp(&key(b))
    });
    candidates
}

/// Every row of `berkas`; it holds one row per table ever delivered, a few thousand a year.
async fn stored_rows(lake: &Lake) -> Result<Vec<BerkasRow>, IngestError> {
    let table = &engine_tables()[0];
    let columns: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
    let batches = lake.rows(&table.name, &columns, &crate::lake::Unit(Vec::new())).await?;
    berkas::from_batches(&batches).map_err(IngestError::Batch)
}

/// Digest of all contracts together: what TANPA_KONTRAK was decided by.
fn contract_set(contracts: &[Contract]) -> Digest {
    let digests: Vec<String> = contracts.iter().map(|it| it.digest.to_string()).collect();
    Digest::of_parts(digests.iter().map(String::as_bytes))
}

/// Deliveries that need not be loaded again (BRK-08): none of their tables was refused, and the contracts are the same.
fn loaded_before(rows: &[BerkasRow], contracts: &[Contract], set: Digest) -> BTreeSet<(Option<String>, Digest)> {
    let current: BTreeMap<&str, Digest> = contracts.iter().map(|it| (it.dataset.as_str(), it.digest)).collect();
    let mut known: BTreeMap<(Option<String>, Digest), bool> = BTreeMap::new();
    for row in rows.iter().map(|it| &it.receipt).filter(|it| it.status != "DUPLIKAT") {
        let same = match (&row.dataset, row.status.as_str()) {
            (_, "DITOLAK") => false,
            (Some(dataset), _) => current.get(dataset.as_str()) == row.kontrak_sha256.as_ref(),
            (None, _) => row.kontrak_sha256 == Some(set),
        };
        let entry = known.entry((row.instansi_kode.clone(), row.sha256)).or_insert(true);
        *entry = *entry && same;
    }
    known.into_iter().filter(|(_, same)| *same).map(|(key, _)| key).collect()
}

/// The deliveries that are to be loaded again: the first receipt of each, and what waits.
fn again_from(rows: &[BerkasRow], waiting: &[Waiting], again: Again) -> Result<Vec<Replay>, IngestError> {
    let mut seen = BTreeSet::new();
    let wanted = |it: &&BerkasRow| match again {
        Again::All => true,
        Again::One(sha) => it.receipt.sha256 == sha,
    };
    let rows = rows.iter().filter(|it| it.receipt.status != "DUPLIKAT").filter(wanted);
    let rows = rows.map(|it| Replay::of(&it.receipt));
    let waiting = waiting.iter().filter(|it| matches!(again, Again::All) || again == Again::One(it.sha256));
    let found: Vec<Replay> = rows
        .chain(waiting.map(Replay::waiting))
        .filter(|it| seen.insert((it.instansi_kode.clone(), it.sha256)))
        .collect();
    match again {
        Again::One(sha256) if found.is_empty() => Err(IngestError::NeverReceived { sha256 }),
        _ => Ok(found),
    }
}

/// Of all deliveries those whose bytes are still kept: a file too large to be taken in never was, others were pruned. What cannot be
/// read again stays as it is; one that was asked for by name is missed when it is read.
async fn again_kept(deliveries: Vec<Replay>, again: Again, lake: &Lake) -> Result<Vec<Replay>, IngestError> {
    if matches!(again, Again::One(_)) {
        return Ok(deliveries);
    }
    let mut kept = Vec::new();
    for delivery in deliveries {
        if lake.has_raw(delivery.sha256).await? {
            kept.push(delivery);
        } else {
            tracing::warn!(file = delivery.nama_asal, "its bytes are not kept in raw/; it is left as it is");
        }
    }
    Ok(kept)
}

/// What is in force when the pass begins. A file that is loaded again stands for election like any other, so that a replay decides
/// as the first load did, and holds nothing any more where it now speaks for another unit or is refused.
fn in_force_before(rows: &[BerkasRow], items: &[Item]) -> InForce {
    let again: BTreeSet<(Option<&str>, Digest)> = items
        .iter()
        .filter(|it| !matches!(it.state, ItemState::Duplicate))
        .map(|it| (it.delivery.instansi_kode.as_deref(), it.delivery.sha256))
        .collect();
    let stays = |it: &&BerkasRow| !again.contains(&(it.receipt.instansi_kode.as_deref(), it.receipt.sha256));
    let mut in_force = InForce::default();
    for row in rows.iter().filter(|it| it.berlaku).filter(stays) {
        if let Some(unit) = unit_of(&row.receipt) {
            in_force.hold(unit, version_of(&row.receipt));
        }
    }
    in_force
}

fn check_rejects(receipts: &[Vec<Receipt>], fail_over: Option<f64>) -> Result<(), IngestError> {
    let Some(percent) = fail_over else { return Ok(()) };
    for receipt in receipts.iter().flatten() {
        if receipt.baris_ditolak as f64 * 100.0 > percent * receipt.baris_dibaca as f64 {
            return Err(IngestError::TooManyRejected {
                file: receipt.nama_asal.clone(),
                rejected: receipt.baris_ditolak,
                read: receipt.baris_dibaca,
                percent,
            });
        }
    }
    Ok(())
}

/// A duplicate of a file that was refused in this very pass is refused for the same reason; one of a file that waits waits too.
fn with_duplicates(items: &[Item], mut receipts: Vec<Vec<Receipt>>, held: &mut [Held]) -> Vec<Vec<Receipt>> {
    for (i, item) in items.iter().enumerate().filter(|(_, it)| matches!(it.state, ItemState::Duplicate)) {
        let same = |other: &Item| {
            other.delivery.sha256 == item.delivery.sha256
                && other.delivery.instansi_kode == item.delivery.instansi_kode
                && !matches!(other.state, ItemState::Duplicate)
        };
        let Some(at) = items.iter().position(same) else { continue };
        let first = receipts[at].clone();
        if first.is_empty() && !held[at].receipts.is_empty() {
            held[i] = held[at].under(&item.delivery.nama_asal);
            receipts[i] = Vec::new();
        }
        if let Some(refused) = first.iter().find(|it| it.status == "DITOLAK") {
            receipts[i] = vec![Receipt { nama_asal: item.delivery.nama_asal.clone(), ..refused.clone() }];
        }
    }
    receipts
}
