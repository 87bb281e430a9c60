//! `talenta docs`: the catalogue as a folder of pages. Refuses to read data.

use crate::cli::open;
use crate::cli::words::{number, say};
use crate::cli::{Done, Failed, Global};
use crate::pipeline::catalogue;
use clap::Args;
use std::fs;
use std::path::PathBuf;

/// Write the catalogue.
#[derive(Debug, Args)]
pub struct Docs {
    /// Folder of the pages; without it katalog/ in the project
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// `talenta docs`.
pub fn run(args: &Docs, global: &Global) -> Done {
    let project = open::project(global)?;
    let folder = args.output.clone().unwrap_or_else(|| project.path("katalog"));
    let periode = open::last_month(open::now());
    let pages = open::block_on(async {
        let queries = open::queries(&project).await?;
        catalogue::pages(&project, &queries, periode).map_err(Failed::user)
    })?;
    fs::create_dir_all(&folder).map_err(Failed::user)?;
    for (name, bytes) in &pages {
        fs::write(folder.join(name), bytes).map_err(Failed::user)?;
    }
    let first = folder.join("index.html");
    if global.json {
        say(serde_json::json!({ "folder": folder, "pages": pages.len(), "open": first }));
    } else if !global.quiet {
        say(format!("{} pages; open {}", number(pages.len() as u64), first.display()));
    }
    Ok(0)
}
