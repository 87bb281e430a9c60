//! Deliveries that cannot be used, and surroundings that do not let them in: one clear sentence, the promised exit code, nothing lost.

use crate::exports::{
    TRAINING, commits, content, employees, nip, receipt, receipts, records, trainings, tree, workbook, zip,
};
use crate::harness::{Ran, TestProject};
use serde_json::Value;
use std::io::{Cursor, Write as _};
use std::path::Path;

/// A compound file with the stream that every encrypted workbook has.
fn encrypted() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("EncryptionInfo").unwrap().write_all(&[4, 0, 4, 0]).unwrap();
    file.create_stream("EncryptedPackage").unwrap().write_all(&[7; 64]).unwrap();
    file.into_inner().into_inner()
}

/// Name, bytes, rule code and a word that the sender can act on.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let book = workbook(&records(&employees(12)), None);
    let good = trainings(1..4, 20);
    let nested = zip(&[("dalam.zip", &zip(&[("p_2025-12.csv", good.as_bytes())]))]);
    let zeros = vec![0_u8; 66 << 20];
    let mut nul = good.clone().into_bytes();
    nul.insert(200, 0);
    vec![
        ("kosong_2025-12.csv", Vec::new(), "BRK-03", "kosong"),
        ("buku_kosong_2025-12.xlsx", workbook(&[vec![String::new()]], None), "BRK-03", "kosong"),
        ("data_kosong_2025-12.json", br#"{"code":1,"data":"Data tidak ditemukan"}"#.to_vec(), "BRK-03", "kosong"),
        ("rahasia_2025-12.xlsx", encrypted(), "BRK-01", "kata sandi"),
        ("terpotong_2025-12.xlsx", book[..book.len() / 2].to_vec(), "BRK-02", "kirim ulang"),
        ("halaman_2025-12.csv", b"<html><body><h1>502 Bad Gateway</h1></body></html>".to_vec(), "BRK-04", "halaman"),
        ("surat_2025-12.csv", b"Kepada Yth.\nKepala BKD\ndi tempat\n".to_vec(), "BRK-06", "judul kolom"),
        ("gambar_2025-12.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec(), "BRK-09", "NUL"),
        ("bom_2025-12.zip", zip(&[("p_2025-12.csv", &zeros)]), "BRK-07", "Arsip"),
        ("sarang_2025-12.zip", nested, "BRK-02", "Arsip di dalam arsip"),
        ("nul_2025-12.csv", nul, "BRK-09", "NUL"),
        ("tanpa_bulan.csv", good.into_bytes(), "BRK-14", "--period"),
    ]
}

#[test]
fn every_bad_file_is_refused_with_its_reason_and_the_good_one_beside_it_is_loaded() {
    let project = TestProject::new();
    let bad = bad_files();
    for (name, bytes, _, _) in &bad {
        project.deliver("6705", name, bytes);
    }
    project.deliver("6705", "baik_2025-12.csv", trainings(1..8, 20));
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(1);
    let answer = ran.json();
    for (name, bytes, code, word) in &bad {
        let member = if *name == "sarang_2025-12.zip" { "!dalam.zip" } else { "" };
        let row = receipt(&answer, &format!("6705/{name}{member}"));
        assert_eq!((&row["status"], &row["aturan"]), (&"DITOLAK".into(), &serde_json::json!({ *code: 1 })), "{name}");
        assert!(row["alasan"].as_str().unwrap().contains(word), "{name}: {row:#}");
        assert_eq!((&row["baris_dibaca"], &row["berlaku"]), (&0.into(), &false.into()), "{name}");
        if member.is_empty() {
            let raw = project.path("lake/raw").join(row["sha256"].as_str().unwrap());
            assert_eq!(&std::fs::read(raw).unwrap(), bytes, "{name}: the bytes are kept");
        }
    }
    assert_eq!(receipt(&answer, "6705/baik_2025-12.csv")["baris_diterima"], 7);
    let logged = project.draft("SELECT aturan, baris, kolom FROM tolakan ORDER BY aturan");
    assert_eq!(logged.len(), bad.len() + 1);
    assert!(logged[1..].iter().all(|it| it.starts_with("BRK-") && it.ends_with(",0,")), "{logged:?}");
    // Refused is not loaded: the same files are looked at again, and nothing doubles.
    let before = content(&project);
    let again = project.talenta(&["ingest", "p/inbox"]).code(1);
    again.says("12 refused, 1 duplicate").says("kata sandi");
    assert_eq!(content(&project), before);
}

#[test]
fn a_wrong_extension_is_a_finding_and_nothing_else() {
    let project = TestProject::new();
    project.deliver("6705", "pelatihan_2025-12.xlsx", trainings(1..4, 20));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json();
    let row = receipt(&answer, "6705/pelatihan_2025-12.xlsx");
    assert_eq!(
        (&row["status"], &row["format"], &row["aturan"]["BRK-05"]),
        (&"DITERIMA".into(), &"csv".into(), &1.into())
    );
    assert_eq!(project.draft("SELECT kode FROM temuan_mutu WHERE baris IS NULL")[1..], ["BRK-05"]);
}

#[test]
fn the_sender_must_be_one_of_the_fifteen_and_the_one_in_the_rows() {
    let project = TestProject::new();
    project.deliver("6799", "p_2025-12.csv", trainings(1..4, 20));
    project.deliver("6704", "pegawai_2025-12.csv", employees(12));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(1).json();
    let unknown = receipt(&answer, "6799/p_2025-12.csv");
    assert_eq!((&unknown["status"], &unknown["aturan"]["BRK-13"]), (&"DITOLAK".into(), &1.into()));
    assert!(unknown["instansi_kode"].is_null() && unknown["alasan"].as_str().unwrap().contains("`6799`"));
    let foreign = receipt(&answer, "6704/pegawai_2025-12.csv");
    assert_eq!((&foreign["status"], &foreign["aturan"]["BRK-10"]), (&"DITOLAK".into(), &1.into()));
    let before = tree(&project.root());
    let path = project.path("inbox/6799/p_2025-12.csv").display().to_string();
    let ran = project.talenta(&["ingest", &path, "--instansi", "6799"]).code(1);
    one_line(&ran.says("`6799` is none of the fifteen").says("6700, 6701"));
    assert_eq!(tree(&project.path("lake")), subtree(&before, &project.path("lake")));
    // Put right by the operator, the same bytes are loaded.
    let answer = project.talenta(&["ingest", &path, "--instansi", "6705", "--json"]).code(0).json();
    assert_eq!(answer["tabel"]["pelatihan"], 3);
}

fn subtree<T: Clone>(
    all: &std::collections::BTreeMap<String, T>,
    folder: &Path,
) -> std::collections::BTreeMap<String, T> {
    let inside = format!("{}/", folder.display());
    all.iter().filter(|(path, _)| path.starts_with(&inside)).map(|(path, it)| (path.clone(), it.clone())).collect()
}

/// A failure is one line on stderr.
#[track_caller]
fn one_line(ran: &Ran) {
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
}

#[test]
fn a_header_without_a_needed_column_is_named_not_guessed() {
    let project = TestProject::new();
    let without: String =
        trainings(1..4, 20).lines().map(|it| it.rsplit_once(';').unwrap().0.to_string() + "\n").collect();
    project.deliver("6705", "pelatihan_2025-12.csv", without);
    let ran = project.talenta(&["ingest", "p/inbox"]).code(0);
    ran.says("TANPA_KONTRAK").says("Nama Pelatihan").says("Tahun Pelatihan").says("1 without contract");
    // A required column that the signature does not ask for: every row says what is missing.
    let no_end = trainings(1..4, 20).replace("Tanggal Selesai", "Catatan");
    project.deliver("6704", "pelatihan_2025-12.csv", no_end);
    let answer = project.talenta(&["ingest", "p/inbox/6704", "--json"]).code(0).json();
    let row = receipt(&answer, "pelatihan_2025-12.csv");
    assert_eq!((&row["baris_ditolak"], &row["aturan"]["REQ-01"]), (&3.into(), &3.into()));
    assert_eq!(project.draft("SELECT DISTINCT kolom, aturan FROM tolakan")[1..], ["tgl_selesai,REQ-01"]);
}

#[test]
fn numbers_for_nips_are_rejected_or_found_again_by_name() {
    let project = TestProject::new();
    let text = employees(12);
    let book = workbook(&records(&text), Some("NIP BARU"));
    project.deliver("6705", "pegawai_2025-12.xlsx", &book);
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(0);
    let row = receipt(&ran.json(), "6705/pegawai_2025-12.xlsx");
    let read = row["baris_dibaca"].as_u64().unwrap();
    assert_eq!((row["baris_ditolak"].as_u64().unwrap(), row["aturan"]["ID-03"].as_u64().unwrap()), (read, read));
    assert_eq!(ran.json()["tabel"]["pegawai"], 0);
    for record in records(&text).iter().skip(1) {
        let nama = &record[records(&text)[0].iter().position(|it| it == "NAMA").unwrap()];
        assert!(!ran.err.contains(nama) && !ran.out.contains(nama), "no name in the answer");
    }
    // With the month before in force, each is found by fourteen digits and name.
    project.deliver("6705", "pegawai_2025-11.csv", &text);
    let answer = project.talenta(&["ingest", "p/inbox/6705/pegawai_2025-11.csv", "--json"]).code(0).json();
    assert!(answer["tabel"]["pegawai"].as_u64().unwrap() > 8);
    let answer = project.talenta(&["ingest", "--again", "all", "--json"]).code(0).json();
    let row = receipt(&answer, "6705/pegawai_2025-12.xlsx");
    assert_eq!(row["baris_diterima"], row["baris_diperbaiki"]);
    assert_eq!(row["baris_diterima"], row["aturan"]["ID-03"], "{row:#}");
    let lost = "SELECT count(*) FROM pegawai a WHERE periode = '2025-12' AND nip NOT IN (SELECT nip FROM pegawai WHERE periode = '2025-11')";
    assert_eq!(project.draft(lost)[1], "0");
}

#[test]
fn places_that_cannot_be_used_are_said_in_one_line() {
    let project = TestProject::new();
    let ran = project.talenta(&["ingest", "p/tidak/ada"]).code(1);
    one_line(&ran.says("cannot read `p/tidak/ada`"));
    one_line(&project.talenta(&["ingest", "/dev/zero", "--instansi", "6705"]).code(1).says("/dev/zero"));
    let ran = project.run(&["ingest", ".", "--project", "bukan/proyek"]).code(1);
    assert!(ran.says("talenta init").err.lines().count() <= 2);
    project.deliver("6705", "p_2025-12.csv", trainings(1..4, 20));
    project.edit("talenta.toml", |text| text.replace("lake = \"lake\"", "lake = \"recipients.toml\""));
    let before = std::fs::read(project.path("recipients.toml")).unwrap();
    one_line(&project.talenta(&["ingest", "p/inbox"]).code(1).says("cannot open the lake").says("recipients.toml"));
    assert_eq!(std::fs::read(project.path("recipients.toml")).unwrap(), before);
    project.edit("talenta.toml", |text| text.replace("lake = \"recipients.toml\"", "lake = \"/proc/talenta\""));
    one_line(&project.talenta(&["ingest", "p/inbox"]).code(1).says("cannot open the lake").says("/proc/talenta"));
}

#[test]
fn a_second_writer_is_told_who_holds_the_lock() {
    let project = TestProject::new();
    project.deliver("6705", "p_2025-12.csv", trainings(1..4, 20));
    let since = "2025-12-31T01:02:03Z".parse().unwrap();
    let lock = talenta::state::Lock::take(&project.path("talenta.lock"), "ingest", since).unwrap();
    let ran = project.talenta(&["ingest", "p/inbox"]).code(1);
    one_line(&ran.says("`ingest`").says(&std::process::id().to_string()).says("2025-12-31T01:02:03Z"));
    assert_eq!(commits(&project), Vec::<String>::new());
    project.talenta(&["ingest", "p/inbox", "--dry-run"]).code(0).says("3 rows = 3 accepted");
    drop(lock);
    project.talenta(&["ingest", "p/inbox"]).code(0);
}

#[test]
fn a_reader_stopped_by_its_limits_refuses_one_file_only() {
    let project = TestProject::new();
    project.edit("talenta.toml", |text| text + "\n[limits]\nworker_memory_bytes_max = 536870912\n");
    project.deliver("6705", "a_2025-12.csv", trainings(1..4, 20));
    project.deliver("6705", "lebar_2025-12.xlsx", wide_sheet());
    project.deliver("6705", "z_2025-11.csv", trainings(1..6, 20));
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(1);
    let answer = ran.json();
    assert_eq!(receipt(&answer, "6705/lebar_2025-12.xlsx")["status"], "DITOLAK");
    assert_eq!(answer["tabel"]["pelatihan"], 8, "the others of the pass are loaded");
    assert!(!ran.err.contains(&nip(1)) && !ran.err.contains("memory allocation"), "{}", ran.err);
    // More rows than can be read in the time of one file.
    project.edit("talenta.toml", |text| text.replace("worker_memory_bytes_max = 536870912", "file_seconds_max = 1"));
    let large: String =
        trainings(1..999, 20).lines().skip(1).map(|it| it.to_string() + "\n").collect::<String>().repeat(1500);
    let path = project.deliver("6705", "besar_2025-12.csv", format!("{TRAINING}\n{large}")).display().to_string();
    let ran = project.talenta(&["ingest", &path, "--json"]).code(1);
    let row = receipt(&ran.json(), "besar_2025-12.csv");
    assert_eq!((&row["status"], &row["aturan"]["BRK-15"]), (&"DITOLAK".into(), &1.into()), "{row:#}");
    assert_eq!(ran.json()["tabel"]["pelatihan"], 8);
    let left = tree(&project.path("lake/pelatihan")).into_keys().filter(|it| it.ends_with(".parquet")).count();
    assert_eq!(left, 2, "nothing of the refused file is left");
}

/// A workbook whose only sheet has a cell in its first and one in its last place.
fn wide_sheet() -> Vec<u8> {
    let book = workbook(&[vec![TRAINING.into()]], None);
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut members = Vec::new();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).unwrap();
        let name = entry.name().unwrap().to_string();
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).unwrap();
        if name.ends_with("sheet1.xml") {
            let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>"#;
            bytes = String::from_utf8(bytes).unwrap().replace("</sheetData>", far).into_bytes();
        }
        members.push((name, bytes));
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip(&members)
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread_and_does_not_stop_a_replay() {
    let project = TestProject::new();
    project.edit("talenta.toml", |text| text + "\n[limits]\nfile_bytes_max = 3000\n");
    project.deliver("6705", "besar_2025-12.csv", trainings(1..60, 20));
    project.deliver("6705", "kecil_2025-12.csv", trainings(1..4, 20));
    let answer = project.talenta(&["ingest", "p/inbox", "--json"]).code(1).json();
    let row = receipt(&answer, "6705/besar_2025-12.csv");
    assert_eq!((&row["status"], &row["aturan"]["BRK-15"]), (&"DITOLAK".into(), &1.into()));
    assert!(row["alasan"].as_str().unwrap().contains("3000 byte"));
    let digest = talenta::model::digest::Digest::of(trainings(1..60, 20).as_bytes());
    assert_eq!(row["sha256"], digest.to_string());
    assert_eq!(answer["tabel"]["pelatihan"], 3);
    project.talenta(&["ingest", "--again", "all"]).code(0).says("besar_2025-12.csv").says("3 rows = 3 accepted");
}

