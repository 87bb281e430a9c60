//! `init`, `check` and the hidden `worker`.

use crate::cli::open;
use crate::cli::words::{note, say};
use crate::cli::{Done, Failed, Global};
use crate::model::problem::{Problem, line_of};
use crate::pipeline::init::{self, InitError};
use crate::pipeline::inspect;
use crate::pipeline::project::ProjectError;
use crate::pipeline::worker_loop;
use crate::schedule::clock::Timetable;
use clap::Args;
use std::io;
use std::path::PathBuf;

/// Write a new project.
#[derive(Debug, Args)]
pub struct Init {
    /// Folder of the new project
    dir: PathBuf,
}

/// `talenta init DIR`.
pub fn init(args: &Init, global: &Global) -> Done {
    let files = init::init(&args.dir).map_err(|error| match error {
        InitError::Taken(_) | InitError::Write { .. } => Failed::user(error),
    })?;
    if global.json {
        say(serde_json::json!({ "project": args.dir, "files": files }));
    } else if !global.quiet {
        let dir = args.dir.display();
        say(format!("project `{dir}` with {files} files; deliveries go to {dir}/inbox/<kode>/, mail to {dir}/surat/"));
        say(format!("next: talenta check --project {dir}"));
    }
    Ok(0)
}

/// `talenta check`.
pub fn check(global: &Global) -> Done {
    let read = open::read(global)?;
    let project = &read.project;
    let periode = open::last_month(open::now());
    let world = open::world(global)?;
    let inspected = open::block_on(async { Ok(inspect::inspect(&read, periode, &world).await) })?;
    let mut problems = inspected.problems;
    for job in &project.jobs {
        if let Err(error) = Timetable::of(job, open::now()) {
            let file = format!("pipelines/jobs/{}.toml", job.name);
            let text = project.files.get(&file).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
            problems.push(Problem {
                line: line_of(&text, &job.cron),
                file,
                path: "schedule".into(),
                what: error.to_string(),
                hint: None,
            });
        }
    }
    let planned = match inspected.planned {
        Some(planned) if problems.is_empty() => planned,
        _ => {
            problems.sort();
            return Err(Failed::user(ProjectError::Problems(problems)));
        }
    };
    let counts = serde_json::json!({
        "contracts": project.contracts.len(),
        "queries": planned.queries().len(),
        "rules": project.rules.len(),
        "reports": project.reports.len(),
        "jobs": project.jobs.len(),
        "recipients": project.recipients.len(),
    });
    if global.json {
        say(counts);
    } else if !global.quiet {
        say(format!(
            "no problems: {} contracts, {} queries, {} rule files, {} reports, {} jobs, {} recipients",
            project.contracts.len(),
            planned.queries().len(),
            project.rules.len(),
            project.reports.len(),
            project.jobs.len(),
            project.recipients.len()
        ));
    }
    Ok(0)
}

/// The worker process.
pub fn worker() -> Done {
    let (mut input, mut output) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
    worker_loop::run(&mut input, &mut output).map_err(|error| {
        note("the worker ends");
        Failed::unexpected(error)
    })?;
    Ok(0)
}
