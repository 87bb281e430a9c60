//! Random tables in every form that is delivered, and forms spoilt at random, read in this process: every row is accepted, rejected or
//! passed over, no identifier is changed, and nothing panics.

use crate::exports::{biff, delimited, employees, html, json, nip, records, workbook, zip};
use arrow::array::{Array as _, AsArray as _};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;
use talenta::ingest::source::Shelf;
use talenta::ingest::{Lookups, Output, ToRead, read, recognise};
use talenta::model::contract::Contract;
use talenta::model::delivery::{Delivery, Recognised};
use talenta::model::digest::Digest;
use talenta::model::limits::Limits;

type Records = Vec<Vec<String>>;

static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/sources");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("pipelines/sources/{}", path.file_name().unwrap().to_str().unwrap());
        files.push((name, fs::read_to_string(path).unwrap()));
    }
    talenta::config::contract::contracts(&files).unwrap()
});

/// Sixteen employees, 67 columns.
static EMPLOYEES: LazyLock<Records> = LazyLock::new(|| {
    let all = records(&employees(16));
    let header = all[0].clone();
    all.into_iter().enumerate().filter(|(i, it)| *i == 0 || it[0] != header[0]).map(|(_, it)| it).collect()
});

/// Twelve courses as the service names their columns, so that every form knows them.
static COURSES: LazyLock<Records> = LazyLock::new(|| {
    let names = [
        "nipBaru",
        "namaKursus",
        "institusiPenyelenggara",
        "noSertipikat",
        "tanggalKursus",
        "tanggalSelesaiKursus",
        "tahunKursus",
        "jumlahJam",
    ];
    let row = |i: usize| {
        let own = [nip(i), "Manajemen Risiko".into(), "BPSDM".into(), format!("S-{i}")];
        own.into_iter().chain(["01-03-2024", "05-03-2024", "2024", "20"].map(String::from)).collect()
    };
    std::iter::once(names.map(String::from).to_vec()).chain((1..13).map(row)).collect()
});

/// What people, spreadsheets and web pages make of a cell.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "(null|-|#N/A|NaN|1,98E\\+17|45123|31-02-2019|00-00-0000|III d|XX|72|1|99|Jumlah|TOTAL)",
        "'?[0-9]{0,20}",
        "[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}",
        "\\PC{0,12}",
        "[\u{0}-\u{7f}]{0,8}",
        "(😀|İ|ß|\u{200f}|\u{feff}|\u{a0}){1,3}",
    ]
}

/// Which cells to spoil: row, column, with what; and which rows to send twice.
type Mess = (Vec<(usize, usize, String)>, Vec<usize>);

fn mess(rows: usize, columns: usize) -> impl Strategy<Value = Mess> {
    let spoilt = proptest::collection::vec((1..rows, 0..columns, cell()), 0..60);
    (spoilt, proptest::collection::vec(1..rows, 0..4))
}

fn spoilt(table: &Records, (cells, twice): &Mess) -> Records {
    let mut rows = table.clone();
    for (row, column, text) in cells {
        if let Some(cell) = rows.get_mut(*row).and_then(|it| it.get_mut(*column)) {
            cell.clone_from(text);
        }
    }
    for row in twice {
        let copy = rows[(*row).min(rows.len() - 1)].clone();
        rows.push(copy);
    }
    rows
}

const FORMS: [&str; 8] = ["csv", "semicolon", "tab", "xlsx", "xls", "html", "json", "jsonl"];

fn written(form: &str, rows: &Records) -> Vec<u8> {
    match form {
        "csv" => delimited(rows, b','),
        "semicolon" => delimited(rows, b';'),
        "tab" => delimited(rows, b'\t'),
        "xlsx" => workbook(rows, None),
        "xls" => biff(rows),
        "html" => html(rows),
        "json" => json(rows, false),
        _ => json(rows, true),
    }
}

/// A cell that XML, BIFF or HTML cannot carry as it is would say nothing about rows.
fn portable(form: &str, rows: Records) -> Records {
    let plain = |text: String| -> String { text.chars().filter(|it| !it.is_control() && *it != '\u{feff}').collect() };
    let all = |row: Vec<String>| row.into_iter().map(plain).collect();
    if ["xlsx", "xls", "html"].contains(&form) { rows.into_iter().map(all).collect() } else { rows }
}

fn delivery(bytes: &[u8]) -> Delivery {
    let now = "2026-01-10T00:00:00Z".parse().unwrap();
    Delivery {
        sha256: Digest::of(bytes),
        nama_asal: "6705/data_2025-12.csv".into(),
        instansi_kode: Some("6705".into()),
        periode: None,
        diterima_pada: Some(now),
        registered: false,
        dimuat_pada: now,
        instansi_nama: Some("Pemerintah Kab. Kotawaringin Barat".into()),
    }
}

/// What reading a file gave: rows read, accepted, rejected, passed over; rows handed out and the texts of some of their columns.
#[derive(Debug, Default)]
struct Account {
    read: u64,
    accepted: u64,
    rejected: u64,
    skipped: u64,
    handed: u64,
    texts: BTreeMap<&'static str, Vec<(i64, Option<String>)>>,
}

