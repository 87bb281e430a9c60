//! What the conditions of jobs say of other files: holidays, datasets, governments, domains. Refuses nothing: it notes problems.

use crate::model::calendar::HOLIDAYS;
use crate::model::contract::Contract;
use crate::model::instansi::Instansi;
use crate::model::job::{Job, Recipient};
use crate::model::problem::{Problem, did_you_mean, line_of};
use crate::model::query::RuleFile;
use crate::model::settings::Settings;

/// Notes what the conditions of a report ask for that the project does not have.
pub fn conditions(
    jobs: &[Job],
    texts: &[(String, String)],
    contracts: Option<&[Contract]>,
    rules: &[RuleFile],
    senders: &[Instansi],
    problems: &mut Vec<Problem>,
) {
    let holidays = rules.iter().find(|it| it.name == HOLIDAYS);
    let days = holidays.is_some_and(|it| {
        it.csv.lines().next().is_some_and(|head| head.split(',').any(|it| it.trim() == "tanggal"))
            && it.csv.lines().filter(|it| !it.trim().is_empty()).count() > 1
    });
    for job in jobs {
        let file = format!("pipelines/jobs/{}.toml", job.name);
        let text = texts.iter().find(|(path, _)| *path == file).map_or("", |(_, text)| text.as_str());
        for (i, report) in job.reports.iter().enumerate() {
            let mut problem = |key: &str, word: &str, what: String, hint: Option<String>| {
                let (path, line) = (format!("report[{i}].{key}"), line_of(text, word));
                problems.push(Problem { file: file.clone(), line, path, what, hint });
            };
            if report.conditions.gate.working_days && !days {
                let hint = Some(format!("write queries/rules/{HOLIDAYS}.csv with a column tanggal and its rows"));
                problem("working_days", "working_days", "needs the days on which offices are closed".into(), hint);
            }
            let datasets = || contracts.unwrap_or_default().iter().map(|it| it.dataset.as_str());
            for needed in report.conditions.needs.iter().filter(|_| contracts.is_some()) {
                if !datasets().any(|it| it == needed) {
                    let hint = did_you_mean(needed, datasets());
                    problem("needs", &format!("\"{needed}\""), format!("no contract makes `{needed}`"), hint);
                }
            }
            for kode in report.conditions.needs_from.iter().filter(|it| senders.iter().all(|known| known.kode != **it))
            {
                let hint = did_you_mean(kode, senders.iter().map(|it| it.kode.as_str()));
                let what = format!("no government has the code `{kode}`");
                problem("needs_from", &format!("\"{kode}\""), what, hint);
            }
        }
    }
}

/// Notes recipients that no mail may go to.
pub fn domains(settings: Option<&Settings>, recipients: Option<&[Recipient]>, text: &str, problems: &mut Vec<Problem>) {
    let (Some(settings), Some(recipients)) = (settings, recipients) else { return };
    for recipient in recipients.iter().filter(|it| !settings.mail.may_go_to(&it.address)) {
        problems.push(Problem {
            file: "recipients.toml".into(),
            line: line_of(text, &format!("\"{}\"", recipient.address)),
            path: "recipient.address".into(),
            what: format!("`{}` is outside mail.domains of talenta.toml", recipient.address),
            hint: Some("correct the address, or add its domain there".into()),
        });
    }
}
