//! A letter as the bytes that are sent: `mixed(alternative(plain, related(html, png…)), file…)`, seven bits, CRLF, the same bytes
//! each time. Refuses a letter that some mail program would show otherwise than meant.

use crate::mail::Error;
use crate::mail::address::{address, mailbox, one_line};
use crate::mail::letter::{Attachment, Image, Letter};
use crate::mail::wire::unfit;
use crate::model::digest::Digest;
use crate::model::indonesia::wib;
use lettre::message::header::{
    ContentDisposition, ContentId, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Body, MultiPart, SinglePart};
use regex::Regex;
use std::collections::BTreeSet;
use std::error::Error as StdError;

/// Longest name of an attachment in bytes: percent-encoded it still fits a line.
const NAME_BYTES_MAX: usize = 120;

/// A message ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The bytes to be sent.
    pub mime: Vec<u8>,
    /// Their content address.
    pub sha256: Digest,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// Subject as it is shown.
    pub subject: String,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipient.
    pub recipient: String,
}

/// Makes a letter into bytes. Function of the letter alone.
///
/// # Errors
/// Every [`Error`]: what in the letter is wrong.
pub fn compose(letter: &Letter) -> Result<Composed, Error> {
    check_message_id(&letter.message_id)?;
    check_images(letter)?;
    let sender = address("bounce", letter.bounce.as_ref().unwrap_or(&letter.from.address))?;
    let recipient = address("to", &letter.to.address)?;
    let subject = one_line(&letter.subject);
    let date = letter.date.with_timezone(&wib()).to_rfc2822();
    let mut builder = lettre::Message::builder()
        // A place holder: without a date the builder reads the clock, and it knows no zone but UTC.
        .date(std::time::UNIX_EPOCH)
        .from(mailbox("from", &letter.from)?)
        .to(mailbox("to", &letter.to)?);
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(mailbox("reply_to", reply_to)?);
    }
    builder = builder
        .subject(subject.clone())
        .message_id(Some(letter.message_id.clone()))
        .raw_header(encoded("Auto-Submitted", "auto-generated".into()))
        .raw_header(encoded("X-Auto-Response-Suppress", "All".into()));
    if letter.confidential {
        builder = builder.raw_header(encoded("Sensitivity", "Company-Confidential".into()));
    }
    if let Some(list) = &letter.list {
        builder = builder.raw_header(ascii("List-Id", &list.id)?);
        builder = builder.raw_header(ascii("List-Unsubscribe", &list.unsubscribe)?);
        if list.one_click {
            builder = builder.raw_header(ascii("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
        }
    }
    let mut message = builder.multipart(parts(letter)?).expect("sender and recipient are set above");
    message.headers_mut().insert_raw(encoded("Date", date));
    let mime = message.formatted();
    if let Some(why) = unfit(&mime).or((!mime.is_ascii()).then_some("it has bytes of eight bits")) {
        return Err(Error::Unfit(why));
    }
    Ok(Composed {
        sha256: Digest::of(&mime),
        mime,
        message_id: letter.message_id.clone(),
        subject,
        sender: sender.to_string(),
        recipient: recipient.to_string(),
    })
}

/// The tree of parts. Boundaries follow from the letter; `=_` cannot occur in an encoded body, so no body holds one.
fn parts(letter: &Letter) -> Result<MultiPart, Error> {
    let seed = Digest::of_parts([letter.message_id.as_bytes(), letter.subject.as_bytes()]).to_string();
    let seed: String = seed.chars().take(24).collect();
    let html = text_part(ContentType::TEXT_HTML, &letter.html);
    let mut alternative =
        multipart("alternative", &seed, "").singlepart(text_part(ContentType::TEXT_PLAIN, &letter.text));
    alternative = if letter.images.is_empty() {
        alternative.singlepart(html)
    } else {
        let related = multipart("related", &seed, "; type=\"text/html\"").singlepart(html);
        alternative.multipart(letter.images.iter().map(image_part).fold(related, MultiPart::singlepart))
    };
    if letter.attachments.is_empty() {
        return Ok(alternative);
    }
    let files = letter.attachments.iter().map(attachment_part).collect::<Result<Vec<_>, _>>()?;
    Ok(files.into_iter().fold(multipart("mixed", &seed, "").multipart(alternative), MultiPart::singlepart))
}

fn multipart(subtype: &str, seed: &str, more: &str) -> MultiPart {
    let text = format!("multipart/{subtype}; boundary=\"=_{seed}_{subtype}\"{more}");
    let content_type =
        ContentType::parse(&text).expect("a constant subtype and a boundary of hex digits are a media type");
    MultiPart::builder().header(content_type).build()
}

/// Text is always quoted-printable: any line length, any letter, seven bits.
fn text_part(content_type: ContentType, text: &str) -> SinglePart {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let body = Body::new_with_encoding(lines, ContentTransferEncoding::QuotedPrintable);
    SinglePart::builder().header(content_type).body(body.expect("every text can be quoted"))
}

fn image_part(image: &Image) -> SinglePart {
    SinglePart::builder()
        .header(ContentType::parse("image/png").expect("a constant media type"))
        .header(ContentId::from(format!("<{}>", image.cid)))
        .header(ContentDisposition::inline())
        .header(Description(one_line(&image.alt)))
        .body(base64(&image.png))
}

fn attachment_part(attachment: &Attachment) -> Result<SinglePart, Error> {
    let Attachment { name, mime_type, bytes } = attachment;
    let refused = |why| Error::AttachmentName { name: one_line(name), why };
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return Err(refused("it must have 1 to 120 bytes"));
    }
    if one_line(name) != *name || name.contains(['/', '\\', '"', ':', '*', '?', '<', '>', '|']) || name.starts_with('.')
    {
        return Err(refused("it has characters that file systems or headers do not take"));
    }
    let content_type = ContentType::parse(mime_type)
        .map_err(|_| Error::MediaType { name: name.clone(), mime_type: one_line(mime_type) })?;
    Ok(SinglePart::builder().header(content_type).header(FileName(name.clone())).body(base64(bytes)))
}

