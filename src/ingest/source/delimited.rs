//! Delimited text, streamed: records with quotes, ragged rows and blank lines. Refuses records without an end.

use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Feed;
use crate::ingest::source::text;
use crate::ingest::source::text::Text;
use crate::model::chunk::CellKind;
use crate::model::chunk::Chunk;
use crate::model::chunk::HeadRow;
use csv::ByteRecord;
use csv::Reader;
use csv::ReaderBuilder;
use std::io;
use std::io::Read;
use std::ops::ControlFlow;

/// Longest record. A quote that is never closed would take the rest of the file for one cell.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// A delimited text file.
pub(crate) struct Delimited<'a> {
    text: Text<'a>,
    delimiter: u8,
}

impl<'a> Delimited<'a> {
    /// BRK-03 where there is no non-empty cell.
    pub(crate) fn open(text: Text<'a>) -> Result<Self, Refused> {
        let delimiter = text::delimiter(&text.text);
        if text::is_blank(&text.text, delimiter) { Err(Refused::empty()) } else { Ok(Self { text, delimiter }) }
    }

    pub(crate) fn encoding(&self) -> &'static str {
        self.text.encoding
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
        self.walk(u32::MAX, |row, record| {
            let cells =
                record.iter().map(|cell| (String::from_utf8_lossy(cell).into_owned(), CellKind::Text)).collect();
            head.push(HeadRow { row, cells });
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
        self.walk(rows_max, |row, record| {
            let flow = feed.record(row, record);
            stopped = flow.is_break();
            flow
        })?;
        if !stopped {
            let _ = feed.flush();
        }
        Ok(())
    }

    /// Visits every record with its number; a blank line, which the csv crate passes over, is a record without fields (S01).
    fn walk(&self, rows_max: u32, mut visit: impl FnMut(u32, &ByteRecord) -> ControlFlow<()>) -> Result<(), Refused> {
        let bytes = self.text.text.as_bytes();
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(Metered { rest: bytes, given: 0, allowed: 0 });
        let (mut record, blank) = (ByteRecord::new(), ByteRecord::new());
        let mut row: u32 = 0;
        loop {
            let at = position(&reader);
            for _ in 0..blank_lines(bytes, at) {
                row = next_row(row, rows_max)?;
                if visit(row, &blank).is_break() {
                    return Ok(());
                }
            }
            reader.get_mut().allowed = at.saturating_add(RECORD_BYTES_MAX);
            // The text is in memory: the only error is the meter's.
            if !reader.read_byte_record(&mut record).map_err(|_| rows::too_long())? {
                return Ok(());
            }
            row = next_row(row, rows_max)?;
            if visit(row, &record).is_break() {
                return Ok(());
            }
        }
    }
}

fn next_row(row: u32, rows_max: u32) -> Result<u32, Refused> {
    if row < rows_max { Ok(row + 1) } else { Err(rows::too_many_rows()) }
}

fn position(reader: &Reader<Metered<'_>>) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
}

/// How many blank lines begin at `at`, where a record may begin.
fn blank_lines(bytes: &[u8], at: usize) -> usize {
    let mut rest = bytes.get(at..).unwrap_or_default();
    if !matches!(rest.first(), Some(b'\r' | b'\n')) {
        return 0;
    }
    let after_return = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
    if after_return && let Some(behind) = rest.strip_prefix(b"\n") {
        // The second half of the record's own line end.
        rest = behind;
    }
    let mut lines = 0;
    while let Some(behind) = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).or(rest.strip_prefix(b"\r")) {
        rest = behind;
        lines += 1;
    }
    lines
}

/// Bytes in memory that fail once a record has taken more than it is allowed.
struct Metered<'t> {
    rest: &'t [u8],
    given: usize,
    allowed: usize,
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given > self.allowed {
            return Err(io::Error::other("record too long"));
        }
        let count = self.rest.read(into)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Array;
    use proptest::prelude::*;

    fn opened(text: &str) -> Delimited<'_> {
        Delimited::open(text::decode(text.as_bytes())).expect("not blank")
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
        all(&opened(text), 1).into_iter().map(|(_, fields, _)| fields).collect()
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
        let rows = all(&opened("a,b\n1\n1,,3\n"), 2);
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(rows[1], (2, 1, vec![cell("1"), None]));
        assert_eq!(rows[2], (3, 3, vec![cell("1"), cell("")]));
    }

    #[test]
    fn an_unclosed_quote_is_stopped() {
        let text = format!("a,b\n\"x,{}", "1,2\n".repeat(RECORD_BYTES_MAX));
        let refused = opened(&text).read(0, 2, u32::MAX, &mut |_| ControlFlow::Continue(())).expect_err("a limit");
        assert_eq!(refused.code, "BRK-15");
        let refused = opened("a\nb\nc").read(0, 1, 2, &mut |_| ControlFlow::Continue(())).expect_err("a limit");
        assert_eq!(refused.code, "BRK-15");
    }

    #[test]
    fn the_sink_can_stop_and_rows_can_be_passed_over() {
        let text = "h\n".to_owned() + &"1\n".repeat(20_000);
        let (mut chunks, mut first) = (0, 0);
        opened(&text)
            .read(1, 1, u32::MAX, &mut |chunk| {
                chunks += 1;
                first = chunk.rows[0];
                ControlFlow::Break(())
            })
            .unwrap();
        assert_eq!((chunks, first), (1, 2));
        assert_eq!(opened(&text).head(3).unwrap().len(), 3);
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
            let rows = all(&opened(&text), 5);
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
                if let Ok(file) = Delimited::open(text::decode(bytes)) {
                    let head = file.head(40).unwrap();
                    let rows = all(&file, 3);
                    prop_assert!(head.len() <= rows.len());
                    prop_assert!(rows.iter().zip(1..).all(|(row, number)| row.0 == number));
                }
            }
        }
    }
}