/// Reads a file whole; nothing where it is refused. Every figure of a receipt agrees with what was handed out.
fn account(bytes: &[u8]) -> Result<Option<Account>, TestCaseError> {
    let (delivery, limits) = (delivery(bytes), Limits::default());
    let mut shelf = Shelf::default();
    let found = match recognise(&bytes, &delivery, &CONTRACTS, &limits, &mut shelf) {
        Recognised::Tables(found) => found,
        Recognised::Refused { .. } | Recognised::Bundle => return Ok(None),
    };
    let mut all = Account::default();
    let datasets: BTreeSet<String> = found.iter().filter_map(|it| it.dataset.clone()).collect();
    for dataset in datasets {
        let contract = CONTRACTS.iter().find(|it| it.dataset == dataset).unwrap();
        let own: Vec<_> = found.iter().filter(|it| it.dataset.as_ref() == Some(&dataset)).cloned().collect();
        let mut refusals = BTreeSet::new();
        let lookups = Lookups::new();
        let (file, delivery, limits) = (&bytes, &delivery, &limits);
        let job = ToRead { file, delivery, found: &own, contract, lookups: &lookups, limits, threads: 2 };
        let answer = read(&job, &mut shelf, &mut |output| {
            match output {
                Output::Accepted(batch) => {
                    all.handed += batch.num_rows() as u64;
                    let rows = cast(batch.column_by_name("berkas_baris").unwrap(), &DataType::Int64).unwrap();
                    let rows = rows.as_primitive::<Int64Type>();
                    for name in ["nip", "nik"] {
                        let Some(column) = batch.column_by_name(name) else { continue };
                        let column = cast(column, &DataType::Utf8).unwrap();
                        let column = column.as_string::<i32>();
                        let text = |i: usize| column.is_valid(i).then(|| column.value(i).to_string());
                        all.texts.entry(name).or_default().extend((0..column.len()).map(|i| (rows.value(i), text(i))));
                    }
                }
                Output::Tolakan(batch) => refusals.extend((0..batch.num_rows()).map(|_| ())),
                Output::Nulled(_) | Output::Perbaikan(_) | Output::Temuan(_) | Output::Delivered(..) => {}
            }
            ControlFlow::Continue(())
        });
        let Ok(receipts) = answer else { return Ok(None) };
        for it in receipts {
            prop_assert_eq!(it.baris_dibaca, it.baris_diterima + it.baris_ditolak);
            prop_assert!(it.baris_ditolak == 0 || !refusals.is_empty(), "a rejected row has a line in the log");
            all.read += it.baris_dibaca;
            all.accepted += it.baris_diterima;
            all.rejected += it.baris_ditolak;
            all.skipped += it.baris_dilewati;
        }
    }
    prop_assert_eq!(all.handed, all.accepted);
    Ok(Some(all))
}

/// A cell without what is allowed to be around and inside a number of a person.
fn bare(text: &str) -> String {
    text.chars().filter(|it| !it.is_whitespace() && !['\'', '`', '.', '\u{feff}'].contains(it)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_employee_row_is_lost_or_invented(mess in mess(17, 67)) {
        let rows = spoilt(&EMPLOYEES, &mess);
        if let Some(all) = account(&delimited(&rows, b','))? {
            prop_assert_eq!(all.read + all.skipped, rows.len() as u64, "{:?}", all);
        }
    }

    #[test]
    fn no_row_of_any_form_is_lost_or_invented(mess in mess(13, 8), form in prop::sample::select(FORMS.to_vec())) {
        let rows = portable(form, spoilt(&COURSES, &mess));
        let bytes = written(form, &rows);
        if let Some(all) = account(&bytes)? {
            let header = u64::from(!form.starts_with("json"));
            prop_assert_eq!(all.read + all.skipped, rows.len() as u64 - 1 + header, "{}: {:?}", form, all);
        } else {
            // A NUL among the first bytes makes it no text.
            prop_assert!(bytes.contains(&0) || form == "html", "{} is refused", form);
        }
        let bundle = zip(&[("a.csv", &bytes)]);
        let known = recognise(&bundle.as_slice(), &delivery(&bytes), &CONTRACTS, &Limits::default(), &mut Shelf::default());
        prop_assert!(matches!(known, Recognised::Bundle));
    }

    #[test]
    fn a_form_spoilt_anywhere_is_read_whole_or_refused(
        form in prop::sample::select(FORMS.to_vec()),
        at in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..6),
        gone in 0..40usize,
        cut in any::<bool>(),
    ) {
        let mut file = written(form, &COURSES);
        let from = at.index(file.len());
        let to = if cut { file.len() } else { (from + gone).min(file.len()) };
        file.splice(from..to, bytes);
        account(&file)?;
        let bundle = zip(&[("a", &file)]);
        account(&bundle[..at.index(bundle.len())])?;
    }

    #[test]
    fn random_bytes_of_every_kind_are_survived(
        start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"<table><tr><td>", b"[{\"nipBaru\":", b"nipBaru;namaKursus;jumlahJam\n"]),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        account(&[start, &bytes].concat())?;
    }

    #[test]
    fn no_number_of_a_person_is_changed(
        numbers in proptest::collection::vec(("[ '`]{0,2}[0-9. ]{14,22}[ \u{a0}]{0,1}", "'?[0-9]{14,17}[ ]?"), 14),
        whole in proptest::collection::vec(any::<bool>(), 14),
    ) {
        let mut rows = EMPLOYEES.clone();
        let place = |name: &str| rows[0].iter().position(|it| it == name).unwrap();
        let (nip, nik) = (place("NIP BARU"), place("NIK"));
        for ((row, (own, citizen)), whole) in rows.iter_mut().skip(1).zip(&numbers).zip(&whole) {
            if !whole {
                row[nip].clone_from(own);
            }
            row[nik].clone_from(citizen);
        }
        let Some(all) = account(&delimited(&rows, b','))? else { return Ok(()) };
        for (name, column, digits) in [("nip", nip, 18), ("nik", nik, 16)] {
            for (row, text) in all.texts.get(name).into_iter().flatten() {
                let Some(text) = text else { continue };
                prop_assert!(text.len() == digits && text.bytes().all(|it| it.is_ascii_digit()), "{name}");
                prop_assert_eq!(text, &bare(&rows[usize::try_from(*row).unwrap() - 1][column]));
            }
        }
    }
}
