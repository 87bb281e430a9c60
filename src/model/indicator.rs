//! What a figure says and when it misleads, in the words of the catalogue. Refuses to hold a figure.

use serde::{Deserialize, Serialize};

/// A group of indicators that share a page of the users' guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// Short name, lower case.
    pub name: String,
    /// Title, Indonesian.
    pub title: String,
    /// What its indicators have in common, one sentence.
    pub about: String,
    /// Page of `docs/panduan`.
    pub page: String,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Code: `M01`, `IP_ASN`.
    pub code: String,
    /// Name, Indonesian.
    pub name: String,
    /// [`Family::name`].
    pub family: String,
    /// Marts that hold it, the person-level one first.
    pub marts: Vec<String>,
    /// What one would tell a governor; its numbers are examples of wording.
    pub sentence: String,
    /// How it is computed, in words.
    pub formula: String,
    /// Regulation or paper.
    pub source: String,
    /// When it misleads.
    pub fails: Vec<String>,
    /// What to do next.
    pub next: String,
}
