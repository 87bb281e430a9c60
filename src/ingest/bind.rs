//! A contract laid over the headers of one sheet: which source column feeds which canonical one. Refuses to read a cell.

use crate::ingest::read_text::WordList;
use crate::ingest::read_typed::{People, people};
use crate::ingest::values::words;
use crate::ingest::{IngestError, Lookups};
use crate::model::contract::{ColumnRule, Contract, NipPart, Reader, Source, Take, TitlePart};
use crate::model::delivery::Found;
use crate::model::table::Kind;
use arrow::array::{Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use chrono::{Days, NaiveDate};
use regex::Regex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A contract bound to a sheet.
pub struct Plan<'c> {
    /// The contract.
    pub contract: &'c Contract,
    /// Sources per canonical column, those that apply to this sheet.
    pub columns: Vec<Vec<Bound>>,
    /// Canonical columns in the order they can be computed.
    pub order: Vec<usize>,
    /// Source column and header number of each unpivoted column.
    pub unpivot: Vec<(Option<usize>, Option<String>)>,
    /// Source column of the file-level check.
    pub majority: Option<usize>,
    /// Source columns of the sheet.
    pub width: usize,
}

/// A source that applies.
pub struct Bound {
    /// Where its cells are.
    pub cells: CellsFrom,
    /// How they are read.
    pub read: Read,
    /// Rule under which it repairs.
    pub repair: Option<String>,
    /// Only cells that match.
    pub matching: Option<Regex>,
}

/// Where the cells of a source are.
pub enum CellsFrom {
    /// A source column.
    Column(usize),
    /// A group of a pattern over a source column; whether the whole cell is taken where the pattern fails.
    Part(usize, Arc<Regex>, String, bool),
    /// One text for all rows.
    Text(String),
    /// A canonical column computed before.
    Canonical(usize),
    /// Part of the NIP.
    Nip(usize, NipPart),
    /// Found by a canonical column; the key is upper case.
    Found(usize, Arc<HashMap<String, Option<String>>>),
    /// Name, cell, or header number of the unpivoted column.
    UnpivotName,
    /// Its cell.
    UnpivotCell,
    /// The number at the end of its header.
    UnpivotHeader,
}

/// A reader with everything it needs.
pub enum Read {
    /// Text.
    Text(String),
    /// Identifier.
    Id,
    /// Own NIP: people to look in, and the source column of the name.
    Nip(Option<Arc<People>>, Option<usize>),
    /// Somebody else's NIP.
    OtherNip,
    /// NIK.
    Nik,
    /// Date up to a day.
    Date(Option<NaiveDate>),
    /// Number within bounds.
    Number(Option<i64>, Option<i64>),
    /// Truth.
    Flag(Vec<String>),
    /// Code of a width.
    Code(usize),
    /// Words; squeeze, quiet.
    Words(Arc<WordList>, bool, bool),
    /// Golongan.
    Golongan,
    /// Golongan by id.
    GolonganId,
    /// Part of a name.
    Titles(TitlePart),
}

/// Lays `contract` over the headers of `found`.
pub fn bind<'c>(contract: &'c Contract, found: &Found, lookups: &Lookups) -> Result<Plan<'c>, IngestError> {
    let names = found.headers.iter().map(|cells| cells.iter().map(|it| words::header(it)).collect()).collect();
    let mut binder = Binder { contract, found, lookups, names, lists: BTreeMap::new(), splits: BTreeMap::new() };
    let mut columns = Vec::with_capacity(contract.columns.len());
    for rule in &contract.columns {
        let mut sources = Vec::new();
        for source in &rule.from {
            if let Some(bound) = binder.source(rule, source)? {
                sources.push(bound);
            }
        }
        columns.push(sources);
    }
    let unpivot =
        contract.unpivot.iter().flat_map(|it| &it.columns).map(|(header, _)| binder.numbered(header)).collect();
    let majority = contract.majority.as_ref().and_then(|it| binder.column(&it.headers));
    let order = computable(&columns, contract.identity.as_deref().and_then(|it| contract.position(it)));
    Ok(Plan { contract, columns, order, unpivot, majority, width: found.headers.len() })
}

/// Columns such that each stands after those it takes from.
fn computable(columns: &[Vec<Bound>], identity: Option<usize>) -> Vec<usize> {
    let needs = |i: usize| columns[i].iter().filter_map(|bound| takes_from(bound, identity));
    let mut order: Vec<usize> = Vec::with_capacity(columns.len());
    let mut left: Vec<usize> = (0..columns.len()).collect();
    while !left.is_empty() {
        let ready: Vec<usize> =
            left.iter().copied().filter(|i| needs(*i).all(|j| j == *i || order.contains(&j))).collect();
        // Columns that need each other find nothing there, rather than never being computed.
        let next = if ready.is_empty() { left.clone() } else { ready };
        left.retain(|i| !next.contains(i));
        order.extend(next);
    }
    order
}

