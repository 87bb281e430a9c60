//! `talenta schedule`: the daemon, and when jobs run next.

use crate::cli::open;
use crate::cli::words::{note, say};
use crate::cli::{Done, Failed, Global};
use crate::model::indonesia::waktu;
use crate::schedule::clock::Timetable;
use crate::schedule::daemon::{self, Daemon};
use clap::{Args, Subcommand};
use serde_json::json;

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
        Action::Run => {
            let state = open::state(&project)?;
            let world = open::world(global)?;
            open::block_on(async {
                let lake = open::lake(&project, &world).await?;
                let queries = open::queries(&project).await?;
                let lock_path = project.root.clone();
                let daemon = Daemon { project: &project, lake: &lake, state: &state, queries: &queries, world: &world };
                note(format!("schedule of `{}`: {} jobs; Ctrl-C ends it", lock_path.display(), project.jobs.len()));
                let stop = async {
                    // Without the signal there is no orderly end but the process can still be killed safely.
                    let _ = tokio::signal::ctrl_c().await;
                };
                daemon::run(&daemon, stop).await.map_err(Failed::user)
            })?;
            note("schedule ended");
            Ok(0)
        }
    }
}
