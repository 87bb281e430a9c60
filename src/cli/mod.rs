//! Arguments in, exit code out. The only room that prints, reads the environment, and ends the process.

mod demo;
mod docs;
mod ingest;
mod marts;
mod matrix;
mod open;
mod outbox;
mod progress;
mod project;
mod report;
mod run;
mod sample;
mod schedule;
mod sql;
mod status;
mod test;
mod words;

use crate::model::periode::Periode;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Merit, talent and training figures of the civil service, from agency exports to reports by mail.
#[derive(Debug, Parser)]
#[command(name = "talenta", version, about, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Project folder
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// Settings file in place of the project's talenta.toml
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Say nothing but errors and data
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Print one JSON object in place of words
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate a small province and walk the whole way with it
    Demo(demo::Demo),
    /// Write sample exports
    Sample(sample::Sample),
    /// Write a new project
    Init(project::Init),
    /// Validate everything: all problems at once, each with file, line and hint
    Check,
    /// Show what a run would do
    Plan(run::Plan),
    /// Run a job
    Run(run::Run),
    /// Take deliveries into the lake, with a receipt for each file
    Ingest(ingest::Ingest),
    /// Ask the current release (or the draft) one question
    Sql(sql::Sql),
    /// Compute the marts over canonical tables in a folder, without a lake
    Marts(marts::Marts),
    /// Run the tests of queries
    Test(test::Test),
    /// List and render reports
    Report(report::Report),
    /// The state of every message, and the kill switch
    Outbox(outbox::Outbox),
    /// Write the catalogue: tables, columns, queries, rules and indicators as offline HTML
    Docs(docs::Docs),
    /// Run jobs by the clock
    Schedule(schedule::Schedule),
    /// Latest release, last runs, what arrived and what did not
    Status(status::Status),
    /// Serve calls on standard input
    #[command(hide = true)]
    Worker,
}

/// A failure and the exit code it ends with.
pub struct Failed {
    code: u8,
    error: anyhow::Error,
}

/// The user's files, data or arguments.
pub const USER: u8 = 1;
/// Everything unexpected.
pub const UNEXPECTED: u8 = 2;

impl Failed {
    /// A fault of files, data or arguments.
    pub fn user(error: impl Into<anyhow::Error>) -> Self {
        Self { code: USER, error: error.into() }
    }

    /// A fault of the machine or of this program.
    pub fn unexpected(error: impl Into<anyhow::Error>) -> Self {
        Self { code: UNEXPECTED, error: error.into() }
    }

    /// A fault of files, data or arguments, in words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { code: USER, error: anyhow::Error::msg(text.into()) }
    }
}

/// What a command that ended in order has to say: its exit code.
pub type Done = Result<u8, Failed>;

/// Deep query plans recurse; the stack a process starts with is not under our control.
const STACK_BYTES: usize = 64 << 20;

/// The whole program.
pub fn main() -> ExitCode {
    crate::worker::keep_to_oneself();
    let thread = std::thread::Builder::new().name("cli".into()).stack_size(STACK_BYTES).spawn(run);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has said what it is; it is a fault of this program.
        Ok(Err(_)) | Err(_) => ExitCode::from(UNEXPECTED),
    }
}

fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { USER } else { 0 };
            // Where even the help cannot be printed there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    words::log(cli.global.quiet);
    let global = cli.global;
    let done = match cli.command {
        Command::Demo(args) => demo::run(&args, &global),
        Command::Sample(args) => sample::run(&args, &global),
        Command::Init(args) => project::init(&args, &global),
        Command::Check => project::check(&global),
        Command::Plan(args) => run::plan(&args, &global),
        Command::Run(args) => run::run(&args, &global),
        Command::Ingest(args) => ingest::run(&args, &global),
        Command::Sql(args) => sql::run(&args, &global),
        Command::Marts(args) => marts::run(&args, &global),
        Command::Test(args) => test::run(&args, &global),
        Command::Report(args) => report::run(&args, &global),
        Command::Outbox(args) => outbox::run(&args, &global),
        Command::Docs(args) => docs::run(&args, &global),
        Command::Schedule(args) => schedule::run(&args, &global),
        Command::Status(args) => status::run(&args, &global),
        Command::Worker => project::worker(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failed) => {
            words::error(&failed.error);
            ExitCode::from(failed.code)
        }
    }
}

/// A month argument.
pub fn periode(text: &str) -> Result<Periode, String> {
    text.parse().map_err(|error: crate::model::periode::NotAPeriode| error.to_string())
}
