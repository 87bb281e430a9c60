//! Sentences and mail templates: minijinja with strict names, explicit escaping and fuel. Refuses files outside the template
//! folder, and to put a number on paper that no filter has written for a reader.

use crate::model::problem::Problem;
use crate::report::filter;
use crate::report::{Error, Templates};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps one template may take.
const FUEL: u64 = 2_000_000;
/// Depth of includes and macros.
const DEPTH: usize = 64;

/// Whether what comes out is HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// Values are escaped.
    Html,
    /// Values are plain text.
    Plain,
}

/// The template engine for one report and one medium.
#[derive(Clone)]
pub struct Engine {
    env: Arc<Environment<'static>>,
}

impl Engine {
    /// Loads the report's own and the shared templates; a syntax error is told with file and line.
    pub fn new(medium: Medium, report: &str, files: &Templates) -> Result<Self, Error> {
        let mut env = Environment::new();
        env.set_auto_escape_callback(move |_| match medium {
            Medium::Html => AutoEscape::Html,
            Medium::Plain => AutoEscape::None,
        });
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_fuel(Some(FUEL));
        env.set_recursion_limit(DEPTH);
        env.set_debug(true);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            env.set_syntax(syntax);
        }
        // Escaping is not for a template to switch off.
        env.remove_filter("safe");
        env.set_formatter(|out, state, value| {
            if is_raw(value) {
                return Err(minijinja::Error::new(ErrorKind::InvalidOperation, UNWRITTEN));
            }
            minijinja::escape_formatter(out, state, value)
        });
        filter::register(&mut env);
        for (path, text) in files.texts(report, &[".html", ".txt"])? {
            let added = env.add_template_owned(path.to_string(), text.to_string());
            added.map_err(|error| told(&error, path, "", ""))?;
        }
        Ok(Self { env: Arc::new(env) })
    }

    /// Renders a template file.
    pub fn file(&self, path: &str, context: &Value) -> Result<String, Error> {
        let template = self.env.get_template(path).map_err(|error| told(&error, path, "", ""))?;
        template.render(context.clone()).map_err(|error| told(&error, path, "", ""))
    }

    /// Renders a sentence of `report.toml`; `key` is its dotted path there.
    pub fn sentence(&self, file: &str, key: &str, text: &str, context: &Value) -> Result<String, Error> {
        let rendered = self.env.render_str(text, context.clone()).map_err(|error| told(&error, file, key, text))?;
        // A blank that must not break a line is kept.
        let words = rendered.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty());
        Ok(words.collect::<Vec<_>>().join(" "))
    }

    /// Evaluates a condition of `report.toml`.
    pub fn holds(&self, file: &str, key: &str, text: &str, context: &Value) -> Result<bool, Error> {
        Ok(self.value(file, key, text, context)?.is_true())
    }

    /// Evaluates an expression of `report.toml` to a number, if it is one.
    pub fn number(&self, file: &str, key: &str, text: &str, context: &Value) -> Result<Option<f64>, Error> {
        Ok(f64::try_from(self.value(file, key, text, context)?).ok())
    }

    fn value(&self, file: &str, key: &str, text: &str, context: &Value) -> Result<Value, Error> {
        let told = |error: minijinja::Error| told(&error, file, key, text);
        let expression = self.env.compile_expression_owned(text.to_string()).map_err(told)?;
        let value = expression.eval(context.clone()).map_err(told)?;
        if value.is_undefined() {
            return Err(told(minijinja::Error::new(ErrorKind::UndefinedError, "the expression names nothing")));
        }
        Ok(value)
    }
}

const UNWRITTEN: &str = "a value goes to the page without a filter";

/// The values with the function `gambar(nama)`, which draws a chart inside a page. Only what this program drew is put there
/// unescaped.
pub fn with_pictures(values: &Value, pictures: BTreeMap<String, String>) -> Value {
    let gambar = Value::from_function(move |name: &str| {
        let unknown = || minijinja::Error::new(ErrorKind::UndefinedError, "no chart of this name");
        pictures.get(name).map(|svg| Value::from_safe_string(svg.clone())).ok_or_else(unknown)
    });
    minijinja::context! { gambar => gambar, ..values.clone() }
}

/// JSON as the engine's values.
pub fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(it) => Value::from(*it),
        serde_json::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(double)) => Value::from(double),
            (None, None) => Value::from(it.to_string()),
        },
        serde_json::Value::String(it) => Value::from(it.as_str()),
        serde_json::Value::Array(items) => items.iter().map(value).collect(),
        serde_json::Value::Object(map) => {
            Value::from(map.iter().map(|(key, it)| (key.clone(), value(it))).collect::<BTreeMap<String, Value>>())
        }
    }
}

/// A fraction, a truth value or nothing at all is never printed as the engine would.
fn is_raw(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Number => !value.is_integer(),
        ValueKind::None | ValueKind::Bool | ValueKind::Map | ValueKind::Seq => true,
        _ => false,
    }
}

/// Turns the engine's error into a problem. What the engine says of values is left out; what it says of the template stays.
fn told(error: &minijinja::Error, file: &str, key: &str, sentence: &str) -> Error {
    let deepest = deepest(error);
    let what = match deepest.kind() {
        ErrorKind::SyntaxError
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::TemplateNotFound
        | ErrorKind::UnknownBlock => match deepest.detail() {
            Some(detail) => format!("{}: {detail}", deepest.kind()),
            None => deepest.kind().to_string(),
        },
        _ if deepest.detail() == Some(UNWRITTEN) => UNWRITTEN.to_string(),
        ErrorKind::OutOfFuel => format!("the template takes more than {FUEL} steps"),
        kind => kind.to_string(),
    };
    let source = deepest.template_source().unwrap_or(sentence);
    let code = deepest.range().and_then(|range| source.get(range)).map(str::trim).filter(|code| !code.is_empty());
    let what = code.map_or(what.clone(), |code| format!("{what} at `{}`", first_line(code)));
    let in_file = key.is_empty();
    let name = deepest.name().filter(|name| in_file && !name.starts_with('<'));
    Error::Template(Problem {
        file: name.unwrap_or(file).to_string(),
        line: if in_file { deepest.line().unwrap_or(0) } else { 0 },
        path: key.to_string(),
        what,
        hint: hint(deepest),
    })
}

/// The error an include, a block or a macro wraps.
fn deepest(error: &minijinja::Error) -> &minijinja::Error {
    let mut found = error;
    while let Some(inner) = std::error::Error::source(found).and_then(|it| it.downcast_ref::<minijinja::Error>()) {
        found = inner;
    }
    found
}

fn hint(error: &minijinja::Error) -> Option<String> {
    let hint = match error.kind() {
        ErrorKind::UndefinedError => {
            "a name is not in the data document; compare with the `[[data]]` queries and `sample.json`"
        }
        ErrorKind::UnknownFilter => {
            "filters of this house: bulat, desimal, persen, poin, tanggal, bulan, bulan_singkat, akhir_bulan, waktu, daftar, bilangan, bungkus, rata, besar_awal"
        }
        ErrorKind::InvalidOperation if error.detail() == Some(UNWRITTEN) => {
            "write numbers with bulat, desimal or persen; say what stands where nothing is there"
        }
        _ => return None,
    };
    Some(hint.to_string())
}

fn first_line(code: &str) -> &str {
    code.lines().next().unwrap_or(code)
}
