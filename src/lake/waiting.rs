//! The list of delivered tables that wait for a person's word: `_menunggu.json`, replaced as a whole. Refuses to know why they wait.

use crate::lake::{Error, Lake, read_fault, write_error};
use crate::model::waiting::Waiting;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode};

/// Name of the object.
const LIST: &str = "_menunggu.json";

impl Lake {
    /// Every table that waits.
    ///
    /// # Errors
    /// `Read`, `BadList`.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let (path, object) = self.object(&[], LIST);
        let stored = match self.store.get(&path).await {
            Ok(stored) => stored,
            Err(StoreError::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(Error::Read { object, reason: read_fault(&error) }),
        };
        let bytes = stored.bytes().await;
        let bytes = bytes.map_err(|error| Error::Read { object: object.clone(), reason: read_fault(&error) })?;
        serde_json::from_slice(&bytes).map_err(|error| Error::BadList { object, reason: error.to_string() })
    }

    /// Replaces the list, durably and at once; a list that says the same is left as it is.
    ///
    /// # Errors
    /// As [`Lake::waiting`], and `DiskFull`, `Write`, `Uncertain`.
    pub async fn set_waiting(&self, list: &[Waiting]) -> Result<(), Error> {
        if self.waiting().await? == list {
            return Ok(());
        }
        let (path, object) = self.object(&[], LIST);
        let bad = |error: serde_json::Error| Error::BadList { object: object.clone(), reason: error.to_string() };
        let mut text = serde_json::to_string_pretty(list).map_err(bad)?;
        text.push('\n');
        let put = self.store.put_opts(&path, text.into(), PutMode::Overwrite.into()).await;
        put.map(|_| ()).map_err(|error| write_error(&object, &error))
    }
}
