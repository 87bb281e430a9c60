//! Questions through the command line: every format exact, every limit kept, nothing but reading, no cell in an error.

use crate::harness::{Ran, TestProject, province};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use calamine::{Data, Reader};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::{self, File};
use std::time::{Duration, Instant};

const KINDS: &str = "select '198503122010011012' as nip, cast(1234.5 as double) as angka, cast(7 as bigint) as banyak,
    date '2025-12-31' as tanggal, true as benar, 'a;b,\"c\"' as teks, cast(null as varchar) as kosong";

/// A copy whose settings carry these limits.
fn limited(limits: &str) -> TestProject {
    let project = TestProject::copy_of(province());
    project.edit("talenta.toml", |text| format!("{text}\n[limits]\n{limits}\n"));
    project
}

#[test]
fn every_text_format_is_exact() {
    let project = TestProject::copy_of(province());
    let out = |args: &[&str]| project.talenta(&[&["sql", KINDS], args].concat()).code(0).out;
    insta::assert_snapshot!(out(&[]), @r#"
    nip                │  angka │ banyak │ tanggal    │ benar │ teks    │ kosong
    ───────────────────┼────────┼────────┼────────────┼───────┼─────────┼───────
    198503122010011012 │ 1234.5 │      7 │ 2025-12-31 │ true  │ a;b,"c" │
    "#);
    insta::assert_snapshot!(out(&["--format", "csv"]), @r#"
    nip,angka,banyak,tanggal,benar,teks,kosong
    198503122010011012,1234.5,7,2025-12-31,true,"a;b,""c""",
    "#);
    insta::assert_snapshot!(out(&["--format", "csv", "--delimiter", ";", "--locale", "id"]), @r#"
    nip;angka;banyak;tanggal;benar;teks;kosong
    198503122010011012;1234,5;7;2025-12-31;true;"a;b,""c""";
    "#);
    insta::assert_snapshot!(out(&["--format", "json"]), @r#"
    [
    {"nip":"198503122010011012","angka":1234.5,"banyak":7,"tanggal":"2025-12-31","benar":true,"teks":"a;b,\"c\"","kosong":null}
    ]
    "#);
    assert_eq!(out(&["--json"]), out(&["--format", "json"]));
    // The header comes even where no row does.
    assert_eq!(project.sql("select nip, jp from t01 where nip = 'x'"), ["nip,jp"]);
}

#[test]
fn a_statement_may_come_from_a_file_of_many_lines() {
    let project = TestProject::copy_of(province());
    let file =
        project.write("tanya.sql", "-- satu pertanyaan\nselect count(*) as n\nfrom instansi\n").display().to_string();
    assert_eq!(project.talenta(&["sql", "--file", &file, "--format", "csv"]).code(0).out, "n\n15\n");
    project.talenta(&["sql", "--file", "tidak-ada.sql"]).code(1).says("tidak-ada.sql");
    let wrong = project.talenta(&["sql", "select nip,\n  namaa\nfrom pegawai"]).code(1);
    wrong.says("line 2: unknown column `namaa`").says("did you mean `nama`?");
    project
        .talenta(&["sql", "select * from pegawaii"])
        .code(1)
        .says("unknown table `pegawaii`")
        .says("did you mean `pegawai`?");
    project.talenta(&["sql", "select parameter('tidak.ada')"]).code(1).says("tidak.ada");
}

#[test]
fn parquet_keeps_types_and_identifiers() {
    let project = TestProject::copy_of(province());
    let file = project.outside("hasil.parquet");
    let ran = project.talenta(&["sql", KINDS, "--format", "parquet", "--output", &file.display().to_string()]).code(0);
    assert_eq!(ran.out, "");
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&file).unwrap()).unwrap().build().unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(|it| it.num_rows()).sum::<usize>(), 1);
    let column = |name: &str| batches[0].column_by_name(name).unwrap().clone();
    let nip = arrow::compute::cast(&column("nip"), &DataType::Utf8).unwrap();
    assert_eq!(nip.as_string::<i32>().value(0), "198503122010011012");
    assert_eq!(column("banyak").as_primitive::<Int64Type>().value(0), 7);
    assert_eq!(column("tanggal").as_primitive::<Date32Type>().value(0), 20453);
    assert!(column("benar").as_boolean().value(0) && column("kosong").is_null(0));
}

#[test]
fn a_workbook_has_typed_cells_and_identifiers_as_text() {
    let project = TestProject::copy_of(province());
    let file = project.outside("hasil.xlsx");
    let query = KINDS.replace("as kosong", "as kosong, '=1+1' as rumus");
    project.talenta(&["sql", &query, "--format", "xlsx", "--output", &file.display().to_string()]).code(0);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&file).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let at = rows.iter().position(|row| row.contains(&Data::String("nip".into()))).unwrap();
    let cell = |name: &str| {
        let column = rows[at].iter().position(|it| *it == Data::String(name.into())).unwrap();
        rows[at + 1].get(column).cloned().unwrap_or_default()
    };
    assert_eq!(cell("nip"), Data::String("198503122010011012".into()));
    assert_eq!(cell("angka"), Data::Float(1234.5));
    assert_eq!(cell("banyak"), Data::Float(7.0));
    assert_eq!(cell("benar"), Data::Bool(true));
    assert_eq!(cell("rumus"), Data::String("=1+1".into()));
    assert_eq!(cell("kosong"), Data::Empty);
    let Data::DateTime(date) = cell("tanggal") else { panic!("no date: {:?}", cell("tanggal")) };
    assert_eq!(date.as_f64(), 46022.0);
    let formulas = book.worksheet_formula(&book.sheet_names()[0].clone()).unwrap();
    assert!(formulas.is_empty());
}

