//! Every message with its bytes, stored before the first of them is sent; which may go now; the kill switch. Refuses a second message
//! under one key.

use crate::model::calendar::Gate;
use crate::model::digest::Digest;
use crate::model::outbox::{Halt, Message, MessageKind, NewMessage, OutboxKey, OutboxState, Put};
use crate::model::periode::Periode;
use crate::state::row::{count, noun, noun_or_none, signed, stored};
use crate::state::{Error, Fault, State};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};

const COLUMNS: &str = "id, kind, report, periode, recipient, revision, release, sender, address, subject, message_id, sha256, \
     length(mime) AS bytes, rung, from_minute, to_minute, working_days, due_at, state, attempts, rendered_at, first_tried_at, \
     handed_over_at, settled_at, next_attempt_at, last_reply";

impl State {
    /// Stores a message before anything of it is sent. One key has one message for ever: under a key that is taken nothing changes. A
    /// correction takes the place of the reports before it that nothing was sent of.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn outbox_put(&self, message: &NewMessage, now: DateTime<Utc>) -> Result<Put, Error> {
        self.write("storing a message", |transaction| put(transaction, message, now))
    }

    /// As [`State::outbox_put`] for several messages: all of them are stored or none.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn outbox_put_all(&self, messages: &[NewMessage], now: DateTime<Utc>) -> Result<Vec<Put>, Error> {
        self.write("storing messages", |transaction| messages.iter().map(|it| put(transaction, it, now)).collect())
    }

    /// The messages of one kind, report, month and recipient, the first revision first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn outbox_of(
        &self,
        kind: MessageKind,
        report: &str,
        periode: Periode,
        recipient: &str,
    ) -> Result<Vec<Message>, Error> {
        self.read("looking for the messages before", |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM outbox WHERE kind = ?1 AND report = ?2 AND periode = ?3 AND recipient = ?4
                 ORDER BY revision"
            );
            let mut statement = connection.prepare(&sql)?;
            let named = params![kind.to_string(), report, periode.to_string(), recipient];
            Ok(statement.query_map(named, message)?.collect::<Result<_, _>>()?)
        })
    }

    /// The latest release that went into a message of `report`, if any did.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn last_release_sent(&self, report: &str) -> Result<Option<u64>, Error> {
        self.read("looking for the last release sent", |connection| {
            let sql = "SELECT max(release) AS release FROM outbox WHERE kind = 'LAPORAN' AND report = ?1";
            let last: Option<i64> = connection.query_row(sql, params![report], |row| row.get("release"))?;
            Ok(last.and_then(|it| u64::try_from(it).ok()))
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
}

pub(in crate::state) fn find(connection: &Connection, id: i64) -> Result<Message, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
    let found = connection.query_row(&sql, params![id], message).optional()?;
    found.ok_or_else(|| Error::Unknown { what: "message", id }.into())
}

pub(in crate::state) fn halted(connection: &Connection) -> Result<Option<Halt>, Fault> {
    let sql = "SELECT since, by FROM halts WHERE what = 'outbox'";
    let halt = |row: &Row<'_>| Ok(Halt { since: noun(row, "since")?, by: row.get("by")? });
    Ok(connection.query_row(sql, [], halt).optional()?)
}

fn put(transaction: &Transaction<'_>, message: &NewMessage, now: DateTime<Utc>) -> Result<Put, Fault> {
    let sha256 = Digest::of(&message.mime);
    let key = &message.key;
    let sql = "SELECT id, sha256 FROM outbox
               WHERE kind = ?1 AND report = ?2 AND periode = ?3 AND recipient = ?4 AND revision = ?5";
    let named = params![key.kind.to_string(), key.report, key.periode.to_string(), key.recipient, key.revision];
    let there = transaction.query_row(sql, named, |row| Ok((row.get("id")?, noun::<Digest>(row, "sha256")?)));
    if let Some((id, stored)) = there.optional()? {
        return Ok(Put::Already { id, same: stored == sha256 });
    }
    insert(transaction, message, sha256, now)?;
    let id = transaction.last_insert_rowid();
    if key.kind == MessageKind::Laporan {
        transaction.execute(
            "UPDATE outbox SET state = 'DIGANTI', settled_at = ?5, next_attempt_at = NULL
             WHERE kind = 'LAPORAN' AND report = ?1 AND periode = ?2 AND recipient = ?3 AND revision < ?4
               AND state = 'DIRENDER'",
            params![key.report, key.periode.to_string(), key.recipient, key.revision, stored(now)],
        )?;
    }
    Ok(Put::New { id })
}

fn insert(
    transaction: &Transaction<'_>,
    message: &NewMessage,
    sha256: Digest,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let NewMessage { key, gate, .. } = message;
    transaction.execute(
        "INSERT INTO outbox (kind, report, periode, recipient, revision, release, sender, address, subject, message_id, mime,
                             sha256, rung, from_minute, to_minute, working_days, due_at, state, rendered_at, next_attempt_at)
         VALUES (:kind, :report, :periode, :recipient, :revision, :release, :sender, :address, :subject, :message_id, :mime,
                 :sha256, :rung, :from_minute, :to_minute, :working_days, :due_at, 'DIRENDER', :now, :not_before)",
        named_params! {
            ":kind": key.kind.to_string(),
            ":report": key.report,
            ":periode": key.periode.to_string(),
            ":recipient": key.recipient,
            ":revision": key.revision,
            ":release": signed(message.release)?,
            ":sender": message.sender,
            ":address": message.address,
            ":subject": message.subject,
            ":message_id": message.message_id,
            ":mime": message.mime,
            ":sha256": sha256.to_string(),
            ":rung": message.rung.to_string(),
            ":from_minute": gate.from_minute,
            ":to_minute": gate.to_minute,
            ":working_days": gate.working_days,
            ":due_at": message.due_at.map(stored),
            ":now": stored(now),
            ":not_before": message.not_before.map(stored),
        },
    )?;
    Ok(())
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        key: OutboxKey {
            kind: noun(row, "kind")?,
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
        rung: noun(row, "rung")?,
        gate: Gate {
            from_minute: row.get("from_minute")?,
            to_minute: row.get("to_minute")?,
            working_days: row.get("working_days")?,
        },
        due_at: noun_or_none(row, "due_at")?,
        state: noun(row, "state")?,
        attempts: count(row, "attempts")?,
        rendered_at: noun(row, "rendered_at")?,
        first_tried_at: noun_or_none(row, "first_tried_at")?,
        handed_over_at: noun_or_none(row, "handed_over_at")?,
        settled_at: noun_or_none(row, "settled_at")?,
        next_attempt_at: noun_or_none(row, "next_attempt_at")?,
        last_reply: row.get("last_reply")?,
    })
}
