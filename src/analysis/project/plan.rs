//! Planning a whole project against empty tables: all problems at once, or queries in building order. Refuses data.

use crate::analysis::functions::rule::{LOOKUPS, ParameterFault, Reference, literal_name};
use crate::analysis::lineage;
use crate::analysis::project::fault::{Known, parameter_problem, problem, problems};
use crate::analysis::project::order;
use crate::analysis::project::pairs::Small;
use crate::analysis::project::shape::{self, Classes};
use crate::analysis::project::source::Source;
use crate::analysis::project::visibility::Persons;
use crate::analysis::project::{Project, Query};
use crate::analysis::rules::Rules;
use crate::analysis::session;
use crate::model::problem::Problem;
use crate::model::query::{QueryFile, QueryKind, RuleFile};
use crate::model::release::Severity;
use crate::model::table::{Class, Table};
use datafusion::common::TableReference;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::prelude::SessionContext;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The mark a check carries on its first comment line.
const SEVERITY: &str = "tingkat";

/// Plans every query of a project against the schemas of `tables` (canonical and engine tables), the rules and each other.
///
/// # Errors
/// All problems of all files, sorted by file and line, when there is one.
pub async fn plan(files: &[QueryFile], rules: &[RuleFile], tables: &[Table]) -> Result<Project, Vec<Problem>> {
    planned(files, rules, tables, true).await
}

/// As [`plan`] for those who only want to know what the tables are: columns, levels, lineage. Whether each query can be run is not asked,
/// which takes more than half of the time.
///
/// # Errors
/// As [`plan`], but for queries that can be planned and not run.
pub async fn describe(files: &[QueryFile], rules: &[RuleFile], tables: &[Table]) -> Result<Project, Vec<Problem>> {
    planned(files, rules, tables, false).await
}

