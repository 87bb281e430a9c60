//! Column lineage: which stored columns every output column of a query is made of. Refuses to guess: where a plan node is
//! unknown to it, every input column counts as a source of every output column.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType};
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Join, LogicalPlan, Operator, RecursiveQuery, Subquery, Unnest,
};
use std::collections::{BTreeMap, BTreeSet};

/// A column of a stored table: (table, column).
pub type Origin = (String, String);

/// What one output column is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Columns its value is computed from.
    pub direct: BTreeSet<Origin>,
    /// Those of them whose value, or a text or date cut from it, may stand in the output as it is. A count, a comparison
    /// or a label chosen by a condition carries nothing over.
    pub carried: BTreeSet<Origin>,
}

/// The lineage of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// Per output column, in schema order.
    pub columns: Vec<(String, Sources)>,
    /// Columns that decide which rows there are: filters, joins, groups, sorts.
    pub indirect: BTreeSet<Origin>,
}

/// Reads the lineage off an unoptimised plan.
pub fn of(plan: &LogicalPlan) -> Lineage {
    let mut walk = Walk::default();
    let columns = walk.plan(plan);
    let names = plan.schema().fields().iter().map(|field| field.name().clone());
    Lineage { columns: names.zip(columns).collect(), indirect: walk.indirect }
}

impl Sources {
    fn add(&mut self, other: &Sources) {
        self.direct.extend(other.direct.iter().cloned());
        self.carried.extend(other.carried.iter().cloned());
    }

    fn all(columns: &[Sources]) -> Sources {
        columns.iter().fold(Sources::default(), |mut sum, one| {
            sum.add(one);
            sum
        })
    }
}

/// The columns an expression can see.
struct Scope<'a> {
    inputs: Vec<(&'a DFSchema, &'a [Sources])>,
}

impl Scope<'_> {
    fn find(&self, column: &Column) -> Option<&Sources> {
        self.inputs.iter().find_map(|(schema, sources)| sources.get(schema.maybe_index_of_column(column)?))
    }
}

#[derive(Default)]
struct Walk {
    indirect: BTreeSet<Origin>,
    /// Recursive queries being walked, by name: references to them inside are scans of that name.
    recursive: BTreeMap<String, Vec<Sources>>,
}

impl Walk {
    /// The sources of every output column of `plan`.
    fn plan(&mut self, plan: &LogicalPlan) -> Vec<Sources> {
        let width = plan.schema().fields().len();
        let columns = match plan {
            LogicalPlan::TableScan(scan) => {
                let table = scan.table_name.table();
                let own = |column: &str| Origin::from((table.to_string(), column.to_string()));
                self.indirect.extend(scan.filters.iter().flat_map(|f| f.column_refs()).map(|c| own(&c.name)));
                if let Some(known) = self.recursive.get(table) {
                    return known.clone();
                }
                let leaf = |column: &str| Sources { direct: [own(column)].into(), carried: [own(column)].into() };
                scan.projected_schema.fields().iter().map(|field| leaf(field.name())).collect()
            }
            LogicalPlan::Projection(it) => self.through(&it.input, &it.expr),
            LogicalPlan::Aggregate(it) => self.aggregate(it),
            LogicalPlan::Window(it) => {
                let mut below = self.plan(&it.input);
                let made = self.expressions(&it.window_expr, it.input.schema(), &below);
                below.extend(made);
                below
            }
            LogicalPlan::Filter(it) => {
                let below = self.plan(&it.input);
                self.decides(std::slice::from_ref(&it.predicate), it.input.schema(), &below);
                below
            }
            LogicalPlan::Sort(it) => {
                let below = self.plan(&it.input);
                let keys: Vec<Expr> = it.expr.iter().map(|key| key.expr.clone()).collect();
                self.decides(&keys, it.input.schema(), &below);
                below
            }
            LogicalPlan::Join(it) => self.join(it),
            LogicalPlan::Union(it) => {
                let parts: Vec<Vec<Sources>> = it.inputs.iter().map(|input| self.plan(input)).collect();
                let column =
                    |i: usize| Sources::all(&parts.iter().filter_map(|part| part.get(i).cloned()).collect::<Vec<_>>());
                (0..width).map(column).collect()
            }
            LogicalPlan::Distinct(Distinct::On(it)) => {
                let below = self.plan(&it.input);
                self.decides(&it.on_expr, it.input.schema(), &below);
                let keys: Vec<Expr> = it.sort_expr.iter().flatten().map(|key| key.expr.clone()).collect();
                self.decides(&keys, it.input.schema(), &below);
                self.expressions(&it.select_expr, it.input.schema(), &below)
            }
            LogicalPlan::Unnest(it) => self.unnest(it),
            LogicalPlan::RecursiveQuery(it) => self.recursive(it),
            LogicalPlan::Values(_) | LogicalPlan::EmptyRelation(_) => vec![Sources::default(); width],
            // SubqueryAlias, Limit, Distinct::All, Subquery, Repartition: one input, the same columns.
            other => {
                let inputs = other.inputs();
                let below: Vec<Sources> = inputs.iter().flat_map(|input| self.plan(input)).collect();
                if inputs.len() == 1 { below } else { vec![Sources::all(&below); width] }
            }
        };
        if columns.len() == width { columns } else { vec![Sources::all(&columns); width] }
    }

