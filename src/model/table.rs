//! The shape of a stored table: columns, key, and who may see what. Refuses to know any dataset: canonical shapes are read from contracts.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a column holds; the Arrow type follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text, identifiers included (`Utf8`).
    Text,
    /// Whole number (`Int32`).
    Int,
    /// Large whole number (`Int64`), for counts.
    Count,
    /// Truth value (`Boolean`).
    Bool,
    /// Calendar date (`Date32`).
    Date,
    /// Scores and shares with an exact scale (`Decimal128`).
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// A number without an exact scale (`Float64`): shares, means and probabilities of marts.
    Real,
    /// A moment, UTC, microseconds (`Timestamp`).
    Moment,
}

impl Kind {
    /// The Arrow type that stores this kind.
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Text => DataType::Utf8,
            Kind::Int => DataType::Int32,
            Kind::Count => DataType::Int64,
            Kind::Bool => DataType::Boolean,
            Kind::Date => DataType::Date32,
            Kind::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
            Kind::Real => DataType::Float64,
            Kind::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// Personal-data class of a column under UU 27/2022 (`spec/tables.md`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Not marked.
    #[default]
    Open,
    /// `[P]`: masked outside the personnel role.
    P,
    /// `[PS]`: specific; a restricted role only.
    PS,
}

/// Who may see a figure or a row (`reference/methods.md` §4). The levels are no ladder: a role names those it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Visibility {
    /// Kin: names, edges, dates. The case handler alone.
    H1,
    /// Figures of a unit, small cells withheld. The government's leaders and the unit itself.
    H2,
    /// Safe to publish.
    H3,
    /// Rows of persons, and raw counts of any size. The personnel agency.
    H4,
}

impl Visibility {
    /// Every level with its word in a file.
    pub const ALL: [(&'static str, Visibility); 4] =
        [("H1", Visibility::H1), ("H2", Visibility::H2), ("H3", Visibility::H3), ("H4", Visibility::H4)];

    /// Its word in a file.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("", |(word, _)| word)
    }

    /// The level of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Name, snake_case, the province's own term.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether a stored row may lack it.
    pub nullable: bool,
    /// Personal-data class.
    pub class: Class,
    /// Level of the column where it is not that of its table.
    pub visibility: Option<Visibility>,
    /// One sentence for the catalogue.
    pub about: String,
}

/// A table of the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name in SQL and folder in the lake.
    pub name: String,
    /// Key within (instansi_kode, periode).
    pub key: Vec<String>,
    /// All stored columns in order, provenance included.
    pub columns: Vec<Column>,
    /// Columns the files of the lake are partitioned by.
    pub partition_by: Vec<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it is about: the folder of a mart, [`DATA`] or [`MUTU`].
    pub theme: String,
}

/// Theme of the canonical tables.
pub const DATA: &str = "data";
/// Theme of the tables that ingest writes about itself.
pub const MUTU: &str = "mutu";

impl Table {
    /// The Arrow schema of a stored row.
    pub fn schema(&self) -> SchemaRef {
        let field = |column: &Column| Field::new(&column.name, column.kind.data_type(), column.nullable);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// Whether the table has a column of this name.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|it| it.name == column)
    }
}

/// A column in one line.
pub fn column(name: &str, kind: Kind, nullable: bool, class: Class, about: &str) -> Column {
    Column { name: name.into(), kind, nullable, class, visibility: None, about: about.into() }
}

/// Provenance that every canonical row carries, after its own columns (`spec/tables.md`).
pub fn provenance() -> Vec<Column> {
    use Class::Open;
    vec![
        column("instansi_kode", Kind::Text, false, Open, "Pemerintah pengirim (kodeCepat)"),
        column("periode", Kind::Text, false, Open, "Bulan yang diwakili kiriman, YYYY-MM"),
        column(
            "cakupan",
            Kind::Text,
            false,
            Open,
            "Bagian himpunan data yang diwakili berkas; kosong bila tidak terbagi",
        ),
        column("berkas_sha256", Kind::Text, false, Open, "Alamat isi berkas asal"),
        column("berkas_sheet", Kind::Text, true, Open, "Lembar asal"),
        column("berkas_baris", Kind::Int, false, Open, "Baris asal, mulai 1"),
        column("dimuat_pada", Kind::Moment, false, Open, "Waktu dimuat, UTC"),
    ]
}

