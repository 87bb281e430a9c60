//! Small exports: training lists by hand, employee files and whole provinces by the generator. Refuses names of people.

use crate::harness::TestProject;
use rust_xlsxwriter::Workbook;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;
use talenta::sample::{Options, Summary, province, siasn_csv};

/// The header of a training list.
pub const TRAINING: &str =
    "NIP;Nama Pelatihan;Penyelenggara;Nomor Sertifikat;Tanggal Mulai;Tanggal Selesai;Tahun Pelatihan;Durasi (Jam)";

/// A valid NIP for every number below a thousand.
pub fn nip(number: usize) -> String {
    format!("198503122010011{number:03}")
}

/// A training list with one good row for each number, all of `hours`.
pub fn trainings(numbers: std::ops::Range<usize>, hours: u32) -> String {
    let mut text = format!("{TRAINING}\n");
    for number in numbers {
        let nip = nip(number);
        text.push_str(&format!("{nip};Manajemen Risiko;BPSDM;S-{number};01-03-2024;05-03-2024;2024;{hours}\n"));
    }
    text
}

/// A SIASN employee file of Kotawaringin Barat without a fault.
pub fn employees(rows: usize) -> String {
    let mut bytes = Vec::new();
    siasn_csv(rows, 3, 1.0, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Records of a comma-separated text, header first.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|it| it.unwrap().iter().map(str::to_string).collect()).collect()
}

/// The records as a workbook of one sheet; the cells of column `number` are numbers.
pub fn workbook(records: &[Vec<String>], number: Option<&str>) -> Vec<u8> {
    let place = number.map(|name| records[0].iter().position(|it| it == name).unwrap());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, record) in (0..).zip(records) {
        for (column, cell) in record.iter().enumerate() {
            let at = u16::try_from(column).unwrap();
            if row > 0 && place == Some(column) {
                let value: f64 = cell.trim_matches('\'').parse().unwrap();
                sheet.write_number(row, at, value).unwrap();
            } else {
                sheet.write_string(row, at, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The records as a BIFF8 `.xls` of one sheet, every cell a text.
pub fn biff(records: &[Vec<String>]) -> Vec<u8> {
    let part = |kind: u16, data: &[u8]| -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    };
    let bof = |kind: u16| part(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let texts: Vec<u8> = records
        .iter()
        .enumerate()
        .flat_map(|(row, record)| record.iter().enumerate().map(move |(column, cell)| (row, column, cell)))
        .filter(|(.., cell)| !cell.is_empty())
        .flat_map(|(row, column, cell)| {
            let place = [row, column, 15].map(|it| u16::try_from(it).unwrap().to_le_bytes()).concat();
            let units: Vec<u16> = cell.encode_utf16().collect();
            let length = u16::try_from(units.len()).unwrap().to_le_bytes();
            let wide: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
            part(0x0204, &[&place[..], &length, &[1], &wide].concat())
        })
        .collect();
    let sheet = [bof(0x0010), texts, part(0x000A, &[])].concat();
    let name = [&[0, 0, 5, 0][..], b"Data1"].concat();
    let globals = |at: u32| {
        let boundsheet = part(0x0085, &[&at.to_le_bytes()[..], &name].concat());
        [bof(0x0005), boundsheet, part(0x000A, &[])].concat()
    };
    let at = u32::try_from(globals(0).len()).unwrap();
    let stream = [globals(at), sheet].concat();
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// The records as an HTML table.
pub fn html(records: &[Vec<String>]) -> Vec<u8> {
    let cell = |it: &String| format!("<td>{}</td>", it.replace('&', "&amp;").replace('<', "&lt;"));
    let row = |it: &Vec<String>| format!("<tr>{}</tr>", it.iter().map(cell).collect::<String>());
    format!("<html><body><table>{}</table></body></html>", records.iter().map(row).collect::<String>()).into_bytes()
}

/// The records as JSON: an envelope, or one object a line.
pub fn json(records: &[Vec<String>], lines: bool) -> Vec<u8> {
    let object = |row: &Vec<String>| {
        let pairs = records[0].iter().cloned().zip(row.iter().map(|it| serde_json::Value::from(it.as_str())));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    let objects: Vec<String> = records.iter().skip(1).map(object).collect();
    let text = if lines { objects.join("\n") } else { format!("{{\"code\":1,\"data\":[{}]}}", objects.join(",")) };
    text.into_bytes()
}

/// The records as delimited text.
pub fn delimited(records: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
    records.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// A zip of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Writes the deliveries of a small province into the inbox and says what was planted in them.
pub fn deliver_province(project: &TestProject, options: &Options) -> Summary {
    province(options, &mut |name, bytes| {
        project.write(name, bytes);
        Ok(())
    })
    .unwrap()
}

/// Every file below a folder with its size and time of change.
pub fn tree(folder: &Path) -> BTreeMap<String, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        let meta = fs::metadata(&path).unwrap();
        found
            .insert(path.display().to_string(), (if meta.is_dir() { 0 } else { meta.len() }, meta.modified().unwrap()));
        if meta.is_dir() {
            found.extend(tree(&path));
        }
    }
    found
}

/// Names of the commits of every table of the lake.
pub fn commits(project: &TestProject) -> Vec<String> {
    let all = tree(&project.path("lake")).into_keys();
    all.filter(|it| it.contains("/_delta_log/") && it.ends_with(".json")).collect()
}

/// The rows of `berkas` in the answer of `ingest --json`, by file name.
pub fn receipts(answer: &serde_json::Value) -> BTreeMap<String, Vec<serde_json::Value>> {
    let mut found: BTreeMap<String, Vec<serde_json::Value>> = BTreeMap::new();
    for row in answer["berkas"].as_array().unwrap() {
        found.entry(row["nama_asal"].as_str().unwrap().to_string()).or_default().push(row.clone());
    }
    found
}

/// The only receipt of a file.
#[track_caller]
pub fn receipt(answer: &serde_json::Value, name: &str) -> serde_json::Value {
    let mut found = receipts(answer);
    let rows = found.remove(name).unwrap_or_else(|| panic!("no receipt of `{name}` in {answer:#}"));
    assert_eq!(rows.len(), 1, "{rows:#?}");
    rows[0].clone()
}

/// What two lakes must agree on: rows and log rows, their order and the time of loading aside.
pub fn content(project: &TestProject) -> Vec<String> {
    let tables = [
        ("pelatihan", "nip, nama, CAST(jp AS VARCHAR), periode, cakupan, berkas_sha256, CAST(berkas_baris AS VARCHAR)"),
        ("pegawai", "nip, nama, golongan, unor_id, periode, berkas_sha256, CAST(berkas_baris AS VARCHAR)"),
        (
            "berkas",
            "sha256, nama_asal, dataset, periode, CAST(berlaku AS VARCHAR), CAST(baris_diterima AS VARCHAR), status",
        ),
        ("tolakan", "sha256, CAST(baris AS VARCHAR), kolom, aturan, nilai_mentah"),
        ("perbaikan", "sha256, CAST(baris AS VARCHAR), kolom, sebelum, sesudah"),
        ("temuan_mutu", "sha256, CAST(baris AS VARCHAR), kode, nip"),
    ];
    let parts = tables.map(|(table, columns)| {
        format!("SELECT concat_ws('|', '{table}', instansi_kode, {columns}) AS baris_isi FROM {table}")
    });
    project.draft(&format!("{} ORDER BY 1", parts.join(" UNION ALL ")))
}
