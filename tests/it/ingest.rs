//! Deliveries that are as they should be, or only as messy as life: receipts, versions, replacement, replay.

use crate::exports::{
    TRAINING, commits, content, deliver_province, employees, nip, receipt, receipts, trainings, tree, zip,
};
use crate::harness::{Ran, TestProject, slow};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use talenta::sample::{FileTruth, Options};

/// Codes of findings: the generator lists those it planted, a loader may find more.
const FINDINGS: [&str; 9] = ["CON-", "COM-", "ACC-", "TIM-", "KIN-", "REF-", "KOD-02", "ID-08", "TGL-07"];

fn is_finding(code: &str) -> bool {
    FINDINGS.iter().any(|it| code.starts_with(it))
}

/// What receipts say of one table of one file, or what was planted there.
#[derive(Debug, Default, PartialEq)]
struct Account {
    read: u64,
    rejected: u64,
    repaired: u64,
    codes: BTreeMap<String, u64>,
    findings: BTreeMap<String, u64>,
}

impl Account {
    fn note(&mut self, code: &str, count: u64) {
        let place = if is_finding(code) { &mut self.findings } else { &mut self.codes };
        *place.entry(code.to_string()).or_default() += count;
    }
}

type Accounts = BTreeMap<(String, String), Account>;

fn planted(files: &[FileTruth]) -> Accounts {
    let mut accounts = Accounts::new();
    for file in files {
        let name = file.path.strip_prefix("inbox/").unwrap().to_string();
        let account = accounts.entry((name, file.dataset.clone())).or_default();
        account.read += file.rows_total;
        account.rejected += file.rows_rejected;
        account.repaired += file.repaired_cells;
        file.codes.iter().for_each(|(code, count)| account.note(code, *count));
    }
    accounts
}

fn received(answer: &Value) -> Accounts {
    let mut accounts = Accounts::new();
    for row in answer["berkas"].as_array().unwrap() {
        let count = |name: &str| row[name].as_u64().unwrap();
        assert_eq!(count("baris_dibaca"), count("baris_diterima") + count("baris_ditolak"), "{row:#}");
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_string();
        let account = accounts.entry((text("nama_asal"), text("dataset"))).or_default();
        account.read += count("baris_dibaca");
        account.rejected += count("baris_ditolak");
        account.repaired += count("baris_diperbaiki");
        for (code, it) in row["aturan"].as_object().unwrap() {
            account.note(code, it.as_u64().unwrap());
        }
    }
    accounts
}

#[test]
fn a_province_arrives_as_it_was_planted() {
    let project = TestProject::new();
    let ran = arrives(&project, &Options { employees: 400, mess: 2.0, seed: 11, ..Options::default() });
    let answer = ran.json();
    provenance_is_filled(&project, &answer);
    raw_values_stay_inside(&project, &[&ran.out, &ran.err]);
    let before = commits(&project);
    let again = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert!(again["berkas"].as_array().unwrap().iter().all(|it| it["status"] == "DUPLIKAT"));
    assert_eq!(commits(&project), before, "the same bytes under the same names change nothing");
    assert_eq!(again["tabel"], answer["tabel"]);
}

#[test]
fn provinces_of_other_seeds_arrive_as_they_were_planted() {
    if slow("provinces of 1,500 employees with other seeds, up to ten times the usual mess, three months") {
        for (seed, mess, months_before) in [(7, 1.0, 1), (99, 1.0, 2), (99, 4.0, 1), (2024, 10.0, 2)] {
            let options = Options { employees: 1500, seed, mess, months_before, ..Options::default() };
            arrives(&TestProject::new(), &options);
        }
    }
}

/// Loads a province and compares every table of every file with what was planted; no delivery waits for anybody.
fn arrives(project: &TestProject, options: &Options) -> Ran {
    let truth = deliver_province(project, options);
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(0);
    let answer = ran.json();
    let (mut planted, mut received) = (planted(&truth.files), received(&answer));
    // A government of ten people may send the same bytes for two months; that is one delivery (BRK-08).
    for row in answer["berkas"].as_array().unwrap().iter().filter(|it| it["status"] == "DUPLIKAT") {
        planted.retain(|(name, _), _| row["nama_asal"] != name.as_str());
        received.retain(|(name, _), _| row["nama_asal"] != name.as_str());
        let first = |it: &&Value| it["sha256"] == row["sha256"] && it["status"] == "DITERIMA";
        assert!(answer["berkas"].as_array().unwrap().iter().any(|it| first(&it)), "{row:#}");
    }
    assert!(planted.len() > 300, "{} tables", planted.len());
    compare(&planted, &received);
    ran
}

