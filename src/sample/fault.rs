//! Single faults of real exports and what the ingest rules make of each. Refuses rows the fault does not fit.

use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid, Role, Row};
use crate::sample::mess::Medium;
use crate::sample::person::Person;
use crate::sample::truth::Action;
use chrono::{Datelike, NaiveDate};
use std::collections::{HashMap, HashSet};

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Spaces inside a NIP.
    NipSpaces,
    /// A digit is missing.
    NipShort,
    /// `1.98503E+17`.
    NipExponent,
    /// No NIP.
    NipEmpty,
    /// Born in month 13.
    NipImpossible,
    /// A number, its last digits lost.
    NipNumeric,
    /// A digit of a rater's or relative's NIP is missing.
    OtherShort,
    /// A rater's or relative's NIP in E-notation.
    OtherExponent,
    /// A digit of the NIK is missing.
    NikShort,
    /// NIK in E-notation.
    NikExponent,
    /// 31 February.
    DateImpossible,
    /// Year with two digits.
    DateTwoDigits,
    /// Only a year.
    DateYear,
    /// Ten years ahead.
    DateFar,
    /// Days since 1899-12-30.
    DateSerial,
    /// Nothing where something must be.
    Emptied,
    /// Hours in words.
    JpWords,
    /// Too many hours.
    JpRange,
    /// Thirteen months.
    MonthsRange,
    /// Year 9999.
    YearRange,
    /// `1` for `01`.
    ZeroLost,
    /// Legal position outside the list.
    PositionUnknown,
    /// Level of education outside the list.
    LevelUnknown,
    /// `III d`.
    GradeSpelling,
    /// `III/x`.
    GradeBroken,
    /// `X`.
    SexUnknown,
    /// The other sex.
    SexFlipped,
    /// `XX`.
    AssignmentUnknown,
    /// A word that is no rating.
    RatingUnknown,
    /// Does not follow from results and conduct.
    PredicateOdd,
    /// Code `77`.
    EselonUnknown,
    /// Level 33.
    ScoreRange,
    /// Score 850.
    MarkRange,
    /// Score 9.
    MeritRange,
    /// The row twice.
    Copy,
    /// The key twice, with different content.
    Variant,
    /// A delimiter without quotes.
    Delimiter,
}

/// What the faults of one table depend on.
pub struct Setting<'a> {
    /// Kind of cells.
    pub medium: Medium,
    /// Delimiter of a CSV.
    pub delimiter: char,
    /// The header is one row, so it can stand again between the data.
    pub repeats_header: bool,
    /// Last day of the reporting month.
    pub end: NaiveDate,
    /// Whom a numeric NIP can be matched against.
    pub reference: &'a Reference,
}

/// What came of a planted fault.
pub struct Outcome {
    /// Rule code.
    pub code: &'static str,
    /// What a loader does.
    pub action: Action,
    /// The row stands twice: as it was, then as it is now.
    pub again: bool,
}

/// The pegawai rows in force that ID-03 looks into: first 14 digits and normalised name, and how many people have both.
#[derive(Default)]
pub struct Reference(HashMap<usize, bool>);

impl Reference {
    /// The accepted rows of one snapshot.
    pub fn new(people: &[Person], members: &[usize], lost: &HashSet<usize>) -> Self {
        let key = |who: usize| {
            let name = people[who].nama.to_uppercase();
            let name: String = name.chars().filter(|it| it.is_ascii_uppercase() || *it == ' ').collect();
            (people[who].nip.get(..14).unwrap_or_default().to_string(), name)
        };
        let mut count: HashMap<(String, String), u32> = HashMap::new();
        let held: Vec<usize> = members.iter().copied().filter(|it| !lost.contains(it)).collect();
        for who in &held {
            *count.entry(key(*who)).or_default() += 1;
        }
        Self(held.iter().map(|who| (*who, count.get(&key(*who)) == Some(&1))).collect())
    }

    /// Whether exactly one person of the snapshot matches.
    pub fn finds(&self, who: usize) -> bool {
        self.0.get(&who).copied().unwrap_or(false)
    }
}

