//! Whether those who get a report may read what it asks for, before any data exists. Refuses a report that would fail for a reader.

use crate::analysis::policy::under;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::session::empty;
use crate::analysis::user::{Ground, UserSession};
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::policy::Policy;
use crate::model::problem::Problem;
use crate::model::query::QueryFile;
use crate::model::report::ReportSpec;
use crate::pipeline::project::Project;
use crate::pipeline::reader::{readers, tables};
use std::collections::BTreeMap;

/// Every query of every report, planned as each role among its readers. What opens a table is the role: one principal stands for all.
pub async fn audience(project: &Project, planned: &QueryProject, periode: Periode) -> Vec<Problem> {
    let tables = tables(project, planned);
    let providers: Providers = tables.iter().map(|table| (table.name.clone(), empty(table.schema()))).collect();
    let views: Vec<QueryFile> = planned.views().cloned().collect();
    let ground = match Ground::new(&project.rules, &views, periode, &project.settings.limits, 1) {
        Ok(ground) => ground,
        Err(Error::Project { problems }) => return problems,
        Err(error) => return vec![problem("queries", String::new(), error.to_string())],
    };
    let mut sessions: BTreeMap<String, UserSession> = BTreeMap::new();
    let mut problems = Vec::new();
    for spec in &project.reports {
        let mut roles: BTreeMap<String, Policy> = BTreeMap::new();
        // A recipient without a principal has been told of.
        for policy in readers(project, &spec.name).iter().filter_map(|it| project.access.policy(&it.principal).ok()) {
            roles.entry(policy.role.name.clone()).or_insert(policy);
        }
        for (role, policy) in roles {
            if !sessions.contains_key(&role) {
                let seen = under(&policy, &providers, &tables, periode).await;
                match seen.and_then(|seen| ground.session(&seen)) {
                    Ok(session) => drop(sessions.insert(role.clone(), session)),
                    Err(error) => {
                        problems.push(problem("access.toml", format!("role.{role}"), error.to_string()));
                        continue;
                    }
                }
            }
            if let Some(session) = sessions.get(&role) {
                problems.extend(refused(spec, &role, session).await);
            }
        }
    }
    problems
}

async fn refused(spec: &ReportSpec, role: &str, session: &UserSession) -> Vec<Problem> {
    let mut problems = Vec::new();
    for query in &spec.data {
        // What a reader may not see is left out of an optional query; any other fault is one for every reader.
        if query.optional && session.lacks_a_table(&query.sql).unwrap_or(false) {
            continue;
        }
        if let Err(error) = session.prepare(&query.sql).await {
            let file = format!("report-templates/{}/report.toml", spec.name);
            let what = format!("a reader of role `{role}` cannot run it: {error}");
            let hint = "read a view of a level the role reads, mark the query `optional = true`, or widen the role in access.toml";
            problems
                .push(Problem { hint: Some(hint.into()), ..problem(&file, format!("data.{}.sql", query.name), what) });
        }
    }
    problems
}

fn problem(file: &str, path: String, what: String) -> Problem {
    Problem { file: file.into(), line: 0, path, what, hint: None }
}
