//! Zip archives: bundles of deliveries, and the size guard that workbooks share (BRK-02, BRK-07). Refuses to write members anywhere.

use crate::ingest::source::refused::Refused;
use crate::model::limits::Limits;
use std::io;
use std::io::Cursor;
use std::io::Read;
use zip::ZipArchive;
use zip::result::ZipError;

/// How far an archive may unpack before its size is looked at.
const RATIO_MAX: u64 = 100;
/// Most members of an archive.
const MEMBERS_MAX: usize = 10_000;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name inside the archive, folders included, control characters replaced. It is a label, never a path to write to.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The members of a bundle in the order of its directory, without folders and what operating systems leave behind. Nested
/// archives come back as members.
///
/// Refuses with BRK-01 (a member has a password), BRK-02 (damaged), BRK-03 (no member), BRK-07 (bomb, measured while reading) or
/// BRK-15 (too many members, or too large).
pub fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<Member>, Refused> {
    let mut archive = directory(bytes)?;
    let mut meter = Meter::new(bytes, limits);
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| refusal(&error))?;
        let name = entry.name().map_err(|error| refusal(&error))?.replace(char::is_control, "_");
        if entry.is_dir() || is_litter(&name) {
            continue;
        }
        let mut content = Vec::new();
        meter.copy(&mut entry, |part| content.extend_from_slice(part))?;
        members.push(Member { name, bytes: content });
    }
    if members.is_empty() { Err(Refused::empty()) } else { Ok(members) }
}

/// Whether a zip is a workbook. If so, it is safe to hand to a reader that inflates its parts whole.
pub(crate) fn workbook(bytes: &[u8], limits: &Limits) -> Result<bool, Refused> {
    let mut archive = directory(bytes)?;
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Ok(false);
    }
    check_size(&mut archive, bytes, limits)?;
    check_string_count(&mut archive)?;
    Ok(true)
}

fn directory(bytes: &[u8]) -> Result<Archive<'_>, Refused> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
    // Of two members of one name the reader keeps one, and another program may show the other.
    if listed(bytes).is_some_and(|listed| listed != archive.len()) {
        return Err(Refused::damaged("Arsip"));
    }
    if archive.len() > MEMBERS_MAX { Err(Refused::limit("jumlah anggota arsip melampaui batas")) } else { Ok(archive) }
}

/// How many members the end of the directory speaks of; nothing where its sixteen bits do not say.
fn listed(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).rposition(|it| it == b"PK\x05\x06")?;
    let count = bytes.get(end + 10..end + 12)?;
    let count = u16::from_le_bytes([*count.first()?, *count.last()?]);
    (count < u16::MAX).then(|| usize::from(count))
}

fn refusal(error: &ZipError) -> Refused {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refused::locked(),
        _ => Refused::damaged("Arsip"),
    }
}

/// `__MACOSX/._x`, `.DS_Store`, `~$open.xlsx` and the like: left by an operating system, sent by nobody.
fn is_litter(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || file.starts_with("~$")
        || [".DS_Store", "Thumbs.db", "desktop.ini"].iter().any(|litter| litter.eq_ignore_ascii_case(file))
}

/// Counts what comes out of an archive and stops where it is too much.
struct Meter<'l> {
    packed: u64,
    total: u64,
    limits: &'l Limits,
}

impl<'l> Meter<'l> {
    fn new(bytes: &[u8], limits: &'l Limits) -> Self {
        Self { packed: u64::try_from(bytes.len()).unwrap_or(u64::MAX), total: 0, limits }
    }

    /// BRK-07, and an absolute limit: what is unpacked may be no larger than a file that is sent unpacked.
    fn add(&mut self, bytes: u64) -> Result<(), Refused> {
        self.total = self.total.saturating_add(bytes);
        if self.is_bomb(self.total) {
            return Err(Refused::bomb());
        }
        if self.total > self.limits.file_bytes_max {
            return Err(Refused::limit("isi arsip melampaui batas ukuran"));
        }
        Ok(())
    }

    fn is_bomb(&self, total: u64) -> bool {
        total > self.limits.unzipped_bytes_max && total > self.packed.saturating_mul(RATIO_MAX)
    }

    /// Reads an entry to its end in small parts.
    fn copy(&mut self, entry: &mut impl Read, mut sink: impl FnMut(&[u8])) -> Result<(), Refused> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match entry.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    self.add(u64::try_from(count).unwrap_or(u64::MAX))?;
                    sink(buffer.get(..count).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Refused::damaged("Arsip")),
            }
        }
    }
}

