//! Dates as agencies write them, day first, always (§5.3). Refuses two-digit years, bare years and every other guess.

use crate::ingest::values::words;
use crate::model::chunk::CellKind;
use crate::model::indonesia::BULAN;
use chrono::{Days, NaiveDate};

/// What a cell of a date column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// TGL-01: empty, a null word or a null date.
    Null,
    /// TGL-00: a date in an accepted form.
    Good(NaiveDate),
    /// TGL-06: a spreadsheet's day number, to be logged as a repair.
    Serial(NaiveDate),
    /// TGL-02: anything else.
    Bad,
}

/// TGL-00, TGL-01, TGL-02 and TGL-06 of one cell. Accepted: `dd-mm-yyyy`, `dd/mm/yyyy`, `yyyy-mm-dd` with or without a time,
/// `d <bulan> yyyy`, and the text the readers give a date-typed cell, which is one of these.
pub fn parse(text: &str, _kind: CellKind) -> Parsed {
    if let Some(found) = usual(text) {
        return found;
    }
    let text = text.trim();
    if words::is_null(text) {
        return Parsed::Null;
    }
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        return serial(text);
    }
    let parts = numeric(text, '-').or_else(|| numeric(text, '/')).or_else(|| iso(text)).or_else(|| in_words(text));
    match parts {
        // The null dates of §5.1 in whichever accepted form; 1 January of the year 1 is what an empty date becomes in .NET.
        Some((0, 0, 0) | (1, 1, 1)) => Parsed::Null,
        Some((day, month, year)) if year > 0 => {
            NaiveDate::from_ymd_opt(year, month, day).map_or(Parsed::Bad, Parsed::Good)
        }
        _ => Parsed::Bad,
    }
}

/// `dd-mm-yyyy` or `dd/mm/yyyy` of a year from 1000 on, which is how nearly every date comes; nothing for any other cell.
fn usual(text: &str) -> Option<Parsed> {
    let [d1, d2, a, m1, m2, b, y1, y2, y3, y4] = *text.as_bytes().first_chunk::<10>().filter(|_| text.len() == 10)?;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    if a != b || !matches!(a, b'-' | b'/') || y1 == b'0' {
        return None;
    }
    let (day, month) = (digit(d1)? * 10 + digit(d2)?, digit(m1)? * 10 + digit(m2)?);
    let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
    let found = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    Some(found.map_or(Parsed::Bad, Parsed::Good))
}

/// TGL-06: five digits from 20000 to 60000 count days since 1899-12-30.
fn serial(text: &str) -> Parsed {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30);
    let days = text.parse::<u64>().ok().filter(|days| (20_000..=60_000).contains(days));
    match (epoch, days) {
        (Some(epoch), Some(days)) => epoch.checked_add_days(Days::new(days)).map_or(Parsed::Bad, Parsed::Serial),
        _ => Parsed::Bad,
    }
}

/// `dd-mm-yyyy`: day, month, year.
fn numeric(text: &str, separator: char) -> Option<(u32, u32, i32)> {
    let mut parts = text.split(separator);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some((short(day)?, short(month)?, year_of(year)?))
}

/// `yyyy-mm-dd`, or with ` hh:mm:ss` behind it.
fn iso(text: &str) -> Option<(u32, u32, i32)> {
    let (date, time) = text.split_once(' ').map_or((text, None), |(date, time)| (date, Some(time)));
    if !time.is_none_or(is_time) {
        return None;
    }
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some((short(day)?, short(month)?, year_of(year)?))
}

/// `3 Pebruari 2021`: whole month names only, a short form may be anything.
fn in_words(text: &str) -> Option<(u32, u32, i32)> {
    let mut parts = text.split_whitespace();
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some((short(day)?, month_name(month)?, year_of(year)?))
}

/// One or two digits.
fn short(text: &str) -> Option<u32> {
    (matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Four digits.
fn year_of(text: &str) -> Option<i32> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `hh:mm:ss`.
fn is_time(text: &str) -> bool {
    let mut parts = text.split(':');
    let within = |part: Option<&str>, limit: u32| part.and_then(short).is_some_and(|value| value < limit);
    within(parts.next(), 24) && within(parts.next(), 60) && within(parts.next(), 60) && parts.next().is_none()
}

/// The month a word names, 1 to 12: whole names, the spellings Nopember, Pebruari and Mey, and short forms Jan to Des (file names).
pub fn month_word(word: &str) -> Option<u32> {
    const SHORT: [&str; 12] = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"];
    const OTHER: [(&str, u32); 7] =
        [("peb", 2), ("agt", 8), ("agst", 8), ("ags", 8), ("agust", 8), ("sept", 9), ("nop", 11)];
    let short = || SHORT.iter().position(|name| name.eq_ignore_ascii_case(word)).map(number);
    let other = || OTHER.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, month)| *month);
    month_name(word).or_else(short).or_else(other)
}

