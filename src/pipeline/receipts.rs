//! Receipts (tanda terima) of a pass: collects what each sender needs to know, fetches the rows to mend as delivered, and writes
//! text, JSON and workbook. Refuses to parse a delivered byte: the cells of bad rows come from a worker.

use crate::ingest;
use crate::lake::Lake;
use crate::model::contract::{Contract, Shared};
use crate::model::delivery::{Found, Receipt};
use crate::model::receipt::{Action, FileReceipt, Issue, RuleCount, TableReceipt};
use crate::model::waiting::Waiting;
use crate::pipeline::band::Band;
use crate::pipeline::berkas::BerkasRow;
use crate::pipeline::compare::{Earlier, of_waiting};
use crate::pipeline::file_workers::{FileWorkerError, FileWorkers, OnRows};
use crate::pipeline::gate;
use crate::pipeline::ingest_commit::{Ingested, Received};
use crate::pipeline::ingest_error::IngestError;
use crate::pipeline::ingest_pass::IngestProject;
use crate::pipeline::intake::{Item, ItemState, bytes_of};
use crate::pipeline::parallel::in_parallel;
use crate::pipeline::receipt_notes::{Line, Notes};
use crate::pipeline::world::World;
use crate::report::receipt as written;
use crate::report::table::Error as TableError;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::UInt32Type;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folder of the project that holds them.
pub const FOLDER: &str = "tanda-terima";
/// Longest file name kept of a delivery's name, in characters; three endings and a digest follow.
const NAME_CHARS_MAX: usize = 120;

/// Why receipts were not written. The deliveries themselves are loaded.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The disk said no.
    #[error("the files are loaded, but the receipt `{}` cannot be written: {source}\nhint: `talenta ingest --again SHA` writes it again", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The workbook library refused something.
    #[error("the files are loaded, but the receipt of `{file}` cannot be made: {source}")]
    Workbook {
        /// Name as delivered.
        file: String,
        /// Why.
        source: TableError,
    },
    /// The delivered rows could not be fetched for a reason that is not the file's.
    #[error("the files are loaded, but the rows of a receipt cannot be fetched: {0}")]
    Rows(#[source] Box<IngestError>),
}

/// A receipt and what is needed to complete and write it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it says; the delivered cells of bad rows are fetched when it is written.
    pub receipt: FileReceipt,
    item: Item,
    /// Per table of the receipt, what was recognised.
    found: Vec<Option<Found>>,
    place: PathBuf,
    /// It waits as it did before: a receipt that is there says so already.
    unchanged: bool,
}

/// The receipts of a pass, one a delivered file, without delivered cells.
pub fn collect(project: &IngestProject<'_>, ingested: &Ingested, dry_run: bool) -> Vec<Draft> {
    let earlier = Earlier::of(ingested);
    let mut drafts = Vec::new();
    for received in &ingested.received {
        let rows = ingested.rows.get(received.rows.clone()).unwrap_or_default();
        let nothing = rows.is_empty() || known_already(rows, ingested);
        if nothing && received.held.receipts.is_empty() {
            continue;
        }
        drafts.push(draft(project, &earlier, received, rows, dry_run));
    }
    drafts
}

/// The same bytes under the same name have their receipt.
fn known_already(rows: &[BerkasRow], ingested: &Ingested) -> bool {
    rows.iter().all(|row| row.receipt.status == "DUPLIKAT")
        && rows.iter().all(|row| {
            let (own, same) =
                (&row.receipt, |it: &Receipt| (it.sha256, it.nama_asal.clone(), it.instansi_kode.clone()));
            let loaded = |it: &&BerkasRow| it.receipt.status != "DUPLIKAT" || it.receipt.dimuat_pada < own.dimuat_pada;
            ingested.all.iter().filter(loaded).any(|it| same(&it.receipt) == same(own))
        })
}

