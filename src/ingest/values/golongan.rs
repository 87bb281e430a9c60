//! Salary grades: `III/d` of civil servants, `IX` of employees with a work agreement (KOD-03 to KOD-05). Refuses names of ranks.

use crate::ingest::values::words;

/// Grades I to XVII.
const ROMAN: [&str; 17] =
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"];

/// KOD-03: `III/d`, `III d`, `III.D`, `III /d` give `III/d`; `ix` gives `IX`. `None` is KOD-04, or REQ-01 where the cell was null.
pub fn parse(text: &str) -> Option<String> {
    let separator = |c: char| c == '/' || c == '.' || c.is_whitespace();
    let text = text.trim();
    let Some((grade, room)) = text.split_once(separator) else {
        return roman(text).map(str::to_owned);
    };
    let grade = roman(grade)?;
    let mut letters = room.trim_start_matches(separator).chars();
    let letter = letters.next()?.to_ascii_lowercase();
    let last = if grade == "IV" { 'e' } else { 'd' };
    let known = ROMAN.iter().take(4).any(|name| *name == grade) && ('a'..=last).contains(&letter);
    (known && letters.next().is_none()).then(|| format!("{grade}/{letter}"))
}

/// The grade a roman number of any case names.
fn roman(text: &str) -> Option<&'static str> {
    ROMAN.iter().find(|name| name.eq_ignore_ascii_case(text)).copied()
}

/// KOD-05: the grade of an id column. Civil servants 11 (`I/a`) to 45 (`IV/e`); work agreements 01 to 17 (`I` to `XVII`), with
/// or without the zero.
pub fn from_id(id: &str, pppk: bool) -> Option<String> {
    let id = words::clean_id(id);
    if !matches!(id.len(), 1 | 2) || !id.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: usize = id.parse().ok()?;
    if pppk {
        return ROMAN.get(number.checked_sub(1)?).map(|name| (*name).to_owned());
    }
    let (grade, room) = (number / 10, number % 10);
    let grade = ROMAN.iter().take(4).nth(grade.checked_sub(1)?)?;
    let letter = ["a", "b", "c", "d", "e"].get(room.checked_sub(1)?)?;
    (*letter != "e" || *grade == "IV").then(|| format!("{grade}/{letter}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_become_one() {
        for text in ["III/d", "III d", "III.D", "III /d", "iii/D", " III / d ", "III. d"] {
            assert_eq!(parse(text).as_deref(), Some("III/d"), "{text}");
        }
        assert_eq!(parse("IV/e").as_deref(), Some("IV/e"));
        assert_eq!(parse("ix").as_deref(), Some("IX"));
        assert_eq!(parse("III").as_deref(), Some("III"));
    }

    #[test]
    fn what_is_no_grade_is_refused() {
        for text in ["III/x", "III/e", "V/a", "IIII/a", "III/dd", "III/", "IIId", "-", "", "3/d", "XVIII", "III/d/a"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn ids_name_grades() {
        assert_eq!(from_id("34", false).as_deref(), Some("III/d"));
        assert_eq!(from_id("'11", false).as_deref(), Some("I/a"));
        assert_eq!(from_id("45", false).as_deref(), Some("IV/e"));
        assert_eq!(from_id("09", true).as_deref(), Some("IX"));
        assert_eq!(from_id("17", true).as_deref(), Some("XVII"));
        assert_eq!(from_id("9", true).as_deref(), Some("IX"));
        for (id, pppk) in [
            ("35", false),
            ("46", false),
            ("10", false),
            ("51", false),
            ("00", true),
            ("18", true),
            ("", false),
            ("1a", true),
        ] {
            assert_eq!(from_id(id, pppk), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "[IVXivx]{0,5}[/. ]{0,2}[a-fA-F]{0,2}") {
            parse(&text);
            from_id(&text, true);
            from_id(&text, false);
            if let Some(once) = parse(&near) {
                prop_assert_eq!(parse(&once), Some(once));
            }
        }
    }
}
