//! Canonical tables in a folder (CSV or Parquet) or in a text as inputs of a build: hand-worked cases, an auditor's
//! recalculation. Refuses values that do not fit the declared types.

use crate::analysis::{Error, Providers, mask, session};
use crate::model::table::Table;
use datafusion::arrow::array::{ArrayRef, RecordBatch, new_null_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::csv::reader::Format;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::TableProvider;
use datafusion::common::{Column, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// Reads `folder/<table>.csv` (UTF-8, comma, header; empty = null, dates ISO, truth values `true`/`false`) or
/// `folder/<table>.parquet` for every table. Columns that are not there are null, columns that are not declared are left
/// out, a table without a file is empty.
///
/// # Errors
/// When a file cannot be read, or holds a value that is not of the declared type.
pub async fn tables(folder: &Path, declared: &[Table]) -> Result<Providers, Error> {
    let mut providers = Providers::new();
    for table in declared {
        let fault = |error| failed(table, folder, &error);
        let provider = match read(folder, table).await.map_err(fault)? {
            Source::Rows(batches) => provider(table, folder, &batches)?,
            Source::Streamed(streamed) => streamed,
        };
        providers.insert(table.name.clone(), provider);
    }
    Ok(providers)
}

/// What a table is read from.
enum Source {
    /// Its rows, to be converted.
    Rows(Vec<RecordBatch>),
    /// A Parquet file whose columns have the declared types: every query reads the columns it names from it.
    Streamed(Arc<dyn TableProvider>),
}

/// Reads one table from CSV text that stands in the file `place`; as [`tables`] otherwise.
///
/// # Errors
/// When the text is no CSV, or holds a value that is not of the declared type.
pub fn inline(table: &Table, csv: &str, place: &Path) -> Result<Arc<dyn TableProvider>, Error> {
    let batches = texts(std::io::Cursor::new(csv)).map_err(|error| failed(table, place, &error))?;
    provider(table, place, &batches)
}

fn failed(table: &Table, place: &Path, error: &ArrowError) -> Error {
    let (table, folder) = (table.name.clone(), place.to_path_buf());
    Error::Folder { table, folder, reason: mask::arrow_reason(error) }
}

fn provider(table: &Table, place: &Path, batches: &[RecordBatch]) -> Result<Arc<dyn TableProvider>, Error> {
    // A table of a folder need not have everything a stored row must have.
    let fields =
        table.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect::<Vec<_>>();
    let schema = Arc::new(Schema::new(fields));
    let typed = batches.iter().map(|batch| conform(batch, &schema)).collect::<Result<Vec<_>, _>>();
    let typed = typed.map_err(|error| failed(table, place, &error))?;
    let provider =
        MemTable::try_new(schema, vec![typed]).map_err(|error| Error::Session { reason: mask::reason(&error) })?;
    Ok(Arc::new(provider))
}

async fn read(folder: &Path, table: &Table) -> Result<Source, ArrowError> {
    match File::open(folder.join(format!("{}.csv", table.name))) {
        Ok(file) => return texts(BufReader::new(file)).map(Source::Rows),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let path = folder.join(format!("{}.parquet", table.name));
    match File::open(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Source::Rows(vec![])),
        Err(error) => return Err(error.into()),
    }
    let context = SessionContext::new_with_config(session::config(1));
    let read = async {
        let frame = context.read_parquet(path.to_string_lossy().as_ref(), ParquetReadOptions::default()).await?;
        match declared_columns(frame.schema().as_arrow(), &table.schema())? {
            Some(columns) => Ok(Source::Streamed(frame.select(columns)?.into_view())),
            None => frame.collect().await.map(Source::Rows),
        }
    };
    read.await.map_err(|error: DataFusionError| ArrowError::ExternalError(Box::new(error)))
}

/// The declared columns over those of a file; nothing where one of them is of another type.
fn declared_columns(stored: &Schema, declared: &Schema) -> Result<Option<Vec<Expr>>, DataFusionError> {
    let mut columns = Vec::new();
    for field in declared.fields() {
        columns.push(match stored.field_with_name(field.name()) {
            Ok(found) if found.data_type() != field.data_type() => return Ok(None),
            Ok(_) => Expr::Column(Column::from_name(field.name())),
            Err(_) => lit(ScalarValue::try_new_null(field.data_type())?).alias(field.name()),
        });
    }
    Ok(Some(columns))
}

/// Every column as text; the declared types are applied afterwards, by name.
fn texts(mut file: impl Read + Seek) -> Result<Vec<RecordBatch>, ArrowError> {
    let (header, _) = Format::default().with_header(true).infer_schema(&mut file, Some(0))?;
    let texts = header
        .fields()
        .iter()
        .map(|field| Field::new(field.name().trim_start_matches('\u{feff}'), DataType::Utf8, true));
    let schema = Arc::new(Schema::new(texts.collect::<Vec<_>>()));
    file.rewind()?;
    ReaderBuilder::new(schema).with_header(true).build(file)?.collect()
}

/// The declared columns, by name.
fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let column = |field: &Arc<Field>| -> Result<ArrayRef, ArrowError> {
        match batch.column_by_name(field.name()) {
            Some(column) => cast_with_options(column, field.data_type(), &exact),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::{Class, DATA, Kind, Visibility, column};
    use datafusion::arrow::util::pretty::pretty_format_batches;

    fn declared(name: &str) -> Table {
        let kind = |name: &str, kind| column(name, kind, false, Class::Open, "");
        let columns = vec![
            kind("nip", Kind::Text),
            kind("jp", Kind::Int),
            kind("nilai", Kind::Decimal { precision: 6, scale: 2 }),
            kind("tgl_selesai", Kind::Date),
            kind("plt", Kind::Bool),
            kind("berkas_baris", Kind::Int),
        ];
        Table {
            name: name.into(),
            key: vec![],
            columns,
            partition_by: vec![],
            visibility: Visibility::H4,
            theme: DATA.into(),
        }
    }

    #[tokio::test]
    async fn a_folder_becomes_typed_tables() {
        let folder = tempfile::tempdir().unwrap();
        let csv = "plt,nip,jp,nilai,tgl_selesai,lain\ntrue,0198,8,87.04,2025-01-31,x\n,,,,,\n";
        std::fs::write(folder.path().join("a.csv"), csv).unwrap();
        let providers = tables(folder.path(), &[declared("a"), declared("b")]).await.unwrap();
        let context = SessionContext::new();
        for (name, table) in &providers {
            context.register_table(name.as_str(), table.clone()).unwrap();
        }
        let rows = context.sql("select * from a").await.unwrap().collect().await.unwrap();
        insta::assert_snapshot!(pretty_format_batches(&rows).unwrap(), @r"
        +------+----+-------+-------------+------+--------------+
        | nip  | jp | nilai | tgl_selesai | plt  | berkas_baris |
        +------+----+-------+-------------+------+--------------+
        | 0198 | 8  | 87.04 | 2025-01-31  | true |              |
        |      |    |       |             |      |              |
        +------+----+-------+-------------+------+--------------+
        ");
        assert_eq!(context.sql("select * from b").await.unwrap().count().await.unwrap(), 0);
        std::fs::write(folder.path().join("b.csv"), "nip,jp\n1,KANARI\n").unwrap();
        let error = tables(folder.path(), &[declared("b")]).await.unwrap_err().to_string();
        assert!(error.starts_with("cannot read table `b`") && !error.contains("KANARI"), "{error}");
    }
}
