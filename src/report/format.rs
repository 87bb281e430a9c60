//! Values of the data document as Indonesian readers write them. Refuses to compute: a missing value stays missing.

use crate::model::indonesia;
use crate::model::report::{CellStatus, Format};
use chrono::NaiveDate;
use serde_json::Value;

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

/// A cell that may be suppressed: `withheld` and `–` by its status, the value otherwise.
pub fn cell(value: &Value, format: Format, status: Option<&Value>, sign: bool, withheld: &str) -> String {
    match status_of(status) {
        Some(CellStatus::Disamarkan) => withheld.to_string(),
        Some(CellStatus::TidakAda) => TIDAK_ADA.to_string(),
        None => shown(value, format, sign),
    }
}

/// The status a row gives for one of its figures; an unknown word withholds the figure rather than show it.
pub fn status_of(status: Option<&Value>) -> Option<CellStatus> {
    match status.and_then(Value::as_str) {
        None | Some("" | "ADA") => None,
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
        assert_eq!(cell(&json!(0.3), Format::Share, Some(&json!("DISAMARKAN")), true, "‹5"), "‹5");
        assert_eq!(cell(&json!(0.3), Format::Share, Some(&json!("SALAH_EJA")), true, "‹5"), "‹5");
        assert_eq!(cell(&Value::Null, Format::Share, Some(&json!("TIDAK_ADA")), true, "‹5"), "–");
        assert_eq!(cell(&json!(0.3), Format::Share, Some(&json!("ADA")), true, "‹5"), "30,0 %");
    }
}
