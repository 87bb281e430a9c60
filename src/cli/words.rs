//! What people read on a terminal: data to stdout, everything else to stderr. Refuses to print a person's data unasked.

#![expect(clippy::print_stderr, reason = "this is the one place that prints")]

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use tracing_subscriber::EnvFilter;

/// Starts the log on stderr; `RUST_LOG` chooses what it holds.
pub fn log(quiet: bool) {
    let usual = if quiet { "error" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let started =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(color).try_init();
    // A second start in one process keeps the first log.
    drop(started);
}

/// A line of data or of the answer.
pub fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    // A reader that closed the pipe wants no more; that is no failure of ours.
    let _ = writeln!(out, "{line}");
}

/// A line about the work, to stderr.
pub fn note(line: impl Display) {
    eprintln!("{line}");
}

/// An error and what led to it, each cause once.
pub fn error(error: &anyhow::Error) {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    eprintln!("error: {text}");
}

/// A whole number with separators.
pub fn number(value: u64) -> String {
    crate::model::indonesia::bulat(i64::try_from(value).unwrap_or(i64::MAX))
}
