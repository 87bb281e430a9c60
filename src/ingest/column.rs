//! Fills one canonical column of a chunk from its sources, first one first. Refuses to decide what becomes of a row.

use crate::ingest::IngestError;
use crate::ingest::bind::{Bound, CellsFrom, Plan, Read};
use crate::ingest::cells::{Cells, Raw, where_missing};
use crate::ingest::read_text;
use crate::ingest::read_typed;
use crate::ingest::values::nip;
use crate::model::chunk::Chunk;
use crate::model::contract::NipPart;
use arrow::array::{Array, ArrayRef, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use std::borrow::Cow;

/// What a column may look at while it is filled.
pub struct Around<'a> {
    /// The plan.
    pub plan: &'a Plan<'a>,
    /// The rows.
    pub chunk: &'a Chunk,
    /// Columns computed so far.
    pub done: &'a [Option<ArrayRef>],
    /// The person's own NIP.
    pub identity: Option<usize>,
}

/// Reads canonical column `i`; `k` is the unpivoted column, where there are several.
pub fn fill(around: &Around<'_>, i: usize, k: usize) -> Result<Cells, IngestError> {
    let rule = &around.plan.contract.columns[i];
    let kind = rule.column.kind;
    let rows = around.chunk.len();
    let mut filled: Option<Cells> = None;
    let mut delivered: Option<StringArray> = None;
    for bound in &around.plan.columns[i] {
        let before = filled.take();
        let missing = |row: usize| before.as_ref().is_none_or(|it| it.values.is_null(row));
        let Some((text, column)) = cells_of(around, bound, k, &missing)? else {
            filled = before;
            continue;
        };
        let kinds = column.and_then(|it| around.chunk.kinds.get(it)).and_then(Option::as_deref);
        let asked = match &before {
            Some(cells) => where_missing(&text, &cells.values)?,
            None => text.clone(),
        };
        let asked = match &bound.matching {
            Some(pattern) => matching(&asked, pattern),
            None => asked,
        };
        let cells = read(around, bound, Raw { text: &asked, kinds }, i)?;
        delivered = delivered.or_else(|| column.map(|_| text.clone()));
        let now = match before {
            Some(first) => first.fill(cells, bound.repair.as_deref(), delivered.as_ref())?,
            // A repair of nothing: no source before it has a column here.
            None => match &bound.repair {
                Some(code) => {
                    let nothing = Cells::clean(new_null_array(&kind.data_type(), rows));
                    nothing.fill(cells, Some(code), None)?
                }
                None => cells,
            },
        };
        let complete = now.complete();
        filled = Some(now);
        if complete {
            break;
        }
    }
    Ok(filled.unwrap_or_else(|| Cells::clean(new_null_array(&kind.data_type(), rows))))
}

