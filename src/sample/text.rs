//! Tables as text files: CSV in its two encodings, HTML posing as a workbook, JSON. Refuses to mend what was planted.

use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid, Row, RowKind, dmy};
use std::fmt::Write as _;

/// How a CSV is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvForm {
    /// Between fields.
    pub delimiter: char,
    /// UTF-8 byte order mark first.
    pub bom: bool,
    /// Windows-1252 instead of UTF-8.
    pub cp1252: bool,
}

/// Comma, UTF-8 with BOM.
pub const COMMA_BOM: CsvForm = CsvForm { delimiter: ',', bom: true, cp1252: false };
/// Comma, UTF-8.
pub const COMMA: CsvForm = CsvForm { delimiter: ',', bom: false, cp1252: false };
/// Semicolon, UTF-8 without BOM.
pub const SEMICOLON: CsvForm = CsvForm { delimiter: ';', bom: false, cp1252: false };
/// Semicolon, Windows-1252: a file saved again by a spreadsheet.
pub const RESAVED: CsvForm = CsvForm { delimiter: ';', bom: false, cp1252: true };

/// A number as a spreadsheet prints it.
pub fn plain(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() }
}

/// The text of a cell in a text format.
pub fn shown(cell: &Cell) -> std::borrow::Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => text.as_ref().into(),
        Cell::Number(number) => plain(*number).into(),
        Cell::Date(date) => dmy(*date).into(),
    }
}

/// The cells of a line as text; structural lines are filled in.
pub fn line(grid: &Grid, row: &Row) -> Vec<Cell> {
    let width = grid.columns.len();
    match row.kind {
        RowKind::Data => row.cells.clone(),
        RowKind::Blank => vec![Cell::Empty; width],
        RowKind::Header => grid.columns.iter().map(|it| Cell::from(it.name)).collect(),
        RowKind::Total => {
            let count = grid.rows.iter().filter(|it| it.kind == RowKind::Data).count();
            let mut cells = vec![Cell::Empty; width];
            cells[0] = Cell::from("JUMLAH");
            cells[width - 1] = Cell::from(count.to_string());
            cells
        }
        RowKind::Separator => {
            let mut cells = vec![Cell::Empty; width];
            cells[0] = Cell::from("II. DINAS PENDIDIKAN");
            cells
        }
    }
}

/// A CSV file.
pub fn csv(grid: &Grid, form: CsvForm) -> Vec<u8> {
    let mut out = String::with_capacity(grid.rows.len() * grid.columns.len() * 9);
    if form.bom {
        out.push('\u{feff}');
    }
    record(&mut out, grid.columns.iter().map(|it| it.name.into()), form.delimiter, true);
    csv_rows(&mut out, grid, form.delimiter);
    if form.cp1252 { out.chars().map(cp1252).collect() } else { out.into_bytes() }
}

/// The rows of a CSV without its header.
pub fn csv_rows(out: &mut String, grid: &Grid, delimiter: char) {
    for row in &grid.rows {
        if row.kind == RowKind::Data {
            record(out, row.cells.iter().map(shown), delimiter, !row.unquoted);
        } else {
            record(out, line(grid, row).iter().map(shown), delimiter, true);
        }
    }
}

/// One CSV record, quoted where needed unless `quoted` is off.
pub fn record<'a>(
    out: &mut String,
    cells: impl Iterator<Item = std::borrow::Cow<'a, str>>,
    delimiter: char,
    quoted: bool,
) {
    for (place, text) in cells.enumerate() {
        if place > 0 {
            out.push(delimiter);
        }
        if quoted && text.contains([delimiter, '"', '\n', '\r']) {
            let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
        } else {
            out.push_str(&text);
        }
    }
    out.push('\n');
}

/// Windows-1252 of the few characters that names use.
fn cp1252(letter: char) -> u8 {
    match letter {
        '’' => 0x92,
        '–' => 0x96,
        _ => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
    }
}

