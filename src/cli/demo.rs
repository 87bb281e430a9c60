//! `talenta demo`: a small province, the whole way, and where to look. What it leaves is an ordinary project.

use crate::cli::open;
use crate::cli::run::{failed, folders};
use crate::cli::sample;
use crate::cli::words::{number, say};
use crate::cli::{Done, Failed, Global};
use crate::model::periode::Periode;
use crate::model::settings::TransportSettings;
use crate::pipeline::init;
use crate::pipeline::project::Project;
use crate::pipeline::run::{RunReport, run_job};
use crate::pipeline::tools::Tools;
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Month of the demo.
const PERIODE: &str = "2025-12";
/// Job of the demo.
const JOB: &str = "bulanan";

/// Generate a small province and walk the whole way with it.
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder of the demo's project
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Civil servants in all
    #[arg(long, default_value_t = 2000)]
    employees: usize,
    /// The same seed gives the same province
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// `talenta demo`.
pub fn run(args: &Demo, global: &Global) -> Done {
    init::init(&args.dir).map_err(|error| match error {
        init::InitError::Taken(_) => Failed::words(format!(
            "`{}` holds a project already\nhint: `talenta run {JOB} --period {PERIODE} --project {}` runs it again, or name another folder with --dir",
            args.dir.display(),
            quoted(&args.dir)
        )),
        other => Failed::user(other),
    })?;
    let periode: Periode = PERIODE.parse().map_err(Failed::unexpected)?;
    sample::write(&sample::options(args.employees, args.seed, periode, 1.0), &args.dir)?;
    let global = Global { project: args.dir.clone(), settings: None, ..global.clone() };
    let project = open::project(&global)?;
    let job = project.job(JOB).map_err(Failed::words)?;
    let state = open::state(&project)?;
    let _lock = open::lock(&project, &state, "demo")?;
    let world = open::world(&global)?;
    let report = open::block_on(async {
        let lake = open::lake(&project, &world).await?;
        let queries = open::queries(&project).await?;
        let tools = Tools { lake: &lake, state: &state, queries: &queries, world: &world, due_at: None };
        run_job(&project, job, periode, &tools).await.map_err(failed)
    })?;
    tell(&project, &report, &quoted(&args.dir));
    Ok(0)
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |it: char| it.is_alphanumeric() || "/._-".contains(it);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

fn tell(project: &Project, report: &RunReport, dir: &str) {
    if let Some(ingested) = &report.ingested {
        let files: BTreeSet<&str> = ingested.rows.iter().map(|it| it.receipt.nama_asal.as_str()).collect();
        let sum = |get: &dyn Fn(&crate::model::delivery::Receipt) -> u64| -> String {
            number(ingested.rows.iter().map(|it| get(&it.receipt)).sum())
        };
        say(format!("files received   {}", number(files.len() as u64)));
        say(format!(
            "rows read        {} = {} accepted + {} rejected",
            sum(&|it| it.baris_dibaca),
            sum(&|it| it.baris_diterima),
            sum(&|it| it.baris_ditolak)
        ));
        say(format!("rows repaired    {}", sum(&|it| it.baris_diperbaiki)));
    }
    if let Some(release) = &report.release {
        say(format!("release          {} of {}", release.nomor, release.periode));
    }
    for (i, folder) in folders(project, &report.files).iter().enumerate() {
        let label = if i == 0 { "reports" } else { "" };
        say(format!("{label:<17}{folder}"));
    }
    let mailbox = match &project.settings.mail.transport {
        TransportSettings::Folder { path } => project.path(path).display().to_string(),
        TransportSettings::Smtp { host, .. } => host.clone(),
    };
    let sent = report.posted.map_or(0, |it| it.accepted);
    say(format!("mails written    {sent} to {mailbox}"));
    say("try next");
    say(format!("  talenta sql \"select * from ip_asn_instansi order by indeks desc\" --project {dir}"));
    say(format!("  talenta status --project {dir}"));
    say(format!("  talenta report preview ringkasan-gubernur --project {dir}"));
    say(format!("  talenta report matrix --project {dir}"));
}
