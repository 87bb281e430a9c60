//! The workbook of a receipt: *Baca dahulu*, then only the rows to mend, as delivered, the reason beside each, the cell to mend in
//! colour. Refuses formulas and numbers: every delivered cell is text.

use crate::model::receipt::{Action, FileReceipt, ISSUES_MAX, Issue, TableReceipt};
use crate::report::receipt::{file_facts, number, table_facts};
use crate::report::table::Error;
use crate::report::table::sheet;
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet};
use std::collections::BTreeMap;

/// Columns before the delivered ones.
const OWN: [&str; 6] = ["Baris", "Tindakan", "Kolom", "Aturan", "Sebab", "Yang perlu dilakukan"];
/// Longest text a cell holds; a longer delivered cell is cut, and says so.
const CELL_CHARS_MAX: usize = 32_000;

/// The bytes of the workbook.
pub fn workbook(receipt: &FileReceipt) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    book.set_properties(&sheet::properties(receipt.dimuat_pada)?.set_title("Tanda terima data"));
    let bad: Vec<&TableReceipt> = receipt.tabel.iter().filter(|it| !it.masalah.is_empty()).collect();
    book.push_worksheet(first(receipt, &bad)?);
    for (i, table) in bad.iter().enumerate() {
        book.push_worksheet(rows(table, &sheet_name(i))?);
    }
    Ok(book.save_to_buffer()?)
}

fn sheet_name(place: usize) -> String {
    if place == 0 { "Baris bermasalah".into() } else { format!("Baris bermasalah {}", place + 1) }
}

/// What was received, what became of it, how to read the rest.
fn first(receipt: &FileReceipt, bad: &[&TableReceipt]) -> Result<Worksheet, Error> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Baca dahulu")?;
    sheet.set_column_width(0, 24)?.set_column_width(1, 12)?.set_column_width(2, 10)?;
    sheet.set_column_width(3, 60)?.set_column_width(4, 60)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).set_screen_gridlines(false);
    let (title, head) = (Format::new().set_bold().set_font_size(15), Format::new().set_bold());
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, "Tanda terima data", &title)?;
    let mut row = 2;
    for (label, fact) in file_facts(receipt) {
        sheet.write_string_with_format(row, 0, label, &head)?.write_string(row, 1, short(&fact))?;
        row += 1;
    }
    for table in &receipt.tabel {
        row += 1;
        for (label, fact) in table_facts(table) {
            sheet.write_string_with_format(row, 0, label, &head)?.write_string(row, 1, short(&fact))?;
            row += 1;
        }
        if table.rincian.is_empty() {
            continue;
        }
        for (column, label) in (0u16..).zip(["Tindakan", "Aturan", "Jumlah", "Sebab", "Yang perlu dilakukan"]) {
            sheet.write_string_with_format(row, column, label, &head)?;
        }
        row += 1;
        for count in &table.rincian {
            sheet.write_string(row, 0, count.tindakan.as_str())?.write_string(row, 1, &count.aturan)?;
            sheet.write_number(row, 2, count.jumlah as f64)?;
            sheet.write_string_with_format(row, 3, short(&count.sebab), &wrapped)?;
            sheet.write_string_with_format(row, 4, &count.saran, &wrapped)?;
            row += 1;
        }
    }
    row += 1;
    for sentence in guide(bad) {
        sheet.write_string(row, 0, sentence)?;
        row += 1;
    }
    sheet.set_print_area(0, 0, row, 4)?;
    Ok(sheet)
}

fn guide(bad: &[&TableReceipt]) -> Vec<String> {
    if bad.is_empty() {
        return vec!["Tidak ada baris yang perlu dibetulkan.".into()];
    }
    vec![
        "Lembar `Baris bermasalah` hanya memuat baris yang perlu dibetulkan, persis seperti dikirim; nomor baris adalah nomor pada berkas asal.".into(),
        "Sel berwarna adalah sel yang perlu dibetulkan. Betulkan pada sumber data, lalu kirim ulang seluruh berkas, bukan hanya baris ini.".into(),
        format!("Paling banyak {} masalah didaftar untuk tiap lembar.", number(ISSUES_MAX as u64)),
        "Lembar ini memuat data pribadi. Simpan dan kirim hanya kepada yang berwenang.".into(),
    ]
}

fn short(text: &str) -> String {
    if text.chars().count() <= CELL_CHARS_MAX {
        return text.to_string();
    }
    text.chars().take(CELL_CHARS_MAX).chain(" … (dipotong)".chars()).collect()
}

