//! The runs of jobs: begun, at a step, ended. Refuses to forget a run whose process went away.

use crate::model::periode::Periode;
use crate::model::run::{Run, RunStatus};
use crate::state::row::{count, noun, noun_or_none, signed, stored};
use crate::state::{Error, Lock, State};
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

const COLUMNS: &str = "id, job, periode, nth, started, ended, status, step, message, release";

/// What was found unfinished at the start of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Runs whose process went away.
    pub runs: usize,
    /// Messages whose body was under way, now uncertain.
    pub messages: usize,
    /// Messages handed over of which nothing had been sent, to be handed over again.
    pub unsent: usize,
}

impl State {
    /// Writes down what a process that went away left unfinished: its runs were cut off; messages whose body
    /// was under way are uncertain, others handed over go again. Only the
    /// holder of the project's lock may know that nobody else is at work, hence `_writer`.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn recover(&self, _writer: &Lock, now: DateTime<Utc>) -> Result<Recovered, Error> {
        self.write("looking for unfinished work", |transaction| {
            let runs = transaction.execute(
                "UPDATE runs SET status = 'TERPUTUS', ended = ?1 WHERE status = 'BERJALAN'",
                params![stored(now)],
            )?;
            let messages = transaction.execute(
                "UPDATE outbox SET state = 'RAGU', last_reply = 'the program ended before the answer was written down'
                 WHERE state = 'DISERAHKAN' AND body_at IS NOT NULL",
                [],
            )?;
            let unsent = transaction.execute(
                "UPDATE outbox SET state = 'DIRENDER', next_attempt_at = ?1,
                        last_reply = 'the program ended before anything of it was sent'
                 WHERE state = 'DISERAHKAN'",
                params![stored(now)],
            )?;
            Ok(Recovered { runs, messages, unsent })
        })
    }

    /// Begins a run of `job` for `periode`: the next in number for that month.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn begin_run(&self, job: &str, periode: Periode, now: DateTime<Utc>) -> Result<Run, Error> {
        self.write("beginning a run", |transaction| {
            let sql = format!(
                "INSERT INTO runs (job, periode, nth, started, status)
                 SELECT ?1, ?2, 1 + coalesce(max(nth), 0), ?3, 'BERJALAN' FROM runs WHERE job = ?1 AND periode = ?2
                 RETURNING {COLUMNS}"
            );
            Ok(transaction.query_row(&sql, params![job, periode.to_string(), stored(now)], run)?)
        })
    }

    /// Says which step a run is in.
    ///
    /// # Errors
    /// [`Error::Unknown`] where no such run is in progress.
    pub fn step_run(&self, id: i64, step: &str) -> Result<(), Error> {
        self.write("noting the step of a run", |transaction| {
            let sql = "UPDATE runs SET step = ?2 WHERE id = ?1 AND status = 'BERJALAN'";
            match transaction.execute(sql, params![id, step])? {
                1 => Ok(()),
                _ => Err(Error::Unknown { what: "run in progress", id }.into()),
            }
        })
    }

    /// Ends a run with `status`, what there is to say, and the release it published.
    ///
    /// # Errors
    /// [`Error::Unknown`] where no such run is in progress.
    pub fn end_run(
        &self,
        id: i64,
        status: RunStatus,
        message: Option<&str>,
        release: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write("ending a run", |transaction| {
            let sql = "UPDATE runs SET status = ?2, message = ?3, release = ?4, ended = ?5
                       WHERE id = ?1 AND status = 'BERJALAN'";
            let release = release.map(signed).transpose()?;
            match transaction.execute(sql, params![id, status.to_string(), message, release, stored(now)])? {
                1 => Ok(()),
                _ => Err(Error::Unknown { what: "run in progress", id }.into()),
            }
        })
    }

    /// The last `count` runs, the latest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn runs(&self, last: u32) -> Result<Vec<Run>, Error> {
        self.read("listing the runs", |connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM runs ORDER BY id DESC LIMIT ?1"))?;
            Ok(statement.query_map(params![last], run)?.collect::<Result<_, _>>()?)
        })
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let release: Option<i64> = row.get("release")?;
    Ok(Run {
        id: row.get("id")?,
        job: row.get("job")?,
        periode: noun(row, "periode")?,
        nth: count(row, "nth")?,
        started: noun(row, "started")?,
        ended: noun_or_none(row, "ended")?,
        status: noun(row, "status")?,
        step: row.get("step")?,
        message: row.get("message")?,
        release: release.and_then(|number| u64::try_from(number).ok()),
    })
}
