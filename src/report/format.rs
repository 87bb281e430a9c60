//! Values of the data document as Indonesian readers write them. Refuses to compute: a missing value stays missing.

use crate::model::indonesia;
use crate::model::report::{CellStatus, ColumnSpec, Format};
use chrono::NaiveDate;
use serde_json::Value;

/// Below so many persons a share with decimals would be false precision.
const DECIMALS_FROM: f64 = 100.0;

/// What stands where there is no figure.
pub const TIDAK_ADA: &str = "–";

/// A value for a reader; `sign` adds the percent sign where the heading does not carry the unit.
pub fn shown(value: &Value, format: Format, sign: bool) -> String {
    let text = match (format, value) {
        (_, Value::Null) => None,
        (Format::Whole, value) => value.as_i64().map(indonesia::bulat).or_else(|| rounded(value, 0)),
        (Format::Index, value) => rounded(value, 2),
        (Format::Share, value) if sign => value.as_f64().map(|share| indonesia::persen(share, 1)),
        (Format::Share, value) => value.as_f64().map(|share| indonesia::desimal(share * 100.0, 1)),
        (Format::Date, value) => {
            value.as_str().map(|text| day(text).map_or_else(|| text.to_string(), indonesia::tanggal))
        }
        (Format::Text, value) => value.as_str().map(str::to_string),
    };
    text.unwrap_or_else(|| match value {
        Value::Null => TIDAK_ADA.to_string(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "ya".to_string(),
        Value::Bool(false) => "tidak".to_string(),
        Value::Number(number) => number.to_string().replace('.', ","),
        other => other.to_string(),
    })
}

/// A figure of a row, with what decides how it is written.
#[derive(Clone, Copy)]
pub struct Figure<'a> {
    /// Column with the value.
    pub key: &'a str,
    /// How it is written.
    pub format: Format,
    /// Column with its [`CellStatus`] word.
    pub status: Option<&'a str>,
    /// Column with the number of persons behind it.
    pub n: Option<&'a str>,
}

impl<'a> From<&'a ColumnSpec> for Figure<'a> {
    fn from(column: &'a ColumnSpec) -> Self {
        let ColumnSpec { key, format, status, n, .. } = column;
        Self { key, format: *format, status: status.as_deref(), n: n.as_deref() }
    }
}

/// A figure that may be suppressed: `withheld` and `–` by its status, the value otherwise.
pub fn cell(row: &Value, figure: Figure<'_>, sign: bool, withheld: &str) -> String {
    let get = |key: &str| row.get(key).unwrap_or(&Value::Null);
    match status_of(figure.status.map(get)) {
        Some(CellStatus::Disamarkan) => return withheld.to_string(),
        Some(CellStatus::TidakAda) => return TIDAK_ADA.to_string(),
        None => {}
    }
    let value = get(figure.key);
    let few = figure.n.and_then(|key| get(key).as_f64()).is_some_and(|n| n < DECIMALS_FROM);
    match (figure.format, value.as_f64()) {
        (Format::Share, Some(share)) if few && sign => indonesia::persen(share, 0),
        // Blanks as wide as the comma and a digit keep the column on its decimal comma.
        (Format::Share, Some(share)) if few => format!("{}\u{2008}\u{2007}", indonesia::desimal(share * 100.0, 0)),
        _ => shown(value, figure.format, sign),
    }
}

/// The status a row gives for one of its figures; an unknown word withholds the figure rather than show it.
pub fn status_of(status: Option<&Value>) -> Option<CellStatus> {
    match status.and_then(Value::as_str) {
        None | Some("" | "ADA" | "DAPAT_DINILAI") => None,
        Some("TIDAK_ADA") => Some(CellStatus::TidakAda),
        Some(_) => Some(CellStatus::Disamarkan),
    }
}

/// Whether a column's figures stand at the right.
pub fn is_right(format: Format) -> bool {
    matches!(format, Format::Whole | Format::Index | Format::Share)
}

/// `YYYY-MM-DD` as a date.
pub fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn rounded(value: &Value, decimals: usize) -> Option<String> {
    value.as_f64().map(|value| indonesia::desimal(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_for_indonesian_readers() {
        assert_eq!(shown(&json!(51204), Format::Whole, true), "51.204");
        assert_eq!(shown(&json!(60.5449), Format::Index, true), "60,54");
        assert_eq!(shown(&json!(0.374), Format::Share, true), "37,4 %");
        assert_eq!(shown(&json!(0.374), Format::Share, false), "37,4");
        assert_eq!(shown(&json!("2025-12-31"), Format::Date, true), "31 Desember 2025");
        assert_eq!(shown(&Value::Null, Format::Share, true), "–");
    }

    #[test]
    fn a_suppressed_cell_shows_no_value_even_if_one_is_there() {
        let figure = Figure { key: "x", format: Format::Share, status: Some("s"), n: Some("n") };
        let written = |status: &str, n: u32, sign| cell(&json!({"x": 0.314, "s": status, "n": n}), figure, sign, "‹5");
        assert_eq!(written("DISAMARKAN", 200, true), "‹5");
        assert_eq!(written("SALAH_EJA", 200, true), "‹5");
        assert_eq!(written("TIDAK_ADA", 200, true), "–");
        assert_eq!(written("ADA", 200, true), "31,4 %");
        assert_eq!(written("ADA", 99, true), "31 %");
        assert_eq!(written("ADA", 99, false), "31\u{2008}\u{2007}");
    }
}
