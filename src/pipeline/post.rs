//! Messages: composed once per reader, stored before they leave, sent under the outbox's rules. Refuses to resend what may have arrived.

use crate::config::settings::is_loopback;
use crate::mail::{self, Attachment, Folder, Image, Letter, Login, Outcome, Parcel, Person, Smtp, Tls, Transport};
use crate::model::digest::Digest;
use crate::model::job::Recipient;
use crate::model::outbox::{Message, NewMessage, OutboxKey, Put};
use crate::model::release::Release;
use crate::model::settings::TransportSettings;
use crate::pipeline::project::Project;
use crate::pipeline::world::World;
use crate::report;
use crate::report::Rendered;
use crate::state::{Error as StateError, State};
use chrono::TimeDelta;
use std::time::Duration;

/// First pause before a message is tried again; it doubles with every attempt.
const RETRY_MINUTES_FIRST: i64 = 5;
/// Longest pause.
const RETRY_MINUTES_MAX: i64 = 360;

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
    /// An attachment is too large to leave.
    #[error("attachment `{name}` of report `{report}` has {bytes} bytes, more than attachment_bytes_max ({max})")]
    TooLarge {
        /// The report.
        report: String,
        /// The file.
        name: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// The password is not where the settings say.
    #[error("the environment variable `{name}` of mail.smtp.password_env is not set")]
    NoPassword {
        /// The variable.
        name: String,
    },
}

/// What became of the messages of one sending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posted {
    /// Accepted by the relay, or written to the folder.
    pub accepted: u64,
    /// To be tried again later.
    pub postponed: u64,
    /// Refused for good.
    pub failed: u64,
    /// Nobody knows: a person must say.
    pub uncertain: u64,
    /// Held back by the kill switch.
    pub stopped: bool,
}

/// A report drawn for one reader.
pub struct Drawn {
    /// The report.
    pub report: String,
    /// For whom.
    pub reader: Recipient,
    /// Its files and bodies.
    pub rendered: Rendered,
}

/// Stores the message of a rendered report for one reader; the same message twice is stored once.
pub fn store(
    project: &Project,
    state: &State,
    drawn: &Drawn,
    release: &Release,
    revision: u32,
    world: &World,
) -> Result<Put, PostError> {
    let Drawn { report, reader, rendered } = drawn;
    let from = person(&project.settings.mail.from);
    let key =
        OutboxKey { report: report.clone(), periode: release.periode, recipient: reader.address.clone(), revision };
    let periode = release.periode.to_string();
    let nth = revision.to_string();
    let parts = [report.as_str(), &periode, &reader.address, &nth].map(str::as_bytes);
    let left: String = Digest::of_parts(parts).to_string().chars().take(32).collect();
    let domain = from.address.rsplit('@').next().unwrap_or("localhost").to_string();
    let letter = Letter {
        to: Person { name: Some(reader.name.clone()), address: reader.address.clone() },
        reply_to: project.settings.mail.reply_to.as_deref().map(person),
        bounce: None,
        subject: rendered.subject.clone(),
        html: rendered.html.clone(),
        text: rendered.text.clone(),
        images: rendered.inline.iter().map(image).collect(),
        attachments: attachments(project, report, rendered)?,
        message_id: format!("<{left}@{domain}>"),
        date: world.now(),
        list: None,
        from,
    };
    let wrong = |source| PostError::Compose { report: report.clone(), source };
    let composed = mail::compose(&letter).map_err(wrong)?;
    let message = NewMessage {
        key,
        release: release.nomor,
        sender: composed.sender,
        address: composed.recipient,
        subject: composed.subject,
        message_id: composed.message_id,
        mime: composed.mime,
    };
    Ok(state.outbox_put(&message, world.now())?)
}

/// Sends every message that is due, one transaction each.
pub fn send_due(project: &Project, state: &State, world: &World) -> Result<Posted, PostError> {
    send(state.outbox_due(world.now())?, project, state, world)
}

/// Sends every message that waits, also one whose next attempt lies ahead: the person who asks has mended what kept it.
pub fn send_waiting(project: &Project, state: &State, world: &World) -> Result<Posted, PostError> {
    send(state.outbox_waiting()?, project, state, world)
}