/// Plants one fault in one column of a row, where it fits.
pub fn apply(
    fault: Fault,
    column: usize,
    row: &mut Row,
    grid: &Grid,
    setting: &Setting<'_>,
    dice: &mut Dice,
) -> Option<Outcome> {
    use Action::{Reject, Repair};
    let role = grid.columns[column].role;
    let outcome = |code, action| Some(Outcome { code, action, again: false });
    match fault {
        Fault::Copy => return Some(Outcome { code: "DUP-01", action: Reject, again: true }),
        Fault::Variant => {
            let text = format!("{} (pembaruan)", row.cells[column].text());
            row.cells[column] = Cell::from(text);
            return Some(Outcome { code: "DUP-02", action: Reject, again: true });
        }
        Fault::Delimiter => {
            let text = format!("{}{} Kalimantan Tengah", row.cells[column].text(), setting.delimiter);
            row.cells[column] = Cell::from(text);
            row.unquoted = true;
            return outcome("CSV-01", Reject);
        }
        Fault::Emptied => return emptied(column, role, row, grid),
        Fault::GradeBroken => {
            row.cells[column] = Cell::from("III/x");
            return if has_grade_id(row, grid) { outcome("KOD-05", Repair) } else { outcome("KOD-04", Reject) };
        }
        Fault::NipNumeric => {
            let known = setting.reference.finds(row.who);
            let digits = row.cells[column].text().get(..15)?.parse::<f64>().ok()?;
            row.cells[column] = Cell::Number(digits * 1000.0);
            return outcome("ID-03", if known { Repair } else { Reject });
        }
        _ => {}
    }
    if let Fault::DateImpossible | Fault::DateTwoDigits | Fault::DateYear | Fault::DateFar | Fault::DateSerial = fault {
        return bad_date(fault, column, role, row, setting, dice);
    }
    let (new, code, action) = rewritten(fault, row.cells[column].text(), dice)?;
    row.cells[column] = Cell::from(new);
    outcome(code, action)
}

/// The faults that only put another text into the cell.
fn rewritten(fault: Fault, old: &str, dice: &mut Dice) -> Option<(String, &'static str, Action)> {
    use Action::{Finding, Normalise, Null, Reject, Repair};
    Some(match fault {
        Fault::NipSpaces => (spaced(old)?, "ID-02", Repair),
        Fault::NipShort => (shortened(old)?, "ID-05", Reject),
        Fault::OtherShort => (shortened(old)?, "ID-05", Null),
        Fault::NipExponent => (exponent(old, dice)?, "ID-04", Reject),
        Fault::OtherExponent => (exponent(old, dice)?, "ID-04", Null),
        Fault::NipEmpty => (String::new(), "ID-07", Reject),
        Fault::NipImpossible => (impossible(old)?, "ID-06", Reject),
        Fault::NikShort => (shortened(old)?, "NIK-01", Null),
        Fault::NikExponent => (exponent(old, dice)?, "NIK-03", Null),
        Fault::JpWords => ("dua puluh".into(), "NUM-03", Reject),
        Fault::JpRange => ("9999".into(), "NUM-02", Reject),
        Fault::MonthsRange => ("13".into(), "NUM-02", Null),
        Fault::YearRange => ("9999".into(), "NUM-02", Null),
        Fault::ZeroLost => (old.strip_prefix('0')?.to_string(), "KOD-01", Repair),
        Fault::PositionUnknown => ("72".into(), "KOD-02", Finding),
        Fault::LevelUnknown => ("99".into(), "KOD-02", Finding),
        Fault::GradeSpelling => (old.contains('/').then(|| respelled(old, dice))?, "KOD-03", Normalise),
        Fault::SexUnknown => ("X".into(), "JK-01", Repair),
        Fault::SexFlipped => (flipped(old)?.into(), "CON-03", Finding),
        Fault::AssignmentUnknown => ("XX".into(), "ENU-02", Reject),
        Fault::RatingUnknown => ("TIDAK ADA NILAI".into(), "ENU-01", Null),
        Fault::PredicateOdd => ((old == "BAIK").then(|| "BUTUH PERBAIKAN".to_string())?, "KIN-01", Finding),
        Fault::EselonUnknown => ("77".into(), "ENU-01", Null),
        Fault::ScoreRange => ("33".into(), "NUM-02", Reject),
        Fault::MarkRange => ("850".into(), "NUM-02", Reject),
        Fault::MeritRange => ("9".into(), "NUM-02", Reject),
        _ => return None,
    })
}

