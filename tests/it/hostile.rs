//! Every bad file alone and eight at once: refused with a reason or loaded row for row, within the limits of one reader, and the next
//! file is loaded.

use crate::exports::{receipts, records, trainings, tree};
use crate::harness::{TestProject, slow};
use crate::hostile_archives::{archives, empty_members};
use crate::hostile_books::{giant_styles, giant_text, workbooks};
use crate::hostile_seeds::{Fate, PAYLOADS, Seed, endless_line, giant_json, others, refused, taken, texts, unclosed};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Child;

/// One gibibyte: what a reader may take, and what the program itself may.
const MEMORY_BYTES: u64 = 1 << 30;

fn seeds() -> Vec<Seed> {
    [texts(), workbooks(), archives(), others()].concat()
}

/// A project whose readers may use a gibibyte and twenty seconds.
fn project() -> TestProject {
    let project = TestProject::new();
    let limits = format!("\n[limits]\nworker_memory_bytes_max = {MEMORY_BYTES}\nfile_seconds_max = 20\n");
    project.edit("talenta.toml", |text| text + &limits);
    project
}

/// Each seed speaks for a month of its own, so that all stay in force.
fn month(i: usize) -> String {
    format!("{}-{:02}", 2024 + (i + 5) / 12, (i + 5) % 12 + 1)
}

/// Delivers a seed and a good file behind it.
fn deliver(project: &TestProject, i: usize, seed: &Seed) {
    let month = month(i);
    project.deliver("6705", &format!("{}_{month}.{}", seed.name, seed.extension), &seed.bytes);
    project.deliver("6704", &format!("{}_baik_{month}.csv", seed.name), trainings(5 * i + 1..5 * i + 6, 20));
}

/// What is wrong with the outcome of a seed; nothing where it is as it must be.
fn judge(answer: &Value, i: usize, seed: &Seed) -> Option<String> {
    let (found, month) = (receipts(answer), month(i));
    let good = &found.get(&format!("6704/{}_baik_{month}.csv", seed.name))?[0];
    let name = format!("6705/{}_{month}.{}", seed.name, seed.extension);
    let own: Vec<&Value> = found
        .iter()
        .filter(|(it, _)| **it == name || it.starts_with(&format!("{name}!")))
        .flat_map(|(_, it)| it)
        .collect();
    let sum = |what: &str| own.iter().map(|it| it[what].as_u64().unwrap()).sum::<u64>();
    let all = |status: &str| !own.is_empty() && own.iter().all(|it| it["status"] == status);
    let fits = match seed.fate {
        Fate::Refused(codes) => {
            let coded = |it: &&Value| codes.iter().any(|code| it["aturan"].get(code).is_some());
            all("DITOLAK")
                && own.iter().all(coded)
                && own.iter().all(|it| it["alasan"].as_str().is_some_and(|it| it.len() > 20))
        }
        Fate::Loaded(accepted, rejected) => {
            own.iter().any(|it| it["status"] == "DITERIMA")
                && own.iter().all(|it| {
                    // The link itself is a member that holds a path; it is refused as no table.
                    let link = it["nama_asal"].as_str().unwrap().ends_with("!keluar");
                    link || ["DITERIMA", "DUPLIKAT"].contains(&it["status"].as_str().unwrap())
                })
                && (sum("baris_diterima"), sum("baris_ditolak")) == (accepted, rejected)
        }
        Fate::Unknown => all("TANPA_KONTRAK"),
    };
    let next = (&good["status"], &good["baris_diterima"]) == (&"DITERIMA".into(), &5.into());
    let brief = |it: &&Value| {
        format!("{} {}+{} {} {}", it["status"], it["baris_diterima"], it["baris_ditolak"], it["aturan"], it["alasan"])
    };
    (!fits || !next).then(|| {
        format!("{name}: {:?}, next loaded: {next}, was {:?}", seed.fate, own.iter().map(brief).collect::<Vec<_>>())
    })
}