fn send(due: Vec<Message>, project: &Project, state: &State, world: &World) -> Result<Posted, PostError> {
    let (transport, deadline) = transport(project, world)?;
    let mut posted = Posted::default();
    world.progress.begin("send", Some(due.len() as u64));
    for message in due {
        // Asked before each message, so that the switch holds within one transaction.
        if state.outbox_stopped()?.is_some() {
            posted.stopped = true;
            break;
        }
        match send_one(&transport, deadline, state, &message, world, &mut posted) {
            // The switch was pulled since it was asked for: the message stays as it is.
            Err(PostError::State(StateError::OutboxStopped { .. })) => break,
            sent => sent?,
        }
        world.progress.advance(1);
    }
    posted.stopped |= state.outbox_stopped()?.is_some();
    world.progress.end();
    Ok(posted)
}

fn send_one(
    transport: &Transport,
    deadline: Duration,
    state: &State,
    message: &Message,
    world: &World,
    posted: &mut Posted,
) -> Result<(), PostError> {
    let mime = state.outbox_mime(message.id)?;
    let attempt = state.mark_handed_over(message.id, world.now())?;
    let parcel = Parcel {
        mime: &mime,
        sender: &message.sender,
        recipient: &message.address,
        moment: message.rendered_at,
        report: &message.key.report,
    };
    let outcome = transport.send(&parcel, deadline);
    let now = world.now();
    match outcome {
        Outcome::Accepted { reply } => {
            state.mark_accepted(attempt, &reply, now)?;
            posted.accepted += 1;
        }
        Outcome::Rejected { reply } => {
            state.mark_failed(attempt, &reply, now)?;
            posted.failed += 1;
        }
        Outcome::Uncertain { why } => {
            state.mark_uncertain(attempt, &why)?;
            posted.uncertain += 1;
        }
        Outcome::Retry { reply } | Outcome::Misconfigured { what: reply } => {
            tracing::warn!(message = message.id, attempt = attempt.nth, %reply, "the message will be tried again");
            let doubled = RETRY_MINUTES_FIRST << attempt.nth.saturating_sub(1).min(16);
            state.mark_retry(attempt, &reply, now + TimeDelta::minutes(doubled.min(RETRY_MINUTES_MAX)))?;
            posted.postponed += 1;
        }
    }
    Ok(())
}

/// The transport of the settings, and the whole time one message may take.
fn transport(project: &Project, world: &World) -> Result<(Transport, Duration), PostError> {
    match &project.settings.mail.transport {
        TransportSettings::Folder { path } => {
            Ok((Transport::Folder(Folder { path: project.path(path) }), Duration::from_secs(60)))
        }
        TransportSettings::Smtp { host, port, wrapper, plain, user, password_env, hello, seconds_max } => {
            let tls = match (plain, wrapper) {
                (true, _) if is_loopback(host) => Tls::NoneOnLoopback,
                (_, true) => Tls::Wrapper,
                _ => Tls::Required,
            };
            let login = match (user, password_env) {
                (Some(user), Some(name)) => {
                    let password = world.env.get(name).ok_or_else(|| PostError::NoPassword { name: name.clone() })?;
                    Some(Login { user: user.clone(), password: password.clone() })
                }
                _ => None,
            };
            let smtp = Smtp {
                host: host.clone(),
                port: *port,
                tls,
                login,
                hello_name: hello.clone(),
                trusted_pem: None,
                step: mail::smtp::STEP,
                answer: mail::smtp::ANSWER,
            };
            Ok((Transport::Smtp(smtp), Duration::from_secs(*seconds_max)))
        }
    }
}

fn attachments(project: &Project, report: &str, rendered: &Rendered) -> Result<Vec<Attachment>, PostError> {
    let max = project.settings.limits.attachment_bytes_max;
    let mut attachments = Vec::new();
    for report::File { kind, name, bytes } in &rendered.files {
        if bytes.len() as u64 > max {
            let (report, name) = (report.to_string(), name.clone());
            return Err(PostError::TooLarge { report, name, bytes: bytes.len() as u64, max });
        }
        let mime_type = kind.media_type().to_string();
        attachments.push(Attachment { name: name.clone(), mime_type, bytes: bytes.clone() });
    }
    Ok(attachments)
}

fn image(inline: &crate::report::Inline) -> Image {
    Image { cid: inline.cid.clone(), png: inline.png.clone(), alt: inline.alt.clone() }
}

/// `Name <address>` or an address alone.
fn person(text: &str) -> Person {
    match text.split_once('<') {
        Some((name, rest)) => Person {
            name: Some(name.trim().trim_matches('"').to_string()).filter(|it| !it.is_empty()),
            address: rest.trim_end().trim_end_matches('>').trim().to_string(),
        },
        None => Person { name: None, address: text.trim().to_string() },
    }
}
