//! Access through the command line: what each principal gets, what no text of it holds, and what a policy with a fault says.

use crate::harness::{TestProject, province};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use talenta::pipeline::marts::inputs_digest;
use talenta::pipeline::project::Project;

/// One province that tests only read.
pub fn shared() -> &'static TestProject {
    static PROJECT: OnceLock<TestProject> = OnceLock::new();
    PROJECT.get_or_init(|| TestProject::copy_of(province()))
}

/// Lines of a query as somebody, header first.
#[track_caller]
fn as_who(who: &str, query: &str) -> Vec<String> {
    static NTH: AtomicUsize = AtomicUsize::new(0);
    let output = shared().outside(&format!("{who}-{}.csv", NTH.fetch_add(1, Ordering::Relaxed)));
    let target = output.display().to_string();
    let ran = shared().talenta(&["sql", query, "--as", who, "--format", "csv", "--output", &target]).code(0);
    assert_eq!(ran.out, "");
    let lines = fs::read_to_string(&output).unwrap().lines().map(str::to_string).collect();
    fs::remove_file(&output).unwrap();
    lines
}

/// Columns by table as somebody's catalogue lists them.
fn catalogue(who: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let listed = as_who(
        who,
        "select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, ordinal_position",
    );
    for line in &listed[1..] {
        let (table, column) = line.split_once(',').unwrap();
        found.entry(table.into()).or_default().push(column.into());
    }
    found
}

/// Everything somebody can read, as one text a table; older rows of rules are left out.
fn everything(who: &str) -> BTreeMap<String, String> {
    let tables = catalogue(who).into_iter().filter(|(table, _)| !table.ends_with("_riwayat"));
    let one = |(table, columns): (String, Vec<String>)| {
        let texts: Vec<String> = columns.iter().map(|it| format!("cast({it} as varchar)")).collect();
        format!("select '{table}' as t, concat_ws('|', {}) as baris from {table}", texts.join(", "))
    };
    let query = tables.map(one).collect::<Vec<_>>().join(" union all ");
    let mut found = BTreeMap::<String, String>::new();
    for line in &as_who(who, &query)[1..] {
        let (table, row) = line.split_once(',').unwrap();
        *found.entry(table.into()).or_default() += &format!("{row}\n");
    }
    found
}

/// NIP and name of everybody, by government, as the operator reads them.
pub fn persons() -> &'static BTreeMap<String, BTreeSet<String>> {
    static PERSONS: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    PERSONS.get_or_init(|| {
        let mut found = BTreeMap::<String, BTreeSet<String>>::new();
        for line in &shared().sql("select distinct instansi_kode, nip, nama from pegawai")[1..] {
            let cells: Vec<&str> = line.split(',').collect();
            let own = found.entry(cells[0].into()).or_default();
            own.extend(cells[1..].iter().map(|cell| cell.trim_matches('"').to_string()).filter(|it| it.len() > 6));
        }
        assert!(found.len() > 10, "{found:?}");
        found
    })
}

/// Persons of other governments and of them alone.
pub fn strangers(kode: &str) -> BTreeSet<String> {
    let others = persons().iter().filter(|(other, _)| *other != kode).flat_map(|(_, names)| names.iter());
    others.filter(|it| !persons()[kode].contains(*it)).cloned().collect()
}

#[track_caller]
pub fn holds_no(strangers: &BTreeSet<String>, text: &str, what: &str) {
    if let Some(name) = strangers.iter().find(|name| text.contains(name.as_str())) {
        panic!("{what} holds {name}, who is of another government");
    }
}

#[test]
fn a_personnel_agency_reads_its_own_people_and_no_others() {
    let strangers = strangers("6701");
    let own = everything("bkd-6701");
    assert!(own["pegawai"].lines().count() > 10 && own.contains_key("t01") && own.contains_key("hukuman_disiplin"));
    let listed = catalogue("bkd-6701");
    for table in
        ["kerabat", "atasan", "n01", "n03", "n04", "n11", "n13", "n13_seleksi", "n14", "keluarga", "pejabat_politik"]
    {
        assert!(!own.contains_key(table) && !listed.contains_key(table), "{table}");
    }
    for (table, text) in &own {
        // Candidates and panel members of the government's own selections may come from elsewhere.
        if !table.starts_with("seleksi_") && table != "m07" {
            holds_no(&strangers, text, table);
        }
    }
    let governments =
        as_who("bkd-6701", "select distinct instansi_kode from pegawai union select instansi_kode from t01_instansi");
    assert_eq!(governments, ["instansi_kode", "6701"]);
}

