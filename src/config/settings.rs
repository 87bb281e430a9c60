//! The shape of `talenta.toml`. Refuses secrets: a password is named by the environment variable that holds it.

use crate::config::doc::{Doc, Section};
use crate::model::limits::Limits;
use crate::model::problem::Problem;
use crate::model::settings::{MailSettings, Office, Settings, TransportSettings};

/// The program itself, mapped into a worker, takes some 300 MB of address space before a byte is read.
const WORKER_MEMORY_BYTES_MIN: u64 = 512 << 20;
/// RFC 5321 §4.5.3.2 asks for up to five minutes a step; a relay that is well answers within one.
const STEP_SECONDS: u64 = 60;
/// RFC 5321 §4.5.3.2.6: the relay may scan the message first, and who gives up earlier makes a doubt of it.
const ANSWER_SECONDS: u64 = 600;
/// Every step, the body and the answer together.
const MESSAGE_SECONDS: u64 = 900;
/// Hour of the daily line to the operator, WIB.
const OPERATOR_HOUR: u64 = 7;

/// Reads settings, or says everything that is wrong with them.
pub fn settings(file: &str, text: &str) -> Result<Settings, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let lake = root.text_opt("lake").unwrap_or_else(|| "lake".into());
    let state = root.text_opt("state").unwrap_or_else(|| "state.sqlite".into());
    let office = root.section("office").map(|section| office(&section));
    if office.is_none() && !root.has("office") {
        root.problem("office", "is missing", Some("write a section `[office]` with instansi, unit and alamat".into()));
    }
    let mail = root.section("mail").map(|section| mail(&section));
    if mail.is_none() && !root.has("mail") {
        root.problem("mail", "is missing", Some("write a section `[mail]` with from and folder or smtp".into()));
    }
    let limits = root.section("limits").map_or_else(Limits::default, |section| limits(&section));
    root.close();
    let problems = doc.finish();
    match (office, mail) {
        (Some(office), Some(mail)) if problems.is_empty() => Ok(Settings { lake, state, office, mail, limits }),
        _ => Err(problems),
    }
}

fn office(section: &Section<'_, '_>) -> Office {
    let office =
        Office { instansi: section.text("instansi"), unit: section.text("unit"), alamat: section.text("alamat") };
    section.close();
    office
}

fn mail(section: &Section<'_, '_>) -> MailSettings {
    let from = section.text("from");
    let reply_to = section.text_opt("reply_to");
    let folder = section.text_opt("folder");
    let smtp = section.section("smtp");
    let transport = match (folder, smtp) {
        (Some(_), Some(smtp)) => {
            section.problem("folder", "stands beside `smtp`", Some("keep one of the two".into()));
            transport(&smtp)
        }
        (None, Some(smtp)) => transport(&smtp),
        (Some(path), None) => TransportSettings::Folder { path },
        (None, None) => {
            section.problem("folder", "is missing", Some("write `folder = \"surat\"` or `[mail.smtp]`".into()));
            TransportSettings::Folder { path: String::new() }
        }
    };
    let operator = section.text_opt("operator");
    if operator.as_deref().is_some_and(|it| !it.contains('@')) {
        section.problem("operator", "is no mail address", Some("write `Name <name@host>` or name@host".into()));
    }
    let hour = section.integer_opt("operator_hour").map_or(Some(OPERATOR_HOUR), |it| u64::try_from(it).ok());
    let operator_hour = hour.filter(|it| *it < 24).and_then(|it| u32::try_from(it).ok()).unwrap_or_else(|| {
        section.problem("operator_hour", "is no hour of the day", Some("write 0 to 23".into()));
        0
    });
    let files_at = section.text_opt("files_at");
    let domains = section.texts("domains");
    if domains.iter().any(|it| it.contains('@') || it.trim().is_empty()) {
        section.problem(
            "domains",
            "holds something that is no domain",
            Some("write `kalteng.go.id` or `*.go.id`".into()),
        );
    }
    section.close();
    MailSettings { from, reply_to, operator, operator_hour, files_at, domains, transport }
}

