//! Share against n with control limits around the province: who differs more than chance allows. Refuses an order of units.

use crate::model::chart::PointSpec;
use crate::model::indonesia;
use crate::model::report::Format;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{width_of, wrapped};
use crate::report::chart::limits::{Limits, Place};
use crate::report::chart::page::Page;
use crate::report::chart::place::{Box, Places};
use crate::report::chart::scale::{Scale, tick};
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GREY, INK, QUIET, RULE, Svg, Type};
use serde_json::{Value, json};

/// Points along a curve.
const STEPS: u32 = 48;

/// One unit.
struct Point<'a> {
    label: &'a str,
    n: f64,
    share: f64,
    written: String,
    place: Place,
    own: bool,
}

/// The points that can be drawn, their limits, and the names of those that cannot.
pub struct Funnel<'a> {
    points: Vec<Point<'a>>,
    limits: Option<(Limits, f64)>,
    absent: Vec<(&'a str, &'static str)>,
}

impl<'a> Funnel<'a> {
    /// Reads the rows; `at` is the share of all.
    pub fn new(points: &PointSpec, found: &[Row<'a>], at: Option<f64>) -> Self {
        let known = |row: &Row<'a>| Some((row.persons().filter(|n| *n > 0.0)?, row.number(&points.value)?));
        let units: Vec<(f64, f64)> = found.iter().filter_map(known).collect();
        let limits = at.map(|at| (Limits::new(&units, at), at));
        let mut funnel = Self { points: Vec::new(), limits, absent: Vec::new() };
        for row in found {
            let label = row.text(&points.label);
            let Some((n, share)) = known(row) else {
                funnel.absent.push((label, row.absent(&points.value).unwrap_or("tidak ada data")));
                continue;
            };
            let place = funnel.limits.map_or(Place::Inside, |(limits, _)| limits.place(n, share));
            let written = row.written(&points.value);
            funnel.points.push(Point { label, n, share, written, place, own: row.own() });
        }
        funnel
    }

    /// Names by place, for the sentences of the chart.
    pub fn facts(&self) -> Value {
        let names = |place: Place| -> Vec<&str> {
            self.points.iter().filter(|it| it.place == place).map(|it| it.label).collect()
        };
        json!({
            "jauh_di_bawah": names(Place::FarBelow),
            "di_bawah": names(Place::Below),
            "di_atas": names(Place::Above),
            "jauh_di_atas": names(Place::FarAbove),
            "dilebarkan": self.limits.is_some_and(|(limits, _)| limits.widened > 1.0),
        })
    }

    /// The points for a monospace reader.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let word = |place: Place| match place {
            Place::FarBelow => "jauh di bawah",
            Place::Below => "di bawah batas 95 %",
            Place::Inside => "dalam batas",
            Place::Above => "di atas batas 95 %",
            Place::FarAbove => "jauh di atas",
        };
        let line = |it: &Point<'_>| {
            let n = format!("n {}", indonesia::desimal(it.n, 0));
            vec![it.label.to_string(), it.written.clone(), n, word(it.place).to_string()]
        };
        let absent = self.absent.iter().map(|(label, why)| vec![label.to_string(), why.to_string()]);
        self.points.iter().map(line).chain(absent).collect()
    }

    /// The drawing and its height.
    pub fn draw(&self, points: &PointSpec, page: Page) -> (Svg, f64) {
        let text = page.text;
        let height = if page.wide() { text * 17.0 } else { text * 15.5 };
        let left = width_of("100 %", page.small(), 400) + text * 0.6;
        let right = page.width - width_of("99,8 %", page.small(), 400) - text * 0.6;
        let (top, bottom) = (text * 0.8, height - text * 2.6);
        let across = Scale::new(self.points.iter().map(|it| it.n).chain([1.0]), true, None, (left, right));
        let up = Scale::new(self.heights(), false, Some(1.0), (bottom, top));
        let mut svg = Svg::new();
        let frame = Frame { page, across, up, plot: (left, right, top, bottom) };
        frame.axes(&mut svg);
        let mut places = Places::new((left, top, right, bottom));
        for point in &self.points {
            places.take(Box::around(frame.at(point), page.dot * 1.5));
        }
        if let Some((limits, at)) = &self.limits {
            frame.curves(&mut svg, limits, *at, &points.reference.label, &mut places);
        }
        self.marks(&mut svg, &frame, &mut places);
        let mut foot = height;
        for line in self.notes(page) {
            svg.text((0.0, foot), page.quiet("start"), &line);
            foot += text * 1.2;
        }
        (svg, foot - text * 0.8)
    }

    /// Values the vertical axis must reach: every share, and the limits at half of the middle n.
    fn heights(&self) -> impl Iterator<Item = f64> {
        let mut ns: Vec<f64> = self.points.iter().map(|it| it.n).collect();
        ns.sort_by(f64::total_cmp);
        let limits = self.limits.zip(ns.first().copied()).map(|((limits, at), n)| {
            let (low, high) = limits.inner(n * 1.3);
            [low, at, high]
        });
        self.points.iter().map(|it| it.share).chain(limits.into_iter().flatten())
    }

    fn marks(&self, svg: &mut Svg, frame: &Frame, places: &mut Places) {
        let page = frame.page;
        for point in &self.points {
            let (x, y) = frame.at(point);
            match (point.own, point.place) {
                (true, _) => svg.dot((x, y), page.dot * 1.5, ACCENT),
                (_, Place::FarBelow | Place::FarAbove) => svg.diamond((x, y), page.dot * 1.1, ATTENTION),
                (_, Place::Below | Place::Above) => svg.ring((x, y), page.dot, ATTENTION),
                _ => svg.dot((x, y), page.dot, GREY),
            }
        }
        // The one the reader looks for first, then those outside, then the rest as far as there is room.
        let mut order: Vec<&Point<'_>> = self.points.iter().collect();
        order.sort_by_key(|it| (!it.own, it.place == Place::Inside));
        for point in order {
            let plain = !point.own && point.place == Place::Inside;
            let words = if plain { point.label.to_string() } else { format!("{} {}", point.label, point.written) };
            let (fill, weight, size) = match (point.own, plain) {
                (true, _) => (ACCENT, 600, page.text),
                (_, true) => (QUIET, 400, page.small()),
                _ => (INK, 600, page.small()),
            };
            let width = width_of(&words, size, weight);
            let gap = page.dot * if point.own { 1.5 } else { 1.0 } + page.text * 0.35;
            if let Some((x, y)) = places.beside(frame.at(point), gap, (width, size), !plain) {
                svg.text((x, y), Type { size, fill, anchor: "start", weight }, &words);
            }
        }
    }

    fn notes(&self, page: Page) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((limits, _)) = self.limits.filter(|(limits, _)| limits.widened > 1.0) {
            notes.push(format!(
                "Batas dilebarkan {} kali: beda antardaerah lebih besar daripada kebetulan.",
                indonesia::desimal(limits.widened, 1)
            ));
        }
        let absent: Vec<String> = self.absent.iter().map(|(label, why)| format!("{label} ({why})")).collect();
        if !absent.is_empty() {
            notes.push(format!("Tidak digambar: {}.", absent.join(", ")));
        }
        notes.iter().flat_map(|note| wrapped(note, page.width, page.small(), 400, 3)).collect()
    }
}