#[test]
fn a_head_reads_figures_and_no_person() {
    let seen = catalogue("kepala-6702");
    assert!(seen.contains_key("bagian_instansi") && seen.contains_key("berkas") && seen.contains_key("parameter"));
    for table in ["pegawai", "t01", "t01_instansi", "kerabat", "n01", "tolakan", "keluarga", "hukuman_disiplin"] {
        assert!(!seen.contains_key(table), "{table}");
    }
    let everyone: BTreeSet<String> = persons().values().flatten().cloned().collect();
    for (table, text) in everything("kepala-6702") {
        holds_no(&everyone, &text, &table);
    }
    let governments = as_who(
        "kepala-6702",
        "select distinct instansi_kode from bagian_instansi union select instansi_kode from berkas",
    );
    assert_eq!(governments, ["instansi_kode", "6702"]);
}

#[test]
fn the_case_handler_reads_kin_and_the_public_almost_nothing() {
    let seen = catalogue("inspektorat");
    assert!(seen.contains_key("kerabat") && seen.contains_key("n01") && seen.contains_key("pegawai"));
    assert!(!seen.contains_key("t01") && !seen.contains_key("kebutuhan") && !seen.contains_key("talenta"));
    assert_eq!(
        as_who("inspektorat", "select count(nik) + count(nomor_hp) + count(alamat) as n from pegawai"),
        ["n", "0"]
    );
    let whole = shared().sql("select count(*) as n from kerabat");
    assert_eq!(as_who("inspektorat", "select count(*) as n from kerabat"), whole);
    let public = catalogue("publik");
    assert!(
        public.contains_key("bagian_publik")
            && !public.contains_key("bagian_instansi")
            && !public.contains_key("berkas")
    );
}

#[test]
fn a_sender_reads_the_log_of_its_own_deliveries() {
    let seen = catalogue("pengirim-6703");
    assert!(
        ["berkas", "tolakan", "perbaikan", "temuan_mutu"].iter().all(|it| seen.contains_key(*it)),
        "{:?}",
        seen.keys()
    );
    assert!(!seen.contains_key("pegawai") && !seen.contains_key("bagian_instansi"));
    let query = "select distinct instansi_kode from berkas union select instansi_kode from tolakan union select instansi_kode from perbaikan";
    assert_eq!(as_who("pengirim-6703", query), ["instansi_kode", "6703"]);
    let raw = as_who("pengirim-6703", "select count(sebelum) as n from perbaikan");
    assert_eq!(raw, shared().sql("select count(sebelum) as n from perbaikan where instansi_kode = '6703'"));
}

#[test]
fn errors_and_plans_are_the_same_for_what_is_hidden_and_what_is_not_there() {
    let said = |who: &str, query: &str| {
        let ran = shared().talenta(&["sql", query, "--as", who]);
        ran.out + &ran.err
    };
    for table in ["kerabat", "pegawai"] {
        let hidden = said("kepala-6702", &format!("select * from {table}")).replace(table, "X");
        assert_eq!(hidden, said("kepala-6702", "select * from kutilang").replace("kutilang", "X"));
    }
    let strangers = strangers("6701");
    let name = strangers.iter().find(|it| it.starts_with("19")).unwrap();
    for query in [
        format!("select count(*) as n from pegawai where nip = '{name}'"),
        format!(
            "select count(*) as n from pegawai where case when nip = '{name}' then 1 / (berkas_baris - berkas_baris) else 0 end > 0"
        ),
        format!(
            "select count(*) as n from pegawai where cast(case when nip = '{name}' then 'x' else '0' end as int) > 0"
        ),
        format!("select count(*) as n from pegawai p join (values ('{name}')) as v(nip) on v.nip = p.nip"),
    ] {
        assert_eq!(as_who("bkd-6701", &query), ["n", "0"], "{query}");
    }
    let plan = |who: &str| said(who, "explain select nama from pegawai where nip like '19%' order by nama");
    assert_eq!(plan("bkd-6701"), plan("bkd-6702"));
    assert!(
        plan("bkd-6701").contains("TableExec")
            && !plan("bkd-6701").contains("6701")
            && !plan("bkd-6701").contains("parquet")
    );
}