/// BRK-07 of a workbook. The zip reader fails an entry that inflates beyond its declared size, so a harmless declared total is an
/// upper bound; an alarming one may be a lie, and only then is everything inflated and counted.
fn check_size(archive: &mut Archive<'_>, bytes: &[u8], limits: &Limits) -> Result<(), Refused> {
    let mut declared: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| refusal(&error))?;
        declared = declared.saturating_add(entry.size());
    }
    let mut meter = Meter::new(bytes, limits);
    if !meter.is_bomb(declared) && declared <= limits.file_bytes_max {
        return Ok(());
    }
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| refusal(&error))?;
        meter.copy(&mut entry, |_| {})?;
    }
    Ok(())
}

/// The workbook reader reserves memory for as many shared strings as `uniqueCount` says; 4 billion abort the process. A string
/// takes at least `<si/>`, so a count beyond the size of its part is a lie (BRK-02).
fn check_string_count(archive: &mut Archive<'_>) -> Result<(), Refused> {
    /// The root element with its count is at the very beginning.
    const PREFIX: u64 = 1 << 20;
    const BYTES_OF_STRING: u64 = 5;
    for index in 0..archive.len() {
        let is_strings = |name: &str| name.to_ascii_lowercase().ends_with("sharedstrings.xml");
        if !archive.name_for_index(index).is_some_and(|name| name.is_ok_and(|name| is_strings(&name))) {
            continue;
        }
        let entry = archive.by_index(index).map_err(|error| refusal(&error))?;
        let room = entry.size() / BYTES_OF_STRING;
        let mut prefix = Vec::new();
        entry.take(PREFIX).read_to_end(&mut prefix).map_err(|_| Refused::damaged("Buku kerja"))?;
        if unique_counts(&prefix).any(|count| count > room) {
            return Err(Refused::damaged("Buku kerja"));
        }
    }
    Ok(())
}

/// The numbers behind every `uniqueCount=` of a text.
fn unique_counts(text: &[u8]) -> impl Iterator<Item = u64> {
    const NAME: &[u8] = b"uniqueCount";
    text.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME).map(move |(at, _)| {
        let behind = text.get(at + NAME.len()..).unwrap_or_default().iter();
        let digits =
            behind.skip_while(|byte| !byte.is_ascii_digit() && **byte != b'>').take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn small() -> Limits {
        Limits { unzipped_bytes_max: 1 << 16, ..Limits::default() }
    }

    #[test]
    fn members_come_back_without_litter() {
        let bytes =
            zipped(&[("a/satu.csv", b"x,y"), ("__MACOSX/._satu.csv", b"?"), (".DS_Store", b"?"), ("dua.zip", b"PK")]);
        let names: Vec<String> = unpack(&bytes, &small()).unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["a/satu.csv", "dua.zip"]);
        assert_eq!(unpack(&zipped(&[]), &small()).unwrap_err().code, "BRK-03");
    }

    #[test]
    fn a_bomb_is_stopped_while_it_unpacks() {
        let bytes = zipped(&[("a.csv", &[0; 1 << 20])]);
        assert_eq!(unpack(&bytes, &small()).unwrap_err().code, "BRK-07");
        let bytes = zipped(&[("[Content_Types].xml", &[b' '; 1 << 20])]);
        assert_eq!(workbook(&bytes, &small()).unwrap_err().code, "BRK-07");
        // Large, but not out of proportion.
        let noise: Vec<u8> = (0..1_u32 << 18).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        assert_eq!(unpack(&zipped(&[("a.csv", &noise)]), &small()).unwrap().len(), 1);
    }

    #[test]
    fn a_cut_archive_is_damaged() {
        let bytes = zipped(&[("a.csv", b"x,y")]);
        assert_eq!(unpack(&bytes[..bytes.len() / 2], &small()).unwrap_err().code, "BRK-02");
    }

    #[test]
    fn a_string_count_out_of_reach_is_refused() {
        for (count, fine) in [("1", true), ("4294967295", false), ("99999999999999999999999", false)] {
            let strings = format!("<sst count=\"1\" uniqueCount = \"{count}\"><si><t>a</t></si></sst>");
            let bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/SharedStrings.xml", strings.as_bytes())]);
            assert_eq!(workbook(&bytes, &small()).is_ok(), fine, "{count}");
        }
    }

    proptest! {
        #[test]
        fn a_mutated_archive_is_survived(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), ("a.csv", b"x,y\n1,2\n")]);
            let index = at.index(bytes.len());
            bytes[index] = byte;
            let _ = unpack(&bytes, &small());
            let _ = workbook(&bytes, &small());
            let _ = unpack(&bytes[..cut.index(bytes.len())], &small());
        }
    }
}
