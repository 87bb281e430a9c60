//! What a person's session refuses, and what its errors do not say.

use crate::analysis::user::{Ground, UserSession};
use crate::analysis::{Error, Providers};
use crate::model::limits::Limits;
use crate::model::query::{QueryFile, QueryKind, RuleFile};
use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use futures::TryStreamExt;
use std::sync::Arc;

async fn session() -> UserSession {
    let batch = RecordBatch::try_from_iter([
        ("nip", Arc::new(StringArray::from(vec!["198503122010011012", "199011052023212003"])) as _),
        ("nama", Arc::new(StringArray::from(vec!["KANARI", "PARKIT"])) as _),
        ("jp", Arc::new(Int64Array::from(vec![0, 24])) as _),
    ])
    .unwrap();
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    let providers = Providers::from([("pelatihan".to_string(), Arc::new(table) as Arc<dyn TableProvider>)]);
    let csv = "name,value,valid_from,valid_to,source,status,about\njp.minimal,20,2019-01-01,,x,confirmed,x\n";
    let rules = [RuleFile { name: "parameter".into(), path: "queries/rules/parameter.csv".into(), csv: csv.into() }];
    let ground = Ground::new(&rules, &[], "2025-12".parse().unwrap(), &Limits::default(), 1).unwrap();
    ground.session(&providers).unwrap()
}

