//! A column on its way from raw cells to values: what was read, what was unusable, what was repaired. Refuses to know which column.

use arrow::array::{Array, ArrayRef, BooleanArray, StringArray};
use arrow::compute::kernels::zip::zip;
use arrow::compute::nullif;
use arrow::error::ArrowError;

/// Raw cells of one source column in one chunk.
#[derive(Clone, Copy)]
pub struct Raw<'a> {
    /// Text of the cells; null where absent.
    pub text: &'a StringArray,
    /// Kinds, where not all are text.
    pub kinds: Option<&'a [crate::model::chunk::CellKind]>,
}

impl<'a> Raw<'a> {
    /// Cells that are all text.
    #[cfg(test)]
    pub fn of_text(text: &'a StringArray) -> Self {
        Self { text, kinds: None }
    }

    /// The cell, null as empty text.
    pub fn cell(&self, row: usize) -> &'a str {
        if self.text.is_null(row) { "" } else { self.text.value(row) }
    }

    /// Its kind.
    pub fn kind(&self, row: usize) -> crate::model::chunk::CellKind {
        self.kinds.and_then(|it| it.get(row).copied()).unwrap_or(crate::model::chunk::CellKind::Text)
    }
}

/// An unusable cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Row in the chunk.
    pub row: usize,
    /// Rule that found it.
    pub code: &'static str,
    /// What was delivered.
    pub raw: String,
}

/// A repaired cell; what it became stands in the values.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Row in the chunk.
    pub row: usize,
    /// Rule that restored it.
    pub code: String,
    /// What was delivered.
    pub before: String,
}

/// A column as read; faults and fixes are in row order.
pub struct Cells {
    /// Values, null where there is none.
    pub values: ArrayRef,
    /// Unusable cells.
    pub faults: Vec<Fault>,
    /// Repaired cells.
    pub fixes: Vec<Fix>,
}

impl Cells {
    /// Values without a blemish.
    pub fn clean(values: ArrayRef) -> Self {
        Self { values, faults: Vec::new(), fixes: Vec::new() }
    }

    /// Whether every row has a value.
    pub fn complete(&self) -> bool {
        self.values.null_count() == 0
    }

    /// Fills the rows without a value from a later source (`first_of`). With `repair`, what is filled is a repair of what stood there.
    pub fn fill(
        self,
        later: Cells,
        repair: Option<&str>,
        delivered: Option<&StringArray>,
    ) -> Result<Cells, ArrowError> {
        let from_later = |row: usize| self.values.is_null(row) && later.values.is_valid(row);
        let mask: BooleanArray = (0..self.values.len()).map(|row| Some(from_later(row))).collect();
        let mut fixes = self.fixes;
        let mut faults = Vec::new();
        if let Some(code) = repair {
            let raw = |row: usize| delivered.filter(|it| it.is_valid(row)).map_or("", |it| it.value(row)).to_string();
            let filled = mask.values().set_indices();
            fixes.extend(filled.map(|row| Fix { row, code: code.to_string(), before: raw(row) }));
            faults.extend(self.faults.into_iter().filter(|it| !mask.value(it.row)));
        } else {
            faults.extend(self.faults);
            fixes.extend(later.fixes.into_iter().filter(|it| mask.value(it.row)));
        }
        let known: std::collections::BTreeSet<usize> = faults.iter().map(|it| it.row).collect();
        faults.extend(later.faults.into_iter().filter(|it| !known.contains(&it.row) && self.values.is_null(it.row)));
        faults.sort_by_key(|it| it.row);
        fixes.sort_by_key(|it| it.row);
        let values = zip(&mask, &later.values, &self.values)?;
        Ok(Cells { values, faults, fixes })
    }
}

/// The cells of `text` in rows where `values` has none yet.
pub fn where_missing(text: &StringArray, values: &ArrayRef) -> Result<StringArray, ArrowError> {
    if values.null_count() == values.len() {
        return Ok(text.clone());
    }
    let filled: BooleanArray = (0..values.len()).map(|row| Some(values.is_valid(row))).collect();
    let left = nullif(text, &filled)?;
    Ok(left.as_any().downcast_ref::<StringArray>().expect("nullif keeps the type").clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_repair_takes_the_fault_away_and_a_fallback_does_not() {
        let first = |values: Vec<Option<&str>>| Cells {
            values: Arc::new(StringArray::from(values)),
            faults: vec![Fault { row: 1, code: "KOD-04", raw: "IV/x".into() }],
            fixes: vec![],
        };
        let later = || Cells::clean(Arc::new(StringArray::from(vec![None, Some("IV/a"), None])));
        let delivered = StringArray::from(vec!["III/a", "IV/x", "?"]);
        let repaired = first(vec![Some("III/a"), None, None]).fill(later(), Some("KOD-05"), Some(&delivered)).unwrap();
        assert!(repaired.faults.is_empty());
        assert_eq!(repaired.fixes, [Fix { row: 1, code: "KOD-05".into(), before: "IV/x".into() }]);
        assert_eq!(repaired.values.null_count(), 1);
        let fallen = first(vec![Some("III/a"), None, None]).fill(later(), None, Some(&delivered)).unwrap();
        assert_eq!((fallen.faults.len(), fallen.fixes.len()), (1, 0));
    }
}
