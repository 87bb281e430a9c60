//! The clock: when jobs are due, a due month done once, an orderly end, one writer at a time.

use crate::harness::{TestProject, province};
use serde_json::Value;
use std::io::Read as _;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

fn status(project: &TestProject) -> Value {
    project.talenta(&["status", "--json"]).code(0).json()
}

/// Waits until the condition holds; fails after a minute.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what} did not happen");
        thread::sleep(Duration::from_millis(100));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Exit code and stderr, within the time.
#[track_caller]
fn ended(mut child: Child, most: Duration) -> (Option<i32>, String) {
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > most {
            child.kill().unwrap();
            panic!("still running after {most:?}");
        }
        thread::sleep(Duration::from_millis(20));
    };
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (status.code(), err)
}

#[test]
fn the_list_speaks_wib() {
    let project = TestProject::new();
    let listed = project.talenta(&["schedule", "list"]).code(0).out;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    for line in &lines {
        assert!(line.starts_with("bulanan ") && line.contains(" 06.00 WIB for 20"), "{line}");
        assert!(line.contains("10 "), "{line}");
    }
    let json = project.talenta(&["schedule", "list", "--json"]).code(0).json();
    let times: Vec<&str> = json.as_array().unwrap().iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert!(times.len() == 3 && times.iter().all(|it| it.contains("-09T23:00:00")), "{times:?}");
}

#[test]
fn a_blackout_owes_each_month_once_and_an_old_one_to_a_person() {
    let project = TestProject::new();
    let simulate =
        |from: &str, until: &str| project.talenta(&["schedule", "simulate", "--from", from, "--until", until]);
    let said = simulate("2026-03-08T12:00", "2026-05-12T08:00").code(0).out;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert_eq!(lines[0], "bulanan      2026-02 due 10 Maret 2026 06.00 WIB, run 12 Mei 2026 08.00 WIB, 63 days late");
    assert!(lines[2].contains("2026-04 due 10 Mei 2026") && lines[2].ends_with(", 2 days late"), "{said}");
    assert!(lines[3].contains("2026-05 next 10 Juni 2026"), "{said}");
    simulate("2026-03-10T06:00", "2026-03-11T06:00").code(0).says("nothing falls due meanwhile");
    let old = simulate("2024-01-01T00:00", "2026-01-01T00:00").code(0).out;
    assert_eq!(old.lines().filter(|it| it.contains("not made up for")).count(), 11, "{old}");
    simulate("2026-03-10T06:00", "2026-03-10T06:00").code(1);
    simulate("kemarin", "2026-03-10T06:00").code(1).says("is no moment written such as");
}

#[test]
fn what_fell_due_while_no_daemon_ran_is_made_up_for_once() {
    let project = TestProject::new();
    let month = status(&project)["periode"].as_str().unwrap().to_string();
    // Due on the first of this month, and a daemon looked at the clock before that.
    project.edit("pipelines/jobs/bulanan.toml", |text| text.replace("0 0 6 10 * *", "0 0 0 1 * *"));
    let ledger = rusqlite::Connection::open(project.path("state.sqlite")).unwrap();
    let (year, mm) = month.split_once('-').unwrap();
    let looked = format!("{year}-{mm}-20T00:00:00.000000Z");
    ledger.execute("INSERT INTO looks (what, at) VALUES ('schedule', ?1)", [&looked]).unwrap();
    drop(ledger);
    let daemon = project.start(&["schedule", "run"]);
    until("the run that was missed", || status(&project)["runs"][0]["status"] == "SELESAI");
    signal(&daemon, "-INT");
    assert_eq!(ended(daemon, Duration::from_secs(30)).0, Some(0));
    let runs = status(&project)["runs"].clone();
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["periode"]), (1, &month.as_str().into()), "{runs}");
}

#[test]
fn a_due_month_is_done_once_and_an_interrupt_ends_in_order() {
    let project = TestProject::new();
    project.edit("pipelines/jobs/bulanan.toml", |text| text.replace("0 0 6 10 * *", "* * * * * *"));
    let daemon = project.start(&["schedule", "run"]);
    until("the run of the due month", || status(&project)["runs"][0]["status"] == "SELESAI");
    // The clock goes on ringing for the same month.
    thread::sleep(Duration::from_secs(3));
    signal(&daemon, "-INT");
    let (code, err) = ended(daemon, Duration::from_secs(10));
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("schedule ended"), "{err}");
    let after = status(&project);
    assert_eq!(after["runs"].as_array().unwrap().len(), 1, "{after}");
    assert_eq!(after["release"]["nomor"], 1);
    assert_eq!(after["release"]["periode"], after["periode"], "the last full month");
    assert_eq!(after["writer"], Value::Null);

    // Another daemon finds the month done.
    let daemon = project.start(&["schedule", "run"]);
    thread::sleep(Duration::from_secs(4));
    signal(&daemon, "-INT");
    assert_eq!(ended(daemon, Duration::from_secs(10)).0, Some(0));
    assert_eq!(status(&project)["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let project = TestProject::copy_of(province());
    let first = project.start(&["run", "bulanan", "--period", "2025-11"]);
    until("the first run", || status(&project)["writer"].is_string());
    let refused = project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(1);
    assert!(
        refused.err.contains("run bulanan") && refused.err.contains(&format!("process {}", first.id())),
        "{}",
        refused.err
    );
    // Readers are not kept waiting.
    assert_eq!(project.sql("select count(distinct periode) as n from t01"), ["n", "1"]);
    project.talenta(&["status"]).code(0).says("writing now: `run bulanan`");
    let (code, err) = ended(first, Duration::from_secs(120));
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn a_killed_run_is_shown_as_cut_off_and_can_be_done_again() {
    let project = TestProject::copy_of(province());
    let query = "select count(*) as n, sum(jp) as jp from t01";
    let before = project.sql(query);
    let mut run = project.start(&["run", "bulanan", "--period", "2025-11"]);
    until("the step marts", || status(&project)["runs"][0]["step"] == "marts");
    run.kill().unwrap();
    run.wait().unwrap();
    project.talenta(&["status"]).code(0).says("of 2025-11 began").says("TERPUTUS");
    assert_eq!(status(&project)["runs"][0]["status"], "TERPUTUS");
    assert_eq!(project.sql(query), before);
    // The next writer notes it, whatever it writes.
    project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0).says("release 1 of 2025-12 stands");
    let runs = status(&project)["runs"].clone();
    assert_eq!((&runs[0]["status"], &runs[1]["status"]), (&"SELESAI".into(), &"TERPUTUS".into()), "{runs}");
    project.talenta(&["run", "bulanan", "--period", "2025-11"]).code(0).says("release 2 of 2025-11 published");
    assert_eq!(project.sql("select count(*) as n, sum(jp) as jp from t01 where periode = '2025-12'"), before);
}
