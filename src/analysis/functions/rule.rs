//! `parameter`, `parameter_teks`, `tanggal_acuan`, `periode_acuan`: dated rules and the reference date, folded to literals
//! at planning. Refuses names that are not literals, unknown, or without a row on the reference date.

use crate::analysis::rules::Rules;
use crate::analysis::rules::parameter::Parameter;
use crate::model::periode::Periode;
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Names of the functions that take the name of a parameter.
pub const LOOKUPS: [&str; 2] = ["parameter", "parameter_teks"];

/// The rules as they stand at one date.
#[derive(Debug)]
pub struct Reference {
    /// All rules.
    pub rules: Arc<Rules>,
    /// The month whose last day is the date; without one (checking before a run) every parameter gives its newest row.
    pub periode: Option<Periode>,
}

/// Why a parameter has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterFault {
    /// No row has this name.
    #[error("unknown parameter `{name}`")]
    Unknown {
        /// Name asked for.
        name: String,
    },
    /// Rows have this name, none of them on this date.
    #[error("parameter `{name}` has no row valid on {day}")]
    NotValid {
        /// Name asked for.
        name: String,
        /// Last day of the month asked for.
        day: chrono::NaiveDate,
    },
    /// `parameter` was asked for a text.
    #[error("parameter `{name}` is no number")]
    NotANumber {
        /// Name asked for.
        name: String,
    },
    /// The argument is computed, or null.
    #[error("`{function}` takes the name of a parameter as a literal text")]
    NotALiteral {
        /// Function called.
        function: &'static str,
    },
}

impl Reference {
    /// The row of `name`.
    pub fn parameter(&self, name: &str) -> Result<&Parameter, ParameterFault> {
        let mut rows = self.rules.parameters.iter().filter(|row| row.name == name).peekable();
        if rows.peek().is_none() {
            return Err(ParameterFault::Unknown { name: name.into() });
        }
        match self.periode {
            None => rows.max_by_key(|row| row.valid_from).ok_or_else(|| ParameterFault::Unknown { name: name.into() }),
            Some(periode) => rows
                .find(|row| row.holds(periode))
                .ok_or_else(|| ParameterFault::NotValid { name: name.into(), day: periode.last_day() }),
        }
    }

    /// The month asked for; while checking, a month that stands for any.
    fn month(&self) -> Periode {
        self.periode.unwrap_or_else(|| Periode::new(2000, 12).expect("December 2000 is a month"))
    }
}

/// The four functions at one reference.
pub fn functions(reference: &Arc<Reference>) -> Vec<ScalarUDF> {
    let of = |ask: Ask, takes: Vec<DataType>| {
        let signature = Signature::exact(takes, Volatility::Stable);
        ScalarUDF::from(Lookup { ask, reference: reference.clone(), signature })
    };
    let nullary = |ask: Ask| {
        let signature = Signature::nullary(Volatility::Stable);
        ScalarUDF::from(Lookup { ask, reference: reference.clone(), signature })
    };
    vec![
        of(Ask::Number, vec![DataType::Utf8]),
        of(Ask::Text, vec![DataType::Utf8]),
        nullary(Ask::Day),
        nullary(Ask::Month),
    ]
}

/// The literal name in a call of `parameter` or `parameter_teks`.
pub fn literal_name(args: &[Expr]) -> Option<&str> {
    match args {
        [Expr::Literal(value, _)] => text_of(value),
        [Expr::Cast(cast)] => literal_name(std::slice::from_ref(cast.expr.as_ref())),
        _ => None,
    }
}

fn text_of(value: &ScalarValue) -> Option<&str> {
    value.try_as_str().flatten()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ask {
    Number,
    Text,
    Day,
    Month,
}

#[derive(Debug)]
struct Lookup {
    ask: Ask,
    reference: Arc<Reference>,
    signature: Signature,
}

impl PartialEq for Lookup {
    fn eq(&self, other: &Self) -> bool {
        self.ask == other.ask && Arc::ptr_eq(&self.reference, &other.reference)
    }
}

impl Eq for Lookup {}

impl Hash for Lookup {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ask.hash(state);
    }
}

impl Lookup {
    /// The value, for the name given (nothing for the two that take none).
    fn value(&self, name: Option<&str>) -> Result<ScalarValue> {
        let outside = |fault: ParameterFault| DataFusionError::External(Box::new(fault));
        let named = || name.ok_or(ParameterFault::NotALiteral { function: self.ask.name() }).map_err(outside);
        Ok(match self.ask {
            Ask::Day => ScalarValue::Date32(Some(Date32Type::from_naive_date(self.reference.month().last_day()))),
            Ask::Month => ScalarValue::Utf8(Some(self.reference.month().to_string())),
            Ask::Text => ScalarValue::Utf8(Some(self.reference.parameter(named()?).map_err(outside)?.value.clone())),
            Ask::Number => {
                let row = self.reference.parameter(named()?).map_err(outside)?;
                let number = row.value.parse::<f64>().ok().filter(|number| number.is_finite());
                ScalarValue::Float64(Some(
                    number.ok_or_else(|| outside(ParameterFault::NotANumber { name: row.name.clone() }))?,
                ))
            }
        })
    }
}

impl Ask {
    fn name(self) -> &'static str {
        match self {
            Ask::Number => "parameter",
            Ask::Text => "parameter_teks",
            Ask::Day => "tanggal_acuan",
            Ask::Month => "periode_acuan",
        }
    }
}

impl ScalarUDFImpl for Lookup {
    fn name(&self) -> &str {
        self.ask.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(match self.ask {
            Ask::Number => DataType::Float64,
            Ask::Text | Ask::Month => DataType::Utf8,
            Ask::Day => DataType::Date32,
        })
    }

    fn simplify(&self, args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        Ok(ExprSimplifyResult::Simplified(lit(self.value(literal_name(&args))?)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let name = match args.args.first() {
            Some(ColumnarValue::Scalar(value)) => text_of(value),
            _ => None,
        };
        Ok(ColumnarValue::Scalar(self.value(name)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::RuleFile;

    fn reference(periode: Option<&str>) -> Reference {
        let csv = "name,value,valid_from,valid_to,source,status,about\n\
                   batas,20,2019-01-01,2025-06-30,x,confirmed,x\nbatas,24,2025-07-01,,x,confirmed,x\njenis,PNS,,,x,confirmed,x\n";
        let file = RuleFile { name: "parameter".into(), path: "parameter.csv".into(), csv: csv.into() };
        Reference { rules: Arc::new(Rules::read(&[file]).0), periode: periode.map(|p| p.parse().unwrap()) }
    }

    #[test]
    fn the_row_of_the_date_answers() {
        let value = |periode: Option<&str>| reference(periode).parameter("batas").map(|row| row.value.clone());
        assert_eq!(value(Some("2025-06")).unwrap(), "20");
        assert_eq!(value(Some("2025-07")).unwrap(), "24");
        assert_eq!(value(None).unwrap(), "24");
        assert!(matches!(value(Some("2018-12")), Err(ParameterFault::NotValid { .. })));
        assert!(matches!(reference(None).parameter("bats"), Err(ParameterFault::Unknown { .. })));
    }
}
