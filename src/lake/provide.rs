//! A table of a lake at one version, as DataFusion reads it: a frozen list of files, pruned by partition and bounds. Refuses to look for newer files.

use crate::lake::Error;
use crate::lake::log::{LakeFile, Place, child};
use crate::lake::stats::Bounds;
use arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, DFSchema, Result, ScalarValue, Statistics, project_schema};
use datafusion::config::TableParquetOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use deltalake::DeltaTable;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use object_store::ObjectMeta;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// One version of a table as a plain value, which can travel to another process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Table name.
    pub table: String,
    /// Delta version.
    pub version: u64,
    /// Folder of the table: a path from the root of the file system, without the first `/`.
    pub folder: String,
    /// Delta schema, JSON.
    pub schema: String,
    /// Partition columns, in order.
    pub partition_by: Vec<String>,
    /// The files that hold exactly the rows of this version.
    pub files: Vec<LakeFile>,
}

impl Frozen {
    pub(crate) fn of(place: &Place, delta: &DeltaTable) -> std::result::Result<Self, Error> {
        let state = delta.snapshot().map_err(|error| place.log_error(&error))?;
        let damaged = |reason: &dyn ToString| Error::Log { table: place.table.clone(), reason: reason.to_string() };
        Ok(Self {
            table: place.table.clone(),
            version: state.version(),
            folder: place.path.to_string(),
            schema: serde_json::to_string(state.schema().as_ref()).map_err(|error| damaged(&error))?,
            partition_by: state.metadata().partition_columns().to_vec(),
            files: place.files(delta)?.into_iter().map(|(file, _)| file).collect(),
        })
    }

    fn damaged(&self, reason: impl ToString) -> Error {
        Error::Log { table: self.table.clone(), reason: reason.to_string() }
    }
}

/// The provider of one frozen version.
#[derive(Debug)]
pub struct LakeTable {
    frozen: Frozen,
    schema: TableSchema,
    files: Vec<PartitionedFile>,
    statistics: Vec<Arc<Statistics>>,
}

impl LakeTable {
    /// The provider of `frozen`. Columns: the stored ones in order, partition columns last.
    ///
    /// # Errors
    /// `Log` for a schema, path or partition value that makes no sense.
    pub fn new(frozen: Frozen) -> std::result::Result<Self, Error> {
        let kernel: StructType = serde_json::from_str(&frozen.schema).map_err(|error| frozen.damaged(error))?;
        let whole: Schema = (&kernel).try_into_arrow().map_err(|error| frozen.damaged(error))?;
        let (mut last, first): (Vec<_>, Vec<_>) =
            whole.fields().iter().cloned().partition(|field| frozen.partition_by.contains(field.name()));
        let order = |name: &str| frozen.partition_by.iter().position(|column| column == name);
        last.sort_by_key(|field| order(field.name()));
        let types: Vec<DataType> = last.iter().map(|field| field.data_type().clone()).collect();
        let schema = TableSchema::builder(Arc::new(Schema::new(first))).with_table_partition_cols(last).build();
        let folder = Path::parse(&frozen.folder).map_err(|error| frozen.damaged(error))?;
        let (mut files, mut statistics) = (Vec::new(), Vec::new());
        for file in &frozen.files {
            let stats = Arc::new(Bounds::of(file).statistics(file, schema.table_schema()));
            let modified = chrono::DateTime::from_timestamp_millis(file.modified_ms).unwrap_or_default();
            let meta = ObjectMeta {
                location: child(&folder, &file.path),
                last_modified: modified,
                size: file.bytes,
                e_tag: None,
                version: None,
            };
            let values = frozen.partition_by.iter().zip(&types).map(|(column, data_type)| {
                match file.partition.get(column).cloned().flatten() {
                    Some(text) => ScalarValue::try_from_string(text, data_type),
                    None => ScalarValue::try_from(data_type),
                }
            });
            let values = values.collect::<Result<Vec<_>>>();
            let values = values.map_err(|_| frozen.damaged("a partition value does not fit its column"))?;
            let mut part = PartitionedFile::new_from_meta(meta).with_partition_values(values);
            // Not `with_statistics`: it takes partition values for never null.
            part.statistics = Some(stats.clone());
            files.push(part);
            statistics.push(stats);
        }
        Ok(Self { frozen, schema, files, statistics })
    }

