//! The shape of a `[[chart]]`: which keys each kind of picture needs. Refuses pictures that could not be drawn from them.

use crate::config::doc::Section;
use crate::config::report::{FORMATS, column, list_query, plain_name};
use crate::model::chart::{AxisSpec, ChartSpec, GridSpec, Look, PartSpec, Picture, PointSpec, PromiseSpec};
use crate::model::chart::{Reference, RowSpec, SeriesSpec, StackSpec, StepSpec};
use crate::model::report::Format;
use std::collections::BTreeSet;

/// Words for the pictures.
const KINDS: &[(&str, Kind)] = &[
    ("dot", Kind::Dot),
    ("bar", Kind::Bar),
    ("funnel", Kind::Funnel),
    ("ninebox", Kind::Ninebox),
    ("line", Kind::Line),
    ("multiples", Kind::Multiples),
    ("stacked", Kind::Stacked),
    ("waterfall", Kind::Waterfall),
    ("bullet", Kind::Bullet),
];

const LOOKS: &[(&str, Look)] = &[
    ("plain", Look::Plain),
    ("accent", Look::Accent),
    ("good", Look::Good),
    ("open", Look::Open),
    ("attention", Look::Attention),
];

#[derive(Clone, Copy)]
enum Kind {
    Dot,
    Bar,
    Funnel,
    Ninebox,
    Line,
    Multiples,
    Stacked,
    Waterfall,
    Bullet,
}

/// Reads one chart; `known` are the report's list queries.
pub fn chart(section: &Section<'_, '_>, known: &BTreeSet<&str>) -> ChartSpec {
    if !section.has("kind") {
        let words: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
        section.problem("kind", "is missing", Some(format!("use {}", words.join(", "))));
    }
    let kind = section.choice("kind", KINDS).unwrap_or(Kind::Dot);
    let chart = ChartSpec {
        name: section.text("name"),
        when: section.text_opt("when").unwrap_or_else(|| "true".into()),
        data: list_query(section, known),
        picture: picture(section, kind),
        format: section.choice("format", FORMATS).unwrap_or(Format::Text),
        status: section.text_opt("status"),
        n: section.text_opt("n"),
        own: section.text_opt("own"),
        highlight: section.text_opt("highlight"),
        half: section.truth("half", false),
        mail: section.truth("mail", true),
        title: section.text("title"),
        subtitle: section.text("subtitle"),
        alt: section.text("alt"),
    };
    plain_name(section, "name", &chart.name);
    if matches!(chart.picture, Picture::Funnel(_)) {
        if chart.n.is_none() {
            section.problem("n", "is missing", Some("a funnel stands over the number of persons".into()));
        }
        if chart.format != Format::Share {
            section.problem("format", "must be `share`", Some("a funnel's limits are those of a share".into()));
        }
    }
    section.close();
    chart
}

fn picture(section: &Section<'_, '_>, kind: Kind) -> Picture {
    match kind {
        Kind::Dot => Picture::Dot(rows(section)),
        Kind::Bar => Picture::Bar(rows(section)),
        Kind::Funnel => {
            let reference = Reference { value: section.text("reference"), label: section.text("reference_label") };
            Picture::Funnel(PointSpec { label: section.text("label"), value: section.text("value"), reference })
        }
        Kind::Ninebox => Picture::Ninebox(GridSpec {
            label: section.text("label"),
            value: section.text("value"),
            share: section.text("share"),
            across: axis(section, "across"),
            up: axis(section, "up"),
        }),
        Kind::Line => Picture::Line(series(section)),
        Kind::Multiples => Picture::Multiples(series(section)),
        Kind::Stacked => Picture::Stacked(stack(section)),
        Kind::Waterfall => Picture::Waterfall(StepSpec {
            label: section.text("label"),
            value: section.text("value"),
            of: section.text("of"),
            total: section.text("total"),
        }),
        Kind::Bullet => Picture::Bullet(PromiseSpec {
            label: section.text("label"),
            value: section.text("value"),
            path: section.text("path"),
            target: section.text("target"),
            due: section.text("due"),
            state: section.text("state"),
            direction: section.text_opt("direction"),
            unit: section.text_opt("unit"),
        }),
    }
}

fn rows(section: &Section<'_, '_>) -> RowSpec {
    let (low, high) = (section.text_opt("low"), section.text_opt("high"));
    if low.is_some() != high.is_some() {
        section.problem("low", "needs `high` beside it, and the other way round", None);
    }
    RowSpec {
        label: section.text("label"),
        value: section.text("value"),
        interval: low.zip(high),
        beside: section.sections("beside").iter().map(column).collect(),
        reference: reference(section),
        as_given: section.truth("as_given", false),
    }
}

