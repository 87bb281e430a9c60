//! One run of a job: its steps in order, recorded in the ledger, under the project's lock. Refuses to go on after a failed check.

use crate::analysis::check::CheckOutcome;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::rules::Rules;
use crate::lake::{Error as LakeError, Lake};
use crate::model::job::{Job, Step};
use crate::model::outbox::Put;
use crate::model::periode::Periode;
use crate::model::release::{Release, Severity};
use crate::model::run::{Run, RunStatus};
use crate::pipeline::deliveries;
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_pass::{IngestOptions, IngestProject, Ingested, ingest};
use crate::pipeline::marts::{self, Computed, MartsError};
use crate::pipeline::post::{self, Drawn, PostError, Posted};
use crate::pipeline::project::Project;
use crate::pipeline::receipts::{self, Draft, ReceiptError};
use crate::pipeline::render::{self, RenderError};
use crate::pipeline::snapshot::releases;
use crate::pipeline::world::World;
use crate::state::{Error as StateError, State};
use serde_json::json;
use std::path::PathBuf;

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
    /// Rendering.
    #[error("step render: {0}")]
    Render(#[from] RenderError),
    /// Outbox or sending.
    #[error("step send: {0}")]
    Post(#[from] PostError),
    /// The ledger.
    #[error(transparent)]
    State(#[from] StateError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A check found a broken guarantee.
    #[error("{}", failed_checks(.0))]
    ChecksFailed(Vec<CheckOutcome>),
    /// A job renders without a release.
    #[error("job `{job}` renders reports, but there is no release for {periode}; let it run the step `release` first")]
    NothingPublished {
        /// The job.
        job: String,
        /// The month.
        periode: Periode,
    },
    /// More readers than allowed.
    #[error("report `{report}` would go to {readers} people, more than recipients_max ({max})")]
    TooManyReaders {
        /// The report.
        report: String,
        /// How many.
        readers: usize,
        /// The limit.
        max: u64,
    },
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
    /// Messages stored for the first time.
    pub stored: u64,
    /// What became of the messages.
    pub posted: Option<Posted>,
}

/// What a run needs besides the project.
pub struct Tools<'a> {
    /// The lake.
    pub lake: &'a Lake,
    /// The ledger.
    pub state: &'a State,
    /// The planned queries.
    pub queries: &'a QueryProject,
    /// The surroundings.
    pub world: &'a World,
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
        Err(error) => tools.state.end_run(run.id, RunStatus::Gagal, Some(&error.to_string()), release, now)?,
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
    let mut drawn: Vec<Drawn> = Vec::new();
    for (word, step) in Step::ALL.iter().filter(|(_, step)| job.steps.contains(step)) {
        tools.state.step_run(run.id, word)?;
        match step {
            Step::Ingest => take_in(project, job, tools, report).await?,
            Step::Marts => compute(project, periode, tools, report).await?,
            Step::Checks => check(report)?,
            Step::Release => publish(project, job, periode, tools, report).await?,
            Step::Render => drawn = draw(project, job, periode, tools, report).await?,
            Step::Outbox => store(project, &drawn, tools, report).await?,
            Step::Send => report.posted = Some(post::send_due(project, tools.state, tools.world)?),
        }
    }
    Ok(())
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

async fn draw(
    project: &Project,
    job: &Job,
    periode: Periode,
    tools: &Tools<'_>,
    report: &mut RunReport,
) -> Result<Vec<Drawn>, RunError> {
    let release = match &report.release {
        Some(release) => release.clone(),
        None => {
            let latest = tools.lake.latest_release().await?.filter(|it| it.periode == periode);
            latest.ok_or_else(|| RunError::NothingPublished { job: job.name.clone(), periode })?
        }
    };
    tools.world.progress.begin("render", Some(job.reports.len() as u64));
    let mut drawn = Vec::new();
    for wanted in &job.reports {
        let readers: Vec<_> =
            project.recipients.iter().filter(|it| it.groups.iter().any(|group| wanted.to.contains(group))).collect();
        let max = project.settings.limits.recipients_max;
        if readers.len() as u64 > max {
            let (report, readers) = (wanted.name.clone(), readers.len());
            return Err(RunError::TooManyReaders { report, readers, max });
        }
        for (nth, reader) in readers.into_iter().enumerate() {
            let rendered =
                render::render(project, tools.queries, &wanted.name, &release, reader, tools.lake, tools.world).await?;
            if nth == 0 {
                let folder = project.path("laporan").join(&wanted.name).join(release.periode.to_string());
                report.files.extend(render::write_files(&rendered, &folder)?);
            }
            drawn.push(Drawn { report: wanted.name.clone(), reader: reader.clone(), rendered });
        }
        tools.world.progress.advance(1);
    }
    tools.world.progress.end();
    report.release = Some(release);
    Ok(drawn)
}

/// The first release of a month is revision 1 of its reports; each correction of the month is the next.
async fn store(project: &Project, drawn: &[Drawn], tools: &Tools<'_>, report: &mut RunReport) -> Result<(), RunError> {
    let Some(release) = report.release.clone() else { return Ok(()) };
    let all = releases(tools.lake).await?;
    let revision = all.iter().filter(|it| it.periode == release.periode && it.nomor <= release.nomor).count();
    let revision = u32::try_from(revision).unwrap_or(u32::MAX);
    for drawn in drawn {
        let put = post::store(project, tools.state, drawn, &release, revision, tools.world)?;
        if matches!(put, Put::New { .. }) {
            report.stored += 1;
        }
    }
    Ok(())
}
