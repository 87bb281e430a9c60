//! Rows on their way into a table: checked against its shape and their unit, and seen by nobody until a commit names them. Refuses to guess a column.

use crate::lake::files::{FileWriter, Pending, parquet};
use crate::lake::unit::{Unit, text};
use crate::lake::{Error, Lake, shape};
use crate::model::table::Table;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one unit being written.
#[derive(Debug)]
pub struct Stage {
    table: Table,
    unit: Unit,
    /// Columns of the files.
    schema: SchemaRef,
    files: FileWriter,
}

/// Data files of a table on their way to the disk; a commit waits for them. Dropped without a commit they are orphans that a vacuum removes.
#[derive(Debug)]
pub struct Staged {
    pub(crate) table: String,
    pub(crate) pending: Pending,
}

impl Staged {
    /// Rows in the files.
    pub fn rows(&self) -> u64 {
        self.pending.rows
    }

    /// Bytes of the files.
    pub fn bytes(&self) -> u64 {
        self.pending.bytes
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
        let files = FileWriter::new(place, partition, schema.clone(), shape::sealed(table));
        Ok(Stage { table: table.clone(), unit: unit.clone(), schema, files })
    }

    /// Removes staged files that will not be committed; what cannot be removed stays an orphan.
    pub async fn discard(&self, staged: Vec<Staged>) {
        for staged in staged {
            if let Ok(place) = self.place(&staged.table) {
                staged.pending.abandon(&place).await;
            }
        }
    }
}

impl Stage {
    /// Adds rows, in the order they shall have. Columns are matched by name; text in any Arrow form is stored as text.
    ///
    /// # Errors
    /// `Shape`, `Required`, `OutsideUnit` for the rows, `Parquet`. After an error the stage has removed what it wrote. What the disk says of a
    /// file is said by the commit.
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
    pub async fn finish(self) -> Result<Staged, Error> {
        Ok(Staged { table: self.table.name, pending: self.files.finish().await? })
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
        let columns = self.schema.fields().iter().filter_map(stored).collect::<Result<Vec<_>, _>>();
        let shaped = columns.and_then(|columns| RecordBatch::try_new(self.schema.clone(), columns));
        shaped.map_err(|error| parquet("shape", &self.table.name, &error.into()))
    }
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
