//! Whether, when and how a report leaves: conditions, hours, holidays, lateness, missing data, failure, and what the operator hears.

use crate::harness::{TestProject, province};
use crate::mail::outbox;
use crate::outbox::{first_report, one_reader, only_report, second_reader};
use chrono::{FixedOffset, Utc};
use mail_parser::{MessageParser, MimeHeaders as _};
use std::fs;

const RUN: [&str; 4] = ["run", "bulanan", "--period", "2025-12"];

/// A project whose month was released, with an empty outbox and a job that goes on from there, with these lines under its report.
fn released(more: &str) -> TestProject {
    let project = TestProject::copy_of(province());
    for file in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        let _ = fs::remove_file(project.path(file));
    }
    fs::remove_dir_all(project.path("surat")).unwrap();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        let start = text.find("steps = ").unwrap();
        let end = start + text[start..].find('\n').unwrap();
        format!("{}steps = [\"render\", \"outbox\", \"send\"]{}", &text[..start], &text[end..])
    });
    one_reader(&project);
    only_report(&project, more);
    project
}

fn operator(project: &TestProject) {
    project.edit("talenta.toml", |text| {
        text.replace(
            "folder = \"surat\"\n",
            "folder = \"surat\"\noperator = \"Operator <operator@localhost>\"\noperator_hour = 0\n",
        )
    });
}

/// Every message on disk: to whom, subject, plain text.
fn mails(project: &TestProject) -> Vec<(String, String, String)> {
    let Ok(entries) = fs::read_dir(project.path("surat")) else { return Vec::new() };
    let mut found: Vec<(String, String, String)> = entries
        .map(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let message = MessageParser::default().parse(&bytes).unwrap();
            let to = message.to().unwrap().first().unwrap().address().unwrap().to_string();
            (to, message.subject().unwrap().to_string(), message.body_text(0).unwrap().into_owned())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_query_decides_whether_a_report_leaves() {
    let kept = |condition: &str| released(&format!("send_if = {{ query = \"{condition} }}\n"));
    let none = kept("select 1 as n from t01 where false\"");
    none.talenta(&RUN).code(0).says("does not leave: its query gives 0 rows, fewer than 1").says("mail: 0 new, 0 sent");
    assert!(outbox(&none).is_empty());
    let few = kept("select count(distinct instansi_kode) as n from pegawai\", above = 15");
    few.talenta(&RUN).code(0).says("does not leave: its query gives 15, not above 15");
    let enough = kept("select count(distinct instansi_kode) as n from pegawai\", above = 14.5");
    enough.talenta(&["plan", "bulanan", "--period", "2025-12"]).code(0).says("if its query passes the limit");
    enough.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    // Nothing to compare with: it has changed.
    kept("select 3\", change = 1").talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    // A condition that cannot be decided is a failed report.
    kept("select nama from pegawai\", below = 5").talenta(&RUN).code(1).says("must give one row with a number first");
}

#[test]
fn a_report_waits_for_its_hours_and_days() {
    let now = Utc::now().with_timezone(&FixedOffset::east_opt(7 * 3600).unwrap());
    let closed = if now.format("%H").to_string() < "12".to_string() { "20.00-21.30" } else { "02.00-03.00" };
    let project = released(&format!("window = \"{closed}\"\n"));
    project.talenta(&["plan", "bulanan", "--period", "2025-12"]).code(0).says(&format!(", {closed} WIB"));
    project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent");
    project.talenta(&["outbox", "list"]).code(0).says("DIRENDER").says("not before ").says(&closed[..5]);
    project.talenta(&["outbox", "send"]).code(0).says("0 sent").says("1 waiting for their hours");
    assert_eq!(outbox(&project)[0]["attempts"], 0, "it was not tried");
    project.talenta(&["outbox", "send", "--now"]).code(0).says("1 sent");

    let project = released("working_days = true\n");
    let today = now.date_naive();
    project.write(
        "queries/rules/hari_libur.csv",
        format!("tanggal,keterangan,valid_from,valid_to,source,status\n{today},Uji,,,uji,confirmed\n"),
    );
    project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent");
    let next = outbox(&project)[0]["next_attempt_at"].as_str().unwrap().to_string();
    assert!(next.as_str() > now.with_timezone(&Utc).to_rfc3339().as_str(), "{next}");
}

#[test]
fn a_late_report_says_so_and_a_correction_says_what_it_replaces() {
    let project = released("late_after_hours = 24\n");
    project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    let all = mails(&project);
    assert!(all[0].1.starts_with("[Terlambat] ") && all[0].1.chars().count() <= 78, "{}", all[0].1);
    assert!(all[0].2.contains("seharusnya dikirim 10 Januari 2026 06.00 WIB"), "{}", all[0].2);
    project.talenta(&["outbox", "list"]).code(0).says("(late; ");
    // A deadline far away: not late.
    let project = released("late_after_hours = 100000\n");
    project.talenta(&RUN).code(0);
    assert!(!mails(&project)[0].1.contains("Terlambat"));
    // Another release of the month replaces what was sent.
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        text.replace("[\"render\",", "[\"ingest\", \"marts\", \"checks\", \"release\", \"render\",")
    });
    project.edit("inbox/6705/rw_skp22_6705_2025-12.csv", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 2].iter().map(|line| format!("{line}\n")).collect()
    });
    project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    let all = mails(&project);
    let second = all.iter().find(|it| it.1.starts_with("[Perbaikan] ")).unwrap();
    assert!(second.2.contains("menggantikan laporan yang dikirim"), "{}", second.2);
}

