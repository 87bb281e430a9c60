//! Partitions read one after the other, so that what is added up is added in the same order every time. Refuses
//! parallelism within a query; queries run beside each other instead.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::limit::GlobalLimitExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use futures::{StreamExt, TryStreamExt};
use std::fmt;
use std::sync::Arc;

/// Replaces what merges partitions as they arrive. `UNION ALL` gives a partition per branch even where everything else
/// has one, and a sum of doubles over it would differ in its last digits from run to run.
#[derive(Debug)]
pub struct MergeInOrder;

impl PhysicalOptimizerRule for MergeInOrder {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let merged = plan.transform_up(|node| {
            let repartition = node.name() == "RepartitionExec" && node.output_partitioning().partition_count() == 1;
            let merges = node.name() == "CoalescePartitionsExec" || repartition;
            let sorted = node.maintains_input_order().first().copied().unwrap_or(false);
            let input = node.children().first().map(|input| Arc::clone(input));
            let ordered = match input {
                Some(input) if merges && !sorted => in_order(input),
                _ => return Ok(Transformed::no(node)),
            };
            Ok(Transformed::yes(match node.fetch() {
                Some(rows) => Arc::new(GlobalLimitExec::new(ordered, 0, Some(rows))) as Arc<dyn ExecutionPlan>,
                None => ordered,
            }))
        });
        Ok(merged?.data)
    }

    fn name(&self) -> &str {
        "merge_in_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// One partition that holds those of `input` one after the other; `input` itself where it is one already.
pub fn in_order(input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
    if input.output_partitioning().partition_count() == 1 {
        return input;
    }
    let properties = PlanProperties::new(
        EquivalenceProperties::new(input.schema()),
        Partitioning::UnknownPartitioning(1),
        input.pipeline_behavior(),
        input.boundedness(),
    );
    Arc::new(InOrderExec { input, properties: Arc::new(properties) })
}

#[derive(Debug)]
struct InOrderExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for InOrderExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "InOrderExec")
    }
}

impl ExecutionPlan for InOrderExec {
    fn name(&self) -> &str {
        "InOrderExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _see: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(children.into_iter().next().map_or(self as Arc<dyn ExecutionPlan>, in_order))
    }

    fn execute(&self, _partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.clone();
        let partitions = 0..input.output_partitioning().partition_count();
        let opened = futures::stream::iter(partitions).map(move |partition| input.execute(partition, context.clone()));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), opened.try_flatten())))
    }
}
