//! A list of JSON objects, one a line. Refuses to leave a key out: null is written.

use crate::report::table::cell::Cell;
use arrow::datatypes::Schema;
use std::io::{self, Write};

/// One object; `first` where none stands before it.
pub fn row(out: &mut impl Write, schema: &Schema, cells: &[Cell<'_>], first: bool) -> io::Result<()> {
    let mut line = String::from(if first { "\n{" } else { ",\n{" });
    for (i, (field, cell)) in schema.fields().iter().zip(cells).enumerate() {
        if i > 0 {
            line.push(',');
        }
        line.push_str(&quoted(field.name()));
        line.push(':');
        match cell {
            Cell::Null => line.push_str("null"),
            // JSON has no word for these.
            Cell::Double(value) if !value.is_finite() => line.push_str("null"),
            Cell::Single(value) if !value.is_finite() => line.push_str("null"),
            Cell::Text(text) => line.push_str(&quoted(text)),
            Cell::Day(_) | Cell::Moment(..) => line.push_str(&quoted(&cell.exact())),
            _ => line.push_str(&cell.exact()),
        }
    }
    line.push('}');
    out.write_all(line.as_bytes())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
