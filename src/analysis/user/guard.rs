//! What a person's statement may be: kinds of statements, plan nodes, tables, functions. Refuses all that is not listed.

use crate::analysis::Error;
use crate::analysis::functions::suppression;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast;
use std::collections::BTreeSet;

/// What may run, in words.
const HINT: &str = "one SELECT, WITH, VALUES, EXPLAIN, SHOW TABLES or DESCRIBE may run";

/// Views of the catalogue that show only the person's own tables. `df_settings`, `views` and `routines` are not among them.
const CATALOGUE: [&str; 3] = ["information_schema.tables", "information_schema.columns", "information_schema.schemata"];

/// `SHOW TABLES`, without the catalogue's own views.
const TABLES: &str =
    "SELECT table_name AS tabel FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name";

/// Functions that show paths or the inside of files, or make arrays and texts of any size out of a number.
const NOT_FOR_USERS: [&str; 12] = [
    "input_file_name",
    "file_row_index",
    "arrow_metadata",
    "repeat",
    "array_repeat",
    "list_repeat",
    "array_resize",
    "list_resize",
    "range",
    "generate_series",
    "lpad",
    "rpad",
];

/// The statement, if it is of a kind that may run.
pub fn allowed(statement: Statement) -> Result<Statement, Error> {
    let refused = |what: &str| Err(Error::Refused { what: format!("{what} may not run here"), hint: HINT });
    match &statement {
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(_) | ast::Statement::ShowColumns { .. } => Ok(statement),
            ast::Statement::ExplainTable { .. } => Ok(statement),
            ast::Statement::ShowTables { .. } => {
                let parsed = DFParserBuilder::new(TABLES).build().and_then(|mut parser| parser.parse_statement());
                Ok(parsed.expect("the statement above is SQL"))
            }
            other => refused(&first_word(&other.to_string())),
        },
        Statement::Explain(explain) if explain.options.analyze || explain.options.verbose => {
            refused("EXPLAIN ANALYZE or VERBOSE")
        }
        Statement::Explain(explain) => match explain.statement.as_ref() {
            Statement::Statement(inner) if matches!(inner.as_ref(), ast::Statement::Query(_)) => Ok(statement),
            _ => refused("EXPLAIN of this"),
        },
        Statement::CreateExternalTable(_) => refused("CREATE EXTERNAL TABLE"),
        Statement::CopyTo(_) => refused("COPY"),
        Statement::Reset(_) => refused("RESET"),
    }
}

fn first_word(statement: &str) -> String {
    statement.split_whitespace().next().unwrap_or("this").to_uppercase()
}

/// Checks the plan, which is what runs: its nodes and the tables it scans.
pub fn verify(plan: &LogicalPlan, tables: &BTreeSet<String>) -> Result<(), Error> {
    let refused = |what: String| Error::Refused { what, hint: HINT };
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reading.verify_plan(plan).map_err(|_| refused("a statement that changes something may not run here".into()))?;
    let mut unknown = None;
    walk(plan, |node| {
        let reads = matches!(
            node,
            LogicalPlan::Projection(_)
                | LogicalPlan::Filter(_)
                | LogicalPlan::Window(_)
                | LogicalPlan::Aggregate(_)
                | LogicalPlan::Sort(_)
                | LogicalPlan::Join(_)
                | LogicalPlan::Repartition(_)
                | LogicalPlan::Union(_)
                | LogicalPlan::TableScan(_)
                | LogicalPlan::EmptyRelation(_)
                | LogicalPlan::Subquery(_)
                | LogicalPlan::SubqueryAlias(_)
                | LogicalPlan::Limit(_)
                | LogicalPlan::Values(_)
                | LogicalPlan::Explain(_)
                | LogicalPlan::Distinct(_)
                | LogicalPlan::DescribeTable(_)
                | LogicalPlan::Unnest(_)
                | LogicalPlan::RecursiveQuery(_)
        );
        if !reads {
            unknown = Some("a step that is no reading may not run here".to_string());
        }
    });
    let recursive = recursive_names(plan);
    for name in scans(plan) {
        let own = tables.contains(&name) || recursive.contains(&name) || CATALOGUE.contains(&name.as_str());
        if !own {
            unknown = Some(format!("table `{name}` may not be read here"));
        }
    }
    unknown.map_or(Ok(()), |what| Err(refused(what)))
}

/// Names of everything a plan scans, subqueries included; a schema other than the default one stays in the name.
pub fn scans(plan: &LogicalPlan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    walk(plan, |node| {
        if let LogicalPlan::TableScan(scan) = node {
            let schema = scan.table_name.schema().filter(|schema| *schema != "public");
            let table = scan.table_name.table();
            names.insert(schema.map_or_else(|| table.to_string(), |schema| format!("{schema}.{table}")));
        }
    });
    names
}

fn recursive_names(plan: &LogicalPlan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    walk(plan, |node| {
        if let LogicalPlan::RecursiveQuery(it) = node {
            names.insert(it.name.clone());
        }
    });
    names
}

fn walk(plan: &LogicalPlan, mut see: impl FnMut(&LogicalPlan)) {
    let walked = plan.apply_with_subqueries(|node| {
        see(node);
        Ok(TreeNodeRecursion::Continue)
    });
    walked.expect("the visitor returns no error");
}

/// Takes away what a person has no use for: functions over files and memory, and all table functions.
pub fn remove_functions(context: &SessionContext) {
    NOT_FOR_USERS.iter().for_each(|name| context.deregister_udf(name));
    context.deregister_udwf(suppression::NAME);
    let names: Vec<String> = context.state().table_functions().keys().cloned().collect();
    names.iter().for_each(|name| context.deregister_udtf(name));
}

/// Names of all functions a session knows.
pub fn functions(state: &SessionState) -> BTreeSet<String> {
    let scalar = state.scalar_functions().keys().chain(state.higher_order_functions().keys());
    let names = scalar.chain(state.aggregate_functions().keys()).chain(state.window_functions().keys());
    names.cloned().chain(["unnest", "grouping", "struct"].map(String::from)).collect()
}
