//! What comes through the barrier and what does not: rows, masked values, plans, counts, errors.

use crate::analysis::policy::under;
use crate::analysis::user::{Ground, UserSession};
use crate::analysis::{Error, Providers};
use crate::model::limits::Limits;
use crate::model::policy::{Policy, Role, Rows, Scope};
use crate::model::table::{Class, Column, DATA, Kind, Table, Visibility, column};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use std::collections::BTreeSet;
use std::path::Path;

fn table(name: &str, visibility: Visibility, columns: &str) -> Table {
    let column = |word: &str| match word {
        "nama" => column(word, Kind::Text, true, Class::P, ""),
        "jp" | "n" => column(word, Kind::Int, true, Class::Open, ""),
        "rahasia" => Column { visibility: Some(Visibility::H1), ..column(word, Kind::Text, true, Class::Open, "") },
        _ => column(word, Kind::Text, true, Class::Open, ""),
    };
    let columns = columns.split(' ').map(column).collect();
    Table { name: name.into(), key: vec![], columns, partition_by: vec![], visibility, theme: DATA.into() }
}

const PEGAWAI: &str = "\
instansi_kode,periode,cakupan,nip,nama,unor_id,jp,rahasia
6701,2025-11,,1,ASLI,U1,5,x
6701,2025-12,,1,ASLI,U2,5,x
6701,2025-12,,2,BETA,U3,8,x
6701,2025-12,,3,7,U9,8,x
6702,2025-12,,4,KANARI,U2,0,x
,2025-12,,5,PARKIT,U2,0,x
";
const UNOR: &str = "\
instansi_kode,periode,cakupan,unor_id,atasan_id
6701,2025-12,,U1,
6701,2025-12,,U2,U1
6701,2025-12,,U3,U2
6701,2025-12,,U4,U4
6702,2025-12,,U2,U1
";
const BAGIAN: &str = "instansi_kode,n\n6701,10\n6702,20\nSEMUA,30\n,40\n";

fn tables() -> Vec<(Table, &'static str)> {
    vec![
        (table("pegawai", Visibility::H4, "instansi_kode periode cakupan nip nama unor_id jp rahasia"), PEGAWAI),
        (table("unor", Visibility::H2, "instansi_kode periode cakupan unor_id atasan_id"), UNOR),
        (table("bagian", Visibility::H2, "instansi_kode n"), BAGIAN),
        (table("kerabat", Visibility::H1, "nip nip_kerabat"), "nip,nip_kerabat\n1,4\n"),
        (table("provinsi", Visibility::H2, "n"), "n\n60\n"),
    ]
}

fn policy(levels: &[Visibility], classes: &[Class], rows: Rows) -> Policy {
    let role = Role {
        name: "r".into(),
        about: String::new(),
        scope: Scope::Semua,
        levels: levels.iter().copied().collect(),
        classes: classes.iter().copied().collect(),
        themes: BTreeSet::new(),
        also: BTreeSet::new(),
        mask: BTreeSet::new(),
    };
    Policy { principal: "p".into(), role, rows }
}

fn own(kode: &str) -> BTreeSet<String> {
    [kode.to_string()].into()
}

async fn session(policy: &Policy) -> UserSession {
    let mut providers = Providers::new();
    for (table, csv) in tables() {
        let provider = crate::analysis::folder::inline(&table, csv, Path::new("tabel")).unwrap();
        providers.insert(table.name.clone(), provider);
    }
    // A table that nobody described stays closed.
    providers.insert("lain".into(), providers["pegawai"].clone());
    let described: Vec<Table> = tables().into_iter().map(|(table, _)| table).collect();
    let seen = under(policy, &providers, &described, "2025-12".parse().unwrap()).await.unwrap();
    let ground = Ground::new(&[], &[], "2025-12".parse().unwrap(), &Limits::default(), 2).unwrap();
    ground.session(&seen).unwrap()
}

