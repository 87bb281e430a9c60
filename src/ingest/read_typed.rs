//! Readers of NIP, NIK, dates, numbers and golongan. One function a column; refuses to know which column.

use crate::ingest::cells::{Cells, Fault, Fix, Raw};
use crate::ingest::known::Known;
use crate::ingest::values::date;
use crate::ingest::values::golongan;
use crate::ingest::values::name;
use crate::ingest::values::nip::{self, Nip};
use crate::ingest::values::number;
use crate::ingest::values::words;
use crate::model::table::Kind;
use arrow::array::{Array, ArrayRef, Date32Builder, Decimal128Builder, Int32Builder, StringArray, StringBuilder};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;
use std::sync::Arc;

/// People by the first 14 digits of the NIP and the normalised name; nothing where two share both (ID-03).
pub type People = HashMap<String, Option<String>>;

/// The index over a reference with the columns NIP and name.
pub fn people(nips: &StringArray, names: &StringArray) -> People {
    let mut found = People::new();
    for row in 0..nips.len().min(names.len()) {
        let nip = nips.value(row);
        let Some(start) = nip.get(..14) else { continue };
        let key = person_key(start, names.value(row));
        found
            .entry(key)
            .and_modify(|other| {
                if other.as_deref() != Some(nip) {
                    *other = None;
                }
            })
            .or_insert_with(|| Some(nip.to_string()));
    }
    found
}

fn person_key(start: &str, full_name: &str) -> String {
    format!("{start} {}", name::key(&name::split_titles(full_name).nama))
}

/// The person's own NIP (ID-01 to ID-07). `names` are the cells of the name column, if the sheet has one.
pub fn own_nip(raw: Raw<'_>, names: Option<&StringArray>, people: Option<&People>) -> Cells {
    let mut out = Build::new(raw.text.len());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        match nip::own(cell, raw.kind(row)) {
            Nip::Good(text) => out.values.append_value(text),
            Nip::Repaired(text) => out.fixed(row, "ID-02", cell, &text),
            Nip::Empty => out.fault(row, "ID-07", cell),
            Nip::Bad(code) => out.fault(row, code, cell),
            Nip::Numeric => {
                let name = names.filter(|it| it.is_valid(row)).map(|it| it.value(row));
                let key = leading_digits(cell).zip(name).map(|(start, name)| person_key(&start, name));
                match key.zip(people).and_then(|(key, people)| people.get(&key).cloned().flatten()) {
                    Some(text) => out.fixed(row, "ID-03", cell, &text),
                    None => out.fault(row, "ID-03", cell),
                }
            }
        }
    }
    out.finish()
}

/// Somebody else's NIP (ID-01, ID-02, ID-04, ID-05).
pub fn other_nip(raw: Raw<'_>) -> Cells {
    let mut out = Build::new(raw.text.len());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        match nip::other(cell, raw.kind(row)) {
            Nip::Good(text) => out.values.append_value(text),
            Nip::Repaired(text) => out.fixed(row, "ID-02", cell, &text),
            Nip::Empty => out.values.append_null(),
            Nip::Bad(code) => out.fault(row, code, cell),
            // Its last digits are lost, and nobody's name stands beside it.
            Nip::Numeric => out.fault(row, "ID-05", cell),
        }
    }
    out.finish()
}

/// The first 14 of the 18 digits that a number was, however it is written.
fn leading_digits(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let (mantissa, exponent) = match cell.split_once(['E', 'e']) {
        Some((mantissa, exponent)) => (mantissa, exponent.trim_start_matches('+').parse::<usize>().ok()?),
        None => (cell.split(['.', ',']).next()?, 0),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let length = if exponent > 0 { exponent + 1 } else { digits.len() };
    let start = format!("{digits:0<14}");
    if length == 18 { start.get(..14).map(str::to_string) } else { None }
}

/// NIK (ID-01, NIK-03, NIK-01).
pub fn nik(raw: Raw<'_>) -> Cells {
    let mut out = Build::new(raw.text.len());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        let cleaned = words::clean_id(cell);
        let digits = cleaned.bytes().all(|it| it.is_ascii_digit());
        if cleaned.is_empty() || words::is_null(cleaned) {
            out.values.append_null();
        } else if digits && cleaned.len() == 16 {
            out.values.append_value(cleaned);
        } else if exponent_form(cleaned) {
            out.fault(row, "NIK-03", cell);
        } else {
            out.fault(row, "NIK-01", cell);
        }
    }
    out.finish()
}

