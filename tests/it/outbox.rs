//! The outbox against a relay that fails at every stage in every way, a sender that is killed, a switch that is pulled: nothing lost,
//! nothing twice, and every doubt said.

use crate::harness::{TestProject, copy, slow};
use crate::mail::{outbox, relay};
use crate::peer::{At, FAULTS, Fault, Peer, STAGES};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// Readers of the shared project, each with one message that waits.
const READERS: usize = 60;
const RUN: [&str; 4] = ["run", "bulanan", "--period", "2025-12"];

/// A project that publishes a release without deliveries and tells sixty readers that there is no report: sixty small messages.
fn waiting() -> TestProject {
    static WAITING: OnceLock<PathBuf> = OnceLock::new();
    TestProject::copy_of(WAITING.get_or_init(|| {
        let project = TestProject::new();
        let mut recipients = String::from("version = 1\n");
        for nth in 1..=READERS {
            write!(
                recipients,
                "\n[[recipient]]\nname = \"Pembaca {nth}\"\njabatan = \"Staf\"\naddress = \"r{nth}@localhost\"\nprincipal = \"sekda\"\ngroups = [\"pimpinan\"]\n"
            )
            .unwrap();
        }
        project.write("recipients.toml", recipients);
        only_report(&project, "needs = [\"pegawai\"]\n");
        project.talenta(&["outbox", "stop"]).code(0);
        project.talenta(&RUN).code(0).says(&format!("mail: {READERS} new, 0 sent"));
        project.talenta(&["outbox", "start"]).code(0);
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waiting");
        let _ = fs::remove_dir_all(&kept);
        copy(&project.root(), &kept);
        kept
    }))
}

/// Leaves one reader of the first report.
pub fn one_reader(project: &TestProject) {
    let reader = "name = \"Sekretariat Daerah\"\njabatan = \"Sekretaris Daerah Provinsi Kalimantan Tengah\"\n\
                  address = \"sekda@localhost\"\nprincipal = \"sekda\"\ngroups = [\"pimpinan\"]\n";
    project.write("recipients.toml", format!("version = 1\n\n[[recipient]]\n{reader}"));
}

/// A reader more.
pub fn second_reader(project: &TestProject) {
    let reader = "\n[[recipient]]\nname = \"Dua\"\njabatan = \"Staf\"\naddress = \"dua@localhost\"\nprincipal = \"sekda\"\ngroups = [\"pimpinan\"]\n";
    project.edit("recipients.toml", |text| format!("{text}{reader}"));
}

/// Leaves one report in the job, with these lines more.
pub fn only_report(project: &TestProject, more: &str) {
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        let (head, _) = text.split_once("[[report]]").unwrap();
        format!("{head}[[report]]\nname = \"{}\"\nto = [\"pimpinan\"]\n{more}", first_report())
    });
}

/// The report that the job of a new project names first.
pub fn first_report() -> &'static str {
    static FIRST: OnceLock<String> = OnceLock::new();
    FIRST.get_or_init(|| {
        let text = include_str!("../../pipelines/jobs/bulanan.toml");
        let (_, rest) = text.split_once("[[report]]").unwrap();
        rest.split('"').nth(1).unwrap().to_string()
    })
}

/// Sends by this relay, with short patience, and with these settings more.
fn patient(project: &TestProject, peer: &Peer, more: &str) {
    relay(project, peer.port);
    project.edit("talenta.toml", |text| {
        let lines = format!("seconds_max = 20\nstep_seconds_max = 1\nanswer_seconds_max = 1\n{more}");
        text.replace("\nseconds_max = 60\n", &format!("\n{lines}"))
    });
}

/// How many messages of the shared project are dropped so that `count` stay.
fn keep(project: &TestProject, count: usize) {
    let ledger = Connection::open(project.path("state.sqlite")).unwrap();
    ledger.execute("DELETE FROM outbox WHERE id > ?1", [count as i64]).unwrap();
}

fn states(project: &TestProject) -> BTreeMap<String, String> {
    let word = |it: &Value, key: &str| it[key].as_str().unwrap().to_string();
    outbox(project).iter().map(|it| (word(it, "address"), word(it, "state"))).collect()
}

