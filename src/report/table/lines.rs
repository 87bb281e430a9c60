//! Aligned text for a terminal. Refuses colour, and control characters that would write elsewhere on the screen.

use crate::model::indonesia;
use crate::report::table::cell::{Cell, is_numeric};
use crate::report::table::{Locale, Options};
use arrow::datatypes::Schema;

/// Rows collected until their widths are known.
pub struct Lines {
    names: Vec<String>,
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
    locale: Locale,
    wide: bool,
}

impl Lines {
    /// An empty table of the schema's columns.
    pub fn new(schema: &Schema, options: &Options) -> Self {
        Self {
            names: schema.fields().iter().map(|field| clean(field.name())).collect(),
            right: schema.fields().iter().map(|field| is_numeric(field.data_type())).collect(),
            rows: Vec::new(),
            locale: options.locale,
            wide: options.wide,
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        let locale = self.locale;
        self.rows.push(cells.iter().map(|cell| shown(cell, locale)).collect());
    }

    /// The whole text.
    pub fn finish(&self) -> String {
        if self.wide { self.blocks() } else { self.grid() }
    }

    fn grid(&self) -> String {
        let mut widths: Vec<usize> = self.names.iter().map(|name| name.chars().count()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut out = String::new();
        self.line(&mut out, &self.names, &widths);
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        out.push_str(&rule.join("─┼─"));
        out.push('\n');
        for row in &self.rows {
            self.line(&mut out, row, &widths);
        }
        out
    }

    fn line(&self, out: &mut String, cells: &[String], widths: &[usize]) {
        let padded =
            cells.iter().zip(widths).zip(&self.right).map(|((cell, width), right)| {
                if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
        let line = padded.collect::<Vec<_>>().join(" │ ");
        out.push_str(line.trim_end());
        out.push('\n');
    }

    fn blocks(&self) -> String {
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            out.push_str(&format!("─ {} ─\n", i + 1));
            for (name, cell) in self.names.iter().zip(row) {
                out.push_str(format!("{name:<width$} │ {cell}").trim_end());
                out.push('\n');
            }
        }
        out
    }
}

fn shown(cell: &Cell<'_>, locale: Locale) -> String {
    let exact = cell.exact();
    if locale == Locale::Exact {
        return clean(&exact);
    }
    match cell {
        Cell::Int(value) => indonesia::bulat(*value),
        Cell::Day(day) => indonesia::tanggal(*day),
        cell if cell.is_number() => exact.replace('.', ","),
        _ => clean(&exact),
    }
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}
