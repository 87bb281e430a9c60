//! `talenta sql`: one question, or a prompt with history and completion, in a worker process.

use crate::cli::open;
use crate::cli::words::{note, say};
use crate::cli::{Done, Failed, Global};
use crate::model::digest::Digest;
use crate::model::table::Table;
use crate::pipeline::project::Project;
use crate::pipeline::query_worker::{QueryError, Rows, ask};
use crate::pipeline::reader::Sight;
use crate::pipeline::snapshot::{At, Snapshot, snapshot};
use crate::pipeline::world::World;
use crate::report::table::{self, Format, Locale, Options, Writer};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

type TakenError = Box<dyn std::error::Error + Send + Sync>;

/// Ask one question.
#[derive(Debug, Args)]
pub struct Sql {
    /// The statement; without it and without --file, a prompt
    query: Option<String>,
    /// Read the statement from a file
    #[arg(long, conflicts_with = "query")]
    file: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Shape::Table)]
    format: Shape,
    /// Write the result to a file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Read this release in place of the latest
    #[arg(long, value_name = "N")]
    release: Option<u64>,
    /// Read the lake as it stands, before a release
    #[arg(long, conflicts_with = "release")]
    draft: bool,
    /// Ask as this principal of access.toml, under its policy; without it as the operator, who sees everything
    #[arg(long = "as", value_name = "WHO", conflicts_with = "draft")]
    who: Option<String>,
    /// Field separator of CSV
    #[arg(long, default_value_t = ',')]
    delimiter: char,
    /// How numbers are written in CSV and tables: `exact`, or `id` for 1.234,56
    #[arg(long, value_enum, default_value_t = Spelling::Exact)]
    locale: Spelling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Table,
    Csv,
    Json,
    Parquet,
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spelling {
    Exact,
    Id,
}

impl From<Shape> for Format {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Table => Format::Table,
            Shape::Csv => Format::Csv,
            Shape::Json => Format::Json,
            Shape::Parquet => Format::Parquet,
            Shape::Xlsx => Format::Xlsx,
        }
    }
}

/// `talenta sql …`.
pub fn run(args: &Sql, global: &Global) -> Done {
    let project = open::project(global)?;
    let world = open::world(global)?;
    let at = match (args.draft, args.release) {
        (true, _) => At::Draft,
        (_, Some(nomor)) => At::Release(nomor),
        _ => At::Latest,
    };
    let (lake, snapshot, sight) = open::block_on(async {
        let lake = open::lake(&project, &world).await?;
        let planned = if at == At::Draft || args.who.is_some() { Some(open::described(&project).await?) } else { None };
        let sight = match (&args.who, &planned) {
            (Some(who), Some(queries)) => Some(Sight::of(&project, queries, who).map_err(Failed::user)?),
            _ => None,
        };
        let marts = planned.map(|queries| queries.mart_tables()).unwrap_or_default();
        let pinned = snapshot(&project, &lake, at, &marts, open::last_month(open::now())).await;
        Ok((lake.root().to_path_buf(), pinned.map_err(Failed::user)?, sight))
    })?;
    let asker = Asker {
        args,
        project: &project,
        lake: &lake,
        snapshot: &snapshot,
        sight: sight.as_ref(),
        world: &world,
        json: global.json,
    };
    let sql = match (&args.query, &args.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|error| Failed::words(format!("cannot read `{}`: {error}", path.display())))?,
        (None, None) => return prompt(&asker),
    };
    asker.ask(&sql)?;
    Ok(0)
}

/// Everything a question needs.
struct Asker<'a> {
    args: &'a Sql,
    project: &'a Project,
    lake: &'a Path,
    snapshot: &'a Snapshot,
    sight: Option<&'a Sight>,
    world: &'a World,
    json: bool,
}

