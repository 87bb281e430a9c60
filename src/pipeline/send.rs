//! The sending of what the outbox holds: one transaction a message, back-off, giving up, the kill switch. Refuses to resend what may
//! have arrived.

use crate::config::settings::is_loopback;
use crate::mail::{Folder, Login, Outcome, Parcel, Smtp, Tls, Transport, Watch};
use crate::model::calendar::Calendar;
use crate::model::outbox::{Attempt, Message};
use crate::model::settings::TransportSettings;
use crate::pipeline::conditions::calendar;
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::world::World;
use crate::state::{Error as StateError, State};
use chrono::{DateTime, TimeDelta, Utc};
use std::cell::RefCell;
use std::time::Duration;

/// Pauses before a message is tried again, the last for ever: two short ones for greylisting, then at least half an hour
/// (RFC 5321 §4.5.4.1).
const RETRY_MINUTES: [i64; 6] = [5, 15, 30, 60, 120, 240];
/// After so many messages in a row that got nowhere the rest are left for later: a wrong password is not tried two hundred times.
const IN_VAIN_MAX: u32 = 3;
/// Time for a file.
const FOLDER_SECONDS: u64 = 60;

/// What became of the messages of one sending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posted {
    /// Accepted by the relay, or written to the folder.
    pub accepted: u64,
    /// To be tried again later.
    pub postponed: u64,
    /// Refused for good, or put off for too long.
    pub failed: u64,
    /// Nobody knows: a person must say.
    pub uncertain: u64,
    /// Held back until their hours.
    pub waiting: u64,
    /// Not tried, because others before them got nowhere.
    pub untried: u64,
    /// Held back by the kill switch.
    pub stopped: bool,
}

/// Sends every message that is due, one transaction each.
pub fn send_due(project: &Project, state: &State, world: &World) -> Result<Posted, PostError> {
    Sending { project, state, world, hours: true }.send(state.outbox_due(world.now())?)
}

/// Sends every message that waits, also one whose next attempt lies ahead: the person who asks has mended what kept it. Without
/// `hours` also those outside their hours.
pub fn send_waiting(project: &Project, state: &State, world: &World, hours: bool) -> Result<Posted, PostError> {
    Sending { project, state, world, hours }.send(state.outbox_waiting()?)
}

/// Sends these messages, and no others, at any hour.
pub fn send_these(ids: &[i64], project: &Project, state: &State, world: &World) -> Result<Posted, PostError> {
    let wanted = state.outbox_waiting()?.into_iter().filter(|it| ids.contains(&it.id)).collect();
    Sending { project, state, world, hours: false }.send(wanted)
}

/// One sending.
struct Sending<'a> {
    project: &'a Project,
    state: &'a State,
    world: &'a World,
    hours: bool,
}

