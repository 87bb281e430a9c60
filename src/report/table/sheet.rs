//! A workbook of one sheet from Arrow rows. Refuses formulas, links, and numbers that a spreadsheet would round.

use crate::report::table::cell::Cell;
use crate::report::table::{Error, Options};
use arrow::datatypes::{DataType, Schema};
use chrono::{DateTime, Datelike, Timelike, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Table, TableColumn, TableStyle, Workbook, Worksheet};

/// Rows below the header that a sheet has.
const ROWS_MAX: u32 = 1_048_575;
/// The largest whole number a spreadsheet keeps.
const EXACT_MAX: u64 = 1 << 53;

/// A sheet being filled.
pub struct Sheet {
    sheet: Worksheet,
    names: Vec<String>,
    formats: Vec<Format>,
    widths: Vec<usize>,
    table: String,
    created: DateTime<Utc>,
    row: u32,
}

impl Sheet {
    /// An empty sheet of the schema's columns.
    pub fn new(schema: &Schema, options: &Options) -> Result<Self, Error> {
        let mut sheet = Worksheet::new();
        sheet.set_name(&options.sheet)?;
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self {
            sheet,
            widths: names.iter().map(|name| name.chars().count() + 3).collect(),
            formats: schema.fields().iter().map(|field| format_of(field.data_type())).collect(),
            table: options.sheet.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
            names,
            created: options.created,
            row: 0,
        })
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        if self.row >= ROWS_MAX {
            return Err(Error::TooManyRows);
        }
        self.row += 1;
        for (i, cell) in cells.iter().enumerate() {
            let (Ok(column), Some(format), Some(name)) = (u16::try_from(i), self.formats.get(i), self.names.get(i))
            else {
                continue;
            };
            let width = put(&mut self.sheet, (self.row, column), cell, format, name)?;
            if let Some(widest) = self.widths.get_mut(i) {
                *widest = (*widest).max(width);
            }
        }
        Ok(())
    }

    /// The bytes of the workbook.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        frame(&mut self.sheet, &self.names, &self.widths, self.row, &format!("t_{}", self.table))?;
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(self.created)?);
        workbook.push_worksheet(self.sheet);
        Ok(workbook.save_to_buffer()?)
    }
}

/// Writes one cell with its true type and says how wide it is in characters.
pub fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    format: &Format,
    name: &str,
) -> Result<usize, Error> {
    let exact = cell.exact();
    let width = exact.chars().count();
    match cell {
        Cell::Null => {}
        Cell::Text(_) if width > 32_767 => return Err(Error::TextTooLong { column: name.to_string() }),
        Cell::Int(value) if value.unsigned_abs() <= EXACT_MAX => {
            sheet.write_number_with_format(row, column, *value as f64, format)?;
        }
        Cell::Unsigned(value) if *value <= EXACT_MAX => {
            sheet.write_number_with_format(row, column, *value as f64, format)?;
        }
        Cell::Single(value) if value.is_finite() => {
            sheet.write_number_with_format(row, column, f64::from(*value), format)?;
        }
        Cell::Double(value) if value.is_finite() => {
            sheet.write_number_with_format(row, column, *value, format)?;
        }
        // Fifteen digits are what a spreadsheet shows faithfully; a longer decimal stays text.
        Cell::Exact(digits) if digits.bytes().filter(u8::is_ascii_digit).count() <= 15 => match digits.parse::<f64>() {
            Ok(value) => {
                sheet.write_number_with_format(row, column, value, format)?;
            }
            Err(_) => {
                sheet.write_string(row, column, digits.as_str())?;
            }
        },
        Cell::Truth(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Cell::Day(day) => {
            match ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(0), month(day), date(day)) {
                Ok(excel) => {
                    sheet.write_datetime_with_format(row, column, &excel, format)?;
                }
                Err(_) => {
                    sheet.write_string(row, column, exact.as_ref())?;
                }
            }
        }
        Cell::Moment(moment, _) => match moment_of(moment) {
            Ok(excel) => {
                sheet.write_datetime_with_format(row, column, &excel, format)?;
            }
            Err(_) => {
                sheet.write_string(row, column, exact.as_ref())?;
            }
        },
        _ => {
            sheet.write_string(row, column, exact.as_ref())?;
        }
    }
    Ok(width)
}

/// Header, filter, frozen panes, widths and print titles around `rows` rows of data that stand from the second row on.
pub fn frame(
    sheet: &mut Worksheet,
    headings: &[String],
    widths: &[usize],
    rows: u32,
    table: &str,
) -> Result<(), Error> {
    let Some(last) = headings.len().checked_sub(1).and_then(|last| u16::try_from(last).ok()) else { return Ok(()) };
    let head = Format::new().set_bold().set_text_wrap().set_border_bottom(rust_xlsxwriter::FormatBorder::Thin);
    let columns: Vec<TableColumn> =
        unique(headings).into_iter().map(|name| TableColumn::new().set_header(name).set_header_format(&head)).collect();
    let bottom = rows.max(1);
    let style = Table::new().set_name(table).set_columns(&columns).set_style(TableStyle::None);
    sheet.add_table(0, 0, bottom, last, &style)?;
    for (column, width) in (0u16..).zip(widths) {
        sheet.set_column_width(column, (*width).clamp(8, 48) as f64 + 1.0)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_print_area(0, 0, bottom, last)?;
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// Headings of a defined table must differ, case aside.
fn unique(headings: &[String]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let number = |(i, name): (usize, &String)| {
        if !name.is_empty() && seen.insert(name.to_lowercase()) { name.clone() } else { format!("{name}_{}", i + 1) }
    };
    headings.iter().enumerate().map(number).collect()
}

/// Fixed properties: no user's name, the time given.
pub fn properties(created: DateTime<Utc>) -> Result<DocProperties, Error> {
    Ok(DocProperties::new().set_author("talenta").set_creation_datetime(&moment_of(&created.naive_utc())?))
}

fn moment_of(moment: &chrono::NaiveDateTime) -> Result<ExcelDateTime, Error> {
    let day = moment.date();
    let (hour, minute, second) = (moment.hour() as u16, moment.minute() as u8, moment.second());
    let excel = ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(0), month(&day), date(&day))?;
    Ok(excel.and_hms(hour, minute, f64::from(second))?)
}

fn month(day: &chrono::NaiveDate) -> u8 {
    day.month() as u8
}

fn date(day: &chrono::NaiveDate) -> u8 {
    day.day() as u8
}

fn format_of(kind: &DataType) -> Format {
    match kind {
        DataType::Date32 | DataType::Date64 => Format::new().set_num_format("yyyy-mm-dd"),
        DataType::Timestamp(..) => Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) if *scale > 0 => {
            Format::new().set_num_format(format!("#,##0.{}", "0".repeat(usize::from(scale.unsigned_abs()))))
        }
        kind if kind.is_integer() => Format::new().set_num_format("#,##0"),
        _ => Format::new(),
    }
}
