//! Proofs: what each report that left was made from and what came of it. Refuses to change or forget one.

use crate::model::digest::Digest;
use crate::model::proof::{Part, Pin, Proof};
use crate::state::row::{noun, noun_or_none, signed, stored};
use crate::state::{Error, Fault, State};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Version 3 of the ledger: the tables of this file.
pub(in crate::state) const STEP: &str = "
CREATE TABLE bukti (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    mime     TEXT UNIQUE,
    made     TEXT NOT NULL,
    report   TEXT NOT NULL,
    periode  TEXT NOT NULL,
    release  INTEGER NOT NULL,
    document TEXT NOT NULL,
    pin      TEXT NOT NULL
) STRICT;
CREATE TABLE bukti_bagian (
    bukti  INTEGER NOT NULL REFERENCES bukti (id),
    nth    INTEGER NOT NULL,
    part   TEXT NOT NULL,
    name   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (bukti, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX bukti_by_digest ON bukti_bagian (sha256);
CREATE INDEX bukti_by_name ON bukti_bagian (name);
CREATE TRIGGER bukti_is_not_rewritten BEFORE UPDATE ON bukti
BEGIN SELECT RAISE(ABORT, 'a proof does not change'); END;
CREATE TRIGGER bukti_bagian_is_not_rewritten BEFORE UPDATE ON bukti_bagian
BEGIN SELECT RAISE(ABORT, 'a proof does not change'); END;
";

/// Newest proofs given for one file; more of them say the same.
const PROOFS_MAX: usize = 20;

impl State {
    /// Keeps what a report was made from. `mime` is the digest of the message that carries it; kept twice, it is kept once.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn put_proof(&self, mime: Option<Digest>, pin: &Pin, parts: &[Part], now: DateTime<Utc>) -> Result<i64, Error> {
        let text = serde_json::to_string(pin).expect("a pin holds text, numbers and lists of text");
        self.write("keeping a proof", |transaction| {
            if let Some(mime) = mime {
                let sql = "SELECT id FROM bukti WHERE mime = ?1";
                let there = transaction.query_row(sql, params![mime.to_string()], |row| row.get("id")).optional()?;
                if let Some(id) = there {
                    return Ok(id);
                }
            }
            transaction.execute(
                "INSERT INTO bukti (mime, made, report, periode, release, document, pin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    mime.map(|it| it.to_string()),
                    stored(now),
                    pin.report,
                    pin.periode.to_string(),
                    signed(pin.release)?,
                    pin.document.to_string(),
                    text
                ],
            )?;
            let id = transaction.last_insert_rowid();
            let sql = "INSERT INTO bukti_bagian (bukti, nth, part, name, sha256, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut statement = transaction.prepare(sql)?;
            for (nth, it) in (1i64..).zip(parts) {
                statement.execute(params![id, nth, it.part, it.name, it.sha256.to_string(), signed(it.bytes)?])?;
            }
            Ok(id)
        })
    }

    /// The proof of the message with this digest.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn proof_of_message(&self, mime: Digest) -> Result<Option<Proof>, Error> {
        let found = self.proofs("WHERE mime = ?1", &mime.to_string())?;
        Ok(found.into_iter().next())
    }

    /// Proofs of reports that had a file or body of this digest, the newest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn proofs_holding(&self, sha256: Digest) -> Result<Vec<Proof>, Error> {
        self.proofs("WHERE id IN (SELECT bukti FROM bukti_bagian WHERE sha256 = ?1)", &sha256.to_string())
    }

    /// Proofs of reports that had a file of this name, the newest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn proofs_naming(&self, name: &str) -> Result<Vec<Proof>, Error> {
        self.proofs("WHERE id IN (SELECT bukti FROM bukti_bagian WHERE name = ?1)", name)
    }

    /// The number of the stored message of this digest.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn message_of_digest(&self, mime: Digest) -> Result<Option<i64>, Error> {
        self.message_where("sha256", &mime.to_string())
    }

    /// The number of the stored message of this Message-ID, angle brackets included.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn message_of_id(&self, message_id: &str) -> Result<Option<i64>, Error> {
        self.message_where("message_id", message_id)
    }

    fn message_where(&self, column: &'static str, value: &str) -> Result<Option<i64>, Error> {
        self.read("looking for a message", |connection| {
            let sql = format!("SELECT id FROM outbox WHERE {column} = ?1 ORDER BY id DESC LIMIT 1");
            Ok(connection.query_row(&sql, params![value], |row| row.get("id")).optional()?)
        })
    }

    fn proofs(&self, wanted: &'static str, value: &str) -> Result<Vec<Proof>, Error> {
        self.read("looking for a proof", |connection| {
            let sql = format!("SELECT id, mime, made, pin FROM bukti {wanted} ORDER BY id DESC LIMIT {PROOFS_MAX}");
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(params![value], head)?.collect::<Result<Vec<_>, _>>()?;
            rows.into_iter().map(|head| whole(connection, head)).collect()
        })
    }
}

/// A proof without its parts, its pin still text.
type Head = (i64, Option<Digest>, DateTime<Utc>, String);

fn head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok((row.get("id")?, noun_or_none(row, "mime")?, noun(row, "made")?, row.get("pin")?))
}

fn whole(connection: &Connection, (id, mime, made, pin): Head) -> Result<Proof, Fault> {
    let unread = |error: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    };
    let pin: Pin = serde_json::from_str(&pin).map_err(unread)?;
    let sql = "SELECT part, name, sha256, bytes FROM bukti_bagian WHERE bukti = ?1 ORDER BY nth";
    let mut statement = connection.prepare(sql)?;
    let part = |row: &Row<'_>| {
        let bytes: i64 = row.get("bytes")?;
        let bytes = u64::try_from(bytes).unwrap_or(0);
        Ok(Part { part: row.get("part")?, name: row.get("name")?, sha256: noun(row, "sha256")?, bytes })
    };
    let parts = statement.query_map(params![id], part)?.collect::<Result<_, _>>()?;
    Ok(Proof { id, mime, made, pin, parts })
}
