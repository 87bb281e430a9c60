//! The promises of the lake, each on a real folder: exact replacement, repeatable commits, old versions, a full disk, pruning. Refuses mocks.

use crate::lake::*;
use crate::model::periode::Periode;
use crate::model::release::{CheckResult, Release, Severity};
use crate::model::table::{Class, DATA, Kind, Visibility, column, engine_tables};
use arrow::array::*;
use arrow::util::pretty::pretty_format_batches;
use datafusion::physical_plan::displayable;
use datafusion::prelude::{SessionConfig, SessionContext};
use std::collections::BTreeMap;
use std::fs;

/// A canonical table in small: every kind, personal data, provenance.
fn nilai() -> Table {
    let open = |name, kind, nullable| column(name, kind, nullable, Class::Open, "");
    Table {
        name: "nilai".into(),
        key: vec!["nip".into()],
        columns: vec![
            open("nip", Kind::Text, false),
            column("nama", Kind::Text, true, Class::P, ""),
            open("tahun", Kind::Int, true),
            open("jumlah", Kind::Count, true),
            open("lulus", Kind::Bool, true),
            open("tanggal", Kind::Date, true),
            open("skor", Kind::Decimal { precision: 5, scale: 2 }, true),
            open("dimuat_pada", Kind::Moment, false),
            open("instansi_kode", Kind::Text, true),
            open("periode", Kind::Text, false),
            open("cakupan", Kind::Text, false),
        ],
        partition_by: vec!["instansi_kode".into(), "periode".into()],
        visibility: Visibility::H4,
        theme: DATA.into(),
    }
}

fn unit(instansi: Option<&str>, periode: &str, cakupan: &str) -> Unit {
    Unit::of([("instansi_kode", instansi), ("periode", Some(periode)), ("cakupan", Some(cakupan))])
}

/// `rows` rows of one unit; NIPs count up from `first`, every seventh value is null.
fn rows(unit: &Unit, first: usize, rows: usize) -> RecordBatch {
    let all = first..first + rows;
    let some = |i: usize| !i.is_multiple_of(7);
    let text = |column: &str| -> ArrayRef { Arc::new(StringArray::from(vec![unit.value(column).flatten(); rows])) };
    let int: Int32Array = all.clone().map(|i| some(i).then_some(2000 + (i % 30) as i32)).collect();
    let count: Int64Array = all.clone().map(|i| some(i).then_some(i as i64 * 1_000_000_007)).collect();
    let flag: BooleanArray = all.clone().map(|i| some(i).then_some(i % 2 == 0)).collect();
    let date: Date32Array = all.clone().map(|i| some(i).then_some(i as i32)).collect();
    let skor: Decimal128Array = all.clone().map(|i| some(i).then_some((i % 10_001) as i128)).collect();
    let moment: TimestampMicrosecondArray = all.clone().map(|i| Some(1_700_000_000_000_000 + i as i64)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("nip", Arc::new(StringArray::from_iter_values(all.clone().map(|i| format!("19{i:016}"))))),
        ("nama", Arc::new(all.map(|i| some(i).then(|| format!("Pegawai {i}"))).collect::<StringArray>())),
        ("tahun", Arc::new(int)),
        ("jumlah", Arc::new(count)),
        ("lulus", Arc::new(flag)),
        ("tanggal", Arc::new(date)),
        ("skor", Arc::new(skor.with_precision_and_scale(5, 2).unwrap())),
        ("dimuat_pada", Arc::new(moment.with_timezone("UTC"))),
        ("instansi_kode", text("instansi_kode")),
        ("periode", text("periode")),
        ("cakupan", text("cakupan")),
    ];
    RecordBatch::try_new(nilai().schema(), columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

async fn staged(lake: &Lake, table: &Table, unit: &Unit, batches: &[RecordBatch]) -> Result<Staged, Error> {
    let mut stage = lake.stage(table, unit)?;
    for batch in batches {
        stage.write(batch).await?;
    }
    stage.finish().await
}

async fn load(lake: &Lake, unit: &Unit, first: usize, count: usize, txn: Option<(String, i64)>) -> Result<u64, Error> {
    let add = vec![staged(lake, &nilai(), unit, &[rows(unit, first, count)]).await?];
    lake.commit(&nilai(), Change { replace: vec![unit.clone()], add, txn }, BTreeMap::new()).await
}

async fn context(lake: &Lake, table: &str, version: u64) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    context.register_table("t", lake.provider(table, version).await.unwrap()).unwrap();
    context
}

async fn sql(context: &SessionContext, query: &str) -> String {
    pretty_format_batches(&context.sql(query).await.unwrap().collect().await.unwrap()).unwrap().to_string()
}

async fn number(lake: &Lake, version: u64, query: &str) -> i64 {
    let batches = context(lake, "nilai", version).await.sql(query).await.unwrap().collect().await.unwrap();
    batches[0].column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0)
}

