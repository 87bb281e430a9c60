//! Opens what a command works with: project, lake, ledger, lock, surroundings. Refuses a second writer.

use crate::analysis::project::Project as QueryProject;
use crate::cli::progress::Bars;
use crate::cli::{Failed, Global};
use crate::lake::{Lake, LakeOptions};
use crate::model::periode::Periode;
use crate::pipeline::inspect;
use crate::pipeline::progress::{Progress, Unwatched};
use crate::pipeline::project::{Project, ProjectError, Read};
use crate::pipeline::world::World;
use crate::state::{Lock, State};
use chrono::{DateTime, Utc};
use std::io::IsTerminal as _;
use std::sync::Arc;

/// The time now. The clock is read here and in `schedule`, nowhere else.
#[expect(clippy::disallowed_methods, reason = "the command line is where the clock is read")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The surroundings of this command.
pub fn world(global: &Global) -> Result<World, Failed> {
    let watched = std::io::stderr().is_terminal() && !global.quiet && !global.json;
    let progress: Arc<dyn Progress> = if watched { Arc::new(Bars::default()) } else { Arc::new(Unwatched) };
    Ok(World {
        clock: now,
        env: std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect(),
        program: std::env::current_exe().map_err(Failed::unexpected)?,
        threads: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        progress,
    })
}

/// The project of this command.
pub fn project(global: &Global) -> Result<Project, Failed> {
    Project::load(&global.project, global.settings.as_deref()).map_err(Failed::user)
}

/// What can be read of the project of this command, and its problems.
pub fn read(global: &Global) -> Result<Read, Failed> {
    Project::read(&global.project, global.settings.as_deref()).map_err(Failed::user)
}

/// Its lake. `TALENTA_UJI_GAGAL_SETELAH_BYTE` injects a full disk after that many bytes, for tests of that promise.
pub async fn lake(project: &Project, world: &World) -> Result<Lake, Failed> {
    let fail_after_bytes = world.env.get("TALENTA_UJI_GAGAL_SETELAH_BYTE").and_then(|it| it.parse().ok());
    let options = LakeOptions { fail_after_bytes, ..LakeOptions::default() };
    Lake::open(&project.path(&project.settings.lake), options).await.map_err(Failed::user)
}

/// Its lake, for a command that writes nothing, not even a folder.
pub async fn lake_to_read(project: &Project) -> Result<Lake, Failed> {
    let options = LakeOptions { read_only: true, ..LakeOptions::default() };
    Lake::open(&project.path(&project.settings.lake), options).await.map_err(Failed::user)
}

/// Its ledger.
pub fn state(project: &Project) -> Result<State, Failed> {
    State::open(&project.path(&project.settings.state)).map_err(Failed::user)
}

/// The right to write, until it is dropped; runs cut short before are marked so.
pub fn lock(project: &Project, state: &State, command: &str) -> Result<Lock, Failed> {
    let lock = Lock::take(&project.lock_path(), command, now()).map_err(Failed::user)?;
    state.recover(&lock, now()).map_err(Failed::user)?;
    Ok(lock)
}

/// Whether somebody holds the lock, and who.
pub fn holder(project: &Project) -> Option<String> {
    Lock::holder(&project.lock_path()).ok().flatten().map(|it| it.to_string())
}

/// The planned queries, or every problem.
pub async fn queries(project: &Project) -> Result<QueryProject, Failed> {
    inspect::queries(project).await.map_err(|problems| Failed::user(ProjectError::Problems(problems)))
}

/// What the queries make, or every problem; for commands that build no mart.
pub async fn described(project: &Project) -> Result<QueryProject, Failed> {
    inspect::described(project).await.map_err(|problems| Failed::user(ProjectError::Problems(problems)))
}

/// The last full month in WIB.
pub fn last_month(now: DateTime<Utc>) -> Periode {
    Periode::of(now.with_timezone(&crate::model::indonesia::wib()).date_naive()).previous()
}

/// A runtime for the asynchronous rim.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    // Trusted queries still recurse deeply while they are planned.
    builder.enable_all().thread_stack_size(16 << 20).build().map_err(Failed::unexpected)
}

/// Runs a future on a fresh runtime.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    runtime()?.block_on(work)
}