/// The four tables that ingest writes about itself, in the order `berkas`, `tolakan`, `perbaikan`, `temuan_mutu`.
pub fn engine_tables() -> Vec<Table> {
    use Class::{Open, P};
    use Kind::{Bool, Count, Date, Moment, Text};
    // The log of rejected and mended cells quotes rows; the list of files does not.
    let table = |name: &str, columns: Vec<Column>| Table {
        name: name.into(),
        key: vec![],
        columns,
        partition_by: vec!["instansi_kode".into()],
        visibility: if name == "berkas" { Visibility::H2 } else { Visibility::H4 },
        theme: MUTU.into(),
    };
    let text = |name: &str, nullable, about: &str| column(name, Text, nullable, Open, about);
    let count = |name: &str, about: &str| column(name, Count, false, Open, about);
    vec![
        table(
            "berkas",
            vec![
                text("sha256", false, "Alamat isi berkas"),
                text("nama_asal", false, "Nama berkas; anggota arsip sebagai `arsip.zip!anggota`"),
                text("instansi_kode", true, "Pemerintah pengirim; kosong bila tidak dikenal"),
                text("dataset", true, "Himpunan data"),
                text("periode", true, "Bulan yang diwakili, YYYY-MM"),
                text("cakupan", true, "Bagian himpunan data"),
                column("berlaku", Bool, false, Open, "Baris-barisnya berlaku"),
                column("diterima_pada", Moment, true, Open, "Waktu diterima, UTC"),
                column("tanggal_tarik", Date, true, Open, "Tanggal data ditarik dari sumber"),
                text("tanggal_tarik_sumber", true, "PREAMBLE, NAMA_BERKAS atau KIRIMAN"),
                text("format", true, "csv, xlsx, xls, html, json atau jsonl"),
                text("encoding", true, "utf-8, utf-8-bom atau cp1252"),
                text("delimiter", true, "Pemisah kolom"),
                text("sheet", true, "Lembar"),
                column("baris_header", Count, true, Open, "Baris judul kolom, mulai 1"),
                count("baris_dibaca", "Baris data; sama dengan diterima + ditolak"),
                count("baris_diterima", "Baris yang dimuat"),
                count("baris_diperbaiki", "Baris diterima yang sedikitnya satu selnya diperbaiki"),
                count("baris_ditolak", "Baris yang tidak dimuat"),
                count("baris_dilewati", "Baris yang bukan data"),
                text("status", false, "DITERIMA, DITOLAK, TANPA_KONTRAK, DUPLIKAT atau USANG"),
                text("alasan", true, "Sebab ditolak atau tidak dimuat"),
                text("kontrak_sha256", true, "Alamat isi kontrak yang dipakai"),
                column("dimuat_pada", Moment, false, Open, "Waktu dimuat, UTC"),
            ],
        ),
        table(
            "tolakan",
            vec![
                text("instansi_kode", true, "Pemerintah pengirim"),
                text("sha256", false, "Alamat isi berkas"),
                text("sheet", true, "Lembar"),
                column("baris", Count, false, Open, "Baris; 0 bila seluruh berkas ditolak"),
                text("kolom", true, "Kolom kanonik"),
                text("aturan", false, "Kode aturan"),
                text("pesan", false, "Sebab dalam kata-kata"),
                column("nilai_mentah", Text, true, P, "Nilai seperti dikirim"),
            ],
        ),
        table(
            "perbaikan",
            vec![
                text("instansi_kode", true, "Pemerintah pengirim"),
                text("sha256", false, "Alamat isi berkas"),
                text("sheet", true, "Lembar"),
                column("baris", Count, false, Open, "Baris"),
                text("kolom", false, "Kolom kanonik"),
                column("sebelum", Text, true, P, "Nilai seperti dikirim"),
                column("sesudah", Text, true, P, "Nilai yang dimuat"),
                text("aturan", false, "Kode aturan"),
            ],
        ),
        table(
            "temuan_mutu",
            vec![
                text("instansi_kode", true, "Pemerintah pengirim"),
                text("periode", true, "Bulan yang diwakili"),
                text("dataset", true, "Himpunan data"),
                text("sha256", false, "Alamat isi berkas"),
                text("sheet", true, "Lembar"),
                column("baris", Count, true, Open, "Baris"),
                text("kolom", true, "Kolom kanonik"),
                column("nip", Text, true, P, "NIP baris itu"),
                text("kode", false, "Kode temuan"),
                text("pesan", false, "Temuan dalam kata-kata"),
            ],
        ),
    ]
}
