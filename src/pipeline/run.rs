//! One run of a job: its steps in order, recorded in the ledger, under the project's lock. Refuses to go on after a failed check.

use crate::analysis::check::CheckOutcome;
use crate::analysis::rules::Rules;
use crate::lake::Error as LakeError;
use crate::model::job::{Job, Step};
use crate::model::periode::Periode;
use crate::model::release::{Release, Severity};
use crate::model::run::{Run, RunStatus};
use crate::pipeline::deliveries;
use crate::pipeline::dispatch::{self, Dispatch, Held, Leaving, StoreError};
use crate::pipeline::draw::{self, Drawn, Surroundings, Wanted};
use crate::pipeline::ingest_commit::Ingested;
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_pass::{IngestOptions, IngestProject, ingest};
use crate::pipeline::marts::{self, Computed, MartsError};
use crate::pipeline::operator;
use crate::pipeline::post::{self, Desk, Posted};
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::receipts::{self, Draft, ReceiptError};
use crate::pipeline::render::Press;
use crate::pipeline::render_error::RenderError;
use crate::pipeline::spool::Spool;
use crate::pipeline::tools::Tools;
use crate::state::Error as StateError;
use serde_json::json;
use std::path::PathBuf;

/// Folder of drawn reports on their way to the outbox.
const SPOOL: &str = ".kerja/laporan";

