//! Held rows become canonical batches with provenance, findings and log lines. Refuses to emit a row that a later one took back.

use crate::ingest::IngestError;
use crate::ingest::Output;
use crate::ingest::checks::{self, Known};
use crate::ingest::column::text_of;
use crate::ingest::job::{Held, count};
use crate::ingest::log::{Log, Perbaikan, Temuan, Tolakan};
use crate::ingest::rows::{Note, Reject};
use crate::model::contract::{Contract, NextInGroup, Scope};
use crate::model::delivery::{Delivery, Found, Receipt};
use crate::model::periode::Periode;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int32Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::compute::{concat, filter, take};
use arrow::datatypes::{Date32Type, SchemaRef};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What tells the units of replacement inside one file apart before any row is read.
pub fn unit_seed(contract: &Contract, found: &Found) -> String {
    let scope = scope_of(contract, found).map_or(String::new(), |it| with_facts(&it.value, found));
    format!("{}/{scope}", found.periode.map_or(String::new(), |it| it.to_string()))
}

fn scope_of<'c>(contract: &'c Contract, found: &Found) -> Option<&'c Scope> {
    let fits = |list: &[String], word: &str| list.is_empty() || list.iter().any(|it| it == word);
    contract.scope.iter().find(|it| fits(&it.dialects, &found.dialect) && fits(&it.formats, &found.format))
}

fn with_facts(value: &str, found: &Found) -> String {
    found.facts.iter().fold(value.to_string(), |text, (name, fact)| text.replace(&format!("{{{name}}}"), fact))
}

/// Emits the rows of one file.
pub struct Emitter<'a> {
    delivery: &'a Delivery,
    tables: &'a [Found],
    contract: &'a Contract,
    schema: SchemaRef,
    known: Known,
    cakupan: Vec<String>,
    next: Vec<Next<'a>>,
    wanted: Vec<String>,
    bounds: Vec<String>,
    values: BTreeMap<(Option<Periode>, String), BTreeSet<String>>,
}

/// What is left of a chunk, ready to be handed out.
#[derive(Default)]
pub struct Emitted {
    table: usize,
    accepted: u64,
    repaired: u64,
    counts: BTreeMap<String, u64>,
    outputs: Vec<Output>,
}

impl Emitted {
    /// Hands it out, and counts it in the receipt of its table.
    pub fn settle(
        self,
        receipts: &mut [Receipt],
        sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
    ) -> Result<(), IngestError> {
        if let Some(receipt) = receipts.get_mut(self.table) {
            receipt.baris_diterima += self.accepted;
            receipt.baris_diperbaiki += self.repaired;
            self.counts.iter().for_each(|(code, times)| count(receipt, code, *times));
        }
        self.outputs.into_iter().try_for_each(|output| send(sink, output))
    }

    fn count(&mut self, code: &str, times: u64) {
        match self.counts.get_mut(code) {
            Some(counted) => *counted += times,
            None => drop(self.counts.insert(code.to_string(), times)),
        }
    }
}

/// Sorted days by group.
struct Next<'a> {
    rule: &'a NextInGroup,
    days: HashMap<String, Vec<i32>>,
}

impl<'a> Emitter<'a> {
    /// Nothing seen yet.
    pub fn new(delivery: &'a Delivery, tables: &'a [Found], contract: &'a Contract, known: Known) -> Self {
        let next = contract.next_in_group.iter().map(|rule| Next { rule, days: HashMap::new() }).collect();
        let wanted = Known::wanted(contract).into_iter().map(str::to_string).collect();
        let value = |it: &Found| scope_of(contract, it).map_or(String::new(), |it| it.value.clone());
        let scopes: Vec<String> = tables.iter().map(value).collect();
        let bounded = |name: &str| scopes.iter().any(|it| it.contains(&format!(":{name}}}")));
        let names = contract.columns.iter().map(|it| it.column.name.clone());
        let bounds = names.filter(|it| bounded(it)).collect();
        let schema = contract.table().schema();
        let cakupan = vec![String::new(); tables.len()];
        Self { delivery, tables, contract, schema, known, cakupan, next, wanted, bounds, values: BTreeMap::new() }
    }

