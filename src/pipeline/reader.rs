//! Somebody who reads: what `access.toml` opens to them, and the session they read through. Refuses to read for nobody in particular.

use crate::analysis::policy::under;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::reuse::{Reused, Room};
use crate::analysis::user::{Ground, UserSession};
use crate::analysis::{Error as AnalysisError, Providers};
use crate::lake::{Error as LakeError, Lake};
use crate::model::job::Recipient;
use crate::model::limits::Limits;
use crate::model::policy::{NoPrincipal, Policy, Role};
use crate::model::release::Release;
use crate::model::report::Government;
use crate::model::table::{MUTU, Table, Visibility};
use crate::pipeline::project::Project;
use crate::pipeline::snapshot::{SnapshotError, of_release};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What somebody may see, as a plain value: it travels to the process that plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// The policy.
    pub policy: Policy,
    /// Tables and columns with their levels; what is not described stays closed.
    pub tables: Vec<Table>,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The release could not be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The session could not be set up.
    #[error(transparent)]
    Session(#[from] AnalysisError),
}

impl Sight {
    /// What `who` sees of the tables of this project.
    ///
    /// # Errors
    /// When `access.toml` names nobody so.
    pub fn of(project: &Project, queries: &QueryProject, who: &str) -> Result<Self, NoPrincipal> {
        Ok(Self { policy: project.access.policy(who)?, tables: tables(project, queries) })
    }

    /// The same rows, but of the list of deliveries alone: where data come from is said to every reader of a figure.
    pub fn of_deliveries(&self) -> Self {
        let role = Role {
            levels: [Visibility::H2].into(),
            themes: [MUTU.to_string()].into(),
            classes: BTreeSet::new(),
            also: BTreeSet::new(),
            mask: BTreeSet::new(),
            ..self.policy.role.clone()
        };
        Self { policy: Policy { role, ..self.policy.clone() }, tables: self.tables.clone() }
    }

    /// The governments whose rows it sees, as a report names them.
    pub fn governments(&self, project: &Project) -> Vec<Government> {
        let own = |kode: &String| self.policy.instansi().is_none_or(|own| own.contains(kode));
        let named = project.senders.iter().filter(|it| own(&it.kode));
        named.map(|it| Government { kode: it.kode.clone(), nama_singkat: it.nama_singkat.clone() }).collect()
    }
}

/// Every table of the project with its level: canonical, engine, marts.
pub fn tables(project: &Project, queries: &QueryProject) -> Vec<Table> {
    project.tables().into_iter().chain(queries.mart_tables()).collect()
}

/// The reader that `who` names: a recipient by its address or principal, or else a principal that gets no mail.
///
/// # Errors
/// When `access.toml` names nobody so.
pub fn reader_of(project: &Project, who: &str) -> Result<Recipient, NoPrincipal> {
    let known = |it: &&Recipient| it.principal == who || it.address == who;
    if let Some(recipient) = project.recipients.iter().find(known) {
        return Ok(recipient.clone());
    }
    let policy = project.access.policy(who)?;
    Ok(Recipient {
        name: policy.principal.clone(),
        jabatan: policy.role.about,
        address: String::new(),
        principal: policy.principal,
        groups: Vec::new(),
    })
}

/// Those who get `report`, by any job, in the order of `recipients.toml`.
pub fn readers<'a>(project: &'a Project, report: &str) -> Vec<&'a Recipient> {
    let jobs = project.jobs.iter().flat_map(|job| &job.reports).filter(|it| it.name == report);
    let groups: BTreeSet<&String> = jobs.flat_map(|it| &it.to).collect();
    project.recipients.iter().filter(|it| it.groups.iter().any(|group| groups.contains(group))).collect()
}

/// The first of those who get `report`; of a report that nobody gets, the first recipient of all.
///
/// # Errors
/// When there is no recipient.
pub fn first_reader(project: &Project, report: &str) -> Result<Recipient, NoPrincipal> {
    let first = readers(project, report).first().copied().or(project.recipients.first());
    let hint = "name somebody in recipients.toml, or say for whom with --as";
    first.cloned().ok_or_else(|| NoPrincipal { name: String::new(), hint: hint.into() })
}

/// The tables of a release, opened once for every reader, with the rules and views it was computed with.
pub struct Opened {
    release: Release,
    providers: Providers,
    ground: Ground,
}

impl Opened {
    /// Opens the tables of `release`. One thread: the same tables give the same rows, in the same order, on every machine.
    ///
    /// # Errors
    /// When release or tables cannot be read, or its rules have faults.
    pub async fn new(release: &Release, lake: &Lake, limits: &Limits) -> Result<Self, ReaderError> {
        let snapshot = of_release(release, lake).await?;
        let (mut providers, room) = (Providers::new(), Room::default());
        for (name, version) in &snapshot.tables {
            let table = Reused::new(lake.provider(name, *version).await?, room.clone());
            providers.insert(name.clone(), Arc::new(table));
        }
        let ground = Ground::new(&snapshot.rules, &snapshot.views, release.periode, limits, 1)?;
        Ok(Self { release: release.clone(), providers, ground })
    }

    /// The release.
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// A session of one reader, as `sight` opens the tables.
    ///
    /// # Errors
    /// When the policy does not fit the tables.
    pub async fn session(&self, sight: &Sight) -> Result<UserSession, ReaderError> {
        let seen = under(&sight.policy, &self.providers, &sight.tables, self.release.periode).await?;
        Ok(self.ground.session(&seen)?)
    }
}
