//! One row a unit: dot (or bar), 95 % interval, figures beside, the province as a line. Refuses rank numbers and legends.

use crate::model::chart::{ChartSpec, RowSpec};
use crate::model::report::Format;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::page::Page;
use crate::report::chart::scale::{Scale, tick};
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GREY, INK, PAPER, RULE, Svg, Type};
use crate::report::format;
use serde_json::Value;

/// Whether rows are dots or bars.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A dot with its interval.
    Dot,
    /// A bar from zero.
    Bar,
}

/// One row as drawn.
struct Mark {
    label: String,
    value: Option<f64>,
    written: String,
    interval: Option<(f64, f64)>,
    beside: Vec<String>,
    absent: Option<&'static str>,
    own: bool,
    highlight: bool,
}

/// What is drawn where.
struct Layout<'a> {
    spec: &'a ChartSpec,
    rows: &'a RowSpec,
    shape: Shape,
    page: Page,
    top: f64,
    plot: (f64, f64),
    /// Right edges of the value and of each figure beside.
    edges: Vec<f64>,
    bottom: f64,
    /// Height of a row, and whether its name stands on a line of its own for want of room.
    high: f64,
    two: bool,
    /// Whether a row is the reader's own; the line is then not in the accent colour.
    owned: bool,
}

impl<'a> Layout<'a> {
    fn new(spec: &'a ChartSpec, rows: &'a RowSpec, shape: Shape, marks: &[Mark], page: Page) -> Self {
        let widest = |words: &mut dyn Iterator<Item = &str>, size: f64| {
            words.map(|it| width_of(it, size, 600)).fold(0.0, f64::max)
        };
        let labels = widest(&mut marks.iter().map(|it| it.label.as_str()), page.text);
        let gap = page.text * 1.1;
        let mut edges = Vec::new();
        let mut right = page.width - 2.0;
        for (i, column) in rows.beside.iter().enumerate().rev() {
            edges.push(right);
            let cells = widest(&mut marks.iter().filter_map(|it| it.beside.get(i).map(String::as_str)), page.text);
            right -= cells.max(width_of(&column.label, page.small(), 400)) + gap;
        }
        edges.push(right);
        edges.reverse();
        let value = widest(&mut marks.iter().map(|it| it.written.as_str()), page.text);
        let end = right - value - gap;
        let two = shape == Shape::Bar && !page.wide();
        let left = if two { 0.0 } else { (labels + gap).min((end - page.text * 6.0).max(page.width * 0.25)) };
        let high = if two { page.text * 2.5 } else { page.row };
        let top = page.text * if rows.reference.is_some() || !rows.beside.is_empty() { 1.5 } else { 0.2 } + 6.0;
        let bottom = top + high * marks.len() as f64;
        let owned = marks.iter().any(|it| it.own);
        Self {
            spec,
            rows,
            shape,
            page,
            top,
            plot: (left, end.max(left + page.text * 4.0)),
            edges,
            bottom,
            high,
            two,
            owned,
        }
    }

    /// The middle of a row's mark.
    fn middle(&self, row: usize) -> f64 {
        let mark = if self.two { self.page.text * 1.75 } else { self.high / 2.0 };
        self.top + self.high * row as f64 + mark
    }
}

