//! From paths to recognised deliveries: bytes into `raw/`, duplicates set aside, bundles opened, each table named. Refuses to read rows.

use crate::ingest::source::Member;
use crate::lake::{Kept, Lake};
use crate::model::delivery::{Delivery, Found, Receipt, Recognised, Sumber};
use crate::model::digest::Digest;
use crate::model::instansi::Instansi;
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use crate::model::waiting::Waiting;
use crate::pipeline::file_workers::{Bytes, FileWorkerError, FileWorkers, Refusal};
use crate::pipeline::gather::Candidate;
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::parallel::in_parallel;
use crate::pipeline::world::World;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Seek as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the bytes of a delivery are while a pass runs.
#[derive(Debug, Clone)]
pub enum Place {
    /// As delivered.
    Disk(PathBuf),
    /// Under their digest in the lake.
    Raw,
    /// Here: members of a bundle in a dry run.
    Memory(Arc<Vec<u8>>),
}

/// A delivery and what it is.
#[derive(Debug, Clone)]
pub struct Item {
    /// The delivery.
    pub delivery: Delivery,
    /// Its bytes.
    pub place: Place,
    /// What is known of it.
    pub state: ItemState,
}

/// What is known of a delivery after intake.
#[derive(Debug, Clone)]
pub enum ItemState {
    /// Received, not looked at yet.
    Fresh,
    /// A bundle to be opened.
    Bundle,
    /// Tables to read, or to report as without contract.
    Tables(Vec<Found>),
    /// Nothing of it will be loaded.
    Refused(Refusal),
    /// The same bytes of the same sender as an earlier delivery (BRK-08).
    Duplicate,
}

/// A delivery of an earlier pass, whose bytes are in `raw/`.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Its digest.
    pub sha256: Digest,
    /// Its name as delivered.
    pub nama_asal: String,
    /// Its sender.
    pub instansi_kode: Option<String>,
    diterima_pada: Option<DateTime<Utc>>,
    registered: bool,
    periode: Option<Periode>,
}

impl Replay {
    /// As its receipt has it.
    pub fn of(receipt: &Receipt) -> Self {
        Self {
            sha256: receipt.sha256,
            nama_asal: receipt.nama_asal.clone(),
            instansi_kode: receipt.instansi_kode.clone(),
            diterima_pada: receipt.diterima_pada,
            registered: receipt.tanggal_tarik_sumber == Some(Sumber::Kiriman),
            periode: None,
        }
    }

    /// As the list of waiting deliveries has it.
    pub fn waiting(waiting: &Waiting) -> Self {
        Self {
            sha256: waiting.sha256,
            nama_asal: waiting.nama_asal.clone(),
            instansi_kode: Some(waiting.instansi_kode.clone()),
            diterima_pada: Some(waiting.diterima_pada),
            registered: waiting.terdaftar,
            periode: waiting.periode_operator,
        }
    }
}

/// What an intake is told.
pub struct IntakeOptions<'a> {
    /// The operator's word on the sender.
    pub instansi: Option<&'a str>,
    /// The operator's word on the month.
    pub periode: Option<Periode>,
    /// Nothing is written.
    pub dry_run: bool,
    /// Deliveries in force or loaded before under the present contracts: they are not loaded again.
    pub loaded: &'a BTreeSet<(Option<String>, Digest)>,
    /// The fifteen.
    pub senders: &'a [Instansi],
    /// Limits.
    pub limits: &'a Limits,
    /// When the pass began.
    pub now: DateTime<Utc>,
}

/// Takes in every candidate, in the order of reception, then path.
pub async fn take_in(
    candidates: Vec<Candidate>,
    options: &IntakeOptions<'_>,
    workers: &Arc<FileWorkers>,
    lake: &Lake,
    world: &World,
) -> Result<Vec<Item>, IngestError> {
    let mut seen = options.loaded.clone();
    let mut items = Vec::new();
    world.progress.begin("receive", Some(candidates.len() as u64));
    for candidate in candidates {
        items.push(receive(candidate, options, lake, &mut seen).await?);
        world.progress.advance(1);
    }
    world.progress.end();
    let mut items = recognise(items, workers, lake, world).await?;
    copies_of_bundles(&mut items);
    let mut at = 0;
    while at < items.len() {
        if let Some(members) = open_bundle(&items[at], workers, lake).await? {
            let opened = match members {
                Err(refusal) => vec![Item { state: ItemState::Refused(refusal), ..items[at].clone() }],
                Ok(members) => {
                    let bundle = &items[at].delivery;
                    let mut received = Vec::new();
                    for member in members {
                        received.push(receive_member(bundle, member, options, lake, &mut seen).await?);
                    }
                    let mut members = recognise(received, workers, lake, world).await?;
                    members.iter_mut().for_each(refuse_nested);
                    members
                }
            };
            let grown = opened.len();
            items.splice(at..=at, opened);
            at += grown;
        } else {
            at += 1;
        }
    }
    items.sort_by(|a, b| order(&a.delivery).cmp(&order(&b.delivery)));
    Ok(items)
}

