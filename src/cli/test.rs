//! `talenta test`: the tests of queries. Refuses to change anything.

use crate::cli::open;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global, USER};
use crate::pipeline::project::ProjectError;
use crate::pipeline::query_test_file::QueryTestFile;
use crate::pipeline::query_tests::{self, Failure};
use clap::Args;
use serde_json::json;

/// Run the tests of queries.
#[derive(Debug, Args)]
pub struct Test {
    /// Run only files whose path contains one of these
    names: Vec<String>,
}

/// `talenta test`.
pub fn run(args: &Test, global: &Global) -> Done {
    let project = open::project(global)?;
    let world = open::world(global)?;
    let all = QueryTestFile::all(&project).map_err(|problems| Failed::user(ProjectError::Problems(problems)))?;
    let chosen = |file: &QueryTestFile| args.names.is_empty() || args.names.iter().any(|it| file.path.contains(it));
    let files: Vec<QueryTestFile> = all.into_iter().filter(chosen).collect();
    if files.is_empty() {
        return Err(Failed::words("no file of queries/tests is asked for\nhint: tests are queries/tests/<name>.slt"));
    }
    // Two terminals may test one project.
    let scratch = format!(".kerja-uji-{}", std::process::id());
    let tested = open::block_on(async {
        let queries = open::queries(&project).await?;
        query_tests::run(&project, &queries, &files, &scratch, &world).await.map_err(Failed::user)
    })?;
    let failed = tested.failures.len();
    if global.json {
        let failures: Vec<_> = tested.failures.iter().map(as_json).collect();
        say(json!({ "files": tested.files, "queries": tested.questions, "failures": failures }));
    } else {
        tested.failures.iter().for_each(show);
        if !global.quiet {
            say(format!(
                "{} queries in {} files: {} passed, {failed} failed",
                tested.questions,
                tested.files,
                tested.questions - failed
            ));
        }
    }
    Ok(if failed == 0 { 0 } else { USER })
}

fn show(failure: &Failure) {
    say(format!("{}:{}: {}", failure.file, failure.line, failure.name));
    let indented = |title: &str, lines: &[String]| {
        say(format!("  {title}"));
        lines.iter().for_each(|line| say(format!("    {line}")));
        if lines.is_empty() {
            say("    (no rows)");
        }
    };
    if failure.problems.is_empty() {
        indented("expected", &failure.expected);
        indented("came", &failure.came);
    }
    failure.problems.iter().for_each(|problem| say(format!("  {problem}")));
    indented("asked", &failure.sql.lines().map(str::to_string).collect::<Vec<_>>());
}

fn as_json(failure: &Failure) -> serde_json::Value {
    json!({
        "file": failure.file,
        "line": failure.line,
        "name": failure.name,
        "expected": failure.expected,
        "came": failure.came,
        "problems": failure.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "sql": failure.sql,
    })
}
