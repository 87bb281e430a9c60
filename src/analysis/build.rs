//! Building the marts of one month: every query in order, rows streamed to a sink and kept for the queries after it.
//! Refuses to keep a mart in memory.

use crate::analysis::mask;
use crate::analysis::ordered::in_order;
use crate::analysis::project::{Project, Query};
use crate::analysis::scratch::{ScratchTable, ScratchWriter};
use crate::analysis::session;
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::query::QueryKind;
use crate::model::table::Table;
use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Most scratch space one build may fill with spilled rows.
const SPILL_BYTES_MAX: u64 = 64 << 30;

/// What a build may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOptions {
    /// Memory pool all queries share.
    pub memory_bytes: usize,
    /// Folder for spilled rows and built tables; it must be there, and files in it are overwritten.
    pub scratch_dir: PathBuf,
    /// Most queries that run at the same time; each is one partition, so that no sum of doubles depends on timing.
    pub threads: usize,
}

/// Why a sink took no rows, in its own words.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Where the rows of a mart go: marts one after the other in building order, rows in the order of the mart's key.
#[async_trait]
pub trait MartSink: Send {
    /// A mart begins.
    async fn begin(&mut self, table: &Table) -> Result<(), SinkError>;
    /// Rows of the mart that began, with its stored schema.
    async fn write(&mut self, batch: RecordBatch) -> Result<(), SinkError>;
    /// All rows of the mart were written.
    async fn finish(&mut self) -> Result<(), SinkError>;
}

/// One built table.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Query that made it.
    pub name: String,
    /// Staging or mart.
    pub kind: QueryKind,
    /// Rows.
    pub rows: u64,
    /// How long it took.
    pub seconds: f64,
}

/// What a build made.
#[derive(Debug)]
pub struct Built {
    /// Every table built, in order.
    pub steps: Vec<Step>,
    /// The built tables, for checks; their files go with the last holder.
    pub tables: Providers,
}

/// Builds every staging table and mart of `project` for `periode` from `inputs` (canonical and engine tables).
///
/// # Errors
/// When a parameter has no row on the date, an input is missing, a query fails, or the sink refuses. No row that was
/// written before may then be published.
pub async fn build(
    project: &Project,
    inputs: &Providers,
    periode: Periode,
    options: &BuildOptions,
    sink: &mut dyn MartSink,
) -> Result<Built, Error> {
    let context = stage(project, inputs, periode, options)?;
    let mut waiting: Vec<Arc<Query>> = project.queries().iter().filter(|it| it.kind.is_built()).cloned().collect();
    let mut unsent: VecDeque<Arc<Query>> = waiting.iter().cloned().collect();
    let mut unbuilt: BTreeSet<String> = waiting.iter().map(|query| query.name.clone()).collect();
    let mut running = JoinSet::new();
    let mut finished: BTreeMap<String, (Arc<ScratchTable>, Step)> = BTreeMap::new();
    let mut built = Built { steps: Vec::new(), tables: Providers::new() };
    loop {
        while running.len() < options.threads.max(1) {
            let free = |query: &Arc<Query>| query.depends_on.iter().all(|name| !unbuilt.contains(name));
            let Some(next) = waiting.iter().position(free) else { break };
            running.spawn(one(context.clone(), waiting.remove(next), periode, options.scratch_dir.clone()));
        }
        // The next queries are on their way before rows are handed out.
        while let Some((table, step)) = unsent.front().and_then(|query| finished.remove(&query.name)) {
            if let Some(query) = unsent.pop_front() {
                send(&query, &table, sink).await?;
            }
            built.steps.push(step);
        }
        let Some(ended) = running.join_next().await else { break };
        // A panic of the engine inside a query.
        let (query, table, seconds) = ended.map_err(|_| Error::Session { reason: mask::Reason::Engine })??;
        let rows = table.rows() as u64;
        let table = Arc::new(table);
        tracing::debug!(query = query.name, rows, seconds, "built");
        register(&context, &query.name, table.clone())?;
        unbuilt.remove(&query.name);
        built.tables.insert(query.name.clone(), table.clone());
        let step = Step { name: query.name.clone(), kind: query.kind, rows, seconds };
        finished.insert(query.name.clone(), (table, step));
    }
    Ok(built)
}

