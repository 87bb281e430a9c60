//! Delimited text, streamed: records with quotes, ragged rows and blank lines, one after the other or many parts at once. Refuses
//! records without an end, and to hold a file.

use crate::ingest::source::at;
use crate::ingest::source::at::ReadAt;
use crate::ingest::source::record;
use crate::ingest::source::record::Cells;
use crate::ingest::source::record::Split;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Feed;
use crate::ingest::source::text;
use crate::ingest::source::text::Encoding;
use crate::model::chunk::CellKind;
use crate::model::chunk::Chunk;
use crate::model::chunk::HeadRow;
use std::ops::ControlFlow;

/// Longest record. A quote that is never closed would take the rest of the file for one cell.
const RECORD_BYTES_MAX: usize = 1 << 20;
/// How much is read at once.
const BLOCK_BYTES: u64 = 1 << 20;
/// In how much of a file its delimiter is looked for: far more than 50 lines take.
const DELIMITER_BYTES: u64 = 8 << 20;
/// A delimited text file.
pub(crate) struct Delimited<'a> {
    pub(crate) file: &'a dyn ReadAt,
    /// Where the first record begins.
    start: u64,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: u8,
}

/// One record on its way through.
pub(crate) struct Record<'r> {
    /// Its number, from 1.
    pub(crate) number: u32,
    /// Where it begins in the file.
    pub(crate) at: u64,
    /// Its bytes.
    pub(crate) bytes: &'r [u8],
    /// How many they are with its line end.
    pub(crate) length: usize,
}

impl<'a> Delimited<'a> {
    /// BRK-03 where there is no non-empty cell. An encoding that is `known` is not looked for again.
    pub(crate) fn open(file: &'a dyn ReadAt, known: Option<Encoding>) -> Result<Self, Refused> {
        let encoding = known.map_or_else(|| Encoding::of(file), Ok)?;
        let mut start = encoding.mark();
        let head = at::part(file, start, DELIMITER_BYTES)?;
        // Joined files carry a second mark; it is no part of the first header either.
        if encoding != Encoding::Cp1252 && head.starts_with(text::BOM) {
            start += text::BOM.len() as u64;
        }
        let delimiter = text::delimiter(&encoding.decode(&head));
        let opened = Self { file, start, encoding, delimiter };
        if opened.is_blank()? { Err(Refused::empty()) } else { Ok(opened) }
    }

