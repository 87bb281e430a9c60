//! Rows of parts: parts of a whole, or parts in lanes as wide as their maxima. Refuses a legend where the heading of a number
//! can carry the sample, and lets no part be told by colour alone.

use crate::model::chart::{ChartSpec, Look, PartSpec, StackSpec};
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::page::Page;
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GOOD, GREY, INK, PAPER, RULE, Svg, Type};

/// The drawing and its height.
pub fn draw(spec: &ChartSpec, stack: &StackSpec, found: &[Row<'_>], page: Page) -> (Svg, f64) {
    let lanes = stack.parts.iter().all(|part| part.of.is_some());
    let table = Table::new(spec, stack, found, page, lanes);
    let mut svg = Svg::new();
    if lanes {
        table.lane_heads(&mut svg, found);
    }
    table.heads(&mut svg);
    for (i, row) in found.iter().enumerate() {
        let first = table.top + table.high * i as f64 + page.row * 0.5;
        let y = if table.two { first + page.text * 1.25 } else { first };
        table.row(&mut svg, row, (i, first, y));
        if row.absent(stack.parts.first().map_or("", |it| it.key.as_str())).is_some() {
            table.absent(&mut svg, row, y);
        } else if lanes {
            table.lanes(&mut svg, row, y);
        } else {
            table.whole(&mut svg, row, y);
        }
    }
    (svg, table.top + table.high * found.len() as f64 + page.text * 0.3)
}

/// The rows for a monospace reader.
pub fn lines(spec: &ChartSpec, stack: &StackSpec, found: &[Row<'_>]) -> Vec<Vec<String>> {
    let heads = stack.parts.iter().map(|it| it.label.clone()).chain(stack.beside.iter().map(|it| it.label.clone()));
    let head = std::iter::once(String::new()).chain(heads).collect();
    let row = |row: &Row<'_>| {
        let cells = stack.parts.iter().map(|part| row.written_as(&part.key, spec.format));
        let beside = stack.beside.iter().map(|column| row.beside(column));
        std::iter::once(row.text(&stack.label).to_string()).chain(cells).chain(beside).collect()
    };
    std::iter::once(head).chain(found.iter().map(row)).collect()
}

/// Where the columns stand.
struct Table<'a> {
    stack: &'a StackSpec,
    page: Page,
    top: f64,
    /// Height of a row, and whether its name stands on a line of its own for want of room.
    high: f64,
    two: bool,
    plot: (f64, f64),
    /// Room for the row's name.
    room: f64,
    /// Heading, right edge and sample of every column of numbers.
    columns: Vec<(&'a str, f64, Option<Look>)>,
    /// Numbers of every row, in the order of the columns.
    cells: Vec<Vec<String>>,
}

impl<'a> Table<'a> {
    fn new(spec: &ChartSpec, stack: &'a StackSpec, found: &[Row<'_>], page: Page, lanes: bool) -> Self {
        // In lanes the heading stands over the lane and the sum beside; otherwise every part has its column of numbers.
        let (numbers, two) = (!lanes, !lanes && !page.wide());
        let parts = stack.parts.iter().filter(|_| numbers);
        let heads: Vec<(&str, Option<Look>)> = parts
            .clone()
            .map(|part| (part.label.as_str(), Some(part.look)))
            .chain(stack.beside.iter().map(|column| (column.label.as_str(), None)))
            .collect();
        let cells: Vec<Vec<String>> = found
            .iter()
            .map(|row| {
                let own = parts.clone().map(|part| row.written_as(&part.key, spec.format));
                own.chain(stack.beside.iter().map(|column| row.beside(column))).collect()
            })
            .collect();
        let gap = page.text * 0.9;
        let mut right = page.width - 1.0;
        let mut columns = Vec::new();
        for (i, (label, look)) in heads.iter().enumerate().rev() {
            columns.push((*label, right, *look));
            let body = cells.iter().filter_map(|row| row.get(i)).map(|it| width_of(it, page.text, 400));
            let sample = if look.is_some() { page.text * 1.1 } else { 0.0 };
            right -= body.fold(width_of(label, page.small(), 400) + sample, f64::max) + gap;
        }
        columns.reverse();
        let labels = found.iter().map(|row| width_of(row.text(&stack.label), page.text, 600)).fold(0.0, f64::max);
        let left = (labels + gap).min((right - page.text * 5.0).max(page.width * 0.22));
        let plot = if two { (0.0, right) } else { (left, right.max(left + page.text * 3.0)) };
        let room = if two { page.width } else { plot.0 - page.text * 0.5 };
        let top = page.text * if numbers { 1.7 } else { 2.8 };
        let high = if two { page.text * 2.65 } else { page.row };
        Self { stack, page, top, high, two, plot, room, columns, cells }
    }

    fn heads(&self, svg: &mut Svg) {
        let (page, base) = (self.page, self.top - self.page.text * 0.6);
        for (label, right, look) in &self.columns {
            svg.text((*right, base), page.quiet("end"), label);
            if let Some(look) = look {
                let side = page.text * 0.75;
                let left = right - width_of(label, page.small(), 400) - side - page.text * 0.3;
                fill(svg, *look, (left, base - side * 0.9), (side, side));
            }
        }
    }

    /// Names of the lanes and their maxima, above the first row.
    fn lane_heads(&self, svg: &mut Svg, found: &[Row<'_>]) {
        let Some(row) = found.iter().find(|row| self.maxima(row).is_some()) else { return };
        let (page, maxima) = (self.page, self.maxima(row).unwrap_or_default());
        let lanes = self.lane_places(&maxima);
        let last = lanes.len().saturating_sub(1);
        for (i, (part, (left, width))) in self.stack.parts.iter().zip(&lanes).enumerate() {
            let most = format!("maks. {}", crate::model::indonesia::desimal(maxima.get(i).copied().unwrap_or(0.0), 0));
            let (x, anchor) = if i == last && i > 0 { (left + width, "end") } else { (*left, "start") };
            let head = Type { size: page.small(), fill: INK, anchor, weight: 600 };
            let room = if i == last { f64::MAX } else { *width - page.text * 0.2 };
            svg.text((x, page.text), head, &fitted(&part.label, room, page.small(), 600));
            svg.text((x, page.text * 2.15), page.quiet(anchor), &most);
        }
    }

    fn maxima(&self, row: &Row<'_>) -> Option<Vec<f64>> {
        self.stack.parts.iter().map(|part| part.of.as_deref().and_then(|key| row.number(key))).collect()
    }

    /// Left edge and width of every lane.
    fn lane_places(&self, maxima: &[f64]) -> Vec<(f64, f64)> {
        let gap = self.page.text * 0.35;
        let room = self.plot.1 - self.plot.0 - gap * (maxima.len().saturating_sub(1)) as f64;
        let sum = maxima.iter().sum::<f64>().max(1e-9);
        let mut left = self.plot.0;
        let place = |most: &f64| {
            let (at, width) = (left, room * most / sum);
            left += width + gap;
            (at, width)
        };
        maxima.iter().map(place).collect()
    }

    fn row(&self, svg: &mut Svg, row: &Row<'_>, (i, first, y): (usize, f64, f64)) {
        let page = self.page;
        let base = first + page.foot();
        let (fill, weight) = match (row.own(), row.highlight()) {
            (true, _) => (ACCENT, 600),
            (_, true) => (INK, 600),
            _ => (INK, 400),
        };
        let ink = Type { fill, ..page.ink("start", weight) };
        svg.text((0.0, base), ink, &fitted(row.text(&self.stack.label), self.room, page.text, weight));
        for ((_, right, _), words) in self.columns.iter().zip(self.cells.get(i).into_iter().flatten()) {
            svg.figures((*right, y + page.foot()), Type { anchor: "end", ..ink }, words);
        }
    }

    fn absent(&self, svg: &mut Svg, row: &Row<'_>, y: f64) {
        let words = row.absent(self.stack.parts.first().map_or("", |it| it.key.as_str())).unwrap_or_default();
        svg.text((self.plot.0, y + self.page.foot()), self.page.quiet("start"), words);
    }

    fn lanes(&self, svg: &mut Svg, row: &Row<'_>, y: f64) {
        let maxima = self.maxima(row).unwrap_or_default();
        let thick = self.page.row * 0.58;
        let colour = match (row.own(), row.highlight()) {
            (true, _) => ACCENT,
            (_, true) => ATTENTION,
            _ => GREY,
        };
        let lanes = self.lane_places(&maxima);
        for ((part, most), (left, width)) in self.stack.parts.iter().zip(&maxima).zip(lanes) {
            let Some(value) = row.number(&part.key) else {
                svg.hatch((left, y - thick / 2.0), (width, thick), RULE);
                continue;
            };
            svg.bar((left, y - thick / 2.0), (width, thick), FAINT);
            let filled = width * (value / most.max(1e-9)).clamp(0.0, 1.0);
            svg.bar((left, y - thick / 2.0), (filled, thick), if part.look == Look::Accent { ACCENT } else { colour });
        }
    }

    fn whole(&self, svg: &mut Svg, row: &Row<'_>, y: f64) {
        let thick = self.page.row * 0.58;
        let values: Vec<(&PartSpec, f64)> =
            self.stack.parts.iter().map(|part| (part, row.number(&part.key).unwrap_or(0.0).max(0.0))).collect();
        let sum: f64 = values.iter().map(|it| it.1).sum();
        let mut left = self.plot.0;
        if sum <= 0.0 {
            svg.text((left, y + self.page.foot()), self.page.quiet("start"), "tidak ada");
            return;
        }
        for (part, value) in values.iter().filter(|it| it.1 > 0.0) {
            let width = (self.plot.1 - self.plot.0) * value / sum;
            // A white seam keeps neighbours apart in any print.
            fill(svg, part.look, (left, y - thick / 2.0), ((width - 1.5).max(0.8), thick));
            left += width;
        }
    }
}

/// Accent, good and attention are equally dark without colour, so two of them carry lines.
fn fill(svg: &mut Svg, look: Look, at: (f64, f64), size: (f64, f64)) {
    match look {
        Look::Plain => svg.bar(at, size, GREY),
        Look::Accent => svg.bar(at, size, ACCENT),
        Look::Good => {
            svg.bar(at, size, GOOD);
            svg.uprights(at, size, PAPER);
        }
        Look::Attention => {
            svg.bar(at, size, ATTENTION);
            svg.slants(at, size, PAPER);
        }
        Look::Open => {
            svg.bar(at, size, PAPER);
            svg.hatch(at, size, GREY);
        }
    }
}
