//! A table back to the rows of an earlier version, as a new version: files are named again, nothing is rewritten. Refuses a version that never was.

use crate::lake::commit::write;
use crate::lake::log::LakeFile;
use crate::lake::{Error, Lake};
use crate::model::table::Table;
use deltalake::kernel::{Action, Add};
use std::collections::{BTreeMap, BTreeSet};

impl Lake {
    /// Brings the rows of a table back to those of `version`, or to none; what was committed since is no longer read, and stays readable
    /// at its own version. A table that was never written stays so.
    ///
    /// # Errors
    /// `NoVersion`, and whatever a commit answers.
    pub async fn reset(&self, table: &Table, version: Option<u64>) -> Result<(), Error> {
        let place = self.place(&table.name)?;
        if place.latest().await?.is_none() {
            return Ok(());
        }
        let now = place.open(None).await?;
        let then = match version {
            Some(version) => Some(place.open(Some(version)).await?),
            None => None,
        };
        let here = place.files(&now)?;
        let there = then.as_ref().map(|it| place.files(it)).transpose()?.unwrap_or_default();
        let kept: BTreeSet<&str> = there.iter().map(|(file, _)| file.path.as_str()).collect();
        let held: BTreeSet<&str> = here.iter().map(|(file, _)| file.path.as_str()).collect();
        let gone = here.iter().filter(|(file, _)| !kept.contains(file.path.as_str()));
        let back = there.iter().filter(|(file, _)| !held.contains(file.path.as_str()));
        let mut actions: Vec<Action> = gone.map(|(_, view)| Action::Remove(view.remove_action(true))).collect();
        actions.extend(back.map(|(file, _)| Action::Add(again(file))));
        if !actions.is_empty() {
            write(&place, table, Some(&now), actions, None, BTreeMap::new()).await?;
        }
        Ok(())
    }
}

/// A file that the log named before.
fn again(file: &LakeFile) -> Add {
    Add {
        path: file.path.clone(),
        partition_values: file.partition.clone().into_iter().collect(),
        size: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        modification_time: file.modified_ms,
        data_change: true,
        stats: file.stats.clone(),
        ..Add::default()
    }
}
