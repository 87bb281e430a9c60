//! The files of a report as their readers open them: the same each time, typed, tagged, and without the figures of few people.

use crate::harness::{Ran, TestProject, province, slow};
use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

const REPORT: &str = "ringkasan-gubernur";
/// Cells of fewer people are not shown (`penyajian.sel_min`).
const FEW: i64 = 5;

fn render(project: &TestProject, name: &str) -> PathBuf {
    let folder = project.outside(name);
    project.talenta(&["report", "render", REPORT, "--output", &folder.display().to_string()]).code(0).says("subject: ");
    folder
}

/// The folder of the report that the run drew for its first reader.
fn drawn(project: &TestProject) -> PathBuf {
    project.path(&format!("laporan/{REPORT}/2025-12/sekda"))
}

/// Name and bytes of every file of a folder.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let named = |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.filter(|entry| entry.file_type().unwrap().is_file()).map(named).collect()
}

/// The file with this ending.
#[track_caller]
pub fn ending<'a>(files: &'a BTreeMap<String, Vec<u8>>, with: &str) -> &'a [u8] {
    files.iter().find(|(name, _)| name.ends_with(with)).map(|(_, bytes)| bytes.as_slice()).unwrap()
}

/// Every sheet of a workbook.
pub fn sheets(bytes: &[u8]) -> BTreeMap<String, Range<Data>> {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.worksheets().into_iter().collect()
}

/// The rows of a sheet by heading.
pub fn rows(sheet: &Range<Data>) -> Vec<BTreeMap<String, Data>> {
    let mut lines = sheet.rows();
    let heads: Vec<String> = lines.next().unwrap().iter().map(ToString::to_string).collect();
    lines.map(|line| heads.iter().cloned().zip(line.iter().cloned()).collect()).collect()
}

/// Full names and NIP of everybody in the lake.
pub fn people(project: &TestProject) -> Vec<String> {
    let lines = project.sql("select nama from pegawai union select nip from pegawai");
    let people: Vec<String> = lines
        .into_iter()
        .skip(1)
        .map(|it| it.trim_matches('"').to_string())
        .filter(|it| it.contains(' ') || it.len() == 18)
        .collect();
    assert!(people.len() > 300, "{}", people.len());
    people
}

#[test]
fn rendered_twice_the_files_are_the_same_bytes() {
    let project = TestProject::copy_of(province());
    let (once, twice) = (files(&render(&project, "a")), files(&render(&project, "b")));
    assert!(once == twice);
    assert!(once == files(&drawn(&project)), "the run rendered the same");
    let names: Vec<&str> = once.keys().map(String::as_str).collect();
    let expected = [
        "Ringkasan-Talenta-Kalteng-2025-12.pdf",
        "Ringkasan-Talenta-Kalteng-2025-12.xlsx",
        "data.json",
        "jp.png",
        "komitmen.png",
        "surel.html",
        "surel.txt",
    ];
    assert_eq!(names, expected);
    assert!(once["surel.html"].len() < 100_000, "mail clients clip longer HTML");
    for png in ["jp.png", "komitmen.png"] {
        assert!(once[png].starts_with(b"\x89PNG") && once[png].len() < 250_000, "{png}: {}", once[png].len());
    }
}

#[test]
fn no_person_stands_in_a_report_for_leaders() {
    let project = TestProject::copy_of(province());
    let files = files(&drawn(&project));
    let book: String = sheets(ending(&files, ".xlsx"))
        .values()
        .flat_map(|sheet| sheet.rows().flatten().map(|cell| format!("{cell}\n")).collect::<Vec<_>>())
        .collect();
    let texts = [
        ("surel.html", String::from_utf8_lossy(&files["surel.html"]).into_owned()),
        ("surel.txt", String::from_utf8_lossy(&files["surel.txt"]).into_owned()),
        ("data.json", String::from_utf8_lossy(&files["data.json"]).into_owned()),
        ("the workbook", book),
    ];
    for person in people(&project) {
        for (name, text) in &texts {
            assert!(!text.contains(&person), "a person stands in {name}");
        }
    }
}