/// The cells of a source as text, and the source column if they come from one. What must be computed is so only for rows that are
/// `missing` a value.
fn cells_of(
    around: &Around<'_>,
    bound: &Bound,
    k: usize,
    missing: &dyn Fn(usize) -> bool,
) -> Result<Option<(StringArray, Option<usize>)>, IngestError> {
    let rows = around.chunk.len();
    let column = |i: usize| around.chunk.columns.get(i).cloned().unwrap_or_else(|| StringArray::new_null(rows));
    let same = |text: &str| StringArray::from_iter_values(std::iter::repeat_n(text, rows));
    Ok(match &bound.cells {
        CellsFrom::Column(i) => Some((column(*i), Some(*i))),
        CellsFrom::Part(i, pattern, group, whole) => {
            let cells = column(*i);
            let part = |cell: &str| -> Option<String> {
                let cell = crate::ingest::values::words::collapse(cell);
                match pattern.captures(&cell) {
                    Some(found) => found.name(group).map(|it| it.as_str().trim().to_string()),
                    None => whole.then(|| cell.to_string()),
                }
            };
            Some((cells.iter().map(|it| it.and_then(part)).collect(), Some(*i)))
        }
        CellsFrom::Text(text) => Some((same(text), None)),
        CellsFrom::Canonical(i) => {
            around.done.get(*i).and_then(Option::as_ref).map(text_of).transpose()?.map(|it| (it, None))
        }
        CellsFrom::Nip(i, part) => match around.done.get(*i).and_then(Option::as_ref) {
            Some(nips) => Some((from_nip(&text_of(nips)?, *part, missing), None)),
            None => None,
        },
        CellsFrom::Found(i, index) => match around.done.get(*i).and_then(Option::as_ref) {
            Some(keys) => {
                let find = |key: &str| index.get(&key.to_uppercase()).and_then(Option::as_deref);
                let keys = text_of(keys)?;
                let found = keys.iter().enumerate().map(|(row, it)| it.filter(|_| missing(row)).and_then(find));
                Some((found.collect(), None))
            }
            None => None,
        },
        CellsFrom::UnpivotName => {
            let names = around.plan.contract.unpivot.as_ref().and_then(|it| it.columns.get(k));
            names.map(|(_, name)| (same(name), None))
        }
        CellsFrom::UnpivotCell => around.plan.unpivot.get(k).and_then(|(i, _)| *i).map(|i| (column(i), Some(i))),
        CellsFrom::UnpivotHeader => {
            around.plan.unpivot.get(k).and_then(|(_, number)| number.as_deref()).map(|number| (same(number), None))
        }
    })
}

fn read(around: &Around<'_>, bound: &Bound, raw: Raw<'_>, i: usize) -> Result<Cells, IngestError> {
    let rule = &around.plan.contract.columns[i];
    let kind = rule.column.kind;
    let whole = kind == crate::model::table::Kind::Int;
    Ok(match &bound.read {
        Read::Text(strip) => read_text::text(raw, strip),
        Read::Id => read_text::id(raw),
        Read::Nip(people, names) => {
            let names = names.and_then(|it| around.chunk.columns.get(it));
            read_typed::own_nip(raw, names, people.as_deref())
        }
        Read::OtherNip => read_typed::other_nip(raw),
        Read::Nik => read_typed::nik(raw),
        Read::Date(limit) => read_typed::dates(raw, *limit),
        Read::Number(min, max) => read_typed::numbers(raw, kind, *min, *max, rule.required),
        Read::Flag(trues) => read_text::flag(raw, trues),
        Read::Code(width) => read_text::code(raw, *width),
        Read::Words(list, squeeze, quiet) => read_text::words_of(raw, list, *squeeze, *quiet, rule.required, whole),
        Read::Golongan => read_typed::golongan_names(raw),
        Read::GolonganId => {
            let nips =
                around.identity.and_then(|it| around.done.get(it)).and_then(Option::as_ref).map(text_of).transpose()?;
            read_typed::golongan_ids(raw, nips.as_ref())
        }
        Read::Titles(part) => read_text::titles(raw, *part),
    })
}

/// Only the cells that match (`by_value`).
fn matching(text: &StringArray, pattern: &regex::Regex) -> StringArray {
    text.iter().map(|it| it.filter(|cell| pattern.is_match(cell.trim()))).collect()
}

/// What a NIP says.
fn from_nip(nips: &StringArray, part: NipPart, missing: &dyn Fn(usize) -> bool) -> StringArray {
    let say = |nip: &str| -> Option<Cow<'static, str>> {
        match part {
            NipPart::Whole => Some(nip.to_string().into()),
            NipPart::Birth => nip::birth_date(nip).map(|it| it.to_string().into()),
            NipPart::Sex => nip::sex(nip).map(Into::into),
            NipPart::Kind => nip::is_pppk(nip).then_some(Cow::Borrowed("PPPK")),
        }
    };
    nips.iter().enumerate().map(|(row, it)| it.filter(|_| missing(row)).and_then(say)).collect()
}

/// A canonical column as text.
pub fn text_of(array: &ArrayRef) -> Result<StringArray, IngestError> {
    let array = cast(array, &DataType::Utf8)?;
    Ok(array.as_any().downcast_ref::<StringArray>().expect("cast gave Utf8").clone())
}
