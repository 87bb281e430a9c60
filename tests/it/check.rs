//! `talenta check`: every planted fault at once, each with file, line and hint; nothing runs with a faulty project.

use crate::harness::TestProject;
use std::fs;

#[test]
fn a_new_project_has_no_problem() {
    let project = TestProject::new();
    project.talenta(&["check"]).code(0).says("no problems: ");
    let counts = project.talenta(&["check", "--json"]).code(0).json();
    assert!(counts["queries"].as_u64() > Some(50) && counts["jobs"] == 1, "{counts}");
    assert!(!project.path("lake").exists(), "a look must not touch the lake");
}

#[test]
fn every_planted_fault_is_said_at_once() {
    let project = TestProject::new();
    project.write(
        "queries/marts/merit/salah_kolom.sql",
        "-- Kolom salah.\n-- nip: NIP\nSELECT\n    nipp\nFROM pegawai\nORDER BY nipp\n",
    );
    project.write("queries/checks/salah_tabel.sql", "-- tingkat: GAGAL\n-- Tabel salah.\nSELECT nip FROM pegawaii\n");
    project.write(
        "queries/staging/salah_parameter.sql",
        "-- Parameter salah.\n-- n: Angka\nSELECT parameter('ip_asn.jp_teknis_mim') AS n\n",
    );
    project.edit("report-templates/ringkasan-gubernur/mail.html", |text| {
        format!("{{{{ tidak_ada.sama_sekali }}}}\n{text}")
    });
    project.write("pipelines/jobs/rusak.toml", "version = 1\nabout = \"tidak ditutup\ninbox = \"inbox\"\n");
    project
        .edit("pipelines/jobs/bulanan.toml", |text| text.replace("\"ringkasan-gubernur\"", "\"ringkasan-gubernor\""));
    let ran = project.talenta(&["check"]).code(1);
    assert_eq!(ran.out, "");
    insta::assert_snapshot!(ran.err, @r#"
    error: the project has 6 problems
      pipelines/jobs/bulanan.toml:13: report[0].name: no folder `ringkasan-gubernor` under report-templates
        hint: did you mean `ringkasan-gubernur`?
      pipelines/jobs/rusak.toml:2: is not TOML: invalid basic string, expected `"`
      queries/checks/salah_tabel.sql:3: unknown table `pegawaii`
        hint: did you mean `pegawai`?
      queries/marts/merit/salah_kolom.sql:4: unknown column `nipp`
        hint: did you mean `nip`?
      queries/staging/salah_parameter.sql:3: unknown parameter `ip_asn.jp_teknis_mim`
        hint: did you mean `ip_asn.jp_teknis_min`?
      report-templates/ringkasan-gubernur/mail.html:1: undefined value at `tidak_ada.sama_sekali`
        hint: a name is not in the data document; compare with the `[[data]]` queries and `sample.json`
    "#);
    for args in [&["run", "bulanan"][..], &["schedule", "run"], &["ingest", "inbox"]] {
        let refused = project.talenta(args).code(1);
        assert!(refused.err.contains("the project has"), "{args:?}: {}", refused.err);
    }
    assert!(!project.path("lake").exists(), "a faulty project must not begin");
}

#[test]
fn a_run_does_not_start_with_a_faulty_query() {
    let project = TestProject::new();
    project.write("queries/checks/salah.sql", "-- tingkat: GAGAL\n-- Salah.\nSELECT nipp FROM pegawai\n");
    project.talenta(&["run", "bulanan"]).code(1).says("queries/checks/salah.sql:3: unknown column `nipp`");
    assert!(!project.path("lake/_rilis").exists());
    let runs = project.talenta(&["status", "--json"]).code(0).json();
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(0), "no run began");
}

#[test]
fn broken_contracts_are_said_beside_broken_templates_and_no_table_is_called_unknown() {
    let project = TestProject::new();
    project.edit("pipelines/sources/pegawai.toml", |text| text.replacen("version = 1", "versi = 1", 1));
    project.edit("report-templates/ringkasan-gubernur/mail.txt", |text| format!("{{% if %}}\n{text}"));
    let ran = project.talenta(&["check"]).code(1).says("pipelines/sources/pegawai.toml:");
    assert!(ran.err.contains("report-templates/ringkasan-gubernur/mail.txt:1"), "{}", ran.err);
    assert!(!ran.err.contains("unknown table"), "{}", ran.err);
}

#[test]
fn a_schedule_that_never_comes_and_a_reader_nobody_is() {
    let project = TestProject::new();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        text.replace("0 0 6 10 * *", "0 0 6 30 2 *").replace("[\"pimpinan\"]", "[\"pimpinann\"]")
    });
    let ran = project
        .talenta(&["check"])
        .code(1)
        .says("bulanan.toml:9: schedule: ")
        .says("never comes")
        .says("belongs to `pimpinann`");
    assert!(ran.err.contains("did you mean `pimpinan`?"), "{}", ran.err);
}

#[test]
fn a_report_must_say_which_month_it_reads() {
    let project = TestProject::new();
    project.edit("report-templates/ringkasan-gubernur/report.toml", |text| {
        text.replacen("FROM kartu_instansi\nWHERE periode = periode_acuan()\n", "FROM kartu_instansi\n", 1)
    });
    let ran = project.talenta(&["check"]).code(1).says("data.janji.sql: reads `kartu_instansi` without its `periode`");
    ran.says("add `periode = periode_acuan()`");
}

#[test]
fn a_folder_without_a_project_says_how_to_make_one() {
    let project = TestProject::empty();
    fs::create_dir_all(project.root()).unwrap();
    for args in [&["check"][..], &["status"], &["sql", "select 1"], &["run", "bulanan"], &["schedule", "list"]] {
        project.talenta(args).code(1).says("is no project").says("talenta init");
    }
    let project = TestProject::new();
    project.talenta(&["run", "bulananan"]).code(1).says("no job `bulananan`").says("did you mean `bulanan`?");
    project.talenta(&["run", "bulanan", "--period", "2025-13"]).code(1).says("not a month");
    let root = project.root().display().to_string();
    project.run(&["init", &root]).code(1).says("already holds a project");
}
