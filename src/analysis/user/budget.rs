//! How large a statement may be before it is planned: planning and dropping deep trees overflow the stack, and a doubling
//! chain of common table expressions fills the memory. Refuses before the parser recurses.

use crate::analysis::Error;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, ObjectName, Query, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Longest text.
const BYTES_MAX: usize = 200_000;
/// Most words and signs.
const TOKENS_MAX: usize = 20_000;
/// Longest chain of operators between two commas or brackets: `1+1+…`, `a OR b OR …`.
const CHAIN_MAX: usize = 150;
/// Most `UNION`, `EXCEPT`, `INTERSECT`.
const SET_OPERATIONS_MAX: usize = 100;
/// Most references to tables.
const RELATIONS_MAX: usize = 100;
/// Most references to tables once common table expressions are written out.
const EXPANDED_MAX: usize = 1_000;

fn too_large(what: &str) -> Error {
    Error::Refused { what: format!("the statement is too large: {what}"), hint: "split it, or load a list as a table" }
}

/// Counts bytes, tokens and operator chains of the text, before anything recurses over it.
///
/// # Errors
/// When one of them is over its limit, or the text is no SQL.
pub fn tokens(sql: &str) -> Result<(), Error> {
    if sql.len() > BYTES_MAX {
        return Err(too_large("its text"));
    }
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|error| {
        let line = usize::try_from(error.location.line).unwrap_or(0);
        Error::Statement { line, what: "no SQL: a text or a comment does not end".into(), hint: None }
    })?;
    let (mut count, mut sets, mut chains) = (0usize, 0usize, vec![0usize]);
    for token in tokens.iter().map(|token| &token.token).filter(|token| !matches!(token, Token::Whitespace(_))) {
        count += 1;
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => chains.push(0),
            Token::RParen | Token::RBracket | Token::RBrace => drop(chains.pop()),
            Token::Word(word) if matches!(word.keyword, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT) => {
                sets += 1
            }
            Token::Comma => chains.last_mut().into_iter().for_each(|chain| *chain = 0),
            Token::Word(word) if resets(word.keyword) => chains.last_mut().into_iter().for_each(|chain| *chain = 0),
            token if operator(token) => chains.last_mut().into_iter().for_each(|chain| *chain += 1),
            _ => {}
        }
        if chains.last().is_some_and(|chain| *chain > CHAIN_MAX) {
            return Err(too_large("a chain of operators"));
        }
    }
    if count > TOKENS_MAX {
        return Err(too_large("its number of words"));
    }
    if sets > SET_OPERATIONS_MAX {
        return Err(too_large("its number of set operations"));
    }
    Ok(())
}

/// Words that begin a new expression.
fn resets(keyword: Keyword) -> bool {
    use Keyword::{ELSE, FROM, GROUP, HAVING, ON, ORDER, SELECT, THEN, WHEN, WHERE};
    matches!(keyword, SELECT | FROM | WHERE | GROUP | ORDER | HAVING | WHEN | THEN | ELSE | ON)
}

/// Signs and words that join two expressions, or stand before one.
fn operator(token: &Token) -> bool {
    use Keyword::{AND, ILIKE, IN, IS, LIKE, NOT, OR};
    match token {
        Token::Word(word) => matches!(word.keyword, AND | OR | NOT | LIKE | ILIKE | IS | IN),
        Token::Number(..) | Token::SingleQuotedString(_) | Token::Period | Token::SemiColon => false,
        Token::EOF | Token::Placeholder(_) | Token::LParen | Token::RParen | Token::Comma => false,
        Token::NationalStringLiteral(_) | Token::HexStringLiteral(_) | Token::DoubleQuotedString(_) => false,
        _ => true,
    }
}

/// Counts references to tables, common table expressions written out.
///
/// # Errors
/// When there are too many.
pub fn shape(statement: &Statement) -> Result<(), Error> {
    let inner: &ast::Statement = match statement {
        Statement::Statement(inner) => inner,
        Statement::Explain(explain) => return shape(&explain.statement),
        _ => return Ok(()),
    };
    let mut references = References { open: vec![0], ..References::default() };
    if inner.visit(&mut references).is_break() {
        return Err(too_large("its common table expressions, written out"));
    }
    if references.count > RELATIONS_MAX {
        return Err(too_large("its number of tables"));
    }
    Ok(())
}

/// Tables read so far; a common table expression counts, where it is named, as many as it reads itself.
#[derive(Default)]
struct References {
    count: usize,
    /// Tables of every query being walked, outermost first.
    open: Vec<usize>,
    /// Queries that are common table expressions, by address, with their names.
    named: BTreeMap<usize, String>,
    sizes: BTreeMap<String, usize>,
}

impl References {
    fn add(&mut self, size: usize) -> ControlFlow<()> {
        let Some(open) = self.open.last_mut() else { return ControlFlow::Continue(()) };
        *open = open.saturating_add(size);
        if *open > EXPANDED_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn address(query: &Query) -> usize {
    std::ptr::from_ref(query).addr()
}

impl Visitor for References {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.named.insert(address(&cte.query), cte.alias.name.value.to_lowercase());
        }
        self.open.push(0);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let size = self.open.pop().unwrap_or_default();
        match self.named.remove(&address(query)) {
            Some(name) => {
                self.sizes.insert(name, size.max(1));
                ControlFlow::Continue(())
            }
            None => self.add(size),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let size = self.sizes.get(&relation.to_string().to_lowercase()).copied().unwrap_or(1);
        self.count += 1;
        self.add(size)
    }
}
