//! The same bytes from several commands at the same time: one load, and the first receipt stands.

use crate::exports::{commits, receipts, trainings, tree};
use crate::harness::TestProject;
use std::fs;

#[test]
fn the_same_file_from_several_commands_at_once_is_loaded_once() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12.csv", trainings(1..60, 20));
    let children: Vec<_> = (0..4).map(|_| project.start(&["ingest", "p/inbox", "--json"])).collect();
    let (mut loaded, mut known) = (0, 0);
    for child in children {
        let pid = child.id();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(1) {
            // It did not wait: it says who writes, which is another of the four.
            assert!(err.contains("`ingest`") && !err.contains(&format!("process {pid},")), "{err}");
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{err}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        match receipts(&answer)["6705/pelatihan_2025-12.csv"][0]["status"].as_str() {
            Some("DITERIMA") => loaded += 1,
            Some("DUPLIKAT") => known += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(loaded, 1, "{known} found it loaded");
    let bytes = || -> Vec<(String, Vec<u8>)> {
        let files = tree(&project.path("tanda-terima")).into_keys().filter(|it| it.ends_with(".txt"));
        files.map(|it| (it.clone(), fs::read(it).unwrap())).collect()
    };
    let (first, log) = (bytes(), commits(&project));
    assert_eq!((first.len(), log.iter().filter(|it| it.contains("/pelatihan/")).count()), (1, 1));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    assert_eq!(receipts(&answer)["6705/pelatihan_2025-12.csv"][0]["status"], "DUPLIKAT");
    assert_eq!((bytes(), commits(&project)), (first, log), "the first receipt stands");
    assert_eq!(project.draft("SELECT count(*) FROM pelatihan")[1], "59");
}
