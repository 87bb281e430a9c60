//! The ledger in one SQLite file: what ran, what is due, what was published and delivered, every message, and who did what.
//! Refuses to decide what runs next, and to read the clock: times are passed in.

pub mod audit;
pub mod due;
pub mod handover;
pub mod index;
pub mod lock;
pub mod outbox;
pub mod proof;
pub mod runs;

mod row;
mod schema;

pub use lock::{Holder, Lock};

use crate::model::outbox::OutboxState;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a statement waits for another process to finish writing.
const BUSY: Duration = Duration::from_secs(10);

/// Why the ledger cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open the ledger `{path}`: {source}; does the folder exist, and may this user write there?")]
    Open {
        /// The ledger.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file is something else.
    #[error("`{path}` is not a ledger of talenta; name another file as the state path")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later program wrote it.
    #[error("the ledger `{path}` has version {found}, this program knows up to {known}; use the newer program")]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version known here.
        known: i64,
    },
    /// No room to write.
    #[error("no room on the disk of the ledger `{path}` while {doing}; nothing was changed, make room and do it again")]
    DiskFull {
        /// The ledger.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
    },
    /// Not to be written.
    #[error("the ledger `{path}` may only be read while {doing}; allow this user to write the file and its folder")]
    ReadOnly {
        /// The ledger.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
    },
    /// Another process writes all the time.
    #[error("the ledger `{path}` was held by another process for {} seconds while {doing}; do it again", BUSY.as_secs())]
    Busy {
        /// The ledger.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
    },
    /// The file is damaged.
    #[error(
        "the ledger `{path}` is damaged (found while {doing}): {what}; keep a copy, restore it from a backup, and rebuild \
         releases and deliveries from the lake"
    )]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What is wrong.
        what: String,
    },
    /// SQLite failed in another way.
    #[error("the ledger `{path}` failed while {doing}: {source}")]
    Sqlite {
        /// The ledger.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// There is nothing of this number.
    #[error("there is no {what} number {id}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// A message is not in the state that a step starts from.
    #[error("message {id} is {is} after {attempts} attempts; this can be done only to one that is {wanted}")]
    Transition {
        /// The message.
        id: i64,
        /// How it stands.
        is: OutboxState,
        /// How often it was handed over.
        attempts: u32,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// The kill switch is pulled.
    #[error("sending was stopped by {by} on {since}; nothing is sent until it is released")]
    OutboxStopped {
        /// Who pulled it.
        by: String,
        /// Since when.
        since: String,
    },
    /// The claim on a due month ran out and was taken over.
    #[error(
        "the claim on `{job}` for {periode} was taken over by another process; what was done under it does not count"
    )]
    ClaimLost {
        /// Job.
        job: String,
        /// Month.
        periode: String,
    },
    /// Another process writes on the project.
    #[error("another command is at work on this project: {holder}; wait for it to end, or end it")]
    Held {
        /// Who.
        holder: Holder,
    },
    /// The lock file cannot be used.
    #[error("cannot lock the project with `{path}`: {source}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The ledger of a project. Cheap to ask from several threads; every write is durable when its method returns.
#[derive(Debug)]
pub struct State {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl State {
    /// Opens the ledger at `path`, makes it if there is none, and brings an older one up to date.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Foreign`], [`Error::Newer`], and what a write can meet.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags);
        let connection = opened.map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
        let mut state = Self { path: path.to_path_buf(), connection: Mutex::new(connection) };
        state.prepare()?;
        Ok(state)
    }

    /// Looks through the whole file for damage; what SQLite finds, line by line, nothing where it is sound.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the damage is such that it cannot even be looked for.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        self.read("checking its integrity", |connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(lines.into_iter().filter(|line| line != "ok").collect())
        })
    }

    fn prepare(&mut self) -> Result<(), Error> {
        let doing = "opening it";
        let path = self.path.clone();
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        let prepared = (|| -> Result<(), Fault> {
            connection.busy_timeout(BUSY)?;
            schema::recognise(connection, &path)?;
            // WAL keeps readers out of the writer's way; FULL makes a commit durable, not only consistent.
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            schema::migrate(connection)
        })();
        prepared.map_err(|fault| self.situation(doing, fault))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks.
    fn read<T>(&self, doing: &'static str, ask: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Error> {
        ask(&self.connection()).map_err(|fault| self.situation(doing, fault))
    }

    /// Writes, all or nothing.
    fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let written = (|| -> Result<T, Fault> {
            let mut connection = self.connection();
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })();
        written.map_err(|fault| self.situation(doing, fault))
    }

    /// The situation a person is in, and what to do next.
    fn situation(&self, doing: &'static str, fault: Fault) -> Error {
        let source = match fault {
            Fault::Ours(error) => return error,
            Fault::Sqlite(source) => source,
        };
        let path = self.path.clone();
        let damaged = |what: String| Error::Damaged { path: path.clone(), doing, what };
        if let rusqlite::Error::FromSqlConversionFailure(_, _, what) = &source {
            return damaged(what.to_string());
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DiskFull { path, doing },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly { path, doing },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path, doing },
            Some(ErrorCode::DatabaseCorrupt) => damaged(source.to_string()),
            Some(ErrorCode::NotADatabase) => Error::Foreign { path },
            Some(ErrorCode::CannotOpen) => Error::Open { path, source },
            _ => Error::Sqlite { path, doing, source },
        }
    }
}

/// What can go wrong inside a statement, before it is known what it means.
enum Fault {
    Sqlite(rusqlite::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sqlite(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Ours(error)
    }
}

#[cfg(test)]
mod tests;
