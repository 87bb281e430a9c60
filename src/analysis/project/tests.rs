//! Planted faults and what they are told as; order, lineage, keys and classes of a sound project.

use crate::analysis::project::{Project, plan};
use crate::model::query::{QueryFile, QueryKind, RuleFile};
use crate::model::table::{Class, DATA, Kind, Table, Visibility, column};

fn tables() -> Vec<Table> {
    use Class::{Open, P, PS};
    let table = |name: &str, columns| Table {
        name: name.into(),
        key: vec!["nip".into()],
        columns,
        partition_by: vec![],
        visibility: Visibility::H4,
        theme: DATA.into(),
    };
    vec![
        table(
            "pegawai",
            vec![
                column("nip", Kind::Text, false, Open, ""),
                column("nama", Kind::Text, false, P, ""),
                column("instansi_kode", Kind::Text, false, Open, ""),
                column("tmt_jabatan", Kind::Date, true, Open, ""),
            ],
        ),
        table(
            "pelatihan",
            vec![
                column("nip", Kind::Text, false, Open, ""),
                column("jp", Kind::Int, true, Open, ""),
                column("tgl_selesai", Kind::Date, true, Open, ""),
            ],
        ),
        table(
            "hukuman_disiplin",
            vec![column("nip", Kind::Text, false, PS, ""), column("tingkat", Kind::Text, false, PS, "")],
        ),
    ]
}

fn rules() -> Vec<RuleFile> {
    let file = |name: &str, csv: &str| RuleFile {
        name: name.into(),
        path: format!("queries/rules/{name}.csv"),
        csv: csv.into(),
    };
    vec![
        file(
            "parameter",
            "name,value,valid_from,valid_to,source,status,about\n\
             jp.minimal,20,2019-01-01,,PP 11/2017,unconfirmed,x\n\
             jp.jenis,PNS,2019-01-01,,PP 11/2017,confirmed,x\n",
        ),
        file("bobot", "tingkat,nilai,source,status\nR,3,x,unconfirmed\n"),
    ]
}

fn query(kind: QueryKind, name: &str, sql: &str) -> QueryFile {
    let folder = match kind {
        QueryKind::Staging => "staging",
        QueryKind::Mart => "marts/uji",
        QueryKind::View => "views",
        QueryKind::Check => "checks",
    };
    QueryFile { name: name.into(), path: format!("queries/{folder}/{name}.sql"), kind, sql: sql.into() }
}

