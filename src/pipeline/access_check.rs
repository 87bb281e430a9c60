//! Whether `access.toml` and `recipients.toml` fit the project: governments, tables, columns, themes, principals. Refuses a name that
//! stands for nothing: a mistyped mask would show what it should hide.

use crate::model::instansi::Instansi;
use crate::model::job::Recipient;
use crate::model::policy::Access;
use crate::model::problem::{Problem, did_you_mean, line_of};
use crate::model::table::Table;
use std::collections::BTreeSet;

/// File of the policy.
pub const ACCESS: &str = "access.toml";
/// File of the readers.
pub const RECIPIENTS: &str = "recipients.toml";

/// A project of before there was a policy.
pub fn missing() -> Problem {
    let hint = "it says who may read what; `talenta init DIR` writes one into a new project: copy it from there and name a `principal` \
                for every recipient in recipients.toml (docs/panduan/akses.md)";
    Problem { file: ACCESS.into(), line: 0, path: String::new(), what: "is missing".into(), hint: Some(hint.into()) }
}

/// Principals of governments that nobody knows, and recipients without a principal.
pub fn names(
    access: &Access,
    access_text: &str,
    governments: &[Instansi],
    recipients: &[Recipient],
    recipients_text: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for principal in &access.principals {
        for kode in principal.instansi.iter().filter(|kode| !governments.iter().any(|it| it.kode == **kode)) {
            let near = did_you_mean(kode, governments.iter().map(|it| it.kode.as_str()));
            let hint = near.or_else(|| Some("the governments stand in queries/rules/instansi.csv".into()));
            let path = format!("principal.{}.instansi", principal.name);
            problems.push(said(ACCESS, access_text, kode, path, format!("no government `{kode}`"), hint));
        }
    }
    for recipient in recipients {
        if let Err(unknown) = access.policy(&recipient.principal) {
            let what = format!("no principal `{}` in {ACCESS}", recipient.principal);
            let path = format!("recipient.{}.principal", recipient.address);
            problems.push(said(RECIPIENTS, recipients_text, &recipient.principal, path, what, Some(unknown.hint)));
        }
    }
    problems
}

/// Roles that name tables, columns or themes which are not there.
pub fn tables(access: &Access, text: &str, tables: &[Table]) -> Vec<Problem> {
    let names: BTreeSet<&str> = tables.iter().map(|it| it.name.as_str()).collect();
    let themes: BTreeSet<&str> = tables.iter().map(|it| it.theme.as_str()).collect();
    let mut problems = Vec::new();
    for role in &access.roles {
        let mut wrong = |key: &str, name: &str, noun: &str, known: &BTreeSet<&str>| {
            let (path, what) = (format!("role.{}.{key}", role.name), format!("no {noun} `{name}`"));
            let hint = did_you_mean(name, known.iter().copied());
            problems.push(said(ACCESS, text, name, path, what, hint));
        };
        role.also.iter().filter(|it| !names.contains(it.as_str())).for_each(|it| wrong("also", it, "table", &names));
        role.themes
            .iter()
            .filter(|it| !themes.contains(it.as_str()))
            .for_each(|it| wrong("themes", it, "theme", &themes));
        for mask in &role.mask {
            let (table, column) = mask.split_once('.').unwrap_or((mask, ""));
            let columns: Option<BTreeSet<&str>> = tables
                .iter()
                .find(|it| it.name == table)
                .map(|it| it.columns.iter().map(|column| column.name.as_str()).collect());
            match columns {
                None => wrong("mask", table, "table", &names),
                Some(columns) if !columns.contains(column) => wrong("mask", column, "column", &columns),
                Some(_) => {}
            }
        }
    }
    problems
}

fn said(file: &str, text: &str, name: &str, path: String, what: String, hint: Option<String>) -> Problem {
    Problem { file: file.into(), line: line_of(text, name), path, what, hint }
}