/// Asserts that the relay has every accepted message once, no message twice, and none that the outbox says it does not have.
#[track_caller]
fn sums(project: &TestProject, peer: &Peer) {
    let taken = peer.taken();
    for (address, state) in states(project) {
        let times = taken.get(&address).map_or(0, Vec::len);
        match state.as_str() {
            "DITERIMA" => assert_eq!(times, 1, "{address} was accepted"),
            "RAGU" => assert!(times <= 1, "{address} is uncertain and was taken {times} times"),
            _ => assert_eq!(times, 0, "{address} is {state}"),
        }
    }
}

/// What the promise says of a fault at a stage.
fn promised(at: At, fault: Fault) -> &'static str {
    match (at, fault) {
        (At::Quit, _) => "DITERIMA",
        (At::MidBody | At::Dot, Fault::Drop | Fault::Hang | Fault::Garbage) => "RAGU",
        (At::Rcpt | At::Data | At::MidBody | At::Dot, Fault::Never) => "GAGAL",
        _ => "DIRENDER",
    }
}

#[test]
fn every_fault_at_every_stage_ends_as_promised() {
    let mut project = waiting();
    let peer = Peer::start(false);
    project.env("UJI_SANDI", "rahasia");
    patient(&project, &peer, "user = \"talenta\"\npassword_env = \"UJI_SANDI\"\n");
    // Three messages in a row that got nowhere end the sending, so those stand between others.
    let all = STAGES.iter().filter(|it| **it != At::StartTls).flat_map(|at| FAULTS.map(|fault| (*at, fault)));
    let (vain, others): (Vec<_>, Vec<_>) = all.partition(|(at, fault)| {
        matches!(at, At::Greeting | At::Ehlo | At::Auth) || (*at, *fault) == (At::Mail, Fault::Never)
    });
    let mut vain = vain.into_iter();
    let cases: Vec<(At, Fault)> = others.into_iter().flat_map(|it| [Some(it), vain.next()]).flatten().collect();
    assert_eq!(cases.len(), 45);
    let mut expected = BTreeMap::new();
    for (i, (at, fault)) in cases.into_iter().enumerate() {
        peer.misbehave(i + 1, at, fault);
        expected.insert(format!("r{}@localhost", i + 1), (at, fault));
    }
    let said = project.talenta(&["outbox", "send"]).code(0).out;
    let found = states(&project);
    for (address, state) in &found {
        let case = expected.get(address);
        let wanted = case.map_or("DITERIMA", |(at, fault)| promised(*at, *fault));
        assert_eq!(state, wanted, "{case:?} of {address}; {said}");
    }
    sums(&project, &peer);
    let uncertain = found.values().filter(|it| *it == "RAGU").count();
    assert!(uncertain == 6 && said.contains("6 uncertain"), "{said}");
    project.talenta(&["status"]).code(0).says("readers without their report:").says("RAGU");
    // The relay is well again: what was put off goes, what is uncertain or refused does not.
    project.talenta(&["outbox", "send"]).code(0).says("0 to be tried again, 0 failed, 0 uncertain");
    sums(&project, &peer);
    let after = states(&project);
    for (address, state) in &found {
        let wanted = if state == "DIRENDER" { "DITERIMA" } else { state };
        assert_eq!(after[address], wanted);
    }
    // A person asks the readers: who has it has it, the others get the same bytes.
    let stored: BTreeMap<String, String> =
        outbox(&project).iter().map(|it| (it["address"].as_str().unwrap().into(), it["id"].to_string())).collect();
    let taken = peer.taken();
    for (address, state) in after.iter().filter(|(_, state)| *state == "RAGU" || *state == "GAGAL") {
        let word = if taken.contains_key(address) { "delivered" } else { "resend" };
        assert!(state == "RAGU" || word == "resend");
        project.talenta(&["outbox", "resolve", &stored[address], word]).code(0);
    }
    project.talenta(&["outbox", "send"]).code(0).says("0 to be tried again, 0 failed, 0 uncertain");
    let taken = peer.taken();
    assert!(states(&project).values().all(|it| it == "DITERIMA"));
    assert!(taken.len() == READERS && taken.values().all(|it| it.len() == 1), "each once");
    project.talenta(&["status"]).code(0).says("every reader got every report");
}

