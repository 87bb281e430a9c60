//! SQL over given tables: the checked query project, the marts of a month, the checks, and a person's read-only session.
//! Refuses to know where tables come from or where marts go.

pub mod build;
pub mod check;
pub mod folder;
pub mod functions;
pub mod lineage;
pub mod mask;
mod neighbours;
pub mod ordered;
pub mod policy;
pub mod project;
pub mod reuse;
pub mod rules;
pub mod scratch;
pub mod session;
pub mod trial;
pub mod user;
pub mod view;

use crate::analysis::mask::Reason;
use crate::model::problem::Problem;
use datafusion::catalog::TableProvider;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Tables by name.
pub type Providers = BTreeMap<String, Arc<dyn TableProvider>>;

/// Why analysis did not give what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Files of the project have faults.
    #[error("the query project has {} problem(s), the first: {}", problems.len(), first(problems))]
    Project {
        /// All of them.
        problems: Vec<Problem>,
    },
    /// A query reads a table that was not given.
    #[error("table `{table}` is read by a query and was not given")]
    MissingInput {
        /// Its name.
        table: String,
    },
    /// A session could not be made.
    #[error("cannot set up a query session: {reason}")]
    Session {
        /// Why.
        reason: Reason,
    },
    /// A query of the project did not run to its end.
    #[error("query `{name}` (`{path}`) failed: {reason}")]
    Query {
        /// Table or check.
        name: String,
        /// Its file.
        path: String,
        /// Why.
        reason: Reason,
    },
    /// Rows could not be kept for later queries.
    #[error("cannot keep the rows of `{name}` in `{}`: {reason}", folder.display())]
    Scratch {
        /// Table.
        name: String,
        /// Scratch folder.
        folder: PathBuf,
        /// Why.
        reason: Reason,
    },
    /// A table of a folder could not be read.
    #[error("cannot read table `{table}` of `{}`: {reason}", folder.display())]
    Folder {
        /// Table.
        table: String,
        /// Folder.
        folder: PathBuf,
        /// Why.
        reason: Reason,
    },
    /// The sink took no rows.
    #[error("cannot store mart `{name}`: {source}")]
    Sink {
        /// Mart.
        name: String,
        /// In the sink's words.
        source: build::SinkError,
    },
    /// A person's statement is not of a kind that may run.
    #[error("{what}; {hint}")]
    Refused {
        /// What it is.
        what: String,
        /// What may run instead.
        hint: &'static str,
    },
    /// A person's statement cannot be planned.
    #[error("line {line}: {what}{}", hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}")))]
    Statement {
        /// 1-based line, 0 where it is the statement itself.
        line: usize,
        /// What is wrong.
        what: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A person's statement failed while it ran.
    #[error("the query failed: {reason}")]
    Running {
        /// Why, without the value it failed on.
        reason: Reason,
    },
}

fn first(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}
