//! Rule parameters: the dated rows of `parameter.csv`, by name. Refuses two rows of one name on one day.

use crate::analysis::rules::RuleTable;
use crate::model::periode::Periode;
use crate::model::problem::Problem;
use chrono::NaiveDate;

/// File stem and table name of the parameters.
pub const TABLE: &str = "parameter";

/// Columns the file must have.
const COLUMNS: [&str; 7] = ["name", "value", "valid_from", "valid_to", "source", "status", "about"];

/// One row of `parameter.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name, dotted: `ip_asn.jenis_asn`.
    pub name: String,
    /// Value as written.
    pub value: String,
    /// First day it holds; open when absent.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds; open when absent.
    pub valid_to: Option<NaiveDate>,
    /// Regulation or judgement it comes from.
    pub source: String,
    /// Whether the source has been seen.
    pub confirmed: bool,
    /// 1-based line in the file.
    pub line: usize,
}

impl Parameter {
    /// Whether the row holds at the end of `periode`.
    pub fn holds(&self, periode: Periode) -> bool {
        let day = periode.last_day();
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// The rows of the parameter table; what is wrong with them goes to `problems`.
pub fn read(table: &RuleTable, problems: &mut Vec<Problem>) -> Vec<Parameter> {
    let mut wrong = |line: usize, path: &str, what: String, hint: &str| {
        let (path, hint) = (path.to_string(), Some(hint.to_string()));
        problems.push(Problem { file: table.path.clone(), line, path, what, hint });
    };
    for column in COLUMNS {
        if table.schema.column_with_name(column).is_none() {
            wrong(
                1,
                column,
                format!("the column `{column}` is missing"),
                &format!("the columns are {}", COLUMNS.join(", ")),
            );
        }
    }
    let mut found: Vec<Parameter> = Vec::new();
    for row in table.rows(None) {
        let field = |column: &str| table.field(row, column).unwrap_or("").to_string();
        let (name, status) = (field("name"), field("status"));
        if name.is_empty() || field("value").is_empty() {
            wrong(row.line, "name", "a parameter needs a name and a value".into(), "delete the line or fill it");
            continue;
        }
        if !matches!(status.as_str(), "confirmed" | "unconfirmed") {
            wrong(row.line, "status", format!("`{status}` is no status"), "write confirmed or unconfirmed");
        }
        let date = |column: &str| field(column).parse::<NaiveDate>().ok();
        let parameter = Parameter {
            name,
            value: field("value"),
            valid_from: date("valid_from"),
            valid_to: date("valid_to"),
            source: field("source"),
            confirmed: status == "confirmed",
            line: row.line,
        };
        if let Some(other) = found.iter().find(|other| overlap(other, &parameter)) {
            let what = format!("`{}` has another value on the same days in line {}", parameter.name, other.line);
            wrong(row.line, "valid_from", what, "end the older row on the day before the newer one begins");
        }
        found.push(parameter);
    }
    found
}

fn overlap(a: &Parameter, b: &Parameter) -> bool {
    let starts_in_time =
        |from: Option<NaiveDate>, to: Option<NaiveDate>| !matches!((from, to), (Some(from), Some(to)) if from > to);
    a.name == b.name && starts_in_time(a.valid_from, b.valid_to) && starts_in_time(b.valid_from, a.valid_to)
}

#[cfg(test)]
mod tests {
    use crate::analysis::rules::Rules;
    use crate::model::query::RuleFile;

    fn read(rows: &str) -> (Rules, Vec<String>) {
        let csv = format!("name,value,valid_from,valid_to,source,status,about\n{rows}");
        let file = RuleFile { name: "parameter".into(), path: "queries/rules/parameter.csv".into(), csv };
        let (rules, problems) = Rules::read(&[file]);
        (rules, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_parameter_has_one_value_a_day() {
        let (rules, problems) = read("a,1,2020-01-01,2024-12-31,PP,confirmed,x\na,2,2025-01-01,,PP,unconfirmed,x\n");
        assert_eq!(problems, Vec::<String>::new());
        let at = |periode: &str| {
            let periode = periode.parse().unwrap();
            rules.parameters.iter().filter(|p| p.holds(periode)).map(|p| p.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!((at("2019-11"), at("2024-12"), at("2025-01")), (vec![], vec!["1".into()], vec!["2".into()]));
        let (_, problems) = read("a,1,2020-01-01,2025-01-01,PP,confirmed,x\na,2,2025-01-01,,PP,maybe,x\n");
        assert_eq!(problems.len(), 2);
        assert!(
            problems[1].starts_with("queries/rules/parameter.csv:3: valid_from: `a` has another value"),
            "{problems:?}"
        );
    }
}
