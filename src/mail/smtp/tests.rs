//! A relay that fails at each stage in each way, and the outcome of each. Refuses the network: the relay is a thread on this machine.

use super::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// Where the relay misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Nowhere,
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    MidBody,
    Dot,
    Quit,
}

/// How it misbehaves.
#[derive(Clone, Copy)]
enum Fault {
    /// Closes the connection.
    Drop,
    /// Says nothing more and stays.
    Hang,
    /// Sends a byte now and then, never a whole line.
    Drip,
    /// Says this instead.
    Say(&'static [u8]),
}

/// Nobody keeps anything back.
struct Free;

impl Watch for Free {
    fn stopped(&self) -> bool {
        false
    }

    fn body_begins(&self) -> bool {
        true
    }
}

/// Stopped from the start, or at the body.
struct Held {
    stopped: bool,
}

impl Watch for Held {
    fn stopped(&self) -> bool {
        self.stopped
    }

    fn body_begins(&self) -> bool {
        false
    }
}

/// What the relay heard.
#[derive(Default)]
struct Heard {
    commands: Vec<String>,
    body: Option<Vec<u8>>,
}

struct Relay {
    stream: BufReader<TcpStream>,
    at: At,
    fault: Fault,
    heard: Heard,
}

impl Relay {
    /// Answers as usual or as told. False where the conversation is over.
    fn answer(&mut self, at: At, usual: &str) -> bool {
        if self.at != at {
            return self.say(usual.as_bytes());
        }
        match self.fault {
            Fault::Say(text) => self.say(text),
            Fault::Drop => false,
            Fault::Hang if at == At::MidBody => {
                // Without reading: the link must fill up.
                thread::sleep(Duration::from_secs(2));
                false
            }
            Fault::Hang => {
                // Until the other side closes, or long after every deadline here.
                let _ = self.stream.get_ref().set_read_timeout(Some(Duration::from_secs(20)));
                let _ = std::io::copy(&mut self.stream, &mut std::io::sink());
                false
            }
            Fault::Drip => {
                let _ = self.stream.get_ref().set_read_timeout(Some(Duration::from_secs(20)));
                (0..200).all(|_| {
                    thread::sleep(Duration::from_millis(50));
                    self.say(b"2")
                })
            }
        }
    }

    fn say(&mut self, text: &[u8]) -> bool {
        self.stream.get_mut().write_all(text).is_ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
        Some(line.trim_end().to_string())
    }

    /// The body with its dots taken back, up to the line that is a dot alone.
    fn body(&mut self) -> bool {
        if self.at == At::MidBody {
            let mut some = [0; 1000];
            return self.stream.read_exact(&mut some).is_ok() && self.answer(At::MidBody, "");
        }
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
                return false;
            }
            if line == b".\r\n" {
                self.heard.body = Some(body);
                return self.answer(At::Dot, "250 2.0.0 queued as 4Z\r\n");
            }
            body.extend(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    fn serve(mut self) -> Heard {
        if !self.answer(At::Greeting, "220 relay.contoh.go.id\r\n") {
            return self.heard;
        }
        while let Some(line) = self.line() {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            self.heard.commands.push(line);
            let goes_on = match verb.as_str() {
                "EHLO" => self.answer(At::Ehlo, "250-relay.contoh.go.id\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n"),
                "AUTH" => self.answer(At::Auth, "235 2.7.0 welcome\r\n"),
                "MAIL" => self.answer(At::Mail, "250 2.1.0 fine\r\n"),
                "RCPT" => self.answer(At::Rcpt, "250 2.1.5 fine\r\n"),
                "DATA" => self.answer(At::Data, "354 go on\r\n") && (self.at == At::Data || self.body()),
                "QUIT" => self.answer(At::Quit, "221 bye\r\n"),
                _ => self.say(b"500 what\r\n"),
            };
            if !goes_on {
                break;
            }
        }
        self.heard
    }
}

fn relay(at: At, fault: Fault) -> (u16, JoinHandle<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = thread::spawn(move || {
        let stream = BufReader::new(listener.accept().unwrap().0);
        Relay { stream, at, fault, heard: Heard::default() }.serve()
    });
    (port, serving)
}

fn smtp(port: u16) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port,
        tls: Tls::NoneOnLoopback,
        trusted_pem: None,
        login: None,
        hello_name: "talenta.contoh.go.id".into(),
        step: Duration::from_millis(300),
        answer: Duration::from_millis(300),
    }
}

fn parcel(mime: &[u8]) -> Parcel<'_> {
    let moment = "2026-01-05T12:00:00Z".parse().unwrap();
    Parcel { mime, sender: "bounce@contoh.go.id", recipient: "budi@contoh.go.id", moment, report: "merit" }
}

const DEADLINE: Duration = Duration::from_secs(10);
const LETTER: &[u8] = b"Subject: x\r\n\r\n.\r\n..dots\r\n.end\r\n\r\nlast\r\n";

