//! The marts of a month over canonical tables in a folder, written as CSV files: hand-worked cases, an auditor's
//! recalculation. Refuses to touch the lake or to publish anything.

use crate::analysis::Error as AnalysisError;
use crate::analysis::build::{BuildOptions, MartSink, SinkError, Step, build};
use crate::analysis::check::{CheckOutcome, check};
use crate::analysis::folder;
use crate::analysis::project::Project as QueryProject;
use crate::model::periode::Periode;
use crate::model::table::Table;
use crate::pipeline::project::Project;
use crate::pipeline::world::World;
use crate::report::table::{self, Format, Options, Writer};
use arrow::array::RecordBatch;
use async_trait::async_trait;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum RecalculateError {
    /// Tables, queries or rules.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The folder of tables cannot be listed.
    #[error("cannot read the folder of tables `{}`: {source}", path.display())]
    Tables {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No file of the folder is a canonical table.
    #[error(
        "no file of `{}` is named after a canonical table\nhint: tables are <name>.csv or <name>.parquet, such as pegawai.csv",
        .0.display()
    )]
    Nothing(PathBuf),
    /// A folder of the output cannot be made or cleared.
    #[error("cannot write into `{}`: {source}", path.display())]
    Output {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What was computed.
pub struct Recalculated {
    /// Every table built, in order.
    pub steps: Vec<Step>,
    /// What each check found; the tables of a folder lack keys and provenance, so all of it is a warning.
    pub checks: Vec<CheckOutcome>,
    /// The files written.
    pub files: Vec<PathBuf>,
    /// Files of the folder that are no canonical table, and were not read.
    pub unread: Vec<String>,
}

/// Computes every mart of `periode` over the tables in `tables` and writes `output/<mart>.csv`.
///
/// # Errors
/// When the folder holds no canonical table, a value does not fit its column, a query fails, or a file cannot be written.
pub async fn recalculate(
    project: &Project,
    queries: &QueryProject,
    tables: &Path,
    periode: Periode,
    output: &Path,
    world: &World,
) -> Result<Recalculated, RecalculateError> {
    let declared = project.tables();
    let unread = unread(tables, &declared)?;
    let inputs = folder::tables(tables, &declared).await?;
    let scratch = output.join(".kerja");
    let wrong = |source| RecalculateError::Output { path: scratch.clone(), source };
    std::fs::create_dir_all(&scratch).map_err(wrong)?;
    let options = options(project, &scratch, world);
    let mut sink = FolderSink { folder: output, world, open: None, files: Vec::new() };
    world.progress.begin("marts", Some(queries.marts().count() as u64));
    let built = build(queries, &inputs, periode, &options, &mut sink).await?;
    world.progress.end();
    world.progress.begin("checks", None);
    let checks = check(queries, &inputs, &built.tables, periode, &options, 0).await?;
    world.progress.end();
    let files = sink.files;
    let steps = built.steps;
    drop(built.tables);
    std::fs::remove_dir_all(&scratch).map_err(wrong)?;
    Ok(Recalculated { steps, checks, files, unread })
}

/// What a build outside the lake may use.
pub fn options(project: &Project, scratch: &Path, world: &World) -> BuildOptions {
    BuildOptions {
        memory_bytes: usize::try_from(project.settings.limits.query_memory_bytes_max).unwrap_or(usize::MAX),
        scratch_dir: scratch.to_path_buf(),
        threads: world.threads,
    }
}

/// Names of files in the folder that no declared table is read from.
fn unread(folder: &Path, declared: &[Table]) -> Result<Vec<String>, RecalculateError> {
    let wrong = |source| RecalculateError::Tables { path: folder.to_path_buf(), source };
    let (mut read, mut other) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let name = entry.map_err(wrong)?.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".parquet"));
        if stem.is_some_and(|stem| declared.iter().any(|table| table.name == stem)) {
            read += 1;
        } else if !name.starts_with('.') {
            other.push(name);
        }
    }
    other.sort();
    if read == 0 { Err(RecalculateError::Nothing(folder.to_path_buf())) } else { Ok(other) }
}

/// Writes each mart as a file.
struct FolderSink<'a> {
    folder: &'a Path,
    world: &'a World,
    open: Option<(PathBuf, Writer<BufWriter<File>>)>,
    files: Vec<PathBuf>,
}

#[async_trait]
impl MartSink for FolderSink<'_> {
    async fn begin(&mut self, mart: &Table) -> Result<(), SinkError> {
        let path = self.folder.join(format!("{}.csv", mart.name));
        let file = BufWriter::new(File::create(&path)?);
        self.open = Some((path, table::begin(file, Format::Csv, mart.schema(), &Options::default())?));
        Ok(())
    }

    async fn write(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        if let Some((_, writer)) = &mut self.open {
            writer.write(&batch)?;
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SinkError> {
        if let Some((path, writer)) = self.open.take() {
            writer.finish()?;
            self.files.push(path);
        }
        self.world.progress.advance(1);
        Ok(())
    }
}
