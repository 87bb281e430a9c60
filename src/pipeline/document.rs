//! The data document of a report: its queries over one release, and what is to be said of that release. Refuses to render.

use crate::analysis::Error as AnalysisError;
use crate::analysis::project::Project as QueryProject;
use crate::analysis::user::UserSession;
use crate::lake::{Error as LakeError, Lake};
use crate::model::job::Recipient;
use crate::model::policy::NoPrincipal;
use crate::model::release::Release;
use crate::model::report::{
    Addressee, DataDate, Document, Earlier, OpenParameter, ReleaseNote, ReportNote, ReportSpec, RowCount,
};
use crate::pipeline::project::Project;
use crate::pipeline::reader::{Opened, ReaderError, Sight};
use crate::pipeline::snapshot::releases;
use arrow::json::WriterBuilder;
use arrow::json::writer::JsonArray;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Deliveries in force, for the page that says what the data are.
const DATA_DATES: &str = "select b.instansi_kode, coalesce(i.nama_singkat, b.instansi_kode) as nama, b.dataset, \
    max(b.periode) as periode, max(b.tanggal_tarik) as tanggal_tarik \
    from berkas b left join instansi i on i.kode = b.instansi_kode \
    where b.berlaku and b.periode <= periode_acuan() \
    group by b.instansi_kode, coalesce(i.nama_singkat, b.instansi_kode), b.dataset order by 1, 3";
/// Rows of the deliveries in force.
const ROWS: &str = "select coalesce(sum(baris_dibaca), 0) as diterima, coalesce(sum(baris_diterima), 0) as dipakai, \
    coalesce(sum(baris_ditolak), 0) as disisihkan from berkas where berlaku and periode <= periode_acuan()";

/// Why a report has no data.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A query of the report failed.
    #[error("report `{report}`: query `{query}`: {source}")]
    Query {
        /// The report.
        report: String,
        /// The query.
        query: String,
        /// Why.
        source: AnalysisError,
    },
    /// A query gave more rows than a report may show.
    #[error("report `{report}`: query `{query}` gives more than {max} rows; aggregate, or raise result_rows_max")]
    TooManyRows {
        /// The report.
        report: String,
        /// The query.
        query: String,
        /// The limit.
        max: u64,
    },
    /// A query that must give one row gave another number.
    #[error("report `{report}`: query `{query}` must give exactly one row and gives {rows}")]
    NotOneRow {
        /// The report.
        report: String,
        /// The query.
        query: String,
        /// What came.
        rows: usize,
    },
    /// Rows could not be written as JSON.
    #[error("report `{report}`: query `{query}`: cannot write its rows as JSON")]
    Json {
        /// The report.
        report: String,
        /// The query.
        query: String,
    },
    /// The reader is nobody that `access.toml` knows.
    #[error(transparent)]
    Nobody(#[from] NoPrincipal),
    /// The release could not be read.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// What documents are made from.
pub struct Sources<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its planned queries.
    pub queries: &'a QueryProject,
    /// The release.
    pub release: Opened,
    /// The release that changes are against.
    pub earlier: Option<Opened>,
}

/// The release that the changes of `release` are against: the last one of an earlier month.
pub async fn earlier_of(release: &Release, lake: &Lake) -> Result<Option<Release>, DocumentError> {
    let before = releases(lake).await?.into_iter().filter(|it| it.periode < release.periode);
    Ok(before.max_by_key(|it| (it.periode, it.nomor)))
}

/// The document of one report for one reader, read as that reader: rows, masks and tables are those of its principal.
pub async fn document(sources: &Sources<'_>, spec: &ReportSpec, reader: &Recipient) -> Result<Document, DocumentError> {
    let Sources { project, queries, .. } = sources;
    let release = sources.release.release();
    let asked = Asked { report: &spec.name, max: project.settings.limits.result_rows_max };
    let sight = Sight::of(project, queries, &reader.principal)?;
    let session = sources.release.session(&sight).await?;
    let mut tables = BTreeSet::new();
    let (data, ada) = rows_of(spec, &session, &asked, Some(&mut tables)).await?;
    let sebelumnya = match &sources.earlier {
        None => None,
        Some(earlier) => {
            let then = earlier.session(&sight).await?;
            let (data, _) = rows_of(spec, &then, &asked, None).await?;
            let earlier = earlier.release();
            Some(Earlier { nomor: earlier.nomor, periode: earlier.periode.to_string(), data })
        }
    };
    let deliveries = sources.release.session(&sight.of_deliveries()).await?;
    let data_per: Vec<DataDate> = parse(&asked, "data_per", asked.rows(&deliveries, "data_per", DATA_DATES).await?.0)?;
    let baris: Vec<RowCount> = parse(&asked, "baris", asked.rows(&deliveries, "baris", ROWS).await?.0)?;
    let rilis = ReleaseNote {
        nomor: release.nomor,
        periode: release.periode.to_string(),
        per_tanggal: release.periode.last_day(),
        dibuat_pada: release.dibuat_pada,
        versi_program: release.versi_program.clone(),
        data_per,
        baris: baris.first().copied().unwrap_or(RowCount { diterima: 0, dipakai: 0, disisihkan: 0 }),
        parameter_belum_pasti: open_parameters(queries, &tables, release),
        pemeriksaan: release.pemeriksaan.clone(),
    };
    let laporan = ReportNote {
        nama: spec.name.clone(),
        judul: spec.title.clone(),
        tentang: spec.about.clone(),
        kelas: spec.class.clone(),
    };
    let (nama, jabatan) = (reader.name.clone(), reader.jabatan.clone());
    let penerima = Addressee { nama, jabatan, instansi: sight.governments(project) };
    Ok(Document { laporan, rilis, penerima, kop: project.settings.office.clone(), data, ada, sebelumnya })
}