    /// Whether anything in a row depends on rows after it, duplicates aside.
    pub fn looks_ahead(&self) -> bool {
        !self.next.is_empty() || !self.wanted.is_empty() || !self.bounds.is_empty()
    }

    /// Notes what other rows depend on: rows that follow each other, values of the file, bounds of the part it speaks for.
    pub fn look(&mut self, held: &Held) -> Result<(), IngestError> {
        let alive = BooleanArray::from(held.alive.clone());
        for column in &self.wanted {
            if let Some(values) = column_of(self.contract, &held.columns, column) {
                self.known.add(column, &filter(values, &alive)?)?;
            }
        }
        for column in &self.bounds {
            if let Some(values) = column_of(self.contract, &held.columns, column) {
                let key = (self.tables[held.table].periode, column.clone());
                let texts = text_of(&filter(values, &alive)?)?;
                let seen = self.values.entry(key).or_default();
                texts.iter().flatten().for_each(|it| {
                    if !seen.contains(it) {
                        seen.insert(it.to_string());
                    }
                });
            }
        }
        self.next.iter_mut().try_for_each(|it| it.gather(self.contract, held))
    }

    /// Settles what `look` noted.
    pub fn ready(&mut self, receipts: &mut [Receipt]) {
        self.next.iter_mut().flat_map(|it| it.days.values_mut()).for_each(|it| it.sort_unstable());
        for (i, (table, receipt)) in self.tables.iter().zip(receipts).enumerate() {
            let scope = scope_of(self.contract, table).map(|it| with_facts(&it.value, table));
            let part = scope.map_or(String::new(), |it| self.with_bounds(&it, table));
            receipt.cakupan = Some(part.clone());
            self.cakupan[i] = part;
        }
    }

    /// Puts the smallest and largest values of columns into a scope, over the accepted rows of the same month.
    fn with_bounds(&self, value: &str, table: &Found) -> String {
        let mut text = value.to_string();
        for column in &self.bounds {
            let values = self.values.get(&(table.periode, column.clone()));
            let low = values.and_then(|it| it.first()).map_or("", String::as_str);
            let high = values.and_then(|it| it.last()).map_or("", String::as_str);
            text = text.replace(&format!("{{min:{column}}}"), low).replace(&format!("{{max:{column}}}"), high);
        }
        // A fact that the letterhead lacks leaves nothing behind.
        while let Some((before, rest)) = text.split_once('{') {
            text = format!("{before}{}", rest.split_once('}').map_or("", |(_, after)| after));
        }
        text
    }

    /// The part of the dataset a table speaks for.
    pub fn cakupan(&self, table: usize) -> &str {
        self.cakupan.get(table).map_or("", String::as_str)
    }

    /// Emits what is left of a chunk.
    pub fn held(&self, held: Held) -> Result<Emitted, IngestError> {
        let table = held.table;
        let mut emitted = Emitted { table, ..Emitted::default() };
        let alive = BooleanArray::from(held.alive);
        let keep = |it: &ArrayRef| if alive.false_count() == 0 { Ok(Arc::clone(it)) } else { filter(it, &alive) };
        let mut columns: Vec<Vec<ArrayRef>> =
            held.columns.iter().map(|it| it.iter().map(keep).collect()).collect::<Result<_, _>>()?;
        let kept: Vec<usize> = alive.values().set_indices().collect();
        let baris: Vec<u32> = kept.iter().filter_map(|row| held.baris.get(*row).copied()).collect();
        for next in &self.next {
            if let Some(i) = self.contract.position(&next.rule.column) {
                columns[i] = vec![next.apply(self.contract, &columns)?];
            }
        }
        let notes: Vec<&Note> = held.notes.iter().filter(|it| alive.value(it.row)).collect();
        emitted.accepted = baris.len() as u64;
        self.notes(&notes, &held.baris, &mut emitted)?;
        let flat: Vec<ArrayRef> = columns.iter().filter_map(|it| it.first().cloned()).collect();
        self.findings(&flat, &baris, &mut emitted)?;
        if !baris.is_empty() {
            emitted.outputs.push(Output::Accepted(self.batch(table, columns, &baris)?));
        }
        Ok(emitted)
    }

