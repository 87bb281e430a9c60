//! What is wrong with a project file and how to mend it. Refuses cell values: a problem is about files people wrote.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One fault in one file, with the place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// File, relative to the project.
    pub file: String,
    /// 1-based line, 0 where the fault is the file itself.
    pub line: usize,
    /// Dotted path of the key (`column[3].type`), empty where there is none.
    pub path: String,
    /// What is wrong, lower case, no full stop.
    pub what: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": ")?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", self.what)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n    hint: {hint}"))
    }
}

/// The candidate nearest to `wrong`, as a hint, when one is near enough to have been meant.
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = 1 + wrong.chars().count() / 4;
    let near = candidates.into_iter().map(|name| (distance(wrong, name), name)).min()?;
    (near.0 <= limit).then(|| format!("did you mean `{}`?", near.1))
}

/// The 1-based line of `text` on which `what` first stands, 0 where it does not.
pub fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).map_or(0, |before| before + 1)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_could_have_been_meant() {
        assert_eq!(did_you_mean("requird", ["type", "required"]).as_deref(), Some("did you mean `required`?"));
        assert_eq!(did_you_mean("zzzz", ["type", "required"]), None);
    }
}
