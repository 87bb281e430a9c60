//! Messages from the outbox to the mailbox: their parts, one a reader and revision, retries, the kill switch, limits.

use crate::harness::{TestProject, copy, province};
use crate::outbox::{first_report, one_reader, only_report, second_reader};
use crate::report::{ending, files, people};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

const RUN: [&str; 4] = ["run", "bulanan", "--period", "2025-12"];
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The outbox, the oldest message first.
pub fn outbox(project: &TestProject) -> Vec<Value> {
    let listed = project.talenta(&["outbox", "list", "--json"]).code(0).json();
    let mut messages = listed["messages"].as_array().unwrap().clone();
    messages.reverse();
    messages
}

/// The messages of the folder transport, in the order they were rendered.
fn posted(project: &TestProject) -> Vec<Vec<u8>> {
    files(&project.path("surat")).into_values().collect()
}

/// Sends by a relay in place of the folder.
pub fn relay(project: &TestProject, port: u16) {
    let smtp = format!("[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nseconds_max = 60\n");
    project.edit("talenta.toml", |text| text.replace("folder = \"surat\"\n", &smtp));
}

/// Sends by the folder again.
fn folder(project: &TestProject) {
    project.edit("talenta.toml", |text| {
        let (before, rest) = text.split_once("[mail.smtp]\n").unwrap();
        format!("{before}folder = \"surat\"\n{}", rest.split_once("seconds_max = 60\n").unwrap().1)
    });
}

/// Where the files of the report lie.
pub fn folder_of_report(project: &TestProject) -> PathBuf {
    project.path(&format!("laporan/{}/2025-12", first_report()))
}

/// A project whose month was released, one report of which was sent to one reader.
fn sent() -> TestProject {
    static SENT: OnceLock<PathBuf> = OnceLock::new();
    TestProject::copy_of(SENT.get_or_init(|| {
        let project = unposted();
        project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sent");
        let _ = fs::remove_dir_all(&kept);
        copy(&project.root(), &kept);
        kept
    }))
}

/// A project whose month was released, with an outbox that is still empty and a job that goes on from there.
fn unposted() -> TestProject {
    let project = TestProject::copy_of(province());
    for file in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        let _ = fs::remove_file(project.path(file));
    }
    fs::remove_dir_all(project.path("surat")).unwrap();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        let all = "steps = [\"ingest\", \"marts\", \"checks\", \"release\", \"render\", \"outbox\", \"send\"]";
        assert!(text.contains(all), "{text}");
        text.replace(all, "steps = [\"render\", \"outbox\", \"send\"]")
    });
    one_reader(&project);
    only_report(&project, "");
    project
}

/// A project with one message stored and not yet handed over.
fn stored() -> TestProject {
    static STORED: OnceLock<PathBuf> = OnceLock::new();
    TestProject::copy_of(STORED.get_or_init(|| {
        let project = unposted();
        project.talenta(&["outbox", "stop"]).code(0);
        project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent");
        project.talenta(&["outbox", "start"]).code(0);
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stored");
        let _ = fs::remove_dir_all(&kept);
        fs::rename(project.root(), &kept).unwrap_or_else(|_| copy(&project.root(), &kept));
        kept
    }))
}

/// A port that nobody listens on.
fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The types of the parts, nested.
fn tree(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let own = part.content_type().map(|it| format!("{}/{}", it.ctype(), it.subtype().unwrap_or_default())).unwrap();
    match &part.body {
        PartType::Multipart(ids) => {
            let children: Vec<String> = ids.iter().map(|id| tree(message, message.part(*id).unwrap())).collect();
            format!("{own}({})", children.join(" "))
        }
        _ => own,
    }
}

