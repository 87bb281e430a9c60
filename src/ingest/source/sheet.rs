//! Cells and rows of workbooks, whichever generation: values as text without float noise, rows with their gaps. Refuses formulas.

use crate::ingest::source::Visit;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Row;
use crate::model::chunk::CellKind;
use calamine::DataType;
use calamine::ExcelDateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeDelta;
use chrono::Timelike;
use std::fmt::Write;

/// Puts one cell into the row. An empty cell is absent; an error cell (`#REF!`) is empty text.
pub(crate) fn put(row: &mut Row, column: usize, value: &impl DataType) -> Result<(), Refused> {
    if value.is_empty() {
        row.unset(column);
    } else if let Some(text) = value.get_string() {
        row.set(column, CellKind::Text)?.push_str(text);
    } else if let Some(number) = value.get_float() {
        let _ = write!(row.set(column, CellKind::Number)?, "{number}");
    } else if let Some(number) = value.get_int() {
        let _ = write!(row.set(column, CellKind::Number)?, "{number}");
    } else if let Some(truth) = value.get_bool() {
        row.set(column, CellKind::Bool)?.push_str(if truth { "TRUE" } else { "FALSE" });
    } else if let Some(moment) = value.get_datetime() {
        put_moment(row, column, moment)?;
    } else if let Some(text) = value.get_datetime_iso().or(value.get_duration_iso()) {
        put_iso(row, column, text)?;
    } else {
        row.set(column, CellKind::Text)?;
    }
    Ok(())
}

/// Puts a number that is shown as a percentage the way it is shown: 0.9875 is `98.75%`, as in files that carry it as text.
pub(crate) fn put_percent(row: &mut Row, column: usize, number: f64) -> Result<(), Refused> {
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut digits: String = whole.chars().chain(fraction.chars().chain("00".chars()).take(2)).collect();
    let rest: String = fraction.chars().skip(2).collect();
    digits.drain(..digits.len() - digits.trim_start_matches('0').len().max(1));
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    let _ = write!(row.set(column, CellKind::Number)?, "{sign}{digits}{point}{rest}%");
    Ok(())
}

/// A number with a date format: a date, a time of day, or a number outside the calendar.
fn put_moment(row: &mut Row, column: usize, moment: ExcelDateTime) -> Result<(), Refused> {
    /// Day numbers from 1900 up to the year 9999.
    const CALENDAR: std::ops::Range<f64> = 0.0..2_958_466.0;
    let number = moment.as_f64();
    let at = if CALENDAR.contains(&number) && !moment.is_duration() { moment.as_datetime() } else { None };
    match at {
        Some(at) if number < 1.0 => {
            let _ = write!(row.set(column, CellKind::Text)?, "{}", to_second(at).format("%H:%M:%S"));
        }
        Some(at) => put_date(row, column, to_second(at))?,
        None => {
            let _ = write!(row.set(column, CellKind::Number)?, "{number}");
        }
    }
    Ok(())
}

/// A cell that carries its date as text (`t="d"`).
fn put_iso(row: &mut Row, column: usize, text: &str) -> Result<(), Refused> {
    let plain = text.trim_end_matches('Z');
    let date = || NaiveDate::parse_from_str(plain, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN));
    match NaiveDateTime::parse_from_str(plain, "%Y-%m-%dT%H:%M:%S%.f").ok().or_else(date) {
        Some(at) => put_date(row, column, to_second(at)),
        None => {
            row.set(column, CellKind::Text)?.push_str(text);
            Ok(())
        }
    }
}

fn put_date(row: &mut Row, column: usize, at: NaiveDateTime) -> Result<(), Refused> {
    let form = if at.time() == NaiveTime::MIN { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    let _ = write!(row.set(column, CellKind::Date)?, "{}", at.format(form));
    Ok(())
}

/// The nearest second: a spreadsheet's 10:00 is often a hair before ten.
fn to_second(at: NaiveDateTime) -> NaiveDateTime {
    let near = at.checked_add_signed(TimeDelta::milliseconds(500)).unwrap_or(at);
    near.with_nanosecond(0).unwrap_or(near)
}

/// Hands on the rows of a sheet in order with their numbers. Rows without content between filled rows are handed on blank; at the
/// end they do not exist.
pub(crate) struct Lines<'v> {
    visit: Visit<'v>,
    rows_max: u32,
    blank: Row,
    next: u32,
}

