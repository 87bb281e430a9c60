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
    /// `queries/checks`: rows mean trouble.
    Check,
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
