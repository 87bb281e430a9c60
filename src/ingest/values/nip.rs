//! The employee number: 18 digits that hold birth date, appointment, sex and a sequence (§4). Refuses to guess a lost digit.

use crate::ingest::values::words;
use crate::model::chunk::CellKind;
use chrono::NaiveDate;

/// What a cell of employee numbers holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nip<'a> {
    /// ID-07 in the row's own column, a null elsewhere.
    Empty,
    /// ID-03: a numeric cell, whose last digits are lost; only a reference can restore it.
    Numeric,
    /// Usable as delivered (ID-01 applied).
    Good(&'a str),
    /// ID-02: spaces or dots inside were removed.
    Repaired(String),
    /// Unusable: ID-04, ID-05 or ID-06.
    Bad(&'static str),
}

/// ID-01 to ID-07 for the row's own `nip`, tested in the order of §4.
pub fn own(text: &str, kind: CellKind) -> Nip<'_> {
    let clean = words::clean_id(text);
    if kind == CellKind::Number {
        return Nip::Numeric;
    }
    match shape(clean) {
        Nip::Good(nip) if !is_well_formed(nip) => Nip::Bad("ID-06"),
        Nip::Repaired(nip) if !is_well_formed(&nip) => Nip::Bad("ID-06"),
        found => found,
    }
}

/// The same for `penilai_nip` and `nip_kerabat`: ID-06 is not tested, and nobody is looked up. A numeric cell shows its number
/// in E-notation, so one long enough to have lost digits is ID-04.
pub fn other(text: &str, kind: CellKind) -> Nip<'_> {
    /// A double holds every whole number below 2^53 exactly; from 16 digits on it does not.
    const EXACT_DIGITS: usize = 15;
    let clean = words::clean_id(text);
    if kind == CellKind::Number && clean.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS {
        return Nip::Bad("ID-04");
    }
    shape(clean)
}

/// ID-07, ID-04, ID-02 and ID-05, in this order.
fn shape(clean: &str) -> Nip<'_> {
    if is_18_digits(clean) {
        return Nip::Good(clean);
    }
    if words::is_null(clean) {
        return Nip::Empty;
    }
    if is_exponent(clean) {
        return Nip::Bad("ID-04");
    }
    let dressed = |c: char| c == '.' || c.is_whitespace();
    if clean.contains(dressed) {
        let joined = clean.replace(dressed, "");
        return if is_18_digits(&joined) { Nip::Repaired(joined) } else { Nip::Bad("ID-05") };
    }
    Nip::Bad("ID-05")
}

/// `1.98503E+17`, `1,98503E+17`, `2e17`.
fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    digits(whole.trim_start_matches(['+', '-'])) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']))
}

fn is_18_digits(text: &str) -> bool {
    text.len() == 18 && text.bytes().all(|b| b.is_ascii_digit())
}

/// ID-06: digits 1-8 a date, 13-14 a month (PNS) or 21-29 (PPPK), 15 a sex.
fn is_well_formed(nip: &str) -> bool {
    let appointment = nip.as_bytes().get(12..14).and_then(number);
    birth_date(nip).is_some() && matches!(appointment, Some(1..=12 | 21..=29)) && sex(nip).is_some()
}

/// Digits 1-8 as a date; `None` where they are none.
pub fn birth_date(nip: &str) -> Option<NaiveDate> {
    let digits = nip.as_bytes().first_chunk::<8>()?;
    let (year, rest) = digits.split_at(4);
    let (month, day) = rest.split_at(2);
    let year = i32::try_from(number(year)?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?)
}

/// Some digits as a number.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, byte| {
        byte.is_ascii_digit().then(|| number.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
    })
}

/// Digit 15 as `L` or `P`.
pub fn sex(nip: &str) -> Option<&'static str> {
    match nip.as_bytes().get(14) {
        Some(b'1') => Some("L"),
        Some(b'2') => Some("P"),
        _ => None,
    }
}

/// Whether digit 13 is 2: an employee with a work agreement.
pub fn is_pppk(nip: &str) -> bool {
    nip.as_bytes().get(12) == Some(&b'2')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Nip<'_> {
        own(text, CellKind::Text)
    }

    fn good(nip: &str) -> Nip<'_> {
        Nip::Good(nip)
    }

    #[test]
    fn the_examples_of_the_rules() {
        assert_eq!(text("'198503122010011012"), good("198503122010011012"));
        assert_eq!(text(" `198503122010011012\u{a0}"), good("198503122010011012"));
        assert_eq!(text("19850312 201001 1 012"), Nip::Repaired("198503122010011012".into()));
        assert_eq!(text("19850312.201001.1.012"), Nip::Repaired("198503122010011012".into()));
        assert_eq!(own("198503122010011000", CellKind::Number), Nip::Numeric);
        assert_eq!(text("1.98503E+17"), Nip::Bad("ID-04"));
        assert_eq!(text("1,98503E+17"), Nip::Bad("ID-04"));
        assert_eq!(text("19850312201001101"), Nip::Bad("ID-05"));
        assert_eq!(text("198503122010131012"), Nip::Bad("ID-06"));
        assert_eq!(text("198513122010011012"), Nip::Bad("ID-06"));
        assert_eq!(text("198503122010013012"), Nip::Bad("ID-06"));
        assert_eq!(text("198503122024211012"), good("198503122024211012"));
        assert_eq!(text("19850312 201013 1 012"), Nip::Bad("ID-06"));
        assert_eq!(text("'"), Nip::Empty);
        assert_eq!(text("null"), Nip::Empty);
        assert_eq!(text("١٩٨٥٠٣١٢٢٠١٠٠١١٠١٢"), Nip::Bad("ID-05"));
    }

    #[test]
    fn numbers_of_relatives_and_raters_are_read_leniently() {
        assert_eq!(other("198513122010131012", CellKind::Text), good("198513122010131012"));
        assert_eq!(other("1,97604E+17", CellKind::Text), Nip::Bad("ID-04"));
        assert_eq!(other("198503122010011000", CellKind::Number), Nip::Bad("ID-04"));
        assert_eq!(other("12345", CellKind::Number), Nip::Bad("ID-05"));
        assert_eq!(other("-", CellKind::Text), Nip::Empty);
    }

    #[test]
    fn a_number_tells_birth_sex_and_kind() {
        assert_eq!(birth_date("198503122010011012"), NaiveDate::from_ymd_opt(1985, 3, 12));
        assert_eq!(birth_date("0000"), None);
        assert_eq!((sex("198503122010011012"), sex("198503122010012012"), sex("")), (Some("L"), Some("P"), None));
        assert!(is_pppk("198503122024211012") && !is_pppk("198503122010011012"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>()) {
            for kind in [CellKind::Text, CellKind::Number, CellKind::Date, CellKind::Bool] {
                own(&text, kind);
                other(&text, kind);
            }
            birth_date(&text);
            sex(&text);
            is_pppk(&text);
        }
    }
}
