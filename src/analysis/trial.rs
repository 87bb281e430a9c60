//! Questions to the marts of tables made by hand, for tests of queries. Refuses to build what no question reads.

use crate::analysis::build::{BuildOptions, MartSink, SinkError, build, register, stage};
use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::project::Project;
use crate::analysis::project::fault::{Known, problems};
use crate::analysis::project::source::Source;
use crate::analysis::view;
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::QueryFile;
use crate::model::table::Table;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::physical_plan::collect;
use datafusion::prelude::SessionContext;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a question gave: rows, or the problems of its text with lines counted from its first line.
pub type Answer = Result<RecordBatch, Vec<Problem>>;

/// Builds what `questions` read from `inputs` for the last of `months`, and answers each. Marts of earlier months stand
/// beside it, as in a release, for views and for questions that name their month.
///
/// # Errors
/// When a query of the project fails, or a question fails while it runs.
pub async fn ask(
    project: &Project,
    inputs: &Providers,
    months: &[Periode],
    options: &BuildOptions,
    questions: &[QueryFile],
) -> Result<Vec<Answer>, Error> {
    let Some((periode, earlier)) = months.split_last() else { return Ok(Vec::new()) };
    let parsed: Vec<_> = questions.iter().map(Source::parse).collect();
    let reads: BTreeSet<String> = parsed.iter().flatten().flat_map(|source| source.reads.iter().cloned()).collect();
    let part = project.part(&reads);
    let mut kept = Kept::default();
    for month in earlier {
        build(&part, inputs, *month, options, &mut kept).await?;
    }
    let built = build(&part, inputs, *periode, options, &mut kept).await?;
    let context = stage(&part, inputs, *periode, options)?;
    for (name, table) in &built.tables {
        let table = if earlier.is_empty() { table.clone() } else { kept.table(name, table)? };
        register(&context, name, table)?;
    }
    for (name, table) in inputs.iter().filter(|(name, _)| reads.contains(*name)) {
        if !context.table_exist(name.as_str()).unwrap_or(false) {
            register(&context, name, table.clone())?;
        }
    }
    let views: Vec<QueryFile> = part.views().cloned().collect();
    let state = context.state();
    let names = &state.config_options().catalog;
    let schema = context.catalog(&names.default_catalog).and_then(|it| it.schema(&names.default_schema));
    let mut there = schema.map(|it| it.table_names()).unwrap_or_default().into_iter().collect();
    for view in view::readable(&view::parse(&views)?, &mut there) {
        view.open(&context).await?;
    }
    let mut answers = Vec::new();
    for source in parsed {
        answers.push(match source {
            Ok(source) => answer(&context, &source).await?,
            Err(problem) => Err(vec![*problem]),
        });
    }
    Ok(answers)
}

async fn answer(context: &SessionContext, source: &Source) -> Result<Answer, Error> {
    let state = context.state();
    let planned = async {
        let plan = state.statement_to_plan(source.statement.clone()).await?;
        state.create_physical_plan(&plan).await
    };
    let plan = match planned.await {
        Ok(plan) => in_order(plan),
        Err(error) => return Ok(Err(problems(&error, source, &Known::default()))),
    };
    let failed = |reason| Error::Query { name: source.file.name.clone(), path: source.file.path.clone(), reason };
    let schema = plan.schema();
    let rows = collect(plan, context.task_ctx()).await.map_err(|error| failed(mask::reason(&error)))?;
    concat_batches(&schema, &rows).map(Ok).map_err(|error| failed(mask::arrow_reason(&error)))
}

/// The marts of every month of a trial, small as hand-made tables are.
#[derive(Default)]
struct Kept {
    marts: BTreeMap<String, Vec<RecordBatch>>,
    open: String,
}

impl Kept {
    /// The rows of all months for a mart; a staging table as it was built last.
    fn table(&self, name: &str, last: &Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>, Error> {
        let Some(rows) = self.marts.get(name) else { return Ok(last.clone()) };
        let table = MemTable::try_new(last.schema(), vec![rows.clone()]);
        Ok(Arc::new(table.map_err(|error| Error::Session { reason: mask::reason(&error) })?))
    }
}

#[async_trait]
impl MartSink for Kept {
    async fn begin(&mut self, table: &Table) -> Result<(), SinkError> {
        self.open.clone_from(&table.name);
        self.marts.entry(table.name.clone()).or_default();
        Ok(())
    }

    async fn write(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.marts.entry(self.open.clone()).or_default().push(batch);
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
