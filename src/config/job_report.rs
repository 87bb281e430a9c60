//! The shape of a `[[report]]` of a job: its readers and its conditions. Refuses conditions that can never hold.

use crate::config::doc::Section;
use crate::model::calendar::Gate;
use crate::model::condition::{Answer, Conditions, SendIf};
use crate::model::job::JobReport;

/// Reads one `[[report]]`.
pub fn job_report(section: &Section<'_, '_>) -> JobReport {
    let (from_minute, to_minute) = window(section).map_or((None, None), |(from, to)| (Some(from), Some(to)));
    let conditions = Conditions {
        send_if: section.section("send_if").map(|it| send_if(&it)),
        gate: Gate { from_minute, to_minute, working_days: section.truth("working_days", false) },
        late_after_hours: hours(section, "late_after_hours"),
        needs: section.texts("needs"),
        needs_from: section.texts("needs_from"),
        only_new_release: section.truth("only_new_release", false),
    };
    if !conditions.needs_from.is_empty() && conditions.needs.is_empty() {
        section.problem("needs_from", "stands without `needs`", Some("say which datasets they must have sent".into()));
    }
    let report = JobReport { name: section.text("name"), to: section.texts("to"), conditions };
    section.close();
    report
}

/// `07.00-16.00`, WIB.
fn window(section: &Section<'_, '_>) -> Option<(u32, u32)> {
    let text = section.text_opt("window")?;
    let clock = |text: &str| {
        let (hour, minute) = text.trim().split_once(['.', ':'])?;
        let two = |text: &str| {
            (text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
        };
        let (hour, minute) = (two(hour)?, two(minute)?);
        (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
    };
    let read = text.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)));
    match read {
        Some((from, to)) if from < to => Some((from, to)),
        Some(_) => {
            section.problem("window", "ends before it begins", Some("hours of one day, such as 07.00-16.00".into()));
            None
        }
        None => {
            section.problem("window", "is no span of hours", Some("write hours in WIB, such as 07.00-16.00".into()));
            None
        }
    }
}

fn send_if(section: &Section<'_, '_>) -> SendIf {
    let sql = section.text("query");
    let mut asked = Vec::new();
    if section.has("rows") {
        asked.push(Answer::Rows(hours(section, "rows").unwrap_or(1)));
    }
    let numbers = [
        section.number_opt("above").map(Answer::Above),
        section.number_opt("below").map(Answer::Below),
        section.number_opt("change").map(Answer::Change),
    ];
    asked.extend(numbers.into_iter().flatten());
    if asked.len() > 1 {
        section.problem("rows", "is not the only thing asked", Some("keep one of rows, above, below, change".into()));
    }
    if asked.iter().any(|it| matches!(it, Answer::Change(by) if *by <= 0.0)) {
        section.problem("change", "always holds", Some("write by how much the number must move, such as 0.05".into()));
    }
    section.close();
    SendIf { sql, is: asked.first().copied().unwrap_or(Answer::Rows(1)) }
}

/// A whole number above zero.
fn hours(section: &Section<'_, '_>, key: &str) -> Option<u64> {
    let value = section.integer_opt(key)?;
    let positive = u64::try_from(value).ok().filter(|it| *it > 0);
    if positive.is_none() {
        section.problem(key, "is not a positive number", None);
    }
    positive
}
