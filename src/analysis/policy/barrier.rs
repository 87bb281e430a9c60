//! A table as somebody may see it. Refuses predicates, limits and statistics: nothing of a person's query goes into the scan, and nothing
//! of the scan but rows comes out.

use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::policy::keep::Keep;
use crate::analysis::policy::leaf::TableExec;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, project_schema};
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Scan, row filter and mask in one.
#[derive(Debug)]
pub struct Barrier {
    name: String,
    inner: Arc<dyn TableProvider>,
    keep: Keep,
    /// As the inside, but what is masked may be null.
    schema: SchemaRef,
    masked: BTreeSet<String>,
}

impl Barrier {
    /// Rows of `inner` that `keep` lets through; columns that `open` does not name are null.
    pub fn new(name: &str, inner: Arc<dyn TableProvider>, keep: Keep, open: impl Fn(&str) -> bool) -> Self {
        let whole = inner.schema();
        let masked: BTreeSet<String> =
            whole.fields().iter().map(|it| it.name().clone()).filter(|name| !open(name)).collect();
        let field = |field: &Arc<Field>| {
            let nullable = field.is_nullable() || masked.contains(field.name());
            Field::new(field.name(), field.data_type().clone(), nullable)
        };
        let schema = Arc::new(Schema::new(whole.fields().iter().map(field).collect::<Vec<_>>()));
        Self { name: name.into(), inner, keep, schema, masked }
    }

    /// The inside: the columns wanted and those that rows are told apart by.
    async fn inside(&self, state: &dyn Session, wanted: &Schema) -> Result<Arc<dyn ExecutionPlan>> {
        let whole = self.inner.schema();
        let needed = |name: &str| {
            let shown = wanted.column_with_name(name).is_some() && !self.masked.contains(name);
            shown || self.keep.columns().contains(&name)
        };
        let columns: Vec<usize> =
            whole.fields().iter().enumerate().filter(|(_, field)| needed(field.name())).map(|(i, _)| i).collect();
        let coarse: Vec<Expr> = self.keep.pruning().into_iter().collect();
        let takes = self.inner.supports_filters_pushdown(&coarse.iter().collect::<Vec<_>>())?;
        let filters = if takes.contains(&TableProviderFilterPushDown::Unsupported) { vec![] } else { coarse };
        Ok(in_order(self.inner.scan(state, Some(&columns), &filters, None).await?))
    }
}

#[async_trait]
impl TableProvider for Barrier {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = project_schema(&self.schema, projection)?;
        let inside = self.inside(state, &wanted).await;
        let inside = inside.map_err(|error| DataFusionError::External(Box::new(mask::reason(&error))))?;
        Ok(Arc::new(TableExec::new(&self.name, inside, self.keep.clone(), self.masked.clone(), wanted)))
    }
}
