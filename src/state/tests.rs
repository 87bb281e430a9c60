//! The ledger through restarts, second processes, and damage. Refuses a shared file: every test has its own.

use super::*;
use crate::model::calendar::Gate;
use crate::model::digest::Digest;
use crate::model::outbox::{MessageKind, NewMessage, OutboxKey, Put, Resolution, Rung};
use crate::model::periode::Periode;
use crate::model::release::{CheckResult, Release, Severity};
use crate::model::run::{AuditCheck, Delivery, DueState, Finish, RunStatus};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use tempfile::TempDir;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    at("2026-01-05T12:00:00Z")
}

fn december() -> Periode {
    "2025-12".parse().unwrap()
}

fn ledger() -> (TempDir, State) {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state.sqlite")).unwrap();
    (folder, state)
}

fn reopened(folder: &TempDir) -> State {
    State::open(&folder.path().join("state.sqlite")).unwrap()
}

fn lock(folder: &TempDir) -> Lock {
    Lock::take(&folder.path().join("kunci"), "run bulanan", noon()).unwrap()
}

fn letter(recipient: &str) -> NewMessage {
    NewMessage {
        key: OutboxKey {
            kind: MessageKind::Laporan,
            report: "merit".into(),
            periode: december(),
            recipient: recipient.into(),
            revision: 1,
        },
        release: 3,
        sender: "bounce@contoh.go.id".into(),
        address: format!("{recipient}@contoh.go.id"),
        subject: "Merit - data s.d. 31 Desember 2025".into(),
        message_id: format!("<{recipient}@talenta>"),
        mime: b"Subject: x\r\n\r\n.\r\n".to_vec(),
        rung: Rung::Lengkap,
        gate: Gate::default(),
        not_before: None,
        due_at: None,
    }
}

fn put(state: &State, recipient: &str) -> i64 {
    match state.outbox_put(&letter(recipient), noon()).unwrap() {
        Put::New { id } => id,
        Put::Already { .. } => panic!("a new message"),
    }
}

fn stands(state: &State, id: i64) -> OutboxState {
    state.outbox_message(id).unwrap().state
}

#[test]
fn files_of_others_of_later_versions_and_damaged_ones_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sqlite");
    std::fs::write(&path, "this is not a database, and long enough to have a header of its own").unwrap();
    assert!(matches!(State::open(&path), Err(Error::Foreign { .. })));
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(State::open(&path), Err(Error::Foreign { .. })));
    assert!(matches!(State::open(&folder.path().join("no/such/folder/x")), Err(Error::Open { .. })));

    let (folder, state) = ledger();
    assert_eq!(state.integrity().unwrap(), Vec::<String>::new());
    state.connection().pragma_update(None, "user_version", 99).unwrap();
    drop(state);
    let error = State::open(&folder.path().join("state.sqlite")).expect_err("a later version");
    assert!(matches!(error, Error::Newer { found: 99, known: 3, .. }), "{error}");
}

#[test]
fn writes_are_durable_and_a_full_disk_changes_nothing() {
    let (_folder, state) = ledger();
    let synchronous: i64 = state.connection().pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
    let journal: String = state.connection().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"));
    let pages: i64 = state.connection().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    state.connection().pragma_update(None, "max_page_count", pages).unwrap();
    let large = NewMessage { mime: vec![b'x'; 1 << 20], ..letter("budi") };
    assert!(matches!(state.outbox_put(&large, noon()), Err(Error::DiskFull { doing: "storing a message", .. })));
    assert_eq!(state.outbox_list(None).unwrap(), vec![]);
    state.connection().pragma_update(None, "query_only", true).unwrap();
    assert!(matches!(state.outbox_put(&letter("budi"), noon()), Err(Error::ReadOnly { .. })));
}

