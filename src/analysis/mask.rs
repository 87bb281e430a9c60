//! Why a running query failed, without the value it failed on. Refuses to hand on an engine's text.

use crate::analysis::functions::Refused;
use crate::analysis::functions::rule::ParameterFault;
use datafusion::arrow::error::ArrowError;
use datafusion::common::DataFusionError;

/// A failure while rows were read. The engine's own texts quote cells (`Cannot cast string '…'`), so none is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A cast or a parse met a value it cannot read.
    #[error("a value of a row cannot be converted to the type asked for; TRY_CAST gives null instead")]
    Conversion,
    /// x / 0.
    #[error("a division by zero; NULLIF(divisor, 0) gives null instead")]
    Division,
    /// A number left its type.
    #[error("a number is too large for its type")]
    Overflow,
    /// A function refused an argument.
    #[error("a function cannot take a value of a row")]
    Value,
    /// A function of ours refused an argument.
    #[error("{0}")]
    Function(#[from] Refused),
    /// A parameter has no value.
    #[error(transparent)]
    Parameter(#[from] ParameterFault),
    /// Memory pool or scratch space is used up.
    #[error("the query needs more memory or scratch space than it may use (`query_memory_bytes_max`)")]
    Resources,
    /// A file could not be read.
    #[error("a stored file cannot be read")]
    Storage,
    /// Anything else; nothing a query can mend.
    #[error("the engine cannot run this query")]
    Engine,
}

/// The reason behind an error of a running query.
pub fn reason(error: &DataFusionError) -> Reason {
    match error.find_root() {
        DataFusionError::ArrowError(error, _) => arrow_reason(error),
        DataFusionError::ResourcesExhausted(_) => Reason::Resources,
        DataFusionError::Execution(_) => Reason::Value,
        DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) | DataFusionError::ParquetError(_) => {
            Reason::Storage
        }
        DataFusionError::External(inner) => {
            let refused = inner.downcast_ref::<Refused>().map(|refused| Reason::Function(*refused));
            let fault = || inner.downcast_ref::<ParameterFault>().map(|fault| Reason::Parameter(fault.clone()));
            let masked = || inner.downcast_ref::<Reason>().cloned();
            refused.or_else(fault).or_else(masked).unwrap_or(Reason::Engine)
        }
        _ => Reason::Engine,
    }
}

/// The reason behind an error of an Arrow kernel.
pub fn arrow_reason(error: &ArrowError) -> Reason {
    match error {
        ArrowError::ExternalError(inner) => inner.downcast_ref::<DataFusionError>().map_or(Reason::Value, reason),
        ArrowError::CastError(_) | ArrowError::ParseError(_) => Reason::Conversion,
        ArrowError::DivideByZero => Reason::Division,
        ArrowError::ArithmeticOverflow(_) => Reason::Overflow,
        ArrowError::IoError(..) | ArrowError::IpcError(_) | ArrowError::ParquetError(_) => Reason::Storage,
        ArrowError::MemoryError(_) => Reason::Resources,
        _ => Reason::Value,
    }
}
