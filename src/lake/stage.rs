//! Data files on their way into a table: zstd Parquet, fsynced, and seen by nobody until a commit names them. Refuses rows of another unit or shape.

use crate::lake::log::Place;
use crate::lake::unit::{Unit, text};
use crate::lake::{Error, Lake, read_fault, shape, stats, write_error};
use crate::model::table::Table;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use deltalake::kernel::Add;
use futures::{StreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Size at which a file is closed and the next one begun.
const FILE_BYTES: usize = 64 << 20;
/// Rows of a row group: what is skipped or read as one.
const ROW_GROUP_ROWS: usize = 1 << 16;

/// Rows of one unit being written.
#[derive(Debug)]
pub struct Stage {
    table: Table,
    unit: Unit,
    files: FileWriter,
}

/// Data files written for a table and not yet committed. Dropped without a commit they are orphans that a vacuum removes.
#[derive(Debug)]
pub struct Staged {
    pub(crate) table: String,
    pub(crate) files: Vec<Add>,
    rows: u64,
}

impl Staged {
    /// Rows in the files.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().filter_map(|file| u64::try_from(file.size).ok()).sum()
    }
}

impl Lake {
    /// Begins the data files of one unit of a table. The unit names every partition column; further columns it names are checked in every row.
    ///
    /// # Errors
    /// `TableName`, `BadUnit`.
    pub fn stage(&self, table: &Table, unit: &Unit) -> Result<Stage, Error> {
        let place = self.place(&table.name)?;
        let partition = partition(table, unit)?;
        let schema = table.schema();
        let stored = schema.fields().iter().filter(|field| !partition.contains_key(field.name())).cloned();
        let schema = Arc::new(Schema::new(stored.collect::<Vec<_>>()));
        let files = FileWriter::new(place, partition, schema, shape::sealed(table));
        Ok(Stage { table: table.clone(), unit: unit.clone(), files })
    }

    /// Removes staged files that will not be committed; what cannot be removed stays an orphan.
    pub async fn discard(&self, staged: Vec<Staged>) {
        for staged in staged {
            if let Ok(place) = self.place(&staged.table) {
                discard(&place, &staged.files).await;
            }
        }
    }
}

impl Stage {
    /// Adds rows, in the order they shall have. Columns are matched by name; text in any Arrow form is stored as text.
    ///
    /// # Errors
    /// `Shape`, `Required`, `OutsideUnit` for the rows; `DiskFull`, `Write`, `Uncertain`, `Parquet` for the files. After an error the stage
    /// has removed what it wrote.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let written = match self.shaped(batch) {
            Ok(shaped) => self.files.write(&shaped).await,
            Err(error) => Err(error),
        };
        if written.is_err() {
            self.files.abandon().await;
        }
        written
    }

    /// Closes the last file. Without rows there is no file.
    ///
    /// # Errors
    /// As [`Stage::write`].
    pub async fn finish(mut self) -> Result<Staged, Error> {
        match self.files.close().await {
            Ok(()) => Ok(Staged { table: self.table.name, files: self.files.done, rows: self.files.rows }),
            Err(error) => {
                self.files.abandon().await;
                Err(error)
            }
        }
    }

    /// The rows as the files hold them: the table's columns in order, without the partition columns.
    fn shaped(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let table = || self.table.name.clone();
        let foreign = batch.schema_ref().fields().iter().find(|field| !self.table.has(field.name())).cloned();
        if let Some(field) = foreign {
            let (expected, found) = ("nothing".into(), field.data_type().to_string());
            return Err(Error::Shape { table: table(), column: field.name().clone(), expected, found });
        }
        for field in self.table.schema().fields() {
            let array = batch.column_by_name(field.name());
            let found = array.map(|array| array.data_type());
            if found.is_none_or(|found| found != field.data_type() && !(is_text(found) && is_text(field.data_type()))) {
                let found = found.map_or("nothing".into(), ToString::to_string);
                let expected = field.data_type().to_string();
                return Err(Error::Shape { table: table(), column: field.name().clone(), expected, found });
            }
            if !field.is_nullable() && array.is_some_and(|array| array.logical_null_count() > 0) {
                return Err(Error::Required { table: table(), column: field.name().clone() });
            }
        }
        for (column, value) in &self.unit.0 {
            let inside = text(batch, column).map(|array| is_all(&array, value.as_deref()));
            if !inside.map_err(|error| parquet("shape", &self.table.name, &error.into()))? {
                return Err(Error::OutsideUnit { table: table(), column: column.clone() });
            }
        }
        let stored =
            |field: &Arc<Field>| batch.column_by_name(field.name()).map(|array| cast(array, field.data_type()));
        let columns = self.files.schema.fields().iter().filter_map(stored).collect::<Result<Vec<_>, _>>();
        let shaped = columns.and_then(|columns| RecordBatch::try_new(self.files.schema.clone(), columns));
        shaped.map_err(|error| parquet("shape", &self.table.name, &error.into()))
    }
}