async fn planned(
    files: &[QueryFile],
    rules: &[RuleFile],
    tables: &[Table],
    to_run: bool,
) -> Result<Project, Vec<Problem>> {
    let (rules, mut found) = Rules::read(rules);
    let mut sources = Vec::new();
    for file in files {
        match Source::parse(file) {
            Ok(source) => sources.push(source),
            Err(problem) => found.push(*problem),
        }
    }
    let lake: order::Taken = tables.iter().map(|table| (table.name.clone(), "a table of the lake")).collect();
    found.extend(order::rule_names(&rules, &lake));
    let mut taken = lake;
    taken.extend(rules.schemas().into_keys().map(|name| (name, "a rule table")));
    let doubled = order::duplicates(&sources, &taken);
    sources.retain(|source| !doubled.iter().any(|problem| problem.file == source.file.path));
    found.extend(doubled);
    // A file that is no SQL still makes its name: who reads it is not at fault.
    let sound: BTreeSet<&str> = sources.iter().map(|source| source.file.name.as_str()).collect();
    let broken = files.iter().filter(|file| !sound.contains(file.name.as_str()));
    taken.extend(broken.map(|file| (file.name.clone(), "a file with a fault")));
    let mut planner = Planner::new(Arc::new(rules), tables, to_run);
    found.extend(order::unknown(&sources, &taken, &planner.table_functions));
    let (ordered, circles) = order::sorted(sources);
    found.extend(circles);
    for source in ordered {
        found.extend(planner.add(source).await);
    }
    while let Some(told) = planner.runnable.join_next().await {
        match told {
            Ok(problems) => found.extend(problems),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
    if found.is_empty() {
        return Ok(Project {
            rules: planner.reference.rules.clone(),
            queries: planner.queries,
            inputs: tables.to_vec(),
        });
    }
    found.sort();
    found.dedup();
    Err(found)
}

struct Planner {
    context: SessionContext,
    reference: Arc<Reference>,
    known: Arc<Known>,
    classes: Classes,
    persons: Persons,
    small: Small,
    /// The engine's own; a query that reads one reads no table.
    table_functions: BTreeSet<String>,
    to_run: bool,
    queries: Vec<Arc<Query>>,
    /// What is wrong with queries that can be planned and not run.
    runnable: JoinSet<Vec<Problem>>,
}

impl Planner {
    fn new(rules: Arc<Rules>, tables: &[Table], to_run: bool) -> Self {
        let context = SessionContext::new_with_config(session::config(1));
        let reference = Arc::new(Reference { rules, periode: None });
        session::register_functions(&context, &reference);
        let table_functions = context.state().table_functions().keys().cloned().collect();
        let mut planner = Self {
            context,
            reference,
            known: Arc::default(),
            classes: Classes::new(),
            persons: Persons::default(),
            small: Small::default(),
            table_functions,
            to_run,
            queries: Vec::new(),
            runnable: JoinSet::new(),
        };
        for (name, schema) in planner.reference.rules.schemas() {
            planner.register(&name, schema);
            planner.small.add(name);
        }
        for table in tables {
            planner.register(&table.name, table.schema());
            planner.classify(table);
            planner.persons.of_table(table);
        }
        let state = planner.context.state();
        let built_in = ["unnest", "grouping", "struct"].map(String::from);
        planner.known = Arc::new(Known {
            functions: (state.scalar_functions().keys().chain(state.aggregate_functions().keys()))
                .chain(state.window_functions().keys())
                .chain(state.higher_order_functions().keys())
                .cloned()
                .chain(built_in)
                .collect(),
            parameters: planner.reference.rules.parameters.iter().map(|row| row.name.clone()).collect(),
            tables: BTreeSet::new(),
        });
        planner
    }

    fn register(&self, name: &str, schema: datafusion::arrow::datatypes::SchemaRef) {
        // A name that is taken twice has been told of; the first holder keeps it.
        let _ = self.context.register_table(TableReference::bare(name), session::empty(schema));
    }

    fn classify(&mut self, table: &Table) {
        let marked = table.columns.iter().filter(|column| column.class != Class::Open);
        self.classes.extend(marked.map(|column| ((table.name.clone(), column.name.clone()), column.class)));
    }

    /// Plans one query whose inputs stand; nothing to say when an input has a fault of its own.
    async fn add(&mut self, source: Source) -> Vec<Problem> {
        for name in &source.reads {
            let missing = !self.context.table_exist(TableReference::bare(name.as_str())).unwrap_or(false);
            if missing && !self.table_functions.contains(name) {
                return vec![];
            }
        }
        let state = self.context.state();
        let plan = match state.statement_to_plan(source.statement.clone()).await {
            Ok(plan) => plan,
            Err(error) => return problems(&error, &source, &self.known),
        };
        let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        if reading.verify_plan(&plan).is_err() {
            let hint = Some("a query file only reads; its rows are stored by the engine".to_string());
            return vec![problem(&source, 1, "the statement changes something".into(), hint)];
        }
        let (parameters_used, mut found) = self.parameters(&plan, &source);
        let mut optimised = None;
        if self.to_run && found.is_empty() {
            match state.optimize(&plan) {
                Ok(better) => {
                    found.extend(self.small.all_pairs(&source, &better));
                    self.small.add_query(&source.file.name, &better);
                    optimised = Some(better);
                }
                Err(error) => found.extend(problems(&error, &source, &self.known)),
            }
        }
        let severity = if source.file.kind == QueryKind::Check { severity(&source, &mut found) } else { None };
        if source.makes_table() {
            found.extend(shape::doubled(&source, &plan));
        }
        let lineage = lineage::of(&plan);
        let mut table = None;
        let mut schema = shape::plain(plan.schema().as_arrow());
        found.extend(self.misplaced(&source));
        if matches!(source.file.kind, QueryKind::Mart | QueryKind::View) {
            let (stored, wrong) = shape::mart(&source, &plan, &lineage, &self.classes);
            found.extend(wrong);
            found.extend(self.persons.check(&source, &stored, &lineage));
            schema = stored.schema();
            table = Some(stored);
        }
        if source.makes_table() {
            self.register(&source.file.name, schema.clone());
            self.carry_classes(&source, &lineage);
            self.persons.of_query(&source.file.name, &lineage);
        }
        let file = &source.file;
        let query = Arc::new(Query {
            name: file.name.clone(),
            kind: file.kind,
            path: file.path.clone(),
            schema,
            table,
            severity,
            depends_on: source.reads.difference(&self.table_functions).cloned().collect(),
            parameters_used,
            lineage,
            source,
        });
        // Whether it can be run is looked at beside the planning of the queries after it.
        if let Some(optimised) = optimised {
            let (query, known) = (query.clone(), self.known.clone());
            self.runnable.spawn(async move {
                match state.query_planner().create_physical_plan(&optimised, &state).await {
                    Ok(_) => vec![],
                    Err(error) => problems(&error, &query.source, &known),
                }
            });
        }
        self.queries.push(query);
        found
    }

    /// A view stands above the marts: it reads nothing else but rule tables, and no build or check reads it.
    fn misplaced(&self, source: &Source) -> Vec<Problem> {
        let made = |name: &str| self.queries.iter().find(|query| query.name == name).map(|query| query.kind);
        let rule = |name: &str| self.reference.rules.schemas().contains_key(name);
        let view = source.file.kind == QueryKind::View;
        let wrong = source.reads.iter().filter(|name| match made(name) {
            Some(kind) => (kind == QueryKind::View) || (view && kind != QueryKind::Mart),
            None => view && !rule(name),
        });
        let told = wrong.map(|name| {
            let (what, hint) = if view {
                (format!("a view reads `{name}`, which is no mart"), "a view reads marts and rule tables")
            } else {
                (format!("`{name}` is a view"), "views are read by people and reports; read the marts below it")
            };
            problem(source, source.line_of(None, name), what, Some(hint.into()))
        });
        told.collect()
    }

    /// Columns that hand on a classified value are of its class.
    fn carry_classes(&mut self, source: &Source, lineage: &lineage::Lineage) {
        for (column, sources) in &lineage.columns {
            if let Some(class) = sources.carried.iter().filter_map(|origin| self.classes.get(origin)).max().copied() {
                self.classes.insert((source.file.name.clone(), column.clone()), class);
            }
        }
    }

    /// The parameters a plan names, and what is wrong with them.
    fn parameters(&self, plan: &LogicalPlan, source: &Source) -> (BTreeSet<String>, Vec<Problem>) {
        let (mut names, mut faults) = (BTreeSet::new(), Vec::new());
        let mut look = |expr: &Expr| {
            if let Expr::ScalarFunction(call) = expr
                && let Some(function) = LOOKUPS.iter().find(|name| **name == call.name())
            {
                match literal_name(&call.args) {
                    Some(name) => drop(names.insert(name.to_string())),
                    None => faults.push(ParameterFault::NotALiteral { function }),
                }
            }
        };
        let walked = plan.apply_with_subqueries(|node| {
            node.apply_expressions(|expr| {
                expr.apply(|inner| {
                    look(inner);
                    Ok(TreeNodeRecursion::Continue)
                })
            })
        });
        walked.expect("the visitor returns no error");
        faults.extend(names.iter().filter_map(|name| self.reference.parameter(name).err()));
        (names, faults.iter().map(|fault| parameter_problem(source, fault, &self.known)).collect())
    }
}

/// What a check's rows mean, from the first line of its comment.
fn severity(source: &Source, found: &mut Vec<Problem>) -> Option<Severity> {
    let marked = source.head().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == SEVERITY);
    let severity = match marked.map(|(_, value)| value.trim()) {
        Some("GAGAL") => Some(Severity::Gagal),
        Some("PERINGATAN") => Some(Severity::Peringatan),
        _ => None,
    };
    if severity.is_none() {
        let hint = Some(format!("begin the file with `-- {SEVERITY}: GAGAL` or `-- {SEVERITY}: PERINGATAN`"));
        found.push(problem(source, 1, "a check does not say what its rows mean".into(), hint));
    }
    severity
}
