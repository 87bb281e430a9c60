//! What must hold for every province: the same bytes twice, sound identifiers, one tree a government, and a truth that adds up. Refuses to look into a loader.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::sample::{FileTruth, Options, Summary, province, siasn_csv};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

fn run(options: &Options) -> (BTreeMap<String, Vec<u8>>, Summary) {
    let mut files = BTreeMap::new();
    let summary = province(options, &mut |path, bytes| {
        assert!(files.insert(path.to_string(), bytes).is_none(), "{path} twice");
        Ok(())
    })
    .expect("a sink that takes everything");
    (files, summary)
}

fn small() -> Options {
    Options { employees: 240, ..Options::default() }
}

/// Records of a CSV of ours, header first.
fn records(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let text: String = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_string(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|it| it.expect("csv").iter().map(str::to_string).collect()).collect()
}

fn delimiter(bytes: &[u8]) -> u8 {
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if head.iter().filter(|it| **it == b';').count() > head.iter().filter(|it| **it == b',').count() {
        b';'
    } else {
        b','
    }
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let (first, one) = run(&small());
    let (second, two) = run(&small());
    assert_eq!(one, two);
    let digests = |files: &BTreeMap<String, Vec<u8>>| -> Vec<(String, Digest)> {
        files.iter().map(|(path, bytes)| (path.clone(), Digest::of(bytes))).collect()
    };
    assert_eq!(digests(&first), digests(&second));
    let (other, _) = run(&Options { seed: 8, ..small() });
    assert_ne!(digests(&first), digests(&other));
}

#[test]
fn the_register_lists_every_file_and_every_file_has_a_truth() {
    let (files, summary) = run(&small());
    let register = records(&files["inbox/daftar_kiriman.csv"], b',');
    let listed: BTreeSet<String> = register.iter().skip(1).map(|it| format!("inbox/{}", it[0])).collect();
    let written: BTreeSet<String> = files.keys().filter(|it| *it != "inbox/daftar_kiriman.csv").cloned().collect();
    assert_eq!(listed, written);
    let known: BTreeSet<String> = summary.files.iter().map(|it| it.path.clone()).collect();
    assert_eq!(known, written);
    let datasets: BTreeSet<&str> = summary.files.iter().map(|it| it.dataset.as_str()).collect();
    assert_eq!(datasets.len(), 18, "{datasets:?}");
}

#[test]
fn nips_are_sound_and_agree_with_the_row() {
    let (files, _) = run(&Options { mess: 0.0, ..small() });
    let mut seen = BTreeSet::new();
    for (path, bytes) in files.iter().filter(|it| it.0.contains("/Data ASN_") && it.0.contains("_202601")) {
        for row in records(bytes, b',').iter().skip(1) {
            let nip = row[1].trim_start_matches('\'');
            assert!(nip.len() == 18 && nip.bytes().all(|it| it.is_ascii_digit()), "{path}");
            let born = NaiveDate::parse_from_str(&nip[..8], "%Y%m%d").expect("a birth date");
            assert_eq!(born.format("%d-%m-%Y").to_string(), row[8]);
            let start = NaiveDate::parse_from_str(&row[29], "%d-%m-%Y").expect("a first day");
            let month = if row[22].contains("PPPK") { "21".into() } else { start.format("%m").to_string() };
            assert_eq!(&nip[8..14], format!("{}{month}", start.format("%Y")));
            assert_eq!(&nip[14..15], if row[9] == "M" { "1" } else { "2" });
            assert!(seen.insert(nip.to_string()));
        }
    }
    assert!(seen.len() > 60);
}

#[test]
fn units_are_one_tree_with_heads_from_the_snapshot() {
    let (files, _) = run(&Options { mess: 0.0, ..small() });
    for (path, bytes) in files.iter().filter(|it| it.0.contains("/unor")) {
        let rows = records(bytes, delimiter(bytes));
        let mut above = BTreeSet::new();
        for (place, row) in rows.iter().skip(1).enumerate() {
            assert_eq!(row[2].is_empty(), place == 0, "{path}");
            assert!(place == 0 || above.contains(&row[2]), "{path}");
            assert!(above.insert(row[0].clone()), "{path}");
        }
        assert!(rows.iter().skip(1).filter(|it| !it[8].is_empty()).count() > 3, "{path}");
    }
}

#[test]
fn clean_files_have_no_fault() {
    let (_, summary) = run(&Options { mess: 0.0, ..small() });
    for truth in &summary.files {
        assert_eq!((truth.rows_rejected, truth.repaired_cells, truth.nulled_cells), (0, 0, 0), "{truth:?}");
        assert!(truth.codes.keys().all(|it| it.starts_with('S')), "{truth:?}");
    }
}

#[test]
fn the_truth_adds_up_with_the_files() {
    let (files, summary) = run(&Options { mess: 4.0, ..small() });
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for truth in &summary.files {
        codes.extend(truth.codes.keys().map(String::as_str));
        let all: u64 = truth.codes.values().sum();
        assert!(all >= truth.rows_rejected + truth.repaired_cells + truth.nulled_cells + truth.skipped, "{truth:?}");
        assert!(truth.rows_rejected <= truth.rows_total);
        let bytes = &files[&truth.path];
        match truth.path.rsplit('.').next() {
            Some("csv") => check_csv(truth, bytes),
            Some("jsonl") => assert_eq!(bytes.split(|it| *it == b'\n').count() as u64 - 1, truth.rows_total),
            Some("json") => {
                let value: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
                assert_eq!(value["data"].as_array().map(Vec::len), usize::try_from(truth.rows_total).ok());
            }
            _ => {}
        }
    }
    for code in
        ["CSV-01", "DUP-01", "ID-02", "ID-03", "ID-04", "ID-05", "TGL-02", "TGL-06", "ENU-01", "S01", "S02", "S04"]
    {
        assert!(codes.contains(code), "{code} is never planted");
    }
}

fn check_csv(truth: &FileTruth, bytes: &[u8]) {
    let rows = records(bytes, delimiter(bytes));
    assert_eq!(rows.len() as u64 - 1, truth.rows_total + truth.skipped, "{truth:?}");
    let odd = rows.iter().filter(|it| it.len() != rows[0].len()).count() as u64;
    assert_eq!(odd, truth.codes.get("CSV-01").copied().unwrap_or(0), "{truth:?}");
}

#[test]
fn any_month_and_any_size_can_be_made() {
    for (employees, periode) in [(1, (2025, 2)), (400, (2026, 7))] {
        let periode = Periode::new(periode.0, periode.1).expect("a month");
        let (files, _) = run(&Options { employees, periode, months_before: 2, ..Options::default() });
        assert!(files.len() > 150);
    }
}

#[test]
fn the_bench_file_has_as_many_people_as_asked() {
    let mut bytes = Vec::new();
    siasn_csv(1500, 3, 1.0, &mut bytes).expect("a vector takes everything");
    let rows = records(&bytes, b',');
    let nips: BTreeSet<&String> =
        rows.iter().filter(|it| it.len() == 67 && it[1].len() == 19).map(|it| &it[1]).collect();
    assert!((1450..=1501).contains(&nips.len()), "{}", nips.len());
}
