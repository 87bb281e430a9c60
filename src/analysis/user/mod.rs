//! A person's read-only session over the tables given to it. Refuses everything but reading, and errors that quote rows.
//!
//! It plans and runs whatever a person types, so it belongs into a process with resource limits and a stack of some 64 MB
//! (`reference/spike.md` §5): a memory pool does not bound planning or scalar functions.

pub mod budget;
pub mod coop;
pub mod guard;
pub mod views;

use crate::analysis::build::register;
use crate::analysis::functions::rule::Reference;
use crate::analysis::lineage;
use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::project::fault::{self, Known};
use crate::analysis::project::source::{Source, syntax_error};
use crate::analysis::rules::Rules;
use crate::analysis::session;
use crate::analysis::{Error, Providers};
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::RuleFile;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use futures::{Stream, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;

/// Rows of a result; an error ends them.
pub type Rows = Pin<Box<dyn Stream<Item = Result<RecordBatch, Error>> + Send>>;

/// A session one person reads through.
pub struct UserSession {
    context: SessionContext,
    known: Known,
    tables: BTreeSet<String>,
}

/// A statement that may run.
pub struct Prepared {
    /// Schema of its rows.
    pub schema: SchemaRef,
    /// What it reads: columns by table, those of filters and joins included; for the audit.
    pub reads: BTreeMap<String, BTreeSet<String>>,
    plan: Arc<dyn ExecutionPlan>,
}

/// A session over `providers` (already under the person's policy) and the rule tables, with the rules at `periode`.
///
/// # Errors
/// When the rules have faults or the runtime cannot be set up.
pub async fn user_session(
    providers: &Providers,
    rules: &[RuleFile],
    periode: Periode,
    limits: &Limits,
    threads: usize,
) -> Result<UserSession, Error> {
    let (rules, problems) = Rules::read(rules);
    if !problems.is_empty() {
        return Err(Error::Project { problems });
    }
    let setup = |error: DataFusionError| Error::Session { reason: mask::reason(&error) };
    let memory = usize::try_from(limits.query_memory_bytes_max).unwrap_or(usize::MAX);
    let runtime = session::runtime(memory, None).map_err(setup)?;
    let config = session::config(threads).with_information_schema(true);
    let plain = session::deterministic(SessionContext::new_with_config_rt(config, runtime));
    let state =
        SessionStateBuilder::new_from_existing(plain.state()).with_physical_optimizer_rule(Arc::new(coop::CoopJoins));
    let context = SessionContext::new_with_state(state.build());
    let reference = Arc::new(Reference { rules: Arc::new(rules), periode: Some(periode) });
    session::register_functions(&context, &reference);
    guard::remove_functions(&context);
    let mut tables = session::rule_tables(&reference, periode).map_err(setup)?;
    tables.extend(providers.iter().map(|(name, table)| (name.clone(), table.clone())));
    for (name, table) in &tables {
        register(&context, name, table.clone())?;
    }
    let tables: BTreeSet<String> = tables.into_keys().collect();
    let parameters = reference.rules.parameters.iter().map(|row| row.name.clone()).collect();
    let known = Known { functions: guard::functions(&context.state()), parameters, tables: tables.clone() };
    Ok(UserSession { context, known, tables })
}

impl UserSession {
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
        let source = Source::typed(sql, statement.clone());
        let wrong = |error: DataFusionError| statement_error(fault::problems(&error, &source, &self.known));
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
        let named = self.context.state().resolve_table_references(&statement).map_err(unread)?;
        Ok(named.iter().any(|it| !self.tables.contains(it.table())))
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
