//! Delivered bytes wherever they lie, read at any place by any thread. Refuses to write, and to know a path.

use crate::ingest::source::refused::Refused;
use std::borrow::Cow;
use std::io;

/// Bytes that can be read at any place. They must not change while they are read.
pub trait ReadAt: Sync {
    /// How many there are.
    fn size(&self) -> u64;

    /// Reads from place `at` on; fewer bytes than there is room for, like a file.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;

    /// All of them, where they are in memory already.
    fn whole(&self) -> Option<&[u8]> {
        None
    }
}

impl ReadAt for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(at).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let count = rest.len().min(into.len());
        into.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Ok(count)
    }

    fn whole(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// Fills `into` from place `at` on; less only where the bytes end. Gives how much came.
pub(crate) fn fill(file: &dyn ReadAt, at: u64, into: &mut [u8]) -> Result<usize, Refused> {
    let mut filled = 0;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(at.saturating_add(filled as u64), rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Refused::limit("penyimpanan tidak dapat dibaca")),
        }
    }
    Ok(filled)
}

/// `length` bytes from place `at` on, or as many as there are.
pub(crate) fn part(file: &dyn ReadAt, at: u64, length: u64) -> Result<Cow<'_, [u8]>, Refused> {
    let left = file.size().saturating_sub(at).min(length);
    let room = usize::try_from(left).map_err(|_| Refused::limit("ukuran berkas melampaui batas"))?;
    if let Some(whole) = file.whole() {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        return Ok(Cow::Borrowed(whole.get(from..).and_then(|rest| rest.get(..room)).unwrap_or_default()));
    }
    let mut bytes = vec![0; room];
    let count = fill(file, at, &mut bytes)?;
    bytes.truncate(count);
    Ok(Cow::Owned(bytes))
}
