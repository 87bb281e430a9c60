//! The columns of a table in Delta's words: a new table's metadata, and a stored schema grown to a contract. Refuses a change of type.

use crate::lake::Error;
use crate::model::table::{Class, Table};
use arrow::datatypes::{Field, Schema};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::{Action, Metadata, MetadataExt, Protocol, StructType, new_metadata};
use serde_json::json;
use std::collections::BTreeSet;

/// Commits between two checkpoints.
pub(crate) const CHECKPOINT_EVERY: u64 = 10;

/// The first actions of a new table.
pub(crate) fn first_actions(table: &Table) -> Result<Vec<Action>, Error> {
    let configuration = [
        // The default forgets old versions after 30 days, and releases point at old versions.
        ("delta.enableExpiredLogCleanup", "false".to_string()),
        ("delta.checkpointInterval", CHECKPOINT_EVERY.to_string()),
        // The default reads bounds of the first 32 columns only, and provenance comes last.
        ("delta.dataSkippingNumIndexedCols", "-1".to_string()),
    ];
    let schema = kernel(table, &table.schema())?;
    let metadata = new_metadata(&schema, &table.partition_by, configuration)
        .and_then(|metadata| metadata.with_name(table.name.clone()))
        .map_err(|error| unstorable(table, &error.to_string()))?;
    let protocol: Protocol = serde_json::from_value(json!({"minReaderVersion": 1, "minWriterVersion": 2}))
        .expect("the oldest protocol with required columns is well-formed");
    Ok(vec![Action::Protocol(protocol), Action::Metadata(metadata)])
}

/// The metadata after the contract grew or loosened; `None` if the stored one will do.
///
/// # Errors
/// `Clash` where a type or the partitioning changed.
pub(crate) fn grown(table: &Table, stored: &Metadata, schema: &StructType) -> Result<Option<Metadata>, Error> {
    let clash = |column: &str, stored: String, wanted: String| Error::Clash {
        table: table.name.clone(),
        column: column.into(),
        stored,
        wanted,
    };
    if stored.partition_columns() != table.partition_by.as_slice() {
        let words = |columns: &[String]| format!("partitioned by ({})", columns.join(", "));
        return Err(clash("*", words(stored.partition_columns()), words(&table.partition_by)));
    }
    let old: Schema = schema.try_into_arrow().map_err(|error| unstorable(table, &error.to_string()))?;
    let wanted = table.schema();
    let mut fields: Vec<Field> = Vec::new();
    for field in old.fields() {
        // Stored files of a column that is no longer wanted, or no longer required, stay as they are.
        let now = wanted.field_with_name(field.name()).ok();
        if let Some(now) = now.filter(|now| now.data_type() != field.data_type()) {
            return Err(clash(field.name(), field.data_type().to_string(), now.data_type().to_string()));
        }
        let nullable = field.is_nullable() || now.is_none_or(Field::is_nullable);
        fields.push(field.as_ref().clone().with_nullable(nullable));
    }
    let new = wanted.fields().iter().filter(|field| old.field_with_name(field.name()).is_err());
    fields.extend(new.map(|field| field.as_ref().clone().with_nullable(true)));
    let grown = Schema::new(fields);
    if grown == old {
        return Ok(None);
    }
    let metadata = stored.clone().with_schema(&kernel(table, &grown)?);
    metadata.map(Some).map_err(|error| unstorable(table, &error.to_string()))
}

/// Columns whose bounds must not reach the log.
pub(crate) fn sealed(table: &Table) -> BTreeSet<String> {
    table.columns.iter().filter(|column| column.class != Class::Open).map(|column| column.name.clone()).collect()
}

fn kernel(table: &Table, schema: &Schema) -> Result<StructType, Error> {
    schema.try_into_kernel().map_err(|error| unstorable(table, &error.to_string()))
}

fn unstorable(table: &Table, reason: &str) -> Error {
    Error::Parquet { doing: "describe the", table: table.name.clone(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::{DATA, Kind, Visibility, column};

    fn table(columns: &[(&str, Kind, bool)]) -> Table {
        let column = |(name, kind, nullable): &(&str, Kind, bool)| column(name, *kind, *nullable, Class::Open, "");
        let columns = columns.iter().map(column).collect();
        Table {
            name: "t".into(),
            key: vec![],
            columns,
            partition_by: vec!["p".into()],
            visibility: Visibility::H4,
            theme: DATA.into(),
        }
    }

    fn stored(table: &Table) -> (Metadata, StructType) {
        let Action::Metadata(metadata) = first_actions(table).unwrap().remove(1) else {
            panic!("metadata comes second")
        };
        (metadata, kernel(table, &table.schema()).unwrap())
    }

    #[test]
    fn grows_by_nullable_columns_keeps_lost_ones_and_refuses_other_types() {
        let old = table(&[("p", Kind::Text, false), ("a", Kind::Int, false)]);
        let (metadata, schema) = stored(&old);
        assert!(grown(&old, &metadata, &schema).unwrap().is_none());
        let new = table(&[("b", Kind::Date, false), ("p", Kind::Text, false)]);
        let after = grown(&new, &metadata, &schema).unwrap().unwrap();
        assert_eq!(after.id(), metadata.id());
        let value: serde_json::Value = serde_json::to_value(&after).unwrap();
        let text = value["schemaString"].as_str().unwrap().to_string();
        let schema: StructType = serde_json::from_str(&text).unwrap();
        let fields: Vec<(String, bool)> =
            schema.fields().map(|field| (field.name().clone(), field.is_nullable())).collect();
        assert_eq!(fields, [("p".into(), false), ("a".into(), true), ("b".into(), true)]);
        let clash = grown(&table(&[("p", Kind::Text, false), ("a", Kind::Text, false)]), &metadata, &schema);
        assert!(matches!(clash, Err(Error::Clash { column, .. }) if column == "a"));
    }
}
