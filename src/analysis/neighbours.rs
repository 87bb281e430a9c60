//! Row numbers, and values of the row before or after, over rows that lie sorted by their partitions: one pass, column by column.
//! Refuses every other window function; the engine computes those, partition by partition.
//!
//! The engine keeps a state and slices every column for each partition, which for tables of persons is a partition a row or two.

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array, UInt64Array, new_null_array};
use datafusion::arrow::compute::{concat, partition, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::window::StandardWindowExpr;
use datafusion::physical_expr::{OrderingRequirements, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowUDFExpr};
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, InputDistributionRequirements, InputOrderMode,
    PlanProperties, ReplaceChildrenOptions, WindowExpr,
};
use futures::StreamExt;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Computes what it can of the windows of a plan in one pass.
#[derive(Debug)]
pub struct NeighboursInOnePass;

impl PhysicalOptimizerRule for NeighboursInOnePass {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let replaced = plan.transform_up(|node| {
            let found = node.downcast_ref::<BoundedWindowAggExec>().and_then(NeighboursExec::of);
            Ok(match found {
                Some(exec) => Transformed::yes(Arc::new(exec) as Arc<dyn ExecutionPlan>),
                None => Transformed::no(node),
            })
        });
        Ok(replaced?.data)
    }

    fn name(&self) -> &str {
        "neighbours_in_one_pass"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// One column that is added.
#[derive(Debug, Clone)]
enum Added {
    /// The number of the row in its partition, from 1 on.
    Number,
    /// A value of the row before it in its partition.
    Before(Arc<dyn PhysicalExpr>),
    /// A value of the row after it in its partition.
    After(Arc<dyn PhysicalExpr>),
}

impl Added {
    /// What a window function adds; nothing where it is another, or one with an argument beside the value.
    fn of(window: &Arc<dyn WindowExpr>) -> Option<Self> {
        let standard = (window.as_any() as &dyn Any).downcast_ref::<StandardWindowExpr>()?;
        let function = standard.get_standard_func_expr().as_any().downcast_ref::<WindowUDFExpr>()?;
        // Whether it reads backwards or passes over nulls is told by nothing but its description.
        let said = format!("{function:?}");
        if !said.contains("is_reversed: false") || !said.contains("ignore_nulls: false") {
            return None;
        }
        match (function.fun().name(), function.args()) {
            ("row_number", []) => Some(Self::Number),
            ("lag", [value]) => Some(Self::Before(value.clone())),
            ("lead", [value]) => Some(Self::After(value.clone())),
            _ => None,
        }
    }

    fn value(&self, batch: &RecordBatch) -> Result<Option<ArrayRef>> {
        match self {
            Self::Number => Ok(None),
            Self::Before(value) | Self::After(value) => value.evaluate(batch)?.into_array(batch.num_rows()).map(Some),
        }
    }
}

/// The window it stands for, and what that adds to its input.
#[derive(Debug)]
struct NeighboursExec {
    window: Arc<dyn ExecutionPlan>,
    keys: Vec<Arc<dyn PhysicalExpr>>,
    added: Vec<Added>,
}

impl NeighboursExec {
    fn of(window: &BoundedWindowAggExec) -> Option<Self> {
        let keys = window.window_expr().first()?.partition_by().to_vec();
        if keys.is_empty() || window.input_order_mode != InputOrderMode::Sorted {
            return None;
        }
        let added = window.window_expr().iter().map(Added::of).collect::<Option<Vec<_>>>()?;
        Some(Self { window: Arc::new(window.clone()), keys, added })
    }
}

impl DisplayAs for NeighboursExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "NeighboursExec: {} columns by {} keys", self.added.len(), self.keys.len())
    }
}

impl ExecutionPlan for NeighboursExec {
    fn name(&self) -> &str {
        "NeighboursExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.window.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.window.children()
    }

