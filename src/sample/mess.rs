//! Plants the faults of real exports in a clean table, at most one a row, and notes what a loader must make of each. Refuses faults whose outcome the rules leave open.

use crate::sample::dice::Dice;
use crate::sample::fault::{self, Fault, Setting};
use crate::sample::grid::{Grid, Role, Row, RowKind};
use crate::sample::truth::{Action, FileTruth};
use std::collections::HashSet;

/// What kind of cells the format has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Text with a delimiter: rows can be blank, and can lose their quotes.
    Csv,
    /// HTML table.
    Html,
    /// Workbook: numbers and dates are typed.
    Book,
    /// JSON: no structural rows.
    Json,
}

/// Usual share of rows with a fault.
const USUAL: f64 = 0.011;
/// Usual share of structural rows between the data.
const USUAL_BREAKS: f64 = 0.0025;

/// Plants faults and structural rows; returns the people whose row no loader will accept.
pub fn plant(
    grid: &mut Grid,
    setting: &Setting<'_>,
    mess: f64,
    dice: &mut Dice,
    truth: &mut FileTruth,
) -> HashSet<usize> {
    let options = options(grid, setting.medium);
    let weights: Vec<u32> = options.iter().map(|it| it.2).collect();
    let mut lost = HashSet::new();
    let mut rows = Vec::with_capacity(grid.rows.len() + 8);
    for mut row in std::mem::take(&mut grid.rows) {
        truth.rows_total += 1;
        if setting.medium != Medium::Json && dice.chance(USUAL_BREAKS * mess) {
            rows.push(structural(setting, dice, truth));
        }
        if options.is_empty() || !dice.chance(USUAL * mess) {
            rows.push(row);
            continue;
        }
        let before = row.clone();
        let outcome = (0..6).find_map(|_| {
            let (column, fault, _) = options[dice.weighted(&weights)];
            fault::apply(fault, column, &mut row, grid, setting, dice)
        });
        match outcome {
            None => rows.push(row),
            Some(found) if found.again => {
                truth.rows_total += 1;
                truth.note(found.code, found.action);
                rows.extend([before, row]);
            }
            Some(found) => {
                truth.note(found.code, found.action);
                if found.action == Action::Reject {
                    lost.insert(row.who);
                }
                rows.push(row);
            }
        }
    }
    grid.rows = rows;
    lost
}

/// Adds the total line of a report.
pub fn total(grid: &mut Grid, truth: &mut FileTruth) {
    grid.rows.push(Row { kind: RowKind::Total, cells: Vec::new(), unquoted: false, who: 0 });
    truth.note("S04", Action::Skip);
}

fn structural(setting: &Setting<'_>, dice: &mut Dice, truth: &mut FileTruth) -> Row {
    let (kind, code) = match dice.below(4) {
        0 | 1 if setting.repeats_header => (RowKind::Header, "S02"),
        2 if setting.medium == Medium::Html => (RowKind::Separator, "S03"),
        _ => (RowKind::Blank, "S01"),
    };
    truth.note(code, Action::Skip);
    Row { kind, cells: Vec::new(), unquoted: false, who: 0 }
}

/// Faults that this table can have, with their places and weights.
fn options(grid: &Grid, medium: Medium) -> Vec<(usize, Fault, u32)> {
    let mut all = Vec::new();
    for (place, column) in grid.columns.iter().enumerate() {
        all.extend(faults(column.role, medium).iter().map(|(fault, weight)| (place, *fault, *weight)));
    }
    let prose = grid.places(Role::Prose).next();
    all.push((0, Fault::Copy, 10));
    if let Some(place) = prose {
        all.push((place, Fault::Variant, 3));
    }
    if let Some(place) = prose.or(grid.places(Role::Note).next()).filter(|_| medium == Medium::Csv) {
        all.push((place, Fault::Delimiter, 8));
    }
    all
}

fn faults(role: Role, medium: Medium) -> &'static [(Fault, u32)] {
    use Fault::*;
    match role {
        Role::Nip if medium == Medium::Book => {
            &[(NipNumeric, 12), (NipSpaces, 6), (NipShort, 6), (NipEmpty, 2), (NipImpossible, 1)]
        }
        Role::Nip => &[(NipSpaces, 7), (NipShort, 7), (NipExponent, 5), (NipEmpty, 2), (NipImpossible, 1)],
        Role::OtherNip => &[(OtherShort, 4), (OtherExponent, 3), (NipSpaces, 3)],
        Role::Nik => &[(NikShort, 3), (NikExponent, 2)],
        Role::Date | Role::NeedDate => {
            &[(DateImpossible, 2), (DateTwoDigits, 2), (DateYear, 2), (DateFar, 1), (DateSerial, 2)]
        }
        Role::Birth => &[(DateImpossible, 2), (DateTwoDigits, 2), (Emptied, 2)],
        Role::Need => &[(Emptied, 3)],
        Role::Jp => &[(JpWords, 5), (JpRange, 5)],
        Role::Months => &[(MonthsRange, 2)],
        Role::Year => &[(YearRange, 2)],
        Role::Position => &[(ZeroLost, 4), (PositionUnknown, 2)],
        Role::Level => &[(ZeroLost, 4), (LevelUnknown, 2)],
        Role::Grade => &[(GradeSpelling, 6), (GradeBroken, 2), (Emptied, 2)],
        Role::Sex => &[(SexUnknown, 3), (SexFlipped, 2)],
        Role::Assignment => &[(AssignmentUnknown, 4)],
        Role::Rating => &[(RatingUnknown, 4)],
        Role::Predicate => &[(PredicateOdd, 3)],
        Role::EselonCode => &[(EselonUnknown, 4)],
        Role::Score => &[(ScoreRange, 1)],
        Role::Mark => &[(MarkRange, 6)],
        Role::Merit => &[(MeritRange, 3)],
        Role::Plain | Role::Prose | Role::Note | Role::GradeId => &[],
    }
}
