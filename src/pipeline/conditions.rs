//! Whether a report of a job leaves, to whom, and when: its conditions asked of one release. Refuses to draw or send anything.

use crate::analysis::rules::Rules;
use crate::analysis::user::{Ground, UserSession};
use crate::analysis::{Error as AnalysisError, Providers};
use crate::lake::Error as LakeError;
use crate::model::calendar::{Calendar, Gate, HOLIDAYS};
use crate::model::condition::{Answer, Conditions, SendIf};
use crate::model::job::{JobReport, Recipient};
use crate::model::policy::Policy;
use crate::model::release::Release;
use crate::pipeline::project::Project;
use crate::pipeline::snapshot::{SnapshotError, of_release, releases};
use crate::pipeline::tools::Tools;
use crate::state::Error as StateError;
use arrow::array::{AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::StreamExt as _;
use std::collections::{BTreeMap, BTreeSet};

/// What was delivered for the month and is in force.
const IN_FORCE: &str = "select distinct instansi_kode, dataset from berkas \
    where berlaku and instansi_kode is not null and dataset is not null and periode = periode_acuan() order by 1, 2";

/// When a report may leave and when it is late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// Hours and days.
    pub gate: Gate,
    /// The first opening of the gate, UTC; now where there is none.
    pub not_before: Option<DateTime<Utc>>,
    /// The moment it was to leave at, UTC: the job's own, or the first opening of the gate after it.
    pub planned: Option<DateTime<Utc>>,
    /// Late where it leaves after this, UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// Why a condition cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum ConditionError {
    /// The query failed.
    #[error("send_if of report `{report}`: {source}")]
    Query {
        /// The report.
        report: String,
        /// Why.
        source: AnalysisError,
    },
    /// The query does not give what the condition asks for.
    #[error("send_if of report `{report}`: its query must give one row with a number first")]
    NoNumber {
        /// The report.
        report: String,
    },
    /// The release could not be read.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The release could not be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
}

/// What a government did not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The government, as its short name.
    pub nama: String,
    /// Datasets, by name.
    pub datasets: Vec<String>,
}

/// What the conditions of a report come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It leaves, except to those readers, by address, whose data were not sent.
    Leaves(BTreeMap<String, Vec<Lack>>),
    /// It does not leave, and nobody need know but the operator.
    Stays(String),
}

/// The days on which offices are closed, by the project's rule table.
pub fn calendar(project: &Project) -> Calendar {
    let file = project.rules.iter().filter(|it| it.name == HOLIDAYS).cloned().collect::<Vec<_>>();
    let rules = Rules::read(&file).0;
    let mut calendar = Calendar::default();
    if let Some(table) = rules.tables.get(HOLIDAYS) {
        let days = table.rows(None).filter_map(|row| table.field(row, "tanggal")?.parse::<NaiveDate>().ok());
        calendar.holidays.extend(days);
    }
    calendar
}

