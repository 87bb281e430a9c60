//! The loop that runs due jobs: the alarm clock and a heartbeat wake it, the due-table says what to do. Refuses two runs at once.

use crate::analysis::project::Project as QueryProject;
use crate::lake::Lake;
use crate::model::outbox::OutboxState;
use crate::model::run::{Claim, Finish};
use crate::pipeline::operator::{daily, is_time};
use crate::pipeline::post::{Desk, send_due};
use crate::pipeline::project::Project;
use crate::pipeline::run::run_job;
use crate::pipeline::tools::Tools;
use crate::pipeline::world::World;
use crate::schedule::clock::{ScheduleError, Timetable};
use crate::state::{Error as StateError, Lock, State};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job as Alarm, JobScheduler, JobSchedulerError};

/// How often the due-table is looked at even if no alarm rang: an alarm may be lost, and the clock may be set back.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a claim lasts without news of its holder.
const LEASE_MINUTES: i64 = 120;
/// Pause after a failed run, and after finding the project locked.
const PAUSE_MINUTES: i64 = 10;
/// What fell due longer ago while nobody looked is not made up for: by then it is a matter for a person, or the clock was wrong.
pub const CATCH_UP_DAYS: i64 = 400;
/// Attempts before a person must look.
const ATTEMPTS_MAX: u32 = 3;

/// Why the daemon ended.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A schedule that cannot be kept.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
    /// The alarm clock could not be started.
    #[error("cannot start the alarm clock: {0}")]
    Alarm(#[from] JobSchedulerError),
}

/// What the daemon works with.
pub struct Daemon<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its lake.
    pub lake: &'a Lake,
    /// Its ledger.
    pub state: &'a State,
    /// Its planned queries.
    pub queries: &'a QueryProject,
    /// The surroundings.
    pub world: &'a World,
}

/// Runs due jobs until `stop` is ready; the run in hand is finished first.
pub async fn run(daemon: &Daemon<'_>, stop: impl Future<Output = ()>) -> Result<(), DaemonError> {
    let started = daemon.world.now();
    let mut timetables = BTreeMap::new();
    for job in &daemon.project.jobs {
        timetables.insert(job.name.clone(), Timetable::of(job, started)?);
    }
    let (ring, mut rung) = mpsc::channel(1);
    let mut alarms = alarm_clock(daemon.project, &timetables, &ring).await?;
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    let mut stop = pin!(stop);
    // What fell due while no daemon ran is made up for: each month once.
    let mut seen = daemon.state.last_look()?.unwrap_or(started).max(started - TimeDelta::days(CATCH_UP_DAYS));
    let mut told = None;
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = rung.recv() => {}
            _ = heartbeat.tick() => {}
        }
        let now = daemon.world.now();
        note_due(daemon.state, &timetables, seen, now)?;
        // A clock set back must not make the past due again, nor silence the future.
        seen = now;
        daemon.state.note_look(now)?;
        while let Some(claim) = claim(daemon.state, now)? {
            let finished = work(daemon, &claim, &timetables).await;
            daemon.state.finish_due(&claim, &finished)?;
        }
        tokio::task::block_in_place(|| mail(daemon, &mut told))?;
    }
    alarms.shutdown().await?;
    Ok(())
}

/// One alarm a job; it only rings.
async fn alarm_clock(
    project: &Project,
    timetables: &BTreeMap<String, Timetable>,
    ring: &mpsc::Sender<()>,
) -> Result<JobScheduler, DaemonError> {
    let alarms = JobScheduler::new().await?;
    for job in &project.jobs {
        let Some(timetable) = timetables.get(&job.name) else { continue };
        let ring = ring.clone();
        let alarm = Alarm::new_async_tz(job.cron.as_str(), timetable.zone(), move |_, _| {
            let ring = ring.clone();
            Box::pin(async move {
                // A bell that is still ringing is loud enough.
                let _ = ring.try_send(());
            })
        })?;
        alarms.add(alarm).await?;
    }
    alarms.start().await?;
    Ok(alarms)
}

/// Writes every moment between two looks at which a job was due into the table; one that is there already stays as it is.
fn note_due(
    state: &State,
    timetables: &BTreeMap<String, Timetable>,
    seen: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DaemonError> {
    for (job, timetable) in timetables {
        let mut at = seen;
        while let Some(due) = timetable.after(at).filter(|due| *due <= now) {
            state.ensure_due(job, timetable.periode_at(due), due)?;
            at = due;
        }
    }
    Ok(())
}

fn claim(state: &State, now: DateTime<Utc>) -> Result<Option<Claim>, DaemonError> {
    let by = format!("schedule {}", std::process::id());
    Ok(state.claim_next(now, &by, TimeDelta::minutes(LEASE_MINUTES))?)
}

/// Sends what is due again and gives the operator the daily line, unless somebody else is writing: then at the next heartbeat.
fn mail(daemon: &Daemon<'_>, told: &mut Option<NaiveDate>) -> Result<(), DaemonError> {
    let (project, state, world) = (daemon.project, daemon.state, daemon.world);
    let now = world.now();
    let idle = state.outbox_due(now)?.is_empty() && state.outbox_list(Some(OutboxState::Diserahkan))?.is_empty();
    // The lock is not taken for nothing: a person's command would find it held.
    if idle && !is_time(project, *told, now) {
        return Ok(());
    }
    let Ok(lock) = Lock::take(&project.lock_path(), "schedule: mail", world.now()) else { return Ok(()) };
    state.recover(&lock, world.now())?;
    if let Err(error) = send_due(project, state, world) {
        tracing::error!(%error, "messages that are due could not be sent");
    }
    match daily(Desk { project, state, world }, *told) {
        Ok(day) => *told = day,
        Err(error) => tracing::error!(%error, "the daily line could not be sent"),
    }
    Ok(())
}

/// Runs one claimed month under the project's lock.
async fn work(daemon: &Daemon<'_>, claim: &Claim, timetables: &BTreeMap<String, Timetable>) -> Finish {
    let now = daemon.world.now();
    let later = now + TimeDelta::minutes(PAUSE_MINUTES);
    let Some(job) = daemon.project.jobs.iter().find(|it| it.name == claim.job) else {
        return Finish::GivenUp { reason: format!("there is no job `{}` any more", claim.job) };
    };
    let command = format!("schedule: {} of {}", claim.job, claim.periode);
    let lock = match Lock::take(&daemon.project.lock_path(), &command, now) {
        Ok(lock) => lock,
        Err(error) => return Finish::Again { at: later, reason: error.to_string() },
    };
    // What a process that went away left unfinished is settled before anything new begins.
    if let Err(error) = daemon.state.recover(&lock, now) {
        return Finish::Again { at: later, reason: error.to_string() };
    }
    let due_at = timetables.get(&claim.job).and_then(|it| it.due_of(claim.periode));
    let tools = Tools { lake: daemon.lake, state: daemon.state, queries: daemon.queries, world: daemon.world, due_at };
    match run_job(daemon.project, job, claim.periode, &tools).await {
        Ok(report) => {
            for it in report.ingested.iter().flat_map(|it| &it.held) {
                let (file, command) = (&it.nama_asal, it.command());
                tracing::warn!(file, dataset = it.dataset, periode = %it.periode, command, "a delivery waits for a person");
            }
            Finish::Done
        }
        Err(error) if claim.attempt >= ATTEMPTS_MAX => Finish::GivenUp { reason: error.to_string() },
        Err(error) => {
            tracing::error!(job = claim.job, periode = %claim.periode, %error, "the run failed and will be tried again");
            Finish::Again { at: later, reason: error.to_string() }
        }
    }
}