#[test]
fn result_rows_max_refuses_and_does_not_bind_a_file() {
    let project = limited("result_rows_max = 5");
    let query = "select kode from instansi order by 1";
    for format in ["table", "csv", "json"] {
        project.talenta(&["sql", query, "--format", format]).code(1).says("more than 5 rows").says("--output");
    }
    let file = project.outside("semua.csv");
    project.talenta(&["sql", query, "--format", "csv", "--output", &file.display().to_string()]).code(0);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 16);
    assert_eq!(project.sql("select kode from instansi order by 1 limit 5").len(), 6);
}

#[test]
fn a_failed_question_leaves_the_old_file() {
    let project = TestProject::copy_of(province());
    let file = project.outside("hasil.csv");
    fs::write(&file, "lama").unwrap();
    let output = file.display().to_string();
    project.talenta(&["sql", "select cast(nama as int) from pegawai", "--format", "csv", "--output", &output]).code(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "lama");
    assert_eq!(
        fs::read_dir(project.outside(".")).unwrap().filter(|it| it.as_ref().unwrap().path().is_file()).count(),
        1
    );
}

#[test]
fn only_reading_may_run() {
    let project = TestProject::copy_of(province());
    let before = project.sql("select count(*) as n from pegawai");
    let target = project.outside("curi.csv").display().to_string();
    for statement in [
        "insert into pegawai select * from pegawai",
        "drop table pegawai",
        "update pegawai set nama = 'x'",
        "delete from pegawai",
        "create table t as select 1",
        &format!("copy (select 1) to '{target}'"),
        &format!("create external table t stored as csv location '{target}'"),
        "set datafusion.execution.batch_size = 1",
        "select 1; select 2",
        "explain analyze select 1",
        "select * from information_schema.df_settings",
        "select * from '/etc/passwd'",
        "select range(1, 10)",
        "",
    ] {
        let ran = project.talenta(&["sql", statement]).code(1);
        assert_eq!(ran.out, "", "{statement}");
        assert!(ran.err.starts_with("error: "), "{statement}: {}", ran.err);
    }
    assert!(!project.outside("curi.csv").exists());
    assert_eq!(project.sql("select count(*) as n from pegawai"), before);
}

