//! A small project from end to end: order, month, rules by date, the sink, the checks, and what stays on disk.

use crate::analysis::build::{BuildOptions, MartSink, SinkError, build};
use crate::analysis::check::check;
use crate::analysis::project::{Project, plan};
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::query::{QueryFile, QueryKind, RuleFile};
use crate::model::release::Severity;
use crate::model::table::{Class, DATA, Kind, Table, Visibility, column};
use async_trait::async_trait;
use datafusion::arrow::array::{Int32Array, RecordBatch, StringArray};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use std::sync::Arc;

/// Keeps what it is given, as text.
#[derive(Default)]
struct Kept {
    open: Option<Table>,
    batches: Vec<RecordBatch>,
    text: String,
}

#[async_trait]
impl MartSink for Kept {
    async fn begin(&mut self, table: &Table) -> Result<(), SinkError> {
        assert!(self.open.replace(table.clone()).is_none(), "the mart before was not finished");
        Ok(())
    }

    async fn write(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        assert_eq!(batch.schema(), self.open.as_ref().ok_or("no mart began")?.schema());
        self.batches.push(batch);
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SinkError> {
        let table = self.open.take().ok_or("no mart began")?;
        let rows = std::mem::take(&mut self.batches);
        self.text += &format!("{}\n{}\n", table.name, pretty_format_batches(&rows)?);
        Ok(())
    }
}

fn table() -> Table {
    let columns = vec![
        column("nip", Kind::Text, false, Class::Open, ""),
        column("instansi_kode", Kind::Text, false, Class::Open, ""),
        column("jp", Kind::Int, true, Class::Open, ""),
    ];
    Table {
        name: "pelatihan".into(),
        key: vec!["nip".into()],
        columns,
        partition_by: vec![],
        visibility: Visibility::H4,
        theme: DATA.into(),
    }
}

fn inputs() -> Providers {
    let columns = vec![
        Arc::new(StringArray::from(vec!["3", "1", "2", "1"])) as _,
        Arc::new(StringArray::from(vec!["6700", "6701", "6700", "6701"])) as _,
        Arc::new(Int32Array::from(vec![Some(22), Some(8), None, Some(9)])) as _,
    ];
    let batch = RecordBatch::try_new(table().schema(), columns).unwrap();
    let provider = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    Providers::from([("pelatihan".to_string(), Arc::new(provider) as Arc<dyn TableProvider>)])
}

async fn project(last_mart: &str) -> Project {
    let csv = "name,value,valid_from,valid_to,source,status,about\n\
               jp.minimal,20,2019-01-01,2025-06-30,lama,confirmed,x\njp.minimal,24,2025-07-01,,baru,confirmed,x\n";
    let rules = [RuleFile { name: "parameter".into(), path: "queries/rules/parameter.csv".into(), csv: csv.into() }];
    let file = |kind, name: &str, sql: &str| QueryFile {
        name: name.into(),
        path: format!("queries/{name}.sql"),
        kind,
        sql: format!("-- Visibilitas: H4\n{sql}"),
    };
    let files = [
        file(QueryKind::Mart, "cukup_instansi", last_mart),
        file(
            QueryKind::Mart,
            "cukup",
            "SELECT instansi_kode, nip, jp, jp >= parameter('jp.minimal') AS cukup FROM jam ORDER BY instansi_kode, nip",
        ),
        file(
            QueryKind::Staging,
            "jam",
            "SELECT instansi_kode, nip, sum(coalesce(jp, 0)) AS jp FROM pelatihan GROUP BY instansi_kode, nip",
        ),
        file(QueryKind::Check, "nol", "-- tingkat: PERINGATAN\nSELECT nip, jp FROM cukup WHERE jp = 0"),
        file(
            QueryKind::Check,
            "jumlah",
            "-- tingkat: GAGAL\nSELECT i.instansi_kode FROM cukup_instansi i JOIN pelatihan p ON false",
        ),
    ];
    plan(&files, &rules, &[table()]).await.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

const PER_INSTANSI: &str =
    "SELECT instansi_kode, count(*) FILTER (WHERE cukup) AS n_cukup FROM cukup GROUP BY instansi_kode ORDER BY 1";

fn options(folder: &tempfile::TempDir) -> BuildOptions {
    BuildOptions { memory_bytes: 64 << 20, scratch_dir: folder.path().to_path_buf(), threads: 2 }
}

async fn marts_of(periode: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Kept::default();
    let periode: Periode = periode.parse().unwrap();
    build(&project(PER_INSTANSI).await, &inputs(), periode, &options(&folder), &mut sink).await.unwrap();
    sink.text
}

#[tokio::test]
async fn marts_come_in_order_sorted_by_key_with_their_month() {
    insta::assert_snapshot!(marts_of("2025-06").await, @r"
    cukup
    +---------------+-----+----+-------+---------+
    | instansi_kode | nip | jp | cukup | periode |
    +---------------+-----+----+-------+---------+
    | 6700          | 2   | 0  | false | 2025-06 |
    | 6700          | 3   | 22 | true  | 2025-06 |
    | 6701          | 1   | 17 | false | 2025-06 |
    +---------------+-----+----+-------+---------+
    cukup_instansi
    +---------------+---------+---------+
    | instansi_kode | n_cukup | periode |
    +---------------+---------+---------+
    | 6700          | 1       | 2025-06 |
    | 6701          | 0       | 2025-06 |
    +---------------+---------+---------+
    ");
}

#[tokio::test]
async fn a_rule_that_changes_alters_only_the_later_month() {
    let (june, july) = (marts_of("2025-06").await, marts_of("2025-07").await);
    assert!(
        june.contains("| 6700          | 3   | 22 | true  |") && july.contains("| 6700          | 3   | 22 | false |")
    );
    assert_eq!(marts_of("2025-01").await.replace("2025-01", "2025-06"), june);
}

#[tokio::test]
async fn checks_read_marts_and_inputs_and_scratch_goes_with_its_holder() {
    let folder = tempfile::tempdir().unwrap();
    let (project, options) = (project(PER_INSTANSI).await, options(&folder));
    let periode: Periode = "2025-06".parse().unwrap();
    let built = build(&project, &inputs(), periode, &options, &mut Kept::default()).await.unwrap();
    let steps: Vec<_> = built.steps.iter().map(|step| (step.name.as_str(), step.rows)).collect();
    assert_eq!(steps, [("jam", 3), ("cukup", 3), ("cukup_instansi", 2)]);
    let found = check(&project, &inputs(), &built.tables, periode, &options, 10).await.unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|it| (it.result.nama.as_str(), it.result.tingkat, it.result.baris, it.rows.num_rows()))
        .collect();
    assert_eq!(seen, [("jumlah", Severity::Gagal, 0, 0), ("nol", Severity::Peringatan, 1, 1)]);
    assert_eq!(found[1].rows.schema().field(1).name(), "jp");
    let files = || std::fs::read_dir(folder.path()).unwrap().filter(|it| it.as_ref().unwrap().path().is_file()).count();
    assert_eq!(files(), 3);
    drop(built);
    assert_eq!(files(), 0);
}

#[tokio::test]
async fn a_failing_query_is_named_and_quotes_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let sql = "SELECT instansi_kode, cast(nip || 'KANARI' AS int) AS n FROM cukup ORDER BY 1";
    let mut sink = Kept::default();
    let failed = build(&project(sql).await, &inputs(), "2025-06".parse().unwrap(), &options(&folder), &mut sink).await;
    insta::assert_snapshot!(failed.unwrap_err(), @"query `cukup_instansi` (`queries/cukup_instansi.sql`) failed: a value of a row cannot be converted to the type asked for; TRY_CAST gives null instead");
    let early =
        build(&project(PER_INSTANSI).await, &inputs(), "2018-12".parse().unwrap(), &options(&folder), &mut sink).await;
    assert!(matches!(early.unwrap_err(), Error::Project { .. }));
    let missing = build(
        &project(PER_INSTANSI).await,
        &Providers::new(),
        "2025-06".parse().unwrap(),
        &options(&folder),
        &mut sink,
    )
    .await;
    insta::assert_snapshot!(missing.unwrap_err(), @"table `pelatihan` is read by a query and was not given");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sum_over_a_union_has_the_same_bits_every_time() {
    let branch = |n: i32| format!("SELECT instansi_kode, power(1.1, jp) / {n} AS x FROM cukup");
    let union = (1..40).map(branch).collect::<Vec<_>>().join(" UNION ALL ");
    let sql = format!("SELECT instansi_kode, sum(x) AS jumlah FROM ({union}) GROUP BY instansi_kode ORDER BY 1");
    let project = project(&sql).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = Kept::default();
        build(&project, &inputs(), "2025-06".parse().unwrap(), &options(&folder), &mut sink).await.unwrap();
        seen.insert(sink.text);
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}