fn outcome(at: At, fault: Fault) -> (Outcome, Heard) {
    let (port, serving) = relay(at, fault);
    let large;
    let mime = if at == At::MidBody {
        large = b"0123456789abcdef\r\n".repeat(1 << 19);
        &large
    } else {
        LETTER
    };
    let began = Instant::now();
    let outcome = smtp(port).send(&parcel(mime), DEADLINE, &Free);
    assert!(began.elapsed() < DEADLINE, "every step has its own end");
    (outcome, serving.join().unwrap())
}

fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Retry { .. } | Outcome::Unreachable { .. } => "retry",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Uncertain { .. } => "uncertain",
        Outcome::Misconfigured { .. } => "misconfigured",
        Outcome::Stopped => "stopped",
    }
}

#[test]
fn the_bytes_arrive_as_they_are_and_the_queue_id_is_kept() {
    let (outcome, heard) = outcome(At::Nowhere, Fault::Drop);
    assert_eq!(outcome, Outcome::Accepted { reply: "250 2.0.0 queued as 4Z".into() });
    assert_eq!(heard.body.as_deref(), Some(LETTER));
    let expected =
        ["EHLO talenta.contoh.go.id", "MAIL FROM:<bounce@contoh.go.id>", "RCPT TO:<budi@contoh.go.id>", "DATA", "QUIT"];
    assert_eq!(heard.commands, expected);
}

#[test]
fn a_link_that_drops_or_hangs_is_certain_before_the_body_and_uncertain_after() {
    for fault in [Fault::Drop, Fault::Hang] {
        for at in [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data] {
            let (outcome, heard) = outcome(at, fault);
            assert_eq!(kind(&outcome), "retry", "{outcome:?}");
            assert!(heard.body.is_none());
        }
        let (mid, _) = outcome(At::MidBody, fault);
        assert!(matches!(&mid, Outcome::Uncertain { why } if why.contains("final dot was not sent")), "{mid:?}");
        let (dot, _) = outcome(At::Dot, fault);
        assert!(matches!(&dot, Outcome::Uncertain { why } if why.contains("may have taken it")), "{dot:?}");
        assert_eq!(kind(&outcome(At::Quit, fault).0), "accepted");
    }
}

