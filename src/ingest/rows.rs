//! What becomes of each row of a chunk: rejected by the first rule that fails, or accepted with its notes. Refuses to look at other rows.

use crate::ingest::IngestError;
use crate::ingest::bind::Plan;
use crate::ingest::cells::Cells;
use crate::ingest::column::{self, Around};
use crate::model::chunk::Chunk;
use crate::model::contract::Take;
use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::compute::filter;
use arrow::util::display::array_value_to_string;
use std::collections::BTreeMap;

/// A rejected row.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// Physical row.
    pub baris: u32,
    /// Canonical column, if one is to blame.
    pub column: Option<usize>,
    /// Rule.
    pub code: String,
    /// What was delivered.
    pub raw: Option<String>,
}

/// A nulled or repaired cell of an accepted row.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Row among the accepted ones of the chunk.
    pub row: usize,
    /// Canonical column.
    pub column: usize,
    /// Rule.
    pub code: String,
    /// What was delivered.
    pub before: String,
    /// What it became; nothing for a nulled cell.
    pub after: Option<String>,
}

/// A chunk after the rules for single rows.
pub struct Applied {
    /// Physical rows of the accepted rows.
    pub baris: Vec<u32>,
    /// Per canonical column its values; several where columns are unpivoted.
    pub columns: Vec<Vec<ArrayRef>>,
    /// Which rows of the chunk were accepted.
    pub accepted: BooleanArray,
    /// Notes on accepted rows, in row order.
    pub notes: Vec<Note>,
    /// Rejected rows.
    pub rejects: Vec<Reject>,
}

/// Applies the rules of `plan` to a chunk without structural rows.
pub fn apply(plan: &Plan<'_>, chunk: &Chunk) -> Result<Applied, IngestError> {
    let contract = plan.contract;
    let identity = contract.identity.as_deref().and_then(|it| contract.position(it));
    let mut judge = Judge { identity, rejects: BTreeMap::new(), notes: Vec::new() };
    for (row, fields) in chunk.fields.iter().enumerate() {
        if *fields as usize != plan.width {
            judge.reject(row, 0, None, "CSV-01", None);
        }
    }
    let mut done: Vec<Option<ArrayRef>> = vec![None; contract.columns.len()];
    let mut columns: Vec<Vec<ArrayRef>> = vec![Vec::new(); contract.columns.len()];
    for &i in &plan.order {
        for k in 0..passes(plan, i) {
            let cells = column::fill(&Around { plan, chunk, done: &done, identity }, i, k)?;
            judge.column(i, contract.columns[i].required, &cells)?;
            columns[i].push(cells.values);
        }
        done[i] = columns[i].first().cloned();
    }
    for set in &contract.require_any {
        let members: Vec<usize> = set.iter().filter_map(|it| contract.position(it)).collect();
        let Some(first) = members.iter().min().copied() else { continue };
        for row in 0..chunk.len() {
            if members.iter().all(|i| columns[*i].iter().all(|it| it.is_null(row))) {
                judge.reject(row, judge.place(first), Some(first), "REQ-01", None);
            }
        }
    }
    judge.finish(chunk, columns)
}

/// How often a column is computed: once, or once for each unpivoted column.
fn passes(plan: &Plan<'_>, i: usize) -> usize {
    let from = &plan.contract.columns[i].from;
    let many = from.iter().any(|it| matches!(it.take, Take::UnpivotName | Take::UnpivotCell | Take::UnpivotHeader));
    if many { plan.unpivot.len() } else { 1 }
}

/// Collects the first reject of each row and the notes.
struct Judge {
    identity: Option<usize>,
    rejects: BTreeMap<usize, (usize, Reject)>,
    notes: Vec<Note>,
}

impl Judge {
    /// Order of a column among the rules: identity first, then as in the table.
    fn place(&self, column: usize) -> usize {
        if self.identity == Some(column) { 1 } else { 2 + column }
    }

    fn reject(&mut self, row: usize, place: usize, column: Option<usize>, code: &str, raw: Option<&str>) {
        if self.rejects.get(&row).is_some_and(|(other, _)| *other <= place) {
            return;
        }
        let reject = Reject { baris: 0, column, code: code.to_string(), raw: raw.map(str::to_string) };
        self.rejects.insert(row, (place, reject));
    }

    fn column(&mut self, i: usize, required: bool, cells: &Cells) -> Result<(), IngestError> {
        let place = self.place(i);
        for fault in &cells.faults {
            if required && cells.values.is_null(fault.row) {
                self.reject(fault.row, place, Some(i), fault.code, Some(&fault.raw));
            } else {
                let (code, before) = (fault.code.to_string(), fault.raw.clone());
                self.notes.push(Note { row: fault.row, column: i, code, before, after: None });
            }
        }
        if required && cells.values.null_count() > 0 {
            let mut faults = cells.faults.iter().map(|it| it.row).peekable();
            for row in (0..cells.values.len()).filter(|row| cells.values.is_null(*row)) {
                while faults.next_if(|it| *it < row).is_some() {}
                if faults.peek() != Some(&row) {
                    self.reject(row, place, Some(i), "REQ-01", None);
                }
            }
        }
        for fix in &cells.fixes {
            let after = Some(array_value_to_string(&cells.values, fix.row)?);
            self.notes.push(Note {
                row: fix.row,
                column: i,
                code: fix.code.clone(),
                before: fix.before.clone(),
                after,
            });
        }
        Ok(())
    }

    fn finish(self, chunk: &Chunk, columns: Vec<Vec<ArrayRef>>) -> Result<Applied, IngestError> {
        let mut mask = vec![true; chunk.len()];
        self.rejects.keys().for_each(|row| mask[*row] = false);
        let accepted = BooleanArray::from(mask);
        let baris = |row: usize| chunk.rows.get(row).copied().unwrap_or(0);
        let rejects =
            self.rejects.into_iter().map(|(row, (_, it))| Reject { baris: baris(row), ..it }).collect::<Vec<_>>();
        let mut new_row = vec![usize::MAX; chunk.len()];
        accepted.values().set_indices().enumerate().for_each(|(new, old)| new_row[old] = new);
        let mut notes: Vec<Note> = self.notes;
        notes.iter_mut().for_each(|it| it.row = new_row[it.row]);
        notes.retain(|it| it.row != usize::MAX);
        notes.sort_by_key(|it| (it.row, it.column));
        if rejects.is_empty() {
            return Ok(Applied { baris: chunk.rows.clone(), columns, accepted, notes, rejects });
        }
        let kept = |it: &ArrayRef| filter(it, &accepted);
        let columns = columns.iter().map(|it| it.iter().map(kept).collect()).collect::<Result<_, _>>()?;
        let baris = accepted.values().set_indices().map(baris).collect();
        Ok(Applied { baris, columns, accepted, notes, rejects })
    }
}
