//! The object store under every table: the local disk, with each write fsynced before it is answered. Refuses conditional updates.

use crate::lake::disk::{Disk, Fault, Mode};
use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const NAME: &str = "lake";

/// The whole file system, paths from its root; writes only below the lake folder.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    inner: Arc<LocalFileSystem>,
    disk: Arc<Disk>,
    /// MiB of data files that may wait for the disk at once.
    room: Arc<Semaphore>,
}

const ROOM_MIB: u32 = 64;

impl Store {
    pub(crate) fn new(disk: Disk) -> Self {
        let room = Arc::new(Semaphore::new(ROOM_MIB as usize));
        Self { inner: Arc::new(LocalFileSystem::new()), disk: Arc::new(disk), room }
    }

    /// Waits until there is room for a data file of `bytes` on its way to the disk; the permit holds the room.
    pub(crate) async fn in_flight(&self, bytes: usize) -> OwnedSemaphorePermit {
        let mib = u32::try_from(bytes >> 20).unwrap_or(ROOM_MIB).clamp(1, ROOM_MIB);
        self.room.clone().acquire_many_owned(mib).await.expect("the semaphore is never closed")
    }

    /// The disk under the store, and the path of a location on it.
    pub(crate) fn on_disk(&self, location: &Path) -> Result<(Arc<Disk>, PathBuf)> {
        Ok((self.disk.clone(), self.inner.path_to_filesystem(location)?))
    }

    /// Runs a piece of disk work off the async threads.
    async fn durably<F>(&self, work: F) -> Result<()>
    where
        F: FnOnce(&Disk) -> std::result::Result<(), Fault> + Send + 'static,
    {
        let disk = self.disk.clone();
        tokio::task::spawn_blocking(move || work(&disk)).await?.map_err(to_store)
    }

    async fn write(&self, location: &Path, chunks: Vec<Bytes>, mode: Mode) -> Result<PutResult> {
        let path = self.inner.path_to_filesystem(location)?;
        self.durably(move |disk| disk.write(&path, &chunks, mode)).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    /// Removes what writers that were cut short left beside the places of their objects.
    pub(crate) async fn remove_half_written(&self) {
        let disk = self.disk.clone();
        // What cannot be removed only takes space.
        let _ = tokio::task::spawn_blocking(move || disk.remove_half_written()).await;
    }

    /// Fsyncs what is there already.
    pub(crate) async fn confirm(&self, location: &Path) -> Result<()> {
        let path = self.inner.path_to_filesystem(location)?;
        self.durably(move |disk| disk.confirm(&path)).await
    }
}

/// The fault of our own disk inside a store's error, at any depth.
pub(crate) fn fault_in<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Fault> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

fn to_store(fault: Fault) -> Error {
    match fault {
        Fault::Exists { ref path } => {
            Error::AlreadyExists { path: path.to_string_lossy().into_owned(), source: fault.into() }
        }
        fault => Error::Generic { store: NAME, source: fault.into() },
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fsynced {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Store {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let mode = match opts.mode {
            PutMode::Create => Mode::Create,
            PutMode::Overwrite => Mode::Replace,
            PutMode::Update(_) => {
                return Err(Error::NotImplemented { operation: "put with update".into(), implementer: NAME.into() });
            }
        };
        self.write(location, payload.into_iter().collect(), mode).await
    }

    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Parts { store: self.clone(), location: location.clone(), chunks: Vec::new() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await?;
        self.confirm(to).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await?;
        self.confirm(to).await
    }
}

/// A large object on its way: kept until it is whole, because a file half written may not be seen. Only checkpoints come this way.
#[derive(Debug)]
struct Parts {
    store: Store,
    location: Path,
    chunks: Vec<Bytes>,
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.chunks.extend(data);
        futures::future::ready(Ok(())).boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.store.write(&self.location, std::mem::take(&mut self.chunks), Mode::Replace).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.chunks.clear();
        Ok(())
    }
}
