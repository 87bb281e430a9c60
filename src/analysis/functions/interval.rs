//! Intervals of a share: Wilson and Clopper–Pearson. Refuses counts that are no counts.

use crate::analysis::functions::{Vectorised, refuse};
use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_float64_array;
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// `wilson_bawah/atas(k, n, z)` (Wilson 1927; recommended for small n by Brown, Cai and DasGupta 2001) and
/// `binom_bawah/atas(k, n, alpha)` (Clopper and Pearson 1934, two-sided level `alpha`): the ends of an interval for the
/// share k/n. Null when an argument is null or n is 0; an error when not 0 ≤ k ≤ n.
pub fn functions() -> [ScalarUDF; 4] {
    let takes = || vec![DataType::Float64; 3];
    [
        Vectorised::function("wilson_bawah", takes(), DataType::Float64, |args| {
            over_arrays(args, |k, n, z| wilson(k, n, z).0)
        }),
        Vectorised::function("wilson_atas", takes(), DataType::Float64, |args| {
            over_arrays(args, |k, n, z| wilson(k, n, z).1)
        }),
        Vectorised::function("binom_bawah", takes(), DataType::Float64, |args| over_arrays(args, exact_lower)),
        Vectorised::function("binom_atas", takes(), DataType::Float64, |args| over_arrays(args, exact_upper)),
    ]
}

/// (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), clipped to 0–1.
pub fn wilson(k: f64, n: f64, z: f64) -> (f64, f64) {
    let (p, zz) = (k / n, z * z);
    let centre = p + zz / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + zz / (4.0 * n * n)).sqrt();
    let scale = 1.0 + zz / n;
    (((centre - half) / scale).max(0.0), ((centre + half) / scale).min(1.0))
}

/// The p at which P(X ≥ k) = alpha/2, that is I_p(k, n−k+1) = alpha/2.
pub fn exact_lower(k: f64, n: f64, alpha: f64) -> f64 {
    if k == 0.0 { 0.0 } else { beta_quantile(alpha / 2.0, k, n - k + 1.0) }
}

/// The p at which P(X ≤ k) = alpha/2, that is I_p(k+1, n−k) = 1 − alpha/2.
pub fn exact_upper(k: f64, n: f64, alpha: f64) -> f64 {
    if k == n { 1.0 } else { beta_quantile(1.0 - alpha / 2.0, k + 1.0, n - k) }
}

fn over_arrays(args: &[ArrayRef], end: fn(f64, f64, f64) -> f64) -> Result<ArrayRef> {
    let [k, n, level] = args else { return refuse("takes k, n and a level") };
    let (k, n, level) = (as_float64_array(k)?, as_float64_array(n)?, as_float64_array(level)?);
    let mut out = Float64Array::builder(k.len());
    for row in 0..k.len() {
        if k.is_null(row) || n.is_null(row) || level.is_null(row) || n.value(row) == 0.0 {
            out.append_null();
            continue;
        }
        let (k, n, level) = (k.value(row), n.value(row), level.value(row));
        if !((0.0..=n).contains(&k) && level > 0.0 && level.is_finite()) {
            return refuse("an interval needs 0 <= k <= n and a positive level");
        }
        out.append_value(end(k, n, level));
    }
    Ok(Arc::new(out.finish()))
}

/// The x with I_x(a, b) = p, by bisection to the last bit that matters.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if regularised_beta(middle, a, b) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// I_x(a, b) by Lentz's continued fraction (Press et al., Numerical Recipes, §6.4).
fn regularised_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(x, a, b) / a
    } else {
        1.0 - front * continued_fraction(1.0 - x, b, a) / b
    }
}

fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    let away_from_zero = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// ln Γ(x) for x > 0 by Lanczos's sum (g = 7, nine terms; relative error below 1e-14).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let start = 0.999_999_999_999_809_9;
    let sum = TERMS.iter().enumerate().fold(start, |sum, (i, term)| sum + term / (x + i as f64 + 1.0));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-7, "{found} is not {expected}");
    }

    #[test]
    fn wilson_agrees_with_published_values() {
        // Newcombe (1998), table I: 81 of 263 and 15 of 148 at 95 %.
        let (low, high) = wilson(81.0, 263.0, 1.959_964);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        let (low, high) = wilson(15.0, 148.0, 1.959_964);
        assert!((low - 0.0624).abs() < 5e-5 && (high - 0.1605).abs() < 5e-5);
        assert_eq!(wilson(0.0, 20.0, 1.959_964).0, 0.0);
        assert_eq!(wilson(20.0, 20.0, 1.959_964).1, 1.0);
    }

    #[test]
    fn clopper_pearson_agrees_with_closed_forms_and_published_values() {
        // k = 0 and k = n have closed forms.
        near(exact_upper(0.0, 10.0, 0.05), 1.0 - 0.025f64.powf(0.1));
        near(exact_lower(10.0, 10.0, 0.05), 0.025f64.powf(0.1));
        // Newcombe (1998), table I, method 5.
        assert!((exact_lower(81.0, 263.0, 0.05) - 0.2527).abs() < 5e-5);
        assert!((exact_upper(81.0, 263.0, 0.05) - 0.3676).abs() < 5e-5);
        assert_eq!((exact_lower(0.0, 10.0, 0.05), exact_upper(10.0, 10.0, 0.05)), (0.0, 1.0));
    }

    #[test]
    fn the_ends_are_where_the_binomial_tail_is_half_alpha() {
        let choose = |n: u32, k: u32| (0..k).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1));
        let at_least = |k: u32, n: u32, p: f64| -> f64 {
            (k..=n).map(|i| choose(n, i) * p.powi(i as i32) * (1.0 - p).powi((n - i) as i32)).sum()
        };
        for (k, n) in [(1, 5), (3, 17), (20, 40), (39, 40)] {
            near(at_least(k, n, exact_lower(f64::from(k), f64::from(n), 0.1)), 0.05);
            near(1.0 - at_least(k + 1, n, exact_upper(f64::from(k), f64::from(n), 0.1)), 0.05);
        }
    }
}
