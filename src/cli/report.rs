//! `talenta report`: list and render.

use crate::cli::open;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global};
use crate::pipeline::reader::first_reader;
use crate::pipeline::render;
use crate::pipeline::snapshot::{At, release};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// List and render reports.
#[derive(Debug, Args)]
pub struct Report {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Reports of this project
    List,
    /// Render a report of the latest release to files; nothing is sent
    Render {
        /// Report: a folder of report-templates
        name: String,
        /// Render this release in place of the latest
        #[arg(long, value_name = "N")]
        release: Option<u64>,
        /// Folder of the files; without it laporan/<report>/<month>/
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// `talenta report …`.
pub fn run(args: &Report, global: &Global) -> Done {
    let project = open::project(global)?;
    match &args.action {
        Action::List => {
            for spec in &project.reports {
                say(format!("{:<22} {}", spec.name, spec.about));
            }
        }
        Action::Render { name, release: nomor, output } => {
            let world = open::world(global)?;
            let at = nomor.map_or(At::Latest, At::Release);
            render::spec(&project, name).map_err(Failed::user)?;
            let (rendered, folder) = open::block_on(async {
                let lake = open::lake(&project, &world).await?;
                let queries = open::queries(&project).await?;
                let release = release(&lake, at).await.map_err(Failed::user)?;
                // Rendered by hand, a report is for its first reader.
                let reader = first_reader(&project, name).map_err(Failed::user)?;
                let rendered = render::render(&project, &queries, name, &release, &reader, &lake, &world).await;
                let usual = project.path("laporan").join(name).join(release.periode.to_string());
                Ok((rendered.map_err(Failed::user)?, output.clone().unwrap_or(usual)))
            })?;
            let files = render::write_files(&rendered, &folder).map_err(Failed::user)?;
            if global.json {
                say(json!({ "subject": rendered.subject, "files": files, "warnings": rendered.warnings }));
            } else {
                say(format!("subject: {}", rendered.subject));
                files.iter().for_each(|file| say(file.display()));
                rendered.warnings.iter().for_each(|warning| say(format!("look: {warning}")));
            }
        }
    }
    Ok(0)
}
