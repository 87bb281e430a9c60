//! The tables of the ledger and the steps that lead from each version to the next. Refuses files of other programs and of later
//! versions, before anything is written to them.

use crate::state::proof;
use crate::state::{Error, Fault};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Marks the file as ours: "TLNT" in the header that SQLite keeps for this.
const APPLICATION_ID: i64 = 0x544C_4E54;

/// Step n leads from version n to n + 1. A published step is never changed; a new one is added.
pub(in crate::state) const STEPS: [&str; 3] = [FIRST, SECOND, proof::STEP];

/// Version 1. Moments are RFC 3339 in UTC with six decimals; months are YYYY-MM; digests are 64 hex digits.
const FIRST: &str = "
CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    job       TEXT NOT NULL,
    periode   TEXT NOT NULL,
    nth       INTEGER NOT NULL,
    started   TEXT NOT NULL,
    ended     TEXT,
    status    TEXT NOT NULL CHECK (status IN ('BERJALAN', 'SELESAI', 'GAGAL', 'TERPUTUS')),
    step      TEXT NOT NULL DEFAULT '',
    message   TEXT,
    release   INTEGER,
    UNIQUE (job, periode, nth)
) STRICT;

CREATE TABLE due (
    id            INTEGER PRIMARY KEY,
    job           TEXT NOT NULL,
    periode       TEXT NOT NULL,
    due_at        TEXT NOT NULL,
    next_at       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('JATUH_TEMPO', 'DIAMBIL', 'SELESAI', 'GAGAL', 'DILEWATI')),
    claimed_by    TEXT,
    claimed_at    TEXT,
    claimed_until TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    reason        TEXT,
    UNIQUE (job, periode)
) STRICT;

CREATE TABLE releases (
    nomor         INTEGER PRIMARY KEY,
    job           TEXT NOT NULL,
    periode       TEXT NOT NULL,
    dibuat_pada   TEXT NOT NULL,
    versi_program TEXT NOT NULL,
    masukan       TEXT NOT NULL,
    peringatan    INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
    sha256         TEXT NOT NULL,
    nama_asal      TEXT NOT NULL,
    instansi_kode  TEXT,
    dataset        TEXT,
    periode        TEXT,
    cakupan        TEXT NOT NULL,
    status         TEXT NOT NULL,
    berlaku        INTEGER NOT NULL,
    diterima_pada  TEXT,
    baris_dibaca   INTEGER NOT NULL,
    baris_diterima INTEGER NOT NULL,
    baris_ditolak  INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_month ON deliveries (periode, instansi_kode, dataset);
CREATE INDEX deliveries_by_file ON deliveries (sha256);

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    report          TEXT NOT NULL,
    periode         TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    revision        INTEGER NOT NULL,
    release         INTEGER NOT NULL,
    sender          TEXT NOT NULL,
    address         TEXT NOT NULL,
    subject         TEXT NOT NULL,
    message_id      TEXT NOT NULL UNIQUE,
    mime            BLOB NOT NULL,
    sha256          TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('DIRENDER', 'DISERAHKAN', 'DITERIMA', 'GAGAL', 'RAGU')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    rendered_at     TEXT NOT NULL,
    handed_over_at  TEXT,
    settled_at      TEXT,
    next_attempt_at TEXT,
    last_reply      TEXT,
    UNIQUE (report, periode, recipient, revision)
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, next_attempt_at);
CREATE TRIGGER outbox_is_sent_as_stored BEFORE UPDATE OF mime, sha256, message_id, address, sender ON outbox
BEGIN SELECT RAISE(ABORT, 'a stored message does not change'); END;

CREATE TABLE halts (
    what  TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    by    TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    nth    INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev   TEXT NOT NULL,
    hash   TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
";

/// Version 2: a message says what it is, how much of its report it holds, when it may leave, and whether its body was under way when
/// the program ended. The table is made anew because its key grows.
const SECOND: &str = "
CREATE TABLE outbox_2 (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL CHECK (kind IN ('LAPORAN', 'TANPA_LAPORAN', 'UJI', 'OPERATOR')),
    report          TEXT NOT NULL,
    periode         TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    revision        INTEGER NOT NULL,
    release         INTEGER NOT NULL,
    sender          TEXT NOT NULL,
    address         TEXT NOT NULL,
    subject         TEXT NOT NULL,
    message_id      TEXT NOT NULL UNIQUE,
    mime            BLOB NOT NULL,
    sha256          TEXT NOT NULL,
    rung            TEXT NOT NULL CHECK (rung IN ('LENGKAP', 'PDF', 'RINGKAS')),
    from_minute     INTEGER,
    to_minute       INTEGER,
    working_days    INTEGER NOT NULL,
    due_at          TEXT,
    state           TEXT NOT NULL CHECK (state IN ('DIRENDER', 'DISERAHKAN', 'DITERIMA', 'GAGAL', 'RAGU', 'DIGANTI')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    rendered_at     TEXT NOT NULL,
    first_tried_at  TEXT,
    handed_over_at  TEXT,
    body_at         TEXT,
    settled_at      TEXT,
    next_attempt_at TEXT,
    last_reply      TEXT,
    UNIQUE (kind, report, periode, recipient, revision)
) STRICT;
INSERT INTO outbox_2 (id, kind, report, periode, recipient, revision, release, sender, address, subject, message_id, mime, sha256, rung,
                      working_days, state, attempts, rendered_at, first_tried_at, handed_over_at, body_at, settled_at, next_attempt_at,
                      last_reply)
SELECT id, 'LAPORAN', report, periode, recipient, revision, release, sender, address, subject, message_id, mime, sha256, 'LENGKAP',
       0, state, attempts, rendered_at, handed_over_at, handed_over_at, handed_over_at, settled_at, next_attempt_at, last_reply
FROM outbox ORDER BY id;
DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;
CREATE INDEX outbox_by_state ON outbox (state, next_attempt_at);
CREATE TRIGGER outbox_is_sent_as_stored BEFORE UPDATE OF mime, sha256, message_id, address, sender ON outbox
BEGIN SELECT RAISE(ABORT, 'a stored message does not change'); END;

CREATE TABLE looks (
    what TEXT PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT;
";

/// Makes sure the file is a ledger that this program knows, or empty.
pub(in crate::state) fn recognise(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found = version(connection)?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = application == 0 && found == 0 && objects == 0;
    if !empty && application != APPLICATION_ID {
        return Err(Error::Foreign { path: path.to_path_buf() }.into());
    }
    let known = STEPS.len() as i64;
    if found > known {
        return Err(Error::Newer { path: path.to_path_buf(), found, known }.into());
    }
    Ok(())
}

/// Takes the steps from the version of the file to the last one, all or none.
pub(in crate::state) fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    if version(connection)? == STEPS.len() as i64 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again under the lock: another process may have done it meanwhile.
    let done = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
