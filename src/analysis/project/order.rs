//! The order of queries: who reads whom. Refuses unknown tables, names made twice, and circles.

use crate::analysis::project::fault::problem;
use crate::analysis::project::source::Source;
use crate::analysis::rules::Rules;
use crate::model::problem::{Problem, did_you_mean};
use std::collections::{BTreeMap, BTreeSet};

/// Who makes a name that is not a query: `a table of the lake`, `a rule table`.
pub type Taken = BTreeMap<String, &'static str>;

/// Rule files that are called like a table of the lake.
pub fn rule_names(rules: &Rules, lake: &Taken) -> Vec<Problem> {
    let clash = rules.tables.values().filter(|table| lake.contains_key(&table.name));
    let told = clash.map(|table| Problem {
        file: table.path.clone(),
        line: 0,
        path: String::new(),
        what: format!("`{}` is already made by a table of the lake", table.name),
        hint: Some("a file stem names one table of the project".into()),
    });
    told.collect()
}

/// Names made twice, by two queries or by a query and what is `taken`.
pub fn duplicates(sources: &[Source], taken: &Taken) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for source in sources {
        let name = source.file.name.as_str();
        let other = taken.get(name).map(ToString::to_string);
        if let Some(other) = other.or_else(|| first.get(name).map(|path| format!("`{path}`"))) {
            let hint = Some("a file stem names one table of the project".to_string());
            found.push(problem(source, 0, format!("`{name}` is already made by {other}"), hint));
        }
        first.entry(name).or_insert(&source.file.path);
    }
    found
}

/// Tables nobody makes. `functions` are table functions, which stand where tables stand.
pub fn unknown(sources: &[Source], taken: &Taken, functions: &BTreeSet<String>) -> Vec<Problem> {
    let made: BTreeSet<&str> = sources.iter().filter(|it| it.makes_table()).map(|it| it.file.name.as_str()).collect();
    let known = |name: &str| made.contains(name) || taken.contains_key(name) || functions.contains(name);
    let mut found = Vec::new();
    for source in sources {
        for name in source.reads.iter().filter(|name| !known(name)) {
            let candidates = made.iter().copied().chain(taken.keys().map(String::as_str));
            let line = source.line_of(None, name.rsplit('.').next().unwrap_or(name));
            found.push(problem(source, line, format!("unknown table `{name}`"), did_you_mean(name, candidates)));
        }
    }
    found
}

/// The queries with every query after those it reads, by name where the order is free, and the circles.
pub fn sorted(mut sources: Vec<Source>) -> (Vec<Source>, Vec<Problem>) {
    sources.sort_by(|a, b| (a.file.kind, &a.file.name).cmp(&(b.file.kind, &b.file.name)));
    let mut waiting: BTreeSet<String> =
        sources.iter().filter(|it| it.makes_table()).map(|it| it.file.name.clone()).collect();
    let mut ready = Vec::with_capacity(sources.len());
    loop {
        let free = |source: &Source| source.reads.iter().all(|name| !waiting.contains(name));
        let Some(next) = sources.iter().position(free) else { break };
        let source = sources.remove(next);
        waiting.remove(&source.file.name);
        ready.push(source);
    }
    (ready, circles(&sources))
}

/// One problem for every circle among the queries that could not be placed.
fn circles(stuck: &[Source]) -> Vec<Problem> {
    let by_name: BTreeMap<&str, &Source> =
        stuck.iter().filter(|it| it.makes_table()).map(|it| (it.file.name.as_str(), it)).collect();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for start in by_name.keys() {
        let mut path: Vec<&str> = vec![start];
        while let Some(source) = path.last().and_then(|name| by_name.get(name)) {
            let Some(next) = source.reads.iter().map(String::as_str).find(|name| by_name.contains_key(name)) else {
                break;
            };
            let Some(at) = path.iter().position(|name| *name == next) else {
                path.push(next);
                continue;
            };
            let circle = path.split_off(at);
            if circle.iter().all(|name| told.insert(name)) {
                let drawn = circle
                    .iter()
                    .chain(circle.first())
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(" reads ");
                let line =
                    by_name.get(circle[0]).map_or(0, |it| it.line_of(None, circle.get(1).copied().unwrap_or(next)));
                let hint = Some("move what both need into a staging query".to_string());
                found.extend(by_name.get(circle[0]).map(|it| problem(it, line, format!("a circle: {drawn}"), hint)));
            }
            break;
        }
    }
    found
}
