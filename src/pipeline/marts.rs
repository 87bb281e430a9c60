//! Marts of a month into the lake, checks over them, and the release. Refuses to publish what a check failed.

use crate::analysis::build::{BuildOptions, MartSink, SinkError, Step, build};
use crate::analysis::check::{CheckOutcome, check};
use crate::analysis::project::Project as QueryProject;
use crate::analysis::{Error as AnalysisError, Providers};
use crate::lake::{Change, Error as LakeError, Lake, Stage, Staged, Unit};
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::release::{Release, Severity};
use crate::model::table::Table;
use crate::pipeline::access_check::ACCESS;
use crate::pipeline::project::Project;
use crate::pipeline::snapshot::releases;
use crate::pipeline::world::World;
use arrow::array::RecordBatch;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Offending rows shown for each check.
const OFFENDERS_SHOWN: usize = 10;
/// What this program calls itself in a release.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why there are no new marts.
#[derive(Debug, thiserror::Error)]
pub enum MartsError {
    /// Queries or rules.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The scratch folder cannot be made.
    #[error("cannot make the scratch folder `{}`: {source}", path.display())]
    Scratch {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// New mart versions and what the checks say of them; nothing of it is visible to readers yet.
pub struct Computed {
    /// Every table built.
    pub steps: Vec<Step>,
    /// What each check found.
    pub checks: Vec<CheckOutcome>,
    /// Version per table: canonical, engine, marts.
    pub tables: BTreeMap<String, u64>,
    /// Digest of the inputs.
    pub inputs: Digest,
}

impl Computed {
    /// Whether a broken guarantee forbids publishing.
    pub fn failed(&self) -> bool {
        self.checks.iter().any(|it| it.result.tingkat == Severity::Gagal && it.result.baris > 0)
    }
}

/// Versions of the tables that marts are computed from; a table never delivered is made, empty.
pub async fn input_versions(project: &Project, lake: &Lake) -> Result<BTreeMap<String, u64>, LakeError> {
    let mut versions = BTreeMap::new();
    for table in project.tables() {
        versions.insert(table.name.clone(), lake.ensure(&table).await?);
    }
    Ok(versions)
}

/// Digest of everything the marts of a month follow from; who may read them changes no figure.
pub fn inputs_digest(project: &Project, versions: &BTreeMap<String, u64>, periode: Periode) -> Digest {
    let mut parts = vec![VERSION.to_string(), periode.to_string()];
    parts.extend(versions.iter().map(|(table, version)| format!("{table} {version}")));
    // Who reads and when a job runs change no figure.
    let figures = |path: &String| path != ACCESS && !path.starts_with("pipelines/jobs/");
    let files = project.digests().into_iter().filter(|(path, _)| figures(path));
    parts.extend(files.map(|(path, digest)| format!("{path} {digest}")));
    Digest::of_parts(parts.iter().map(String::as_bytes))
}

/// Builds all marts, commits them as a draft, and checks them.
pub async fn compute(
    project: &Project,
    queries: &QueryProject,
    lake: &Lake,
    periode: Periode,
    world: &World,
) -> Result<Computed, MartsError> {
    lake.begin_writing().await?;
    drop_drafts(queries, lake).await?;
    let mut tables = input_versions(project, lake).await?;
    let inputs = inputs_digest(project, &tables, periode);
    let mut providers = Providers::new();
    for (name, version) in &tables {
        providers.insert(name.clone(), lake.provider(name, *version).await?);
    }
    let scratch = project.path(".kerja");
    let made = |source| MartsError::Scratch { path: scratch.clone(), source };
    if scratch.is_dir() {
        std::fs::remove_dir_all(&scratch).map_err(made)?;
    }
    std::fs::create_dir_all(&scratch).map_err(made)?;
    let options = BuildOptions {
        memory_bytes: usize::try_from(project.settings.limits.query_memory_bytes_max).unwrap_or(usize::MAX),
        scratch_dir: scratch.clone(),
        threads: world.threads,
    };
    world.progress.begin("marts", Some(queries.marts().count() as u64));
    let mut sink = LakeSink { lake, periode, world, open: None, done: Vec::new() };
    let built = build(queries, &providers, periode, &options, &mut sink).await?;
    world.progress.end();
    for (table, staged) in sink.done {
        let change = Change { replace: vec![unit(periode)], add: vec![staged], txn: None };
        let info = BTreeMap::from([("periode".to_string(), periode.to_string())]);
        tables.insert(table.name.clone(), lake.commit(&table, change, info).await?);
    }
    world.progress.begin("checks", None);
    let checks = check(queries, &providers, &built.tables, periode, &options, OFFENDERS_SHOWN).await?;
    world.progress.end();
    lake.end_writing().await?;
    let steps = built.steps;
    drop(built.tables);
    std::fs::remove_dir_all(&scratch).map_err(made)?;
    Ok(Computed { steps, checks, tables, inputs })
}

/// Takes back the mart rows that no release holds: a failed check or an interrupted run left them, of whichever month, and the next
/// release must not carry them out.
async fn drop_drafts(queries: &QueryProject, lake: &Lake) -> Result<(), LakeError> {
    let published = lake.latest_release().await?.map(|it| it.tabel).unwrap_or_default();
    for mart in queries.mart_tables() {
        let version = published.get(&mart.name).copied();
        if lake.version(&mart.name).await? != version {
            lake.reset(&mart, version).await?;
        }
    }
    Ok(())
}

/// Publishes what was computed, as the release after the latest.
pub async fn publish(
    project: &Project,
    computed: &Computed,
    job: &str,
    periode: Periode,
    lake: &Lake,
    world: &World,
) -> Result<Release, MartsError> {
    for bytes in project.files.values() {
        lake.put_content(bytes).await?;
    }
    let nomor = lake.latest_release().await?.map_or(1, |latest| latest.nomor + 1);
    let release = Release {
        nomor,
        job: job.into(),
        periode,
        dibuat_pada: world.now(),
        versi_program: VERSION.into(),
        tabel: computed.tables.clone(),
        pemeriksaan: computed.checks.iter().map(|it| it.result.clone()).collect(),
        isi: project.digests(),
        masukan: computed.inputs,
    };
    lake.publish(&release).await?;
    Ok(release)
}

/// The latest release of this month that follows from the same inputs.
pub async fn unchanged(lake: &Lake, inputs: Digest, periode: Periode) -> Result<Option<Release>, LakeError> {
    let latest = releases(lake).await?.into_iter().rev().find(|it| it.periode == periode);
    Ok(latest.filter(|it| it.masukan == inputs))
}

fn unit(periode: Periode) -> Unit {
    let periode = periode.to_string();
    Unit::of([("periode", Some(periode.as_str()))])
}

/// Stages each mart as its rows come.
struct LakeSink<'a> {
    lake: &'a Lake,
    periode: Periode,
    world: &'a World,
    open: Option<(Table, Stage)>,
    done: Vec<(Table, Staged)>,
}

#[async_trait]
impl MartSink for LakeSink<'_> {
    async fn begin(&mut self, table: &Table) -> Result<(), SinkError> {
        let stage = self.lake.stage(table, &unit(self.periode))?;
        self.open = Some((table.clone(), stage));
        Ok(())
    }

    async fn write(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        if let Some((_, stage)) = &mut self.open {
            stage.write(&batch).await?;
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SinkError> {
        if let Some((table, stage)) = self.open.take() {
            self.done.push((table, stage.finish().await?));
        }
        self.world.progress.advance(1);
        Ok(())
    }
}
