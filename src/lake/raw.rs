//! Deliveries on their way into `raw/`: copied as they are read, under the digest that is known at their end, confirmed by the disk before
//! any commit. Refuses to hold one in memory.

use crate::lake::disk::{Beside, Disk, Fault};
use crate::lake::objects::RAW;
use crate::lake::{Error, Lake, read_fault, write_error};
use crate::model::digest::Digest;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Files that wait for the disk at once.
const CONFIRMING_MAX: usize = 4;
/// Blocks on their way to the digest.
const BLOCKS_MAX: usize = 8;
/// Name of a delivery whose digest is not known yet.
const NAMELESS: &str = "baru";

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    Whole(Digest),
    /// It has more bytes than may be kept, and nothing of it is.
    TooLarge(Digest),
}

/// Files that the disk has not confirmed yet.
#[derive(Debug)]
pub(crate) struct Arriving {
    room: Arc<Semaphore>,
    waiting: Mutex<Vec<JoinHandle<Result<(), Error>>>>,
}

impl Default for Arriving {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(CONFIRMING_MAX)), waiting: Mutex::default() }
    }
}

impl Lake {
    /// Keeps a delivery of at most `max` bytes under its digest; keeping it twice is keeping it once. It can be read from
    /// [`Lake::raw_path`] at once, while the disk still writes: the next commit of any table waits until it is safe.
    ///
    /// # Errors
    /// `DiskFull`, `Write`; inside, what reading the delivery itself answered.
    pub async fn keep_raw(&self, delivery: File, max: u64) -> Result<io::Result<Kept>, Error> {
        let place = self.clone();
        let copied = tokio::task::spawn_blocking(move || place.copy_raw(delivery, max)).await;
        let lost = |error: tokio::task::JoinError| Error::Write { object: RAW.into(), reason: error.to_string() };
        let (digest, arrival) = match copied.map_err(lost)?? {
            Err(unreadable) => return Ok(Err(unreadable)),
            Ok((digest, None)) => return Ok(Ok(Kept::TooLarge(digest))),
            Ok((digest, Some(arrival))) => (digest, arrival),
        };
        let permit = self.arriving.room.clone().acquire_owned().await;
        let object = format!("{RAW}/{digest}");
        let confirmed = tokio::task::spawn_blocking(move || {
            let confirmed = arrival.disk.make_safe(&arrival.file, &arrival.path);
            drop(permit);
            confirmed.map_err(|fault| write_error(&object, &fault))
        });
        self.arriving.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(confirmed);
        Ok(Ok(Kept::Whole(digest)))
    }

    /// Where a kept delivery lies.
    pub fn raw_path(&self, digest: Digest) -> PathBuf {
        self.root().join(RAW).join(digest.to_string())
    }

    /// Whether a kept delivery still is what was delivered.
    ///
    /// # Errors
    /// `NoObject`, `Read`, `Corrupt`.
    pub async fn check_raw(&self, digest: Digest) -> Result<(), Error> {
        let (path, object) = (self.raw_path(digest), format!("{RAW}/{digest}"));
        let read = tokio::task::spawn_blocking(move || digest_of(&path)).await;
        match read.map_err(|error| Error::Read { object: object.clone(), reason: error.to_string() })? {
            Ok(found) if found == digest => Ok(()),
            Ok(_) => Err(Error::Corrupt { object }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NoObject { object }),
            Err(error) => Err(Error::Read { object, reason: error.to_string() }),
        }
    }

