//! Runs the tests of queries: each part over its own tables, each answer against the rows a person worked out.
//! Refuses to touch the lake.

use crate::analysis::build::BuildOptions;
use crate::analysis::folder::inline;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::session::empty;
use crate::analysis::trial::{Answer, ask};
use crate::analysis::{Error as AnalysisError, Providers};
use crate::model::problem::Problem;
use crate::model::query::{QueryFile, QueryKind};
use crate::model::table::Table;
use crate::pipeline::project::Project;
use crate::pipeline::query_test_file::{Part, QueryTestFile, Question};
use crate::pipeline::recalculate::options;
use crate::pipeline::world::World;
use crate::report::table::{self, Format, Options};
use std::io;
use std::path::{Path, PathBuf};

/// Why tests could not run.
#[derive(Debug, thiserror::Error)]
pub enum QueryTestError {
    /// A table of a test, a query or a rule.
    #[error("`{file}`: {source}")]
    Analysis {
        /// Test file.
        file: String,
        /// Why.
        source: AnalysisError,
    },
    /// An answer has a type that no row shows.
    #[error("`{file}`: {source}")]
    Shown {
        /// Test file.
        file: String,
        /// Why.
        source: table::Error,
    },
    /// The scratch folder cannot be made or removed.
    #[error("cannot make the scratch folder `{}`: {source}", path.display())]
    Scratch {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A question whose answer is another than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Test file.
    pub file: String,
    /// 1-based line of the question.
    pub line: usize,
    /// What it is about.
    pub name: String,
    /// Rows that were expected, as CSV lines.
    pub expected: Vec<String>,
    /// Rows that came, as CSV lines; nothing where the question has a fault.
    pub came: Vec<String>,
    /// Faults of the question.
    pub problems: Vec<Problem>,
    /// Its SQL.
    pub sql: String,
}

/// What running the tests of a project gave.
#[derive(Debug, Default)]
pub struct Tested {
    /// Files run.
    pub files: usize,
    /// Questions asked.
    pub questions: usize,
    /// Those answered otherwise than expected.
    pub failures: Vec<Failure>,
}

/// Runs the questions of `files`. Scratch space is `scratch` in the project, and is removed.
///
/// # Errors
/// When a table does not fit its columns or a query of the project fails; another answer is a failure in what is returned.
pub async fn run(
    project: &Project,
    queries: &QueryProject,
    files: &[QueryTestFile],
    scratch: &str,
    world: &World,
) -> Result<Tested, QueryTestError> {
    let scratch = project.path(scratch);
    let wrong = |source| QueryTestError::Scratch { path: scratch.clone(), source };
    std::fs::create_dir_all(&scratch).map_err(wrong)?;
    let tested = all(project, queries, files, &options(project, &scratch, world), world).await;
    std::fs::remove_dir_all(&scratch).map_err(wrong)?;
    tested
}

async fn all(
    project: &Project,
    queries: &QueryProject,
    files: &[QueryTestFile],
    options: &BuildOptions,
    world: &World,
) -> Result<Tested, QueryTestError> {
    let declared = project.tables();
    let mut tested = Tested { files: files.len(), ..Tested::default() };
    world.progress.begin("tests", Some(files.iter().map(|it| it.parts.len() as u64).sum()));
    for file in files {
        let failed = |source| QueryTestError::Analysis { file: file.path.clone(), source };
        for part in &file.parts {
            let inputs = inputs(part, &declared, &file.path).map_err(failed)?;
            let asked: Vec<QueryFile> = part.questions.iter().map(|it| question(it, &file.path)).collect();
            let answers = ask(queries, &inputs, &part.months, options, &asked).await.map_err(failed)?;
            for (question, answer) in part.questions.iter().zip(answers) {
                tested.questions += 1;
                let shown = |source| QueryTestError::Shown { file: file.path.clone(), source };
                tested.failures.extend(judge(question, answer, &file.path).map_err(shown)?);
            }
            world.progress.advance(1);
        }
    }
    world.progress.end();
    Ok(tested)
}

/// The tables a part gives; the others are there, empty.
fn inputs(part: &Part, declared: &[Table], file: &str) -> Result<Providers, AnalysisError> {
    let mut inputs = Providers::new();
    for table in declared {
        let given = part.tables.get(&table.name);
        let provider = match given {
            Some((line, csv)) => inline(table, csv, Path::new(&format!("{file}:{line}")))?,
            None => empty(table.schema()),
        };
        inputs.insert(table.name.clone(), provider);
    }
    Ok(inputs)
}

fn question(question: &Question, file: &str) -> QueryFile {
    let (name, sql) = (question.name.clone(), question.sql.clone());
    QueryFile { name, path: format!("{file}:{}", question.line), kind: QueryKind::Check, sql }
}

fn judge(question: &Question, answer: Answer, file: &str) -> Result<Option<Failure>, table::Error> {
    let (came, problems) = match answer {
        Ok(rows) => {
            let (bytes, _) = table::write(Vec::new(), Format::Csv, rows.schema(), &[rows], &Options::default())?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (text.lines().skip(1).map(str::to_string).collect(), Vec::new())
        }
        Err(problems) => {
            let placed = |it: Problem| Problem { file: file.into(), line: question.line + it.line, ..it };
            (Vec::new(), problems.into_iter().map(placed).collect())
        }
    };
    let passed = problems.is_empty() && came == question.expected;
    Ok((!passed).then(|| Failure {
        file: file.into(),
        line: question.line,
        name: question.name.clone(),
        expected: question.expected.clone(),
        came,
        problems,
        sql: question.sql.clone(),
    }))
}
