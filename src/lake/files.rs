//! The Parquet files of one partition, written behind: the next rows are encoded while the disk confirms the last. Refuses to call a file done early.

use crate::lake::encode::Encoder;
use crate::lake::log::{Place, child};
use crate::lake::{Error, read_fault, stats, write_error};
use crate::model::digest::Digest;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use deltalake::kernel::Add;
use futures::{StreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, PutMode};
use parquet::errors::ParquetError;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use tokio::task::JoinHandle;

/// Size at which a file is closed and the next one begun.
const FILE_BYTES: usize = 32 << 20;
const PREFIX: &str = "part-";
const SUFFIX: &str = ".zstd.parquet";

/// Files on their way to the disk, and how much they hold.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    files: Vec<JoinHandle<Result<Add, Error>>>,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Pending {
    /// Waits until the disk has confirmed every file. Those that came through are in `landed` also after an error.
    pub(crate) async fn land(self, landed: &mut Vec<Add>) -> Result<(), Error> {
        let mut outcome = Ok(());
        for file in self.files {
            let lost = |error: tokio::task::JoinError| {
                Err(Error::Write { object: "a data file".into(), reason: error.to_string() })
            };
            match file.await.unwrap_or_else(lost) {
                Ok(file) => landed.push(file),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome
    }

    /// Waits for the files and removes them.
    pub(crate) async fn abandon(self, place: &Place) {
        let mut landed = Vec::new();
        // What went wrong with a file that is not wanted any more is of no interest.
        let _ = self.land(&mut landed).await;
        discard(place, &landed).await;
    }
}

/// Writes the files of one partition of a table.
#[derive(Debug)]
pub(crate) struct FileWriter {
    place: Place,
    partition: BTreeMap<String, Option<String>>,
    schema: SchemaRef,
    sealed: BTreeSet<String>,
    open: Option<Encoder>,
    pending: Pending,
}

impl FileWriter {
    /// Files with the columns of `schema` (no partition column); `sealed` columns get no bounds in the log.
    pub(crate) fn new(
        place: Place,
        partition: BTreeMap<String, Option<String>>,
        schema: SchemaRef,
        sealed: BTreeSet<String>,
    ) -> Self {
        Self { place, partition, schema, sealed, open: None, pending: Pending::default() }
    }

    /// The table the files are for.
    pub(crate) fn table(&self) -> &str {
        &self.place.table
    }

    /// Adds rows of exactly the schema.
    pub(crate) async fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let table = self.place.table.clone();
        let failed = |error| parquet("write", &table, &error);
        let mut writer = match self.open.take() {
            Some(writer) => writer,
            None => Encoder::new(&self.schema, batch).map_err(failed)?,
        };
        writer.write(batch).map_err(failed)?;
        self.pending.rows += batch.num_rows() as u64;
        let full = writer.size() >= FILE_BYTES;
        self.open = Some(writer);
        if full { self.close().await } else { Ok(()) }
    }

    /// Sends the open file, if there is one, to the disk.
    async fn close(&mut self) -> Result<(), Error> {
        let Some(writer) = self.open.take() else { return Ok(()) };
        let table = self.place.table.clone();
        let failed = |error| parquet("write", &table, &error);
        let (bytes, footer) = writer.finish().map_err(failed)?;
        let bytes = Bytes::from(bytes);
        let stats = stats::describe(&footer, &self.schema, &self.sealed).map_err(failed)?;
        self.pending.bytes += bytes.len() as u64;
        let name = format!("{}{}", folder(&self.partition), file_name(Digest::of(&bytes)));
        let add = Add {
            path: name,
            partition_values: self.partition.clone().into_iter().collect(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            data_change: true,
            stats: Some(stats),
            ..Add::default()
        };
        // Small files wait for the disk together, large ones one after the other: that bounds the memory.
        let permit = self.place.store.in_flight(bytes.len()).await;
        let place = self.place.clone();
        self.pending.files.push(tokio::spawn(async move {
            let put = put(&place, add, bytes).await;
            drop(permit);
            put
        }));
        Ok(())
    }

    /// Closes the last file and hands over what is on its way.
    pub(crate) async fn finish(mut self) -> Result<Pending, Error> {
        match self.close().await {
            Ok(()) => Ok(self.pending),
            Err(error) => {
                self.abandon().await;
                Err(error)
            }
        }
    }

    /// Takes back every file written so far.
    pub(crate) async fn abandon(&mut self) {
        self.open = None;
        std::mem::take(&mut self.pending).abandon(&self.place).await;
    }
}

/// Writes one file durably; its time is the one the store gives it.
async fn put(place: &Place, mut add: Add, bytes: Bytes) -> Result<Add, Error> {
    let path = child(&place.path, &add.path);
    let object = format!("{}/{}", place.table, add.path);
    let put = place.store.put_opts(&path, bytes.into(), PutMode::Create.into()).await;
    put.map_err(|error| write_error(&object, &error))?;
    let written = place.store.head(&path).await;
    let written = written.map_err(|error| Error::Read { object, reason: read_fault(&error) })?;
    add.modification_time = written.last_modified.timestamp_millis();
    Ok(add)
}

/// Removes data files that no commit names.
pub(crate) async fn discard(place: &Place, files: &[Add]) {
    let paths: Vec<_> = files.iter().map(|file| Ok(child(&place.path, &file.path))).collect();
    let mut deleted = place.store.delete_stream(stream::iter(paths).boxed());
    while let Some(outcome) = deleted.next().await {
        if let Err(error) = outcome {
            tracing::warn!(table = %place.table, %error, "a staged file stays behind; a vacuum removes it");
        }
    }
}

/// A fault of the Parquet library; its texts name columns, types and positions.
pub(crate) fn parquet(doing: &'static str, table: &str, error: &ParquetError) -> Error {
    Error::Parquet { doing, table: table.into(), reason: error.to_string() }
}

/// `instansi_kode=6700/periode=2025-12/`: for people who look into the folder; readers take the values from the log.
fn folder(partition: &BTreeMap<String, Option<String>>) -> String {
    let plain = |value: &str| -> String {
        let keep = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        value.chars().map(|c| if keep(c) { c.to_string() } else { format!("_{:x}", u32::from(c)) }).collect()
    };
    let null = "__HIVE_DEFAULT_PARTITION__".to_string();
    let part = |(name, value): (&String, &Option<String>)| {
        format!("{}={}/", plain(name), value.as_deref().map_or(null.clone(), plain))
    };
    partition.iter().map(part).collect()
}

/// The digest says whether a file is still what it was; the rest is random (the seeds of the standard hasher), because the same rows may come
/// back after they were replaced, and a file name may not. Put-if-absent guards the rest.
fn file_name(digest: Digest) -> String {
    format!("{PREFIX}{digest}-{:016x}{SUFFIX}", RandomState::new().hash_one(digest))
}

/// The digest of the bytes a data file was written with; `None` for files of other writers.
pub(crate) fn digest_in(path: &str) -> Option<Digest> {
    let name = path.rsplit('/').next()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    name.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_plain_and_null_has_a_name() {
        let values = [("a", Some("B / x='1'")), ("b", None), ("c", Some("2025-12"))];
        let values = values.map(|(name, value)| (name.to_string(), value.map(str::to_string)));
        assert_eq!(folder(&values.into()), "a=B_20_2f_20x_3d_271_27/b=__HIVE_DEFAULT_PARTITION__/c=2025-12/");
        let digest = Digest::of(b"x");
        assert_ne!(file_name(digest), file_name(digest));
        assert_eq!(digest_in(&format!("a=1/{}", file_name(digest))), Some(digest));
        assert_eq!(digest_in("part-00000-c0ffee-c000.snappy.parquet"), None);
    }
}
