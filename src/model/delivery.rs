//! A delivered file, what was found in it, and the receipt for it. Refuses to decide what is in force.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file as it was delivered, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Digest of the bytes (of a zip member: the member's).
    pub sha256: Digest,
    /// Name as delivered; `bundle.zip!member` for a member of a bundle.
    pub nama_asal: String,
    /// Sender (kodeCepat), where it is known.
    pub instansi_kode: Option<String>,
    /// The periode that the operator gave; outranks everything in the file.
    pub periode: Option<Periode>,
    /// When it was received.
    pub diterima_pada: Option<DateTime<Utc>>,
    /// That moment is from the delivery register, and so may stand for the date of extraction.
    pub registered: bool,
    /// When it is loaded.
    pub dimuat_pada: DateTime<Utc>,
    /// Official name of the sender (BRK-10).
    pub instansi_nama: Option<String>,
}

/// Where the date of extraction came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sumber {
    /// A line above the header.
    #[serde(rename = "PREAMBLE")]
    Preamble,
    /// The file name.
    #[serde(rename = "NAMA_BERKAS")]
    NamaBerkas,
    /// The delivery register.
    #[serde(rename = "KIRIMAN")]
    Kiriman,
}

impl Sumber {
    /// The word in `berkas.tanggal_tarik_sumber`.
    pub fn as_str(self) -> &'static str {
        match self {
            Sumber::Preamble => "PREAMBLE",
            Sumber::NamaBerkas => "NAMA_BERKAS",
            Sumber::Kiriman => "KIRIMAN",
        }
    }
}

/// A table found in a delivered file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Place of the sheet in the file, from 0.
    pub sheet: usize,
    /// Its name, in workbooks.
    pub sheet_name: Option<String>,
    /// Canonical table; nothing where no contract knows the header (TANPA_KONTRAK).
    pub dataset: Option<String>,
    /// Dialect of the signature that matched.
    pub dialect: String,
    /// File format (`csv`, `xlsx`, …).
    pub format: String,
    /// Encoding of a text file.
    pub encoding: Option<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<String>,
    /// 1-based row of the header; 0 where keys are the header (JSON).
    pub header_row: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// Header names as delivered, one list a column: one name, or two for a header of two rows.
    pub headers: Vec<Vec<String>>,
    /// Month it speaks for.
    pub periode: Option<Periode>,
    /// Date of extraction.
    pub tanggal_tarik: Option<NaiveDate>,
    /// Where that came from.
    pub tanggal_tarik_sumber: Option<Sumber>,
    /// Facts of the letterhead that the contract asks for.
    pub facts: BTreeMap<String, String>,
    /// Whether the extension disagrees with the content (BRK-05).
    pub extension_disagrees: bool,
    /// Digest of the contract.
    pub kontrak_sha256: Option<Digest>,
}

/// What a delivered file is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Recognised {
    /// An archive of deliveries; unpack it.
    Bundle,
    /// Nothing can be loaded of it.
    Refused {
        /// Rule code.
        code: String,
        /// Why, for the sender.
        pesan: String,
    },
    /// Its tables, in the order of the sheets.
    Tables(Vec<Found>),
}

/// What became of a table: the columns of `berkas`, save the decision whether it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Digest of the bytes.
    pub sha256: Digest,
    /// Name as delivered.
    pub nama_asal: String,
    /// Sender.
    pub instansi_kode: Option<String>,
    /// Canonical table.
    pub dataset: Option<String>,
    /// Month it speaks for.
    pub periode: Option<Periode>,
    /// Part of the dataset it speaks for.
    pub cakupan: Option<String>,
    /// When it was received.
    pub diterima_pada: Option<DateTime<Utc>>,
    /// Date of extraction.
    pub tanggal_tarik: Option<NaiveDate>,
    /// Where that came from.
    pub tanggal_tarik_sumber: Option<Sumber>,
    /// File format.
    pub format: Option<String>,
    /// Encoding of a text file.
    pub encoding: Option<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<String>,
    /// Sheet name.
    pub sheet: Option<String>,
    /// 1-based row of the header.
    pub baris_header: Option<u32>,
    /// Data rows.
    pub baris_dibaca: u64,
    /// Of these, loaded.
    pub baris_diterima: u64,
    /// Of these, with at least one repaired cell.
    pub baris_diperbaiki: u64,
    /// Data rows not loaded.
    pub baris_ditolak: u64,
    /// Rows that are no data.
    pub baris_dilewati: u64,
    /// DITERIMA, DITOLAK or TANPA_KONTRAK.
    pub status: String,
    /// Why it was not loaded.
    pub alasan: Option<String>,
    /// Digest of the contract.
    pub kontrak_sha256: Option<Digest>,
    /// When it was loaded.
    pub dimuat_pada: DateTime<Utc>,
    /// How often each rule applied.
    pub aturan: BTreeMap<String, u64>,
}

impl Receipt {
    /// The receipt of a file of which nothing is loaded.
    pub fn refused(delivery: &Delivery, found: Option<&Found>, code: &str, pesan: &str) -> Self {
        let mut receipt = Self::of(delivery, found);
        receipt.status = "DITOLAK".into();
        receipt.alasan = Some(pesan.into());
        receipt.aturan.insert(code.into(), 1);
        receipt
    }

    /// The receipt of a table that no contract knows.
    pub fn without_contract(delivery: &Delivery, found: &Found) -> Self {
        let mut receipt = Self::of(delivery, Some(found));
        receipt.status = "TANPA_KONTRAK".into();
        let names: Vec<String> = found.headers.iter().map(|it| it.join(" ")).filter(|it| !it.is_empty()).collect();
        receipt.alasan = Some(format!("Tidak ada kontrak untuk judul kolom: {}", names.join(", ")));
        receipt
    }

    /// A receipt with no rows yet.
    pub fn of(delivery: &Delivery, found: Option<&Found>) -> Self {
        let header = found.map(|it| it.header_row).filter(|row| *row > 0);
        Self {
            sha256: delivery.sha256,
            nama_asal: delivery.nama_asal.clone(),
            instansi_kode: delivery.instansi_kode.clone(),
            dataset: found.and_then(|it| it.dataset.clone()),
            periode: found.and_then(|it| it.periode),
            cakupan: None,
            diterima_pada: delivery.diterima_pada,
            tanggal_tarik: found.and_then(|it| it.tanggal_tarik),
            tanggal_tarik_sumber: found.and_then(|it| it.tanggal_tarik_sumber),
            format: found.map(|it| it.format.clone()),
            encoding: found.and_then(|it| it.encoding.clone()),
            delimiter: found.and_then(|it| it.delimiter.clone()),
            sheet: found.and_then(|it| it.sheet_name.clone()),
            baris_header: header,
            baris_dibaca: 0,
            baris_diterima: 0,
            baris_diperbaiki: 0,
            baris_ditolak: 0,
            baris_dilewati: 0,
            status: "DITERIMA".into(),
            alasan: None,
            kontrak_sha256: found.and_then(|it| it.kontrak_sha256),
            dimuat_pada: delivery.dimuat_pada,
            aturan: BTreeMap::new(),
        }
    }
}
