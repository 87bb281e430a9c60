//! Settings of one machine: where the lake is, how mail leaves, what is allowed. Refuses secrets: it holds where they are.

use crate::model::limits::Limits;
use serde::{Deserialize, Serialize};

/// The content of `talenta.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Folder of the lake, relative to the project unless absolute.
    pub lake: String,
    /// Ledger file, relative to the project unless absolute.
    pub state: String,
    /// Letterhead of every report.
    pub office: Office,
    /// How mail leaves.
    pub mail: MailSettings,
    /// Every limit.
    pub limits: Limits,
}

/// The office that publishes the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Government.
    pub instansi: String,
    /// Office within it.
    pub unit: String,
    /// Address line.
    pub alamat: String,
}

/// Sender and transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// `Name <address>` of the sender.
    pub from: String,
    /// Address that answers go to.
    pub reply_to: Option<String>,
    /// Transport.
    pub transport: TransportSettings,
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransportSettings {
    /// `.eml` files in a folder, relative to the project unless absolute.
    Folder {
        /// The folder.
        path: String,
    },
    /// An SMTP server.
    Smtp {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// TLS from the start instead of STARTTLS.
        wrapper: bool,
        /// No TLS at all; refused unless the host is loopback.
        plain: bool,
        /// Account, where the server wants one.
        user: Option<String>,
        /// Environment variable that holds the password.
        password_env: Option<String>,
        /// Name this machine says in EHLO.
        hello: String,
        /// Whole time one message may take.
        seconds_max: u64,
    },
}
