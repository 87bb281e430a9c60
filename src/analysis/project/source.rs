//! A query file as text: its statement, its words and the lines they stand on. Refuses anything but one query.

use crate::model::problem::Problem;
use crate::model::query::{QueryFile, QueryKind};
use datafusion::common::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A parsed query file.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file.
    pub file: QueryFile,
    /// Its one statement, a query.
    pub statement: Statement,
    /// Names of tables it reads, common table expressions left out.
    pub reads: BTreeSet<String>,
    tokens: Vec<TokenWithSpan>,
}

impl Source {
    /// Parses the file.
    ///
    /// # Errors
    /// The problem, when the file is no SQL, not one statement, or no query.
    pub fn parse(file: &QueryFile) -> Result<Self, Box<Problem>> {
        let dialect = GenericDialect {};
        let tokens = Tokenizer::new(&dialect, &file.sql).tokenize_with_location().unwrap_or_default();
        let wrong = |line: usize, what: &str, hint: &str| {
            let (what, hint) = (what.to_string(), Some(hint.to_string()));
            Box::new(Problem { file: file.path.clone(), line, path: String::new(), what, hint })
        };
        let parser = DFParserBuilder::new(file.sql.as_str()).with_dialect(&dialect).build();
        let mut statements = match parser.and_then(|mut parser| parser.parse_statements()) {
            Ok(statements) => statements,
            Err(error) => {
                let (line, what) = match error.find_root() {
                    DataFusionError::SQL(error, _) => syntax_error(error, &file.sql),
                    other => (0, format!("no SQL: {}", other.message())),
                };
                return Err(wrong(line, &what, "the dialect is DataFusion's generic SQL"));
            }
        };
        let statement = match (statements.pop_front(), statements.len()) {
            (Some(statement), 0) => statement,
            (None, _) => return Err(wrong(0, "the file holds no statement", "write one query a file")),
            (Some(_), more) => {
                let second = after_semicolon(&tokens);
                return Err(wrong(second, &format!("{} statements in one file", more + 1), "write one query a file"));
            }
        };
        if !matches!(&statement, Statement::Statement(inner) if matches!(inner.as_ref(), ast::Statement::Query(_))) {
            let line = tokens.iter().find(|t| !matches!(t.token, Token::Whitespace(_))).map_or(1, line_of);
            return Err(wrong(line, "the statement is not a query", "a query file is one SELECT or WITH … SELECT"));
        }
        Ok(Self::of(file.clone(), statement, tokens))
    }

    /// A statement that is already parsed, of a text that is no file.
    pub fn typed(sql: &str, statement: Statement) -> Self {
        let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().unwrap_or_default();
        let file = QueryFile { name: String::new(), path: String::new(), kind: QueryKind::Check, sql: sql.into() };
        Self::of(file, statement, tokens)
    }

    fn of(file: QueryFile, statement: Statement, tokens: Vec<TokenWithSpan>) -> Self {
        let (found, _) = resolve_table_references(&statement, true).unwrap_or_default();
        let reads = found.iter().map(ToString::to_string).collect();
        Self { file, statement, reads, tokens }
    }

    /// Whether others can read what it makes; nobody reads a check.
    pub fn makes_table(&self) -> bool {
        self.file.kind != QueryKind::Check
    }

    /// Line of the first word `name` (of `qualifier.name` where there is a qualifier and that stands somewhere); 0 if nowhere.
    pub fn line_of(&self, qualifier: Option<&str>, name: &str) -> usize {
        let words: Vec<&TokenWithSpan> =
            self.tokens.iter().filter(|t| !matches!(t.token, Token::Whitespace(_))).collect();
        let is =
            |token: &Token, wanted: &str| matches!(token, Token::Word(word) if word.value.eq_ignore_ascii_case(wanted));
        let qualified = qualifier.and_then(|qualifier| {
            let hit = words
                .windows(3)
                .find(|w| is(&w[0].token, qualifier) && w[1].token == Token::Period && is(&w[2].token, name));
            hit.map(|w| line_of(w[2]))
        });
        qualified.or_else(|| words.iter().find(|t| is(&t.token, name)).map(|t| line_of(t))).unwrap_or(0)
    }

    /// Line of the first text literal `'text'`; 0 if nowhere.
    pub fn line_of_text(&self, text: &str) -> usize {
        let hit = self.tokens.iter().find(|t| matches!(&t.token, Token::SingleQuotedString(it) if it == text));
        hit.map_or(0, line_of)
    }

    /// Names of all functions the statement calls, lower case.
    pub fn calls(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if let Statement::Statement(statement) = &self.statement {
            let _: ControlFlow<()> = ast::visit_expressions(statement.as_ref(), |expr| {
                if let ast::Expr::Function(function) = expr {
                    names.insert(function.name.to_string().to_lowercase());
                }
                ControlFlow::Continue(())
            });
        }
        names
    }

    /// Comment lines before the first word, without their `--`.
    pub fn head(&self) -> impl Iterator<Item = &str> {
        self.file
            .sql
            .lines()
            .map(str::trim)
            .take_while(|line| line.is_empty() || line.starts_with("--"))
            .filter_map(comment)
    }
}

fn comment(line: &str) -> Option<&str> {
    line.strip_prefix("--").map(str::trim)
}

/// The line of an error of the parser in `sql`, with what it says.
pub fn syntax_error(error: &ParserError, sql: &str) -> (usize, String) {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
        ParserError::RecursionLimitExceeded => "nested too deeply",
    };
    let (what, place) = message.split_once(" at Line: ").unwrap_or((message, ""));
    let digits: String = place.chars().take_while(char::is_ascii_digit).collect();
    let line = digits.parse().unwrap_or_else(|_| sql.lines().count().max(1));
    (line, format!("no SQL: {}", lower_first(what.trim_end_matches('.'))))
}

/// `text` with its first letter in lower case.
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_lowercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// 1-based line a token begins on.
pub fn line_of(token: &TokenWithSpan) -> usize {
    usize::try_from(token.span.start.line).unwrap_or(0)
}

/// Line of the first word after a semicolon.
fn after_semicolon(tokens: &[TokenWithSpan]) -> usize {
    let rest = tokens.iter().skip_while(|t| t.token != Token::SemiColon);
    rest.skip(1).find(|t| !matches!(t.token, Token::Whitespace(_) | Token::SemiColon)).map_or(0, line_of)
}