async fn faults(files: &[QueryFile]) -> String {
    let problems = plan(files, &rules(), &tables()).await.unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A mart that says who may see it, as its first line.
fn mart(name: &str, sql: &str) -> QueryFile {
    query(QueryKind::Mart, name, &format!("-- Visibilitas: H4\n{sql}"))
}

async fn sound() -> Project {
    let files = [
        mart(
            "t01_instansi",
            "-- Bagian yang cukup\n-- bagian: bagian pegawai dengan jam cukup\n\
             SELECT instansi_kode, count(*) AS n, avg(CASE WHEN cukup THEN 1.0 ELSE 0.0 END) AS bagian\n\
             FROM t01 GROUP BY instansi_kode ORDER BY instansi_kode",
        ),
        mart(
            "t01",
            "SELECT j.instansi_kode, j.nip, j.nama, j.jp >= parameter('jp.minimal') AS cukup\n\
             FROM jam j ORDER BY j.instansi_kode, j.nip",
        ),
        query(
            QueryKind::Staging,
            "jam",
            "SELECT p.instansi_kode, p.nip, upper(p.nama) AS nama, sum(l.jp) AS jp\n\
             FROM pegawai p LEFT JOIN pelatihan l ON l.nip = p.nip AND l.tgl_selesai <= tanggal_acuan()\n\
             GROUP BY p.instansi_kode, p.nip, p.nama",
        ),
        mart(
            "disiplin",
            "SELECT h.nip, b.nilai, count(*) AS n FROM hukuman_disiplin h JOIN bobot b ON b.tingkat = h.tingkat\n\
             GROUP BY h.nip, b.nilai ORDER BY 1",
        ),
        query(QueryKind::Check, "kunci", "-- tingkat: GAGAL\nSELECT nip FROM t01 GROUP BY nip HAVING count(*) > 1"),
    ];
    plan(&files, &rules(), &tables()).await.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[tokio::test]
async fn order_follows_from_the_sql() {
    let project = sound().await;
    let names: Vec<&str> = project.queries().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["jam", "disiplin", "t01", "t01_instansi", "kunci"]);
    let upstream = project.upstream("t01_instansi");
    assert_eq!(upstream.into_iter().collect::<Vec<_>>(), ["jam", "pegawai", "pelatihan", "t01", "t01_instansi"]);
}

#[tokio::test]
async fn a_mart_has_key_kinds_month_classes_and_words() {
    let project = sound().await;
    let table = |name: &str| project.query(name).and_then(|it| it.table.clone()).unwrap();
    let t01 = table("t01");
    assert_eq!(t01.key, ["instansi_kode", "nip"]);
    let shape: Vec<_> = t01.columns.iter().map(|c| (c.name.as_str(), c.kind, c.nullable, c.class)).collect();
    assert_eq!(
        shape,
        [
            ("instansi_kode", Kind::Text, true, Class::Open),
            ("nip", Kind::Text, true, Class::Open),
            ("nama", Kind::Text, true, Class::P),
            ("cukup", Kind::Bool, true, Class::Open),
            ("periode", Kind::Text, false, Class::Open),
        ]
    );
    let instansi = table("t01_instansi");
    assert_eq!(instansi.columns[2].about, "bagian pegawai dengan jam cukup");
    assert_eq!(instansi.columns[2].kind, Kind::Real);
    let disiplin: Vec<_> = table("disiplin").columns.iter().map(|c| c.class).collect();
    assert_eq!(disiplin, [Class::PS, Class::Open, Class::Open, Class::Open]);
}

#[tokio::test]
async fn lineage_leads_back_to_the_columns_of_the_lake() {
    let project = sound().await;
    let origins = |table: &str, column: &str| {
        let traced = project.trace(table, column).into_iter();
        traced.map(|(table, column)| format!("{table}.{column}")).collect::<Vec<_>>()
    };
    assert_eq!(origins("t01_instansi", "bagian"), ["pelatihan.jp"]);
    assert_eq!(origins("t01", "nama"), ["pegawai.nama"]);
    assert_eq!(origins("t01_instansi", "n"), Vec::<String>::new());
    let indirect: Vec<_> =
        project.query("jam").unwrap().lineage.indirect.iter().map(|(t, c)| format!("{t}.{c}")).collect();
    assert!(indirect.contains(&"pelatihan.tgl_selesai".to_string()), "{indirect:?}");
}

#[tokio::test]
async fn unconfirmed_rules_are_known_per_mart() {
    let project = sound().await;
    let names = |mart: &str| {
        let rows = project.unconfirmed(mart, "2025-12".parse().unwrap());
        rows.into_iter().map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(names("t01_instansi"), ["jp.minimal"]);
    assert_eq!(names("disiplin"), ["bobot"]);
    let early = project.problems_at("2018-12".parse().unwrap());
    insta::assert_snapshot!(early[0], @r"
    queries/marts/uji/t01.sql:2: parameter `jp.minimal` has no row valid on 2018-12-31
        hint: add a row to `parameter.csv` that covers the date
    ");
}

#[tokio::test]
async fn a_join_without_a_key_needs_a_small_side() {
    let with = |sql: &str| [mart("semua", &format!("{sql} ORDER BY nip"))];
    let told = faults(&with("SELECT p.nip FROM pegawai p CROSS JOIN pelatihan l")).await;
    assert!(told.contains("semua.sql:2: every row of `pegawai` is paired with every row of `pelatihan`"), "{told}");
    let told = faults(&with("SELECT p.nip FROM pegawai p JOIN pelatihan l ON l.nip > p.nip")).await;
    assert!(told.contains("join on a key, or with a rule table, VALUES or one row"), "{told}");
    for sound in [
        "SELECT p.nip FROM pegawai p JOIN pelatihan l ON l.nip = p.nip AND l.tgl_selesai > p.nama",
        "SELECT p.nip FROM pegawai p CROSS JOIN bobot b",
        "SELECT p.nip FROM pegawai p CROSS JOIN (SELECT max(jp) AS jp FROM pelatihan) AS l WHERE l.jp > 0",
        "SELECT p.nip FROM pegawai p CROSS JOIN (VALUES ('A'), ('B')) AS k (kode)",
    ] {
        let planned = plan(&with(sound), &rules(), &tables()).await;
        let told = planned.err().map(|problems| format!("{problems:?}")).unwrap_or_default();
        assert!(!told.contains("every row"), "{sound}: {told}");
    }
}

#[tokio::test]
async fn a_view_reads_marts_and_nobody_built_reads_a_view() {
    let view = |name: &str, sql: &str| query(QueryKind::View, name, &format!("-- Visibilitas: H4\n{sql}"));
    let told = faults(&[
        mart("satu", "SELECT nip FROM pegawai ORDER BY nip"),
        view("tren", "SELECT nip, periode FROM satu ORDER BY nip, periode"),
        view("mentah", "SELECT nip FROM pegawai ORDER BY nip"),
        mart("dua", "SELECT nip FROM tren ORDER BY nip"),
    ])
    .await;
    assert!(told.contains("queries/views/mentah.sql:2: a view reads `pegawai`, which is no mart"), "{told}");
    assert!(!told.contains("queries/views/tren.sql"), "{told}");
}

#[tokio::test]
async fn all_faults_of_all_files_are_told_at_once() {
    let files = [
        mart("a_tabel", "SELECT nip\nFROM pegawi\nJOIN pelatihn USING (nip)\nORDER BY nip"),
        mart("b_kolom", "SELECT p.nip,\n       p.namaa\nFROM pegawai p\nORDER BY p.nip"),
        mart(
            "c_fungsi",
            "SELECT nip,\n tambah_bulann(tmt_jabatan, 12) AS t,\n bulatkann(1.5, 0) AS b\nFROM pegawai ORDER BY nip",
        ),
        mart(
            "d_parameter",
            "SELECT nip FROM pelatihan\nWHERE jp > parameter('jp.minimum')\n  AND nip <> parameter_teks('jp.jenis')\nORDER BY nip",
        ),
        mart("e_dua", "SELECT nip FROM pegawai ORDER BY nip;\n\nSELECT 1"),
        mart("f_bukan", "-- bukan kueri\nDROP TABLE pegawai"),
        mart("g_sintaks", "SELECT nip\nFROM pegawai\nWHERE nip = = '1'\nORDER BY nip"),
        mart("h_lingkar", "SELECT nip FROM i_lingkar ORDER BY nip"),
        mart("i_lingkar", "SELECT nip FROM h_lingkar ORDER BY nip"),
        mart("j_urut", "SELECT nip FROM pegawai"),
        mart("k_tipe", "SELECT nip, array_agg(nama) AS semua\nFROM pegawai GROUP BY nip ORDER BY nip"),
        mart("l_jenis", "SELECT nip FROM pegawai\nWHERE tmt_jabatan + nama > 3 ORDER BY nip"),
        mart("m_hitung", "SELECT nip, parameter(nip) AS x FROM pegawai ORDER BY nip"),
        mart("n_ganda", "SELECT p.nip, l.nip FROM pegawai p JOIN pelatihan l ON l.nip = p.nip ORDER BY 1"),
        mart("o_samar", "SELECT nip FROM pegawai p\nJOIN pelatihan l ON l.nip = p.nip ORDER BY 1"),
        mart("pegawai", "SELECT nip FROM pelatihan ORDER BY nip"),
        query(QueryKind::Mart, "p_tanpa_tingkat", "SELECT nip FROM pegawai ORDER BY nip"),
        query(
            QueryKind::Mart,
            "p_orang",
            "-- Visibilitas: H2\n-- siapa: NIP\nSELECT instansi_kode, max(nip) AS siapa\nFROM pegawai GROUP BY 1 ORDER BY 1",
        ),
        query(
            QueryKind::Mart,
            "p_tertutup",
            "-- Visibilitas: H2\n-- siapa: NIP [H4]\nSELECT instansi_kode, max(nip) AS siapa\nFROM pegawai GROUP BY 1 ORDER BY 1",
        ),
        mart("q_hilir", "SELECT nip FROM b_kolom ORDER BY nip"),
        mart("r_kosong", "-- nanti\n"),
        query(QueryKind::Check, "s_tingkat", "SELECT nip FROM pegawai"),
        query(QueryKind::Staging, "t_ubah", "SELECT nip INTO bocor FROM pegawai"),
    ];
    insta::assert_snapshot!(faults(&files).await, @r"
    queries/checks/s_tingkat.sql:1: a check does not say what its rows mean
        hint: begin the file with `-- tingkat: GAGAL` or `-- tingkat: PERINGATAN`
    queries/marts/uji/a_tabel.sql:3: unknown table `pegawi`
        hint: did you mean `pegawai`?
    queries/marts/uji/a_tabel.sql:4: unknown table `pelatihn`
        hint: did you mean `pelatihan`?
    queries/marts/uji/b_kolom.sql:3: unknown column `p.namaa`
        hint: did you mean `nama`?
    queries/marts/uji/c_fungsi.sql:3: unknown function `tambah_bulann`
        hint: did you mean `tambah_bulan`?
    queries/marts/uji/c_fungsi.sql:4: unknown function `bulatkann`
        hint: did you mean `bulatkan`?
    queries/marts/uji/d_parameter.sql:3: unknown parameter `jp.minimum`
        hint: did you mean `jp.minimal`?
    queries/marts/uji/e_dua.sql:4: 2 statements in one file
        hint: write one query a file
    queries/marts/uji/f_bukan.sql:3: the statement is not a query
        hint: a query file is one SELECT or WITH … SELECT
    queries/marts/uji/g_sintaks.sql:4: no SQL: expected: an expression, found: =
        hint: the dialect is DataFusion's generic SQL
    queries/marts/uji/h_lingkar.sql:2: a circle: `h_lingkar` reads `i_lingkar` reads `h_lingkar`
        hint: move what both need into a staging query
    queries/marts/uji/j_urut.sql: a mart has no ORDER BY, so no key and no fixed order
        hint: end the query with ORDER BY the columns of its key
    queries/marts/uji/k_tipe.sql:2: column `semua` has the type List(Utf8), which no table stores
        hint: cast it to text, a number, a date or a truth value
    queries/marts/uji/l_jenis.sql: cannot coerce arithmetic expression Date32 + Utf8 to valid types
    queries/marts/uji/m_hitung.sql:2: `parameter` takes the name of a parameter as a literal text
        hint: write the name in single quotes
    queries/marts/uji/n_ganda.sql:2: two columns of the result are called `nip`
        hint: give one of them an alias
    queries/marts/uji/o_samar.sql:2: column `nip` is in more than one table
        hint: write table.column
    queries/marts/uji/p_orang.sql:3: column `siapa` holds a person's value (`pegawai.nip`), which H2 does not show
        hint: count it, or mark the column `[H4]` (of kin `[H1]`) in the comment on top
    queries/marts/uji/p_tanpa_tingkat.sql:1: a mart does not say who may see it
        hint: write `-- Visibilitas: H1` (kin), `H2` (figures of a unit, small cells withheld), `H3` (publishable) or `H4` (persons, raw counts) into the comment on top
    queries/marts/uji/pegawai.sql: `pegawai` is already made by a table of the lake
        hint: a file stem names one table of the project
    queries/marts/uji/r_kosong.sql: the file holds no statement
        hint: write one query a file
    queries/staging/t_ubah.sql:1: the statement changes something
        hint: a query file only reads; its rows are stored by the engine
    ");
}
