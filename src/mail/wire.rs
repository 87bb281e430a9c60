//! Whether bytes survive the way through relays: lines, line ends, bits. Refuses a bare CR or LF, which one server reads as the end
//! of a message and the next does not.

/// Longest line without its CRLF (RFC 5322 §2.1.1).
const LINE_BYTES_MAX: usize = 998;

/// What keeps `mime` from being sent, if anything.
pub(in crate::mail) fn unfit(mime: &[u8]) -> Option<&'static str> {
    let mut length = 0;
    let mut previous = 0;
    for &byte in mime {
        match (previous, byte) {
            (_, 0) => return Some("it has a null byte"),
            (b'\r', b'\n') => length = 0,
            (b'\r', _) => return Some("it has a carriage return without a line feed"),
            (_, b'\n') => return Some("it has a line feed without a carriage return"),
            (_, b'\r') => {}
            _ => length += 1,
        }
        if length > LINE_BYTES_MAX {
            return Some("it has a line of more than 998 bytes");
        }
        previous = byte;
    }
    match previous {
        b'\r' => Some("it has a carriage return without a line feed"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_relays_read_differently() {
        assert_eq!(unfit(b"a: b\r\n\r\n.\r\n"), None);
        assert_eq!(unfit(b""), None);
        assert_eq!(unfit(&[b'x'; 998]), None);
        let wrong: [&[u8]; 7] = [b"a\nb", b"a\rb", b"a\r\n.\n", b"a\r", b"\n", b"a\0b", &[b'x'; 999]];
        for bytes in wrong {
            assert!(unfit(bytes).is_some(), "{bytes:?}");
        }
    }
}
