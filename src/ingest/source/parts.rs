//! Delimited text in parts that can be read side by side: where records are, and the cells of a part of them. Refuses to keep their text.

use crate::ingest::source::at;
use crate::ingest::source::at::ReadAt;
use crate::ingest::source::delimited::Delimited;
use crate::ingest::source::record;
use crate::ingest::source::record::Cells;
use crate::ingest::source::record::Split;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::text::Encoding;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::ops::Range;

/// Records of a part.
const PART_RECORDS: usize = 8192;
/// Bytes at which a part ends.
const PART_BYTES: u64 = 16 << 20;

/// Where the records of a file are: four bytes each.
#[derive(Debug, Default)]
pub struct Index {
    parts: Vec<Part>,
    /// Per record its length with its line end.
    lengths: Vec<u32>,
}

/// Consecutive records.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Where the first begins in the file.
    at: u64,
    /// Number of the first.
    row: u32,
    /// Place of the first in the index.
    first: usize,
    records: usize,
}

impl Index {
    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.lengths.len()
    }

    /// The places of the records of a part among all.
    pub fn places(&self, part: usize) -> Range<usize> {
        self.parts.get(part).map_or(0..0, |it| it.first..it.first + it.records)
    }

    /// The place of a record of a part among all, by its number.
    pub fn place(&self, part: usize, row: u32) -> Option<usize> {
        let part = self.parts.get(part)?;
        let behind = usize::try_from(row.checked_sub(part.row)?).ok()?;
        (behind < part.records).then(|| part.first + behind)
    }

    /// Where a record of a part begins in the file, and its length.
    fn record(&self, part: &Part, place: usize) -> (u64, u32) {
        let before = self.lengths.get(part.first..place).unwrap_or_default();
        let at = part.at + before.iter().map(|it| u64::from(*it)).sum::<u64>();
        (at, self.lengths.get(place).copied().unwrap_or(0))
    }
}

/// Bytes that were there when they were counted.
fn whole(file: &dyn ReadAt, at: u64, length: u64) -> Result<Cow<'_, [u8]>, Refused> {
    let bytes = at::part(file, at, length)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(Refused::limit("berkas berubah selagi dibaca")) }
}

/// Delimited text that can be read in parts, by many threads.
#[derive(Clone, Copy)]
pub struct Parts<'f> {
    pub(crate) file: &'f Delimited<'f>,
    pub(crate) rows_max: u32,
}

