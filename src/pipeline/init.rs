//! Writes a new project from the embedded files. Refuses a folder that already holds one.

use crate::model::instansi::Instansi;
use crate::model::query::RuleFile;
use crate::pipeline::access_check::{ACCESS, RECIPIENTS};
use crate::pipeline::embedded;
use crate::pipeline::first_readers;
use crate::pipeline::project::{GOVERNMENTS, senders};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a project was not written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is a project already.
    #[error("`{}` already holds a project (it has a talenta.toml)", .0.display())]
    Taken(PathBuf),
    /// The disk said no.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes settings, policy, recipients, pipelines, queries, report templates and an empty inbox into `dir`; returns the number of files.
/// `talenta.toml` comes last: a folder without it is no project, so an interrupted `init` can be run again.
pub fn init(dir: &Path) -> Result<usize, InitError> {
    let settings = dir.join("talenta.toml");
    match fs::metadata(&settings) {
        Ok(_) => return Err(InitError::Taken(dir.to_path_buf())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(InitError::Write { path: settings, source }),
    }
    let inbox = dir.join("inbox");
    fs::create_dir_all(&inbox).map_err(|source| InitError::Write { path: inbox, source })?;
    for (path, bytes) in embedded::FILES {
        write(&dir.join(path), bytes)?;
    }
    let governments = governments();
    write(&dir.join(ACCESS), first_readers::access(&governments).as_bytes())?;
    write(&dir.join(RECIPIENTS), first_readers::recipients(&governments).as_bytes())?;
    write(&settings, embedded::SETTINGS.as_bytes())?;
    Ok(embedded::FILES.len() + 3)
}

/// The governments of the embedded rule table.
fn governments() -> Vec<Instansi> {
    let listed = embedded::FILES.iter().find(|(path, _)| *path == GOVERNMENTS);
    let csv = listed.map_or_else(String::new, |(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let mut problems = Vec::new();
    let found = senders(&[RuleFile { name: "instansi".into(), path: GOVERNMENTS.into(), csv }], &mut problems);
    assert!(problems.is_empty(), "the embedded list of governments is whole");
    found
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), InitError> {
    let wrong = |source| InitError::Write { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    fs::write(path, bytes).map_err(wrong)
}
