//! `talenta marts`: the marts of a month over canonical tables in a folder. Refuses to need a lake.

use crate::analysis::build::Step;
use crate::cli::open;
use crate::cli::words::{note, number, say};
use crate::cli::{Done, Failed, Global, periode};
use crate::model::periode::Periode;
use crate::pipeline::recalculate::recalculate;
use clap::Args;
use std::path::PathBuf;

/// Compute the marts over canonical tables in a folder, without a lake.
#[derive(Debug, Args)]
pub struct Marts {
    /// Folder with <table>.csv or <table>.parquet; a table that is not there is empty, a column that is not there is null
    #[arg(long, value_name = "DIR")]
    tables: PathBuf,
    /// Month the marts are of
    #[arg(long, value_name = "YYYY-MM", value_parser = periode)]
    period: Periode,
    /// Folder the marts are written into, a CSV file each
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

/// `talenta marts`.
pub fn run(args: &Marts, global: &Global) -> Done {
    let project = open::project(global)?;
    let world = open::world(global)?;
    let done = open::block_on(async {
        let queries = open::queries(&project).await?;
        let done = recalculate(&project, &queries, &args.tables, args.period, &args.output, &world).await;
        done.map_err(Failed::user)
    })?;
    let warned: Vec<_> = done.checks.iter().map(|it| &it.result).filter(|it| it.baris > 0).collect();
    if global.json {
        let step = |it: &Step| serde_json::json!({ "name": it.name, "rows": it.rows, "seconds": it.seconds });
        let steps: Vec<_> = done.steps.iter().map(step).collect();
        say(serde_json::json!({ "files": done.files, "unread": done.unread, "checks": warned, "steps": steps }));
        return Ok(0);
    }
    if !global.quiet {
        for name in &done.unread {
            note(format!("warning: `{name}` is no canonical table and was not read"));
        }
        for found in &warned {
            note(format!("warning: check `{}` found {} rows", found.nama, number(found.baris)));
        }
        let rows: u64 = done.steps.iter().map(|it| it.rows).sum();
        let (built, files) = (done.steps.len(), done.files.len());
        say(format!(
            "{built} tables built ({} rows); {files} marts of {} to {}",
            number(rows),
            args.period,
            args.output.display()
        ));
    }
    Ok(0)
}