/// Number of files the plan of a query reads.
async fn files_read(context: &SessionContext, query: &str) -> usize {
    let plan = context.sql(query).await.unwrap().create_physical_plan().await.unwrap();
    displayable(plan.as_ref()).indent(true).to_string().matches(".parquet").count()
}

async fn fresh() -> (tempfile::TempDir, Lake) {
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(&dir.path().join("danau 100% é/lake"), LakeOptions::default()).await.unwrap();
    (dir, lake)
}

fn parquet_files(root: &Path) -> usize {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
    let count = |entry: fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => parquet_files(&entry.path()),
        false => usize::from(entry.file_name().to_string_lossy().starts_with("part-")),
    };
    entries.map(count).sum()
}

#[tokio::test]
async fn a_unit_is_replaced_exactly_and_the_old_version_stays() {
    let (_dir, lake) = fresh().await;
    assert_eq!(lake.version("nilai").await.unwrap(), None);
    let (anak, ortu) = (unit(Some("6700"), "2025-12", "ANAK"), unit(Some("6700"), "2025-12", ""));
    let other = unit(None, "2025-12", "ANAK");
    assert_eq!(load(&lake, &anak, 0, 100, None).await.unwrap(), 0);
    load(&lake, &ortu, 100, 50, None).await.unwrap();
    let before = load(&lake, &other, 200, 30, None).await.unwrap();
    let after = load(&lake, &anak, 500, 7, None).await.unwrap();
    assert_eq!((before, after), (2, 3));
    assert_eq!(lake.version("nilai").await.unwrap(), Some(3));
    assert_eq!(number(&lake, before, "select count(*) from t").await, 180);
    let now = "select count(*), min(nip), max(nip) from t where cakupan = 'ANAK' and instansi_kode = '6700'";
    let now = sql(&context(&lake, "nilai", after).await, now).await;
    assert!(now.contains("| 7        | 190000000000000500 | 190000000000000506 |"), "{now}");
    assert_eq!(number(&lake, after, "select count(*) from t where cakupan = ''").await, 50);
    assert_eq!(number(&lake, after, "select count(*) from t where instansi_kode is null").await, 30);
    assert_eq!(number(&lake, after, "select count(instansi_kode) from t").await, 57);
    let gone = Change { replace: vec![other], ..Change::default() };
    let emptied = lake.commit(&nilai(), gone, BTreeMap::new()).await.unwrap();
    assert_eq!(number(&lake, emptied, "select count(*) from t").await, 57);
    assert!(matches!(lake.provider("nilai", 9).await, Err(Error::NoVersion { version: 9, latest: 4, .. })));
    assert!(matches!(lake.provider("unor", 0).await, Err(Error::NoTable { .. })));
}

