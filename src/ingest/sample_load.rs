//! Loads a whole sample inbox in pass order, for the comparison with its truth. Refuses to be part of the program.

use crate::config::contract::contracts as parse_contracts;
use crate::ingest::source::Shelf;
use crate::ingest::source::unpack;
use crate::ingest::{Lookups, Output, ToRead, load_order, read, recognise, refusal};
use crate::model::contract::{Contract, LookupAt};
use crate::model::delivery::{Delivery, Found, Receipt, Recognised};
use crate::model::digest::Digest;
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Dataset, sender, month, part.
pub type Unit = (String, String, Periode, String);

/// Everything a load produced.
#[derive(Default)]
pub struct Loaded {
    pub in_force: BTreeMap<Unit, (Option<NaiveDate>, Vec<RecordBatch>)>,
    pub receipts: Vec<Receipt>,
    pub tolakan: Vec<(String, RecordBatch)>,
    pub perbaikan: Vec<(String, RecordBatch)>,
    pub temuan: Vec<(String, RecordBatch)>,
}

/// The contracts of this repository.
pub fn contracts() -> Vec<Contract> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/sources");
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("pipelines/sources/{}", path.file_name().unwrap().to_str().unwrap());
        files.push((name, fs::read_to_string(path).unwrap()));
    }
    files.sort();
    parse_contracts(&files).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// The folder of samples, where it exists.
pub fn samples() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/samples", "../../shared/samples"].iter().map(|it| here.join(it)).find(|it| fs::metadata(it).is_ok())
}

const INSTANSI: [(&str, &str); 15] = [
    ("6700", "Pemerintah Provinsi Kalimantan Tengah"),
    ("6701", "Pemerintah Kab. Kapuas"),
    ("6702", "Pemerintah Kab. Barito Utara"),
    ("6703", "Pemerintah Kab. Barito Selatan"),
    ("6704", "Pemerintah Kab. Kotawaringin Timur"),
    ("6705", "Pemerintah Kab. Kotawaringin Barat"),
    ("6706", "Pemerintah Kab. Pulang Pisau"),
    ("6707", "Pemerintah Kab. Gunung Mas"),
    ("6708", "Pemerintah Kab. Lamandau"),
    ("6709", "Pemerintah Kab. Sukamara"),
    ("6710", "Pemerintah Kab. Murung Raya"),
    ("6711", "Pemerintah Kab. Katingan"),
    ("6712", "Pemerintah Kab. Seruyan"),
    ("6713", "Pemerintah Kab. Barito Timur"),
    ("6771", "Pemerintah Kota Palangka Raya"),
];

/// A delivery with its bytes.
pub fn delivery(name: &str, bytes: &[u8], kode: &str, received: Option<DateTime<Utc>>) -> Delivery {
    Delivery {
        sha256: Digest::of(bytes),
        nama_asal: name.to_string(),
        instansi_kode: Some(kode.to_string()),
        periode: None,
        diterima_pada: received,
        registered: received.is_some(),
        dimuat_pada: DateTime::from_timestamp(1_768_000_000, 0).unwrap(),
        instansi_nama: INSTANSI.iter().find(|(it, _)| *it == kode).map(|(_, name)| name.to_string()),
    }
}

struct Task {
    bytes: Vec<u8>,
    delivery: Delivery,
    found: Vec<Found>,
    contract: usize,
}

/// Loads deliveries given as (delivery, bytes), in the order of reception.
pub fn load(contracts: &[Contract], deliveries: Vec<(Delivery, Vec<u8>)>) -> Loaded {
    let mut loaded = Loaded::default();
    let mut tasks = Vec::new();
    let mut seen = BTreeSet::new();
    for (delivery, bytes) in deliveries {
        recognised(contracts, delivery, bytes, &mut tasks, &mut seen, &mut loaded);
    }
    for level in load_order(contracts) {
        let mut now: Vec<Task> = Vec::new();
        let (ready, later): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(|it| level.contains(&it.contract));
        tasks = later;
        now.extend(ready);
        now.sort_by_key(|it| (it.found[0].periode, it.delivery.diterima_pada, it.delivery.nama_asal.clone()));
        now.iter().for_each(|task| run(contracts, task, &mut loaded));
    }
    loaded
}

