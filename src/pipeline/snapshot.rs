//! What a reader reads: the tables of one release, or the operator's draft. Refuses to guess when there is no release.

use crate::lake::{Error as LakeError, Lake};
use crate::model::periode::Periode;
use crate::model::query::{QueryFile, QueryKind, RuleFile};
use crate::model::release::Release;
use crate::model::table::Table;
use crate::pipeline::project::Project;
use std::collections::BTreeMap;

/// Which state of the lake is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The latest release.
    Latest,
    /// The release of this number.
    Release(u64),
    /// The lake as it stands, for the operator.
    Draft,
}

/// Tables at pinned versions, with the rules they were computed with.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Version per table.
    pub tables: BTreeMap<String, u64>,
    /// Tables that were never written: they read as empty.
    pub absent: Vec<Table>,
    /// Rule files.
    pub rules: Vec<RuleFile>,
    /// Views over the marts.
    pub views: Vec<QueryFile>,
    /// Month the rules are taken at.
    pub periode: Periode,
    /// Release number; none for the draft.
    pub release: Option<u64>,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Nothing was published yet.
    #[error(
        "there is no release yet\nhint: `talenta run bulanan` publishes one; `talenta sql --draft` reads the lake before that"
    )]
    NoRelease,
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A stored rule file or view is not text.
    #[error("the stored file `{path}` of release {release} is damaged; restore the lake from a backup")]
    Damaged {
        /// The file.
        path: String,
        /// Release.
        release: u64,
    },
}

/// The latest release, or why there is none.
pub async fn release(lake: &Lake, at: At) -> Result<Release, SnapshotError> {
    match at {
        At::Release(nomor) => Ok(lake.release(nomor).await?),
        At::Latest | At::Draft => lake.latest_release().await?.ok_or(SnapshotError::NoRelease),
    }
}

/// Every release, oldest first.
pub async fn releases(lake: &Lake) -> Result<Vec<Release>, LakeError> {
    let mut all = Vec::new();
    for nomor in lake.releases().await? {
        all.push(lake.release(nomor).await?);
    }
    Ok(all)
}

/// The first release of a month is revision 1 of its reports; each correction of the month is the next.
pub async fn revision(release: &Release, lake: &Lake) -> Result<u32, LakeError> {
    let all = releases(lake).await?;
    let until = all.iter().filter(|it| it.periode == release.periode && it.nomor <= release.nomor).count();
    Ok(u32::try_from(until).unwrap_or(u32::MAX))
}

/// Pins what `at` means. `marts` are the tables of the present queries, for the draft; `periode` is the draft's month.
pub async fn snapshot(
    project: &Project,
    lake: &Lake,
    at: At,
    marts: &[Table],
    periode: Periode,
) -> Result<Snapshot, SnapshotError> {
    if at != At::Draft {
        return of_release(&release(lake, at).await?, lake).await;
    }
    let (mut tables, mut absent) = (BTreeMap::new(), Vec::new());
    for table in project.tables().into_iter().chain(marts.iter().cloned()) {
        match lake.version(&table.name).await? {
            Some(version) => {
                tables.insert(table.name, version);
            }
            None => absent.push(table),
        }
    }
    let views = project.queries.iter().filter(|it| it.kind == QueryKind::View).cloned().collect();
    Ok(Snapshot { tables, absent, rules: project.rules.clone(), views, periode, release: None })
}

/// The tables and rules of a release, as they were then.
pub async fn of_release(release: &Release, lake: &Lake) -> Result<Snapshot, SnapshotError> {
    let (mut rules, mut views) = (Vec::new(), Vec::new());
    for (path, digest) in &release.isi {
        let rule = path.strip_prefix("queries/rules/").and_then(|it| it.strip_suffix(".csv"));
        let view = path.strip_prefix("queries/views/").and_then(|it| it.strip_suffix(".sql"));
        let Some(name) = rule.or(view) else { continue };
        let bytes = lake.get_content(*digest).await?;
        let damaged = |_| SnapshotError::Damaged { path: path.clone(), release: release.nomor };
        let text = String::from_utf8(bytes.to_vec()).map_err(damaged)?;
        let (name, path) = (name.to_string(), path.clone());
        if rule.is_some() {
            rules.push(RuleFile { name, path, csv: text });
        } else {
            views.push(QueryFile { name, path, kind: QueryKind::View, sql: text });
        }
    }
    Ok(Snapshot {
        tables: release.tabel.clone(),
        absent: Vec::new(),
        rules,
        views,
        periode: release.periode,
        release: Some(release.nomor),
    })
}
