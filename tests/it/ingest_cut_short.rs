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
    }
}

/// Kills a process after a while, with SIGKILL.
fn end(mut child: Child, after: Duration) {
    sleep(after);
    // It may have ended before.
    let _ = child.kill();
    child.wait().unwrap();
}