/// The month of a whole name.
fn month_name(word: &str) -> Option<u32> {
    const VARIANTS: [(&str, u32); 3] = [("pebruari", 2), ("mey", 5), ("nopember", 11)];
    let usual = BULAN.iter().position(|name| name.eq_ignore_ascii_case(word)).map(number);
    usual.or_else(|| VARIANTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, month)| *month))
}

fn number(position: usize) -> u32 {
    u32::try_from(position + 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Parsed {
        parse(text, CellKind::Text)
    }

    fn good(year: i32, month: u32, day: u32) -> Parsed {
        Parsed::Good(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn accepted_forms_are_day_first() {
        for text in [
            "05-06-2019",
            "5/6/2019",
            "2019-06-05",
            "2019-6-5",
            "2019-06-05 00:00:00",
            "5 Juni 2019",
            " 05  JUNI 2019 ",
        ] {
            assert_eq!(at(text), good(2019, 6, 5), "{text}");
        }
        assert_eq!(at("3 Pebruari 2021"), good(2021, 2, 3));
        assert_eq!(at("1 Nopember 2021"), good(2021, 11, 1));
        assert_eq!(at("1 mey 2021"), good(2021, 5, 1));
        assert_eq!(parse("2024-02-29", CellKind::Date), good(2024, 2, 29));
    }

    #[test]
    fn null_dates_mean_null() {
        for text in ["", "-", "null", "00-00-0000", "0000-00-00", "01-01-0001", "00/00/0000", "0001-01-01 00:00:00"] {
            assert_eq!(at(text), Parsed::Null, "{text}");
        }
    }

    #[test]
    fn everything_else_is_unusable() {
        for text in [
            "31-02-2019",
            "12-03-98",
            "2019",
            "13-13-2020",
            "32/01/2021",
            "00-05-2018",
            "2019-02-30",
            "12-03/2019",
            "1.2.2019",
            "01-01-0000",
            "2019-06-05 25:00:00",
            "2019-06-05T00:00:00Z",
            "5 Jun 2019",
            "19999",
            "60001",
            "123456",
            "besok",
            "012-01-2019",
            "2019/06/05",
            "29-02-2023",
            "+1-02-2023",
        ] {
            assert_eq!(at(text), Parsed::Bad, "{text}");
        }
    }

    #[test]
    fn day_numbers_are_repaired() {
        assert_eq!(at("45123"), Parsed::Serial(NaiveDate::from_ymd_opt(2023, 7, 16).unwrap()));
        assert_eq!(parse("45017", CellKind::Number), Parsed::Serial(NaiveDate::from_ymd_opt(2023, 4, 1).unwrap()));
        assert!(matches!(at("20000"), Parsed::Serial(_)) && matches!(at("60000"), Parsed::Serial(_)));
    }

    #[test]
    fn month_words_of_file_names() {
        for (word, month) in
            [("Desember", 12), ("NOV", 11), ("Nopember", 11), ("feb", 2), ("agt", 8), ("Mei", 5), ("Sept", 9)]
        {
            assert_eq!(month_word(word), Some(month), "{word}");
        }
        assert_eq!((month_word(""), month_word("data"), month_word("Juniar")), (None, None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "[0-9]{0,4}[-/ ]?[0-9a-zA-Z]{0,9}[-/ ][0-9]{0,4}( [0-9:]{0,9})?") {
            at(&text);
            at(&near);
            month_word(&text);
        }

        #[test]
        fn every_date_reads_back_in_every_form(days in 0u64..200_000) {
            let date = NaiveDate::from_ymd_opt(1600, 1, 1).unwrap() + Days::new(days);
            for form in ["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d 23:59:59", "%-d-%-m-%Y"] {
                prop_assert_eq!(at(&date.format(form).to_string()), Parsed::Good(date));
            }
            prop_assert_eq!(at(&crate::model::indonesia::tanggal(date)), Parsed::Good(date));
        }
    }
}
