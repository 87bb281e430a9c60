//! `entropi` and `gini`: how evenly a total is spread over rows. Refuses negative amounts.

use crate::analysis::functions::refuse;
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::common::cast::{as_float64_array, as_list_array};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use std::hash::{Hash, Hasher};
use std::mem::size_of;
use std::sync::Arc;

/// The aggregates, over the rows of a group, nulls left out, null over no rows or a total of 0:
/// - `entropi(x)` = −Σ (x/Σx)·ln(x/Σx), natural logarithm, 0·ln 0 = 0 (M10 divides it by ln 5);
/// - `gini(x)` = Σᵢ (2i − n − 1)·xᵢ / (n·Σx) over x ascending: 0 all equal, towards 1 all in one row.
pub fn aggregates() -> Vec<AggregateUDF> {
    vec![Spread::udaf("entropi", entropy), Spread::udaf("gini", gini)]
}

/// Entropy of ascending, non-negative amounts.
pub fn entropy(sorted: &[f64]) -> Option<f64> {
    let total: f64 = sorted.iter().sum();
    let term = |x: &f64| if *x > 0.0 { -(x / total) * (x / total).ln() } else { 0.0 };
    (total > 0.0).then(|| sorted.iter().map(term).sum::<f64>() + 0.0)
}

/// Gini coefficient of ascending, non-negative amounts.
pub fn gini(sorted: &[f64]) -> Option<f64> {
    let (n, total) = (sorted.len() as f64, sorted.iter().sum::<f64>());
    let weighted: f64 = sorted.iter().enumerate().map(|(i, x)| (2.0 * (i as f64 + 1.0) - n - 1.0) * x).sum();
    (total > 0.0).then(|| weighted / (n * total))
}

type Measure = fn(&[f64]) -> Option<f64>;

#[derive(Debug)]
struct Spread {
    name: &'static str,
    measure: Measure,
    signature: Signature,
}

impl Spread {
    fn udaf(name: &'static str, measure: Measure) -> AggregateUDF {
        let signature = Signature::exact(vec![DataType::Float64], Volatility::Immutable);
        AggregateUDF::from(Self { name, measure, signature })
    }
}

impl PartialEq for Spread {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Spread {}

impl Hash for Spread {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl AggregateUDFImpl for Spread {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return refuse("entropi and gini have no DISTINCT form");
        }
        Ok(Box::new(Amounts { measure: self.measure, seen: Vec::new() }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let item = Field::new_list_field(DataType::Float64, true);
        Ok(vec![Arc::new(Field::new_list(format_state_name(args.name, "amounts"), item, true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// The amounts of one group. They are kept and sorted before they are added up, so that the result does not depend on
/// the order in which partitions arrive.
#[derive(Debug)]
struct Amounts {
    measure: Measure,
    seen: Vec<f64>,
}

impl Amounts {
    fn take(&mut self, values: &ArrayRef) -> Result<()> {
        for value in as_float64_array(values)?.iter().flatten() {
            if !(value.is_finite() && value >= 0.0) {
                return refuse("entropi and gini take amounts that are finite and not negative");
            }
            self.seen.push(value);
        }
        Ok(())
    }
}

impl Accumulator for Amounts {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().try_for_each(|values| self.take(values))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.seen.sort_by(f64::total_cmp);
        Ok(ScalarValue::Float64((self.measure)(&self.seen)))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.seen.capacity() * size_of::<f64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let amounts = datafusion::arrow::array::Float64Array::from(self.seen.clone());
        Ok(vec![SingleRowListArrayBuilder::new(Arc::new(amounts)).with_nullable(true).build_list_scalar()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        let lists = as_list_array(lists)?;
        (0..lists.len()).filter(|row| lists.is_valid(*row)).try_for_each(|row| self.take(&lists.value(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_hand_worked_values() {
        assert_eq!(entropy(&[5.0, 5.0]), Some(2f64.ln()));
        assert_eq!(entropy(&[0.0, 7.0]), Some(0.0));
        assert_eq!(entropy(&[]), None);
        assert_eq!(entropy(&[0.0, 0.0]), None);
        assert!((entropy(&[1.0, 1.0, 1.0, 1.0, 1.0]).unwrap() / 5f64.ln() - 1.0).abs() < 1e-15);
        assert_eq!(gini(&[3.0, 3.0, 3.0]), Some(0.0));
        assert_eq!(gini(&[0.0, 0.0, 0.0, 8.0]), Some(0.75));
        // (1·−2 + 2·0 + 3·2) / (3·6)
        assert!((gini(&[1.0, 2.0, 3.0]).unwrap() - 4.0 / 18.0).abs() < 1e-15);
    }

    #[test]
    fn merging_partitions_gives_the_same_bits_in_any_order() {
        let parts: Vec<ArrayRef> = [vec![0.1, 0.7], vec![0.2], vec![0.3, 0.05]]
            .into_iter()
            .map(|part| Arc::new(datafusion::arrow::array::Float64Array::from(part)) as ArrayRef)
            .collect();
        let of = |order: [usize; 3]| {
            let mut whole = Amounts { measure: entropy, seen: vec![] };
            for i in order {
                let mut part = Amounts { measure: entropy, seen: vec![] };
                part.update_batch(&[parts[i].clone()]).unwrap();
                let state = part.state().unwrap().remove(0).to_array().unwrap();
                whole.merge_batch(&[state]).unwrap();
            }
            whole.evaluate().unwrap()
        };
        assert_eq!(of([0, 1, 2]), of([2, 0, 1]));
    }
}
