//! One change of a table: rows of replaced units out, staged files in, in one Delta commit. Refuses to merge with another writer's commit.

use crate::lake::files::{FileWriter, discard, parquet};
use crate::lake::log::{LakeFile, Place, child};
use crate::lake::stage::Staged;
use crate::lake::store::fault_in;
use crate::lake::unit::{Overlap, Unit, overlap, survivors};
use crate::lake::{Error, Lake, read_fault, shape, write_error};
use crate::model::table::Table;
use arrow::compute::filter_record_batch;
use bytes::Bytes;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TableReference, TransactionError};
use deltalake::kernel::{Action, Add, Transaction};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError};
use object_store::ObjectStoreExt;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows read at a time when a file is looked through.
const BATCH_ROWS: usize = 8192;

/// What one commit does to a table.
#[derive(Debug, Default)]
pub struct Change {
    /// All rows of these units go.
    pub replace: Vec<Unit>,
    /// These rows come.
    pub add: Vec<Staged>,
    /// Application and version: a commit that carries a version already recorded for its application changes nothing.
    pub txn: Option<(String, i64)>,
}

impl Lake {
    /// Applies one change as one Delta commit, durably; makes the table if it is absent and grows it to its contract. `info` goes into the
    /// commit's own record (run, job; no personal data). Returns the version that holds the change: the old one if there was nothing to do.
    ///
    /// # Errors
    /// After `Conflict`, `DiskFull`, `Write` and every error about shapes the table is as before and the staged files are gone. After
    /// `Uncertain` the commit may have happened: repeat it with the same `txn`.
    pub async fn commit(&self, table: &Table, change: Change, info: BTreeMap<String, String>) -> Result<u64, Error> {
        let place = self.place(&table.name)?;
        // What a table says of a delivery must not be safer than the delivery.
        let (mut fresh, mut landed) = (Vec::new(), self.confirm_raw().await);
        for staged in change.add {
            if staged.table == table.name {
                landed = landed.and(staged.pending.land(&mut fresh).await);
            } else {
                landed = landed.and(Err(Error::Mixed { table: table.name.clone(), staged: staged.table.clone() }));
                self.discard(vec![staged]).await;
            }
        }
        let done = match landed {
            Ok(()) => apply(&place, table, &change.replace, &mut fresh, change.txn, info).await,
            Err(error) => Err(error),
        };
        match &done {
            // Files named by a commit that may be there must stay.
            Err(Error::Uncertain { .. }) => {}
            Err(_) => discard(&place, &fresh).await,
            Ok(_) => {}
        }
        done
    }
}

/// Does the change; `fresh` holds the files that nobody needs if it fails.
async fn apply(
    place: &Place,
    table: &Table,
    replace: &[Unit],
    fresh: &mut Vec<Add>,
    txn: Option<(String, i64)>,
    info: BTreeMap<String, String>,
) -> Result<u64, Error> {
    if place.latest().await?.is_none() {
        let mut actions = shape::first_actions(table)?;
        actions.extend(fresh.iter().cloned().map(Action::Add));
        return write(place, table, None, actions, txn, info).await;
    }
    let delta = place.open(None).await?;
    let state = delta.snapshot().map_err(|error| place.log_error(&error))?;
    if let Some((application, version)) = &txn {
        let log = delta.log_store();
        let seen =
            state.transaction_version(log.as_ref(), application).await.map_err(|error| place.log_error(&error))?;
        if seen.is_some_and(|seen| seen >= *version) {
            discard(place, fresh).await;
            // Whoever recorded it may have died before the disk confirmed it, and we are about to say that it is done.
            place.confirm(state.version()).await?;
            return Ok(state.version());
        }
    }
    let mut actions = Vec::new();
    actions.extend(shape::grown(table, state.metadata(), &state.schema())?.map(Action::Metadata));
    for (file, view) in place.files(&delta)? {
        match overlap(replace, &file) {
            Overlap::Nothing => continue,
            Overlap::Whole => {}
            Overlap::Perhaps(units) => match rewrite(place, table, &file, &units, fresh).await? {
                Rest::All => continue,
                Rest::Some | Rest::Nothing => {}
            },
        }
        actions.push(Action::Remove(view.remove_action(true)));
    }
    actions.extend(fresh.iter().cloned().map(Action::Add));
    if actions.is_empty() {
        return Ok(state.version());
    }
    write(place, table, Some(&delta), actions, txn, info).await
}

/// What is left of a file.
enum Rest {
    All,
    Some,
    Nothing,
}

