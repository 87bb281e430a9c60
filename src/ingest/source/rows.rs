//! Rows on their way out of a reader: one row of loose cells, and the columns they are gathered in. Refuses to interpret a cell.

use crate::ingest::source::record::Split;
use crate::ingest::source::refused::Refused;
use crate::model::chunk::CellKind;
use crate::model::chunk::Chunk;
use crate::model::chunk::HeadRow;
use arrow::array::StringArray;
use arrow::buffer::NullBuffer;
use arrow::buffer::OffsetBuffer;
use std::ops::ControlFlow;

/// Most columns of a sheet: the last one is XFD, as in a workbook.
pub(crate) const COLUMNS_MAX: usize = 16_384;
/// Longest cell; a spreadsheet allows 32,767 characters.
pub(crate) const CELL_BYTES_MAX: usize = 1 << 20;
/// Rows of a chunk, where its columns are few enough.
const CHUNK_ROWS_MAX: usize = 8192;
/// Cells of a chunk: bounds the memory of absurdly wide tables.
const CHUNK_CELLS_MAX: usize = 1 << 21;
/// Text of a chunk, far below the 2 GiB an Arrow string array can address.
const CHUNK_BYTES_MAX: usize = 64 << 20;

/// The cells of one row by column; cells that are not set are absent. Its buffers are kept from row to row.
#[derive(Default)]
pub(crate) struct Row {
    cells: Vec<(String, Option<CellKind>)>,
    used: usize,
}

impl Row {
    /// Empties the row.
    pub(crate) fn clear(&mut self) {
        self.cells.iter_mut().take(self.used).for_each(|cell| cell.1 = None);
        self.used = 0;
    }

    /// Sets a cell, or changes it, and gives its emptied text to be filled.
    pub(crate) fn set(&mut self, column: usize, kind: CellKind) -> Result<&mut String, Refused> {
        if column >= COLUMNS_MAX {
            return Err(Refused::limit("jumlah kolom melampaui batas"));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, (String::new(), None));
        }
        self.used = self.used.max(column + 1);
        let cell = &mut self.cells[column];
        cell.0.clear();
        cell.1 = Some(kind);
        Ok(&mut cell.0)
    }

    /// Removes a cell.
    pub(crate) fn unset(&mut self, column: usize) {
        if let Some(cell) = self.cells.get_mut(column) {
            cell.1 = None;
        }
    }

    /// Whether no cell holds anything but white space.
    pub(crate) fn is_blank(&self) -> bool {
        self.present().all(|(text, _)| text.trim().is_empty())
    }

    /// Refuses cells no person typed.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        if self.present().any(|(text, _)| text.len() > CELL_BYTES_MAX) { Err(too_long()) } else { Ok(()) }
    }

    fn present(&self) -> impl Iterator<Item = (&str, CellKind)> {
        self.cells.iter().take(self.used).filter_map(|(text, kind)| kind.map(|kind| (text.as_str(), kind)))
    }

    fn get(&self, column: usize) -> Option<(&str, CellKind)> {
        self.cells
            .get(column)
            .filter(|_| column < self.used)
            .and_then(|(text, kind)| kind.map(|kind| (text.as_str(), kind)))
    }

    /// The row as preamble and header search see it.
    pub(crate) fn to_head(&self, row: u32) -> HeadRow {
        let cell =
            |column| self.get(column).map_or((String::new(), CellKind::Text), |(text, kind)| (text.to_owned(), kind));
        HeadRow { row, cells: (0..self.used).map(cell).collect() }
    }
}

/// A cell longer than [`CELL_BYTES_MAX`].
pub(crate) fn too_long() -> Refused {
    Refused::limit("ada sel yang terlalu panjang, mungkin tanda kutip yang tidak ditutup")
}

/// More rows than the limit.
pub(crate) fn too_many_rows() -> Refused {
    Refused::limit("jumlah baris melampaui batas")
}

/// The cells of one column of a chunk, laid out as Arrow wants them.
struct TextColumn {
    bytes: Vec<u8>,
    /// Where each cell ends, behind a leading 0.
    ends: Vec<i32>,
    absent: Vec<usize>,
}

