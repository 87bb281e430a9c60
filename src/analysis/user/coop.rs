//! A physical rule that lets joins be stopped. Refuses nothing.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use std::sync::Arc;

/// Wraps every join and unnest so that it yields: without it a nested-loop join never gives the thread back, and neither
/// a deadline nor a dropped stream ends it (`reference/spike.md` §5).
#[derive(Debug)]
pub struct CoopJoins;

impl PhysicalOptimizerRule for CoopJoins {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|node| {
            let greedy = node.name().ends_with("JoinExec") || node.name() == "UnnestExec";
            let node = if greedy {
                Transformed::yes(Arc::new(CooperativeExec::new(node)) as _)
            } else {
                Transformed::no(node)
            };
            Ok(node)
        });
        Ok(wrapped?.data)
    }

    fn name(&self) -> &str {
        "coop_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
