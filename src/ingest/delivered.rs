//! Rows as they were delivered, by number, for the receipt to their sender. Refuses to interpret a cell or to give more rows than asked for.

use crate::ingest::bind::{Bound, CellsFrom, bind};
use crate::ingest::source::{self, Content, Delivered, Gather, ReadAt, Refused, Shelf};
use crate::ingest::structure;
use crate::ingest::{IngestError, Lookups};
use crate::model::chunk::Chunk;
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Found};
use crate::model::limits::Limits;
use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, Field, Schema};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Fields that a record may have beyond its header and that are still shown (CSV-01).
const FIELDS_BEYOND_HEADER: usize = 8;
/// Most columns of a row that are given back; a sheet for people holds no more.
pub const COLUMNS_MAX: usize = 2_000;

/// The rows `wanted` of the sheet of `found`: column `baris`, then every delivered cell as text. An empty set reads nothing.
pub fn delivered(
    file: &dyn ReadAt,
    delivery: &Delivery,
    found: &Found,
    wanted: &BTreeSet<u32>,
    limits: &Limits,
    shelf: &mut Shelf,
) -> Result<Vec<RecordBatch>, Refused> {
    let Some(last) = wanted.last().copied() else { return Ok(Vec::new()) };
    let delivered = Delivered::of(file, limits)?.in_encoding(found.encoding.as_deref());
    let content = source::open_again(&delivered, delivery.sha256, &delivery.nama_asal, limits, shelf)?;
    let Content::Table(mut opened) = content else { return Ok(Vec::new()) };
    let width = width(found);
    let mut batches = Vec::new();
    if let Some(parts) = opened.in_parts() {
        let mut gather = Gather::new(&vec![true; width]);
        let beyond_header = wanted.range(found.header_row.saturating_add(1)..).copied().collect();
        parts.rows(&beyond_header, &mut |row, cells| gather.record(row, cells))?;
        batches.push(batch(&gather.finish()).map_err(|_| Refused::limit("baris asal tidak dapat disalin"))?);
        return Ok(batches);
    }
    let mut outcome = Ok(());
    opened.read(found.sheet, found.header_row, width, &mut |chunk| {
        let keep: Vec<bool> = chunk.rows.iter().map(|row| wanted.contains(row)).collect();
        let done = chunk.rows.last().is_some_and(|row| last <= *row);
        if keep.contains(&true) {
            match structure::keep(&chunk, &keep).and_then(|kept| batch(&kept)) {
                Ok(batch) => batches.push(batch),
                Err(error) => outcome = Err(error),
            }
        }
        if done || outcome.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    outcome.map_err(|_| Refused::limit("baris asal tidak dapat disalin"))?;
    opened.leave_on(shelf, delivery.sha256);
    Ok(batches)
}

/// Cells of a row that are given back.
pub(super) fn width(found: &Found) -> usize {
    (found.headers.len() + FIELDS_BEYOND_HEADER).min(COLUMNS_MAX)
}

/// Whether rows of this table can be told from those of the others by its sheet.
pub(super) fn told_apart(tables: &[Found], table: usize) -> bool {
    let own = tables.get(table).map(|it| &it.sheet_name);
    tables.iter().filter(|it| Some(&it.sheet_name) == own).count() == 1
}

/// The rows of a chunk as they are given back.
pub(super) fn batch(chunk: &Chunk) -> Result<RecordBatch, arrow::error::ArrowError> {
    let cells = (0..chunk.columns.len()).map(|i| Field::new(format!("c{i}"), DataType::Utf8, true));
    let fields: Vec<Field> = std::iter::once(Field::new("baris", DataType::UInt32, false)).chain(cells).collect();
    let rows: ArrayRef = Arc::new(UInt32Array::from(chunk.rows.clone()));
    let cells = chunk.columns.iter().map(|it| -> ArrayRef { Arc::new(it.clone()) });
    RecordBatch::try_new(Arc::new(Schema::new(fields)), std::iter::once(rows).chain(cells).collect())
}

/// For each canonical column the source columns it is filled from, best first: the cells a sender would mend.
pub fn source_columns(contract: &Contract, found: &Found) -> Result<BTreeMap<String, Vec<usize>>, IngestError> {
    let plan = bind(contract, found, &Lookups::new())?;
    let unpivoted: Vec<usize> = plan.unpivot.iter().filter_map(|(column, _)| *column).collect();
    let own = |bounds: &[Bound]| -> Vec<usize> {
        let mut columns = Vec::new();
        for bound in bounds {
            match &bound.cells {
                CellsFrom::Column(i) | CellsFrom::Part(i, ..) => columns.push(*i),
                CellsFrom::UnpivotCell | CellsFrom::UnpivotHeader => columns.extend(&unpivoted),
                _ => {}
            }
        }
        columns
    };
    let direct: Vec<Vec<usize>> = plan.columns.iter().map(|bounds| own(bounds)).collect();
    let mut columns = BTreeMap::new();
    for (i, (rule, bounds)) in contract.columns.iter().zip(&plan.columns).enumerate() {
        let mut found = direct.get(i).cloned().unwrap_or_default();
        // A column taken from another one is mended where that one stands.
        for bound in bounds {
            if let CellsFrom::Canonical(j) | CellsFrom::Nip(j, _) | CellsFrom::Found(j, _) = &bound.cells {
                found.extend(direct.get(*j).into_iter().flatten());
            }
        }
        // Without a source in this sheet the headers it would be read from are not there: no cell to mend.
        columns.insert(rule.column.name.clone(), found);
    }
    Ok(columns)
}