/// Asserts that a message is the report in `folder`, whole.
#[track_caller]
pub fn whole(mime: &[u8], folder: &Path) {
    let message = MessageParser::default().parse(mime).unwrap();
    let pictures = message.parts.iter().filter(|it| it.content_id().is_some()).count();
    let html = match pictures {
        0 => "text/html".to_string(),
        n => format!("multipart/related(text/html{})", " image/png".repeat(n)),
    };
    let expected = format!("multipart/mixed(multipart/alternative(text/plain {html}) application/pdf {XLSX})");
    assert_eq!(tree(&message, message.root_part()), expected);
    let written = files(folder);
    let html = message.body_html(0).unwrap();
    for part in message.parts.iter().filter(|it| it.content_id().is_some()) {
        let cid = part.content_id().unwrap();
        assert!(html.contains(&format!("src=\"cid:{cid}\"")), "{cid} is not shown");
        let name = cid.trim_start_matches("grafik-").split('@').next().unwrap().replace('-', "_");
        assert!(part.contents() == written[&format!("{name}.png")], "{cid} is not the chart");
        assert!(part.content_disposition().unwrap().is_inline());
    }
    assert_eq!(html.matches("cid:").count(), pictures, "every picture is enclosed");
    for end in [".pdf", ".xlsx"] {
        let part =
            message.attachments().find(|it| it.attachment_name().is_some_and(|name| name.ends_with(end))).unwrap();
        assert!(part.contents() == ending(&written, end), "{end} is not the file of the report");
    }
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_string();
    assert_eq!(lines(&message.body_text(0).unwrap()), lines(&String::from_utf8_lossy(&written["surel.txt"])));
}

/// Every figure of a text, in order of appearance and once each.
fn figures(text: &str) -> Vec<String> {
    let text = text.replace('\u{a0}', " ");
    let figure = regex::Regex::new(r"\d{1,3}(?:\.\d{3})*,\d+|\d{1,3}(?:\.\d{3})+").unwrap();
    let mut found: Vec<String> = figure.find_iter(&text).map(|it| it.as_str().to_string()).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn a_message_holds_the_report_whole_and_no_person() {
    let project = sent();
    let all = posted(&project);
    assert_eq!(all.len(), 1);
    whole(&all[0], &folder_of_report(&project));
    let message = MessageParser::default().parse(&all[0]).unwrap();
    let header = |name: &'static str| message.header_raw(name).map(str::trim);
    assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(header("X-Auto-Response-Suppress"), Some("All"));
    assert!(message.bcc().is_none() && message.cc().is_none() && header("X-Mailer").is_none());
    assert_eq!(message.to().unwrap().iter().map(|it| it.address().unwrap()).collect::<Vec<_>>(), ["sekda@localhost"]);
    let subject = message.subject().unwrap();
    assert!(subject.chars().count() <= 70 && subject.starts_with("Talenta Kalteng Des 2025: "), "{subject}");
    let tags = regex::Regex::new(r"(?s)<style>.*?</style>|<[^>]*>").unwrap();
    let html = message.body_html(0).unwrap();
    let alts: String =
        regex::Regex::new("alt=\"([^\"]*)\"").unwrap().captures_iter(&html).map(|it| it[1].to_string()).collect();
    let shown = format!("{} {alts}", tags.replace_all(&html, " "));
    let text = message.body_text(0).unwrap();
    assert_eq!(figures(&shown), figures(&text), "the plain twin says what the page says");
    for person in people(&project) {
        assert!(
            !html.contains(&person) && !text.contains(&person) && !subject.contains(&person),
            "a person stands in the mail"
        );
    }
    let nip = regex::Regex::new(r"\b\d{18}\b").unwrap();
    assert!(!nip.is_match(&html) && !nip.is_match(&text));
}

#[test]
fn a_run_again_makes_no_second_message_and_a_correction_makes_revision_two() {
    let project = sent();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        text.replace("[\"render\",", "[\"ingest\", \"marts\", \"checks\", \"release\", \"render\",")
    });
    let first = outbox(&project);
    project.talenta(&RUN).code(0).says("mail: 0 new, 0 sent");
    assert_eq!(outbox(&project), first);
    assert_eq!(posted(&project).len(), 1);
    // A delivery of the month comes again with two rows fewer.
    project.edit("inbox/6705/rw_skp22_6705_2025-12.csv", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 2].iter().map(|line| format!("{line}\n")).collect()
    });
    project.talenta(&RUN).code(0).says("release 2 of 2025-12 published").says("mail: 1 new, 1 sent");
    let both = outbox(&project);
    assert_eq!(both.len(), 2);
    assert_eq!((&both[1]["key"]["revision"], &both[1]["release"]), (&2.into(), &2.into()));
    assert_eq!(both[0], first[0], "what was sent stays as it was");
    assert_ne!(both[0]["message_id"], both[1]["message_id"]);
    assert_eq!(posted(&project).len(), 2);
}