fn wrong(project: &TestProject, answer: &Value, seeds: &[(usize, &Seed)]) -> Vec<String> {
    let mut wrong: Vec<String> = Vec::new();
    for (i, seed) in seeds {
        match receipts(answer).contains_key(&format!("6704/{}_baik_{}.csv", seed.name, month(*i))) {
            true => wrong.extend(judge(answer, *i, seed)),
            false => wrong.push(format!("{}: the good file behind it has no receipt", seed.name)),
        }
    }
    let half: Vec<String> = tree(&project.path("lake")).into_keys().filter(|it| it.contains('#')).collect();
    wrong.extend(half);
    wrong
}

#[test]
fn eight_bad_files_at_once_are_refused_or_loaded_and_the_rest_goes_on() {
    let project = project();
    let seeds = seeds();
    assert!(seeds.len() > 90, "{}", seeds.len());
    let numbered: Vec<(usize, &Seed)> = seeds.iter().enumerate().collect();
    let mut all = Vec::new();
    for eight in numbered.chunks(8) {
        let _ = fs::remove_dir_all(project.path("inbox"));
        eight.iter().for_each(|(i, seed)| deliver(&project, *i, seed));
        let ran = project.talenta(&["ingest", "p/inbox", "--json"]);
        assert!(ran.code <= 1, "{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        all.extend(wrong(&project, &ran.json(), eight));
    }
    assert!(all.is_empty(), "{} wrong\n{}", all.len(), all.join("\n"));
    payloads_are_text(&project, &seeds);
}

/// What was loaded came out as it went in, and no receipt computes.
fn payloads_are_text(project: &TestProject, seeds: &[Seed]) {
    // A query needs more room than a reader.
    project.edit("talenta.toml", |text| text.split("\n[limits]").next().unwrap().to_string());
    let at = seeds.iter().position(|it| it.name == "11_muatan").unwrap();
    let query = format!(
        "SELECT nama FROM pelatihan WHERE periode = '{}' AND instansi_kode = '6705' ORDER BY berkas_baris",
        month(at)
    );
    let ran = project.talenta(&["sql", &query, "--draft", "--format", "csv"]).code(0);
    let stored: Vec<String> = records(&ran.out).into_iter().skip(1).map(|mut it| it.remove(0)).collect();
    let expected: Vec<&str> = PAYLOADS.iter().map(|it| it.trim()).collect();
    assert_eq!(stored, expected);
    assert!(!project.path("etc").exists() && !project.outside("etc").exists(), "no member is written anywhere");
    let dated = seeds.iter().position(|it| it.name == "34d_epoch_1904").unwrap();
    let query =
        format!("SELECT tgl_mulai FROM pelatihan WHERE periode = '{}' AND instansi_kode = '6705'", month(dated));
    assert!(project.draft(&query).contains(&"2024-02-29".to_string()), "days counted from 1904");
    let outside: Vec<String> = tree(&project.outside(""))
        .into_keys()
        .filter(|it| !it.starts_with(&project.root().display().to_string()))
        .collect();
    assert_eq!(outside, Vec::<String>::new());
}

/// The same rows in another order are another delivery; what it brings is the same.
#[test]
fn rows_in_another_order_replace_one_another() {
    let project = TestProject::new();
    let list = trainings(1..6, 20);
    let (head, rows) = list.split_once('\n').unwrap();
    let turned: String = rows.lines().rev().map(|it| format!("{it}\n")).collect();
    project.deliver("6705", "a_2025-12.csv", &list);
    project.deliver("6705", "b_2025-12.csv", format!("{head}\n{turned}"));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(answer["tabel"]["pelatihan"], 5);
    let in_force: BTreeMap<String, bool> =
        receipts(&answer).into_iter().map(|(name, it)| (name, it[0]["berlaku"] == true)).collect();
    assert_eq!(in_force.values().filter(|it| **it).count(), 1, "{in_force:?}");
}

/// Links, pipes and devices in the inbox were not delivered; a file that changes while it is read is one delivery or the other.
#[test]
fn what_is_no_file_is_passed_over() {
    let project = TestProject::new();
    project.deliver("6705", "baik_2025-12.csv", trainings(1..6, 20));
    let inbox = project.path("inbox/6705");
    let secret = project.write("rahasia.csv", trainings(1..3, 20));
    symlink(&secret, inbox.join("tautan_2025-12.csv")).unwrap();
    symlink("/dev/zero", inbox.join("nol_2025-12.csv")).unwrap();
    symlink(&project.path("inbox"), inbox.join("lingkar")).unwrap();
    mknodat(CWD, inbox.join("pipa_2025-12.csv"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(receipts(&answer).into_keys().collect::<Vec<_>>(), ["6705/baik_2025-12.csv"]);
    let pipe = inbox.join("pipa_2025-12.csv").display().to_string();
    project.talenta(&["ingest", &pipe, "--instansi", "6705"]).code(1).says("neither a file nor a folder");
    // Replaced between two runs, the name says nothing: the bytes do.
    let first = project.path("inbox/6705/baik_2025-12.csv");
    fs::write(&first, trainings(1..8, 20)).unwrap();
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(answer["tabel"]["pelatihan"], 7);
    let raw = tree(&project.path("lake/raw")).len();
    assert_eq!(raw, 2, "both deliveries are kept");
}

/// What holds personal data can be read by its user alone.
#[test]
fn what_is_written_is_for_its_user_alone() {
    let project = TestProject::new();
    project.deliver("6705", "baik_2025-12.csv", trainings(1..6, 20).replace("05-03-2024", "35-03-2024"));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    for place in ["lake", "tanda-terima", "state.sqlite", "talenta.lock"] {
        let below = tree(&project.path(place)).into_keys().chain([project.path(place).display().to_string()]);
        for path in below {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{path} has {mode:o}");
        }
    }
}

/// Peak memory of a process that runs, until it ends.
fn peak(child: &mut Child) -> u64 {
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let kib = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) << 10);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    peak
}

#[test]
fn every_bad_file_alone() {
    if !slow("every bad file alone, the giants among them") {
        return;
    }
    let giants: [fn() -> Seed; 7] = [
        || refused("01_kutip_400_megabita", "csv", unclosed(400 << 20), &["BRK-15"]),
        || refused("02_baris_satu_gigabita", "csv", endless_line(1_000_000_000), &["BRK-15"]),
        || refused("24_teks_600_megabita", "xlsx", giant_text(), &["BRK-07"]),
        || taken("46_sejuta_baris_bergaya", "xlsx", giant_styles(), 3, 0),
        || refused("50_sejuta_anggota", "zip", empty_members(1_000_000), &["BRK-02", "BRK-15"]),
        || refused("63_teks_300_megabita", "json", giant_json(300 << 20), &["BRK-15"]),
        || refused("47_rata", "csv", vec![b'x'; 100 << 20], &["BRK-15", "BRK-06"]),
    ];
    let project = project();
    let mut all = Vec::new();
    let count = seeds().len() + giants.len();
    for i in 0..count {
        let seed = match i.checked_sub(giants.len()) {
            None => giants[i](),
            Some(at) => seeds().remove(at),
        };
        let _ = fs::remove_dir_all(project.path("inbox"));
        deliver(&project, i, &seed);
        let mut child = project.start(&["ingest", "p/inbox", "--json"]);
        let peak = peak(&mut child);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().is_some_and(|it| it <= 1), "{}: {err}", seed.name);
        all.extend(wrong(&project, &serde_json::from_slice(&output.stdout).unwrap(), &[(i, &seed)]));
        if peak > MEMORY_BYTES || err.contains("panicked") {
            all.push(format!("{}: {peak} bytes at its peak; {err}", seed.name));
        }
        // Giants are not needed any more.
        fs::remove_dir_all(project.path("lake/raw")).unwrap();
    }
    assert!(all.is_empty(), "{} wrong\n{}", all.len(), all.join("\n"));
}