#[test]
fn a_correction_takes_the_place_of_what_was_not_sent_yet() {
    let project = released("");
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        text.replace("[\"render\",", "[\"ingest\", \"marts\", \"checks\", \"release\", \"render\",")
    });
    project.talenta(&["outbox", "stop"]).code(0);
    project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent");
    project.edit("inbox/6705/rw_skp22_6705_2025-12.csv", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 2].iter().map(|line| format!("{line}\n")).collect()
    });
    project.talenta(&RUN).code(0).says("mail: 1 new, 0 sent");
    project.talenta(&["outbox", "start"]).code(0);
    project.talenta(&["outbox", "send"]).code(0).says("1 sent");
    let states: Vec<String> = outbox(&project).iter().map(|it| it["state"].as_str().unwrap().into()).collect();
    assert_eq!(states, ["DIGANTI", "DITERIMA"]);
    let all = mails(&project);
    assert!(all.len() == 1 && !all[0].1.contains("Perbaikan"), "the reader knows of one report: {}", all[0].1);
}

#[test]
fn readers_hear_who_did_not_send_what_and_get_the_report_when_it_comes() {
    let project = TestProject::new();
    one_reader(&project);
    only_report(&project, "needs = [\"pegawai\"]\nneeds_from = [\"6705\"]\n");
    project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    let all = mails(&project);
    assert!(
        all[0].1.starts_with("Tidak ada laporan Desember 2025: ") && all[0].1.ends_with("belum mengirim pegawai"),
        "{}",
        all[0].1
    );
    assert!(all[0].2.contains("belum kami terima") && all[0].2.contains(": pegawai"), "{}", all[0].2);
    assert!(!project.path("laporan").exists(), "no report was made");
    let message = &outbox(&project)[0];
    assert_eq!((&message["key"]["kind"], &message["key"]["report"]), (&"TANPA_LAPORAN".into(), &first_report().into()));
    project.talenta(&RUN).code(0).says("mail: 0 new, 0 sent");
    project.run(&["sample", &project.root().display().to_string(), "--employees", "150"]).code(0);
    project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    let kinds: Vec<String> = outbox(&project).iter().map(|it| it["key"]["kind"].as_str().unwrap().into()).collect();
    assert_eq!(kinds, ["TANPA_LAPORAN", "LAPORAN"]);
    project.talenta(&RUN).code(0).says("mail: 0 new, 0 sent");
}

#[test]
fn only_a_new_release_leaves() {
    let project = released("only_new_release = true\n");
    project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
    second_reader(&project);
    project.talenta(&RUN).code(0).says("does not leave: release 1 was sent before").says("mail: 0 new, 0 sent");
}

#[test]
fn of_a_failed_report_the_operator_hears_and_readers_do_not() {
    let project = released("");
    operator(&project);
    project.edit("talenta.toml", |text| format!("{text}\n[limits]\nrecipients_max = 1\n"));
    second_reader(&project);
    let why = format!("report `{}` was sent to nobody: ", first_report());
    project.talenta(&RUN).code(1).says(&why).says("more than recipients_max (1)");
    let all = mails(&project);
    assert_eq!(all.len(), 1, "readers hear nothing");
    assert_eq!(
        (all[0].0.as_str(), all[0].1.as_str()),
        ("operator@localhost", "[Talenta] Pekerjaan bulanan untuk 2025-12 gagal")
    );
    assert!(all[0].2.replace('\n', " ").contains("recipients_max"), "{}", all[0].2);
    project
        .talenta(&["status"])
        .code(0)
        .says("readers without their report:")
        .says("run of `bulanan` for 2025-12 GAGAL");
    // Mended, the run is made good and nothing is owed any more.
    project.edit("talenta.toml", |text| text.replace("recipients_max = 1", "recipients_max = 2"));
    project.talenta(&RUN).code(0).says("mail: 2 new, 2 sent");
    project.talenta(&["status"]).code(0).says("every reader got every report");
}

