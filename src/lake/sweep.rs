//! Files that a stretch of writing left behind because it was cut short: half-written ones, and staged ones that no log names. Refuses
//! to touch a file that any version of a table names, and files of other programs.

use crate::lake::files::digest_in;
use crate::lake::log::{Place, child};
use crate::lake::{Error, Lake, read_fault, write_error};
use futures::{StreamExt, stream};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode};
use serde_json::Value;
use std::collections::HashSet;

/// There while something is written; left there by what was cut short.
const MARK: &str = "_sedang_menulis";

impl Lake {
    /// Begins a stretch of writing; the caller is the only writer. What an earlier one left that never came to its end is removed:
    /// every data file older than this stretch that no log names. Files of versions in use are named, and stay.
    ///
    /// # Errors
    /// `Read`, `DiskFull`, `Write`, `Uncertain`.
    pub async fn begin_writing(&self) -> Result<(), Error> {
        let (path, object) = self.object(&[], MARK);
        match self.store.put_opts(&path, Vec::new().into(), PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists { .. }) => self.sweep().await,
            Err(error) => Err(write_error(&object, &error)),
        }
    }

    /// Ends a stretch of writing that left nothing behind.
    ///
    /// # Errors
    /// `Write`.
    pub async fn end_writing(&self) -> Result<(), Error> {
        let (path, object) = self.object(&[], MARK);
        match self.store.delete(&path).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::Write { object, reason: read_fault(&error) }),
        }
    }

    async fn sweep(&self) -> Result<(), Error> {
        self.store.remove_half_written().await;
        let unreadable = |error| Error::Read { object: ".".into(), reason: read_fault(&error) };
        let listed = self.store.list_with_delimiter(Some(&self.base)).await.map_err(unreadable)?;
        for name in listed.common_prefixes.iter().filter_map(|folder| folder.filename()) {
            if let Ok(place) = self.place(name) {
                sweep_table(&place).await?;
            }
        }
        Ok(())
    }
}

async fn sweep_table(place: &Place) -> Result<(), Error> {
    let unreadable = |error| Error::Read { object: place.table.clone(), reason: read_fault(&error) };
    let mut written: Vec<Path> = Vec::new();
    let mut listed = place.store.list(Some(&place.path));
    while let Some(found) = listed.next().await {
        let location = found.map_err(unreadable)?.location;
        if location.filename().is_some_and(|name| digest_in(name).is_some()) {
            written.push(location);
        }
    }
    let Some(named) = named(place).await? else {
        tracing::warn!(table = %place.table, "its log does not go back to the first version; what it does not name is left there");
        return Ok(());
    };
    let orphans: Vec<_> =
        written.into_iter().filter(|it| it.filename().is_none_or(|name| !named.contains(name))).map(Ok).collect();
    let count = orphans.len();
    let mut deleted = place.store.delete_stream(stream::iter(orphans).boxed());
    while let Some(outcome) = deleted.next().await {
        if let Err(error) = outcome {
            tracing::warn!(table = %place.table, %error, "an orphaned file stays behind");
        }
    }
    if count > 0 {
        tracing::info!(table = %place.table, files = count, "files of a writer that was cut short were removed");
    }
    Ok(())
}

/// Names of the data files that any version of the table ever held; nothing where an entry of its log is missing.
async fn named(place: &Place) -> Result<Option<HashSet<String>>, Error> {
    let mut named = HashSet::new();
    let Some(latest) = place.latest().await? else { return Ok(Some(named)) };
    for version in 0..=latest {
        let object = format!("_delta_log/{version:020}.json");
        let unreadable =
            |error| Error::Read { object: format!("{}/{object}", place.table), reason: read_fault(&error) };
        let stored = match place.store.get(&child(&place.path, &object)).await {
            Ok(stored) => stored,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        for line in stored.bytes().await.map_err(unreadable)?.split(|byte| *byte == b'\n') {
            let entry: Value = match serde_json::from_slice(line) {
                Ok(entry) => entry,
                Err(_) if line.is_empty() => continue,
                // An entry that cannot be read may name anything.
                Err(_) => return Ok(None),
            };
            let path = entry.get("add").and_then(|it| it.get("path")).and_then(Value::as_str);
            named.extend(path.and_then(|it| it.rsplit('/').next()).map(str::to_string));
        }
    }
    Ok(Some(named))
}