#[test]
fn the_workbook_holds_numbers_as_numbers_and_the_rest_as_text() {
    let project = TestProject::copy_of(province());
    let files = files(&drawn(&project));
    let sheets = sheets(ending(&files, ".xlsx"));
    assert_eq!(sheets.keys().collect::<Vec<_>>(), ["Baca dahulu", "komitmen", "pemerintah", "promosi"]);
    let rows = rows(&sheets["pemerintah"]);
    assert_eq!(rows.len(), 15);
    let mut shares = 0;
    for row in &rows {
        assert!(matches!(&row["Kode"], Data::String(kode) if kode.len() == 4), "{row:?}");
        assert!(matches!(&row["Pemerintah daerah"], Data::String(_)), "{row:?}");
        for (column, most) in [("PNS aktif", 300.0), ("Cukup JP (%)", 1.0), ("Dinilai (%)", 1.0), ("IP ASN", 100.0)] {
            match &row[column] {
                Data::Float(value) => assert!((0.0..=most).contains(value), "{column}: {row:?}"),
                Data::String(sign) => assert_eq!(sign, "‹5", "{column}"),
                other => panic!("{column}: {other:?}"),
            }
        }
        shares += usize::from(matches!(row["Cukup JP (%)"], Data::Float(_)));
    }
    assert!(shares > 2, "only {shares} shares are shown");
    let first = sheets["Baca dahulu"].rows().flatten().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for words in ["31 Desember 2025", "nomor 1, dibuat ", "baris diterima", "disamarkan", "Yang tidak dapat dikatakan"]
    {
        assert!(first.contains(words), "{words}");
    }
}

#[test]
fn a_workbook_of_persons_keeps_every_digit_and_every_day() {
    let project = TestProject::copy_of(province());
    let path = project.outside("pegawai.xlsx");
    let query = "select nip, nama, tanggal_lahir from pegawai where periode = '2025-12' order by nip limit 20";
    project.talenta(&["sql", query, "--format", "xlsx", "--output", &path.display().to_string()]).code(0);
    let expected = project.sql(query);
    let sheets = sheets(&fs::read(&path).unwrap());
    let rows = rows(sheets.values().next().unwrap());
    assert_eq!(rows.len(), expected.len() - 1);
    for (row, line) in rows.iter().zip(&expected[1..]) {
        let nip = line.split(',').next().unwrap();
        assert_eq!(row["nip"], Data::String(nip.into()), "18 digits do not fit a number");
        assert!(matches!(row["nama"], Data::String(_)) && matches!(row["tanggal_lahir"], Data::DateTime(_)), "{row:?}");
    }
}

/// What the marts hold of one government.
#[derive(Debug, Clone, Copy)]
struct Truth {
    pns: i64,
    cukup: i64,
    n: i64,
    dinilai: i64,
}

fn truths(project: &TestProject) -> BTreeMap<String, Truth> {
    let query = "select t.instansi_kode, t.n_pns, t.n_cukup, coalesce(a.n, 0), \
        coalesce(cast(round(a.n * a.cakupan) as bigint), 0) \
        from t01_instansi t left join ip_asn_instansi a on a.instansi_kode = t.instansi_kode order by 1";
    let truth = |line: &String| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<i64>().unwrap();
        (cells[0].to_string(), Truth { pns: number(1), cukup: number(2), n: number(3), dinilai: number(4) })
    };
    project.sql(query).iter().skip(1).map(truth).collect()
}

fn is_few(count: i64) -> bool {
    (1..FEW).contains(&count)
}

