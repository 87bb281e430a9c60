//! Compares loaded samples with their truth, cell by cell, where the samples exist. Refuses to be part of the program.
#![allow(clippy::print_stderr, reason = "a comparison that cannot run here says so")]

use crate::ingest::sample_load::{Loaded, contracts, delivery, inbox, load, samples};
use crate::ingest::source::unpack;
use crate::model::limits::Limits;
use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Counted = BTreeMap<Vec<String>, i64>;

#[test]
fn kalteng_3k_is_loaded_exactly() {
    compare("kalteng-3k");
}

#[test]
fn kalteng_berat_is_loaded_exactly() {
    compare("kalteng-berat");
}

fn compare(name: &str) {
    let Some(dir) = samples().map(|it| it.join(name)) else {
        eprintln!("{name}: no samples here, nothing compared");
        return;
    };
    let contracts = contracts();
    let loaded = load(&contracts, inbox(&dir.join("inbox")));
    let mut wrong = Vec::new();
    for contract in &contracts {
        wrong.extend(table(&dir, &contract.dataset, &loaded));
    }
    wrong.extend(deliveries(&dir, &loaded));
    wrong.extend(cells(&dir, &loaded));
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn broken_files_come_out_as_expected() {
    let Some(dir) = samples().map(|it| it.join("broken")) else {
        eprintln!("broken: no samples here, nothing compared");
        return;
    };
    let contracts = contracts();
    let mut wrong = Vec::new();
    for want in records(&dir, "expected").unwrap() {
        let bytes = fs::read(dir.join(&want["file"])).unwrap();
        let loaded = load(&contracts, vec![(delivery(&want["file"], &bytes, &want["instansi"], None), bytes)]);
        let sum =
            |get: fn(&crate::model::delivery::Receipt) -> u64| loaded.receipts.iter().map(get).sum::<u64>().to_string();
        let counts = [sum(|it| it.baris_dibaca), sum(|it| it.baris_diterima), sum(|it| it.baris_ditolak)];
        let wanted = [&want["rows_total"], &want["rows_accepted"], &want["rows_rejected"]];
        let status = loaded.receipts.iter().all(|it| it.status == want["outcome"]);
        let mut rules: BTreeMap<String, u64> = BTreeMap::new();
        for receipt in &loaded.receipts {
            receipt.aturan.iter().for_each(|(code, times)| *rules.entry(code.clone()).or_default() += times);
        }
        let missing: Vec<&str> = want["rule_codes"]
            .split(';')
            .filter(|it| !it.is_empty() && !it.starts_with("NUL") && !it.starts_with("KOD-03"))
            .filter(|it| {
                it.split_once('=')
                    .is_none_or(|(code, n)| rules.get(code).map(ToString::to_string).as_deref() != Some(n))
            })
            .collect();
        if !status || counts.iter().zip(wanted).any(|(a, b)| a != b) || !missing.is_empty() {
            let statuses: Vec<&str> = loaded.receipts.iter().map(|it| it.status.as_str()).collect();
            wrong.push(format!(
                "{}: {counts:?} wanted {wanted:?} {statuses:?}, rules {rules:?} lack {missing:?}",
                want["file"]
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn table(dir: &Path, dataset: &str, loaded: &Loaded) -> Vec<String> {
    let Some(truth) = records(&dir.join("truth"), dataset) else { return vec![format!("{dataset}: no truth")] };
    let columns = header(&dir.join("truth"), dataset);
    let mut rows = Counted::new();
    for record in &truth {
        *rows.entry(columns.iter().map(|it| norm(&record[it])).collect()).or_default() += 1;
    }
    for ((table, ..), (_, batches)) in &loaded.in_force {
        for batch in batches.iter().filter(|_| table == dataset) {
            for row in texts(batch, &columns) {
                *rows.entry(row.iter().map(|it| norm(it)).collect()).or_default() -= 1;
            }
        }
    }
    rows.retain(|_, it| *it != 0);
    let (missing, extra): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, it)| *it > 0);
    let mut wrong = Vec::new();
    if !missing.is_empty() || !extra.is_empty() {
        wrong.push(format!("{dataset}: {} of {} rows missing, {} extra", missing.len(), truth.len(), extra.len()));
    }
    for (row, _) in missing.iter().take(3) {
        let unlike = |other: &[String]| other.iter().zip(row).filter(|(a, b)| a != b).count();
        match extra.iter().min_by_key(|(it, _)| unlike(it)) {
            Some((near, _)) if unlike(near) * 2 < row.len() => {
                let pairs = columns.iter().zip(row.iter().zip(near)).filter(|(_, (a, b))| a != b);
                wrong.push(format!("    {} {:?}", row[2..4].join(" "), pairs.collect::<Vec<_>>()));
            }
            _ => wrong.push(format!("    missing {row:?}")),
        }
    }
    wrong
}

fn deliveries(dir: &Path, loaded: &Loaded) -> Vec<String> {
    let mut wrong = Vec::new();
    for want in records(&dir.join("truth"), "deliveries").unwrap() {
        let name = want["file"].trim_start_matches("inbox/");
        let mine: Vec<_> = loaded.receipts.iter().filter(|it| it.nama_asal == name).collect();
        let sum =
            |get: fn(&crate::model::delivery::Receipt) -> u64| mine.iter().map(|it| get(it)).sum::<u64>().to_string();
        let list = |get: &dyn Fn(&crate::model::delivery::Receipt) -> String| {
            let all: Vec<String> = mine.iter().map(|it| get(it)).collect();
            if all.iter().all(|it| it.is_empty()) { String::new() } else { all.join("|") }
        };
        let first = mine.first();
        let text = |get: &dyn Fn(&crate::model::delivery::Receipt) -> Option<String>| {
            first.and_then(|it| get(it)).unwrap_or_default()
        };
        let mut pairs = vec![
            ("rows_total", sum(|it| it.baris_dibaca)),
            ("rows_expected_accepted", sum(|it| it.baris_diterima)),
            ("rows_expected_rejected", sum(|it| it.baris_ditolak)),
            ("status", text(&|it| Some(it.status.clone()))),
        ];
        if matches!(want["status"].as_str(), "DITERIMA" | "USANG") {
            let header =
                |it: &crate::model::delivery::Receipt| it.baris_header.map_or(String::new(), |it| it.to_string());
            let structural =
                sum(|it| ["S01", "S02", "S03", "S04"].iter().filter_map(|code| it.aturan.get(*code)).sum());
            pairs.extend([
                ("rows_skipped", structural),
                ("periode", text(&|it| it.periode.map(|it| it.to_string()))),
                ("cakupan", text(&|it| it.cakupan.clone().filter(|_| it.dataset.as_deref() != Some("seleksi")))),
                ("tanggal_tarik", text(&|it| it.tanggal_tarik.map(|it| it.to_string()))),
                ("sumber_tanggal", text(&|it| it.tanggal_tarik_sumber.map(|it| it.as_str().to_string()))),
                ("format", text(&|it| it.format.clone())),
                ("encoding", text(&|it| it.encoding.clone())),
                ("delimiter", text(&|it| it.delimiter.clone())),
                ("header_row", list(&header)),
            ]);
            if want["dataset"] != "seleksi" {
                pairs.push(("sheets", list(&|it| it.sheet.clone().unwrap_or_default())));
                pairs.push(("dataset", text(&|it| it.dataset.clone())));
            } else {
                pairs.retain(|(it, _)| *it != "header_row");
            }
        }
        for (column, got) in pairs {
            let wanted = want[column].replace("\\t", "\t");
            if wanted != got {
                wrong.push(format!("{name}: {column} is {got}, wanted {wanted}"));
            }
        }
    }
    wrong
}

/// Rejects, nulls and repairs both ways; planted findings must be among those found.
fn cells(dir: &Path, loaded: &Loaded) -> Vec<String> {
    let mut rows = Counted::new();
    let mut found = Counted::new();
    let add = |kind: &str, all: &[(String, RecordBatch)], columns: [&str; 4], into: &mut Counted| {
        for (name, batch) in all {
            for row in texts(batch, &columns.map(String::from)) {
                if !row[2].starts_with("BRK") {
                    let key = vec![
                        kind.to_string(),
                        format!("inbox/{name}"),
                        row[0].clone(),
                        row[1].clone(),
                        row[2].clone(),
                        row[3].clone(),
                    ];
                    *into.entry(key).or_default() -= 1;
                }
            }
        }
    };
    add("tolakan", &loaded.tolakan, ["sheet", "baris", "aturan", "sheet"], &mut rows);
    add("perbaikan", &loaded.perbaikan, ["sheet", "baris", "aturan", "sesudah"], &mut rows);
    add("temuan", &loaded.temuan, ["sheet", "baris", "kode", "sheet"], &mut found);
    let mut wrong = Vec::new();
    for want in records(&dir.join("truth"), "bad_cells").unwrap() {
        let (kind, last) = match want["action"].as_str() {
            "reject" | "null" => ("tolakan", want["sheet"].clone()),
            "repair" => ("perbaikan", want["expected"].clone()),
            "finding" => ("temuan", want["sheet"].clone()),
            _ => continue,
        };
        let key = vec![
            kind.to_string(),
            want["file"].clone(),
            want["sheet"].clone(),
            want["row"].clone(),
            want["rule"].clone(),
            last,
        ];
        match kind {
            "temuan" => {
                if !found.contains_key(&key) {
                    wrong.push(format!("finding lacks {key:?}"));
                }
            }
            _ => *rows.entry(key).or_default() += 1,
        }
    }
    rows.retain(|_, it| *it != 0);
    wrong.extend(
        rows.iter().map(|(key, times)| format!("log {} {key:?}", if *times > 0 { "lacks" } else { "has too many" })),
    );
    wrong
}

fn texts(batch: &RecordBatch, columns: &[String]) -> Vec<Vec<String>> {
    let arrays: Vec<_> =
        columns.iter().map(|it| batch.column_by_name(it).unwrap_or_else(|| panic!("no column {it}"))).collect();
    let row = |row: usize| arrays.iter().map(|it| array_value_to_string(it, row).unwrap()).collect();
    (0..batch.num_rows()).map(row).collect()
}

/// One spelling for one number.
fn norm(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, fraction))
            if whole.parse::<i64>().is_ok() && fraction.len() <= 2 && fraction.parse::<u32>().is_ok() =>
        {
            let kept = fraction.trim_end_matches('0');
            if kept.is_empty() { whole.to_string() } else { format!("{whole}.{kept}") }
        }
        _ => text.to_string(),
    }
}

fn bytes_of(dir: &Path, name: &str) -> Option<Vec<u8>> {
    fs::read(dir.join(format!("{name}.csv")))
        .ok()
        .or_else(|| fs::read(dir.join(format!("{name}.csv.gz"))).ok().map(gunzip))
}

fn header(dir: &Path, name: &str) -> Vec<String> {
    let bytes = bytes_of(dir, name).unwrap();
    csv::Reader::from_reader(bytes.as_slice()).headers().unwrap().iter().map(str::to_string).collect()
}

fn records(dir: &Path, name: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let bytes = bytes_of(dir, name)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    Some(reader.deserialize().map(|it| it.unwrap()).collect())
}

/// A gzip stream is a deflate stream, and so is a zip member: put into a zip, the program's own reader unpacks it.
fn gunzip(gz: Vec<u8>) -> Vec<u8> {
    let flags = gz[3];
    let mut start = 10;
    if flags & 8 != 0 {
        start += gz[start..].iter().position(|it| *it == 0).unwrap() + 1;
    }
    let (body, tail) = (&gz[start..gz.len() - 8], &gz[gz.len() - 8..]);
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    let fields = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..], &tail[..4], &size, &tail[4..], &[1, 0, 0, 0]].concat();
    let mut zip = [b"PK\x03\x04".as_slice(), &fields, b"x", body].concat();
    let at = u32::try_from(zip.len()).unwrap().to_le_bytes();
    let central = [b"PK\x01\x02".as_slice(), &[20, 0], &fields, &[0; 14], b"x"].concat();
    let length = u32::try_from(central.len()).unwrap().to_le_bytes();
    zip.extend([&central, b"PK\x05\x06".as_slice(), &[0, 0, 0, 0, 1, 0, 1, 0], &length, &at, &[0, 0]].concat());
    unpack(&zip, &Limits::default()).unwrap().remove(0).bytes
}