fn compare(planted: &Accounts, received: &Accounts) {
    let datasets: BTreeSet<&str> = planted.keys().map(|(_, dataset)| dataset.as_str()).collect();
    assert!(datasets.len() >= 18, "the generator delivers every dataset: {datasets:?}");
    let only = |a: &Accounts, b: &Accounts| a.keys().filter(|it| !b.contains_key(*it)).cloned().collect::<Vec<_>>();
    assert_eq!((only(planted, received), only(received, planted)), (vec![], vec![]));
    let normalisations = ["NUL-01", "ID-01", "KOD-03", "TGL-00", "JK-00"];
    let mut wrong = Vec::new();
    for (place, truth) in planted {
        let found = &received[place];
        let mut codes = found.codes.clone();
        codes.retain(|code, _| !normalisations.contains(&code.as_str()));
        let same = (found.read, found.rejected, found.repaired) == (truth.read, truth.rejected, truth.repaired);
        let seen = |(code, count): (&String, &u64)| found.findings.get(code).is_some_and(|it| it >= count);
        if !same || codes != truth.codes || !truth.findings.iter().all(seen) {
            wrong.push(format!("{place:?}\n  planted  {truth:?}\n  received {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn provenance_is_filled(project: &TestProject, answer: &Value) {
    let mut tables = 0;
    for (table, rows) in answer["tabel"].as_object().unwrap() {
        let query = format!(
            "SELECT count(*), count(instansi_kode), count(periode), count(cakupan), count(berkas_sha256), \
             count(berkas_baris), count(dimuat_pada) FROM {table}"
        );
        let counts = project.draft(&query)[1].clone();
        let expected = vec![rows.to_string(); 7].join(",");
        assert_eq!(counts, expected, "{table}");
        tables += 1;
        // One row of these becomes nine.
        if !["asesmen", "standar_kompetensi"].contains(&table.as_str()) {
            let query =
                format!("SELECT coalesce(sum(baris_diterima), 0) FROM berkas WHERE berlaku AND dataset = '{table}'");
            assert_eq!(project.draft(&query)[1], rows.to_string(), "{table}: every accepted row is there");
        }
    }
    assert_eq!(tables, 18);
}

fn raw_values_stay_inside(project: &TestProject, streams: &[&str]) {
    let raw = project.draft("SELECT DISTINCT nilai_mentah FROM tolakan WHERE length(nilai_mentah) > 7");
    assert!(raw.len() > 5, "{raw:?}");
    for value in raw.iter().skip(1).map(|it| it.trim_matches('"')) {
        assert!(streams.iter().all(|stream| !stream.contains(value)), "a raw value left");
    }
}

#[test]
fn the_answer_has_the_shape_that_is_promised() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12_20260105.csv", trainings(1..4, 20));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["berkas", "tabel"]);
    let row = receipt(&answer, "6705/pelatihan_2025-12_20260105.csv");
    let mut names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut promised = vec![
        "sha256",
        "nama_asal",
        "instansi_kode",
        "dataset",
        "periode",
        "cakupan",
        "berlaku",
        "diterima_pada",
        "tanggal_tarik",
        "tanggal_tarik_sumber",
        "format",
        "encoding",
        "delimiter",
        "sheet",
        "baris_header",
        "baris_dibaca",
        "baris_diterima",
        "baris_diperbaiki",
        "baris_ditolak",
        "baris_dilewati",
        "status",
        "alasan",
        "dimuat_pada",
        "kontrak_sha256",
        "aturan",
    ];
    promised.sort_unstable();
    assert_eq!(names, promised);
    let expected = [
        ("instansi_kode", "6705"),
        ("dataset", "pelatihan"),
        ("periode", "2025-12"),
        ("cakupan", "SEMUA"),
        ("tanggal_tarik", "2026-01-05"),
        ("tanggal_tarik_sumber", "NAMA_BERKAS"),
        ("format", "csv"),
        ("encoding", "utf-8"),
        ("delimiter", ";"),
        ("status", "DITERIMA"),
    ];
    expected.iter().for_each(|(name, value)| assert_eq!(row[name], *value, "{name}"));
    assert_eq!((&row["baris_dibaca"], &row["baris_header"], &row["berlaku"]), (&3.into(), &1.into(), &true.into()));
    assert!(row["alasan"].is_null() && row["sheet"].is_null());
    for moment in ["diterima_pada", "dimuat_pada"] {
        let text = row[moment].as_str().unwrap();
        assert!(text.ends_with('Z') && text.as_bytes()[10] == b'T', "{text}");
    }
    assert_eq!(answer["tabel"]["pelatihan"], 3);
    assert_eq!(answer["tabel"]["pegawai"], 0);
    assert_eq!(answer["tabel"].as_object().unwrap().len(), 18);
}

#[test]
fn one_downloaded_file_needs_no_inbox() {
    let project = TestProject::new();
    let name = "unduhan (2) Desember 2025.csv";
    let path = project.outside(name);
    std::fs::write(&path, trainings(1..6, 20)).unwrap();
    let path = path.to_str().unwrap();
    project.talenta(&["ingest", path]).code(1).says("BRK-13").says("--instansi");
    let answer = project.talenta(&["ingest", path, "--instansi", "6705", "--json"]).code(0).json();
    let row = receipt(&answer, name);
    assert_eq!(
        (&row["instansi_kode"], &row["periode"], &row["status"]),
        (&"6705".into(), &"2025-12".into(), &"DITERIMA".into())
    );
    // The words of the operator outrank the file name, and another month is another unit.
    let other =
        project.talenta(&["ingest", path, "--instansi", "6704", "--period", "2025-10", "--json"]).code(0).json();
    assert_eq!(receipt(&other, name)["periode"], "2025-10");
    let units = project.draft("SELECT instansi_kode, periode, count(*) FROM pelatihan GROUP BY 1, 2 ORDER BY 1, 2");
    assert_eq!(units[1..], ["6704,2025-10,5", "6705,2025-12,5"]);
}

#[test]
fn identical_bytes_change_nothing_whatever_they_are_called() {
    let project = TestProject::new();
    let bytes = trainings(1..6, 20);
    project.deliver("6705", "a_2025-12.csv", &bytes);
    project.deliver("6705", "a_2025-12 (1).csv", &bytes);
    project.deliver("6704", "a_2025-12.csv", &bytes);
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let status = |answer: &Value, name: &str| receipt(answer, name)["status"].as_str().unwrap().to_string();
    assert_eq!(status(&answer, "6705/a_2025-12 (1).csv"), "DITERIMA");
    assert_eq!(status(&answer, "6705/a_2025-12.csv"), "DUPLIKAT");
    assert_eq!(status(&answer, "6704/a_2025-12.csv"), "DITERIMA", "another government's own delivery");
    assert_eq!(answer["tabel"]["pelatihan"], 10);
    let before = commits(&project);
    project.talenta(&["ingest", "p/inbox"]).code(0).says("3 duplicate");
    assert_eq!(commits(&project), before);
    project.deliver("6705", "salinan a_2025-12.csv", &bytes);
    let answer = project.talenta(&["ingest", "p/inbox/6705/salinan a_2025-12.csv", "--json"]).code(0).json();
    let row = receipt(&answer, "salinan a_2025-12.csv");
    assert_eq!((&row["status"], &row["aturan"]["BRK-08"]), (&"DUPLIKAT".into(), &1.into()));
    let fresh: Vec<String> = commits(&project).into_iter().filter(|it| !before.contains(it)).collect();
    assert!(fresh.len() == 1 && fresh[0].contains("/berkas/"), "only the new name is noted: {fresh:?}");
    assert_eq!(project.draft("SELECT count(*) FROM berkas WHERE status = 'DUPLIKAT'")[1], "2");
}

#[test]
fn a_correction_replaces_exactly_its_unit_and_an_older_extraction_does_not() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12_20260105.csv", trainings(1..6, 20));
    project.deliver("6705", "pelatihan_2025-11_20251205.csv", trainings(1..5, 20));
    project.deliver("6704", "pelatihan_2025-12_20260105.csv", trainings(1..4, 20));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    let count = |project: &TestProject| {
        project.draft(
            "SELECT instansi_kode, periode, count(*), min(jp), max(jp) FROM pelatihan GROUP BY 1, 2 ORDER BY 1, 2",
        )[1..]
            .to_vec()
    };
    project.deliver("6705", "pelatihan_2025-12_20260110.csv", trainings(1..9, 30));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    let expected = ["6704,2025-12,3,20,20", "6705,2025-11,4,20,20", "6705,2025-12,8,30,30"];
    assert_eq!(count(&project), expected);
    let force = project.draft("SELECT nama_asal FROM berkas WHERE NOT berlaku");
    assert_eq!(force[1..], ["6705/pelatihan_2025-12_20260105.csv"]);
    project.deliver("6705", "pelatihan_2025-12_20260107.csv", trainings(1..3, 10));
    let late = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let row = receipt(&late, "6705/pelatihan_2025-12_20260107.csv");
    assert_eq!(
        (&row["status"], &row["berlaku"], &row["aturan"]["BRK-11"]),
        (&"USANG".into(), &false.into(), &1.into())
    );
    assert!(row["alasan"].as_str().unwrap().contains("lebih awal"));
    assert_eq!(count(&project), expected);
}

#[test]
fn the_order_of_reception_decides_within_a_pass() {
    let project = TestProject::new();
    project.deliver("6705", "z_2025-12.csv", trainings(1..3, 10));
    project.deliver("6705", "a_2025-12.csv", trainings(1..4, 30));
    project.write(
        "inbox/daftar_kiriman.csv",
        "berkas,diterima_pada,pengirim\n6705/z_2025-12.csv,2026-01-03T01:00:00Z,x\n6705/a_2025-12.csv,2026-01-02T01:00:00Z,x\n",
    );
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(receipt(&answer, "6705/z_2025-12.csv")["berlaku"], true);
    let loser = receipt(&answer, "6705/a_2025-12.csv");
    assert_eq!((&loser["berlaku"], &loser["status"]), (&false.into(), &"DITERIMA".into()));
    assert_eq!(loser["tanggal_tarik_sumber"], "KIRIMAN");
    assert_eq!(project.draft("SELECT count(*), max(jp) FROM pelatihan")[1], "2,10");
    // One version of the table: the loser never had one of its own.
    assert_eq!(commits(&project).iter().filter(|it| it.contains("/pelatihan/")).count(), 1);
}

#[test]
fn a_bundle_is_opened_and_its_members_are_deliveries() {
    let project = TestProject::new();
    let (one, two) = (trainings(1..4, 20), trainings(1..3, 20));
    let bundle = zip(&[("pelatihan_2025-12.csv", one.as_bytes()), ("lama/pelatihan_2025-11.csv", two.as_bytes())]);
    project.deliver("6705", "kiriman.zip", &bundle);
    project.deliver("6705", "kiriman (1).zip", &bundle);
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let statuses: BTreeMap<String, String> =
        receipts(&answer).into_iter().map(|(name, it)| (name, it[0]["status"].as_str().unwrap().to_string())).collect();
    let expected = [
        ("6705/kiriman (1).zip!lama/pelatihan_2025-11.csv", "DITERIMA"),
        ("6705/kiriman (1).zip!pelatihan_2025-12.csv", "DITERIMA"),
        ("6705/kiriman.zip!lama/pelatihan_2025-11.csv", "DUPLIKAT"),
        ("6705/kiriman.zip!pelatihan_2025-12.csv", "DUPLIKAT"),
    ];
    assert_eq!(statuses.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(answer["tabel"]["pelatihan"], 5);
    let before = commits(&project);
    project.talenta(&["ingest", "p/inbox"]).code(0).says("4 duplicate");
    assert_eq!(commits(&project), before);
}

#[test]
fn a_mended_contract_loads_what_it_did_not_know() {
    let project = TestProject::new();
    let text = trainings(1..5, 20).replace("Nama Pelatihan", "Judul Diklat");
    project.deliver("6705", "diklat_2025-12.csv", &text);
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let row = receipt(&answer, "6705/diklat_2025-12.csv");
    assert_eq!((&row["status"], &row["baris_dibaca"]), (&"TANPA_KONTRAK".into(), &0.into()));
    assert!(row["alasan"].as_str().unwrap().contains("Judul Diklat"), "{row:#}");
    project.talenta(&["ingest", "p/inbox"]).code(0).says("1 duplicate");
    project.edit("pipelines/sources/pelatihan.toml", |text| {
        let text = text.replace("\"Nama Pelatihan\"", "\"Nama Pelatihan\", \"Judul Diklat\"");
        let signature =
            "[[signature]]\norder = 40\ndialect = \"daftar\"\nheaders = [\"JUDUL DIKLAT\", \"DURASI JAM\"]\n";
        text.replace("[[lookup]]", &format!("{signature}\n[[lookup]]"))
    });
    let answer = project.talenta(&["ingest", "--again", "all", "--json"]).code(0).json();
    let row = receipt(&answer, "6705/diklat_2025-12.csv");
    assert_eq!((&row["status"], &row["baris_diterima"]), (&"DITERIMA".into(), &4.into()));
    assert_eq!(answer["tabel"]["pelatihan"], 4);
    assert_eq!(project.draft("SELECT status FROM berkas")[1..], ["DITERIMA"], "the last load of the file counts");
}

#[test]
fn loading_again_moves_a_file_and_leaves_nothing_behind() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12.csv", trainings(1..5, 20));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let sha = receipt(&answer, "6705/pelatihan_2025-12.csv")["sha256"].as_str().unwrap().to_string();
    let before = content(&project);
    project.talenta(&["ingest", "--again", &sha]).code(0);
    assert_eq!(content(&project), before, "the same contract gives the same rows");
    project.talenta(&["ingest", "--again", &sha, "--period", "2025-10"]).code(0);
    assert_eq!(project.draft("SELECT periode, count(*) FROM pelatihan GROUP BY 1")[1..], ["2025-10,4"]);
    assert_eq!(project.draft("SELECT periode, berlaku FROM berkas")[1..], ["2025-10,true"]);
    let unknown = "0".repeat(64);
    project.talenta(&["ingest", "--again", &unknown]).code(1).says(&unknown);
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12.csv", trainings(1..5, 20));
    project.deliver("6705", "kiriman.zip", zip(&[("p_2025-11.csv", trainings(1..4, 20).as_bytes())]));
    project.deliver("6705", "pegawai_2025-12.csv", employees(20));
    let before = tree(&project.root());
    let ran = project.talenta(&["ingest", "p/inbox", "--dry-run", "--json"]).code(0);
    assert_eq!(receipt(&ran.json(), "6705/kiriman.zip!p_2025-11.csv")["baris_diterima"], 3);
    let after = tree(&project.root());
    let changed: Vec<&String> =
        after.iter().filter(|(path, it)| before.get(*path) != Some(it)).map(|it| it.0).collect();
    assert!(changed.is_empty(), "{changed:#?}");
    project.talenta(&["ingest", "p/inbox"]).code(0);
    let before = tree(&project.path("lake"));
    project.deliver("6705", "pelatihan_2025-12 baru.csv", trainings(1..9, 20));
    project
        .talenta(&["ingest", "p/inbox", "--dry-run"])
        .code(0)
        .says("8 rows = 8 accepted")
        .says("nothing was written");
    assert_eq!(tree(&project.path("lake")), before);
}

#[test]
fn too_many_rejected_rows_commit_nothing() {
    let project = TestProject::new();
    let bad = format!("{}123;Manajemen Risiko;BPSDM;S-9;01-03-2024;05-03-2024;2024;20\n", trainings(1..20, 20));
    project.deliver("6704", "baik_2025-12.csv", trainings(1..5, 20));
    project.deliver("6705", "buruk_2025-12.csv", &bad);
    let ran = project.talenta(&["ingest", "p/inbox", "--fail-over", "1%"]).code(1);
    let ran = ran.says("6705/buruk_2025-12.csv").says("1 of 20 rows rejected").says("nothing was committed");
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert_eq!(commits(&project), Vec::<String>::new());
    let left: Vec<String> = tree(&project.path("lake")).into_keys().filter(|it| it.ends_with(".parquet")).collect();
    assert_eq!(left, Vec::<String>::new(), "no file that nobody names");
    project.talenta(&["ingest", "p/inbox", "--fail-over", "abc"]).code(1).says("no percentage");
    let answer = project.talenta(&["ingest", "p/inbox", "--fail-over", "5%", "--json"]).code(0).json();
    assert_eq!(answer["tabel"]["pelatihan"], 23);
    assert_eq!(project.draft("SELECT aturan, nilai_mentah FROM tolakan")[1..], ["ID-05,123"]);
}

#[test]
fn digits_come_out_as_they_went_in() {
    let project = TestProject::new();
    project.deliver(
        "6705",
        "pelatihan_2025-12.csv",
        format!("{TRAINING}\n {} ;M;B;S;01-03-2024;05-03-2024;2024;2\n", nip(1)),
    );
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(receipt(&answer, "6705/pelatihan_2025-12.csv")["baris_diterima"], 1);
    assert_eq!(project.draft("SELECT nip FROM pelatihan")[1], nip(1), "digits come out as they went in");
}