    /// The lines of rejected rows of one table; nothing where there is none.
    pub fn rejected<'r>(
        &self,
        table: usize,
        rejects: impl Iterator<Item = &'r Reject>,
    ) -> Result<Option<Output>, IngestError> {
        let name = |i: Option<usize>| i.and_then(|it| self.contract.columns.get(it)).map(|it| it.column.name.clone());
        let line = |it: &Reject| Tolakan {
            baris: it.baris,
            kolom: name(it.column),
            aturan: it.code.clone(),
            nilai_mentah: it.raw.clone(),
        };
        let lines: Vec<Tolakan> = rejects.map(line).collect();
        Ok(if lines.is_empty() { None } else { Some(Output::Tolakan(self.log(table).tolakan(&lines)?)) })
    }

    /// Rejected rows of a chunk go out with the rest of it.
    pub fn with_rejects(&self, mut emitted: Emitted, rejects: &[Reject]) -> Result<Emitted, IngestError> {
        emitted.outputs.extend(self.rejected(emitted.table, rejects.iter())?);
        Ok(emitted)
    }

    /// Emits what is said of each table as a whole.
    pub fn of_tables(
        &self,
        receipts: &mut [Receipt],
        sink: &mut dyn FnMut(Output) -> ControlFlow<()>,
    ) -> Result<(), IngestError> {
        for (table, found) in self.tables.iter().enumerate() {
            if found.extension_disagrees {
                let line = Temuan { baris: None, kolom: None, nip: None, kode: "BRK-05".into() };
                send(sink, Output::Temuan(self.log(table).temuan(&[line])?))?;
                count(&mut receipts[table], "BRK-05", 1);
            }
        }
        Ok(())
    }

    fn log(&self, table: usize) -> Log<'_> {
        Log { delivery: self.delivery, found: self.tables.get(table), shared: &self.contract.shared }
    }

    fn notes(&self, notes: &[&Note], baris: &[u32], emitted: &mut Emitted) -> Result<(), IngestError> {
        let (mut nulled, mut repaired, mut rows) = (Vec::new(), Vec::new(), BTreeSet::new());
        for note in notes {
            let (at, kolom) =
                (baris.get(note.row).copied().unwrap_or(0), self.contract.columns[note.column].column.name.clone());
            emitted.count(&note.code, 1);
            let aturan = note.code.clone();
            if note.after.is_some() {
                rows.insert(at);
                let (sebelum, sesudah) = (note.before.clone(), note.after.clone());
                repaired.push(Perbaikan { baris: at, kolom, sebelum, sesudah, aturan });
            } else {
                nulled.push(Tolakan { baris: at, kolom: Some(kolom), aturan, nilai_mentah: Some(note.before.clone()) });
            }
        }
        emitted.repaired += rows.len() as u64;
        if !nulled.is_empty() {
            emitted.outputs.push(Output::Nulled(self.log(emitted.table).tolakan(&nulled)?));
        }
        if !repaired.is_empty() {
            emitted.outputs.push(Output::Perbaikan(self.log(emitted.table).perbaikan(&repaired)?));
        }
        Ok(())
    }

    fn findings(&self, columns: &[ArrayRef], baris: &[u32], emitted: &mut Emitted) -> Result<(), IngestError> {
        let identity = self.contract.identity.as_deref().and_then(|it| self.contract.position(it));
        let nips = identity.and_then(|it| columns.get(it)).map(text_of).transpose()?;
        let mut lines = Vec::new();
        for check in &self.contract.checks {
            let rows = checks::find(check, self.contract, columns, &self.known)?;
            if !rows.is_empty() {
                emitted.count(&check.code, rows.len() as u64);
            }
            for row in rows {
                let nip = nips.as_ref().filter(|it| it.is_valid(row)).map(|it| it.value(row).to_string());
                let baris = baris.get(row).copied();
                lines.push(Temuan { baris, kolom: Some(check.column.clone()), nip, kode: check.code.clone() });
            }
        }
        if !lines.is_empty() {
            emitted.outputs.push(Output::Temuan(self.log(emitted.table).temuan(&lines)?));
        }
        Ok(())
    }

    /// Canonical rows; a source row with unpivoted columns becomes several.
    fn batch(&self, table: usize, columns: Vec<Vec<ArrayRef>>, baris: &[u32]) -> Result<RecordBatch, IngestError> {
        let times = self.contract.unpivot.as_ref().map_or(1, |it| it.columns.len()).max(1);
        let rows = baris.len();
        let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        let once = UInt32Array::from_iter_values((0..rows).flat_map(|row| std::iter::repeat_n(index(row), times)));
        let each =
            UInt32Array::from_iter_values((0..rows).flat_map(|row| (0..times).map(move |k| index(k * rows + row))));
        for parts in columns {
            arrays.push(match parts.as_slice() {
                [one] if times == 1 => Arc::clone(one),
                [one] => take(one, &once, None)?,
                many => take(&concat(&many.iter().map(AsRef::as_ref).collect::<Vec<_>>())?, &each, None)?,
            });
        }
        let total = rows * times;
        let found = &self.tables[table];
        let same =
            |text: Option<&str>| -> ArrayRef { Arc::new(std::iter::repeat_n(text, total).collect::<StringArray>()) };
        let source_row = |row: &u32| std::iter::repeat_n(i32::try_from(*row).unwrap_or(i32::MAX), times);
        let moment = self.delivery.dimuat_pada.timestamp_micros();
        arrays.push(same(Some(self.delivery.instansi_kode.as_deref().unwrap_or(""))));
        arrays.push(same(Some(&found.periode.map_or(String::new(), |it| it.to_string()))));
        arrays.push(same(Some(self.cakupan(table))));
        arrays.push(same(Some(&self.delivery.sha256.to_string())));
        arrays.push(same(found.sheet_name.as_deref()));
        arrays.push(Arc::new(Int32Array::from_iter_values(baris.iter().flat_map(source_row))));
        arrays.push(Arc::new(TimestampMicrosecondArray::from_value(moment, total).with_timezone("UTC")));
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), arrays)?)
    }
}