/// The drawing and its height.
pub fn draw(
    spec: &ChartSpec,
    rows: &RowSpec,
    shape: Shape,
    found: &[Row<'_>],
    at: Option<f64>,
    page: Page,
) -> (Svg, f64) {
    let marks = marks(rows, found);
    let layout = Layout::new(spec, rows, shape, &marks, page);
    let ends = marks.iter().flat_map(|it| it.interval.map_or([it.value, None], |(low, high)| [Some(low), Some(high)]));
    let share = spec.format == Format::Share;
    let zero = share || shape == Shape::Bar;
    // Bars that are all nothing still need an axis.
    let least = (share && shape == Shape::Bar).then_some(0.1);
    let scale = Scale::new(ends.flatten().chain(at).chain(least), zero, share.then_some(1.0), layout.plot);
    let mut svg = Svg::new();
    for i in 0..marks.len() {
        let y = layout.middle(i);
        if !layout.two {
            svg.line((layout.plot.0, y), (layout.plot.1, y), FAINT, 0.8);
        }
    }
    axis(&mut svg, &layout, &scale);
    // The line lies under the marks: a mark on it must stay readable.
    if let Some(value) = at {
        province(&mut svg, &layout, &scale, value);
    }
    for (i, mark) in marks.iter().enumerate() {
        row(&mut svg, &layout, &scale, (i, mark));
    }
    (svg, layout.bottom + page.text * if layout.two { 0.4 } else { 1.7 })
}

/// The rows for a monospace reader.
pub fn lines(rows: &RowSpec, found: &[Row<'_>]) -> Vec<Vec<String>> {
    let row = |mark: Mark| {
        let written = mark.absent.map_or(mark.written, str::to_string);
        let sign = if mark.highlight { "◆ " } else { "" };
        let beside = rows.beside.iter().zip(mark.beside).map(|(column, cell)| format!("{} {cell}", column.label));
        [format!("{sign}{}", mark.label), written].into_iter().chain(beside).collect()
    };
    marks(rows, found).into_iter().map(row).collect()
}

/// The greatest value first unless the query's order is asked for, units without one last in the order given.
fn marks(rows: &RowSpec, found: &[Row<'_>]) -> Vec<Mark> {
    let mark = |row: &Row<'_>| {
        let value = row.number(&rows.value);
        let interval = rows.interval.as_ref().and_then(|(low, high)| row.number(low).zip(row.number(high)));
        Mark {
            label: row.text(&rows.label).to_string(),
            value,
            written: row.written(&rows.value),
            interval: value.and(interval),
            beside: rows.beside.iter().map(|column| row.beside(column)).collect(),
            absent: row.absent(&rows.value),
            own: row.own(),
            highlight: row.highlight(),
        }
    };
    let mut marks: Vec<Mark> = found.iter().map(mark).collect();
    if !rows.as_given {
        marks.sort_by(|a, b| match (a.value, b.value) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
    }
    marks
}

fn axis(svg: &mut Svg, layout: &Layout<'_>, scale: &Scale) {
    let (page, format) = (&layout.page, layout.spec.format);
    let room = layout.plot.1 - layout.plot.0;
    // Bars under their names carry their values beside them and need no axis.
    let ticks = scale.ticks_in(room, width_of(&tick(1.0, format), page.small(), 400) * 1.6);
    for value in ticks.into_iter().filter(|_| !layout.two) {
        let x = scale.at(value);
        svg.line((x, layout.top), (x, layout.bottom), RULE, 0.8);
        svg.text((x, layout.bottom + page.text * 1.2), page.quiet("middle"), &tick(value, format));
    }
    for (column, edge) in layout.rows.beside.iter().zip(layout.edges.iter().skip(1)) {
        svg.text((*edge, page.text * 1.05), page.quiet("end"), &column.label);
    }
}

fn province(svg: &mut Svg, layout: &Layout<'_>, scale: &Scale, value: f64) {
    let page = &layout.page;
    let x = scale.at(value);
    let colour = if layout.owned { INK } else { ACCENT };
    svg.line((x, layout.top - 3.0), (x, layout.bottom), colour, 1.4);
    let name = layout.rows.reference.as_ref().map_or("", |it| it.label.as_str());
    let words = format!("{name} {}", format::shown(&Value::from(value), layout.spec.format, true));
    let half = width_of(&words, page.text * 0.93, 600) / 2.0;
    // The label stays inside the plot and clear of the headings at the right.
    let right = layout.edges.first().copied().unwrap_or(page.width);
    let x = x.clamp(half, (right - half).max(half));
    let look = Type { size: page.text * 0.93, fill: colour, anchor: "middle", weight: 600 };
    svg.text((x, page.text * 1.05), look, &words);
}

fn row(svg: &mut Svg, layout: &Layout<'_>, scale: &Scale, (i, mark): (usize, &Mark)) {
    let page = &layout.page;
    let y = layout.middle(i);
    let base = y + page.foot();
    let (colour, weight) = match (mark.own, mark.highlight) {
        (true, _) => (ACCENT, 600),
        (false, true) => (ATTENTION, 600),
        (false, false) => (GREY, 400),
    };
    let ink = Type { fill: if mark.own { ACCENT } else { INK }, ..page.ink("start", weight) };
    let (name, room) = match layout.two {
        true => (base - page.text * 1.2, page.width),
        false => (base, layout.plot.0 - page.text * 0.5),
    };
    svg.text((0.0, name), ink, &fitted(&mark.label, room, page.text, weight));
    match (mark.value, mark.absent) {
        (Some(value), _) => {
            let x = scale.at(value);
            if layout.shape == Shape::Bar {
                let (zero, thick) = (scale.at(0.0), page.row * 0.56);
                svg.bar((zero.min(x), y - thick / 2.0), ((x - zero).abs(), thick), colour);
            }
            if let Some((low, high)) = mark.interval {
                svg.line((scale.at(low), y), (scale.at(high), y), colour, page.dot * 0.5);
            }
            match (layout.shape, mark.highlight) {
                (Shape::Bar, _) => {}
                (Shape::Dot, true) => svg.diamond((x, y), page.dot, colour),
                (Shape::Dot, false) => svg.dot((x, y), page.dot, colour),
            }
        }
        (None, reason) => {
            let look = page.quiet("start");
            let words = reason.unwrap_or_default();
            let x = layout.plot.0 + page.text * 0.5;
            // The grid and the province's line must not run through words.
            svg.bar((x - 2.0, y - page.row * 0.4), (width_of(words, look.size, 400) + 4.0, page.row * 0.8), PAPER);
            svg.text((x, base), look, words);
        }
    }
    if let Some(edge) = layout.edges.first() {
        svg.figures((*edge, base), Type { anchor: "end", ..ink }, &mark.written);
    }
    let quiet = Type { size: page.text, ..page.quiet("end") };
    for (words, edge) in mark.beside.iter().zip(layout.edges.iter().skip(1)) {
        svg.figures((*edge, base), quiet, words);
    }
}
