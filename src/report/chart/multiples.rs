//! A small line a unit, all on one scale, so that shapes can be compared without a legend. Refuses scales of their own.

use crate::model::chart::{ChartSpec, SeriesSpec};
use crate::model::periode::Periode;
use crate::model::report::Format;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::months::{Series, read, short};
use crate::report::chart::page::Page;
use crate::report::chart::scale::Scale;
use crate::report::chart::svg::{ACCENT, ATTENTION, GREY, INK, QUIET, RULE, Svg, Type};
use crate::report::format;
use serde_json::Value;

/// One small picture.
struct Panel {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The drawing and its height.
pub fn draw(spec: &ChartSpec, series: &SeriesSpec, found: &[Row<'_>], at: Option<f64>, page: Page) -> (Svg, f64) {
    let (months, units) = read(series, found);
    let text = page.text;
    let columns = if page.wide() { 5 } else { 3 };
    let gap = text * 1.2;
    let width = (page.width - gap * (columns as f64 - 1.0)) / columns as f64;
    let high = text * 5.6;
    let share = spec.format == Format::Share;
    let values: Vec<f64> = units.iter().flat_map(|it| it.values.iter().flatten().copied()).chain(at).collect();
    let mut svg = Svg::new();
    let first = text * 1.4;
    let name = at.zip(series.reference.as_ref()).map(|(at, reference)| {
        format!("- - {} {}", reference.label, format::shown(&Value::from(at), spec.format, true))
    });
    let span = match (months.first(), months.last()) {
        (Some(first), Some(last)) if first != last => format!("{} – {}", short(*first, true), short(*last, true)),
        (Some(only), _) => short(*only, true),
        _ => String::new(),
    };
    svg.text((0.0, text), page.quiet("start"), &span);
    if let Some(words) = &name {
        svg.text((page.width, text), Type { fill: INK, ..page.quiet("end") }, words);
    }
    for (i, unit) in units.iter().enumerate() {
        let (column, row) = (i % columns, i / columns);
        let left = (width + gap) * column as f64;
        let top = first + (high + text * 0.8) * row as f64;
        let panel = Panel { left, right: left + width, top: top + text * 1.6, bottom: top + high - text * 0.3 };
        let up = Scale::new(values.iter().copied(), share, share.then_some(1.0), (panel.bottom, panel.top));
        small(&mut svg, unit, &months, page, (&panel, &up, at));
    }
    let rows = units.len().div_ceil(columns) as f64;
    (svg, first + (high + text * 0.8) * rows)
}

fn small(svg: &mut Svg, unit: &Series<'_>, months: &[Periode], page: Page, place: (&Panel, &Scale, Option<f64>)) {
    let (panel, up, at) = place;
    let (colour, weight) = match (unit.own, unit.highlight) {
        (true, _) => (ACCENT, 600),
        (_, true) => (ATTENTION, 600),
        _ => (GREY, 400),
    };
    let size = page.small();
    let written = unit.last.as_ref().map_or_else(|| "tidak ada data".to_string(), |(_, _, written)| written.clone());
    let room = panel.right - panel.left - width_of(&written, size, 600) - page.text * 0.4;
    let base = panel.top - page.text * 0.6;
    let ink = Type { size, fill: if unit.own { ACCENT } else { INK }, anchor: "start", weight };
    let sign = if unit.highlight && !unit.own { "◆ " } else { "" };
    svg.text((panel.left, base), ink, &fitted(&format!("{sign}{}", unit.label), room, size, weight));
    let fill = if unit.last.is_some() { ink.fill } else { QUIET };
    svg.figures((panel.right, base), Type { anchor: "end", fill, ..ink }, &written);
    svg.line((panel.left, panel.bottom), (panel.right, panel.bottom), RULE, 0.8);
    if let Some(at) = at {
        svg.polyline(&[(panel.left, up.at(at)), (panel.right, up.at(at))], INK, 0.7, "3 3");
    }
    let inset = page.dot;
    let across = |month: usize| match months.len() {
        0 | 1 => (panel.left + panel.right) / 2.0,
        count => panel.left + inset + (panel.right - panel.left - inset * 2.0) * month as f64 / (count - 1) as f64,
    };
    for run in unit.runs() {
        let points: Vec<(f64, f64)> = run.iter().map(|(month, value)| (across(*month), up.at(*value))).collect();
        match points.as_slice() {
            [alone] => svg.dot(*alone, page.dot * 0.7, colour),
            points => svg.polyline(points, colour, 1.6, ""),
        }
    }
    if let Some((month, value, _)) = &unit.last {
        svg.dot((across(*month), up.at(*value)), page.dot * 0.85, colour);
    }
}