fn base64(bytes: &[u8]) -> Body {
    let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64);
    body.expect("all bytes can be written as base64")
}

fn check_message_id(id: &str) -> Result<(), Error> {
    let inner = id.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let sides = inner.and_then(|inner| inner.split_once('@'));
    let fit = |side: &str| {
        !side.is_empty()
            && side.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte))
    };
    match sides {
        Some((left, right)) if fit(left) && fit(right) && id.len() <= 200 => Ok(()),
        _ => Err(Error::MessageId { id: one_line(id) }),
    }
}

/// Each image is used in the HTML, and each that is used is enclosed, once.
fn check_images(letter: &Letter) -> Result<(), Error> {
    let reference = Regex::new(r#"(?i)["'(]\s*cid:([^"')\s>]+)"#).expect("the pattern is constant and valid");
    let used: BTreeSet<&str> =
        reference.captures_iter(&letter.html).filter_map(|found| Some(found.get(1)?.as_str())).collect();
    let mut enclosed = BTreeSet::new();
    for image in &letter.images {
        let refused = |why| Error::Image { cid: one_line(&image.cid), why };
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte);
        if image.cid.is_empty() || image.cid.len() > 100 || !image.cid.bytes().all(fit) {
            return Err(refused("has a content id of other characters than letters, digits and `@.-_`"));
        }
        if !used.contains(image.cid.as_str()) {
            return Err(refused("is enclosed but the HTML part does not show it"));
        }
        if !enclosed.insert(image.cid.as_str()) {
            return Err(refused("is enclosed twice"));
        }
    }
    match used.difference(&enclosed).next() {
        Some(cid) => Err(Error::Image { cid: one_line(cid), why: "is shown by the HTML part but not enclosed" }),
        None => Ok(()),
    }
}

/// A header whose name is constant; its value is encoded where it needs to be.
fn encoded(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// A header that programs read: it must not be encoded, so it must not need to be.
fn ascii(header: &'static str, value: &str) -> Result<HeaderValue, Error> {
    if value.is_empty() || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Error::Header { header });
    }
    Ok(encoded(header, value.to_string()))
}

/// `Content-Description`: what an image says.
#[derive(Clone)]
struct Description(String);

impl Header for Description {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Description")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self(text.to_string()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// `Content-Disposition` with the real name and, where that is not ASCII, a plain one beside it. The library writes only the first,
/// which old programs do not understand; it comes first because readers that know both take what they see first.
#[derive(Clone)]
struct FileName(String);

impl Header for FileName {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Disposition")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self(text.to_string()))
    }

    fn display(&self) -> HeaderValue {
        let name = &self.0;
        let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
        let mut value = String::from("attachment;");
        if plain != *name {
            value.push_str("\r\n filename*=UTF-8''");
            for byte in name.bytes() {
                match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    true => value.push(char::from(byte)),
                    false => value.push_str(&format!("%{byte:02X}")),
                }
            }
            value.push(';');
        }
        value.push_str(&format!("\r\n filename=\"{plain}\""));
        HeaderValue::dangerous_new_pre_encoded(Self::name(), name.clone(), value)
    }
}

#[cfg(test)]
mod tests;
