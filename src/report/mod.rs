//! Renders one data document into mail, plain text, PDF and workbook, the same bytes every time. Refuses the clock, the network,
//! and files that are not in the template folder.

pub mod catalogue;
mod chart;
pub mod contact;
mod content;
mod exact;
mod filter;
mod format;
pub mod notice;
pub mod receipt;
mod rendered;
mod sentence;
pub mod table;
mod templates;
mod typeset;
mod workbook;

use crate::model::problem::Problem;
use crate::model::report::{AttachmentKind, Document, ReportSpec};
use crate::report::chart::raster;
use crate::report::content::Content;
use crate::report::sentence::Medium;
use serde_json::Value;
use std::collections::BTreeMap;

pub use crate::report::rendered::{File, Inline, Rendered};
pub use crate::report::templates::Templates;

/// Mail clients clip longer HTML; the rest of the wire form needs the difference.
const HTML_BYTES_MAX: usize = 90_000;
/// Subjects are cut beyond this.
const SUBJECT_CHARS_MAX: usize = 70;

/// What a report takes over as it is, made before it.
#[derive(Debug, Clone, Default)]
pub struct Supplies {
    /// Workbooks of the reader's own receipts with rows to mend: name and bytes.
    pub receipts: Vec<(String, Vec<u8>)>,
}

/// A report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A fault in a template file or a sentence of `report.toml`.
    #[error("{0}")]
    Template(Problem),
    /// A file every report needs is not in the template folder.
    #[error("`{path}` is not among the template files; restore it from a fresh `talenta init` project")]
    Missing {
        /// Path relative to `report-templates`.
        path: String,
    },
    /// No font was found.
    #[error("no font in `shared/fonts`; put a .ttf or .otf file there")]
    NoFont,
    /// A picture could not be drawn.
    #[error("chart `{chart}` of report `{report}` could not be drawn: {what}")]
    Chart {
        /// Report.
        report: String,
        /// Chart.
        chart: String,
        /// What went wrong.
        what: String,
    },
    /// The exporter refused the document.
    #[error("the PDF of report `{report}` does not meet {standard}: {what}")]
    Standard {
        /// Report.
        report: String,
        /// The standard that is enforced.
        standard: &'static str,
        /// What it lacks.
        what: String,
    },
    /// The workbook could not be written.
    #[error("the workbook of report `{report}` could not be written")]
    Workbook {
        /// Report.
        report: String,
        /// Cause.
        #[source]
        source: table::Error,
    },
    /// A table could not be written as CSV.
    #[error("table `{table}` of report `{report}` could not be written as CSV")]
    Csv {
        /// Report.
        report: String,
        /// Table.
        table: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The document lacks what the report declares.
    #[error("the data document of report `{report}` has no rows named `{query}`; run its `[[data]]` queries first")]
    NoData {
        /// Report.
        report: String,
        /// Query.
        query: String,
    },
}

/// Renders a report. The result depends on the arguments only.
pub fn render(
    spec: &ReportSpec,
    files: &Templates,
    document: &Document,
    supplies: &Supplies,
) -> Result<Rendered, Error> {
    let spec = &shown_to(spec, document);
    let json = canonical(document);
    let content = Content::compute(spec, files, document, &json, supplies)?;
    let (whole, values) = (content.whole(&json), content.values());
    let html = files.engine(Medium::Html, &spec.name)?.file(&format!("{}/mail.html", spec.name), values)?;
    let text = files.engine(Medium::Plain, &spec.name)?.file(&format!("{}/mail.txt", spec.name), values)?;
    let mut attached = Vec::new();
    let mut receipts = supplies.receipts.iter();
    for it in &content.attached {
        let bytes = match it.kind {
            AttachmentKind::Pdf => typeset::pdf(spec, files, document, &content, &whole)?,
            AttachmentKind::Xlsx => workbook::workbook(spec, document, &content)
                .map_err(|source| Error::Workbook { report: spec.name.clone(), source })?,
            AttachmentKind::Page => page(spec, files, &content, values)?,
            AttachmentKind::Csv => exact::csv(spec, document, &it.table)?,
            AttachmentKind::Receipts => receipts.next().map(|(_, bytes)| bytes.clone()).unwrap_or_default(),
        };
        attached.push(File { kind: it.kind, name: it.name.clone(), bytes });
    }
    let mut inline = Vec::new();
    // A picture the HTML does not show would look like an attachment.
    for drawn in content.charts.iter().filter(|drawn| html.contains(&format!("cid:{}", drawn.cid))) {
        let png = raster::png(spec, files, drawn)?;
        let file_name = format!("{}.png", drawn.name);
        inline.push(Inline { cid: drawn.cid.clone(), file_name, png, alt: drawn.alt.clone() });
    }
    let warnings = warnings(&content.subject, &html);
    let data_json = json.to_string().into_bytes();
    Ok(Rendered { subject: content.subject, html, text, inline, files: attached, data_json, warnings })
}

/// The page that stands alone: pictures inside, nothing fetched.
fn page(spec: &ReportSpec, files: &Templates, content: &Content, values: &minijinja::Value) -> Result<Vec<u8>, Error> {
    let pictures = content.charts.iter().map(|it| (it.name.clone(), it.inline_svg())).collect();
    let values = sentence::with_pictures(values, pictures);
    Ok(files.engine(Medium::Html, &spec.name)?.file(&format!("{}/page.html", spec.name), &values)?.into_bytes())
}

/// The report without the charts, tables and files that rest on rows this reader may not see.
fn shown_to(spec: &ReportSpec, document: &Document) -> ReportSpec {
    let absent = |query: &str| document.ada.get(query) == Some(&false);
    let mut shown = spec.clone();
    shown.charts.retain(|it| !absent(&it.data));
    shown.tables.retain(|it| !absent(&it.data));
    let tables: Vec<&str> = shown.tables.iter().map(|it| it.name.as_str()).collect();
    shown.attachments.retain(|it| it.table.is_empty() || tables.contains(&it.table.as_str()));
    shown
}

/// The document as JSON with sorted keys, whatever map the JSON library was built with.
fn canonical(document: &Document) -> Value {
    let json = serde_json::to_value(document).expect("a document holds only maps with text keys");
    sorted(json)
}

fn sorted(json: Value) -> Value {
    match json {
        Value::Object(map) => {
            let pairs: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(pairs.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn warnings(subject: &str, html: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let chars = subject.chars().count();
    if chars > SUBJECT_CHARS_MAX {
        warnings.push(format!("the subject has {chars} characters; mail clients cut after {SUBJECT_CHARS_MAX}"));
    }
    if html.len() > HTML_BYTES_MAX {
        warnings.push(format!("the HTML has {} bytes; mail clients clip after {HTML_BYTES_MAX}", html.len()));
    }
    warnings
}

#[cfg(test)]
mod tests;