/// Asserts that no figure of few people is shown, and that what is closed cannot be had from the province's figure and the rest.
#[track_caller]
fn guarded(
    column: &str,
    rows: &[BTreeMap<String, Data>],
    truth: &BTreeMap<String, Truth>,
    parts: impl Fn(&Truth) -> [i64; 2],
    shown: bool,
) {
    let mut closed = [0, 0];
    let (mut rows_closed, mut few) = (0, 0);
    for row in rows {
        let Some(truth) = truth.get(&row["Kode"].to_string()) else { continue };
        let [yes, no] = parts(truth);
        let hidden = matches!(&row[column], Data::String(sign) if sign == "‹5");
        let small = is_few(yes) || is_few(no) || is_few(yes + no);
        assert!(hidden || !small, "{column} of {} is shown: {truth:?}", row["Kode"]);
        few += usize::from(small);
        if hidden {
            rows_closed += 1;
            closed = [closed[0] + yes, closed[1] + no];
        }
    }
    if few > 0 && shown {
        assert!(rows_closed >= 2, "{column}: one closed row can be computed");
        assert!(
            closed.iter().all(|people| *people >= FEW),
            "{column}: the closed rows together hold {closed:?} people"
        );
    }
}

#[test]
fn figures_of_few_people_are_not_shown_and_cannot_be_computed() {
    let project = TestProject::new();
    project.run(&["sample", &project.root().display().to_string(), "--employees", "150"]).code(0);
    // One government delivered nothing.
    fs::remove_dir_all(project.path("inbox/6710")).unwrap();
    // Three governments lack the yearly assessment of one, two and four people.
    for (kode, people) in [("6705", 1), ("6706", 2), ("6709", 4)] {
        forget_assessments(&project, kode, people);
    }
    project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0);
    let folder = files(&drawn(&project));
    let truth = truths(&project);
    assert!(truth.values().any(|it| is_few(it.pns - it.cukup)), "the sample has no small cell: {truth:?}");
    assert!(truth.values().any(|it| is_few(it.n - it.dinilai)), "nobody lacks an assessment: {truth:?}");
    let sheets = sheets(ending(&folder, ".xlsx"));
    let rows = rows(&sheets["pemerintah"]);
    let data: serde_json::Value = serde_json::from_slice(&folder["data.json"]).unwrap();
    let province = &data["data"]["provinsi"];
    for column in ["PNS aktif", "Cukup JP (%)", "Selang bawah", "Selang atas"] {
        guarded(column, &rows, &truth, |it| [it.cukup, it.pns - it.cukup], province["jp_status"] == "ADA");
    }
    guarded("Dinilai (%)", &rows, &truth, |it| [it.dinilai, it.n - it.dinilai], province["cakupan_status"] == "ADA");
    let silent = rows.iter().find(|row| row["Kode"] == Data::String("6710".into())).unwrap();
    assert_eq!(silent["PNS aktif"], Data::Empty, "what was not delivered is no secret");
    let text = String::from_utf8_lossy(&folder["surel.txt"]).into_owned();
    let line = text.lines().find(|it| it.starts_with("Murung Raya ")).unwrap();
    assert_eq!(line.split_whitespace().skip(2).collect::<Vec<_>>(), ["tidak", "ada", "data", "PNS", "–"], "{line}");
    assert!(text.contains("Minta data Desember 2025 dari Murung Raya"));
    assert!(text.contains("‹5: disamarkan"));
}

/// Takes every assessment of the first few assessed people out of a delivery.
fn forget_assessments(project: &TestProject, kode: &str, people: usize) {
    let mut forgotten: Vec<String> = Vec::new();
    project.edit(&format!("inbox/{kode}/rw_skp22_{kode}_2025-12.csv"), |text| {
        let keep = |line: &&str| {
            let Some(nip) = line.split(',').nth(1).filter(|it| it.starts_with(|c: char| c.is_ascii_digit())) else {
                return true;
            };
            if forgotten.len() < people && !forgotten.iter().any(|it| it == nip) {
                forgotten.push(nip.into());
            }
            !forgotten.iter().any(|it| it == nip)
        };
        text.lines().filter(keep).map(|line| format!("{line}\n")).collect()
    });
}

#[test]
fn an_unknown_report_is_named_with_those_there_are() {
    let project = TestProject::copy_of(province());
    let ran: Ran = project.talenta(&["report", "render", "ringkasan-gubernor"]).code(1);
    ran.says("did you mean `ringkasan-gubernur`?");
}

