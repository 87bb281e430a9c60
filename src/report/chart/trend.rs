//! A line a unit over months, its last value written at its end. Refuses to join months across a gap.

use crate::model::chart::{ChartSpec, SeriesSpec};
use crate::model::periode::Periode;
use crate::model::report::Format;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::width_of;
use crate::report::chart::months::{Series, read, short};
use crate::report::chart::page::Page;
use crate::report::chart::scale::{Scale, tick};
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GREY, INK, QUIET, RULE, Svg, Type};
use crate::report::format;
use serde_json::Value;

/// The drawing and its height.
pub fn draw(spec: &ChartSpec, series: &SeriesSpec, found: &[Row<'_>], at: Option<f64>, page: Page) -> (Svg, f64) {
    let (months, units) = read(series, found);
    let text = page.text;
    let height = if page.wide() { text * 14.0 } else { text * 11.2 };
    let line = at.zip(series.reference.as_ref()).map(|(at, reference)| {
        (at, format!("{} {}", reference.label, format::shown(&Value::from(at), spec.format, true)))
    });
    let values = units.iter().flat_map(|it| it.values.iter().flatten().copied());
    let share = spec.format == Format::Share;
    let up = Scale::new(values.chain(at), share, share.then_some(1.0), (height - text * 2.0, text));
    let ends: Vec<String> = units.iter().filter_map(end).collect();
    let words = ends.iter().map(String::as_str).chain(line.as_ref().map(|it| it.1.as_str()));
    let room = words.map(|it| width_of(it, page.small(), 600)).fold(0.0, f64::max) + text * 0.8;
    let left = width_of(&tick(up.ends().1, spec.format), page.small(), 400) + text * 0.8;
    let right = (page.width - room).max(left + text * 6.0);
    let mut svg = Svg::new();
    for value in up.ticks() {
        let y = up.at(value);
        svg.line((left, y), (right, y), FAINT, 0.8);
        svg.text((left - text * 0.5, y + page.foot()), page.quiet("end"), &tick(value, spec.format));
    }
    let across = |month: usize| match months.len() {
        0 | 1 => (left + right) / 2.0,
        count => left + text * 0.6 + (right - left - text * 1.2) * month as f64 / (count - 1) as f64,
    };
    axis(&mut svg, &months, page, (left, right, height - text * 2.0), &across);
    if let Some((at, _)) = line {
        svg.polyline(&[(left, up.at(at)), (right, up.at(at))], INK, 1.0, "4 3");
    }
    // The reader's own line lies on top.
    let mut order: Vec<&Series<'_>> = units.iter().collect();
    order.sort_by_key(|it| (it.own, it.highlight));
    for unit in &order {
        path(&mut svg, unit, page, &across, &up);
    }
    labels(&mut svg, &order, line, page, (right + text * 0.5, height - text * 2.0), &up);
    (svg, height)
}

fn end(unit: &Series<'_>) -> Option<String> {
    unit.last.as_ref().map(|(_, _, written)| format!("{} {written}", unit.label))
}

fn look(unit: &Series<'_>) -> (&'static str, f64) {
    match (unit.own, unit.highlight) {
        (true, _) => (ACCENT, 2.2),
        (_, true) => (ATTENTION, 1.8),
        _ => (GREY, 1.3),
    }
}

fn axis(
    svg: &mut Svg,
    months: &[Periode],
    page: Page,
    (left, right, bottom): (f64, f64, f64),
    across: &dyn Fn(usize) -> f64,
) {
    svg.line((left, bottom), (right, bottom), RULE, 0.8);
    let label = width_of("Des 2025", page.small(), 400) * 1.15;
    let most = ((right - left) / label).floor().max(1.0) as usize;
    let every = months.len().div_ceil(most.max(1)).max(1);
    // Counted from the last month, which is the one the report speaks of.
    for (i, month) in months.iter().enumerate().rev().step_by(every) {
        let x = across(i);
        svg.line((x, bottom), (x, bottom + page.text * 0.3), RULE, 0.8);
        svg.text((x, bottom + page.text * 1.3), page.quiet("middle"), &short(*month, true));
    }
}

fn path(svg: &mut Svg, unit: &Series<'_>, page: Page, across: &dyn Fn(usize) -> f64, up: &Scale) {
    let (colour, width) = look(unit);
    for run in unit.runs() {
        let points: Vec<(f64, f64)> = run.iter().map(|(month, value)| (across(*month), up.at(*value))).collect();
        match points.as_slice() {
            [alone] => svg.dot(*alone, page.dot * 0.8, colour),
            points => svg.polyline(points, colour, width, ""),
        }
    }
    if let Some((month, value, _)) = &unit.last {
        let at = (across(*month), up.at(*value));
        if unit.highlight && !unit.own { svg.diamond(at, page.dot, colour) } else { svg.dot(at, page.dot, colour) }
    }
}

/// Names and last values at the right, moved apart where lines end close to one another.
fn labels(
    svg: &mut Svg,
    units: &[&Series<'_>],
    line: Option<(f64, String)>,
    page: Page,
    (x, bottom): (f64, f64),
    up: &Scale,
) {
    let mut all: Vec<(f64, String, &str, u16)> = Vec::new();
    for unit in units {
        let (Some((_, value, _)), Some(words)) = (&unit.last, end(unit)) else { continue };
        let (colour, _) = look(unit);
        let plain = colour == GREY;
        all.push((up.at(*value), words, if plain { QUIET } else { colour }, if plain { 400 } else { 600 }));
    }
    if let Some((at, words)) = line {
        all.push((up.at(at), words, INK, 400));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let step = page.text * 1.1;
    let mut floor = f64::MIN;
    for label in &mut all {
        label.0 = label.0.max(floor);
        floor = label.0 + step;
    }
    let over = (floor - step - bottom).max(0.0);
    for (y, words, fill, weight) in all {
        let look = Type { size: page.small(), fill, anchor: "start", weight };
        svg.figures((x, y - over + page.foot()), look, &words);
    }
}