/// The field of the drawing.
struct Frame {
    page: Page,
    across: Scale,
    up: Scale,
    /// Left, right, top, bottom.
    plot: (f64, f64, f64, f64),
}

impl Frame {
    fn at(&self, point: &Point<'_>) -> (f64, f64) {
        (self.across.at(point.n), self.up.at(point.share))
    }

    fn axes(&self, svg: &mut Svg) {
        let (left, right, _, bottom) = self.plot;
        let page = self.page;
        for value in self.up.ticks() {
            let y = self.up.at(value);
            svg.line((left, y), (right, y), FAINT, 0.8);
            svg.text((left - page.text * 0.5, y + page.foot()), page.quiet("end"), &tick(value, Format::Share));
        }
        let label = width_of("10.000", page.small(), 400) * 1.5;
        for value in self.across.ticks_in(right - left, label) {
            let x = self.across.at(value);
            svg.line((x, bottom), (x, bottom + page.text * 0.3), RULE, 0.8);
            svg.text((x, bottom + page.text * 1.2), page.quiet("middle"), &tick(value, Format::Whole));
        }
        svg.line((left, bottom), (right, bottom), RULE, 0.8);
    }

    fn curves(&self, svg: &mut Svg, limits: &Limits, at: f64, name: &str, places: &mut Places) {
        let (left, right, _, _) = self.plot;
        let page = self.page;
        let (_, most) = self.across.ends();
        let ns: Vec<f64> = (1..=STEPS).map(|i| most * (f64::from(i) / f64::from(STEPS)).powi(2)).collect();
        let curve = |of: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
            ns.iter().map(|&n| (self.across.at(n), self.up.at(of(n)))).collect()
        };
        let (low, high) = (curve(&|n| limits.inner(n).0), curve(&|n| limits.inner(n).1));
        let band: Vec<(f64, f64)> = low.iter().copied().chain(high.iter().rev().copied()).collect();
        svg.area(&band, "#F1F4F5");
        for line in [&low, &high] {
            svg.polyline(line, GREY, 0.8, "");
            places.avoid_path(line);
        }
        let outer = [curve(&|n| limits.outer(n).0), curve(&|n| limits.outer(n).1)];
        for line in &outer {
            svg.polyline(line, GREY, 0.8, "3 3");
            places.avoid_path(line);
        }
        let y = self.up.at(at);
        svg.line((left, y), (right, y), INK, 1.2);
        places.avoid(y);
        let edge = right + page.text * 0.4;
        let mut used: Vec<f64> = vec![y];
        let ends =
            [(low.last(), "95 %"), (high.last(), "95 %"), (outer[0].last(), "99,8 %"), (outer[1].last(), "99,8 %")];
        for (end, words) in ends {
            let Some((_, at)) = end.filter(|(_, at)| used.iter().all(|it| (it - at).abs() > page.text)) else {
                continue;
            };
            used.push(*at);
            svg.text((edge, at + page.foot()), page.quiet("start"), words);
        }
        let words = format!("{name} {}", indonesia::persen(at, 1));
        let (width, base) = (width_of(&words, page.small(), 600), y - page.text * 0.35);
        let space = |left: f64| Box { left, top: base - page.text, right: left + width, bottom: y };
        // At the right, unless a point is there; then at the left, where there are few.
        let places_for = [right - width, left + page.text * 0.3, (left + right - width) / 2.0];
        let x = places_for.into_iter().find(|x| places.is_free(&space(*x))).unwrap_or(right - width);
        places.take(space(x));
        svg.text((x, base), Type { size: page.small(), fill: INK, anchor: "start", weight: 600 }, &words);
    }
}
