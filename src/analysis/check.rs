//! Running the checks over inputs and built marts: each row a check returns is an offence. Refuses to decide what follows.

use crate::analysis::build::{BuildOptions, failed, register, stage, start};
use crate::analysis::mask;
use crate::analysis::project::{Project, Query};
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::query::QueryKind;
use crate::model::release::{CheckResult, Severity};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::common::runtime::SpawnedTask;
use datafusion::prelude::SessionContext;
use futures::{StreamExt, TryStreamExt, stream};
use std::sync::Arc;
use std::time::Instant;

/// What one check found.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckOutcome {
    /// Name, severity and number of rows, as a release keeps them.
    pub result: CheckResult,
    /// The first offending rows, at most as many as asked for; its schema names the columns. They may hold personal data.
    pub rows: RecordBatch,
}

/// Runs every check of `project` for `periode` over `inputs` and the tables of a build, keeping up to `keep` rows each.
///
/// # Errors
/// When a check cannot run: that is a failure of the run, not a finding.
pub async fn check(
    project: &Project,
    inputs: &Providers,
    built: &Providers,
    periode: Periode,
    options: &BuildOptions,
    keep: usize,
) -> Result<Vec<CheckOutcome>, Error> {
    let context = stage(project, inputs, periode, options)?;
    for (name, table) in built {
        register(&context, name, table.clone())?;
    }
    let checks = project.queries().iter().filter(|query| query.kind == QueryKind::Check);
    let outcomes = stream::iter(checks.cloned())
        .map(|query| SpawnedTask::spawn(one(context.clone(), query, keep)))
        .buffered(options.threads.max(1));
    // A task that gives nothing: a panic of the engine inside a check.
    outcomes.map(|it| it.map_err(|_| Error::Session { reason: mask::Reason::Engine })?).try_collect().await
}

/// What one check finds.
async fn one(context: SessionContext, query: Arc<Query>, keep: usize) -> Result<CheckOutcome, Error> {
    let started = Instant::now();
    let mut rows = start(&context, &query).await?;
    let (mut count, mut first, mut held) = (0u64, Vec::new(), 0usize);
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| failed(&query, mask::reason(&error)))?;
        count += batch.num_rows() as u64;
        let wanted = batch.num_rows().min(keep - held);
        if wanted > 0 {
            first.push(batch.slice(0, wanted));
            held += wanted;
        }
    }
    let rows = concat_batches(&rows.schema(), &first).map_err(|error| failed(&query, mask::arrow_reason(&error)))?;
    let tingkat = query.severity.unwrap_or(Severity::Gagal);
    tracing::debug!(check = query.name, rows = count, seconds = started.elapsed().as_secs_f64(), "checked");
    Ok(CheckOutcome { result: CheckResult { nama: query.name.clone(), tingkat, baris: count }, rows })
}
