//! A message as this room composes it, taken apart again: its parts with their bytes as they were before they were encoded. Refuses
//! to guess at what another program wrote: what it cannot read is no part.

/// One part that is no multipart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Media type without parameters, lower case.
    pub media_type: String,
    /// File name, or content id of an image; empty for the bodies.
    pub name: String,
    /// Decoded bytes; lines of text end in LF.
    pub bytes: Vec<u8>,
}

/// Depth of multiparts inside each other; ours have three.
const DEPTH_MAX: usize = 8;

/// The Message-ID with its angle brackets, if the message has one.
pub fn message_id(mime: &[u8]) -> Option<String> {
    let text = lines(mime);
    let (head, _) = text.split_once("\n\n").unwrap_or((&text, ""));
    header(head, "message-id").map(|it| it.trim().to_string())
}

/// The parts in order; none where the bytes are no message.
pub fn pieces(mime: &[u8]) -> Vec<Piece> {
    let mut found = Vec::new();
    collect(&lines(mime), DEPTH_MAX, &mut found);
    found
}

/// The message as text with LF; a composed message is ASCII, anything else is shown as it can be.
fn lines(mime: &[u8]) -> String {
    String::from_utf8_lossy(mime).replace("\r\n", "\n")
}

fn collect(entity: &str, depth: usize, found: &mut Vec<Piece>) {
    let Some((head, body)) = entity.split_once("\n\n") else { return };
    let content_type = header(head, "content-type").unwrap_or_else(|| "text/plain".into());
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let (Some(boundary), true) = (parameter(&content_type, "boundary"), media_type.starts_with("multipart/")) {
        if depth > 0 {
            let inside = format!("\n{body}");
            let mark = format!("\n--{boundary}");
            // Before the first boundary and after the last one stands nothing of the message.
            for part in inside.split(mark.as_str()).skip(1).take_while(|part| !part.starts_with("--")) {
                collect(part.strip_prefix('\n').unwrap_or(part), depth - 1, found);
            }
        }
        return;
    }
    let bytes = match header(head, "content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase().as_str()
    {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => body.as_bytes().to_vec(),
    };
    let disposition = header(head, "content-disposition").unwrap_or_default();
    let id = header(head, "content-id").map(|it| it.trim().trim_matches(['<', '>']).to_string());
    let name = extended_name(&disposition).or_else(|| parameter(&disposition, "filename")).or(id).unwrap_or_default();
    found.push(Piece { media_type, name, bytes });
}

/// The value of a header, its folded lines joined.
fn header(head: &str, wanted: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = &mut value {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if value.is_some() {
            return value;
        } else if let Some((name, rest)) = line.split_once(':') {
            value = name.trim().eq_ignore_ascii_case(wanted).then(|| rest.trim().to_string());
        }
    }
    value
}

/// A parameter of a header's value, its quotes taken off.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut parts = value.split(';').skip(1).filter_map(|part| part.split_once('='));
    let found = parts.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.trim().trim_matches('"').to_string())
}

/// A file name of other letters than ASCII: `filename*=UTF-8''…`.
fn extended_name(disposition: &str) -> Option<String> {
    let value = parameter(disposition, "filename*")?;
    let encoded = value.strip_prefix("UTF-8''")?;
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(hex(rest.next()?)? << 4 | hex(rest.next()?)?),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

fn base64(body: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut held, mut bits) = (Vec::new(), 0u32, 0u32);
    for six in body.bytes().filter_map(value) {
        held = (held << 6 | u32::from(six)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xFF) as u8);
        }
    }
    out
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = body.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            // A soft line break.
            Some(b'\n') | None => {}
            Some(high) => {
                let low = bytes.next();
                match (hex(high), low.and_then(hex)) {
                    (Some(high), Some(low)) => out.push(high << 4 | low),
                    _ => out.extend([Some(b'='), Some(high), low].into_iter().flatten()),
                }
            }
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Attachment, Image, Letter, Person, compose};

    #[test]
    fn what_was_composed_comes_apart_as_it_was() {
        let person = |address: &str| Person { name: None, address: address.into() };
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let html = format!("<p>Kepala Badan · ‹5 = {} ü\n</p><img src=\"cid:a@talenta\">", "panjang ".repeat(40));
        let letter = Letter {
            from: person("a@contoh.go.id"),
            to: person("b@contoh.go.id"),
            reply_to: None,
            bounce: None,
            subject: "Ringkasan".into(),
            html: html.clone(),
            text: "baris =satu\n\n-- \nbaris dua\n".into(),
            images: vec![Image { cid: "a@talenta".into(), png: bytes.clone(), alt: "x".into() }],
            attachments: vec![
                Attachment { name: "Data é.xlsx".into(), mime_type: "application/pdf".into(), bytes: bytes.clone() },
                Attachment { name: "kosong.csv".into(), mime_type: "text/csv; charset=utf-8".into(), bytes: vec![] },
            ],
            message_id: "<1@contoh.go.id>".into(),
            date: "2026-01-05T12:00:00Z".parse().unwrap(),
            list: None,
            confidential: false,
        };
        let mime = compose(&letter).unwrap().mime;
        assert_eq!(message_id(&mime).unwrap(), "<1@contoh.go.id>");
        let piece = |media_type: &str, name: &str, bytes: &[u8]| Piece {
            media_type: media_type.into(),
            name: name.into(),
            bytes: bytes.to_vec(),
        };
        let expected = [
            piece("text/plain", "", letter.text.as_bytes()),
            piece("text/html", "", html.as_bytes()),
            piece("image/png", "a@talenta", &bytes),
            piece("application/pdf", "Data é.xlsx", &bytes),
            piece("text/csv", "kosong.csv", b""),
        ];
        assert_eq!(pieces(&mime), expected);
        let saved = String::from_utf8(mime).unwrap().replace("\r\n", "\n");
        assert_eq!(pieces(saved.as_bytes()), expected, "as a mail program may save it");
        assert!(pieces(b"no message").is_empty());
    }
}
