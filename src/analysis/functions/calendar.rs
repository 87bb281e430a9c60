//! `tambah_bulan`: calendar months added to a date. Refuses days, weeks and fractions of a month.

use crate::analysis::functions::{Vectorised, refuse};
use chrono::{Months, NaiveDate};
use datafusion::arrow::array::{Array, ArrayRef, Date32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::cast::{as_date32_array, as_float64_array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// `tambah_bulan(date, months) -> date`: the same day of the month `months` later (earlier when negative), clamped to the
/// last day of a shorter month, as SQL `INTERVAL` does (`spec/indicators.md`, common terms). Null when either is null or
/// the result lies outside the calendar.
pub fn tambah_bulan() -> ScalarUDF {
    Vectorised::function("tambah_bulan", vec![DataType::Date32, DataType::Float64], DataType::Date32, over_arrays)
}

/// The date `months` calendar months after `date`.
pub fn add_months(date: NaiveDate, months: i32) -> Option<NaiveDate> {
    let step = Months::new(months.unsigned_abs());
    if months < 0 { date.checked_sub_months(step) } else { date.checked_add_months(step) }
}

fn over_arrays(args: &[ArrayRef]) -> Result<ArrayRef> {
    let [dates, months] = args else { return refuse("tambah_bulan takes a date and a number of months") };
    let (dates, months) = (as_date32_array(dates)?, as_float64_array(months)?);
    let mut out = Date32Array::builder(dates.len());
    for row in 0..dates.len() {
        if dates.is_null(row) || months.is_null(row) {
            out.append_null();
            continue;
        }
        let count = months.value(row);
        if count.fract() != 0.0 || count.abs() > 120_000.0 {
            return refuse("tambah_bulan takes whole months");
        }
        let moved = dates.value_as_date(row).and_then(|date| add_months(date, count as i32));
        out.append_option(moved.map(Date32Type::from_naive_date));
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn clamps_at_month_ends_in_both_directions() {
        assert_eq!(add_months(day(2025, 1, 31), 1), Some(day(2025, 2, 28)));
        assert_eq!(add_months(day(2024, 1, 31), 1), Some(day(2024, 2, 29)));
        assert_eq!(add_months(day(2025, 12, 31), -12), Some(day(2024, 12, 31)));
        assert_eq!(add_months(day(2024, 2, 29), -12), Some(day(2023, 2, 28)));
        assert_eq!(add_months(day(2025, 8, 31), -6), Some(day(2025, 2, 28)));
    }

    #[test]
    fn keeps_nulls_and_refuses_half_months() {
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), None]));
        let months: ArrayRef = Arc::new(datafusion::arrow::array::Float64Array::from(vec![1.0, 1.0]));
        let out = over_arrays(&[dates.clone(), months]).unwrap();
        assert_eq!(as_date32_array(&out).unwrap(), &Date32Array::from(vec![Some(31), None]));
        let half: ArrayRef = Arc::new(datafusion::arrow::array::Float64Array::from(vec![0.5, 0.5]));
        assert!(over_arrays(&[dates, half]).is_err());
    }
}
