//! Findings: rows that were loaded as delivered although something about them does not fit (§5.7). Refuses to change a value.

use crate::ingest::IngestError;
use crate::ingest::Lookups;
use crate::ingest::bind::texts;
use crate::ingest::column::text_of;
use crate::ingest::read_typed::day;
use crate::ingest::values::nip;
use crate::model::contract::{Check, Contract, Test};
use arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use arrow::datatypes::{Date32Type, Int32Type};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// What checks compare with, gathered once a file.
#[derive(Default)]
pub struct Known {
    lookups: BTreeMap<(String, String), HashSet<String>>,
    file: BTreeMap<String, HashSet<String>>,
}

impl Known {
    /// The references of `contract` that are there.
    pub fn new(contract: &Contract, lookups: &Lookups) -> Result<Self, IngestError> {
        let mut known = Self::default();
        for check in &contract.checks {
            if let Test::NotInLookup(name, column) = &check.test
                && let Some(batch) = lookups.get(name)
            {
                let values = texts(name, batch, column)?.iter().flatten().map(str::to_string).collect();
                known.lookups.insert((name.clone(), column.clone()), values);
            }
        }
        Ok(known)
    }

    /// Columns that must be gathered over the whole file.
    pub fn wanted(contract: &Contract) -> Vec<&str> {
        let wanted = |check: &'_ Check| matches!(check.test, Test::NotInFile(_));
        let name = |check: &'_ Check| match &check.test {
            Test::NotInFile(column) => contract.position(column).map(|i| contract.columns[i].column.name.as_str()),
            _ => None,
        };
        contract.checks.iter().filter(|it| wanted(it)).filter_map(name).collect()
    }

    /// Adds values of a column of the file.
    pub fn add(&mut self, column: &str, values: &ArrayRef) -> Result<(), IngestError> {
        let set = self.file.entry(column.to_string()).or_default();
        set.extend(text_of(values)?.iter().flatten().map(str::to_string));
        Ok(())
    }
}

/// The rows that `check` finds; `columns` are the canonical columns.
pub fn find(
    check: &Check,
    contract: &Contract,
    columns: &[ArrayRef],
    known: &Known,
) -> Result<Vec<usize>, IngestError> {
    let get = |name: &str| contract.position(name).and_then(|i| columns.get(i));
    let Some(column) = get(&check.column) else { return Ok(Vec::new()) };
    let nips = contract.identity.as_deref().and_then(get).map(text_of).transpose()?;
    let nip_at = |row: usize| nips.as_ref().filter(|it| it.is_valid(row)).map(|it| it.value(row));
    let mut rows = candidates(check, column.len(), get)?;
    match &check.test {
        Test::Empty => rows.retain(|row| column.is_null(*row)),
        Test::Email => {
            let text = text_of(column)?;
            rows.retain(|row| text.is_null(*row) || !is_mail_address(text.value(*row)));
        }
        Test::NipBirth => retain_dates(&mut rows, column, |row, date| {
            nip_at(row).and_then(nip::birth_date).is_some_and(|it| it != date)
        }),
        Test::NipMonth => retain_dates(&mut rows, column, |row, date| {
            digits(nip_at(row), 8, 6).is_some_and(|it| it != i64::from(date.year()) * 100 + i64::from(date.month()))
        }),
        Test::NipYear => retain_dates(&mut rows, column, |row, date| {
            digits(nip_at(row), 8, 4).is_some_and(|it| it != i64::from(date.year()))
        }),
        Test::NipSex => {
            let text = text_of(column)?;
            let differs = |row: usize| nip_at(row).and_then(nip::sex).is_some_and(|it| it != text.value(row));
            rows.retain(|row| text.is_valid(*row) && differs(*row));
        }
        Test::NikBirth(other) => {
            let text = text_of(column)?;
            let Some(dates) = get(other) else { return Ok(Vec::new()) };
            retain_dates(&mut rows, dates, |row, date| text.is_valid(row) && !nik_born(text.value(row), date));
        }
        Test::Before(other) => {
            let Some(others) = get(other).and_then(|it| it.as_primitive_opt::<Date32Type>()) else {
                return Ok(Vec::new());
            };
            retain_dates(&mut rows, column, |row, date| {
                others.is_valid(row) && day(others.value(row)).is_some_and(|it| date < it)
            });
        }
        Test::NotInList(list) => {
            let codes = contract.codes.get(list).map_or(&[][..], Vec::as_slice);
            retain_texts(&mut rows, column, |text| !codes.iter().any(|it| it == text))?;
        }
        Test::NotInLookup(name, other) => match known.lookups.get(&(name.clone(), other.clone())) {
            Some(set) => retain_texts(&mut rows, column, |text| !set.contains(text))?,
            None => rows.clear(),
        },
        Test::NotInFile(other) => match known.file.get(other) {
            Some(set) => retain_texts(&mut rows, column, |text| !set.contains(text))?,
            None => rows.clear(),
        },
        Test::Matrix(a, b, cells) => outside(&mut rows, get(a).zip(get(b)), column, cells),
    }
    Ok(rows)
}