/// `6,27109E+15`.
fn exponent_form(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let number =
        |text: &str, also: &[char]| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || also.contains(&c));
    number(mantissa, &['.', ',']) && number(exponent.trim_start_matches(['+', '-']), &[])
}

/// Dates (TGL-00 to TGL-06); `limit` is the last usable day.
pub fn dates(raw: Raw<'_>, limit: Option<NaiveDate>) -> Cells {
    let mut values = Date32Builder::with_capacity(raw.text.len());
    let (mut faults, mut fixes) = (Vec::new(), Vec::new());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        let (found, serial) = match date::parse(cell, raw.kind(row)) {
            date::Parsed::Null => (None, false),
            date::Parsed::Good(day) => (Some(day), false),
            date::Parsed::Serial(day) => (Some(day), true),
            date::Parsed::Bad => {
                faults.push(Fault { row, code: "TGL-02", raw: cell.to_string() });
                (None, false)
            }
        };
        match found {
            Some(day) if limit.is_some_and(|limit| limit < day) => {
                faults.push(Fault { row, code: "TGL-04", raw: cell.to_string() });
                values.append_null();
            }
            Some(day) => {
                if serial {
                    fixes.push(Fix { row, code: "TGL-06".into(), before: cell.to_string() });
                }
                values.append_value(days(day));
            }
            None => values.append_null(),
        }
    }
    Cells { values: Arc::new(values.finish()), faults, fixes }
}

/// Days since 1970-01-01, as Arrow stores a date.
pub fn days(day: NaiveDate) -> i32 {
    const EPOCH: i32 = 719_163; // 1970-01-01 counted from the first day of year 1
    day.num_days_from_ce() - EPOCH
}

/// The date of an Arrow day.
pub fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(719_163)?)
}

/// Numbers (NUM); `min` and `max` in whole units.
pub fn numbers(raw: Raw<'_>, kind: Kind, min: Option<i64>, max: Option<i64>, required: bool) -> Cells {
    // Whole numbers are read with decimals first: 7,5 is not 7 and not 8.
    let (precision, scale) = match kind {
        Kind::Decimal { precision, scale } => (precision, scale.unsigned_abs()),
        _ => (9, 3),
    };
    let unit = 10i128.pow(u32::from(scale));
    let top = 10i128.pow(u32::from(precision));
    let whole = !matches!(kind, Kind::Decimal { .. });
    let mut faults = Vec::new();
    let mut found: Vec<Option<i128>> = Vec::with_capacity(raw.text.len());
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        let value = match number::parse(cell, scale) {
            number::Parsed::Null => None,
            number::Parsed::Good(value) => {
                let low = min.is_some_and(|min| value < i128::from(min) * unit);
                let high = max.is_some_and(|max| i128::from(max) * unit < value);
                let odd = whole && (value % unit != 0 || i32::try_from(value / unit).is_err());
                let large = !whole && top <= value.abs();
                if low || high || odd || large {
                    faults.push(Fault { row, code: "NUM-02", raw: cell.to_string() });
                    None
                } else {
                    Some(value)
                }
            }
            number::Parsed::Bad => {
                let code = if required { "NUM-03" } else { "NUM-02" };
                faults.push(Fault { row, code, raw: cell.to_string() });
                None
            }
        };
        found.push(value);
    }
    Cells { values: number_array(&found, kind, unit), faults, fixes: Vec::new() }
}

fn number_array(found: &[Option<i128>], kind: Kind, unit: i128) -> ArrayRef {
    if let Kind::Decimal { precision, scale } = kind {
        let mut values = Decimal128Builder::with_capacity(found.len());
        found.iter().for_each(|it| values.append_option(*it));
        let array = values.finish().with_precision_and_scale(precision, scale);
        return Arc::new(array.expect("the contract allows only scales below the precision"));
    }
    let mut values = Int32Builder::with_capacity(found.len());
    found.iter().for_each(|it| values.append_option(it.and_then(|value| i32::try_from(value / unit).ok())));
    Arc::new(values.finish())
}

