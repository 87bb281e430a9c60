//! Where two versions of a file part ways, in words that lead a person there. Refuses to quote what stands there.

use std::collections::BTreeMap;

/// Where `other` differs from `own`; both are of one kind of file.
pub fn difference(own: &[u8], other: &[u8]) -> String {
    if let (Some(own), Some(other)) = (members(own), members(other)) {
        return in_members(&own, &other);
    }
    let at = own.iter().zip(other).position(|(a, b)| a != b).unwrap_or_else(|| own.len().min(other.len()));
    let sizes = format!("{} bytes in place of {}", other.len(), own.len());
    match (std::str::from_utf8(own), std::str::from_utf8(other)) {
        (Ok(text), Ok(_)) => {
            let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            format!("differs from line {line} on ({sizes})")
        }
        _ => format!("differs from byte {at} on ({sizes})"),
    }
}

/// What a ZIP archive says of one member: check sum and size.
type Member = (u32, u32);

fn in_members(own: &BTreeMap<String, Member>, other: &BTreeMap<String, Member>) -> String {
    let mut told: Vec<String> = Vec::new();
    for (name, member) in own {
        match other.get(name) {
            None => told.push(format!("`{name}` is gone")),
            Some(theirs) if theirs != member => told.push(format!("`{name}` differs")),
            Some(_) => {}
        }
    }
    told.extend(other.keys().filter(|it| !own.contains_key(*it)).map(|name| format!("`{name}` was added")));
    match told.is_empty() {
        true => "was packed again; its contents are the same".into(),
        false => told.join(", "),
    }
}

/// The members of a ZIP archive by its central directory; none where it is no archive. Nothing is unpacked.
fn members(bytes: &[u8]) -> Option<BTreeMap<String, Member>> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    if !bytes.starts_with(b"PK") {
        return None;
    }
    let end = bytes.windows(END.len()).rposition(|window| window == END)?;
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let count = short(end + 10)?;
    let mut at = usize::try_from(long(end + 16)?).ok()?;
    let mut found = BTreeMap::new();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != ENTRY {
            return None;
        }
        let (name, extra, comment) = (short(at + 28)?, short(at + 30)?, short(at + 32)?);
        let text = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name)?).into_owned();
        found.insert(text, (long(at + 16)?, long(at + 24)?));
        at += 46 + name + extra + comment;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of an archive with these members and check sums; the members themselves are not looked at.
    fn archive(members: &[(&str, u32)]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let start = bytes.len() as u32;
        for (name, sum) in members {
            let mut entry = [b"PK\x01\x02".as_slice(), &[0; 42]].concat();
            entry[16..20].copy_from_slice(&sum.to_le_bytes());
            entry[28] = name.len() as u8;
            bytes.extend(entry);
            bytes.extend(name.as_bytes());
        }
        let mut end = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
        end[10] = members.len() as u8;
        end[16..20].copy_from_slice(&start.to_le_bytes());
        bytes.extend(end);
        bytes
    }

    #[test]
    fn a_workbook_names_the_sheet_a_text_the_line_and_the_rest_the_byte() {
        let (own, other) = (
            archive(&[("a.xml", 1), ("b.xml", 2), ("c.xml", 3)]),
            archive(&[("a.xml", 1), ("b.xml", 9), ("d.xml", 3)]),
        );
        assert_eq!(difference(&own, &other), "`b.xml` differs, `c.xml` is gone, `d.xml` was added");
        assert_eq!(difference(b"a\nb\nc", b"a\nB\nc"), "differs from line 2 on (5 bytes in place of 5)");
        assert_eq!(difference(b"\xffab", b"\xffaxx"), "differs from byte 2 on (4 bytes in place of 3)");
        assert_eq!(difference(b"PK\x03\x04", b"PK\x03\x05"), "differs from line 1 on (4 bytes in place of 4)");
    }
}
