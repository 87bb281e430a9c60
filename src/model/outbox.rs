//! A message between rendering and its relay's answer: its key, its bytes, its states. Refuses to decide when it is sent again.

use crate::model::calendar::Gate;
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::run::words;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OutboxState {
    /// Rendered, stored and hashed; not yet, or again, to be sent.
    Dirender,
    /// Being handed to the relay.
    Diserahkan,
    /// The relay took responsibility.
    Diterima,
    /// Refused for good.
    Gagal,
    /// Nobody knows whether the relay took it; a person decides.
    Ragu,
    /// A correction was stored before any of it was sent; never sent.
    Diganti,
}

words!(OutboxState, "state of a message", {
    Dirender = "DIRENDER", Diserahkan = "DISERAHKAN", Diterima = "DITERIMA", Gagal = "GAGAL", Ragu = "RAGU", Diganti = "DIGANTI",
});

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageKind {
    /// A report to a reader.
    Laporan,
    /// Word to a reader that there is no report, and why.
    TanpaLaporan,
    /// A report as its reader would get it, to the operator.
    Uji,
    /// Word to the operator.
    Operator,
}

words!(MessageKind, "kind of a message", {
    Laporan = "LAPORAN", TanpaLaporan = "TANPA_LAPORAN", Uji = "UJI", Operator = "OPERATOR",
});

/// How much of a report a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Rung {
    /// Everything.
    Lengkap,
    /// The document but not the workbook.
    Pdf,
    /// The body alone, with where to fetch the files.
    Ringkas,
}

words!(Rung, "rung of a message", { Lengkap = "LENGKAP", Pdf = "PDF", Ringkas = "RINGKAS" });

/// What makes a message one message: the same key is never sent twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct OutboxKey {
    /// What it is.
    pub kind: MessageKind,
    /// Report, by the name of its folder; for word to the operator what it is about.
    pub report: String,
    /// Month of its figures.
    pub periode: Periode,
    /// Recipient, by the name in `recipients.toml`.
    pub recipient: String,
    /// For a report the number of releases of its month so far: 1, and one more for each correction. For others a counter.
    pub revision: u32,
}

/// A message to be stored before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What makes it one message.
    pub key: OutboxKey,
    /// The release its figures come from.
    pub release: u64,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipient.
    pub address: String,
    /// Subject, for lists.
    pub subject: String,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// The bytes to be sent.
    pub mime: Vec<u8>,
    /// How much of the report they hold.
    pub rung: Rung,
    /// When it may leave.
    pub gate: Gate,
    /// Not to be handed over before, UTC: the first opening of the gate.
    pub not_before: Option<DateTime<Utc>>,
    /// Late where it is settled after this, UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// What storing a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    New {
        /// Number in the outbox.
        id: i64,
    },
    /// There is one under this key; it stays as it is.
    Already {
        /// Number in the outbox.
        id: i64,
        /// Whether its bytes are the same.
        same: bool,
    },
}

/// A message as lists show it, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Number in the outbox.
    pub id: i64,
    /// What makes it one message.
    pub key: OutboxKey,
    /// The release its figures come from.
    pub release: u64,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipient.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// Content address of the bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub bytes: u64,
    /// How much of the report they hold.
    pub rung: Rung,
    /// When it may leave.
    pub gate: Gate,
    /// Late where it is settled after this, UTC.
    pub due_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub state: OutboxState,
    /// How often it was handed over.
    pub attempts: u32,
    /// When it was rendered, UTC.
    pub rendered_at: DateTime<Utc>,
    /// When it was handed over first, UTC; giving up counts from here.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// When it was handed over last, UTC.
    pub handed_over_at: Option<DateTime<Utc>>,
    /// When the relay, or a person, settled it, UTC.
    pub settled_at: Option<DateTime<Utc>>,
    /// Not to be handed over before, UTC.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What the relay said last: code and text.
    pub last_reply: Option<String>,
}

impl Message {
    /// Whether it left, or still waits, after it was due.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        let left = match self.state {
            OutboxState::Diterima => self.settled_at.unwrap_or(now),
            OutboxState::Diganti => return false,
            _ => now,
        };
        self.due_at.is_some_and(|due| due < left)
    }
}

/// One handing over of a message. What becomes of it is written down under it, and under no later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the message.
    pub id: i64,
    /// Which handing over, counted from 1.
    pub nth: u32,
}

/// What a person decides about a message that is uncertain or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It arrived: nothing is sent again. For uncertain messages.
    Delivered,
    /// Send the same bytes again. For uncertain and refused messages.
    Resend,
}

/// The kill switch, pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Halt {
    /// Since when, UTC.
    pub since: DateTime<Utc>,
    /// Who pulled it.
    pub by: String,
}
