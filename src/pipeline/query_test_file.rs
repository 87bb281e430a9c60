//! Tests of queries as people write them (`queries/tests/*.slt`): tables made by hand, a month, questions, expected rows.
//! Refuses a table or column that no contract declares.
//!
//! ```text
//! # a comment
//! case what this part is about          starts anew: no tables, no month
//! periode 2025-12                       several months: the marts of all stand, the rules are those of the last
//! table pegawai                         CSV until a blank line; a table that is not given is empty
//! instansi_kode,nip
//! 6700,A
//!
//! query name of the question            SQL, ----, the rows as CSV until a blank line
//! SELECT nip FROM ip_asn ORDER BY nip
//! ----
//! A
//! ```

use crate::model::periode::Periode;
use crate::model::problem::{Problem, did_you_mean};
use crate::model::table::Table;
use crate::pipeline::project::{Project, TESTS};
use std::collections::BTreeMap;

/// Between a question and its rows.
const RULE: &str = "----";

/// One file of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTestFile {
    /// Path relative to the project.
    pub path: String,
    /// Its parts: questions that share tables and month.
    pub parts: Vec<Part>,
}

/// Tables, a month, and what is asked of the marts over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Months whose marts stand; the last is the one asked.
    pub months: Vec<Periode>,
    /// CSV text by table, and the line of its header.
    pub tables: BTreeMap<String, (usize, String)>,
    /// The questions.
    pub questions: Vec<Question>,
}

/// A question and the rows it must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub name: String,
    /// 1-based line of its `query` line; the SQL begins on the next one.
    pub line: usize,
    /// Statement.
    pub sql: String,
    /// Rows as CSV lines, without header.
    pub expected: Vec<String>,
}

impl QueryTestFile {
    /// Every test file of a project, by path.
    ///
    /// # Errors
    /// All problems of all files.
    pub fn all(project: &Project) -> Result<Vec<Self>, Vec<Problem>> {
        let declared = project.tables();
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for (path, bytes) in project.files.iter().filter(|(path, _)| path.starts_with(TESTS)) {
            let Ok(text) = std::str::from_utf8(bytes) else {
                problems.push(problem(path, 0, "is not UTF-8", "save it as UTF-8"));
                continue;
            };
            match Self::parse(path, text, &declared) {
                Ok(file) => files.push(file),
                Err(more) => problems.extend(more),
            }
        }
        if problems.is_empty() { Ok(files) } else { Err(problems) }
    }

    /// Reads one file; `declared` are the tables that may be given.
    ///
    /// # Errors
    /// All its problems.
    pub fn parse(path: &str, text: &str, declared: &[Table]) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader { path, declared, parts: Vec::new(), problems: Vec::new(), ..Reader::default() };
        let mut lines = text.lines().map(str::trim_end).enumerate().map(|(i, line)| (i + 1, line));
        while let Some((number, line)) = lines.next() {
            let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
            match word {
                "" => {}
                _ if word.starts_with('#') => {}
                "case" => reader.case(),
                "periode" => reader.periode(number, rest),
                "table" => reader.table(number, rest, &until_blank(&mut lines)),
                "query" => reader.query(number, rest, &until_blank(&mut lines)),
                other => {
                    let hint = did_you_mean(other, ["case", "periode", "table", "query"]);
                    let hint = hint.unwrap_or_else(|| "a line begins with case, periode, table, query or #".into());
                    reader.problem(number, &format!("`{other}` begins no line of a test"), &hint);
                }
            }
        }
        if reader.problems.is_empty() {
            Ok(Self { path: path.into(), parts: reader.parts })
        } else {
            Err(reader.problems)
        }
    }
}

fn until_blank<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Vec<&'a str> {
    lines.map(|(_, line)| line).take_while(|line| !line.is_empty()).collect()
}

fn problem(file: &str, line: usize, what: &str, hint: &str) -> Problem {
    Problem { file: file.into(), line, path: String::new(), what: what.into(), hint: Some(hint.into()) }
}

