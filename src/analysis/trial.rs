//! Questions to the marts of tables made by hand, for tests of queries. Refuses to build what no question reads.

use crate::analysis::build::{BuildOptions, MartSink, SinkError, build, register, stage};
use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::project::Project;
use crate::analysis::project::fault::{Known, problems};
use crate::analysis::project::source::Source;
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::QueryFile;
use crate::model::table::Table;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::physical_plan::collect;
use datafusion::prelude::SessionContext;
use std::collections::BTreeSet;

/// What a question gave: rows, or the problems of its text with lines counted from its first line.
pub type Answer = Result<RecordBatch, Vec<Problem>>;

/// Builds what `questions` read from `inputs` for `periode`, and answers each.
///
/// # Errors
/// When a query of the project fails, or a question fails while it runs.
pub async fn ask(
    project: &Project,
    inputs: &Providers,
    periode: Periode,
    options: &BuildOptions,
    questions: &[QueryFile],
) -> Result<Vec<Answer>, Error> {
    let parsed: Vec<_> = questions.iter().map(Source::parse).collect();
    let reads: BTreeSet<String> = parsed.iter().flatten().flat_map(|source| source.reads.iter().cloned()).collect();
    let part = project.part(&reads);
    let built = build(&part, inputs, periode, options, &mut Unkept).await?;
    let context = stage(&part, inputs, periode, options)?;
    for (name, table) in &built.tables {
        register(&context, name, table.clone())?;
    }
    for (name, table) in inputs.iter().filter(|(name, _)| reads.contains(*name)) {
        if !context.table_exist(name.as_str()).unwrap_or(false) {
            register(&context, name, table.clone())?;
        }
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

/// The marts are read from the build itself.
struct Unkept;

#[async_trait]
impl MartSink for Unkept {
    async fn begin(&mut self, _table: &Table) -> Result<(), SinkError> {
        Ok(())
    }

    async fn write(&mut self, _batch: RecordBatch) -> Result<(), SinkError> {
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
