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

/// Traits of a person that may not decide a person's figure, and where they may after all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fairness {
    /// Names of columns of canonical tables.
    pub protected: Vec<String>,
    /// Marts whose rows are persons' figures.
    pub marts: Vec<String>,
    /// Exceptions, each with its reason.
    pub allowed: Vec<AllowedTrait>,
}

/// Columns of a mart that a trait may reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedTrait {
    /// The mart.
    pub mart: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The trait.
    pub protected: String,
    /// The law that asks for it.
    pub reason: String,
}

/// Everything `queries/indikator.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicators {
    /// Families, in file order.
    pub families: Vec<Family>,
    /// Indicators, in file order.
    pub indicators: Vec<Indicator>,
    /// What no figure of a person may rest on.
    pub fairness: Fairness,
}
