//! Who would see what: every report as each of its readers reads it, and whether the pieces add up to the whole. Refuses to render.
//!
//! The whole is what the same role would read without its row scope, through the same barrier. A piece is what one reader reads.

use crate::analysis::Error as AnalysisError;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::user::UserSession;
use crate::model::job::Recipient;
use crate::model::policy::{INSTANSI, NoPrincipal, Policy, RowRule, Rows, SEMUA};
use crate::model::report::ReportSpec;
use crate::model::table::{Kind, Table};
use crate::pipeline::project::Project;
use crate::pipeline::reader::{Opened, ReaderError, Sight, readers};
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use futures::StreamExt;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most columns that are added up for a query or a table.
const TOTALS_MAX: usize = 2;
/// What the rows of a table are counted as; no table has such a column and is counted here.
const ROWS: &str = "banyaknya_baris";

/// Why there is no matrix.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    /// A reader is nobody that `access.toml` knows.
    #[error(transparent)]
    Nobody(#[from] NoPrincipal),
    /// The release could not be read.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// A query of a report failed.
    #[error("report `{report}` as `{principal}`: `{query}`: {source}")]
    Query {
        /// The report.
        report: String,
        /// As whom.
        principal: String,
        /// The query, or the table that was counted.
        query: String,
        /// Why.
        source: AnalysisError,
    },
}

/// One report and its readers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matrix {
    /// The report.
    pub report: String,
    /// What each reader would get, in the order of `recipients.toml`.
    pub readers: Vec<Seen>,
    /// Whether the pieces of each table the report reads add up, per role with a row scope.
    pub sums: Vec<Sum>,
}

/// What one reader would get.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// Address.
    pub address: String,
    /// As whom it is read.
    pub principal: String,
    /// Rows and totals per query; absent where the reader may not see the tables of an optional query.
    pub queries: BTreeMap<String, Option<Piece>>,
}

/// How many rows, and what they add up to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Piece {
    /// Rows.
    pub rows: u64,
    /// Sums of its first columns of whole numbers; a sum of shares says nothing.
    pub totals: BTreeMap<String, i64>,
}

/// The pieces of one table against the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sum {
    /// The table.
    pub table: String,
    /// The role whose readers share it.
    pub role: String,
    /// Rows of the whole that belong to a government.
    pub whole: u64,
    /// Rows of all pieces together.
    pub pieces: u64,
    /// Rows of the province, which every reader sees; they are in no sum.
    pub shared: u64,
    /// Governments whose rows nobody gets; the empty one stands for rows without a government.
    pub nobody: Vec<String>,
    /// Governments whose rows more than one reader gets, with those readers.
    pub several: BTreeMap<String, Vec<String>>,
    /// Governments where rows or totals of a piece differ from the whole's.
    pub differs: Vec<String>,
}

impl Sum {
    /// Whether every row of a government is in exactly one reader's piece, and totals agree.
    pub fn adds_up(&self) -> bool {
        self.whole == self.pieces && self.nobody.is_empty() && self.several.is_empty() && self.differs.is_empty()
    }
}

/// The matrix of one report over one release.
///
/// # Errors
/// When a reader is unknown, or a query of the report fails for a reader.
pub async fn matrix(
    project: &Project,
    queries: &QueryProject,
    spec: &ReportSpec,
    release: &Opened,
) -> Result<Matrix, MatrixError> {
    let (mut seen, mut tables) = (Vec::new(), BTreeSet::new());
    let mut sessions: BTreeMap<String, (Policy, UserSession)> = BTreeMap::new();
    let mut described = Vec::new();
    for reader in readers(project, &spec.name) {
        let sight = Sight::of(project, queries, &reader.principal)?;
        if !sessions.contains_key(&reader.principal) {
            let opened = release.session(&sight).await?;
            sessions.insert(reader.principal.clone(), (sight.policy.clone(), opened));
        }
        if let Some((_, session)) = sessions.get(&reader.principal) {
            seen.push(read(spec, reader, session, &mut tables).await?);
        }
        described = sight.tables;
    }
    let mut sums = Vec::new();
    let scoped: BTreeMap<String, Policy> = sessions
        .values()
        .filter(|(policy, _)| policy.instansi().is_some())
        .map(|(policy, _)| (policy.role.name.clone(), policy.clone()))
        .collect();
    for (role, policy) in scoped {
        // What is published goes to everybody and is in no piece.
        let divided = |it: &&Table| policy.view(it).is_some_and(|view| view.rows != RowRule::All);
        let own: Vec<Table> =
            described.iter().filter(|it| tables.contains(&it.name)).filter(divided).cloned().collect();
        let whole = Policy { rows: Rows::All, ..policy };
        let sight = Sight { policy: whole, tables: described.clone() };
        let everything = release.session(&sight).await?;
        for table in &own {
            let pieces = sessions.values().filter(|(policy, _)| policy.role.name == role);
            sums.push(sum(spec, table, &role, &everything, pieces).await?);
        }
    }
    Ok(Matrix { report: spec.name.clone(), readers: seen, sums })
}

