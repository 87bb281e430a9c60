//! `talenta run` and `talenta plan`.

use crate::analysis::check::CheckOutcome;
use crate::cli::ingest::{failed as ingest_failed, implausible, summary, waiting};
use crate::cli::open;
use crate::cli::words::{note, number, say};
use crate::cli::{Done, Failed, Global, periode};
use crate::model::calendar::Gate;
use crate::model::condition::{Answer, Conditions};
use crate::model::periode::Periode;
use crate::model::release::Severity;
use crate::pipeline::post::Posted;
use crate::pipeline::project::Project;
use crate::pipeline::run::{RunError, RunReport, run_job};
use crate::pipeline::snapshot::{At, release};
use crate::pipeline::tools::Tools;
use crate::report::table::{self, Format, Options};
use crate::schedule::clock::Timetable;
use clap::Args;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Run a job.
#[derive(Debug, Args)]
pub struct Run {
    /// Job: a file of pipelines/jobs
    job: String,
    /// Month; without it the last full month in WIB
    #[arg(long, value_name = "YYYY-MM", value_parser = periode)]
    period: Option<Periode>,
}

/// Show what a run would do.
#[derive(Debug, Args)]
pub struct Plan {
    /// Job: a file of pipelines/jobs
    job: String,
    /// Month; without it the last full month in WIB
    #[arg(long, value_name = "YYYY-MM", value_parser = periode)]
    period: Option<Periode>,
}

/// `talenta run JOB`.
pub fn run(args: &Run, global: &Global) -> Done {
    let project = open::project(global)?;
    let job = project.job(&args.job).map_err(Failed::words)?;
    let state = open::state(&project)?;
    let _lock = open::lock(&project, &state, &format!("run {}", job.name))?;
    let world = open::world(global)?;
    let periode = args.period.unwrap_or_else(|| open::last_month(world.now()));
    let due_at = Timetable::of(job, world.now()).map_err(Failed::user)?.due_of(periode);
    let report = open::block_on(async {
        let lake = open::lake(&project, &world).await?;
        let queries = open::queries(&project).await?;
        let tools = Tools { lake: &lake, state: &state, queries: &queries, world: &world, due_at };
        run_job(&project, job, periode, &tools).await.map_err(failed)
    })?;
    implausible(&report.receipts);
    if global.json {
        say(as_json(&report));
    } else if !global.quiet {
        words(&project, &report, periode);
    }
    Ok(0)
}

/// The exit code of a failed run, and the offending rows on stderr: the operator at this terminal may see them, a log may not.
pub fn failed(error: RunError) -> Failed {
    match error {
        RunError::Ingest(inner) => ingest_failed(inner),
        RunError::ChecksFailed(ref outcomes) => {
            outcomes
                .iter()
                .filter(|it| it.result.tingkat == Severity::Gagal && it.result.baris > 0)
                .for_each(offenders);
            Failed::user(error)
        }
        other => Failed::user(other),
    }
}

fn offenders(outcome: &CheckOutcome) {
    let (shown, all) = (outcome.rows.num_rows(), outcome.result.baris);
    note(format!("check `{}`: {all} rows, the first {shown}:", outcome.result.nama));
    let written = table::write(
        Vec::new(),
        Format::Table,
        outcome.rows.schema(),
        std::slice::from_ref(&outcome.rows),
        &Options::default(),
    );
    if let Ok((bytes, _)) = written {
        note(String::from_utf8_lossy(&bytes).trim_end());
    }
}

/// What a run did, in words.
pub fn words(project: &Project, report: &RunReport, periode: Periode) {
    if let Some(ingested) = &report.ingested {
        waiting(&ingested.held);
        say(summary(ingested));
    }
    if let Some(computed) = &report.computed {
        let rows: u64 = computed.steps.iter().map(|it| it.rows).sum();
        let warned = computed.checks.iter().filter(|it| it.result.baris > 0).count();
        say(format!(
            "{} tables built ({} rows); {} checks passed, {warned} with warnings",
            computed.steps.len(),
            number(rows),
            computed.checks.len() - warned
        ));
    }
    match (&report.release, report.published) {
        (Some(release), true) => say(format!("release {} of {periode} published", release.nomor)),
        (Some(release), false) => say(format!("nothing changed: release {} of {periode} stands", release.nomor)),
        (None, _) => {}
    }
    folders(project, &report.files).iter().for_each(|folder| say(format!("report: {folder}")));
    for held in &report.stays {
        say(format!("report `{}` does not leave: {}", held.report, held.why));
    }
    if let Some(posted) = &report.posted {
        say(format!("mail: {} new, {}", report.stored, tally(posted)));
        if posted.stopped {
            note("warning: the outbox is stopped; `talenta outbox start` lets messages go");
        }
        if posted.postponed + posted.failed + posted.uncertain + posted.untried > 0 {
            note("warning: not every message was sent; `talenta outbox list` says why");
        }
    }
}

