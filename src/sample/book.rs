//! Tables as workbooks, with the letterheads and empty sheets people leave in them, and without a trace of when they were made. Refuses formulas.

use crate::sample::grid::{Cell, Grid};
use crate::sample::text::line;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::io;

/// One sheet: lines above the header, the header, the table, lines below.
pub struct Sheet<'a> {
    /// Name of the tab, at most 31 characters.
    pub name: String,
    /// Cells above the header: row and column from 0, text.
    pub above: Vec<(u32, u16, String)>,
    /// Row of the header from 0.
    pub header_row: u32,
    /// A second header row, where the header has two: replaces the header text of these columns in the row below.
    pub second: Vec<(u16, String)>,
    /// The table.
    pub grid: &'a Grid,
    /// Text in single cells below the table: how many rows below the last one, column, text.
    pub below: Vec<(u32, u16, String)>,
}

impl<'a> Sheet<'a> {
    /// A sheet that begins with its header.
    pub fn plain(name: &str, grid: &'a Grid) -> Self {
        Self { name: name.into(), above: vec![], header_row: 0, second: vec![], grid, below: vec![] }
    }
}

/// The bytes of a workbook; `empty` names further sheets without a cell.
///
/// # Errors
/// When the workbook cannot be written, which for these sheets means a bug.
pub fn workbook(sheets: &[Sheet<'_>], empty: &[&str]) -> io::Result<Vec<u8>> {
    build(sheets, empty).map_err(io::Error::other)
}

fn build(sheets: &[Sheet<'_>], empty: &[&str]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2020, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let date = Format::new().set_num_format("dd-mm-yyyy");
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        for (row, column, text) in &sheet.above {
            page.write_string(*row, *column, text)?;
        }
        let mut row = sheet.header_row;
        for (column, head) in (0_u16..).zip(&sheet.grid.columns) {
            if !sheet.second.iter().any(|it| it.0 == column) {
                page.write_string(row, column, head.name)?;
            }
        }
        if let Some(first) = sheet.second.first() {
            page.write_string(row, first.0, "Standar Kompetensi")?;
            row += 1;
        }
        for (column, text) in &sheet.second {
            page.write_string(row, *column, text)?;
        }
        for it in &sheet.grid.rows {
            row += 1;
            write_line(page, row, &line(sheet.grid, it), &date)?;
        }
        for (distance, column, text) in &sheet.below {
            page.write_string(row + distance, *column, text)?;
        }
    }
    for name in empty {
        book.add_worksheet().set_name(*name)?;
    }
    book.save_to_buffer()
}

fn write_line(page: &mut Worksheet, row: u32, cells: &[Cell], date: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                page.write_string(row, column, text.as_ref())?;
            }
            Cell::Number(number) => {
                page.write_number(row, column, *number)?;
            }
            Cell::Date(day) => {
                let (year, month, number) = (day.format("%Y"), day.format("%m"), day.format("%d"));
                let when = ExcelDateTime::parse_from_str(&format!("{year}-{month}-{number}"))?;
                page.write_datetime_with_format(row, column, when, date)?;
            }
        }
    }
    Ok(())
}
