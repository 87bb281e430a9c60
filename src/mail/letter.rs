//! A letter before it is bytes: who, to whom, what, with what enclosed. Refuses nothing yet: `compose` does.

use chrono::{DateTime, Utc};

/// Someone with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name to be shown; control characters and marks of writing direction are dropped, and what is over 64 characters.
    pub name: Option<String>,
    /// Address, ASCII.
    pub address: String,
}

/// A picture inside the HTML part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Content id without brackets; the HTML names it as `cid:<cid>`.
    pub cid: String,
    /// PNG.
    pub png: Vec<u8>,
    /// What the picture says, for those who do not see it.
    pub alt: String,
}

/// A file enclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name; best ASCII without blanks.
    pub name: String,
    /// Media type, such as `application/pdf`.
    pub mime_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Headers of a report that people subscribe to (RFC 2369, RFC 8058). Mandatory official reports have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListHeaders {
    /// `List-Id`, such as `<merit.talenta.contoh.go.id>`.
    pub id: String,
    /// `List-Unsubscribe`, such as `<https://…>, <mailto:…>`.
    pub unsubscribe: String,
    /// Whether its HTTPS link takes a one-click POST.
    pub one_click: bool,
}

/// A letter to one recipient. The same letter always makes the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The service address of the sender.
    pub from: Person,
    /// The one recipient.
    pub to: Person,
    /// A person or a help desk.
    pub reply_to: Option<Person>,
    /// Where refusals go; the address of `from` if none.
    pub bounce: Option<String>,
    /// Subject; no names, no numbers of persons.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain part, with the same figures as the HTML.
    pub text: String,
    /// Pictures inside the HTML; each is used, and each that is used is here.
    pub images: Vec<Image>,
    /// Files enclosed, in order.
    pub attachments: Vec<Attachment>,
    /// Message-ID with its angle brackets, the same for every attempt.
    pub message_id: String,
    /// Date of the letter; written in WIB.
    pub date: DateTime<Utc>,
    /// For reports that people subscribe to.
    pub list: Option<ListHeaders>,
    /// Whether mail programs should show that it is for official use only (RFC 2156 `Sensitivity`).
    pub confidential: bool,
}
