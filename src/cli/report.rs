//! `talenta report`: list, matrix, new, render, preview, send, verify.

mod prove;

use crate::cli::matrix;
use crate::cli::open;
use crate::cli::run::tally;
use crate::cli::words::{note, say};
use crate::cli::{Done, Failed, Global};
use crate::model::job::Recipient;
use crate::pipeline::draw::folders;
use crate::pipeline::preview::preview;
use crate::pipeline::project::Project;
use crate::pipeline::reader::{first_reader, reader_of, readers};
use crate::pipeline::render::{self, Press};
use crate::pipeline::scaffold::scaffold;
use crate::pipeline::send_by_hand::Sender;
use crate::pipeline::snapshot::{At, release};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// Make, look at and prove reports.
#[derive(Debug, Args)]
pub struct Report {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Reports of this project, their readers and their files
    List,
    /// Who would see how much of each report, and whether the pieces add up
    Matrix {
        /// This report only
        #[arg(long, value_name = "NAME")]
        report: Option<String>,
        /// Over this release in place of the latest
        #[arg(long, value_name = "N")]
        release: Option<u64>,
    },
    /// Write the folder of a new report, which renders at once
    New {
        /// Its name: a-z, 0-9 and `-`
        name: String,
    },
    /// Render a report of the latest release to files; nothing is sent
    Render(Render),
    /// Write what each reader would get, and one page to look at all of it
    Preview(Render),
    /// Send a report of the latest release now: to every reader, or to one
    Send {
        /// Report: a folder of report-templates
        name: String,
        /// Reader: an address of recipients.toml
        #[arg(long, value_name = "WHO")]
        r#as: Option<String>,
        /// To the operator (mail.operator) as a test, as the reader would get it
        #[arg(long)]
        to_me: bool,
        /// This release in place of the latest
        #[arg(long, value_name = "N")]
        release: Option<u64>,
    },
    /// Make a sent report, or a file of one, again and compare
    Verify {
        /// Number of a message of `outbox list`, or a file: PDF, workbook, page, CSV, mail
        what: String,
    },
}

