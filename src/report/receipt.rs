//! A receipt (tanda terima) as text, JSON and workbook, for the agency that sent the file. Refuses delivered cells in the text and
//! the JSON: they leave in the workbook only.

mod book;

use crate::model::delivery::Sumber;
use crate::model::indonesia;
use crate::model::receipt::{Action, Comparison, FileReceipt, RuleCount, TableReceipt};

pub use crate::report::receipt::book::workbook;

/// Width of the labels of the text.
const LABEL: usize = 16;

/// The receipt as plain text.
pub fn text(receipt: &FileReceipt) -> String {
    let mut out = String::from("TANDA TERIMA DATA\n");
    if receipt.percobaan {
        out.push_str("Percobaan: tidak ada yang disimpan\n");
    }
    out.push('\n');
    for (label, fact) in file_facts(receipt) {
        line(&mut out, label, &fact);
    }
    for table in &receipt.tabel {
        out.push('\n');
        for (label, fact) in table_facts(table) {
            line(&mut out, label, &fact);
        }
        for count in &table.rincian {
            let why = if count.saran.is_empty() || count.tindakan == Action::Diperbaiki {
                count.sebab.clone()
            } else {
                format!("{}. {}", count.sebab, count.saran)
            };
            line(
                &mut out,
                &format!("  {}", count.aturan),
                &format!("{} × {}: {why}", number(count.jumlah), tindakan(count)),
            );
        }
    }
    if receipt.tabel.iter().any(|it| !it.masalah.is_empty()) {
        out.push_str("\nBaris yang perlu dibetulkan ada pada lembar `Baris bermasalah` dari buku kerja (.xlsx) tanda terima ini.\n");
    }
    out
}

/// The receipt as JSON, the names of `berkas` kept; rows to mend without their cells.
pub fn json(receipt: &FileReceipt) -> String {
    let mut text =
        serde_json::to_string_pretty(receipt).expect("a receipt holds text, numbers and maps with text keys");
    text.push('\n');
    text
}

fn line(out: &mut String, label: &str, fact: &str) {
    // A name as delivered may hold anything; a control character must not break the lines of a receipt.
    let clean: String = fact.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    out.push_str(&format!("{label:<LABEL$} {clean}\n"));
}

fn tindakan(count: &RuleCount) -> &'static str {
    count.tindakan.as_str()
}

fn number(value: u64) -> String {
    indonesia::bulat(i64::try_from(value).unwrap_or(i64::MAX))
}

/// What is said of the file.
fn file_facts(receipt: &FileReceipt) -> Vec<(&'static str, String)> {
    let sender = match (&receipt.instansi_kode, &receipt.instansi_nama) {
        (Some(kode), Some(nama)) => format!("{kode} {nama}"),
        (Some(kode), None) => kode.clone(),
        (None, _) => "tidak dikenal".into(),
    };
    let received = receipt.diterima_pada.map_or_else(|| "tidak diketahui".into(), indonesia::waktu);
    vec![
        ("Berkas", receipt.berkas.clone()),
        ("Pengirim", sender),
        ("Diterima", received),
        ("Dimuat", indonesia::waktu(receipt.dimuat_pada)),
        ("SHA-256", receipt.sha256.to_string()),
    ]
}

/// What is said of one table.
fn table_facts(table: &TableReceipt) -> Vec<(&'static str, String)> {
    let receipt = &table.receipt;
    let mut facts = Vec::new();
    if let Some(dataset) = &receipt.dataset {
        let sheet = receipt.sheet.as_deref().map_or_else(String::new, |it| format!(", lembar {it}"));
        let part = receipt.cakupan.as_deref().filter(|it| !it.is_empty());
        facts.push((
            "Himpunan data",
            format!("{dataset}{}{sheet}", part.map_or_else(String::new, |it| format!(" ({it})"))),
        ));
    }
    if let Some(periode) = receipt.periode {
        facts.push(("Periode", indonesia::bulan(periode)));
    }
    if receipt.dataset.is_some() {
        facts.push(("Tanggal tarik", drawn(table)));
    }
    facts.push(("Status", status(table).to_string()));
    if let Some(why) = &receipt.alasan {
        facts.push(("Sebab", why.clone()));
    }
    if receipt.dataset.is_some() && receipt.status != "DITOLAK" {
        facts.push((
            "Baris",
            format!(
                "{} dibaca = {} diterima + {} ditolak; {} dilewati (judul dan baris bukan data)",
                number(receipt.baris_dibaca),
                number(receipt.baris_diterima),
                number(receipt.baris_ditolak),
                number(receipt.baris_dilewati)
            ),
        ));
        facts.push(("Diperbaiki", format!("{} baris", number(receipt.baris_diperbaiki))));
    }
    if receipt.status == "DITERIMA" && table.perubahan.is_empty() {
        facts.push(("Perubahan", "belum ada kiriman pembanding".into()));
    }
    facts.extend(table.perubahan.iter().map(|it| ("Perubahan", change(it))));
    if let Some(command) = &table.persetujuan {
        let text = format!(
            "bila ekspornya terpotong, kirim ulang berkas yang lengkap; bila jumlahnya memang begitu, operator memuatnya dengan `{command}`"
        );
        facts.push(("Persetujuan", text));
    }
    if table.masalah_tidak_terdaftar > 0 {
        let left = number(table.masalah_tidak_terdaftar);
        facts.push(("Catatan", format!("{left} masalah lain dihitung tetapi tidak didaftar satu per satu")));
    }
    facts
}

fn drawn(table: &TableReceipt) -> String {
    let place = match table.receipt.tanggal_tarik_sumber {
        Some(Sumber::Preamble) => "dari baris di atas judul kolom",
        Some(Sumber::NamaBerkas) => "dari nama berkas",
        Some(Sumber::Kiriman) => "dari daftar kiriman",
        None => "asalnya tidak tercatat",
    };
    match table.receipt.tanggal_tarik {
        Some(day) => format!("{} ({place})", indonesia::tanggal(day)),
        None => "tidak ditemukan".into(),
    }
}

/// The status in words.
fn status(table: &TableReceipt) -> &'static str {
    match (table.receipt.status.as_str(), table.berlaku) {
        ("DITERIMA", true) => "DITERIMA, berlaku",
        ("DITERIMA", false) => "DITERIMA, digantikan kiriman lain",
        ("DITOLAK", _) => "DITOLAK, tidak ada yang dimuat",
        ("TANPA_KONTRAK", _) => "TANPA_KONTRAK, judul kolom belum dikenal",
        ("DUPLIKAT", _) => "DUPLIKAT, isi yang sama sudah dimuat",
        ("MENUNGGU", _) => "MENUNGGU PERSETUJUAN, belum ada yang dimuat",
        ("USANG", _) => "USANG, disimpan tetapi tidak berlaku",
        _ => "tidak dikenal",
    }
}

fn change(it: &Comparison) -> String {
    let sign = if it.selisih > 0 { "+" } else { "" };
    let share = if it.baris > 0 {
        format!(" ({sign}{})", indonesia::persen(it.selisih as f64 / it.baris as f64, 1))
    } else {
        String::new()
    };
    let band = if it.di_luar_pita { "; DI LUAR PITA WAJAR, mohon dipastikan" } else { "" };
    let base = format!("{}, {} baris", indonesia::bulan(it.periode), number(it.baris));
    format!("{sign}{} baris{share} terhadap {} ({base}){band}", indonesia::bulat(it.selisih), it.terhadap)
}
