//! Rules as data: seed files of dated rows, read as tables and as parameters. Refuses rows whose dates it cannot read.

pub mod parameter;
pub mod scan;

use crate::analysis::rules::parameter::Parameter;
use crate::analysis::rules::scan::Record;
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use crate::model::query::RuleFile;
use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Suffix of the table that holds all rows of a rule file, whatever their dates.
pub const HISTORY: &str = "_riwayat";

/// One rule file: rows with lines, dates of validity, and a typed schema.
#[derive(Debug, Clone)]
pub struct RuleTable {
    /// Table name: file stem.
    pub name: String,
    /// Path relative to the project.
    pub path: String,
    /// Columns with inferred types.
    pub schema: SchemaRef,
    rows: Vec<Record>,
    validity: Vec<(Option<NaiveDate>, Option<NaiveDate>)>,
}

/// All rule files of a project.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Tables by name.
    pub tables: BTreeMap<String, RuleTable>,
    /// Rows of `parameter.csv`.
    pub parameters: Vec<Parameter>,
}

impl Rules {
    /// Reads every file; the problems of all of them together.
    pub fn read(files: &[RuleFile]) -> (Self, Vec<Problem>) {
        let (mut rules, mut problems) = (Self::default(), Vec::new());
        for file in files {
            let Some(table) = RuleTable::read(file, &mut problems) else { continue };
            if file.name == parameter::TABLE {
                rules.parameters = parameter::read(&table, &mut problems);
            }
            rules.tables.insert(table.name.clone(), table);
        }
        problems.sort();
        (rules, problems)
    }

    /// Every table name the rules bring, `_riwayat` twins included, with its schema.
    pub fn schemas(&self) -> BTreeMap<String, SchemaRef> {
        let both =
            |t: &RuleTable| [(t.name.clone(), t.schema.clone()), (format!("{}{HISTORY}", t.name), t.schema.clone())];
        self.tables.values().flat_map(both).collect()
    }

    /// The rows of every rule table at `periode`, and all rows under the `_riwayat` name.
    pub fn batches(&self, periode: Periode) -> BTreeMap<String, RecordBatch> {
        let both = |t: &RuleTable| {
            [(t.name.clone(), t.batch(Some(periode.last_day()))), (format!("{}{HISTORY}", t.name), t.batch(None))]
        };
        self.tables.values().flat_map(both).collect()
    }
}

impl RuleTable {
    fn read(file: &RuleFile, problems: &mut Vec<Problem>) -> Option<Self> {
        let problem = |line: usize, path: &str, what: String, hint: &str| Problem {
            file: file.path.clone(),
            line,
            path: path.into(),
            what,
            hint: Some(hint.into()),
        };
        let (mut records, found) = scan::scan(&file.path, &file.csv);
        problems.extend(found);
        if records.is_empty() {
            problems.push(problem(0, "", "the file has no header".into(), "write the column names on the first line"));
            return None;
        }
        let header: Vec<String> = records.remove(0).fields.into_iter().map(|name| name.trim().to_string()).collect();
        let mut seen = BTreeSet::new();
        for name in &header {
            if name.is_empty() || name.to_lowercase() != *name || !seen.insert(name) {
                let what = format!("`{name}` is empty, not lower case, or there twice");
                problems.push(problem(1, name, what, "give every column one lower-case name"));
            }
        }
        let at = |name: &str| header.iter().position(|it| it == name);
        let (from, to) = (at("valid_from"), at("valid_to"));
        let mut validity = Vec::with_capacity(records.len());
        for record in &records {
            let mut date = |column: Option<usize>, name: &str| {
                let text = column.and_then(|c| record.fields.get(c)).map_or("", |text| text.trim());
                let parsed = text.parse::<NaiveDate>().ok();
                if parsed.is_none() && !text.is_empty() {
                    problems.push(problem(
                        record.line,
                        name,
                        format!("`{text}` is no date"),
                        "write YYYY-MM-DD, or nothing for an open end",
                    ));
                }
                parsed
            };
            let span = (date(from, "valid_from"), date(to, "valid_to"));
            if matches!(span, (Some(from), Some(to)) if to < from) {
                problems.push(problem(
                    record.line,
                    "valid_to",
                    "the row ends before it begins".into(),
                    "both dates are inclusive",
                ));
            }
            validity.push(span);
        }
        let column = |i: usize| records.iter().filter_map(move |record| record.fields.get(i)).map(|text| text.trim());
        let kinds = header.iter().enumerate().map(|(i, name)| Field::new(name, infer(name, column(i)), true));
        let schema = Arc::new(Schema::new(kinds.collect::<Vec<_>>()));
        Some(Self { name: file.name.clone(), path: file.path.clone(), schema, rows: records, validity })
    }

