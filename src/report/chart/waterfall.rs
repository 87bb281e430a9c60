//! From zero to a total by step, with what is missing to each maximum: which step would lift the total most. Refuses negative
//! steps.

use crate::model::chart::{ChartSpec, StepSpec};
use crate::model::indonesia;
use crate::model::report::Format;
use crate::report::chart::cells::Row;
use crate::report::chart::letters::{fitted, width_of};
use crate::report::chart::page::Page;
use crate::report::chart::scale::{Scale, tick};
use crate::report::chart::svg::{ACCENT, ATTENTION, FAINT, GREY, INK, RULE, Svg, Type};
use crate::report::format;
use serde_json::Value;

/// One step, or the sum of all.
struct Step {
    label: String,
    from: f64,
    value: f64,
    of: f64,
    total: bool,
}

impl Step {
    fn missing(&self) -> f64 {
        (self.of - self.value).max(0.0)
    }
}

/// The steps and their sum; nothing if a step is not known.
fn steps(spec: &StepSpec, found: &[Row<'_>]) -> Option<Vec<Step>> {
    let (mut from, mut of) = (0.0, 0.0);
    let mut steps = Vec::new();
    for row in found {
        let (value, most) = (row.number(&spec.value)?.max(0.0), row.number(&spec.of)?.max(0.0));
        steps.push(Step { label: row.text(&spec.label).to_string(), from, value, of: most, total: false });
        from += value;
        of += most;
    }
    steps.push(Step { label: spec.total.clone(), from: 0.0, value: from, of, total: true });
    Some(steps)
}

/// The steps for a monospace reader.
pub fn lines(chart: &ChartSpec, spec: &StepSpec, found: &[Row<'_>]) -> Vec<Vec<String>> {
    let write = |value: f64| format::shown(&Value::from(value), chart.format, true);
    let head = ["", "Nilai", "Maks.", "Kurang"].map(str::to_string).to_vec();
    let row = |step: &Step| vec![step.label.clone(), write(step.value), write(step.of), write(step.missing())];
    match steps(spec, found) {
        Some(steps) => std::iter::once(head).chain(steps.iter().map(row)).collect(),
        None => vec![vec!["tidak ada data".to_string()]],
    }
}

/// The drawing and its height.
pub fn draw(chart: &ChartSpec, spec: &StepSpec, found: &[Row<'_>], page: Page) -> (Svg, f64) {
    let text = page.text;
    let mut svg = Svg::new();
    let Some(steps) = steps(spec, found) else {
        let why = found.iter().find_map(|row| row.absent(&spec.value)).unwrap_or("tidak ada data");
        svg.text((0.0, text * 1.2), page.quiet("start"), why);
        return (svg, text * 2.0);
    };
    let write = |value: f64| format::shown(&Value::from(value), chart.format, true);
    let cells = |step: &Step| match page.wide() {
        true => vec![write(step.value), write(step.of), write(step.missing())],
        // The maximum stands behind the value where there is no room for a column of its own.
        false => vec![format!("{} / {}", write(step.value), indonesia::desimal(step.of, 0)), write(step.missing())],
    };
    let heads: &[&str] = if page.wide() { &["Nilai", "Maks.", "Kurang"] } else { &["Nilai / maks.", "Kurang"] };
    let mut right = page.width - 1.0;
    let mut edges = Vec::new();
    for (i, head) in heads.iter().enumerate().rev() {
        edges.push(right);
        let body = steps.iter().filter_map(|it| cells(it).get(i).map(|it| width_of(it, text, 600)));
        right -= body.fold(width_of(head, page.small(), 400), f64::max) + text * 0.9;
    }
    edges.reverse();
    let labels = steps.iter().map(|it| width_of(&it.label, text, 600)).fold(0.0, f64::max) + text * 0.8;
    let plot = (labels.min(page.width * 0.42), right);
    let top = text * 1.8;
    let scale = Scale::new(steps.iter().map(|it| it.from + it.of), true, None, plot);
    let bottom = top + page.row * 1.08 * steps.len() as f64;
    for value in scale.ticks_in(plot.1 - plot.0, width_of("100", page.small(), 400) * 1.8) {
        let x = scale.at(value);
        svg.line((x, top), (x, bottom), FAINT, 0.8);
        svg.text((x, bottom + text * 1.1), page.quiet("middle"), &tick(value, Format::Whole));
    }
    for (edge, head) in edges.iter().zip(heads) {
        svg.text((*edge, text * 1.05), page.quiet("end"), head);
    }
    let lever = steps.iter().filter(|it| !it.total).map(Step::missing).fold(0.0, f64::max);
    for (i, step) in steps.iter().enumerate() {
        let y = top + page.row * 1.08 * (i as f64 + 0.5);
        let longest = !step.total && lever > 0.0 && step.missing() >= lever;
        bar(&mut svg, step, page, y, &scale, longest);
        let weight = if step.total { 600 } else { 400 };
        let ink = page.ink("start", weight);
        svg.text((0.0, y + page.foot()), ink, &fitted(&step.label, plot.0 - text * 0.4, text, weight));
        for (i, (edge, words)) in edges.iter().zip(&cells(step)).enumerate() {
            let strong = longest && i + 1 == edges.len();
            let fill = if strong { ATTENTION } else { INK };
            let look = Type { anchor: "end", fill, weight: if strong { 600 } else { weight }, ..ink };
            svg.figures((*edge, y + page.foot()), look, words);
        }
    }
    (svg, bottom + text * 1.5)
}

fn bar(svg: &mut Svg, step: &Step, page: Page, y: f64, scale: &Scale, longest: bool) {
    let thick = page.row * 0.62;
    let (from, to) = (scale.at(step.from), scale.at(step.from + step.value));
    let end = scale.at(step.from + step.of);
    let top = y - thick / 2.0;
    svg.hatch((to, top), (end - to, thick), if longest { ATTENTION } else { RULE });
    svg.bar((from, top), (to - from, thick), if step.total { ACCENT } else { GREY });
    if !step.total {
        // Where the next step begins.
        svg.line((to, y + thick / 2.0), (to, y + page.row * 1.08 - thick / 2.0), GREY, 0.8);
    }
}
