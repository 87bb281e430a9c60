//! The cells of a row as a drawing may see them: a withheld value is not there. Refuses to show what its status holds back.

use crate::model::chart::ChartSpec;
use crate::model::report::{CellStatus, ColumnSpec, Format};
use crate::report::format::{self, Figure};
use serde_json::Value;

/// One row of a chart's query.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    spec: &'a ChartSpec,
    row: &'a Value,
    withheld: &'a str,
}

impl<'a> Row<'a> {
    /// The rows of a chart; `withheld` stands where a figure may not be shown.
    pub fn all(spec: &'a ChartSpec, rows: &'a [Value], withheld: &'a str) -> Vec<Self> {
        rows.iter().map(|row| Self { spec, row, withheld }).collect()
    }

    /// A text, empty if it is not there.
    pub fn text(&self, key: &str) -> &'a str {
        self.row.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number, unless it is absent or withheld.
    pub fn number(&self, key: &str) -> Option<f64> {
        let free = self.status().is_none();
        self.row.get(key).and_then(Value::as_f64).filter(|it| free && it.is_finite())
    }

    /// A number that is nobody's figure (a target, a path), whatever the row's status.
    pub fn given(&self, key: &str) -> Option<f64> {
        self.row.get(key).and_then(Value::as_f64).filter(|it| it.is_finite())
    }

    /// The number of persons behind the row.
    pub fn persons(&self) -> Option<f64> {
        self.spec.n.as_deref().and_then(|key| self.number(key))
    }

    /// A value as readers see it, in the chart's format.
    pub fn written(&self, key: &str) -> String {
        self.written_as(key, self.spec.format)
    }

    /// A value as readers see it.
    pub fn written_as(&self, key: &str, format: Format) -> String {
        let (status, n) = (self.spec.status.as_deref(), self.spec.n.as_deref());
        format::cell(self.row, Figure { key, format, status, n }, true, self.withheld)
    }

    /// A figure beside the row.
    pub fn beside(&self, column: &ColumnSpec) -> String {
        format::cell(self.row, column.into(), true, self.withheld)
    }

    /// Why there is no value under `key`.
    pub fn absent(&self, key: &str) -> Option<&'static str> {
        match self.status() {
            Some(CellStatus::Disamarkan) => Some("disamarkan"),
            _ if self.number(key).is_none() => Some("tidak ada data"),
            _ => None,
        }
    }

    /// What stands where a figure is withheld.
    pub fn sign(&self) -> &'a str {
        self.withheld
    }

    /// Whether its figures are withheld.
    pub fn is_withheld(&self) -> bool {
        self.status() == Some(CellStatus::Disamarkan)
    }

    /// Whether it is the reader's own unit.
    pub fn own(&self) -> bool {
        self.truth(self.spec.own.as_deref())
    }

    /// Whether the title speaks of it.
    pub fn highlight(&self) -> bool {
        self.truth(self.spec.highlight.as_deref())
    }

    fn truth(&self, key: Option<&str>) -> bool {
        key.and_then(|key| self.row.get(key)) == Some(&Value::Bool(true))
    }

    fn status(&self) -> Option<CellStatus> {
        format::status_of(self.spec.status.as_deref().map(|key| self.row.get(key).unwrap_or(&Value::Null)))
    }
}

/// Columns of a page of plain text.
const LINE: usize = 76;

/// Lines for a monospace reader: the first cell at the left, the others at the right of their columns; where that is too wide,
/// the first cell on a line of its own.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|it| it.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let narrow = widths.iter().map(|it| it + 2).sum::<usize>() > LINE + 2;
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).enumerate().map(|(i, (cell, &width))| match (i, narrow) {
            (0, true) => format!("{cell}\n  "),
            (0, false) => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().trim_start_matches('\n').to_string()
    };
    rows.iter().map(line).collect()
}