    fn apply_expressions(
        &self,
        see: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.window.apply_expressions(see)
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        self.window.required_input_ordering()
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        self.window.input_distribution_requirements()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let window = self.window.clone().replace_children(children, options)?;
        Ok(Arc::new(Self { window, keys: self.keys.clone(), added: self.added.clone() }))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let Some(input) = self.window.children().first().map(|it| Arc::clone(it)) else {
            return self.window.execute(partition, context);
        };
        let pass = Pass {
            input: input.execute(partition, context)?,
            schema: self.schema(),
            keys: self.keys.clone(),
            added: self.added.clone(),
            before: None,
            waiting: None,
        };
        let rows =
            futures::stream::try_unfold(
                pass,
                |mut pass| async move { Ok(pass.next().await?.map(|batch| (batch, pass))) },
            );
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }
}

/// Rows with their keys and the values that are looked for in neighbours.
struct Rows {
    batch: RecordBatch,
    keys: Vec<ArrayRef>,
    values: Vec<Option<ArrayRef>>,
}

/// The last row that went out.
struct Last {
    keys: Vec<ArrayRef>,
    values: Vec<Option<ArrayRef>>,
    number: u64,
}

/// One pass over a partition of the input. A batch goes out when the next one has come, which may begin with its last row's neighbour.
struct Pass {
    input: SendableRecordBatchStream,
    schema: SchemaRef,
    keys: Vec<Arc<dyn PhysicalExpr>>,
    added: Vec<Added>,
    before: Option<Last>,
    waiting: Option<Rows>,
}

