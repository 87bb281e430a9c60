//! A new report: a folder that renders at once and says in its own comments where to go on. Refuses to touch a folder that is there.

use crate::pipeline::project::Project;
use std::fs;
use std::io;
use std::path::PathBuf;

/// The files of a new report.
const FILES: [(&str, &str); 5] = [
    ("report.toml", include_str!("scaffold/report.toml")),
    ("mail.html", include_str!("scaffold/mail.html")),
    ("mail.txt", include_str!("scaffold/mail.txt")),
    ("document.typ", include_str!("scaffold/document.typ")),
    ("sample.json", include_str!("scaffold/sample.json")),
];
/// Where the report's name stands in them.
const NAME: &str = "__NAMA__";
/// Longest name of a report.
const NAME_CHARS_MAX: usize = 40;

/// Why there is no new report.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The name cannot be that of a folder and of files in mails.
    #[error("`{name}` cannot be the name of a report; use up to {NAME_CHARS_MAX} of a-z, 0-9 and `-`")]
    Name {
        /// What was asked for.
        name: String,
    },
    /// There is one.
    #[error("`{}` is there already", .0.display())]
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

/// Writes the folder of a new report; returns it.
pub fn scaffold(project: &Project, name: &str) -> Result<PathBuf, ScaffoldError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fit = !name.is_empty() && name.len() <= NAME_CHARS_MAX && name.bytes().all(plain) && !name.starts_with('-');
    if !fit || name == "shared" {
        return Err(ScaffoldError::Name { name: name.into() });
    }
    let folder = project.path("report-templates").join(name);
    fs::create_dir(&folder).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ScaffoldError::Taken(folder.clone()),
        _ => ScaffoldError::Write { path: folder.clone(), source },
    })?;
    for (file, text) in FILES {
        let path = folder.join(file);
        fs::write(&path, text.replace(NAME, name)).map_err(|source| ScaffoldError::Write { path, source })?;
    }
    Ok(folder)
}
