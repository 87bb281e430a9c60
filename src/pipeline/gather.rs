//! Finds delivered files below the given paths and reads the delivery register beside them. Refuses to open a delivery.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the delivery register in an inbox (`berkas,diterima_pada,pengirim`).
pub const REGISTER: &str = "daftar_kiriman.csv";

/// One file as found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// When the register says it was received.
    pub diterima_pada: Option<DateTime<Utc>>,
    /// Name in receipts: relative to the given folder, or the file name alone.
    pub nama: String,
    /// Where it is.
    pub path: PathBuf,
    /// Name of the folder that names its sender.
    pub folder: Option<String>,
}

/// A path that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {source}", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

/// Every file below `paths`, in the order of reception, then name. Hidden files and the register are left out.
pub fn gather(paths: &[PathBuf]) -> Result<Vec<Candidate>, Unreadable> {
    let mut found = Vec::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(|source| Unreadable { path: path.clone(), source })?;
        if meta.is_dir() {
            let register = register_of(path)?;
            walk(path, path, &register, &mut found)?;
        } else if !meta.is_file() {
            // A pipe or a device may never end.
            let source = io::Error::other("it is neither a file nor a folder");
            return Err(Unreadable { path: path.clone(), source });
        } else {
            let folder = path.parent().unwrap_or(Path::new(""));
            let register = register_of(folder)?;
            found.push(candidate(folder, path, &register));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(root: &Path, dir: &Path, register: &Register, found: &mut Vec<Candidate>) -> Result<(), Unreadable> {
    let wrong = |source| Unreadable { path: dir.to_path_buf(), source };
    for entry in fs::read_dir(dir).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == REGISTER {
            continue;
        }
        // A link is not followed: what it points at was not delivered here.
        let kind = entry.file_type().map_err(wrong)?;
        if kind.is_dir() {
            walk(root, &entry.path(), register, found)?;
        } else if kind.is_file() {
            found.push(candidate(root, &entry.path(), register));
        }
    }
    Ok(())
}

fn candidate(root: &Path, path: &Path, register: &Register) -> Candidate {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> = relative.components().map(|it| it.as_os_str().to_string_lossy().into_owned()).collect();
    let folder = match parts.as_slice() {
        [first, _, ..] => Some(first.clone()),
        _ => root.canonicalize().ok().and_then(|it| it.file_name().map(|name| name.to_string_lossy().into_owned())),
    };
    let nama = parts.join("/");
    let in_register = folder.as_ref().and_then(|it| register.0.get(&format!("{it}/{nama}")));
    let diterima_pada = register.0.get(&nama).or(in_register).copied();
    Candidate { diterima_pada, nama, path: path.to_path_buf(), folder }
}

/// Reception time by file name relative to the inbox.
#[derive(Debug, Default)]
struct Register(BTreeMap<String, DateTime<Utc>>);

/// The register in `folder`, or in the folder above when a single government's folder was given.
fn register_of(folder: &Path) -> Result<Register, Unreadable> {
    let above = folder.canonicalize().ok().and_then(|it| it.parent().map(Path::to_path_buf));
    for place in [Some(folder.to_path_buf()), above].into_iter().flatten() {
        let path = place.join(REGISTER);
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(parse_register(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(Unreadable { path, source }),
        }
    }
    Ok(Register::default())
}

/// A line that is not `berkas,diterima_pada,…` is passed over: the file then counts as received now.
fn parse_register(text: &str) -> Register {
    let mut register = Register::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let (name, rest) = match line.strip_prefix('"').and_then(|it| it.split_once("\",")) {
            Some((quoted, rest)) => (quoted.replace("\"\"", "\""), rest),
            None => match line.split_once(',') {
                Some((name, rest)) => (name.to_string(), rest),
                None => continue,
            },
        };
        let moment = rest.split(',').next().unwrap_or("").trim().trim_matches('"');
        if let Ok(moment) = DateTime::parse_from_rfc3339(moment) {
            register.0.insert(name, moment.with_timezone(&Utc));
        }
    }
    register
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_names_the_sender_and_the_register_the_time() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = dir.path().join("inbox");
        fs::create_dir_all(inbox.join("6705")).unwrap();
        fs::create_dir_all(inbox.join("6700")).unwrap();
        fs::write(inbox.join("6705/a, b.csv"), "x").unwrap();
        fs::write(inbox.join("6700/z.csv"), "x").unwrap();
        fs::write(inbox.join("6700/.hidden"), "x").unwrap();
        let lines = "berkas,diterima_pada,pengirim\n\"6705/a, b.csv\",2026-01-03T01:00:00Z,x\nbad line\n";
        fs::write(inbox.join(REGISTER), lines).unwrap();
        let found = gather(std::slice::from_ref(&inbox)).unwrap();
        let names: Vec<(&str, Option<&str>, bool)> =
            found.iter().map(|it| (it.nama.as_str(), it.folder.as_deref(), it.diterima_pada.is_some())).collect();
        assert_eq!(names, [("6700/z.csv", Some("6700"), false), ("6705/a, b.csv", Some("6705"), true)]);
        let alone = gather(&[inbox.join("6705")]).unwrap();
        assert_eq!((alone[0].nama.as_str(), alone[0].folder.as_deref()), ("a, b.csv", Some("6705")));
        assert!(alone[0].diterima_pada.is_some());
    }
}
