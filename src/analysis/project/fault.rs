//! Planning errors as problems of a query file: what, on which line, and what was probably meant. Refuses the engine's jargon.

use crate::analysis::functions::rule::ParameterFault;
use crate::analysis::project::source::{Source, lower_first};
use crate::analysis::rules::parameter;
use crate::model::problem::{Problem, did_you_mean};
use datafusion::common::{DataFusionError, SchemaError};
use std::collections::BTreeSet;

/// What names a query could have meant.
#[derive(Debug, Default)]
pub struct Known {
    /// Functions, lower case.
    pub functions: BTreeSet<String>,
    /// Parameters.
    pub parameters: BTreeSet<String>,
    /// Tables, for a person's query; a project tells unknown tables before it plans.
    pub tables: BTreeSet<String>,
}

/// A problem in the file of `source`.
pub fn problem(source: &Source, line: usize, what: String, hint: Option<String>) -> Problem {
    Problem { file: source.file.path.clone(), line, path: String::new(), what, hint }
}

/// What is wrong with the parameters a query names.
pub fn parameter_problem(source: &Source, fault: &ParameterFault, known: &Known) -> Problem {
    let (name, hint) = match fault {
        ParameterFault::Unknown { name } => {
            let file = format!("add a row to `{}.csv`", parameter::TABLE);
            (name.as_str(), did_you_mean(name, known.parameters.iter().map(String::as_str)).unwrap_or(file))
        }
        ParameterFault::NotValid { name, .. } => {
            (name.as_str(), format!("add a row to `{}.csv` that covers the date", parameter::TABLE))
        }
        ParameterFault::NotANumber { name } => (name.as_str(), "call `parameter_teks`, or write a number".to_string()),
        ParameterFault::NotALiteral { function } => (*function, "write the name in single quotes".to_string()),
    };
    let line = source.line_of_text(name).max(source.line_of(None, name));
    problem(source, line, fault.to_string(), Some(hint))
}

/// The problems that a planning error tells of.
pub fn problems(error: &DataFusionError, source: &Source, known: &Known) -> Vec<Problem> {
    let spot = error.diagnostic().and_then(|d| d.span).map_or(0, |span| usize::try_from(span.start.line).unwrap_or(0));
    let root = error.find_root();
    match root {
        DataFusionError::SchemaError(schema, _) => vec![schema_problem(schema, spot, source)],
        DataFusionError::External(inner) => match inner.downcast_ref::<ParameterFault>() {
            Some(fault) => vec![parameter_problem(source, fault, known)],
            None => vec![problem(source, spot, plain(&inner.to_string()), None)],
        },
        DataFusionError::Plan(message) if message.starts_with("Invalid function") => {
            unknown_functions(spot, source, known)
        }
        DataFusionError::Plan(message) if message.starts_with("table '") && message.contains("' not found") => {
            let full = message.split('\'').nth(1).unwrap_or_default();
            let name = full.trim_start_matches("datafusion.public.");
            let line = source.line_of(None, name.rsplit('.').next().unwrap_or(name));
            let hint = did_you_mean(name, known.tables.iter().map(String::as_str));
            vec![problem(source, line, format!("unknown table `{name}`"), hint)]
        }
        other => {
            let message = plain(&other.message());
            let line = if spot > 0 { spot } else { line_of_quoted(&message, source) };
            vec![problem(source, line, message, None)]
        }
    }
}

fn schema_problem(error: &SchemaError, spot: usize, source: &Source) -> Problem {
    let at = |qualifier: Option<&str>, name: &str| if spot > 0 { spot } else { source.line_of(qualifier, name) };
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let qualifier = field.relation.as_ref().map(|relation| relation.table());
            let shown = field.relation.as_ref().map_or(field.name.clone(), |r| format!("{r}.{}", field.name));
            let here =
                |q: &str| valid_fields.iter().filter(|f| f.relation.as_ref().is_some_and(|r| r.table() == q)).count();
            let near: Vec<&str> = match qualifier {
                Some(q) if here(q) > 0 => valid_fields
                    .iter()
                    .filter(|f| f.relation.as_ref().is_some_and(|r| r.table() == q))
                    .map(|f| f.name())
                    .collect(),
                _ => valid_fields.iter().map(|f| f.name()).collect(),
            };
            let hint = did_you_mean(&field.name, near.iter().copied()).or_else(|| listed(&near));
            problem(source, at(qualifier, &field.name), format!("unknown column `{shown}`"), hint)
        }
        SchemaError::AmbiguousReference { field } => {
            let what = format!("column `{}` is in more than one table", field.name);
            problem(source, at(None, &field.name), what, Some("write table.column".into()))
        }
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            let what = format!("two columns of one result are called `{name}`");
            problem(source, at(None, name), what, Some("give one of them an alias".into()))
        }
    }
}

/// Up to twelve names in a sentence.
fn listed(names: &[&str]) -> Option<String> {
    let unique: BTreeSet<&str> = names.iter().copied().collect();
    let more = if unique.len() > 12 { ", …" } else { "" };
    let first = unique.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    (!unique.is_empty()).then(|| format!("the columns there are {first}{more}"))
}

/// The planner stops at the first unknown function; a person wants all of them.
fn unknown_functions(spot: usize, source: &Source, known: &Known) -> Vec<Problem> {
    let calls = source.calls();
    let unknown: Vec<&String> = calls.iter().filter(|name| !known.functions.contains(*name)).collect();
    let several = unknown.len() > 1;
    let one = |name: &&String| {
        let hint = did_you_mean(name, known.functions.iter().map(String::as_str));
        let line = if several || spot == 0 { source.line_of(None, name) } else { spot };
        problem(source, line, format!("unknown function `{name}`"), hint)
    };
    unknown.iter().map(one).collect()
}

/// The first line of a message, in our manner.
fn plain(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let stripped =
        ["Error during planning: ", "Schema error: ", "This feature is not implemented: ", "type_coercion: "]
            .iter()
            .fold(first, |text, jargon| text.trim_start_matches(jargon));
    lower_first(stripped.trim().trim_end_matches('.'))
}

/// The line of the first quoted name of a message that stands in the file.
fn line_of_quoted(message: &str, source: &Source) -> usize {
    let names = message.split(['\'', '"', '`']).skip(1).step_by(2);
    names.map(|name| source.line_of(None, name)).find(|line| *line > 0).unwrap_or(0)
}