#[tokio::test]
async fn what_is_written_is_read_back_to_the_last_digit() {
    let (_dir, lake) = fresh().await;
    let unit = unit(Some("6701"), "2025-11", "");
    let batch = rows(&unit, 10_000, 25);
    load(&lake, &unit, 10_000, 25, None).await.unwrap();
    let columns: Vec<&str> = nilai().columns.iter().map(|column| column.name.clone().leak() as &str).collect();
    let read =
        sql(&context(&lake, "nilai", 0).await, &format!("select {} from t order by nip", columns.join(", "))).await;
    assert_eq!(read, pretty_format_batches(&[batch]).unwrap().to_string());
}

#[tokio::test]
async fn nothing_to_do_and_the_same_transaction_make_no_version() {
    let (dir, lake) = fresh().await;
    let unit = unit(Some("6700"), "2025-12", "");
    let txn = || Some(("muat".to_string(), 7));
    let first = load(&lake, &unit, 0, 10, txn()).await.unwrap();
    assert_eq!(load(&lake, &unit, 50, 20, txn()).await.unwrap(), first);
    assert_eq!(load(&lake, &unit, 50, 20, Some(("muat".into(), 6))).await.unwrap(), first);
    assert_eq!(number(&lake, first, "select count(*) from t").await, 10);
    assert_eq!(parquet_files(dir.path()), 1, "files of a repeated commit are taken back");
    assert_eq!(lake.ensure(&nilai()).await.unwrap(), first);
    let nothing = Change { replace: vec![Unit::of([("instansi_kode", Some("6799"))])], ..Change::default() };
    assert_eq!(lake.commit(&nilai(), nothing, BTreeMap::new()).await.unwrap(), first);
    assert_eq!(load(&lake, &unit, 50, 20, Some(("muat".into(), 8))).await.unwrap(), first + 1);
}

#[tokio::test]
async fn a_mixed_file_keeps_the_rows_of_the_others() {
    let (_dir, lake) = fresh().await;
    let table = engine_tables().remove(1);
    let one = |sha: &str, count: usize| {
        let texts = |text: Option<&str>| -> ArrayRef { Arc::new(StringArray::from(vec![text; count])) };
        let baris: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=count as i64));
        let columns = vec![
            texts(None),
            texts(Some(sha)),
            texts(None),
            baris,
            texts(None),
            texts(Some("ID-01")),
            texts(Some("x")),
            texts(None),
        ];
        RecordBatch::try_new(table.schema(), columns).unwrap()
    };
    let sender = Unit::of([("instansi_kode", None)]);
    let add = vec![staged(&lake, &table, &sender, &[one("aa", 3), one("bb", 4), one("cc", 5)]).await.unwrap()];
    lake.commit(&table, Change { add, ..Change::default() }, BTreeMap::new()).await.unwrap();
    let file = |sha| Unit::of([("instansi_kode", None), ("sha256", Some(sha))]);
    let untouched = Change { replace: vec![file("b0")], ..Change::default() };
    assert_eq!(lake.commit(&table, untouched, BTreeMap::new()).await.unwrap(), 0, "read, and nothing found");
    let add = vec![staged(&lake, &table, &sender, &[one("bb", 9)]).await.unwrap()];
    let change = Change { replace: vec![file("bb"), file("cc")], add, txn: None };
    let version = lake.commit(&table, change, BTreeMap::new()).await.unwrap();
    let counts = "select sha256, count(*) n from t group by 1 order by 1";
    let now = sql(&context(&lake, "tolakan", version).await, counts).await;
    assert!(now.contains("| aa     | 3 |") && now.contains("| bb     | 9 |") && !now.contains("cc"), "{now}");
    let before = sql(&context(&lake, "tolakan", 0).await, counts).await;
    assert!(before.contains("| cc     | 5 |"), "{before}");
    let all = Change { replace: vec![file("aa"), file("bb")], ..Change::default() };
    let version = lake.commit(&table, all, BTreeMap::new()).await.unwrap();
    assert_eq!(lake.freeze("tolakan", version).await.unwrap().files.len(), 0);
    assert!(sql(&context(&lake, "tolakan", version).await, "select count(*) n from t").await.contains("| 0 |"));
}

