//! Drawn reports on disk until all of a report is drawn: two hundred of them do not fit in memory, and none may leave before the
//! last one is whole. Refuses to give back what it did not get.

use crate::pipeline::render_error::RenderError;
use crate::report::Rendered;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// File with texts and names; the bytes lie beside it by number.
const NAMES: &str = "isi.json";

/// A folder for drawn reports, empty at first and gone when dropped.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
}

/// The place of one drawn report.
#[derive(Debug, Clone)]
pub struct Spooled {
    folder: PathBuf,
}

impl Spool {
    /// Makes `folder`, empty.
    pub fn new(folder: PathBuf) -> Result<Self, RenderError> {
        clear(&folder).and_then(|()| fs::create_dir_all(&folder)).map_err(wrote(&folder))?;
        Ok(Self { folder })
    }

    /// Puts one report away under its number.
    pub fn put(&self, nth: usize, rendered: Rendered) -> Result<Spooled, RenderError> {
        let folder = self.folder.join(nth.to_string());
        fs::create_dir_all(&folder).map_err(wrote(&folder))?;
        let (names, parts) = rendered.apart();
        for (i, part) in parts.iter().enumerate() {
            let path = folder.join(i.to_string());
            fs::write(&path, part).map_err(wrote(&path))?;
        }
        let path = folder.join(NAMES);
        fs::write(&path, names.to_string()).map_err(wrote(&path))?;
        Ok(Spooled { folder })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What is left, if anything, is cleared before the folder is used again.
        let _ = clear(&self.folder);
        if let Some(parent) = self.folder.parent() {
            // Only where nothing else lies in it.
            let _ = fs::remove_dir(parent);
        }
    }
}

impl Spooled {
    /// The report, as it was put away.
    pub fn get(&self) -> Result<Rendered, RenderError> {
        let read = |path: PathBuf| fs::read(&path).map_err(|source| RenderError::Read { path, source });
        let torn = || RenderError::Read { path: self.folder.clone(), source: io::ErrorKind::InvalidData.into() };
        let names: Value = serde_json::from_slice(&read(self.folder.join(NAMES))?).map_err(|_| torn())?;
        let mut parts = Vec::new();
        loop {
            match read(self.folder.join(parts.len().to_string())) {
                Ok(part) => parts.push(part),
                Err(RenderError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        Rendered::whole(names, parts).ok_or_else(torn)
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn wrote(path: &Path) -> impl FnOnce(io::Error) -> RenderError + use<> {
    let path = path.to_path_buf();
    move |source| RenderError::Write { path, source }
}
