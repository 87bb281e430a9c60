//! The workbook of a report: *Baca dahulu*, then one typed sheet a table. Refuses formulas, merged cells and numbers for identifiers.

use crate::model::indonesia;
use crate::model::report::{CellStatus, ColumnSpec, Document, Format as Written, ReportSpec, TableSpec};
use crate::report::content::Content;
use crate::report::format;
use crate::report::table::Error;
use crate::report::table::cell::Cell;
use crate::report::table::sheet;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet};
use serde_json::Value;
use std::borrow::Cow;

/// The bytes of the workbook.
pub fn workbook(spec: &ReportSpec, document: &Document, content: &Content) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    let properties = sheet::properties(document.rilis.dibuat_pada)?;
    book.set_properties(&properties.set_title(&spec.title).set_subject(&content.subject));
    book.push_worksheet(first(spec, document, content)?);
    for (table, (title, _)) in spec.tables.iter().zip(&content.tables) {
        book.push_worksheet(data(table, title, document, content)?);
    }
    Ok(book.save_to_buffer()?)
}

/// What, of when, release, rows, columns explained.
fn first(spec: &ReportSpec, document: &Document, content: &Content) -> Result<Worksheet, Error> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Baca dahulu")?;
    sheet.set_column_width(0, 26)?.set_column_width(1, 22)?.set_column_width(2, 84)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).set_screen_gridlines(false);
    let (title, head) = (Format::new().set_bold().set_font_size(15), Format::new().set_bold());
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let rilis = &document.rilis;
    sheet.write_string_with_format(0, 0, &spec.title, &title)?;
    let facts = [
        ("Isi", spec.about.clone()),
        ("Keadaan per", indonesia::tanggal(rilis.per_tanggal)),
        ("Rilis", format!("nomor {}, dibuat {}", rilis.nomor, indonesia::waktu(rilis.dibuat_pada))),
        ("Baris", content.rows().to_string()),
        ("Golongan dokumen", spec.class.clone()),
        (
            "Tanda",
            format!(
                "{} = disamarkan karena menyangkut terlalu sedikit orang; sel kosong = tidak ada data",
                content.withheld
            ),
        ),
        ("Saringan", "tidak ada; semua baris yang boleh dilihat penerima".to_string()),
    ];
    let mut row = 2;
    for (label, fact) in &facts {
        sheet.write_string_with_format(row, 0, *label, &head)?;
        sheet.write_string(row, 1, fact)?;
        row += 1;
    }
    row += 1;
    for (i, label) in ["Lembar", "Kolom", "Penjelasan"].into_iter().enumerate() {
        sheet.write_string_with_format(row, i as u16, label, &head)?;
    }
    row += 1;
    for table in &spec.tables {
        for column in &table.columns {
            sheet.write_string(row, 0, &table.name)?.write_string(row, 1, &column.label)?;
            sheet.write_string_with_format(row, 2, &column.about, &wrapped)?;
            row += 1;
        }
    }
    row += 1;
    sheet.write_string_with_format(row, 0, "Yang tidak dapat dikatakan data ini", &head)?;
    for limit in &content.limits {
        row += 1;
        sheet.write_string(row, 0, limit)?;
    }
    if !rilis.parameter_belum_pasti.is_empty() {
        row += 2;
        for (i, label) in ["Aturan yang belum dipastikan", "Sumber", "Tentang"].into_iter().enumerate() {
            sheet.write_string_with_format(row, i as u16, label, &head)?;
        }
        for open in &rilis.parameter_belum_pasti {
            row += 1;
            sheet.write_string(row, 0, &open.name)?.write_string(row, 1, &open.source)?;
            sheet.write_string_with_format(row, 2, &open.about, &wrapped)?;
        }
    }
    sheet.set_print_area(0, 0, row, 2)?;
    Ok(sheet)
}

fn data(table: &TableSpec, title: &str, document: &Document, content: &Content) -> Result<Worksheet, Error> {
    let mut sheet = Worksheet::new();
    sheet.set_name(&table.name)?;
    sheet.set_header(format!("&L{}", title.replace('&', "&&")));
    let formats: Vec<Format> = table.columns.iter().map(|column| number_format(column.format)).collect();
    let headings: Vec<String> = table.columns.iter().map(|column| column.label.clone()).collect();
    let mut widths: Vec<usize> = headings.iter().map(|label| label.chars().count().min(18)).collect();
    let hidden = Format::new().set_align(FormatAlign::Right).set_italic();
    let rows = document.data.get(&table.data).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (row, values) in (1u32..).zip(rows) {
        for ((column, spec), format) in (0u16..).zip(&table.columns).zip(&formats) {
            let width = match cell(values, spec) {
                Some(cell) => sheet::put(&mut sheet, (row, column), &cell, format, &spec.label)?,
                None => {
                    sheet.write_string_with_format(row, column, &content.withheld, &hidden)?;
                    2
                }
            };
            if let Some(widest) = widths.get_mut(usize::from(column)) {
                *widest = (*widest).max(width.min(40));
            }
        }
    }
    let rows = u32::try_from(rows.len()).map_err(|_| Error::TooManyRows)?;
    sheet::frame(&mut sheet, &headings, &widths, rows, &format!("t_{}", table.name))?;
    Ok(sheet)
}

/// A typed cell; nothing where the figure is suppressed.
fn cell<'v>(row: &'v Value, column: &ColumnSpec) -> Option<Cell<'v>> {
    let status = column.status.as_deref().and_then(|key| row.get(key));
    match format::status_of(status) {
        Some(CellStatus::Disamarkan) => return None,
        Some(CellStatus::TidakAda) => return Some(Cell::Null),
        None => {}
    }
    let value = row.get(&column.key).unwrap_or(&Value::Null);
    Some(match (column.format, value) {
        (_, Value::Null) => Cell::Null,
        (Written::Date, Value::String(text)) => format::day(text).map_or(Cell::Text(Cow::Borrowed(text)), Cell::Day),
        (Written::Whole | Written::Index | Written::Share, Value::Number(number)) => {
            number.as_f64().map_or(Cell::Null, Cell::Double)
        }
        (_, Value::String(text)) => Cell::Text(Cow::Borrowed(text)),
        (_, Value::Bool(true)) => Cell::Text(Cow::Borrowed("ya")),
        (_, Value::Bool(false)) => Cell::Text(Cow::Borrowed("tidak")),
        (_, other) => Cell::Text(Cow::Owned(other.to_string())),
    })
}

fn number_format(format: Written) -> Format {
    match format {
        Written::Text => Format::new(),
        Written::Whole => Format::new().set_num_format("#,##0"),
        Written::Index => Format::new().set_num_format("0.00"),
        Written::Share => Format::new().set_num_format("0.0%"),
        Written::Date => Format::new().set_num_format("d mmmm yyyy"),
    }
}
