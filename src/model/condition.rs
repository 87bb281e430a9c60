//! Whether, when and how a report of a job leaves: what must be there, what must have changed, at which hours. Refuses to evaluate
//! anything.

use crate::model::calendar::Gate;
use serde::{Deserialize, Serialize};

/// The conditions of one report of a job. Without any it leaves when it is made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// What a query must say of the release.
    pub send_if: Option<SendIf>,
    /// Hours and days.
    pub gate: Gate,
    /// Hours after the job's own time (or the first opening of the gate after it) from which the report is marked as late.
    pub late_after_hours: Option<u64>,
    /// Datasets that must be in force for the month, from every government the reader's report is about. Where one is not, the reader
    /// gets a short message that says who did not send what.
    pub needs: Vec<String>,
    /// Governments that must have sent them, by code; all of the reader's where empty.
    pub needs_from: Vec<String>,
    /// Only where this release, or a later one, has not gone into a message of this report yet.
    pub only_new_release: bool,
}

/// A query over the release, asked once for all readers, and what its answer must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendIf {
    /// One statement.
    pub sql: String,
    /// What is asked of its answer.
    pub is: Answer,
}

/// What a query's answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// At least so many rows.
    Rows(u64),
    /// One number above this one.
    Above(f64),
    /// One number below this one.
    Below(f64),
    /// One number that moved by at least this much against the last release of an earlier month; without one it has moved.
    Change(f64),
}