/// A session that holds the rules at `periode` and the inputs that queries read.
pub(crate) fn stage(
    project: &Project,
    inputs: &Providers,
    periode: Periode,
    options: &BuildOptions,
) -> Result<SessionContext, Error> {
    let problems = project.problems_at(periode);
    if !problems.is_empty() {
        return Err(Error::Project { problems });
    }
    let setup = |error| Error::Session { reason: mask::reason(&error) };
    let scratch = Some((options.scratch_dir.as_path(), SPILL_BYTES_MAX));
    let runtime = session::runtime(options.memory_bytes, scratch).map_err(setup)?;
    let context = session::deterministic(SessionContext::new_with_config_rt(session::config(1), runtime));
    let reference = project.reference(Some(periode));
    session::register_functions(&context, &reference);
    for (name, table) in session::rule_tables(&reference, periode).map_err(setup)? {
        register(&context, &name, table)?;
    }
    let read: BTreeSet<&String> = project.queries().iter().flat_map(|query| &query.depends_on).collect();
    for table in project.inputs.iter().filter(|table| read.contains(&table.name)) {
        let provider = inputs.get(&table.name).ok_or_else(|| Error::MissingInput { table: table.name.clone() })?;
        register(&context, &table.name, provider.clone())?;
    }
    Ok(context)
}

pub(crate) fn register(context: &SessionContext, name: &str, table: Arc<dyn TableProvider>) -> Result<(), Error> {
    let registered = context.register_table(TableReference::bare(name), table);
    registered.map(drop).map_err(|error| Error::Session { reason: mask::reason(&error) })
}

/// Starts a query.
pub(crate) async fn start(context: &SessionContext, query: &Query) -> Result<SendableRecordBatchStream, Error> {
    let state = context.state();
    let running = async {
        let plan = state.statement_to_plan(query.source.statement.clone()).await?;
        let plan = state.create_physical_plan(&plan).await?;
        execute_stream(in_order(plan), context.task_ctx())
    };
    running.await.map_err(|error| failed(query, mask::reason(&error)))
}

/// A query that did not run to its end.
pub(crate) fn failed(query: &Query, reason: mask::Reason) -> Error {
    Error::Query { name: query.name.clone(), path: query.path.clone(), reason }
}

/// Runs a query into the scratch folder.
async fn one(
    context: SessionContext,
    query: Arc<Query>,
    periode: Periode,
    folder: PathBuf,
) -> Result<(Arc<Query>, ScratchTable, f64), Error> {
    let started = Instant::now();
    let kept = |error: ArrowError| unkept(&query, &folder, &error);
    let mut rows = start(&context, &query).await?;
    let mut writer = ScratchWriter::create(&folder, &query.name, query.schema.clone()).map_err(kept)?;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| failed(&query, mask::reason(&error)))?;
        let batch =
            conform(&batch, &query.schema, periode).map_err(|error| failed(&query, mask::arrow_reason(&error)))?;
        if batch.num_rows() > 0 {
            writer.write(&batch).map_err(kept)?;
        }
    }
    let table = writer.finish().map_err(kept)?;
    Ok((query, table, started.elapsed().as_secs_f64()))
}

/// Hands the rows of a mart to the sink; nothing for a staging table.
async fn send(query: &Query, rows: &ScratchTable, sink: &mut dyn MartSink) -> Result<(), Error> {
    let Some(table) = &query.table else { return Ok(()) };
    let refused = |source: SinkError| Error::Sink { name: query.name.clone(), source };
    let lost = |error: ArrowError| failed(query, mask::arrow_reason(&error));
    sink.begin(table).await.map_err(refused)?;
    for batch in rows.batches().map_err(lost)? {
        sink.write(batch.map_err(lost)?).await.map_err(refused)?;
    }
    sink.finish().await.map_err(refused)
}

fn unkept(query: &Query, folder: &Path, error: &ArrowError) -> Error {
    Error::Scratch { name: query.name.clone(), folder: folder.to_path_buf(), reason: mask::arrow_reason(error) }
}

/// The rows with the declared types, and with the month where the query does not give it.
fn conform(batch: &RecordBatch, schema: &SchemaRef, periode: Periode) -> Result<RecordBatch, ArrowError> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let column = |(i, field): (usize, &Arc<datafusion::arrow::datatypes::Field>)| -> Result<ArrayRef, ArrowError> {
        match batch.columns().get(i) {
            Some(column) if column.data_type() == field.data_type() => Ok(column.clone()),
            Some(column) => cast_with_options(column, field.data_type(), &exact),
            None => {
                Ok(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(periode.to_string(), batch.num_rows()))))
            }
        }
    };
    let columns = schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), columns)
}

#[cfg(test)]
mod tests;
