//! The SQL functions of our own, vectorised over Arrow arrays. Refuses business rules: numbers a regulation fixes are arguments.
//!
//! | function | gives |
//! |---|---|
//! | `tambah_bulan(date, months)` | the date that many calendar months later |
//! | `nama_normal(text)` | the normalised name of the kin rules |
//! | `nip_lahir` `nip_jenis_kelamin` `nip_pppk` | what the 18 digits of a NIP say |
//! | `wilson_bawah/atas(k, n, z)` | Wilson interval of a share |
//! | `binom_bawah/atas(k, n, alpha)` | Clopper–Pearson interval of a share |
//! | `poisson_binomial_ekor(list p, k)` | P(X ≥ k), exact |
//! | `entropi(x)` `gini(x)` | aggregates of a distribution |
//! | `sel_ditahan(dari, ke, …) OVER …` | which figures are withheld so that no small one can be computed |
//! | `bulatkan(x, decimals)` | half away from zero |
//! | `parameter` `parameter_teks` `tanggal_acuan` `periode_acuan` | dated rules and the reference date, folded at planning |

pub mod calendar;
pub mod circulation;
pub mod interval;
pub mod nama;
pub mod nip;
pub mod rounding;
pub mod rule;
pub mod spread;
pub mod suppression;
pub mod tail;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::{
    AggregateUDF, ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, WindowUDF,
};
use std::hash::{Hash, Hasher};

/// Why a function of ours took no value; the text is fixed, so no value of a row can be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub &'static str);

/// An error of a function of ours.
pub(crate) fn refuse<T>(why: &'static str) -> Result<T> {
    Err(DataFusionError::External(Box::new(Refused(why))))
}

/// A scalar function that depends on its arguments only: a name, argument types, a result type and a body over arrays.
#[derive(Debug)]
pub struct Vectorised {
    name: &'static str,
    signature: Signature,
    returns: DataType,
    body: fn(&[ArrayRef]) -> Result<ArrayRef>,
}

impl Vectorised {
    /// The function `name(takes…) -> returns`; arguments are coerced to `takes` before `body` sees them.
    pub fn function(
        name: &'static str,
        takes: Vec<DataType>,
        returns: DataType,
        body: fn(&[ArrayRef]) -> Result<ArrayRef>,
    ) -> ScalarUDF {
        ScalarUDF::from(Self { name, signature: Signature::exact(takes, Volatility::Immutable), returns, body })
    }
}

impl PartialEq for Vectorised {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Vectorised {}

impl Hash for Vectorised {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Vectorised {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let out = (self.body)(&ColumnarValue::values_to_arrays(&args.args)?)?;
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&out, 0)?));
        }
        Ok(ColumnarValue::Array(out))
    }
}

/// Every scalar function that needs no rules.
pub fn scalars() -> Vec<ScalarUDF> {
    let mut all =
        vec![calendar::tambah_bulan(), nama::nama_normal(), rounding::bulatkan(), tail::poisson_binomial_ekor()];
    all.extend(nip::functions());
    all.extend(interval::functions());
    all
}

/// Every aggregate.
pub fn aggregates() -> Vec<AggregateUDF> {
    spread::aggregates()
}

/// Every window function.
pub fn windows() -> Vec<WindowUDF> {
    vec![suppression::sel_ditahan()]
}
