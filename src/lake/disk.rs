//! Bytes that survive a power cut: written beside their place, fsynced, linked into place, the folder fsynced. Refuses to try anything twice.

use bytes::Bytes;
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// ENOSPC, what a full disk answers.
const NO_SPACE: i32 = 28;

/// How much is copied at once.
const COPY_BYTES: u64 = 1 << 20;

/// A write that did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The disk is full; nothing of the object is visible.
    #[error("no space left on the disk for `{}`", path.display())]
    Full { path: PathBuf, source: io::Error },
    /// Put-if-absent found something.
    #[error("`{}` exists already", path.display())]
    Exists { path: PathBuf },
    /// Nothing of the object is visible.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Failed { doing: &'static str, path: PathBuf, source: io::Error },
    /// The object is visible, and the disk did not confirm that it stays so.
    #[error("the disk did not confirm `{}`: {source}", path.display())]
    Unconfirmed { path: PathBuf, source: io::Error },
}

/// Where an object goes when there is one already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Refuse.
    Create,
    /// Replace it.
    Replace,
}

/// The durable writer of one lake folder.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    /// Folders whose own entry this process has made durable.
    settled: Mutex<HashSet<PathBuf>>,
    /// Bytes left before the injected full disk; `None` without one.
    left: Option<AtomicU64>,
}

impl Disk {
    /// A writer below `root`, which must exist; `fail_after_bytes` injects a full disk.
    pub(crate) fn new(root: PathBuf, fail_after_bytes: Option<u64>) -> Self {
        Self { root, settled: Mutex::default(), left: fail_after_bytes.map(AtomicU64::new) }
    }

    /// Writes one object; on success its bytes and its name are on the disk.
    ///
    /// # Errors
    /// After `Full`, `Exists` and `Failed` nothing of it is visible; after `Unconfirmed` it may be.
    pub(crate) fn write(&self, path: &Path, chunks: &[Bytes], mode: Mode) -> Result<(), Fault> {
        let folder = path.parent().unwrap_or(&self.root);
        self.settle(folder)?;
        let (beside, mut file) = beside(path)?;
        let written = self.fill(&mut file, chunks, path).and_then(|()| place(&beside, path, mode));
        if mode == Mode::Create || written.is_err() {
            // The name it was written under; left over it would only take space, so a failure here is no failure.
            let _ = fs::remove_file(&beside);
        }
        if let Err(Fault::Exists { .. }) = written {
            // Whoever wrote it may have died before it was confirmed.
            sync_folder(folder, path)?;
        }
        written?;
        sync_folder(folder, path)
    }

    /// Copies what `source` gives into a new file beside `path`, at most `max` bytes of it, and hands every byte to `seen` too. It is not
    /// safe on the disk yet. `None` where there is more; the rest is only `seen`.
    ///
    /// # Errors
    /// The fault of the disk; inside, that of the source.
    pub(crate) fn copy(
        &self,
        source: &mut dyn Read,
        path: &Path,
        max: u64,
        seen: &mut dyn FnMut(Vec<u8>) -> Vec<u8>,
    ) -> Result<io::Result<Option<Beside>>, Fault> {
        self.settle(path.parent().unwrap_or(&self.root))?;
        let (beside, mut file) = beside(path)?;
        let mut beside = Some(Beside(beside));
        let mut left = max;
        let mut block = Vec::new();
        loop {
            block.clear();
            if let Err(error) = source.take(COPY_BYTES).read_to_end(&mut block) {
                return Ok(Err(error));
            }
            if block.is_empty() {
                return Ok(Ok(beside));
            }
            match left.checked_sub(block.len() as u64).filter(|_| beside.is_some()) {
                Some(rest) => {
                    left = rest;
                    self.append(&mut file, &block, path)?;
                }
                None => beside = None,
            }
            block = seen(block);
        }
    }

