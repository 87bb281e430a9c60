//! Charts as SVG written here, one drawing for every medium. Refuses legends, second axes, and colour as the only sign.

mod bullet;
mod cells;
mod dots;
mod funnel;
mod letters;
mod limits;
mod months;
mod multiples;
mod ninebox;
mod page;
mod place;
pub mod raster;
mod scale;
mod stacked;
mod svg;
mod trend;
mod waterfall;

use crate::model::chart::{ChartSpec, Picture, Reference};
use crate::report::chart::cells::{Row, aligned};
use crate::report::chart::dots::Shape;
use crate::report::chart::funnel::Funnel;
use crate::report::chart::page::Page;
use crate::report::chart::svg::Svg;
use crate::report::format;
use serde_json::{Map, Value, json};

/// Where a chart is shown: the same drawing, other widths and sizes of type, so that labels stay readable on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Across a mail of 600 px, or a phone.
    Mail,
    /// Across a page of A4, or half of one.
    Print,
}

/// What a chart says in words.
pub struct Texts {
    /// The finding.
    pub title: String,
    /// What is measured, of whom, as at when.
    pub subtitle: String,
    /// The finding for those who cannot see the picture.
    pub alt: String,
}

/// A chart as drawn.
pub struct Drawn {
    /// Name of its file.
    pub name: String,
    /// Content id in the mail.
    pub cid: String,
    /// The finding for those who cannot see the picture.
    pub alt: String,
    /// SVG for the page.
    pub print: String,
    /// SVG for the mail.
    pub mail: String,
    /// Width and height in the mail, px.
    pub size: (u32, u32),
    half: bool,
    in_mail: bool,
    lines: String,
    title: String,
    subtitle: String,
}

impl Drawn {
    /// The picture for a page: SVG that says its finding to those who do not see it.
    pub fn inline_svg(&self) -> String {
        let alt = self.alt.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        self.mail.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{alt}\" "), 1)
    }

    /// What templates get to know: `teks` holds the figures of the picture as lines for a monospace reader, `separuh` whether
    /// it takes half the width of a page, `surat` whether the mail shows it.
    pub fn json(&self) -> Value {
        json!({
            "nama": self.name,
            "cid": self.cid,
            "judul": self.title,
            "keterangan": self.subtitle,
            "alt": self.alt,
            "lebar": self.size.0,
            "tinggi": self.size.1,
            "berkas": format!("/grafik/{}.svg", self.name),
            "separuh": self.half,
            "surat": self.in_mail,
            "teks": self.lines,
        })
    }
}

/// The expression of the line a chart compares with, if it has one.
pub fn reference(spec: &ChartSpec) -> Option<&str> {
    let line: Option<&Reference> = match &spec.picture {
        Picture::Dot(it) | Picture::Bar(it) => it.reference.as_ref(),
        Picture::Funnel(it) => Some(&it.reference),
        Picture::Line(it) | Picture::Multiples(it) => it.reference.as_ref(),
        Picture::Ninebox(_) | Picture::Stacked(_) | Picture::Waterfall(_) | Picture::Bullet(_) => None,
    };
    line.map(|it| it.value.as_str())
}

/// What the drawing finds that its sentences may speak of; `at` is the value of the reference.
pub fn facts(spec: &ChartSpec, rows: &[Value], at: Option<f64>) -> Value {
    match &spec.picture {
        Picture::Funnel(points) => Funnel::new(points, &Row::all(spec, rows, ""), at).facts(),
        _ => Value::Object(Map::new()),
    }
}

/// Draws a chart for both media.
pub fn draw(spec: &ChartSpec, rows: &[Value], texts: Texts, at: Option<f64>, withheld: &str) -> Drawn {
    let found = Row::all(spec, rows, withheld);
    let (print, _) = finished(spec, &found, at, Page::of(Medium::Print, spec.half));
    let (mail, size) = finished(spec, &found, at, Page::of(Medium::Mail, spec.half));
    Drawn {
        name: spec.name.clone(),
        cid: format!("grafik-{}@talenta", spec.name.replace('_', "-")),
        alt: texts.alt,
        print,
        mail,
        size,
        half: spec.half,
        in_mail: spec.mail,
        lines: aligned(&lines(spec, &found, at)).join("\n"),
        title: texts.title,
        subtitle: texts.subtitle,
    }
}

fn finished(spec: &ChartSpec, found: &[Row<'_>], at: Option<f64>, page: Page) -> (String, (u32, u32)) {
    let (svg, height) = picture(spec, found, at, page);
    let height = height.ceil();
    let size = ((page.width + 2.0 * page.inset) as u32, (height + 2.0 * page.inset) as u32);
    (svg.finish(page.width, height, page.inset), size)
}

fn picture(spec: &ChartSpec, found: &[Row<'_>], at: Option<f64>, page: Page) -> (Svg, f64) {
    if found.is_empty() {
        let mut svg = Svg::new();
        svg.text((0.0, page.text * 1.2), page.quiet("start"), "tidak ada data");
        return (svg, page.text * 2.0);
    }
    match &spec.picture {
        Picture::Dot(rows) => dots::draw(spec, rows, Shape::Dot, found, at, page),
        Picture::Bar(rows) => dots::draw(spec, rows, Shape::Bar, found, at, page),
        Picture::Funnel(points) => Funnel::new(points, found, at).draw(points, page),
        Picture::Ninebox(grid) => ninebox::draw(grid, found, page),
        Picture::Line(series) => trend::draw(spec, series, found, at, page),
        Picture::Multiples(series) => multiples::draw(spec, series, found, at, page),
        Picture::Stacked(stack) => stacked::draw(spec, stack, found, page),
        Picture::Waterfall(steps) => waterfall::draw(spec, steps, found, page),
        Picture::Bullet(promises) => bullet::draw(promises, found, page),
    }
}

fn lines(spec: &ChartSpec, found: &[Row<'_>], at: Option<f64>) -> Vec<Vec<String>> {
    let write = |value: f64| format::shown(&Value::from(value), spec.format, true);
    match &spec.picture {
        Picture::Dot(rows) | Picture::Bar(rows) => dots::lines(rows, found),
        Picture::Funnel(points) => Funnel::new(points, found, at).lines(),
        Picture::Ninebox(grid) => ninebox::lines(grid, found),
        Picture::Line(series) | Picture::Multiples(series) => months::lines(series, found, write),
        Picture::Stacked(stack) => stacked::lines(spec, stack, found),
        Picture::Waterfall(steps) => waterfall::lines(spec, steps, found),
        Picture::Bullet(promises) => bullet::lines(promises, found),
    }
}

#[cfg(test)]
mod tests;