#[tokio::test]
async fn a_full_disk_leaves_the_old_state_and_no_files() {
    let (dir, lake) = fresh().await;
    let unit = unit(Some("6700"), "2025-12", "");
    load(&lake, &unit, 0, 1000, None).await.unwrap();
    let mut outcomes = BTreeMap::new();
    for bytes in (0..40_000).step_by(1_500) {
        let options = LakeOptions { fail_after_bytes: Some(bytes), ..LakeOptions::default() };
        let full = Lake::open(&dir.path().join("danau 100% é/lake"), options).await.unwrap();
        match load(&full, &unit, 5000, 900, None).await {
            Err(Error::DiskFull { object }) => {
                *outcomes.entry(object.contains("_delta_log")).or_insert(0) += 1;
                assert_eq!(lake.version("nilai").await.unwrap(), Some(0));
                assert_eq!(number(&lake, 0, "select count(*) from t").await, 1000);
                assert_eq!(parquet_files(dir.path()), 1);
            }
            other => {
                assert_eq!(other.unwrap(), 1);
                assert_eq!(number(&lake, 1, "select count(*) from t").await, 900);
                assert_eq!(outcomes.len(), 2, "the disk was full for a data file, and for the log: {outcomes:?}");
                return;
            }
        }
    }
    panic!("no commit came through: {outcomes:?}");
}

#[tokio::test]
async fn bad_rows_and_bad_units_are_refused_with_their_column() {
    let (dir, lake) = fresh().await;
    let home = unit(Some("6700"), "2025-12", "");
    let foreign = staged(&lake, &nilai(), &home, &[rows(&unit(Some("6700"), "2025-12", "ANAK"), 0, 3)]).await;
    assert!(matches!(foreign, Err(Error::OutsideUnit { column, .. }) if column == "cakupan"));
    let few = staged(&lake, &nilai(), &home, &[rows(&home, 0, 3).project(&[0, 1]).unwrap()]).await;
    assert!(matches!(few, Err(Error::Shape { column, .. }) if column == "tahun"));
    let lacking = Unit::of([("instansi_kode", Some("6700"))]);
    assert!(matches!(lake.stage(&nilai(), &lacking), Err(Error::BadUnit { column, .. }) if column == "periode"));
    let empty = unit(Some(""), "2025-12", "");
    assert!(matches!(lake.stage(&nilai(), &empty), Err(Error::BadUnit { .. })));
    let stray = staged(&lake, &nilai(), &home, &[rows(&home, 0, 3)]).await.unwrap();
    let other = Table { name: "lain".into(), ..nilai() };
    let mixed = lake.commit(&other, Change { add: vec![stray], ..Change::default() }, BTreeMap::new()).await;
    assert!(matches!(mixed, Err(Error::Mixed { .. })));
    for name in ["raw", "_rilis", "../x", "Nilai", ""] {
        let table = Table { name: name.into(), ..nilai() };
        assert!(matches!(lake.ensure(&table).await, Err(Error::TableName { .. })), "{name}");
    }
    assert_eq!(parquet_files(dir.path()), 0);
}

