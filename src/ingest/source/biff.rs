//! Workbooks of the compound-file generation: encrypted ones told apart, BIFF ones surveyed before they are opened. Refuses macros.

use crate::ingest::source::Visit;
use crate::ingest::source::refused;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows::Row;
use crate::ingest::source::sheet;
use crate::ingest::source::sheet::Lines;
use calamine::Data;
use calamine::Range;
use calamine::Reader;
use calamine::SheetType;
use calamine::Xls;
use calamine::XlsError;
use std::io::Cursor;
use std::io::Read;

/// Rows and columns a BIFF sheet can have.
const SHEET_CELLS_MAX: u64 = 65_536 * 256;
/// Cells of all sheets together, filled or not: the reader lays each sheet out as a rectangle.
const BOOK_CELLS_MAX: u64 = SHEET_CELLS_MAX;

/// An open BIFF workbook.
pub(crate) struct Biff {
    sheets: Vec<(String, Range<Data>)>,
}

impl Biff {
    /// BRK-01 for an encrypted workbook of either generation, BRK-02 where it does not open, BRK-03 without a non-empty cell.
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, Refused> {
        survey(&stream(bytes)?)?;
        let mut book = refused::guarded(|| Xls::new(Cursor::new(bytes)))?.map_err(|error| refusal(&error))?;
        let mut sheets = Vec::new();
        for sheet in book.sheets_metadata().to_vec() {
            if sheet.typ == SheetType::WorkSheet {
                let range = refused::guarded(|| book.worksheet_range(&sheet.name))?.map_err(|error| refusal(&error))?;
                sheets.push((sheet.name, range));
            }
        }
        let is_filled =
            |cell: &Data| !matches!(cell, Data::Empty) && !matches!(cell, Data::String(text) if text.trim().is_empty());
        if sheets.iter().any(|(_, range)| range.used_cells().any(|(_, _, cell)| is_filled(cell))) {
            Ok(Self { sheets })
        } else {
            Err(Refused::empty())
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|(name, _)| name.as_str())
    }

    /// Visits the rows of a sheet.
    pub(crate) fn walk(&self, sheet: usize, rows_max: u32, visit: Visit<'_>) -> Result<(), Refused> {
        let Some((_, range)) = self.sheets.get(sheet) else { return Ok(()) };
        let Some((first_row, first_column)) = range.start() else { return Ok(()) };
        let first_column = usize::try_from(first_column).unwrap_or(usize::MAX);
        let mut lines = Lines::new(rows_max, visit);
        let mut row = Row::default();
        for (number, cells) in (first_row.saturating_add(1)..).zip(range.rows()) {
            row.clear();
            for (column, cell) in cells.iter().enumerate() {
                if !matches!(cell, Data::Empty) {
                    sheet::put(&mut row, first_column.saturating_add(column), cell)?;
                }
            }
            if !lines.push(number, &row)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn damaged() -> Refused {
    Refused::damaged("Buku kerja")
}

fn refusal(error: &XlsError) -> Refused {
    if matches!(error, XlsError::Password) { Refused::locked() } else { damaged() }
}

/// The workbook stream of a compound file.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let opened = refused::guarded(|| cfb::CompoundFile::open(Cursor::new(bytes)))?;
    let Ok(mut file) = opened else {
        // Too damaged to have a directory; the name of the encryption stream may still show what it was.
        let name: Vec<u8> = "EncryptionInfo".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_locked = bytes.windows(name.len()).any(|window| window == name);
        return Err(if is_locked { Refused::locked() } else { damaged() });
    };
    refused::guarded(|| {
        if file.is_stream("/EncryptionInfo") {
            return Err(Refused::locked());
        }
        let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name)).ok_or_else(damaged)?;
        let mut content = Vec::new();
        // No stream is longer than its file, whatever its length says.
        let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let stream = file.open_stream(name).map_err(|_| damaged())?;
        stream.take(most).read_to_end(&mut content).map_err(|_| damaged())?;
        Ok(content)
    })?
}

/// Walks the records before the reader does: a password (BRK-01), sizes no sheet can have (BRK-02), rectangles too large to lay
/// out (BRK-15). A record is its type and length, two bytes each, and its data.
fn survey(stream: &[u8]) -> Result<(), Refused> {
    let mut rest = stream;
    let mut sheet = Extent::default();
    let mut cells = 0_u64;
    while let Some((kind, data, behind)) = record(rest) {
        rest = behind;
        match kind {
            // FILEPASS
            0x002F => return Err(Refused::locked()),
            // DIMENSIONS
            0x0200 if declared(data) > SHEET_CELLS_MAX => return Err(damaged()),
            // BOF: another sheet
            0x0809 => {
                cells += sheet.area();
                sheet = Extent::default();
            }
            // FORMULA, LABEL, RSTRING, LABELSST, MULRK, NUMBER, BOOLERR, RK: row and column come first
            0x0006 | 0x0204 | 0x00D6 | 0x00FD | 0x00BD | 0x0203 | 0x0205 | 0x027E => sheet.add(kind, data),
            _ => {}
        }
    }
    if cells + sheet.area() > BOOK_CELLS_MAX { Err(Refused::limit("lembar kerja terlalu luas")) } else { Ok(()) }
}

