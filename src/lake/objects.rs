//! Bytes by their digest: `raw/` holds deliveries as they came, `_rilis/isi/` what a release was computed with. Refuses bytes of another name.

use crate::lake::{Error, Lake, read_fault, write_error};
use crate::model::digest::Digest;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode};

/// Folder of the deliveries.
pub(crate) const RAW: &str = "raw";
/// Folder of the releases.
pub(crate) const RELEASES: &str = "_rilis";
/// Folder of what releases were computed with, below [`RELEASES`].
const CONTENT: &str = "isi";

impl Lake {
    /// Keeps the bytes of a delivery; keeping them twice is keeping them once.
    ///
    /// # Errors
    /// `WrongDigest`, `DiskFull`, `Write`, `Uncertain`.
    pub async fn put_raw(&self, digest: Digest, bytes: &[u8]) -> Result<(), Error> {
        self.put(&[RAW], digest, bytes).await
    }

    /// Whether the bytes of a delivery are kept.
    ///
    /// # Errors
    /// `Read`.
    pub async fn has_raw(&self, digest: Digest) -> Result<bool, Error> {
        let (path, object) = self.object(&[RAW], &digest.to_string());
        match self.store.head(&path).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(Error::Read { object, reason: read_fault(&error) }),
        }
    }

    /// Keeps a project file that a release depends on, under its digest.
    ///
    /// # Errors
    /// `DiskFull`, `Write`, `Uncertain`.
    pub async fn put_content(&self, bytes: &[u8]) -> Result<Digest, Error> {
        let digest = Digest::of(bytes);
        self.put(&[RELEASES, CONTENT], digest, bytes).await?;
        Ok(digest)
    }

    /// A project file that a release depends on.
    ///
    /// # Errors
    /// `NoObject`, `Read`, `Corrupt`.
    pub async fn get_content(&self, digest: Digest) -> Result<Bytes, Error> {
        self.get(&[RELEASES, CONTENT], digest).await
    }

    /// Path and name of an object in a folder of the lake.
    pub(crate) fn object(&self, folders: &[&str], name: &str) -> (Path, String) {
        let parts = || folders.iter().copied().chain([name]);
        let path = parts().fold(self.base.clone(), |path, part| path.join(part));
        (path, parts().collect::<Vec<_>>().join("/"))
    }

    async fn put(&self, folders: &[&str], digest: Digest, bytes: &[u8]) -> Result<(), Error> {
        if Digest::of(bytes) != digest {
            return Err(Error::WrongDigest { digest });
        }
        let (path, object) = self.object(folders, &digest.to_string());
        let payload = Bytes::copy_from_slice(bytes).into();
        match self.store.put_opts(&path, payload, PutMode::Create.into()).await {
            Ok(_) | Err(StoreError::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(write_error(&object, &error)),
        }
    }

    async fn get(&self, folders: &[&str], digest: Digest) -> Result<Bytes, Error> {
        let (path, object) = self.object(folders, &digest.to_string());
        let unreadable = |error: StoreError| match error {
            StoreError::NotFound { .. } => Error::NoObject { object: object.clone() },
            error => Error::Read { object: object.clone(), reason: read_fault(&error) },
        };
        let stored = self.store.get(&path).await.map_err(unreadable)?;
        let bytes = stored.bytes().await.map_err(unreadable)?;
        if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(Error::Corrupt { object }) }
    }
}
