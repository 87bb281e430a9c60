//! A report: what its folder declares and the one data document it is rendered from. Refuses to know any one report.

use crate::model::chart::ChartSpec;
use crate::model::release::CheckResult;
use crate::model::settings::Office;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `report-templates/<name>/report.toml` declares. Texts marked *sentence* are minijinja over [`Document`]; each is
/// computed once and reused by mail, text and PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSpec {
    /// Folder name under `report-templates`.
    pub name: String,
    /// Title on page one.
    pub title: String,
    /// What it is for, one sentence.
    pub about: String,
    /// Class of the document: `Terbatas`, `Untuk umum`.
    pub class: String,
    /// Whether it may read what is said of kin (`Visibility::H1`); `check` refuses such a column in any other report.
    pub kin: bool,
    /// Sentence: the mail's subject; states the finding, at most 70 characters.
    pub subject: String,
    /// Sentence: what a mail client shows beside the subject.
    pub preheader: String,
    /// Sentence: what stands where a figure may not be shown (`‹5`).
    pub withheld: String,
    /// Queries over the release's marts, run as the recipient.
    pub data: Vec<DataQuery>,
    /// *Yang perlu diputuskan*: the first three that apply are shown.
    pub decisions: Vec<DecisionSpec>,
    /// Key figures.
    pub figures: Vec<FigureSpec>,
    /// Charts, in order; the first also stands on the first screen of the mail.
    pub charts: Vec<ChartSpec>,
    /// Tables: formatted for readers, typed for the workbook.
    pub tables: Vec<TableSpec>,
    /// *Yang tidak dapat dikatakan data ini*: the last page.
    pub limits: Vec<LimitSpec>,
    /// Files that go with the mail.
    pub attachments: Vec<AttachmentSpec>,
}

/// One query of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataQuery {
    /// Key under `data` in the document.
    pub name: String,
    /// One statement. Cells of fewer persons than `parameter('penyajian.sel_min')` are null and carry a `status`.
    pub sql: String,
    /// Whether the result is one row, given as an object; otherwise a list of objects.
    pub single: bool,
    /// Whether a reader who may not see its tables gets the report without it: no rows, and `ada.<name>` is false.
    pub optional: bool,
}

/// An action with its owner and its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionSpec {
    /// Expression: whether there is anything to decide.
    pub when: String,
    /// Sentence: the action.
    pub text: String,
    /// Sentence: who acts.
    pub owner: String,
    /// Sentence: by when.
    pub due: String,
}

/// A key figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureSpec {
    /// What it counts.
    pub label: String,
    /// Sentence: the figure, formatted.
    pub value: String,
    /// Sentence: target and n.
    pub note: String,
    /// Sentence: change against the release before, with ▲ naik, ▼ turun or ● tetap; may be empty.
    pub change: String,
}

/// A table of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSpec {
    /// Name: sheet and defined table of the workbook.
    pub name: String,
    /// List query it shows.
    pub data: String,
    /// Sentence: what the table shows.
    pub title: String,
    /// Sentence: what a reader must know to read it.
    pub note: String,
    /// Columns in order.
    pub columns: Vec<ColumnSpec>,
    /// Whether readers see it; otherwise it stands in the workbook only.
    pub shown: bool,
}

/// A column of a table, or a figure beside a chart's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSpec {
    /// Column of the query.
    pub key: String,
    /// Heading, unit included.
    pub label: String,
    /// How a value is written.
    pub format: Format,
    /// One sentence for the workbook's first sheet.
    pub about: String,
    /// Column that holds a [`CellStatus`] word for this figure; a null without one is *no data*.
    pub status: Option<String>,
    /// Column with the number of persons behind a share: below 100 it is written without decimals.
    pub n: Option<String>,
    /// Whether it stands in the workbook only, for want of room on the page.
    pub workbook_only: bool,
}

/// How a value is written for readers, and its type in the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it is.
    Text,
    /// `51.204`.
    Whole,
    /// `60,54`: indices.
    Index,
    /// `37,4 %` of a share between 0 and 1; in a table without the sign, which stands in the heading.
    Share,
    /// `31 Desember 2025`.
    Date,
}

/// Why a figure is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CellStatus {
    /// Fewer persons than may be shown, or withheld so that such a cell cannot be got back by subtraction: shown as
    /// [`ReportSpec::withheld`].
    Disamarkan,
    /// Nothing was delivered: `–`.
    TidakAda,
}

/// What the data cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitSpec {
    /// Expression: whether it applies.
    pub when: String,
    /// Sentence.
    pub text: String,
}

