//! One message to one recipient over one connection, command by command, so that it is always known how far it came. Refuses plain
//! text beyond this machine, connections kept for later, and any code but 250 as success.

use crate::mail::address::address;
use crate::mail::answer::{Step, expect, is_silence, refused, settled, uncertain};
use crate::mail::stage::Stage;
use crate::mail::wire::unfit;
use crate::mail::{Outcome, Parcel, Watch};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Time for one step: greeting, EHLO, MAIL, RCPT, DATA, a block of the body (RFC 5321 §4.5.3.2 asks for up to five minutes).
pub const STEP: Duration = Duration::from_secs(300);
/// Time for the answer to the final dot: the relay may scan the message first (RFC 5321 §4.5.3.2.6).
pub const ANSWER: Duration = Duration::from_secs(600);
/// Time for goodbyes; nothing depends on them.
const QUIT: Duration = Duration::from_secs(2);
/// How often a sender that waits looks whether it was stopped.
const LOOK: Duration = Duration::from_millis(250);
/// Time that a body under way is given to be answered once everything was stopped: together with [`LOOK`] under the five seconds
/// within which the kill switch holds.
const GRACE: Duration = Duration::from_secs(4);
/// Time to look whether anything is there to be read.
const GLANCE: Duration = Duration::from_millis(1);
/// The body goes out in pieces of this size, so that the time for a step is the time for one of them.
const PIECE_BYTES: usize = 64 << 10;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS or nothing, usual on port 587.
    Required,
    /// TLS from the first byte, usual on port 465; to be preferred.
    Wrapper,
    /// None; only for a relay on this machine.
    NoneOnLoopback,
}

/// User and password at the relay. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Host name, as its certificate has it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Certificates (PEM) that are trusted beside the public ones, for a relay with a private authority.
    pub trusted_pem: Option<Vec<u8>>,
    /// User and password, where the relay wants them.
    pub login: Option<Login>,
    /// What this machine calls itself in EHLO: a full domain name.
    pub hello_name: String,
    /// Time for one step; [`STEP`] unless there is reason.
    pub step: Duration,
    /// Time for the answer to the final dot; [`ANSWER`] unless there is reason.
    pub answer: Duration,
}

impl Smtp {
    /// Hands over one message. Answers within `deadline`, whatever the relay does, and within seconds of a stop.
    pub fn send(&self, parcel: &Parcel<'_>, deadline: Duration, watch: &dyn Watch) -> Outcome {
        if let Some(why) = unfit(parcel.mime) {
            return Outcome::Rejected { reply: format!("not sent: {why}") };
        }
        let (sender, recipient) = match (address("sender", parcel.sender), address("recipient", parcel.recipient)) {
            (Ok(sender), Ok(recipient)) => (sender, recipient),
            (Err(error), _) => return Outcome::Misconfigured { what: error.to_string() },
            (_, Err(error)) => return Outcome::Rejected { reply: format!("not sent: {error}") },
        };
        if self.hello_name.is_empty() || !self.hello_name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Outcome::Misconfigured { what: "the hello name must be a full domain name".into() };
        }
        let tls = match self.protection() {
            Ok(tls) => tls,
            Err(what) => return Outcome::Misconfigured { what },
        };
        let stage = Arc::new(Stage::default());
        let (tell, told) = channel();
        let talk = Talk {
            relay: self.clone(),
            tls,
            sender,
            recipient,
            mime: parcel.mime.to_vec(),
            stage: Arc::clone(&stage),
            until: Instant::now() + deadline,
            tell,
        };
        let until = talk.until;
        // Its own thread: the relay can feed a byte now and then for ever, and names can take for ever to resolve.
        let started = thread::Builder::new().name("smtp".into()).spawn(move || talk.hold());
        if let Err(error) = started {
            return Outcome::Retry { reply: format!("not sent: no thread for it ({error})") };
        }
        listen(&told, &stage, until, watch)
    }

    /// What protects the connection; none only to this machine.
    fn protection(&self) -> Result<Option<TlsParameters>, String> {
        if self.tls == Tls::NoneOnLoopback {
            let here = self.host == "localhost" || self.host.parse().is_ok_and(|it: IpAddr| it.is_loopback());
            return match here {
                true => Ok(None),
                false => Err(format!("mail to `{}` must be encrypted: set TLS to required or wrapper", self.host)),
            };
        }
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.trusted_pem {
            let certificate = Certificate::from_pem(pem);
            builder =
                builder.add_root_certificate(certificate.map_err(|error| format!("trusted certificates: {error}"))?);
        }
        builder.build().map(Some).map_err(|error| format!("TLS cannot be set up: {error}"))
    }
}

