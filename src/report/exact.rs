//! A table of a report for programs: CSV, exact, with the status of every figure that may be withheld. Refuses formulas, rounding
//! and a figure whose status withholds it.

use crate::model::report::{Document, ReportSpec, TableSpec};
use crate::report::table::Options;
use crate::report::table::cell::Cell;
use crate::report::table::delimited::Style;
use crate::report::{Error, content, format};
use serde_json::Value;

/// The bytes of the table named `name`: a header of column keys, then its rows. Shares stay 0–1; the status columns of figures that
/// may be withheld stand last, so that an empty cell says why it is empty.
pub fn csv(spec: &ReportSpec, document: &Document, name: &str) -> Result<Vec<u8>, Error> {
    let no_data = || Error::NoData { report: spec.name.clone(), query: name.to_string() };
    let table = spec.tables.iter().find(|it| it.name == name).ok_or_else(no_data)?;
    let rows = content::rows(spec, document, &table.data)?;
    let style = Style::new(&Options { guard_formulas: true, ..Options::default() });
    let statuses = statuses(table);
    let mut out = Vec::new();
    let write = |out: &mut Vec<u8>, cells: &[Cell<'_>]| {
        style.row(out, cells).map_err(|source| Error::Csv { report: spec.name.clone(), table: name.into(), source })
    };
    let heads: Vec<Cell<'_>> = table
        .columns
        .iter()
        .map(|it| it.key.as_str())
        .chain(statuses.iter().copied())
        .map(|it| Cell::Text(it.into()))
        .collect();
    write(&mut out, &heads)?;
    for row in rows {
        let figures = table.columns.iter().map(|column| {
            let status = column.status.as_deref().and_then(|key| row.get(key));
            if format::status_of(status).is_some() { Cell::Null } else { cell(row.get(&column.key)) }
        });
        let cells: Vec<Cell<'_>> = figures.chain(statuses.iter().map(|key| cell(row.get(key)))).collect();
        write(&mut out, &cells)?;
    }
    Ok(out)
}

/// Status columns that are not columns of the table already, each once.
fn statuses(table: &TableSpec) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for status in table.columns.iter().filter_map(|it| it.status.as_deref()) {
        if !found.contains(&status) && table.columns.iter().all(|it| it.key != status) {
            found.push(status);
        }
    }
    found
}

fn cell(value: Option<&Value>) -> Cell<'_> {
    match value {
        None | Some(Value::Null) => Cell::Null,
        Some(Value::String(text)) => Cell::Text(text.as_str().into()),
        Some(Value::Bool(truth)) => Cell::Truth(*truth),
        Some(Value::Number(number)) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => Cell::Int(whole),
            (_, Some(whole), _) => Cell::Unsigned(whole),
            (_, _, Some(double)) => Cell::Double(double),
            _ => Cell::Exact(number.to_string()),
        },
        Some(nested) => Cell::Text(nested.to_string().into()),
    }
}
