//! The stored shape of a mart: columns, key, personal-data class, and the words of its comment. Refuses types the lake has not.

use crate::analysis::lineage::{Lineage, Origin};
use crate::analysis::project::fault::problem;
use crate::analysis::project::source::Source;
use crate::analysis::project::visibility;
use crate::model::problem::Problem;
use crate::model::table::{Class, Column, Kind, Table, column};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::logical_expr::{Expr, LogicalPlan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The column that says which month a stored row is of.
pub const PERIODE: &str = "periode";

/// The class of every classified column, by origin.
pub type Classes = BTreeMap<Origin, Class>;

/// The schema as rows are kept: views, large and dictionary texts as `Utf8`, everything nullable.
pub fn plain(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| Field::new(field.name(), plain_type(field.data_type()), true);
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::Dictionary(_, values) => plain_type(values),
        other => other.clone(),
    }
}

/// The kind that stores a type, if one does.
fn kind(data_type: &DataType) -> Option<Kind> {
    Some(match plain_type(data_type) {
        DataType::Utf8 => Kind::Text,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => Kind::Int,
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Kind::Count,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Kind::Real,
        DataType::Decimal128(precision, scale) => Kind::Decimal { precision, scale },
        DataType::Boolean => Kind::Bool,
        DataType::Date32 => Kind::Date,
        DataType::Timestamp(
            TimeUnit::Microsecond | TimeUnit::Nanosecond | TimeUnit::Millisecond | TimeUnit::Second,
            _,
        ) => Kind::Moment,
        _ => return None,
    })
}

/// Columns of a result that have the name of an earlier one.
pub fn doubled(source: &Source, plan: &LogicalPlan) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let names = plan.schema().fields().iter().map(|field| field.name());
    let twice = names.filter(|name| !seen.insert(name.as_str()));
    let hint = "give one of them an alias";
    let told = twice.map(|name| {
        let what = format!("two columns of the result are called `{name}`");
        problem(source, source.line_of(None, name), what, Some(hint.into()))
    });
    told.collect()
}

/// The table a mart is stored as, and what is wrong with its shape.
pub fn mart(source: &Source, plan: &LogicalPlan, lineage: &Lineage, classes: &Classes) -> (Table, Vec<Problem>) {
    let about = words(source, plan);
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for (field, (name, sources)) in plan.schema().fields().iter().zip(&lineage.columns) {
        let Some(kind) = kind(field.data_type()) else {
            let what = format!("column `{name}` has the type {}, which no table stores", field.data_type());
            let hint = Some("cast it to text, a number, a date or a truth value".to_string());
            problems.push(problem(source, source.line_of(None, name), what, hint));
            continue;
        };
        if name.is_empty() || name.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')) {
            let hint = Some("name it with AS, in lower case".to_string());
            problems.push(problem(source, 0, format!("a column is called `{name}`"), hint));
        }
        let class = sources.carried.iter().filter_map(|origin| classes.get(origin)).max().copied().unwrap_or_default();
        let (about, visibility) =
            about.get(name.as_str()).map_or_else(Default::default, |text| visibility::of_column(text));
        columns.push(Column { name: name.clone(), kind, nullable: name != PERIODE, class, visibility, about });
    }
    if !columns.iter().any(|column| column.name == PERIODE) {
        let about = "Bulan yang angkanya per akhir bulan itu, YYYY-MM";
        columns.push(column(PERIODE, Kind::Text, false, Class::Open, about));
    }
    let key = key(plan);
    if key.is_empty() {
        let hint = Some("end the query with ORDER BY the columns of its key".to_string());
        problems.push(problem(source, 0, "a mart has no ORDER BY, so no key and no fixed order".into(), hint));
    }
    let visibility = visibility::stated(source, &mut problems);
    let (name, partition_by, theme) = (source.file.name.clone(), vec![PERIODE.into()], visibility::theme(source));
    (Table { name, key, columns, partition_by, visibility, theme }, problems)
}

/// The output columns that the outermost `ORDER BY` names, in its order.
fn key(plan: &LogicalPlan) -> Vec<String> {
    let names = plan.schema();
    let mut node = plan;
    loop {
        match node {
            LogicalPlan::Projection(it) => node = &it.input,
            LogicalPlan::Limit(it) => node = &it.input,
            LogicalPlan::SubqueryAlias(it) => node = &it.input,
            LogicalPlan::Sort(it) => {
                let named = it.expr.iter().map_while(|key| match &key.expr {
                    Expr::Column(column) if names.has_column_with_unqualified_name(&column.name) => {
                        Some(column.name.clone())
                    }
                    _ => None,
                });
                return named.collect();
            }
            _ => return vec![],
        }
    }
}

/// The lines `-- column: sentence` of the comment on top, by column.
fn words<'a>(source: &'a Source, plan: &LogicalPlan) -> BTreeMap<&'a str, String> {
    let is_column = |name: &str| plan.schema().has_column_with_unqualified_name(name);
    let pairs = source
        .head()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, text)| (name.trim(), text.trim().to_string()));
    pairs.filter(|(name, _)| is_column(name)).collect()
}
