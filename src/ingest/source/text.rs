//! Text of delivered bytes: encoding and delimiter (`ingest-rules.md` §1). Refuses encodings nobody sends and guesses from file names.

use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// Delivered bytes as text.
pub(crate) struct Text<'a> {
    /// The text, without a byte order mark. Valid UTF-8 is borrowed, not copied.
    pub(crate) text: Cow<'a, str>,
    /// `utf-8`, `utf-8-bom` or `cp1252`.
    pub(crate) encoding: &'static str,
}

/// A BOM or valid UTF-8 is UTF-8, otherwise Windows-1252.
pub(crate) fn decode(bytes: &[u8]) -> Text<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        // A file cut inside a character keeps the rest of its rows.
        let text = std::str::from_utf8(rest).map_or_else(|_| String::from_utf8_lossy(rest), Cow::Borrowed);
        return Text { text, encoding: "utf-8-bom" };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Text { text: Cow::Borrowed(text), encoding: "utf-8" },
        Err(_) => Text { text: WINDOWS_1252.decode_without_bom_handling(bytes).0, encoding: "cp1252" },
    }
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

/// Whether a cell of delimited text holds anything: some character that is no delimiter, quote or white space.
pub(crate) fn is_blank(text: &str, delimiter: u8) -> bool {
    text.chars().all(|c| c == char::from(delimiter) || c == '"' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_the_bytes() {
        let valid = decode("Café".as_bytes());
        assert!(matches!(valid.text, Cow::Borrowed("Café")));
        assert_eq!(valid.encoding, "utf-8");
        let marked = decode(b"\xEF\xBB\xBFa");
        assert_eq!((marked.text.as_ref(), marked.encoding), ("a", "utf-8-bom"));
        let legacy = decode(b"Caf\xE9 \x96 \x80");
        assert_eq!((legacy.text.as_ref(), legacy.encoding), ("Café – €", "cp1252"));
        assert_eq!(decode(b"\xEF\xBB\xBFa\xE9").text, "a\u{fffd}");
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
