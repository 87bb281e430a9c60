//! A relay on a loopback port that misbehaves as told, connection by connection, and remembers what it took.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Where it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    MidBody,
    Dot,
    Quit,
}

/// Every stage in the order of the protocol.
pub const STAGES: [At; 10] =
    [At::Greeting, At::Ehlo, At::StartTls, At::Auth, At::Mail, At::Rcpt, At::Data, At::MidBody, At::Dot, At::Quit];

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Closes the connection.
    Drop,
    /// Says nothing more and stays.
    Hang,
    /// Puts it off.
    Later,
    /// Refuses for good.
    Never,
    /// Says what is no reply.
    Garbage,
}

/// Every way to misbehave.
pub const FAULTS: [Fault; 5] = [Fault::Drop, Fault::Hang, Fault::Later, Fault::Never, Fault::Garbage];

/// What it does on one connection.
#[derive(Clone, Copy)]
enum Act {
    Fault(Fault),
    /// Calls this before it goes on.
    Call(fn(u32), u32),
}

/// What one connection shares with the test.
#[derive(Default)]
struct Shared {
    /// What is done on a connection, by its number counted from 1.
    script: BTreeMap<usize, (At, Act)>,
    connections: usize,
    /// Bodies that it took or may be held to have taken, by recipient.
    taken: BTreeMap<String, Vec<Vec<u8>>>,
    commands: Vec<String>,
}

/// A relay. Its threads end with the test process.
pub struct Peer {
    /// Where it listens.
    pub port: u16,
    shared: Arc<Mutex<Shared>>,
}

impl Peer {
    /// A relay that takes everything, offering STARTTLS where `tls` (it has no TLS) and logins.
    pub fn start(tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let ours = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&ours);
                let act = {
                    let mut locked = shared.lock().unwrap();
                    locked.connections += 1;
                    let nth = locked.connections;
                    locked.script.remove(&nth)
                };
                let stream = BufReader::new(stream.unwrap());
                thread::spawn(move || Talk { stream, act, tls, shared, to: String::new() }.serve());
            }
        });
        Self { port, shared }
    }

    /// On the `nth` connection from now on, counted from 1, it misbehaves once.
    pub fn misbehave(&self, nth: usize, at: At, fault: Fault) {
        let mut shared = self.shared.lock().unwrap();
        let nth = shared.connections + nth;
        shared.script.insert(nth, (at, Act::Fault(fault)));
    }

    /// On the `nth` connection from now on it calls `what` with `with` at this stage, before it answers.
    pub fn call(&self, nth: usize, at: At, what: fn(u32), with: u32) {
        let mut shared = self.shared.lock().unwrap();
        let nth = shared.connections + nth;
        shared.script.insert(nth, (at, Act::Call(what, with)));
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.lock().unwrap().connections
    }

    /// Bodies that it took, or let go without saying no after the final dot, by recipient.
    pub fn taken(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        self.shared.lock().unwrap().taken.clone()
    }

    /// Every command it heard.
    pub fn commands(&self) -> Vec<String> {
        self.shared.lock().unwrap().commands.clone()
    }
}

struct Talk {
    stream: BufReader<TcpStream>,
    act: Option<(At, Act)>,
    tls: bool,
    shared: Arc<Mutex<Shared>>,
    to: String,
}

impl Talk {
    /// Answers as usual or as told. False where the conversation is over.
    fn answer(&mut self, at: At, usual: &str) -> bool {
        match self.act.filter(|(place, _)| *place == at) {
            Some((_, Act::Fault(fault))) => self.fault(fault),
            Some((_, Act::Call(what, with))) => {
                what(with);
                self.say(usual)
            }
            None => self.say(usual),
        }
    }

    fn fault(&mut self, fault: Fault) -> bool {
        match fault {
            Fault::Drop => false,
            Fault::Hang => {
                // Until the other side closes.
                let _ = self.stream.get_ref().set_read_timeout(Some(Duration::from_secs(60)));
                let _ = std::io::copy(&mut self.stream, &mut std::io::sink());
                false
            }
            Fault::Later => self.say("451 4.3.0 later\r\n"),
            Fault::Never => self.say("554 5.6.0 never\r\n"),
            Fault::Garbage => self.say("\u{7f}garbage without end of sense\r\n"),
        }
    }

    fn say(&mut self, text: &str) -> bool {
        text.is_empty() || self.stream.get_mut().write_all(text.as_bytes()).is_ok()
    }

    fn faults_at(&self, at: At) -> bool {
        self.act.is_some_and(|(place, act)| place == at && matches!(act, Act::Fault(_)))
    }

    fn body(&mut self) -> bool {
        if self.act.is_some_and(|(place, _)| place == At::MidBody) {
            let mut some = [0; 500];
            if self.stream.read_exact(&mut some).is_err() || !self.answer(At::MidBody, "") {
                return false;
            }
        }
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
                return false;
            }
            if line == b".\r\n" {
                break;
            }
            body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if self.faults_at(At::MidBody) {
            // What it said in the middle of the body was its answer.
            return true;
        }
        let refused =
            self.act.is_some_and(|(at, act)| at == At::Dot && matches!(act, Act::Fault(Fault::Later | Fault::Never)));
        if !refused {
            self.shared.lock().unwrap().taken.entry(self.to.clone()).or_default().push(body);
        }
        self.answer(At::Dot, "250 2.0.0 queued as 4Z\r\n")
    }

    fn serve(mut self) {
        if !self.answer(At::Greeting, "220 relay.localhost ESMTP\r\n") {
            return;
        }
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            self.shared.lock().unwrap().commands.push(line.trim_end().to_string());
            let verb = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
            let offers = if self.tls { "250-STARTTLS\r\n" } else { "" };
            let goes_on = match verb.as_str() {
                "EHLO" => self.answer(At::Ehlo, &format!("250-relay.localhost\r\n{offers}250 AUTH PLAIN\r\n")),
                "STARTTLS" => self.answer(At::StartTls, "220 2.0.0 go ahead\r\n"),
                "AUTH" => self.answer(At::Auth, "235 2.7.0 welcome\r\n"),
                "MAIL" => self.answer(At::Mail, "250 2.1.0 fine\r\n"),
                "RCPT" => {
                    self.to = line.split(['<', '>']).nth(1).unwrap_or_default().to_string();
                    self.answer(At::Rcpt, "250 2.1.5 fine\r\n")
                }
                "DATA" => {
                    let ready = !self.faults_at(At::Data);
                    self.answer(At::Data, "354 go on\r\n") && (!ready || self.body())
                }
                "QUIT" => {
                    self.answer(At::Quit, "221 2.0.0 bye\r\n");
                    return;
                }
                _ => self.say("500 5.5.1 what\r\n"),
            };
            if !goes_on {
                return;
            }
        }
    }
}