impl<'v> Lines<'v> {
    pub(crate) fn new(rows_max: u32, visit: Visit<'v>) -> Self {
        Self { visit, rows_max, blank: Row::default(), next: 1 }
    }

    /// One row by its number from 1; `false` once the visitor has enough.
    pub(crate) fn push(&mut self, number: u32, row: &Row) -> Result<bool, Refused> {
        if row.is_blank() {
            return Ok(true);
        }
        if number > self.rows_max {
            return Err(rows::too_many_rows());
        }
        row.check()?;
        while self.next < number {
            if (self.visit)(self.next, &self.blank).is_break() {
                return Ok(false);
            }
            self.next += 1;
        }
        self.next = number.saturating_add(1);
        Ok((self.visit)(number, row).is_continue())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::Data;
    use calamine::ExcelDateTimeType;

    fn text(value: &Data) -> (String, CellKind) {
        let mut row = Row::default();
        put(&mut row, 0, value).unwrap();
        row.to_head(1).cells.first().cloned().unwrap_or((String::new(), CellKind::Text))
    }

    fn day(value: f64, kind: ExcelDateTimeType, is_1904: bool) -> (String, CellKind) {
        text(&Data::DateTime(ExcelDateTime::new(value, kind, is_1904)))
    }

    #[test]
    fn values_are_written_without_noise() {
        let number = |text: &str| (text.to_owned(), CellKind::Number);
        assert_eq!(text(&Data::Float(28.0)), number("28"));
        assert_eq!(text(&Data::Float(98.75)), number("98.75"));
        assert_eq!(text(&Data::Float(1.98503122010011e17)), number("198503122010011000"));
        assert_eq!(text(&Data::Int(7)), number("7"));
        assert_eq!(text(&Data::Bool(true)), ("TRUE".into(), CellKind::Bool));
        assert_eq!(text(&Data::Error(calamine::CellErrorType::Ref)), (String::new(), CellKind::Text));
        assert_eq!(text(&Data::String("=1+1".into())), ("=1+1".into(), CellKind::Text));
    }

    #[test]
    fn percentages_are_written_as_shown() {
        for (number, text) in
            [(0.9875, "98.75%"), (1.0, "100%"), (0.5, "50%"), (-0.005, "-0.5%"), (0.0, "0%"), (12.0, "1200%")]
        {
            let mut row = Row::default();
            put_percent(&mut row, 0, number).unwrap();
            assert_eq!(row.to_head(1).cells[0], (text.to_owned(), CellKind::Number));
        }
    }

    #[test]
    fn dates_are_iso_and_odd_moments_do_not_panic() {
        use ExcelDateTimeType::DateTime;
        assert_eq!(day(27177.0, DateTime, false), ("1974-05-28".into(), CellKind::Date));
        assert_eq!(day(45_943.999_999_999, DateTime, false), ("2025-10-14".into(), CellKind::Date));
        assert_eq!(day(45943.5, DateTime, false), ("2025-10-13 12:00:00".into(), CellKind::Date));
        assert_eq!(day(0.0, DateTime, true), ("00:00:00".into(), CellKind::Text));
        assert_eq!(day(25715.0, DateTime, true), ("1974-05-28".into(), CellKind::Date));
        assert_eq!(day(0.5, DateTime, false), ("12:00:00".into(), CellKind::Text));
        for odd in [-1.0, 1e300, -1e300, f64::NAN, f64::INFINITY, 2_958_466.0] {
            assert_eq!(day(odd, DateTime, false).1, CellKind::Number);
        }
        assert_eq!(day(1.5, ExcelDateTimeType::TimeDelta, false), ("1.5".into(), CellKind::Number));
        assert_eq!(text(&Data::DateTimeIso("2024-01-05T00:00:00".into())), ("2024-01-05".into(), CellKind::Date));
        assert_eq!(text(&Data::DateTimeIso("besok".into())), ("besok".into(), CellKind::Text));
    }
}