fn record(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let kind = word(bytes, 0)?;
    let length = usize::from(word(bytes, 2)?);
    let (data, behind) = bytes.get(4..)?.split_at_checked(length)?;
    Some((kind, data, behind))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|pair| u16::from_le_bytes(*pair))
}

fn double_word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|four| u32::from_le_bytes(*four))
}

/// Cells that a DIMENSIONS record makes the reader reserve; past the end before the beginning counts as too many.
fn declared(data: &[u8]) -> u64 {
    let narrow = |at| word(data, at).map(u64::from);
    let rows = match data.len() {
        10 => (narrow(0), narrow(2)),
        _ => (double_word(data, 0).map(u64::from), double_word(data, 4).map(u64::from)),
    };
    let columns = if data.len() == 10 { (narrow(4), narrow(6)) } else { (narrow(8), narrow(10)) };
    let ((Some(top), Some(bottom)), (Some(left), Some(right))) = (rows, columns) else { return 0 };
    // An empty sheet says 0 to 0; some writers begin their columns nowhere, which the reader mends itself.
    if bottom == 0 || right == 0 {
        return 0;
    }
    let width = if left > 0xFF || right < left { right } else { right - left };
    bottom.checked_sub(top).map_or(u64::MAX, |height| height.max(1) * width.max(1))
}

/// The rectangle that the cells of one sheet span.
#[derive(Default)]
struct Extent {
    corners: Option<(u64, u64, u64, u64)>,
}

impl Extent {
    fn add(&mut self, kind: u16, data: &[u8]) {
        let (Some(row), Some(first)) = (word(data, 0), word(data, 2)) else { return };
        let (row, first) = (u64::from(row), u64::from(first));
        // MULRK: one cell every six bytes between column and last column.
        let more = if kind == 0x00BD { data.len().saturating_sub(6) / 6 } else { 0 };
        let last = first + u64::try_from(more).unwrap_or(0);
        let (top, bottom, left, right) = self.corners.unwrap_or((row, row, first, last));
        self.corners = Some((top.min(row), bottom.max(row), left.min(first), right.max(last)));
    }

    fn area(&self) -> u64 {
        self.corners.map_or(0, |(top, bottom, left, right)| (bottom - top + 1) * (right - left + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(parts: &[(u16, &[u8])]) -> Vec<u8> {
        let one = |(kind, data): &(u16, &[u8])| {
            let length = u16::try_from(data.len()).unwrap();
            [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
        };
        parts.iter().flat_map(one).collect()
    }

    fn code(parts: &[(u16, &[u8])]) -> Option<&'static str> {
        survey(&records(parts)).err().map(|refused| refused.code)
    }

    #[test]
    fn the_survey_stops_what_the_reader_would_die_of() {
        let bof: (u16, &[u8]) = (0x0809, &[0, 6, 0x10, 0]);
        let corner = |row: u16, column: u16| [row.to_le_bytes(), column.to_le_bytes(), [0, 0], [0, 0], [0, 0]].concat();
        let (first, far, near) = (corner(0, 0), corner(65_535, 65_535), corner(65_535, 255));
        assert_eq!(code(&[bof, (0x0204, &first), (0x027E, &near)]), None);
        assert_eq!(code(&[bof, (0x0204, &first), (0x027E, &far)]), Some("BRK-15"));
        let sheet = [bof, (0x0204, &first[..]), (0x027E, &near[..])];
        assert_eq!(code(&sheet.repeat(3)), Some("BRK-15"));
        assert_eq!(code(&[bof, (0x002F, &[1, 0])]), Some("BRK-01"));
        let dimensions = |rows: [u32; 2], columns: [u16; 2]| {
            [rows.map(u32::to_le_bytes).concat(), columns.map(u16::to_le_bytes).concat(), vec![0, 0]].concat()
        };
        assert_eq!(code(&[(0x0200, &dimensions([0, u32::MAX], [0, 65_535]))]), Some("BRK-02"));
        assert_eq!(code(&[(0x0200, &dimensions([9, 1], [0, 1]))]), Some("BRK-02"));
        assert_eq!(code(&[(0x0200, &dimensions([0, 65_536], [0, 256]))]), None);
        assert_eq!(code(&[(0x0200, &dimensions([0, 0], [0, 0]))]), None);
    }

    #[test]
    fn compound_files_without_a_workbook_are_refused() {
        let made = |name: &str| {
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            std::io::Write::write_all(&mut file.create_stream(name).unwrap(), b"x").unwrap();
            file.flush().unwrap();
            file.into_inner().into_inner()
        };
        assert_eq!(Biff::open(&made("/EncryptionInfo")).err().map(|refused| refused.code), Some("BRK-01"));
        assert_eq!(Biff::open(&made("/WordDocument")).err().map(|refused| refused.code), Some("BRK-02"));
        assert_eq!(Biff::open(&made("/Workbook")).err().map(|refused| refused.code), Some("BRK-02"));
        assert_eq!(Biff::open(b"\xD0\xCF\x11\xE0").err().map(|refused| refused.code), Some("BRK-02"));
    }

    proptest! {
        #[test]
        fn any_records_are_survived(bytes in any::<Vec<u8>>()) {
            let _ = survey(&bytes);
            let _ = declared(&bytes);
        }
    }
}
