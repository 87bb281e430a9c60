//! What runs, when, and who gets the result. Refuses to run anything.

use crate::model::condition::Conditions;
use serde::{Deserialize, Serialize};

/// One job, as `pipelines/jobs/<name>.toml` declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// File stem.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// Six-field cron expression (seconds first).
    pub cron: String,
    /// IANA time zone the expression is read in.
    pub time_zone: String,
    /// Steps in the order of the way.
    pub steps: Vec<Step>,
    /// Folder of the ingest step, relative to the project.
    pub inbox: String,
    /// Reports and their readers.
    pub reports: Vec<JobReport>,
}

/// A report of a job and the recipient groups that get it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobReport {
    /// Folder under `report-templates`.
    pub name: String,
    /// Groups of `recipients.toml`.
    pub to: Vec<String>,
    /// Whether, when and how it leaves.
    pub conditions: Conditions,
}

/// One step of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Deliveries of the inbox into the lake.
    Ingest,
    /// Marts of the period, not yet visible.
    Marts,
    /// Checks over canonical tables and the new marts.
    Checks,
    /// Publish, if no check failed.
    Release,
    /// Reports to files.
    Render,
    /// Messages into the outbox.
    Outbox,
    /// Messages out.
    Send,
}

impl Step {
    /// Every step with its word in a job file, in the only order that makes sense.
    pub const ALL: [(&'static str, Step); 7] = [
        ("ingest", Step::Ingest),
        ("marts", Step::Marts),
        ("checks", Step::Checks),
        ("release", Step::Release),
        ("render", Step::Render),
        ("outbox", Step::Outbox),
        ("send", Step::Send),
    ];
}

/// A person or office that gets reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Name or office as the salutation writes it.
    pub name: String,
    /// Office held.
    pub jabatan: String,
    /// Mail address.
    pub address: String,
    /// Whom `access.toml` knows it as: its reports hold what that principal may see.
    pub principal: String,
    /// Groups it belongs to.
    pub groups: Vec<String>,
}
