//! Lineage of joins, windows, unions, subqueries, DISTINCT ON and recursion, drawn as text.

use crate::analysis::lineage::{Origin, Sources, of};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `column <- direct | carried` per column, and what decides the rows.
async fn drawn(sql: &str) -> String {
    let context = SessionContext::new();
    let table = |columns: &[&str]| {
        let fields = columns.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect::<Vec<_>>();
        Arc::new(EmptyTable::new(Arc::new(Schema::new(fields))))
    };
    context.register_table("pegawai", table(&["nip", "nama", "unor", "jp"])).unwrap();
    context.register_table("unor", table(&["kode", "label", "induk"])).unwrap();
    let lineage = of(&context.state().create_logical_plan(sql).await.unwrap());
    let listed = |set: &BTreeSet<Origin>| {
        set.iter().map(|(t, c)| format!("{t}.{c}")).collect::<Vec<_>>().join(" ")
            + if set.is_empty() { "-" } else { "" }
    };
    let line = |(name, it): &(String, Sources)| format!("{name} <- {} | {}\n", listed(&it.direct), listed(&it.carried));
    lineage.columns.iter().map(line).collect::<String>() + "by " + &listed(&lineage.indirect)
}

#[tokio::test]
async fn joins_case_and_windows() {
    let sql = "WITH a AS (SELECT unor, count(*) AS n, max(nama) AS siapa FROM pegawai GROUP BY unor)
        SELECT upper(a.siapa) AS siapa, rank() OVER (PARTITION BY u.induk ORDER BY a.n) AS r,
          CASE WHEN a.siapa = 'x' THEN u.label ELSE 'kecil' END AS k
        FROM a JOIN unor u ON u.kode = a.unor";
    insta::assert_snapshot!(drawn(sql).await, @r"
    siapa <- pegawai.nama | pegawai.nama
    r <- unor.induk | -
    k <- pegawai.nama unor.label | unor.label
    by pegawai.unor unor.kode
    ");
}

#[tokio::test]
async fn unions_subqueries_distinct_and_recursion() {
    let sql = "SELECT DISTINCT ON (unor) unor, nama FROM pegawai ORDER BY unor, jp";
    insta::assert_snapshot!(drawn(sql).await, @r"
    unor <- pegawai.unor | pegawai.unor
    nama <- pegawai.nama | pegawai.nama
    by pegawai.jp pegawai.unor
    ");
    let sql = "SELECT nama, (SELECT max(label) FROM unor u WHERE u.kode = p.unor) AS m FROM pegawai p
        WHERE EXISTS (SELECT 1 FROM unor u WHERE u.induk = p.jp)
        UNION ALL SELECT nip, 'x' FROM pegawai WHERE unor IN (SELECT kode FROM unor)";
    insta::assert_snapshot!(drawn(sql).await, @r"
    nama <- pegawai.nama pegawai.nip | pegawai.nama pegawai.nip
    m <- unor.label | unor.label
    by pegawai.jp pegawai.unor unor.induk unor.kode
    ");
    let sql = "WITH RECURSIVE r AS (SELECT kode, label FROM unor WHERE induk IS NULL
        UNION ALL SELECT u.kode, concat(r.label, '/', u.label) FROM unor u JOIN r ON u.induk = r.kode)
        SELECT kode, label FROM r";
    insta::assert_snapshot!(drawn(sql).await, @r"
    kode <- unor.kode | unor.kode
    label <- unor.label | unor.label
    by unor.induk unor.kode
    ");
}
