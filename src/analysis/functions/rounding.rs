//! `bulatkan`: round half away from zero, as the JPM rule asks. Refuses more decimals than a double carries.

use crate::analysis::functions::{Vectorised, refuse};
use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_float64_array;
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// How far, in units of the last kept decimal, a value may lie below a half and still be that half.
const NOISE: f64 = 1e-9;

/// `bulatkan(x, decimals) -> double`: `x` with `decimals` (0–9) decimals, half away from zero.
///
/// JPM is a mean of quotients of small whole numbers, times 100 (`spec/indicators.md`, talent map): a rational p/q whose
/// distance to a half of the last decimal is either zero or at least 1/(2q). A double carries such a value with an error
/// near 1e-13, so a value within 1e-9 below a half *is* the half, and goes up: 66.665 rounds to 66.67 although the
/// nearest double to 66.665 lies below it.
pub fn bulatkan() -> ScalarUDF {
    Vectorised::function("bulatkan", vec![DataType::Float64, DataType::Float64], DataType::Float64, over_arrays)
}

/// `value` with `decimals` decimals, half away from zero.
pub fn round_half_away(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    let rounded = (value.abs() * scale + 0.5 + NOISE).floor() / scale;
    if rounded == 0.0 { 0.0 } else { rounded.copysign(value) }
}

fn over_arrays(args: &[ArrayRef]) -> Result<ArrayRef> {
    let [values, decimals] = args else { return refuse("bulatkan takes a number and a number of decimals") };
    let (values, decimals) = (as_float64_array(values)?, as_float64_array(decimals)?);
    let mut out = Float64Array::builder(values.len());
    for row in 0..values.len() {
        if values.is_null(row) || decimals.is_null(row) {
            out.append_null();
            continue;
        }
        let kept = decimals.value(row);
        if kept.fract() != 0.0 || !(0.0..=9.0).contains(&kept) {
            return refuse("bulatkan takes 0 to 9 decimals");
        }
        out.append_value(round_half_away(values.value(row), kept as i32));
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_whatever_the_double() {
        assert_eq!(round_half_away(66.665, 2), 66.67);
        assert_eq!(round_half_away(1.005, 2), 1.01);
        assert_eq!(round_half_away(-1.005, 2), -1.01);
        assert_eq!(round_half_away(66.6649, 2), 66.66);
        assert_eq!(round_half_away(2.5, 0), 3.0);
        assert_eq!(round_half_away(-0.001, 2).to_bits(), 0f64.to_bits());
    }

    #[test]
    fn every_mean_of_quotients_rounds_as_exact_arithmetic_does() {
        for n in 1..=9u64 {
            for parts in 0..=(60 * n) {
                let value = parts as f64 / 60.0 / n as f64 * 100.0;
                let exact = (parts * 10_000 * 2 + 60 * n) / (2 * 60 * n);
                assert_eq!(round_half_away(value, 2), exact as f64 / 100.0, "{parts}/{n}");
            }
        }
    }
}
