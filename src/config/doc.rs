//! Reads one TOML file key by key and notes every problem with file, line and dotted path. Refuses to stop at the first.

use crate::model::problem::{Problem, did_you_mean};
use std::cell::RefCell;
use std::collections::BTreeSet;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A parsed file and the problems found in it so far.
pub struct Doc<'a> {
    file: &'a str,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Doc<'a> {
    /// Parses `text`; a syntax error is the only problem then.
    pub fn parse(file: &'a str, text: &'a str) -> Result<Self, Problem> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { file, text, root, problems: RefCell::new(Vec::new()) }),
            Err(error) => Err(Problem {
                file: file.to_string(),
                line: error.span().map_or(0, |span| line_of(text, span.start)),
                path: String::new(),
                what: format!("is not TOML: {}", error.message()),
                hint: None,
            }),
        }
    }

    /// The top of the file; checks `version = 1`.
    pub fn root(&self) -> Section<'_, 'a> {
        let root = Section::new(self, self.root.get_ref(), self.root.span().start, String::new());
        match root.integer_or("version", 0) {
            1 => {}
            _ => root.problem("version", "is not 1", Some("write `version = 1` at the top".into())),
        }
        root
    }

    /// Every problem noted, in file order.
    pub fn finish(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }

    fn note(&self, at: usize, path: String, what: String, hint: Option<String>) {
        let line = line_of(self.text, at);
        self.problems.borrow_mut().push(Problem { file: self.file.to_string(), line, path, what, hint });
    }
}

/// One table of the file. Keys asked for are known; `close` notes the others.
pub struct Section<'d, 'a> {
    doc: &'d Doc<'a>,
    table: &'d DeTable<'a>,
    at: usize,
    path: String,
    known: RefCell<BTreeSet<String>>,
}

impl<'d, 'a> Section<'d, 'a> {
    fn new(doc: &'d Doc<'a>, table: &'d DeTable<'a>, at: usize, path: String) -> Self {
        Self { doc, table, at, path, known: RefCell::default() }
    }

    /// Dotted path of this table.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// All keys, in file order of their text.
    pub fn keys(&self) -> Vec<String> {
        self.table.keys().map(|key| key.get_ref().to_string()).collect()
    }

    /// Whether the key stands in the file.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Notes a problem at `key` (or at this table, if the key is absent).
    pub fn problem(&self, key: &str, what: impl Into<String>, hint: Option<String>) {
        let at = self.value(key).map_or(self.at, |value| value.span().start);
        self.doc.note(at, self.join(key), what.into(), hint);
    }

    /// Text that must be there; empty if it is not, and noted.
    pub fn text(&self, key: &str) -> String {
        self.text_opt(key).unwrap_or_else(|| self.missing(key, String::new()))
    }

    /// Text that may be there.
    pub fn text_opt(&self, key: &str) -> Option<String> {
        self.typed(key, "text", |value| value.as_str().map(str::to_string))
    }

    /// Whole number that must be there.
    pub fn integer(&self, key: &str) -> i64 {
        self.integer_opt(key).unwrap_or_else(|| self.missing(key, 0))
    }

    /// Whole number, or `default`.
    pub fn integer_or(&self, key: &str, default: i64) -> i64 {
        self.integer_opt(key).unwrap_or(default)
    }

    /// Whole number that may be there.
    pub fn integer_opt(&self, key: &str) -> Option<i64> {
        let parse = |value: &DeValue<'_>| {
            let integer = value.as_integer()?;
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        };
        self.typed(key, "a whole number", parse)
    }

    /// Decimal number that may be there.
    pub fn number_opt(&self, key: &str) -> Option<f64> {
        self.typed(key, "a number", |value| match value {
            DeValue::Integer(it) => it.as_str().parse().ok(),
            DeValue::Float(it) => it.as_str().parse().ok(),
            _ => None,
        })
    }

    /// Truth value, or `default`.
    pub fn truth(&self, key: &str, default: bool) -> bool {
        self.typed(key, "true or false", |value| value.as_bool()).unwrap_or(default)
    }

    /// List of texts; empty if absent.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let parse = |value: &DeValue<'_>| {
            let items = value.as_array()?;
            items.iter().map(|item| item.get_ref().as_str().map(str::to_string)).collect::<Option<Vec<_>>>()
        };
        self.typed(key, "a list of texts", parse).unwrap_or_default()
    }

    /// One of `choices`, or nothing, and noted with the nearest choice.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text_opt(key)?;
        if let Some((_, found)) = choices.iter().find(|(name, _)| *name == word) {
            return Some(*found);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let hint = did_you_mean(&word, names.iter().copied());
        self.problem(key, format!("unknown word `{word}`; use {}", names.join(", ")), hint);
        None
    }

    /// The table at `key`, if it is there.
    pub fn section(&self, key: &str) -> Option<Section<'d, 'a>> {
        let value = self.value(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.problem(key, "is not a table", Some(format!("write it as `[{}]`", self.join(key))));
            return None;
        };
        Some(Section::new(self.doc, table, value.span().start, self.join(key)))
    }

    /// The list of tables at `key` (`[[key]]`, or inline tables); empty if absent.
    pub fn sections(&self, key: &str) -> Vec<Section<'d, 'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.problem(key, "is not a list of tables", Some(format!("write each as `[[{}]]`", self.join(key))));
            return Vec::new();
        };
        let mut found = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let path = format!("{}[{i}]", self.join(key));
            match item.get_ref().as_table() {
                Some(table) => found.push(Section::new(self.doc, table, item.span().start, path)),
                None => self.doc.note(item.span().start, path, "is not a table".into(), None),
            }
        }
        found
    }

    /// Notes every key nobody asked for. Call it last.
    pub fn close(&self) {
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(name) {
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                self.doc.note(key.span().start, self.join(name), "unknown key".into(), hint);
            }
        }
    }

    fn value(&self, key: &str) -> Option<&'d Spanned<DeValue<'a>>> {
        self.known.borrow_mut().insert(key.to_string());
        self.table.get(key)
    }

    fn typed<T>(&self, key: &str, wanted: &str, parse: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let parsed = parse(value.get_ref());
        if parsed.is_none() {
            self.problem(key, format!("is not {wanted}"), None);
        }
        parsed
    }

    fn missing<T>(&self, key: &str, nothing: T) -> T {
        // A value of the wrong type was noted already; only absence is news.
        if !self.has(key) {
            self.problem(key, "is missing", None);
        }
        nothing
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_every_problem_with_its_line() {
        let text = "version = 1\nname = 3\n[[column]]\ntyp = \"text\"\ntype = \"txt\"\n";
        let doc = Doc::parse("a.toml", text).unwrap();
        let root = doc.root();
        root.text("name");
        root.text("about");
        for column in root.sections("column") {
            column.choice("type", &[("text", 1), ("date", 2)]);
            column.close();
        }
        root.close();
        let shown: Vec<String> = doc.finish().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "a.toml:1: about: is missing",
                "a.toml:2: name: is not text",
                "a.toml:4: column[0].typ: unknown key\n    hint: did you mean `type`?",
                "a.toml:5: column[0].type: unknown word `txt`; use text, date\n    hint: did you mean `text`?",
            ]
        );
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let problem = Doc::parse("a.toml", "version = 1\nx = \n").err().unwrap();
        assert_eq!((problem.line, problem.file.as_str()), (2, "a.toml"));
    }
}