impl Next<'_> {
    /// Adds the rows of a chunk that may follow others.
    fn gather(&mut self, contract: &Contract, chunk: &Held) -> Result<(), IngestError> {
        let get = |name: &str| column_of(contract, &chunk.columns, name);
        let (Some(group), Some(order)) = (get(&self.rule.group), get(&self.rule.order)) else { return Ok(()) };
        let (group, Some(days)) = (text_of(group)?, order.as_primitive_opt::<Date32Type>()) else { return Ok(()) };
        let follows = match &self.rule.following {
            Some((column, value)) => get(column).map(text_of).transpose()?.map(|it| (it, value)),
            None => None,
        };
        for row in (0..chunk.alive.len()).filter(|row| chunk.alive[*row] && group.is_valid(*row) && days.is_valid(*row))
        {
            if follows.as_ref().is_none_or(|(text, value)| text.is_valid(row) && text.value(row) == value.as_str()) {
                self.days.entry(group.value(row).to_string()).or_default().push(days.value(row));
            }
        }
        Ok(())
    }

    /// For each row the smallest day of its group after its own.
    fn apply(&self, contract: &Contract, columns: &[Vec<ArrayRef>]) -> Result<ArrayRef, IngestError> {
        let get = |name: &str| column_of(contract, columns, name);
        let (Some(group), Some(order)) = (get(&self.rule.group), get(&self.rule.order)) else {
            return Ok(Arc::new(Date32Array::new_null(
                columns.first().and_then(|it| it.first()).map_or(0, |it| it.len()),
            )));
        };
        let group = text_of(group)?;
        let own = order.as_primitive_opt::<Date32Type>();
        let after = |row: usize| {
            let own = own.filter(|it| it.is_valid(row) && group.is_valid(row))?.value(row);
            let days = self.days.get(group.value(row))?;
            days.get(days.partition_point(|it| *it <= own)).copied()
        };
        Ok(Arc::new((0..group.len()).map(after).collect::<Date32Array>()))
    }
}

fn column_of<'h>(contract: &Contract, columns: &'h [Vec<ArrayRef>], name: &str) -> Option<&'h ArrayRef> {
    contract.position(name).and_then(|i| columns.get(i)).and_then(|it| it.first())
}

/// Hands one thing out.
pub fn send(sink: &mut dyn FnMut(Output) -> ControlFlow<()>, output: Output) -> Result<(), IngestError> {
    match sink(output) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(IngestError::Stopped),
    }
}