impl Asker<'_> {
    fn ask(&self, sql: &str) -> Result<(), Failed> {
        let format = if self.json { Shape::Json } else { self.args.format };
        let binary = matches!(format, Shape::Parquet | Shape::Xlsx);
        if binary && self.args.output.is_none() && io::stdout().is_terminal() {
            return Err(Failed::words("this format is not for a terminal\nhint: add --output FILE"));
        }
        let options = Options {
            delimiter: self.args.delimiter,
            locale: if self.args.locale == Spelling::Id { Locale::Id } else { Locale::Exact },
            ..Options::default()
        };
        let limits = &self.project.settings.limits;
        let max = self.args.output.is_none().then_some(limits.result_rows_max);
        let fresh = self.args.output.as_deref().map(beside);
        let out: Box<dyn Write + Send> = match &fresh {
            None => Box::new(io::stdout()),
            Some(path) => Box::new(BufWriter::new(
                File::create(path)
                    .map_err(|error| Failed::words(format!("cannot write `{}`: {error}", path.display())))?,
            )),
        };
        let mut sink = Sink { format: format.into(), options, out: Some(out), writer: None, rows: 0, max };
        let answer = ask(sql, self.snapshot, self.sight, self.lake, limits, self.world, &mut sink);
        self.audit(sql, answer.is_ok());
        let finished = answer.map_err(refused).and_then(|_| sink.finish());
        match (finished, &fresh, &self.args.output) {
            (Ok(rows), Some(fresh), Some(output)) => {
                std::fs::rename(fresh, output)
                    .map_err(|error| Failed::words(format!("cannot write `{}`: {error}", output.display())))?;
                note(format!("{rows} rows to {}", output.display()));
                Ok(())
            }
            (Ok(_), _, _) => Ok(()),
            (Err(failed), Some(fresh), _) => {
                // What is left of a failed result would only mislead.
                let _ = std::fs::remove_file(fresh);
                Err(failed)
            }
            (Err(failed), None, _) => Err(failed),
        }
    }

    /// The text of a question may name a person; its digest does not.
    fn audit(&self, sql: &str, ok: bool) {
        let detail = json!({ "sql_sha256": Digest::of(sql.as_bytes()), "release": self.snapshot.release, "ok": ok });
        let actor = self.sight.map_or("operator", |sight| sight.policy.principal.as_str());
        let noted = open::state(self.project)
            .and_then(|state| state.audit(open::now(), actor, "sql", &detail).map_err(Failed::user));
        if let Err(failed) = noted {
            tracing::warn!(error = %failed.error, "the question could not be noted in the audit log");
        }
    }
}

/// Where a file is written until it is whole.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".baru");
    path.with_file_name(name)
}

/// Takes rows as they come and writes them.
struct Sink {
    format: Format,
    options: Options,
    out: Option<Box<dyn Write + Send>>,
    writer: Option<Writer<Box<dyn Write + Send>>>,
    rows: u64,
    max: Option<u64>,
}

impl Rows for Sink {
    fn begin(&mut self, schema: SchemaRef) -> Result<(), TakenError> {
        if let Some(out) = self.out.take() {
            self.writer = Some(table::begin(out, self.format, schema, &self.options)?);
        }
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), TakenError> {
        self.rows += batch.num_rows() as u64;
        if let Some(max) = self.max.filter(|max| self.rows > *max) {
            return Err(format!(
                "the result has more than {max} rows (result_rows_max)\nhint: add a limit, or write it with --output FILE"
            )
            .into());
        }
        if let Some(writer) = &mut self.writer {
            writer.write(batch)?;
        }
        Ok(())
    }
}

impl Sink {
    fn finish(self) -> Result<u64, Failed> {
        let Some(writer) = self.writer else { return Ok(0) };
        let (mut out, rows) = writer.finish().map_err(Failed::user)?;
        out.flush().map_err(Failed::user)?;
        Ok(rows)
    }
}

/// Reads statements until the end of input; a statement ends with `;`.
fn prompt(asker: &Asker<'_>) -> Done {
    let mut editor = rustyline::DefaultEditor::new().map_err(Failed::unexpected)?;
    let history = asker.project.path(".riwayat_sql");
    // The first prompt of a project has no history.
    let _ = editor.load_history(&history);
    let seen = |table: &&Table| asker.sight.is_some_and(|sight| sight.policy.view(table).is_some());
    let open = asker.sight.map(|sight| sight.tables.iter().filter(seen).count());
    say(format!(
        "{} tables; end a statement with ; and leave with Ctrl-D",
        open.unwrap_or(asker.snapshot.tables.len())
    ));
    let mut statement = String::new();
    loop {
        match editor.readline(if statement.is_empty() { "talenta> " } else { "     ...> " }) {
            Ok(line) => {
                statement.push_str(&line);
                statement.push('\n');
                let Some(sql) = statement.trim().strip_suffix(';').map(str::to_string) else { continue };
                // History is a convenience; a prompt without it still answers.
                let _ = editor.add_history_entry(statement.trim());
                statement.clear();
                if let Err(failed) = asker.ask(&sql) {
                    crate::cli::words::error(&failed.error);
                }
            }
            Err(rustyline::error::ReadlineError::Interrupted) => statement.clear(),
            Err(rustyline::error::ReadlineError::Eof) => break,
            Err(error) => return Err(Failed::unexpected(error)),
        }
    }
    let _ = editor.save_history(&history);
    Ok(0)
}

/// A refused statement is the user's fault; a worker that cannot be started or spoken to is not.
fn refused(error: QueryError) -> Failed {
    match error {
        QueryError::Worker(_) => Failed::unexpected(error),
        other => Failed::user(other),
    }
}