/// The canonical columns that a source takes from.
fn takes_from(bound: &Bound, identity: Option<usize>) -> Option<usize> {
    match (&bound.cells, &bound.read) {
        (CellsFrom::Canonical(j) | CellsFrom::Found(j, _) | CellsFrom::Nip(j, _), _) => Some(*j),
        (_, Read::GolonganId) => identity,
        _ => None,
    }
}

impl Plan<'_> {
    /// Which canonical columns must be computed for those at `places`: they themselves and what they take from.
    pub fn needed(&self, places: &[usize]) -> Vec<bool> {
        let identity = self.contract.identity.as_deref().and_then(|it| self.contract.position(it));
        let mut needed = vec![false; self.columns.len()];
        let mut open = places.to_vec();
        while let Some(i) = open.pop() {
            let Some(flag) = needed.get_mut(i).filter(|it| !**it) else { continue };
            *flag = true;
            open.extend(self.columns[i].iter().filter_map(|bound| takes_from(bound, identity)));
        }
        needed
    }

    /// Which source columns are read for canonical columns, for all where none are named.
    pub fn sources(&self, needed: Option<&[bool]>) -> Vec<bool> {
        let mut read = vec![false; self.width];
        let mut mark = |i: usize| {
            if let Some(it) = read.get_mut(i) {
                *it = true;
            }
        };
        for (i, bounds) in self.columns.iter().enumerate() {
            for bound in bounds.iter().filter(|_| needed.is_none_or(|it| it.get(i) == Some(&true))) {
                match &bound.cells {
                    CellsFrom::Column(i) | CellsFrom::Part(i, ..) => mark(*i),
                    CellsFrom::UnpivotCell => self.unpivot.iter().filter_map(|(i, _)| *i).for_each(&mut mark),
                    _ => {}
                }
                if let Read::Nip(_, Some(names)) = &bound.read {
                    mark(*names);
                }
            }
        }
        if let Some(majority) = self.majority.filter(|_| needed.is_none()) {
            mark(majority);
        }
        read
    }
}

struct Binder<'c, 'a> {
    contract: &'c Contract,
    found: &'a Found,
    lookups: &'a Lookups,
    names: Vec<Vec<String>>,
    lists: BTreeMap<String, Arc<WordList>>,
    splits: BTreeMap<String, Arc<Regex>>,
}

impl Binder<'_, '_> {
    /// The leftmost source column with one of these headers.
    fn column(&self, headers: &[String]) -> Option<usize> {
        let wanted: Vec<String> = headers.iter().map(|it| words::header(it)).collect();
        self.names.iter().position(|cells| cells.iter().any(|it| wanted.contains(it)))
    }

    /// The source column whose header is `header`, with or without a number behind it.
    fn numbered(&self, header: &str) -> (Option<usize>, Option<String>) {
        let wanted = words::header(header);
        for (i, cells) in self.names.iter().enumerate() {
            for name in cells {
                if *name == wanted {
                    return (Some(i), None);
                }
                let number = name.strip_prefix(&wanted).and_then(|it| it.strip_prefix(' '));
                if let Some(number) = number.filter(|it| it.starts_with(|c: char| c.is_ascii_digit())) {
                    return (Some(i), Some(number.to_string()));
                }
            }
        }
        (None, None)
    }

    fn source(&mut self, rule: &ColumnRule, source: &Source) -> Result<Option<Bound>, IngestError> {
        let elsewhere = !source.dialects.is_empty() && !source.dialects.contains(&self.found.dialect);
        if elsewhere || (!source.without.is_empty() && self.column(&source.without).is_some()) {
            return Ok(None);
        }
        let Some(cells) = self.cells(&source.take)? else { return Ok(None) };
        let read = self.reader(source.read.as_ref().unwrap_or(&rule.read), rule)?;
        let matching = source.matching.as_deref().map(pattern).transpose()?;
        Ok(Some(Bound { cells, read, repair: source.repair.clone(), matching }))
    }