#[test]
fn a_dead_relay_is_a_warning_and_a_person_sends_when_it_is_mended() {
    let project = unposted();
    relay(&project, dead_port());
    project.talenta(&RUN).code(0).says("warning: not every message was sent").says("1 to be tried again");
    let waiting = &outbox(&project)[0];
    assert_eq!((&waiting["state"], &waiting["attempts"]), (&"DIRENDER".into(), &1.into()));
    assert!(waiting["last_reply"].as_str().unwrap().contains("onnection"), "{waiting}");
    assert!(!waiting["next_attempt_at"].is_null());
    // The next run keeps to the pause; a person need not.
    project.talenta(&RUN).code(0).says("mail: 0 new, 0 sent, 0 to be tried again");
    folder(&project);
    project.talenta(&["outbox", "send"]).code(0).says("1 sent, 0 to be tried again");
    let sent = &outbox(&project)[0];
    assert_eq!((&sent["state"], &sent["attempts"]), (&"DITERIMA".into(), &2.into()));
    assert_eq!(sent["sha256"], waiting["sha256"], "the bytes that were stored");
    whole(&posted(&project)[0], &folder_of_report(&project));
    project.talenta(&["outbox", "send"]).code(0).says("0 sent");
}

#[test]
fn the_kill_switch_holds_for_every_process_until_it_is_released() {
    let project = unposted();
    project.talenta(&["outbox", "stop"]).code(0);
    project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent").says("the outbox is stopped");
    project.talenta(&["outbox", "send"]).code(0).says("0 sent").says("the outbox is stopped");
    project.talenta(&["outbox", "list"]).code(0).says("DIRENDER").says("stopped since ");
    assert!(!project.path("surat").is_dir());
    project.talenta(&["outbox", "start"]).code(0);
    project.talenta(&["outbox", "send"]).code(0).says("1 sent");
    assert_eq!(posted(&project).len(), 1);
    // The ledger of this project was lost; its message still is the one that was sent before.
    let before = sent();
    assert_eq!(outbox(&project)[0]["message_id"], outbox(&before)[0]["message_id"]);
}

/// A relay that takes one message, answers the final dot with `answer` or hangs up, and gives back the body.
fn one_message(answer: Option<&'static str>) -> (u16, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        say(&mut stream, "220 uji ESMTP");
        let mut body = Vec::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 || line.starts_with("QUIT") {
                return body;
            }
            if line.starts_with("DATA") {
                say(&mut stream, "354 go on");
                loop {
                    let mut line = Vec::new();
                    lines.read_until(b'\n', &mut line).unwrap();
                    if line == b".\r\n" {
                        break;
                    }
                    body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                match answer {
                    Some(answer) => say(&mut stream, answer),
                    None => return body,
                }
            } else {
                say(&mut stream, "250 ok");
            }
        }
    };
    (port, thread::spawn(talk))
}

fn say(stream: &mut TcpStream, line: &str) {
    stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
}

