//! CSV after RFC 4180 with LF: always a header, null empty, empty text `""`. Refuses to align or to group digits.

use crate::report::table::cell::Cell;
use crate::report::table::{Locale, Options};
use arrow::datatypes::Schema;
use std::io::{self, Write};

/// How fields are written.
pub struct Style {
    delimiter: char,
    comma: bool,
    guard: bool,
}

impl Style {
    /// The style the options ask for.
    pub fn new(options: &Options) -> Self {
        Self { delimiter: options.delimiter, comma: options.locale == Locale::Id, guard: options.guard_formulas }
    }

    /// The header line.
    pub fn header(&self, out: &mut impl Write, schema: &Schema) -> io::Result<()> {
        let names: Vec<Cell<'_>> =
            schema.fields().iter().map(|field| Cell::Text(field.name().as_str().into())).collect();
        self.row(out, &names)
    }

    /// One record.
    pub fn row(&self, out: &mut impl Write, cells: &[Cell<'_>]) -> io::Result<()> {
        let mut line = String::new();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.push(self.delimiter);
            }
            self.field(&mut line, cell);
        }
        // A record of one null would be a blank line, which readers skip: it must count as a record.
        if line.is_empty() {
            line.push_str("\"\"");
        }
        line.push('\n');
        out.write_all(line.as_bytes())
    }

    fn field(&self, line: &mut String, cell: &Cell<'_>) {
        let exact = cell.exact();
        let Cell::Text(_) = cell else {
            if self.comma && cell.is_number() {
                self.quoted(line, &exact.replace('.', ","), false);
            } else {
                line.push_str(&exact);
            }
            return;
        };
        if self.guard && exact.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
            self.quoted(line, &format!("'{exact}"), true);
        } else {
            self.quoted(line, &exact, true);
        }
    }

    fn quoted(&self, line: &mut String, field: &str, text: bool) {
        let needs = |c: char| c == self.delimiter || matches!(c, '"' | '\n' | '\r');
        if (text && field.is_empty()) || field.contains(needs) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(field);
        }
    }
}