    /// Waits until the disk has confirmed every delivery.
    pub(crate) async fn confirm_raw(&self) -> Result<(), Error> {
        let waiting = std::mem::take(&mut *self.arriving.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut outcome = Ok(());
        for file in waiting {
            let lost =
                |error: tokio::task::JoinError| Err(Error::Uncertain { object: RAW.into(), reason: error.to_string() });
            outcome = outcome.and(file.await.unwrap_or_else(lost));
        }
        outcome
    }

    fn copy_raw(&self, mut delivery: File, max: u64) -> Result<io::Result<(Digest, Option<Arrival>)>, Error> {
        let (nameless, object) = self.object(&[RAW], NAMELESS);
        let on_disk = |path| {
            self.store
                .on_disk(path)
                .map_err(|error| Error::Write { object: object.clone(), reason: read_fault(&error) })
        };
        let (disk, path) = on_disk(&nameless)?;
        let (digest, copied) = hashed(&disk, &mut delivery, &path, max);
        let copy = match copied.map_err(|fault| write_error(&object, &fault))? {
            Err(unreadable) => return Ok(Err(unreadable)),
            Ok(None) => return Ok(Ok((digest, None))),
            Ok(Some(copy)) => copy,
        };
        let (named, object) = self.object(&[RAW], &digest.to_string());
        let (disk, path) = on_disk(&named)?;
        let same = |there: &File| {
            there.try_clone().is_ok_and(|mut it| Digest::of_reader(&mut it).is_ok_and(|it| it == digest))
        };
        let file = disk.put(&copy, &path, same).map_err(|fault| write_error(&object, &fault))?;
        Ok(Ok((digest, Some(Arrival { disk, file, path }))))
    }
}

/// A file in its place that is not safe yet.
struct Arrival {
    disk: Arc<Disk>,
    file: File,
    path: PathBuf,
}

fn digest_of(path: &Path) -> io::Result<Digest> {
    Digest::of_reader(&mut File::open(path)?)
}

/// Copies a delivery while another thread computes its digest.
fn hashed(
    disk: &Disk,
    delivery: &mut File,
    path: &Path,
    max: u64,
) -> (Digest, Result<io::Result<Option<Beside>>, Fault>) {
    thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<u8>>(BLOCKS_MAX);
        let (give_back, spare) = sync_channel::<Vec<u8>>(BLOCKS_MAX + 2);
        let hasher = scope.spawn(move || {
            let mut digest = Digest::begin();
            for block in receive {
                digest.add(&block);
                // The other side may have ended; then nobody needs the block.
                let _ = give_back.try_send(block);
            }
            digest.finish()
        });
        let copied = disk.copy(delivery, path, max, &mut |block| {
            // The hasher ends only after this side has.
            let _ = send.send(block);
            spare.try_recv().unwrap_or_default()
        });
        drop(send);
        match hasher.join() {
            Ok(digest) => (digest, copied),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::LakeOptions;
    use std::fs;

    async fn fresh(options: LakeOptions) -> (tempfile::TempDir, Lake) {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(&dir.path().join("lake"), options).await.unwrap();
        (dir, lake)
    }

    fn file(dir: &tempfile::TempDir, bytes: &[u8]) -> File {
        fs::write(dir.path().join("kiriman"), bytes).unwrap();
        File::open(dir.path().join("kiriman")).unwrap()
    }

    fn names(lake: &Lake) -> Vec<String> {
        let found = fs::read_dir(lake.root().join(RAW)).map_or(Vec::new(), |it| it.map(|it| it.unwrap()).collect());
        found.iter().map(|it| it.file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_delivery_is_kept_under_its_digest_once() {
        let (dir, lake) = fresh(LakeOptions::default()).await;
        let bytes: Vec<u8> = (0..5_000_000_u32).map(|it| (it % 251) as u8).collect();
        let digest = Digest::of(&bytes);
        for _ in 0..2 {
            let kept = lake.keep_raw(file(&dir, &bytes), 5_000_000).await.unwrap().unwrap();
            assert_eq!(kept, Kept::Whole(digest));
            assert_eq!(names(&lake), [digest.to_string()]);
        }
        lake.confirm_raw().await.unwrap();
        lake.check_raw(digest).await.unwrap();
        assert_eq!(fs::read(lake.raw_path(digest)).unwrap(), bytes);
        // Cut short by a power failure, it comes back whole with the next delivery.
        fs::write(lake.raw_path(digest), &bytes[..100]).unwrap();
        assert!(matches!(lake.check_raw(digest).await, Err(Error::Corrupt { .. })));
        lake.keep_raw(file(&dir, &bytes), u64::MAX).await.unwrap().unwrap();
        lake.check_raw(digest).await.unwrap();
        assert!(matches!(lake.check_raw(Digest::of(b"x")).await, Err(Error::NoObject { .. })));
    }

    #[tokio::test]
    async fn members_are_kept_under_their_own_digest_only() {
        let (_dir, lake) = fresh(LakeOptions::default()).await;
        let digest = Digest::of(b"kiriman");
        assert!(!lake.has_raw(digest).await.unwrap());
        assert!(matches!(lake.put_raw(digest, b"lain").await, Err(Error::WrongDigest { .. })));
        lake.put_raw(digest, b"kiriman").await.unwrap();
        lake.put_raw(digest, b"kiriman").await.unwrap();
        assert!(lake.has_raw(digest).await.unwrap());
        lake.check_raw(digest).await.unwrap();
    }

    #[tokio::test]
    async fn of_a_delivery_too_large_only_the_digest_is_known() {
        let (dir, lake) = fresh(LakeOptions::default()).await;
        let bytes = vec![7; 3_000_000];
        let kept = lake.keep_raw(file(&dir, &bytes), 2_999_999).await.unwrap().unwrap();
        assert_eq!((kept, names(&lake)), (Kept::TooLarge(Digest::of(&bytes)), Vec::new()));
        let folder = lake.keep_raw(File::open(dir.path()).unwrap(), 10).await.unwrap();
        assert!(folder.is_err() && names(&lake).is_empty());
    }

    #[tokio::test]
    async fn a_full_disk_leaves_nothing() {
        let (dir, lake) = fresh(LakeOptions { fail_after_bytes: Some(2_000_000), ..LakeOptions::default() }).await;
        let full = lake.keep_raw(file(&dir, &vec![7; 3_000_000]), u64::MAX).await;
        assert!(matches!(full, Err(Error::DiskFull { .. })), "{full:?}");
        assert!(names(&lake).is_empty());
    }
}
