//! The lake: Delta tables of zstd Parquet, the bytes of every delivery, and the releases. Refuses business rules, and to answer before the disk has.
//!
//! `disk` and `store` make writes durable · `stage`, `files` and `encode` write data nobody sees yet · `unit` and `commit` swap rows in one Delta commit ·
//! `log`, `stats` and `provide` read a pinned version · `objects` and `raw` keep `raw/` · `releases` keeps `_rilis/` · `waiting` keeps the
//! list of what waits for a person · `sweep` removes what a writer cut short left · `verify` looks for bytes that changed.

mod commit;
mod disk;
mod encode;
mod files;
mod log;
mod objects;
mod provide;
mod raw;
mod releases;
mod reset;
mod rows;
mod shape;
mod stage;
mod stats;
mod store;
mod sweep;
#[cfg(test)]
mod tests;
mod unit;
mod verify;
mod waiting;

pub use commit::Change;
pub use log::LakeFile;
pub use provide::{Frozen, LakeTable};
pub use raw::Kept;
pub use stage::{Stage, Staged};
pub use unit::Unit;
pub use verify::{Fault as FileFault, Flaw};

use crate::lake::disk::{Disk, Fault};
use crate::lake::log::Place;
use crate::lake::store::{Store, fault_in};
use crate::model::digest::Digest;
use crate::model::table::Table;
use datafusion::catalog::TableProvider;
use object_store::path::Path as StorePath;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// How a lake is opened.
#[derive(Debug, Clone, Default)]
pub struct LakeOptions {
    /// Injects a full disk after this many written bytes (setting `uji.gagal_setelah_byte`); `None` in every real project.
    pub fail_after_bytes: Option<u64>,
    /// Makes no folder; a lake that is not there reads as an empty one.
    pub read_only: bool,
}

/// Providers by table and version.
type OpenedTables = BTreeMap<(String, u64), Arc<dyn TableProvider>>;

/// One lake folder. Cheap to clone; readers and one writer may use it at the same time.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
    base: StorePath,
    store: Arc<Store>,
    /// Providers that were opened: a version never changes, and many readers read the same release.
    opened: Arc<Mutex<OpenedTables>>,
    /// Deliveries that the disk has not confirmed yet.
    arriving: Arc<raw::Arriving>,
}

