//! What a release promises: everything in it, nothing of a failed check, the past readable after every edit.

use crate::harness::{Ran, TestProject, province};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const MONTH: [&str; 4] = ["run", "bulanan", "--period", "2025-12"];
const MONTH_BEFORE: [&str; 4] = ["run", "bulanan", "--period", "2025-11"];

fn release(project: &TestProject, nomor: u64) -> Value {
    let text = fs::read_to_string(project.path(&format!("lake/_rilis/{nomor}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn releases(project: &TestProject) -> usize {
    let names = fs::read_dir(project.path("lake/_rilis")).unwrap().map(|it| it.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".json")).count()
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// One question for the number of rows of every table.
fn counts(tables: &[String]) -> String {
    let one = |table: &String| format!("select '{table}' as tabel, count(*) as n from {table}");
    tables.iter().map(one).collect::<Vec<_>>().join(" union all ") + " order by 1"
}

/// Parameters of one name, all of their rows, get another value.
fn set_parameter(project: &TestProject, name: &str, value: &str) {
    project.edit("queries/rules/parameter.csv", |csv| {
        let changed = csv.lines().map(|line| {
            let mut cells: Vec<&str> = line.splitn(3, ',').collect();
            if cells[0] == name {
                cells[1] = value;
            }
            cells.join(",")
        });
        changed.map(|line| line + "\n").collect()
    });
}

#[test]
fn the_first_release_holds_every_table_and_the_bytes_it_was_computed_with() {
    let project = TestProject::copy_of(province());
    let release = release(&project, 1);
    assert_eq!((release["nomor"].as_u64(), release["periode"].as_str()), (Some(1), Some("2025-12")));
    assert_eq!(release["job"], "bulanan");
    let tables = release["tabel"].as_object().unwrap();
    let stems = |folder: &str, suffix: &str| -> BTreeSet<String> {
        let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        let these = files(&project.path(folder)).into_iter().filter(|path| path.to_string_lossy().ends_with(suffix));
        these.map(|path| stem(&path)).filter(|stem| !stem.starts_with('_')).collect()
    };
    let mut expected = stems("pipelines/sources", ".toml");
    expected.extend(stems("queries/marts", ".sql"));
    expected.extend(["berkas", "tolakan", "perbaikan", "temuan_mutu"].map(String::from));
    assert_eq!(tables.keys().cloned().collect::<BTreeSet<_>>(), expected);

    let stored = release["isi"].as_object().unwrap();
    for folder in ["queries", "pipelines", "report-templates"] {
        for path in files(&project.path(folder)) {
            let name = path.strip_prefix(project.root()).unwrap().to_string_lossy().into_owned();
            // Tests of queries say nothing of what a release was computed with.
            if name.starts_with("queries/tests/") {
                continue;
            }
            let digest = stored[&name].as_str().unwrap_or_else(|| panic!("{name} is not in the release"));
            let bytes = fs::read(project.path(&format!("lake/_rilis/isi/{digest}"))).unwrap();
            assert_eq!(bytes, fs::read(path).unwrap(), "{name}");
        }
    }
    let checks = release["pemeriksaan"].as_array().unwrap();
    assert_eq!(checks.len(), stems("queries/checks", ".sql").len());
    assert!(checks.iter().all(|it| it["tingkat"] != "GAGAL" || it["baris"] == 0), "{checks:?}");
}

#[test]
fn a_table_never_delivered_reads_empty_with_its_columns() {
    let project = TestProject::new();
    project.talenta(&MONTH).code(0).says("release 1 of 2025-12 published");
    let tables: Vec<String> = release(&project, 1)["tabel"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(project.sql(&counts(&tables)).len(), tables.len() + 1);
    let columns = "select table_name, count(*) as n from information_schema.columns group by 1 order by 1";
    let columns = project.sql(columns);
    for table in &tables {
        let line = columns.iter().find(|line| line.starts_with(&format!("{table},"))).unwrap();
        assert!(!line.ends_with(",0"), "{line}");
    }
    assert_eq!(project.sql("select count(*) as n from pegawai"), ["n", "0"]);
    assert_eq!(project.sql("select count(*) as n from t01"), ["n", "0"]);
    project.talenta(&MONTH).code(0).says("nothing changed: release 1 of 2025-12 stands");
}

#[test]
fn a_second_run_with_nothing_changed_publishes_nothing() {
    let project = TestProject::copy_of(province());
    let before = fs::read(project.path("lake/_rilis/1.json")).unwrap();
    project.talenta(&MONTH).code(0).says("nothing changed: release 1 of 2025-12 stands");
    assert_eq!(releases(&project), 1);
    assert_eq!(fs::read(project.path("lake/_rilis/1.json")).unwrap(), before);
}

#[test]
fn a_changed_rule_gives_a_release_of_its_own_and_the_old_one_still_answers() {
    let project = TestProject::copy_of(province());
    let indeks = "select instansi_kode, indeks from ip_asn_instansi where periode = '2025-12' order by 1";
    let rule = "select value from parameter where name = 'ip_asn.jp_teknis_min'";
    let old = project.sql(indeks);
    assert!(old.len() > 1, "{old:?}");
    set_parameter(&project, "ip_asn.jp_teknis_min", "1000");
    assert_eq!(project.sql(rule), ["value", "20"], "an edit must not reach a published release");
    project.talenta(&MONTH).code(0).says("release 2 of 2025-12 published");
    assert_ne!(project.sql(indeks), old);
    assert_eq!(project.sql(rule), ["value", "1000"]);
    let at_one = |query: &str| -> Vec<String> {
        let ran = project.talenta(&["sql", query, "--release", "1", "--format", "csv"]).code(0);
        ran.out.lines().map(String::from).collect()
    };
    assert_eq!(at_one(indeks), old);
    assert_eq!(at_one(rule), ["value", "20"]);
    project.talenta(&["sql", "select 1", "--release", "7"]).code(1).says("there is no release 7");
}

#[test]
fn before_any_release_sql_says_what_to_run_and_the_draft_is_readable() {
    let project = TestProject::new();
    let query = "select count(*) as n from pegawai";
    let refused = project.talenta(&["sql", query]).code(1).says("there is no release yet").says("talenta run bulanan");
    assert_eq!(refused.out, "");
    project.talenta(&["report", "render", "ringkasan-gubernur"]).code(1).says("there is no release yet");
    // Nothing was ever written: the draft is empty and has every table.
    let draft = |query: &str| project.talenta(&["sql", query, "--draft", "--format", "csv"]).code(0).out;
    assert_eq!(draft(query), "n\n0\n");
    assert_eq!(draft("select count(*) as n from t01"), "n\n0\n");
    let sample = province().join("inbox");
    project.talenta(&["ingest", &sample.display().to_string()]);
    let counted = draft(query);
    let n: u64 = counted.lines().nth(1).unwrap().parse().unwrap();
    assert!(n >= 300, "{counted}");
    project.talenta(&["sql", query]).code(1).says("there is no release yet");
}

#[test]
fn a_failed_check_publishes_nothing_and_shows_its_rows() {
    let project = TestProject::copy_of(province());
    let query = "select count(*) as n, sum(jp) as jp from t01";
    let before = project.sql(query);
    let sql =
        "-- tingkat: GAGAL\n-- Selalu ada yang salah.\nSELECT instansi_kode, n_pns FROM t01_instansi ORDER BY 1\n";
    project.write("queries/checks/selalu_salah.sql", sql);
    let failed = project.talenta(&MONTH).code(1).says("check `selalu_salah` (").says("stays in force");
    assert!(failed.err.contains("instansi_kode") && failed.err.contains("n_pns"), "{}", failed.err);
    assert_eq!(releases(&project), 1);
    assert_eq!(project.sql(query), before);
    let runs = project.talenta(&["status", "--json"]).code(0).json();
    assert_eq!(runs["runs"][0]["status"], "GAGAL");
    assert_eq!(runs["release"]["nomor"], 1);

    // The rows are a finding now: published, and said in the release.
    project.write("queries/checks/selalu_salah.sql", sql.replace("GAGAL", "PERINGATAN"));
    project.talenta(&MONTH).code(0).says("release 2 of 2025-12 published");
    let two = release(&project, 2);
    let check = two["pemeriksaan"].as_array().unwrap().iter().find(|it| it["nama"] == "selalu_salah").unwrap();
    assert_eq!(check["tingkat"], "PERINGATAN");
    assert!(check["baris"].as_u64().unwrap() > 0);
    assert_eq!(project.sql(query), before);
}

#[test]
fn an_older_month_computed_again_leaves_the_newer_alone() {
    let project = TestProject::copy_of(province());
    let newer = "select * from t01 where periode = '2025-12' order by instansi_kode, nip";
    let before = project.sql(newer);
    assert!(before.len() > 100);
    project.talenta(&MONTH_BEFORE).code(0).says("release 2 of 2025-11 published");
    assert_eq!(project.sql(newer), before);
    let months = project.sql("select distinct periode from t01 order by 1");
    assert_eq!(months, ["periode", "2025-11", "2025-12"]);
    // A report is of its own month: a row a government, compared with the month before.
    let folder = project.outside("november").display().to_string();
    project.talenta(&["report", "render", "ringkasan-gubernur", "--output", &folder]).code(0);
    let data: Value = serde_json::from_slice(&fs::read(project.outside("november/data.json")).unwrap()).unwrap();
    assert_eq!(data["data"]["pemerintah"].as_array().unwrap().len(), 15);
    assert_eq!(data["rilis"]["periode"], "2025-11");
    assert!(data["sebelumnya"].is_null(), "December does not come before November");
    // The first release knows the newer month only.
    let first = project.talenta(&["sql", "select distinct periode from t01", "--release", "1", "--format", "csv"]);
    assert_eq!(first.out, "periode\n2025-12\n");
}

#[test]
fn rows_of_a_failed_check_do_not_leave_with_the_release_of_another_month() {
    let project = TestProject::copy_of(province());
    let query = "select count(*) as n, sum(kekurangan) as kurang from t01 where periode = '2025-12'";
    let before = project.sql(query);
    // The rule changes what December says, and the check fails for December only.
    project.edit("queries/rules/kewajiban_jp.csv", |csv| csv.replace(",20,", ",900,"));
    let changed = fs::read_to_string(project.path("queries/rules/kewajiban_jp.csv")).unwrap();
    assert!(changed.contains(",900,"), "{changed}");
    let check =
        "-- tingkat: GAGAL\n-- Hanya Desember.\nSELECT periode_acuan() AS bulan WHERE periode_acuan() = '2025-12'\n";
    project.write("queries/checks/desember.sql", check);
    project.talenta(&MONTH).code(1).says("check `desember` (1 rows)");
    let draft = project.talenta(&["sql", query, "--draft", "--format", "csv"]).code(0);
    assert_ne!(draft.out.lines().collect::<Vec<_>>(), before, "the operator sees the draft");
    project.talenta(&MONTH_BEFORE).code(0).says("release 2 of 2025-11 published");
    assert_eq!(project.sql(query), before);
}

#[test]
fn a_broken_template_says_where_and_leaves_no_half_report() {
    let project = TestProject::copy_of(province());
    let reports = project.path("laporan");
    let before: Vec<(PathBuf, Vec<u8>)> =
        files(&reports).into_iter().map(|it| (it.clone(), fs::read(it).unwrap())).collect();
    assert!(!before.is_empty());
    project.edit("report-templates/ringkasan-gubernur/mail.html", |text| {
        format!("{text}\n{{{{ data.tidak_ada.sama_sekali }}}}\n")
    });
    let ran = project.talenta(&MONTH).code(1);
    said_line(&ran, "ringkasan-gubernur/mail.html:");
    let after: Vec<(PathBuf, Vec<u8>)> =
        files(&reports).into_iter().map(|it| (it.clone(), fs::read(it).unwrap())).collect();
    assert!(before == after, "a report changed though it could not be rendered");
    assert!(!project.sql("select 1 as satu").is_empty());
    let render = project.talenta(&["report", "render", "ringkasan-gubernur"]).code(1);
    said_line(&render, "ringkasan-gubernur/mail.html:");
}

#[test]
fn a_report_query_that_names_a_missing_column_stops_before_anything_is_written() {
    let project = TestProject::copy_of(province());
    let before = files(&project.path("laporan"));
    project.edit("report-templates/ringkasan-gubernur/report.toml", |text| {
        text.replacen("    jp.n AS n_pns,", "    jp.n_pnss AS n_pns,", 1)
    });
    project.talenta(&MONTH).code(1).says("n_pnss").says("provinsi");
    assert_eq!(files(&project.path("laporan")), before);
    project.talenta(&["check"]).code(1).says("report-templates/ringkasan-gubernur/report.toml").says("n_pnss");
}

#[track_caller]
fn said_line(ran: &Ran, file: &str) {
    let place = ran.err.find(file).unwrap_or_else(|| panic!("`{file}` is not in\n{}", ran.err));
    let line: String = ran.err[place + file.len()..].chars().take_while(char::is_ascii_digit).collect();
    assert!(line.parse::<usize>().is_ok_and(|it| it > 0), "no line in\n{}", ran.err);
}

#[test]
fn a_figure_leads_to_the_row_of_a_file() {
    let project = TestProject::copy_of(province());
    let query = "
        select t.nip, p.berkas_baris, b.nama_asal, b.sha256
        from t01 as t
        join pegawai as p on p.instansi_kode = t.instansi_kode and p.nip = t.nip and p.periode = t.periode
        join berkas as b on b.sha256 = p.berkas_sha256 and b.berlaku and b.dataset = 'pegawai'
        where b.format = 'csv' order by t.instansi_kode, t.nip limit 1";
    let lines = project.sql(query);
    let row: Vec<&str> = lines[1].split(',').collect();
    let (nip, line, name, sha) = (row[0], row[1].parse::<usize>().unwrap(), row[2], row[3]);
    let delivered = fs::read(project.path(&format!("inbox/{name}"))).unwrap();
    assert_eq!(fs::read(project.path(&format!("lake/raw/{sha}"))).unwrap(), delivered);
    let text = String::from_utf8_lossy(&delivered);
    let cells: String = text.lines().nth(line - 1).unwrap().chars().filter(char::is_ascii_digit).collect();
    assert!(cells.contains(nip), "the row of the file does not hold the NIP of the figure");

    for (table, column) in
        [("berkas", "sha256"), ("tolakan", "sha256"), ("perbaikan", "sha256"), ("temuan_mutu", "periode")]
    {
        let counted = project.sql(&format!("select count({column}) as n from {table}"));
        assert_ne!(counted[1], "0", "{table} is empty");
    }
    let unbalanced = "select count(*) as n from berkas where baris_dibaca <> baris_diterima + baris_ditolak";
    assert_eq!(project.sql(unbalanced), ["n", "0"]);
}

#[test]
fn a_project_copied_at_rest_answers_the_same_and_goes_on() {
    let (project, copy) = (TestProject::copy_of(province()), TestProject::copy_of(province()));
    let tables: Vec<String> = release(&project, 1)["tabel"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(project.sql(&counts(&tables)), copy.sql(&counts(&tables)));
    for table in ["pegawai", "berkas", "perbaikan", "t01", "ip_asn_instansi", "n13"] {
        let out = |it: &TestProject, name: &str| {
            let file = it.outside(name).display().to_string();
            it.talenta(&["sql", &format!("select * from {table}"), "--format", "csv", "--output", &file]).code(0);
            let mut lines: Vec<String> = fs::read_to_string(file).unwrap().lines().map(String::from).collect();
            lines.sort();
            lines
        };
        assert!(out(&project, "a.csv") == out(&copy, "b.csv"), "{table} differs in the copy");
    }
    let sample = copy.path("inbox").display().to_string();
    copy.talenta(&["ingest", &sample]).says(" files: ");
    copy.talenta(&MONTH).code(0).says("release 1 of 2025-12 stands");
    // Work in the copy leaves the original alone.
    let count = |it: &TestProject| {
        it.talenta(&["sql", "select count(*) as n from berkas", "--draft", "--format", "csv"]).code(0).out
    };
    let before = count(&project);
    let fresh = copy.outside("6700/Data ASN_6700_20260210.csv");
    fs::create_dir_all(fresh.parent().unwrap()).unwrap();
    let old =
        files(&copy.path("inbox/6700")).into_iter().find(|it| it.to_string_lossy().contains("Data ASN_6700")).unwrap();
    fs::write(
        &fresh,
        [
            fs::read(old).unwrap(),
            b"
"
            .to_vec(),
        ]
        .concat(),
    )
    .unwrap();
    copy.talenta(&["ingest", &fresh.display().to_string(), "--instansi", "6700"]).code(0).says("DITERIMA");
    assert_eq!(count(&project), before);
    assert_ne!(count(&copy), before);
}
