//! Deliveries larger than what their reader may hold, and a reader that dies in the middle of one.

use crate::harness::{Ran, TestProject, slow};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// A project with one export of this many rows in its inbox.
fn project(rows: usize) -> (TestProject, PathBuf) {
    let project = TestProject::new();
    let made = project.outside("contoh");
    project.run(&["sample", &made.display().to_string(), "--siasn", &rows.to_string()]).code(0);
    let path = project.path("inbox/6705/siasn_2025-12.csv");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::rename(made.join("siasn.csv"), &path).unwrap();
    (project, path)
}

/// The reader processes of a running command that have read more than `bytes`.
fn readers_past(command: u32, bytes: u64) -> Vec<String> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{command}/task")).into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let counted = fs::read_to_string(format!("/proc/{child}/io")).unwrap_or_default();
            let read = counted.lines().find_map(|it| it.strip_prefix("rchar: ")?.parse::<u64>().ok());
            if read.is_some_and(|read| bytes < read) {
                found.push(child.to_string());
            }
        }
    }
    found
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

#[test]
fn of_a_file_whose_reader_dies_nothing_is_loaded() {
    let (project, path) = project(60_000);
    let size = fs::metadata(&path).unwrap().len();
    let mut running = project.start(&["ingest", "p/inbox", "--json"]);
    let mut killed = 0;
    // A reader that has read the file two and a half times has begun to send rows. Were it stopped before, another would try again,
    // and die too.
    while running.try_wait().unwrap().is_none() {
        for reader in readers_past(running.id(), size * 3) {
            killed += usize::from(Command::new("kill").args(["-9", &reader]).status().unwrap().success());
        }
        sleep(Duration::from_millis(2));
    }
    let ended = running.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: ended.status.code().unwrap_or(-1), out: text(ended.stdout), err: text(ended.stderr) }.code(1);
    assert!(killed > 0);
    let answer = ran.json();
    assert_eq!(answer["berkas"].as_array().unwrap().len(), 1);
    assert_eq!(answer["berkas"][0]["status"], "DITOLAK");
    assert!(answer["berkas"][0]["aturan"]["BRK-15"].is_number());
    let data = files_below(&project.path("lake/pegawai")).into_iter().filter(|it| it.ends_with(".parquet"));
    assert_eq!(data.collect::<Vec<_>>(), Vec::<String>::new());
    assert!(files_below(&project.path("lake")).iter().all(|it| !it.contains('#')));
    // Nothing is in the way of the next try.
    let again = project.talenta(&["ingest", "p/inbox", "--json"]).code(0);
    let answer = again.json();
    let number = |name: &str| answer["berkas"][0][name].as_u64().unwrap();
    assert_eq!(number("baris_dibaca"), number("baris_diterima") + number("baris_ditolak"));
    assert!(60_000 <= number("baris_dibaca"));
}

#[test]
fn a_file_larger_than_the_memory_of_its_reader_is_loaded_exactly() {
    if !slow("a file larger than the memory of its reader") {
        return;
    }
    let (project, path) = project(800_000);
    let limit = 512 << 20;
    assert!(fs::metadata(&path).unwrap().len() > limit);
    project.edit("talenta.toml", |text| text + &format!("\n[limits]\nworker_memory_bytes_max = {limit}\n"));
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(0);
    let answer = ran.json();
    let number = |name: &str| answer["berkas"][0][name].as_u64().unwrap();
    assert_eq!(number("baris_dibaca"), number("baris_diterima") + number("baris_ditolak"));
    assert!(800_000 <= number("baris_dibaca"));
    let stored = project.draft("select count(*) as n, count(distinct nip) as orang from pegawai");
    assert_eq!(stored[1], format!("{0},{0}", number("baris_diterima")));
}
