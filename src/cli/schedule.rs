//! `talenta schedule`: the daemon, and when jobs run next.

use crate::cli::open;
use crate::cli::words::{note, say};
use crate::cli::{Done, Failed, Global};
use crate::model::indonesia::{waktu, wib};
use crate::pipeline::project::Project;
use crate::schedule::clock::Timetable;
use crate::schedule::daemon::{self, Daemon};
use crate::schedule::simulate::blackout;
use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// Next runs shown per job.
const NEXT_SHOWN: usize = 3;

/// Run jobs by the clock.
#[derive(Debug, Args)]
pub struct Schedule {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep running; Ctrl-C ends it after the run in hand
    Run,
    /// When jobs run next, in WIB
    List,
    /// What a blackout would do: runs that fall due meanwhile, and when they are made up for
    Simulate {
        /// When everything stops, in WIB, such as 2026-03-08T12:00
        #[arg(long, value_name = "WHEN", value_parser = moment)]
        from: DateTime<Utc>,
        /// When it runs again, in WIB
        #[arg(long, value_name = "WHEN", value_parser = moment)]
        until: DateTime<Utc>,
    },
}

/// `talenta schedule …`.
pub fn run(args: &Schedule, global: &Global) -> Done {
    let project = open::project(global)?;
    match args.action {
        Action::List => {
            let mut all = Vec::new();
            for job in &project.jobs {
                let timetable = Timetable::of(job, open::now()).map_err(Failed::user)?;
                let mut at = open::now();
                for _ in 0..NEXT_SHOWN {
                    let Some(next) = timetable.after(at) else { break };
                    let periode = timetable.periode_at(next);
                    if global.json {
                        all.push(json!({ "job": job.name, "at": next, "periode": periode }));
                    } else {
                        say(format!("{:<12} {} for {periode}", job.name, waktu(next)));
                    }
                    at = next;
                }
            }
            if global.json {
                say(json!(all));
            }
            Ok(0)
        }
        Action::Simulate { from, until } => simulate(&project, from, until, global.json),
        Action::Run => {
            let state = open::state(&project)?;
            let world = open::world(global)?;
            open::block_on(async {
                // Heard from the first moment on: what comes while the project is opened ends it in order as well.
                let mut interrupt = signal(SignalKind::interrupt()).map_err(Failed::unexpected)?;
                let mut terminate = signal(SignalKind::terminate()).map_err(Failed::unexpected)?;
                let lake = open::lake(&project, &world).await?;
                let queries = open::queries(&project).await?;
                let lock_path = project.root.clone();
                let daemon = Daemon { project: &project, lake: &lake, state: &state, queries: &queries, world: &world };
                note(format!("schedule of `{}`: {} jobs; Ctrl-C ends it", lock_path.display(), project.jobs.len()));
                let stop = async {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                    }
                };
                daemon::run(&daemon, stop).await.map_err(Failed::user)
            })?;
            note("schedule ended");
            Ok(0)
        }
    }
}

/// A moment in WIB: `2026-03-08T12:00`.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let local = read.map_err(|_| format!("`{text}` is no moment written such as 2026-03-08T12:00"))?;
    let moment = wib().from_local_datetime(&local).single().ok_or("there is no such moment")?;
    Ok(moment.with_timezone(&Utc))
}

fn simulate(project: &Project, from: DateTime<Utc>, until: DateTime<Utc>, json: bool) -> Done {
    if until <= from {
        return Err(Failed::words("the blackout ends before it begins"));
    }
    let mut timetables = Vec::new();
    for job in &project.jobs {
        timetables.push((job.name.as_str(), Timetable::of(job, from).map_err(Failed::user)?));
    }
    let missed = blackout(timetables.iter().map(|(job, timetable)| (*job, timetable)), from, until);
    if json {
        let row = |it: &crate::schedule::simulate::Missed| json!({ "job": it.job, "periode": it.periode, "due": it.due, "run": it.run });
        say(json!(missed.iter().map(row).collect::<Vec<_>>()));
        return Ok(0);
    }
    for it in &missed {
        let (due, days) = (waktu(it.due), (until - it.due).num_days());
        match it.run {
            Some(run) => say(format!("{:<12} {} due {due}, run {}, {days} days late", it.job, it.periode, waktu(run))),
            None => say(format!(
                "{:<12} {} due {due}, not made up for: run it by hand if it is still wanted",
                it.job, it.periode
            )),
        }
    }
    if missed.is_empty() {
        say("nothing falls due meanwhile");
    }
    for (job, timetable) in &timetables {
        if let Some(next) = timetable.after(until) {
            say(format!("{job:<12} {} next {}", timetable.periode_at(next), waktu(next)));
        }
    }
    Ok(0)
}
