//! One row a unit: dot (or bar), 95 % interval, figures beside, the province as a line. Refuses rank numbers and legends.

use crate::model::report::{ChartKind, ChartSpec, Format};
use crate::report::chart::scale::Scale;
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GREY, INK, QUIET, RULE, Svg, Type, width_of};
use crate::report::chart::{Mark, Medium};
use crate::report::format;
use serde_json::Value;

/// Sizes of one medium, in user units.
struct Page {
    width: f64,
    /// White around the picture, where it stands on a card of another colour.
    inset: f64,
    text: f64,
    row: f64,
    dot: f64,
}

impl Page {
    fn of(medium: Medium) -> Self {
        match medium {
            Medium::Mail => Page { width: 516.0, inset: 10.0, text: 16.0, row: 28.0, dot: 5.0 },
            Medium::Print => Page { width: 640.0, inset: 0.0, text: 12.0, row: 19.0, dot: 3.7 },
        }
    }
}

/// Where the parts of the picture stand.
struct Layout {
    page: Page,
    top: f64,
    plot: (f64, f64),
    /// Right edges of the value and of each figure beside.
    edges: Vec<f64>,
    bottom: f64,
}

impl Layout {
    fn new(spec: &ChartSpec, marks: &[Mark], page: Page) -> Self {
        let widest =
            |words: &mut dyn Iterator<Item = &str>, size: f64| words.map(|it| width_of(it, size)).fold(0.0, f64::max);
        let labels = widest(&mut marks.iter().map(|it| it.label.as_str()), page.text);
        let gap = page.text * 1.1;
        let mut edges = Vec::new();
        let mut right = page.width - 2.0;
        for (i, column) in spec.beside.iter().enumerate().rev() {
            edges.push(right);
            let cells = widest(&mut marks.iter().filter_map(|it| it.beside.get(i).map(String::as_str)), page.text);
            right -= cells.max(width_of(&column.label, page.text * 0.86)) + gap;
        }
        edges.push(right);
        edges.reverse();
        let value = widest(&mut marks.iter().map(|it| it.written.as_str()), page.text * 1.04);
        let plot = (labels + gap, (right - value - gap).max(labels + gap + 60.0));
        let top = page.text * 1.5 + 6.0;
        let bottom = top + page.row * marks.len() as f64;
        Self { page, top, plot, edges, bottom }
    }

    fn middle(&self, row: usize) -> f64 {
        self.top + self.page.row * (row as f64 + 0.5)
    }
}

/// The picture and its size in whole user units.
pub fn draw(spec: &ChartSpec, marks: &[Mark], reference: Option<f64>, medium: Medium) -> (String, (u32, u32)) {
    let layout = Layout::new(spec, marks, Page::of(medium));
    let ends = marks.iter().flat_map(|it| it.interval.map_or([it.value, None], |(low, high)| [Some(low), Some(high)]));
    let share = spec.format == Format::Share;
    let zero = share || spec.kind == ChartKind::Bar;
    let scale = Scale::new(ends.flatten().chain(reference), zero, share.then_some(1.0), layout.plot);
    let mut svg = Svg::new();
    for i in 0..marks.len() {
        let y = layout.middle(i);
        svg.line((layout.plot.0, y), (layout.plot.1, y), FAINT, 0.8);
    }
    axis(&mut svg, spec, &layout, &scale);
    // The line lies under the marks: a mark on it must stay readable.
    if let Some(value) = reference {
        province(&mut svg, spec, &layout, &scale, value);
    }
    for (i, mark) in marks.iter().enumerate() {
        row(&mut svg, spec, &layout, &scale, (i, mark));
    }
    let height = (layout.bottom + layout.page.text * 1.7).ceil();
    let Page { width, inset, .. } = layout.page;
    let size = ((width + 2.0 * inset) as u32, (height + 2.0 * inset) as u32);
    (svg.finish(width, height, inset), size)
}

fn axis(svg: &mut Svg, spec: &ChartSpec, layout: &Layout, scale: &Scale) {
    let text = layout.page.text;
    let small = Type { size: text * 0.86, fill: QUIET, anchor: "middle", weight: 400 };
    for tick in scale.ticks() {
        let x = scale.at(tick);
        svg.line((x, layout.top), (x, layout.bottom), RULE, 0.8);
        let words = match spec.format {
            Format::Share => crate::model::indonesia::persen(tick, 0),
            _ => format::shown(&Value::from(tick), Format::Whole, true),
        };
        svg.text((x, layout.bottom + text * 1.2), small, &words);
    }
    let head = Type { anchor: "end", ..small };
    for (column, edge) in spec.beside.iter().zip(layout.edges.iter().skip(1)) {
        svg.text((*edge, text * 1.05), head, &column.label);
    }
}

fn province(svg: &mut Svg, spec: &ChartSpec, layout: &Layout, scale: &Scale, value: f64) {
    let text = layout.page.text;
    let x = scale.at(value);
    svg.line((x, layout.top - 3.0), (x, layout.bottom), ACCENT, 1.6);
    let words = format!("{} {}", spec.reference_label, format::shown(&Value::from(value), spec.format, true));
    let half = width_of(&words, text * 0.93) / 2.0;
    // The label stays inside the plot and clear of the headings at the right.
    let right = layout.edges.first().copied().unwrap_or(layout.page.width);
    let x = x.clamp(half, (right - half).max(half));
    let look = Type { size: text * 0.93, fill: ACCENT, anchor: "middle", weight: 600 };
    svg.text((x, text * 1.05), look, &words);
}

fn row(svg: &mut Svg, spec: &ChartSpec, layout: &Layout, scale: &Scale, (i, mark): (usize, &Mark)) {
    let page = &layout.page;
    let y = layout.middle(i);
    let base = y + page.text * 0.35;
    let (colour, weight) = if mark.highlight { (ATTENTION, 600) } else { (GREY, 400) };
    let ink = Type { size: page.text, fill: INK, anchor: "start", weight };
    svg.text((0.0, base), ink, &mark.label);
    match (mark.value, mark.absent) {
        (Some(value), _) => {
            let x = scale.at(value);
            if spec.kind == ChartKind::Bar {
                let zero = scale.at(0.0);
                let thick = page.row * 0.56;
                svg.bar((zero.min(x), y - thick / 2.0), ((x - zero).abs(), thick), colour);
            }
            if let Some((low, high)) = mark.interval {
                svg.line((scale.at(low), y), (scale.at(high), y), colour, page.dot * 0.5);
            }
            match (spec.kind, mark.highlight) {
                (ChartKind::Bar, _) => {}
                (ChartKind::Dot, true) => svg.diamond((x, y), page.dot, colour),
                (ChartKind::Dot, false) => svg.dot((x, y), page.dot, colour),
            }
        }
        (None, reason) => {
            let look = Type { size: page.text * 0.86, fill: QUIET, anchor: "start", weight: 400 };
            let words = reason.unwrap_or_default();
            let x = layout.plot.0 + page.text * 0.5;
            // The grid and the province's line must not run through words.
            svg.bar((x - 2.0, y - page.row * 0.4), (width_of(words, look.size) + 4.0, page.row * 0.8), "#FFFFFF");
            svg.text((x, base), look, words);
        }
    }
    let written = Type { anchor: "end", ..ink };
    if let Some(edge) = layout.edges.first() {
        svg.text((*edge, base), written, &mark.written);
    }
    let quiet = Type { fill: QUIET, weight: 400, ..written };
    for (words, edge) in mark.beside.iter().zip(layout.edges.iter().skip(1)) {
        svg.text((*edge, base), quiet, words);
    }
}
