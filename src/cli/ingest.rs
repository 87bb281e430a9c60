//! `talenta ingest`: deliveries into the lake, with a receipt for each.

use crate::analysis::rules::Rules;
use crate::cli::open;
use crate::cli::words::{note, number, say};
use crate::cli::{Done, Failed, Global, USER, periode};
use crate::lake::Error as LakeError;
use crate::model::periode::Periode;
use crate::model::waiting::Waiting;
use crate::pipeline::berkas::BerkasRow;
use crate::pipeline::deliveries;
use crate::pipeline::file_workers::FileWorkerError;
use crate::pipeline::gate::STATUS;
use crate::pipeline::ingest_commit::Ingested;
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_pass::{Again, IngestOptions, IngestProject, ingest};
use crate::pipeline::receipts::{self, Draft};
use crate::report;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Take deliveries into the lake.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files, or folders that hold `<kode>/<file>`
    #[arg(required_unless_present = "again", conflicts_with = "again")]
    paths: Vec<PathBuf>,
    /// Sender of the files, outranking the folder
    #[arg(long, value_name = "KODE")]
    instansi: Option<String>,
    /// Month the files speak for, outranking file name and letterhead
    #[arg(long, value_name = "YYYY-MM", value_parser = periode)]
    period: Option<Periode>,
    /// Show the receipts; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the receipt of each file as its sender reads it
    #[arg(long)]
    receipt: bool,
    /// Commit nothing if more than N % of the rows of a file are rejected
    #[arg(long, value_name = "N%", value_parser = percent)]
    fail_over: Option<f64>,
    /// Load a delivery (or all) again from raw/, after a contract was mended
    #[arg(long, value_name = "SHA|all", value_parser = again)]
    again: Option<Again>,
    /// Load also tables with far more or fewer rows than the month before
    #[arg(long)]
    accept: bool,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').replace(',', ".");
    let parsed = number.trim().parse::<f64>().ok().filter(|it| (0.0..=100.0).contains(it));
    parsed.ok_or_else(|| format!("`{text}` is no percentage between 0 and 100"))
}

fn again(text: &str) -> Result<Again, String> {
    if text == "all" {
        Ok(Again::All)
    } else {
        text.parse().map(Again::One).map_err(|_| format!("`{text}` is neither `all` nor a SHA-256"))
    }
}

/// The exit code of a failed pass: the machine's faults are unexpected, everything else is the user's to mend.
pub fn failed(error: IngestError) -> Failed {
    match error {
        IngestError::Lake(inner) => lake_failed(inner),
        IngestError::Crashed | IngestError::Batch(_) | IngestError::Contracts(_) => Failed::unexpected(error),
        IngestError::Reader(inner) => match *inner {
            FileWorkerError::Worker(_) | FileWorkerError::Message { .. } | FileWorkerError::Broken { .. } => {
                Failed::unexpected(*inner)
            }
        },
        other => Failed::user(other),
    }
}

/// A lake that cannot be opened is a matter of settings; a disk that fails is not.
fn lake_failed(error: LakeError) -> Failed {
    match error {
        LakeError::DiskFull { .. }
        | LakeError::Write { .. }
        | LakeError::Uncertain { .. }
        | LakeError::Read { .. }
        | LakeError::Corrupt { .. }
        | LakeError::Shape { .. }
        | LakeError::Parquet { .. } => Failed::unexpected(error),
        other => Failed::user(other),
    }
}

/// `talenta ingest …`.
pub fn run(args: &Ingest, global: &Global) -> Done {
    let project = open::project(global)?;
    let state = if args.dry_run { None } else { Some(open::state(&project)?) };
    let _lock = state.as_ref().map(|state| open::lock(&project, state, "ingest")).transpose()?;
    let world = open::world(global)?;
    let options = IngestOptions {
        paths: args.paths.clone(),
        instansi: args.instansi.clone(),
        periode: args.period,
        dry_run: args.dry_run,
        fail_over: args.fail_over,
        again: args.again,
        accept: args.accept,
    };
    let rules = Rules::read(&project.rules).0;
    let (ingested, drafts) = open::block_on(async {
        let lake = match args.dry_run {
            true => open::lake_to_read(&project).await?,
            false => open::lake(&project, &world).await?,
        };
        let known = IngestProject {
            contracts: &project.contracts,
            senders: &project.senders,
            limits: &project.settings.limits,
            rules: &rules,
        };
        let ingested = ingest(&known, &lake, &options, &world).await.map_err(failed)?;
        let drafts = receipts::collect(&known, &ingested, args.dry_run);
        if let Some(state) = &state {
            state.replace_deliveries(&deliveries::entries(&ingested.all)).map_err(Failed::user)?;
            state.audit(open::now(), "operator", "ingest", &detail(&ingested)).map_err(Failed::user)?;
            let folder = project.path(receipts::FOLDER);
            receipts::write(&folder, drafts.clone(), &known, &lake, &world).await.map_err(Failed::user)?;
        }
        Ok((ingested, drafts))
    })?;
    implausible(&drafts);
    if global.json {
        say(as_json(&ingested));
    } else if !global.quiet {
        if args.receipt {
            drafts.iter().for_each(|it| say(report::receipt::text(&it.receipt)));
        } else {
            lines(&ingested.rows);
        }
        waiting(&ingested.held);
        say(summary(&ingested));
        if args.dry_run {
            say("dry run: nothing was written");
        }
    }
    let refused = ingested.rows.iter().any(|it| it.receipt.status == "DITOLAK");
    Ok(if refused || !ingested.held.is_empty() { USER } else { 0 })
}