    /// Puts a copy in place; where there is an object already it stays, if `same` says so, and else is replaced. Nothing is safe on the
    /// disk before the file that is returned and its folder are.
    pub(crate) fn put(&self, copy: &Beside, path: &Path, same: impl FnOnce(&File) -> bool) -> Result<File, Fault> {
        let failed = |source| Fault::Failed { doing: "open", path: path.into(), source };
        match place(&copy.0, path, Mode::Create) {
            Err(Fault::Exists { .. }) => {
                let there = File::open(path).map_err(failed)?;
                if same(&there) {
                    return Ok(there);
                }
                // Left over from a process that died before the disk had confirmed it.
                place(&copy.0, path, Mode::Replace)?;
            }
            placed => placed?,
        }
        File::open(path).map_err(failed)
    }

    /// Waits until a file that was put in place is safe on the disk.
    pub(crate) fn make_safe(&self, file: &File, path: &Path) -> Result<(), Fault> {
        file.sync_all().map_err(|source| Fault::Unconfirmed { path: path.into(), source })?;
        sync_folder(path.parent().unwrap_or(&self.root), path)
    }

    /// Fsyncs an object that another hand put in place, and its folder.
    pub(crate) fn confirm(&self, path: &Path) -> Result<(), Fault> {
        let unconfirmed = |source| Fault::Unconfirmed { path: path.into(), source };
        File::open(path).and_then(|file| file.sync_all()).map_err(unconfirmed)?;
        sync_folder(path.parent().unwrap_or(&self.root), path)
    }

    /// Makes `folder` and every folder above it up to the root exist durably.
    pub(crate) fn settle(&self, folder: &Path) -> Result<(), Fault> {
        if self.settled.lock().expect("no holder panics").contains(folder) {
            return Ok(());
        }
        let failed = |source| Fault::Failed { doing: "create the folder", path: folder.into(), source };
        let above = match folder.parent() {
            Some(above) if folder.starts_with(&self.root) => above,
            _ => return Err(failed(ErrorKind::PermissionDenied.into())),
        };
        // The root itself was made when the lake was opened, perhaps by a process that died before its entry was safe.
        if folder != self.root {
            self.settle(above)?;
            match fs::create_dir(folder) {
                Err(source) if source.kind() != ErrorKind::AlreadyExists => {
                    return Err(full_or(source, folder, failed));
                }
                _ => {}
            }
        }
        File::open(above).and_then(|above| above.sync_all()).map_err(failed)?;
        self.settled.lock().expect("no holder panics").insert(folder.into());
        Ok(())
    }

    /// Removes files that were being written beside their place when their writer ended; the caller is the only writer.
    pub(crate) fn remove_half_written(&self) {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    // A file that stays only takes space.
                    Ok(kind) if kind.is_file() && half_written(&name) => drop(fs::remove_file(entry.path())),
                    _ => {}
                }
            }
        }
    }

    fn fill(&self, file: &mut File, chunks: &[Bytes], path: &Path) -> Result<(), Fault> {
        let failed = |source| Fault::Failed { doing: "write", path: path.into(), source };
        chunks.iter().try_for_each(|chunk| self.append(file, chunk, path))?;
        // A failed fsync has already thrown the bytes away: a second one would answer "done" for nothing.
        file.sync_all().map_err(|source| full_or(source, path, failed))
    }

    fn append(&self, file: &mut File, bytes: &[u8], path: &Path) -> Result<(), Fault> {
        let failed = |source| Fault::Failed { doing: "write", path: path.into(), source };
        let allowed = self.allow(bytes.len());
        let part = bytes.get(..allowed).unwrap_or(bytes);
        file.write_all(part).map_err(|source| full_or(source, path, failed))?;
        if allowed < bytes.len() {
            return Err(full_or(io::Error::from_raw_os_error(NO_SPACE), path, failed));
        }
        Ok(())
    }

    /// How many of `wanted` bytes the injected fault lets through.
    fn allow(&self, wanted: usize) -> usize {
        let Some(left) = &self.left else { return wanted };
        let take = |left: u64| Some(left.saturating_sub(wanted as u64));
        let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).unwrap_or(0);
        usize::try_from(before).map_or(wanted, |before| before.min(wanted))
    }
}