/// The rows whose value is not the one that the matrix gives for two others.
fn outside(
    rows: &mut Vec<usize>,
    others: Option<(&ArrayRef, &ArrayRef)>,
    column: &ArrayRef,
    cells: &[(i64, i64, i64)],
) {
    let integers = |it: &ArrayRef| it.as_primitive_opt::<Int32Type>().cloned();
    let parts = others.and_then(|(a, b)| Some((integers(a)?, integers(b)?, integers(column)?)));
    let Some((a, b, value)) = parts else { return rows.clear() };
    let at = |array: &Int32Array, row: usize| array.is_valid(row).then(|| i64::from(array.value(row)));
    rows.retain(|row| {
        let (Some(x), Some(y), Some(z)) = (at(&a, *row), at(&b, *row), at(&value, *row)) else { return false };
        cells.iter().any(|(i, j, expected)| (*i, *j) == (x, y) && *expected != z)
    });
}

/// The rows a check is about at all.
fn candidates<'a>(
    check: &Check,
    rows: usize,
    get: impl Fn(&str) -> Option<&'a ArrayRef>,
) -> Result<Vec<usize>, IngestError> {
    let Some((column, values)) = &check.when else { return Ok((0..rows).collect()) };
    let Some(column) = get(column) else { return Ok(Vec::new()) };
    let text = text_of(column)?;
    Ok((0..rows).filter(|row| text.is_valid(*row) && values.iter().any(|it| it == text.value(*row))).collect())
}

fn retain_dates(rows: &mut Vec<usize>, column: &ArrayRef, wrong: impl Fn(usize, NaiveDate) -> bool) {
    match column.as_primitive_opt::<Date32Type>() {
        Some(dates) => {
            rows.retain(|row| dates.is_valid(*row) && day(dates.value(*row)).is_some_and(|it| wrong(*row, it)))
        }
        None => rows.clear(),
    }
}

fn retain_texts(rows: &mut Vec<usize>, column: &ArrayRef, wrong: impl Fn(&str) -> bool) -> Result<(), IngestError> {
    let text = text_of(column)?;
    rows.retain(|row| text.is_valid(*row) && wrong(text.value(*row)));
    Ok(())
}

fn digits(nip: Option<&str>, from: usize, count: usize) -> Option<i64> {
    nip.and_then(|it| it.get(from..from + count)).and_then(|it| it.parse().ok())
}

/// NIK digits 7 to 12 are day (40 more for women), month, year.
fn nik_born(nik: &str, date: NaiveDate) -> bool {
    let number = |from: usize| nik.get(from..from + 2).and_then(|it| it.parse::<u32>().ok());
    let (Some(day), Some(month), Some(year)) = (number(6), number(8), number(10)) else { return false };
    let day = if day > 40 { day - 40 } else { day };
    day == date.day() && month == date.month() && i64::from(year) == i64::from(date.year()).rem_euclid(100)
}

/// One `@`, something before it, and a domain with a dot inside.
fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let clean = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@' || c == ',');
    let labels = domain.split('.');
    clean(local) && clean(domain) && domain.contains('.') && labels.into_iter().all(|it| !it.is_empty())
}
