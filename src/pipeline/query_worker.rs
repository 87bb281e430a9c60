//! A person's SQL in a worker process, over the tables of one snapshot. Refuses to plan a user's statement in this process.

use crate::analysis::Providers;
use crate::analysis::policy::under;
use crate::analysis::session::empty;
use crate::analysis::user::{Ground, UserSession};
use crate::lake::{Lake, LakeOptions};
use crate::model::frame::{Frame, Open, WorkerLimits};
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use crate::model::query::{QueryFile, RuleFile};
use crate::model::table::Table;
use crate::pipeline::file_workers::COMMAND;
use crate::pipeline::reader::Sight;
use crate::pipeline::snapshot::Snapshot;
use crate::pipeline::world::World;
use crate::worker::{Error as WorkerError, Failure, Reply, Request, Worker, table};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

/// Kind of the workers that answer questions.
pub const KIND: &str = "sql";
/// Deep plans recurse; the default stack of 2 MiB ends the process at a few hundred terms.
const STACK_BYTES: usize = 64 << 20;
/// Threads that wait for files, for each one that computes. Every thread reserves a stack.
const FILE_THREADS_EACH: usize = 2;
/// Address space a thread reserves, used or not: its stack and its arena of the allocator.
const THREAD_BYTES: u64 = 2 * STACK_BYTES as u64;
/// Address space beside the threads and what the query's pool counts: the program, decoded pages, answers under way.
const PROGRAM_BYTES: u64 = 1 << 30;
/// Batches a query may be ahead of its reader.
const FRAMES_AHEAD: usize = 2;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement was refused or failed.
    #[error("{0}")]
    Statement(String),
    /// The worker was stopped by a limit, or could not be started.
    #[error(
        "the query was stopped: {0}\nhint: narrow it, or raise query_memory_bytes_max or query_seconds_max in talenta.toml"
    )]
    Stopped(#[source] WorkerError),
    /// The result could not be taken.
    #[error(transparent)]
    Taken(Box<dyn std::error::Error + Send + Sync>),
    /// The pipe to the worker failed.
    #[error(transparent)]
    Worker(WorkerError),
}

impl From<WorkerError> for QueryError {
    fn from(error: WorkerError) -> Self {
        match error {
            WorkerError::Refused { text, .. } => QueryError::Statement(text),
            WorkerError::Stopped { .. } => QueryError::Stopped(error),
            other => QueryError::Worker(other),
        }
    }
}

/// What comes of a query: its schema once, then its rows.
pub trait Rows {
    /// The columns.
    fn begin(&mut self, schema: SchemaRef) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
    /// Some rows.
    fn rows(&mut self, batch: &RecordBatch) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// What the worker is told of a question.
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    sql: String,
    lake: PathBuf,
    tables: BTreeMap<String, u64>,
    absent: Vec<Table>,
    rules: Vec<RuleFile>,
    views: Vec<QueryFile>,
    periode: Periode,
    sight: Option<Sight>,
    limits: Limits,
    threads: usize,
}

/// Asks one question of a snapshot, under `sight` where there is one (the operator has none); rows go to `sink` as they come.
/// Returns the tables and columns that were read.
pub fn ask(
    sql: &str,
    snapshot: &Snapshot,
    sight: Option<&Sight>,
    lake: &Path,
    limits: &Limits,
    world: &World,
    sink: &mut dyn Rows,
) -> Result<Value, QueryError> {
    let worker_limits = WorkerLimits {
        memory_bytes: address_space(limits, world.threads),
        cpu_seconds: limits.query_seconds_max.saturating_mul(world.threads as u64),
        file_bytes: 0,
    };
    let principal = sight.map(|sight| sight.policy.principal.clone());
    let open = Open { kind: KIND.into(), limits: worker_limits, principal, release: snapshot.release };
    let mut worker = Worker::spawn(&world.program, &[COMMAND], &open)?;
    let question = Question {
        sql: sql.into(),
        lake: lake.to_path_buf(),
        tables: snapshot.tables.clone(),
        absent: snapshot.absent.clone(),
        rules: snapshot.rules.clone(),
        views: snapshot.views.clone(),
        periode: snapshot.periode,
        sight: sight.cloned(),
        limits: limits.clone(),
        threads: world.threads,
    };
    let frames = vec![Frame::Run { verb: "execute".into(), arguments: json!(question) }];
    let mut begun = false;
    worker.call(frames, Duration::from_secs(limits.query_seconds_max), &mut |frame| {
        let Frame::Table { name, ipc } = frame else { return Ok(()) };
        let (schema, batches) = table::from_ipc(&name, &ipc)?;
        if !begun {
            begun = true;
            sink.begin(schema).map_err(QueryError::Taken)?;
        }
        batches.iter().try_for_each(|batch| sink.rows(batch)).map_err(QueryError::Taken)
    })
}