/// Every query of the report as one reader; `tables` collects what they read.
async fn read(
    spec: &ReportSpec,
    reader: &Recipient,
    session: &UserSession,
    tables: &mut BTreeSet<String>,
) -> Result<Seen, MatrixError> {
    let mut queries = BTreeMap::new();
    for query in &spec.data {
        let failed = |source| failed(spec, &reader.principal, &query.name, source);
        if query.optional && session.lacks_a_table(&query.sql).map_err(failed)? {
            queries.insert(query.name.clone(), None);
            continue;
        }
        let prepared = session.prepare(&query.sql).await.map_err(failed)?;
        let mut rows = session.execute(&prepared).map_err(failed)?;
        let mut adding = Adding::default();
        while let Some(batch) = rows.next().await {
            adding.add(&batch.map_err(failed)?);
        }
        tables.extend(prepared.reads.into_keys());
        queries.insert(query.name.clone(), Some(adding.0));
    }
    Ok(Seen { address: reader.address.clone(), principal: reader.principal.clone(), queries })
}

/// Rows and totals of a table per government, as somebody sees them.
async fn counted(
    spec: &ReportSpec,
    table: &Table,
    principal: &str,
    session: &UserSession,
) -> Result<BTreeMap<String, Piece>, MatrixError> {
    let failed = |source| failed(spec, principal, &table.name, source);
    let numbers = table.columns.iter().filter(|it| matches!(it.kind, Kind::Int | Kind::Count)).take(TOTALS_MAX);
    let sums: String = numbers.map(|it| format!(", sum({0}) AS {0}", it.name)).collect();
    let sql = format!(
        "SELECT coalesce({INSTANSI}, '') AS {INSTANSI}, count(*) AS {ROWS}{sums} FROM {} GROUP BY 1 ORDER BY 1",
        table.name
    );
    let (_, mut rows) = session.query(&sql).await.map_err(failed)?;
    let mut found = BTreeMap::new();
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(failed)?;
        for row in 0..batch.num_rows() {
            let one = batch.slice(row, 1);
            let kode = one.column(0).as_string_opt::<i32>().map_or("", |it| it.value(0)).to_string();
            let mut adding = Adding::default();
            adding.add(&one);
            let mut piece = adding.0;
            let rows = piece.totals.remove(ROWS).and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            found.insert(kode, Piece { rows, ..piece });
        }
    }
    Ok(found)
}

async fn sum<'a>(
    spec: &ReportSpec,
    table: &Table,
    role: &str,
    everything: &UserSession,
    readers: impl Iterator<Item = &'a (Policy, UserSession)>,
) -> Result<Sum, MatrixError> {
    let mut whole = counted(spec, table, role, everything).await?;
    let shared = whole.remove(SEMUA).map_or(0, |it| it.rows);
    let (mut pieces, mut holders, mut differs) = (0, BTreeMap::<String, Vec<String>>::new(), BTreeSet::new());
    for (policy, session) in readers {
        for (kode, piece) in counted(spec, table, &policy.principal, session).await? {
            if kode == SEMUA {
                continue;
            }
            pieces += piece.rows;
            if whole.get(&kode) != Some(&piece) {
                differs.insert(kode.clone());
            }
            holders.entry(kode).or_default().push(policy.principal.clone());
        }
    }
    let nobody = whole.keys().filter(|kode| !holders.contains_key(*kode)).cloned().collect();
    let several = holders.into_iter().filter(|(_, readers)| readers.len() > 1).collect();
    Ok(Sum {
        table: table.name.clone(),
        role: role.into(),
        whole: whole.values().map(|it| it.rows).sum(),
        pieces,
        shared,
        nobody,
        several,
        differs: differs.into_iter().collect(),
    })
}

fn failed(spec: &ReportSpec, principal: &str, query: &str, source: AnalysisError) -> MatrixError {
    MatrixError::Query { report: spec.name.clone(), principal: principal.into(), query: query.into(), source }
}

/// Counts rows and adds up columns of whole numbers.
#[derive(Default)]
struct Adding(Piece);

impl Adding {
    fn add(&mut self, batch: &RecordBatch) {
        self.0.rows += batch.num_rows() as u64;
        let schema = batch.schema();
        let whole = schema.fields().iter().zip(batch.columns()).filter(|(field, _)| field.data_type().is_integer());
        for (field, column) in whole.take(TOTALS_MAX + 1) {
            // Beyond 64 bits a number counts nothing that is in these tables.
            let Ok(numbers) = cast(column, &DataType::Int64) else { continue };
            let sum = numbers.as_primitive::<Int64Type>().iter().flatten().fold(0, i64::saturating_add);
            let total = self.0.totals.entry(field.name().clone()).or_default();
            *total = total.saturating_add(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_only_when_each_row_is_in_exactly_one() {
        let sum = Sum {
            table: "t".into(),
            role: "kepala".into(),
            whole: 5,
            pieces: 5,
            shared: 1,
            nobody: vec![],
            several: BTreeMap::new(),
            differs: vec![],
        };
        assert!(sum.adds_up());
        assert!(!Sum { pieces: 4, ..sum.clone() }.adds_up());
        assert!(!Sum { nobody: vec![String::new()], ..sum.clone() }.adds_up());
        assert!(!Sum { several: [("6701".to_string(), vec![])].into(), ..sum }.adds_up());
    }
}