impl TextColumn {
    fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self { bytes: Vec::with_capacity(bytes), ends, absent: Vec::new() }
    }

    #[inline]
    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        // A chunk ends far below 2 GiB.
        self.ends.push(self.bytes.len() as i32);
    }

    /// A piece of some bytes. Short pieces are copied in one go with what lies behind them, which is then forgotten.
    #[inline]
    fn push_piece(&mut self, bytes: &[u8], from: usize, to: usize) {
        let (length, old) = (to.saturating_sub(from), self.bytes.len());
        let rest = bytes.get(from..).unwrap_or_default();
        let short = if length <= 16 { rest.first_chunk::<16>().map(|it| &it[..]) } else { None };
        match short.or(rest.first_chunk::<40>().filter(|_| length <= 40).map(|it| &it[..])) {
            Some(more) => {
                self.bytes.extend_from_slice(more);
                self.bytes.truncate(old + length);
            }
            None => self.bytes.extend_from_slice(rest.get(..length).unwrap_or_default()),
        }
        self.ends.push(self.bytes.len() as i32);
    }

    fn push_absent(&mut self) {
        self.absent.push(self.ends.len() - 1);
        self.push(&[]);
    }

    fn finish(self) -> StringArray {
        let rows = self.ends.len() - 1;
        let nulls = (!self.absent.is_empty()).then(|| {
            let mut present = vec![true; rows];
            self.absent.iter().for_each(|row| present[*row] = false);
            NullBuffer::from(present)
        });
        StringArray::try_new(OffsetBuffer::new(self.ends.into()), self.bytes.into(), nulls)
            .expect("cells are text, cut at ASCII characters, and each ends where the next begins")
    }
}

/// Rows gathered in columns. Columns that are not wanted stay empty.
pub struct Gather {
    rows: Vec<u32>,
    columns: Vec<Option<TextColumn>>,
    kinds: Vec<Option<Vec<CellKind>>>,
    fields: Vec<u32>,
    bytes: usize,
}

impl Gather {
    /// Nothing gathered yet; a place a column, true where it is wanted.
    pub(crate) fn new(wanted: &[bool]) -> Self {
        Self {
            rows: Vec::new(),
            columns: wanted.iter().map(|wanted| wanted.then(|| TextColumn::with_capacity(0, 0))).collect(),
            kinds: vec![None; wanted.len()],
            fields: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds one row of cells with kinds.
    pub(crate) fn row(&mut self, number: u32, row: &Row) {
        for (at, (column, kinds)) in self.columns.iter_mut().zip(&mut self.kinds).enumerate() {
            let Some(column) = column else { continue };
            let cell = row.get(at);
            match cell {
                Some((text, _)) => column.push(text.as_bytes()),
                None => column.push_absent(),
            }
            self.bytes += cell.map_or(0, |(text, _)| text.len());
            let kind = cell.map_or(CellKind::Text, |(_, kind)| kind);
            match kinds {
                Some(kinds) => kinds.push(kind),
                None if kind == CellKind::Text => {}
                None => {
                    let mut all = vec![CellKind::Text; self.rows.len()];
                    all.push(kind);
                    *kinds = Some(all);
                }
            }
        }
        self.rows.push(number);
    }

    /// Adds one record of text; cells beyond the width are counted and dropped. The quick path of CSV.
    pub(crate) fn record(&mut self, number: u32, record: Split<'_>) {
        for (at, column) in self.columns.iter_mut().enumerate() {
            let Some(column) = column else { continue };
            match record.place(at) {
                Some((bytes, from, to)) => column.push_piece(bytes, from, to),
                None => column.push_absent(),
            }
        }
        self.bytes += record.text_len();
        self.fields.push(u32::try_from(record.len()).unwrap_or(u32::MAX));
        self.rows.push(number);
    }

    /// Rows gathered so far.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// What is gathered, and begins anew.
    pub(crate) fn finish(&mut self) -> Chunk {
        self.bytes = 0;
        let rows = self.rows.len();
        let finish = |column: &mut Option<TextColumn>| {
            let Some(column) = column else { return StringArray::new_null(0) };
            // The next chunk will be much like this one.
            let bytes = column.bytes.len();
            std::mem::replace(column, TextColumn::with_capacity(rows, bytes + bytes / 8)).finish()
        };
        Chunk {
            columns: self.columns.iter_mut().map(finish).collect(),
            rows: std::mem::replace(&mut self.rows, Vec::with_capacity(rows)),
            kinds: self.kinds.iter_mut().map(Option::take).collect(),
            fields: std::mem::take(&mut self.fields),
        }
    }
}

/// Gathers rows into chunks of columns and hands each chunk to the sink.
pub(crate) struct Feed<'s> {
    sink: &'s mut dyn FnMut(Chunk) -> ControlFlow<()>,
    after_row: u32,
    gather: Gather,
    rows_max: usize,
}

impl<'s> Feed<'s> {
    /// A feed of `width` columns that passes over rows up to and including `after_row`.
    pub(crate) fn new(width: usize, after_row: u32, sink: &'s mut dyn FnMut(Chunk) -> ControlFlow<()>) -> Self {
        let rows_max = (CHUNK_CELLS_MAX / width.max(1)).clamp(1, CHUNK_ROWS_MAX);
        Self { sink, after_row, gather: Gather::new(&vec![true; width]), rows_max }
    }

