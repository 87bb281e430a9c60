//! Rows as delivered, column by column, before any rule has touched them. Refuses to interpret a cell.

use arrow::array::StringArray;

/// What type the source gave a cell. Text formats give only text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Text, or nothing at all.
    Text,
    /// A number: an identifier in such a cell has already lost its last digits (ID-03).
    Number,
    /// A date-typed cell; its text is `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`.
    Date,
    /// TRUE or FALSE.
    Bool,
}

/// Some thousand consecutive rows of one sheet (CSV, HTML table, JSON list).
#[derive(Debug, Clone)]
pub struct Chunk {
    /// 1-based physical row of each row: sheet row, CSV record, `<tr>`, JSON line or element (`ingest-rules.md` §0.2).
    pub rows: Vec<u32>,
    /// One array per source column, all as long as `rows`. An absent or JSON-null cell is null; an empty text cell is `""`.
    pub columns: Vec<StringArray>,
    /// Per source column the cell kinds, where not all of them are text.
    pub kinds: Vec<Option<Vec<CellKind>>>,
    /// How many fields each record had, where the format can disagree with its header (CSV); empty otherwise.
    pub fields: Vec<u32>,
}

impl Chunk {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Kind of one cell.
    pub fn kind(&self, column: usize, row: usize) -> CellKind {
        self.kinds.get(column).and_then(Option::as_ref).map_or(CellKind::Text, |kinds| kinds[row])
    }
}

/// One row near the top of a sheet, for finding preamble and header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// 1-based physical row.
    pub row: u32,
    /// Cells from the first column on; absent cells are empty text.
    pub cells: Vec<(String, CellKind)>,
}
