//! A reporting month: the month a delivery speaks for and a figure is as at the end of. Refuses to know today's date.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Periode {
    year: i32,
    month: u32,
}

impl Periode {
    /// The month `month` (1–12) of `year` (1900–2999), or nothing if there is no such month.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1900..3000).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month that holds `date`.
    pub fn of(date: NaiveDate) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Calendar month, 1–12.
    pub fn month(self) -> u32 {
        self.month
    }

    /// First day of the month.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).expect("a Periode holds a real month")
    }

    /// Last day of the month: the date `D` of `spec/indicators.md`.
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day().pred_opt().expect("every month has a day before the next one")
    }

    /// The month before.
    pub fn previous(self) -> Self {
        if self.month == 1 { Self { year: self.year - 1, month: 12 } } else { Self { month: self.month - 1, ..self } }
    }

    /// The month after.
    pub fn next(self) -> Self {
        if self.month == 12 { Self { year: self.year + 1, month: 1 } } else { Self { month: self.month + 1, ..self } }
    }
}

impl fmt::Display for Periode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// `text` is no `YYYY-MM`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a month written YYYY-MM, such as 2025-12")]
pub struct NotAPeriode(pub String);

impl FromStr for Periode {
    type Err = NotAPeriode;

    fn from_str(text: &str) -> Result<Self, NotAPeriode> {
        let wrong = || NotAPeriode(text.to_string());
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        if year.len() != 4 || month.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(wrong());
        }
        let parsed = Self::new(year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
        parsed.ok_or_else(wrong)
    }
}

impl TryFrom<String> for Periode {
    type Error = NotAPeriode;

    fn try_from(text: String) -> Result<Self, NotAPeriode> {
        text.parse()
    }
}

impl From<Periode> for String {
    fn from(periode: Periode) -> String {
        periode.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_knows_its_ends() {
        let december: Periode = "2025-12".parse().unwrap();
        assert_eq!(december.to_string(), "2025-12");
        assert_eq!(december.last_day(), NaiveDate::from_ymd_opt(2025, 12, 31).unwrap());
        assert_eq!(december.next().to_string(), "2026-01");
        assert_eq!(Periode::new(2024, 2).unwrap().last_day().day(), 29);
        for wrong in ["2025-13", "2025-1", "25-12", "2025/12", "", "+025-12"] {
            assert!(wrong.parse::<Periode>().is_err(), "{wrong}");
        }
    }
}