#[test]
fn somebody_unknown_and_somebody_without_rows() {
    let project = TestProject::copy_of(province());
    project
        .talenta(&["sql", "select 1", "--as", "kepala-67001"])
        .code(1)
        .says("no principal `kepala-67001`")
        .says("did you mean `kepala-6700`?");
    project.talenta(&["sql", "select 1", "--as", "sekda", "--draft"]).code(1).says("--draft");
    project.edit("queries/rules/instansi.csv", |text| {
        format!("{text}6799,Pemerintah Kab. Baru,Baru,2026-01-01,,pemekaran,unconfirmed\n")
    });
    project.edit("access.toml", |text| {
        format!("{text}\n[[principal]]\nname = \"bkd-6799\"\nrole = \"kepegawaian\"\ninstansi = [\"6799\"]\n")
    });
    let ran = project.talenta(&[
        "sql",
        "select count(*) as n, max(nama) as nama from pegawai",
        "--as",
        "bkd-6799",
        "--format",
        "csv",
    ]);
    assert_eq!(ran.code(0).out, "n,nama\n0,\n");
    let unit = "select unor_id from pegawai where instansi_kode = '6701' group by 1 order by count(*) desc, 1 limit 1";
    let unor = shared().sql(unit)[1].clone();
    project.edit("access.toml", |text| {
        format!("{text}\n[[principal]]\nname = \"unit\"\nrole = \"unit-kerja\"\ninstansi = [\"6701\"]\nunit = [\"{unor}\"]\n")
    });
    let query = "select count(*) as n, count(nama) as nama, count(nik) as nik from pegawai";
    let ran = project.talenta(&["sql", query, "--as", "unit", "--format", "csv"]).code(0);
    let cells: Vec<usize> = ran.out.lines().nth(1).unwrap().split(',').map(|it| it.parse().unwrap()).collect();
    assert!(cells[0] > 0 && cells[1] == cells[0] && cells[2] == 0, "{}", ran.out);
    let stray = "select count(*) as n from t01 where nip not in (select nip from pegawai)";
    assert_eq!(project.talenta(&["sql", stray, "--as", "unit", "--format", "csv"]).code(0).out, "n\n0\n");
}

#[test]
fn every_fault_of_a_policy_is_said_at_once() {
    let project = TestProject::new();
    project.edit("access.toml", |text| {
        text.replacen("mask = [\"pegawai.nik\"", "mask = [\"pegawai.nikk\"", 1)
            .replacen("\"seleksi_panel\"", "\"seleksi_panell\"", 1)
            .replacen("themes = [\"pelatihan\"", "themes = [\"pelatihann\"", 1)
            .replacen("instansi = [\"6701\"]", "instansi = [\"6791\"]", 1)
    });
    project.edit("recipients.toml", |text| text.replacen("principal = \"sekda\"", "principal = \"sekdaa\"", 1));
    let ran = project.talenta(&["check"]).code(1);
    let ran = ran.says("role.unit-kerja.mask: no column `nikk`").says("did you mean `nik`?");
    let ran =
        ran.says("role.penelaah.also: no table `seleksi_panell`").says("role.unit-kerja.themes: no theme `pelatihann`");
    ran.says("no government `6791`")
        .says("recipients.toml:9: recipient.sekda@localhost.principal: no principal `sekdaa`");
    let project = TestProject::new();
    fs::remove_file(project.path("access.toml")).unwrap();
    project
        .talenta(&["check"])
        .code(1)
        .says("access.toml: is missing")
        .says("talenta init DIR")
        .says("docs/panduan/akses.md");
    project.talenta(&["run", "bulanan"]).code(1).says("access.toml: is missing");
    let project = TestProject::new();
    project.edit("access.toml", |text| text.replacen("levels = [\"H2\", \"H3\"]", "levels = [\"H2\", \"H9\"]", 1));
    project.talenta(&["check"]).code(1).says("levels: unknown word `H9`; use H1, H2, H3, H4");
}

#[test]
fn the_release_holds_the_policy_and_the_log_names_who_asked() {
    let project = TestProject::copy_of(province());
    let release: serde_json::Value =
        serde_json::from_slice(&fs::read(project.path("lake/_rilis/1.json")).unwrap()).unwrap();
    let digest = release["isi"]["access.toml"].as_str().unwrap();
    let stored = fs::read(project.path(&format!("lake/_rilis/isi/{digest}"))).unwrap();
    assert_eq!(stored, fs::read(project.path("access.toml")).unwrap());
    // Who may read changes no figure: nothing would be computed again.
    let inputs = || {
        let read = Project::load(&project.root(), None).unwrap();
        inputs_digest(&read, &BTreeMap::new(), "2025-12".parse().unwrap())
    };
    let before = inputs();
    project.edit("access.toml", |text| format!("{text}\n# lain\n"));
    assert_eq!(inputs(), before);
    project.talenta(&["sql", "select 1 as satu", "--as", "publik"]).code(0);
    let ledger = fs::read(project.path("state.sqlite")).unwrap();
    let journal = fs::read(project.path("state.sqlite-wal")).unwrap_or_default();
    assert!([ledger, journal].iter().any(|bytes| bytes.windows(9).any(|it| it == b"publiksql")), "actor, then action");
}