fn draft(
    project: &IngestProject<'_>,
    earlier: &Earlier,
    received: &Received,
    rows: &[BerkasRow],
    dry_run: bool,
) -> Draft {
    let delivery = &received.item.delivery;
    let mut left: Vec<&Found> = match &received.item.state {
        ItemState::Tables(found) => found.iter().collect(),
        _ => Vec::new(),
    };
    let mut notes = received.notes.clone();
    let (mut tabel, mut found) = (Vec::new(), Vec::new());
    let held: Vec<BerkasRow> =
        received.held.receipts.iter().map(|it| BerkasRow { receipt: it.clone(), berlaku: false }).collect();
    for row in rows.iter().chain(&held) {
        let own = |it: &&Found| it.dataset == row.receipt.dataset && it.sheet_name == row.receipt.sheet;
        let table = left.iter().position(own).map(|at| left.remove(at));
        let mut receipt = table_receipt(project, earlier, &mut notes, row, table);
        let waits = |it: &&Waiting| {
            Some(&it.dataset) == row.receipt.dataset.as_ref() && Some(it.periode) == row.receipt.periode
        };
        if let Some(waiting) = received.held.waiting.iter().filter(|_| row.receipt.status == gate::STATUS).find(waits) {
            receipt.perubahan = vec![of_waiting(waiting)];
            receipt.persetujuan = Some(waiting.command());
        }
        tabel.push(receipt);
        found.push(table.cloned());
    }
    let receipt = FileReceipt {
        berkas: delivery.nama_asal.clone(),
        sha256: delivery.sha256,
        instansi_kode: delivery.instansi_kode.clone(),
        instansi_nama: delivery.instansi_nama.clone(),
        diterima_pada: delivery.diterima_pada,
        dimuat_pada: delivery.dimuat_pada,
        percobaan: dry_run,
        tabel,
    };
    // A duplicate speaks for the month of its first load.
    let first = earlier.periode(delivery.instansi_kode.as_deref(), delivery.sha256);
    let periode = rows.iter().chain(&held).filter_map(|it| it.receipt.periode).max().or(first);
    let kode = delivery.instansi_kode.as_deref().unwrap_or("tanpa-instansi");
    let month = periode.map_or_else(|| "tanpa-periode".to_string(), |it| it.to_string());
    let sha = delivery.sha256.to_string();
    let name = format!("{}-{}", file_name(&delivery.nama_asal, kode), sha.get(..8).unwrap_or(&sha));
    let waits = |it: &Waiting| it.sejak < delivery.dimuat_pada;
    let unchanged = rows.is_empty() && received.held.waiting.iter().all(waits);
    Draft { unchanged, receipt, item: received.item.clone(), found, place: Path::new(kode).join(month).join(name) }
}

/// A delivered name as the name of one file: no folder of its sender, no separators, nothing a file system minds.
fn file_name(name: &str, kode: &str) -> String {
    let own = name.strip_prefix(kode).and_then(|it| it.strip_prefix('/')).unwrap_or(name);
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')') { c } else { '_' };
    own.trim_start_matches('.').chars().map(plain).take(NAME_CHARS_MAX).collect()
}

fn table_receipt(
    project: &IngestProject<'_>,
    earlier: &Earlier,
    notes: &mut Notes,
    row: &BerkasRow,
    found: Option<&Found>,
) -> TableReceipt {
    let receipt = &row.receipt;
    let dataset = receipt.dataset.clone().unwrap_or_default();
    let contract = project.contracts.iter().find(|it| it.dataset == dataset);
    let shared = contract.or(project.contracts.first()).map(|it| it.shared.clone()).unwrap_or_default();
    let own = notes.remove(&(dataset, receipt.sheet.clone())).unwrap_or_default();
    let columns = match (contract, found) {
        // A contract that cannot be bound was refused before a row was read.
        (Some(contract), Some(found)) => ingest::source_columns(contract, found).unwrap_or_default(),
        _ => BTreeMap::new(),
    };
    let mut issues: Vec<Issue> = Vec::new();
    let lines = |action| move |line: &Line| (action, line.clone());
    let listed =
        own.rejected.iter().map(lines(Action::Ditolak)).chain(own.nulled.iter().map(lines(Action::Dikosongkan)));
    for (tindakan, line) in listed.take(crate::model::receipt::ISSUES_MAX) {
        issues.push(issue(tindakan, line, contract, &shared, &columns));
    }
    issues.sort_by_key(|it| (it.baris, it.tindakan));
    let faults = own.counts.iter().filter(|((it, _), _)| matches!(it, Action::Ditolak | Action::Dikosongkan));
    let all: u64 = faults.map(|(_, count)| count).sum();
    let periode = receipt.periode;
    let listed: BTreeSet<u32> = issues.iter().map(|it| it.baris).collect();
    TableReceipt {
        berlaku: row.berlaku,
        persetujuan: None,
        perubahan: periode.map(|it| earlier.compare(row, Band::of(project.rules, it))).unwrap_or_default(),
        rincian: breakdown(receipt, &own.counts, &shared),
        masalah_tidak_terdaftar: all.saturating_sub(issues.len() as u64),
        masalah: issues,
        headers: found.map(|it| it.headers.iter().map(|cells| cells.join(" ")).collect()).unwrap_or_default(),
        rows: own.delivered.iter().flat_map(cells).filter(|(baris, _)| listed.contains(baris)).collect(),
        receipt: receipt.clone(),
    }
}