    fn is_blank(&self) -> Result<bool, Refused> {
        let mut from = self.start;
        while from < self.file.size() {
            let block = at::part(self.file, from, BLOCK_BYTES)?;
            // White space beyond ASCII may be cut here; then the piece counts as something, as it would not in a real file.
            if block.is_empty() || !text::is_blank(&self.encoding.decode(&block), self.delimiter) {
                return Ok(block.is_empty());
            }
            from += block.len() as u64;
        }
        Ok(true)
    }

    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.as_str()
    }

    pub(crate) fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// The first `count` records.
    pub(crate) fn head(&self, count: usize) -> Result<Vec<HeadRow>, Refused> {
        let mut head = Vec::new();
        if count == 0 {
            return Ok(head);
        }
        self.split(u32::MAX, |row, cells| {
            let cell = |i| (cells.cell(i).unwrap_or_default().to_owned(), CellKind::Text);
            head.push(HeadRow { row, cells: (0..cells.len()).map(cell).collect() });
            if head.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(head)
    }

    /// Every record behind `after_row`, in chunks.
    pub(crate) fn read(
        &self,
        after_row: u32,
        width: usize,
        rows_max: u32,
        sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
    ) -> Result<(), Refused> {
        let mut feed = Feed::new(width, after_row, sink);
        let mut stopped = false;
        self.split(rows_max, |row, cells| {
            let flow = feed.record(row, cells);
            stopped = flow.is_break();
            flow
        })?;
        if !stopped {
            let _ = feed.flush();
        }
        Ok(())
    }

    /// Visits the cells of every record with its number.
    fn split(&self, rows_max: u32, mut visit: impl FnMut(u32, Split<'_>) -> ControlFlow<()>) -> Result<(), Refused> {
        let mut cells = Cells::default();
        self.walk(rows_max, |record| {
            visit(record.number, cells.split(&self.encoding.decode(record.bytes), self.delimiter))
        })
    }

    /// Visits every record; a blank line is a record without bytes (S01).
    pub(crate) fn walk(
        &self,
        rows_max: u32,
        mut visit: impl FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> Result<(), Refused> {
        let mut window = Window { file: self.file, at: self.start, bytes: Vec::new(), last: false };
        let (mut from, mut number) = (0, 0_u32);
        loop {
            let found = record::end(&window.bytes, from, self.delimiter, window.last);
            let Some((end, next)) = found.filter(|_| from < window.bytes.len()) else {
                if window.last {
                    return Ok(());
                }
                window.move_to(from)?;
                from = 0;
                continue;
            };
            if number >= rows_max {
                return Err(rows::too_many_rows());
            }
            if next - from > RECORD_BYTES_MAX {
                return Err(rows::too_long());
            }
            number += 1;
            let bytes = window.bytes.get(from..end).unwrap_or_default();
            if visit(Record { number, at: window.at + from as u64, bytes, length: next - from }).is_break() {
                return Ok(());
            }
            from = next;
        }
    }
}

/// The part of a file that is looked at.
struct Window<'f> {
    file: &'f dyn ReadAt,
    /// Where it begins.
    at: u64,
    bytes: Vec<u8>,
    /// Nothing comes behind it.
    last: bool,
}

impl Window<'_> {
    /// Lets go of the first bytes and takes in more behind the rest.
    fn move_to(&mut self, from: usize) -> Result<(), Refused> {
        self.bytes.drain(..from);
        self.at += from as u64;
        if self.bytes.len() > RECORD_BYTES_MAX {
            return Err(rows::too_long());
        }
        let behind = self.at + self.bytes.len() as u64;
        let more = at::part(self.file, behind, BLOCK_BYTES)?;
        self.last = more.is_empty() || behind + more.len() as u64 >= self.file.size();
        self.bytes.extend_from_slice(&more);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Array;
    use proptest::prelude::*;

    /// Opens a text and gives what `then` makes of it.
    fn with<T>(text: &str, then: impl FnOnce(&Delimited<'_>) -> T) -> T {
        let bytes = text.as_bytes();
        then(&Delimited::open(&bytes, None).expect("not blank"))
    }

    /// Every record: number, count of fields, cells.
    fn all(file: &Delimited<'_>, width: usize) -> Vec<(u32, u32, Vec<Option<String>>)> {
        let mut rows = Vec::new();
        file.read(0, width, u32::MAX, &mut |chunk| {
            for at in 0..chunk.len() {
                let cell =
                    |column: &arrow::array::StringArray| column.is_valid(at).then(|| column.value(at).to_owned());
                rows.push((chunk.rows[at], chunk.fields[at], chunk.columns.iter().map(cell).collect()));
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        rows
    }

    fn counts(text: &str) -> Vec<u32> {
        with(text, |file| all(file, 1)).into_iter().map(|(_, fields, _)| fields).collect()
    }

    #[test]
    fn blank_lines_are_records_of_every_line_end() {
        assert_eq!(counts("a,b\n\nc\n"), [2, 0, 1]);
        assert_eq!(counts("a,b\r\n\r\n\r\nc\r\n"), [2, 0, 0, 1]);
        assert_eq!(counts("a,b\r\rc\r"), [2, 0, 1]);
        assert_eq!(counts("\n\na,b"), [0, 0, 2]);
        assert_eq!(counts("a,b\n\n"), [2, 0]);
        assert_eq!(counts("a,\"x\n\ny\"\n\n\"z\""), [2, 0, 1]);
        assert_eq!(counts("a,b\r\n\n\rc"), [2, 0, 0, 1]);
    }

    #[test]
    fn ragged_records_keep_their_count_and_absent_cells_are_null() {
        let rows = with("a,b\n1\n1,,3\n", |file| all(file, 2));
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(rows[1], (2, 1, vec![cell("1"), None]));
        assert_eq!(rows[2], (3, 3, vec![cell("1"), cell("")]));
    }

    #[test]
    fn an_unclosed_quote_is_stopped() {
        let text = format!("a,b\n\"x,{}", "1,2\n".repeat(RECORD_BYTES_MAX));
        let read =
            |text: &str, rows_max| with(text, |file| file.read(0, 2, rows_max, &mut |_| ControlFlow::Continue(())));
        let refused = read(&text, u32::MAX).expect_err("a limit");
        assert_eq!(refused.code, "BRK-15");
        let refused = read("a\nb\nc", 2).expect_err("a limit");
        assert_eq!(refused.code, "BRK-15");
    }

    #[test]
    fn the_sink_can_stop_and_rows_can_be_passed_over() {
        let text = "h\n".to_owned() + &"1\n".repeat(20_000);
        let (mut chunks, mut first) = (0, 0);
        with(&text, |file| {
            file.read(1, 1, u32::MAX, &mut |chunk| {
                chunks += 1;
                first = chunk.rows[0];
                ControlFlow::Break(())
            })
        })
        .unwrap();
        assert_eq!((chunks, first), (1, 2));
        assert_eq!(with(&text, |file| file.head(3)).unwrap().len(), 3);
    }

    fn quoted(cell: &str, always: bool) -> String {
        let needs = always || cell.is_empty() || cell.contains([',', '"', '\n', '\r']);
        if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    }

    proptest! {
        #[test]
        fn a_written_table_comes_back_row_for_row(
            table in prop::collection::vec(prop::collection::vec("[a-z\", \n\r;é0-9]{0,6}", 0..5), 1..30),
            always in any::<bool>(),
            end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let line = |cells: &Vec<String>| cells.iter().map(|cell| quoted(cell, always)).collect::<Vec<_>>().join(",");
            let body: String = table.iter().map(|cells| line(cells) + end).collect();
            // A first record that fixes the delimiter.
            let text = format!("x{}{end}{body}", ",x".repeat(500));
            let rows = with(&text, |file| all(file, 5));
            prop_assert_eq!(rows.len(), table.len() + 1);
            for (number, (cells, row)) in table.iter().zip(rows.iter().skip(1)).enumerate() {
                prop_assert_eq!(row.0 as usize, number + 2);
                prop_assert_eq!(row.1 as usize, cells.len());
                let back: Vec<String> = row.2.iter().take(cells.len()).map(|cell| cell.clone().unwrap()).collect();
                prop_assert_eq!(&back, cells);
            }
        }

        #[test]
        fn any_text_is_survived(text in "[a,;\t|\"\n\r é]{0,80}", raw in any::<Vec<u8>>()) {
            for bytes in [text.as_bytes(), &raw] {
                if let Ok(file) = Delimited::open(&bytes, None) {
                    let head = file.head(40).unwrap();
                    let rows = all(&file, 3);
                    prop_assert!(head.len() <= rows.len());
                    prop_assert!(rows.iter().zip(1..).all(|(row, number)| row.0 == number));
                }
            }
        }
    }
}
