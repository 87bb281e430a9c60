//! The checked query project: every rule and query of `queries/`, planned before data exists. Refuses a project with a fault.

pub mod fault;
pub mod literal;
pub mod order;
pub mod pairs;
pub mod plan;
pub mod shape;
pub mod source;
pub mod visibility;

pub use plan::{describe, plan};

use crate::analysis::functions::rule::{ParameterFault, Reference};
use crate::analysis::lineage::{Lineage, Origin};
use crate::analysis::project::fault::Known;
use crate::analysis::project::source::Source;
use crate::analysis::rules::Rules;
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::{QueryFile, QueryKind};
use crate::model::release::Severity;
use crate::model::table::Table;
use datafusion::arrow::datatypes::SchemaRef;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Queries and rules that fit each other and the tables of the lake.
#[derive(Debug)]
pub struct Project {
    pub(crate) rules: Arc<Rules>,
    /// Every query after those it reads; checks last.
    pub(crate) queries: Vec<Arc<Query>>,
    /// Tables the queries may read: canonical and engine tables.
    pub(crate) inputs: Vec<Table>,
}

/// One planned query.
#[derive(Debug)]
pub struct Query {
    /// Name of the table it makes, or of the check.
    pub name: String,
    /// What it makes.
    pub kind: QueryKind,
    /// Path relative to the project.
    pub path: String,
    /// Schema of its rows: for a mart as stored, `periode` included.
    pub schema: SchemaRef,
    /// For a mart the table as stored; its key is what its `ORDER BY` names.
    pub table: Option<Table>,
    /// For a check what its rows mean.
    pub severity: Option<Severity>,
    /// Tables it reads itself: canonical, engine, rule tables, staging, marts.
    pub depends_on: BTreeSet<String>,
    /// Parameters it names itself.
    pub parameters_used: BTreeSet<String>,
    /// Where its columns come from, one step back.
    pub lineage: Lineage,
    pub(crate) source: Source,
}

impl Query {
    /// The lines of the comment on top of its file.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.source.head()
    }
}

/// A parameter at one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Value as written.
    pub value: String,
    /// What it sets.
    pub about: String,
    /// Regulation or judgement it comes from.
    pub source: String,
}

/// A row of a rule file whose source nobody has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unconfirmed {
    /// Path of the rule file.
    pub file: String,
    /// Parameter name, or for a code list its table name.
    pub name: String,
    /// What it sets; empty for a code list.
    pub about: String,
    /// What the row gives as its source.
    pub source: String,
}

impl Project {
    /// All queries, every one after those it reads.
    pub fn queries(&self) -> &[Arc<Query>] {
        &self.queries
    }

    /// The marts in building order.
    pub fn marts(&self) -> impl Iterator<Item = &Query> {
        self.queries.iter().map(Arc::as_ref).filter(|query| query.kind == QueryKind::Mart)
    }

    /// The views over marts, as a session takes them.
    pub fn views(&self) -> impl Iterator<Item = &QueryFile> {
        self.queries.iter().filter(|query| query.kind == QueryKind::View).map(|query| &query.source.file)
    }

    /// The checks.
    pub fn checks(&self) -> impl Iterator<Item = &Query> {
        self.queries.iter().map(Arc::as_ref).filter(|query| query.kind == QueryKind::Check)
    }

    /// The tables of the marts, as stored.
    pub fn mart_tables(&self) -> Vec<Table> {
        self.marts().filter_map(|mart| mart.table.clone()).collect()
    }

    /// The query that makes `name`.
    pub fn query(&self, name: &str) -> Option<&Query> {
        self.queries.iter().map(Arc::as_ref).find(|query| query.name == name)
    }

