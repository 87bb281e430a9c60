//! Contracts: how the exports of one dataset become rows of its canonical table. Refuses to read a file or judge a cell.

use crate::model::digest::Digest;
use crate::model::table::{Column, DATA, Table, Visibility, provenance};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one file of `pipelines/sources` says, together with the rules that hold for all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// Canonical table.
    pub dataset: String,
    /// One sentence for the catalogue, Indonesian.
    pub about: String,
    /// Who may see the rows.
    pub visibility: Visibility,
    /// A stock whose number of rows hardly changes from one periode to the next: a delivery outside the plausible band waits for a
    /// person's word.
    pub stock: bool,
    /// Digest of the texts of the contract and of the shared rules.
    pub digest: Digest,
    /// Columns that identify a row within (instansi, periode).
    pub key: Vec<String>,
    /// How a sheet of this dataset is recognised.
    pub signatures: Vec<Signature>,
    /// Canonical columns in order.
    pub columns: Vec<ColumnRule>,
    /// Column of the person's own NIP, tested before every other column (ID-01 to ID-07).
    pub identity: Option<String>,
    /// Sets of columns of which one must be filled (REQ-01).
    pub require_any: Vec<Vec<String>>,
    /// One source row that becomes several rows.
    pub unpivot: Option<Unpivot>,
    /// Columns filled from other accepted rows of the file.
    pub next_in_group: Vec<NextInGroup>,
    /// Findings on accepted rows.
    pub checks: Vec<Check>,
    /// The part of the dataset a file speaks for; the first that applies.
    pub scope: Vec<Scope>,
    /// A column whose most frequent value must be the sender's name (BRK-10).
    pub majority: Option<Majority>,
    /// References needed.
    pub lookups: Vec<LookupSpec>,
    /// Cells that hold several values.
    pub splits: BTreeMap<String, Split>,
    /// Facts of this dataset found in the lines above the header; the first pattern that matches.
    pub letterhead: Vec<Letterhead>,
    /// Word lists by name.
    pub words: BTreeMap<String, Vec<Word>>,
    /// Code lists by name.
    pub codes: BTreeMap<String, Vec<String>>,
    /// What holds for all datasets.
    pub shared: Shared,
}

/// Rules that hold for all datasets (`_bersama.toml`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Where the periode is found, in order.
    pub periode: Vec<MonthRule>,
    /// Where the date of extraction is found, in order.
    pub tanggal_tarik: Vec<DayRule>,
    /// First words of a total line (S04).
    pub total_words: Vec<String>,
    /// Sentence for each rule code; `{kolom}` is the column.
    pub messages: BTreeMap<String, String>,
    /// What the sender does about each rule code, for receipts.
    pub advice: BTreeMap<String, String>,
}

/// A place where the periode may stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthRule {
    /// Where to look.
    pub place: Place,
    /// Pattern with the groups `tahun`, `bulan` (digits or a word), `triwulan` (I to IV or 1 to 4); empty for `Drawn`.
    pub pattern: String,
    /// Month where the pattern has no group for it.
    pub month: Option<u32>,
    /// For `Drawn`: up to this day of the month the month before is meant.
    pub after_day: u32,
}

/// A place where the date of extraction may stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayRule {
    /// Where to look.
    pub place: Place,
    /// Pattern with the group `tanggal`, or the groups `tahun`, `bulan`, `hari`; empty for `Received`.
    pub pattern: String,
}

/// Where a fact about a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The lines above the header.
    Preamble,
    /// The file name.
    FileName,
    /// The date of extraction.
    Drawn,
    /// The delivery register.
    Received,
}

/// Header names by which a sheet is recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Order among the signatures of all datasets.
    pub order: u32,
    /// Name of the dialect.
    pub dialect: String,
    /// Headers that must all be there.
    pub headers: Vec<String>,
    /// Rows of the header: 1, or 2 where the row below names more columns.
    pub header_rows: u32,
}

/// A canonical column and how it is filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnRule {
    /// Name, type, class and sentence for the catalogue.
    pub column: Column,
    /// Whether a row without it is rejected.
    pub required: bool,
    /// Values of an enumeration, for the catalogue.
    pub values: Vec<String>,
    /// How a cell is read, unless the source says otherwise.
    pub read: Reader,
    /// Where the value comes from: the first source that has one (`first_of`).
    pub from: Vec<Source>,
}

