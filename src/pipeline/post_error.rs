//! Why messages were not stored or sent. Refuses to hold what they say.

use crate::mail;
use crate::pipeline::render_error::RenderError;
use crate::report::Error as ReportError;
use crate::state::Error as StateError;

/// Why messages were not stored or sent.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
    /// A letter cannot be made.
    #[error("cannot compose the message of report `{report}`: {source}")]
    Compose {
        /// The report.
        report: String,
        /// Why.
        source: mail::Error,
    },
    /// A short message cannot be made.
    #[error("cannot write the message about `{about}`: {source}")]
    Notice {
        /// What it is about.
        about: String,
        /// Why.
        source: ReportError,
    },
    /// Even without any attachment or picture the letter is too large.
    #[error("the body of report `{report}` alone makes {bytes} bytes, more than message_bytes_max ({max})")]
    TooLarge {
        /// The report.
        report: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// A drawn report could not be read back.
    #[error(transparent)]
    Drawn(#[from] RenderError),
    /// Mail does not go there.
    #[error("`{address}` is outside mail.domains ({domains}); nothing was stored for it")]
    Domain {
        /// The address.
        address: String,
        /// Where mail may go.
        domains: String,
    },
    /// There is nobody to send a test to.
    #[error(
        "mail.operator is not set in talenta.toml: a test message goes there\nhint: write `operator = \"Name <name@host>\"` under [mail]"
    )]
    NoOperator,
    /// The password is not where the settings say.
    #[error("the environment variable `{name}` of mail.smtp.password_env is not set")]
    NoPassword {
        /// The variable.
        name: String,
    },
}
