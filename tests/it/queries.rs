//! Queries and rules through the command line: the shipped tests, marts over a folder, rules that change on a date, literals.

use crate::harness::{Ran, TestProject, samples, slow};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One project that tests only read.
fn shared() -> &'static TestProject {
    static PROJECT: OnceLock<TestProject> = OnceLock::new();
    PROJECT.get_or_init(TestProject::new)
}

fn marts(project: &TestProject, tables: &Path, period: &str, output: &Path) -> Ran {
    let (tables, output) = (tables.display().to_string(), output.display().to_string());
    project.talenta(&["marts", "--tables", &tables, "--period", period, "--output", &output])
}

fn written(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|it| (it.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(it).unwrap())).collect()
}

#[test]
fn the_shipped_queries_pass_their_tests_and_the_check() {
    let project = shared();
    project.talenta(&["test"]).code(0).says("0 failed");
    project.talenta(&["check"]).code(0).says("no problems");
}

#[test]
fn every_mart_and_view_is_asked_by_a_hand_worked_test() {
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let files = |folder: &str| walk(&queries.join(folder));
    let asked: String = files("tests").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let words: BTreeSet<&str> = asked.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let made = files("marts").into_iter().chain(files("views"));
    let stems = made.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    let unasked: Vec<String> = stems.filter(|name| !words.contains(name.as_str())).collect();
    assert_eq!(unasked, Vec::<String>::new(), "no question of queries/tests reads these");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn another_answer_is_told_with_place_rows_and_sql() {
    let project = TestProject::new();
    let test = "periode 2025-12\ntable pegawai\ninstansi_kode,nip,jenis_asn,kedudukan_hukum_id\n6700,A,PNS,01\n\n\
                query berapa jam\nSELECT nip, jp FROM t01\n----\nA,3\n\nquery salah kolom\nSELECT nip,\n  jam FROM t01\n----\nA\n";
    project.write("queries/tests/sendiri.slt", test);
    let ran = project.talenta(&["test", "sendiri"]).code(1);
    let ran = ran
        .says("queries/tests/sendiri.slt:6: berapa jam")
        .says("  expected\n    A,3\n  came\n    A,0\n  asked\n    SELECT nip, jp FROM t01");
    ran.says("queries/tests/sendiri.slt:13: unknown column `jam`").says("2 queries in 1 files: 0 passed, 2 failed");
    let json = project.talenta(&["test", "sendiri", "--json"]).code(1).json();
    assert_eq!(json["failures"][0]["came"][0], "A,0");
    project.write("queries/tests/sendiri.slt", "periode 2025-12\ntable pegawai\nnipp\nA\n");
    project
        .talenta(&["check"])
        .code(1)
        .says("sendiri.slt:3: table `pegawai` has no column `nipp`")
        .says("did you mean `nip`?");
    project.write(
        "queries/tests/sendiri.slt",
        "periode 2025-12\ntable pelatihan\nnip,jp\nA,KANARI\n\nquery q\nSELECT 1 FROM t01\n----\n",
    );
    let ran = project
        .talenta(&["test", "sendiri"])
        .code(1)
        .says("cannot read table `pelatihan` of `queries/tests/sendiri.slt:3`");
    assert!(!ran.err.contains("KANARI"), "{}", ran.err);
}

#[test]
fn marts_over_a_folder_need_no_lake() {
    let project = TestProject::new();
    let (tables, output) = (project.outside("tabel"), project.outside("hasil"));
    fs::create_dir(&tables).unwrap();
    marts(&project, &tables, "2025-12", &output).code(1).says("no file of").says("pegawai.csv");
    fs::write(
        tables.join("pegawai.csv"),
        "nip,instansi_kode,jenis_asn,kedudukan_hukum_id\nB,6700,PNS,01\nA,6700,PPPK,71\n",
    )
    .unwrap();
    fs::write(tables.join("catatan.txt"), "x").unwrap();
    let parquet = tables.join("pelatihan.parquet").display().to_string();
    let rows = "SELECT '6700' AS instansi_kode, 'B' AS nip, DATE '2025-12-31' AS tgl_selesai, 15 AS jp";
    shared().talenta(&["sql", "--draft", rows, "--format", "parquet", "--output", &parquet]).code(0);
    let ran = marts(&project, &tables, "2025-12", &output).code(0);
    ran.says("`catatan.txt` is no canonical table").says("marts of 2025-12 to");
    let hasil = written(&output);
    assert_eq!(
        hasil["t01"],
        "instansi_kode,nip,jenis_asn,jp,kekurangan,lewat_batas,periode\n\
         6700,A,PPPK,0,0,false,2025-12\n6700,B,PNS,15,5,false,2025-12\n"
    );
    assert_eq!(hasil["m04"].lines().count(), 1, "a mart without rows has its header");
    assert!(!project.path("lake").exists() && !output.join(".kerja").exists());
    fs::write(tables.join("asesmen.csv"), "nip,tanggal\nB,KANARI\n").unwrap();
    let ran = marts(&project, &tables, "2025-12", &output).code(1).says("cannot read table `asesmen`");
    assert!(!output.join(".kerja").exists());
    assert!(!ran.err.contains("KANARI"), "{}", ran.err);
}

/// Rows as columns of the first line, in their order.
fn rows(csv: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().copied().zip(cells).collect()).collect()
}

/// Numbers are expected with up to six decimals.
fn same(expected: &str, came: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    match (number(expected), number(came)) {
        (Some(a), Some(b)) => (a - b).abs() <= 0.000_001,
        _ => expected == came,
    }
}