/// What the thread that speaks tells the one that waits.
enum Told {
    /// The relay is ready for the body; it leaves if the answer is yes.
    Ready(SyncSender<bool>),
    /// How it ended.
    Done(Outcome),
}

/// Waits for the end, lets the body go or not, and looks now and then whether everything was stopped.
fn listen(told: &Receiver<Told>, stage: &Stage, until: Instant, watch: &dyn Watch) -> Outcome {
    let mut patience = until;
    loop {
        let left = patience.saturating_duration_since(Instant::now());
        match told.recv_timeout(left.min(LOOK)) {
            Ok(Told::Done(outcome)) => return outcome,
            Ok(Told::Ready(answer)) => {
                let go = !watch.stopped() && watch.body_begins() && stage.begin_body();
                let heard = answer.send(go).is_ok();
                if !go || !heard {
                    return Outcome::Stopped;
                }
            }
            Err(RecvTimeoutError::Timeout) if left > LOOK => {
                if !watch.stopped() {
                    continue;
                }
                if stage.give_up() {
                    return Outcome::Stopped;
                }
                patience = patience.min(Instant::now() + GRACE);
            }
            Err(RecvTimeoutError::Timeout) if stage.give_up() => {
                return Outcome::Unreachable { reply: "no answer from the relay, nothing sent".into() };
            }
            Err(RecvTimeoutError::Timeout) => {
                return uncertain(
                    stage,
                    if patience < until { "stopped before the answer" } else { "no answer in time" },
                );
            }
            Err(RecvTimeoutError::Disconnected) if stage.give_up() => {
                return Outcome::Retry { reply: "the conversation broke off, nothing sent".into() };
            }
            Err(RecvTimeoutError::Disconnected) => return uncertain(stage, "the answer cannot be read"),
        }
    }
}

/// Everything one transaction needs, in a thread of its own.
struct Talk {
    relay: Smtp,
    tls: Option<TlsParameters>,
    sender: Address,
    recipient: Address,
    mime: Vec<u8>,
    stage: Arc<Stage>,
    until: Instant,
    tell: Sender<Told>,
}

impl Talk {
    /// Holds the conversation, says how it ended, and only then says goodbye, to a relay that was still speaking.
    fn hold(&self) {
        let mut slot = None;
        let outcome = match (self.open(&mut slot), &mut slot) {
            (Ok(()), Some(connection)) => self.body(connection),
            (Ok(()), None) => Outcome::Retry { reply: "no connection".into() },
            (Err(outcome), _) => outcome,
        };
        let speaking =
            matches!(outcome, Outcome::Accepted { .. } | Outcome::Rejected { .. } | Outcome::Misconfigured { .. });
        // Nobody may be listening any more.
        let _ = self.tell.send(Told::Done(outcome));
        if let Some(mut connection) = slot.filter(|_| speaking) {
            let _ = connection.set_timeout(Some(QUIT));
            connection.abort();
        }
    }

