//! The months that jobs owe: each once, taken by one process at a time, through restarts. Refuses to know a calendar: what is due
//! is told, what is next is asked.

use crate::model::periode::Periode;
use crate::model::run::{Claim, Due, Finish};
use crate::state::row::{count, noun, noun_or_none, stored};
use crate::state::{Error, Fault, State};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, params};

const COLUMNS: &str =
    "id, job, periode, due_at, next_at, state, claimed_by, claimed_at, claimed_until, attempts, reason";

impl State {
    /// Notes that `job` owes `periode` from `due_at` on. Returns whether this was news; a month already noted stays as it is.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn ensure_due(&self, job: &str, periode: Periode, due_at: DateTime<Utc>) -> Result<bool, Error> {
        self.write("noting what is due", |transaction| {
            let sql = "INSERT INTO due (job, periode, due_at, next_at, state) VALUES (?1, ?2, ?3, ?3, 'JATUH_TEMPO')
                       ON CONFLICT (job, periode) DO NOTHING";
            Ok(transaction.execute(sql, params![job, periode.to_string(), stored(due_at)])? == 1)
        })
    }

    /// When the clock was last looked at, by any process; nothing before the first look. What fell due since then was not noted.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn last_look(&self) -> Result<Option<DateTime<Utc>>, Error> {
        self.read("looking for the last look at the clock", |connection| {
            let sql = "SELECT at FROM looks WHERE what = 'schedule'";
            Ok(connection.query_row(sql, [], |row| noun(row, "at")).optional()?)
        })
    }

    /// Writes down that everything due up to `now` was noted.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn note_look(&self, now: DateTime<Utc>) -> Result<(), Error> {
        self.write("noting a look at the clock", |transaction| {
            let sql = "INSERT INTO looks (what, at) VALUES ('schedule', ?1) ON CONFLICT (what) DO UPDATE SET at = ?1";
            transaction.execute(sql, params![stored(now)])?;
            Ok(())
        })
    }

    /// Leaves out a month that nobody has begun, with the reason. Returns whether there was one to leave out.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn skip_due(&self, job: &str, periode: Periode, reason: &str) -> Result<bool, Error> {
        self.write("leaving out what was due", |transaction| {
            let sql = "UPDATE due SET state = 'DILEWATI', reason = ?3
                       WHERE job = ?1 AND periode = ?2 AND state = 'JATUH_TEMPO'";
            Ok(transaction.execute(sql, params![job, periode.to_string(), reason])? == 1)
        })
    }

    /// Takes the month that has waited longest, for `lease` from `now`: one nobody has, or one whose claim ran out, of a job that
    /// nobody else is at.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn claim_next(&self, now: DateTime<Utc>, by: &str, lease: TimeDelta) -> Result<Option<Claim>, Error> {
        self.write("taking what is due", |transaction| {
            let sql = "UPDATE due SET state = 'DIAMBIL', claimed_by = ?2, claimed_at = ?1, claimed_until = ?3,
                              attempts = attempts + 1
                       WHERE id = (
                           SELECT it.id FROM due it
                           WHERE it.next_at <= ?1
                             AND (it.state = 'JATUH_TEMPO' OR (it.state = 'DIAMBIL' AND it.claimed_until <= ?1))
                             AND NOT EXISTS (
                                 SELECT 1 FROM due other
                                 WHERE other.job = it.job AND other.id <> it.id
                                   AND other.state = 'DIAMBIL' AND other.claimed_until > ?1)
                           ORDER BY it.due_at, it.id LIMIT 1)
                       RETURNING id, job, periode, attempts";
            let claim = |row: &Row<'_>| {
                Ok(Claim {
                    id: row.get("id")?,
                    job: row.get("job")?,
                    periode: noun(row, "periode")?,
                    attempt: count(row, "attempts")?,
                })
            };
            Ok(transaction.query_row(sql, params![stored(now), by, stored(now + lease)], claim).optional()?)
        })
    }

    /// Keeps a claim for `lease` from `now`. To be called now and then during long work.
    ///
    /// # Errors
    /// [`Error::ClaimLost`] where another process has taken over; the work must then be dropped.
    pub fn renew_claim(&self, claim: &Claim, now: DateTime<Utc>, lease: TimeDelta) -> Result<(), Error> {
        self.write("keeping a claim", |transaction| {
            let sql = "UPDATE due SET claimed_until = ?3 WHERE id = ?1 AND state = 'DIAMBIL' AND attempts = ?2";
            kept(claim, transaction.execute(sql, params![claim.id, claim.attempt, stored(now + lease)])?)
        })
    }

    /// Ends the work on a claim.
    ///
    /// # Errors
    /// [`Error::ClaimLost`] where another process has taken over; nothing is written then.
    pub fn finish_due(&self, claim: &Claim, finish: &Finish) -> Result<(), Error> {
        let (state, at, reason) = match finish {
            Finish::Done => ("SELESAI", None, None),
            Finish::Again { at, reason } => ("JATUH_TEMPO", Some(stored(*at)), Some(reason)),
            Finish::GivenUp { reason } => ("GAGAL", None, Some(reason)),
        };
        self.write("finishing what was due", |transaction| {
            let sql = "UPDATE due SET state = ?3, next_at = coalesce(?4, next_at), reason = ?5
                       WHERE id = ?1 AND state = 'DIAMBIL' AND attempts = ?2";
            kept(claim, transaction.execute(sql, params![claim.id, claim.attempt, state, at, reason])?)
        })
    }

    /// The due table from its end: the last `count` months noted, the latest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn due(&self, last: u32) -> Result<Vec<Due>, Error> {
        self.read("listing what is due", |connection| {
            let sql = format!("SELECT {COLUMNS} FROM due ORDER BY due_at DESC, id DESC LIMIT ?1");
            let mut statement = connection.prepare(&sql)?;
            Ok(statement.query_map(params![last], due)?.collect::<Result<_, _>>()?)
        })
    }
}

/// A claim is kept only while its attempt is the last one.
fn kept(claim: &Claim, changed: usize) -> Result<(), Fault> {
    match changed {
        1 => Ok(()),
        _ => Err(Error::ClaimLost { job: claim.job.clone(), periode: claim.periode.to_string() }.into()),
    }
}

fn due(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due {
        id: row.get("id")?,
        job: row.get("job")?,
        periode: noun(row, "periode")?,
        due_at: noun(row, "due_at")?,
        next_at: noun(row, "next_at")?,
        state: noun(row, "state")?,
        claimed_by: row.get("claimed_by")?,
        claimed_at: noun_or_none(row, "claimed_at")?,
        claimed_until: noun_or_none(row, "claimed_until")?,
        attempts: count(row, "attempts")?,
        reason: row.get("reason")?,
    })
}
