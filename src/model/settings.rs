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
    /// `Name <address>` of the person who keeps the program running: failures, test messages and the daily line go there.
    pub operator: Option<String>,
    /// Hour of the day, WIB, of the daily line to the operator.
    pub operator_hour: u32,
    /// Where readers fetch files that were too large to be mailed, in words they understand.
    pub files_at: Option<String>,
    /// Domains that mail may go to; every domain where empty.
    pub domains: Vec<String>,
    /// Transport.
    pub transport: TransportSettings,
}

impl MailSettings {
    /// Whether mail may go to `address`: `domains` names its domain, or `*.` and a domain above it.
    pub fn may_go_to(&self, address: &str) -> bool {
        let domain = address.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let covers = |allowed: &String| match allowed.strip_prefix("*.") {
            Some(above) => domain.strip_suffix(&above.to_ascii_lowercase()).is_some_and(|it| it.ends_with('.')),
            None => domain == allowed.to_ascii_lowercase(),
        };
        self.domains.is_empty() || self.domains.iter().any(covers)
    }
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
        /// Time for one step of the conversation: greeting, command, a block of the body.
        step_seconds_max: u64,
        /// Time for the answer to the final dot.
        answer_seconds_max: u64,
    },
}
