//! A report to files: document, rendering, and the folder people open. Refuses to send.

use crate::analysis::project::Project as QueryProject;
use crate::lake::Lake;
use crate::model::job::Recipient;
use crate::model::problem::did_you_mean;
use crate::model::release::Release;
use crate::model::report::ReportSpec;
use crate::pipeline::document::{DocumentError, document};
use crate::pipeline::enclosures::supplies;
use crate::pipeline::project::Project;
use crate::pipeline::world::World;
use crate::report::{self, Rendered, Templates};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a report was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is no such report.
    #[error("no report `{name}` under report-templates\nhint: {hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        hint: String,
    },
    /// Its data.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Its template.
    #[error("cannot render report `{name}`: {source}")]
    Template {
        /// The report.
        name: String,
        /// Why.
        source: report::Error,
    },
    /// A file it encloses.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its files.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The report of this name.
pub fn spec<'a>(project: &'a Project, name: &str) -> Result<&'a ReportSpec, RenderError> {
    project.reports.iter().find(|it| it.name == name).ok_or_else(|| {
        let known: Vec<&str> = project.reports.iter().map(|it| it.name.as_str()).collect();
        let hint = did_you_mean(name, known.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("reports are {}", known.join(", ")));
        RenderError::Unknown { name: name.into(), hint }
    })
}

/// Renders a report of a release for one reader.
pub async fn render(
    project: &Project,
    queries: &QueryProject,
    name: &str,
    release: &Release,
    reader: &Recipient,
    lake: &Lake,
    world: &World,
) -> Result<Rendered, RenderError> {
    let spec = spec(project, name)?;
    let document = document(project, queries, spec, release, reader, lake, world).await?;
    let templates = templates(project);
    let supplies = supplies(project, spec, &document.rilis.periode, &document.penerima)?;
    let drawn = tokio::task::block_in_place(|| report::render(spec, &templates, &document, &supplies));
    drawn.map_err(|source| RenderError::Template { name: name.into(), source })
}

/// The files a report may read.
pub fn templates(project: &Project) -> Templates {
    let files = project.files.iter().filter_map(|(path, bytes)| {
        path.strip_prefix("report-templates/").map(|path| (path.to_string(), bytes.clone()))
    });
    Templates::new(files)
}

/// Writes the files of a rendered report into `folder`; returns their paths, the ones to open first.
pub fn write_files(rendered: &Rendered, folder: &Path) -> Result<Vec<PathBuf>, RenderError> {
    let wrong = |path: &Path| {
        let path = path.to_path_buf();
        move |source| RenderError::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(wrong(folder))?;
    // Seen in a browser, pictures lie beside the page; in the mail they are named by `cid:`.
    let mut page = rendered.html.clone();
    for image in &rendered.inline {
        page = page.replace(&format!("cid:{}", image.cid), &image.file_name);
    }
    let mut files: Vec<(&str, &[u8])> =
        rendered.files.iter().map(|it| (it.name.as_str(), it.bytes.as_slice())).collect();
    files.extend([
        ("surel.html", page.as_bytes()),
        ("surel.txt", rendered.text.as_bytes()),
        ("data.json", rendered.data_json.as_slice()),
    ]);
    files.extend(rendered.inline.iter().map(|it| (it.file_name.as_str(), it.png.as_slice())));
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        write_whole(&path, bytes).map_err(wrong(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// A file appears whole or not at all: a half-written PDF must not be opened by anyone.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("baru");
    let mut file = fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