/// An HTML page with one table, titles above the header.
pub fn html(grid: &Grid, titles: &[String]) -> Vec<u8> {
    let mut out = String::with_capacity(grid.rows.len() * grid.columns.len() * 24);
    out.push_str("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">");
    out.push_str("<style>.str{mso-number-format:\"\\@\";}</style></head><body><table border=\"1\">\n");
    for title in titles {
        let _ = writeln!(out, "<tr><td colspan=\"{}\">{}</td></tr>", grid.columns.len(), escaped(title));
    }
    html_row(&mut out, "th", grid.columns.iter().map(|it| it.name.into()));
    for row in &grid.rows {
        html_row(&mut out, "td", line(grid, row).iter().map(shown));
    }
    out.push_str("</table></body></html>");
    out.into_bytes()
}

fn html_row<'a>(out: &mut String, tag: &str, cells: impl Iterator<Item = std::borrow::Cow<'a, str>>) {
    out.push_str("<tr>");
    for text in cells {
        let _ = write!(out, "<{tag}>{}</{tag}>", escaped(&text));
    }
    out.push_str("</tr>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes nothing in the ways of JSON answers (null, empty, `-`), before a row can be sent twice: both copies must be equal.
pub fn say_nothing(grid: &mut Grid, dice: &mut Dice) {
    for cell in grid.rows.iter_mut().flat_map(|it| &mut it.cells).filter(|it| it.is_empty()) {
        *cell = [Cell::Empty, Cell::Text("".into()), Cell::Text("-".into())][dice.below(3)].clone();
    }
}

/// One JSON object a line.
pub fn json_lines(grid: &Grid) -> Vec<u8> {
    let mut out = String::new();
    for row in &grid.rows {
        object(&mut out, grid, row, ", ", ("{", "}"));
        out.push('\n');
    }
    out.into_bytes()
}

/// `{"code": 1, "data": [...]}`, one key a line.
pub fn json_envelope(grid: &Grid) -> Vec<u8> {
    if grid.rows.is_empty() {
        return b"{\n\"code\": 1,\n\"data\": \"Data tidak ditemukan\"\n}".to_vec();
    }
    let mut out = String::from("{\n\"code\": 1,\n\"data\": [\n");
    for (place, row) in grid.rows.iter().enumerate() {
        if place > 0 {
            out.push_str(",\n");
        }
        object(&mut out, grid, row, ",\n", ("{\n", "\n}"));
    }
    out.push_str("\n]\n}");
    out.into_bytes()
}

fn object(out: &mut String, grid: &Grid, row: &Row, between: &str, ends: (&str, &str)) {
    out.push_str(ends.0);
    for (place, (column, cell)) in grid.columns.iter().zip(&row.cells).enumerate() {
        if place > 0 {
            out.push_str(between);
        }
        let value = match cell {
            Cell::Empty => serde_json::Value::Null,
            _ => serde_json::Value::String(shown(cell).into_owned()),
        };
        let _ = write!(out, "\"{}\": {value}", column.name);
    }
    out.push_str(ends.1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new("NAMA|ALAMAT");
        grid.push(0, vec![Cell::from("A’B"), Cell::from("Jl. X; \"Y\"")]);
        grid.rows.push(Row { kind: RowKind::Total, cells: vec![], unquoted: false, who: 0 });
        grid
    }

    #[test]
    fn csv_quotes_and_encodes() {
        assert_eq!(csv(&grid(), RESAVED), b"NAMA;ALAMAT\nA\x92B;\"Jl. X; \"\"Y\"\"\"\nJUMLAH;1\n");
        assert!(csv(&grid(), COMMA_BOM).starts_with(b"\xef\xbb\xbfNAMA,"));
    }

    #[test]
    fn json_is_json() {
        let bytes = json_envelope(&Grid { rows: grid().rows[..1].to_vec(), ..grid() });
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["data"][0]["ALAMAT"], "Jl. X; \"Y\"");
    }
}