#[derive(Default)]
struct Reader<'a> {
    path: &'a str,
    declared: &'a [Table],
    tables: BTreeMap<String, (usize, String)>,
    months: Vec<Periode>,
    parts: Vec<Part>,
    /// Whether the next question belongs to the last part.
    same: bool,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, line: usize, what: &str, hint: &str) {
        self.problems.push(problem(self.path, line, what, hint));
    }

    fn case(&mut self) {
        (self.tables, self.months, self.same) = (BTreeMap::new(), Vec::new(), false);
    }

    fn periode(&mut self, line: usize, text: &str) {
        self.same = false;
        match text.split_whitespace().map(str::parse).collect::<Result<Vec<Periode>, _>>() {
            Ok(months) if !months.is_empty() && months.is_sorted_by(|a, b| a < b) => self.months = months,
            Ok(_) => self.problem(line, "months are not in ascending order", "write them as 2025-11 2025-12"),
            Err(_) => self.problem(line, &format!("`{text}` is no month"), "write it as 2025-12"),
        }
    }

    fn table(&mut self, line: usize, name: &str, rows: &[&str]) {
        self.same = false;
        let declared = self.declared;
        let Some(table) = declared.iter().find(|it| it.name == name) else {
            let hint = did_you_mean(name, declared.iter().map(|it| it.name.as_str()));
            let hint = hint.unwrap_or_else(|| "canonical tables are named after the files of pipelines/sources".into());
            return self.problem(line, &format!("unknown table `{name}`"), &hint);
        };
        let header = rows.first().copied().unwrap_or_default();
        for column in header.split(',').filter(|column| !table.has(column)) {
            let hint = did_you_mean(column, table.columns.iter().map(|it| it.name.as_str()));
            let hint = hint.unwrap_or_else(|| "the first line names columns of the table".into());
            self.problem(line + 1, &format!("table `{name}` has no column `{column}`"), &hint);
        }
        let wanted = header.split(',').count();
        for (i, row) in rows.iter().enumerate().filter(|(_, row)| !row.contains('"')) {
            let got = row.split(',').count();
            if got != wanted {
                let what = format!("{got} cells where the header has {wanted}");
                self.problem(line + 1 + i, &what, "put a cell that holds a comma in double quotes");
            }
        }
        self.tables.insert(name.into(), (line + 1, rows.join("\n") + "\n"));
    }

    fn query(&mut self, line: usize, name: &str, block: &[&str]) {
        let Some(rule) = block.iter().position(|it| *it == RULE) else {
            return self.problem(line, "a query without expected rows", "write ---- below the SQL, then the rows");
        };
        if self.months.is_empty() {
            return self.problem(line, "a query before any month", "write `periode 2025-12` above it");
        }
        let (sql, rows) = block.split_at(rule);
        let expected = rows.iter().skip(1).map(ToString::to_string).collect();
        let question = Question { name: name.into(), line, sql: sql.join("\n"), expected };
        match self.parts.last_mut() {
            Some(part) if self.same => part.questions.push(question),
            _ => {
                let (months, tables) = (self.months.clone(), self.tables.clone());
                self.parts.push(Part { months, tables, questions: vec![question] });
            }
        }
        self.same = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::{Class, DATA, Kind, Visibility, column};
    use proptest::prelude::*;

    fn declared() -> Vec<Table> {
        let columns = vec![column("nip", Kind::Text, false, Class::Open, "")];
        vec![Table {
            name: "pegawai".into(),
            key: vec![],
            columns,
            partition_by: vec![],
            visibility: Visibility::H4,
            theme: DATA.into(),
        }]
    }

    #[test]
    fn questions_share_what_stands_above_them() {
        let text = "# a\ncase x\nperiode 2025-12\ntable pegawai\nnip\nA\n\nquery q\nSELECT 1\n----\n1\n\nquery r\nSELECT 2\n----\n\n\
                    periode 2026-01\nquery s\nSELECT 3\n----\n3";
        let file = QueryTestFile::parse("t.slt", text, &declared()).unwrap();
        let seen: Vec<_> =
            file.parts.iter().map(|it| (it.months[0].to_string(), it.tables.len(), it.questions.len())).collect();
        assert_eq!(seen, [("2025-12".into(), 1, 2), ("2026-01".into(), 1, 1)]);
        assert_eq!((file.parts[0].questions[1].line, file.parts[0].questions[1].expected.len()), (13, 0));
    }

    #[test]
    fn all_faults_are_told_with_their_lines() {
        let text = "tabel pegawai\n\ntable pegawi\nnip\n\ntable pegawai\nnipp\nA,B\n\nperiode 2025-13\nquery q\nSELECT 1\n\nquery r\nSELECT 1\n----\n1";
        let problems = QueryTestFile::parse("t.slt", text, &declared()).unwrap_err();
        assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [1, 3, 7, 8, 10, 11, 14]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(case|periode|table|query|----|pegawai|nip|2025-12|,| |\n|\\PC){0,60}") {
            drop(QueryTestFile::parse("t.slt", &text, &declared()));
        }
    }
}