fn recognised(
    contracts: &[Contract],
    delivery: Delivery,
    bytes: Vec<u8>,
    tasks: &mut Vec<Task>,
    seen: &mut BTreeSet<(Option<String>, Digest)>,
    loaded: &mut Loaded,
) {
    if !seen.insert((delivery.instansi_kode.clone(), delivery.sha256)) {
        let mut receipt = Receipt::of(&delivery, None);
        receipt.status = "DUPLIKAT".into();
        loaded.receipts.push(receipt);
        return;
    }
    let limits = Limits::default();
    let mut refuse = |code: &str, pesan: &str| {
        loaded.receipts.push(Receipt::refused(&delivery, None, code, pesan));
        let batch = refusal(&delivery, None, code, pesan).unwrap();
        loaded.tolakan.push((delivery.nama_asal.clone(), batch));
    };
    match recognise(&bytes.as_slice(), &delivery, contracts, &limits, &mut Shelf::default()) {
        Recognised::Bundle => match unpack(&bytes, &limits) {
            Err(refused) => refuse(refused.code, &refused.pesan),
            Ok(members) => {
                for member in members {
                    let name = format!("{}!{}", delivery.nama_asal, member.name);
                    let inner = Delivery { sha256: Digest::of(&member.bytes), nama_asal: name, ..delivery.clone() };
                    recognised(contracts, inner, member.bytes, tasks, seen, loaded);
                }
            }
        },
        Recognised::Refused { code, pesan } => refuse(&code, &pesan),
        Recognised::Tables(found) => {
            for (i, contract) in contracts.iter().enumerate() {
                let mut months: BTreeMap<Option<Periode>, Vec<Found>> = BTreeMap::new();
                for it in found.iter().filter(|it| it.dataset.as_ref() == Some(&contract.dataset)) {
                    months.entry(it.periode).or_default().push(it.clone());
                }
                for found in months.into_values() {
                    tasks.push(Task { bytes: bytes.clone(), delivery: delivery.clone(), found, contract: i });
                }
            }
            let unknown = found.iter().filter(|it| it.dataset.is_none());
            loaded.receipts.extend(unknown.map(|it| Receipt::without_contract(&delivery, it)));
        }
    }
}

fn run(contracts: &[Contract], task: &Task, loaded: &mut Loaded) {
    let contract = &contracts[task.contract];
    let kode = task.delivery.instansi_kode.clone().unwrap();
    let periode = task.found[0].periode.unwrap();
    let mut lookups = Lookups::new();
    for spec in &contract.lookups {
        let mine = |unit: &&Unit| {
            unit.0 == spec.table && unit.1 == kode && (spec.at == LookupAt::LatestPeriode || unit.2 < periode)
        };
        if let Some(latest) = loaded.in_force.keys().filter(mine).map(|it| it.2).max() {
            let units = loaded.in_force.iter().filter(|(unit, _)| mine(unit) && unit.2 == latest);
            let batches: Vec<RecordBatch> = units.flat_map(|(_, (_, batches))| batches.clone()).collect();
            if let Some(first) = batches.first() {
                lookups.insert(spec.name.clone(), concat_batches(&first.schema(), &batches).unwrap());
            }
        }
    }
    let name = task.delivery.nama_asal.clone();
    let mut accepted = Vec::new();
    let (tolakan, perbaikan, temuan) = (&mut loaded.tolakan, &mut loaded.perbaikan, &mut loaded.temuan);
    let to_read = ToRead {
        file: &task.bytes.as_slice(),
        delivery: &task.delivery,
        found: &task.found,
        contract,
        lookups: &lookups,
        limits: &Limits::default(),
        threads: 2,
    };
    let answer = read(&to_read, &mut Shelf::default(), &mut |output| {
        match output {
            Output::Accepted(batch) => accepted.push(batch),
            Output::Tolakan(batch) | Output::Nulled(batch) => tolakan.push((name.clone(), batch)),
            Output::Perbaikan(batch) => perbaikan.push((name.clone(), batch)),
            Output::Temuan(batch) => temuan.push((name.clone(), batch)),
            Output::Delivered(..) => {}
        }
        ControlFlow::Continue(())
    });
    match answer {
        Err(refused) => {
            loaded.receipts.push(Receipt::refused(&task.delivery, None, refused.code, &refused.pesan));
        }
        Ok(receipts) => {
            let first = &receipts[0];
            let unit = (contract.dataset.clone(), kode, periode, first.cakupan.clone().unwrap_or_default());
            let stale = loaded.in_force.get(&unit).is_some_and(|(drawn, _)| first.tanggal_tarik < *drawn);
            if !stale {
                loaded.in_force.insert(unit, (first.tanggal_tarik, accepted));
            }
            loaded.receipts.extend(receipts.into_iter().map(|mut it| {
                if stale {
                    it.status = "USANG".into();
                }
                it
            }));
        }
    }
}

/// Every delivery of an inbox, in the order of reception, then path.
pub fn inbox(dir: &Path) -> Vec<(Delivery, Vec<u8>)> {
    let mut register = BTreeMap::new();
    let mut reader = csv::Reader::from_path(dir.join("daftar_kiriman.csv")).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        register.insert(record[0].to_string(), DateTime::parse_from_rfc3339(&record[1]).unwrap().with_timezone(&Utc));
    }
    let mut found = Vec::new();
    for folder in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir()) {
        let kode = folder.file_name().unwrap().to_str().unwrap().to_string();
        for path in fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()) {
            let name = format!("{kode}/{}", path.file_name().unwrap().to_str().unwrap());
            let bytes = fs::read(&path).unwrap();
            let received = register.get(&name).copied();
            found.push((delivery(&name, &bytes, &kode, received), bytes));
        }
    }
    found.sort_by_key(|(it, _)| (it.diterima_pada, it.nama_asal.clone()));
    found
}
