//! Three by three boxes with counts and shares, and what has no box beside them. Refuses a figure its status withholds.

use crate::model::chart::{AxisSpec, GridSpec};
use crate::model::indonesia;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::page::Page;
use crate::report::chart::svg::{ACCENT, FAINT, GREY, INK, PAPER, QUIET, RULE, Svg, Type};

/// Share at which a box is shaded darkest: above a third of all people a darker shade would tell nothing more.
const DARKEST: f64 = 0.35;

/// One box, or one group without a box.
struct Cell {
    label: String,
    place: Option<(usize, usize)>,
    count: Option<f64>,
    share: Option<f64>,
    written: (String, String),
    highlight: bool,
}

fn cells(grid: &GridSpec, found: &[Row<'_>]) -> Vec<Cell> {
    let side = |row: &Row<'_>, axis: &AxisSpec| axis.order.iter().position(|word| word == row.text(&axis.key));
    let cell = |row: &Row<'_>| {
        let share = row.number(&grid.share);
        let count = row.written_as(&grid.value, crate::model::report::Format::Whole);
        Cell {
            label: row.text(&grid.label).to_string(),
            place: side(row, &grid.across).zip(side(row, &grid.up)),
            count: row.number(&grid.value),
            share,
            written: (count, share.filter(|it| *it > 0.0).map_or_else(String::new, |it| indonesia::persen(it, 1))),
            highlight: row.highlight(),
        }
    };
    found.iter().map(cell).collect()
}

/// The boxes for a monospace reader, best first, then those without one.
pub fn lines(grid: &GridSpec, found: &[Row<'_>]) -> Vec<Vec<String>> {
    let mut all = cells(grid, found);
    all.sort_by_key(|it| std::cmp::Reverse(it.place.map(|(x, y)| (y, x))));
    let words = |cell: &Cell| match cell.place {
        Some((x, y)) => {
            let word = |axis: &AxisSpec, i: usize| {
                format!(
                    "{} {}",
                    axis.title.to_lowercase(),
                    axis.order.get(i).map_or(String::new(), |it| spoken(it).to_lowercase())
                )
            };
            format!("{} ({}, {})", cell.label, word(&grid.up, y), word(&grid.across, x))
        }
        None => cell.label.clone(),
    };
    all.iter().map(|it| vec![words(it), it.written.0.clone(), it.written.1.clone()]).collect()
}

/// `DI_ATAS` as `Di atas`.
pub fn spoken(word: &str) -> String {
    let mut letters = word.replace('_', " ").to_lowercase().chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        first.make_ascii_uppercase();
    }
    letters.into_iter().collect()
}