async fn run(session: &UserSession, sql: &str) -> Result<String, Error> {
    let (_, rows) = session.query(sql).await?;
    let batches: Vec<RecordBatch> = rows.try_collect().await?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

#[tokio::test]
async fn reads_tables_rules_and_the_catalogue() {
    let session = session().await;
    let cut = run(
        &session,
        "select nip, jp >= parameter('jp.minimal') as cukup, tanggal_acuan() as d from pelatihan order by 1",
    )
    .await;
    assert!(cut.unwrap().contains("| 198503122010011012 | false | 2025-12-31 |"));
    assert!(run(&session, "show tables").await.unwrap().contains("| pelatihan "));
    assert!(run(&session, "describe pelatihan").await.unwrap().contains("| nama "));
    assert!(run(&session, "explain select count(*) from pelatihan").await.unwrap().contains("plan"));
    assert!(run(&session, "values (1), (2)").await.unwrap().contains("| 2 "));
    let tree = "with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select max(n) as n from r";
    assert!(run(&session, tree).await.unwrap().contains("| 5 |"));
    let prepared = session.prepare("select count(*) from pelatihan where jp > 3").await.unwrap();
    assert_eq!(format!("{:?}", prepared.reads), r#"{"pelatihan": {"jp"}}"#);
}

#[tokio::test]
async fn refuses_everything_that_is_not_reading() {
    let session = session().await;
    for sql in [
        "create table x as select 1",
        "create view v as select * from pelatihan",
        "create external table p (l varchar) stored as csv location '/etc/passwd'",
        "create function f(int) returns int return $1 + 1",
        "create schema s",
        "drop table pelatihan",
        "insert into pelatihan values ('1', 'a', 1)",
        "update pelatihan set jp = 1",
        "delete from pelatihan",
        "truncate table pelatihan",
        "select * into leak from pelatihan",
        "with t as (insert into pelatihan values ('1', 'a', 1) returning *) select * from t",
        "copy (select 1) to 'x.csv'",
        "explain analyze copy (select 1) to 'x.csv'",
        "explain insert into pelatihan values ('1', 'a', 1)",
        "explain analyze select 1",
        "explain verbose select 1",
        "set datafusion.execution.batch_size = 1",
        "reset datafusion.execution.batch_size",
        "show all",
        "show datafusion.runtime.memory_limit",
        "begin",
        "prepare p as select 1",
        "select 1; drop table pelatihan",
        "select 1; select 2",
        "",
        "select * from '/etc/passwd'",
        "select * from 'file:///etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from information_schema.df_settings",
        "select * from information_schema.views",
        "select * from (select * from information_schema.routines) x",
        "select input_file_name() from pelatihan",
        "select * from generate_series(1, 10)",
        "select repeat('x', 2000000000)",
        "select array_length(array_repeat(1, 2000000000))",
        "show create table pelatihan",
    ] {
        assert!(run(&session, sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn refuses_statements_too_large_to_plan() {
    let session = session().await;
    let mut doubling = "with t0 as (select jp from pelatihan)".to_string();
    for i in 1..30 {
        doubling += &format!(", t{i} as (select a.jp from t{0} a join t{0} b on a.jp = b.jp)", i - 1);
    }
    let unions = vec!["select 1"; 3_000].join(" union all ");
    let plus = format!("select {}", vec!["1"; 2_000].join("+"));
    let or = format!("select * from pelatihan where {}", vec!["jp = 1"; 2_000].join(" or "));
    let joins = format!("select count(*) from {}", vec!["pelatihan"; 300].join(" cross join "));
    let deep = format!("select {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    for sql in [doubling + " select count(*) from t29", unions, plus, or, joins, deep] {
        let error = run(&session, &sql).await.unwrap_err().to_string();
        assert!(error.contains("too large") || error.contains("too deeply"), "{error}");
    }
    let list = (0..5_000).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    assert!(run(&session, &format!("select * from pelatihan where jp in ({list})")).await.is_ok());
}

#[tokio::test]
async fn errors_name_what_was_meant_and_never_quote_a_row() {
    let session = session().await;
    let error = |sql: &'static str| {
        let session = &session;
        async move { run(session, sql).await.unwrap_err().to_string() }
    };
    insta::assert_snapshot!(error("select nama\nfrom pelatihn").await, @"line 2: unknown table `pelatihn`; did you mean `pelatihan`?");
    insta::assert_snapshot!(error("select nam from pelatihan").await, @"line 1: unknown column `nam`; did you mean `nama`?");
    insta::assert_snapshot!(error("select count(*) from pelatihan\nwhere jp > parameter('jp.minimum')").await, @"line 2: unknown parameter `jp.minimum`; did you mean `jp.minimal`?");
    insta::assert_snapshot!(error("select cont(jp) from pelatihan").await, @"line 1: unknown function `cont`; did you mean `cot`?");
    insta::assert_snapshot!(error("selec 1").await, @"line 1: no SQL: expected: an SQL statement, found: selec");
    insta::assert_snapshot!(error("drop table pelatihan").await, @"DROP may not run here; one SELECT, WITH, VALUES, EXPLAIN, SHOW TABLES or DESCRIBE may run");
    for sql in [
        "select cast(nama as int) from pelatihan",
        "select cast(case when nama = 'KANARI' then '0' else nama end as int) from pelatihan",
        "select regexp_like('x', '(' || nama) from pelatihan",
        "select to_timestamp(nama) from pelatihan",
        "select arrow_cast(nama, 'Int8') from pelatihan",
        "select decode(nama, 'hex') from pelatihan",
        "select 1 / jp from pelatihan",
        "select tambah_bulan(tanggal_acuan(), jp + 0.5) from pelatihan",
    ] {
        let text = run(&session, sql).await.unwrap_err().to_string();
        assert!(text.starts_with("the query failed: "), "{sql}: {text}");
        assert!(!text.contains("KANARI") && !text.contains("PARKIT") && !text.contains("1985"), "{sql}: {text}");
    }
}

/// A session over one table with two views, the second over the first, and a third over a table that is not there.
fn viewed() -> UserSession {
    let batch = RecordBatch::try_from_iter([("jp", Arc::new(Int64Array::from(vec![0, 24, 30])) as _)]).unwrap();
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    let providers = Providers::from([("pelatihan".to_string(), Arc::new(table) as Arc<dyn TableProvider>)]);
    let view = |name: &str, sql: &str| QueryFile {
        name: name.into(),
        path: format!("queries/views/{name}.sql"),
        kind: QueryKind::View,
        sql: sql.into(),
    };
    let views = [
        view("ada_jp", "select jp from pelatihan where jp > 0"),
        view("banyak_jp", "select jp * 2 as ganda from ada_jp where jp > 24"),
        view("tertutup", "select nip from keluarga"),
    ];
    let ground = Ground::new(&[], &views, "2025-12".parse().unwrap(), &Limits::default(), 1).unwrap();
    ground.session(&providers).unwrap()
}

#[tokio::test]
async fn views_are_there_however_they_are_first_named() {
    for (sql, holds) in [
        ("select ganda from banyak_jp", "| 60    |"),
        ("with x as (select jp from public.ada_jp) select count(*) as n from x", "| 2 |"),
        ("select 1 as a where exists (select 1 from banyak_jp)", "| 1 |"),
        ("explain select * from banyak_jp", "plan"),
        ("describe banyak_jp", "| ganda "),
        ("show columns from banyak_jp", "| banyak_jp "),
        ("show tables", "| banyak_jp "),
        ("select column_name from information_schema.columns where table_name = 'banyak_jp'", "| ganda "),
    ] {
        let session = viewed();
        for _ in 0..2 {
            let text = run(&session, sql).await.unwrap();
            assert!(text.contains(holds), "{sql}: {text}");
        }
    }
    let session = viewed();
    assert!(!session.lacks_a_table("select * from banyak_jp").unwrap());
    assert!(session.lacks_a_table("select * from tertutup").unwrap());
    assert!(run(&session, "select * from tertutup").await.unwrap_err().to_string().contains("unknown table"));
    assert!(!run(&session, "show tables").await.unwrap().contains("tertutup"));
}

#[tokio::test]
async fn sessions_of_one_ground_share_no_table() {
    let table = |name: &str| {
        let batch = RecordBatch::try_from_iter([(name, Arc::new(Int64Array::from(vec![1])) as _)]).unwrap();
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
        Providers::from([(name.to_string(), Arc::new(table) as Arc<dyn TableProvider>)])
    };
    let ground = Ground::new(&[], &[], "2025-12".parse().unwrap(), &Limits::default(), 1).unwrap();
    let (one, other) = (ground.session(&table("satu")).unwrap(), ground.session(&table("dua")).unwrap());
    for (session, own, foreign) in [(&one, "satu", "dua"), (&other, "dua", "satu")] {
        assert!(run(session, &format!("select * from {own}")).await.is_ok());
        assert!(run(session, &format!("select * from {foreign}")).await.is_err());
        assert!(!run(session, "show tables").await.unwrap().contains(foreign));
        assert!(!run(session, "select * from information_schema.columns").await.unwrap().contains(foreign));
    }
}
