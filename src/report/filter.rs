//! Filters that write values for Indonesian readers, and lay out plain text. Refuses to guess: a wrong kind of value is an error.

use crate::model::indonesia;
use crate::model::periode::Periode;
use crate::report::format;
use chrono::{DateTime, Datelike, Utc};
use minijinja::{Environment, Error, ErrorKind, Value};

/// Adds every filter.
pub fn register(env: &mut Environment<'_>) {
    env.add_filter("bulat", bulat);
    env.add_filter("desimal", desimal);
    env.add_filter("persen", persen);
    env.add_filter("poin", poin);
    env.add_filter("tanggal", tanggal);
    env.add_filter("waktu", waktu);
    env.add_filter("bulan", bulan);
    env.add_filter("bulan_singkat", bulan_singkat);
    env.add_filter("akhir_bulan", akhir_bulan);
    env.add_filter("daftar", daftar);
    env.add_filter("bilangan", bilangan);
    env.add_filter("besar_awal", besar_awal);
    env.add_filter("bungkus", bungkus);
    env.add_filter("rata", rata);
}

/// `51.204`; nothing is `–`.
fn bulat(value: &Value) -> Result<String, Error> {
    number(value, |it| indonesia::desimal(it, 0))
}

/// `60,54`.
fn desimal(value: &Value, decimals: usize) -> Result<String, Error> {
    number(value, |it| indonesia::desimal(it, decimals.min(6)))
}

/// `37,4 %` of a share between 0 and 1. The blank never breaks a line.
fn persen(value: &Value, decimals: Option<usize>) -> Result<String, Error> {
    number(value, |it| indonesia::persen(it, decimals.unwrap_or(1).min(6)).replace(' ', "\u{a0}"))
}

/// A difference of shares: `2,1 poin`.
fn poin(value: &Value) -> Result<String, Error> {
    number(value, |it| format!("{}\u{a0}poin", indonesia::desimal(it.abs() * 100.0, 1)))
}

/// `31 Desember 2025` of `2025-12-31`; the blanks never break a line.
fn tanggal(value: &Value) -> Result<String, Error> {
    let date = |it: &str| format::day(it).map(|day| indonesia::tanggal(day).replace(' ', "\u{a0}"));
    text(value, date, "a date written YYYY-MM-DD")
}

/// `5 Januari 2026 07.05 WIB` of an RFC 3339 moment.
fn waktu(value: &Value) -> Result<String, Error> {
    text(value, |it| it.parse::<DateTime<Utc>>().ok().map(indonesia::waktu), "a moment written as RFC 3339")
}

/// `Desember 2025` of `2025-12`.
fn bulan(value: &Value) -> Result<String, Error> {
    let month = |it: &str| {
        let last = it.parse::<Periode>().ok()?.last_day();
        Some(format!("{} {}", indonesia::BULAN.get(last.month0() as usize)?, last.year()))
    };
    text(value, month, "a periode written YYYY-MM")
}

/// `Des 2025` of `2025-12`.
fn bulan_singkat(value: &Value) -> Result<String, Error> {
    let long = bulan(value)?;
    let short =
        long.split_once(' ').map(|(month, year)| format!("{} {year}", month.chars().take(3).collect::<String>()));
    Ok(short.unwrap_or(long))
}

/// The last day (`YYYY-MM-DD`) of the month `later` months after the periode.
fn akhir_bulan(value: &Value, later: usize) -> Result<String, Error> {
    let day = |it: &str| {
        let mut periode = it.parse::<Periode>().ok()?;
        for _ in 0..later.min(120) {
            periode = periode.next();
        }
        Some(periode.last_day().to_string())
    };
    text(value, day, "a periode written YYYY-MM")
}