/// A file beside its place. Its name goes with it.
#[derive(Debug)]
pub(crate) struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // Left over it would only take space, so a failure here is no failure.
        let _ = fs::remove_file(&self.0);
    }
}

/// Makes the lake folder itself, and the folders above it, durably.
pub(crate) fn create_root(root: &Path) -> io::Result<()> {
    match fs::create_dir(root) {
        Err(source) if source.kind() == ErrorKind::NotFound => {
            let above = root.parent().ok_or(source)?;
            create_root(above)?;
            fs::create_dir(root)?;
        }
        // Reading it says so when the name belongs to a file.
        Err(source) if source.kind() == ErrorKind::AlreadyExists => return fs::read_dir(root).map(|_| ()),
        made => made?,
    }
    let above = root.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(above)?.sync_all()
}

/// A new file beside `path`: `#` and a number after the name, which listings of the store pass over.
fn beside(path: &Path) -> Result<(PathBuf, File), Fault> {
    let failed = |source| Fault::Failed { doing: "create", path: path.into(), source };
    for number in 1u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("#{number}"));
        let name = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&name) {
            Ok(file) => return Ok((name, file)),
            Err(source) if source.kind() == ErrorKind::AlreadyExists => {}
            Err(source) => return Err(full_or(source, path, failed)),
        }
    }
    Err(failed(ErrorKind::AlreadyExists.into()))
}

/// Whether [`beside`] gave the name.
fn half_written(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()))
}

fn place(from: &Path, to: &Path, mode: Mode) -> Result<(), Fault> {
    let placed = match mode {
        Mode::Create => fs::hard_link(from, to),
        Mode::Replace => fs::rename(from, to),
    };
    placed.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => Fault::Exists { path: to.into() },
        _ => full_or(source, to, |source| Fault::Failed { doing: "put in place", path: to.into(), source }),
    })
}

fn sync_folder(folder: &Path, path: &Path) -> Result<(), Fault> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| Fault::Unconfirmed { path: path.into(), source })
}

fn full_or(source: io::Error, path: &Path, otherwise: impl FnOnce(io::Error) -> Fault) -> Fault {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Fault::Full { path: path.into(), source },
        _ => otherwise(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &'static str) -> Vec<Bytes> {
        vec![Bytes::from_static(text.as_bytes())]
    }

    #[test]
    fn creates_once_replaces_when_asked_and_leaves_nothing_beside() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::new(dir.path().into(), None);
        let path = dir.path().join("a/b/c.json");
        disk.write(&path, &bytes("satu"), Mode::Create).unwrap();
        assert!(matches!(disk.write(&path, &bytes("dua"), Mode::Create), Err(Fault::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "satu");
        disk.write(&path, &bytes("tiga"), Mode::Replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "tiga");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_was_half_written_goes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        for name in ["a/x.parquet", "a/x.parquet#1", "b#12", "c#", "d#1x"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        Disk::new(dir.path().into(), None).remove_half_written();
        let there = |name: &&str| fs::metadata(dir.path().join(name)).is_ok();
        assert!(["a/x.parquet", "c#", "d#1x"].iter().all(there) && !["a/x.parquet#1", "b#12"].iter().any(there));
    }

    #[test]
    fn a_full_disk_leaves_nothing_and_a_foreign_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::new(dir.path().join("lake"), Some(6));
        assert!(matches!(disk.write(&dir.path().join("x"), &bytes("a"), Mode::Create), Err(Fault::Failed { .. })));
        fs::create_dir(dir.path().join("lake")).unwrap();
        disk.write(&dir.path().join("lake/a"), &bytes("1234"), Mode::Create).unwrap();
        for _ in 0..2 {
            let full = disk.write(&dir.path().join("lake/b"), &bytes("1234"), Mode::Create);
            assert!(matches!(full, Err(Fault::Full { .. })), "{full:?}");
        }
        assert_eq!(fs::read_dir(dir.path().join("lake")).unwrap().count(), 1);
    }
}
