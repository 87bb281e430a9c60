//! A person's read-only session over the tables given to it. Refuses everything but reading, and errors that quote rows.
//!
//! It plans and runs whatever a person types, so it belongs into a process with resource limits and a stack of some 64 MB
//! (`reference/spike.md` §5): a memory pool does not bound planning or scalar functions.

pub mod budget;
pub mod coop;
pub mod ground;
pub mod guard;

use crate::analysis::Error;
use crate::analysis::lineage;
use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::project::fault::{self, Known};
use crate::analysis::project::source::{Source, syntax_error};
use crate::analysis::user::ground::Words;
use crate::analysis::view::View;
use crate::model::problem::Problem;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::information_schema::INFORMATION_SCHEMA;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast;
use futures::{Stream, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::OnceCell;

pub use crate::analysis::user::ground::Ground;

/// Rows of a result; an error ends them.
pub type Rows = Pin<Box<dyn Stream<Item = Result<RecordBatch, Error>> + Send>>;

/// A session one person reads through.
pub struct UserSession {
    context: SessionContext,
    tables: BTreeSet<String>,
    /// Planned when a statement first names them.
    views: Vec<(Arc<View>, OnceCell<()>)>,
    words: Arc<Words>,
}

/// A statement that may run.
pub struct Prepared {
    /// Schema of its rows.
    pub schema: SchemaRef,
    /// What it reads: columns by table, those of filters and joins included; for the audit.
    pub reads: BTreeMap<String, BTreeSet<String>>,
    plan: Arc<dyn ExecutionPlan>,
}

impl UserSession {
    fn new(context: SessionContext, tables: BTreeSet<String>, views: Vec<Arc<View>>, words: Arc<Words>) -> Self {
        let views = views.into_iter().map(|view| (view, OnceCell::new())).collect();
        Self { context, tables, views, words }
    }

    /// Names of the tables the session can read.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(String::as_str)
    }

    /// Plans one statement: `SELECT`, `WITH`, `VALUES`, `EXPLAIN` of these, `SHOW TABLES`, `DESCRIBE table`.
    ///
    /// # Errors
    /// When it is of another kind, too large to plan safely, or does not fit the tables.
    pub async fn prepare(&self, sql: &str) -> Result<Prepared, Error> {
        let statement = self.parse(sql)?;
        self.open_views(&statement).await?;
        let again = statement.clone();
        let wrong = |error: DataFusionError| {
            statement_error(fault::problems(&error, &Source::typed(sql, again.clone()), &self.known()))
        };
        let state = self.context.state();
        let logical = state.statement_to_plan(statement).await.map_err(wrong)?;
        guard::verify(&logical, &self.tables)?;
        let plan = state.create_physical_plan(&logical).await.map_err(wrong)?;
        Ok(Prepared { schema: plan.schema(), reads: reads(&logical), plan })
    }

    /// Runs a prepared statement. With one thread the same tables give the same bytes.
    ///
    /// # Errors
    /// When it cannot start.
    pub fn execute(&self, prepared: &Prepared) -> Result<Rows, Error> {
        let failed = |error: DataFusionError| Error::Running { reason: mask::reason(&error) };
        let rows = execute_stream(in_order(prepared.plan.clone()), self.context.task_ctx()).map_err(failed)?;
        Ok(Box::pin(rows.map(move |batch| batch.map_err(failed))))
    }

    /// Plans and runs one statement.
    ///
    /// # Errors
    /// As [`Self::prepare`] and [`Self::execute`].
    pub async fn query(&self, sql: &str) -> Result<(SchemaRef, Rows), Error> {
        let prepared = self.prepare(sql).await?;
        Ok((prepared.schema.clone(), self.execute(&prepared)?))
    }

    /// Whether the statement names a table that is not there for this person.
    ///
    /// # Errors
    /// When it cannot be read as SQL.
    pub fn lacks_a_table(&self, sql: &str) -> Result<bool, Error> {
        let statement = self.parse(sql)?;
        let unread = |_| Error::Statement { line: 0, what: "its tables cannot be told".into(), hint: None };
        let (named, _) = resolve_table_references(&statement, true).map_err(unread)?;
        Ok(named.iter().any(|it| !self.tables.contains(it.table())))
    }

    /// Plans the views that `statement` reads, below others too; all of them where it reads the catalogue, which shows their columns.
    async fn open_views(&self, statement: &Statement) -> Result<(), Error> {
        let named = resolve_table_references(statement, true).ok().filter(|_| is_query(statement));
        let own = |it: &TableReference| it.schema().is_none_or(|schema| schema != INFORMATION_SCHEMA);
        let mut wanted = match named {
            Some((named, _)) if named.iter().all(own) => named.iter().map(|it| it.table().to_string()).collect(),
            _ => self.tables.clone(),
        };
        for (view, _) in self.views.iter().rev() {
            if wanted.contains(view.name()) {
                wanted.extend(view.reads().iter().cloned());
            }
        }
        for (view, open) in self.views.iter().filter(|(view, _)| wanted.contains(view.name())) {
            open.get_or_try_init(|| view.open(&self.context)).await?;
        }
        Ok(())
    }

    fn known(&self) -> Known {
        let Words { functions, parameters } = self.words.as_ref();
        Known { functions: functions.clone(), parameters: parameters.clone(), tables: self.tables.clone() }
    }

    fn parse(&self, sql: &str) -> Result<Statement, Error> {
        budget::tokens(sql)?;
        let parsed = DFParserBuilder::new(sql).build().and_then(|mut parser| parser.parse_statements());
        let mut statements = parsed.map_err(|error| match error.find_root() {
            DataFusionError::SQL(error, _) => {
                let (line, what) = syntax_error(error, sql);
                Error::Statement { line, what, hint: None }
            }
            _ => Error::Statement { line: 0, what: "no SQL".into(), hint: None },
        })?;
        match (statements.pop_front(), statements.is_empty()) {
            (Some(statement), true) => {
                budget::shape(&statement)?;
                guard::allowed(statement)
            }
            (None, _) => Err(Error::Statement { line: 0, what: "there is no statement".into(), hint: None }),
            (Some(_), false) => {
                Err(Error::Refused { what: "more than one statement".into(), hint: "send them one by one" })
            }
        }
    }
}

/// Whether what it reads stands in its text: a statement about the catalogue reads what it does not name.
fn is_query(statement: &Statement) -> bool {
    let inner = match statement {
        Statement::Explain(explain) => explain.statement.as_ref(),
        other => other,
    };
    matches!(inner, Statement::Statement(inner) if matches!(inner.as_ref(), ast::Statement::Query(_)))
}

fn statement_error(problems: Vec<Problem>) -> Error {
    let first = problems.into_iter().next();
    first.map_or(Error::Running { reason: mask::Reason::Engine }, |it| Error::Statement {
        line: it.line,
        what: it.what,
        hint: it.hint,
    })
}

/// Columns by table; a table that is only counted has none.
fn reads(plan: &LogicalPlan) -> BTreeMap<String, BTreeSet<String>> {
    let inner = match plan {
        LogicalPlan::Explain(explain) => explain.plan.as_ref(),
        other => other,
    };
    let mut reads: BTreeMap<String, BTreeSet<String>> =
        guard::scans(inner).into_iter().map(|name| (name, BTreeSet::new())).collect();
    let lineage = lineage::of(inner);
    let direct = lineage.columns.into_iter().flat_map(|(_, sources)| sources.direct);
    for (table, column) in direct.chain(lineage.indirect) {
        reads.entry(table).or_default().insert(column);
    }
    reads
}

#[cfg(test)]
mod tests;