    fn cells(&mut self, take: &Take) -> Result<Option<CellsFrom>, IngestError> {
        let identity = self.contract.identity.as_deref().and_then(|it| self.contract.position(it));
        Ok(match take {
            Take::Headers(headers) => self.column(headers).map(CellsFrom::Column),
            Take::Part { headers, split, group } => match (self.column(headers), self.contract.splits.get(split)) {
                (Some(column), Some(rule)) => {
                    let whole = rule.otherwise.as_ref().is_none_or(|it| it == group);
                    if !self.splits.contains_key(split) {
                        self.splits.insert(split.clone(), Arc::new(pattern(&rule.pattern)?));
                    }
                    self.splits.get(split).map(|it| CellsFrom::Part(column, Arc::clone(it), group.clone(), whole))
                }
                _ => None,
            },
            Take::Const(text) => Some(CellsFrom::Text(text.clone())),
            Take::Letterhead(fact) => self.found.facts.get(fact).cloned().map(CellsFrom::Text),
            Take::DrawnInPreamble => {
                let preamble = self.found.tanggal_tarik_sumber == Some(crate::model::delivery::Sumber::Preamble);
                self.found.tanggal_tarik.filter(|_| preamble).map(|day| CellsFrom::Text(day.to_string()))
            }
            Take::Column(name) => self.contract.position(name).map(CellsFrom::Canonical),
            Take::Nip(part) => identity.map(|i| CellsFrom::Nip(i, *part)),
            Take::Lookup { lookup, by, key, value } => match (self.contract.position(by), self.lookups.get(lookup)) {
                (Some(by), Some(batch)) => Some(CellsFrom::Found(by, Arc::new(index(lookup, batch, key, value)?))),
                _ => None,
            },
            Take::UnpivotName => Some(CellsFrom::UnpivotName),
            Take::UnpivotCell => Some(CellsFrom::UnpivotCell),
            Take::UnpivotHeader => Some(CellsFrom::UnpivotHeader),
        })
    }

    fn reader(&mut self, reader: &Reader, rule: &ColumnRule) -> Result<Read, IngestError> {
        Ok(match reader {
            Reader::Text { strip } => Read::Text(strip.clone()),
            Reader::Id => Read::Id,
            Reader::Nip { lookup, names } => {
                let known = match lookup.as_ref().and_then(|it| self.lookups.get(it).map(|batch| (it, batch))) {
                    Some((name, batch)) => {
                        Some(Arc::new(people(&texts(name, batch, "nip")?, &texts(name, batch, "nama")?)))
                    }
                    None => None,
                };
                Read::Nip(known, self.column(names))
            }
            Reader::OtherNip => Read::OtherNip,
            Reader::Nik => Read::Nik,
            Reader::Date { ceiling } => {
                // TGL-04: a year and a day after the month the delivery speaks for.
                let last = self.found.periode.filter(|_| *ceiling).map(|it| it.last_day());
                Read::Date(last.and_then(|day| day.checked_add_days(Days::new(366))))
            }
            Reader::Number { min, max } => Read::Number(*min, *max),
            Reader::Flag(trues) => Read::Flag(trues.clone()),
            Reader::Code(width) => Read::Code(*width),
            Reader::Words { list, squeeze, quiet } => {
                if !self.lists.contains_key(list) {
                    let entries = self.contract.words.get(list).map_or(&[][..], Vec::as_slice);
                    let compiled = WordList::new(entries).map_err(|source| IngestError::Pattern { source })?;
                    self.lists.insert(list.clone(), Arc::new(compiled));
                }
                let list = self.lists.get(list).map(Arc::clone).expect("it was just put in");
                Read::Words(list, *squeeze, *quiet)
            }
            Reader::Golongan => Read::Golongan,
            Reader::GolonganId => Read::GolonganId,
            Reader::Titles(part) => Read::Titles(*part),
        })
        .map(|read| {
            if matches!(rule.column.kind, Kind::Bool) && matches!(read, Read::Text(_)) {
                Read::Flag(vec![])
            } else {
                read
            }
        })
    }
}

fn pattern(text: &str) -> Result<Regex, IngestError> {
    Regex::new(text).map_err(|source| IngestError::Pattern { source })
}

/// Value by key, upper case; nothing where two rows of the reference share a key and differ.
fn index(
    name: &str,
    batch: &RecordBatch,
    key: &str,
    value: &str,
) -> Result<HashMap<String, Option<String>>, IngestError> {
    let (keys, values) = (texts(name, batch, key)?, texts(name, batch, value)?);
    let mut found: HashMap<String, Option<String>> = HashMap::new();
    for row in (0..batch.num_rows()).filter(|row| keys.is_valid(*row) && values.is_valid(*row)) {
        let key = keys.value(row).trim_start_matches('-').trim().to_uppercase();
        let value = values.value(row);
        let same = |other: &mut Option<String>| {
            if other.as_deref() != Some(value) {
                *other = None;
            }
        };
        found.entry(key).and_modify(same).or_insert_with(|| Some(value.to_string()));
    }
    Ok(found)
}

/// A column of a reference as text.
pub fn texts(lookup: &str, batch: &RecordBatch, column: &str) -> Result<StringArray, IngestError> {
    let missing = || IngestError::Lookup { lookup: lookup.to_string(), column: column.to_string() };
    let array = batch.column_by_name(column).ok_or_else(missing)?;
    let array = cast(array, &DataType::Utf8).map_err(|_| missing())?;
    array.as_any().downcast_ref::<StringArray>().cloned().ok_or_else(missing)
}
