//! The end of a pass: one commit per table, canonical tables first, then the logs, `berkas` last. Refuses to commit a table twice.

use crate::lake::{Change, Lake, Staged, Unit};
use crate::model::contract::Contract;
use crate::model::delivery::Receipt;
use crate::model::digest::Digest;
use crate::model::table::engine_tables;
use crate::model::waiting::Waiting;
use crate::pipeline::berkas::{self, BerkasRow};
use crate::pipeline::gate::Held;
use crate::pipeline::in_force::{InForce, UnitKey, unit_of};
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_logs::Logs;
use crate::pipeline::ingest_read::{Loaded, lake_unit};
use crate::pipeline::intake::Item;
use crate::pipeline::receipt_notes::Notes;
use crate::pipeline::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A pass that has been read and decided.
pub struct Pass {
    /// Rows of `berkas` before it.
    pub before: Vec<BerkasRow>,
    /// Receipts per delivery.
    pub receipts: Vec<Vec<Receipt>>,
    /// Who holds each unit after it.
    pub in_force: InForce,
    /// Staged units.
    pub loaded: Vec<Loaded>,
    /// Staged log rows.
    pub logs: Logs,
}

/// What a pass did.
#[derive(Debug, Clone, Default)]
pub struct Ingested {
    /// A row per table found in a delivery, in the order of reception.
    pub rows: Vec<BerkasRow>,
    /// Every row of `berkas` after the pass.
    pub all: Vec<BerkasRow>,
    /// Rows in force per canonical table after the pass.
    pub tables: BTreeMap<String, u64>,
    /// The deliveries, for their receipts.
    pub received: Vec<Received>,
    /// Tables of the pass that wait for a person's word.
    pub held: Vec<Waiting>,
    /// Tables outside the band that the operator let in.
    pub approved: Vec<Waiting>,
}

/// A delivery of the pass.
#[derive(Debug, Clone)]
pub struct Received {
    /// The delivery and what was recognised in it.
    pub item: Item,
    /// Its rows among those of the pass.
    pub rows: Range<usize>,
    /// What its log said.
    pub notes: Notes,
    /// Tables of it that wait.
    pub held: Held,
}

/// Sender and digest: what a file is known by.
type FileKey = (Option<String>, Digest);

/// What a dry run would have reported.
pub fn preview(pass: &Pass) -> Vec<BerkasRow> {
    pass.receipts.iter().flatten().map(|receipt| row(receipt, &pass.in_force)).collect()
}