/// Rows by query, and for the optional ones whether the reader may see them.
type Answers = (BTreeMap<String, Value>, BTreeMap<String, bool>);

/// The rows of every query of the report; `tables` collects what they read.
async fn rows_of(
    spec: &ReportSpec,
    session: &UserSession,
    asked: &Asked<'_>,
    mut tables: Option<&mut BTreeSet<String>>,
) -> Result<Answers, DocumentError> {
    let (mut data, mut ada) = (BTreeMap::new(), BTreeMap::new());
    for query in &spec.data {
        if query.optional {
            let lacks = session.lacks_a_table(&query.sql).map_err(|source| asked.failed(&query.name, source))?;
            ada.insert(query.name.clone(), !lacks);
            if lacks {
                data.insert(query.name.clone(), if query.single { Value::Null } else { Value::Array(Vec::new()) });
                continue;
            }
        }
        let (rows, read) = asked.rows(session, &query.name, &query.sql).await?;
        if let Some(tables) = tables.as_deref_mut() {
            tables.extend(read);
        }
        let value = match (query.single, rows.as_slice()) {
            (false, _) => Value::Array(rows),
            (true, [one]) => one.clone(),
            (true, _) => {
                let (report, query) = (asked.report.to_string(), query.name.clone());
                return Err(DocumentError::NotOneRow { report, query, rows: rows.len() });
            }
        };
        data.insert(query.name.clone(), value);
    }
    Ok((data, ada))
}

/// Which report asks, and how much it may get.
struct Asked<'a> {
    report: &'a str,
    max: u64,
}

impl Asked<'_> {
    fn failed(&self, query: &str, source: AnalysisError) -> DocumentError {
        DocumentError::Query { report: self.report.into(), query: query.into(), source }
    }

    /// Rows as JSON objects (dates `YYYY-MM-DD`, absent is null), and the tables they were read from.
    async fn rows(
        &self,
        session: &UserSession,
        query: &str,
        sql: &str,
    ) -> Result<(Vec<Value>, BTreeSet<String>), DocumentError> {
        let prepared = session.prepare(sql).await.map_err(|source| self.failed(query, source))?;
        let mut rows = session.execute(&prepared).map_err(|source| self.failed(query, source))?;
        let json = || DocumentError::Json { report: self.report.into(), query: query.into() };
        let (mut writer, mut count) =
            (WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new()), 0);
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|source| self.failed(query, source))?;
            count += batch.num_rows() as u64;
            if count > self.max {
                let (report, query) = (self.report.to_string(), query.to_string());
                return Err(DocumentError::TooManyRows { report, query, max: self.max });
            }
            writer.write(&batch).map_err(|_| json())?;
        }
        writer.finish().map_err(|_| json())?;
        let bytes = writer.into_inner();
        let rows = if bytes.is_empty() { Vec::new() } else { serde_json::from_slice(&bytes).map_err(|_| json())? };
        Ok((rows, prepared.reads.into_keys().collect()))
    }
}

fn parse<T: for<'de> Deserialize<'de>>(
    asked: &Asked<'_>,
    query: &str,
    rows: Vec<Value>,
) -> Result<Vec<T>, DocumentError> {
    let wrong = |_| DocumentError::Json { report: asked.report.into(), query: query.into() };
    rows.into_iter().map(|row| serde_json::from_value(row).map_err(wrong)).collect()
}

/// Parameters of status `unconfirmed` behind the tables a report reads.
fn open_parameters(queries: &QueryProject, tables: &BTreeSet<String>, release: &Release) -> Vec<OpenParameter> {
    let open = tables.iter().flat_map(|table| queries.unconfirmed(table, release.periode)).collect::<BTreeSet<_>>();
    open.into_iter().map(|it| OpenParameter { name: it.name, about: it.about, source: it.source }).collect()
}
