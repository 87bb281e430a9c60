//! Which rows a barrier lets through. Refuses rows without a government, wherever governments are told apart.

use crate::model::policy::{INSTANSI, NIP};
use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{cast, filter_record_batch};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::logical_expr::{Expr, col, lit};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Persons by government.
pub type Persons = BTreeMap<String, HashSet<String>>;

/// The rows that pass.
#[derive(Debug, Clone)]
pub enum Keep {
    /// All.
    All,
    /// Those of these governments.
    Instansi(Arc<BTreeSet<String>>),
    /// Those of these persons.
    Persons(Arc<Persons>),
}

impl Keep {
    /// The columns it looks at.
    pub fn columns(&self) -> &'static [&'static str] {
        match self {
            Keep::All => &[],
            Keep::Instansi(_) => &[INSTANSI],
            Keep::Persons(_) => &[INSTANSI, NIP],
        }
    }

    /// What a scan may leave out unread: a coarser test of the same rows.
    pub fn pruning(&self) -> Option<Expr> {
        let own: Vec<Expr> = match self {
            Keep::All => return None,
            Keep::Instansi(own) => own.iter().map(|kode| lit(kode.as_str())).collect(),
            Keep::Persons(persons) => persons.keys().map(|kode| lit(kode.as_str())).collect(),
        };
        (!own.is_empty()).then(|| col(INSTANSI).in_list(own, false))
    }

    /// The rows of `batch` that pass; `batch` holds the columns it looks at.
    pub fn filter(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let passes: BooleanArray = match self {
            Keep::All => return Ok(batch.clone()),
            Keep::Instansi(own) => {
                let instansi = texts(batch, INSTANSI)?;
                instansi.iter().map(|kode| Some(kode.is_some_and(|kode| own.contains(kode)))).collect()
            }
            Keep::Persons(persons) => {
                let (instansi, nip) = (texts(batch, INSTANSI)?, texts(batch, NIP)?);
                let own = |(kode, nip): (Option<&str>, Option<&str>)| Some(persons.get(kode?)?.contains(nip?));
                instansi.iter().zip(nip.iter()).map(|row| Some(own(row).unwrap_or(false))).collect()
            }
        };
        filter_record_batch(batch, &passes)
    }
}

/// A column as texts, however it is stored.
pub fn texts(batch: &RecordBatch, name: &str) -> Result<StringArray, ArrowError> {
    let missing = || ArrowError::SchemaError("a column that rows are told apart by is not there".into());
    let column = batch.column_by_name(name).ok_or_else(missing)?;
    let column = if column.data_type() == &DataType::Utf8 { column.clone() } else { cast(column, &DataType::Utf8)? };
    Ok(column.as_string::<i32>().clone())
}