    /// Records that are valid on `day`, or all of them.
    pub fn rows(&self, day: Option<NaiveDate>) -> impl Iterator<Item = &Record> {
        let holds = move |(from, to): &(Option<NaiveDate>, Option<NaiveDate>)| {
            day.is_none_or(|day| from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to))
        };
        self.rows.iter().zip(&self.validity).filter(move |(_, span)| holds(span)).map(|(row, _)| row)
    }

    /// The field of `column` in `row`, trimmed; nothing when empty.
    pub fn field<'a>(&self, row: &'a Record, column: &str) -> Option<&'a str> {
        let (index, _) = self.schema.column_with_name(column)?;
        row.fields.get(index).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn batch(&self, day: Option<NaiveDate>) -> RecordBatch {
        let rows: Vec<&Record> = self.rows(day).collect();
        let columns = self.schema.fields().iter().map(|field| {
            let texts = rows.iter().map(|row| self.field(row, field.name()));
            match field.data_type() {
                DataType::Int64 => Arc::new(texts.map(|t| t?.parse().ok()).collect::<Int64Array>()) as ArrayRef,
                DataType::Float64 => Arc::new(texts.map(|t| t?.parse().ok()).collect::<Float64Array>()),
                DataType::Date32 => {
                    let days = texts.map(|t| t?.parse().ok().map(Date32Type::from_naive_date));
                    Arc::new(days.collect::<Date32Array>())
                }
                _ => Arc::new(texts.collect::<StringArray>()),
            }
        });
        RecordBatch::try_new(self.schema.clone(), columns.collect())
            .expect("every column was built from the same rows by its type")
    }
}

/// The type of a column: text, unless every value that is there is an integer, a number or a date. What names an
/// identifier, or has a leading zero, stays text.
fn infer<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> DataType {
    let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    if matches!(name, "valid_from" | "valid_to") {
        return DataType::Date32;
    }
    let identifier = name.ends_with("_id") || name.ends_with("kode") || name.ends_with("nip") || name == "id";
    let padded = |value: &&str| {
        let digits = value.trim_start_matches(['-', '+']);
        digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
    };
    if values.is_empty() || identifier || values.iter().any(padded) {
        return DataType::Utf8;
    }
    let number = |value: &&str| {
        value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
            && value.parse::<f64>().is_ok_and(f64::is_finite)
    };
    if values.iter().all(|value| value.parse::<i64>().is_ok()) {
        DataType::Int64
    } else if values.iter().all(number) {
        DataType::Float64
    } else if values.iter().all(|value| value.len() == 10 && value.parse::<NaiveDate>().is_ok()) {
        DataType::Date32
    } else {
        DataType::Utf8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::util::pretty::pretty_format_batches;

    fn file(csv: &str) -> RuleFile {
        RuleFile { name: "bobot".into(), path: "queries/rules/bobot.csv".into(), csv: csv.into() }
    }

    #[test]
    fn types_come_from_the_values_and_the_names() {
        let csv = "tk_pendidikan_id,jenis_kode,urut,bobot,sejak,kelas,label,kosong\n50,1,3,2.5,2024-01-31,01,a,\n45,2,-4,1,2025-02-01,02,7,\n";
        let (rules, problems) = Rules::read(&[file(csv)]);
        assert_eq!(problems, []);
        let types: Vec<_> = rules.tables["bobot"].schema.fields().iter().map(|f| f.data_type().to_string()).collect();
        assert_eq!(types, ["Utf8", "Utf8", "Int64", "Float64", "Date32", "Utf8", "Utf8", "Utf8"]);
    }

    #[test]
    fn the_table_holds_what_is_valid_and_its_twin_holds_all() {
        let csv = "unsur,bobot,valid_from,valid_to\na,40,2019-01-01,2025-06-30\na,50,2025-07-01,\nb,7,,\n";
        let (rules, _) = Rules::read(&[file(csv)]);
        let at = |periode: &str| rules.batches(periode.parse().unwrap());
        assert_eq!(at("2018-12")["bobot"].num_rows(), 1);
        let june = pretty_format_batches(&[at("2025-06")["bobot"].clone()]).unwrap().to_string();
        assert!(june.contains("| a     | 40 ") && !june.contains("| a     | 50 "), "{june}");
        assert_eq!(at("2025-07")["bobot_riwayat"].num_rows(), 3);
    }

    #[test]
    fn all_faults_of_a_file_are_told_at_once() {
        let csv = "unsur,Bobot,valid_from,valid_to\na,1,2025-13-01,\nb,2,2025-02-01,2025-01-01\nc,3\n";
        let (_, problems) = Rules::read(&[file(csv)]);
        assert_eq!(
            problems.iter().map(|p| (p.line, p.path.as_str())).collect::<Vec<_>>(),
            [(1, "Bobot"), (2, "valid_from"), (3, "valid_to"), (4, "")]
        );
    }
}
