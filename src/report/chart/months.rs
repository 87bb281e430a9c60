//! Values of units over months, and the months between them. Refuses to fill a month that has no value.

use crate::model::chart::SeriesSpec;
use crate::model::indonesia::BULAN;
use crate::model::periode::Periode;
use crate::report::chart::cells::Row;
use chrono::Datelike;

/// One unit over the months of the chart.
pub struct Series<'a> {
    /// Name of the unit.
    pub label: &'a str,
    /// A value, or nothing, for every month of the chart.
    pub values: Vec<Option<f64>>,
    /// The last value there is: month, value, as written.
    pub last: Option<(usize, f64, String)>,
    /// Whether it is the reader's own unit.
    pub own: bool,
    /// Whether the title speaks of it.
    pub highlight: bool,
}

impl Series<'_> {
    /// Runs of months with values: a gap ends one.
    pub fn runs(&self) -> Vec<Vec<(usize, f64)>> {
        let mut runs: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
        for (month, value) in self.values.iter().enumerate() {
            match (value, runs.last_mut()) {
                (Some(value), Some(run)) => run.push((month, *value)),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }
}

/// Every month from the first to the last, and the units in the order their rows come.
pub fn read<'a>(spec: &SeriesSpec, found: &[Row<'a>]) -> (Vec<Periode>, Vec<Series<'a>>) {
    let month = |row: &Row<'_>| row.text(&spec.period).parse::<Periode>().ok();
    let months = span(found.iter().filter_map(month));
    let mut units: Vec<Series<'a>> = Vec::new();
    for row in found {
        let label = row.text(&spec.label);
        let at = units.iter().position(|it| it.label == label).unwrap_or_else(|| {
            let values = vec![None; months.len()];
            units.push(Series { label, values, last: None, own: row.own(), highlight: row.highlight() });
            units.len() - 1
        });
        let place = month(row).and_then(|it| months.iter().position(|month| *month == it));
        let (Some(unit), Some(place), Some(value)) = (units.get_mut(at), place, row.number(&spec.value)) else {
            continue;
        };
        if let Some(cell) = unit.values.get_mut(place) {
            *cell = Some(value);
        }
        if unit.last.as_ref().is_none_or(|(last, ..)| *last <= place) {
            unit.last = Some((place, value, row.written(&spec.value)));
        }
        unit.highlight |= row.highlight();
    }
    (months, units)
}

/// At most ten years of months.
fn span(found: impl Iterator<Item = Periode>) -> Vec<Periode> {
    let mut found: Vec<Periode> = found.collect();
    found.sort();
    let (Some(first), Some(last)) = (found.first().copied(), found.last().copied()) else { return Vec::new() };
    let mut months = vec![first];
    let mut month = first;
    while month < last && months.len() < 120 {
        month = month.next();
        months.push(month);
    }
    months
}

/// `Des 25`, or `Des` beside a month of the same year.
pub fn short(month: Periode, year: bool) -> String {
    let last = month.last_day();
    let name: String = BULAN.get(last.month0() as usize).map_or(String::new(), |it| it.chars().take(3).collect());
    if year { format!("{name} {}", last.year()) } else { name }
}

/// The months for a monospace reader: one row a unit, one column a month, as many as a line holds.
pub fn lines(spec: &SeriesSpec, found: &[Row<'_>], write: impl Fn(f64) -> String) -> Vec<Vec<String>> {
    let (months, units) = read(spec, found);
    let from = months.len().saturating_sub(5);
    let head = months.iter().skip(from).map(|month| short(*month, true));
    let head = std::iter::once(String::new()).chain(head).collect();
    let row = |unit: &Series<'_>| {
        let cells = unit.values.iter().skip(from).map(|value| value.map_or_else(|| "–".to_string(), &write));
        std::iter::once(unit.label.to_string()).chain(cells).collect()
    };
    std::iter::once(head).chain(units.iter().map(row)).collect()
}
