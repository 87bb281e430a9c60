//! The opaque node: to the optimiser a table without children, bounds or counts. Refuses to be looked into, by a plan or by an error.

use crate::analysis::mask;
use crate::analysis::policy::keep::Keep;
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Rows of one table after filter and mask, in one partition: how many files there are is nobody's business.
#[derive(Debug)]
pub struct TableExec {
    table: String,
    inside: Arc<dyn ExecutionPlan>,
    keep: Keep,
    masked: BTreeSet<String>,
    properties: Arc<PlanProperties>,
}

impl TableExec {
    /// The rows of `inside` that `keep` lets through, as `schema`; `masked` columns are null.
    pub fn new(
        table: &str,
        inside: Arc<dyn ExecutionPlan>,
        keep: Keep,
        masked: BTreeSet<String>,
        schema: SchemaRef,
    ) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { table: table.into(), inside, keep, masked, properties: Arc::new(properties) }
    }
}

/// What comes out of the inside, as `schema`.
fn shown(
    batch: &RecordBatch,
    keep: &Keep,
    masked: &BTreeSet<String>,
    schema: &SchemaRef,
) -> std::result::Result<RecordBatch, ArrowError> {
    let kept = keep.filter(batch)?;
    let rows = kept.num_rows();
    let column = |field: &Arc<datafusion::arrow::datatypes::Field>| match kept.column_by_name(field.name()) {
        Some(column) if !masked.contains(field.name()) => column.clone(),
        _ => new_null_array(field.data_type(), rows),
    };
    let columns = schema.fields().iter().map(column).collect();
    RecordBatch::try_new_with_options(schema.clone(), columns, &RecordBatchOptions::new().with_row_count(Some(rows)))
}

impl DisplayAs for TableExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "TableExec: {}", self.table)
    }
}

impl ExecutionPlan for TableExec {
    fn name(&self) -> &str {
        "TableExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _see: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let masked_error = |error: DataFusionError| DataFusionError::External(Box::new(mask::reason(&error)));
        let rows = self.inside.execute(0, context).map_err(masked_error)?;
        let (keep, masked, schema) = (self.keep.clone(), self.masked.clone(), self.schema());
        let rows = rows.map(move |batch| {
            let batch = batch.map_err(masked_error)?;
            shown(&batch, &keep, &masked, &schema).map_err(|error| masked_error(error.into()))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }

    fn partition_statistics(&self, _partition: Option<usize>) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}