#[tokio::test]
async fn a_grown_contract_reads_old_files_with_nulls() {
    let (_dir, lake) = fresh().await;
    let old = unit(Some("6700"), "2025-11", "");
    load(&lake, &old, 0, 10, None).await.unwrap();
    let mut grown = nilai();
    grown.columns.insert(1, column("email", Kind::Text, true, Class::P, ""));
    assert_eq!(lake.ensure(&grown).await.unwrap(), 1);
    let new = unit(Some("6700"), "2025-12", "");
    let base = rows(&new, 10, 5);
    let mut columns = base.columns().to_vec();
    columns.insert(1, Arc::new(StringArray::from(vec!["a@b"; 5])));
    let batch = RecordBatch::try_new(grown.schema(), columns).unwrap();
    let add = vec![staged(&lake, &grown, &new, &[batch]).await.unwrap()];
    let version = lake.commit(&grown, Change { add, ..Change::default() }, BTreeMap::new()).await.unwrap();
    assert_eq!(number(&lake, version, "select count(*) from t where email is null").await, 10);
    assert_eq!(number(&lake, version, "select count(email) from t").await, 5);
    assert_eq!(number(&lake, 0, "select count(nama) from t").await, 8);
    let mut other = nilai();
    other.columns[2].kind = Kind::Text;
    assert!(matches!(lake.ensure(&other).await, Err(Error::Clash { column, .. }) if column == "tahun"));
}

#[tokio::test]
async fn pruning_reads_few_files_and_changes_no_answer() {
    let (_dir, lake) = fresh().await;
    let units: Vec<Unit> =
        (0..12).map(|i| unit(Some(["6700", "6701"][i % 2]), &format!("2025-{:02}", i / 2 + 1), "")).collect();
    let (mut add, mut all) = (Vec::new(), Vec::new());
    for (i, unit) in units.iter().enumerate() {
        let batch = rows(unit, i * 1000, 400);
        add.push(staged(&lake, &nilai(), unit, &[batch.slice(0, 150), batch.slice(150, 250)]).await.unwrap());
        all.push(batch);
    }
    let version = lake.commit(&nilai(), Change { add, ..Change::default() }, BTreeMap::new()).await.unwrap();
    assert_eq!(version, 0);
    let ours = context(&lake, "nilai", 0).await;
    let reference = SessionContext::new();
    let memory = datafusion::datasource::MemTable::try_new(nilai().schema(), vec![all]).unwrap();
    reference.register_table("t", Arc::new(memory)).unwrap();
    let cases = [
        ("count(*), min(tahun), max(tanggal), sum(skor), min(skor), max(dimuat_pada), min(nama), max(nip)", "true", 12),
        ("count(*), sum(jumlah)", "instansi_kode = '6701' and periode = '2025-03'", 1),
        ("count(*), max(nama)", "nip between '190000000000002100' and '190000000000003050'", 2),
        ("count(*)", "nip in ('190000000000000001', '190000000000011399')", 2),
        ("count(*)", "nip = 'tidak ada'", 0),
        ("count(*), count(nama)", "nama = 'Pegawai 5'", 12),
        ("count(*)", "tanggal >= date '1997-05-20'", 3),
        ("count(*)", "lulus and skor > 99.99 and dimuat_pada < timestamp '2030-01-01T00:00:00Z'", 4),
        ("count(*)", "instansi_kode is null", 0),
        ("count(*)", "nama is null and periode like '2025-0_'", 12),
    ];
    for (columns, filter, files) in cases {
        let query = format!("select {columns} from t where {filter}");
        assert_eq!(sql(&ours, &query).await, sql(&reference, &query).await, "{query}");
        let rows = format!("select nip, nama from t where {filter}");
        let read = files_read(&ours, &rows).await;
        assert!(read <= files, "{filter}: read {read} files instead of {files}");
    }
    let limited = ours.sql("select nip from t limit 5").await.unwrap().collect().await.unwrap();
    assert_eq!(limited.iter().map(RecordBatch::num_rows).sum::<usize>(), 5);
}

