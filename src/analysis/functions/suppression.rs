//! `sel_ditahan`: the window function that says which figures of a partition are withheld. Refuses partitions too large to solve.

use crate::analysis::functions::circulation::{Edge, State, withheld};
use crate::analysis::functions::refuse;
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::cast::{as_int64_array, as_string_array};
use datafusion::error::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Its name in SQL.
pub const NAME: &str = "sel_ditahan";

/// Most figures of one partition.
const EDGES_MAX: usize = 20_000;

/// `sel_ditahan(dari, ke, turun, naik, keadaan, biaya, lebar) OVER (PARTITION BY … ORDER BY …)` → truth value.
///
/// A partition is a system of figures that can be computed from each other: each row is a figure that flows from node
/// `dari` to node `ke`, and at every node what flows in flows out (cells into their total, totals into the grand total).
/// `turun`, `naik`: how far it could be lower or higher given everything published elsewhere (null: any distance);
/// `keadaan`: TERBUKA, TERTUTUP (must be withheld), TIDAK_TERBIT (nobody publishes it); `biaya`: what withholding it loses;
/// `lebar`: how wide the interval of a withheld figure must be, the first row speaks for all. True: withheld.
/// The same rows in the same order give the same answer, so give the window an ORDER BY.
pub fn sel_ditahan() -> WindowUDF {
    use DataType::{Int64, Utf8};
    let takes = vec![Utf8, Utf8, Int64, Int64, Utf8, Int64, Int64];
    WindowUDF::from(Suppression { signature: Signature::exact(takes, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Suppression {
    signature: Signature,
}

impl WindowUDFImpl for Suppression {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Whole))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), DataType::Boolean, false)))
    }
}

/// Sees the whole partition at once.
#[derive(Debug)]
struct Whole;

impl PartitionEvaluator for Whole {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        if rows > EDGES_MAX {
            return refuse("sel_ditahan takes at most 20000 figures a partition");
        }
        let [from, to, down, up, state, cost, width] = values else { return refuse("sel_ditahan takes seven columns") };
        let (from, to, state) = (as_string_array(from)?, as_string_array(to)?, as_string_array(state)?);
        let (down, up, cost) = (as_int64_array(down)?, as_int64_array(up)?, as_int64_array(cost)?);
        let mut nodes = BTreeMap::new();
        let mut edges = Vec::with_capacity(rows);
        for row in 0..rows {
            edges.push(Edge {
                from: node(&mut nodes, from, row),
                to: node(&mut nodes, to, row),
                down: room(down, row)?,
                up: room(up, row)?,
                state: state_of(state, row)?,
                cost: room(cost, row)?,
            });
        }
        let width = if rows > 0 { room(as_int64_array(width)?, 0)? } else { 0 };
        Ok(Arc::new(BooleanArray::from(withheld(&edges, nodes.len(), width))))
    }
}

fn node<'a>(nodes: &mut BTreeMap<&'a str, usize>, names: &'a StringArray, row: usize) -> usize {
    let next = nodes.len();
    *nodes.entry(names.value(row)).or_insert(next)
}

/// A distance; without one there is no limit.
fn room(values: &Int64Array, row: usize) -> Result<u64> {
    if values.is_null(row) {
        return Ok(u64::MAX);
    }
    u64::try_from(values.value(row)).or_else(|_| refuse("sel_ditahan takes distances that are not negative"))
}

fn state_of(values: &StringArray, row: usize) -> Result<State> {
    match values.value(row) {
        "TERBUKA" => Ok(State::Open),
        "TERTUTUP" => Ok(State::Closed),
        "TIDAK_TERBIT" => Ok(State::Unpublished),
        _ => refuse("sel_ditahan knows the states TERBUKA, TERTUTUP and TIDAK_TERBIT"),
    }
}