/// Commits the pass and counts the rows in force.
pub async fn commit(pass: Pass, contracts: &[Contract], lake: &Lake, world: &World) -> Result<Ingested, IngestError> {
    let rows = preview(&pass);
    let id = pass_id(&pass, lake).await?;
    let [tolakan, perbaikan, temuan] = pass.logs.tables().clone();
    let staged_logs = pass.logs.finish().await?;
    world.progress.begin("commit", Some(contracts.len() as u64 + 4));
    let info = BTreeMap::from([("pass".to_string(), id.to_string())]);
    let mut units: BTreeMap<&str, (Vec<Unit>, Vec<Staged>)> = BTreeMap::new();
    let mut changed: BTreeSet<UnitKey> = BTreeSet::new();
    for loaded in pass.loaded {
        let in_force = pass.in_force.holder(&loaded.unit).is_some_and(|it| it.sha256 == loaded.sha256);
        let contract = contracts.iter().find(|it| it.dataset == loaded.unit.dataset);
        match (in_force, contract) {
            (true, Some(contract)) => {
                let (replace, add) = units.entry(&contract.dataset).or_default();
                replace.push(lake_unit(&loaded.unit));
                add.extend(loaded.staged);
                changed.insert(loaded.unit);
            }
            // Superseded within the pass: its bytes and its log stay, it has no version of the table.
            _ => lake.discard(loaded.staged.into_iter().collect()).await,
        }
    }
    for unit in vacated(&pass.before, &pass.in_force) {
        if let Some(contract) = contracts.iter().find(|it| it.dataset == unit.dataset) {
            units.entry(&contract.dataset).or_default().0.push(lake_unit(&unit));
        }
    }
    for contract in contracts {
        if let Some((replace, add)) = units.remove(contract.dataset.as_str()) {
            let change = Change { replace, add, txn: Some((id.to_string(), 1)) };
            lake.commit(&contract.table(), change, info.clone()).await?;
        }
        world.progress.advance(1);
    }
    let (files, kept) = files_of(&pass.before, &rows, &changed, &pass.in_force);
    let stays = |it: &&BerkasRow| !files.contains(&(it.receipt.instansi_kode.clone(), it.receipt.sha256));
    let all = pass.before.iter().filter(stays).chain(&kept).cloned().collect();
    let replace: Vec<Unit> = rows
        .iter()
        .filter(|it| it.receipt.status != "DUPLIKAT")
        .map(|it| file_unit(&(it.receipt.instansi_kode.clone(), it.receipt.sha256)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    for (table, add) in [tolakan, perbaikan, temuan].iter().zip(staged_logs) {
        if !replace.is_empty() {
            let change = Change { replace: replace.clone(), add, txn: Some((id.to_string(), 1)) };
            lake.commit(table, change, info.clone()).await?;
        }
        world.progress.advance(1);
    }
    if !files.is_empty() {
        let table = &engine_tables()[0];
        let mut add = Vec::new();
        let mut senders: BTreeMap<Option<String>, Vec<BerkasRow>> = BTreeMap::new();
        for row in kept {
            senders.entry(row.receipt.instansi_kode.clone()).or_default().push(row);
        }
        for (sender, rows) in senders {
            let mut stage = lake.stage(table, &Unit::of([("instansi_kode", sender.as_deref())]))?;
            stage.write(&berkas::to_batch(table, &rows).map_err(IngestError::Batch)?).await?;
            add.push(stage.finish().await?);
        }
        let replace = files.iter().map(file_unit).collect();
        lake.commit(table, Change { replace, add, txn: Some((id.to_string(), 1)) }, info).await?;
    }
    world.progress.advance(1);
    world.progress.end();
    let mut tables = BTreeMap::new();
    for contract in contracts {
        tables.insert(contract.dataset.clone(), lake.row_count(&contract.dataset).await?);
    }
    Ok(Ingested { rows, all, tables, ..Ingested::default() })
}

/// Units whose holder was loaded again and no longer speaks for them: their rows go.
fn vacated(before: &[BerkasRow], in_force: &InForce) -> BTreeSet<UnitKey> {
    let held = before.iter().filter(|it| it.berlaku).filter_map(|it| unit_of(&it.receipt));
    held.filter(|unit| in_force.holder(unit).is_none()).collect()
}

/// The same pass over the same lake has the same id: a pass that was cut short is redone without doubling what it had committed.
async fn pass_id(pass: &Pass, lake: &Lake) -> Result<Digest, IngestError> {
    let version = lake.version("berkas").await?.map_or_else(String::new, |version| version.to_string());
    let mut parts = vec![version];
    for receipt in pass.receipts.iter().flatten() {
        let file = format!("{:?} {} {:?}", receipt.instansi_kode, receipt.sha256, receipt.kontrak_sha256);
        let unit = format!("{:?} {:?} {:?}", receipt.dataset, receipt.periode, receipt.cakupan);
        parts.push(format!("{file} {unit} {} {}", receipt.status, receipt.baris_diterima));
    }
    Ok(Digest::of_parts(parts.iter().map(String::as_bytes)))
}

fn row(receipt: &Receipt, in_force: &InForce) -> BerkasRow {
    let holder = unit_of(receipt).and_then(|unit| in_force.holder(&unit).cloned());
    let berlaku = receipt.status == "DITERIMA" && holder.is_some_and(|it| it.sha256 == receipt.sha256);
    BerkasRow { receipt: receipt.clone(), berlaku }
}

/// The files whose rows of `berkas` change, and all rows they have from now on.
fn files_of(
    before: &[BerkasRow],
    rows: &[BerkasRow],
    changed: &BTreeSet<UnitKey>,
    in_force: &InForce,
) -> (BTreeSet<FileKey>, Vec<BerkasRow>) {
    let key = |it: &BerkasRow| (it.receipt.instansi_kode.clone(), it.receipt.sha256);
    let duplicate = |it: &BerkasRow| it.receipt.status == "DUPLIKAT";
    let named: BTreeSet<(FileKey, &str)> = before.iter().map(|it| (key(it), it.receipt.nama_asal.as_str())).collect();
    // The same bytes under the same name are no news.
    let fresh: Vec<&BerkasRow> =
        rows.iter().filter(|it| !duplicate(it) || !named.contains(&(key(it), it.receipt.nama_asal.as_str()))).collect();
    let mut files: BTreeSet<FileKey> = fresh.iter().map(|it| key(it)).collect();
    let lost = |it: &&BerkasRow| it.berlaku && unit_of(&it.receipt).is_some_and(|unit| changed.contains(&unit));
    files.extend(before.iter().filter(lost).map(key));
    let reloaded: BTreeSet<FileKey> = fresh.iter().filter(|it| !duplicate(it)).map(|it| key(it)).collect();
    let mut kept: Vec<BerkasRow> = Vec::new();
    for old in before.iter().filter(|it| files.contains(&key(it))) {
        if duplicate(old) || !reloaded.contains(&key(old)) {
            let berlaku = old.berlaku && row(&old.receipt, in_force).berlaku;
            kept.push(BerkasRow { berlaku, ..old.clone() });
        }
    }
    kept.extend(fresh.into_iter().cloned());
    (files, kept)
}

fn file_unit(file: &FileKey) -> Unit {
    let sha256 = file.1.to_string();
    Unit::of([("instansi_kode", file.0.as_deref()), ("sha256", Some(sha256.as_str()))])
}