#[tokio::test]
async fn a_copied_folder_and_a_travelled_list_open_equally() {
    let (dir, lake) = fresh().await;
    for i in 0..23 {
        load(&lake, &unit(Some("6700"), "2025-12", ["", "A", "B"][i % 3]), i * 10, 5 + i, None).await.unwrap();
    }
    assert!(
        fs::read_dir(lake.root().join("nilai/_delta_log"))
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().contains("checkpoint.parquet") })
    );
    let query = "select cakupan, count(*), min(nip), max(jumlah), count(nama) from t group by 1 order by 1";
    let copy = dir.path().join("salinan");
    copy_folder(lake.root(), &copy);
    let other = Lake::open(&copy, LakeOptions::default()).await.unwrap();
    for version in [3, 10, 15, 22] {
        let here = sql(&context(&lake, "nilai", version).await, query).await;
        assert_eq!(here, sql(&context(&other, "nilai", version).await, query).await);
        let text = serde_json::to_string(&lake.freeze("nilai", version).await.unwrap()).unwrap();
        let travelled = LakeTable::new(serde_json::from_str(&text).unwrap()).unwrap();
        let context = SessionContext::new();
        context.register_table("t", Arc::new(travelled)).unwrap();
        assert_eq!(here, sql(&context, query).await);
    }
    let frozen = lake.freeze("nilai", 22).await.unwrap();
    let stats = frozen.files[0].stats.clone().unwrap();
    assert!(stats.contains("\"cakupan\"") && stats.contains("\"nama\":"), "{stats}");
    assert!(!stats.contains("Pegawai"), "bounds of personal data stay out of the log: {stats}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => fs::copy(entry.path(), target).map(|_| ()).unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_writers_lose_cleanly() {
    let (dir, lake) = fresh().await;
    lake.ensure(&nilai()).await.unwrap();
    let mut racers = Vec::new();
    for i in 0..6usize {
        let lake = lake.clone();
        racers.push(tokio::spawn(async move {
            load(&lake, &unit(Some("6700"), "2025-12", ""), i * 100, 10 + i, None).await
        }));
    }
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert!(matches!(error, Error::Conflict { .. }), "{error}"),
        }
    }
    let version = lake.version("nilai").await.unwrap().unwrap();
    assert_eq!(version, won);
    assert_eq!(lake.freeze("nilai", version).await.unwrap().files.len(), 1);
    assert_eq!(parquet_files(dir.path()), won as usize, "losers take their files back");
}

#[tokio::test]
async fn a_stream_of_many_batches_keeps_its_order() {
    let (_dir, lake) = fresh().await;
    let unit = unit(Some("6700"), "2025-12", "");
    let mut stage = lake.stage(&nilai(), &unit).unwrap();
    for i in 0..200 {
        stage.write(&rows(&unit, i * 1000, 1000)).await.unwrap();
    }
    let staged = stage.finish().await.unwrap();
    assert_eq!(staged.rows(), 200_000);
    lake.commit(&nilai(), Change { add: vec![staged], ..Change::default() }, BTreeMap::new()).await.unwrap();
    let frozen = lake.freeze("nilai", 0).await.unwrap();
    let bytes = fs::read(lake.root().join("nilai").join(&frozen.files[0].path)).unwrap();
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 4);
    let mut last = String::new();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        for nip in batch.column_by_name("nip").unwrap().as_string::<i32>().iter().flatten() {
            assert!(last.as_str() < nip);
            last = nip.into();
        }
    }
}

