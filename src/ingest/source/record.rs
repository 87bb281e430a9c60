//! Records and cells of delimited text, eight bytes at a time: where a record ends, and what its cells are. Refuses to allocate for a
//! cell that is delivered as it is.
//!
//! A quote opens a cell only at its start; inside, two quotes are one, and what follows the closing quote belongs to the cell. A
//! record ends with `\n`, `\r` or `\r\n` outside quotes.

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// Eight times this byte.
const fn eight(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// The high bit of every byte of `word` that is the byte of `pattern`.
#[inline(always)]
fn same(word: u64, pattern: u64) -> u64 {
    let differs = word ^ pattern;
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Eight bytes from `at` on.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|it| u64::from_le_bytes(*it))
}

/// The first quote or line end from `at` on.
#[inline]
fn quote_or_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = word(bytes, at) {
        let hits = same(word, eight(b'"')) | same(word, eight(b'\n')) | same(word, eight(b'\r'));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\r')).map(|behind| at + behind)
}

/// The first quote from `at` on.
#[inline]
fn quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = word(bytes, at) {
        let hits = same(word, eight(b'"'));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    bytes.get(at..)?.iter().position(|byte| *byte == b'"').map(|behind| at + behind)
}

/// Where the record that begins at `from` ends, and where the next one begins; nothing where more bytes must be seen, which is never
/// the case if these are the `last`.
pub(crate) fn end(bytes: &[u8], from: usize, delimiter: u8, last: bool) -> Option<(usize, usize)> {
    let none = || last.then_some((bytes.len(), bytes.len()));
    let mut at = from;
    loop {
        let Some(hit) = quote_or_end(bytes, at) else { return none() };
        match bytes.get(hit) {
            Some(b'\n') => return Some((hit, hit + 1)),
            Some(b'\r') => match bytes.get(hit + 1) {
                None if !last => return None,
                behind => return Some((hit, hit + 1 + usize::from(behind == Some(&b'\n')))),
            },
            _ if hit == from || bytes.get(hit.wrapping_sub(1)) == Some(&delimiter) => {
                let mut inside = hit + 1;
                at = loop {
                    let Some(closing) = quote(bytes, inside) else { return none() };
                    match bytes.get(closing + 1) {
                        Some(b'"') => inside = closing + 2,
                        None if !last => return None,
                        _ => break closing + 1,
                    }
                };
            }
            _ => at = hit + 1,
        }
    }
}

/// The cells of one record. Its buffers are kept from record to record.
#[derive(Debug)]
pub(crate) struct Cells {
    /// So many are looked for at least.
    wanted: usize,
    spans: Vec<Span>,
    /// Cells that are not delivered as they are: without their doubled quotes.
    rewritten: String,
}

/// Where a cell is.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u32,
    to: u32,
    rewritten: bool,
}

/// The cells of a record together with its text.
#[derive(Debug, Clone, Copy)]
pub struct Split<'r> {
    text: &'r str,
    cells: &'r Cells,
}

impl<'r> Split<'r> {
    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.cells.spans.len()
    }

    /// Bytes of the record.
    pub(crate) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// The bytes a cell is in, where it begins, and where it ends.
    #[inline]
    pub(crate) fn place(&self, at: usize) -> Option<(&'r [u8], usize, usize)> {
        let span = self.cells.spans.get(at)?;
        let text = if span.rewritten { self.cells.rewritten.as_str() } else { self.text };
        Some((text.as_bytes(), span.from as usize, span.to as usize))
    }

    /// A cell.
    #[inline]
    pub(crate) fn cell(&self, at: usize) -> Option<&'r str> {
        let span = self.cells.spans.get(at)?;
        let text = if span.rewritten { self.cells.rewritten.as_str() } else { self.text };
        text.get(span.from as usize..span.to as usize)
    }
}

impl Default for Cells {
    fn default() -> Self {
        Self::first(usize::MAX)
    }
}

impl Cells {
    /// Splits no further than the first `wanted` cells need; of the rest some, all or none are there.
    pub(crate) fn first(wanted: usize) -> Self {
        Self { wanted, spans: Vec::new(), rewritten: String::new() }
    }

    /// The cells of a record, without its line end; `text` is shorter than 4 GiB.
    pub(crate) fn split<'r>(&'r mut self, text: &'r str, delimiter: u8) -> Split<'r> {
        self.spans.clear();
        self.rewritten.clear();
        if !text.is_empty() {
            self.fill(text, delimiter);
        }
        Split { text, cells: self }
    }