/// What can keep the lake from doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is missing and cannot be made, or is no folder.
    #[error("cannot open the lake at `{}`: {source}; check that the path is a folder this user may write", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    /// The disk is full. Nothing of the change is visible.
    #[error("no space left while writing `{object}`: nothing of it is visible; free some space and run again")]
    DiskFull { object: String },
    /// A write failed. Nothing of the change is visible.
    #[error("cannot write `{object}`: {reason}; nothing of it is visible")]
    Write { object: String, reason: String },
    /// The disk did not confirm a write, so it may or may not be there after a power cut. Never retried.
    #[error("cannot tell whether `{object}` is safe on the disk: {reason}; check the disk, then run `talenta doctor`")]
    Uncertain { object: String, reason: String },
    /// A stored object cannot be read.
    #[error("cannot read `{object}`: {reason}; restore it from a backup or run `talenta doctor`")]
    Read { object: String, reason: String },
    /// A table name that cannot be a folder of the lake.
    #[error(
        "`{table}` cannot be a table of the lake: names are lower-case letters, digits and `_`, and `raw` is taken"
    )]
    TableName { table: String },
    /// A table that was never written.
    #[error("table `{table}` has never been written; run `talenta ingest` or the job that makes it")]
    NoTable { table: String },
    /// A version the table does not have.
    #[error("table `{table}` has no version {version}; the latest is {latest}")]
    NoVersion { table: String, version: u64, latest: u64 },
    /// The log of a table cannot be read.
    #[error(
        "cannot read the log of table `{table}`: {reason}; let this user read `{table}/_delta_log`, or restore it from a backup"
    )]
    Log { table: String, reason: String },
    /// Another program gave the table a feature that this one does not read.
    #[error("table `{table}` uses {feature}, which this program does not read; rewrite the table without it")]
    Unsupported { table: String, feature: &'static str },
    /// Another writer was first. Nothing of the change is visible.
    #[error("another writer changed table `{table}` after version {version} was read; run again")]
    Conflict { table: String, version: u64 },
    /// A column changed in a way that stored files cannot follow.
    #[error(
        "column `{column}` of table `{table}` is stored as {stored}, but the contract now says {wanted}; give the column a new name"
    )]
    Clash { table: String, column: String, stored: String, wanted: String },
    /// A batch does not have the columns of its table.
    #[error("rows for table `{table}` have {found} where column `{column}` should be {expected}")]
    Shape { table: String, column: String, expected: String, found: String },
    /// A required column holds a null.
    #[error("rows for table `{table}` lack a value in the required column `{column}`")]
    Required { table: String, column: String },
    /// A row does not belong to the unit it is staged for.
    #[error("rows for table `{table}` differ from their unit of replacement in column `{column}`")]
    OutsideUnit { table: String, column: String },
    /// A unit that does not fit its table.
    #[error("a unit of replacement of table `{table}` {fault} (column `{column}`)")]
    BadUnit { table: String, column: String, fault: &'static str },
    /// Files staged for one table were offered to another.
    #[error("rows staged for table `{staged}` cannot be committed to table `{table}`")]
    Mixed { table: String, staged: String },
    /// Parquet could not be written or read.
    #[error("cannot {doing} Parquet of table `{table}`: {reason}")]
    Parquet { doing: &'static str, table: String, reason: String },
    /// Stored bytes do not have the digest they are kept under.
    #[error("`{object}` does not hold the bytes of its name; restore it from a backup")]
    Corrupt { object: String },
    /// Bytes offered under the digest of others.
    #[error("bytes offered as `{digest}` have another digest")]
    WrongDigest { digest: Digest },
    /// Nothing is stored under this digest.
    #[error("nothing is stored as `{object}`; it was pruned or never delivered")]
    NoObject { object: String },
    /// A release of this number is there; releases never change.
    #[error("release {nomor} is published already; releases never change, publish the next number")]
    AlreadyPublished { nomor: u64 },
    /// Release numbers have no gaps.
    #[error("release {nomor} cannot follow release {latest}: numbers have no gaps")]
    ReleaseGap { nomor: u64, latest: u64 },
    /// A release that was never published.
    #[error("there is no release {nomor}; `talenta status` names the latest")]
    NoRelease { nomor: u64 },
    /// The list of waiting tables cannot be understood.
    #[error("`{object}` is no list of waiting deliveries: {reason}; restore it from a backup")]
    BadList { object: String, reason: String },
    /// A manifest that is no release.
    #[error("`{object}` is no release manifest: {reason}; restore it from a backup")]
    BadRelease { object: String, reason: String },
}

impl Lake {
    /// Opens the lake in the folder `root`, making the folder if it is missing; folders inside come with the first write. The file system must
    /// have hard links: they are what "put if absent" is made of.
    ///
    /// # Errors
    /// `Open`.
    pub async fn open(root: &Path, options: LakeOptions) -> Result<Self, Error> {
        let wrong = |source| Error::Open { path: root.into(), source };
        if !options.read_only {
            disk::create_root(root).map_err(wrong)?;
        }
        let root = match root.canonicalize() {
            // Nothing was ever written: there is nothing to find, and nothing shall be made.
            Err(source) if options.read_only && source.kind() == std::io::ErrorKind::NotFound => root.to_path_buf(),
            found => found.and_then(|root| std::fs::read_dir(&root).map(|_| root)).map_err(wrong)?,
        };
        let base = StorePath::from_absolute_path(&root).map_err(|error| wrong(std::io::Error::other(error)))?;
        let disk = Disk::new(root.clone(), options.fail_after_bytes);
        Ok(Self { root, base, store: Arc::new(Store::new(disk)), opened: Arc::default(), arriving: Arc::default() })
    }

    /// The folder of the lake, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Latest version of a table; `None` if it was never written.
    ///
    /// # Errors
    /// `TableName`, `Log`.
    pub async fn version(&self, table: &str) -> Result<Option<u64>, Error> {
        self.place(table)?.latest().await
    }

    /// Makes the table exist with at least the columns of its contract, empty if it is new; returns its version.
    /// A column the contract gained is added, nullable in the files that lack it.
    ///
    /// # Errors
    /// `Clash` for a changed type or partition, and whatever a commit answers.
    pub async fn ensure(&self, table: &Table) -> Result<u64, Error> {
        self.commit(table, Change::default(), Default::default()).await
    }

    /// The table at one version, as DataFusion reads it.
    ///
    /// # Errors
    /// `NoTable`, `NoVersion`, `Log`, `Unsupported`.
    pub async fn provider(&self, table: &str, version: u64) -> Result<Arc<dyn TableProvider>, Error> {
        let key = (table.to_string(), version);
        // What a holder that panicked left behind is whole: entries are only ever added.
        let known = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let provider: Arc<dyn TableProvider> = Arc::new(LakeTable::new(self.freeze(table, version).await?)?);
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(key, provider.clone());
        Ok(provider)
    }

    /// The file list of one version of a table, which can travel to another process and become a provider there.
    ///
    /// # Errors
    /// As [`Lake::provider`].
    pub async fn freeze(&self, table: &str, version: u64) -> Result<Frozen, Error> {
        let place = self.place(table)?;
        let delta = place.open(Some(version)).await?;
        Frozen::of(&place, &delta)
    }

    /// Where a table lies.
    fn place(&self, table: &str) -> Result<Place, Error> {
        let wrong = || Error::TableName { table: table.into() };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let first = table.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !first || !table.bytes().all(plain) || table == objects::RAW {
            return Err(wrong());
        }
        let url = Url::from_directory_path(self.root.join(table)).map_err(|()| wrong())?;
        Ok(Place { table: table.into(), store: self.store.clone(), path: self.base.clone().join(table), url })
    }
}

/// A failed write as a situation.
fn write_error(object: &str, error: &(dyn std::error::Error + 'static)) -> Error {
    let object = object.to_string();
    match fault_in(error) {
        Some(Fault::Full { .. }) => Error::DiskFull { object },
        Some(Fault::Unconfirmed { source, .. }) => Error::Uncertain { object, reason: source.to_string() },
        Some(Fault::Failed { doing, source, .. }) => Error::Write { object, reason: format!("{doing}: {source}") },
        Some(fault @ Fault::Exists { .. }) => Error::Write { object, reason: fault.to_string() },
        None => Error::Uncertain { object, reason: error.to_string() },
    }
}

/// Why the store could not read, in a few words.
fn read_fault(error: &object_store::Error) -> String {
    match error {
        object_store::Error::NotFound { .. } => "the file is missing".into(),
        object_store::Error::PermissionDenied { .. } => "this user may not read it".into(),
        other => other.to_string(),
    }
}