/// Takes in deliveries of earlier passes again, from `raw/`, in their order of reception.
pub async fn take_again(
    kept: &[Replay],
    options: &IntakeOptions<'_>,
    workers: &Arc<FileWorkers>,
    lake: &Lake,
    world: &World,
) -> Result<Vec<Item>, IngestError> {
    let mut items = Vec::new();
    for kept in kept {
        // Workers read it where it lies, as it is.
        lake.check_raw(kept.sha256).await?;
        let sender = options.senders.iter().find(|it| Some(&it.kode) == kept.instansi_kode.as_ref());
        let delivery = Delivery {
            sha256: kept.sha256,
            nama_asal: kept.nama_asal.clone(),
            instansi_kode: kept.instansi_kode.clone(),
            periode: options.periode.or(kept.periode),
            diterima_pada: kept.diterima_pada,
            registered: kept.registered,
            dimuat_pada: options.now,
            instansi_nama: sender.map(|it| it.nama.clone()),
        };
        let state = match sender {
            Some(_) => ItemState::Fresh,
            None => refused("BRK-13", "Pengirim bukan salah satu dari lima belas pemerintah".into()),
        };
        items.push(Item { delivery, place: Place::Raw, state });
    }
    let mut items = recognise(items, workers, lake, world).await?;
    items.iter_mut().for_each(refuse_nested);
    items.sort_by(|a, b| order(&a.delivery).cmp(&order(&b.delivery)));
    Ok(items)
}

/// The order that decides what is in force (`ingest-rules.md` §0.5).
fn order(delivery: &Delivery) -> (Option<DateTime<Utc>>, &str) {
    (delivery.diterima_pada, &delivery.nama_asal)
}

/// Bytes of an item, as a worker gets them.
pub fn bytes_of(item: &Item, lake: &Lake) -> Result<Bytes, IngestError> {
    Ok(match &item.place {
        Place::Disk(path) => {
            let unreadable = |source| IngestError::Unreadable { path: path.clone(), source };
            Bytes::There(std::path::absolute(path).map_err(unreadable)?)
        }
        Place::Raw => Bytes::There(lake.raw_path(item.delivery.sha256)),
        Place::Memory(bytes) => Bytes::Here(bytes.clone()),
    })
}

async fn receive(
    candidate: Candidate,
    options: &IntakeOptions<'_>,
    lake: &Lake,
    seen: &mut BTreeSet<(Option<String>, Digest)>,
) -> Result<Item, IngestError> {
    let kept = take(&candidate.path, options, lake).await?;
    let kode = options.instansi.map(str::to_string).or(candidate.folder);
    let sender = options.senders.iter().find(|it| Some(&it.kode) == kode.as_ref());
    let (Kept::Whole(sha256) | Kept::TooLarge(sha256)) = kept;
    let delivery = Delivery {
        sha256,
        nama_asal: candidate.nama,
        instansi_kode: sender.map(|it| it.kode.clone()),
        periode: options.periode,
        diterima_pada: Some(candidate.diterima_pada.unwrap_or(options.now)),
        registered: candidate.diterima_pada.is_some(),
        dimuat_pada: options.now,
        instansi_nama: sender.map(|it| it.nama.clone()),
    };
    if let Kept::TooLarge(_) = kept {
        let max = options.limits.file_bytes_max;
        let pesan =
            format!("Berkas melebihi {max} byte yang diizinkan; pecah menjadi beberapa berkas lalu kirim ulang");
        return Ok(Item { delivery, place: Place::Disk(candidate.path), state: refused("BRK-15", pesan) });
    }
    let place = if options.dry_run { Place::Disk(candidate.path) } else { Place::Raw };
    Ok(settle(delivery, place, kode.as_deref(), seen))
}

/// Keeps the bytes of a delivered file, unless nothing may be written, and says what they are.
async fn take(path: &Path, options: &IntakeOptions<'_>, lake: &Lake) -> Result<Kept, IngestError> {
    let wrong = |source| IngestError::Unreadable { path: path.to_path_buf(), source };
    let max = options.limits.file_bytes_max;
    let mut file = File::open(path).map_err(wrong)?;
    if !options.dry_run {
        return lake.keep_raw(file, max).await?.map_err(wrong);
    }
    let digest = Digest::of_reader(&mut file).map_err(wrong)?;
    let size = file.stream_position().map_err(wrong)?;
    Ok(if size <= max { Kept::Whole(digest) } else { Kept::TooLarge(digest) })
}