    /// `name` and everything it is computed from: queries, rule tables, tables of the lake.
    pub fn upstream(&self, name: &str) -> BTreeSet<String> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![name.to_string()]);
        while let Some(next) = open.pop() {
            if let Some(query) = self.query(&next) {
                open.extend(query.depends_on.iter().filter(|it| !seen.contains(*it)).cloned());
            }
            seen.insert(next);
        }
        seen
    }

    /// The same rules with only the queries that `names` are computed from, themselves included; no checks.
    pub fn part(&self, names: &BTreeSet<String>) -> Self {
        let wanted: BTreeSet<String> = names.iter().flat_map(|name| self.upstream(name)).collect();
        let queries = self.queries.iter().filter(|it| it.kind != QueryKind::Check && wanted.contains(&it.name));
        Self { rules: self.rules.clone(), queries: queries.cloned().collect(), inputs: self.inputs.clone() }
    }

    /// The columns of tables of the lake and of rule tables that `table.column` is computed from, through staging and marts.
    pub fn trace(&self, table: &str, column: &str) -> BTreeSet<Origin> {
        self.origins(table, column, false)
    }

    /// As [`Self::trace`], with the columns that decide which rows there are on the way: filters, joins, groups.
    pub fn influences(&self, table: &str, column: &str) -> BTreeSet<Origin> {
        self.origins(table, column, true)
    }

    fn origins(&self, table: &str, column: &str, deciding: bool) -> BTreeSet<Origin> {
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![(table.to_string(), column.to_string())];
        while let Some(origin) = open.pop() {
            if !seen.insert(origin.clone()) {
                continue;
            }
            let Some(query) = self.query(&origin.0) else {
                found.insert(origin);
                continue;
            };
            let columns = query.lineage.columns.iter().filter(|(name, _)| *name == origin.1);
            open.extend(columns.flat_map(|(_, sources)| sources.direct.iter().cloned()));
            if deciding {
                open.extend(query.lineage.indirect.iter().cloned());
            }
        }
        found
    }

    /// Rule rows in force at the end of `periode` that `name` rests on, directly or not, and nobody has confirmed.
    pub fn unconfirmed(&self, name: &str, periode: Periode) -> BTreeSet<Unconfirmed> {
        let upstream = self.upstream(name);
        let queries = self.queries.iter().filter(|query| upstream.contains(&query.name));
        let named: BTreeSet<&String> = queries.flat_map(|query| &query.parameters_used).collect();
        let mut found = BTreeSet::new();
        for table in self.rules.tables.values().filter(|table| upstream.contains(&table.name) || !named.is_empty()) {
            let parameters = table.name == crate::analysis::rules::parameter::TABLE;
            if !parameters && !upstream.contains(&table.name) {
                continue;
            }
            for row in table.rows(Some(periode.last_day())) {
                let field = |column: &str| table.field(row, column).unwrap_or_default().to_string();
                let row_name = if parameters { field("name") } else { table.name.clone() };
                let used = !parameters || named.contains(&row_name);
                if used && field("status") == "unconfirmed" {
                    found.insert(Unconfirmed {
                        file: table.path.clone(),
                        name: row_name,
                        about: field("about"),
                        source: field("source"),
                    });
                }
            }
        }
        found
    }

    /// The parameter of this name that holds at the end of `periode`, with what it sets.
    pub fn parameter(&self, name: &str, periode: Periode) -> Option<Setting> {
        let row = self.rules.parameters.iter().find(|row| row.name == name && row.holds(periode))?;
        let table = self.rules.tables.get(crate::analysis::rules::parameter::TABLE)?;
        let record = table.rows(None).find(|record| record.line == row.line)?;
        let about = table.field(record, "about").unwrap_or_default().to_string();
        Some(Setting { value: row.value.clone(), about, source: row.source.clone() })
    }

    /// Header and rows of the rule table `name`, whatever their dates; empty cells are empty.
    pub fn rule_rows(&self, name: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
        let table = self.rules.tables.get(name)?;
        let header: Vec<String> = table.schema.fields().iter().map(|field| field.name().clone()).collect();
        let cells =
            |record| header.iter().map(move |column| table.field(record, column).unwrap_or_default().to_string());
        let rows = table.rows(None).map(|record| cells(record).collect()).collect();
        Some((header, rows))
    }

    /// What keeps the project from running for `periode`: parameters without a row on its last day.
    pub fn problems_at(&self, periode: Periode) -> Vec<Problem> {
        let reference = self.reference(Some(periode));
        let known = Known::default();
        let mut found = Vec::new();
        for query in &self.queries {
            for name in &query.parameters_used {
                if let Err(fault @ ParameterFault::NotValid { .. }) = reference.parameter(name) {
                    found.push(fault::parameter_problem(&query.source, &fault, &known));
                }
            }
        }
        found
    }

    /// The rules at `periode`.
    pub(crate) fn reference(&self, periode: Option<Periode>) -> Arc<Reference> {
        Arc::new(Reference { rules: self.rules.clone(), periode })
    }
}

#[cfg(test)]
mod tests;