impl Parts<'_> {
    /// Finds every record behind `after_row`.
    pub fn index(&self, after_row: u32) -> Result<Index, Refused> {
        let mut index = Index::default();
        self.file.walk(self.rows_max, |record| {
            if record.number <= after_row {
                return ControlFlow::Continue(());
            }
            let open = index.parts.last().is_some_and(|it| it.records < PART_RECORDS && record.at - it.at < PART_BYTES);
            if !open {
                let first = index.lengths.len();
                index.parts.push(Part { at: record.at, row: record.number, first, records: 0 });
            }
            if let Some(part) = index.parts.last_mut() {
                part.records += 1;
            }
            // No record is longer than a MiB.
            index.lengths.push(record.length as u32);
            ControlFlow::Continue(())
        })?;
        Ok(index)
    }

    /// Visits the cells of the records of a part, with their numbers; at least the first `wanted` cells of each.
    pub fn read(
        &self,
        index: &Index,
        part: usize,
        wanted: usize,
        visit: &mut dyn FnMut(u32, Split<'_>),
    ) -> Result<(), Refused> {
        let Some(part) = index.parts.get(part) else { return Ok(()) };
        let lengths = index.lengths.get(part.first..part.first + part.records).unwrap_or_default();
        let length: u64 = lengths.iter().map(|it| u64::from(*it)).sum();
        let bytes = whole(self.file.file, part.at, length)?;
        // As characters and bytes of this encoding are not of one length, its records are decoded one by one.
        let text = if self.file.encoding == Encoding::Cp1252 { None } else { std::str::from_utf8(&bytes).ok() };
        let mut cells = Cells::first(wanted);
        let mut from = 0;
        for (number, length) in (part.row..).zip(lengths) {
            let to = from + *length as usize;
            let record = bytes.get(from..to).unwrap_or_default();
            let ends = part.at + to as u64 == self.file.file.size();
            let end = from + self.without_line_end(record, ends);
            match text.and_then(|it| it.get(from..end)) {
                Some(text) => visit(number, cells.split(text, self.file.delimiter)),
                None => {
                    let record = bytes.get(from..end).unwrap_or_default();
                    visit(number, cells.split(&self.file.encoding.decode(record), self.file.delimiter));
                }
            }
            from = to;
        }
        Ok(())
    }

    /// Visits some records of a part, by their places among all, in order.
    pub fn some(
        &self,
        index: &Index,
        part: usize,
        places: &[usize],
        visit: &mut dyn FnMut(u32, Split<'_>),
    ) -> Result<(), Refused> {
        let Some(part) = index.parts.get(part) else { return Ok(()) };
        let mut cells = Cells::default();
        for place in places {
            let (at, length) = index.record(part, *place);
            let bytes = whole(self.file.file, at, u64::from(length))?;
            let end = self.without_line_end(&bytes, at + u64::from(length) == self.file.file.size());
            let record = bytes.get(..end).unwrap_or_default();
            let number = part.row.saturating_add(u32::try_from(place - part.first).unwrap_or(u32::MAX));
            visit(number, cells.split(&self.file.encoding.decode(record), self.file.delimiter));
        }
        Ok(())
    }

    /// Visits the records of these numbers, in order, and reads no further than the last of them.
    pub fn rows(&self, wanted: &BTreeSet<u32>, visit: &mut dyn FnMut(u32, Split<'_>)) -> Result<(), Refused> {
        let Some(last) = wanted.last() else { return Ok(()) };
        let mut cells = Cells::default();
        self.file.walk(self.rows_max, |record| {
            if wanted.contains(&record.number) {
                let text = self.file.encoding.decode(record.bytes);
                visit(record.number, cells.split(&text, self.file.delimiter));
            }
            if record.number < *last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    }

    /// Length of a record without its line end. At the end of a file a quote may be open, and then there is no line end.
    fn without_line_end(&self, record: &[u8], ends: bool) -> usize {
        if ends {
            return record::end(record, 0, self.file.delimiter, true).map_or(0, |(end, _)| end);
        }
        let bare = record.strip_suffix(b"\n").unwrap_or(record);
        bare.strip_suffix(b"\r").unwrap_or(bare).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (u32, Vec<String>);

    fn row(number: u32, cells: Split<'_>) -> Row {
        (number, (0..cells.len()).map(|i| cells.cell(i).unwrap().to_string()).collect())
    }

    /// All records behind the first: one after the other, by parts, some of each part, and by number.
    fn four_ways(file: &Delimited<'_>, every: usize) -> [Vec<Row>; 4] {
        let parts = Parts { file, rows_max: u32::MAX };
        let index = parts.index(1).unwrap();
        let (mut all, mut by_part, mut some) = (Vec::new(), Vec::new(), Vec::new());
        let head = file.head(usize::MAX).unwrap();
        all.extend(head.into_iter().skip(1).map(|it| (it.row, it.cells.into_iter().map(|(text, _)| text).collect())));
        for part in 0..index.parts() {
            parts.read(&index, part, usize::MAX, &mut |number, cells| by_part.push(row(number, cells))).unwrap();
            let mut first = Vec::new();
            parts
                .read(&index, part, 1, &mut |number, cells| first.push((number, row(number, cells).1.first().cloned())))
                .unwrap();
            let whole = by_part.iter().rev().take(first.len()).rev();
            assert!(
                first.iter().eq(&whole.map(|(number, cells)| (*number, cells.first().cloned())).collect::<Vec<_>>())
            );
            let places: Vec<usize> = index.places(part).filter(|place| place % every == 0).collect();
            parts.some(&index, part, &places, &mut |number, cells| some.push(row(number, cells))).unwrap();
        }
        let wanted = some.iter().map(|(number, _)| *number).collect();
        let mut numbered = Vec::new();
        parts.rows(&wanted, &mut |number, cells| numbered.push(row(number, cells))).unwrap();
        [all, by_part, some, numbered]
    }

    #[test]
    fn parts_and_windows_cut_no_record() {
        for (line, encoding) in [("é,\"a\r\nb\",c\r\n", "utf-8"), ("x,\u{e9},\n", "cp1252")] {
            let mut bytes: Vec<u8> = "h,h,h\n".into();
            for _ in 0..200_000 {
                match encoding {
                    "utf-8" => bytes.extend_from_slice(line.as_bytes()),
                    _ => bytes.extend(line.chars().map(|c| c as u8)),
                }
            }
            let file = Delimited::open(&bytes.as_slice(), None).map(|file| {
                assert_eq!(file.encoding(), encoding);
                let [all, by_part, some, numbered] = four_ways(&file, 1000);
                assert_eq!(all.len(), 200_000);
                assert!(all == by_part && some == numbered && some.len() == 200);
                assert_eq!(some[0], all[0]);
            });
            assert!(file.is_ok());
        }
    }

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl ReadAt for Slow<'_> {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
            let one = into.first_chunk_mut::<1>().map_or(&mut [][..], |it| it);
            (&self.0).read_at(at, one)
        }
    }

    proptest! {
        #[test]
        fn every_way_reads_the_same(text in "h\n[a,;\"\n\r\u{e9}]{0,60}", every in 1usize..4) {
            let file = Slow(text.as_bytes());
            if let Ok(file) = Delimited::open(&file, None) {
                let [all, by_part, some, numbered] = four_ways(&file, every);
                prop_assert_eq!(&all, &by_part);
                prop_assert_eq!(&some, &numbered);
                prop_assert!(some.iter().all(|it| all.contains(it)));
            }
        }
    }
}