/// `A, B, dan C`; beyond `most` the rest is counted: `A, B, dan 4 lainnya`.
fn daftar(value: &Value, most: Option<usize>) -> Result<String, Error> {
    let items: Vec<String> =
        value.try_iter()?.map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_string)).collect();
    let most = most.unwrap_or(usize::MAX).max(1);
    // A single name left over is shorter than saying that one is left over.
    let most = if items.len() == most.saturating_add(1) { items.len() } else { most };
    let mut shown: Vec<String> = items.iter().take(most).cloned().collect();
    if items.len() > shown.len() {
        shown.push(format!("{} lainnya", items.len() - shown.len()));
    }
    Ok(match shown.as_slice() {
        [] => format::TIDAK_ADA.to_string(),
        [one] => one.clone(),
        [one, two] => format!("{one} dan {two}"),
        [first @ .., last] => format!("{}, dan {last}", first.join(", ")),
    })
}

/// Small counts in words, as Indonesian prose has them: `tiga`; from ten on in digits.
fn bilangan(value: &Value) -> Result<String, Error> {
    const WORDS: [&str; 10] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
    number(value, |it| {
        let word = WORDS.iter().enumerate().find(|(i, _)| *i as f64 == it);
        word.map_or_else(|| indonesia::desimal(it, 0), |(_, word)| (*word).to_string())
    })
}

/// First letter upper case.
fn besar_awal(value: &str) -> String {
    let mut chars = value.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Breaks plain text into lines of at most `width` characters, continued under `indent` blanks.
pub fn bungkus(value: &str, width: usize, indent: Option<usize>) -> String {
    let (width, pad) = (width.clamp(20, 200), " ".repeat(indent.unwrap_or(0).min(40)));
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in value.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
        let room = width.saturating_sub(pad.chars().count());
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join(&format!("\n{pad}"))
}

/// Pads to `width` characters: to the right of the text, or to the left with `kanan`.
fn rata(value: &str, width: usize, right: Option<bool>) -> String {
    let width = width.min(200);
    if right.unwrap_or(false) { format!("{value:>width$}") } else { format!("{value:<width$}") }
}

fn number(value: &Value, write: impl Fn(f64) -> String) -> Result<String, Error> {
    if value.is_none() {
        return Ok(format::TIDAK_ADA.to_string());
    }
    f64::try_from(value.clone()).map(write).map_err(|_| wrong("a number"))
}

fn text(value: &Value, write: impl Fn(&str) -> Option<String>, wanted: &'static str) -> Result<String, Error> {
    if value.is_none() {
        return Ok(format::TIDAK_ADA.to_string());
    }
    value.as_str().and_then(write).ok_or_else(|| wrong(wanted))
}

fn wrong(wanted: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("the value is not {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_prose() {
        let list = |items: &[&str], most| daftar(&items.iter().copied().collect::<Value>(), most).unwrap();
        assert_eq!(list(&["A"], None), "A");
        assert_eq!(list(&["A", "B"], None), "A dan B");
        assert_eq!(list(&["A", "B", "C"], None), "A, B, dan C");
        assert_eq!(list(&["A", "B", "C", "D"], Some(2)), "A, B, dan 2 lainnya");
        assert_eq!(list(&["A", "B", "C"], Some(2)), "A, B, dan C");
    }

    #[test]
    fn dates_and_figures() {
        assert_eq!(bulan_singkat(&Value::from("2025-12")).unwrap(), "Des 2025");
        assert_eq!(akhir_bulan(&Value::from("2025-12"), 2).unwrap(), "2026-02-28");
        assert_eq!(waktu(&Value::from("2026-01-05T00:05:00Z")).unwrap(), "5 Januari 2026 07.05 WIB");
        assert_eq!(persen(&Value::from(0.5861), None).unwrap(), "58,6\u{a0}%");
        assert_eq!(poin(&Value::from(-0.021)).unwrap(), "2,1\u{a0}poin");
        assert_eq!(bilangan(&Value::from(3)).unwrap(), "tiga");
        assert_eq!(bulat(&Value::from(())).unwrap(), "–");
        assert!(bulat(&Value::from("x")).is_err());
    }

    #[test]
    fn lines_keep_their_width() {
        let text = bungkus("satu dua tiga empat lima enam tujuh", 22, Some(4));
        assert_eq!(text, "satu dua tiga\n    empat lima enam\n    tujuh");
    }
}