#[test]
fn a_relay_that_fails_at_starttls_gets_nothing_in_clear() {
    let project = waiting();
    keep(&project, 1);
    let peer = Peer::start(true);
    patient(&project, &peer, "");
    project.edit("talenta.toml", |text| text.replace("tls = \"none\"", "tls = \"starttls\""));
    for fault in FAULTS {
        peer.misbehave(1, At::StartTls, fault);
        project.talenta(&["outbox", "send"]).code(0).says("0 sent, 1 to be tried again");
        assert_eq!(states(&project)["r1@localhost"], "DIRENDER", "{fault:?}");
    }
    // It says yes and then has no TLS.
    project.talenta(&["outbox", "send"]).code(0).says("1 to be tried again");
    let heard = peer.commands();
    assert!(
        heard.iter().all(|it| it.starts_with("EHLO") || it == "STARTTLS" || !it.is_ascii() || it == "QUIT"),
        "{heard:?}"
    );
    assert!(peer.taken().is_empty());
}

#[test]
fn after_three_in_vain_the_rest_is_left_for_later() {
    let project = waiting();
    keep(&project, 10);
    let peer = Peer::start(false);
    patient(&project, &peer, "");
    (1..=3).for_each(|nth| peer.misbehave(nth, At::Greeting, Fault::Never));
    let said = project.talenta(&["outbox", "send"]).code(0).out;
    assert!(said.contains("0 sent, 3 to be tried again") && said.contains("7 not tried"), "{said}");
    assert_eq!(peer.connections(), 3);
    project.talenta(&["outbox", "send"]).code(0).says("10 sent");
    sums(&project, &peer);
}

#[test]
fn what_is_put_off_for_two_days_has_failed() {
    let project = waiting();
    keep(&project, 2);
    let peer = Peer::start(false);
    patient(&project, &peer, "");
    peer.misbehave(1, At::Rcpt, Fault::Later);
    peer.misbehave(2, At::Rcpt, Fault::Later);
    project.talenta(&["outbox", "send"]).code(0).says("2 to be tried again");
    // The clock cannot be turned; the ledger can.
    let ledger = Connection::open(project.path("state.sqlite")).unwrap();
    ledger.execute("UPDATE outbox SET first_tried_at = '2026-01-01T00:00:00.000000Z' WHERE id = 1", []).unwrap();
    drop(ledger);
    peer.misbehave(1, At::Rcpt, Fault::Later);
    peer.misbehave(2, At::Rcpt, Fault::Later);
    project.talenta(&["outbox", "send"]).code(0).says("1 to be tried again, 1 failed");
    project.talenta(&["outbox", "list"]).code(0).says("given up after 48 hours: 451 4.3.0 later");
    project.talenta(&["outbox", "resolve", "1", "resend"]).code(0);
    project.talenta(&["outbox", "send"]).code(0).says("2 sent");
    sums(&project, &peer);
}

/// Waits for what must come; fails after two minutes.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what} did not happen");
        thread::sleep(Duration::from_millis(50));
    }
}

