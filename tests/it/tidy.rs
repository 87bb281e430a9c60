//! Checks the properties of the source tree that the compiler cannot: floors, homes of libraries, first lines, sizes.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, lowest first. A room may name only rooms on lower floors.
const FLOORS: &[&[&str]] = &[
    &["model"],
    &["config", "state", "worker"],
    &["ingest", "lake", "analysis", "report", "mail", "sample"],
    &["pipeline"],
    &["schedule", "serve"],
    &["cli"],
];

/// Libraries that may be named in some rooms only.
const HOMES: &[(&str, &[&str])] = &[
    ("anyhow", &["cli"]),
    ("calamine", &["ingest"]),
    ("cfb", &["ingest"]),
    ("chrono_tz", &["schedule"]),
    ("clap", &["cli"]),
    ("croner", &["schedule"]),
    ("csv", &["ingest", "report", "sample"]),
    ("datafusion", &["analysis", "lake"]),
    ("datafusion_datasource", &["lake"]),
    ("deltalake", &["lake"]),
    ("encoding_rs", &["ingest", "sample"]),
    ("html5gum", &["ingest"]),
    ("indicatif", &["cli"]),
    ("lettre", &["mail"]),
    ("minijinja", &["report"]),
    ("object_store", &["lake"]),
    ("parquet", &["lake", "report", "sample"]),
    ("rand", &["sample"]),
    ("rand_chacha", &["sample"]),
    ("resvg", &["report"]),
    ("rusqlite", &["state"]),
    ("rust_xlsxwriter", &["report", "sample"]),
    ("rustix", &["state", "worker"]),
    ("rustyline", &["cli"]),
    ("tokio_cron_scheduler", &["schedule"]),
    ("toml", &["config"]),
    ("tracing_subscriber", &["cli"]),
    ("typst", &["report"]),
    ("typst_layout", &["report"]),
    ("typst_pdf", &["report"]),
    ("zip", &["ingest", "sample"]),
];

const FILE_LINES_MAX: usize = 500;

#[test]
fn rooms_use_lower_floors_and_libraries_stay_at_home() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut problems = Vec::new();
    for path in rust_files(&src) {
        let relative = path.strip_prefix(&src).unwrap().display().to_string();
        check_file(&relative, &fs::read_to_string(&path).unwrap(), &mut problems);
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The checker itself, against faults planted on purpose.
#[test]
fn planted_faults_are_found() {
    let cases = [
        ("model/a.rs", "//! x\nuse crate::lake::Lake;", "may not use `lake`"),
        ("ingest/a.rs", "//! x\nuse crate::lake::Lake;", "may not use `lake`"),
        ("mail/a.rs", "//! x\nuse csv::Reader;", "`csv` lives in"),
        ("mail/a.rs", "//! x\nuse crate::{model};", "one `use crate::room::…` line"),
        ("mail/a.rs", "//! x\nuse super::b;", "in place of `super::…`"),
        ("mail/a.rs", "use std::fs;", "starts without"),
        ("utils/a.rs", "//! x", "is on no floor"),
    ];
    for (file, text, expected) in cases {
        let mut problems = Vec::new();
        check_file(file, text, &mut problems);
        assert!(problems.iter().any(|it| it.contains(expected)), "{file}: {problems:?}");
    }
    let mut none = Vec::new();
    check_file("pipeline/a.rs", "//! x\nuse crate::ingest::csv;", &mut none);
    assert!(none.is_empty(), "{none:?}");
}

fn check_file(relative: &str, text: &str, problems: &mut Vec<String>) {
    let room = relative.split(['/', '.']).next().unwrap();
    let mut report = |n: usize, what: String| problems.push(format!("src/{relative}:{n}: {what}"));
    if !text.starts_with("//!") {
        report(1, "starts without a `//!` line that says what it is for".into());
    }
    if FILE_LINES_MAX < text.lines().count() {
        report(FILE_LINES_MAX, format!("has more than {FILE_LINES_MAX} lines; split it"));
    }
    if matches!(room, "lib" | "main") {
        return;
    }
    let Some(floor) = floor_of(room) else {
        report(1, format!("room `{room}` is on no floor; add it to FLOORS"));
        return;
    };
    for (i, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap();
        if code.contains("crate::{") {
            report(i + 1, "write one `use crate::room::…` line a room".into());
        }
        if code.contains("super::") && !code.contains("super::*") {
            report(i + 1, "write `crate::…` in place of `super::…`".into());
        }
        for name in names_after(code, "crate::") {
            if floor_of(name).is_some_and(|other| name != room && floor <= other) {
                report(i + 1, format!("`{room}` may not use `{name}`: it is not on a lower floor"));
            }
        }
        for (library, rooms) in HOMES {
            if names_library(code, library) && !rooms.contains(&room) {
                report(i + 1, format!("`{library}` lives in {rooms:?} only"));
            }
        }
    }
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The identifiers that directly follow `prefix` in `code`.
fn names_after<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    code.split(prefix).skip(1).map(|rest| rest.split(|c: char| !is_ident(c)).next().unwrap())
}

/// Whether `code` names the library at the start of a path (`clap::…`, `use clap;`).
fn names_library(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let inside_path = code[..at].ends_with("::");
        let bounded = !code[..at].chars().next_back().is_some_and(is_ident);
        let after = &code[at + library.len()..];
        let used = code.trim_start().starts_with("use ") && after.starts_with([';', ' ']);
        bounded && !inside_path && (after.starts_with("::") || used)
    })
}

fn is_ident(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
