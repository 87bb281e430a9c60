//! The Delta log of one table: open it at a version, list its files. Refuses tables whose files do not hold exactly their rows.

use crate::lake::store::Store;
use crate::lake::{Error, read_fault, write_error};
use deltalake::kernel::LogicalFileView;
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// One data file of a table version, as the log describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeFile {
    /// Path below the table folder.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// When it was written, milliseconds since 1970 UTC.
    pub modified_ms: i64,
    /// Value per partition column; `None` is null.
    pub partition: BTreeMap<String, Option<String>>,
    /// Delta statistics, JSON.
    pub stats: Option<String>,
}

/// A path below the folder of a table.
pub(crate) fn child(folder: &Path, relative: &str) -> Path {
    relative.split('/').fold(folder.clone(), |path, part| path.join(part))
}

/// Where a table lies.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) table: String,
    pub(crate) store: Arc<Store>,
    /// Folder of the table as a path of the store.
    pub(crate) path: Path,
    pub(crate) url: Url,
}

impl Place {
    /// The latest version, from the names in the log folder; `None` where there is no log.
    pub(crate) async fn latest(&self) -> Result<Option<u64>, Error> {
        let folder = self.path.clone().join("_delta_log");
        let names = self.store.list(Some(&folder)).map_ok(|meta| version_of(meta.location.filename().unwrap_or("")));
        names.try_fold(None, |latest, version| std::future::ready(Ok(latest.max(version)))).await.map_err(|error| {
            let reason = error.to_string();
            Error::Log { table: self.table.clone(), reason }
        })
    }

    /// The table at `version`, or as it is now.
    pub(crate) async fn open(&self, version: Option<u64>) -> Result<DeltaTable, Error> {
        let Some(latest) = self.latest().await? else { return Err(Error::NoTable { table: self.table.clone() }) };
        let version = version.unwrap_or(latest);
        if version > latest {
            return Err(Error::NoVersion { table: self.table.clone(), version, latest });
        }
        let builder = self.builder()?.with_version(version);
        builder.load().await.map_err(|error| self.log_error(&error))
    }

    /// Makes sure that a commit which is visible also survives a power cut.
    pub(crate) async fn confirm(&self, version: u64) -> Result<(), Error> {
        let name = format!("_delta_log/{version:020}.json");
        let confirmed = self.store.confirm(&child(&self.path, &name)).await;
        confirmed.map_err(|error| write_error(&format!("{}/{name}", self.table), &error))
    }

    /// The builder of this table over the fsynced store.
    pub(crate) fn builder(&self) -> Result<DeltaTableBuilder, Error> {
        let builder = DeltaTableBuilder::from_url(self.url.clone()).map_err(|error| self.log_error(&error))?;
        Ok(builder.with_storage_backend(self.store.clone(), self.url.clone()))
    }

    /// The files of an opened table, each beside the log's own view of it.
    pub(crate) fn files(&self, delta: &DeltaTable) -> Result<Vec<(LakeFile, LogicalFileView)>, Error> {
        let refuse = |feature| Error::Unsupported { table: self.table.clone(), feature };
        let state = delta.snapshot().map_err(|error| self.log_error(&error))?;
        let mapping = state.metadata().configuration().get("delta.columnMapping.mode").map(String::as_str);
        if !matches!(mapping, None | Some("none")) {
            return Err(refuse("column mapping"));
        }
        let mut files = Vec::new();
        for view in state.log_data().iter() {
            if view.deletion_vector_descriptor().is_some() {
                return Err(refuse("deletion vectors"));
            }
            let mut partition = view.partition_values_map();
            let columns = state.metadata().partition_columns().iter();
            let file = LakeFile {
                path: view.path().into_owned(),
                bytes: u64::try_from(view.size()).unwrap_or(0),
                modified_ms: view.modification_time(),
                // Some writers say "no value" with an empty text, as the protocol allows.
                partition: columns
                    .map(|name| (name.clone(), partition.remove(name).flatten().filter(|value| !value.is_empty())))
                    .collect(),
                stats: view.stats(),
            };
            files.push((file, view));
        }
        Ok(files)
    }

    /// An unreadable log. Texts of the parser are left out: they may quote statistics, and those hold values of rows.
    pub(crate) fn log_error(&self, error: &DeltaTableError) -> Error {
        let reason = match error {
            DeltaTableError::ObjectStore { source } => read_fault(source),
            DeltaTableError::NotATable(_) => "there is no first commit or checkpoint to start from".into(),
            DeltaTableError::InvalidVersion(version) => format!("version {version} is missing"),
            _ => "an entry is damaged or missing".into(),
        };
        Error::Log { table: self.table.clone(), reason }
    }
}

/// The version a file name in the log folder belongs to: commits and checkpoints start with 20 digits.
fn version_of(name: &str) -> Option<u64> {
    let (digits, rest) = name.split_at_checked(20)?;
    let known = rest == ".json" || (rest.starts_with(".checkpoint") && rest.ends_with(".parquet"));
    (known && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commits_and_checkpoints_name_a_version() {
        assert_eq!(version_of("00000000000000000012.json"), Some(12));
        assert_eq!(version_of("00000000000000000012.checkpoint.parquet"), Some(12));
        for other in ["_last_checkpoint", "00000000000000000012.json#1", "0000000000000000001x.json", "", "é"] {
            assert_eq!(version_of(other), None, "{other}");
        }
    }
}