/// What the audit log keeps of a pass: how many files, and what was let in or held by the plausible band.
fn detail(ingested: &Ingested) -> Value {
    let named = |list: &[Waiting]| -> Vec<Value> {
        let one = |it: &Waiting| json!({ "sha256": it.sha256, "instansi": it.instansi_kode, "dataset": it.dataset, "periode": it.periode });
        list.iter().map(one).collect()
    };
    json!({ "files": ingested.rows.len(), "waiting": named(&ingested.held), "accepted": named(&ingested.approved) })
}

/// A line a table that waits, with both figures and what loads it.
pub fn waiting(list: &[Waiting]) {
    for it in list {
        say(format!("{:<13} {:<18} {} {}: {}", STATUS, it.dataset, it.periode, it.nama_asal, figures(it)));
        say(format!("              nothing of it is loaded; `{}` loads it", it.command()));
    }
}

/// `40 rows where 2025-11 has 60`.
fn figures(it: &Waiting) -> String {
    format!("{} rows where {} has {}", number(it.baris.dibaca), it.pembanding_periode, number(it.pembanding.dibaca))
}

/// Warns of loaded deliveries with far more or fewer rows than the one before.
pub fn implausible(drafts: &[Draft]) {
    for draft in drafts {
        for table in &draft.receipt.tabel {
            for change in table.perubahan.iter().filter(|it| it.di_luar_pita) {
                let (rows, base) = (number(table.receipt.baris_diterima), number(change.baris));
                let dataset = table.receipt.dataset.as_deref().unwrap_or("-");
                if table.receipt.status != STATUS {
                    note(format!(
                        "warning: di luar pita wajar: `{}` brings {rows} rows of {dataset}, the delivery before it ({}) {base}",
                        draft.receipt.berkas, change.periode
                    ));
                }
            }
        }
    }
}

/// A line a table, with the reasons of what was not loaded.
fn lines(rows: &[BerkasRow]) {
    for row in rows {
        let receipt = &row.receipt;
        let sheet = receipt.sheet.as_deref().map_or_else(String::new, |sheet| format!(" [{sheet}]"));
        let dataset = receipt.dataset.as_deref().unwrap_or("-");
        let periode = receipt.periode.map_or_else(|| "-".into(), |periode| periode.to_string());
        let mut line = format!("{:<13} {dataset:<18} {periode:<7} {}{sheet}", receipt.status, receipt.nama_asal);
        if receipt.baris_dibaca > 0 {
            let (read, taken) = (number(receipt.baris_dibaca), number(receipt.baris_diterima));
            line.push_str(&format!(": {read} rows = {taken} accepted + {} rejected", number(receipt.baris_ditolak)));
        }
        let rules: Vec<String> = receipt.aturan.iter().map(|(code, count)| format!("{code}={count}")).collect();
        if !rules.is_empty() {
            line.push_str(&format!(" ({})", rules.join(" ")));
        }
        if let Some(why) = &receipt.alasan {
            line.push_str(&format!("\n              {why}"));
        }
        say(line);
    }
}

/// What a pass did, in one line.
pub fn summary(ingested: &Ingested) -> String {
    let sum = |get: &dyn Fn(&BerkasRow) -> u64| number(ingested.rows.iter().map(get).sum());
    let count = |status: &str| ingested.rows.iter().filter(|it| it.receipt.status == status).count();
    let waiting = ingested.held.iter().map(|it| it.nama_asal.as_str());
    let mut files: Vec<&str> = ingested.rows.iter().map(|it| it.receipt.nama_asal.as_str()).chain(waiting).collect();
    files.sort_unstable();
    files.dedup();
    let waiting = match ingested.held.len() {
        0 => String::new(),
        held => format!(", {} waiting for --accept", number(held as u64)),
    };
    format!(
        "{} files: {} rows read = {} accepted + {} rejected; {} rows repaired; {} refused, {} duplicate, {} out of date, {} without contract{waiting}",
        number(files.len() as u64),
        sum(&|it| it.receipt.baris_dibaca),
        sum(&|it| it.receipt.baris_diterima),
        sum(&|it| it.receipt.baris_ditolak),
        sum(&|it| it.receipt.baris_diperbaiki),
        count("DITOLAK"),
        count("DUPLIKAT"),
        count("USANG"),
        count("TANPA_KONTRAK"),
    )
}

/// `{"berkas": [...], "tabel": {...}}` as `spec/tables.md` has it; `menunggu` beside them where something waits.
pub fn as_json(ingested: &Ingested) -> Value {
    let row = |it: &BerkasRow| {
        let mut value = json!(it.receipt);
        if let Some(object) = value.as_object_mut() {
            object.insert("berlaku".into(), json!(it.berlaku));
        }
        value
    };
    let mut answer = json!({ "berkas": ingested.rows.iter().map(row).collect::<Vec<_>>(), "tabel": ingested.tables });
    if let Some(object) = answer.as_object_mut().filter(|_| !ingested.held.is_empty()) {
        object.insert("menunggu".into(), json!(ingested.held.iter().map(waiting_json).collect::<Vec<_>>()));
    }
    answer
}

/// A table that waits, with the command that loads it.
pub fn waiting_json(it: &Waiting) -> Value {
    let mut value = json!(it);
    if let Some(object) = value.as_object_mut() {
        object.insert("perintah".into(), json!(it.command()));
    }
    value
}
