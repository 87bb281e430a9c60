//! Text of delivered bytes: encoding and delimiter (`ingest-rules.md` §1). Refuses encodings nobody sends and guesses from file names.

use crate::ingest::source::at;
use crate::ingest::source::at::ReadAt;
use crate::ingest::source::refused::Refused;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// The mark at the beginning of UTF-8 text.
pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";
/// How much is looked at once.
const BLOCK_BYTES: u64 = 1 << 20;

/// How characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8 to the last byte.
    Utf8,
    /// Marked as UTF-8.
    Utf8Bom,
    /// Anything else: Windows-1252.
    Cp1252,
}

impl Encoding {
    /// A BOM or valid UTF-8 is UTF-8, otherwise Windows-1252.
    pub(crate) fn of(file: &dyn ReadAt) -> Result<Self, Refused> {
        if at::part(file, 0, BOM.len() as u64)?.as_ref() == BOM {
            return Ok(Encoding::Utf8Bom);
        }
        let mut from = 0;
        while from < file.size() {
            let block = at::part(file, from, BLOCK_BYTES)?;
            let last = block.is_empty() || from + block.len() as u64 >= file.size();
            match std::str::from_utf8(&block) {
                Ok(_) if block.is_empty() => return Ok(Encoding::Utf8),
                Ok(_) => from += block.len() as u64,
                // A character cut by the end of the block comes whole in the next.
                Err(error) if error.error_len().is_none() && !last && error.valid_up_to() > 0 => {
                    from += error.valid_up_to() as u64;
                }
                Err(_) => return Ok(Encoding::Cp1252),
            }
        }
        Ok(Encoding::Utf8)
    }

    /// `utf-8`, `utf-8-bom` or `cp1252`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf8Bom => "utf-8-bom",
            Encoding::Cp1252 => "cp1252",
        }
    }

    /// The encoding of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Cp1252].into_iter().find(|it| it.as_str() == name)
    }

    /// Bytes of the mark at the beginning.
    pub(crate) fn mark(self) -> u64 {
        if self == Encoding::Utf8Bom { BOM.len() as u64 } else { 0 }
    }

    /// Some of the bytes, cut between characters, as text. A file cut inside a character keeps the rest of its rows.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => {
                std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
            }
            Encoding::Cp1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        }
    }
}

/// All of the bytes as text, without a mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refused> {
    let encoding = Encoding::of(&bytes)?;
    let mark = usize::try_from(encoding.mark()).unwrap_or(0);
    Ok(encoding.decode(bytes.get(mark..).unwrap_or_default()))
}
/// Characters that can separate columns, the likeliest first.
pub(crate) const DELIMITERS: [u8; 4] = *b",;\t|";

/// The delimiter seen most in the first 50 lines, outside quoted fields; `,` where there is none.
pub(crate) fn delimiter(text: &str) -> u8 {
    let (outside, anywhere) = count(text);
    // A quote that is never closed hides everything behind it; then every occurrence counts.
    let counts = if outside.iter().sum::<usize>() > 0 { outside } else { anywhere };
    let mut best = (0, DELIMITERS[0]);
    for (count, delimiter) in counts.into_iter().zip(DELIMITERS) {
        if count > best.0 {
            best = (count, delimiter);
        }
    }
    best.1
}

/// How often each delimiter stands outside quotes, and anywhere.
fn count(text: &str) -> ([usize; 4], [usize; 4]) {
    const LINES: usize = 50;
    let (mut outside, mut anywhere) = ([0; 4], [0; 4]);
    let mut quoted = false;
    for line in text.as_bytes().split(|b| matches!(b, b'\n')).take(LINES) {
        // A quote opens a field only at its start; elsewhere it is an inch mark.
        let mut at_start = !quoted;
        for byte in line {
            let found = DELIMITERS.iter().position(|delimiter| delimiter == byte);
            if let Some(slot) = found.and_then(|at| anywhere.get_mut(at)) {
                *slot += 1;
            }
            match byte {
                b'"' if quoted => quoted = false,
                // The second of two quotes reopens the field it closed.
                b'"' if at_start => quoted = true,
                _ if quoted => {}
                _ => {
                    if let Some(slot) = found.and_then(|at| outside.get_mut(at)) {
                        *slot += 1;
                    }
                }
            }
            at_start = found.is_some() && !quoted || *byte == b'"';
        }
    }
    (outside, anywhere)
}

/// Whether no cell of delimited text holds anything: no character but delimiters, quotes and white space.
pub(crate) fn is_blank(text: &str, delimiter: u8) -> bool {
    text.chars().all(|c| c == char::from(delimiter) || c == '"' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_the_bytes() {
        let told = |bytes: &'static [u8]| (Encoding::of(&bytes).unwrap().as_str(), decode(bytes).unwrap());
        let valid = told("Café".as_bytes());
        assert!(matches!(valid, ("utf-8", Cow::Borrowed("Café"))));
        assert_eq!(told(b"\xEF\xBB\xBFa"), ("utf-8-bom", "a".into()));
        assert_eq!(told(b"Caf\xE9 \x96 \x80"), ("cp1252", "Café – €".into()));
        assert_eq!(told(b"\xEF\xBB\xBFa\xE9").1, "a\u{fffd}");
        assert_eq!(Encoding::named("cp1252"), Some(Encoding::Cp1252));
    }

    #[test]
    fn characters_on_the_edge_of_a_block_are_characters() {
        for shift in 0..4 {
            let mut text = " ".repeat(BLOCK_BYTES as usize - 2 + shift);
            text.push_str(&"é€".repeat(300_000));
            assert_eq!(Encoding::of(&text.as_bytes()).unwrap(), Encoding::Utf8);
            let mut bytes = text.into_bytes();
            bytes.pop();
            assert_eq!(Encoding::of(&bytes.as_slice()).unwrap(), Encoding::Cp1252);
        }
    }

    #[test]
    fn the_most_frequent_delimiter_wins() {
        assert_eq!(delimiter("a;b;c\n1,5;2,5;3,5\n"), b';');
        assert_eq!(delimiter("a,b\n\"x;y;z;w\",2\n"), b',');
        assert_eq!(delimiter("a\tb\n1\t2\n"), b'\t');
        assert_eq!(delimiter("a|b|c,d"), b'|');
        assert_eq!(delimiter("nama\nRohmadi\n"), b',');
        assert_eq!(delimiter("\"a;b;c\n1;2;3\n"), b';');
        assert_eq!(delimiter("a;b\n12\" pipa, panjang;2\n3;4\n"), b';');
        assert_eq!(delimiter("a;b\n\"kata \"\"x\"\", y, z, w\";2\n"), b';');
    }
}