/// The rows of one table: what to do, then the row as delivered.
fn rows(table: &TableReceipt, name: &str) -> Result<Worksheet, Error> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let (plain, wrapped) = (Format::new(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let marked = Format::new().set_background_color(Color::RGB(0x00FF_E08A)).set_bold();
    let mut by_row: BTreeMap<u32, Vec<&Issue>> = BTreeMap::new();
    table.masalah.iter().for_each(|it| by_row.entry(it.baris).or_default().push(it));
    let width = width_of(table);
    let mut headings: Vec<String> = OWN.iter().map(|it| (*it).to_string()).collect();
    headings.extend((0..width).map(|i| match table.headers.get(i).map(|it| it.trim()) {
        Some(name) if !name.is_empty() => short(name),
        _ => format!("Kolom {}", i + 1),
    }));
    let mut widths: Vec<usize> = headings.iter().map(|it| it.chars().count().min(24)).collect();
    for (row, (baris, issues)) in (1u32..).zip(&by_row) {
        let cells = table.rows.get(baris).map(Vec::as_slice).unwrap_or_default();
        let to_mend: Vec<usize> = issues.iter().filter_map(|it| cell_of(it, cells)).collect();
        // Where no single cell is at fault, the number of the row is what to look for.
        let number_format = if to_mend.is_empty() { &marked } else { &plain };
        sheet.write_number_with_format(row, 0, f64::from(*baris), number_format)?;
        let actions = issues.iter().map(|it| it.tindakan).min().unwrap_or(Action::Ditolak);
        sheet.write_string(row, 1, actions.as_str())?;
        let texts = [
            joined(issues, &|it| it.aturan.clone()),
            joined(issues, &|it| it.sebab.clone()),
            joined(issues, &|it| it.saran.clone()),
        ];
        let mut names: Vec<&str> = to_mend.iter().filter_map(|i| table.headers.get(*i)).map(|it| it.trim()).collect();
        names.dedup();
        sheet.write_string_with_format(row, 2, short(&names.join("\n")), &wrapped)?;
        for (column, text) in (3u16..).zip(&texts) {
            sheet.write_string_with_format(row, column, short(text), &wrapped)?;
        }
        for i in 0..width {
            let Ok(column) = u16::try_from(OWN.len() + i) else { break };
            let text = cells.get(i).and_then(Option::as_deref).unwrap_or_default();
            let format = if to_mend.contains(&i) { &marked } else { &plain };
            if !text.is_empty() {
                sheet.write_string_with_format(row, column, short(text), format)?;
            } else if to_mend.contains(&i) {
                sheet.write_blank(row, column, format)?;
            }
            if let Some(widest) = widths.get_mut(OWN.len() + i) {
                *widest = (*widest).max(text.chars().count().min(40));
            }
        }
    }
    for (place, wide) in [(1, 16), (2, 20), (3, 10), (4, 48), (5, 48)] {
        widths[place] = wide;
    }
    let rows = u32::try_from(by_row.len()).map_err(|_| Error::TooManyRows)?;
    sheet::frame(&mut sheet, &headings, &widths, rows, &format!("t_{}", name.replace(' ', "_")))?;
    sheet.set_freeze_panes(1, 1)?;
    Ok(sheet)
}

/// Columns that hold anything: those of the header, and fields beyond it where a row has some.
fn width_of(table: &TableReceipt) -> usize {
    let filled = |cells: &Vec<Option<String>>| {
        cells.iter().rposition(|cell| cell.as_deref().is_some_and(|it| !it.is_empty())).map_or(0, |last| last + 1)
    };
    let widest = table.rows.values().map(filled).max().unwrap_or(0);
    if table.rows.is_empty() { 0 } else { widest.max(table.headers.len()) }
}

/// The cell to mend: of the columns it may come from the one that holds what was delivered, else the first.
fn cell_of(issue: &Issue, cells: &[Option<String>]) -> Option<usize> {
    let holds =
        |i: &&usize| cells.get(**i).and_then(Option::as_deref).is_some_and(|it| Some(it) == issue.raw.as_deref());
    issue.columns.iter().find(holds).or(issue.columns.first()).copied()
}

/// The texts of a row's faults, each once, a line each.
fn joined(issues: &[&Issue], get: &dyn Fn(&Issue) -> String) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in issues.iter().map(|it| get(it)).filter(|it| !it.is_empty()) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("\n")
}