impl Pass {
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        while let Some(batch) = self.input.next().await {
            let batch = batch?;
            if batch.num_rows() == 0 {
                continue;
            }
            let rows = self.looked_at(batch)?;
            if let Some(waiting) = self.waiting.take() {
                let done = self.done(&waiting, Some(&rows))?;
                self.waiting = Some(rows);
                return Ok(Some(done));
            }
            self.waiting = Some(rows);
        }
        self.waiting.take().map(|waiting| self.done(&waiting, None)).transpose()
    }

    fn looked_at(&self, batch: RecordBatch) -> Result<Rows> {
        let keys = self.keys.iter().map(|it| it.evaluate(&batch)?.into_array(batch.num_rows()));
        let keys = keys.collect::<Result<_>>()?;
        let values = self.added.iter().map(|it| it.value(&batch)).collect::<Result<_>>()?;
        Ok(Rows { batch, keys, values })
    }

    /// The rows with the added columns; remembers the last of them.
    fn done(&mut self, rows: &Rows, next: Option<&Rows>) -> Result<RecordBatch> {
        let count = rows.batch.num_rows();
        let ranges = partition(&rows.keys)?.ranges();
        let before = self.before.take();
        let before = before.filter(|it| is_one(&it.keys, &one(&rows.keys, 0)).unwrap_or(false));
        let after = match next {
            Some(next) => is_one(&one(&rows.keys, count - 1), &one(&next.keys, 0))?,
            None => false,
        };
        let mut numbers: Vec<u64> = Vec::with_capacity(count);
        for (i, range) in ranges.iter().enumerate() {
            let from = if i == 0 { before.as_ref().map_or(0, |it| it.number) } else { 0 };
            numbers.extend((from + 1..).take(range.len()));
        }
        let last = numbers.last().copied().unwrap_or(0);
        let numbers: ArrayRef = Arc::new(UInt64Array::from(numbers));
        let mut columns = rows.batch.columns().to_vec();
        for (place, (added, value)) in self.added.iter().zip(&rows.values).enumerate() {
            let column = match (added, value) {
                (Added::Before(_), Some(value)) => {
                    let row = before.as_ref().and_then(|it| it.values.get(place)?.clone());
                    let known = row.is_some();
                    let row = row.unwrap_or_else(|| new_null_array(value.data_type(), 1));
                    // The row before the first stands in front, so that place i holds the row before row i.
                    let all = concat(&[row.as_ref(), value.as_ref()])?;
                    let from = ranges.iter().enumerate().flat_map(|(i, range)| {
                        let first = (i == 0 && known).then_some(range.start);
                        std::iter::once(first).chain((range.start + 1..range.end).map(Some))
                    });
                    take(&all, &places(from), None)?
                }
                (Added::After(_), Some(value)) => {
                    let row = next.filter(|_| after).and_then(|it| it.values.get(place)?.as_ref());
                    let known = row.is_some();
                    let row = row.map_or_else(|| new_null_array(value.data_type(), 1), |it| it.slice(0, 1));
                    let all = concat(&[value.as_ref(), row.as_ref()])?;
                    let from = ranges.iter().flat_map(|range| {
                        let last = (range.end == count && known).then_some(count);
                        (range.start + 1..range.end).map(Some).chain(std::iter::once(last))
                    });
                    take(&all, &places(from), None)?
                }
                _ => numbers.clone(),
            };
            columns.push(column);
        }
        let values = rows.values.iter().map(|it| it.as_ref().map(|it| it.slice(count - 1, 1))).collect();
        self.before = Some(Last { keys: one(&rows.keys, count - 1), values, number: last });
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

fn places(from: impl Iterator<Item = Option<usize>>) -> UInt32Array {
    from.map(|it| it.and_then(|it| u32::try_from(it).ok())).collect()
}

/// One row of the keys.
fn one(keys: &[ArrayRef], row: usize) -> Vec<ArrayRef> {
    keys.iter().map(|it| it.slice(row, 1)).collect()
}

/// Whether two rows of keys are of one partition.
fn is_one(a: &[ArrayRef], b: &[ArrayRef]) -> Result<bool> {
    let both = a.iter().zip(b).map(|(a, b)| concat(&[a.as_ref(), b.as_ref()])).collect::<Result<Vec<_>, _>>()?;
    Ok(partition(&both)?.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{Int32Array, StringArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::execution::session_state::SessionStateBuilder;
    use datafusion::prelude::{SessionConfig, SessionContext};
    use proptest::prelude::*;

    const SQL: &str = "select kode, n, row_number() over w as nomor, lag(n) over w as sebelum, lead(n) over w as sesudah, \
                       lead(kode) over w as kode_sesudah from t window w as (partition by kode order by n) order by kode, n, nomor";

    async fn answer(rows: &[(Option<u8>, Option<i32>)], batch_size: usize, rule: bool) -> (String, bool) {
        let config = SessionConfig::new().with_target_partitions(1).with_batch_size(batch_size);
        let context = SessionContext::new_with_config(config);
        let context = if rule {
            let state = SessionStateBuilder::new_from_existing(context.state());
            SessionContext::new_with_state(state.with_physical_optimizer_rule(Arc::new(NeighboursInOnePass)).build())
        } else {
            context
        };
        let kode: StringArray = rows.iter().map(|it| it.0.map(|it| it.to_string())).collect();
        let n: Int32Array = rows.iter().map(|it| it.1).collect();
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("kode", Arc::new(kode) as ArrayRef, true),
            ("n", Arc::new(n) as ArrayRef, true),
        ])
        .unwrap();
        context.register_table("t", Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap())).unwrap();
        let plan = context.sql(SQL).await.unwrap().create_physical_plan().await.unwrap();
        let drawn = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
        let rows = context.sql(SQL).await.unwrap().collect().await.unwrap();
        (pretty_format_batches(&rows).unwrap().to_string(), drawn.contains("NeighboursExec"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn the_engine_says_the_same(
            rows in proptest::collection::vec((proptest::option::of(0u8..4), proptest::option::of(0i32..9)), 1..40),
            batch_size in 1usize..7,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (own, used) = runtime.block_on(answer(&rows, batch_size, true));
            let (engine, _) = runtime.block_on(answer(&rows, batch_size, false));
            prop_assert!(used);
            prop_assert_eq!(own, engine);
        }
    }

    #[tokio::test]
    async fn others_are_left_to_the_engine() {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let state = SessionStateBuilder::new_from_existing(context.state());
        let state = state.with_physical_optimizer_rule(Arc::new(NeighboursInOnePass)).build();
        let context = SessionContext::new_with_state(state);
        context.sql("create table t as values (1, 2), (1, 3)").await.unwrap().collect().await.unwrap();
        for window in [
            "lag(column2, 2) over (partition by column1 order by column2)",
            "lag(column2, 1, 0) over (partition by column1 order by column2)",
            "lag(column2) ignore nulls over (partition by column1 order by column2)",
            "sum(column2) over (partition by column1 order by column2)",
            "row_number() over (order by column2)",
        ] {
            let plan = context.sql(&format!("select {window} from t")).await.unwrap();
            let plan = plan.create_physical_plan().await.unwrap();
            let drawn = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
            assert!(!drawn.contains("NeighboursExec"), "{window}");
        }
    }
}