/// Golongan in any spelling (KOD-03, KOD-04).
pub fn golongan_names(raw: Raw<'_>) -> Cells {
    let mut out = Build::new(raw.text.len());
    let mut known: Known<'_, Option<String>> = Known::default();
    for row in 0..raw.text.len() {
        let cell = raw.cell(row);
        if words::is_null(cell) {
            out.values.append_null();
            continue;
        }
        match known.get(cell, || golongan::parse(cell)) {
            Some(text) => out.values.append_value(text),
            None => out.fault(row, "KOD-04", cell),
        }
    }
    out.finish()
}

/// Golongan from its id (KOD-05); `nips` tells PNS from PPPK. An id that is none says nothing.
pub fn golongan_ids(raw: Raw<'_>, nips: Option<&StringArray>) -> Cells {
    let mut out = Build::new(raw.text.len());
    for row in 0..raw.text.len() {
        let pppk = nips.is_some_and(|it| it.is_valid(row) && nip::is_pppk(it.value(row)));
        let cleaned = words::clean_id(raw.cell(row));
        let found =
            if raw.text.is_null(row) { None } else { golongan::from_id(cleaned, pppk).map(|it| it.to_string()) };
        out.values.append_option(found);
    }
    out.finish()
}

/// A text column under construction.
struct Build {
    values: StringBuilder,
    faults: Vec<Fault>,
    fixes: Vec<Fix>,
}

impl Build {
    fn new(rows: usize) -> Self {
        Self { values: StringBuilder::with_capacity(rows, rows * 18), faults: Vec::new(), fixes: Vec::new() }
    }

    fn fault(&mut self, row: usize, code: &'static str, raw: &str) {
        self.values.append_null();
        self.faults.push(Fault { row, code, raw: raw.to_string() });
    }

    fn fixed(&mut self, row: usize, code: &str, before: &str, after: &str) {
        self.values.append_value(after);
        self.fixes.push(Fix { row, code: code.to_string(), before: before.to_string() });
    }

    fn finish(mut self) -> Cells {
        Cells { values: Arc::new(self.values.finish()), faults: self.faults, fixes: self.fixes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_nip_keeps_its_first_fourteen_digits() {
        assert_eq!(leading_digits("1.98401112008121E+17").as_deref(), Some("19840111200812"));
        assert_eq!(leading_digits("198401112008121000").as_deref(), Some("19840111200812"));
        assert_eq!(leading_digits("198401112008121000.0").as_deref(), Some("19840111200812"));
        assert_eq!(leading_digits("1984"), None);
        assert_eq!(leading_digits("x"), None);
    }

    #[test]
    fn two_people_of_one_key_are_nobody() {
        let nips = StringArray::from(vec!["198401112008121001", "198401112008121002", "197001011999031003"]);
        let names = StringArray::from(vec!["Budi", "BUDI", "Ani"]);
        let found = people(&nips, &names);
        assert_eq!(found.get("19840111200812 BUDI"), Some(&None));
        assert_eq!(found.get("19700101199903 ANI"), Some(&Some("197001011999031003".to_string())));
    }

    #[test]
    fn whole_numbers_are_not_rounded() {
        let raw = StringArray::from(vec!["32,0", "7,5", "9999", "dua puluh", ""]);
        let cells = numbers(Raw::of_text(&raw), Kind::Int, Some(0), Some(2000), true);
        let codes: Vec<(usize, &str)> = cells.faults.iter().map(|it| (it.row, it.code)).collect();
        assert_eq!(codes, [(1, "NUM-02"), (2, "NUM-02"), (3, "NUM-03")]);
        assert_eq!(cells.values.null_count(), 4);
    }

    #[test]
    fn days_and_dates_agree() {
        let date = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
        assert_eq!(days(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()), 0);
        assert_eq!(day(days(date)), Some(date));
    }
}