/// One place a value may come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Where it is taken from.
    pub take: Take,
    /// How it is read, if not as the column says.
    pub read: Option<Reader>,
    /// Rule under which a value from here is a repair of what stood before it.
    pub repair: Option<String>,
    /// Only in these dialects (`by_dialect`); empty means all.
    pub dialects: Vec<String>,
    /// Only in sheets without any of these headers.
    pub without: Vec<String>,
    /// Only values that match this pattern (`by_value`).
    pub matching: Option<String>,
}

/// Where a source takes its cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Take {
    /// The leftmost source column with one of these headers.
    Headers(Vec<String>),
    /// A group of a split cell (`split`).
    Part {
        /// Headers of the cell.
        headers: Vec<String>,
        /// Name of the split.
        split: String,
        /// Name of the group.
        group: String,
    },
    /// A fixed text (`const`).
    Const(String),
    /// Another canonical column, as text.
    Column(String),
    /// Part of the person's own NIP (`from_nip`).
    Nip(NipPart),
    /// A fact of the letterhead (`from_letterhead`).
    Letterhead(String),
    /// The date of extraction, if the preamble gave it.
    DrawnInPreamble,
    /// A row of another dataset (`lookup`), found by the text of a canonical column or of a source column.
    Lookup {
        /// Name of the reference.
        lookup: String,
        /// Canonical column whose text is sought.
        by: String,
        /// Column of the reference that must be equal, case aside.
        key: String,
        /// Column of the reference that is taken.
        value: String,
    },
    /// The name of the unpivoted column.
    UnpivotName,
    /// The cell of the unpivoted column.
    UnpivotCell,
    /// The number at the end of the unpivoted header.
    UnpivotHeader,
}

/// What a NIP says about its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NipPart {
    /// The NIP itself.
    Whole,
    /// Digits 1 to 8.
    Birth,
    /// Digit 15: `L` or `P`.
    Sex,
    /// `PPPK` if digit 13 is 2, else nothing.
    Kind,
}

/// How a cell becomes a value; each is one function over a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reader {
    /// Text with inner white space collapsed.
    Text {
        /// Characters removed from the start (unit names: `-`).
        strip: String,
    },
    /// An identifier (ID-01 only).
    Id,
    /// The person's own NIP (ID-01 to ID-07); a numeric cell is restored from this reference by this header's name (ID-03).
    Nip {
        /// Name of the reference, with the columns `nip` and `nama`.
        lookup: Option<String>,
        /// Headers of the person's name.
        names: Vec<String>,
    },
    /// Somebody else's NIP (ID-01, ID-02, ID-04, ID-05).
    OtherNip,
    /// NIK (NIK-01, NIK-03).
    Nik,
    /// Date (TGL).
    Date {
        /// Whether a date long after the periode is unusable (TGL-04).
        ceiling: bool,
    },
    /// Number (NUM), in units of the last digit of the column.
    Number {
        /// Smallest value.
        min: Option<i64>,
        /// Largest value.
        max: Option<i64>,
    },
    /// True for one of these words, false for anything else.
    Flag(Vec<String>),
    /// Code of a fixed width that may have lost its zeros (KOD-01, `pad`).
    Code(usize),
    /// One of the words of this list (ENU, `map`).
    Words {
        /// Name of the list.
        list: String,
        /// Whether spaces are removed before looking.
        squeeze: bool,
        /// Whether an unknown word means nothing here, and the next source is asked.
        quiet: bool,
    },
    /// Golongan in any spelling (KOD-03).
    Golongan,
    /// Golongan from its id, by the kind of the NIP.
    GolonganId,
    /// A part of a name with titles: `depan`, `nama` or `belakang`.
    Titles(TitlePart),
}

/// A part of a name with titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TitlePart {
    /// Titles before the name.
    Depan,
    /// The name.
    Nama,
    /// Titles after it.
    Belakang,
}

/// Words that mean one value; the first entry that fits counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The value; empty means null.
    pub to: String,
    /// Words, upper case.
    pub is: Vec<String>,
    /// Pattern over the upper-cased text.
    pub like: Option<String>,
}

/// How a cell falls into parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Pattern with named groups.
    pub pattern: String,
    /// Group that gets the whole cell where the pattern does not match; without it every group does.
    pub otherwise: Option<String>,
}