/// The text of a PDF, page after page; nothing where the program for it is not there.
fn text_of(path: &Path) -> Option<String> {
    let output = match Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(path).arg("-").output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("pdftotext cannot run ({error}); install poppler-utils");
            return None;
        }
    };
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap().replace('\u{a0}', " "))
}

fn pages_of(text: &str) -> Vec<&str> {
    text.trim_end_matches('\u{c}').split('\u{c}').collect()
}

#[test]
fn the_summary_stays_a_sheet_of_paper_when_it_has_changes_to_tell() {
    if !slow("a second month of the summary, by pdftotext") {
        return;
    }
    let project = TestProject::copy_of(province());
    project.talenta(&["run", "bulanan", "--period", "2026-01"]).code(0);
    let folder = project.path(&format!("laporan/{REPORT}/2026-01/sekda"));
    let Some(text) = text_of(&folder.join("Ringkasan-Talenta-Kalteng-2026-01.pdf")) else { return };
    let pages = pages_of(&text);
    assert_eq!(pages.len(), 2, "{text}");
    assert!(pages[0].contains("dari Desember") && pages[0].contains("Data yang dipakai"), "{text}");
    // The list that has no room on paper lies in the workbook.
    let words = pages[0].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("aturan belum dipastikan sumbernya; daftarnya pada lembar Baca dahulu"), "{text}");
    let mut book: Xlsx<_> = open_workbook(folder.join("Ringkasan-Talenta-Kalteng-2026-01.xlsx")).unwrap();
    let first = book.worksheet_range("Baca dahulu").unwrap();
    let document: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("data.json")).unwrap()).unwrap();
    let open = document["rilis"]["parameter_belum_pasti"].as_array().unwrap();
    assert!(!open.is_empty());
    for it in open {
        let same =
            |row: &[Data]| ["name", "source", "about"].iter().zip(row).all(|(key, cell)| it[key] == cell.to_string());
        assert!(first.rows().any(same), "{it}");
    }
}

#[test]
fn the_pdf_is_text_with_page_numbers_and_its_release() {
    if !slow("text of the PDF by pdftotext") {
        return;
    }
    let project = TestProject::copy_of(province());
    let folder = drawn(&project);
    let path = folder.join("Ringkasan-Talenta-Kalteng-2025-12.pdf");
    let Some(text) = text_of(&path) else { return };
    let pages = pages_of(&text);
    assert_eq!(pages.len(), 2, "more than a sheet of paper:\n{text}");
    assert!(pages[0].contains("Ringkasan talenta ASN Kalimantan Tengah") && pages[0].contains("Yang perlu diputuskan"));
    for (i, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("halaman {} dari {}", i + 1, pages.len())), "page {}:\n{page}", i + 1);
        assert!(page.contains("Rilis 1 · data per 31 Desember 2025") && page.contains("baris diterima"), "{page}");
        assert!(page.contains("Terbatas"));
    }
    assert!(text.contains("Yang tidak dapat dikatakan data ini"));
    // Figures as the mail has them, written for Indonesian readers.
    let mail = fs::read_to_string(folder.join("surel.txt")).unwrap().replace('\u{a0}', " ");
    let figure = |label: &str| {
        let line = mail.lines().find(|it| it.starts_with(label)).unwrap();
        line.split("  ").last().unwrap().trim().to_string()
    };
    for label in
        ["PNS yang memenuhi jam pelajaran", "Indeks Profesionalitas ASN", "Komitmen tercapai atau sesuai jalur"]
    {
        let figure = figure(label);
        assert!(figure.contains(',') || figure.contains('‹'), "{label}: {figure}");
        assert!(pages[0].contains(&figure), "{label}: {figure}");
    }
    let bytes = fs::read(&path).unwrap();
    let raw = String::from_utf8_lossy(&bytes);
    for mark in ["pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<"] {
        assert!(raw.contains(mark), "{mark}");
    }
    for person in people(&project) {
        assert!(!text.contains(&person), "a person stands in the PDF");
    }
}
