//! Receipts: one for every delivered file, in words its sender can act on; delivered cells leave in the workbook only.

use crate::exports::workbook;
use crate::harness::TestProject;
use calamine::{Data, Reader, Xlsx, open_workbook};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Row 3 has a short NIP and a text that a spreadsheet would compute, row 4 an impossible date, row 5 a field too many, row 7 is row 2.
const KELUARGA: &str = "NIP,HUBUNGAN,NAMA,TGL LAHIR,JENIS KELAMIN,NIP KERABAT
197003251995032004,ANAK,Indu Renata Antang,01-02-2001,F,
19770620200006100,ANAK,=1+41,03-04-2002,M,
197706202000061003,ISTRI,Arsyad Wahid,31-02-1978,F,
197706202000061003,ANAK,Arsyad,Wahid,05-06-2003,M,-
199001012015031001,ANAK,Arsyad Antang,05-06-2003,M,
197003251995032004,ANAK,Indu Renata Antang,01-02-2001,F,
";
const NAME: &str = "data_keluarga_6705_2025-12.csv";
const RAW: [&str; 5] = ["19770620200006100", "=1+41", "31-02-1978", "Arsyad", "197003251995032004"];

struct Loaded {
    project: TestProject,
    out: String,
    err: String,
}

/// One accepted file, the same bytes under another name, an empty file and a table that no contract knows.
fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let project = TestProject::new();
        project.deliver("6705", NAME, KELUARGA);
        project.deliver("6705", "salinan.csv", KELUARGA);
        project.deliver("6705", "unor_6705_2025-12.csv", "");
        project.deliver("6705", "lain_2025-12.csv", "Kode,Uraian,Satuan\na,b,c\n");
        let ran = project.talenta(&["ingest", "p/inbox"]).code(1);
        Loaded { project, out: ran.out, err: ran.err }
    })
}