#[test]
fn check_names_every_condition_that_cannot_be_kept() {
    let project = TestProject::new();
    only_report(
        &project,
        "window = \"07.00\"\nworking_days = true\nlate_after_hours = 0\nneeds = [\"pegawa\"]\nneeds_from = [\"9999\"]\n\
         send_if = { query = \"select jpp from t01\", rows = 1, above = 3 }\nony_new_release = true\n",
    );
    fs::remove_file(project.path("queries/rules/hari_libur.csv")).unwrap();
    let said = project.talenta(&["check"]).code(1).err;
    for part in [
        "report[0].window: is no span of hours",
        "report[0].late_after_hours: is not a positive number",
        "report[0].send_if.rows: is not the only thing asked",
        "report[0].ony_new_release: unknown key",
        "did you mean `only_new_release`?",
    ] {
        assert!(said.contains(part), "`{part}` is not in\n{said}");
    }
    let project = TestProject::new();
    only_report(&project, "window = \"16.00-07.00\"\n");
    project.talenta(&["check"]).code(1).says("report[0].window: ends before it begins");
    let project = TestProject::new();
    only_report(&project, "send_if = { query = \"select jpp from t01\" }\n");
    project.talenta(&["check"]).code(1).says("report[0].send_if.query: ").says("jpp");
    let project = TestProject::new();
    fs::remove_file(project.path("queries/rules/hari_libur.csv")).unwrap();
    only_report(&project, "working_days = true\nneeds = [\"pegawa\"]\nneeds_from = [\"9999\"]\n");
    let said = project.talenta(&["check"]).code(1).err;
    for part in [
        "report[0].working_days: needs the days on which offices are closed",
        "report[0].needs: no contract makes `pegawa`",
        "did you mean `pegawai`?",
        "report[0].needs_from: no government has the code `9999`",
    ] {
        assert!(said.contains(part), "`{part}` is not in\n{said}");
    }
}

#[test]
fn mail_goes_nowhere_but_to_the_domains_of_the_settings() {
    let project = TestProject::new();
    project.edit("talenta.toml", |text| {
        text.replace("folder = \"surat\"\n", "folder = \"surat\"\ndomains = [\"*.go.id\"]\n")
    });
    project.talenta(&["check"]).code(1).says("is outside mail.domains").says("recipients.toml:");
    project.edit("talenta.toml", |text| text.replace("\"*.go.id\"", "\"*.go.id\", \"localhost\""));
    project.talenta(&["check"]).code(0);
}

#[test]
fn files_that_do_not_fit_stay_behind_and_the_message_says_where_they_are() {
    let sent = |limits: &str| {
        let project = released("");
        project.edit("talenta.toml", |text| {
            let text = text
                .replace("folder = \"surat\"\n", "folder = \"surat\"\nfiles_at = \"https://talenta.contoh.go.id\"\n");
            format!("{text}\n[limits]\n{limits}\n")
        });
        project.talenta(&RUN).code(0).says("mail: 1 new, 1 sent");
        let file = fs::read_dir(project.path("surat")).unwrap().next().unwrap().unwrap().path();
        let bytes = fs::read(file).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        let names: Vec<String> =
            message.attachments().filter_map(|it| it.attachment_name().map(str::to_string)).collect();
        let bodies = (message.body_text(0).unwrap().replace('\n', " "), message.body_html(0).unwrap().into_owned());
        (outbox(&project)[0]["rung"].as_str().unwrap().to_string(), names, bodies, bytes.len())
    };
    let (rung, whole, _, bytes) = sent("message_bytes_max = 9000000");
    assert_eq!(rung, "LENGKAP");
    let files = |names: &[String]| names.iter().filter(|it| it.ends_with(".pdf") || it.ends_with(".xlsx")).count();
    assert_eq!(files(&whole), 2, "{whole:?}");
    let (rung, names, (text, html), _) = sent(&format!("message_bytes_max = {}", bytes - 1));
    assert_eq!((rung.as_str(), files(&names)), ("PDF", 1));
    for body in [text, html] {
        assert!(
            body.contains("Tidak dilampirkan")
                && body.contains(".xlsx")
                && body.contains("https://talenta.contoh.go.id")
        );
    }
    let (rung, names, (text, _), _) = sent("attachment_bytes_max = 2000");
    assert_eq!((rung.as_str(), files(&names)), ("RINGKAS", 0));
    assert!(text.contains(".pdf") && text.contains(".xlsx") && text.len() > 1000, "never an empty mail");
    let (rung, _, (text, html), bytes) = sent("message_bytes_max = 40000");
    assert!(rung == "RINGKAS" && bytes <= 40_000 && text.len() > 1000 && html.contains("<pre"), "{bytes}");
}
