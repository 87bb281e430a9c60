//! Bounds of a file's columns: taken from its Parquet footer, written as Delta statistics, read back. Refuses a value it would have to round.

use crate::lake::log::LakeFile;
use arrow::array::Array;
use arrow::datatypes::{DataType, Decimal128Type, DecimalType, SchemaRef, TimeUnit};
use chrono::DateTime;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, ScalarValue, Statistics};
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Digits a decimal may have and still pass through a JSON number, which readers take as a double.
const EXACT_DIGITS: u8 = 15;

/// The Delta statistics of one file. Columns in `sealed` get a null count but no bounds: bounds of personal data would outlive an erasure
/// in the log.
pub(crate) fn describe(
    metadata: &ParquetMetaData,
    schema: &SchemaRef,
    sealed: &BTreeSet<String>,
) -> Result<String, ParquetError> {
    let (mut min, mut max, mut nulls) = (Vec::new(), Vec::new(), Vec::new());
    let parquet = metadata.file_metadata().schema_descr();
    for field in schema.fields() {
        let converter = StatisticsConverter::try_new(field.name(), schema, parquet)?;
        let counts = converter.row_group_null_counts(metadata.row_groups())?;
        if counts.null_count() == 0 {
            nulls.push((field.name(), counts.iter().flatten().sum::<u64>().to_string()));
        }
        if sealed.contains(field.name()) {
            continue;
        }
        let empty: Vec<bool> = metadata
            .row_groups()
            .iter()
            .zip(&counts)
            .map(|(group, nulls)| nulls == u64::try_from(group.num_rows()).ok())
            .collect();
        let lows = converter.row_group_mins(metadata.row_groups())?;
        let highs = converter.row_group_maxes(metadata.row_groups())?;
        if let Some(literal) = extreme(&lows, &empty, true)?.and_then(|value| literal(&value, false)) {
            min.push((field.name(), literal));
        }
        if let Some(literal) = extreme(&highs, &empty, false)?.and_then(|value| literal(&value, true)) {
            max.push((field.name(), literal));
        }
    }
    // By hand, because a JSON library would take decimals through a double.
    let object = |pairs: &[(&String, String)]| {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, literal)| format!("{}:{literal}", Value::from(name.as_str()))).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let mut text = format!("{{\"numRecords\":{}", metadata.file_metadata().num_rows());
    for (name, pairs) in [("minValues", &min), ("maxValues", &max), ("nullCount", &nulls)] {
        write!(text, ",\"{name}\":{}", object(pairs)).expect("a String takes all text");
    }
    text.push('}');
    Ok(text)
}

/// The least or greatest of the row groups' bounds; none if a row group that is not `empty` (all null) has none.
fn extreme(bounds: &dyn Array, empty: &[bool], least: bool) -> Result<Option<ScalarValue>, ParquetError> {
    let mut found: Option<ScalarValue> = None;
    for (row, _) in empty.iter().enumerate().filter(|(_, empty)| !**empty) {
        let value = ScalarValue::try_from_array(bounds, row).map_err(|error| ParquetError::External(error.into()))?;
        if value.is_null() {
            return Ok(None);
        }
        let better = |old: &ScalarValue| if least { value < *old } else { value > *old };
        if found.as_ref().is_none_or(better) {
            found = Some(value);
        }
    }
    Ok(found)
}

/// A bound as a JSON literal; none for kinds without bounds in Delta. Moments widen to whole milliseconds, as the format demands.
fn literal(value: &ScalarValue, up: bool) -> Option<String> {
    match value {
        ScalarValue::Utf8(Some(text)) => Some(Value::from(text.as_str()).to_string()),
        ScalarValue::Int32(Some(number)) => Some(number.to_string()),
        ScalarValue::Int64(Some(number)) => Some(number.to_string()),
        // Years beyond four digits have no spelling that all readers agree on.
        ScalarValue::Date32(Some(_)) => {
            Some(value.to_string()).filter(|text| text.len() == 10).map(|text| format!("\"{text}\""))
        }
        ScalarValue::Decimal128(Some(number), precision, scale) if *precision <= EXACT_DIGITS => {
            Some(Decimal128Type::format_decimal(*number, *precision, *scale))
        }
        ScalarValue::TimestampMicrosecond(Some(micros), _) => {
            let millis = micros.div_euclid(1000) + i64::from(up && micros.rem_euclid(1000) != 0);
            Some(format!("\"{}\"", DateTime::from_timestamp_millis(millis)?.format("%Y-%m-%dT%H:%M:%S%.3fZ")))
        }
        _ => None,
    }
}

