//! Whether the stored bytes still are what was written. Refuses to mend: it says which object is wrong.

use crate::lake::files::digest_in;
use crate::lake::log::child;
use crate::lake::{Error, Lake, read_fault};
use crate::model::digest::Digest;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt};

/// What is wrong with one stored object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Path below the lake folder.
    pub object: String,
    /// What is wrong.
    pub fault: Fault,
}

/// How an object can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// Its bytes are not those that were written.
    Changed,
    /// Another program wrote it, and nothing here says what its bytes should be.
    Foreign,
    /// It cannot be read.
    Unreadable(String),
}

impl Lake {
    /// Names of the tables that have a log, sorted.
    ///
    /// # Errors
    /// `Read`, `Log`.
    pub async fn tables(&self) -> Result<Vec<String>, Error> {
        let unreadable = |error| Error::Read { object: ".".into(), reason: read_fault(&error) };
        let listed = self.store.list_with_delimiter(Some(&self.base)).await.map_err(unreadable)?;
        let mut tables = Vec::new();
        for name in listed.common_prefixes.iter().filter_map(|folder| folder.filename()) {
            if let Ok(place) = self.place(name)
                && place.latest().await?.is_some()
            {
                tables.push(name.to_string());
            }
        }
        tables.sort_unstable();
        Ok(tables)
    }

    /// Reads every file of one version of a table and compares its digest with the one in its name.
    ///
    /// # Errors
    /// As [`Lake::provider`]: a log that cannot be read. What is wrong with a file is a flaw and no error.
    pub async fn verify(&self, table: &str, version: u64) -> Result<Vec<Flaw>, Error> {
        let place = self.place(table)?;
        let mut flaws = Vec::new();
        for file in self.freeze(table, version).await?.files {
            let read = match self.store.get(&child(&place.path, &file.path)).await {
                Ok(stored) => stored.bytes().await,
                Err(error) => Err(error),
            };
            let fault = match (read, digest_in(&file.path)) {
                (Err(StoreError::NotFound { .. }), _) => Fault::Missing,
                (Err(error), _) => Fault::Unreadable(read_fault(&error)),
                (Ok(_), None) => Fault::Foreign,
                (Ok(bytes), Some(digest)) if Digest::of(&bytes) == digest => continue,
                (Ok(_), Some(_)) => Fault::Changed,
            };
            flaws.push(Flaw { object: format!("{table}/{}", file.path), fault });
        }
        Ok(flaws)
    }
}
