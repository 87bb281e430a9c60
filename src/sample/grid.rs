//! A table before it becomes a file: named columns that say what they hold, and rows. Refuses a format: that is the writers' business.

use chrono::NaiveDate;
use std::borrow::Cow;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text as delivered.
    Text(Cow<'static, str>),
    /// A number, where the format has numbers.
    Number(f64),
    /// A date-typed cell, where the format has them.
    Date(NaiveDate),
}

impl Cell {
    /// The text of the cell, empty for the others.
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

impl From<&'static str> for Cell {
    fn from(text: &'static str) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text)) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Cell::from(text.clone())
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Cell::Empty, Cell::from)
    }
}

impl From<Option<&'static str>> for Cell {
    fn from(text: Option<&'static str>) -> Self {
        text.map_or(Cell::Empty, Cell::from)
    }
}

impl From<NaiveDate> for Cell {
    /// `dd-mm-yyyy`, the form of SIASN.
    fn from(date: NaiveDate) -> Self {
        Cell::from(dmy(date))
    }
}

impl From<Option<NaiveDate>> for Cell {
    fn from(date: Option<NaiveDate>) -> Self {
        date.map_or(Cell::Empty, Cell::from)
    }
}

/// `31-12-2025`.
pub fn dmy(date: NaiveDate) -> String {
    date.format("%d-%m-%Y").to_string()
}

/// What a column holds, so far as a fault can be planted there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing is planted here.
    Plain,
    /// The row's own NIP.
    Nip,
    /// NIP of a rater or relative.
    OtherNip,
    /// NIK.
    Nik,
    /// Optional date.
    Date,
    /// Required date.
    NeedDate,
    /// Birth date, which the NIP restores.
    Birth,
    /// Required text.
    Need,
    /// Free text that no key and no rule depends on.
    Prose,
    /// Free text that is not loaded.
    Note,
    /// Training hours.
    Jp,
    /// Months of service, 0–11.
    Months,
    /// Year of graduation.
    Year,
    /// Legal position, two characters.
    Position,
    /// Level of education, two characters.
    Level,
    /// Rank.
    Grade,
    /// Code of the rank.
    GradeId,
    /// Sex in `pegawai`.
    Sex,
    /// Kind of assignment.
    Assignment,
    /// Optional rating of results or conduct.
    Rating,
    /// Overall rating.
    Predicate,
    /// Code of an eselon in the unit tree.
    EselonCode,
    /// Reached level of a competency.
    Score,
    /// Score of a candidate.
    Mark,
    /// Self-assessed merit score.
    Merit,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Header as delivered.
    pub name: &'static str,
    /// What it holds.
    pub role: Role,
}

/// What a line of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Data.
    Data,
    /// Blank line.
    Blank,
    /// The header once more.
    Header,
    /// `JUMLAH` and a count.
    Total,
    /// Heading of a unit, in the first cell.
    Separator,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Its cells, as many as columns.
    pub cells: Vec<Cell>,
    /// Written without quotes although a cell holds the delimiter.
    pub unquoted: bool,
    /// Place of the person among the employees; whoever, where there is none.
    pub who: usize,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its lines below the header.
    pub rows: Vec<Row>,
}

impl Grid {
    /// An empty table. `header` is `name` or `name:role` per column, separated by `|`.
    pub fn new(header: &'static str) -> Self {
        Self { columns: header.split('|').map(column).collect(), rows: Vec::new() }
    }

    /// Adds a data row about a person.
    pub fn push(&mut self, who: usize, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(Row { kind: RowKind::Data, cells, unquoted: false, who });
    }

    /// Places of the columns of a role.
    pub fn places(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |it| it.1.role == role).map(|it| it.0)
    }
}

fn column(text: &'static str) -> Column {
    let (name, role) = text.rsplit_once(':').unwrap_or((text, ""));
    let role = match role {
        "nip" => Role::Nip,
        "other" => Role::OtherNip,
        "nik" => Role::Nik,
        "date" => Role::Date,
        "needdate" => Role::NeedDate,
        "birth" => Role::Birth,
        "need" => Role::Need,
        "prose" => Role::Prose,
        "note" => Role::Note,
        "jp" => Role::Jp,
        "months" => Role::Months,
        "year" => Role::Year,
        "position" => Role::Position,
        "level" => Role::Level,
        "grade" => Role::Grade,
        "gradeid" => Role::GradeId,
        "sex" => Role::Sex,
        "assignment" => Role::Assignment,
        "rating" => Role::Rating,
        "predicate" => Role::Predicate,
        "eselon" => Role::EselonCode,
        "score" => Role::Score,
        "mark" => Role::Mark,
        "merit" => Role::Merit,
        _ => Role::Plain,
    };
    Column { name, role }
}
