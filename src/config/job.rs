//! The shapes of `pipelines/jobs/<name>.toml` and `recipients.toml`. Refuses jobs whose steps stand in an order that cannot work.

use crate::config::doc::Doc;
use crate::config::job_report::job_report;
use crate::model::job::{Job, Recipient, Step};
use crate::model::problem::Problem;

/// Reads one job; `name` is the file stem.
pub fn job(name: &str, file: &str, text: &str) -> Result<Job, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let about = root.text("about");
    let inbox = root.text_opt("inbox").unwrap_or_else(|| "inbox".into());
    let (mut cron, mut time_zone) = (String::new(), String::new());
    match root.section("schedule") {
        Some(schedule) => {
            cron = schedule.text("cron");
            time_zone = schedule.text("time_zone");
            schedule.close();
        }
        None => root.problem("schedule", "is missing", Some("write `[schedule]` with cron and time_zone".into())),
    }
    let mut steps = Vec::new();
    for word in root.texts("steps") {
        match Step::ALL.iter().find(|(name, _)| *name == word) {
            Some((_, step)) => steps.push(*step),
            None => {
                let hint = crate::model::problem::did_you_mean(&word, Step::ALL.iter().map(|(name, _)| *name));
                root.problem("steps", format!("unknown step `{word}`"), hint);
            }
        }
    }
    if !steps.windows(2).all(|pair| pair[0] < pair[1]) {
        let order: Vec<&str> = Step::ALL.iter().map(|(name, _)| *name).collect();
        root.problem("steps", "stand in an order that cannot work", Some(format!("keep to {}", order.join(", "))));
    }
    let reports = root.sections("report").iter().map(job_report).collect();
    root.close();
    let problems = doc.finish();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Job { name: name.into(), about, cron, time_zone, steps, inbox, reports })
}

/// Reads the people who get reports.
pub fn recipients(file: &str, text: &str) -> Result<Vec<Recipient>, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let mut found: Vec<Recipient> = Vec::new();
    for section in root.sections("recipient") {
        let address = section.text("address");
        if !address.contains('@') || address.contains(char::is_whitespace) {
            section.problem("address", "is no mail address", Some("write it as name@host".into()));
        }
        if found.iter().any(|other| other.address == address) {
            section.problem("address", "stands twice", Some("list each address once, with all its groups".into()));
        }
        let (name, jabatan, groups) = (section.text("name"), section.text("jabatan"), section.texts("groups"));
        let principal = section.text_opt("principal").unwrap_or_else(|| {
            if !section.has("principal") {
                let hint = "name a [[principal]] of access.toml: the report holds what it may see";
                section.problem("principal", "is missing", Some(hint.into()));
            }
            String::new()
        });
        found.push(Recipient { name, jabatan, address, principal, groups });
        section.close();
    }
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_the_order_of_the_way() {
        let text = "version = 1\nabout = 'x'\nsteps = ['marts', 'ingest', 'sned']\n[schedule]\ncron = '0 0 6 5 * *'\ntime_zone = 'Asia/Pontianak'\n";
        let shown: Vec<String> = job("b", "b.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "b.toml:3: steps: stand in an order that cannot work\n    hint: keep to ingest, marts, checks, release, render, outbox, send",
                "b.toml:3: steps: unknown step `sned`\n    hint: did you mean `send`?",
            ]
        );
    }
}