#[test]
fn a_run_cut_off_is_seen_and_can_be_done_again() {
    let (folder, state) = ledger();
    let first = state.begin_run("bulanan", december(), noon()).unwrap();
    state.step_run(first.id, "ingest").unwrap();
    drop(state);
    let state = reopened(&folder);
    let found = &state.runs(5).unwrap()[0];
    assert_eq!((found.status, found.step.as_str()), (RunStatus::Berjalan, "ingest"));
    assert_eq!((found.seen(true), found.seen(false)), (RunStatus::Berjalan, RunStatus::Terputus));
    let recovered = state.recover(&lock(&folder), noon()).unwrap();
    assert_eq!((recovered.runs, recovered.messages), (1, 0));
    let second = state.begin_run("bulanan", december(), noon()).unwrap();
    assert_eq!(second.nth, 2);
    state.end_run(second.id, RunStatus::Selesai, None, Some(7), noon() + TimeDelta::minutes(3)).unwrap();
    assert!(matches!(state.end_run(second.id, RunStatus::Gagal, None, None, noon()), Err(Error::Unknown { .. })));
    let runs = state.runs(1).unwrap();
    assert_eq!(
        (runs[0].status, runs[0].release, runs[0].ended),
        (RunStatus::Selesai, Some(7), Some(at("2026-01-05T12:03:00Z")))
    );
    assert_eq!(state.begin_run("lain", december(), noon()).unwrap().nth, 1);
}

#[test]
fn a_due_month_is_taken_once_and_again_when_its_claim_runs_out() {
    let (folder, state) = ledger();
    let lease = TimeDelta::minutes(10);
    assert!(state.ensure_due("bulanan", december(), noon()).unwrap());
    assert!(!state.ensure_due("bulanan", december(), noon()).unwrap());
    assert!(state.ensure_due("bulanan", december().next(), noon()).unwrap());
    assert_eq!(state.claim_next(noon() - TimeDelta::seconds(1), "a", lease).unwrap(), None, "not yet due");
    let claim = state.claim_next(noon(), "a", lease).unwrap().unwrap();
    assert_eq!((claim.periode, claim.attempt), (december(), 1));
    assert_eq!(state.claim_next(noon(), "b", lease).unwrap(), None, "one job never overlaps itself");
    drop(state);
    let state = reopened(&folder);
    let later = noon() + lease;
    assert_eq!(state.claim_next(later - TimeDelta::seconds(1), "b", lease).unwrap(), None, "claims survive restarts");
    let again = state.claim_next(later, "b", lease).unwrap().unwrap();
    assert_eq!((again.id, again.attempt), (claim.id, 2));
    assert!(matches!(state.finish_due(&claim, &Finish::Done), Err(Error::ClaimLost { .. })), "too late");
    assert!(matches!(state.renew_claim(&claim, later, lease), Err(Error::ClaimLost { .. })));
    state.renew_claim(&again, later, lease).unwrap();
    let wait = Finish::Again { at: later + lease, reason: "no disk".into() };
    state.finish_due(&again, &wait).unwrap();
    let other = state.claim_next(later, "b", lease).unwrap().unwrap();
    assert_eq!(other.periode, december().next());
    state.finish_due(&other, &Finish::Done).unwrap();
    assert_eq!(state.claim_next(later, "b", lease).unwrap(), None, "not before its time");
    let third = state.claim_next(later + lease, "b", lease).unwrap().unwrap();
    assert_eq!((third.id, third.attempt), (claim.id, 3));
    state.finish_due(&third, &Finish::GivenUp { reason: "no disk".into() }).unwrap();
    let states: Vec<DueState> = state.due(9).unwrap().iter().map(|it| it.state).collect();
    assert_eq!(states, [DueState::Selesai, DueState::Gagal]);
    assert!(state.ensure_due("lain", december(), noon()).unwrap());
    assert!(state.skip_due("lain", december(), "holiday").unwrap());
    assert!(!state.skip_due("lain", december(), "holiday").unwrap());
}

#[test]
fn one_key_has_one_message_for_ever() {
    let (folder, state) = ledger();
    let id = put(&state, "budi");
    assert_eq!(state.outbox_put(&letter("budi"), noon()).unwrap(), Put::Already { id, same: true });
    let other = NewMessage { mime: b"other".to_vec(), message_id: "<2@talenta>".into(), ..letter("budi") };
    assert_eq!(state.outbox_put(&other, noon()).unwrap(), Put::Already { id, same: false });
    let mut correction = other.clone();
    correction.key.revision = 2;
    assert!(matches!(state.outbox_put(&correction, noon()).unwrap(), Put::New { .. }));
    drop(state);
    let state = reopened(&folder);
    assert_eq!(state.outbox_mime(id).unwrap(), letter("budi").mime);
    assert_eq!(state.outbox_message(id).unwrap().sha256, Digest::of(&letter("budi").mime));
    let changed = state.connection().execute("UPDATE outbox SET mime = x'00'", []);
    assert!(changed.is_err(), "stored bytes do not change");
    state.connection().execute_batch("DROP TRIGGER outbox_is_sent_as_stored; UPDATE outbox SET mime = x'00'").unwrap();
    assert!(matches!(state.outbox_mime(id), Err(Error::Damaged { .. })));
    assert!(matches!(state.outbox_mime(99), Err(Error::Unknown { id: 99, .. })));
}

