//! Writes tables for people and tools, a batch at a time: text, CSV, JSON, Parquet, XLSX. Refuses to run queries, to guess types
//! and to let an identifier pass through a number.

pub mod cell;
pub(crate) mod delimited;
mod json;
mod lines;
pub(crate) mod sheet;

use crate::report::table::cell::{Cell, Reader};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Utc};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::io::Write;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned text for a terminal.
    Table,
    /// Comma-separated: always a header, exact values, LF.
    Csv,
    /// A list of objects.
    Json,
    /// Parquet, zstd.
    Parquet,
    /// A workbook of one sheet.
    Xlsx,
}

impl Format {
    /// Every format by the word a person types.
    pub const ALL: [(&'static str, Format); 5] = [
        ("table", Format::Table),
        ("csv", Format::Csv),
        ("json", Format::Json),
        ("parquet", Format::Parquet),
        ("xlsx", Format::Xlsx),
    ];
}

/// How numbers are written in `Table` and `Csv`; the other formats are always exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Locale {
    /// Decimal point, no grouping, every digit.
    #[default]
    Exact,
    /// Decimal comma (`Csv`: no grouping, so that a spreadsheet set to Indonesian reads a number).
    Id,
}

/// Choices that do not change what the table holds.
#[derive(Debug, Clone)]
pub struct Options {
    /// Field separator of `Csv`.
    pub delimiter: char,
    /// Numbers in `Table` and `Csv`.
    pub locale: Locale,
    /// Puts `'` before a text in `Csv` that a spreadsheet would take for a formula. For attachments and receipts; not exact.
    pub guard_formulas: bool,
    /// `Table` as one block a row, a column a line.
    pub wide: bool,
    /// Name of the sheet and of the defined table in `Xlsx`.
    pub sheet: String,
    /// Creation time written into `Xlsx`; the same bytes come out for the same time.
    pub created: DateTime<Utc>,
}

impl Default for Options {
    fn default() -> Self {
        let created = DateTime::UNIX_EPOCH + chrono::Duration::days(3653);
        Self {
            delimiter: ',',
            locale: Locale::Exact,
            guard_formulas: false,
            wide: false,
            sheet: "data".into(),
            created,
        }
    }
}

/// A table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The destination refused bytes.
    #[error("the destination took no more bytes")]
    Write(#[from] std::io::Error),
    /// Parquet refused a batch.
    #[error("the table cannot be written as parquet")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The workbook library refused something.
    #[error("the table cannot be written as a workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// More rows than a sheet has.
    #[error("a sheet holds 1,048,575 rows below its header and the result has more; use `--format csv` or `parquet`")]
    TooManyRows,
    /// A text longer than a cell may hold.
    #[error(
        "a text in column `{column}` is longer than the 32,767 characters of a cell; use `--format csv` or `parquet`"
    )]
    TextTooLong {
        /// The column.
        column: String,
    },
    /// A column of a kind that no format here writes.
    #[error("column `{column}` has type {kind}, which cannot be written; cast it to text")]
    Kind {
        /// The column.
        column: String,
        /// Arrow type.
        kind: String,
    },
    /// A batch of another shape than the schema given at the start.
    #[error("a batch has {got} columns where {wanted} were announced")]
    Shape {
        /// Columns of the batch.
        got: usize,
        /// Columns of the schema.
        wanted: usize,
    },
}

/// A table being written. `Csv`, `Json` and `Parquet` hold one batch at a time; `Table` and `Xlsx` must hold all.
pub struct Writer<W: Write + Send> {
    schema: SchemaRef,
    sink: Sink<W>,
    rows: u64,
}

enum Sink<W: Write + Send> {
    Lines(W, lines::Lines),
    Delimited(W, delimited::Style),
    Json(W),
    Parquet(Box<ArrowWriter<W>>),
    Sheet(W, Box<sheet::Sheet>),
}

/// Starts a table: the header (or opening bracket) is written at once, so that a table without rows is one too.
pub fn begin<W: Write + Send>(
    mut out: W,
    format: Format,
    schema: SchemaRef,
    options: &Options,
) -> Result<Writer<W>, Error> {
    let sink = match format {
        Format::Table => Sink::Lines(out, lines::Lines::new(&schema, options)),
        Format::Csv => {
            let style = delimited::Style::new(options);
            style.header(&mut out, &schema)?;
            Sink::Delimited(out, style)
        }
        Format::Json => {
            out.write_all(b"[")?;
            Sink::Json(out)
        }
        Format::Parquet => {
            let compression = Compression::ZSTD(parquet::basic::ZstdLevel::default());
            let properties = WriterProperties::builder().set_compression(compression).build();
            Sink::Parquet(Box::new(ArrowWriter::try_new(out, schema.clone(), Some(properties))?))
        }
        Format::Xlsx => Sink::Sheet(out, Box::new(sheet::Sheet::new(&schema, options)?)),
    };
    Ok(Writer { schema, sink, rows: 0 })
}

impl<W: Write + Send> Writer<W> {
    /// Writes the rows of a batch of the announced schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let (got, wanted) = (batch.num_columns(), self.schema.fields().len());
        if got != wanted {
            return Err(Error::Shape { got, wanted });
        }
        if let Sink::Parquet(writer) = &mut self.sink {
            writer.write(batch)?;
            self.rows += batch.num_rows() as u64;
            return Ok(());
        }
        let readers = Reader::all(batch)?;
        for row in 0..batch.num_rows() {
            let cells: Vec<Cell<'_>> = readers.iter().map(|reader| reader.cell(row)).collect();
            match &mut self.sink {
                Sink::Lines(_, lines) => lines.row(&cells),
                Sink::Delimited(out, style) => style.row(out, &cells)?,
                Sink::Json(out) => json::row(out, &self.schema, &cells, self.rows == 0)?,
                Sink::Sheet(_, sheet) => sheet.row(&cells)?,
                Sink::Parquet(_) => {}
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// Writes what is left and gives back the destination and the number of rows.
    pub fn finish(self) -> Result<(W, u64), Error> {
        let rows = self.rows;
        let mut out = match self.sink {
            Sink::Lines(mut out, lines) => {
                out.write_all(lines.finish().as_bytes())?;
                out
            }
            Sink::Delimited(out, _) => out,
            Sink::Json(mut out) => {
                out.write_all(if rows == 0 { b"]\n" } else { b"\n]\n" })?;
                out
            }
            Sink::Parquet(writer) => writer.into_inner()?,
            Sink::Sheet(mut out, sheet) => {
                out.write_all(&sheet.finish()?)?;
                out
            }
        };
        out.flush()?;
        Ok((out, rows))
    }
}

/// Writes batches that are all there.
pub fn write<W: Write + Send>(
    out: W,
    format: Format,
    schema: SchemaRef,
    batches: &[RecordBatch],
    options: &Options,
) -> Result<(W, u64), Error> {
    let mut writer = begin(out, format, schema, options)?;
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.finish()
}

#[cfg(test)]
mod tests;