    fn through(&mut self, input: &LogicalPlan, expressions: &[Expr]) -> Vec<Sources> {
        let below = self.plan(input);
        self.expressions(expressions, input.schema(), &below)
    }

    fn aggregate(&mut self, it: &Aggregate) -> Vec<Sources> {
        let below = self.plan(&it.input);
        self.decides(&it.group_expr, it.input.schema(), &below);
        let groups: Vec<Expr> = match it.group_expr.as_slice() {
            [Expr::GroupingSet(sets)] => sets.distinct_expr().into_iter().cloned().collect(),
            plain => plain.to_vec(),
        };
        let mut out = self.expressions(&groups, it.input.schema(), &below);
        let made = self.expressions(&it.aggr_expr, it.input.schema(), &below);
        // Grouping sets add one column of their own between groups and aggregates.
        let own = it.schema.fields().len().saturating_sub(out.len() + made.len());
        out.extend(std::iter::repeat_n(Sources::default(), own));
        out.extend(made);
        out
    }

    fn join(&mut self, it: &Join) -> Vec<Sources> {
        let (left, right) = (self.plan(&it.left), self.plan(&it.right));
        let scope = Scope { inputs: vec![(it.left.schema().as_ref(), &left), (it.right.schema().as_ref(), &right)] };
        let keys = it.on.iter().flat_map(|(l, r)| [l, r]).chain(it.filter.iter());
        for key in keys {
            let found = self.expression(key, &scope);
            self.indirect.extend(found.direct);
        }
        match it.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => left,
            JoinType::RightSemi | JoinType::RightAnti => right,
            JoinType::LeftMark => left.into_iter().chain([Sources::default()]).collect(),
            JoinType::RightMark => right.into_iter().chain([Sources::default()]).collect(),
            _ => left.into_iter().chain(right).collect(),
        }
    }

    fn unnest(&mut self, it: &Unnest) -> Vec<Sources> {
        let below = self.plan(&it.input);
        it.dependency_indices.iter().map(|index| below.get(*index).cloned().unwrap_or_default()).collect()
    }

    fn recursive(&mut self, it: &RecursiveQuery) -> Vec<Sources> {
        let mut known = self.plan(&it.static_term);
        // Once for what the first step adds, once for what the steps after it carry on between columns.
        for _ in 0..2 {
            let outer = self.recursive.insert(it.name.clone(), known.clone());
            let step = self.plan(&it.recursive_term);
            match outer {
                Some(outer) => self.recursive.insert(it.name.clone(), outer),
                None => self.recursive.remove(&it.name),
            };
            known.iter_mut().zip(&step).for_each(|(column, more)| column.add(more));
        }
        known
    }

    fn decides(&mut self, expressions: &[Expr], schema: &DFSchema, below: &[Sources]) {
        for found in self.expressions(expressions, schema, below) {
            self.indirect.extend(found.direct);
        }
    }

    fn expressions(&mut self, expressions: &[Expr], schema: &DFSchema, below: &[Sources]) -> Vec<Sources> {
        let scope = Scope { inputs: vec![(schema, below)] };
        expressions.iter().map(|expr| self.expression(expr, &scope)).collect()
    }

    fn expression(&mut self, expr: &Expr, scope: &Scope) -> Sources {
        let mut out = Sources::default();
        for column in expr.column_refs() {
            out.direct.extend(scope.find(column).iter().flat_map(|found| found.direct.iter().cloned()));
        }
        let walked = expr.apply(|node| {
            match node {
                Expr::ScalarSubquery(query) => out.direct.extend(self.subquery(query, scope).direct),
                Expr::InSubquery(it) => {
                    let found = self.subquery(&it.subquery, scope);
                    self.indirect.extend(found.direct);
                }
                Expr::Exists(it) => drop(self.subquery(&it.subquery, scope)),
                Expr::SetComparison(it) => out.direct.extend(self.subquery(&it.subquery, scope).direct),
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        walked.expect("the visitor returns no error");
        self.carried(expr, scope, &mut out.carried);
        out
    }

    /// All columns of a subquery together; what it takes from outside decides its rows.
    fn subquery(&mut self, query: &Subquery, scope: &Scope) -> Sources {
        let columns = self.plan(&query.subquery);
        for outer in &query.outer_ref_columns {
            if let Expr::OuterReferenceColumn(_, column) = outer {
                self.indirect.extend(scope.find(column).iter().flat_map(|found| found.direct.iter().cloned()));
            }
        }
        Sources::all(&columns)
    }

    /// The columns whose value the expression may hand on as it is.
    fn carried(&mut self, expr: &Expr, scope: &Scope, out: &mut BTreeSet<Origin>) {
        match expr {
            Expr::Column(column) => {
                out.extend(scope.find(column).iter().flat_map(|found| found.carried.iter().cloned()))
            }
            Expr::Alias(it) => self.carried(&it.expr, scope, out),
            Expr::Cast(it) => self.carried(&it.expr, scope, out),
            Expr::TryCast(it) => self.carried(&it.expr, scope, out),
            Expr::Case(it) => {
                let results = it.when_then_expr.iter().map(|(_, then)| then).chain(it.else_expr.iter());
                results.for_each(|result| self.carried(result, scope, out));
            }
            Expr::BinaryExpr(it) if it.op == Operator::StringConcat => {
                self.carried(&it.left, scope, out);
                self.carried(&it.right, scope, out);
            }
            Expr::ScalarFunction(it) if cuts(it.name()) => {
                it.args.iter().for_each(|arg| self.carried(arg, scope, out));
            }
            Expr::AggregateFunction(it) if hands_on(it.func.name()) => {
                it.params.args.iter().for_each(|arg| self.carried(arg, scope, out));
            }
            Expr::WindowFunction(it) if hands_on(it.fun.name()) => {
                it.params.args.iter().for_each(|arg| self.carried(arg, scope, out));
            }
            Expr::ScalarSubquery(query) => out.extend(self.subquery(query, scope).carried),
            Expr::Unnest(it) => self.carried(&it.expr, scope, out),
            _ => {}
        }
    }
}

/// Scalar functions that give back one of their arguments, or a text or date cut from it.
fn cuts(name: &str) -> bool {
    const NAMES: [&str; 30] = [
        "array_element",
        "btrim",
        "coalesce",
        "concat",
        "concat_ws",
        "date_trunc",
        "greatest",
        "initcap",
        "least",
        "left",
        "lower",
        "lpad",
        "ltrim",
        "make_array",
        "nama_normal",
        "named_struct",
        "nullif",
        "overlay",
        "regexp_match",
        "regexp_replace",
        "replace",
        "reverse",
        "right",
        "rpad",
        "rtrim",
        "split_part",
        "substr",
        "tambah_bulan",
        "translate",
        "upper",
    ];
    NAMES.contains(&name)
}

/// Aggregates and window functions that give back one of the values they were given.
fn hands_on(name: &str) -> bool {
    let name = name.to_lowercase();
    let exact = ["min", "max", "lag", "lead", "array_agg", "string_agg", "any_value", "mode"];
    exact.contains(&name.as_str()) || name.ends_with("_value")
}

#[cfg(test)]
mod tests;