/// The conditions of a report, in words.
fn conditions(it: &Conditions) -> String {
    let mut said = String::new();
    if it.gate != Gate::default() {
        said.push_str(&format!(", {}", it.gate.words()));
    }
    if let Some(send_if) = &it.send_if {
        said.push_str(match send_if.is {
            Answer::Rows(_) => ", if its query gives rows",
            Answer::Above(_) | Answer::Below(_) => ", if its query passes the limit",
            Answer::Change(_) => ", if its query changed",
        });
    }
    if !it.needs.is_empty() {
        said.push_str(&format!(", with {}", it.needs.join(", ")));
    }
    if it.only_new_release {
        said.push_str(", of a new release");
    }
    said
}

/// What became of messages, in words.
pub fn tally(posted: &Posted) -> String {
    let Posted { accepted, postponed, failed, uncertain, waiting, untried, .. } = posted;
    let mut said = format!("{accepted} sent, {postponed} to be tried again, {failed} failed, {uncertain} uncertain");
    if *waiting > 0 {
        said.push_str(&format!(", {waiting} waiting for their hours"));
    }
    if *untried > 0 {
        said.push_str(&format!(", {untried} not tried since the relay took none"));
    }
    said
}

fn as_json(report: &RunReport) -> serde_json::Value {
    let posted = report.posted.map(|it| {
        json!({
            "accepted": it.accepted, "postponed": it.postponed, "failed": it.failed, "uncertain": it.uncertain,
            "waiting": it.waiting, "untried": it.untried, "stopped": it.stopped,
        })
    });
    json!({
        "release": report.release.as_ref().map(|it| it.nomor),
        "published": report.published,
        "checks": report.release.as_ref().map(|it| &it.pemeriksaan),
        "ingest": report.ingested.as_ref().map(crate::cli::ingest::as_json),
        "files": report.files,
        "stays": report.stays.iter().map(|it| json!({ "report": it.report, "why": it.why })).collect::<Vec<_>>(),
        "stored": report.stored,
        "mail": posted,
    })
}

/// `talenta plan JOB`.
pub fn plan(args: &Plan, global: &Global) -> Done {
    let project = open::project(global)?;
    let job = project.job(&args.job).map_err(Failed::words)?;
    let world = open::world(global)?;
    let periode = args.period.unwrap_or_else(|| open::last_month(world.now()));
    let (queries, latest) = open::block_on(async {
        let lake = open::lake(&project, &world).await?;
        let latest = release(&lake, At::Latest).await.ok();
        Ok((open::queries(&project).await?, latest))
    })?;
    let order: Vec<&str> = queries.queries().iter().map(|it| it.name.as_str()).collect();
    if global.json {
        say(json!({ "job": job, "periode": periode, "queries": order, "latest_release": latest.map(|it| it.nomor) }));
        return Ok(0);
    }
    say(format!("job `{}` for {periode}: {}", job.name, job.about));
    for (word, step) in crate::model::job::Step::ALL {
        if job.steps.contains(&step) {
            say(format!("  {word}"));
        }
    }
    say(format!("queries in order: {}", order.join(", ")));
    for report in &job.reports {
        let readers = project.recipients.iter().filter(|it| it.groups.iter().any(|group| report.to.contains(group)));
        say(format!("report `{}` to {} people{}", report.name, readers.count(), conditions(&report.conditions)));
    }
    say(latest.map_or_else(|| "no release yet".into(), |it| format!("latest release: {} of {}", it.nomor, it.periode)));
    Ok(0)
}

/// A line a report: its folder, and how many readers and files it has.
pub fn folders(project: &Project, files: &[PathBuf]) -> Vec<String> {
    let root = project.path("laporan");
    let mut found: BTreeMap<PathBuf, (BTreeSet<&Path>, u64)> = BTreeMap::new();
    for file in files {
        let below = file.strip_prefix(&root).unwrap_or(file);
        let folder: PathBuf = below.components().take(2).collect();
        let (readers, count) = found.entry(folder).or_default();
        readers.extend(file.parent());
        *count += 1;
    }
    let line = |(folder, (readers, count)): (&PathBuf, &(BTreeSet<&Path>, u64))| {
        let one = if readers.len() == 1 { "reader" } else { "readers" };
        let whose = format!("{} {one}, {} files", readers.len(), number(*count));
        format!("{} ({whose})", root.join(folder).display())
    };
    found.iter().map(line).collect()
}