#[test]
fn every_step_starts_from_its_own_state() {
    let (_folder, state) = ledger();
    let id = put(&state, "budi");
    let first = state.mark_handed_over(id, noon()).unwrap();
    assert_eq!((first.nth, stands(&state, id)), (1, OutboxState::Diserahkan));
    assert_eq!(state.outbox_due(noon()).unwrap(), vec![]);
    assert!(matches!(state.mark_handed_over(id, noon()), Err(Error::Transition { is: OutboxState::Diserahkan, .. })));
    assert!(matches!(state.resolve(id, Resolution::Resend, noon()), Err(Error::Transition { .. })));
    let at = noon() + TimeDelta::minutes(5);
    state.mark_retry(first, "451 4.7.1 greylisted", at).unwrap();
    assert_eq!(state.outbox_due(noon()).unwrap(), vec![]);
    assert_eq!(state.outbox_waiting().unwrap().len(), 1, "a person need not wait for the next attempt");
    assert_eq!(state.outbox_due(at).unwrap()[0].last_reply.as_deref(), Some("451 4.7.1 greylisted"));
    let second = state.mark_handed_over(id, at).unwrap();
    assert!(matches!(state.mark_accepted(first, "250 late", at), Err(Error::Transition { attempts: 2, .. })));
    state.mark_uncertain(second, "the link died after the final dot").unwrap();
    assert!(matches!(state.mark_accepted(second, "250", at), Err(Error::Transition { is: OutboxState::Ragu, .. })));
    assert_eq!(state.outbox_due(at + TimeDelta::days(9)).unwrap(), vec![], "never silently sent again");
    state.resolve(id, Resolution::Resend, at).unwrap();
    let third = state.mark_handed_over(id, at).unwrap();
    state.mark_failed(third, &"x".repeat(9999), at).unwrap();
    assert_eq!(state.outbox_message(id).unwrap().last_reply.unwrap().len(), 500);
    assert!(matches!(state.resolve(id, Resolution::Delivered, at), Err(Error::Transition { .. })));
    state.resolve(id, Resolution::Resend, at).unwrap();
    let fourth = state.mark_handed_over(id, at).unwrap();
    state.mark_accepted(fourth, "250 2.0.0 queued as 4Z", at).unwrap();
    let message = state.outbox_message(id).unwrap();
    assert_eq!((message.state, message.attempts, message.settled_at), (OutboxState::Diterima, 4, Some(at)));
    assert!(matches!(state.resolve(id, Resolution::Resend, at), Err(Error::Transition { .. })));
    assert_eq!(state.outbox_list(Some(OutboxState::Diterima)).unwrap(), [message]);
    assert_eq!(state.outbox_list(Some(OutboxState::Ragu)).unwrap(), []);
}

#[test]
fn a_message_handed_over_when_the_program_died_is_uncertain() {
    let (folder, state) = ledger();
    let (one, two, three) = (put(&state, "budi"), put(&state, "siti"), put(&state, "ani"));
    let attempt = state.mark_handed_over(one, noon()).unwrap();
    state.mark_body(attempt, noon()).unwrap();
    let greeted = state.mark_handed_over(three, noon()).unwrap();
    drop(state);
    let state = reopened(&folder);
    assert_eq!(stands(&state, one), OutboxState::Diserahkan, "a reader changes nothing");
    let recovered = state.recover(&lock(&folder), noon()).unwrap();
    assert_eq!((recovered.messages, recovered.unsent), (1, 1));
    assert_eq!(stands(&state, three), OutboxState::Dirender, "nothing of it had been sent");
    assert!(state.mark_body(greeted, noon()).is_err());
    assert_eq!(state.outbox_due(noon()).unwrap().len(), 2);
    assert_eq!((stands(&state, one), stands(&state, two)), (OutboxState::Ragu, OutboxState::Dirender));
    assert!(state.mark_accepted(attempt, "250", noon()).is_err(), "whoever comes back is too late");
    state.resolve(one, Resolution::Delivered, noon()).unwrap();
    assert_eq!(stands(&state, one), OutboxState::Diterima);
}

