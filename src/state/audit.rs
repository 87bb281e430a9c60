//! Who did what and when, each event chained to the one before by its digest. Refuses to change or drop an event, and to hold cell
//! values: a detail names queries, reports and files.

use crate::model::digest::Digest;
use crate::model::run::{AuditCheck, AuditEvent};
use crate::state::row::{count, noun, stored};
use crate::state::{Error, State};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

/// What the first event follows.
const BEGINNING: &str = "";

impl State {
    /// Adds an event: `actor` did `action` with `detail`. Returns the digest of the log up to and with it.
    ///
    /// # Errors
    /// What a write can meet; what was to be audited must then not be done.
    pub fn audit(&self, now: DateTime<Utc>, actor: &str, action: &str, detail: &Value) -> Result<Digest, Error> {
        self.write("adding to the audit log", |transaction| {
            let last = transaction
                .query_row("SELECT nth, hash FROM audit ORDER BY nth DESC LIMIT 1", [], |row| {
                    Ok((row.get::<_, i64>("nth")?, row.get::<_, String>("hash")?))
                })
                .optional()?;
            let (nth, prev) = last.map_or((1, BEGINNING.to_string()), |(nth, hash)| (nth + 1, hash));
            let (at, detail) = (stored(now), detail.to_string());
            let hash = chained([&prev, &at, actor, action, &detail]);
            transaction.execute(
                "INSERT INTO audit (nth, at, actor, action, detail, prev, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![nth, at, actor, action, detail, prev, hash.to_string()],
            )?;
            Ok(hash)
        })
    }

    /// Walks the whole log and recomputes every digest.
    ///
    /// # Errors
    /// What a read can meet; a broken chain is an answer, not an error.
    pub fn verify_audit(&self) -> Result<AuditCheck, Error> {
        self.read("verifying the audit log", |connection| {
            let mut statement = connection.prepare("SELECT * FROM audit ORDER BY nth")?;
            let mut rows = statement.query([])?;
            let (mut events, mut prev) = (0u64, BEGINNING.to_string());
            while let Some(row) = rows.next()? {
                let text = |column: &str| row.get::<_, String>(column);
                let expected =
                    chained([&prev, &text("at")?, &text("actor")?, &text("action")?, &text("detail")?]).to_string();
                let follows = row.get::<_, i64>("nth")? == events as i64 + 1;
                if !follows || text("prev")? != prev || text("hash")? != expected {
                    return Ok(AuditCheck::Broken { nth: events + 1 });
                }
                events += 1;
                prev = expected;
            }
            Ok(AuditCheck::Whole { events, head: prev.parse().ok() })
        })
    }

    /// The last `count` events, the latest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn audit_log(&self, last: u32) -> Result<Vec<AuditEvent>, Error> {
        self.read("listing the audit log", |connection| {
            let mut statement = connection.prepare("SELECT * FROM audit ORDER BY nth DESC LIMIT ?1")?;
            Ok(statement.query_map(params![last], event)?.collect::<Result<_, _>>()?)
        })
    }
}

/// Digest of an event and, through `prev`, of all before it.
fn chained(parts: [&str; 5]) -> Digest {
    Digest::of_parts(parts.map(str::as_bytes))
}

fn event(row: &Row<'_>) -> rusqlite::Result<AuditEvent> {
    Ok(AuditEvent {
        nth: count(row, "nth")?,
        at: noun(row, "at")?,
        actor: row.get("actor")?,
        action: row.get("action")?,
        detail: noun(row, "detail")?,
        hash: noun(row, "hash")?,
    })
}