    fn fill(&mut self, text: &str, delimiter: u8) {
        let (bytes, pattern) = (text.as_bytes(), eight(delimiter));
        let (mut start, mut at) = (0, 0);
        'words: loop {
            // Here `at` is never before the start of a cell.
            if at == start && bytes.get(at) == Some(&b'"') {
                match self.quoted(text, start, delimiter) {
                    Some(next) => (start, at) = (next, next),
                    None => return,
                }
                continue;
            }
            let Some(word) = word(bytes, at) else { break };
            let mut hits = same(word, pattern);
            while hits != 0 {
                let hit = at + hits.trailing_zeros() as usize / 8;
                self.push(start, hit);
                start = hit + 1;
                if bytes.get(start) == Some(&b'"') {
                    at = start;
                    continue 'words;
                }
                hits &= hits - 1;
            }
            if self.wanted <= self.spans.len() {
                return;
            }
            at += 8;
            // A cell that begins beyond this word has been seen not to begin with a quote.
            if at < start {
                at = start;
            }
            if at == start && bytes.get(at) == Some(&b'"') {
                continue;
            }
        }
        self.tail(text, start, at, delimiter);
    }

    /// What is left of a record, fewer than eight bytes unless there are quotes.
    fn tail(&mut self, text: &str, mut start: usize, mut at: usize, delimiter: u8) {
        let bytes = text.as_bytes();
        loop {
            if at == start && bytes.get(at) == Some(&b'"') {
                match self.quoted(text, start, delimiter) {
                    Some(next) => (start, at) = (next, next),
                    None => return,
                }
                continue;
            }
            match bytes.get(at) {
                None => return self.push(start, bytes.len()),
                Some(byte) if *byte == delimiter => {
                    self.push(start, at);
                    start = at + 1;
                }
                Some(_) => {}
            }
            at += 1;
        }
    }

    #[inline]
    fn push(&mut self, from: usize, to: usize) {
        self.spans.push(Span { from: from as u32, to: to as u32, rewritten: false });
    }

    /// The cell that begins with a quote at `start`; gives where the next cell begins, if there is one.
    fn quoted(&mut self, text: &str, start: usize, delimiter: u8) -> Option<usize> {
        let bytes = text.as_bytes();
        let first = quote(bytes, start + 1);
        let plain = first.is_none_or(|it| bytes.get(it + 1).is_none_or(|behind| *behind == delimiter));
        if plain {
            let close = first.unwrap_or(bytes.len());
            self.push(start + 1, close);
            return (close + 1 < bytes.len()).then_some(close + 2);
        }
        let from = self.rewritten.len();
        let mut piece = start + 1;
        let mut take = |from: usize, to: usize| self.rewritten.push_str(text.get(from..to).unwrap_or_default());
        let mut closing = first;
        let end = loop {
            let Some(close) = closing else {
                take(piece, bytes.len());
                break bytes.len();
            };
            take(piece, close);
            if bytes.get(close + 1) == Some(&b'"') {
                // The second of the two stays.
                piece = close + 1;
                closing = quote(bytes, close + 2);
                continue;
            }
            let behind = bytes.get(close + 1..).unwrap_or_default();
            let end = behind.iter().position(|byte| *byte == delimiter).map_or(bytes.len(), |it| close + 1 + it);
            take(close + 1, end);
            break end;
        };
        self.spans.push(Span { from: from as u32, to: self.rewritten.len() as u32, rewritten: true });
        (end < bytes.len()).then_some(end + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv::ReaderBuilder;
    use proptest::prelude::*;

    /// Cells of all records, blank lines left out.
    fn read(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let (mut from, mut records, mut cells) = (0, Vec::new(), Cells::default());
        while from < text.len() {
            let (to, next) = end(text.as_bytes(), from, delimiter, true).expect("all bytes are there");
            let split = cells.split(&text[from..to], delimiter);
            if to > from {
                records.push((0..split.len()).map(|i| split.cell(i).unwrap().to_string()).collect());
            }
            from = next;
        }
        records
    }

    /// The same by a reader of another hand.
    fn other(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut reader = ReaderBuilder::new();
        let mut reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        reader.records().map(|it| it.unwrap().iter().map(str::to_string).collect()).collect()
    }

    #[test]
    fn quotes_count_at_the_start_of_a_cell_only() {
        let cells = |text: &str| read(text, b',').remove(0);
        assert_eq!(cells("\"a,b\",c"), ["a,b", "c"]);
        assert_eq!(cells("\"a\"\"b\"c\"d\",e"), ["a\"bc\"d\"", "e"]);
        assert_eq!(cells("12\" pipa,\"\",x\n\""), ["12\" pipa", "", "x"]);
        assert_eq!(cells("a,\"b\nc"), ["a", "b\nc"]);
        assert_eq!(cells("a,b,"), ["a", "b", ""]);
    }

    #[test]
    fn a_record_ends_where_enough_is_seen() {
        assert_eq!(end(b"ab\r", 0, b',', false), None);
        assert_eq!(end(b"ab\r\n", 0, b',', false), Some((2, 4)));
        assert_eq!(end(b"ab\r", 0, b',', true), Some((2, 3)));
        assert_eq!(end(b"\"ab\"", 0, b',', false), None);
        assert_eq!(end(b"\"a\nb", 0, b',', true), Some((4, 4)));
        assert_eq!(end(b"x\n\"a\"\n", 2, b',', false), Some((5, 6)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn another_reader_reads_the_same(text in "[ab,;\"\n\r \u{e9}]{0,60}", long in "[a-z,\"]{0,200}") {
            for text in [&text, &long] {
                for delimiter in [b',', b';'] {
                    prop_assert_eq!(read(text, delimiter), other(text, delimiter));
                }
            }
        }

        #[test]
        fn less_of_it_ends_no_record_elsewhere(text in "[a,\"\n\r]{1,40}", cut in 0usize..40) {
            let bytes = text.as_bytes();
            let whole = end(bytes, 0, b',', true);
            let cut = bytes.get(..cut).unwrap_or(bytes);
            if let Some(found) = end(cut, 0, b',', false) {
                prop_assert_eq!(Some(found), whole);
            }
        }
    }
}