fn transport(section: &Section<'_, '_>) -> TransportSettings {
    let host = section.text("host");
    let tls = section
        .choice("tls", &[("starttls", (false, false)), ("wrapper", (true, false)), ("none", (false, true))])
        .unwrap_or((false, false));
    let (wrapper, plain) = tls;
    if plain && !is_loopback(&host) {
        section.problem("tls", "is `none` for a host that is not loopback", Some("use `starttls` or `wrapper`".into()));
    }
    let user = section.text_opt("user");
    let password_env = section.text_opt("password_env");
    if user.is_some() != password_env.is_some() {
        section.problem("user", "needs `password_env` beside it, and the other way round", None);
    }
    let port = section.integer_or("port", if wrapper { 465 } else { 587 });
    let port = u16::try_from(port).unwrap_or_else(|_| {
        section.problem("port", "is not between 1 and 65535", None);
        0
    });
    let hello = section.text_opt("hello").unwrap_or_else(|| "localhost".into());
    if !is_loopback(&host) && !hello.contains('.') {
        let hint = Some("write the full domain name of this machine; relays refuse others".into());
        section.problem("hello", "is no full domain name", hint);
    }
    let seconds_max = positive(section, "seconds_max", MESSAGE_SECONDS);
    let step_seconds_max = positive(section, "step_seconds_max", STEP_SECONDS);
    let answer_seconds_max = positive(section, "answer_seconds_max", ANSWER_SECONDS);
    section.close();
    TransportSettings::Smtp {
        host,
        port,
        wrapper,
        plain,
        user,
        password_env,
        hello,
        seconds_max,
        step_seconds_max,
        answer_seconds_max,
    }
}

/// Whether mail to `host` never leaves this machine.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn limits(section: &Section<'_, '_>) -> Limits {
    let usual = Limits::default();
    let limits = Limits {
        file_bytes_max: positive(section, "file_bytes_max", usual.file_bytes_max),
        unzipped_bytes_max: positive(section, "unzipped_bytes_max", usual.unzipped_bytes_max),
        rows_max: positive(section, "rows_max", usual.rows_max),
        worker_memory_bytes_max: positive(section, "worker_memory_bytes_max", usual.worker_memory_bytes_max),
        file_seconds_max: positive(section, "file_seconds_max", usual.file_seconds_max),
        query_memory_bytes_max: positive(section, "query_memory_bytes_max", usual.query_memory_bytes_max),
        query_seconds_max: positive(section, "query_seconds_max", usual.query_seconds_max),
        report_seconds_max: positive(section, "report_seconds_max", usual.report_seconds_max),
        result_rows_max: positive(section, "result_rows_max", usual.result_rows_max),
        attachment_bytes_max: positive(section, "attachment_bytes_max", usual.attachment_bytes_max),
        message_bytes_max: positive(section, "message_bytes_max", usual.message_bytes_max),
        retry_hours_max: positive(section, "retry_hours_max", usual.retry_hours_max),
        recipients_max: positive(section, "recipients_max", usual.recipients_max),
    };
    if limits.worker_memory_bytes_max < WORKER_MEMORY_BYTES_MIN {
        section.problem(
            "worker_memory_bytes_max",
            format!("is less than {WORKER_MEMORY_BYTES_MIN}: no worker could read anything"),
            None,
        );
    }
    section.close();
    limits
}

fn positive(section: &Section<'_, '_>, key: &str, default: u64) -> u64 {
    let Some(value) = section.integer_opt(key) else { return default };
    u64::try_from(value).ok().filter(|value| *value > 0).unwrap_or_else(|| {
        section.problem(key, "is not a positive number", None);
        default
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_mail_beyond_loopback_is_refused() {
        let text = "version = 1\n[office]\ninstansi = 'a'\nunit = 'b'\nalamat = 'c'\n[mail]\nfrom = 'a@b.id'\n[mail.smtp]\nhost = 'mail.b.id'\ntls = 'none'\nhello = 'talenta.b.id'\n";
        let shown: Vec<String> = settings("talenta.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "talenta.toml:10: mail.smtp.tls: is `none` for a host that is not loopback\n    hint: use `starttls` or `wrapper`"
            ]
        );
    }
}
