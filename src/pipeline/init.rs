//! Writes a new project from the embedded files. Refuses a folder that already holds one.

use crate::pipeline::embedded;
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

/// Writes settings, recipients, pipelines, queries, report templates and an empty inbox into `dir`; returns the number of files.
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
    write(&dir.join("recipients.toml"), embedded::RECIPIENTS.as_bytes())?;
    write(&settings, embedded::SETTINGS.as_bytes())?;
    Ok(embedded::FILES.len() + 2)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), InitError> {
    let wrong = |source| InitError::Write { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    fs::write(path, bytes).map_err(wrong)
}