#[test]
fn a_contract_with_several_faults_says_all_at_once() {
    let project = TestProject::new();
    project.deliver("6705", "p_2025-12.csv", trainings(1..4, 20));
    project.edit("pipelines/sources/pelatihan.toml", |text| {
        let text = text.replace("key = [\"nip\", \"nama\"", "key = [\"nip\", \"namma\"");
        let text =
            text.replace("type = \"date\"\nabout = \"Tanggal mulai\"", "type = \"tanggal\"\nabout = \"Tanggal mulai\"");
        text + "\n[[check]]\ncode = \"XXX-99\"\ntest = \"before\"\ncolumn = \"tgl_selesay\"\nother = \"tgl_mulai\"\n"
    });
    project.edit("pipelines/sources/unor.toml", |text| text.replace("version = 1", "version = 1\nwarna = 3"));
    let ran = project.talenta(&["ingest", "p/inbox"]).code(1);
    let ran = ran.says("namma").says("tanggal").says("XXX-99").says("tgl_selesay").says("warna").says("hint:");
    let ran = ran.says("pipelines/sources/pelatihan.toml:").says("pipelines/sources/unor.toml:");
    assert!(!ran.err.contains("panicked"));
    assert_eq!(tree(&project.path("lake")).len(), 0, "nothing was begun");
    project.talenta(&["check"]).code(1).says("namma").says("warna");
}

#[test]
fn rows_refused_for_what_they_are_stay_out_of_every_stream() {
    let project = TestProject::new();
    let secret = "Rahasia Pribadi 7731";
    let text = format!(
        "{TRAINING}\n{};{secret};B;S;01-03-2024;{secret};2024;20\n{secret};M;B;S;01-03-2024;05-03-2024;2024;20\n",
        nip(1)
    );
    project.deliver("6705", "p_2025-12.csv", text);
    let ran = project.talenta(&["ingest", "p/inbox"]).code(0);
    assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{}{}", ran.out, ran.err);
    let ran = project.talenta(&["ingest", "p/inbox", "--json"]).code(0);
    assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{}{}", ran.out, ran.err);
    let statuses: Vec<Value> = receipts(&ran.json()).into_values().flatten().map(|it| it["status"].clone()).collect();
    assert_eq!(statuses, ["DUPLIKAT"]);
    let rejected = project.draft("SELECT baris, aturan FROM tolakan ORDER BY baris");
    assert_eq!(rejected[1..], ["2,TGL-02", "3,ID-05"]);
}