#[derive(Debug, Args)]
struct Render {
    /// Report: a folder of report-templates
    name: String,
    /// Reader: a name or address of recipients.toml; without it the first one a job gives the report to
    #[arg(long, value_name = "WHO")]
    r#as: Option<String>,
    /// Every reader a job gives the report to
    #[arg(long, conflicts_with = "as")]
    all: bool,
    /// This release in place of the latest
    #[arg(long, value_name = "N")]
    release: Option<u64>,
    /// Folder of the files; without it laporan/<report>/<month>/, or pratinjau/… for a preview
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// `talenta report …`.
pub fn run(args: &Report, global: &Global) -> Done {
    let project = open::project(global)?;
    match &args.action {
        Action::List => list(&project, global),
        Action::New { name } => {
            let folder = scaffold(&project, name).map_err(Failed::user)?;
            say(folder.display());
            note(format!(
                "next: talenta check, talenta report preview {name}, then name it in a job of pipelines/jobs"
            ));
            Ok(0)
        }
        Action::Matrix { report, release } => matrix::run(&project, report.as_deref(), *release, global),
        Action::Render(args) => render(&project, args, global),
        Action::Preview(args) => look(&project, args, global),
        Action::Send { name, r#as, to_me, release } => {
            let args = Render { name: name.clone(), r#as: r#as.clone(), all: true, release: *release, output: None };
            send(&project, &args, *to_me, global)
        }
        Action::Verify { what } => prove::run(&project, what, global),
    }
}

fn list(project: &Project, global: &Global) -> Done {
    let wanted = project.jobs.iter().flat_map(|job| &job.reports);
    let mut shown = Vec::new();
    for spec in &project.reports {
        let of_jobs = wanted.clone().filter(|it| it.name == spec.name);
        let groups: Vec<&str> = of_jobs.clone().flat_map(|it| &it.to).map(String::as_str).collect();
        let people = if groups.is_empty() { 0 } else { readers(project, &spec.name).len() };
        let files: Vec<&str> = spec.attachments.iter().map(|it| it.kind.word()).collect();
        if global.json {
            shown.push(json!({ "report": spec.name, "about": spec.about, "class": spec.class, "to": groups, "readers": people, "files": files }));
        } else {
            let to = if groups.is_empty() { "nobody".into() } else { format!("{} ({people})", groups.join(", ")) };
            say(format!("{:<24} {:<28} {:<16} {}", spec.name, to, files.join(", "), spec.about));
        }
    }
    if global.json {
        say(json!(shown));
    }
    Ok(0)
}

/// The readers asked for: one, or all that jobs give the report to; of a report that no job gives, the first recipient.
fn asked(project: &Project, args: &Render) -> Result<Vec<Recipient>, Failed> {
    render::spec(project, &args.name).map_err(Failed::user)?;
    if let Some(who) = &args.r#as {
        return Ok(vec![reader_of(project, who).map_err(Failed::user)?]);
    }
    let all: Vec<Recipient> = readers(project, &args.name).into_iter().cloned().collect();
    if all.is_empty() { Ok(vec![first_reader(project, &args.name).map_err(Failed::user)?]) } else { Ok(all) }
}

fn render(project: &Project, args: &Render, global: &Global) -> Done {
    let mut readers = asked(project, args)?;
    if !args.all {
        readers.truncate(1);
    }
    let world = open::world(global)?;
    let state = open::state(project)?;
    let at = args.release.map_or(At::Latest, At::Release);
    let mut shown = Vec::new();
    open::block_on(async {
        let lake = open::lake(project, &world).await?;
        let queries = open::described(project).await?;
        let release = release(&lake, at).await.map_err(Failed::user)?;
        let press = Press::of_release(project, &queries, &release, &lake, &world).await.map_err(Failed::user)?;
        press.keep_files(&lake).await.map_err(Failed::user)?;
        let usual = project.path("laporan").join(&args.name).join(release.periode.to_string());
        let folder = args.output.clone().unwrap_or(usual);
        for (reader, own) in readers.iter().zip(folders(&readers.iter().collect::<Vec<_>>())) {
            let drawing = press.draw(&args.name, reader).await.map_err(Failed::user)?;
            let rendered = drawing.rendered;
            // A file handed on can be proved as one that was mailed.
            state.put_proof(None, &drawing.pin, &render::parts(&rendered), world.now()).map_err(Failed::user)?;
            let files = render::write_files(&rendered, &folder.join(own)).map_err(Failed::user)?;
            if global.json {
                shown.push(json!({ "reader": reader.name, "subject": rendered.subject, "files": files, "warnings": rendered.warnings }));
            } else {
                say(format!("subject: {}", rendered.subject));
                files.iter().for_each(|file| say(file.display()));
                rendered.warnings.iter().for_each(|warning| say(format!("look: {warning}")));
            }
        }
        Ok(())
    })?;
    match (global.json, shown.as_slice()) {
        (true, [one]) if !args.all => say(one),
        (true, all) => say(json!(all)),
        (false, _) => {}
    }
    Ok(0)
}

fn look(project: &Project, args: &Render, global: &Global) -> Done {
    let readers = asked(project, args)?;
    let world = open::world(global)?;
    let at = args.release.map_or(At::Latest, At::Release);
    let (page, warnings) = open::block_on(async {
        let lake = open::lake(project, &world).await?;
        let queries = open::described(project).await?;
        let release = release(&lake, at).await.map_err(Failed::user)?;
        let press = Press::of_release(project, &queries, &release, &lake, &world).await.map_err(Failed::user)?;
        let usual = project.path("pratinjau").join(&args.name).join(release.periode.to_string());
        let folder = args.output.clone().unwrap_or(usual);
        preview(&press, project, &args.name, &readers.iter().collect::<Vec<_>>(), &folder).await.map_err(Failed::user)
    })?;
    if global.json {
        say(json!({ "page": page, "readers": readers.len(), "warnings": warnings }));
    } else {
        say(page.display());
        warnings.iter().for_each(|warning| say(format!("look: {warning}")));
    }
    Ok(0)
}

fn send(project: &Project, args: &Render, to_me: bool, global: &Global) -> Done {
    let readers = asked(project, args)?;
    if let Some(nobody) = readers.iter().find(|it| it.address.is_empty()) {
        return Err(Failed::words(format!("`{}` has no address in recipients.toml", nobody.principal)));
    }
    let (world, state) = (open::world(global)?, open::state(project)?);
    let _lock = open::lock(project, &state, &format!("report send {}", args.name))?;
    let at = args.release.map_or(At::Latest, At::Release);
    let (new, posted) = open::block_on(async {
        let lake = open::lake(project, &world).await?;
        let queries = open::described(project).await?;
        let release = release(&lake, at).await.map_err(Failed::user)?;
        let press = Press::of_release(project, &queries, &release, &lake, &world).await.map_err(Failed::user)?;
        let sender = Sender { project, state: &state, lake: &lake, world: &world };
        match readers.first().filter(|_| to_me) {
            Some(reader) => Ok((1, sender.to_operator(&press, &args.name, reader).await.map_err(Failed::user)?)),
            None => {
                let all = readers.iter().collect();
                sender.to_readers(&press, &args.name, all).await.map_err(Failed::user)
            }
        }
    })?;
    let now = world.now();
    let detail = json!({ "report": args.name, "readers": readers.len(), "test": to_me });
    state.audit(now, "operator", "report send", &detail).map_err(Failed::user)?;
    let stopped = if posted.stopped { "; the outbox is stopped" } else { "" };
    if global.json {
        say(json!({ "new": new, "sent": posted.accepted, "stopped": posted.stopped }));
    } else {
        say(format!("{new} new; {}{stopped}", tally(&posted)));
    }
    Ok(0)
}