/// What the log says about the columns of one file.
pub(crate) struct Bounds {
    rows: Option<u64>,
    min: Map<String, Value>,
    max: Map<String, Value>,
    nulls: Map<String, Value>,
}

impl Bounds {
    pub(crate) fn of(file: &LakeFile) -> Self {
        let mut all: Value = file.stats.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let mut part = |name: &str| match all.get_mut(name).map(Value::take) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let (min, max, nulls) = (part("minValues"), part("maxValues"), part("nullCount"));
        Self { rows: all.get("numRecords").and_then(Value::as_u64), min, max, nulls }
    }

    /// Whether all rows (true) or no row (false) of the file have this value in a text column; `None` if the bounds do not tell.
    pub(crate) fn holds(&self, column: &str, value: Option<&str>) -> Option<bool> {
        let nulls = self.nulls.get(column).and_then(Value::as_u64);
        let all_null = nulls.zip(self.rows).map(|(nulls, rows)| nulls == rows);
        let Some(value) = value else {
            return if nulls == Some(0) { Some(false) } else { all_null.filter(|all| *all) };
        };
        if all_null == Some(true) {
            return Some(false);
        }
        let bound = |map: &Map<String, Value>| map.get(column).and_then(Value::as_str).map(str::to_owned);
        let (min, max) = (bound(&self.min)?, bound(&self.max)?);
        if value < min.as_str() || value > max.as_str() {
            return Some(false);
        }
        (min == max && nulls == Some(0)).then_some(true)
    }

    /// The statistics the planner gets, for the columns of `schema`; partition columns are exact.
    pub(crate) fn statistics(&self, file: &LakeFile, schema: &SchemaRef) -> Statistics {
        let count = |value: Option<u64>| {
            value.and_then(|value| usize::try_from(value).ok()).map_or(Precision::Absent, Precision::Exact)
        };
        let column_statistics = schema.fields().iter().map(|field| match file.partition.get(field.name()) {
            Some(None) => ColumnStatistics { null_count: count(self.rows), ..ColumnStatistics::new_unknown() },
            Some(Some(text)) => {
                let value = ScalarValue::try_from_string(text.clone(), field.data_type()).ok();
                let value = value.map_or(Precision::Absent, Precision::Exact);
                let null_count = Precision::Exact(0);
                ColumnStatistics {
                    null_count,
                    min_value: value.clone(),
                    max_value: value,
                    ..ColumnStatistics::new_unknown()
                }
            }
            None => ColumnStatistics {
                null_count: count(self.nulls.get(field.name()).and_then(Value::as_u64)),
                min_value: bound(self.min.get(field.name()), field.data_type()),
                max_value: bound(self.max.get(field.name()), field.data_type()),
                ..ColumnStatistics::new_unknown()
            },
        });
        Statistics {
            num_rows: count(self.rows),
            total_byte_size: Precision::Inexact(usize::try_from(file.bytes).unwrap_or(usize::MAX).saturating_mul(4)),
            column_statistics: column_statistics.collect(),
        }
    }
}

/// A bound for the planner. Text may be cut, so its bounds are bounds only; moments are left out, because readers disagree about their ends.
fn bound(value: Option<&Value>, data_type: &DataType) -> Precision<ScalarValue> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Precision::Absent,
    };
    let Ok(value) = ScalarValue::try_from_string(text, data_type) else { return Precision::Absent };
    match data_type {
        DataType::Int32 | DataType::Int64 | DataType::Date32 | DataType::Decimal128(..) => Precision::Exact(value),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Precision::Absent,
        DataType::Utf8 => Precision::Inexact(value),
        _ => Precision::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact_and_moments_widen() {
        let micros = |value| ScalarValue::TimestampMicrosecond(Some(value), Some("UTC".into()));
        assert_eq!(literal(&micros(1_999), false).unwrap(), "\"1970-01-01T00:00:00.001Z\"");
        assert_eq!(literal(&micros(1_001), true).unwrap(), "\"1970-01-01T00:00:00.002Z\"");
        assert_eq!(literal(&micros(2_000), true).unwrap(), "\"1970-01-01T00:00:00.002Z\"");
        assert_eq!(literal(&ScalarValue::Date32(Some(0)), true).unwrap(), "\"1970-01-01\"");
        assert_eq!(literal(&ScalarValue::Decimal128(Some(-105), 5, 2), true).unwrap(), "-1.05");
        assert_eq!(literal(&ScalarValue::Decimal128(Some(1), 20, 2), true), None);
        assert_eq!(literal(&ScalarValue::Utf8(Some("a\"b".into())), true).unwrap(), r#""a\"b""#);
        assert_eq!(literal(&ScalarValue::Boolean(Some(true)), true), None);
    }
}
