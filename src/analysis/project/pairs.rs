//! Joins that would pair every row with every row: with 70,000 employees that is 4.9 billion pairs. Refuses them before data exists.

use crate::analysis::project::fault::problem;
use crate::analysis::project::source::Source;
use crate::model::problem::Problem;
use datafusion::logical_expr::{Join, LogicalPlan};
use std::collections::BTreeSet;

/// Tables that stay small however many people there are: rule tables, and queries made of such or of one row.
#[derive(Debug, Default)]
pub struct Small(BTreeSet<String>);

impl Small {
    /// Adds a table that people write: a rule table.
    pub fn add(&mut self, name: String) {
        self.0.insert(name);
    }

    /// Adds the query `name` if its optimised plan can only give few rows.
    pub fn add_query(&mut self, name: &str, plan: &LogicalPlan) {
        if self.is_small(plan) {
            self.0.insert(name.into());
        }
    }

    /// The joins of an optimised plan that have no key and no small side.
    pub fn all_pairs(&self, source: &Source, plan: &LogicalPlan) -> Vec<Problem> {
        let mut told = Vec::new();
        if let LogicalPlan::Join(join) = plan
            && join.on.is_empty()
            && !self.is_small(&join.left)
            && !self.is_small(&join.right)
        {
            let sides = [scans(&join.left), scans(&join.right)].map(|names| names.join("`, `"));
            let what = format!("every row of `{}` is paired with every row of `{}`", sides[0], sides[1]);
            let hint = "join on a key, or with a rule table, VALUES or one row";
            told.push(problem(source, line(source, join), what, Some(hint.into())));
        }
        for input in plan.inputs() {
            told.extend(self.all_pairs(source, input));
        }
        told
    }

    fn is_small(&self, plan: &LogicalPlan) -> bool {
        match plan {
            LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => true,
            LogicalPlan::Aggregate(it) if it.group_expr.is_empty() => true,
            LogicalPlan::TableScan(scan) => self.0.contains(scan.table_name.table()),
            LogicalPlan::Unnest(_) | LogicalPlan::RecursiveQuery(_) | LogicalPlan::Extension(_) => false,
            other => other.inputs().into_iter().all(|input| self.is_small(input)),
        }
    }
}

fn line(source: &Source, join: &Join) -> usize {
    let names = scans(&join.right).into_iter().chain(scans(&join.left));
    names.map(|name| source.line_of(None, &name)).find(|line| *line > 0).unwrap_or(0)
}

fn scans(plan: &LogicalPlan) -> Vec<String> {
    match plan {
        LogicalPlan::TableScan(scan) => vec![scan.table_name.table().to_string()],
        other => other.inputs().into_iter().flat_map(scans).collect(),
    }
}
