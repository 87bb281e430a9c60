//! `nama_normal`: one spelling for one name, for the kin rules. Refuses to guess: it never compares names that differ.

use crate::analysis::functions::{Vectorised, refuse};
use datafusion::arrow::array::{Array, ArrayRef, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// Titles and particles that are no part of a name once it is upper case and without signs.
const NO_NAME: [&str; 12] = ["H", "HJ", "DR", "DRS", "DRA", "IR", "PROF", "KH", "ALM", "ALMH", "BIN", "BINTI"];

/// Old spelling (before 1972) to new, in this order.
const SPELLING: [(&str, &str); 5] = [("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("SJ", "SY"), ("NJ", "NY")];

/// `nama_normal(text) -> text?`: the normalised name of `spec/indicators.md` ("Kin": K3 on both sides, K4). Accents off,
/// upper case, what follows the first comma dropped; tokens with an inner dot after one to three letters (`S.PD`)
/// dropped; all but A–Z removed without leaving a blank; titles and particles dropped; old spelling made new; single
/// blanks. Null when nothing is left.
pub fn nama_normal() -> ScalarUDF {
    Vectorised::function("nama_normal", vec![DataType::Utf8], DataType::Utf8, |args| {
        let [names] = args else { return refuse("nama_normal takes one text") };
        let names = as_string_array(names)?;
        let mut out = StringBuilder::with_capacity(names.len(), names.value_data().len());
        names.iter().for_each(|name| out.append_option(name.and_then(normal)));
        Ok(Arc::new(out.finish()) as ArrayRef)
    })
}

/// The normalised name, or nothing.
pub fn normal(name: &str) -> Option<String> {
    let before_comma = name.split(',').next().unwrap_or("");
    let plain: String = before_comma.chars().flat_map(without_accent).collect::<String>().to_uppercase();
    let tokens = plain.split_whitespace().filter(|token| !is_degree(token));
    let letters = tokens.map(|token| token.chars().filter(char::is_ascii_uppercase).collect::<String>());
    let names = letters.filter(|token| !token.is_empty() && !NO_NAME.contains(&token.as_str()));
    let modern = names.map(|token| SPELLING.iter().fold(token, |token, (old, new)| token.replace(old, new)));
    let joined = modern.collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// Whether a dot stands after one to three letters and something follows it: `S.PD`, `M.SI.`, `A.MD`.
fn is_degree(token: &str) -> bool {
    let letters = token.chars().take_while(char::is_ascii_uppercase).count();
    let mut rest = token.chars().skip(letters);
    (1..=3).contains(&letters) && rest.next() == Some('.') && rest.next().is_some()
}

/// The letters of `c` without its accent; everything that is no accented Latin letter stays as it is.
fn without_accent(c: char) -> impl Iterator<Item = char> {
    let base = match c {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'Æ' | 'æ' => "AE",
        'Ç' | 'ç' | 'Ć' | 'ć' | 'Ĉ' | 'ĉ' | 'Ċ' | 'ċ' | 'Č' | 'č' => "C",
        'Ď' | 'ď' | 'Đ' | 'đ' | 'Ð' | 'ð' => "D",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => "E",
        'Ĝ'..='ģ' => "G",
        'Ĥ'..='ħ' => "H",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "I",
        'Ĵ' | 'ĵ' => "J",
        'Ķ' | 'ķ' => "K",
        'Ĺ'..='ł' => "L",
        'Ñ' | 'ñ' | 'Ń'..='ň' => "N",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => "O",
        'Œ' | 'œ' => "OE",
        'Ŕ'..='ř' => "R",
        'Ś'..='š' => "S",
        'Ţ'..='ŧ' => "T",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => "U",
        'Ŵ' | 'ŵ' => "W",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ' | 'ŷ' | 'Ÿ' => "Y",
        'Ź'..='ž' => "Z",
        _ => "",
    };
    base.chars().chain(base.is_empty().then_some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rule_step_by_step() {
        let cases = [
            ("Sa'diah", Some("SADIAH")),
            ("Drs. H. Soekarno Djojo, M.Si", Some("SUKARNO JOJO")),
            ("  Tjilik   Riwut ", Some("CILIK RIWUT")),
            ("Rahmat S.Pd", Some("RAHMAT")),
            ("Rahmat S.Pd. M.M.", Some("RAHMAT")),
            ("Ahmad bin Njoman", Some("AHMAD NYOMAN")),
            ("Sjarifuddin", Some("SYARIFUDDIN")),
            ("André Müller", Some("ANDRE MULLER")),
            ("Nur-Aini", Some("NURAINI")),
            ("Muhammad.", Some("MUHAMMAD")),
            ("A. Rahman", Some("A RAHMAN")),
            ("H.", None),
            (", S.H.", None),
            ("-", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(normal(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_digraph_across_two_words_is_no_digraph() {
        assert_eq!(normal("Ahmad Jaya").as_deref(), Some("AHMAD JAYA"));
    }
}
