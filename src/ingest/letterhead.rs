//! Facts that stand above the header or in the file name: periode, date of extraction, what a contract asks for. Refuses to guess.

use crate::ingest::values::date;
use crate::ingest::values::words;
use crate::model::chunk::CellKind;
use crate::model::contract::{Contract, Letterhead, Place, Shared};
use crate::model::delivery::{Delivery, Sumber};
use crate::model::periode::Periode;
use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};
use std::collections::BTreeMap;

/// The facts of the letterhead that `contract` asks for; of several patterns for one fact the first that matches counts.
pub fn facts(contract: &Contract, preamble: &[String]) -> Result<BTreeMap<String, String>, regex::Error> {
    let mut found = BTreeMap::new();
    for rule in &contract.letterhead {
        if found.contains_key(&rule.name) {
            continue;
        }
        let pattern = Regex::new(&rule.pattern)?;
        let value = preamble.iter().find_map(|line| pattern.captures(line).and_then(|it| fill(rule, &it)));
        if let Some(value) = value {
            found.insert(rule.name.clone(), value);
        }
    }
    Ok(found)
}

/// The value of a fact with its groups put in.
fn fill(rule: &Letterhead, captures: &Captures<'_>) -> Option<String> {
    let mut value = rule.value.clone();
    for group in ["tahun", "isi"] {
        let text = captures.name(group).map_or("", |it| it.as_str().trim());
        value = value.replace(&format!("{{{group}}}"), text);
    }
    if value.contains("{bulan}") {
        value = value.replace("{bulan}", &format!("{:02}", month_of(captures.name("bulan")?.as_str())?));
    }
    if value.contains("{triwulan}") {
        value = value.replace("{triwulan}", &quarter_of(captures.name("triwulan")?.as_str())?.to_string());
    }
    Some(value)
}

/// The date of extraction and where it stands.
pub fn drawn(
    shared: &Shared,
    preamble: &[String],
    delivery: &Delivery,
) -> Result<Option<(NaiveDate, Sumber)>, regex::Error> {
    for rule in &shared.tanggal_tarik {
        let (places, sumber): (&[String], _) = match rule.place {
            Place::Preamble => (preamble, Sumber::Preamble),
            Place::FileName => (&file_names(&delivery.nama_asal), Sumber::NamaBerkas),
            Place::Received | Place::Drawn => {
                if let Some(moment) = delivery.diterima_pada.filter(|_| delivery.registered) {
                    return Ok(Some((moment.date_naive(), Sumber::Kiriman)));
                }
                continue;
            }
        };
        let pattern = Regex::new(&rule.pattern)?;
        let day = places.iter().find_map(|text| pattern.captures_iter(text).find_map(|it| day_of(&it)));
        if let Some(day) = day {
            return Ok(Some((day, sumber)));
        }
    }
    Ok(None)
}