fn series(section: &Section<'_, '_>) -> SeriesSpec {
    SeriesSpec {
        label: section.text("label"),
        period: section.text("period"),
        value: section.text("value"),
        reference: reference(section),
    }
}

fn stack(section: &Section<'_, '_>) -> StackSpec {
    let parts: Vec<PartSpec> = section.sections("part").iter().map(part).collect();
    if parts.is_empty() {
        section.problem("part", "is missing", Some("write at least one part with key and label".into()));
    }
    let lanes = parts.iter().filter(|part| part.of.is_some()).count();
    if lanes != 0 && lanes != parts.len() {
        section.problem("part", "has `of` for some parts only", Some("give every part its maximum, or none".into()));
    }
    StackSpec { label: section.text("label"), parts, beside: section.sections("beside").iter().map(column).collect() }
}

fn part(section: &Section<'_, '_>) -> PartSpec {
    let part = PartSpec {
        key: section.text("key"),
        label: section.text("label"),
        of: section.text_opt("of"),
        look: section.choice("look", LOOKS).unwrap_or(Look::Plain),
    };
    section.close();
    part
}

fn reference(section: &Section<'_, '_>) -> Option<Reference> {
    let (value, label) = (section.text_opt("reference"), section.text_opt("reference_label"));
    if value.is_some() != label.is_some() {
        section.problem("reference", "needs `reference_label` beside it, and the other way round", None);
    }
    value.zip(label).map(|(value, label)| Reference { value, label })
}

fn axis(section: &Section<'_, '_>, key: &str) -> AxisSpec {
    let Some(inner) = section.section(key) else {
        let hint = "write a table with key, title and the three words of order, the least first";
        if !section.has(key) {
            section.problem(key, "is missing", Some(hint.into()));
        }
        return AxisSpec { key: String::new(), title: String::new(), order: Vec::new() };
    };
    let axis = AxisSpec { key: inner.text("key"), title: inner.text("title"), order: inner.texts("order") };
    if axis.order.len() != 3 {
        inner.problem("order", "must hold three words", Some("the least first".into()));
    }
    inner.close();
    axis
}

#[cfg(test)]
mod tests {
    fn told(chart: &str) -> Vec<String> {
        let text = format!(
            "version = 1\ntitle = 'T'\nabout = 'a'\nclass = 'Terbatas'\nsubject = 's'\npreheader = 'p'\n\
             [[data]]\nname = 'rows'\nsql = 'select 1'\n[[chart]]\nname = 'c'\ndata = 'rows'\nlabel = 'l'\n\
             title = 't'\nsubtitle = 's'\nalt = 'a'\n{chart}"
        );
        let read = crate::config::report::report("r", "r.toml", &text);
        let first = |it: &crate::model::problem::Problem| it.to_string().lines().next().unwrap().to_string();
        let mut told: Vec<String> = read.err().unwrap_or_default().iter().map(first).collect();
        told.sort();
        told
    }

    #[test]
    fn every_kind_says_what_it_lacks() {
        assert_eq!(told("kind = 'bar'\nvalue = 'v'"), Vec::<String>::new());
        assert_eq!(told("kind = 'dot'\nvalue = 'v'\nlow = 'x'").len(), 1);
        let funnel = told("kind = 'funnel'\nvalue = 'v'\nreference = 'x'\nreference_label = 'y'");
        assert_eq!(funnel, ["r.toml:10: chart[0].format: must be `share`", "r.toml:10: chart[0].n: is missing"]);
        let grid =
            told("kind = 'ninebox'\nvalue = 'v'\nshare = 's'\nacross = { key = 'k', title = 't', order = ['a'] }");
        assert_eq!(
            grid,
            ["r.toml:10: chart[0].up: is missing", "r.toml:20: chart[0].across.order: must hold three words"]
        );
        let part = "part = [{ key = 'a', label = 'A', of = 'm' }, { key = 'b', label = 'B' }]";
        assert_eq!(
            told(&format!("kind = 'stacked'\n{part}")),
            ["r.toml:18: chart[0].part: has `of` for some parts only"]
        );
        assert_eq!(told("kind = 'line'\nvalue = 'v'\nperiod = 'p'\nreference = 'x'").len(), 1);
        assert_eq!(told("kind = 'pie'\nvalue = 'v'").len(), 1);
    }
}