#[test]
fn a_correction_takes_the_place_of_what_nothing_was_sent_of() {
    let (_folder, state) = ledger();
    let (waits, tried) = (put(&state, "budi"), put(&state, "siti"));
    let attempt = state.mark_handed_over(tried, noon()).unwrap();
    state.mark_uncertain(attempt, "no answer").unwrap();
    let second = |recipient: &str| {
        let mut message = NewMessage { message_id: format!("<2{recipient}@talenta>"), ..letter(recipient) };
        message.key.revision = 2;
        message
    };
    let put = state.outbox_put_all(&[second("budi"), second("siti"), letter("budi")], noon()).unwrap();
    assert!(matches!(put[..], [Put::New { .. }, Put::New { .. }, Put::Already { same: true, .. }]), "{put:?}");
    assert_eq!((stands(&state, waits), stands(&state, tried)), (OutboxState::Diganti, OutboxState::Ragu));
    assert_eq!(state.outbox_due(noon()).unwrap().len(), 2);
    // All or none: the second message id is taken.
    let clash = NewMessage { message_id: "<2budi@talenta>".into(), ..letter("eko") };
    assert!(state.outbox_put_all(&[letter("dewi"), clash], noon()).is_err());
    assert_eq!(state.outbox_of(MessageKind::Laporan, "merit", december(), "dewi").unwrap(), []);
    assert_eq!(state.outbox_of(MessageKind::Laporan, "merit", december(), "budi").unwrap().len(), 2);
    assert_eq!(state.last_release_sent("merit").unwrap(), Some(3));
    assert_eq!(state.last_release_sent("lain").unwrap(), None);
}

#[test]
fn a_ledger_of_the_first_version_keeps_its_messages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(schema::STEPS[0]).unwrap();
    old.execute_batch(
        "INSERT INTO outbox (report, periode, recipient, revision, release, sender, address, subject, message_id, mime, sha256, state,
                             attempts, rendered_at, handed_over_at)
         VALUES ('merit', '2025-12', 'budi', 1, 3, 'a@b.id', 'budi@b.id', 'x', '<1@b.id>', x'00',
                 '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'DISERAHKAN', 1,
                 '2026-01-05T12:00:00.000000Z', '2026-01-05T12:00:01.000000Z');
         PRAGMA application_id = 0x544C4E54; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    let state = State::open(&path).unwrap();
    let message = &state.outbox_list(None).unwrap()[0];
    assert_eq!((message.key.kind, message.rung, message.attempts), (MessageKind::Laporan, Rung::Lengkap, 1));
    assert_eq!(state.outbox_mime(message.id).unwrap(), [0]);
    // Nobody wrote down then how far it was.
    state.recover(&lock(&folder), noon()).unwrap();
    assert_eq!(stands(&state, message.id), OutboxState::Ragu);
    assert!(state.connection().execute("UPDATE outbox SET mime = x'01'", []).is_err());
}

#[test]
fn the_kill_switch_outlives_the_process() {
    let (folder, state) = ledger();
    let id = put(&state, "budi");
    assert_eq!(state.outbox_stopped().unwrap(), None);
    state.stop_outbox("siti", noon()).unwrap();
    state.stop_outbox("budi", noon()).unwrap();
    drop(state);
    let state = reopened(&folder);
    assert_eq!(state.outbox_stopped().unwrap().unwrap().by, "siti");
    assert_eq!(state.outbox_due(noon()).unwrap(), vec![]);
    assert_eq!(state.outbox_waiting().unwrap(), vec![]);
    assert!(matches!(state.mark_handed_over(id, noon()), Err(Error::OutboxStopped { by, .. }) if by == "siti"));
    assert_eq!(stands(&state, id), OutboxState::Dirender);
    state.start_outbox().unwrap();
    assert_eq!(state.outbox_due(noon()).unwrap().len(), 1);
}