async fn receive_member(
    bundle: &Delivery,
    member: Member,
    options: &IntakeOptions<'_>,
    lake: &Lake,
    seen: &mut BTreeSet<(Option<String>, Digest)>,
) -> Result<Item, IngestError> {
    let sha256 = Digest::of(&member.bytes);
    let nama_asal = format!("{}!{}", bundle.nama_asal, member.name);
    let delivery = Delivery { sha256, nama_asal, ..bundle.clone() };
    let place = if options.dry_run { Place::Memory(Arc::new(member.bytes.clone())) } else { Place::Raw };
    if !options.dry_run {
        lake.put_raw(sha256, &member.bytes).await?;
    }
    Ok(settle(delivery, place, bundle.instansi_kode.as_deref(), seen))
}

/// Sets aside what is known already; the rest awaits recognition.
fn settle(delivery: Delivery, place: Place, kode: Option<&str>, seen: &mut BTreeSet<(Option<String>, Digest)>) -> Item {
    if delivery.instansi_kode.is_none() {
        let pesan = format!(
            "Folder `{}` bukan kode salah satu dari lima belas pemerintah; pindahkan ke inbox/<kode>/ atau pakai --instansi",
            kode.unwrap_or("?")
        );
        return Item { delivery, place, state: refused("BRK-13", pesan) };
    }
    let first = seen.insert((delivery.instansi_kode.clone(), delivery.sha256));
    let state = if first { ItemState::Fresh } else { ItemState::Duplicate };
    Item { delivery, place, state }
}

fn refused(code: &str, pesan: String) -> ItemState {
    ItemState::Refused(Refusal { code: code.into(), pesan })
}

async fn recognise(
    items: Vec<Item>,
    workers: &Arc<FileWorkers>,
    lake: &Lake,
    world: &World,
) -> Result<Vec<Item>, IngestError> {
    world.progress.begin("recognise", Some(items.len() as u64));
    let (workers, lake, progress) = (workers.clone(), lake.clone(), world.progress.clone());
    let work = move |mut item: Item| -> Result<Item, IngestError> {
        if matches!(item.state, ItemState::Fresh) {
            let bytes = bytes_of(&item, &lake)?;
            item.state = match workers.recognise(&bytes, &item.delivery)? {
                Recognised::Refused { code, pesan } => ItemState::Refused(Refusal { code, pesan }),
                Recognised::Tables(found) => ItemState::Tables(found),
                Recognised::Bundle => ItemState::Bundle,
            };
        }
        progress.advance(1);
        Ok(item)
    };
    let recognised = in_parallel(items, world.threads, work).await;
    world.progress.end();
    recognised.into_iter().collect()
}

/// Members of an item that turned out to be a bundle; nothing for any other.
async fn open_bundle(
    item: &Item,
    workers: &Arc<FileWorkers>,
    lake: &Lake,
) -> Result<Option<Result<Vec<Member>, Refusal>>, IngestError> {
    if !matches!(item.state, ItemState::Bundle) {
        return Ok(None);
    }
    let bytes = bytes_of(item, lake)?;
    let (workers, delivery) = (workers.clone(), item.delivery.clone());
    let opened = tokio::task::spawn_blocking(move || workers.unpack(&bytes, &delivery)).await;
    Ok(Some(opened.map_err(|_| IngestError::Crashed)??))
}

/// A bundle is not a delivery itself, so that a copy of one has no receipt of its own: its members have.
fn copies_of_bundles(items: &mut [Item]) {
    let bundles: BTreeSet<Digest> =
        items.iter().filter(|it| matches!(it.state, ItemState::Bundle)).map(|it| it.delivery.sha256).collect();
    for item in items.iter_mut().filter(|it| bundles.contains(&it.delivery.sha256)) {
        if matches!(item.state, ItemState::Duplicate) {
            item.state = ItemState::Bundle;
        }
    }
}

fn refuse_nested(member: &mut Item) {
    if matches!(member.state, ItemState::Bundle) {
        let pesan = "Arsip di dalam arsip tidak dibuka; kirim berkasnya langsung";
        member.state = refused("BRK-02", pesan.into());
    }
}

/// The receipts of an item of which nothing is read.
pub fn unread_receipts(item: &Item) -> Vec<Receipt> {
    match &item.state {
        ItemState::Refused(refusal) => vec![Receipt::refused(&item.delivery, None, &refusal.code, &refusal.pesan)],
        ItemState::Duplicate => {
            let mut receipt = Receipt::of(&item.delivery, None);
            receipt.status = "DUPLIKAT".into();
            receipt.alasan = Some("Berkas yang sama dari pengirim yang sama sudah dimuat".into());
            receipt.aturan = BTreeMap::from([("BRK-08".to_string(), 1)]);
            vec![receipt]
        }
        ItemState::Fresh | ItemState::Bundle | ItemState::Tables(_) => Vec::new(),
    }
}

impl From<FileWorkerError> for IngestError {
    fn from(error: FileWorkerError) -> Self {
        IngestError::Reader(Box::new(error))
    }
}