/// A fact in the lines above the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letterhead {
    /// Its name.
    pub name: String,
    /// Pattern over one line.
    pub pattern: String,
    /// What the fact is: `{group}` is put in. `{bulan}` and `{triwulan}` become digits.
    pub value: String,
}

/// Rows from a group of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unpivot {
    /// Column that gets the name; the rest of the key identifies the source row.
    pub name_column: String,
    /// Header and name of each source column, in order. A number may follow the header.
    pub columns: Vec<(String, String)>,
}

/// The smallest later value of a column among the rows of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextInGroup {
    /// Column that is filled.
    pub column: String,
    /// Column that groups the rows.
    pub group: String,
    /// Date column that orders them.
    pub order: String,
    /// Only rows whose column has this value may follow.
    pub following: Option<(String, String)>,
}

/// A finding on accepted rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Rule code.
    pub code: String,
    /// What is tested.
    pub test: Test,
    /// Column the finding is about.
    pub column: String,
    /// Only rows whose column has one of these values.
    pub when: Option<(String, Vec<String>)>,
}

/// What a check finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// NIP digits 1 to 8 differ from the date.
    NipBirth,
    /// NIP digits 9 to 14 differ from year and month of the date.
    NipMonth,
    /// NIP digits 9 to 12 differ from the year of the date.
    NipYear,
    /// NIP digit 15 differs from the sex.
    NipSex,
    /// NIK digits 7 to 12 differ from the date in this column.
    NikBirth(String),
    /// The date is before the one in this column.
    Before(String),
    /// No value.
    Empty,
    /// Empty or no mail address.
    Email,
    /// Not in this code list.
    NotInList(String),
    /// Not in this column of a reference.
    NotInLookup(String, String),
    /// Not in this column of the same file.
    NotInFile(String),
    /// Differs from the matrix of two other columns: `a`, `b`, value.
    Matrix(String, String, Vec<(i64, i64, i64)>),
}

/// The part of the dataset a file speaks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Only in these dialects; empty means all.
    pub dialects: Vec<String>,
    /// Only in these formats; empty means all.
    pub formats: Vec<String>,
    /// Text; `{fact}` is a fact of the letterhead, `{min:column}` and `{max:column}` are taken over the accepted rows.
    pub value: String,
}

/// A file-level check by the most frequent value (BRK-10).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Majority {
    /// Headers of the column.
    pub headers: Vec<String>,
}

/// A reference a contract needs: rows in force of a dataset of the same instansi.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LookupSpec {
    /// Its name in the contract, and in the look-ups given.
    pub name: String,
    /// Dataset.
    pub table: String,
    /// Which snapshot.
    pub at: LookupAt,
    /// Columns.
    pub columns: Vec<String>,
}

/// Which snapshot a reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LookupAt {
    /// The one before the periode of the delivery.
    PreviousPeriode,
    /// The latest.
    LatestPeriode,
}

impl Contract {
    /// The table as stored: own columns, then provenance.
    pub fn table(&self) -> Table {
        let own = self.columns.iter().map(|it| it.column.clone());
        Table {
            name: self.dataset.clone(),
            key: self.key.clone(),
            columns: own.chain(provenance()).collect(),
            partition_by: vec!["instansi_kode".into(), "periode".into()],
            visibility: self.visibility,
            theme: DATA.into(),
        }
    }

    /// The references that `read` needs.
    pub fn lookups(&self) -> Vec<LookupSpec> {
        self.lookups.clone()
    }

    /// Place of a canonical column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.column.name == column)
    }
}

/// The order in which datasets must be loaded: each group needs only groups before it.
pub fn load_order(contracts: &[Contract]) -> Vec<Vec<usize>> {
    let mut left: Vec<usize> = (0..contracts.len()).collect();
    let mut groups = Vec::new();
    while !left.is_empty() {
        let waits = |i: &usize| {
            let needs = |table: &str| left.iter().any(|j| j != i && contracts[*j].dataset == table);
            contracts[*i].lookups.iter().any(|it| needs(&it.table))
        };
        let ready: Vec<usize> = left.iter().copied().filter(|i| !waits(i)).collect();
        // Contracts that need each other are loaded together rather than never; `check` reports the circle.
        let group = if ready.is_empty() { left.clone() } else { ready };
        left.retain(|i| !group.contains(i));
        groups.push(group);
    }
    groups
}