/// When a report may leave and when it is late; `job_due` is the moment its job was due for the month, where a clock says so.
pub fn terms(
    conditions: &Conditions,
    calendar: &Calendar,
    job_due: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Terms {
    let gate = conditions.gate;
    let planned = job_due.map(|due| gate.opens(due, calendar).unwrap_or(due));
    let late = conditions.late_after_hours.and_then(|hours| i64::try_from(hours).ok()).map(TimeDelta::hours);
    Terms {
        gate,
        not_before: gate.opens(now, calendar).filter(|opens| *opens != now),
        planned,
        due_at: planned.zip(late).map(|(planned, late)| planned + late),
    }
}

/// Asks the conditions of a report of the release. `readers` are those it would go to.
pub async fn decide(
    project: &Project,
    wanted: &JobReport,
    readers: &[&Recipient],
    release: &Release,
    tools: &Tools<'_>,
) -> Result<Decision, ConditionError> {
    let conditions = &wanted.conditions;
    if conditions.only_new_release
        && let Some(sent) = tools.state.last_release_sent(&wanted.name)?.filter(|sent| *sent >= release.nomor)
    {
        return Ok(Decision::Stays(format!("release {sent} was sent before, and it is no older than this one")));
    }
    if conditions.send_if.is_none() && conditions.needs.is_empty() {
        return Ok(Decision::Leaves(BTreeMap::new()));
    }
    let session = session(project, release, tools).await?;
    if let Some(send_if) = &conditions.send_if
        && let Some(why) = unmet(project, &wanted.name, send_if, &session, release, tools).await?
    {
        return Ok(Decision::Stays(why));
    }
    let there = if conditions.needs.is_empty() { BTreeSet::new() } else { in_force(&wanted.name, &session).await? };
    let mut lacking = BTreeMap::new();
    for reader in readers {
        let lacks = lacks(project, conditions, reader, &there);
        if !lacks.is_empty() {
            lacking.insert(reader.address.clone(), lacks);
        }
    }
    Ok(Decision::Leaves(lacking))
}

/// What the governments of a reader's report did not send.
fn lacks(
    project: &Project,
    conditions: &Conditions,
    reader: &Recipient,
    there: &BTreeSet<(String, String)>,
) -> Vec<Lack> {
    // A principal that the policy does not know is refused before; whoever sees the whole province needs all of it.
    let policy = project.access.policy(&reader.principal).ok();
    let own = policy.as_ref().and_then(Policy::instansi);
    let asked = |kode: &String| {
        own.is_none_or(|own| own.contains(kode))
            && (conditions.needs_from.is_empty() || conditions.needs_from.contains(kode))
    };
    let mut found = Vec::new();
    for sender in project.senders.iter().filter(|it| asked(&it.kode)) {
        let missing = conditions.needs.iter().filter(|it| !there.contains(&(sender.kode.clone(), (*it).clone())));
        let datasets: Vec<String> = missing.cloned().collect();
        if !datasets.is_empty() {
            found.push(Lack { nama: sender.nama_singkat.clone(), datasets });
        }
    }
    found
}

/// Why the answer of the query keeps the report back; nothing where it does not.
async fn unmet(
    project: &Project,
    report: &str,
    send_if: &SendIf,
    session: &UserSession,
    release: &Release,
    tools: &Tools<'_>,
) -> Result<Option<String>, ConditionError> {
    let number = |batches: &[RecordBatch]| {
        first_number(batches).ok_or_else(|| ConditionError::NoNumber { report: report.into() })
    };
    let batches = rows(report, session, &send_if.sql).await?;
    let said = match send_if.is {
        Answer::Rows(wanted) => {
            let found: usize = batches.iter().map(RecordBatch::num_rows).sum();
            ((found as u64) < wanted).then(|| format!("its query gives {found} rows, fewer than {wanted}"))
        }
        Answer::Above(limit) => {
            let found = number(&batches)?;
            (found <= limit).then(|| format!("its query gives {found}, not above {limit}"))
        }
        Answer::Below(limit) => {
            let found = number(&batches)?;
            (found >= limit).then(|| format!("its query gives {found}, not below {limit}"))
        }
        Answer::Change(by) => {
            let earlier = releases(tools.lake).await?.into_iter().filter(|it| it.periode < release.periode);
            let Some(earlier) = earlier.max_by_key(|it| (it.periode, it.nomor)) else { return Ok(None) };
            let then = self::session(project, &earlier, tools).await?;
            let (now, before) = (number(&batches)?, number(&rows(report, &then, &send_if.sql).await?)?);
            ((now - before).abs() < by).then(|| {
                format!("its query gives {now} and gave {before} for {}, a change of less than {by}", earlier.periode)
            })
        }
    };
    Ok(said)
}

/// A session over the release as the operator sees it: a condition gives yes or no and no rows.
async fn session(project: &Project, release: &Release, tools: &Tools<'_>) -> Result<UserSession, ConditionError> {
    let snapshot = of_release(release, tools.lake).await?;
    let mut providers = Providers::new();
    for (name, version) in &snapshot.tables {
        providers.insert(name.clone(), tools.lake.provider(name, *version).await?);
    }
    let limits = &project.settings.limits;
    let ground = Ground::new(&snapshot.rules, &snapshot.views, snapshot.periode, limits, tools.world.threads)?;
    Ok(ground.session(&providers)?)
}

async fn rows(report: &str, session: &UserSession, sql: &str) -> Result<Vec<RecordBatch>, ConditionError> {
    let failed = |source| ConditionError::Query { report: report.into(), source };
    let (_, mut rows) = session.query(sql).await.map_err(failed)?;
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await {
        batches.push(batch.map_err(failed)?);
    }
    Ok(batches)
}

async fn in_force(report: &str, session: &UserSession) -> Result<BTreeSet<(String, String)>, ConditionError> {
    let mut found = BTreeSet::new();
    for batch in rows(report, session, IN_FORCE).await? {
        let texts = |i: usize| cast(batch.column(i), &DataType::Utf8);
        let no_text = |_| ConditionError::NoNumber { report: report.into() };
        let (governments, datasets) = (texts(0).map_err(no_text)?, texts(1).map_err(no_text)?);
        for (government, dataset) in governments.as_string::<i32>().iter().zip(datasets.as_string::<i32>()) {
            found.extend(government.zip(dataset).map(|(a, b)| (a.to_string(), b.to_string())));
        }
    }
    Ok(found)
}

/// The number in the first column of the only row; nothing where there are more rows or no number.
fn first_number(batches: &[RecordBatch]) -> Option<f64> {
    let mut rows = batches.iter().filter(|it| it.num_rows() > 0);
    let batch = rows.next().filter(|it| it.num_rows() == 1 && it.num_columns() > 0)?;
    if rows.next().is_some() {
        return None;
    }
    let numbers = cast(batch.column(0), &DataType::Float64).ok()?;
    numbers.as_primitive::<Float64Type>().iter().next().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use std::sync::Arc;

    #[test]
    fn a_number_is_one_row_that_holds_one() {
        let batch = |column: ArrayRef| RecordBatch::try_from_iter([("n", column)]).unwrap();
        let numbers = |values: Vec<Option<i64>>| batch(Arc::new(Int64Array::from(values)));
        assert_eq!(first_number(&[numbers(vec![]), numbers(vec![Some(3)])]), Some(3.0));
        assert_eq!(first_number(&[numbers(vec![Some(3), Some(4)])]), None);
        assert_eq!(first_number(&[numbers(vec![Some(3)]), numbers(vec![Some(4)])]), None);
        assert_eq!(first_number(&[numbers(vec![None])]), None);
        assert_eq!(first_number(&[batch(Arc::new(StringArray::from(vec!["x"])))]), None);
        assert_eq!(first_number(&[]), None);
    }

    #[test]
    fn a_report_is_late_counted_from_the_first_opening_after_its_job() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
        let mut conditions = Conditions { late_after_hours: Some(4), ..Conditions::default() };
        conditions.gate.working_days = true;
        conditions.gate.from_minute = Some(7 * 60);
        // The 10th is a Saturday.
        let due = at("2026-01-10T06:00:00+07:00");
        let found = terms(&conditions, &Calendar::default(), Some(due), at("2026-01-10T06:00:05+07:00"));
        assert_eq!(found.planned, Some(at("2026-01-12T07:00:00+07:00")));
        assert_eq!(found.due_at, Some(at("2026-01-12T11:00:00+07:00")));
        assert_eq!(found.not_before, Some(at("2026-01-12T07:00:00+07:00")));
        let free = terms(&Conditions::default(), &Calendar::default(), Some(due), due);
        assert_eq!((free.not_before, free.due_at), (None, None));
    }
}