#[test]
fn two_processes_do_not_hand_over_the_same_message() {
    let (folder, state) = ledger();
    let id = put(&state, "budi");
    let won = std::thread::scope(|scope| {
        let hands: Vec<_> =
            (0..6).map(|_| scope.spawn(|| reopened(&folder).mark_handed_over(id, noon()).is_ok())).collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!((won, state.outbox_message(id).unwrap().attempts), (1, 1));
}

#[test]
fn the_audit_log_shows_where_it_was_touched() {
    let (folder, state) = ledger();
    assert_eq!(state.verify_audit().unwrap(), AuditCheck::Whole { events: 0, head: None });
    let mut head = None;
    for n in 0..5 {
        head = Some(state.audit(noon(), "budi", "sql", &json!({ "query": n })).unwrap());
    }
    drop(state);
    let state = reopened(&folder);
    assert_eq!(state.verify_audit().unwrap(), AuditCheck::Whole { events: 5, head });
    assert_eq!(state.audit_log(1).unwrap()[0].detail, json!({ "query": 4 }));
    let raw = |sql: &str| state.connection().execute_batch(sql);
    assert!(raw("UPDATE audit SET actor = 'siti' WHERE nth = 3").is_err());
    assert!(raw("DELETE FROM audit WHERE nth = 3").is_err());
    raw("DROP TRIGGER audit_is_not_rewritten; DROP TRIGGER audit_is_not_shortened").unwrap();
    raw("UPDATE audit SET actor = 'siti' WHERE nth = 3").unwrap();
    assert_eq!(state.verify_audit().unwrap(), AuditCheck::Broken { nth: 3 });
    raw("DELETE FROM audit WHERE nth = 2").unwrap();
    assert_eq!(state.verify_audit().unwrap(), AuditCheck::Broken { nth: 2 });
}

#[test]
fn the_lists_are_rebuilt_from_what_the_lake_says() {
    let (_folder, state) = ledger();
    let delivery = |name: &str, status: &str| Delivery {
        sha256: Digest::of(name.as_bytes()),
        nama_asal: name.into(),
        instansi_kode: Some("7100".into()),
        dataset: Some("asn".into()),
        periode: Some(december()),
        cakupan: String::new(),
        status: status.into(),
        berlaku: status == "DITERIMA",
        diterima_pada: Some(noon()),
        baris_dibaca: 10,
        baris_diterima: 9,
        baris_ditolak: 1,
    };
    state.note_deliveries(&[delivery("a.csv", "DITERIMA"), delivery("b.csv", "DITOLAK")]).unwrap();
    state.note_deliveries(&[delivery("a.csv", "USANG")]).unwrap();
    let unknown = Delivery { instansi_kode: None, dataset: None, periode: None, ..delivery("c.csv", "TANPA_KONTRAK") };
    state.note_deliveries(std::slice::from_ref(&unknown)).unwrap();
    assert_eq!(state.deliveries(None).unwrap().len(), 3);
    let mut of_december = state.deliveries(Some(december())).unwrap();
    of_december.sort_by(|a, b| a.nama_asal.cmp(&b.nama_asal));
    assert_eq!(of_december, [delivery("a.csv", "USANG"), delivery("b.csv", "DITOLAK")]);
    state.replace_deliveries(std::slice::from_ref(&unknown)).unwrap();
    assert_eq!(state.deliveries(None).unwrap(), [unknown]);

    let check = |tingkat, baris| CheckResult { nama: "x".into(), tingkat, baris };
    let release = |nomor| Release {
        nomor,
        job: "bulanan".into(),
        periode: december(),
        dibuat_pada: noon(),
        versi_program: "0.1.0".into(),
        tabel: BTreeMap::new(),
        pemeriksaan: vec![check(Severity::Peringatan, 2), check(Severity::Peringatan, 0), check(Severity::Gagal, 0)],
        isi: BTreeMap::new(),
        masukan: Digest::of(b"x"),
    };
    state.note_release(&release(1)).unwrap();
    state.note_release(&release(1)).unwrap();
    state.replace_releases(&[release(1), release(2)]).unwrap();
    let listed = state.releases(1).unwrap();
    assert_eq!((listed.len(), listed[0].nomor, listed[0].peringatan), (1, 2, 1));
}

#[test]
fn one_writer_at_a_time_and_the_error_says_who() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kunci");
    assert_eq!(Lock::holder(&path).unwrap(), None);
    let held = Lock::take(&path, "run bulanan\n--period 2025-12", noon()).unwrap();
    let error = Lock::take(&path, "ingest", noon()).expect_err("it is held");
    let me = std::process::id();
    let said = format!("`run bulanan --period 2025-12` (process {me}, since 2026-01-05T12:00:00Z)");
    assert!(error.to_string().contains(&said), "{error}");
    assert_eq!(Lock::holder(&path).unwrap().unwrap().pid, Some(me));
    drop(held);
    assert_eq!(Lock::holder(&path).unwrap(), None);
    drop(Lock::take(&path, "ingest", noon()).unwrap());
    assert!(matches!(Lock::take(&folder.path().join("no/such"), "x", noon()), Err(Error::Lock { .. })));
}
