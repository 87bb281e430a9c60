//! What becomes of a message, step by step: handed over, its body under way, answered, decided by a person. Refuses a step from any
//! state but the one it starts from, and to hand over while the kill switch is pulled.

use crate::model::outbox::{Attempt, OutboxState, Resolution};
use crate::state::outbox::{find, halted};
use crate::state::row::{count, stored};
use crate::state::{Error, Fault, State};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};

/// Most characters of a reply that are kept.
const REPLY_CHARS_MAX: usize = 500;

impl State {
    /// Says, before the first byte goes out, that a message is being handed over. What comes of it is written under the attempt.
    ///
    /// # Errors
    /// [`Error::OutboxStopped`] while the kill switch is pulled; [`Error::Transition`] unless it is DIRENDER.
    pub fn mark_handed_over(&self, id: i64, now: DateTime<Utc>) -> Result<Attempt, Error> {
        self.write("handing over a message", |transaction| {
            if let Some(halt) = halted(transaction)? {
                let since = stored(halt.since);
                return Err(Error::OutboxStopped { by: halt.by, since }.into());
            }
            let sql = "UPDATE outbox SET state = 'DISERAHKAN', attempts = attempts + 1, handed_over_at = ?2,
                              first_tried_at = coalesce(first_tried_at, ?2), body_at = NULL, next_attempt_at = NULL
                       WHERE id = ?1 AND state = 'DIRENDER' RETURNING attempts";
            let handed =
                transaction.query_row(sql, params![id, stored(now)], |row| count(row, "attempts")).optional()?;
            match handed {
                Some(nth) => Ok(Attempt { id, nth }),
                None => Err(misplaced(transaction, id, "DIRENDER")),
            }
        })
    }

    /// Says, before its first byte goes out, that the body of a message is under way: from here on a program that ends leaves a doubt.
    ///
    /// # Errors
    /// [`Error::OutboxStopped`] while the kill switch is pulled; [`Error::Transition`] unless the message is DISERAHKAN by this attempt.
    pub fn mark_body(&self, attempt: Attempt, now: DateTime<Utc>) -> Result<(), Error> {
        self.write("beginning the body of a message", |transaction| {
            if let Some(halt) = halted(transaction)? {
                return Err(Error::OutboxStopped { by: halt.by, since: stored(halt.since) }.into());
            }
            let sql = "UPDATE outbox SET body_at = ?3 WHERE id = ?1 AND attempts = ?2 AND state = 'DISERAHKAN'";
            match transaction.execute(sql, params![attempt.id, attempt.nth, stored(now)])? {
                1 => Ok(()),
                _ => Err(misplaced(transaction, attempt.id, "DISERAHKAN by this attempt")),
            }
        })
    }

    /// The relay took responsibility, with this reply.
    ///
    /// # Errors
    /// [`Error::Transition`] unless the message is DISERAHKAN by this attempt.
    pub fn mark_accepted(&self, attempt: Attempt, reply: &str, now: DateTime<Utc>) -> Result<(), Error> {
        self.settle(attempt, OutboxState::Diterima, reply, Some(now), None)
    }

    /// The relay refused for good, with this reply.
    ///
    /// # Errors
    /// As [`State::mark_accepted`].
    pub fn mark_failed(&self, attempt: Attempt, reply: &str, now: DateTime<Utc>) -> Result<(), Error> {
        self.settle(attempt, OutboxState::Gagal, reply, Some(now), None)
    }

    /// The relay certainly did not take it; to be handed over again, not before `at`.
    ///
    /// # Errors
    /// As [`State::mark_accepted`].
    pub fn mark_retry(&self, attempt: Attempt, reply: &str, at: DateTime<Utc>) -> Result<(), Error> {
        self.settle(attempt, OutboxState::Dirender, reply, None, Some(at))
    }

    /// A message that waits is not to be handed over before `at`: its hours have not come.
    ///
    /// # Errors
    /// [`Error::Transition`] unless it is DIRENDER.
    pub fn hold_back(&self, id: i64, at: DateTime<Utc>) -> Result<(), Error> {
        self.write("holding back a message", |transaction| {
            let sql = "UPDATE outbox SET next_attempt_at = ?2 WHERE id = ?1 AND state = 'DIRENDER'";
            match transaction.execute(sql, params![id, stored(at)])? {
                1 => Ok(()),
                _ => Err(misplaced(transaction, id, "DIRENDER")),
            }
        })
    }

    /// Nobody knows whether the relay took it.
    ///
    /// # Errors
    /// As [`State::mark_accepted`].
    pub fn mark_uncertain(&self, attempt: Attempt, why: &str) -> Result<(), Error> {
        self.settle(attempt, OutboxState::Ragu, why, None, None)
    }

    /// What a person decided: an uncertain message arrived, or an uncertain or refused one is to be sent again as it is.
    ///
    /// # Errors
    /// [`Error::Transition`] for a message in another state.
    pub fn resolve(&self, id: i64, resolution: Resolution, now: DateTime<Utc>) -> Result<(), Error> {
        self.write("resolving a message", |transaction| {
            let (sql, wanted) = match resolution {
                Resolution::Delivered => {
                    ("UPDATE outbox SET state = 'DITERIMA', settled_at = ?2 WHERE id = ?1 AND state = 'RAGU'", "RAGU")
                }
                Resolution::Resend => (
                    "UPDATE outbox SET state = 'DIRENDER', settled_at = NULL, first_tried_at = NULL, next_attempt_at = ?2
                     WHERE id = ?1 AND state IN ('RAGU', 'GAGAL')",
                    "RAGU or GAGAL",
                ),
            };
            match transaction.execute(sql, params![id, stored(now)])? {
                1 => Ok(()),
                _ => Err(misplaced(transaction, id, wanted)),
            }
        })
    }

    fn settle(
        &self,
        attempt: Attempt,
        state: OutboxState,
        reply: &str,
        settled: Option<DateTime<Utc>>,
        next: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        let reply: String = reply.chars().take(REPLY_CHARS_MAX).collect();
        self.write("writing down the answer to a message", |transaction| {
            let sql = "UPDATE outbox SET state = ?3, last_reply = ?4, settled_at = ?5, next_attempt_at = ?6
                       WHERE id = ?1 AND attempts = ?2 AND state = 'DISERAHKAN'";
            let named =
                params![attempt.id, attempt.nth, state.to_string(), reply, settled.map(stored), next.map(stored)];
            match transaction.execute(sql, named)? {
                1 => Ok(()),
                _ => Err(misplaced(transaction, attempt.id, "DISERAHKAN by this attempt")),
            }
        })
    }
}

/// Why a step did not find the message where it starts from.
fn misplaced(transaction: &Transaction<'_>, id: i64, wanted: &'static str) -> Fault {
    match find(transaction, id) {
        Ok(it) => Error::Transition { id, is: it.state, attempts: it.attempts, wanted }.into(),
        Err(fault) => fault,
    }
}
