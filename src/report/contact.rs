//! The contact sheet of a preview: one page on which a person sees everything a report sends, to each reader, before it is sent.
//! Refuses scripts, and anything that is not in the folder of the preview.

use crate::model::report::{AttachmentKind, ColumnSpec, Document, ReportSpec};
use crate::report::{Rendered, format};
use serde_json::Value;

/// The mail as seen with a light screen.
pub const LIGHT: &str = "surel-terang.html";
/// The mail as seen with a dark screen.
pub const DARK: &str = "surel-gelap.html";
/// Rows of a table shown; the workbook holds the rest.
const ROWS_SHOWN: usize = 25;
/// Widths mail is looked at, px.
const WIDTHS: [u32; 2] = [360, 800];
const DARK_RULE: &str = "@media (prefers-color-scheme: dark)";

/// The mail as one kind of screen shows it, whatever the screen it is looked at with.
pub fn as_seen(html: &str, dark: bool) -> String {
    let (rule, scheme) = if dark { ("@media all", "dark") } else { ("@media not all", "light") };
    html.replace(DARK_RULE, rule)
        .replace("content=\"light dark\"", &format!("content=\"{scheme}\""))
        .replace("color-scheme: light dark;", &format!("color-scheme: {scheme};"))
}

/// What one reader gets, as a section of the sheet. `folder` is relative to the sheet, with a slash at its end unless it is the same.
pub fn section(spec: &ReportSpec, document: &Document, rendered: &Rendered, folder: &str) -> String {
    let mut out = format!("<section>\n<h2>{}</h2>\n", text(&document.penerima.nama));
    line(&mut out, "Jabatan", &document.penerima.jabatan);
    line(&mut out, "Subjek", &rendered.subject);
    for warning in &rendered.warnings {
        out.push_str(&format!("<p class=\"awas\">Perhatikan: {}</p>\n", text(warning)));
    }
    out.push_str("<h3>Lampiran</h3>\n<ul>\n");
    for file in &rendered.files {
        let kib = file.bytes.len().div_ceil(1024);
        out.push_str(&format!("<li><a href=\"{0}{1}\">{1}</a> ({kib} KiB)</li>\n", text(folder), text(&file.name)));
    }
    if rendered.files.is_empty() {
        out.push_str("<li>tidak ada</li>\n");
    }
    out.push_str("</ul>\n");
    for (file, name) in [(LIGHT, "terang"), (DARK, "gelap")] {
        out.push_str(&format!("<h3>Surel, layar {name}</h3>\n<div class=\"deret\">\n"));
        for width in WIDTHS {
            out.push_str(&format!(
                "<figure><figcaption>{width} px</figcaption><iframe loading=\"lazy\" title=\"Surel {width} px, layar {name}\" width=\"{width}\" height=\"900\" src=\"{}{file}\"></iframe></figure>\n",
                text(folder)
            ));
        }
        out.push_str("</div>\n");
    }
    out.push_str(&format!(
        "<details><summary>Surel sebagai teks</summary><pre>{}</pre></details>\n",
        text(&rendered.text)
    ));
    for file in rendered.files.iter().filter(|it| matches!(it.kind, AttachmentKind::Pdf | AttachmentKind::Page)) {
        out.push_str(&format!(
            "<details><summary>{1}</summary><iframe loading=\"lazy\" title=\"{1}\" width=\"840\" height=\"1180\" src=\"{0}{1}\"></iframe></details>\n",
            text(folder),
            text(&file.name)
        ));
    }
    if rendered.files.iter().any(|it| it.kind == AttachmentKind::Xlsx) {
        spec.tables.iter().for_each(|it| table(&mut out, &it.name, &it.columns, document.data.get(&it.data)));
    }
    out.push_str("</section>\n");
    out
}

/// The whole sheet.
pub fn sheet(spec: &ReportSpec, release: u64, periode: &str, sections: &[String]) -> String {
    let title = text(&spec.title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Pratinjau: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Pratinjau: {title}</h1>\n\
         <p>Rilis {release}, {periode}; {} penerima. Belum ada yang dikirim.</p>\n{}</body>\n</html>\n",
        sections.len(),
        sections.concat()
    )
}

const STYLE: &str = "body{font-family:system-ui,sans-serif;color:#1B2A33;background:#EEF1F3;margin:24px}\
section{background:#FFFFFF;border:1px solid #D9DFE2;padding:16px 20px;margin:24px 0}\
.deret{display:flex;flex-wrap:wrap;gap:20px}figure{margin:0}figcaption{font-size:13px;color:#5B6970}\
iframe{border:1px solid #B9C3C8;background:#FFFFFF}pre{white-space:pre-wrap;font-size:13px}\
table{border-collapse:collapse;font-size:13px}td,th{border-bottom:1px solid #D9DFE2;padding:3px 10px 3px 0;text-align:left}\
.kanan{text-align:right;font-variant-numeric:tabular-nums}.awas{border-left:4px solid #B4530A;padding-left:10px}";

fn table(out: &mut String, name: &str, columns: &[ColumnSpec], rows: Option<&Value>) {
    let rows = rows.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let class = |column: &ColumnSpec| if format::is_right(column.format) { " class=\"kanan\"" } else { "" };
    out.push_str(&format!(
        "<details><summary>Lembar {} ({} baris)</summary>\n<table>\n<thead><tr>",
        text(name),
        rows.len()
    ));
    columns.iter().for_each(|it| out.push_str(&format!("<th{}>{}</th>", class(it), text(&it.label))));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows.iter().take(ROWS_SHOWN) {
        let cell =
            |it: &ColumnSpec| format!("<td{}>{}</td>", class(it), text(&format::cell(row, it.into(), true, "‹")));
        let cells: String = columns.iter().map(cell).collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out.push_str("</tbody></table>\n");
    if rows.len() > ROWS_SHOWN {
        out.push_str(&format!("<p>{} baris lagi ada pada buku kerja.</p>\n", rows.len() - ROWS_SHOWN));
    }
    out.push_str("</details>\n");
}

fn line(out: &mut String, label: &str, value: &str) {
    if !value.is_empty() {
        out.push_str(&format!("<p><strong>{label}:</strong> {}</p>\n", text(value)));
    }
}

/// Text for a page, in an element or a quoted attribute.
fn text(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
