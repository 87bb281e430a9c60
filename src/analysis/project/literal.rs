//! Literals in staging and marts that a rule should hold: what no allow-list names is a problem. Refuses to guess which
//! number is innocent: people write that down, with a reason.

use crate::analysis::project::source::line_of;
use crate::model::problem::Problem;
use crate::model::query::{AllowedLiteral, QueryFile, QueryKind};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::collections::BTreeSet;

/// Functions whose text is the name of a rule parameter; planning checks it.
const NAMES_A_RULE: [&str; 2] = ["parameter", "parameter_teks"];

const HINT: &str = "a figure or code that a rule fixes is a row of `queries/rules`, read with parameter(…) or a join; \
                    where no rule fixes it, add it to";

/// The literals of staging and mart queries that `allowed` does not name, and the allowances that nothing uses.
/// `list` is the path of the allow-list.
pub fn unruled(files: &[QueryFile], allowed: &[AllowedLiteral], list: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for file in files.iter().filter(|file| file.kind != QueryKind::Check) {
        let mut told = BTreeSet::new();
        for (line, literal) in literals(&file.sql) {
            let places = allowed.iter().enumerate().filter(|(_, it)| it.allows(&literal, &file.name));
            let places: Vec<(usize, String)> = places.map(|(place, _)| (place, literal.clone())).collect();
            if places.is_empty() && told.insert(literal.clone()) {
                found.push(Problem {
                    file: file.path.clone(),
                    line,
                    path: String::new(),
                    what: format!("the literal {literal} stands in the query"),
                    hint: Some(format!("{HINT} `{list}` with the reason")),
                });
            }
            used.extend(places);
        }
    }
    for (place, entry) in allowed.iter().enumerate() {
        for value in entry.values.iter().filter(|value| !used.contains(&(place, value.to_string()))) {
            found.push(Problem {
                file: list.into(),
                line: 0,
                path: format!("literal[{place}].values"),
                what: format!("{value} is allowed and no query needs that"),
                hint: Some("delete it".into()),
            });
        }
    }
    found
}

/// Numbers and texts of a statement with their lines, texts in single quotes. Names of parameters are left out, and so are
/// the digits of a type (`DECIMAL(38, 12)`) and places of columns (`GROUP BY 1, 2`).
fn literals(sql: &str) -> Vec<(usize, String)> {
    // A file that is no SQL has a problem of its own.
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().unwrap_or_default();
    let tokens: Vec<&TokenWithSpan> = tokens.iter().filter(|it| !matches!(it.token, Token::Whitespace(_))).collect();
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let before = |n: usize| i.checked_sub(n).and_then(|at| tokens.get(at)).map(|it| &it.token);
        let names_a_rule = matches!((before(2), before(1)), (Some(Token::Word(word)), Some(Token::LParen))
            if NAMES_A_RULE.iter().any(|name| word.value.eq_ignore_ascii_case(name)));
        match &token.token {
            Token::Number(number, _) if !names_a_place(&tokens, i) => found.push((line_of(token), number.clone())),
            Token::SingleQuotedString(text) if !names_a_rule => found.push((line_of(token), format!("'{text}'"))),
            _ => {}
        }
    }
    found
}

/// Whether the list of numbers that token `i` is part of stands behind `BY` or `DECIMAL(`.
fn names_a_place(tokens: &[&TokenWithSpan], i: usize) -> bool {
    let mut before = tokens.iter().take(i).rev().map(|it| &it.token);
    let first = before.by_ref().find(|token| !matches!(token, Token::Number(..) | Token::Comma));
    let word = if first == Some(&Token::LParen) { before.next() } else { first };
    let wanted = if first == Some(&Token::LParen) { "DECIMAL" } else { "BY" };
    matches!(word, Some(Token::Word(word)) if word.value.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sql: &str, allowed: &[AllowedLiteral]) -> Vec<String> {
        let file = |kind| QueryFile { name: "m".into(), path: "queries/marts/m.sql".into(), kind, sql: sql.into() };
        assert_eq!(unruled(&[file(QueryKind::Check)], &[], "l"), []);
        let problems = unruled(&[file(QueryKind::Mart)], allowed, "l");
        problems.iter().map(|it| format!("{}:{} {}", it.file, it.line, it.what)).collect()
    }

    #[test]
    fn numbers_and_texts_need_a_reason_and_a_reason_needs_a_use() {
        let sql = "-- 7 'x'\nSELECT 0 AS a,\n  parameter('m.n') AS b, CAST(c AS DECIMAL(38, 12))\nFROM t\nWHERE jp >= 20 AND jenis = 'PNS' AND 20 > 0\nGROUP BY 1, 2";
        let entry = |values: &[&str], files: &[&str]| AllowedLiteral {
            values: values.iter().map(ToString::to_string).collect(),
            files: files.iter().map(ToString::to_string).collect(),
            reason: "x".into(),
        };
        let told = |allowed: &[AllowedLiteral]| told(sql, allowed);
        assert_eq!(
            told(&[entry(&["0"], &[])]),
            [
                "queries/marts/m.sql:5 the literal 20 stands in the query",
                "queries/marts/m.sql:5 the literal 'PNS' stands in the query"
            ]
        );
        assert_eq!(told(&[entry(&["0", "'PNS'"], &[]), entry(&["20"], &["m"])]), Vec::<String>::new());
        let wrong = told(&[entry(&["0", "'PNS'", "'CPNS'"], &[]), entry(&["20"], &["n"])]);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[1].contains("'CPNS' is allowed") && wrong[2].contains("20 is allowed"), "{wrong:?}");
    }
}
