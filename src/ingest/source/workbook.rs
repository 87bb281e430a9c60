//! Workbooks of the zip generation, streamed cell by cell. Refuses dense ranges, whose size a hostile cell reference decides.

use crate::ingest::source::Visit;
use crate::ingest::source::refused;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows::Row;
use crate::ingest::source::sheet;
use crate::ingest::source::sheet::Lines;
use bytes::Bytes;
use calamine::DataType;
use calamine::Reader;
use calamine::SheetType;
use calamine::Style;
use calamine::Xlsx;
use calamine::XlsxError;
use std::collections::HashSet;
use std::io::Cursor;
use std::ops::ControlFlow;

/// An open workbook whose size has been checked.
pub(crate) struct Workbook {
    book: Xlsx<Cursor<Bytes>>,
    names: Vec<String>,
}

impl Workbook {
    /// BRK-02 where it does not open, BRK-03 where no sheet has a non-empty cell.
    pub(crate) fn open(bytes: Bytes) -> Result<Self, Refused> {
        let book = refused::guarded(|| Xlsx::new(Cursor::new(bytes)))?.map_err(|error| refusal(&error))?;
        let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
        // Sheets are read by name; of two that share one, the second could not be reached.
        if names.iter().collect::<HashSet<_>>().len() < names.len() {
            return Err(damaged());
        }
        let mut workbook = Self { book, names };
        for sheet in 0..workbook.names.len() {
            let mut filled = false;
            // The first row handed on is the first of any content, or a gap above it.
            workbook.walk(sheet, u32::MAX, &mut |_, _| {
                filled = true;
                ControlFlow::Break(())
            })?;
            if filled {
                return Ok(workbook);
            }
        }
        Err(Refused::empty())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Visits the rows of a sheet.
    pub(crate) fn walk(&mut self, sheet: usize, rows_max: u32, visit: Visit<'_>) -> Result<(), Refused> {
        let Some(name) = self.names.get(sheet) else { return Ok(()) };
        let book = &mut self.book;
        let mut cells = refused::guarded(|| book.worksheet_cells_reader(name))?.map_err(|error| refusal(&error))?;
        let percent: Vec<bool> = cells.styles().iter().map(is_percent).collect();
        let mut lines = Lines::new(rows_max, visit);
        let mut row = Row::default();
        let mut number = 0;
        while let Some((cell, style)) =
            refused::guarded(|| cells.next_cell_with_style_id())?.map_err(|error| refusal(&error))?
        {
            let (at, column) = cell.get_position();
            let at = at.checked_add(1).ok_or_else(damaged)?;
            if at != number {
                if number > 0 && !lines.push(number, &row)? {
                    return Ok(());
                }
                // Rows run downwards in every workbook a spreadsheet can open.
                if at < number {
                    return Err(damaged());
                }
                number = at;
                row.clear();
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            match cell.get_value().get_float().filter(|number| number.is_finite()) {
                Some(number) if percent.get(style) == Some(&true) => sheet::put_percent(&mut row, column, number)?,
                _ => sheet::put(&mut row, column, cell.get_value())?,
            }
        }
        if number > 0 {
            lines.push(number, &row)?;
        }
        Ok(())
    }
}

/// Whether cells of a style show their number as a percentage: a `%` in its format outside quotes.
fn is_percent(style: &Style) -> bool {
    let shown = |code: &str| code.split('"').step_by(2).any(|part| part.replace("\\%", "").contains('%'));
    style.number_format.as_ref().is_some_and(|format| shown(&format.format_code))
}

fn damaged() -> Refused {
    Refused::damaged("Buku kerja")
}

fn refusal(error: &XlsxError) -> Refused {
    if matches!(error, XlsxError::Password) { Refused::locked() } else { damaged() }
}
