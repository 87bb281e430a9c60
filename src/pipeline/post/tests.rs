//! Messages made at a desk: to whom, under which key, with what said above. Refuses a lake: the report is drawn already.

use super::*;
use crate::pipeline::init::init;
use crate::pipeline::progress::Unwatched;
use crate::report::{File, Inline};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// A new project with an operator, its ledger, and the noon of 5 January 2026.
fn office(mail: &str) -> (TempDir, Project, State, World) {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path()).unwrap();
    let settings = folder.path().join("talenta.toml");
    let text =
        fs::read_to_string(&settings).unwrap().replace("folder = \"surat\"\n", &format!("folder = \"surat\"\n{mail}"));
    fs::write(&settings, text).unwrap();
    let project = Project::load(folder.path(), None).unwrap();
    let state = State::open(&folder.path().join("state.sqlite")).unwrap();
    let world = World {
        clock: || "2026-01-05T05:00:00Z".parse().unwrap(),
        env: BTreeMap::new(),
        program: PathBuf::new(),
        threads: 1,
        progress: Arc::new(Unwatched),
    };
    (folder, project, state, world)
}

fn release(project: &Project) -> Release {
    Release {
        nomor: 7,
        job: "bulanan".into(),
        periode: "2025-12".parse().unwrap(),
        dibuat_pada: "2026-01-05T04:00:00Z".parse().unwrap(),
        versi_program: "0.1.0".into(),
        tabel: BTreeMap::new(),
        pemeriksaan: Vec::new(),
        isi: project.digests(),
        masukan: Digest::of(b"x"),
    }
}

fn drawn(project: &Project) -> Drawn {
    let (report, reader) = (&project.jobs[0].reports[0].name, project.recipients[0].clone());
    let rendered = Rendered {
        subject: "Ringkasan Des 2025: enam daerah di bawah capaian".into(),
        html: "<html><body><p>angka</p><img src=\"cid:g@x\"></body></html>".into(),
        text: "angka\n".into(),
        inline: vec![Inline { cid: "g@x".into(), file_name: "g.png".into(), png: vec![7; 9], alt: "gambar".into() }],
        files: vec![File { kind: crate::model::report::AttachmentKind::Pdf, name: "a.pdf".into(), bytes: vec![1; 99] }],
        data_json: b"{}".to_vec(),
        warnings: Vec::new(),
    };
    let pin = Pin {
        report: report.clone(),
        periode: "2025-12".parse().unwrap(),
        release: 7,
        earlier: None,
        reader: reader.clone(),
        office: project.settings.office.clone(),
        files: Digest::of(b"files"),
        program: "0.1.0".into(),
        document: Digest::of(b"{}"),
    };
    Drawn { report: report.clone(), reader, pin, rendered }
}

const OPERATOR: &str = "operator = \"Operator <operator@localhost>\"\n";

#[test]
fn a_test_goes_to_the_operator_and_counts_for_nothing() {
    let (folder, project, state, world) = office(OPERATOR);
    let (release, drawn) = (release(&project), drawn(&project));
    for nth in 1..=2 {
        let posted = send_test(&project, &state, &drawn, &release, &world).unwrap();
        assert_eq!((posted.accepted, posted.failed), (1, 0));
        let tests = state.outbox_of(MessageKind::Uji, &drawn.report, release.periode, "operator@localhost").unwrap();
        assert_eq!(tests.len(), nth);
        assert!(tests.iter().all(|it| it.subject.starts_with("[UJI] ") && it.address == "operator@localhost"));
    }
    assert_eq!(fs::read_dir(folder.path().join("surat")).unwrap().count(), 2);
    let mime = String::from_utf8(state.outbox_mime(1).unwrap()).unwrap();
    assert!(mime.contains("Surat uji.") && mime.contains(&drawn.reader.address), "{mime}");
    // The report itself is still to come, and nothing of it was sent before.
    assert_eq!(state.last_release_sent(&drawn.report).unwrap(), None);
    let stored = || {
        let message =
            prepare(Desk { project: &project, state: &state, world: &world }, &drawn, &release, 1, &Terms::default())?;
        Ok::<_, PostError>(state.outbox_put(&message, world.now())?)
    };
    assert!(matches!(stored().unwrap(), Put::New { .. }));
    assert!(matches!(stored().unwrap(), Put::Already { .. }));
    assert_eq!(send_due(&project, &state, &world).unwrap().accepted, 1);
    assert_eq!(state.last_release_sent(&drawn.report).unwrap(), Some(7));
}

#[test]
fn without_an_operator_there_is_no_test() {
    let (_folder, project, state, world) = office("");
    let error = send_test(&project, &state, &drawn(&project), &release(&project), &world).unwrap_err();
    assert!(error.to_string().contains("mail.operator is not set") && error.to_string().contains("hint: "), "{error}");
    assert_eq!(state.outbox_list(None).unwrap(), []);
}

#[test]
fn what_is_said_above_follows_from_what_was_sent_and_from_the_time() {
    let (_folder, project, state, world) = office("");
    let (release, drawn) = (release(&project), drawn(&project));
    let desk = Desk { project: &project, state: &state, world: &world };
    let late = Terms {
        planned: Some(world.now() - TimeDelta::hours(30)),
        due_at: Some(world.now() - TimeDelta::hours(6)),
        ..Terms::default()
    };
    let first = prepare(desk, &drawn, &release, 1, &late).unwrap();
    assert!(first.subject.starts_with("[Terlambat] "), "{}", first.subject);
    let text = String::from_utf8(first.mime.clone()).unwrap();
    assert!(text.contains("seharusnya dikirim 4 Januari 2026 06.00 WIB"), "{text}");
    // It waits for its hours: late is counted from there.
    let waits = Terms {
        not_before: Some(world.now() + TimeDelta::hours(2)),
        due_at: Some(world.now() + TimeDelta::hours(1)),
        ..late
    };
    assert!(prepare(desk, &drawn, &release, 1, &waits).unwrap().subject.starts_with("[Terlambat] "));
    assert!(!prepare(desk, &drawn, &release, 1, &Terms::default()).unwrap().subject.starts_with('['));
    state.outbox_put(&first, world.now()).unwrap();
    // Stored is not sent: the reader knows of nothing yet.
    assert!(!prepare(desk, &drawn, &release, 2, &Terms::default()).unwrap().subject.starts_with('['));
    send_due(&project, &state, &world).unwrap();
    let second = prepare(desk, &drawn, &release, 2, &late).unwrap();
    assert!(second.subject.starts_with("[Perbaikan] "), "a correction is not late: {}", second.subject);
    assert_ne!(first.message_id, second.message_id);
    assert_eq!((first.key.revision, second.key.revision), (1, 2));
}