impl Sending<'_> {
    fn send(&self, messages: Vec<Message>) -> Result<Posted, PostError> {
        let mut posted = Posted::default();
        if messages.is_empty() {
            posted.stopped = self.state.outbox_stopped()?.is_some();
            return Ok(posted);
        }
        let (transport, deadline) = transport(self.project, self.world)?;
        let calendar = calendar(self.project);
        self.world.progress.begin("send", Some(messages.len() as u64));
        let (mut in_vain, mut left) = (0, messages.len() as u64);
        for message in messages {
            // Asked before each message, so that the switch holds within one transaction.
            if self.state.outbox_stopped()?.is_some() {
                break;
            }
            if in_vain == IN_VAIN_MAX {
                posted.untried = left;
                break;
            }
            left -= 1;
            if !self.held_back(&message, &calendar, &mut posted)? {
                match self.one(&transport, deadline, &calendar, &message, &mut posted) {
                    // The switch was pulled since it was asked for: the message stays as it is.
                    Err(PostError::State(StateError::OutboxStopped { .. })) => break,
                    sent => in_vain = if sent? { in_vain + 1 } else { 0 },
                }
            }
            self.world.progress.advance(1);
        }
        posted.stopped |= self.state.outbox_stopped()?.is_some();
        self.world.progress.end();
        Ok(posted)
    }

    /// Whether the message must wait for its hours.
    fn held_back(&self, message: &Message, calendar: &Calendar, posted: &mut Posted) -> Result<bool, PostError> {
        let now = self.world.now();
        let opens = message.gate.opens(now, calendar);
        if !self.hours || opens == Some(now) {
            return Ok(false);
        }
        if let Some(opens) = opens {
            self.state.hold_back(message.id, opens)?;
        }
        posted.waiting += 1;
        Ok(true)
    }

    /// Hands over one message. True where it got nowhere and the next would fare no better.
    fn one(
        &self,
        transport: &Transport,
        deadline: Duration,
        calendar: &Calendar,
        message: &Message,
        posted: &mut Posted,
    ) -> Result<bool, PostError> {
        let mime = self.state.outbox_mime(message.id)?;
        let attempt = self.state.mark_handed_over(message.id, self.world.now())?;
        let parcel = Parcel {
            mime: &mime,
            sender: &message.sender,
            recipient: &message.address,
            moment: message.rendered_at,
            report: &message.key.report,
        };
        let switch = Switch { state: self.state, world: self.world, attempt, trouble: RefCell::new(None) };
        let outcome = transport.send(&parcel, deadline, &switch);
        let (state, now) = (self.state, self.world.now());
        let in_vain = matches!(outcome, Outcome::Misconfigured { .. } | Outcome::Unreachable { .. });
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
            Outcome::Stopped => {
                state.mark_retry(attempt, "stopped before anything of it was sent", now)?;
                if let Some(trouble) = switch.trouble.into_inner() {
                    return Err(trouble.into());
                }
                posted.stopped = true;
            }
            Outcome::Retry { reply } | Outcome::Misconfigured { what: reply } | Outcome::Unreachable { reply } => {
                self.put_off(message, attempt, &reply, calendar, posted)?;
            }
        }
        Ok(in_vain)
    }

    /// Tries again later, or gives up.
    fn put_off(
        &self,
        message: &Message,
        attempt: Attempt,
        reply: &str,
        calendar: &Calendar,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let (now, hours) = (self.world.now(), self.project.settings.limits.retry_hours_max);
        let first = message.first_tried_at.unwrap_or(now);
        let end = first + TimeDelta::hours(i64::try_from(hours).unwrap_or(i64::MAX).min(24 * 365));
        if end <= now {
            tracing::error!(id = message.id, attempt = attempt.nth, reply, "given up");
            self.state.mark_failed(attempt, &format!("given up after {hours} hours: {reply}"), now)?;
            posted.failed += 1;
            return Ok(());
        }
        tracing::warn!(id = message.id, attempt = attempt.nth, reply, "the message will be tried again");
        let at = next_attempt(attempt.nth, now).min(end);
        self.state.mark_retry(attempt, reply, message.gate.opens(at, calendar).unwrap_or(at))?;
        posted.postponed += 1;
        Ok(())
    }
}

/// When a message is tried again after its `nth` attempt.
fn next_attempt(nth: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let place = usize::try_from(nth.saturating_sub(1)).unwrap_or(usize::MAX).min(RETRY_MINUTES.len() - 1);
    now + TimeDelta::minutes(RETRY_MINUTES[place])
}

/// The kill switch and the ledger, asked while a message is on its way.
struct Switch<'a> {
    state: &'a State,
    world: &'a World,
    attempt: Attempt,
    trouble: RefCell<Option<StateError>>,
}

impl Watch for Switch<'_> {
    /// A ledger that cannot be asked stops as well: what is sent then could not be written down.
    fn stopped(&self) -> bool {
        match self.state.outbox_stopped() {
            Ok(halt) => halt.is_some(),
            Err(error) => {
                *self.trouble.borrow_mut() = Some(error);
                true
            }
        }
    }

    fn body_begins(&self) -> bool {
        match self.state.mark_body(self.attempt, self.world.now()) {
            Ok(()) => true,
            Err(StateError::OutboxStopped { .. }) => false,
            Err(error) => {
                *self.trouble.borrow_mut() = Some(error);
                false
            }
        }
    }
}

/// The transport of the settings, and the whole time one message may take.
fn transport(project: &Project, world: &World) -> Result<(Transport, Duration), PostError> {
    match &project.settings.mail.transport {
        TransportSettings::Folder { path } => {
            Ok((Transport::Folder(Folder { path: project.path(path) }), Duration::from_secs(FOLDER_SECONDS)))
        }
        TransportSettings::Smtp {
            host,
            port,
            wrapper,
            plain,
            user,
            password_env,
            hello,
            seconds_max,
            step_seconds_max,
            answer_seconds_max,
        } => {
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
                step: Duration::from_secs(*step_seconds_max),
                answer: Duration::from_secs(*answer_seconds_max),
            };
            Ok((Transport::Smtp(smtp), Duration::from_secs(*seconds_max)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_four_hours() {
        let now: DateTime<Utc> = "2026-01-10T00:00:00Z".parse().unwrap();
        let minutes: Vec<i64> = (1..9).map(|nth| (next_attempt(nth, now) - now).num_minutes()).collect();
        assert_eq!(minutes, [5, 15, 30, 60, 120, 240, 240, 240]);
    }
}