/// The month the delivery speaks for.
pub fn periode(
    shared: &Shared,
    preamble: &[String],
    name: &str,
    drawn: Option<NaiveDate>,
) -> Result<Option<Periode>, regex::Error> {
    for rule in &shared.periode {
        let places: &[String] = match rule.place {
            Place::Preamble => preamble,
            Place::FileName => &file_names(name),
            Place::Drawn | Place::Received => {
                if let Some(day) = drawn {
                    let month = Periode::of(day);
                    return Ok(Some(if rule.after_day < day.day() { month } else { month.previous() }));
                }
                continue;
            }
        };
        let pattern = Regex::new(&rule.pattern)?;
        let found = places.iter().find_map(|text| pattern.captures_iter(text).find_map(|it| month_in(&it, rule.month)));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The file name without folders; of a bundle's member its own name first, then the bundle's.
fn file_names(name: &str) -> Vec<String> {
    let base = |part: &str| part.rsplit(['/', '\\']).next().unwrap_or(part).to_string();
    name.split('!').rev().map(base).collect()
}

fn month_in(captures: &Captures<'_>, fixed: Option<u32>) -> Option<Periode> {
    let year: i32 = captures.name("tahun")?.as_str().parse().ok()?;
    let month = match (captures.name("bulan"), captures.name("triwulan")) {
        (Some(word), _) => month_of(word.as_str())?,
        (None, Some(word)) => 3 * quarter_of(word.as_str())?,
        (None, None) => fixed?,
    };
    Periode::new(year, month)
}

fn month_of(text: &str) -> Option<u32> {
    match text.parse::<u32>() {
        Ok(month) => (1..=12).contains(&month).then_some(month),
        Err(_) => date::month_word(text),
    }
}

fn quarter_of(text: &str) -> Option<u32> {
    match text.to_uppercase().as_str() {
        "I" | "1" => Some(1),
        "II" | "2" => Some(2),
        "III" | "3" => Some(3),
        "IV" | "4" => Some(4),
        _ => None,
    }
}

fn day_of(captures: &Captures<'_>) -> Option<NaiveDate> {
    if let Some(text) = captures.name("tanggal") {
        return match date::parse(words::collapse(text.as_str()).as_ref(), CellKind::Text) {
            date::Parsed::Good(day) => Some(day),
            _ => None,
        };
    }
    let number = |group: &str| captures.name(group).and_then(|it| it.as_str().parse::<u32>().ok());
    let year = i32::try_from(number("tahun")?).ok()?;
    NaiveDate::from_ymd_opt(year, number("bulan")?, number("hari")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::sample_load::{contracts, delivery};

    #[test]
    fn month_and_day_are_found_in_their_order() {
        let shared = contracts().remove(0).shared;
        let received = "2026-01-09T23:30:00Z".parse().ok();
        for (name, line, month, day, source) in [
            ("6700/Data ASN_6700_20251203.csv", "", "2025-11", "2025-12-03", Sumber::NamaBerkas),
            ("6700/Data ASN_6700_20251216.csv", "", "2025-12", "2025-12-16", Sumber::NamaBerkas),
            ("DATA_ASN_DES_2025.csv", "", "2025-12", "2026-01-09", Sumber::Kiriman),
            ("Data Kapuas Nopember 2025 (05122025).xlsx", "", "2025-11", "2025-12-05", Sumber::NamaBerkas),
            ("laporan 20122025.csv", "", "2025-12", "2025-12-20", Sumber::NamaBerkas),
            ("6705/Kiriman_2025-11.zip!rw_jabatan_2025-12.csv", "", "2025-12", "2026-01-09", Sumber::Kiriman),
            ("6705/Kiriman_2025-11.zip!rw_jabatan.csv", "", "2025-11", "2026-01-09", Sumber::Kiriman),
            ("a 2025-12.xls", "Periode November 2025", "2025-11", "2026-01-09", Sumber::Kiriman),
            ("a.xls", "Periode : 1 Maret 2025 s.d. 31 Maret 2025", "2025-12", "2026-01-09", Sumber::Kiriman),
            ("a.xls", "Laporan Penilaian SKP Periode Triwulan II Tahun 2025", "2025-06", "2026-01-09", Sumber::Kiriman),
            ("a.xls", "Laporan Penilaian SKP Periode Tahunan Tahun 2024", "2024-12", "2026-01-09", Sumber::Kiriman),
            (
                "a_20251203.xls",
                "Data ditarik pada : 2 Pebruari 2026 10:00 WIB",
                "2026-01",
                "2026-02-02",
                Sumber::Preamble,
            ),
        ] {
            let delivery = delivery(name, b"", "6700", received);
            let preamble = [line.to_string()];
            let (found, sumber) = drawn(&shared, &preamble, &delivery).unwrap().unwrap();
            assert_eq!((found.to_string().as_str(), sumber), (day, source), "{name} {line}");
            let found = periode(&shared, &preamble, name, Some(found)).unwrap().unwrap();
            assert_eq!(found.to_string(), month, "{name} {line}");
        }
    }
}
