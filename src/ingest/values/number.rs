//! Decimal numbers with a comma or a point, exact (§5.5). Refuses floating point, thousands separators and ranges.

use crate::ingest::values::words;

/// What a cell of a numeric column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// Empty or a null word.
    Null,
    /// The value times 10^scale.
    Good(i128),
    /// No number (NUM-02 or NUM-03, as the column is optional or required).
    Bad,
}

/// NUM-01: one number, its decimal sign `,` or `.`, with or without `%` behind it, white space anywhere. More digits than `scale`
/// are rounded, half away from zero; a scale above 18 counts as 18.
pub fn parse(text: &str, scale: u8) -> Parsed {
    // A few digits and nothing else: nearly every number.
    if matches!(text.len(), 1..=9) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let value = text.bytes().fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
        return Parsed::Good(i128::from(value) * 10i128.pow(u32::from(scale.min(18))));
    }
    if words::is_null(text) {
        return Parsed::Null;
    }
    scaled(text, usize::from(scale.min(18))).map_or(Parsed::Bad, Parsed::Good)
}

fn scaled(text: &str, scale: usize) -> Option<i128> {
    /// 18 digits before the point and 18 behind it stay below the largest `i128`.
    const WHOLE_DIGITS: usize = 18;
    let mut value: i128 = 0;
    let (mut negative, mut any, mut whole, mut percent) = (false, false, 0, false);
    let mut fraction: Option<usize> = None;
    let mut round_up = false;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            _ if percent => return None,
            '+' | '-' if !any && fraction.is_none() && !negative => negative = c == '-',
            ',' | '.' if fraction.is_none() => fraction = Some(0),
            '%' if any => percent = true,
            '0'..='9' => {
                let digit = i128::from(u32::from(c) - u32::from('0'));
                any = true;
                match &mut fraction {
                    None => {
                        whole += usize::from(value != 0 || digit != 0);
                        if whole > WHOLE_DIGITS {
                            return None;
                        }
                        value = value * 10 + digit;
                    }
                    Some(seen) => {
                        if *seen < scale {
                            value = value * 10 + digit;
                        } else if *seen == scale {
                            round_up = digit >= 5;
                        }
                        *seen += 1;
                    }
                }
            }
            _ => return None,
        }
    }
    let missing = scale - fraction.unwrap_or(0).min(scale);
    let value = (0..missing).fold(value, |value, _| value * 10) + i128::from(round_up);
    any.then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_rules() {
        assert_eq!(parse("98,75 %", 2), Parsed::Good(9875));
        assert_eq!(parse("98.75%", 2), Parsed::Good(9875));
        assert_eq!(parse("20,0", 0), Parsed::Good(20));
        assert_eq!(parse("9999", 0), Parsed::Good(9999));
        assert_eq!(parse("dua puluh", 0), Parsed::Bad);
        assert_eq!(parse(" 1\u{a0}234 ", 1), Parsed::Good(12340));
        assert_eq!(parse("-", 2), Parsed::Null);
    }

    #[test]
    fn surplus_digits_round_half_up() {
        assert_eq!(parse("2,345", 2), Parsed::Good(235));
        assert_eq!(parse("2.344999", 2), Parsed::Good(234));
        assert_eq!(parse("19.5", 0), Parsed::Good(20));
        assert_eq!(parse("-0.5", 0), Parsed::Good(-1));
        assert_eq!(parse("98.75000000000001", 2), Parsed::Good(9875));
    }

    #[test]
    fn shapes_that_are_no_number() {
        for text in ["1.234,56", "%", "5%5", "5 %%", "--5", "1-", "1e3", "Rp5", ".", "٣", "1000000000000000000000"] {
            assert_eq!(parse(text, 2), Parsed::Bad, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "[-+0-9., %]{0,60}", scale in any::<u8>()) {
            parse(&text, scale);
            parse(&near, scale);
        }

        #[test]
        fn whole_numbers_are_exact(value in -999_999_999i64..999_999_999, scale in 0u8..9) {
            prop_assert_eq!(parse(&value.to_string(), scale), Parsed::Good(i128::from(value) * 10i128.pow(u32::from(scale))));
        }
    }
}
