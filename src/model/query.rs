//! A query file and where it stands in the way from canonical tables to marts. Refuses to parse SQL.

use serde::{Deserialize, Serialize};

/// What a query file makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// `queries/staging`: shared by several marts, never published.
    Staging,
    /// `queries/marts/<theme>`: published in the release.
    Mart,
    /// `queries/views`: read over the marts of every month of a release, never stored.
    View,
    /// `queries/checks`: rows mean trouble.
    Check,
}

impl QueryKind {
    /// Whether a build of a month makes its table.
    pub fn is_built(self) -> bool {
        matches!(self, Self::Staging | Self::Mart)
    }
}

/// One statement in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryFile {
    /// File stem: the name of the table it makes.
    pub name: String,
    /// Path relative to the project.
    pub path: String,
    /// What it makes.
    pub kind: QueryKind,
    /// The whole text, comment on top included.
    pub sql: String,
}

/// A seed file of `queries/rules`: dated rule parameters or a code list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    /// File stem: the name of the table.
    pub name: String,
    /// Path relative to the project.
    pub path: String,
    /// CSV text, comma, header, UTF-8.
    pub csv: String,
}

/// Literals that may stand in staging and mart queries, because no rule fixes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedLiteral {
    /// Numbers as written; texts in single quotes.
    pub values: Vec<String>,
    /// Names of the queries they may stand in; in all where empty.
    pub files: Vec<String>,
    /// Why no rule fixes them.
    pub reason: String,
}

impl AllowedLiteral {
    /// Whether `literal` may stand in the query `file`.
    pub fn allows(&self, literal: &str, file: &str) -> bool {
        self.values.iter().any(|it| it == literal) && (self.files.is_empty() || self.files.iter().any(|it| it == file))
    }
}
