//! The shape of `queries/literal.toml`: literals that queries may hold. Refuses an allowance without a reason.

use crate::config::doc::Doc;
use crate::model::problem::Problem;
use crate::model::query::AllowedLiteral;

/// Reads the allow-list.
pub fn literals(file: &str, text: &str) -> Result<Vec<AllowedLiteral>, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let mut found = Vec::new();
    for section in root.sections("literal") {
        let (values, reason) = (section.texts("values"), section.text("reason"));
        let files = if section.has("files") { section.texts("files") } else { Vec::new() };
        if reason.trim().is_empty() {
            section.problem("reason", "is empty", Some("say why no rule fixes these".into()));
        }
        found.push(AllowedLiteral { values, files, reason });
        section.close();
    }
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_needs_a_reason() {
        let read = |body: &str| literals("l.toml", &format!("version = 1\n[[literal]]\nvalues = [\"0\"]\n{body}"));
        assert_eq!(read("reason = \"nol\"").map(|it| it.len()), Ok(1));
        let problems = read("reason = \" \"\nfile = [\"m01\"]").unwrap_err();
        assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [4, 5]);
    }
}
