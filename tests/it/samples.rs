//! The public samples, where they lie beside the checkout: every receipt and every row in force is the one that is written there.

use crate::exports::{receipts, records};
use crate::harness::{TestProject, samples, slow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lines of a CSV as maps from column to cell.
fn lines(path: &Path) -> Vec<BTreeMap<String, String>> {
    let rows = records(&fs::read_to_string(path).unwrap());
    let head = rows[0].clone();
    rows.into_iter().skip(1).map(|row| head.iter().cloned().zip(row).collect()).collect()
}

fn sum(rows: &[Value], name: &str) -> u64 {
    rows.iter().map(|it| it[name].as_u64().unwrap()).sum()
}

#[test]
fn broken_files_end_as_they_should() {
    let Some(samples) = samples() else { return };
    let folder = samples.join("broken");
    let expected = lines(&folder.join("expected.csv"));
    let project = TestProject::new();
    let mut wrong = Vec::new();
    // Every file is the only delivery of an empty lake; a dry run leaves it empty.
    for line in &expected {
        let path = folder.join(&line["file"]);
        let args = ["ingest", path.to_str().unwrap(), "--instansi", &line["instansi"], "--dry-run", "--json"];
        let ran = project.talenta(&args);
        let refused = line["outcome"] == "DITOLAK";
        let rows: Vec<Value> = receipts(&ran.json()).into_values().flatten().collect();
        let mut codes: BTreeMap<String, u64> = BTreeMap::new();
        for (code, count) in rows.iter().flat_map(|it| it["aturan"].as_object().unwrap()) {
            *codes.entry(code.clone()).or_default() += count.as_u64().unwrap();
        }
        let promised: BTreeMap<&str, u64> = line["rule_codes"]
            .split(';')
            .filter_map(|it| it.split_once('='))
            .filter(|(code, _)| *code != "NUL-01")
            .map(|(code, count)| (code, count.parse().unwrap()))
            .collect();
        let same = rows.iter().all(|it| it["status"] == line["outcome"].as_str())
            && ran.code == i32::from(refused)
            && ["total", "accepted", "rejected"]
                .iter()
                .zip(["baris_dibaca", "baris_diterima", "baris_ditolak"])
                .all(|(ours, theirs)| line[&format!("rows_{ours}")] == sum(&rows, theirs).to_string())
            && promised.iter().all(|(code, count)| codes.get(*code) == Some(count));
        if !same {
            wrong.push(format!("{line:?}\n  exit {} {codes:?} {rows:#?}", ran.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn three_thousand_employees_arrive_exactly() {
    if let Some(samples) = samples() {
        province(&samples.join("kalteng-3k"), 0);
    }
}

#[test]
fn the_heavy_sample_arrives_exactly() {
    if let Some(samples) = samples().filter(|_| slow("the sample with far more mess")) {
        province(&samples.join("kalteng-berat"), 1);
    }
}

fn province(folder: &Path, code: i32) {
    let project = TestProject::new();
    let inbox = folder.join("inbox");
    let answer = project.talenta(&["ingest", inbox.to_str().unwrap(), "--json"]).code(code).json();
    let found = receipts(&answer);
    let mut wrong = Vec::new();
    let deliveries = lines(&folder.join("truth/deliveries.csv"));
    for line in &deliveries {
        let Some(rows) = found.get(line["file"].trim_start_matches("inbox/")) else {
            wrong.push(format!("no receipt: {line:?}"));
            continue;
        };
        let mut promised: Vec<(&str, String)> = vec![
            ("rows_total", sum(rows, "baris_dibaca").to_string()),
            ("rows_expected_accepted", sum(rows, "baris_diterima").to_string()),
            ("rows_expected_rejected", sum(rows, "baris_ditolak").to_string()),
        ];
        promised.retain(|(name, _)| line.contains_key(*name) && !line[*name].is_empty());
        let same = promised.iter().all(|(name, count)| line[*name] == *count)
            && rows.iter().all(|it| it["status"] == line["status"].as_str());
        if !same {
            wrong.push(format!("{line:?}\n  {rows:#?}"));
        }
    }
    assert!(wrong.is_empty() && !deliveries.is_empty(), "{}", wrong.join("\n"));
    let mut compared = 0;
    for (table, rows) in answer["tabel"].as_object().unwrap() {
        let path = folder.join(format!("truth/{table}.csv"));
        if fs::metadata(&path).is_ok() {
            assert_eq!(lines(&path).len() as u64, rows.as_u64().unwrap(), "{table}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "{compared} tables have their truth as plain CSV");
}
