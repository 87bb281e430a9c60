//! What was done and what is due: runs, due months, deliveries, releases, as the ledger keeps them. Refuses to say how they are
//! stored and what runs next.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Words of a closed list: how they are written, read and shown.
macro_rules! words {
    ($name:ident, $what:literal, { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $($name::$variant => $word),+ })
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::run::NotAWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::model::run::NotAWord { what: $what, text: text.to_string() }),
                }
            }
        }
    };
}
pub(crate) use words;

/// `text` is not one of the words of a closed list.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is no {what}")]
pub struct NotAWord {
    /// Which list.
    pub what: &'static str,
    /// The text.
    pub text: String,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RunStatus {
    /// In progress.
    Berjalan,
    /// Finished.
    Selesai,
    /// Ended with an error.
    Gagal,
    /// Its process went away without a word; it can be done again.
    Terputus,
}

words!(RunStatus, "state of a run", { Berjalan = "BERJALAN", Selesai = "SELESAI", Gagal = "GAGAL", Terputus = "TERPUTUS" });

/// One walk of a job for one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Number in the ledger.
    pub id: i64,
    /// Job, by the name of its file.
    pub job: String,
    /// Month it was for.
    pub periode: Periode,
    /// The first, second … walk for that month.
    pub nth: u32,
    /// When it began, UTC.
    pub started: DateTime<Utc>,
    /// When it ended, UTC.
    pub ended: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: RunStatus,
    /// The step it is in or ended in; empty before the first.
    pub step: String,
    /// What there is to say about its end.
    pub message: Option<String>,
    /// The release it published.
    pub release: Option<u64>,
}

impl Run {
    /// How the run stands, given whether anyone holds the project's lock: a run in progress with nobody at work was cut off.
    pub fn seen(&self, someone_at_work: bool) -> RunStatus {
        if self.status == RunStatus::Berjalan && !someone_at_work { RunStatus::Terputus } else { self.status }
    }
}

/// How a due month of a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DueState {
    /// Nobody has taken it yet.
    JatuhTempo,
    /// Someone is at it, for as long as the claim lasts.
    Diambil,
    /// Done.
    Selesai,
    /// Given up.
    Gagal,
    /// Left out on purpose, with a reason.
    Dilewati,
}

words!(DueState, "state of a due month", {
    JatuhTempo = "JATUH_TEMPO", Diambil = "DIAMBIL", Selesai = "SELESAI", Gagal = "GAGAL", Dilewati = "DILEWATI",
});

/// A month that a job owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Number in the ledger.
    pub id: i64,
    /// Job, by the name of its file.
    pub job: String,
    /// Month it owes.
    pub periode: Periode,
    /// When it fell due, UTC.
    pub due_at: DateTime<Utc>,
    /// Not to be taken before, UTC: `due_at`, or later after a failure.
    pub next_at: DateTime<Utc>,
    /// How it stands.
    pub state: DueState,
    /// Who took it last.
    pub claimed_by: Option<String>,
    /// When it was taken last, UTC.
    pub claimed_at: Option<DateTime<Utc>>,
    /// Until when that claim lasts, UTC.
    pub claimed_until: Option<DateTime<Utc>>,
    /// How often it was taken.
    pub attempts: u32,
    /// Why it was left out or given up.
    pub reason: Option<String>,
}

/// The right to work on a due month. A claim that ran out and was taken by another no longer finishes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Number of the due month.
    pub id: i64,
    /// Job, by the name of its file.
    pub job: String,
    /// Month it owes.
    pub periode: Periode,
    /// Which taking this is, counted from 1.
    pub attempt: u32,
}

/// How the work on a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// Done.
    Done,
    /// Failed; to be taken again from this time on.
    Again {
        /// Not before, UTC.
        at: DateTime<Utc>,
        /// What went wrong.
        reason: String,
    },
    /// Failed for good.
    GivenUp {
        /// What went wrong.
        reason: String,
    },
}

/// What `status` needs to know of one file and sheet; the truth is the lake's `berkas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Content address of the file.
    pub sha256: Digest,
    /// Name it came under.
    pub nama_asal: String,
    /// Sender, if known.
    pub instansi_kode: Option<String>,
    /// Dataset, if recognised.
    pub dataset: Option<String>,
    /// Month it speaks for.
    pub periode: Option<Periode>,
    /// Part of the dataset; empty where it is whole.
    pub cakupan: String,
    /// DITERIMA, DITOLAK, TANPA_KONTRAK, DUPLIKAT or USANG.
    pub status: String,
    /// Whether its rows are in force.
    pub berlaku: bool,
    /// When it came, UTC.
    pub diterima_pada: Option<DateTime<Utc>>,
    /// Rows read.
    pub baris_dibaca: u64,
    /// Rows loaded.
    pub baris_diterima: u64,
    /// Rows not loaded.
    pub baris_ditolak: u64,
}

/// What lists need to know of a release; the truth is `_rilis/N.json` in the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseEntry {
    /// Counts from 1.
    pub nomor: u64,
    /// Job that published it.
    pub job: String,
    /// Month its figures are as at the end of.
    pub periode: Periode,
    /// When it was published, UTC.
    pub dibuat_pada: DateTime<Utc>,
    /// Version of the program that published it.
    pub versi_program: String,
    /// Digest of its inputs.
    pub masukan: Digest,
    /// How many checks warned.
    pub peringatan: u32,
}

/// One event of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    /// Counts from 1 without gaps.
    pub nth: u64,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What was done, a word such as `sql` or `outbox.resolve`.
    pub action: String,
    /// With what, as JSON; no cell values.
    pub detail: serde_json::Value,
    /// Digest of this event and all before it.
    pub hash: Digest,
}

/// What a walk over the audit log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditCheck {
    /// Every event follows from the one before. A log cut at its end shows only against a head noted elsewhere.
    Whole {
        /// How many events.
        events: u64,
        /// Digest of the last one; nothing where there is none.
        head: Option<Digest>,
    },
    /// An event was changed, removed or put in.
    Broken {
        /// Number of the first event that does not follow.
        nth: u64,
    },
}
