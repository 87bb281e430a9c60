//! What a relay's answers mean: go on, try again, never again, ask a person, mend the settings. Refuses to take a code of the right
//! hundred for the right code.

use crate::mail::Outcome;
use crate::mail::address::one_line;
use crate::mail::stage::Stage;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Response;
use std::error::Error as StdError;
use std::io::{self, ErrorKind};

/// Most characters of a reply that are handed on.
const REPLY_CHARS_MAX: usize = 300;

/// Which command an answer is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Step {
    Connect,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
}

impl Step {
    /// Whether the relay has not yet been told of a message.
    fn is_greeting(self) -> bool {
        matches!(self, Step::Connect | Step::StartTls | Step::Auth)
    }
}

/// The only codes that let the conversation go on. Others of the same hundred mean that answers and commands are out of step.
pub(in crate::mail) fn expect(step: Step, codes: &[u16], result: Result<Response, SmtpError>) -> Result<(), Outcome> {
    match result {
        Ok(response) if codes.contains(&code(&response)) => Ok(()),
        Ok(response) => Err(Outcome::Retry { reply: format!("unexpected answer to {step:?}: {}", shown(&response)) }),
        Err(error) => Err(refused(step, &error)),
    }
}

/// What a failure before the body means.
pub(in crate::mail) fn refused(step: Step, error: &SmtpError) -> Outcome {
    let reply = reply(error);
    match error.status().map(u16::from) {
        Some(code @ 500..600) => {
            // Enhanced codes x.7.y: security or policy, the same for every message (RFC 3463 §3.8).
            let policy = matches!(code, 530 | 534 | 535 | 538) || reply.contains(" 5.7.");
            let ours = match step {
                Step::Connect | Step::StartTls | Step::Auth => true,
                Step::Mail => code != 552,
                Step::Rcpt | Step::Data => policy,
            };
            if ours { Outcome::Misconfigured { what: reply } } else { Outcome::Rejected { reply } }
        }
        Some(_) if step.is_greeting() => Outcome::Unreachable { reply },
        Some(_) => Outcome::Retry { reply },
        None if error.is_client() || error.is_tls() || is_handshake(error) => Outcome::Misconfigured { what: reply },
        None if step.is_greeting() => Outcome::Unreachable { reply },
        None => Outcome::Retry { reply },
    }
}

/// What the answer to the final dot means; `stage` tells how far the body came if there is none.
pub(in crate::mail) fn settled(stage: &Stage, answer: Result<Response, SmtpError>) -> Outcome {
    match answer {
        Ok(response) if code(&response) == 250 => Outcome::Accepted { reply: shown(&response) },
        Ok(response) => uncertain(stage, &format!("the relay answered {}", shown(&response))),
        Err(error) => match error.status().map(u16::from) {
            Some(400..500) => Outcome::Retry { reply: reply(&error) },
            Some(500..600) => Outcome::Rejected { reply: reply(&error) },
            _ => uncertain(stage, &reply(&error)),
        },
    }
}

/// Whether there simply was nothing to read.
pub(in crate::mail) fn is_silence(error: &SmtpError) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// Whether TLS itself failed, say at a certificate. It reaches us as the cause of a failed read; a read of bytes that are no text
/// looks alike but has no cause.
fn is_handshake(error: &SmtpError) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == ErrorKind::InvalidData && cause.get_ref().is_some())
}

pub(in crate::mail) fn uncertain(stage: &Stage, what: &str) -> Outcome {
    Outcome::Uncertain { why: format!("{what}: {}", stage.known()) }
}

fn code(response: &Response) -> u16 {
    u16::from(response.code())
}

/// Code and text on one line.
fn shown(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    short(&format!("{} {text}", response.code()))
}

/// Code and text of a refusal, or what happened to the link.
fn reply(error: &SmtpError) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => short(&format!("{code} {cause}")),
        None => short(&error.to_string()),
    }
}

fn short(text: &str) -> String {
    one_line(text).chars().take(REPLY_CHARS_MAX).collect()
}