/// The drawing and its height.
pub fn draw(grid: &GridSpec, found: &[Row<'_>], page: Page) -> (Svg, f64) {
    let all = cells(grid, found);
    let text = page.text;
    let words = grid.up.order.iter().map(|it| width_of(&spoken(it), page.small(), 400)).fold(0.0, f64::max);
    let left = words.max(width_of(&grid.up.title, page.small(), 600)) + text * 0.8;
    let wide = page.wide();
    let right = if wide { page.width * 0.66 } else { page.width };
    let (across, high) = ((right - left) / 3.0, if wide { text * 4.8 } else { text * 4.9 });
    let top = text * 1.5;
    let mut svg = Svg::new();
    let head = Type { size: page.small(), fill: INK, anchor: "start", weight: 600 };
    svg.text((0.0, text), head, &grid.up.title);
    for (i, word) in grid.up.order.iter().enumerate() {
        let y = top + high * (2.0 - i as f64) + high / 2.0 + page.foot();
        svg.text((0.0, y), page.quiet("start"), &spoken(word));
    }
    let foot = top + high * 3.0;
    for (i, word) in grid.across.order.iter().enumerate() {
        let x = left + across * (i as f64 + 0.5);
        svg.text((x, foot + text * 1.1), page.quiet("middle"), &spoken(word));
    }
    svg.text((left + across * 1.5, foot + text * 2.3), Type { anchor: "middle", ..head }, &grid.across.title);
    for cell in &all {
        if let Some((x, y)) = cell.place {
            let corner = (left + across * x as f64, top + high * (2.0 - y as f64));
            square(&mut svg, cell, page, corner, (across, high));
        }
    }
    let rest: Vec<&Cell> = all.iter().filter(|it| it.place.is_none()).collect();
    let bottom = foot + text * 2.6;
    if rest.is_empty() {
        return (svg, bottom);
    }
    let (x, y) = if wide { (right + text * 2.6, top - text * 0.5) } else { (0.0, bottom + text * 0.8) };
    let end = unmapped(&mut svg, &rest, page, (x, y), page.width - x);
    (svg, bottom.max(end))
}

fn square(svg: &mut Svg, cell: &Cell, page: Page, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let text = page.text;
    let inner = ((x + 1.5, y + 1.5), (width - 3.0, height - 3.0));
    match cell.count {
        Some(_) => svg.bar(inner.0, inner.1, &shade(cell.share.unwrap_or(0.0))),
        None => svg.hatch(inner.0, inner.1, RULE),
    }
    if cell.highlight {
        svg.frame(inner.0, inner.1, ACCENT);
    }
    let small = Type { size: page.small(), fill: INK, anchor: "start", weight: 400 };
    let room = width - text;
    svg.text((x + text * 0.6, y + text * 1.2), small, &fitted(&cell.label, room, page.small(), 400));
    let middle = x + width / 2.0;
    let large = Type { size: text * 1.5, fill: INK, anchor: "middle", weight: 600 };
    let base = y + height * 0.5 + text * 0.75;
    match cell.count {
        Some(_) => {
            svg.figures((middle, base), large, &cell.written.0);
            svg.figures((middle, base + text * 1.15), Type { anchor: "middle", ..small }, &cell.written.1);
        }
        None => {
            let half = width_of(&cell.written.0, text * 1.5, 600) / 2.0 + text * 0.3;
            svg.bar((middle - half, base - text * 1.3), (half * 2.0, text * 1.6), PAPER);
            svg.text((middle, base), large, &cell.written.0);
        }
    }
}

/// From paper to a tint on which ink stays readable.
fn shade(share: f64) -> String {
    let part = (share / DARKEST).clamp(0.0, 1.0) * 0.55 + 0.05;
    let mix = |from: f64, to: f64| (from + (to - from) * part).round() as u8;
    format!("#{:02X}{:02X}{:02X}", mix(255.0, 11.0), mix(255.0, 110.0), mix(255.0, 117.0))
}

fn unmapped(svg: &mut Svg, rest: &[&Cell], page: Page, (x, mut y): (f64, f64), width: f64) -> f64 {
    let text = page.text;
    let most = rest.iter().filter_map(|it| it.count).fold(0.0, f64::max);
    svg.text((x, y), Type { size: page.small(), fill: INK, anchor: "start", weight: 600 }, "Belum dipetakan");
    for cell in rest {
        y += text * 1.7;
        let ink = Type { size: page.small(), fill: QUIET, anchor: "start", weight: 400 };
        svg.text((x, y), ink, &cell.label);
        let words = match cell.written.1.as_str() {
            "" => cell.written.0.clone(),
            share => format!("{} · {share}", cell.written.0),
        };
        y += text * 0.45;
        let room = width - width_of(&words, text, 600) - text * 0.8;
        let thick = text * 0.95;
        svg.bar((x, y), (room, thick), FAINT);
        if let Some(count) = cell.count.filter(|_| most > 0.0) {
            svg.bar((x, y), (room * count / most, thick), GREY);
        }
        svg.figures((x + width, y + text * 0.85), Type { size: text, fill: INK, anchor: "end", weight: 600 }, &words);
        y += text * 0.95;
    }
    y + text * 0.4
}