#[test]
fn a_person_decides_on_a_message_whose_answer_was_lost() {
    let project = stored();
    let (port, body) = one_message(None);
    relay(&project, port);
    project.talenta(&["outbox", "send"]).code(0).says("1 uncertain");
    let first = body.join().unwrap();
    assert_eq!(outbox(&project)[0]["state"], "RAGU");
    project.talenta(&["outbox", "send"]).code(0).says("0 sent, 0 to be tried again, 0 failed, 0 uncertain");
    project.talenta(&["outbox", "resolve", "1", "resend"]).code(0);
    let (port, body) = one_message(Some("250 2.0.0 queued as 4Z"));
    project.edit("talenta.toml", |text| {
        let port_line = text.lines().find(|line| line.starts_with("port = ")).unwrap().to_string();
        text.replace(&port_line, &format!("port = {port}"))
    });
    project.talenta(&["outbox", "send"]).code(0).says("1 sent");
    assert!(body.join().unwrap() == first, "the same bytes went out twice, so the reader's mailbox can tell");
    let message = &outbox(&project)[0];
    assert_eq!((&message["state"], &message["last_reply"]), (&"DITERIMA".into(), &"250 2.0.0 queued as 4Z".into()));
    project.talenta(&["outbox", "resolve", "1", "delivered"]).code(1);
    project.talenta(&["outbox", "resolve", "9", "delivered"]).code(1);
}

#[test]
fn a_message_refused_for_good_is_not_tried_again_by_itself() {
    let project = stored();
    let (port, body) = one_message(Some("554 5.6.0 not here"));
    relay(&project, port);
    project.talenta(&["outbox", "send"]).code(0).says("1 failed");
    body.join().unwrap();
    project.talenta(&["outbox", "send"]).code(0).says("0 sent");
    project.talenta(&["outbox", "list"]).code(0).says("GAGAL").says("554 5.6.0 not here");
    project.talenta(&["outbox", "resolve", "1", "delivered"]).code(1);
    project.talenta(&["outbox", "resolve", "1", "resend"]).code(0);
    assert_eq!(outbox(&project)[0]["state"], "DIRENDER");
}

#[test]
fn a_report_too_large_or_for_too_many_stores_no_message() {
    let project = unposted();
    project.edit("talenta.toml", |text| format!("{text}\n[limits]\nmessage_bytes_max = 900\n"));
    project.talenta(&RUN).code(1).says("more than message_bytes_max (900)").says("was sent to nobody");
    assert!(outbox(&project).is_empty());
    let project = unposted();
    project.edit("talenta.toml", |text| format!("{text}\n[limits]\nrecipients_max = 1\n"));
    second_reader(&project);
    project.talenta(&RUN).code(1).says("would go to 2 people, more than recipients_max (1)");
    assert!(outbox(&project).is_empty());
    project.edit("talenta.toml", |text| text.replace("recipients_max = 1", "recipients_max = 2"));
    project.talenta(&RUN).code(0).says("mail: 2 new, 2 sent");
    let to = |mime: &Vec<u8>| {
        let message = MessageParser::default().parse(mime.as_slice()).unwrap();
        let to: Vec<String> = message.to().unwrap().iter().map(|it| it.address().unwrap().to_string()).collect();
        assert_eq!(to.len(), 1, "readers do not see each other");
        to[0].clone()
    };
    let mut addressees: Vec<String> = posted(&project).iter().map(to).collect();
    addressees.sort();
    assert_eq!(addressees, ["dua@localhost", "sekda@localhost"]);
}

#[test]
fn mail_in_clear_leaves_this_machine_by_no_setting() {
    let project = TestProject::new();
    let smtp = "[mail.smtp]\nhost = \"mail.contoh.go.id\"\ntls = \"none\"\nhello = \"talenta.contoh.go.id\"\n";
    project.edit("talenta.toml", |text| text.replace("folder = \"surat\"\n", smtp));
    project.talenta(&["check"]).code(1).says("tls: is `none` for a host that is not loopback").says("talenta.toml:");
    project.edit("talenta.toml", |text| text.replace("tls = \"none\"", "tls = \"starttls\""));
    project.talenta(&["check"]).code(0);
    project.edit("talenta.toml", |text| text.replace("hello = \"talenta.contoh.go.id\"\n", ""));
    project.talenta(&["check"]).code(1).says("hello: is no full domain name");
}