/// A file that goes with the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentSpec {
    /// Which file.
    pub kind: AttachmentKind,
    /// Expression: whether this reader gets it.
    pub when: String,
    /// Sentence: its name; ASCII, no blanks, no person. Empty for receipts, which keep their own names.
    pub file: String,
    /// Table that a CSV holds; empty for other kinds.
    pub table: String,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// The typeset document, from `document.typ`.
    Pdf,
    /// The workbook.
    Xlsx,
    /// A page that stands alone, from `page.html`, charts inside.
    Page,
    /// One table, exact, for programs.
    Csv,
    /// Workbooks of the reader's own receipts with rows to mend.
    Receipts,
}

impl AttachmentKind {
    /// Every kind by the word a person writes.
    pub const ALL: [(&'static str, AttachmentKind); 5] = [
        ("pdf", AttachmentKind::Pdf),
        ("xlsx", AttachmentKind::Xlsx),
        ("page", AttachmentKind::Page),
        ("csv", AttachmentKind::Csv),
        ("receipts", AttachmentKind::Receipts),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Media type of its file.
    pub fn media_type(self) -> &'static str {
        match self {
            AttachmentKind::Pdf => "application/pdf",
            AttachmentKind::Xlsx | AttachmentKind::Receipts => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            AttachmentKind::Page => "text/html; charset=utf-8",
            AttachmentKind::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// Everything a report is rendered from. Its canonical bytes are digested and stored with the sent report, so nothing else
/// may influence the rendering.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Which report.
    pub laporan: ReportNote,
    /// Of which release.
    pub rilis: ReleaseNote,
    /// For whom.
    pub penerima: Addressee,
    /// Whose letterhead, from the settings. No emblem is ever drawn.
    pub kop: Office,
    /// Rows by query name: a list of objects, or one object for a `single` query. Shares are 0–1, dates `YYYY-MM-DD`,
    /// absent is null.
    pub data: BTreeMap<String, Value>,
    /// For each optional query, whether the reader may see its tables.
    #[serde(default)]
    pub ada: BTreeMap<String, bool>,
    /// The same queries over the last release of an earlier periode, if there is one.
    #[serde(default)]
    pub sebelumnya: Option<Earlier>,
}

/// Which report: copied from its [`ReportSpec`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportNote {
    /// Folder name.
    pub nama: String,
    /// Title.
    pub judul: String,
    /// What it is for.
    pub tentang: String,
    /// Class of the document.
    pub kelas: String,
}

/// What a report says of the release it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseNote {
    /// Number.
    pub nomor: u64,
    /// `YYYY-MM`.
    pub periode: String,
    /// Last day of the periode: every figure is as at this day.
    pub per_tanggal: NaiveDate,
    /// When it was published, UTC: the only time that stands in the files.
    pub dibuat_pada: DateTime<Utc>,
    /// Version of the program that published it.
    pub versi_program: String,
    /// Deliveries the figures rest on, by instansi and dataset.
    pub data_per: Vec<DataDate>,
    /// Rows of all deliveries in force.
    pub baris: RowCount,
    /// Rule parameters of status `unconfirmed` that the marts used.
    pub parameter_belum_pasti: Vec<OpenParameter>,
    /// What the checks found.
    pub pemeriksaan: Vec<CheckResult>,
}

/// A delivery in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataDate {
    /// kodeCepat.
    pub instansi_kode: String,
    /// Short name of the government.
    pub nama: String,
    /// Dataset.
    pub dataset: String,
    /// Month the rows speak for.
    pub periode: String,
    /// Day they were drawn from the source; null where nobody said.
    pub tanggal_tarik: Option<NaiveDate>,
}

/// Rows received = used + set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    /// Rows read from the files.
    pub diterima: u64,
    /// Rows in force.
    pub dipakai: u64,
    /// Rows rejected by a rule.
    pub disisihkan: u64,
}

/// A rule parameter whose source is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenParameter {
    /// Name in the rule table.
    pub name: String,
    /// What it sets.
    pub about: String,
    /// Where the value was taken from.
    pub source: String,
}

/// For whom a report is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addressee {
    /// Name as it stands in the salutation.
    pub nama: String,
    /// Office held; may be empty.
    pub jabatan: String,
    /// Governments the reader may see rows of.
    #[serde(default)]
    pub instansi: Vec<Government>,
}

/// A government as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Government {
    /// kodeCepat.
    pub kode: String,
    /// Short name.
    pub nama_singkat: String,
}

/// The release before, for the change of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Number.
    pub nomor: u64,
    /// `YYYY-MM`.
    pub periode: String,
    /// Rows by query name, as in [`Document::data`].
    pub data: BTreeMap<String, Value>,
}