async fn run(session: &UserSession, sql: &str) -> Result<String, Error> {
    let (_, rows) = session.query(sql).await?;
    let batches: Vec<RecordBatch> = rows.try_collect().await?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

/// One text column as a list.
async fn column_of(session: &UserSession, sql: &str) -> String {
    let text = run(session, sql).await.unwrap();
    let cells = text.lines().skip(3).filter(|line| line.starts_with('|'));
    cells.map(|line| line.trim_matches(['|', ' ']).to_string()).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn rows_and_columns_are_those_of_the_policy() {
    use Visibility::{H2, H4};
    let head = session(&policy(&[H2], &[], Rows::Instansi(own("6701")))).await;
    assert_eq!(column_of(&head, "show tables").await, "bagian,provinsi,unor");
    assert_eq!(column_of(&head, "select instansi_kode from bagian order by 1").await, "6701,SEMUA");
    assert_eq!(column_of(&head, "select n from provinsi").await, "60");
    let agency = session(&policy(&[H2, H4], &[], Rows::Instansi(own("6701")))).await;
    assert_eq!(column_of(&agency, "select nip from pegawai where periode = '2025-12' order by 1").await, "1,2,3");
    assert_eq!(column_of(&agency, "select count(nama) + count(rahasia) from pegawai").await, "0");
    assert_eq!(column_of(&agency, "select count(*) from pegawai").await, "4");
    let named = session(&policy(&[H2, H4], &[Class::P], Rows::Instansi(own("6701")))).await;
    assert_eq!(column_of(&named, "select distinct nama from pegawai order by 1").await, "7,ASLI,BETA");
    let nobody = session(&policy(&[H2, H4], &[Class::P], Rows::Instansi(own("6799")))).await;
    assert_eq!(column_of(&nobody, "select count(*) from pegawai").await, "0");
    let all = session(&policy(&[Visibility::H1, H2, H4], &[Class::P], Rows::All)).await;
    assert_eq!(column_of(&all, "select nip_kerabat from kerabat").await, "4");
    assert_eq!(column_of(&all, "select count(*) from pegawai").await, "6");
    assert_eq!(column_of(&all, "show tables").await, "bagian,kerabat,pegawai,provinsi,unor");
}

#[tokio::test]
async fn a_unit_sees_its_own_persons_by_the_latest_delivery() {
    let unit = |unit: &str| {
        policy(&[Visibility::H2, Visibility::H4], &[Class::P], Rows::Unit { instansi: own("6701"), unit: own(unit) })
    };
    let persons = "select distinct nip from pegawai order by 1";
    assert_eq!(column_of(&session(&unit("U2")).await, persons).await, "1,2");
    assert_eq!(column_of(&session(&unit("U3")).await, persons).await, "2");
    // In the month before, person 1 sat in U1; U1 is above U2, so both months are its own.
    assert_eq!(column_of(&session(&unit("U1")).await, persons).await, "1,2");
    // A unit above itself ends; a unit that is not there has nobody.
    assert_eq!(column_of(&session(&unit("U4")).await, persons).await, "");
    assert_eq!(column_of(&session(&unit("U7")).await, persons).await, "");
    assert_eq!(column_of(&session(&unit("U3")).await, "select sum(n) from bagian").await, "40");
}

#[tokio::test]
async fn a_forbidden_table_is_one_that_is_not_there() {
    let head = session(&policy(&[Visibility::H2], &[], Rows::Instansi(own("6701")))).await;
    let said = |name: &'static str| {
        let head = &head;
        async move {
            let mut texts = Vec::new();
            for sql in [
                format!("select * from {name}"),
                format!("describe {name}"),
                format!("select 1 from datafusion.public.{name}"),
                format!("select (select count(*) from {name})"),
                format!("show columns from {name}"),
                format!("explain select * from {name}"),
            ] {
                texts.push(run(head, &sql).await.unwrap_err().to_string().replace(name, "TABEL"));
            }
            texts.join("\n")
        }
    };
    let missing = said("kutilang").await;
    assert_eq!(said("pegawai").await, missing);
    assert_eq!(said("kerabat").await, missing);
    assert_eq!(said("lain").await, missing);
    let columns = "select distinct table_name from information_schema.columns where table_schema = 'public' order by 1";
    assert_eq!(column_of(&head, columns).await, "bagian,provinsi,unor");
}

#[tokio::test]
async fn plans_and_counts_show_nothing_of_the_inside() {
    let agency = session(&policy(&[Visibility::H2, Visibility::H4], &[], Rows::Instansi(own("6701")))).await;
    let other = session(&policy(&[Visibility::H2, Visibility::H4], &[], Rows::Instansi(own("6702")))).await;
    for sql in [
        "explain select * from pegawai",
        "explain select nip from pegawai where nama like 'K%' order by nip limit 3",
        "explain select count(*) from pegawai a join pegawai b on a.nip = b.nip",
        "explain format tree select max(jp) from pegawai",
    ] {
        let plan = run(&agency, sql).await.unwrap();
        assert!(plan.contains("TableExec"), "{plan}");
        for word in ["6701", "6702", "SEMUA", "rows=", "DataSource", "parquet", "FilterExec: instansi", "statistics"] {
            assert!(!plan.contains(word), "{sql}: `{word}` in {plan}");
        }
        assert_eq!(plan, run(&other, sql).await.unwrap(), "a plan tells two readers apart");
    }
    for sql in
        ["explain analyze select * from pegawai", "explain verbose select * from pegawai", "show create table pegawai"]
    {
        assert!(run(&agency, sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn predicates_never_meet_a_hidden_row() {
    let named = session(&policy(&[Visibility::H2, Visibility::H4], &[Class::P], Rows::Instansi(own("6701")))).await;
    // Every one of these fails, or answers otherwise, as soon as a row of another government is looked at.
    for (sql, expected) in [
        (
            "select count(*) from pegawai where cast(case when nama in ('ASLI', 'BETA') then '0' else nama end as int) >= 0",
            "4",
        ),
        ("select count(*) from pegawai where 1 / jp >= 0", "4"),
        ("select count(*) from pegawai where case when nama like 'KAN%' then 1 / (jp - jp) else 1 end > 0", "4"),
        ("select count(*) from pegawai where regexp_like('x', case when nama like 'KAN%' then '(' else 'x' end)", "4"),
        ("select count(*) from pegawai a join pegawai b on 10 / a.jp = 10 / b.jp", "8"),
        ("select sum(10 / jp) from pegawai", "6"),
        ("select count(*) from pegawai where nama = 'KANARI' or nip = '5'", "0"),
        ("select max(nama) from pegawai", "BETA"),
    ] {
        assert_eq!(column_of(&named, sql).await, expected, "{sql}");
    }
    // Where the person's own rows fail, the error is the person's own and quotes none.
    let error = run(&named, "select cast(nama as int) from pegawai").await.unwrap_err().to_string();
    assert!(error.starts_with("the query failed: a value of a row cannot be converted"), "{error}");
    let masked = session(&policy(&[Visibility::H4], &[], Rows::Instansi(own("6701")))).await;
    for sql in [
        "select count(*) from pegawai where nama like 'A%'",
        "select count(*) from pegawai where nama is not null",
        "select count(cast(nama as int)) from pegawai",
        "select count(*) from pegawai a join (values ('ASLI')) v(n) on a.nama = v.n",
    ] {
        assert_eq!(column_of(&masked, sql).await, "0", "{sql}");
    }
}
