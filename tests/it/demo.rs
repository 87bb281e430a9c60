//! `talenta demo`: what a newcomer sees, and that all of it holds: the figures, the files, the commands to try next.

use crate::harness::{Ran, TestProject, province};
use std::fs;
use std::process::Command;

fn demo(project: &TestProject) -> Ran {
    project.run(&["demo", "--employees", "200", "--dir", "coba dulu"])
}

/// The number after a label.
#[track_caller]
fn number(line: &str) -> u64 {
    line.chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap_or_else(|_| panic!("no number in `{line}`"))
}

#[test]
fn the_demo_keeps_what_it_prints() {
    let project = TestProject::empty();
    let out = demo(&project).code(0).out;
    let line =
        |label: &str| out.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("`{label}`:\n{out}"));
    assert!(number(line("files received")) > 50, "{out}");
    let (read, rest) = line("rows read").split_once('=').unwrap();
    let (accepted, rejected) = rest.split_once('+').unwrap();
    assert!(number(read) > 1000 && number(rejected) > 0, "{out}");
    assert_eq!(number(read), number(accepted) + number(rejected), "{out}");
    assert!(number(line("rows repaired")) > 0, "{out}");
    assert!(line("release").ends_with("1 of 2025-12"), "{out}");
    let from = out.lines().position(|line| line.starts_with("reports")).unwrap();
    let reports = out.lines().skip(from).take_while(|line| !line.starts_with("mails written"));
    let reports: Vec<&str> = reports.map(|line| line.trim_start_matches("reports").trim()).collect();
    assert_eq!(reports.len(), 7, "{out}");
    for report in reports {
        let (folder, rest) = report.rsplit_once(" (").unwrap();
        assert!(number(rest) > 0 && fs::read_dir(folder).unwrap().count() > 0, "{report}");
    }
    let mails = fs::read_dir(project.outside("coba dulu/surat")).unwrap();
    let mails = mails.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "eml")).count() as u64;
    assert!(line("mails written").starts_with(&format!("mails written    {mails} to ")) && mails > 0, "{out}");

    // As a newcomer would: each command pasted into a shell, with the program on the path.
    let commands: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("  talenta ")).collect();
    assert_eq!(commands.len(), 4, "{out}");
    for command in commands {
        let line = format!("'{}' {command}", env!("CARGO_BIN_EXE_talenta"));
        let ran = Command::new("sh").args(["-c", &line]).current_dir(project.outside(".")).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(!ran.stdout.is_empty(), "{command}");
    }

    let again = demo(&project).code(1).says("holds a project already").says("--dir");
    let hint = again.err.split('`').find(|it| it.starts_with("talenta run")).unwrap().to_string();
    let line = hint.replacen("talenta", &format!("'{}'", env!("CARGO_BIN_EXE_talenta")), 1);
    let ran = Command::new("sh").args(["-c", &line]).current_dir(project.outside(".")).output().unwrap();
    assert!(ran.status.success(), "{hint}: {}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("nothing changed"), "{hint}");
}

#[test]
fn a_report_rendered_twice_has_the_same_bytes() {
    let project = TestProject::copy_of(province());
    let render = |folder: &str| {
        let folder = project.outside(folder);
        let name = folder.display().to_string();
        project.talenta(&["report", "render", "ringkasan-gubernur", "--output", &name]).code(0);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|it| (it.file_name().unwrap().to_owned(), fs::read(it).unwrap())).collect::<Vec<_>>()
    };
    let (first, second) = (render("satu"), render("dua"));
    assert!(first.len() >= 5);
    for ((name, one), (other, two)) in first.iter().zip(&second) {
        assert_eq!(name, other);
        assert!(one == two, "{} differs", name.display());
    }
    // And the run itself had written the same.
    for (name, bytes) in &first {
        let there = project.path("laporan/ringkasan-gubernur/2025-12/sekda").join(name);
        assert!(fs::read(&there).unwrap() == *bytes, "{} differs from the file of the run", name.display());
    }
}

#[test]
fn other_programs_open_the_lake() {
    let python = std::env::var("TALENTA_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lake_opens.py");
    let Ok(ran) = Command::new(&python).arg(script).arg(province()).output() else {
        eprintln!("the lake was not opened by others: there is no `{python}`; set TALENTA_PYTHON");
        return;
    };
    let out = String::from_utf8_lossy(&ran.stdout);
    if ran.status.code() == Some(3) {
        eprintln!("the lake was not opened by others: {}", out.trim());
        return;
    }
    assert!(ran.status.success(), "{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(out.lines().count() > 40 && out.lines().all(|line| line.ends_with("\tok")), "{out}");
}
