//! What a blackout would do: which runs fall due while nothing runs, and when each is made up for. Refuses to run anything.

use crate::model::periode::Periode;
use crate::schedule::clock::Timetable;
use crate::schedule::daemon::CATCH_UP_DAYS;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// A run that falls due during a blackout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Job, by the name of its file.
    pub job: String,
    /// Month it owes.
    pub periode: Periode,
    /// When it was due, UTC.
    pub due: DateTime<Utc>,
    /// When it is made up for, UTC; nothing where it is too old to be.
    pub run: Option<DateTime<Utc>>,
}

/// Every run that falls due from `from` on while nothing runs until `until`, the oldest first: each month of a job once.
pub fn blackout<'a>(
    jobs: impl Iterator<Item = (&'a str, &'a Timetable)>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Missed> {
    let mut found = Vec::new();
    for (job, timetable) in jobs {
        let (mut at, mut seen) = (from, BTreeSet::new());
        while let Some(due) = timetable.after(at).filter(|due| *due <= until) {
            at = due;
            let periode = timetable.periode_at(due);
            let run = (due > until - TimeDelta::days(CATCH_UP_DAYS)).then_some(until);
            if seen.insert(periode) {
                found.push(Missed { job: job.into(), periode, due, run });
            }
        }
    }
    found.sort_by(|a, b| (a.due, &a.job).cmp(&(b.due, &b.job)));
    found
}