#[tokio::test]
async fn releases_are_written_once_and_objects_keep_their_name() {
    let (dir, lake) = fresh().await;
    let digest = lake.put_content(b"select 1").await.unwrap();
    assert_eq!(lake.put_content(b"select 1").await.unwrap(), digest);
    let release = |nomor| Release {
        nomor,
        job: "bulanan".into(),
        periode: Periode::new(2025, 12).unwrap(),
        dibuat_pada: chrono::DateTime::from_timestamp(1_767_000_000, 0).unwrap(),
        versi_program: "0.1.0".into(),
        tabel: BTreeMap::from([("unor".into(), 3), ("pegawai".into(), 1)]),
        pemeriksaan: vec![CheckResult { nama: "kunci".into(), tingkat: Severity::Peringatan, baris: 2 }],
        isi: BTreeMap::from([("queries/a.sql".into(), digest)]),
        masukan: digest,
    };
    assert_eq!(lake.latest_release().await.unwrap(), None);
    assert!(matches!(lake.publish(&release(2)).await, Err(Error::ReleaseGap { nomor: 2, latest: 0 })));
    lake.publish(&release(1)).await.unwrap();
    assert!(matches!(lake.publish(&release(1)).await, Err(Error::AlreadyPublished { nomor: 1 })));
    lake.publish(&release(2)).await.unwrap();
    assert_eq!(lake.latest_release().await.unwrap(), Some(release(2)));
    assert_eq!(lake.releases().await.unwrap(), [1, 2]);
    assert!(matches!(lake.release(3).await, Err(Error::NoRelease { nomor: 3 })));
    fs::write(lake.root().join("_rilis/2.json"), "{").unwrap();
    assert!(matches!(lake.latest_release().await, Err(Error::BadRelease { object, .. }) if object == "_rilis/2.json"));

    assert_eq!(lake.get_content(digest).await.unwrap().as_ref(), b"select 1");
    fs::write(dir.path().join("berkas"), "").unwrap();
    let no_folder = Lake::open(&dir.path().join("berkas"), LakeOptions::default()).await;
    assert!(matches!(no_folder, Err(Error::Open { .. })));
}

#[tokio::test]
async fn a_damaged_log_is_said_and_not_guessed() {
    let (_dir, lake) = fresh().await;
    let unit = unit(Some("6700"), "2025-12", "");
    load(&lake, &unit, 0, 5, None).await.unwrap();
    load(&lake, &unit, 0, 6, None).await.unwrap();
    fs::write(lake.root().join("nilai/_delta_log/00000000000000000001.json"), "{\"add\":{\"nama\":\"rahasia").unwrap();
    let error = lake.provider("nilai", 1).await.unwrap_err();
    assert!(matches!(&error, Error::Log { table, .. } if table == "nilai"), "{error}");
    assert!(!error.to_string().contains("rahasia"), "{error}");
    fs::remove_file(lake.root().join("nilai/_delta_log/00000000000000000000.json")).unwrap();
    assert!(matches!(lake.provider("nilai", 0).await, Err(Error::Log { .. })));
    assert!(matches!(load(&lake, &unit, 0, 7, None).await, Err(Error::Log { .. })));
}

#[tokio::test]
async fn a_flipped_bit_and_a_lost_file_are_found() {
    let (_dir, lake) = fresh().await;
    for instansi in ["6700", "6701", "6702"] {
        load(&lake, &unit(Some(instansi), "2025-12", ""), 0, 50, None).await.unwrap();
    }
    assert_eq!(lake.tables().await.unwrap(), ["nilai"]);
    assert_eq!(lake.verify("nilai", 2).await.unwrap(), []);
    let files = lake.freeze("nilai", 2).await.unwrap().files;
    let path = |i: usize| lake.root().join("nilai").join(&files[i].path);
    let mut bytes = fs::read(path(0)).unwrap();
    bytes[200] ^= 1;
    fs::write(path(0), bytes).unwrap();
    fs::remove_file(path(1)).unwrap();
    let faults: Vec<FileFault> = lake.verify("nilai", 2).await.unwrap().into_iter().map(|flaw| flaw.fault).collect();
    assert_eq!(faults, [FileFault::Changed, FileFault::Missing]);
}

#[tokio::test]
async fn a_reset_brings_back_the_rows_of_a_version_or_none() {
    let ((_dir, lake), unit) = (fresh().await, unit(Some("6700"), "2025-12", ""));
    let first = load(&lake, &unit, 0, 10, None).await.unwrap();
    load(&lake, &unit, 50, 3, None).await.unwrap();
    for (version, rows) in [(Some(first), 10), (None, 0)] {
        lake.reset(&nilai(), version).await.unwrap();
        assert_eq!(lake.row_count("nilai").await.unwrap(), rows);
    }
}
