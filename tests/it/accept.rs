//! Stock files with far more or fewer rows than the month before: kept, told, and loaded only at a person's word.

use crate::exports::{commits, content, employees, receipts, records, trainings, tree, zip};
use crate::harness::TestProject;
use serde_json::Value;
use std::fs;

/// The first `rows` employees of one and the same government.
fn stock(rows: usize) -> String {
    let all = records(&employees(160));
    let people = all.iter().skip(1).filter(|it| it[0] != all[0][0] && it.len() == all[0].len()).take(rows);
    let mut writer = csv::Writer::from_writer(Vec::new());
    all.iter().take(1).chain(people).for_each(|it| writer.write_record(it).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// November with a hundred employees in force.
fn november() -> TestProject {
    let project = TestProject::new();
    project.deliver("6705", "pegawai_2025-11_20251205.csv", stock(100));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    project
}

fn months(project: &TestProject) -> Vec<String> {
    project.draft("SELECT periode, count(*) FROM pegawai GROUP BY 1 ORDER BY 1")[1..].to_vec()
}

/// The receipt of a file, as text.
fn told(project: &TestProject, name: &str) -> String {
    let all = tree(&project.path("tanda-terima")).into_keys();
    let path = all.filter(|it| it.contains(name) && it.ends_with(".txt")).collect::<Vec<_>>();
    assert_eq!(path.len(), 1, "{path:?}");
    fs::read_to_string(&path[0]).unwrap()
}

fn digest(text: &str) -> String {
    talenta::model::digest::Digest::of(text.as_bytes()).to_string()
}

fn waiting(project: &TestProject) -> Vec<Value> {
    project.talenta(&["status", "--json"]).code(0).json()["waiting"].as_array().unwrap().clone()
}

#[test]
fn a_truncated_stock_waits_and_nothing_of_it_is_loaded() {
    let project = november();
    let text = stock(70);
    project.deliver("6705", "pegawai_2025-12_20260105.csv", &text);
    let before = content(&project);
    let command = format!("talenta ingest --again {} --accept", digest(&text));
    let ran = project.talenta(&["ingest", "p/inbox"]).code(1);
    ran.says("MENUNGGU").says("70 rows where 2025-11 has 100").says(&command).says("1 waiting for --accept");
    assert_eq!(content(&project), before, "neither rows nor log nor berkas");
    assert!(project.path("lake/raw").join(digest(&text)).exists(), "the bytes are kept");
    let receipt = told(&project, "pegawai_2025-12");
    for part in [
        "MENUNGGU PERSETUJUAN, belum ada yang dimuat",
        "70 baris, sedangkan kiriman November 2025 yang berlaku 100 baris",
        "-30 baris (-30,0 %) terhadap periode sebelumnya (November 2025, 100 baris); DI LUAR PITA WAJAR",
        &command,
    ] {
        assert!(receipt.contains(part), "`{part}` is not in\n{receipt}");
    }
    project.talenta(&["status"]).code(0).says("MENUNGGU").says("70 rows where 2025-11 has 100").says(&command);
    let list = waiting(&project);
    assert_eq!((list.len(), &list[0]["perintah"], &list[0]["baris"]["dibaca"]), (1, &command.into(), &70.into()));
    // The same folder again, and the same bytes under another name: nothing new waits, no receipt is rewritten.
    let (lake, receipts) = (tree(&project.path("lake")), tree(&project.path("tanda-terima")));
    project.talenta(&["ingest", "p/inbox"]).code(1).says("1 waiting for --accept").says("1 duplicate");
    assert_eq!((tree(&project.path("tanda-terima")), waiting(&project)), (receipts, list.clone()));
    let files = |it: &str| lake.keys().filter(|path| path.contains(it)).count();
    assert_eq!(
        tree(&project.path("lake")).keys().filter(|it| it.contains("/_delta_log/")).count(),
        files("/_delta_log/")
    );
    project.deliver("6705", "pegawai_2025-12_20260105 (1).csv", &text);
    project.talenta(&["ingest", "p/inbox"]).code(1);
    assert_eq!(waiting(&project), list);
}

#[test]
fn the_operators_word_loads_it_once_and_for_all() {
    for again in [true, false] {
        let project = november();
        let text = stock(70);
        let path = project.deliver("6705", "pegawai_2025-12_20260105.csv", &text);
        project.talenta(&["ingest", "p/inbox"]).code(1);
        let (sha, path) = (digest(&text), path.display().to_string());
        project.talenta(&["ingest", "--again", &sha]).code(1).says("MENUNGGU");
        let ran = if again {
            project.talenta(&["ingest", "--again", &sha, "--accept", "--json"])
        } else {
            project.talenta(&["ingest", &path, "--instansi", "6705", "--accept", "--json"])
        };
        let answer = ran.code(0).json();
        assert_eq!((answer["berkas"][0]["status"].as_str(), answer.get("menunggu")), (Some("DITERIMA"), None));
        assert_eq!(months(&project), ["2025-11,100", "2025-12,70"]);
        assert_eq!(waiting(&project), Vec::<Value>::new());
        let audit = fs::read(project.path("state.sqlite")).unwrap();
        let said = [b"\"accepted\":[{".as_slice(), sha.as_bytes()];
        assert!(said.iter().all(|it| audit.windows(it.len()).any(|part| part == *it)), "the audit log names it");
        if again {
            assert!(told(&project, "pegawai_2025-12").contains("DITERIMA, berlaku"));
        }
        // Nobody is asked twice about the same bytes: not by the folder, not by a replay, not under a mended contract.
        project.talenta(&["ingest", "p/inbox"]).code(0).says("2 duplicate");
        let rows = "SELECT nip, periode, berkas_sha256, berkas_baris FROM pegawai ORDER BY 1, 2";
        let before = project.draft(rows);
        project.edit("pipelines/sources/pegawai.toml", |text| text + "\n# dibetulkan\n");
        project.talenta(&["ingest", "p/inbox"]).code(0);
        project.talenta(&["ingest", "--again", "all"]).code(0);
        assert_eq!(project.draft(rows), before);
    }
}

#[test]
fn a_correction_is_judged_by_the_month_before_and_not_by_what_it_corrects() {
    let project = november();
    project.deliver("6705", "pegawai_2025-12_20260105.csv", stock(91));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    // A ninth more than the version it replaces, a hundredth more than November.
    project.deliver("6705", "pegawai_2025-12_20260107.csv", stock(105));
    let ran = project.talenta(&["ingest", "p/inbox"]).code(0);
    assert!(!ran.err.contains("di luar pita"), "{}", ran.err);
    let receipt = told(&project, "pegawai_2025-12_20260107");
    assert!(
        receipt.contains("+14 baris (+15,4 %) terhadap versi yang digantikan (Desember 2025, 91 baris)\n"),
        "{receipt}"
    );
    assert_eq!(months(&project), ["2025-11,100", "2025-12,105"]);
    // A truncated correction waits and the version in force stays; a whole one that comes after it ends the waiting.
    project.deliver("6705", "pegawai_2025-12_20260108.csv", stock(60));
    project.talenta(&["ingest", "p/inbox"]).code(1).says("60 rows where 2025-11 has 100");
    assert_eq!(months(&project), ["2025-11,100", "2025-12,105"]);
    project.deliver("6705", "pegawai_2025-12_20260109.csv", stock(104));
    let whole = project.path("inbox/6705/pegawai_2025-12_20260109.csv").display().to_string();
    project.talenta(&["ingest", &whole, "--instansi", "6705"]).code(0);
    assert_eq!((months(&project), waiting(&project)), (vec!["2025-11,100".into(), "2025-12,104".into()], vec![]));
    project.talenta(&["ingest", "p/inbox"]).code(0).says("1 out of date");
    assert_eq!(months(&project), ["2025-11,100", "2025-12,104"]);
}

#[test]
fn months_of_one_pass_are_compared_in_their_order() {
    let project = TestProject::new();
    // By name and by time of reception December comes first; it is in a bundle, and twice.
    let (december, november) = (stock(60), stock(100));
    project.deliver("6705", "a.zip", zip(&[("pegawai_2025-12.csv", december.as_bytes())]));
    project.deliver("6705", "b pegawai_2025-12.csv", &december);
    project.deliver("6705", "c pegawai_2025-11.csv", &november);
    let ran = project.talenta(&["ingest", "p/inbox", "--dry-run", "--json"]).code(1);
    assert_eq!(ran.json()["menunggu"].as_array().unwrap().len(), 1);
    assert!(tree(&project.path("lake")).is_empty());
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(1).json();
    assert_eq!(receipts(&answer).into_keys().collect::<Vec<_>>(), ["6705/c pegawai_2025-11.csv"]);
    assert_eq!(answer["menunggu"][0]["nama_asal"], "6705/a.zip!pegawai_2025-12.csv");
    assert_eq!(answer["menunggu"].as_array().unwrap().len(), 1, "the same bytes wait once");
    assert_eq!(months(&project), ["2025-11,100"]);
    assert!(told(&project, "b pegawai").contains("MENUNGGU PERSETUJUAN"), "both names have their receipt");
    project.talenta(&["ingest", "--again", &digest(&december), "--accept"]).code(0);
    assert_eq!(months(&project), ["2025-11,100", "2025-12,60"]);
}

#[test]
fn small_units_events_and_bad_rows_never_wait() {
    let project = TestProject::new();
    project.deliver("6705", "pegawai_2025-11.csv", stock(40));
    project.deliver("6705", "pegawai_2025-12.csv", stock(20));
    project.deliver("6705", "pelatihan_2025-11.csv", trainings(1..100, 20));
    project.deliver("6705", "pelatihan_2025-12.csv", trainings(1..30, 20));
    let ran = project.talenta(&["ingest", "p/inbox"]).code(0);
    assert!(ran.err.contains("di luar pita wajar") && ran.err.contains("brings 29 rows of pelatihan"), "{}", ran.err);
    assert_eq!(months(&project), ["2025-11,40", "2025-12,20"]);
    project.deliver("6705", "pegawai_2026-01.csv", stock(24));
    project.deliver("6705", "pegawai_2026-02.csv", stock(100));
    // The list pasted twice: the second half is rejected row by row.
    project.deliver("6705", "pegawai_2026-03.csv", format!("{}{}", stock(101), stock(101).split_once('\n').unwrap().1));
    project.deliver("6705", "pegawai_2026-04.csv", stock(102));
    // Every third number too short.
    let worse: String = stock(100)
        .lines()
        .enumerate()
        .map(|(i, line)| line.replacen("'19", if i % 3 == 1 { "'1" } else { "'19" }, 1) + "\n")
        .collect();
    project.deliver("6705", "pegawai_2026-05.csv", worse);
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let accepted = |name: &str| receipts(&answer)[name][0]["baris_diterima"].as_u64().unwrap();
    assert!(accepted("6705/pegawai_2026-05.csv") < 80, "{answer:#}");
    assert_eq!(accepted("6705/pegawai_2026-03.csv"), 101);
    assert_eq!(waiting(&project), Vec::<Value>::new());
}

#[test]
fn a_run_takes_in_the_rest_and_says_what_waits() {
    let project = november();
    project.deliver("6705", "pegawai_2025-12_20260105.csv", stock(70));
    project.deliver("6704", "pelatihan_2025-12.csv", trainings(1..5, 20));
    let job = "version = 1\nabout = \"Kiriman saja\"\ninbox = \"inbox\"\nsteps = [\"ingest\"]\n\n[schedule]\ncron = \"0 0 6 10 * *\"\ntime_zone = \"Asia/Pontianak\"\n";
    project.write("pipelines/jobs/kiriman.toml", job);
    let ran = project.talenta(&["run", "kiriman", "--period", "2025-12"]).code(0);
    ran.says("MENUNGGU").says("70 rows where 2025-11 has 100").says("1 waiting for --accept");
    let answer = project.talenta(&["run", "kiriman", "--period", "2025-12", "--json"]).code(0).json();
    assert_eq!(answer["ingest"]["menunggu"][0]["baris"]["dibaca"], 70);
    assert_eq!(project.draft("SELECT count(*) FROM pelatihan")[1], "4");
    assert_eq!(months(&project), ["2025-11,100"]);
    assert!(commits(&project).iter().any(|it| it.contains("/pelatihan/")));
}

#[test]
fn the_month_given_with_a_file_is_kept_while_it_waits() {
    let project = november();
    let text = stock(70);
    let path = project.write("unduhan.csv", &text).display().to_string();
    project
        .talenta(&["ingest", &path, "--instansi", "6705", "--period", "2025-12"])
        .code(1)
        .says("2025-12 unduhan.csv");
    fs::remove_file(&path).unwrap();
    project.talenta(&["ingest", "--again", &digest(&text), "--accept"]).code(0);
    assert_eq!(months(&project), ["2025-11,100", "2025-12,70"]);
}
