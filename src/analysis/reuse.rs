//! Small tables read once for many readers. Refuses to hold what is large: that is read anew, and only where it may match.
//!
//! What is held is the table as it is stored, before any policy: it belongs below a barrier, never into a person's session.

use crate::analysis::ordered::in_order;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Bytes of Arrow that one choice of columns of one table may take.
const TABLE_BYTES_MAX: usize = 8 << 20;
/// Bytes of Arrow of all tables of one release.
const ALL_BYTES_MAX: usize = 64 << 20;

/// What tables that are held together may still take.
#[derive(Debug, Clone)]
pub struct Room(Arc<AtomicUsize>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(ALL_BYTES_MAX)))
    }
}

impl Room {
    fn take(&self, bytes: usize) -> bool {
        let less = |free: usize| free.checked_sub(bytes);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

/// Which columns, in order; all of them without a choice.
type Columns = Option<Vec<usize>>;
/// Rows, or nothing where they take too much.
type Held = Option<Vec<RecordBatch>>;

/// A table whose columns are read once, as long as there is room.
#[derive(Debug)]
pub struct Reused {
    inner: Arc<dyn TableProvider>,
    room: Room,
    held: Mutex<BTreeMap<Columns, Arc<OnceCell<Held>>>>,
}

impl Reused {
    /// The same table.
    pub fn new(inner: Arc<dyn TableProvider>, room: Room) -> Self {
        Self { inner, room, held: Mutex::default() }
    }

    async fn read(&self, state: &dyn Session, projection: Option<&Vec<usize>>) -> Result<Held> {
        let plan = in_order(self.inner.scan(state, projection, &[], None).await?);
        let mut rows = execute_stream(plan, state.task_ctx())?;
        let (mut batches, mut bytes) = (Vec::new(), 0usize);
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            bytes = bytes.saturating_add(batch.get_array_memory_size());
            if bytes > TABLE_BYTES_MAX {
                return Ok(None);
            }
            batches.push(batch);
        }
        Ok(self.room.take(bytes).then_some(batches))
    }
}

#[async_trait]
impl TableProvider for Reused {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn table_type(&self) -> TableType {
        self.inner.table_type()
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // What is held is not filtered: whoever asks tests each row.
        let inner = self.inner.supports_filters_pushdown(filters)?.into_iter();
        Ok(inner
            .map(|it| match it {
                TableProviderFilterPushDown::Exact => TableProviderFilterPushDown::Inexact,
                other => other,
            })
            .collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let cell = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.entry(projection.cloned()).or_default().clone()
        };
        match cell.get_or_try_init(|| self.read(state, projection)).await? {
            Some(batches) => {
                let schema = project_schema(&self.schema(), projection)?;
                Ok(MemorySourceConfig::try_new_exec(std::slice::from_ref(batches), schema, None)?)
            }
            None => self.inner.scan(state, projection, filters, limit).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray};
    use datafusion::datasource::MemTable;
    use datafusion::logical_expr::{col, lit};
    use datafusion::physical_plan::collect;
    use datafusion::prelude::SessionContext;

    /// A table that counts how often it is read.
    #[derive(Debug)]
    struct Counted {
        inner: MemTable,
        scans: AtomicUsize,
        filtered: AtomicUsize,
    }

    #[async_trait]
    impl TableProvider for Counted {
        fn schema(&self) -> SchemaRef {
            self.inner.schema()
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
            self.scans.fetch_add(1, Ordering::Relaxed);
            self.filtered.fetch_add(filters.len(), Ordering::Relaxed);
            self.inner.scan(state, projection, &[], limit).await
        }
    }

    fn counted(rows: usize, text: &str) -> Arc<Counted> {
        let numbers: ArrayRef = Arc::new((0..rows as i64).collect::<Int64Array>());
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(|_| text)));
        let batch = RecordBatch::try_from_iter([("a", numbers), ("b", texts)]).unwrap();
        let inner = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
        Arc::new(Counted { inner, scans: AtomicUsize::new(0), filtered: AtomicUsize::new(0) })
    }

    async fn rows(table: &Reused, columns: &[usize]) -> usize {
        let context = SessionContext::new();
        let state = context.state();
        let filters = [col("a").gt(lit(1i64))];
        let plan = table.scan(&state, Some(&columns.to_vec()), &filters, None).await.unwrap();
        assert_eq!(plan.schema().fields().len(), columns.len());
        collect(plan, context.task_ctx()).await.unwrap().iter().map(RecordBatch::num_rows).sum()
    }

    #[tokio::test]
    async fn small_is_read_once_for_each_choice_of_columns() {
        let inner = counted(5, "kecil");
        let table = Reused::new(inner.clone(), Room::default());
        for _ in 0..3 {
            assert_eq!(rows(&table, &[0]).await, 5);
            assert_eq!(rows(&table, &[1, 0]).await, 5);
        }
        assert_eq!(inner.scans.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn large_is_read_anew_with_its_filter() {
        let inner = counted(1000, &"besar".repeat(2_000));
        let table = Reused::new(inner.clone(), Room::default());
        assert_eq!(rows(&table, &[1]).await, 1000);
        assert_eq!(rows(&table, &[1]).await, 1000);
        // Once to find out, then for each reader.
        assert_eq!((inner.scans.load(Ordering::Relaxed), inner.filtered.load(Ordering::Relaxed)), (3, 2));
    }

    #[tokio::test]
    async fn all_tables_together_stay_within_their_room() {
        let room = Room(Arc::new(AtomicUsize::new(1 << 20)));
        let (first, second) = (counted(100, &"x".repeat(8_000)), counted(100, &"y".repeat(8_000)));
        for (inner, scans) in [(&first, 1), (&second, 3)] {
            let table = Reused::new(inner.clone(), room.clone());
            assert_eq!(rows(&table, &[1]).await + rows(&table, &[1]).await, 200);
            assert_eq!(inner.scans.load(Ordering::Relaxed), scans);
        }
    }
}