#[test]
fn every_code_at_every_stage_means_what_it_says() {
    let cases: [(At, &'static [u8], &str); 27] = [
        (At::Greeting, b"421 4.3.2 busy\r\n", "retry"),
        (At::Greeting, b"554 5.7.1 go away\r\n", "misconfigured"),
        (At::Greeting, b"hello there\r\n", "retry"),
        (At::Greeting, b"220 \xff\xfe\r\n", "retry"),
        (At::Ehlo, b"502 5.5.1 no\r\n", "misconfigured"),
        (At::Ehlo, b"421 later\r\n", "retry"),
        (At::Ehlo, b"250- \r\n250 ok\r\n", "retry"),
        (At::Mail, b"451 4.7.1 greylisted\r\n", "retry"),
        (At::Mail, b"550 5.1.8 sender unknown\r\n", "misconfigured"),
        (At::Mail, b"530 5.7.0 authenticate first\r\n", "misconfigured"),
        (At::Mail, b"552 5.3.4 too large\r\n", "rejected"),
        (At::Mail, b"354 out of step\r\n", "retry"),
        (At::Rcpt, b"450 4.2.1 mailbox busy\r\n", "retry"),
        (At::Rcpt, b"452 4.5.3 too many\r\n", "retry"),
        (At::Rcpt, b"550 5.1.1 no such user\r\n", "rejected"),
        (At::Rcpt, b"554 5.7.1 relay access denied\r\n", "misconfigured"),
        (At::Data, b"451 4.3.0 later\r\n", "retry"),
        (At::Data, b"554 5.5.1 no\r\n", "rejected"),
        (At::Data, b"250 out of step\r\n", "retry"),
        (At::Dot, b"452 4.2.2 over quota\r\n", "retry"),
        (At::Dot, b"554 5.7.1 looks like spam\r\n", "rejected"),
        (At::Dot, b"354 out of step\r\n", "uncertain"),
        (At::Dot, b"251 not quite\r\n", "uncertain"),
        (At::Dot, b"garbage\r\n", "uncertain"),
        (At::Dot, b"250-half an ans", "uncertain"),
        (At::Dot, b"250-all\r\n250 well\r\n", "accepted"),
        (At::Quit, b"500 no\r\n", "accepted"),
    ];
    for (at, says, expected) in cases {
        let (outcome, _) = outcome(at, Fault::Say(says));
        assert_eq!(kind(&outcome), expected, "{} gave {outcome:?}", String::from_utf8_lossy(says));
    }
}

#[test]
fn a_relay_that_drips_meets_the_deadline_of_the_whole() {
    for (at, expected) in [(At::Greeting, "retry"), (At::Rcpt, "retry"), (At::Dot, "uncertain")] {
        let (port, _serving) = relay(at, Fault::Drip);
        let began = Instant::now();
        let outcome = smtp(port).send(&parcel(LETTER), Duration::from_millis(700), &Free);
        assert_eq!(kind(&outcome), expected, "{outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn nobody_listening_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(kind(&smtp(port).send(&parcel(LETTER), DEADLINE, &Free)), "retry");
}

#[test]
fn nothing_goes_out_in_clear_beyond_this_machine() {
    let far = Smtp { host: "mail.contoh.go.id".into(), ..smtp(25) };
    assert_eq!(kind(&far.send(&parcel(LETTER), DEADLINE, &Free)), "misconfigured");
    let (port, serving) = relay(At::Nowhere, Fault::Drop);
    let login = Some(Login { user: "u".into(), password: "rahasia".into() });
    let stripped = Smtp { tls: Tls::Required, login: login.clone(), ..smtp(port) };
    assert!(!format!("{stripped:?}").contains("rahasia"));
    assert_eq!(kind(&stripped.send(&parcel(LETTER), DEADLINE, &Free)), "misconfigured");
    let commands = serving.join().unwrap().commands;
    assert!(commands.iter().all(|it| it.starts_with("EHLO") || it == "QUIT"), "{commands:?}");
    let (port, serving) = relay(At::Nowhere, Fault::Drop);
    let plain = Smtp { tls: Tls::Wrapper, login, ..smtp(port) };
    assert_eq!(kind(&plain.send(&parcel(LETTER), DEADLINE, &Free)), "misconfigured");
    drop(serving);
}

#[test]
fn a_login_is_used_or_nothing_is_sent() {
    let cases: [(At, &'static [u8], &str); 4] = [
        (At::Nowhere, b"", "accepted"),
        (At::Auth, b"535 5.7.8 wrong password\r\n", "misconfigured"),
        (At::Auth, b"454 4.7.0 later\r\n", "retry"),
        (At::Ehlo, b"250 relay without logins\r\n", "misconfigured"),
    ];
    for (at, says, expected) in cases {
        let (port, serving) = relay(at, Fault::Say(says));
        let login = Some(Login { user: "u".into(), password: "rahasia".into() });
        let outcome = Smtp { login, ..smtp(port) }.send(&parcel(LETTER), DEADLINE, &Free);
        assert_eq!(kind(&outcome), expected, "{outcome:?}");
        assert_eq!(serving.join().unwrap().body.is_some(), expected == "accepted");
    }
}

#[test]
fn bytes_that_relays_read_differently_do_not_go_out() {
    let outcome = smtp(1).send(&parcel(b"a: b\r\n\r\nc\n.\r\nMAIL FROM:<>\r\n"), DEADLINE, &Free);
    assert_eq!(kind(&outcome), "rejected");
    let two = Parcel { recipient: "a@b.id>\r\nRCPT TO:<c@d.id", ..parcel(LETTER) };
    assert_eq!(kind(&smtp(1).send(&two, DEADLINE, &Free)), "rejected");
    let (port, serving) = relay(At::Nowhere, Fault::Drop);
    assert_eq!(kind(&smtp(port).send(&parcel("a: b\r\n\r\né\r\n".as_bytes()), DEADLINE, &Free)), "rejected");
    assert!(serving.join().unwrap().body.is_none());
}

/// Stopped once the body is under way.
#[derive(Default)]
struct Late(std::cell::Cell<bool>);

impl Watch for Late {
    fn stopped(&self) -> bool {
        self.0.get()
    }

    fn body_begins(&self) -> bool {
        self.0.set(true);
        true
    }
}

#[test]
fn a_stop_waits_a_little_for_an_answer_and_then_leaves_a_doubt() {
    let (port, _serving) = relay(At::Dot, Fault::Hang);
    let patient = Smtp { answer: Duration::from_secs(60), ..smtp(port) };
    let began = Instant::now();
    let outcome = patient.send(&parcel(LETTER), Duration::from_secs(60), &Late::default());
    assert!(matches!(&outcome, Outcome::Uncertain { why } if why.contains("stopped")), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(30));
    let (port, _serving) = relay(At::Nowhere, Fault::Drop);
    assert_eq!(kind(&smtp(port).send(&parcel(LETTER), DEADLINE, &Late::default())), "accepted");
}

#[test]
fn a_stop_holds_within_seconds_and_what_is_kept_back_was_not_sent() {
    for at in [At::Greeting, At::Mail, At::Nowhere] {
        let (port, serving) = relay(at, Fault::Hang);
        let patient = Smtp { step: Duration::from_secs(60), ..smtp(port) };
        let began = Instant::now();
        let outcome = patient.send(&parcel(LETTER), Duration::from_secs(60), &Held { stopped: true });
        assert_eq!(outcome, Outcome::Stopped);
        assert!(began.elapsed() < Duration::from_secs(5));
        drop(serving);
    }
    let (port, serving) = relay(At::Nowhere, Fault::Drop);
    assert_eq!(smtp(port).send(&parcel(LETTER), DEADLINE, &Held { stopped: false }), Outcome::Stopped);
    let heard = serving.join().unwrap();
    assert!(heard.body.is_none() && heard.commands.last().is_some_and(|it| it == "DATA"), "{:?}", heard.commands);
}
