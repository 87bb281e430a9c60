//! A letter as bytes, and the bytes to a folder or a relay, with one of seven answers. Refuses to decide who gets mail and whether
//! it is tried again.

pub mod address;
pub mod compose;
pub mod folder;
pub mod letter;
pub mod read;
pub mod smtp;

mod answer;
mod stage;
mod wire;

pub use compose::{Composed, compose};
pub use folder::Folder;
pub use letter::{Attachment, Image, Letter, ListHeaders, Person};
pub use smtp::{Login, Smtp, Tls};

use chrono::{DateTime, Utc};
use std::time::Duration;

/// Why a letter cannot be made into a message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// An address is none, or not one that every relay takes.
    #[error(
        "`{address}` in `{field}` is not a mail address of ASCII letters ({why}); write an international domain as `xn--…`"
    )]
    Address {
        /// Which field of the letter.
        field: &'static str,
        /// The address.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The Message-ID is not one.
    #[error("`{id}` is not a message id of the form `<left@right>`")]
    MessageId {
        /// The id.
        id: String,
    },
    /// A header that must be plain ASCII is not.
    #[error("`{header}` must be one line of ASCII characters")]
    Header {
        /// Which header.
        header: &'static str,
    },
    /// An attachment has a name that some mail program would change or refuse.
    #[error("`{name}` cannot be the name of an attachment: {why}")]
    AttachmentName {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A type is not a media type.
    #[error("`{mime_type}` of the attachment `{name}` is not a media type")]
    MediaType {
        /// Name of the attachment.
        name: String,
        /// The type.
        mime_type: String,
    },
    /// Images and the places for them do not match.
    #[error("the image `{cid}` {why}")]
    Image {
        /// Content id.
        cid: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The finished bytes would not survive the way.
    #[error("the composed message is not fit to be sent: {0}")]
    Unfit(&'static str),
}

/// What a transport needs of a stored message. The bytes go out as they are.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// The stored bytes.
    pub mime: &'a [u8],
    /// Envelope sender.
    pub sender: &'a str,
    /// Envelope recipient: one a transaction.
    pub recipient: &'a str,
    /// When it was rendered, UTC; sorts the folder.
    pub moment: DateTime<Utc>,
    /// Report, by the name of its folder.
    pub report: &'a str,
}

/// What became of one handing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took responsibility: exactly code 250 after the final dot, or the file is on disk.
    Accepted {
        /// Code and text.
        reply: String,
    },
    /// It was certainly not taken and may be tried again.
    Retry {
        /// Code and text, or what happened to the link.
        reply: String,
    },
    /// It was refused for good; the same bytes would be refused again.
    Rejected {
        /// Code and text.
        reply: String,
    },
    /// The body was under way and there is no answer: it may have been taken. Only a person sends it again.
    Uncertain {
        /// What is known.
        why: String,
    },
    /// It was certainly not taken, and no message will be until someone changes the settings.
    Misconfigured {
        /// What to change.
        what: String,
    },
    /// There was no speaking with the relay at all: this message may be tried again, and the next would fare no better now.
    Unreachable {
        /// What happened to the link, or what the relay said before it took a command.
        reply: String,
    },
    /// Nothing of it was sent, because [`Watch`] did not let it go.
    Stopped,
}

/// Who may still keep a message back. Asked on the thread that waits for the answer.
pub trait Watch {
    /// Whether all sending was stopped. Asked several times a second.
    fn stopped(&self) -> bool;
    /// The first byte of the body is about to leave; whoever must know of it writes it down now. False keeps it back.
    fn body_begins(&self) -> bool;
}

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Files for someone else to carry, or to look at.
    Folder(Folder),
    /// A relay.
    Smtp(Smtp),
}

impl Transport {
    /// Hands over one message and answers within `deadline`, whatever the other side does. A file is written whole or not at all, and
    /// writing it again changes nothing, so `watch` is not asked about it.
    pub fn send(&self, parcel: &Parcel<'_>, deadline: Duration, watch: &dyn Watch) -> Outcome {
        match self {
            Transport::Folder(folder) => folder.send(parcel),
            Transport::Smtp(smtp) => smtp.send(parcel, deadline, watch),
        }
    }
}
