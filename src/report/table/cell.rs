//! One cell of an Arrow column, read without loss. Refuses to round, to localise and to turn text into numbers.

use crate::report::table::Error;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::array::{ArrayRef, Decimal128Array, Decimal256Array, Int64Array, StringArray, UInt64Array};
use arrow::array::{BooleanArray, Date32Array, Float32Array, Float64Array, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use std::borrow::Cow;

/// A value on its way to a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Absent.
    Null,
    /// Text, identifiers included.
    Text(Cow<'a, str>),
    /// Whole number.
    Int(i64),
    /// Whole number above the signed range.
    Unsigned(u64),
    /// Single precision.
    Single(f32),
    /// Double precision.
    Double(f64),
    /// A decimal number by its digits (`12.50`).
    Exact(String),
    /// Truth value.
    Truth(bool),
    /// Calendar date.
    Day(NaiveDate),
    /// A moment; UTC where the flag says so, otherwise without zone.
    Moment(NaiveDateTime, bool),
}

impl Cell<'_> {
    /// The exact spelling: ISO dates, decimal point, shortest digits that read back the same; nothing for null.
    pub fn exact(&self) -> Cow<'_, str> {
        match self {
            Cell::Null => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Int(value) => value.to_string().into(),
            Cell::Unsigned(value) => value.to_string().into(),
            Cell::Single(value) => value.to_string().into(),
            Cell::Double(value) => value.to_string().into(),
            Cell::Exact(digits) => Cow::Borrowed(digits),
            Cell::Truth(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Cell::Day(day) => day.format("%Y-%m-%d").to_string().into(),
            Cell::Moment(moment, utc) => {
                let zone = if *utc { "Z" } else { "" };
                format!("{}{zone}", moment.format("%Y-%m-%dT%H:%M:%S%.f")).into()
            }
        }
    }

    /// Whether the exact spelling is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Int(_) | Cell::Unsigned(_) | Cell::Single(_) | Cell::Double(_) | Cell::Exact(_))
    }
}

/// Whether values of this type are written as numbers (and stand at the right in a text table).
pub fn is_numeric(kind: &DataType) -> bool {
    kind.is_numeric()
}

/// A column of one batch, its type found once.
pub enum Reader {
    /// `Utf8`, and what casts to it without loss.
    Text(StringArray),
    /// Signed integers.
    Int(Int64Array),
    /// Unsigned integers.
    Unsigned(UInt64Array),
    /// `Float32`.
    Single(Float32Array),
    /// `Float64`.
    Double(Float64Array),
    /// `Decimal128`.
    Decimal(Decimal128Array),
    /// `Decimal256`.
    Large(Decimal256Array),
    /// `Boolean`.
    Truth(BooleanArray),
    /// `Date32`, `Date64`.
    Day(Date32Array),
    /// Timestamps, and whether they are UTC.
    Moment(TimestampMicrosecondArray, bool),
    /// Nothing but nulls.
    Nothing,
}

impl Reader {
    /// A reader per column of the batch.
    pub fn all(batch: &RecordBatch) -> Result<Vec<Self>, Error> {
        let schema = batch.schema();
        let pairs = schema.fields().iter().zip(batch.columns());
        pairs.map(|(field, array)| Self::of(field.name(), array)).collect()
    }

    fn of(name: &str, array: &ArrayRef) -> Result<Self, Error> {
        use DataType as T;
        let refuse = |kind: &DataType| Error::Kind { column: name.to_string(), kind: kind.to_string() };
        let as_type = |target: DataType| cast(array, &target).map_err(|_| refuse(array.data_type()));
        Ok(match array.data_type() {
            T::Null => Reader::Nothing,
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Reader::Text(as_type(T::Utf8)?.as_string::<i32>().clone()),
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
                Reader::Int(as_type(T::Int64)?.as_primitive().clone())
            }
            T::UInt64 => Reader::Unsigned(array.as_primitive().clone()),
            T::Float32 => Reader::Single(array.as_primitive().clone()),
            T::Float16 | T::Float64 => Reader::Double(as_type(T::Float64)?.as_primitive().clone()),
            T::Decimal128(..) => Reader::Decimal(array.as_primitive().clone()),
            T::Decimal256(..) => Reader::Large(array.as_primitive().clone()),
            T::Boolean => Reader::Truth(array.as_boolean().clone()),
            T::Date32 | T::Date64 => Reader::Day(as_type(T::Date32)?.as_primitive().clone()),
            T::Timestamp(_, zone) => {
                let micros = as_type(T::Timestamp(TimeUnit::Microsecond, zone.clone()))?;
                Reader::Moment(micros.as_primitive().clone(), zone.is_some())
            }
            T::Dictionary(_, value) => return Self::of(name, &as_type(value.as_ref().clone())?),
            T::List(_)
            | T::LargeList(_)
            | T::Struct(_)
            | T::Map(..)
            | T::Time64(_)
            | T::Interval(_)
            | T::Duration(_) => Reader::Text(spelled(array).map_err(|_| refuse(array.data_type()))?),
            other => return Err(refuse(other)),
        })
    }

    /// The cell of one row; null beyond the end.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Reader::Text(it) if it.is_valid(row) => Cell::Text(Cow::Borrowed(it.value(row))),
            Reader::Int(it) if it.is_valid(row) => Cell::Int(it.value(row)),
            Reader::Unsigned(it) if it.is_valid(row) => Cell::Unsigned(it.value(row)),
            Reader::Single(it) if it.is_valid(row) => Cell::Single(it.value(row)),
            Reader::Double(it) if it.is_valid(row) => Cell::Double(it.value(row)),
            Reader::Decimal(it) if it.is_valid(row) => Cell::Exact(it.value_as_string(row)),
            Reader::Large(it) if it.is_valid(row) => Cell::Exact(it.value_as_string(row)),
            Reader::Truth(it) if it.is_valid(row) => Cell::Truth(it.value(row)),
            Reader::Day(it) if it.is_valid(row) => it.value_as_date(row).map_or(Cell::Null, Cell::Day),
            Reader::Moment(it, utc) if it.is_valid(row) => {
                let moment = DateTime::from_timestamp_micros(it.value(row));
                moment.map_or(Cell::Null, |moment| Cell::Moment(moment.naive_utc(), *utc))
            }
            _ => Cell::Null,
        }
    }
}

/// Nested values as Arrow spells them.
fn spelled(array: &ArrayRef) -> Result<StringArray, arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
    let spell = |row: usize| -> Result<Option<String>, arrow::error::ArrowError> {
        if array.is_null(row) { Ok(None) } else { formatter.value(row).try_to_string().map(Some) }
    };
    (0..array.len()).map(spell).collect()
}
