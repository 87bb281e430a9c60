//! Every message with its bytes, stored before the first of them is sent, and what became of it. Refuses a step from any state but
//! the one it starts from, and to send while the kill switch is pulled.

use crate::model::digest::Digest;
use crate::model::outbox::{Attempt, Halt, Message, NewMessage, OutboxKey, OutboxState, Put, Resolution};
use crate::state::row::{count, noun, noun_or_none, signed, stored};
use crate::state::{Error, Fault, State};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

const COLUMNS: &str = "id, report, periode, recipient, revision, release, sender, address, subject, message_id, sha256, \
     length(mime) AS bytes, state, attempts, rendered_at, handed_over_at, settled_at, next_attempt_at, last_reply";
/// Most characters of a reply that are kept.
const REPLY_CHARS_MAX: usize = 500;

impl State {
    /// Stores a message before anything of it is sent. One key has one message for ever: under a key that is taken nothing changes.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn outbox_put(&self, message: &NewMessage, now: DateTime<Utc>) -> Result<Put, Error> {
        let sha256 = Digest::of(&message.mime);
        let key = &message.key;
        self.write("storing a message", |transaction| {
            let sql = "SELECT id, sha256 FROM outbox WHERE report = ?1 AND periode = ?2 AND recipient = ?3 AND revision = ?4";
            let named = params![key.report, key.periode.to_string(), key.recipient, key.revision];
            let there = transaction.query_row(sql, named, |row| Ok((row.get("id")?, noun::<Digest>(row, "sha256")?)));
            if let Some((id, stored)) = there.optional()? {
                return Ok(Put::Already { id, same: stored == sha256 });
            }
            transaction.execute(
                "INSERT INTO outbox (report, periode, recipient, revision, release, sender, address, subject, message_id,
                                     mime, sha256, state, rendered_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'DIRENDER', ?12)",
                params![
                    key.report,
                    key.periode.to_string(),
                    key.recipient,
                    key.revision,
                    signed(message.release)?,
                    message.sender,
                    message.address,
                    message.subject,
                    message.message_id,
                    message.mime,
                    sha256.to_string(),
                    stored(now),
                ],
            )?;
            Ok(Put::New { id: transaction.last_insert_rowid() })
        })
    }

    /// The messages that may be handed over now, the oldest first; none while the kill switch is pulled.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn outbox_due(&self, now: DateTime<Utc>) -> Result<Vec<Message>, Error> {
        self.waiting(Some(now))
    }

    /// As [`State::outbox_due`], with the messages whose next attempt lies ahead: a person asks for it now.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn outbox_waiting(&self) -> Result<Vec<Message>, Error> {
        self.waiting(None)
    }

    fn waiting(&self, due: Option<DateTime<Utc>>) -> Result<Vec<Message>, Error> {
        self.read("looking for messages to send", |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM outbox
                 WHERE state = 'DIRENDER' AND (?1 IS NULL OR next_attempt_at IS NULL OR next_attempt_at <= ?1)
                   AND NOT EXISTS (SELECT 1 FROM halts WHERE what = 'outbox')
                 ORDER BY id"
            );
            let mut statement = connection.prepare(&sql)?;
            Ok(statement.query_map(params![due.map(stored)], message)?.collect::<Result<_, _>>()?)
        })
    }

    /// The messages, the latest first, of one state or of all.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn outbox_list(&self, state: Option<OutboxState>) -> Result<Vec<Message>, Error> {
        self.read("listing the outbox", |connection| {
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE ?1 IS NULL OR state = ?1 ORDER BY id DESC");
            let mut statement = connection.prepare(&sql)?;
            let state = state.map(|it| it.to_string());
            Ok(statement.query_map(params![state], message)?.collect::<Result<_, _>>()?)
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::Unknown`] where there is none of this number.
    pub fn outbox_message(&self, id: i64) -> Result<Message, Error> {
        self.read("reading a message", |connection| find(connection, id))
    }

    /// The stored bytes of a message, checked against their digest.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`] where the bytes are no longer those that were stored.
    pub fn outbox_mime(&self, id: i64) -> Result<Vec<u8>, Error> {
        let doing = "reading the bytes of a message";
        let (mime, sha256) = self.read(doing, |connection| {
            let sql = "SELECT mime, sha256 FROM outbox WHERE id = ?1";
            let read = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>("mime")?, noun::<Digest>(row, "sha256")?));
            let found = connection.query_row(sql, params![id], read).optional()?;
            found.ok_or_else(|| Error::Unknown { what: "message", id }.into())
        })?;
        if Digest::of(&mime) == sha256 {
            return Ok(mime);
        }
        Err(Error::Damaged { path: self.path.clone(), doing, what: format!("message {id} is not what was stored") })
    }

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
                              next_attempt_at = NULL
                       WHERE id = ?1 AND state = 'DIRENDER' RETURNING attempts";
            let handed =
                transaction.query_row(sql, params![id, stored(now)], |row| count(row, "attempts")).optional()?;
            match handed {
                Some(nth) => Ok(Attempt { id, nth }),
                None => Err(misplaced(transaction, id, "DIRENDER")),
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
                    "UPDATE outbox SET state = 'DIRENDER', settled_at = NULL, next_attempt_at = ?2
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

    /// Pulls the kill switch: from the next message on nothing is sent, by any process, until it is released.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn stop_outbox(&self, by: &str, now: DateTime<Utc>) -> Result<(), Error> {
        self.write("stopping the outbox", |transaction| {
            let sql = "INSERT INTO halts (what, since, by) VALUES ('outbox', ?1, ?2) ON CONFLICT (what) DO NOTHING";
            transaction.execute(sql, params![stored(now), by])?;
            Ok(())
        })
    }

    /// Releases the kill switch.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn start_outbox(&self) -> Result<(), Error> {
        self.write("starting the outbox", |transaction| {
            transaction.execute("DELETE FROM halts WHERE what = 'outbox'", [])?;
            Ok(())
        })
    }

    /// Who pulled the kill switch and when; nothing while mail flows.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn outbox_stopped(&self) -> Result<Option<Halt>, Error> {
        self.read("asking for the kill switch", halted)
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

fn find(connection: &Connection, id: i64) -> Result<Message, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
    let found = connection.query_row(&sql, params![id], message).optional()?;
    found.ok_or_else(|| Error::Unknown { what: "message", id }.into())
}

fn halted(connection: &Connection) -> Result<Option<Halt>, Fault> {
    let sql = "SELECT since, by FROM halts WHERE what = 'outbox'";
    let halt = |row: &Row<'_>| Ok(Halt { since: noun(row, "since")?, by: row.get("by")? });
    Ok(connection.query_row(sql, [], halt).optional()?)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        key: OutboxKey {
            report: row.get("report")?,
            periode: noun(row, "periode")?,
            recipient: row.get("recipient")?,
            revision: count(row, "revision")?,
        },
        release: count(row, "release")?,
        sender: row.get("sender")?,
        address: row.get("address")?,
        subject: row.get("subject")?,
        message_id: row.get("message_id")?,
        sha256: noun(row, "sha256")?,
        bytes: count(row, "bytes")?,
        state: noun(row, "state")?,
        attempts: count(row, "attempts")?,
        rendered_at: noun(row, "rendered_at")?,
        handed_over_at: noun_or_none(row, "handed_over_at")?,
        settled_at: noun_or_none(row, "settled_at")?,
        next_attempt_at: noun_or_none(row, "next_attempt_at")?,
        last_reply: row.get("last_reply")?,
    })
}
