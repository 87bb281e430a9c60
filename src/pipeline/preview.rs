//! A preview: every file of a report for its readers, and one page to look at them all. Refuses to send anything or to keep a proof.

use crate::model::job::Recipient;
use crate::pipeline::draw::folders;
use crate::pipeline::project::Project;
use crate::pipeline::render::{Press, shown, spec, write_files, write_whole};
use crate::pipeline::render_error::RenderError;
use crate::report::contact;
use std::path::{Path, PathBuf};

/// The page to open.
pub const SHEET: &str = "pratinjau.html";

/// Writes what every reader would get below `folder`; returns the page to open and what a person should look at.
pub async fn preview(
    press: &Press<'_>,
    project: &Project,
    name: &str,
    readers: &[&Recipient],
    folder: &Path,
) -> Result<(PathBuf, Vec<String>), RenderError> {
    let spec = spec(project, name)?;
    let (mut sections, mut warnings) = (Vec::new(), Vec::new());
    for (reader, own) in readers.iter().zip(folders(readers)) {
        let drawing = press.draw(name, reader).await?;
        let place = folder.join(&own);
        write_files(&drawing.rendered, &place)?;
        let mail = shown(&drawing.rendered);
        for (file, dark) in [(contact::LIGHT, false), (contact::DARK, true)] {
            write_whole(&place.join(file), contact::as_seen(&mail, dark).as_bytes())?;
        }
        let relative = if own.is_empty() { String::new() } else { format!("{own}/") };
        sections.push(contact::section(spec, &drawing.document, &drawing.rendered, &relative));
        warnings.extend(drawing.rendered.warnings.iter().map(|it| format!("{}: {it}", reader.name)));
    }
    let release = press.release();
    let page = contact::sheet(spec, release.nomor, &release.periode.to_string(), &sections);
    let path = folder.join(SHEET);
    write_whole(&path, page.as_bytes())?;
    Ok((path, warnings))
}
