//! Messages as `.eml` files in a folder, each there whole or not at all. Refuses to write over another message.

use crate::mail::{Outcome, Parcel};
use crate::model::digest::Digest;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

/// Most characters of a report's or recipient's name in a file name.
const NAME_CHARS_MAX: usize = 60;

/// A folder that takes messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where; made if it is not there.
    pub path: PathBuf,
}

impl Folder {
    /// Name of the file of a message: sorts by time, report, recipient; its end is the content's, so equal names hold equal bytes.
    pub fn file_name(parcel: &Parcel<'_>) -> String {
        let time = parcel.moment.format("%Y%m%dT%H%M%SZ");
        let digest = Digest::of(parcel.mime).to_string();
        let short: String = digest.chars().take(12).collect();
        format!("{time}-{}-{}-{short}.eml", plain(parcel.report), plain(parcel.recipient))
    }

    /// Writes the message, durably. Writing it again finds it there and is well.
    pub fn send(&self, parcel: &Parcel<'_>) -> Outcome {
        let name = Self::file_name(parcel);
        match self.write(&name, parcel.mime) {
            Ok(()) => Outcome::Accepted { reply: format!("written as {name}") },
            Err(error) => {
                let what = format!("cannot write `{}`: {error}", self.path.join(&name).display());
                match error.kind() {
                    ErrorKind::PermissionDenied
                    | ErrorKind::ReadOnlyFilesystem
                    | ErrorKind::NotADirectory
                    | ErrorKind::AlreadyExists
                    | ErrorKind::InvalidFilename => Outcome::Misconfigured { what },
                    _ => Outcome::Retry { reply: what },
                }
            }
        }
    }

    fn write(&self, name: &str, mime: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let part = self.path.join(format!(".{name}.part"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&part)?;
        file.write_all(mime)?;
        file.sync_all()?;
        fs::rename(&part, self.path.join(name))?;
        // The name is durable only with the folder.
        File::open(&self.path)?.sync_all()
    }
}

/// `text` as part of a file name.
fn plain(text: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || "@._".contains(c) { c } else { '_' };
    let name: String = text.chars().map(fit).take(NAME_CHARS_MAX).collect();
    if name.is_empty() { "_".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel<'a>(report: &'a str, recipient: &'a str, moment: &str) -> Parcel<'a> {
        Parcel { mime: b"a: b\r\n\r\nc\r\n", sender: "x@y.id", recipient, moment: moment.parse().unwrap(), report }
    }

    #[test]
    fn files_are_whole_sorted_and_written_once() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder { path: root.path().join("surat/keluar") };
        let second = parcel("merit", "budi@contoh.go.id", "2026-01-05T12:00:01Z");
        let first = parcel("../../talenta", "a/b@contoh.go.id", "2026-01-05T12:00:00Z");
        for parcel in [second, first, second] {
            assert!(matches!(folder.send(&parcel), Outcome::Accepted { .. }));
        }
        let mut names: Vec<String> =
            fs::read_dir(&folder.path).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, [Folder::file_name(&first), Folder::file_name(&second)]);
        assert!(names[0].starts_with("20260105T120000Z-.._.._talenta-a_b@contoh.go.id-"), "{names:?}");
        assert_eq!(fs::read(folder.path.join(&names[1])).unwrap(), second.mime);
    }

    #[test]
    fn a_folder_that_is_a_file_is_a_matter_for_the_settings() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("surat");
        fs::write(&path, "").unwrap();
        let sent = Folder { path }.send(&parcel("merit", "budi@contoh.go.id", "2026-01-05T12:00:00Z"));
        assert!(matches!(sent, Outcome::Misconfigured { .. }), "{sent:?}");
    }
}