fn ended(child: &mut Child) -> Option<i32> {
    let mut status = None;
    until("the end of the process", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap().code()
}

#[test]
fn the_kill_switch_reaches_a_message_in_flight() {
    let project = waiting();
    keep(&project, 3);
    let peer = Peer::start(false);
    relay(&project, peer.port);
    project.edit("talenta.toml", |text| {
        text.replace("\nseconds_max = 60\n", "\nseconds_max = 600\nstep_seconds_max = 600\n")
    });
    peer.misbehave(2, At::Mail, Fault::Hang);
    let mut sender = project.start(&["outbox", "send"]);
    until("the second message", || peer.connections() == 2);
    project.talenta(&["outbox", "stop"]).code(0);
    // Without the switch it would wait for ten minutes.
    assert_eq!(ended(&mut sender), Some(0));
    let found = states(&project);
    let all: Vec<&str> = found.values().map(String::as_str).collect();
    assert_eq!(all, ["DITERIMA", "DIRENDER", "DIRENDER"]);
    // A new process finds it pulled; released, everything goes out once.
    project.talenta(&["outbox", "send"]).code(0).says("0 sent").says("stopped");
    project.talenta(&["outbox", "start"]).code(0);
    project.talenta(&["outbox", "send"]).code(0).says("2 sent");
    sums(&project, &peer);
}

#[test]
fn the_schedule_sends_what_waits_and_recovers_what_was_cut_off() {
    let project = waiting();
    keep(&project, 3);
    let peer = Peer::start(false);
    relay(&project, peer.port);
    project.edit("talenta.toml", |text| {
        text.replace("\n[mail.smtp]", "\noperator = \"operator@localhost\"\noperator_hour = 0\n[mail.smtp]")
    });
    let ledger = Connection::open(project.path("state.sqlite")).unwrap();
    let cut = "UPDATE outbox SET state = 'DISERAHKAN', attempts = 1, handed_over_at = '2026-01-01T00:00:00.000000Z', body_at = ?1 WHERE id = ?2";
    ledger.execute(cut, (Some("2026-01-01T00:00:00.000000Z"), 1)).unwrap();
    ledger.execute(cut, (None::<&str>, 2)).unwrap();
    drop(ledger);
    let mut daemon = project.start(&["schedule", "run"]);
    let told = || peer.taken().get("operator@localhost").cloned().unwrap_or_default();
    until("two messages and the daily line", || peer.taken().len() == 3);
    until("their answers", || states(&project).values().filter(|it| *it == "DITERIMA").count() == 3);
    let line = String::from_utf8(told()[0].clone()).unwrap();
    let line =
        mail_parser::MessageParser::default().parse(line.as_bytes()).unwrap().body_text(0).unwrap().replace('\n', " ");
    assert!(line.contains("r1@localhost") && line.contains("RAGU") && !line.contains("r2@localhost"), "{line}");
    assert!(Command::new("kill").args(["-INT", &daemon.id().to_string()]).status().unwrap().success());
    ended(&mut daemon);
    assert_eq!(states(&project)["r1@localhost"], "RAGU", "its body was under way");
    sums(&project, &peer);
}

/// Ends a process as a power cut would.
fn kill(pid: u32) {
    let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    // Gone before the relay answers.
    thread::sleep(Duration::from_millis(50));
}

#[test]
fn a_sender_killed_at_thirty_points_loses_nothing_and_doubles_nothing() {
    if !slow("killing the sender at thirty points") {
        return;
    }
    let project = waiting();
    let peer = Peer::start(false);
    patient(&project, &peer, "");
    let points: Vec<At> = STAGES.into_iter().filter(|it| !matches!(it, At::StartTls | At::Auth)).collect();
    let (mut body_killed, mut killed) = (0, 0);
    while killed < 30 {
        let at = points[killed % points.len()];
        let sender = project.start(&["outbox", "send"]);
        // On the second message of this process; the first goes through.
        peer.call(2, at, kill, sender.id());
        let mut sender = sender;
        assert_eq!(ended(&mut sender), None, "killed at {at:?}");
        killed += 1;
        body_killed += usize::from(matches!(at, At::MidBody | At::Dot));
        sums_while_cut_off(&project, &peer);
    }
    project.talenta(&["outbox", "send"]).code(0);
    sums(&project, &peer);
    let found = states(&project);
    assert_eq!(found.len(), READERS);
    let doubts = found.values().filter(|it| *it == "RAGU").count();
    assert!(found.values().all(|it| it == "DITERIMA" || it == "RAGU"), "{found:?}");
    // A kill at QUIT may come before or after the answer was written down.
    assert!((body_killed..=killed).contains(&doubts), "{doubts} doubts of {body_killed} cut bodies");
}

/// As [`sums`], while the last message stands as it was cut off.
#[track_caller]
fn sums_while_cut_off(project: &TestProject, peer: &Peer) {
    let taken = peer.taken();
    for (address, state) in states(project) {
        let times = taken.get(&address).map_or(0, Vec::len);
        let fits = match state.as_str() {
            "DITERIMA" => times == 1,
            "RAGU" | "DISERAHKAN" => times <= 1,
            _ => times == 0,
        };
        assert!(fits, "{address} is {state} and was taken {times} times");
    }
}
