//! Random employee tables, read in this process: every row is accepted, rejected or passed over, and nothing panics.

use crate::exports::{employees, records};
use proptest::prelude::*;
use std::collections::BTreeSet;
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

static TABLE: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| records(&employees(16)));

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

fn mess() -> impl Strategy<Value = Mess> {
    let spoilt = proptest::collection::vec((1..17usize, 0..67usize, cell()), 0..60);
    (spoilt, proptest::collection::vec(1..17usize, 0..4))
}

fn spoilt((cells, twice): &Mess) -> Vec<u8> {
    let mut rows = TABLE.clone();
    for (row, column, text) in cells {
        if let Some(cell) = rows.get_mut(*row).and_then(|it| it.get_mut(*column)) {
            cell.clone_from(text);
        }
    }
    for row in twice {
        let copy = rows[(*row).min(rows.len() - 1)].clone();
        rows.push(copy);
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_employee_row_is_lost_or_invented(mess in mess()) {
        let bytes = spoilt(&mess);
        let now = "2026-01-10T00:00:00Z".parse().unwrap();
        let delivery = Delivery {
            sha256: Digest::of(&bytes),
            nama_asal: "6705/pegawai_2025-12.csv".into(),
            instansi_kode: Some("6705".into()),
            periode: None,
            diterima_pada: Some(now),
            registered: false,
            dimuat_pada: now,
            instansi_nama: Some("Pemerintah Kab. Kotawaringin Barat".into()),
        };
        let limits = Limits::default();
        let (file, mut shelf) = (bytes.as_slice(), Shelf::default());
        let found = match recognise(&file, &delivery, &CONTRACTS, &limits, &mut shelf) {
            Recognised::Tables(found) => found,
            // A NUL among the first bytes makes it no text.
            Recognised::Refused { code, .. } => { prop_assert_eq!(code, "BRK-09"); return Ok(()) }
            Recognised::Bundle => return Err(TestCaseError::fail("a text is no bundle")),
        };
        let contract = CONTRACTS.iter().find(|it| Some(&it.dataset) == found[0].dataset.as_ref()).unwrap();
        let (mut accepted, mut refused) = (0_u64, BTreeSet::new());
        let lookups = Lookups::new();
        let to_read = ToRead {
            file: &file,
            delivery: &delivery,
            found: &found,
            contract,
            lookups: &lookups,
            limits: &limits,
            threads: 2,
        };
        let answer = read(&to_read, &mut shelf, &mut |output| {
            match output {
                Output::Accepted(batch) => accepted += batch.num_rows() as u64,
                Output::Tolakan(batch) => { refused.insert(batch.num_rows()); }
                Output::Nulled(_) | Output::Perbaikan(_) | Output::Temuan(_) => {}
            }
            ControlFlow::Continue(())
        });
        match answer {
            Ok(receipts) => {
                let it = &receipts[0];
                prop_assert_eq!(it.baris_dibaca, it.baris_diterima + it.baris_ditolak);
                prop_assert_eq!(it.baris_diterima, accepted);
                let rows = (TABLE.len() - 1 + mess.1.len()) as u64;
                prop_assert!(it.baris_dibaca + it.baris_dilewati >= rows, "{} {} {rows}", it.baris_dibaca, it.baris_dilewati);
                prop_assert!(it.baris_ditolak == 0 || !refused.is_empty(), "a rejected row has a line in the log");
            }
            Err(refused) => prop_assert_eq!(refused.code, "BRK-10"),
        }
    }
}
