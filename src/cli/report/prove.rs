//! `talenta report verify`: what was compared, what is the same, and where it is not.

use crate::cli::open;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global, USER};
use crate::pipeline::marts::VERSION;
use crate::pipeline::project::Project;
use crate::pipeline::verify::{Compared, Verdict};
use crate::pipeline::verify_subject::{Archive, Finding};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Proves a message by its number or a file by its path. Exit code 1 where anything differs.
pub fn run(project: &Project, what: &str, global: &Global) -> Done {
    let world = open::world(global)?;
    let state = open::state(project)?;
    let finding = open::block_on(async {
        let lake = open::lake_to_read(project).await?;
        let archive = Archive { project, state: &state, lake: &lake, world: &world };
        let path = Path::new(what);
        let found = match what.parse::<i64>() {
            Ok(id) if fs::metadata(path).is_err() => archive.message(id).await,
            _ => archive.file(path).await,
        };
        found.map_err(Failed::user)
    })?;
    if global.json {
        say(as_json(&finding));
    } else {
        words(&finding);
    }
    Ok(if finding.holds() { 0 } else { USER })
}

fn words(finding: &Finding) {
    let Verdict { proof, document, parts, .. } = &finding.verdict;
    let pin = &proof.pin;
    say(format!(
        "{}: report {} of {}, release {}, for {}",
        finding.what, pin.report, pin.periode, pin.release, pin.reader.name
    ));
    say(format!("  {:<10} {}", "document", told(document)));
    for (part, compared) in parts.iter().filter(|(part, _)| part.part != "data") {
        say(format!("  {:<10} {} {}", part.part, told(compared), part.name));
    }
    finding.differs.iter().for_each(|it| say(format!("  differs: {it}")));
    say(match (finding.holds(), finding.verdict.same_program()) {
        (true, true) => format!("verified: made again byte for byte by talenta {VERSION}"),
        (true, false) => format!(
            "verified by its data document: talenta {} made it, this is talenta {VERSION}, and files are compared under one version only",
            pin.program
        ),
        (false, _) => "NOT verified".into(),
    });
}

fn told(compared: &Compared) -> String {
    match compared {
        Compared::Same => "same".into(),
        Compared::Differs(place) => format!("DIFFERS: {place};"),
        Compared::Not(why) => format!("not compared ({why})"),
    }
}

fn as_json(finding: &Finding) -> Value {
    let Verdict { proof, document, parts, .. } = &finding.verdict;
    let said = |compared: &Compared| match compared {
        Compared::Same => json!("same"),
        Compared::Differs(place) => json!({ "differs": place }),
        Compared::Not(why) => json!({ "not_compared": why }),
    };
    let parts: Vec<Value> =
        parts.iter().map(|(part, compared)| json!({ "part": part.part, "name": part.name, "sha256": part.sha256, "compared": said(compared) })).collect();
    json!({
        "what": finding.what,
        "verified": finding.holds(),
        "byte_for_byte": finding.holds() && finding.verdict.same_program(),
        "program": VERSION,
        "pin": proof.pin,
        "document": said(document),
        "parts": parts,
        "differs": finding.differs,
    })
}
