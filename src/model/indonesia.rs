//! Numbers, dates and month names as Indonesian readers write them (id-ID, WIB). Refuses other locales.

use crate::model::periode::Periode;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};

/// Month names, January first.
pub const BULAN: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// Asia/Pontianak: UTC+7 all year.
pub fn wib() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours are less than a day")
}

/// `31 Desember 2025`.
pub fn tanggal(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), BULAN[date.month0() as usize], date.year())
}

/// `Desember 2025`.
pub fn bulan(periode: Periode) -> String {
    format!("{} {}", BULAN[periode.month() as usize - 1], periode.year())
}

/// `31 Desember 2025 07.05 WIB`.
pub fn waktu(moment: DateTime<Utc>) -> String {
    let local = moment.with_timezone(&wib());
    format!("{} {} WIB", tanggal(local.date_naive()), local.format("%H.%M"))
}

/// `51.204`.
pub fn bulat(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if value < 0 { format!("-{out}") } else { out }
}

/// `1.234,56` with `decimals` digits after the comma, half away from zero.
pub fn desimal(value: f64, decimals: usize) -> String {
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    let rounded = (value.abs() * scale).round() / scale;
    let text = format!("{rounded:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = bulat(whole.parse().unwrap_or(0));
    let sign = if value < 0.0 && rounded != 0.0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole},{fraction}") }
}

/// `37,4 %` of a share between 0 and 1.
pub fn persen(share: f64, decimals: usize) -> String {
    format!("{} %", desimal(share * 100.0, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_the_province_does() {
        assert_eq!(bulat(1_234_567), "1.234.567");
        assert_eq!(bulat(-51_204), "-51.204");
        assert_eq!(desimal(1234.565, 2), "1.234,57");
        assert_eq!(desimal(-0.001, 2), "0,00");
        assert_eq!(persen(0.374, 1), "37,4 %");
        assert_eq!(bulan("2025-12".parse().unwrap()), "Desember 2025");
        assert_eq!(tanggal(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()), "31 Desember 2025");
    }
}