#[test]
fn an_error_quotes_no_cell() {
    let project = TestProject::copy_of(province());
    let names = project.sql("select nama from pegawai where nama is not null");
    for statement in [
        "select cast(nama as int) from pegawai",
        "select 1 from pegawai where cast(nama as int) > 3",
        "select arrow_cast(nama, 'Date32') from pegawai",
        "select to_date(nama) from pegawai",
        "select cast(nip as bigint) * cast(nip as bigint) * cast(nip as bigint) from pegawai",
    ] {
        let ran = project.talenta(&["sql", statement]);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == 1 || statement.contains("bigint"), "{statement}: {said}");
        if let Some(name) = names[1..].iter().find(|name| name.len() > 3 && said.contains(name.trim_matches('"'))) {
            panic!("`{statement}` quotes the name {name}");
        }
    }
    project.talenta(&["sql", "select cast(nama as int) from pegawai"]).code(1).says("TRY_CAST");
}

#[track_caller]
fn stopped(project: &TestProject, statement: &str, most: Duration) -> Ran {
    let began = Instant::now();
    let ran = project.talenta(&["sql", statement]).code(1);
    assert!(began.elapsed() < most, "took {:?}: {}", began.elapsed(), ran.err);
    assert_eq!(ran.out, "");
    assert_eq!(ran.err.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", ran.err);
    ran
}

#[test]
fn bombs_are_stopped_and_the_front_process_says_what_to_do() {
    let project = limited("query_seconds_max = 2\nquery_memory_bytes_max = 50000000");
    let patience = Duration::from_secs(20);
    let cross = "select sum(length(concat(a.nama, b.nama, c.nama))) from perbaikan x, pegawai a, pegawai b, pegawai c";
    stopped(&project, cross, patience).says("hint: ");
    let endless = "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r";
    stopped(&project, endless, patience);
    let sum = format!("select {}", vec!["1"; 3000].join(" + "));
    stopped(&project, &sum, patience);
    let nested = format!("select {}1{}", "(".repeat(4000), ")".repeat(4000));
    stopped(&project, &nested, patience);
    stopped(&project, "select array_repeat(1, 2000000000)", patience);
    stopped(&project, "select repeat('a', 2000000000)", patience);
    // What is kept in memory of a large sort meets the pool.
    let sorted = "select row_number() over (order by concat(a.nama, b.nama, a.nip, b.nip)) as n from pegawai a, pegawai b order by 1";
    stopped(&project, &format!("select max(n) from ({sorted})"), patience);
    assert_eq!(project.sql("select 1 as hidup"), ["hidup", "1"]);
}

#[test]
fn questions_are_noted_without_their_text() {
    let project = TestProject::copy_of(province());
    project.sql("select 'RAHASIA' as kata");
    let ledger = fs::read(project.path("state.sqlite")).unwrap();
    let journal = fs::read(project.path("state.sqlite-wal")).unwrap_or_default();
    for bytes in [ledger, journal] {
        assert!(!bytes.windows(7).any(|it| it == b"RAHASIA"));
    }
}

#[test]
fn a_worker_does_not_outlive_the_process_that_asked() {
    let project = limited("query_seconds_max = 600");
    let endless = "select count(*) from perbaikan x, pegawai a, pegawai b, pegawai c, pegawai d where a.nip < b.nip";
    let mut front = project.start(&["sql", endless]);
    let worker = until("the worker begins", || child_of(front.id()));
    front.kill().unwrap();
    front.wait().unwrap();
    // What is left of an ended process until somebody asks for its exit code is no process any more.
    until("the worker is gone", || matches!(stat(worker).first().map(String::as_str), None | Some("Z")).then_some(()));
}

/// A process that `parent` started, if there is one.
fn child_of(parent: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut numbers = processes.filter_map(|it| it.file_name().to_string_lossy().parse::<u32>().ok());
    let mine = |pid: &u32| stat(*pid).get(1) == Some(&parent.to_string());
    numbers.find(mine)
}

/// Fields of `/proc/<pid>/stat` after the name: state, parent, and so on; none where there is no such process.
fn stat(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").map(|(_, fields)| fields.split(' ').map(str::to_string).collect()).unwrap_or_default()
}

/// Looks again and again, for a minute at most.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("a minute passed before {what}");
}
