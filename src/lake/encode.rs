//! Rows of one data file: row groups whose columns are encoded side by side. Refuses to reorder a row.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::thread;

/// Rows of a row group: what is skipped or read as one.
const ROW_GROUP_ROWS: usize = 1 << 16;
/// Rows of a batch from which its columns are worth another thread.
const SHARED_ROWS_MIN: usize = 1024;
/// Rows of a first batch that tell whether the values of a column repeat.
const TELLING_ROWS_MIN: usize = 4096;

/// A Parquet file on its way, in memory.
pub(crate) struct Encoder {
    writer: SerializedFileWriter<Vec<u8>>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    columns: Vec<ArrowColumnWriter>,
    rows: usize,
    groups: usize,
    threads: usize,
}

impl fmt::Debug for Encoder {
    /// Without rows: they are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("groups", &self.groups).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Encoder {
    /// An empty file for rows like those of `first`, which it does not take yet.
    pub(crate) fn new(schema: &SchemaRef, first: &RecordBatch) -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties(first)))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { writer, factory, schema: schema.clone(), columns: Vec::new(), rows: 0, groups: 0, threads })
    }

    /// Adds rows of the schema.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let mut from = 0;
        while from < batch.num_rows() {
            if self.columns.is_empty() {
                self.columns = self.factory.create_column_writers(self.groups)?;
            }
            let count = (ROW_GROUP_ROWS - self.rows).min(batch.num_rows() - from);
            self.add(&batch.slice(from, count))?;
            self.rows += count;
            from += count;
            if self.rows == ROW_GROUP_ROWS {
                self.close_group()?;
            }
        }
        Ok(())
    }

    /// Bytes so far, those of the open row group as it is thought to become.
    pub(crate) fn size(&self) -> usize {
        let open: usize = self.columns.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
        self.writer.bytes_written() + open
    }

    /// The whole file and its footer.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, ParquetMetaData), ParquetError> {
        self.close_group()?;
        let footer = self.writer.finish()?;
        Ok((std::mem::take(self.writer.inner_mut()), footer))
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let fields = self.schema.fields().iter().map(Arc::as_ref);
        let work: Vec<(&mut ArrowColumnWriter, &Field, &ArrayRef)> =
            self.columns.iter_mut().zip(fields).zip(batch.columns()).map(|((a, b), c)| (a, b, c)).collect();
        let threads = if batch.num_rows() < SHARED_ROWS_MIN { 1 } else { self.threads };
        shared(work, threads, &|(writer, field, array)| {
            compute_leaves(field, array)?.iter().try_for_each(|leaf| writer.write(leaf))
        })?;
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let threads = if self.rows < SHARED_ROWS_MIN { 1 } else { self.threads };
        let chunks: Vec<ArrowColumnChunk> =
            shared(std::mem::take(&mut self.columns), threads, &ArrowColumnWriter::close)?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        self.groups += 1;
        Ok(())
    }
}

/// The same work on every value, dealt out to threads; answers in order.
fn shared<T: Send, R: Send>(
    values: Vec<T>,
    threads: usize,
    work: &(dyn Fn(T) -> Result<R, ParquetError> + Sync),
) -> Result<Vec<R>, ParquetError> {
    if threads <= 1 || values.len() <= 1 {
        return values.into_iter().map(work).collect();
    }
    // Neighbours are much alike, long texts beside each other: dealt out like cards, every hand gets some.
    let mut hands: Vec<Vec<(usize, T)>> = (0..threads).map(|_| Vec::new()).collect();
    let total = values.len();
    for (place, value) in values.into_iter().enumerate() {
        hands[place % threads].push((place, value));
    }
    let play = |hand: Vec<(usize, T)>| -> Result<Vec<(usize, R)>, ParquetError> {
        hand.into_iter().map(|(place, value)| work(value).map(|answer| (place, answer))).collect()
    };
    let mut answers = Vec::with_capacity(total);
    thread::scope(|scope| -> Result<(), ParquetError> {
        let own = hands.pop().unwrap_or_default();
        let others: Vec<_> = hands.into_iter().map(|hand| scope.spawn(|| play(hand))).collect();
        let mut outcome = play(own).map(|own| answers.extend(own));
        for other in others {
            match other.join() {
                Ok(done) => outcome = outcome.and(done.map(|done| answers.extend(done))),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcome
    })?;
    answers.sort_by_key(|(place, _)| *place);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

fn properties(first: &RecordBatch) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page);
    for (field, column) in first.schema_ref().fields().iter().zip(first.columns()) {
        if hardly_repeats(column) {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false);
        }
    }
    properties.build()
}

/// Whether most texts of a column stand in it once: a dictionary of them would be made and thrown away.
fn hardly_repeats(column: &ArrayRef) -> bool {
    if column.data_type() != &DataType::Utf8 || column.len() < TELLING_ROWS_MIN {
        return false;
    }
    let texts = column.as_string::<i32>();
    let distinct: HashSet<&str> = texts.iter().flatten().collect();
    texts.len() - texts.null_count() < distinct.len().saturating_mul(2)
        && TELLING_ROWS_MIN / 2 <= texts.len() - texts.null_count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int32Array, StringArray};
    use arrow::compute::concat_batches;
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn batch(from: i32, rows: i32) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(from..from + rows));
        let texts: ArrayRef =
            Arc::new(StringArray::from_iter_values((from..from + rows).map(|it| format!("orang {it}"))));
        let words: ArrayRef = Arc::new(StringArray::from_iter((0..rows).map(|it| (it % 3 != 0).then_some("kata"))));
        RecordBatch::try_from_iter([("nomor", numbers), ("nama", texts), ("kata", words)]).unwrap()
    }

    #[test]
    fn rows_come_back_in_order_over_row_groups() {
        let batches = [batch(0, 8192), batch(8192, 100), batch(8292, 70_000), batch(78_292, 1)];
        let schema = batches[0].schema();
        let mut encoder = Encoder::new(&schema, &batches[0]).unwrap();
        batches.iter().for_each(|it| encoder.write(it).unwrap());
        assert!(encoder.size() > 1000);
        let (bytes, footer) = encoder.finish().unwrap();
        let groups: Vec<i64> = footer.row_groups().iter().map(|it| it.num_rows()).collect();
        assert_eq!(groups, [65_536, 12_757]);
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).unwrap().build().unwrap();
        let read: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
        assert_eq!(concat_batches(&schema, &read).unwrap(), concat_batches(&schema, &batches).unwrap());
    }

    #[test]
    fn only_columns_that_repeat_have_a_dictionary() {
        let first = batch(0, 8192);
        let told: Vec<bool> = first.columns().iter().map(hardly_repeats).collect();
        assert_eq!(told, [false, true, false]);
        assert!(!batch(0, 100).columns().iter().any(hardly_repeats));
    }
}
