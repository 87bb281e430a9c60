//! Where the cells of an HTML table lie: rows counted, spans kept, text as a browser shows it. Refuses to know about tags around it.

use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Row;
use crate::model::chunk::CellKind;
use html5gum::StartTag;

/// Most columns one cell may span, as in the standard.
const COLSPAN_MAX: usize = 1000;
/// Most rows one cell may span, as in the standard.
const ROWSPAN_MAX: usize = 65_534;

/// An open table.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) index: usize,
    pub(crate) number: u32,
    pub(crate) in_row: bool,
    pub(crate) row: Row,
    column: usize,
    pub(crate) cell: Option<Cell>,
    /// Per column, for how many rows from this one on a cell from above covers it.
    covered: Vec<usize>,
    /// The same, begun in this row.
    covers: Vec<(usize, usize)>,
}

impl Table {
    /// The table that began as the `index`-th of its page.
    pub(crate) fn new(index: usize) -> Self {
        Self { index, ..Self::default() }
    }

    /// Begins the next row, unless one is open.
    pub(crate) fn open_row(&mut self) -> Result<(), Refused> {
        if !self.in_row {
            self.number = self.number.checked_add(1).ok_or_else(rows::too_many_rows)?;
            self.in_row = true;
            self.column = 0;
            self.row.clear();
        }
        Ok(())
    }

    /// Places the open cell: the first column no cell from above covers, and an empty cell for each further column it spans.
    pub(crate) fn close_cell(&mut self) -> Result<(), Refused> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        while self.covered.get(self.column).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
        self.row.set(self.column, CellKind::Text)?.push_str(cell.text.trim_end_matches(is_space));
        for column in self.column + 1..self.column + cell.columns {
            self.row.set(column, CellKind::Text)?;
        }
        if cell.rows > 1 {
            self.covers.extend((self.column..self.column + cell.columns).map(|column| (column, cell.rows)));
        }
        self.column += cell.columns;
        Ok(())
    }

    /// Ends the open row, whose last cell has been placed.
    pub(crate) fn close_row(&mut self) {
        self.in_row = false;
        self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        for (column, rows) in self.covers.drain(..) {
            if self.covered.len() <= column {
                self.covered.resize(column + 1, 0);
            }
            if let Some(covered) = self.covered.get_mut(column) {
                *covered = rows - 1;
            }
        }
    }
}

/// An open cell.
pub(crate) struct Cell {
    text: String,
    columns: usize,
    rows: usize,
}

impl Cell {
    /// The cell that `<td>` or `<th>` begins.
    pub(crate) fn new(tag: &StartTag<()>) -> Self {
        let span = |name: &[u8], most: usize| {
            let digits = tag.attributes.get(name).and_then(|value| std::str::from_utf8(value).ok());
            digits.and_then(|digits| digits.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, most)
        };
        Self { text: String::new(), columns: span(b"colspan", COLSPAN_MAX), rows: span(b"rowspan", ROWSPAN_MAX) }
    }

    /// Adds text as a browser shows it: runs of white space are one blank, none at a line's start. NBSP is kept.
    pub(crate) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if !is_space(c) {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// A new line; a block element begins one only behind text.
    pub(crate) fn break_line(&mut self, always: bool) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if always || !(self.text.is_empty() || self.text.ends_with('\n')) {
            self.text.push('\n');
        }
    }
}

/// White space of HTML source.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