/// Why a run ended early. What was published before stays.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Ingest.
    #[error("step ingest: {0}")]
    Ingest(#[from] IngestError),
    /// Receipts.
    #[error("step ingest: {0}")]
    Receipts(#[from] ReceiptError),
    /// Marts, checks or release.
    #[error("step marts: {0}")]
    Marts(#[from] MartsError),
    /// Setting up the rendering.
    #[error("step render: {0}")]
    Render(#[from] RenderError),
    /// Outbox or sending.
    #[error("step send: {0}")]
    Post(#[from] PostError),
    /// Messages could not be stored.
    #[error("step outbox: {0}")]
    Store(#[from] StoreError),
    /// The ledger.
    #[error(transparent)]
    State(#[from] StateError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A check found a broken guarantee.
    #[error("{}", failed_checks(.0))]
    ChecksFailed(Vec<CheckOutcome>),
    /// Some reports could not be made for all their readers, and went to none of them; the others left.
    #[error("{}", held(.0))]
    Reports(Vec<Held>),
    /// A job renders without a release.
    #[error("job `{job}` renders reports, but there is no release for {periode}; let it run the step `release` first")]
    NothingPublished {
        /// The job.
        job: String,
        /// The month.
        periode: Periode,
    },
}

/// Which reports nobody got, one a line.
fn held(reports: &[Held]) -> String {
    let lines: Vec<String> =
        reports.iter().map(|it| format!("report `{}` was sent to nobody: {}", it.report, it.why)).collect();
    lines.join("\n")
}

/// Names and counts only: the rows may hold persons.
fn failed_checks(outcomes: &[CheckOutcome]) -> String {
    let failed = outcomes.iter().filter(|it| it.result.tingkat == Severity::Gagal && it.result.baris > 0);
    let names: Vec<String> = failed.map(|it| format!("`{}` ({} rows)", it.result.nama, it.result.baris)).collect();
    format!("nothing was published: check {} failed; the release before it stays in force", names.join(", "))
}

/// What a run did.
#[derive(Default)]
pub struct RunReport {
    /// What came in.
    pub ingested: Option<Ingested>,
    /// Their receipts.
    pub receipts: Vec<Draft>,
    /// What was computed; nothing where no input had changed.
    pub computed: Option<Computed>,
    /// The release the run published or found unchanged.
    pub release: Option<Release>,
    /// Whether that release is new.
    pub published: bool,
    /// Rendered files.
    pub files: Vec<PathBuf>,
    /// Reports whose conditions kept them back.
    pub stays: Vec<Held>,
    /// Reports that failed.
    pub failed: Vec<Held>,
    /// Messages stored for the first time.
    pub stored: u64,
    /// What became of the messages.
    pub posted: Option<Posted>,
}

/// Walks the steps of `job` for `periode`. The caller holds the project's lock.
pub async fn run_job(project: &Project, job: &Job, periode: Periode, tools: &Tools<'_>) -> Result<RunReport, RunError> {
    let run = tools.state.begin_run(&job.name, periode, tools.world.now())?;
    tracing::info!(run = run.id, job = job.name, %periode, "run begins");
    let mut report = RunReport::default();
    let walked = walk(project, job, periode, tools, &run, &mut report).await;
    let now = tools.world.now();
    let release = report.release.as_ref().map(|it| it.nomor);
    match &walked {
        Ok(()) => tools.state.end_run(run.id, RunStatus::Selesai, None, release, now)?,
        Err(error) => {
            tools.state.end_run(run.id, RunStatus::Gagal, Some(&error.to_string()), release, now)?;
            let desk = Desk { project, state: tools.state, world: tools.world };
            operator::tell_failed_run(desk, &run, &error.to_string());
        }
    }
    let detail =
        json!({ "run": run.id, "job": job.name, "periode": periode, "release": release, "ok": walked.is_ok() });
    tools.state.audit(now, "operator", "run", &detail)?;
    walked.map(|()| report)
}

async fn walk(
    project: &Project,
    job: &Job,
    periode: Periode,
    tools: &Tools<'_>,
    run: &Run,
    report: &mut RunReport,
) -> Result<(), RunError> {
    let mut sheets: Option<Sheets> = None;
    for (word, step) in Step::ALL.iter().filter(|(_, step)| job.steps.contains(step)) {
        tools.state.step_run(run.id, word)?;
        match step {
            Step::Ingest => take_in(project, job, tools, report).await?,
            Step::Marts => compute(project, periode, tools, report).await?,
            Step::Checks => check(report)?,
            Step::Release => publish(project, job, periode, tools, report).await?,
            Step::Render => sheets = Some(draw(project, job, periode, tools, report).await?),
            Step::Outbox => store(project, sheets.take(), tools, report).await?,
            Step::Send => report.posted = Some(post::send_due(project, tools.state, tools.world)?),
        }
    }
    if report.failed.is_empty() { Ok(()) } else { Err(RunError::Reports(report.failed.clone())) }
}

/// What was drawn, on its way to the outbox.
struct Sheets {
    found: Dispatch,
    drawn: Vec<Drawn>,
    spool: Spool,
}

async fn take_in(project: &Project, job: &Job, tools: &Tools<'_>, report: &mut RunReport) -> Result<(), RunError> {
    let options = IngestOptions { paths: vec![project.path(&job.inbox)], ..IngestOptions::default() };
    let rules = Rules::read(&project.rules).0;
    let known = IngestProject {
        contracts: &project.contracts,
        senders: &project.senders,
        limits: &project.settings.limits,
        rules: &rules,
    };
    let ingested = ingest(&known, tools.lake, &options, tools.world).await?;
    tools.state.replace_deliveries(&deliveries::entries(&ingested.all))?;
    let drafts = receipts::collect(&known, &ingested, false);
    receipts::write(&project.path(receipts::FOLDER), drafts.clone(), &known, tools.lake, tools.world).await?;
    (report.ingested, report.receipts) = (Some(ingested), drafts);
    Ok(())
}

async fn compute(
    project: &Project,
    periode: Periode,
    tools: &Tools<'_>,
    report: &mut RunReport,
) -> Result<(), RunError> {
    let versions = marts::input_versions(project, tools.lake).await?;
    let inputs = marts::inputs_digest(project, &versions, periode);
    report.release = marts::unchanged(tools.lake, inputs, periode).await?;
    if report.release.is_none() {
        report.computed = Some(marts::compute(project, tools.queries, tools.lake, periode, tools.world).await?);
    }
    Ok(())
}

fn check(report: &mut RunReport) -> Result<(), RunError> {
    match report.computed.take_if(|it| it.failed()) {
        Some(failed) => Err(RunError::ChecksFailed(failed.checks)),
        None => Ok(()),
    }
}

async fn publish(
    project: &Project,
    job: &Job,
    periode: Periode,
    tools: &Tools<'_>,
    report: &mut RunReport,
) -> Result<(), RunError> {
    let Some(computed) = &report.computed else { return Ok(()) };
    let release = marts::publish(project, computed, &job.name, periode, tools.lake, tools.world).await?;
    tools.state.note_release(&release)?;
    tracing::info!(release = release.nomor, %periode, "release published");
    report.release = Some(release);
    report.published = true;
    Ok(())
}

/// Decides which reports leave and draws those; one that cannot be drawn for every reader is drawn for none, and the others go on.
async fn draw(
    project: &Project,
    job: &Job,
    periode: Periode,
    tools: &Tools<'_>,
    report: &mut RunReport,
) -> Result<Sheets, RunError> {
    let release = match &report.release {
        Some(release) => release.clone(),
        None => {
            let latest = tools.lake.latest_release().await?.filter(|it| it.periode == periode);
            latest.ok_or_else(|| RunError::NothingPublished { job: job.name.clone(), periode })?
        }
    };
    report.release = Some(release.clone());
    let mut found = dispatch::dispatch(project, job, &release, tools).await;
    report.stays.append(&mut found.stays);
    report.failed.append(&mut found.failed);
    let press = Press::of_release(project, tools.queries, &release, tools.lake, tools.world).await?;
    press.keep_files(tools.lake).await?;
    let spool = Spool::new(project.path(SPOOL))?;
    let at = Surroundings {
        threads: tools.world.threads,
        runtime: tokio::runtime::Handle::current(),
        progress: tools.world.progress.as_ref(),
    };
    let wanted: Vec<Wanted<'_>> = found.leaving.iter().map(|it| asked(project, it)).collect();
    let outcome = tokio::task::block_in_place(|| draw::draw(&press, project, &wanted, &spool, &at));
    report.files.extend(outcome.files);
    let failed = outcome.failed.into_iter().map(|it| Held { why: it.to_string(), report: it.report });
    report.failed.extend(failed);
    found.leaving.retain(|it| report.failed.iter().all(|failed| failed.report != it.wanted.name));
    Ok(Sheets { found, drawn: outcome.drawn, spool })
}

/// The readers whose data are there.
fn asked<'a>(project: &'a Project, leaving: &'a Leaving) -> Wanted<'a> {
    let readers = draw::readers(project, &leaving.wanted).into_iter();
    let readers = readers.filter(|it| !leaving.lacking.contains_key(&it.address)).collect();
    Wanted { report: &leaving.wanted.name, readers }
}

async fn store(
    project: &Project,
    sheets: Option<Sheets>,
    tools: &Tools<'_>,
    report: &mut RunReport,
) -> Result<(), RunError> {
    let (Some(release), Some(Sheets { found, drawn, spool })) = (&report.release, sheets) else { return Ok(()) };
    let (new, mut failed) = dispatch::store(project, &found.leaving, &drawn, release, tools).await?;
    drop(spool);
    report.stored += new;
    report.failed.append(&mut failed);
    Ok(())
}