fn issue(
    tindakan: Action,
    line: Line,
    contract: Option<&Contract>,
    shared: &Shared,
    columns: &BTreeMap<String, Vec<usize>>,
) -> Issue {
    let of = |kolom: &str| columns.get(kolom).cloned().unwrap_or_default();
    let own = match (&line.kolom, contract) {
        (Some(kolom), _) => of(kolom),
        // Duplicates are told apart by the first column of their key.
        (None, Some(contract)) if line.aturan.starts_with("DUP-") => {
            contract.key.iter().map(|it| of(it)).find(|it| !it.is_empty()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let saran = shared.advice.get(&line.aturan).cloned().unwrap_or_default();
    let Line { baris, kolom, aturan, sebab, raw } = line;
    Issue { baris, tindakan, kolom, aturan, sebab, saran, columns: own, raw }
}

/// Counts of `berkas.aturan` by what was done: skips and file rules are not in the logs, the rest is.
fn breakdown(receipt: &Receipt, logged: &BTreeMap<(Action, String), u64>, shared: &Shared) -> Vec<RuleCount> {
    let mut counts = logged.clone();
    for (code, count) in &receipt.aturan {
        let action = if code.starts_with('S') {
            Action::Dilewati
        } else if code.starts_with("BRK-") && code != "BRK-05" {
            Action::Berkas
        } else {
            continue;
        };
        counts.insert((action, code.clone()), *count);
    }
    let one = |((tindakan, aturan), jumlah): ((Action, String), u64)| {
        let sebab = match tindakan {
            Action::Berkas => receipt.alasan.clone().unwrap_or_default(),
            Action::Dilewati => structural(&aturan).to_string(),
            _ => shared.messages.get(&aturan).map(|it| without_column(it)).unwrap_or_default(),
        };
        let saran = shared.advice.get(&aturan).cloned().unwrap_or_default();
        RuleCount { tindakan, aturan, jumlah, sebab, saran }
    };
    counts.into_iter().map(one).collect()
}

/// A sentence about many rows, whose columns differ.
pub fn without_column(sentence: &str) -> String {
    let named = ["kolom {kolom}", "Kolom {kolom}"].iter().any(|it| sentence.contains(it));
    sentence.replace("{kolom}", if named { "terkait" } else { "kolom terkait" })
}

/// What a structural row is (`ingest-rules.md` §3).
fn structural(code: &str) -> &'static str {
    match code {
        "S01" => "Baris kosong",
        "S02" => "Judul kolom yang berulang",
        "S03" => "Baris pemisah atau tanda tangan: hanya satu sel terisi",
        "S04" => "Baris jumlah",
        _ => "Baris di luar tabel",
    }
}

/// Fetches the delivered cells, writes every receipt below `folder`, and gives the paths of the texts.
pub async fn write(
    folder: &Path,
    drafts: Vec<Draft>,
    project: &IngestProject<'_>,
    lake: &Lake,
    world: &World,
) -> Result<Vec<PathBuf>, ReceiptError> {
    let rows = |error| ReceiptError::Rows(Box::new(error));
    let workers = FileWorkers::new(project.contracts, project.limits, world);
    let workers = Arc::new(workers.map_err(|error| rows(IngestError::Contracts(error)))?);
    world.progress.begin("receipts", Some(drafts.len() as u64));
    let (lake, folder, progress) = (lake.clone(), folder.to_path_buf(), world.progress.clone());
    let work = move |mut draft: Draft| -> Result<PathBuf, ReceiptError> {
        let path = path(&folder, &draft.place, ".txt");
        if !draft.unchanged || fs::metadata(&path).is_err() {
            fetch(&mut draft, &workers, &lake).map_err(rows)?;
            put(&folder, &draft)?;
        }
        progress.advance(1);
        Ok(path)
    };
    let written = in_parallel(drafts, world.threads, work).await;
    world.progress.end();
    written.into_iter().collect()
}

/// A file of a receipt.
fn path(folder: &Path, place: &Path, ending: &str) -> PathBuf {
    let mut name = folder.join(place).into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

fn put(folder: &Path, draft: &Draft) -> Result<(), ReceiptError> {
    let receipt = &draft.receipt;
    let wrong = |source| ReceiptError::Workbook { file: receipt.berkas.clone(), source };
    let xlsx = written::workbook(receipt).map_err(wrong)?;
    if let Some(parent) = folder.join(&draft.place).parent() {
        fs::create_dir_all(parent).map_err(|source| ReceiptError::Write { path: parent.to_path_buf(), source })?;
    }
    for (ending, bytes) in
        [(".xlsx", xlsx), (".json", written::json(receipt).into_bytes()), (".txt", written::text(receipt).into_bytes())]
    {
        let path = path(folder, &draft.place, ending);
        fs::write(&path, bytes).map_err(|source| ReceiptError::Write { path, source })?;
    }
    Ok(())
}

/// The delivered cells of the rows to mend that did not come along with the reading. A file that cannot be read a second time leaves them out.
fn fetch(draft: &mut Draft, workers: &FileWorkers, lake: &Lake) -> Result<(), IngestError> {
    let (mut places, mut found, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (table, own)) in draft.receipt.tabel.iter().zip(&draft.found).enumerate() {
        let rows = table.masalah.iter().map(|it| it.baris).filter(|it| !table.rows.contains_key(it));
        let rows: BTreeSet<u32> = rows.collect();
        if let Some(own) = own.as_ref().filter(|_| !rows.is_empty()) {
            places.push(place);
            found.push(own.clone());
            wanted.push(rows);
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let bytes = bytes_of(&draft.item, lake)?;
    let tables = &mut draft.receipt.tabel;
    let mut on_rows: Box<OnRows<'_>> = Box::new(|name: &str, batches: Vec<RecordBatch>| {
        let place = name.parse::<usize>().ok().and_then(|at| places.get(at)).copied();
        if let Some(table) = place.and_then(|at| tables.get_mut(at)) {
            table.rows.extend(batches.iter().flat_map(cells));
        }
        Ok::<(), FileWorkerError>(())
    });
    let delivery = &draft.item.delivery;
    if let Err(refusal) = workers.rows(&bytes, delivery, &found, &wanted, &mut *on_rows)? {
        tracing::warn!(sha256 = %delivery.sha256, code = refusal.code, "the receipt lacks the delivered cells");
    }
    Ok(())
}

/// Rows as delivered, by their numbers.
fn cells(batch: &RecordBatch) -> Vec<(u32, Vec<Option<String>>)> {
    let Some(baris) = batch.column(0).as_primitive_opt::<UInt32Type>() else { return Vec::new() };
    let row = |row: usize| {
        let cell = |column: &Arc<dyn Array>| {
            let texts = column.as_string_opt::<i32>()?;
            texts.is_valid(row).then(|| texts.value(row).to_string())
        };
        (baris.value(row), batch.columns().iter().skip(1).map(cell).collect())
    };
    (0..batch.num_rows()).map(row).collect()
}
