//! The unit of replacement: which files, and which rows of a file, a change takes away. Refuses to read a file where partition and bounds decide.

use crate::lake::log::LakeFile;
use crate::lake::stats::Bounds;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use std::collections::{BTreeMap, HashSet};

/// Rows for which every named column has the given value (`None` is null), such as one (instansi_kode, periode, cakupan).
/// Without columns: all rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(pub Vec<(String, Option<String>)>);

impl Unit {
    /// The unit of these columns and values.
    pub fn of<'a>(columns: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        Self(columns.into_iter().map(|(name, value)| (name.into(), value.map(Into::into))).collect())
    }

    /// The value of a column, if the unit names it.
    pub fn value(&self, column: &str) -> Option<Option<&str>> {
        self.0.iter().find(|(name, _)| name == column).map(|(_, value)| value.as_deref())
    }

    /// Whether the partition of a file leaves room for rows of this unit.
    fn meets(&self, file: &LakeFile) -> bool {
        file.partition.iter().all(|(column, value)| self.value(column).is_none_or(|mine| mine == value.as_deref()))
    }

    /// The columns and values that the partition of a file does not settle.
    fn open<'a>(&'a self, file: &'a LakeFile) -> impl Iterator<Item = &'a (String, Option<String>)> {
        self.0.iter().filter(|(column, _)| !file.partition.contains_key(column))
    }
}

/// How the rows of a file stand to the units that are replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Overlap<'a> {
    /// None is replaced.
    Nothing,
    /// All are replaced.
    Whole,
    /// Only reading tells; these units may have rows in the file.
    Perhaps(Vec<&'a Unit>),
}

/// What partition values and bounds say about a file.
pub(crate) fn overlap<'a>(units: &'a [Unit], file: &LakeFile) -> Overlap<'a> {
    let met: Vec<&Unit> = units.iter().filter(|unit| unit.meets(file)).collect();
    if met.is_empty() {
        return Overlap::Nothing;
    }
    let bounds = Bounds::of(file);
    let mut perhaps = Vec::new();
    for unit in met {
        let verdicts = unit.open(file).map(|(column, value)| bounds.holds(column, value.as_deref()));
        match verdicts.fold(Some(true), all) {
            Some(true) => return Overlap::Whole,
            Some(false) => {}
            None => perhaps.push(unit),
        }
    }
    if perhaps.is_empty() { Overlap::Nothing } else { Overlap::Perhaps(perhaps) }
}

/// Three-valued `and`.
fn all(so_far: Option<bool>, next: Option<bool>) -> Option<bool> {
    match (so_far, next) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Which rows of a batch stay when `units` go. A column the file does not have reads null.
pub(crate) fn survivors(batch: &RecordBatch, file: &LakeFile, units: &[&Unit]) -> Result<BooleanArray, ArrowError> {
    // Units with the same columns share one set, so that a row is looked up once and not once per unit.
    let mut sets: BTreeMap<Vec<&str>, HashSet<Vec<Option<&str>>>> = BTreeMap::new();
    for unit in units {
        let (columns, values): (Vec<&str>, Vec<Option<&str>>) =
            unit.open(file).map(|(column, value)| (column.as_str(), value.as_deref())).unzip();
        sets.entry(columns).or_default().insert(values);
    }
    let mut stays = vec![true; batch.num_rows()];
    for (columns, replaced) in sets {
        let texts = columns.iter().map(|column| text(batch, column)).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<&StringArray> = texts.iter().map(|array| array.as_string()).collect();
        let mut row = Vec::with_capacity(texts.len());
        for (index, stay) in stays.iter_mut().enumerate() {
            row.clear();
            row.extend(texts.iter().map(|array| array.is_valid(index).then(|| array.value(index))));
            *stay &= !replaced.contains(&row);
        }
    }
    Ok(stays.into())
}

/// A column as text, in the spelling units use.
pub(crate) fn text(batch: &RecordBatch, column: &str) -> Result<ArrayRef, ArrowError> {
    match batch.column_by_name(column) {
        Some(array) => cast(array, &DataType::Utf8),
        None => Ok(new_null_array(&DataType::Utf8, batch.num_rows())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(instansi: Option<&str>, stats: &str) -> LakeFile {
        LakeFile {
            path: "x.parquet".into(),
            bytes: 1,
            modified_ms: 0,
            partition: BTreeMap::from([("instansi_kode".into(), instansi.map(Into::into))]),
            stats: Some(stats.into()),
        }
    }

    #[test]
    fn partition_and_bounds_decide_before_any_reading() {
        let units = [
            Unit::of([("instansi_kode", Some("6700")), ("cakupan", Some("ANAK"))]),
            Unit::of([("instansi_kode", None), ("cakupan", Some(""))]),
        ];
        let stats = |min: &str, max: &str| {
            format!(
                r#"{{"numRecords":3,"minValues":{{"cakupan":"{min}"}},"maxValues":{{"cakupan":"{max}"}},"nullCount":{{"cakupan":0}}}}"#
            )
        };
        assert_eq!(overlap(&units, &file(Some("6701"), &stats("ANAK", "ANAK"))), Overlap::Nothing);
        assert_eq!(overlap(&units, &file(Some("6700"), &stats("ANAK", "ANAK"))), Overlap::Whole);
        assert_eq!(overlap(&units, &file(Some("6700"), &stats("ORTU", "SAUDARA"))), Overlap::Nothing);
        assert_eq!(overlap(&units, &file(Some("6700"), &stats("ANAK", "ORTU"))), Overlap::Perhaps(vec![&units[0]]));
        assert_eq!(overlap(&units, &file(None, &stats("", ""))), Overlap::Whole);
        assert_eq!(overlap(&units, &file(None, "{}")), Overlap::Perhaps(vec![&units[1]]));
        assert_eq!(overlap(&[Unit(vec![])], &file(None, "{}")), Overlap::Whole);
    }

    #[test]
    fn rows_are_told_apart_by_all_columns_of_a_unit() {
        let sha = StringArray::from(vec![Some("a"), Some("b"), None, Some("a")]);
        let batch = RecordBatch::try_from_iter([("sha256", std::sync::Arc::new(sha) as ArrayRef)]).unwrap();
        let file = file(Some("6700"), "{}");
        let units = [
            Unit::of([("instansi_kode", Some("6700")), ("sha256", Some("a"))]),
            Unit::of([("sha256", None)]),
            Unit::of([("sha256", Some("b")), ("sheet", Some("x"))]),
        ];
        let stays = survivors(&batch, &file, &units.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(stays, BooleanArray::from(vec![false, true, false, false]));
    }
}
