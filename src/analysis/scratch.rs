//! Rows of a built table on disk, for the queries and checks that read it: Arrow IPC, removed when nobody holds it.
//! Refuses to outlive the run.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Statistics;
use datafusion::common::stats::Precision;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{ArrowSource, FileGroup, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Takes the rows of one table.
pub struct ScratchWriter {
    writer: FileWriter<BufWriter<File>>,
    file: Removed,
    schema: SchemaRef,
    rows: usize,
    memory: usize,
}

impl ScratchWriter {
    /// Creates `folder/name.arrow`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(folder: &Path, name: &str, schema: SchemaRef) -> Result<Self, ArrowError> {
        let path = folder.canonicalize()?.join(format!("{name}.arrow"));
        let writer = FileWriter::try_new_buffered(File::create(&path)?, &schema)?;
        Ok(Self { writer, file: Removed(path), schema, rows: 0, memory: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.rows += batch.num_rows();
        self.memory += batch.get_array_memory_size();
        self.writer.write(batch)
    }

    /// The table of all rows written.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<ScratchTable, ArrowError> {
        self.writer.finish()?;
        let bytes = std::fs::metadata(&self.file.0)?.len();
        Ok(ScratchTable { file: self.file, bytes, schema: self.schema, rows: self.rows, memory: self.memory })
    }
}

/// A finished table in the scratch folder.
#[derive(Debug)]
pub struct ScratchTable {
    file: Removed,
    bytes: u64,
    schema: SchemaRef,
    rows: usize,
    memory: usize,
}

impl ScratchTable {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, in the order they were written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn batches(&self) -> Result<FileReader<BufReader<File>>, ArrowError> {
        FileReader::try_new_buffered(File::open(&self.file.0)?, None)
    }
}

/// A file that goes with its last holder.
#[derive(Debug)]
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "a scratch file stays behind");
        }
    }
}

#[async_trait::async_trait]
impl TableProvider for ScratchTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let statistics = Statistics {
            num_rows: Precision::Exact(self.rows),
            total_byte_size: Precision::Inexact(self.memory),
            ..Statistics::new_unknown(&self.schema)
        };
        let file = PartitionedFile::new(self.file.0.to_string_lossy(), self.bytes)
            .with_statistics(Arc::new(statistics.clone()));
        let source = Arc::new(ArrowSource::new_file_source(self.schema.clone()));
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_group(FileGroup::new(vec![file]))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}
