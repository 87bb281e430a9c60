//! Everything that can be known to be wrong before any data exists, all at once. Refuses to touch the lake.

use crate::analysis::project::literal::unruled;
use crate::analysis::project::{Project as QueryProject, describe, plan};
use crate::analysis::session::empty;
use crate::analysis::user::{Ground, Prepared};
use crate::analysis::{Error as AnalysisError, Providers};
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::QueryFile;
use crate::model::report::Document;
use crate::model::table::{Column, Table, Visibility};
use crate::pipeline::access_check::{self, ACCESS};
use crate::pipeline::audience_check::audience;
use crate::pipeline::catalogue;
use crate::pipeline::project::{LITERALS, Project, Read};
use crate::pipeline::query_test_file::QueryTestFile;
use crate::pipeline::reader::tables;
use crate::pipeline::render::templates;
use crate::pipeline::render_worker::{RenderFault, RenderWorkers};
use crate::pipeline::world::World;
use crate::report::Supplies;
use std::collections::{BTreeMap, BTreeSet};

/// Plans every query against the contracts; nothing runs.
pub async fn queries(project: &Project) -> Result<QueryProject, Vec<Problem>> {
    plan(&project.queries, &project.rules, &project.tables()).await
}

/// The queries for those who only want to know what the tables are; not for building them.
pub async fn described(project: &Project) -> Result<QueryProject, Vec<Problem>> {
    describe(&project.queries, &project.rules, &project.tables()).await
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
pub async fn inspect(read: &Read, periode: Periode, world: &World) -> Inspected {
    let (project, mut problems) = (&read.project, read.problems.clone());
    problems.extend(unruled(&project.queries, &project.literals, LITERALS));
    let mut planned = None;
    if read.plannable {
        if let Err(more) = QueryTestFile::all(project) {
            problems.extend(more);
        }
        match queries(project).await {
            Ok(queries) => planned = Some(queries),
            Err(more) => problems.extend(more),
        }
    }
    if let Some(planned) = &planned {
        let wrong = report_queries(project, planned, periode).await;
        // A query that nobody can run is not told again for each reader.
        if wrong.is_empty() {
            problems.extend(audience(project, planned, periode).await);
        }
        problems.extend(wrong);
        let policy = project.files.get(ACCESS).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
        problems.extend(access_check::tables(&project.access, &policy, &tables(project, planned)));
        problems.extend(catalogue::problems(project, planned));
    }
    problems.extend(tokio::task::block_in_place(|| samples(project, world)));
    problems.sort();
    Inspected { planned, problems }
}

async fn report_queries(project: &Project, planned: &QueryProject, periode: Periode) -> Vec<Problem> {
    let mut providers = Providers::new();
    let marts: BTreeSet<String> = planned.mart_tables().into_iter().map(|it| it.name).collect();
    for table in project.tables().into_iter().chain(planned.mart_tables()) {
        providers.insert(table.name.clone(), empty(table.schema()));
    }
    let views: Vec<QueryFile> = planned.views().cloned().collect();
    let ground = Ground::new(&project.rules, &views, periode, &project.settings.limits, 1);
    let session = match ground.and_then(|ground| ground.session(&providers)) {
        Ok(session) => session,
        Err(AnalysisError::Project { problems }) => return problems,
        Err(error) => return vec![problem("queries", String::new(), error.to_string())],
    };
    let closed = of_kin(project, planned);
    let mut problems = Vec::new();
    for spec in &project.reports {
        for query in &spec.data {
            let file = format!("report-templates/{}/report.toml", spec.name);
            let path = format!("data.{}.sql", query.name);
            match session.prepare(&query.sql).await {
                Err(error) => problems.push(problem(&file, path, error.to_string())),
                Ok(prepared) => {
                    let marts = prepared.reads.iter().filter(|(table, _)| marts.contains(*table));
                    for (table, _) in marts.filter(|(_, columns)| !columns.contains("periode")) {
                        let what = format!("reads `{table}` without its `periode`; a release holds several months");
                        let hint = Some("add `periode = periode_acuan()`".into());
                        problems.push(Problem { hint, ..problem(&file, path.clone(), what) });
                    }
                    if !spec.kin {
                        problems.extend(told_of_kin(&closed, &prepared, &file, &path));
                    }
                }
            }
        }
    }
    for job in &project.jobs {
        for (i, report) in job.reports.iter().enumerate() {
            let Some(send_if) = &report.conditions.send_if else { continue };
            if let Err(error) = session.prepare(&send_if.sql).await {
                let file = format!("pipelines/jobs/{}.toml", job.name);
                problems.push(problem(&file, format!("report[{i}].send_if.query"), error.to_string()));
            }
        }
    }
    problems
}

/// The columns of every table that only the case handler reads.
fn of_kin(project: &Project, planned: &QueryProject) -> BTreeMap<String, BTreeSet<String>> {
    let closed = |table: Table| {
        let level = |column: &Column| column.visibility.unwrap_or(table.visibility);
        let columns = table.columns.iter().filter(|it| level(it) == Visibility::H1);
        (table.name.clone(), columns.map(|it| it.name.clone()).collect())
    };
    project.tables().into_iter().chain(planned.mart_tables()).map(closed).collect()
}

/// One problem a closed column that the query reads, be it for a filter.
fn told_of_kin(
    closed: &BTreeMap<String, BTreeSet<String>>,
    prepared: &Prepared,
    file: &str,
    path: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (table, columns) in &prepared.reads {
        for column in columns.iter().filter(|it| closed.get(table).is_some_and(|own| own.contains(*it))) {
            let what = format!("reads `{table}.{column}`, which is for the case handler only (H1)");
            let hint = "read a table of penyajian; a report for the case handler alone says `kin = true`";
            problems.push(Problem { hint: Some(hint.into()), ..problem(file, path.into(), what) });
        }
    }
    problems
}

/// Renders every report with its sample, in a process that can be stopped: a template may loop for ever.
fn samples(project: &Project, world: &World) -> Vec<Problem> {
    let workers = RenderWorkers::new(templates(project), &project.settings.limits, world);
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
            Ok(document) => match workers.render(spec, &document, &Supplies::default()) {
                Ok(_) => {}
                Err(RenderFault::Template(mut problem)) => {
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