fn has_grade_id(row: &Row, grid: &Grid) -> bool {
    grid.places(Role::GradeId).next().is_some_and(|place| !row.cells[place].is_empty())
}

fn emptied(column: usize, role: Role, row: &mut Row, grid: &Grid) -> Option<Outcome> {
    row.cells[column] = Cell::Empty;
    let (code, action) = match role {
        Role::Birth => ("TGL-05", Action::Repair),
        Role::Grade if has_grade_id(row, grid) => ("KOD-05", Action::Repair),
        _ => ("REQ-01", Action::Reject),
    };
    Some(Outcome { code, action, again: false })
}

fn bad_date(
    fault: Fault,
    column: usize,
    role: Role,
    row: &mut Row,
    setting: &Setting<'_>,
    dice: &mut Dice,
) -> Option<Outcome> {
    if row.cells[column].is_empty() {
        return None;
    }
    let broken = match role {
        Role::Birth => ("TGL-05", Action::Repair),
        Role::NeedDate => ("TGL-02", Action::Reject),
        _ => ("TGL-02", Action::Null),
    };
    let (cell, (code, action)) = match fault {
        Fault::DateImpossible => {
            (Cell::from(dice.pick(&["31-02-2019", "00-05-2018", "13-13-2020"]).to_string()), broken)
        }
        Fault::DateTwoDigits => (Cell::from("12-03-98"), broken),
        Fault::DateYear => (Cell::from("2019"), broken),
        Fault::DateFar => {
            let text = format!("01-04-{}", setting.end.year() + 10);
            (Cell::from(text), ("TGL-04", if role == Role::NeedDate { Action::Reject } else { Action::Null }))
        }
        _ => {
            let date = NaiveDate::parse_from_str(row.cells[column].text(), "%d-%m-%Y").ok()?;
            let serial = (date - NaiveDate::from_ymd_opt(1899, 12, 30)?).num_days();
            if !(20_000..=60_000).contains(&serial) {
                return None;
            }
            let typed = setting.medium == Medium::Book;
            let cell = if typed { Cell::Number(serial as f64) } else { Cell::from(serial.to_string()) };
            (cell, ("TGL-06", Action::Repair))
        }
    };
    row.cells[column] = cell;
    Some(Outcome { code, action, again: false })
}

/// What stands before the digits of an id (`'`, backtick), and the digits.
fn halves(text: &str) -> Option<(&str, &str)> {
    let start = text.find(|it: char| it.is_ascii_digit())?;
    Some((text.get(..start)?, text.get(start..)?))
}

fn spaced(text: &str) -> Option<String> {
    let (front, nip) = halves(text).filter(|it| it.1.len() == 18)?;
    Some(format!("{front}{} {} {} {}", nip.get(..8)?, nip.get(8..14)?, nip.get(14..15)?, nip.get(15..)?))
}

fn shortened(text: &str) -> Option<String> {
    let (front, digits) = halves(text)?;
    Some(format!("{front}{}", digits.get(..digits.len() - 1)?))
}

fn exponent(text: &str, dice: &mut Dice) -> Option<String> {
    let digits = halves(text)?.1;
    let point = if dice.chance(0.5) { "," } else { "." };
    Some(format!("{}{point}{}E+{}", digits.get(..1)?, digits.get(1..6)?, digits.len() - 1))
}

/// A NIP born in month 13.
fn impossible(text: &str) -> Option<String> {
    let (front, nip) = halves(text)?;
    Some(format!("{front}{}13{}", nip.get(..4)?, nip.get(6..)?))
}

fn respelled(text: &str, dice: &mut Dice) -> String {
    let letter = text.rsplit('/').next().unwrap_or_default().to_uppercase();
    let roman = text.split('/').next().unwrap_or_default();
    match dice.below(3) {
        0 => text.replace('/', " "),
        1 => format!("{roman}.{letter}"),
        _ => format!("{roman} /{}", letter.to_lowercase()),
    }
}

fn flipped(text: &str) -> Option<&'static str> {
    Some(match text {
        "M" => "F",
        "F" => "M",
        "L" => "P",
        "P" => "L",
        "LAKI-LAKI" => "PEREMPUAN",
        "PEREMPUAN" => "LAKI-LAKI",
        _ => return None,
    })
}
