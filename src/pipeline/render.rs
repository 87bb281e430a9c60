//! A report to files: document, drawing, proof, and the folder people open. Refuses to send, and to draw in this process.

use crate::analysis::project::Project as QueryProject;
use crate::lake::Lake;
use crate::model::digest::Digest;
use crate::model::job::Recipient;
use crate::model::problem::did_you_mean;
use crate::model::proof::{Part, Pin};
use crate::model::release::Release;
use crate::model::report::{Document, ReportSpec};
use crate::pipeline::document::{self, DocumentError, Sources};
use crate::pipeline::enclosures::supplies;
use crate::pipeline::marts::VERSION;
use crate::pipeline::project::Project;
use crate::pipeline::reader::Opened;
use crate::pipeline::render_error::RenderError;
use crate::pipeline::render_worker::RenderWorkers;
use crate::pipeline::world::World;
use crate::report::{Inline, Rendered, Templates};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of the mail as a file to look at.
pub const MAIL_FILE: &str = "surel.html";

/// A report for one reader, and what it was made from.
pub struct Drawing {
    /// Its bodies and files.
    pub rendered: Rendered,
    /// What it was made from.
    pub pin: Pin,
    /// The data it shows.
    pub document: Document,
}

/// Everything reports of one release are drawn with, set up once for all of them.
pub struct Press<'a> {
    sources: Sources<'a>,
    workers: RenderWorkers,
    files: Digest,
}

impl<'a> Press<'a> {
    /// A press for `release`. `earlier` is the release that changes are against.
    pub async fn new(
        project: &'a Project,
        queries: &'a QueryProject,
        release: &Release,
        earlier: Option<&Release>,
        lake: &Lake,
        world: &World,
    ) -> Result<Self, RenderError> {
        let limits = &project.settings.limits;
        let earlier = match earlier {
            Some(earlier) => Some(Opened::new(earlier, lake, limits).await?),
            None => None,
        };
        let sources = Sources { project, queries, release: Opened::new(release, lake, limits).await?, earlier };
        let workers = RenderWorkers::new(templates(project), &project.settings.limits, world);
        Ok(Self { sources, workers, files: Digest::of(&manifest(project)) })
    }

    /// A press for `release` and the changes since the month before it.
    pub async fn of_release(
        project: &'a Project,
        queries: &'a QueryProject,
        release: &Release,
        lake: &Lake,
        world: &World,
    ) -> Result<Self, RenderError> {
        let earlier = document::earlier_of(release, lake).await?;
        Self::new(project, queries, release, earlier.as_ref(), lake, world).await
    }

    /// The release.
    pub fn release(&self) -> &Release {
        self.sources.release.release()
    }

    /// Draws a report for one reader.
    pub async fn draw(&self, name: &str, reader: &Recipient) -> Result<Drawing, RenderError> {
        let Sources { project, earlier, .. } = &self.sources;
        let spec = spec(project, name)?;
        let document = document::document(&self.sources, spec, reader).await?;
        let policy = project.access.policy(&reader.principal).map_err(DocumentError::from)?;
        let supplies = supplies(project, spec, &document.rilis.periode, &document.penerima, &policy)?;
        let drawn = tokio::task::block_in_place(|| self.workers.render(spec, &document, &supplies));
        let rendered = drawn.map_err(|source| RenderError::Draw { name: name.into(), source })?;
        let pin = Pin {
            report: name.into(),
            periode: self.release().periode,
            release: self.release().nomor,
            earlier: earlier.as_ref().map(|it| it.release().nomor),
            reader: reader.clone(),
            office: project.settings.office.clone(),
            files: self.files,
            program: VERSION.into(),
            document: Digest::of(&rendered.data_json),
        };
        Ok(Drawing { rendered, pin, document })
    }

    /// Keeps the files that pins name, so that what was drawn can be drawn again after an edit.
    pub async fn keep_files(&self, lake: &Lake) -> Result<(), RenderError> {
        let project = self.sources.project;
        let kept: Vec<Digest> = self.release().isi.values().copied().collect();
        for bytes in project.files.values() {
            if !kept.contains(&Digest::of(bytes)) {
                lake.put_content(bytes).await?;
            }
        }
        lake.put_content(&manifest(project)).await?;
        Ok(())
    }
}

/// The list of the project's files, path and digest each, as the bytes that pins name.
fn manifest(project: &Project) -> Vec<u8> {
    serde_json::to_vec(&project.digests()).expect("a list of paths and digests is JSON")
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

/// The files a report may read.
pub fn templates(project: &Project) -> Templates {
    let files = project.files.iter().filter_map(|(path, bytes)| {
        path.strip_prefix("report-templates/").map(|path| (path.to_string(), bytes.clone()))
    });
    Templates::new(files)
}

/// The mail for a browser: pictures lie beside the page; in the mail they are named by `cid:`.
pub fn shown(rendered: &Rendered) -> String {
    let beside = |page: String, it: &Inline| page.replace(&format!("cid:{}", it.cid), &it.file_name);
    rendered.inline.iter().fold(rendered.html.clone(), beside)
}

/// The files of a rendered report by what they are, the ones to open first: part, name, bytes.
pub fn files(rendered: &Rendered) -> Vec<(&'static str, &str, Vec<u8>)> {
    let attached = rendered.files.iter().map(|it| (it.kind.word(), it.name.as_str(), it.bytes.clone()));
    let mut files: Vec<_> = attached.collect();
    files.push(("shown", MAIL_FILE, shown(rendered).into_bytes()));
    files.push(("text", "surel.txt", rendered.text.clone().into_bytes()));
    files.push(("data", "data.json", rendered.data_json.clone()));
    files.extend(rendered.inline.iter().map(|it| ("image", it.file_name.as_str(), it.png.clone())));
    files
}

/// Digests of everything that was drawn, the HTML of the mail included.
pub fn parts(rendered: &Rendered) -> Vec<Part> {
    let html = ("html", "", rendered.html.clone().into_bytes());
    let part = |(part, name, bytes): (&str, &str, Vec<u8>)| Part {
        part: part.into(),
        name: name.into(),
        sha256: Digest::of(&bytes),
        bytes: bytes.len() as u64,
    };
    files(rendered).into_iter().chain([html]).map(part).collect()
}

/// Writes the files of a rendered report into `folder`; returns their paths, the ones to open first.
pub fn write_files(rendered: &Rendered, folder: &Path) -> Result<Vec<PathBuf>, RenderError> {
    fs::create_dir_all(folder).map_err(|source| RenderError::Write { path: folder.to_path_buf(), source })?;
    let mut written = Vec::new();
    for (_, name, bytes) in files(rendered) {
        let path = folder.join(name);
        write_whole(&path, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// A file appears whole or not at all: a half-written PDF must not be opened by anyone.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RenderError> {
    let fresh = path.with_extension("baru");
    let write = || {
        let mut file = fs::File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|source| RenderError::Write { path: path.to_path_buf(), source })
}