    /// The version this provider reads.
    pub fn frozen(&self) -> &Frozen {
        &self.frozen
    }

    /// The files that may hold rows for which `predicate` is true.
    fn pruned(&self, predicate: Option<&Arc<dyn PhysicalExpr>>) -> Result<Vec<PartitionedFile>> {
        let schema = self.schema.table_schema();
        // A predicate the library cannot turn into bounds prunes nothing.
        let build = |expr: &Arc<dyn PhysicalExpr>| {
            PruningPredicateBuilder::new().with_file_schema(schema.clone()).build(expr.clone())
        };
        let Some(pruning) = predicate.and_then(build) else { return Ok(self.files.clone()) };
        let keep = pruning.prune(&FileBounds { statistics: &self.statistics, schema })?;
        Ok(self.files.iter().zip(keep).filter(|(_, keep)| *keep).map(|(file, _)| file.clone()).collect())
    }
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        self.schema.table_schema().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let predicate = match conjunction(filters.to_vec()) {
            Some(filter) => Some(state.create_physical_expr(filter, &DFSchema::try_from(schema.clone())?)?),
            None => None,
        };
        let files = self.pruned(predicate.as_ref())?;
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(&schema, projection)?)));
        }
        let options =
            TableParquetOptions { global: state.config_options().execution.parquet.clone(), ..Default::default() };
        let mut source = ParquetSource::new(self.schema.clone()).with_table_parquet_options(options);
        if let Some(predicate) = predicate {
            source = source.with_predicate(predicate);
        }
        let groups = FileGroup::new(files).split_files(state.config_options().execution.target_partitions.max(1));
        let (groups, statistics) = datafusion_datasource::compute_all_files_statistics(groups, schema, true, false)?;
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// Bounds of all files, a column at a time. Unlike the library's own, it uses bounds that are not themselves values (cut texts).
struct FileBounds<'a> {
    statistics: &'a [Arc<Statistics>],
    schema: &'a SchemaRef,
}

impl FileBounds<'_> {
    fn bounds(&self, column: &Column, pick: fn(&ColumnStatistics) -> &Precision<ScalarValue>) -> Option<ArrayRef> {
        let index = self.schema.index_of(column.name()).ok()?;
        let null = ScalarValue::try_from(self.schema.field(index).data_type()).ok()?;
        let value = |stats: &Arc<Statistics>| {
            let stats = stats.column_statistics.get(index)?;
            pick(stats).get_value().cloned()
        };
        ScalarValue::iter_to_array(self.statistics.iter().map(|stats| value(stats).unwrap_or_else(|| null.clone())))
            .ok()
    }

    fn counts(&self, pick: impl Fn(&Statistics) -> Option<Precision<usize>>) -> Option<ArrayRef> {
        let count = |stats: &Arc<Statistics>| match pick(stats) {
            Some(Precision::Exact(count)) => u64::try_from(count).ok(),
            _ => None,
        };
        Some(Arc::new(self.statistics.iter().map(count).collect::<UInt64Array>()))
    }
}

impl PruningStatistics for FileBounds<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, |stats| &stats.min_value)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, |stats| &stats.max_value)
    }

    fn num_containers(&self) -> usize {
        self.statistics.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let index = self.schema.index_of(column.name()).ok()?;
        self.counts(|stats| stats.column_statistics.get(index).map(|stats| stats.null_count))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        self.counts(|stats| Some(stats.num_rows))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
