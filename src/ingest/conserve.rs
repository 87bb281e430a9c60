//! Random tables with random mess: rows in are rows accepted and rows rejected. Refuses to be part of the program.

use crate::ingest::job::Job;
use crate::ingest::load;
use crate::ingest::sample_load::{contracts, delivery};
use crate::ingest::source::Shelf;
use crate::ingest::{Lookups, Output, delivered, recognise};
use crate::model::contract::Contract;
use crate::model::delivery::{Receipt, Recognised};
use crate::model::limits::Limits;
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Int64Type, UInt32Type};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::LazyLock;

static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(contracts);

/// A header of each kind of contract: own NIP, split cells, unpivoted columns, rows that follow each other, parts computed from rows.
const HEADERS: [&str; 6] = [
    "id,nipBaru,jenisJabatan,namaJabatan,eselon,unorId,unorNama,tmtJabatan,jenisPenugasanId",
    "NIP,Nama,Tingkat Hukuman,Jenis Hukuman,TMT Hukuman,Nomor / Tanggal SK",
    "JENJANG,Integritas,Kerjasama,Komunikasi,Orientasi pada Hasil,Pelayanan Publik,Pengembangan Diri dan Orang Lain,Mengelola Perubahan,Pengambilan Keputusan,Perekat Bangsa",
    "id,nipBaru,hasilKinerja,perilakuKerja,kuadranKinerja,nipNrpPenilai,tahun",
    "Id,DiatasanId,EselonId,NamaUnor,NamaJabatan,PemimpinPnsId",
    "NIP,NAMA,STATUS,GOL/RUANG,TMT GOL,UNIT KERJA,TGL LAHIR,MASA KERJA,JENIS KELAMIN",
];

fn cell() -> impl Strategy<Value = String> {
    let nip = "(19[67][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9])20(0[0-9]|1[0-9])(0[1-9]|1[0-2])[12]00[0-9])";
    prop_oneof![
        4 => nip,
        2 => "(0[1-9]|[12][0-9])-(0[1-9]|1[0-2])-(19|20)[0-9]{2}",
        2 => "[0-5](,[0-9]{1,2})?",
        1 => "(D|PLT|XX|RINGAN|BERAT|SESUAI EKSPEKTASI|BAIK|III/[a-e]|IX|PNS|Teguran Lisan)",
        1 => "(-|null|#N/A||1,98E\\+17|45123|31-02-2019|JUMLAH|12 Tahun 4 Bulan)",
        1 => "[a-z]{1,3}( S/D | / )?[0-9]{0,4}",
        1 => "[^\",\r\n]{0,6}",
    ]
}

fn table() -> impl Strategy<Value = (usize, String)> {
    let rows = proptest::collection::vec((proptest::collection::vec(cell(), 10), 0u8..12), 0..40);
    (0..HEADERS.len(), rows).prop_map(|(which, rows)| {
        let width = HEADERS[which].split(',').count();
        let mut text = HEADERS[which].to_string();
        let mut last = String::new();
        for (cells, mess) in rows {
            let width = if mess == 0 { width + 1 } else { width };
            let line =
                if mess == 1 { last.clone() } else { cells.iter().take(width).cloned().collect::<Vec<_>>().join(",") };
            text.push('\n');
            text.push_str(&line);
            last = line;
        }
        (which, text)
    })
}

struct Outcome {
    receipts: Vec<Receipt>,
    accepted: Vec<RecordBatch>,
    rejected: BTreeSet<i64>,
}

/// Reads a table: held in memory, read again where too much would be held, or streamed.
fn read(text: &str, held_bytes_max: usize, text_streams: bool) -> Option<Outcome> {
    let delivery = delivery("6705/x_2025-12.csv", text.as_bytes(), "6705", None);
    let Recognised::Tables(found) =
        recognise(&text.as_bytes(), &delivery, &CONTRACTS, &Limits::default(), &mut Shelf::default())
    else {
        return None;
    };
    let contract = CONTRACTS.iter().find(|it| Some(&it.dataset) == found[0].dataset.as_ref())?;
    let (mut accepted, mut logged, mut along) = (Vec::new(), Vec::new(), Vec::new());
    let limits = Limits::default();
    let lookups = Lookups::new();
    let bytes = text.as_bytes();
    let job = Job {
        file: &bytes,
        delivery: &delivery,
        tables: &found,
        contract,
        lookups: &lookups,
        limits: &limits,
        held_bytes_max,
        text_streams,
        threads: 3,
    };
    let receipts = load::read(&job, &mut Shelf::default(), &mut |output| {
        match output {
            Output::Accepted(batch) => accepted.push(batch),
            Output::Tolakan(batch) | Output::Nulled(batch) => logged.push(batch),
            Output::Delivered(table, batch) => {
                assert_eq!(table, 0);
                along.push(batch);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let of_logs = |it: &RecordBatch| it.column_by_name("baris").unwrap().as_primitive::<Int64Type>().values().to_vec();
    let to_mend: BTreeSet<u32> = logged.iter().flat_map(of_logs).filter_map(|it| u32::try_from(it).ok()).collect();
    let of_rows = |it: &RecordBatch| it.column(0).as_primitive::<UInt32Type>().values().to_vec();
    let came: BTreeSet<u32> = along.iter().flat_map(of_rows).collect();
    // Held rows that a later chunk takes back are asked for afterwards; of streamed ones none is missing.
    assert!(if text_streams { came == to_mend } else { came.is_subset(&to_mend) });
    if let Some(first) = along.first() {
        let again = delivered(&bytes, &delivery, &found[0], &came, &limits, &mut Shelf::default()).unwrap();
        let schema = first.schema();
        assert_eq!(concat_batches(&schema, &along).unwrap(), concat_batches(&schema, &again).unwrap());
    }
    let kept: BTreeSet<i64> = accepted
        .iter()
        .flat_map(|it| {
            it.column_by_name("berkas_baris").unwrap().as_primitive::<arrow::datatypes::Int32Type>().values().to_vec()
        })
        .map(i64::from)
        .collect();
    let rows =
        logged.iter().flat_map(|it| it.column_by_name("baris").unwrap().as_primitive::<Int64Type>().values().to_vec());
    let rejected = rows.filter(|it| !kept.contains(it)).collect();
    Some(Outcome { receipts: receipts.unwrap(), accepted, rejected })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_is_accepted_or_rejected((which, text) in table()) {
        let Some(outcome) = read(&text, usize::MAX, false) else { return Ok(()) };
        let receipt = &outcome.receipts[0];
        let times = if which == 2 { 9 } else { 1 };
        let rows: usize = outcome.accepted.iter().map(RecordBatch::num_rows).sum();
        prop_assert_eq!(receipt.baris_dibaca, receipt.baris_diterima + receipt.baris_ditolak);
        prop_assert_eq!(rows as u64, times * receipt.baris_diterima);
        prop_assert_eq!(outcome.rejected.len() as u64, receipt.baris_ditolak);
        let lines = text.lines().count() as u64;
        prop_assert_eq!(receipt.baris_dibaca + receipt.baris_dilewati, lines);
        // Read twice, when too much would have to be held, or streamed, it gives the same.
        for other in [read(&text, 0, false).unwrap(), read(&text, 0, true).unwrap()] {
            prop_assert_eq!(&other.receipts, &outcome.receipts);
            prop_assert_eq!(&other.rejected, &outcome.rejected);
            if let Some(first) = outcome.accepted.first() {
                let whole = |batches: &[RecordBatch]| concat_batches(&first.schema(), batches).unwrap();
                prop_assert_eq!(whole(&other.accepted), whole(&outcome.accepted));
            }
        }
    }
}