    /// Everything up to DATA. Whatever goes wrong here, the message was not taken.
    fn open(&self, slot: &mut Option<SmtpConnection>) -> Result<(), Outcome> {
        let relay = &self.relay;
        let hello = ClientId::Domain(relay.hello_name.clone());
        let wrapper = self.tls.as_ref().filter(|_| relay.tls == Tls::Wrapper);
        let server = (relay.host.as_str(), relay.port);
        let connected = SmtpConnection::connect(server, Some(self.time(relay.step)?), &hello, wrapper, None);
        let connection = slot.insert(connected.map_err(|error| refused(Step::Connect, &error))?);
        if let (Tls::Required, Some(tls)) = (relay.tls, &self.tls) {
            self.set_time(connection, relay.step)?;
            if !connection.can_starttls() {
                let what = format!("the relay `{}` does not offer STARTTLS, and mail must be encrypted", relay.host);
                return Err(Outcome::Misconfigured { what });
            }
            connection.starttls(tls, &hello).map_err(|error| refused(Step::StartTls, &error))?;
            quiet(connection)?;
        }
        if let Some(Login { user, password }) = &relay.login {
            self.set_time(connection, relay.step)?;
            let credentials = Credentials::new(user.clone(), password.clone());
            expect(Step::Auth, &[235], connection.auth(DEFAULT_MECHANISMS, &credentials))?;
        }
        let mut parameters = Vec::new();
        if !self.mime.is_ascii() {
            if !connection.server_info().supports_feature(Extension::EightBitMime) {
                return Err(Outcome::Rejected { reply: "not sent: the relay takes seven bits only".into() });
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.set_time(connection, relay.step)?;
        expect(Step::Mail, &[250], connection.command(Mail::new(Some(self.sender.clone()), parameters)))?;
        self.set_time(connection, relay.step)?;
        expect(Step::Rcpt, &[250, 251], connection.command(Rcpt::new(self.recipient.clone(), vec![])))?;
        self.set_time(connection, relay.step)?;
        expect(Step::Data, &[354], connection.command(Data))
    }

    /// The body, the final dot, and the answer that settles it.
    fn body(&self, connection: &mut SmtpConnection) -> Outcome {
        let longer = self.time(self.relay.answer).ok().filter(|time| connection.set_timeout(Some(*time)).is_ok());
        if longer.is_none() {
            return Outcome::Retry { reply: "no time left before the body, nothing sent".into() };
        }
        let (answer, asked) = sync_channel(1);
        if self.tell.send(Told::Ready(answer)).is_err() || !asked.recv().is_ok_and(|go| go) {
            return Outcome::Stopped;
        }
        // The library ends the last line itself.
        let body = self.mime.strip_suffix(b"\r\n").unwrap_or(&self.mime);
        let mut pieces = body.chunks(PIECE_BYTES);
        let sent = connection.message_iter(std::iter::from_fn(|| {
            let piece = pieces.next();
            if piece.is_none() {
                self.stage.begin_dot();
            }
            piece
        }));
        settled(&self.stage, sent)
    }

    /// The time for a step, or what is left of the whole.
    fn time(&self, step: Duration) -> Result<Duration, Outcome> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Outcome::Retry { reply: "no time left before the body, nothing sent".into() });
        }
        Ok(left.min(step))
    }

    fn set_time(&self, connection: &mut SmtpConnection, step: Duration) -> Result<(), Outcome> {
        let set = connection.set_timeout(Some(self.time(step)?));
        set.map_err(|error| Outcome::Retry { reply: format!("the link failed ({error}), nothing sent") })
    }
}

/// Makes sure that nothing was said that nobody asked for. The library keeps what arrived in clear together with the consent to
/// STARTTLS and would take it for answers to encrypted commands, up to a false 250 at the end; there must be none. A single answer
/// too many, used up by EHLO, shows at DATA, where only 354 counts.
fn quiet(connection: &mut SmtpConnection) -> Result<(), Outcome> {
    let set = connection.set_timeout(Some(GLANCE));
    set.map_err(|error| Outcome::Retry { reply: format!("the link failed ({error}), nothing sent") })?;
    match connection.read_response() {
        Err(error) if is_silence(&error) => Ok(()),
        Err(error) if error.status().is_none() => Err(refused(Step::StartTls, &error)),
        _ => Err(Outcome::Misconfigured {
            what: "the relay, or someone on the way to it, put answers in before the connection was encrypted".into(),
        }),
    }
}

#[cfg(test)]
mod tests;