fn files(dir: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

/// The receipt whose file name begins with `name`, with `ending`.
#[track_caller]
fn receipt(project: &TestProject, folder: &str, name: &str, ending: &str) -> PathBuf {
    let all = files(&project.path("tanda-terima").join(folder));
    let own = |it: &&PathBuf| {
        let file = it.file_name().unwrap().to_string_lossy().into_owned();
        file.starts_with(&format!("{name}-")) && file.ends_with(ending)
    };
    all.iter().find(own).unwrap_or_else(|| panic!("no receipt of {name} among {all:?}")).clone()
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn rows(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn every_delivery_has_its_receipt() {
    let project = &loaded().project;
    for (folder, name, status) in [
        ("6705/2025-12", NAME, "DITERIMA"),
        ("6705/2025-12", "salinan.csv", "DUPLIKAT"),
        ("6705/tanpa-periode", "unor_6705_2025-12.csv", "DITOLAK"),
        ("6705/tanpa-periode", "lain_2025-12.csv", "TANPA_KONTRAK"),
    ] {
        let json = read_json(&receipt(project, folder, name, ".json"));
        assert_eq!(json["tabel"][0]["status"], status, "{name}: {json:#}");
        let text = fs::read_to_string(receipt(project, folder, name, ".txt")).unwrap();
        assert!(text.contains(status) && text.contains(json["sha256"].as_str().unwrap()), "{text}");
        let first = rows(&receipt(project, folder, name, ".xlsx"), "Baca dahulu");
        assert!(first.iter().any(|row| row.iter().any(|cell| cell.contains(status))), "{first:?}");
    }
    let text = fs::read_to_string(receipt(project, "6705/tanpa-periode", "unor_6705_2025-12.csv", ".txt")).unwrap();
    assert!(text.contains("BRK-03"), "{text}");
}

#[test]
fn the_figures_add_up_and_are_those_of_the_lake() {
    let project = &loaded().project;
    let json = read_json(&receipt(project, "6705/2025-12", NAME, ".json"));
    let table = &json["tabel"][0];
    let count = |name: &str| table[name].as_u64().unwrap();
    assert_eq!((count("baris_dibaca"), count("baris_diterima"), count("baris_ditolak")), (6, 3, 3));
    let done = |action: &str| -> u64 {
        let own = table["rincian"].as_array().unwrap().iter().filter(|it| it["tindakan"] == action);
        own.map(|it| it["jumlah"].as_u64().unwrap()).sum()
    };
    assert_eq!((done("ditolak"), done("dikosongkan")), (3, 1), "{table:#}");
    assert_eq!(table["masalah"].as_array().unwrap().len(), 4);
    let sql =
        "select baris_dibaca, baris_diterima, baris_ditolak, baris_dilewati from berkas where status = 'DITERIMA'";
    let drafted = project.talenta(&["sql", sql, "--format", "csv", "--draft"]).code(0).out;
    assert_eq!(drafted.lines().last(), Some(format!("6,3,3,{}", count("baris_dilewati")).as_str()), "{drafted}");
}

#[test]
fn the_workbook_holds_only_the_rows_to_mend_as_delivered() {
    let rows = rows(&receipt(&loaded().project, "6705/2025-12", NAME, ".xlsx"), "Baris bermasalah");
    assert_eq!(rows[0][..7], ["Baris", "Tindakan", "Kolom", "Aturan", "Sebab", "Yang perlu dilakukan", "NIP"]);
    let by_number: Vec<(&str, &str, &str)> =
        rows[1..].iter().map(|row| (row[0].as_str(), row[2].as_str(), row[3].as_str())).collect();
    assert_eq!(
        by_number,
        [("3", "NIP", "ID-05"), ("4", "TGL LAHIR", "TGL-02"), ("5", "", "CSV-01"), ("7", "NIP", "DUP-01")]
    );
    assert_eq!(rows[1][6..12], ["19770620200006100", "ANAK", "=1+41", "03-04-2002", "M", ""]);
    // The field too many is shown too.
    assert_eq!(rows[3][6..13], ["197706202000061003", "ANAK", "Arsyad", "Wahid", "05-06-2003", "M", "-"]);
    assert!(rows[1][4].contains("18 angka") && rows[1][5].contains("Tulis NIP lengkap"), "{:?}", rows[1]);
}

#[test]
fn a_row_that_a_much_later_one_takes_back_is_shown_as_delivered() {
    let letters = |mut i: u32| -> String {
        let mut word = String::new();
        for _ in 0..4 {
            word.push(char::from(b'a' + u8::try_from(i % 26).unwrap()));
            i /= 26;
        }
        word
    };
    let row = |i: u32, born: &str| -> Vec<String> {
        let name = format!("Arsyad {}", letters(i));
        ["197706202000061003", "ANAK", &name, born, "M", ""].map(String::from).to_vec()
    };
    let head: Vec<String> =
        ["NIP", "HUBUNGAN", "NAMA", "TGL LAHIR", "JENIS KELAMIN", "NIP KERABAT"].map(String::from).to_vec();
    // More rows than are held while a file is read; the last one tells the first again, with another birth date.
    let mut records = vec![head];
    records.extend((0..30_000).map(|i| row(i, "01-02-2001")));
    records.push(row(0, "02-02-2001"));
    let csv: String = records.iter().map(|it| it.join(",") + "\n").collect();
    let project = TestProject::new();
    project.deliver("6705", "data_keluarga_6705_2025-12.xlsx", workbook(&records, None));
    project.deliver("6706", "data_keluarga_6706_2025-12.csv", csv);
    project.talenta(&["ingest", "p/inbox"]).code(0);
    for (folder, name) in
        [("6705/2025-12", "data_keluarga_6705_2025-12.xlsx"), ("6706/2025-12", "data_keluarga_6706_2025-12.csv")]
    {
        let json = read_json(&receipt(&project, folder, name, ".json"));
        let table = &json["tabel"][0];
        assert_eq!(
            (table["baris_dibaca"].as_u64(), table["baris_ditolak"].as_u64()),
            (Some(30_001), Some(1)),
            "{name}"
        );
        let rows = rows(&receipt(&project, folder, name, ".xlsx"), "Baris bermasalah");
        assert_eq!(rows.len(), 2, "{name}: {rows:?}");
        assert_eq!((rows[1][0].as_str(), rows[1][3].as_str()), ("2", "DUP-02"), "{name}");
        assert_eq!(rows[1][6..11], ["197706202000061003", "ANAK", "Arsyad aaaa", "01-02-2001", "M"], "{name}");
    }
}

#[test]
fn the_cell_to_mend_is_in_colour_and_no_cell_computes() {
    let path = receipt(&loaded().project, "6705/2025-12", NAME, ".xlsx");
    let mut book = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (sheet, styles) = (part("xl/worksheets/sheet2.xml"), part("xl/styles.xml"));
    assert!(!sheet.contains("<f>"), "{sheet}");
    let formats: Vec<&str> = styles.split("<cellXfs").nth(1).unwrap().split("<xf ").skip(1).collect();
    let fills: Vec<&str> = styles.split("<fill>").skip(1).collect();
    let coloured = |cell: &str| {
        let style = Regex::new(&format!(r#"<c r="{cell}"(?: s="(\d+)")?( t="s")?"#)).unwrap();
        let found = style.captures(&sheet).unwrap_or_else(|| panic!("{cell} is not in {sheet}"));
        let at: usize = found.get(1).map_or(0, |it| it.as_str().parse().unwrap());
        let fill = Regex::new(r#"fillId="(\d+)""#).unwrap().captures(formats[at]).unwrap()[1].parse::<usize>().unwrap();
        fills[fill].contains("FFE08A")
    };
    // NIP of row 3, birth date of row 4; their neighbours are plain. The row with a field too many is found by its number.
    assert!(coloured("G2") && !coloured("I2") && !coloured("A2"));
    assert!(coloured("J3") && !coloured("G3"));
    assert!(coloured("A4") && !coloured("G4"));
}

#[test]
fn delivered_cells_leave_in_the_workbook_only() {
    let Loaded { project, out, err } = loaded();
    for path in files(&project.path("tanda-terima")) {
        if path.extension().is_some_and(|it| it != "xlsx") {
            let text = fs::read_to_string(&path).unwrap();
            RAW.iter().for_each(|raw| assert!(!text.contains(raw), "{raw} in {}", path.display()));
        }
    }
    RAW.iter().for_each(|raw| assert!(!out.contains(raw) && !err.contains(raw), "{raw}\n{out}\n{err}"));
}

#[test]
fn the_same_files_again_change_no_receipt() {
    let project = TestProject::new();
    project.deliver("6705", NAME, KELUARGA);
    project.talenta(&["ingest", "p/inbox"]).code(0);
    let bytes = |files: BTreeSet<PathBuf>| -> Vec<Vec<u8>> { files.iter().map(|it| fs::read(it).unwrap()).collect() };
    let before = files(&project.path("tanda-terima"));
    assert_eq!(before.len(), 3, "{before:?}");
    let held = bytes(before.clone());
    project.talenta(&["ingest", "p/inbox"]).code(0);
    assert_eq!(files(&project.path("tanda-terima")), before);
    assert_eq!(bytes(before), held);
}

#[test]
fn a_dry_run_prints_receipts_and_writes_none() {
    let project = TestProject::new();
    project.deliver("6705", NAME, KELUARGA);
    let ran = project.talenta(&["ingest", "p/inbox", "--dry-run", "--receipt"]).code(0);
    assert!(ran.out.contains("TANDA TERIMA DATA\nPercobaan: tidak ada yang disimpan"), "{}", ran.out);
    assert!(ran.out.contains("6 dibaca = 3 diterima + 3 ditolak"), "{}", ran.out);
    assert!(files(&project.path("tanda-terima")).is_empty());
}

#[test]
fn far_fewer_rows_than_the_month_before_are_loaded_with_a_warning() {
    let project = TestProject::new();
    let family = |rows: u32| -> String {
        let row = |i: u32| format!("19770620200006{:02}{:02},ANAK,Arsyad Wahid,01-02-2001,M,\n", 10 + i / 100, i % 100);
        let rows: String = (100..100 + rows).map(row).collect();
        format!("NIP,HUBUNGAN,NAMA,TGL LAHIR,JENIS KELAMIN,NIP KERABAT\n{rows}")
    };
    project.deliver("6705", "data_keluarga_6705_2025-10.csv", family(60));
    project.deliver("6705", "data_keluarga_6705_2025-11.csv", family(56));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    project.deliver("6705", "data_keluarga_6705_2025-12.csv", family(40));
    let ran = project.talenta(&["ingest", "p/inbox"]).code(0);
    assert!(ran.err.contains("di luar pita wajar") && ran.err.contains("brings 40 rows"), "{}", ran.err);
    let text = |month: &str| {
        let name = format!("data_keluarga_6705_{month}.csv");
        fs::read_to_string(receipt(&project, &format!("6705/{month}"), &name, ".txt")).unwrap()
    };
    assert!(
        text("2025-12").contains("-16 baris (-28,6 %) terhadap periode sebelumnya (November 2025, 56 baris); DI LUAR")
    );
    assert!(text("2025-12").contains("DITERIMA, berlaku"));
    assert!(text("2025-11").contains("-4 baris (-6,7 %) terhadap periode sebelumnya (Oktober 2025, 60 baris)\n"));
    assert!(text("2025-10").contains("belum ada kiriman pembanding"));
    // A correction is also set beside what it replaces.
    project.deliver("6705", "data_keluarga_6705_2025-12 koreksi.csv", family(57));
    project.talenta(&["ingest", "p/inbox"]).code(0);
    let correction = receipt(&project, "6705/2025-12", "data_keluarga_6705_2025-12 koreksi.csv", ".txt");
    let text = fs::read_to_string(correction).unwrap();
    assert!(text.contains("+17 baris (+42,5 %) terhadap versi yang digantikan (Desember 2025, 40 baris)"), "{text}");
}

#[test]
fn a_province_gets_a_receipt_for_every_file_and_the_sums_agree() {
    let project = TestProject::new();
    let root = project.root().display().to_string();
    project.run(&["sample", &root, "--employees", "150"]).code(0);
    let berkas = project.talenta(&["ingest", "p/inbox", "--json"]).json();
    let names: BTreeSet<&str> =
        berkas["berkas"].as_array().unwrap().iter().map(|it| it["nama_asal"].as_str().unwrap()).collect();
    let written = files(&project.path("tanda-terima"));
    for ending in ["txt", "json", "xlsx"] {
        let own = written.iter().filter(|it| it.extension().is_some_and(|it| it == ending));
        assert_eq!(own.count(), names.len(), "{ending}");
    }
    let (mut listed, mut rejected, mut followed) = (0, 0, 0);
    for path in written.iter().filter(|it| it.extension().is_some_and(|it| it == "json")) {
        for table in read_json(path)["tabel"].as_array().unwrap() {
            let count = |name: &str| table[name].as_u64().unwrap();
            assert_eq!(count("baris_dibaca"), count("baris_diterima") + count("baris_ditolak"));
            // A part of December is set beside the same kind of part before it, in whatever name.
            let before = match table["cakupan"].as_str() {
                Some("2025-B12") => Some("2025-11"),
                Some("2025-T4") => Some("2025-09"),
                _ => None,
            };
            if let Some(before) = before.filter(|_| table["status"] == "DITERIMA") {
                assert_eq!(table["perubahan"][0]["periode"], before, "{table:#}");
                followed += 1;
            }
            let bad: BTreeSet<u64> = table["masalah"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["tindakan"] == "ditolak")
                .map(|it| it["baris"].as_u64().unwrap())
                .collect();
            (listed, rejected) = (listed + bad.len() as u64, rejected + count("baris_ditolak"));
            if !table["masalah"].as_array().unwrap().is_empty() {
                // Every row to mend stands in the workbook with its cells.
                let all: BTreeSet<u64> =
                    table["masalah"].as_array().unwrap().iter().map(|it| it["baris"].as_u64().unwrap()).collect();
                let mut book: Xlsx<_> = open_workbook(path.with_extension("xlsx")).unwrap();
                let names: Vec<String> = book.sheet_names().into_iter().skip(1).collect();
                let filled = |row: &[Data]| {
                    row[0].to_string().parse().is_ok_and(|it: u64| all.contains(&it))
                        && row[6..].iter().any(|it| !it.to_string().is_empty())
                };
                let shown = names.iter().any(|it| {
                    let range = book.worksheet_range(it).unwrap();
                    range.rows().skip(1).filter(|row| filled(row)).count() == all.len()
                });
                assert!(shown, "{}", path.display());
            }
        }
    }
    assert!(followed > 2, "{followed}");
    assert!(rejected > 0 && listed == rejected, "{listed} of {rejected}");
}

/// The worked example of the operator's guide: an unknown list, its contract, its rows.
#[test]
fn an_unknown_header_is_named_and_a_few_lines_of_contract_load_it() {
    let project = TestProject::new();
    let list = "LAPORAN PESERTA LULUS - LMS BPSDM
NO;NIP PESERTA;NAMA PESERTA;JUDUL DIKLAT;PENYELENGGARA;MULAI;SELESAI;TOTAL JP;SERTIFIKAT
1;'197003251995032004;Indu Renata Antang;Manajemen Risiko;BPSDM;05-01-2026;09-01-2026;40;LMS/0001/2026
2;'1977062020000610;Arsyad Wahid;Pelayanan Prima;BPSDM;12 Januari 2026;14 Januari 2026;20,0;LMS/0002/2026
JUMLAH;;;;;;;60;
";
    project.deliver("6701", "Laporan LMS Januari 2026.csv", list);
    project.talenta(&["ingest", "p/inbox"]).code(0).says("JUDUL DIKLAT, PENYELENGGARA, MULAI");
    let contract = "pipelines/sources/pelatihan.toml";
    let mend = |dialect: &'static str| {
        move |text: String| -> String {
            text.replace("[[lookup]]", "[[signature]]\norder = 32\ndialect = \"lms\"\nheaders = [\"JUDUL DIKLAT\", \"TOTAL JP\"]\n\n[[lookup]]")
                .replace("[words]", &format!("[[cakupan]]\ndialects = [\"{dialect}\"]\nvalue = \"KURSUS\"\n\n[words]"))
                .replace("\"NIP\"]", "\"NIP\", \"NIP PESERTA\"]")
                .replace("\"Nama Pelatihan\"]", "\"Nama Pelatihan\", \"JUDUL DIKLAT\"]")
                .replace("\"Tanggal Selesai\"]", "\"Tanggal Selesai\", \"SELESAI\"]")
                .replace("\"Durasi (Jam)\"]", "\"Durasi (Jam)\", \"TOTAL JP\"]")
        }
    };
    let before = fs::read_to_string(project.path(contract)).unwrap();
    project.edit(contract, mend("lns"));
    project.talenta(&["check"]).code(1).says("no signature with the dialect `lns`").says("lms");
    project.write(contract, before);
    project.edit(contract, mend("lms"));
    project.talenta(&["check"]).code(0);
    // The contracts changed, so the same bytes are looked at again.
    let row = &project.talenta(&["ingest", "p/inbox", "--json"]).code(0).json()["berkas"][0];
    assert_eq!((row["status"].as_str(), row["baris_diterima"].as_u64()), (Some("DITERIMA"), Some(1)), "{row:#}");
    assert_eq!((row["periode"].as_str(), row["cakupan"].as_str()), (Some("2026-01"), Some("KURSUS")));
}
