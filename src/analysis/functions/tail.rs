//! `poisson_binomial_ekor`: the exact upper tail of a sum of unequal coin tosses. Refuses approximations.

use crate::analysis::functions::{Vectorised, refuse};
use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::cast::{as_float64_array, as_list_array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// `poisson_binomial_ekor(p, k) -> double`: P(X ≥ k) for X the sum of independent tosses with the probabilities of the
/// list `p`, by the exact recursion over tosses (N13; `reference/methods.md` §5). Null when the list or `k` is null or the
/// list holds a null; an error when a probability lies outside 0–1. k ≤ 0 gives 1, more than the list is long gives 0.
pub fn poisson_binomial_ekor() -> ScalarUDF {
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
    Vectorised::function("poisson_binomial_ekor", vec![list, DataType::Float64], DataType::Float64, over_arrays)
}

/// P(X ≥ k). Largest tosses are added last, so that rounding errors stay those of small numbers.
pub fn upper_tail(probabilities: &[f64], k: usize) -> f64 {
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut exactly = vec![0.0; sorted.len() + 1];
    exactly[0] = 1.0;
    for (tossed, p) in sorted.iter().enumerate() {
        for heads in (0..=tossed).rev() {
            exactly[heads + 1] += exactly[heads] * p;
            exactly[heads] *= 1.0 - p;
        }
    }
    exactly.iter().skip(k).rev().sum::<f64>().min(1.0)
}

fn over_arrays(args: &[ArrayRef]) -> Result<ArrayRef> {
    let [lists, wanted] = args else { return refuse("poisson_binomial_ekor takes a list and a count") };
    let (lists, wanted) = (as_list_array(lists)?, as_float64_array(wanted)?);
    let mut out = Float64Array::builder(lists.len());
    for row in 0..lists.len() {
        if lists.is_null(row) || wanted.is_null(row) {
            out.append_null();
            continue;
        }
        let tosses = lists.value(row);
        let tosses = as_float64_array(&tosses)?;
        if tosses.null_count() > 0 {
            out.append_null();
            continue;
        }
        if tosses.values().iter().any(|p| !(0.0..=1.0).contains(p)) {
            return refuse("poisson_binomial_ekor takes probabilities between 0 and 1");
        }
        out.append_value(upper_tail(tosses.values(), wanted.value(row).ceil().max(0.0) as usize));
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_hand_worked_cases() {
        assert_eq!(upper_tail(&[], 0), 1.0);
        assert_eq!(upper_tail(&[], 1), 0.0);
        assert_eq!(upper_tail(&[0.5, 0.5], 1), 0.75);
        assert_eq!(upper_tail(&[0.5, 0.5], 2), 0.25);
        // 0.2·0.3·0.5 + 0.2·0.3·0.5 + 0.2·0.7·0.5 + 0.8·0.3·0.5
        assert!((upper_tail(&[0.2, 0.3, 0.5], 2) - 0.25).abs() < 1e-15);
        assert_eq!(upper_tail(&[1.0, 1.0, 0.0], 2), 1.0);
        assert_eq!(upper_tail(&[1.0, 1.0, 0.0], 3), 0.0);
    }

    proptest! {
        #[test]
        fn equals_the_sum_over_all_outcomes(p in proptest::collection::vec(0.0..=1.0f64, 0..9), k in 0usize..10) {
            let mut brute = 0.0;
            for outcome in 0u32..1 << p.len() {
                if outcome.count_ones() as usize >= k {
                    brute += p.iter().enumerate().map(|(i, p)| if outcome >> i & 1 == 1 { *p } else { 1.0 - p }).product::<f64>();
                }
            }
            prop_assert!((upper_tail(&p, k) - brute).abs() < 1e-12);
        }
    }
}
