//! One writer at a time on a project: an advisory lock on a file that says who holds it. Refuses to wait, and to trust the words in
//! the file: the lock is the kernel's and ends with its holder, the words are for people.

use crate::state::Error;
use chrono::{DateTime, SecondsFormat, Utc};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How much of the words of a lock file is read.
const WORDS_BYTES_MAX: u64 = 4096;

/// How often a writer looks before it says that the lock is held: someone may be asking for the holder just now, which takes the
/// lock for a moment.
const LOOKS: u32 = 3;
/// How often it looks where the process that the file names is gone: one that was killed while it started another leaves it its files
/// until that one runs, which on a busy machine takes a while.
const LOOKS_AFTER_DEATH: u32 = 100;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Process number; none where the file does not say.
    pub pid: Option<u32>,
    /// What it is doing.
    pub command: String,
    /// Since when, as it wrote it.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "`{}` (process {pid}, since {})", self.command, self.since),
            None => write!(f, "an unknown process"),
        }
    }
}

/// The right to write on a project, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the file at `path`, makes the file if there is none, and writes down who has it.
    ///
    /// # Errors
    /// [`Error::Held`] where another has it; [`Error::Lock`] where the file cannot be used.
    pub fn take(path: &Path, command: &str, now: DateTime<Utc>) -> Result<Self, Error> {
        let failed = |source: io::Error| Error::Lock { path: path.to_path_buf(), source };
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = opened.map_err(failed)?;
        let mut looks = 0;
        while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
            if error != Errno::WOULDBLOCK {
                return Err(failed(error.into()));
            }
            looks += 1;
            let holder = words(&mut file);
            if looks >= if gone(&holder) { LOOKS_AFTER_DEATH } else { LOOKS } {
                return Err(Error::Held { holder });
            }
            thread::sleep(PAUSE);
        }
        let since = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let command = command.replace(['\n', '\r'], " ");
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        write!(file, "{}\n{command}\n{since}\n", std::process::id()).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        Ok(Self { file })
    }

    /// Who holds the lock of the file at `path`; nothing where nobody does.
    ///
    /// # Errors
    /// [`Error::Lock`] where the file is there and cannot be used.
    pub fn holder(path: &Path) -> Result<Option<Holder>, Error> {
        let failed = |source: io::Error| Error::Lock { path: path.to_path_buf(), source };
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(None),
            Err(Errno::WOULDBLOCK) => Ok(Some(words(&mut file))),
            Err(error) => Err(failed(error.into())),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The words go first, so that nobody reads of a holder that has gone; the lock itself goes with the file handle.
        let _ = self.file.set_len(0);
    }
}

/// Whether the process that wrote the words has ended.
fn gone(holder: &Holder) -> bool {
    let pid = holder.pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH))
}

/// What the holder wrote. It may be writing just now: what is missing is said to be unknown.
fn words(file: &mut File) -> Holder {
    let mut text = String::new();
    let _ = file.rewind();
    let _ = file.take(WORDS_BYTES_MAX).read_to_string(&mut text);
    let mut lines = text.lines();
    let pid = lines.next().and_then(|line| line.parse().ok());
    let mut line = || lines.next().unwrap_or_default().to_string();
    Holder { pid, command: line(), since: line() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    #[test]
    fn what_a_killed_holder_left_open_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("talenta.lock");
        let mut ended = Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        fs::write(&path, format!("{}\ningest of a longer name\n2025-12-31T01:02:03Z\n", ended.id())).unwrap();
        let left = File::open(&path).unwrap();
        flock(&left, FlockOperation::NonBlockingLockExclusive).unwrap();
        let closing = thread::spawn(move || {
            thread::sleep(PAUSE * 2 * LOOKS);
            drop(left);
        });
        let now = "2026-01-10T06:00:00Z".parse().unwrap();
        let lock = Lock::take(&path, "run", now).unwrap();
        closing.join().unwrap();
        let own = format!("{}\nrun\n2026-01-10T06:00:00Z\n", std::process::id());
        assert_eq!(fs::read_to_string(&path).unwrap(), own);
        // One that lives is not waited for.
        assert!(matches!(Lock::take(&path, "run", now), Err(Error::Held { holder }) if holder.command == "run"));
        drop(lock);
    }
}
