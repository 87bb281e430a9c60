//! `talenta sample`: sample exports in a folder.

use crate::cli::words::{number, say};
use crate::cli::{Done, Failed, Global, periode};
use crate::model::periode::Periode;
use crate::sample::{self, Options, Summary};
use clap::Args;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Write sample exports.
#[derive(Debug, Args)]
pub struct Sample {
    /// Folder; deliveries go to <DIR>/inbox
    dir: PathBuf,
    /// Civil servants in all
    #[arg(long, default_value_t = 2000)]
    employees: usize,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Month of the snapshot
    #[arg(long, default_value = "2025-12", value_parser = periode)]
    period: Periode,
    /// Share of bad cells against the usual: 0 for none, 3 for three times as many
    #[arg(long, default_value_t = 1.0)]
    mess: f64,
    /// Write one SIASN file of this many rows in place of a province
    #[arg(long, value_name = "ROWS")]
    siasn: Option<usize>,
}

/// `talenta sample DIR`.
pub fn run(args: &Sample, global: &Global) -> Done {
    if let Some(rows) = args.siasn {
        let path = args.dir.join("siasn.csv");
        siasn(&path, rows, args).map_err(|error| cannot(&path, &error))?;
        say(format!("{rows} rows in {}", path.display()));
        return Ok(0);
    }
    let options = options(args.employees, args.seed, args.period, args.mess);
    let summary = write(&options, &args.dir)?;
    if global.json {
        say(json!({ "files": summary.files.len() }));
    } else if !global.quiet {
        say(format!("{} files in {}/inbox", number(summary.files.len() as u64), args.dir.display()));
    }
    Ok(0)
}

/// A province of this size.
pub fn options(employees: usize, seed: u64, periode: Periode, mess: f64) -> Options {
    Options { employees, seed, periode, mess, months_before: 1 }
}

/// Writes a province below `dir`.
pub fn write(options: &Options, dir: &Path) -> Result<Summary, Failed> {
    sample::province(options, &mut |name, bytes| {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    })
    .map_err(|error| cannot(dir, &error))
}

fn siasn(path: &Path, rows: usize, args: &Sample) -> io::Result<()> {
    fs::create_dir_all(&args.dir)?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    sample::siasn_csv(rows, args.seed, args.mess, &mut out)?;
    out.flush()
}

fn cannot(path: &Path, error: &io::Error) -> Failed {
    Failed::words(format!("cannot write sample exports to `{}`: {error}", path.display()))
}