/// Most address space of a worker: what the query may use, and what it takes to run at all. The limit of the readers of files has
/// no say here, since it may be too small for the stacks.
fn address_space(limits: &Limits, threads: usize) -> u64 {
    let threads = threads.saturating_mul(1 + FILE_THREADS_EACH).saturating_add(2) as u64;
    limits.query_memory_bytes_max.saturating_add(PROGRAM_BYTES).saturating_add(threads.saturating_mul(THREAD_BYTES))
}

/// The worker's side.
pub fn serve_verb(request: Request, reply: &mut Reply<'_>) -> Result<Value, Failure> {
    let question: Question =
        serde_json::from_value(request.arguments).map_err(|error| failure("CALL", error.to_string()))?;
    if request.verb != "execute" {
        return Err(failure("CALL", format!("no call `{}`", request.verb)));
    }
    // The query runs on a thread of its own for the depth of its stack; a short channel keeps it from running ahead of the pipe.
    let (send, receive) = sync_channel(FRAMES_AHEAD);
    let run = move || answer(&question, &send);
    let thread = std::thread::Builder::new().name("query".into()).stack_size(STACK_BYTES).spawn(run);
    let thread = thread.map_err(|error| failure("THREAD", error.to_string()))?;
    receive.iter().for_each(|frame| reply.send(&frame));
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn answer(question: &Question, out: &SyncSender<Frame>) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(question.threads.max(1))
        .max_blocking_threads(FILE_THREADS_EACH * question.threads.max(1))
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
        .map_err(|error| failure("THREAD", error.to_string()))?;
    runtime.block_on(async {
        let session = session(question).await?;
        let prepared = session.prepare(&question.sql).await.map_err(|error| failure("SQL", error.to_string()))?;
        let send = |batches: &[RecordBatch]| -> Result<(), Failure> {
            let frame = table::to_frame("rows", &prepared.schema, batches);
            let frame = frame.map_err(|error| failure("SQL", error.to_string()))?;
            out.send(frame).map_err(|error| failure("SQL", error.to_string()))
        };
        send(&[])?;
        let mut rows = session.execute(&prepared).map_err(|error| failure("SQL", error.to_string()))?;
        while let Some(batch) = rows.next().await {
            send(&[batch.map_err(|error| failure("SQL", error.to_string()))?])?;
        }
        Ok(json!(prepared.reads))
    })
}

async fn session(question: &Question) -> Result<UserSession, Failure> {
    let lake_error = |error: crate::lake::Error| failure("LAKE", error.to_string());
    let lake = Lake::open(&question.lake, LakeOptions::default()).await.map_err(lake_error)?;
    let mut providers = Providers::new();
    for (name, version) in &question.tables {
        providers.insert(name.clone(), lake.provider(name, *version).await.map_err(lake_error)?);
    }
    for table in &question.absent {
        providers.insert(table.name.clone(), empty(table.schema()));
    }
    if let Some(sight) = &question.sight {
        let seen = under(&sight.policy, &providers, &sight.tables, question.periode).await;
        providers = seen.map_err(|error| failure("SQL", error.to_string()))?;
    }
    let Question { rules, views, periode, limits, threads, .. } = question;
    let session = Ground::new(rules, views, *periode, limits, *threads).and_then(|ground| ground.session(&providers));
    session.map_err(|error| failure("SQL", error.to_string()))
}

fn failure(code: &str, text: String) -> Failure {
    Failure { code: code.into(), text }
}
