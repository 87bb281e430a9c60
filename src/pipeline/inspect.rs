//! Everything that can be known to be wrong before any data exists, all at once. Refuses to touch the lake.

use crate::analysis::project::literal::unruled;
use crate::analysis::project::{Project as QueryProject, plan};
use crate::analysis::session::empty;
use crate::analysis::user::user_session;
use crate::analysis::{Error as AnalysisError, Providers};
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::report::Document;
use crate::pipeline::project::{LITERALS, Project, Read};
use crate::pipeline::query_test_file::QueryTestFile;
use crate::pipeline::render::templates;
use crate::report;

/// Plans every query against the contracts; nothing runs.
pub async fn queries(project: &Project) -> Result<QueryProject, Vec<Problem>> {
    plan(&project.queries, &project.rules, &project.tables()).await
}

/// What a look at a project found.
pub struct Inspected {
    /// The planned queries, where all of them can be planned.
    pub planned: Option<QueryProject>,
    /// Every problem, those of the files included.
    pub problems: Vec<Problem>,
}

/// Plans queries, looks for literals that a rule should hold, plans the queries of every report, and renders every report with its `sample.json`. Where the contracts are not
/// known, no query is planned: every table would be called unknown.
pub async fn inspect(read: &Read, periode: Periode) -> Inspected {
    let (project, mut problems) = (&read.project, read.problems.clone());
    problems.extend(unruled(&project.queries, &project.literals, LITERALS));
    if let Err(more) = QueryTestFile::all(project) {
        problems.extend(more);
    }
    let mut planned = None;
    if read.plannable {
        match queries(project).await {
            Ok(queries) => planned = Some(queries),
            Err(more) => problems.extend(more),
        }
    }
    if let Some(planned) = &planned {
        problems.extend(report_queries(project, planned, periode).await);
    }
    problems.extend(samples(project));
    problems.sort();
    Inspected { planned, problems }
}

async fn report_queries(project: &Project, planned: &QueryProject, periode: Periode) -> Vec<Problem> {
    let mut providers = Providers::new();
    for table in project.tables().into_iter().chain(planned.mart_tables()) {
        providers.insert(table.name.clone(), empty(table.schema()));
    }
    let session = match user_session(&providers, &project.rules, periode, &project.settings.limits, 1).await {
        Ok(session) => session,
        Err(AnalysisError::Project { problems }) => return problems,
        Err(error) => return vec![problem("queries", String::new(), error.to_string())],
    };
    let mut problems = Vec::new();
    for spec in &project.reports {
        for query in &spec.data {
            if let Err(error) = session.prepare(&query.sql).await {
                let file = format!("report-templates/{}/report.toml", spec.name);
                problems.push(problem(&file, format!("data.{}.sql", query.name), error.to_string()));
            }
        }
    }
    problems
}

fn samples(project: &Project) -> Vec<Problem> {
    let files = templates(project);
    let mut problems = Vec::new();
    for spec in &project.reports {
        let path = format!("report-templates/{}/sample.json", spec.name);
        let Some(bytes) = project.files.get(&path) else {
            problems.push(problem(&path, String::new(), "is missing; a report is checked with it".into()));
            continue;
        };
        match serde_json::from_slice::<Document>(bytes) {
            Err(error) => {
                let mut wrong = problem(&path, String::new(), error.to_string());
                wrong.line = error.line();
                problems.push(wrong);
            }
            Ok(document) => match report::render(spec, &files, &document) {
                Ok(_) => {}
                Err(report::Error::Template(mut problem)) => {
                    problem.file = format!("report-templates/{}", problem.file);
                    problems.push(problem);
                }
                Err(error) => problems.push(problem(&path, String::new(), error.to_string())),
            },
        }
    }
    problems
}

fn problem(file: &str, path: String, what: String) -> Problem {
    Problem { file: file.into(), line: 0, path, what, hint: None }
}
