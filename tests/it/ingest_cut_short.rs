//! An ingest that is cut short, by a full disk or by a kill: nothing half-written is seen, and the next one ends where a clean one ends.

use crate::exports::{content, employees, receipts, trainings, tree};
use crate::harness::{TestProject, slow};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A project with deliveries of two governments and two months, every kind of log row among them.
fn project() -> TestProject {
    let project = TestProject::new();
    let rough = trainings(1..60, 20)
        .replace(&crate::exports::nip(7), "123")
        .replace("05-03-2024;2024;20\n", "05-03-2024;2024;20\n");
    project.deliver("6705", "pelatihan_2025-12.csv", rough);
    project.deliver("6704", "pelatihan_2025-11.csv", trainings(1..40, 20).replace("01-03-2024", "31-02-2024"));
    project.deliver("6705", "pegawai_2025-12.csv", employees(60));
    project.deliver("6705", "rusak_2025-12.csv", "<html>502</html>");
    project
}

fn ingest(project: &TestProject) -> crate::harness::Ran {
    project.talenta(&["ingest", "p/inbox", "--json"])
}

/// What a lake holds that was never disturbed.
fn clean() -> Vec<Vec<String>> {
    let project = project();
    ingest(&project).code(1);
    content(&project)
}

#[test]
fn a_full_disk_loses_nothing_and_the_next_ingest_ends_clean() {
    let expected = clean();
    let total: u64 = {
        let project = project();
        ingest(&project).code(1);
        tree(&project.path("lake")).values().map(|(bytes, _)| bytes).sum()
    };
    for part in [0, 1, 3, 5, 7, 9] {
        let mut project = project();
        let bytes = total * part / 10;
        project.env("TALENTA_UJI_GAGAL_SETELAH_BYTE", &bytes.to_string());
        let ran = ingest(&project).code(2).says("no space left").says("free some space and run again");
        assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "after {bytes} bytes: {}", ran.err);
        assert!(!tree(&project.path("lake")).keys().any(|it| it.contains('#')), "no torn file after {bytes} bytes");
        project.env("TALENTA_UJI_GAGAL_SETELAH_BYTE", "");
        ingest(&project).code(1);
        assert!(content(&project) == expected, "after {bytes} bytes the lake differs from a clean load");
    }
}

#[test]
fn a_killed_ingest_is_redone_to_the_same_rows() {
    let expected = clean();
    let began = Instant::now();
    let whole = project();
    ingest(&whole).code(1);
    let whole = began.elapsed();
    let kills = if slow("thirty kills of an ingest") { 30 } else { 5 };
    for kill in 0..kills {
        let project = project();
        let child = project.start(&["ingest", "p/inbox", "--json"]);
        // Most of what can be torn happens late, after the files are read.
        end(child, whole * (kill + 2) / (kills + 3));
        let again = ingest(&project).code(1);
        assert_eq!(receipts(&again.json()).len(), 4);
        assert!(content(&project) == expected, "kill {kill} of {kills}: the lake differs from a clean load");
    }
}

/// Kills a process after a while, with SIGKILL.
fn end(mut child: Child, after: Duration) {
    sleep(after);
    // It may have ended before.
    let _ = child.kill();
    child.wait().unwrap();
}
