//! Renders one data document into mail, plain text, PDF and workbook, the same bytes every time. Refuses the clock, the network,
//! and files that are not in the template folder.

mod chart;
mod content;
mod exact;
mod filter;
mod format;
pub mod receipt;
mod sentence;
pub mod table;
mod typeset;
mod workbook;

use crate::model::problem::Problem;
use crate::model::report::{AttachmentKind, Document, ReportSpec};
use crate::report::chart::raster;
use crate::report::content::Content;
use crate::report::sentence::{Engine, Medium};
use serde_json::Value;
use std::collections::BTreeMap;

/// Mail clients clip longer HTML; the rest of the wire form needs the difference.
const HTML_BYTES_MAX: usize = 90_000;
/// Subjects are cut beyond this.
const SUBJECT_CHARS_MAX: usize = 70;

/// Every file a report may read, by path relative to `report-templates` (`ringkasan-gubernur/mail.html`,
/// `shared/fonts/Inter-Regular.otf`).
#[derive(Debug, Clone, Default)]
pub struct Templates(BTreeMap<String, Vec<u8>>);

impl Templates {
    /// The files of a folder that somebody else has read.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(files.into_iter().collect())
    }

    /// One file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// Files of the report and the shared ones, in order of path.
    fn of(&self, report: &str) -> impl Iterator<Item = (&str, &[u8])> {
        let own = format!("{report}/");
        let files = self.0.iter().filter(move |(path, _)| path.starts_with(&own) || path.starts_with("shared/"));
        files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Text files of the report and the shared ones with one of the endings.
    fn texts(&self, report: &str, endings: &[&str]) -> Result<Vec<(&str, &str)>, Error> {
        let wanted = self.of(report).filter(|(path, _)| endings.iter().any(|ending| path.ends_with(ending)));
        wanted
            .map(|(path, bytes)| match std::str::from_utf8(bytes) {
                Ok(text) => Ok((path, text)),
                Err(_) => Err(Error::Template(Problem {
                    file: path.to_string(),
                    line: 0,
                    path: String::new(),
                    what: "is not UTF-8".into(),
                    hint: Some("save the file as UTF-8".into()),
                })),
            })
            .collect()
    }

    /// The fonts, in order of path.
    fn fonts(&self) -> impl Iterator<Item = &[u8]> {
        let fonts = self.0.iter().filter(|(path, _)| {
            path.starts_with("shared/fonts/") && (path.ends_with(".ttf") || path.ends_with(".otf"))
        });
        fonts.map(|(_, bytes)| bytes.as_slice())
    }
}

/// A rendered report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// States the finding.
    pub subject: String,
    /// HTML body; charts by `cid:`.
    pub html: String,
    /// The plain-text twin.
    pub text: String,
    /// Pictures the HTML names.
    pub inline: Vec<Inline>,
    /// Files that go with the mail, in the order of the report.
    pub files: Vec<File>,
    /// Canonical bytes of the data document: UTF-8 JSON, keys sorted, no blanks.
    pub data_json: Vec<u8>,
    /// What a person should look at before the report is sent.
    pub warnings: Vec<String>,
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Which file.
    pub kind: AttachmentKind,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a report takes over as it is, made before it.
#[derive(Debug, Clone, Default)]
pub struct Supplies {
    /// Workbooks of the reader's own receipts with rows to mend: name and bytes.
    pub receipts: Vec<(String, Vec<u8>)>,
}

/// A picture of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// Content id, without brackets.
    pub cid: String,
    /// File name.
    pub file_name: String,
    /// PNG at twice the shown size.
    pub png: Vec<u8>,
    /// The finding, for those who do not see the picture.
    pub alt: String,
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
    let context = content.json(&json);
    let values = sentence::value(&context);
    let html = Engine::new(Medium::Html, &spec.name, files)?.file(&format!("{}/mail.html", spec.name), &values)?;
    let text = Engine::new(Medium::Plain, &spec.name, files)?.file(&format!("{}/mail.txt", spec.name), &values)?;
    let mut attached = Vec::new();
    let mut receipts = supplies.receipts.iter();
    for it in &content.attached {
        let bytes = match it.kind {
            AttachmentKind::Pdf => typeset::pdf(spec, files, document, &content, &context)?,
            AttachmentKind::Xlsx => workbook::workbook(spec, document, &content)
                .map_err(|source| Error::Workbook { report: spec.name.clone(), source })?,
            AttachmentKind::Page => page(spec, files, &content, &values)?,
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
    let engine = Engine::new(Medium::Html, &spec.name, files)?.with_pictures(pictures);
    Ok(engine.file(&format!("{}/page.html", spec.name), values)?.into_bytes())
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
