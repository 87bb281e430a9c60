//! The commitment card: one row a promise with now, path today, target, due day, and its state by word and shape. Refuses to
//! call a promise late when it cannot be judged.

use crate::model::chart::PromiseSpec;
use crate::model::indonesia;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::page::Page;
use crate::report::chart::svg::{ATTENTION, FAINT, GOOD, GREY, INK, QUIET, Svg, Type};
use crate::report::format;
use chrono::Datelike;

/// How a promise stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reached,
    OnPath,
    Behind,
    Unknown,
}

impl State {
    fn of(word: &str) -> Self {
        match word {
            "TERCAPAI" => State::Reached,
            "SESUAI_JALUR" => State::OnPath,
            "TERTINGGAL" => State::Behind,
            _ => State::Unknown,
        }
    }

    fn word(self) -> &'static str {
        match self {
            State::Reached => "Tercapai",
            State::OnPath => "Sesuai jalur",
            State::Behind => "Tertinggal",
            State::Unknown => "Belum dapat dinilai",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            State::Reached | State::OnPath => GOOD,
            State::Behind => ATTENTION,
            State::Unknown => QUIET,
        }
    }
}

/// One promise.
struct Promise {
    label: String,
    now: Option<f64>,
    path: Option<f64>,
    target: Option<f64>,
    due: String,
    state: State,
    unit: String,
    /// `≥` or `≤` before the target, where the promise says which way is better.
    sign: &'static str,
    /// What stands in place of the value.
    absent: Option<String>,
}

impl Promise {
    fn write(&self, value: Option<f64>) -> String {
        let Some(value) = value else { return format::TIDAK_ADA.to_string() };
        let decimals = match (self.unit.as_str(), (value - value.round()).abs() < 1e-9) {
            (_, true) => 0,
            ("%", _) => 1,
            _ => 2,
        };
        let text = indonesia::desimal(value, decimals);
        if self.unit.is_empty() { text } else { format!("{text} {}", self.unit) }
    }

    fn target(&self) -> String {
        match self.target {
            Some(_) => format!("{}{}", self.sign, self.write(self.target)),
            None => self.write(None),
        }
    }

    fn now(&self) -> String {
        self.absent.clone().unwrap_or_else(|| self.write(self.now))
    }
}

fn promises(spec: &PromiseSpec, found: &[Row<'_>]) -> Vec<Promise> {
    let promise = |row: &Row<'_>| {
        let now = row.number(&spec.value);
        let withheld = row.is_withheld();
        Promise {
            label: row.text(&spec.label).to_string(),
            now,
            path: row.given(&spec.path),
            target: row.given(&spec.target),
            due: due(row.text(&spec.due)),
            state: if withheld { State::Unknown } else { State::of(row.text(&spec.state)) },
            sign: match spec.direction.as_deref().map_or("", |key| row.text(key)) {
                "NAIK" => "≥ ",
                "TURUN" => "≤ ",
                _ => "",
            },
            unit: spec.unit.as_deref().map_or("", |key| row.text(key)).to_string(),
            absent: withheld.then(|| row.sign().to_string()),
        }
    };
    found.iter().map(promise).collect()
}

/// `Des 2026` of a day.
fn due(day: &str) -> String {
    match format::day(day) {
        Some(day) => {
            let month = indonesia::BULAN.get(day.month0() as usize).copied().unwrap_or_default();
            format!("{} {}", month.chars().take(3).collect::<String>(), day.year())
        }
        None => format::TIDAK_ADA.to_string(),
    }
}

