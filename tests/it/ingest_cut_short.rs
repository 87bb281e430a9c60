//! An ingest that is cut short, by a full disk or by a kill: nothing half-written is seen, and the next one ends where a clean one ends.

use crate::exports::{content, employees, receipts, trainings, tree};
use crate::harness::{TestProject, slow};
use std::process::Child;
use std::sync::LazyLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A project with deliveries of two governments and two months, every kind of log row among them.
fn project() -> TestProject {
    let project = TestProject::new();
    let rough = trainings(1..60, 20).replace(&crate::exports::nip(7), "123");
    project.deliver("6705", "pelatihan_2025-12.csv", rough);
    project.deliver("6704", "pelatihan_2025-11.csv", trainings(1..40, 20).replace("01-03-2024", "31-02-2024"));
    project.deliver("6705", "pegawai_2025-12.csv", employees(60));
    project.deliver("6705", "rusak_2025-12.csv", "<html>502</html>");
    project
}

fn ingest(project: &TestProject) -> crate::harness::Ran {
    project.talenta(&["ingest", "p/inbox", "--json"])
}

/// A load that was never disturbed: what the lake holds then, how many bytes that takes, and how long.
struct Clean {
    content: Vec<String>,
    bytes: u64,
    time: Duration,
}

static CLEAN: LazyLock<Clean> = LazyLock::new(|| {
    let project = project();
    let began = Instant::now();
    ingest(&project).code(1);
    let time = began.elapsed();
    let bytes = tree(&project.path("lake")).values().map(|(bytes, _)| bytes).sum();
    Clean { content: content(&project), bytes, time }
});

#[test]
fn a_full_disk_loses_nothing_and_the_next_ingest_ends_clean() {
    for part in [0, 3, 6, 9] {
        let mut project = project();
        let bytes = CLEAN.bytes * part / 10;
        project.env("TALENTA_UJI_GAGAL_SETELAH_BYTE", &bytes.to_string());
        let ran = ingest(&project).code(2).says("no space left").says("free some space and run again");
        assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "after {bytes} bytes: {}", ran.err);
        assert!(!tree(&project.path("lake")).keys().any(|it| it.contains('#')), "no torn file after {bytes} bytes");
        project.env("TALENTA_UJI_GAGAL_SETELAH_BYTE", "");
        ingest(&project).code(1);
        assert!(content(&project) == CLEAN.content, "after {bytes} bytes the lake differs from a clean load");
        assert_eq!(orphans(&project), Vec::<String>::new(), "after {bytes} bytes");
    }
}

#[test]
fn a_killed_ingest_is_redone_to_the_same_rows() {
    let kills = if slow("thirty kills of an ingest") { 30 } else { 4 };
    for kill in 0..kills {
        let project = project();
        let child = project.start(&["ingest", "p/inbox", "--json"]);
        // Most of what can be torn happens late, after the files are read.
        end(child, CLEAN.time * (kill + 2) / (kills + 2));
        let again = ingest(&project).code(1);
        assert_eq!(receipts(&again.json()).len(), 4);
        assert!(content(&project) == CLEAN.content, "kill {kill} of {kills}: the lake differs from a clean load");
        assert_eq!(orphans(&project), Vec::<String>::new(), "kill {kill} of {kills}");
    }
}

/// What was staged and never committed is removed by the next writer, and nothing else: neither the files of older versions nor
/// those of other programs.
#[test]
fn the_next_writer_sweeps_what_was_staged_and_only_that() {
    let project = project();
    ingest(&project).code(1);
    project.deliver("6705", "pelatihan_2025-12 koreksi.csv", trainings(1..50, 30));
    ingest(&project).code(1);
    let versions = tree(&project.path("lake"));
    let table = project.path("lake/pelatihan/instansi_kode=6705/periode=2025-12");
    let named = versions.keys().find(|it| it.contains("/pelatihan/") && it.ends_with(".zstd.parquet")).unwrap();
    let copy = named.rsplit('/').next().unwrap().replace(".zstd.parquet", "");
    let other = if copy.ends_with('0') { '1' } else { '0' };
    let staged = table.join(format!("{}{other}.zstd.parquet", &copy[..copy.len() - 1]));
    std::fs::create_dir_all(&table).unwrap();
    for path in [staged.clone(), table.join("x.parquet#1"), project.path("lake/raw/abc#2"), table.join("tamu.parquet")]
    {
        std::fs::write(path, "x").unwrap();
    }
    // Without the mark of a writer that was cut short nobody looks.
    ingest(&project).code(1);
    assert!(staged.exists());
    project.write("lake/_sedang_menulis", "");
    ingest(&project).code(1);
    assert!(!staged.exists() && !table.join("x.parquet#1").exists() && !project.path("lake/raw/abc#2").exists());
    assert!(table.join("tamu.parquet").exists(), "another program's file");
    assert!(!project.path("lake/_sedang_menulis").exists());
    let after = tree(&project.path("lake"));
    let gone: Vec<&String> =
        versions.keys().filter(|it| it.ends_with(".parquet") && !after.contains_key(*it)).collect();
    assert!(gone.is_empty(), "files of older versions stay: {gone:?}");
}

/// Data files that no log names, and files half written.
fn orphans(project: &TestProject) -> Vec<String> {
    let all = tree(&project.path("lake"));
    let logs = all.keys().filter(|it| it.contains("/_delta_log/") && it.ends_with(".json"));
    let log: String = logs.map(|it| std::fs::read_to_string(it).unwrap()).collect();
    let name = |it: &str| it.rsplit('/').next().unwrap().to_string();
    let data = all.keys().filter(|it| it.ends_with(".zstd.parquet") || it.contains('#'));
    data.filter(|it| !log.contains(&name(it))).cloned().collect()
}

/// Kills a process after a while, with SIGKILL.
fn end(mut child: Child, after: Duration) {
    sleep(after);
    // It may have ended before.
    let _ = child.kill();
    child.wait().unwrap();
}