/// Reads a file that may hold replaced rows; if it holds some, the others are written to a new file in `fresh`.
async fn rewrite(
    place: &Place,
    table: &Table,
    file: &LakeFile,
    units: &[&Unit],
    fresh: &mut Vec<Add>,
) -> Result<Rest, Error> {
    let failed = |error: ParquetError| parquet("read", &place.table, &error);
    let object = || format!("{}/{}", place.table, file.path);
    let unreadable = |error| Error::Read { object: object(), reason: read_fault(&error) };
    let stored = place.store.get(&child(&place.path, &file.path)).await.map_err(unreadable)?;
    let bytes = stored.bytes().await.map_err(unreadable)?;
    let (kept, all) = count(&bytes, file, units).map_err(failed)?;
    if kept == all {
        return Ok(Rest::All);
    }
    if kept == 0 {
        return Ok(Rest::Nothing);
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let mut writer =
        FileWriter::new(place.clone(), file.partition.clone(), reader.schema().clone(), shape::sealed(table));
    let copied = copy(reader, &mut writer, file, units).await;
    if copied.is_err() {
        writer.abandon().await;
    }
    copied?;
    writer.finish().await?.land(fresh).await.map(|()| Rest::Some)
}

/// Copies the rows that stay, in their order.
async fn copy(
    reader: ParquetRecordBatchReaderBuilder<Bytes>,
    writer: &mut FileWriter,
    file: &LakeFile,
    units: &[&Unit],
) -> Result<(), Error> {
    let batches = reader.with_batch_size(BATCH_ROWS).build();
    for batch in batches.map_err(|error| parquet("rewrite", writer.table(), &error))? {
        let kept = batch.and_then(|batch| filter_record_batch(&batch, &survivors(&batch, file, units)?));
        let kept = kept.map_err(|error| parquet("rewrite", writer.table(), &error.into()))?;
        writer.write(&kept).await?;
    }
    Ok(())
}

/// Rows that stay and rows in all, reading only the columns the units name.
fn count(bytes: &Bytes, file: &LakeFile, units: &[&Unit]) -> Result<(usize, usize), ParquetError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone())?;
    let named = units.iter().flat_map(|unit| unit.0.iter().map(|(column, _)| column.as_str()));
    let mask = ProjectionMask::columns(reader.parquet_schema(), named);
    let (mut kept, mut all) = (0, 0);
    for batch in reader.with_projection(mask).with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        kept += survivors(&batch, file, units)?.true_count();
        all += batch.num_rows();
    }
    Ok((kept, all))
}

/// Puts one entry into the log, if nobody else was first.
pub(crate) async fn write(
    place: &Place,
    table: &Table,
    delta: Option<&DeltaTable>,
    actions: Vec<Action>,
    txn: Option<(String, i64)>,
    info: BTreeMap<String, String>,
) -> Result<u64, Error> {
    let base = delta.and_then(DeltaTable::version);
    let mut properties = CommitProperties::default()
        .with_max_retries(0)
        .with_metadata(info.into_iter().map(|(key, value)| (key, Value::from(value))));
    if let Some((application, version)) = txn {
        properties = properties.with_application_transaction(Transaction::new(application, version));
    }
    let operation = DeltaOperation::Write {
        mode: SaveMode::Overwrite,
        partition_by: Some(table.partition_by.clone()),
        predicate: None,
    };
    let log = place.builder()?.build_storage().map_err(|error| place.log_error(&error))?;
    let state: Option<&dyn TableReference> = match delta {
        Some(delta) => Some(delta.snapshot().map_err(|error| place.log_error(&error))?),
        None => None,
    };
    let commit = CommitBuilder::from(properties).with_actions(actions).build(state, log, operation);
    let prepared = commit.into_prepared_commit_future().await.map_err(|error| place.log_error(&error))?;
    // The library's work after the commit is left out: its failure would look like a failure of the commit.
    let committed = prepared.await.map_err(|error| commit_error(place, base, &error))?;
    let version = committed.version;
    if version > 0 && version.is_multiple_of(shape::CHECKPOINT_EVERY) {
        checkpoint(place, version).await;
    }
    Ok(version)
}

fn commit_error(place: &Place, base: Option<u64>, error: &DeltaTableError) -> Error {
    let lost = matches!(
        error,
        DeltaTableError::VersionAlreadyExists(_)
            | DeltaTableError::Transaction {
                source: TransactionError::MaxCommitAttempts(_)
                    | TransactionError::CommitConflict(_)
                    | TransactionError::VersionAlreadyExists(_)
            }
    );
    let object = format!("{}/_delta_log", place.table);
    if lost {
        Error::Conflict { table: place.table.clone(), version: base.unwrap_or(0) }
    } else if fault_in(error).is_some() {
        write_error(&object, error)
    } else {
        Error::Uncertain { object, reason: "the log did not answer".into() }
    }
}

/// A shortcut for readers. It repeats what the log says, so failing to write one is no failure of the commit.
async fn checkpoint(place: &Place, version: u64) {
    let done = match place.open(Some(version)).await {
        Ok(delta) => {
            deltalake::checkpoints::create_checkpoint(&delta, None).await.map_err(|error| place.log_error(&error))
        }
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        tracing::warn!(table = %place.table, version, %error, "no checkpoint; the log stays readable without it");
    }
}