/// The promises for a monospace reader.
pub fn lines(spec: &PromiseSpec, found: &[Row<'_>]) -> Vec<Vec<String>> {
    let head = ["", "Kini", "Jalur", "Target", "Tenggat", "Keadaan"].map(str::to_string).to_vec();
    let row = |it: &Promise| {
        let (path, target) = (it.write(it.path), it.target());
        vec![it.label.clone(), it.now(), path, target, it.due.clone(), it.state.word().to_string()]
    };
    std::iter::once(head).chain(promises(spec, found).iter().map(row)).collect()
}

/// The drawing and its height.
pub fn draw(spec: &PromiseSpec, found: &[Row<'_>], page: Page) -> (Svg, f64) {
    let all = promises(spec, found);
    let mut svg = Svg::new();
    let height = if page.wide() { wide(&mut svg, &all, page) } else { narrow(&mut svg, &all, page) };
    (svg, height)
}

/// Everything side by side under headings.
fn wide(svg: &mut Svg, all: &[Promise], page: Page) -> f64 {
    let text = page.text;
    let gap = text * 0.9;
    let widest = |words: &mut dyn Iterator<Item = String>, head: &str| {
        words.map(|it| width_of(&it, text, 600)).fold(width_of(head, page.small(), 400), f64::max) + gap
    };
    let state =
        text * 1.5 + widest(&mut all.iter().map(|it| it.state.word().to_string()), "Keadaan") - gap - text * 0.8;
    let due = widest(&mut all.iter().map(|it| it.due.clone()), "Tenggat");
    let target = widest(&mut all.iter().map(Promise::target), "Target");
    let path = widest(&mut all.iter().map(|it| it.write(it.path)), "Jalur");
    let now = widest(&mut all.iter().map(Promise::now), "Kini");
    let word = page.width - state;
    let edges = [word - text - due - target - path, word - text - due - target, word - text - due, word - text];
    let labels = all.iter().map(|it| width_of(&it.label, text, 400)).fold(0.0, f64::max) + text * 0.7;
    let plot_end = edges[0] - now;
    let left = labels.min(plot_end - text * 6.0);
    let heads = edges.iter().zip(["Kini", "Jalur", "Target", "Tenggat"]);
    for (edge, head) in heads {
        svg.text((*edge, text), page.quiet("end"), head);
    }
    svg.text((word, text), page.quiet("start"), "Keadaan");
    let top = text * 1.6;
    for (i, it) in all.iter().enumerate() {
        let y = top + page.row * 1.02 * (i as f64 + 0.5);
        let base = y + page.foot();
        let ink = page.ink("start", 400);
        svg.text((0.0, base), ink, &fitted(&it.label, left - text * 0.6, text, 400));
        bar(svg, it, page, (left, plot_end - text * 0.4), y);
        let cells = [it.now(), it.write(it.path), it.target(), it.due.clone()];
        for ((edge, words), strong) in edges.iter().zip(&cells).zip([true, false, false, false]) {
            let look = Type {
                anchor: "end",
                weight: if strong { 600 } else { 400 },
                fill: if strong { INK } else { QUIET },
                ..ink
            };
            svg.figures((*edge, base), look, words);
        }
        standing(svg, it.state, page, (word, y));
    }
    top + page.row * 1.02 * all.len() as f64 + text * 0.2
}

/// Two lines a promise: name and state, then bar and figures.
fn narrow(svg: &mut Svg, all: &[Promise], page: Page) -> f64 {
    let text = page.text;
    let high = text * 3.5;
    for (i, it) in all.iter().enumerate() {
        let first = high * i as f64 + text * 0.9;
        let word = width_of(it.state.word(), page.small(), 600) + text * 1.3;
        let room = page.width - word - text * 0.6;
        svg.text((0.0, first + page.foot()), page.ink("start", 600), &fitted(&it.label, room, text, 600));
        standing(svg, it.state, page, (page.width - word, first));
        let second = first + text * 1.75;
        let words = format!("{} · target {} · {}", it.now(), it.target(), it.due);
        let width = width_of(&words, page.small(), 400);
        bar(svg, it, page, (0.0, page.width - width - text * 0.8), second);
        svg.figures((page.width, second + page.foot()), Type { fill: INK, ..page.quiet("end") }, &words);
    }
    high * all.len() as f64
}

/// The value as a bar, the path as a short line across it, the target as a mark at its end.
fn bar(svg: &mut Svg, it: &Promise, page: Page, (left, right): (f64, f64), y: f64) {
    let numbers = [it.now, it.path, it.target];
    let most = match it.unit.as_str() {
        "%" => 100.0,
        _ => numbers.iter().flatten().fold(0.0_f64, |a, b| a.max(*b)) * 1.1,
    };
    let at = |value: f64| left + (right - left) * (value / most.max(1e-9)).clamp(0.0, 1.0);
    let thick = page.row * 0.42;
    svg.bar((left, y - thick / 2.0), (right - left, thick), FAINT);
    if let Some(now) = it.now {
        let colour = if it.state == State::Behind { ATTENTION } else { GREY };
        svg.bar((left, y - thick / 2.0), (at(now) - left, thick), colour);
    }
    if let Some(path) = it.path {
        let (x, half) = (at(path), thick * 0.85);
        svg.line((x, y - half), (x, y + half), INK, 1.6);
    }
    if let Some(target) = it.target {
        let (x, tip) = (at(target), y - thick * 0.55);
        let size = page.text * 0.32;
        svg.area(&[(x, tip), (x - size, tip - size * 1.5), (x + size, tip - size * 1.5)], INK);
    }
}

/// The state's shape and word, from `x` on.
fn standing(svg: &mut Svg, state: State, page: Page, (x, y): (f64, f64)) {
    let radius = page.text * 0.4;
    let at = (x + radius, y);
    match state {
        State::Reached => {
            svg.dot(at, radius, GOOD);
            let tick = [
                (at.0 - radius * 0.45, y),
                (at.0 - radius * 0.1, y + radius * 0.4),
                (at.0 + radius * 0.5, y - radius * 0.4),
            ];
            svg.polyline(&tick, "#FFFFFF", radius * 0.3, "");
        }
        State::OnPath => svg.ring(at, radius * 0.75, GOOD),
        State::Behind => svg.diamond(at, radius * 0.85, ATTENTION),
        State::Unknown => svg.frame((x + radius * 0.3, y - radius * 0.7), (radius * 1.4, radius * 1.4), QUIET),
    }
    let look = Type { size: page.small(), fill: state.colour(), anchor: "start", weight: 600 };
    svg.text((x + page.text * 1.2, y + page.foot()), look, state.word());
}