    /// Adds one row of cells with kinds.
    pub(crate) fn row(&mut self, number: u32, row: &Row) -> ControlFlow<()> {
        if number <= self.after_row {
            return ControlFlow::Continue(());
        }
        self.gather.row(number, row);
        self.flush_if_full()
    }

    /// Adds one record of text.
    pub(crate) fn record(&mut self, number: u32, record: Split<'_>) -> ControlFlow<()> {
        if number <= self.after_row {
            return ControlFlow::Continue(());
        }
        self.gather.record(number, record);
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> ControlFlow<()> {
        let is_full = self.gather.len() >= self.rows_max || self.gather.bytes >= CHUNK_BYTES_MAX;
        if is_full { self.flush() } else { ControlFlow::Continue(()) }
    }

    /// Hands over what is gathered; called once more at the end.
    pub(crate) fn flush(&mut self) -> ControlFlow<()> {
        if self.gather.len() == 0 { ControlFlow::Continue(()) } else { (self.sink)(self.gather.finish()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::source::record::Cells;
    use arrow::array::Array;

    #[test]
    fn a_late_number_gives_its_column_kinds_from_the_start() {
        let mut seen = Vec::new();
        let mut sink = |chunk: Chunk| {
            seen.push(chunk);
            ControlFlow::Continue(())
        };
        let mut feed = Feed::new(2, 1, &mut sink);
        let mut row = Row::default();
        for number in 1..=3 {
            row.clear();
            row.set(0, CellKind::Text).unwrap().push('a');
            if number == 3 {
                row.set(1, CellKind::Number).unwrap().push('7');
            }
            assert!(feed.row(number, &row).is_continue());
        }
        assert!(feed.flush().is_continue());
        let chunk = &seen[0];
        assert_eq!(chunk.rows, [2, 3]);
        assert_eq!(
            (chunk.kind(1, 0), chunk.kind(1, 1), chunk.kind(0, 1)),
            (CellKind::Text, CellKind::Number, CellKind::Text)
        );
        assert!(chunk.columns[1].is_null(0) && chunk.kinds[0].is_none());
    }

    #[test]
    fn wide_tables_come_in_small_chunks() {
        let mut sizes = Vec::new();
        let mut sink = |chunk: Chunk| {
            sizes.push(chunk.len());
            ControlFlow::Continue(())
        };
        let mut feed = Feed::new(COLUMNS_MAX, 0, &mut sink);
        for number in 1..=200 {
            assert!(feed.record(number, Cells::default().split("", b',')).is_continue());
        }
        assert!(feed.flush().is_continue());
        assert_eq!(sizes, [128, 72]);
    }
}