/// Writes the files of one partition of a table.
#[derive(Debug)]
pub(crate) struct FileWriter {
    place: Place,
    partition: BTreeMap<String, Option<String>>,
    schema: SchemaRef,
    sealed: BTreeSet<String>,
    open: Option<ArrowWriter<Vec<u8>>>,
    pub(crate) done: Vec<Add>,
    pub(crate) rows: u64,
}

impl FileWriter {
    /// Files with the columns of `schema` (no partition column); `sealed` columns get no bounds in the log.
    pub(crate) fn new(
        place: Place,
        partition: BTreeMap<String, Option<String>>,
        schema: SchemaRef,
        sealed: BTreeSet<String>,
    ) -> Self {
        Self { place, partition, schema, sealed, open: None, done: Vec::new(), rows: 0 }
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
            None => ArrowWriter::try_new(Vec::new(), self.schema.clone(), Some(properties())).map_err(failed)?,
        };
        writer.write(batch).map_err(failed)?;
        self.rows += batch.num_rows() as u64;
        let full = writer.bytes_written() + writer.in_progress_size() >= FILE_BYTES;
        self.open = Some(writer);
        if full { self.close().await } else { Ok(()) }
    }

    /// Writes the open file, if there is one, to the disk.
    pub(crate) async fn close(&mut self) -> Result<(), Error> {
        let Some(mut writer) = self.open.take() else { return Ok(()) };
        let table = self.place.table.clone();
        let failed = |error| parquet("write", &table, &error);
        let footer = writer.finish().map_err(failed)?;
        let bytes = Bytes::from(std::mem::take(writer.inner_mut()));
        let stats = stats::describe(&footer, &self.schema, &self.sealed).map_err(failed)?;
        let size = bytes.len();
        let name = format!("{}part-{:05}-{}.zstd.parquet", folder(&self.partition), self.done.len(), unique());
        let path = child(&self.place.path, &name);
        let object = format!("{}/{name}", self.place.table);
        let put = self.place.store.put_opts(&path, bytes.into(), PutMode::Create.into()).await;
        put.map_err(|error| write_error(&object, &error))?;
        let written = self.place.store.head(&path).await;
        let written = written.map_err(|error| Error::Read { object, reason: read_fault(&error) })?;
        self.done.push(Add {
            path: name,
            partition_values: self.partition.clone().into_iter().collect(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            modification_time: written.last_modified.timestamp_millis(),
            data_change: true,
            stats: Some(stats),
            ..Add::default()
        });
        Ok(())
    }

    /// Takes back every file written so far.
    pub(crate) async fn abandon(&mut self) {
        self.open = None;
        discard(&self.place, &std::mem::take(&mut self.done)).await;
    }
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

/// A path below the folder of a table.
pub(crate) fn child(folder: &Path, relative: &str) -> Path {
    relative.split('/').fold(folder.clone(), |path, part| path.join(part))
}

/// A fault of the Parquet library; its texts name columns, types and positions.
pub(crate) fn parquet(doing: &'static str, table: &str, error: &ParquetError) -> Error {
    Error::Parquet { doing, table: table.into(), reason: error.to_string() }
}

/// The partition values a unit stands for.
fn partition(table: &Table, unit: &Unit) -> Result<BTreeMap<String, Option<String>>, Error> {
    let bad = |column: &str, fault| Error::BadUnit { table: table.name.clone(), column: column.into(), fault };
    if let Some((column, _)) = unit.0.iter().find(|(column, _)| !table.has(column)) {
        return Err(bad(column, "names a column the table does not have"));
    }
    let mut values = BTreeMap::new();
    for column in &table.partition_by {
        let value = unit.value(column).ok_or_else(|| bad(column, "lacks a partition column"))?;
        if value == Some("") {
            return Err(bad(column, "has an empty text where Delta stores null"));
        }
        values.insert(column.clone(), value.map(Into::into));
    }
    Ok(values)
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

/// A name no other file has: the seeds of the standard hasher are random. Put-if-absent guards the rest.
fn unique() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .build()
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_all(texts: &ArrayRef, value: Option<&str>) -> bool {
    match value {
        None => texts.null_count() == texts.len(),
        Some(value) => texts.as_string::<i32>().iter().all(|text| text == Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_plain_and_null_has_a_name() {
        let values = [("a", Some("B / x='1'")), ("b", None), ("c", Some("2025-12"))];
        let values = values.map(|(name, value)| (name.to_string(), value.map(str::to_string)));
        assert_eq!(folder(&values.into()), "a=B_20_2f_20x_3d_271_27/b=__HIVE_DEFAULT_PARTITION__/c=2025-12/");
        assert_ne!(unique(), unique());
    }
}
