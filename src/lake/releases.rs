//! The releases of a lake: `_rilis/N.json`, written once. Refuses to change one, and numbers with gaps.

use crate::lake::objects::RELEASES;
use crate::lake::{Error, Lake, read_fault, write_error};
use crate::model::release::Release;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode};

impl Lake {
    /// Publishes a release: one durable put-if-absent, after which every reader sees it.
    ///
    /// # Errors
    /// `AlreadyPublished`, `ReleaseGap`; `DiskFull` and `Write` leave nothing; after `Uncertain` it may be there.
    pub async fn publish(&self, release: &Release) -> Result<(), Error> {
        let nomor = release.nomor;
        let latest = self.releases().await?.last().copied().unwrap_or(0);
        if nomor > latest + 1 || nomor == 0 {
            return Err(Error::ReleaseGap { nomor, latest });
        }
        let (path, object) = self.object(&[RELEASES], &format!("{nomor}.json"));
        // Keys stand in the order of the struct, maps are sorted: the same release is the same bytes.
        let mut text = serde_json::to_string_pretty(release)
            .map_err(|error| Error::BadRelease { object: object.clone(), reason: error.to_string() })?;
        text.push('\n');
        match self.store.put_opts(&path, text.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists { .. }) => Err(Error::AlreadyPublished { nomor }),
            Err(error) => Err(write_error(&object, &error)),
        }
    }

    /// Numbers of all releases, ascending.
    ///
    /// # Errors
    /// `Read`.
    pub async fn releases(&self) -> Result<Vec<u64>, Error> {
        let folder = self.base.clone().join(RELEASES);
        let listed = self.store.list_with_delimiter(Some(&folder)).await;
        let objects = match listed {
            Ok(listed) => listed.objects,
            Err(StoreError::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(Error::Read { object: RELEASES.into(), reason: read_fault(&error) }),
        };
        let number = |name: &str| name.strip_suffix(".json").and_then(|number| number.parse().ok());
        let mut numbers: Vec<u64> =
            objects.iter().filter_map(|meta| meta.location.filename().and_then(number)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// One release.
    ///
    /// # Errors
    /// `NoRelease`, `Read`, `BadRelease`.
    pub async fn release(&self, nomor: u64) -> Result<Release, Error> {
        let (path, object) = self.object(&[RELEASES], &format!("{nomor}.json"));
        let unreadable = |error: StoreError| match error {
            StoreError::NotFound { .. } => Error::NoRelease { nomor },
            error => Error::Read { object: object.clone(), reason: read_fault(&error) },
        };
        let stored = self.store.get(&path).await.map_err(unreadable)?;
        let bytes = stored.bytes().await.map_err(unreadable)?;
        let bad = |reason| Error::BadRelease { object: object.clone(), reason };
        let release: Release = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        if release.nomor == nomor { Ok(release) } else { Err(bad(format!("it says it is release {}", release.nomor))) }
    }

    /// The latest release; `None` before the first.
    ///
    /// # Errors
    /// As [`Lake::release`].
    pub async fn latest_release(&self) -> Result<Option<Release>, Error> {
        match self.releases().await?.last() {
            Some(&nomor) => self.release(nomor).await.map(Some),
            None => Ok(None),
        }
    }
}