#[test]
fn the_public_boundary_cases_come_out_as_expected() {
    let Some(samples) = samples() else { return };
    let (batas, output) = (samples.join("batas"), shared().outside("batas"));
    marts(shared(), &batas.join("tables"), "2025-12", &output).code(0);
    let came = written(&output);
    for (mart, expected) in written(&batas.join("expected")) {
        let (expected, came) = (rows(&expected), rows(&came[&mart]));
        assert_eq!(expected.len(), came.len(), "{mart}");
        for (row, (expected, came)) in expected.iter().zip(&came).enumerate() {
            let other = expected.iter().find(|(column, text)| !same(text, came[*column]));
            assert_eq!(other, None, "{mart}, row {row}: {came:?}");
        }
    }
}

/// One official with everything both IP ASN tables value: leadership, 20 hours of technical training, a seminar, S2,
/// a rating of 4 and a light penalty; no functional training.
fn official(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let table = |name: &str, csv: &str| fs::write(folder.join(format!("{name}.csv")), csv).unwrap();
    table(
        "pegawai",
        "instansi_kode,nip,jenis_asn,kedudukan_hukum_id,jenis_jabatan,eselon,tk_pendidikan_id\n6700,A,PNS,01,STRUKTURAL,III.a,45\n",
    );
    table(
        "pelatihan",
        "instansi_kode,nip,kelompok,jenis_diklat_id,latihan_struktural_id,tgl_selesai,jp\n\
         6700,A,STRUKTURAL,1,3,2020-01-01,900\n6700,A,KURSUS,3,,2025-03-01,20\n6700,A,KURSUS,9,,2025-03-01,0\n",
    );
    table("kinerja", "instansi_kode,nip,tahun,rentang,skp_id,predikat\n6700,A,2024,TAHUNAN,1,4\n");
    table("hukuman_disiplin", "instansi_kode,nip,tingkat,mulai\n6700,A,R,2024-01-01\n");
}

#[test]
fn a_rule_that_changes_on_a_date_leaves_the_months_before_it_alone() {
    let project = TestProject::new();
    let tables = project.outside("tabel");
    official(&tables);
    let figures = |period: &str, name: &str| {
        let output = project.outside(name);
        marts(&project, &tables, period, &output).code(0);
        written(&output)
    };
    let (june, july) = (figures("2025-06", "juni"), figures("2025-07", "juli"));
    assert!(june["t01"].contains("\n6700,A,PNS,20,0,false,"));
    // BKN 8/2019: 20 + (15 + 15 + 10) + 5 + 3 = 68.
    assert!(july["ip_asn"].contains("\n6700,A,20,40,5,3,68,Rendah,2025-07\n"), "{}", july["ip_asn"]);

    project.edit("queries/rules/kewajiban_jp.csv", |text| {
        let old = "PNS,20,,2018-01-01,,";
        assert!(text.contains(old));
        text.replace(old, "PNS,24,,2025-07-01,,peraturan baru,unconfirmed\nPNS,20,,2018-01-01,2025-06-30,")
    });
    project.edit("queries/rules/parameter.csv", |text| {
        let old = text.lines().find(|line| line.starts_with("ip_asn.varian,BKN_8_2019,")).unwrap().to_string();
        let ended = old.replacen(",,", ",2025-06-30,", 1);
        let new = "ip_asn.varian,PANRB_38_2018,2025-07-01,,peraturan baru,unconfirmed,tabel yang lain";
        text.replace(&old, &format!("{ended}\n{new}"))
    });
    project.talenta(&["check"]).code(0);
    assert_eq!(figures("2025-06", "juni-lagi"), june);
    let changed = figures("2025-07", "juli-lagi");
    assert!(changed["t01"].contains("\n6700,A,PNS,20,4,false,"), "{}", changed["t01"]);
    // PANRB 38/2018: 20 + (10 + 10 + 10, the functional ten missing) + 10 - 1 = 59.
    assert!(changed["ip_asn"].contains("\n6700,A,20,30,10,-1,59,Sangat Rendah,2025-07\n"), "{}", changed["ip_asn"]);
    assert_eq!(changed["m01"], july["m01"]);
}

#[test]
fn a_literal_that_a_rule_should_hold_is_refused_with_its_line() {
    let project = TestProject::new();
    project.edit("queries/marts/pelatihan/t01.sql", |text| {
        text.replace("coalesce(jp > jp_maks, false)", "coalesce(jp > 24, false)")
    });
    let line = fs::read_to_string(project.path("queries/marts/pelatihan/t01.sql")).unwrap();
    let line = line.lines().position(|it| it.contains("jp > 24")).unwrap() + 1;
    let ran = project.talenta(&["check"]).code(1);
    ran.says(&format!("queries/marts/pelatihan/t01.sql:{line}: the literal 24 stands in the query"))
        .says("queries/rules");
    let allow = "\n[[literal]]\nvalues = [\"24\", \"25\"]\nfiles = [\"t01\"]\nreason = \"uji\"\n";
    project.edit("queries/literal.toml", |text| text + allow);
    project.talenta(&["check"]).code(1).says("25 is allowed and no query needs that");
}

/// Runs where `TALENTA_PYTHON` names a Python that has scipy.
#[test]
fn functions_agree_with_scipy() {
    if !slow("functions against scipy") {
        return;
    }
    let python = std::env::var("TALENTA_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions_scipy.py");
    let mut command = Command::new(python);
    command.arg(script).arg(shared().root()).env("TALENTA", env!("CARGO_BIN_EXE_talenta"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => {}
        Some(3) => eprintln!("{said}"),
        _ => panic!("{said}{}", String::from_utf8_lossy(&output.stderr)),
    }
}
