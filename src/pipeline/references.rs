//! What a contract looks up in other datasets: rows in force of the same sender, those staged in this pass included. Refuses to cross senders.

use crate::lake::{Lake, Unit};
use crate::model::contract::{Contract, LookupAt, LookupSpec};
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::pipeline::in_force::{InForce, UnitKey};
use crate::pipeline::ingest_error::IngestError;
use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use std::collections::{BTreeMap, BTreeSet};

/// Columns of each table that some contract looks up, and the rows of them that this pass staged.
#[derive(Debug)]
pub struct References {
    wanted: BTreeMap<String, BTreeSet<String>>,
    /// Tables that are looked up later in the pass.
    noted: BTreeSet<String>,
    staged: BTreeMap<(UnitKey, Digest), Vec<RecordBatch>>,
    resolved: BTreeMap<(LookupSpec, String, Option<Periode>), Option<RecordBatch>>,
}

impl References {
    /// Nothing staged yet.
    pub fn new(contracts: &[Contract]) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for spec in contracts.iter().flat_map(|contract| &contract.lookups) {
            wanted.entry(spec.table.clone()).or_default().extend(spec.columns.iter().cloned());
        }
        let noted = wanted.keys().cloned().collect();
        Self { wanted, noted, staged: BTreeMap::new(), resolved: BTreeMap::new() }
    }

    /// Says which tables the rest of the pass looks up; of others nothing is kept.
    pub fn only(&mut self, needed: impl Fn(&str) -> bool) {
        self.noted.retain(|table| needed(table));
    }

    /// Keeps what of an accepted batch may be looked up later in the pass.
    pub fn note(&mut self, unit: &UnitKey, sha256: Digest, batch: &RecordBatch) -> Result<(), IngestError> {
        let Some(columns) = self.wanted.get(&unit.dataset).filter(|_| self.noted.contains(&unit.dataset)) else {
            return Ok(());
        };
        let places = columns.iter().filter_map(|name| batch.schema().index_of(name).ok()).collect::<Vec<_>>();
        // A copy: columns that came over the pipe hold on to all columns that came with them.
        let all = UInt32Array::from_iter_values(0..u32::try_from(batch.num_rows()).unwrap_or(u32::MAX));
        let projected =
            batch.project(&places).and_then(|it| take_record_batch(&it, &all)).map_err(IngestError::Batch)?;
        self.staged.entry((unit.clone(), sha256)).or_default().push(projected);
        self.resolved.clear();
        Ok(())
    }

    /// Drops what a file gave before it turned out to be refused.
    pub fn forget(&mut self, sha256: Digest) {
        self.staged.retain(|(_, from), _| *from != sha256);
    }

    /// The look-ups of `contract` for one sender and month; a reference that does not exist is absent.
    pub async fn of(
        &mut self,
        contract: &Contract,
        instansi: &str,
        periode: Periode,
        in_force: &InForce,
        lake: &Lake,
    ) -> Result<BTreeMap<String, RecordBatch>, IngestError> {
        let mut found = BTreeMap::new();
        for spec in &contract.lookups {
            let before = (spec.at == LookupAt::PreviousPeriode).then_some(periode);
            let key = (spec.clone(), instansi.to_string(), before);
            if !self.resolved.contains_key(&key) {
                let rows = self.resolve(spec, instansi, before, in_force, lake).await?;
                self.resolved.insert(key.clone(), rows);
            }
            if let Some(Some(rows)) = self.resolved.get(&key) {
                found.insert(spec.name.clone(), rows.clone());
            }
        }
        Ok(found)
    }

    async fn resolve(
        &self,
        spec: &LookupSpec,
        instansi: &str,
        before: Option<Periode>,
        in_force: &InForce,
        lake: &Lake,
    ) -> Result<Option<RecordBatch>, IngestError> {
        let mine = |unit: &UnitKey| {
            unit.instansi == instansi && unit.dataset == spec.table && before.is_none_or(|before| unit.periode < before)
        };
        let Some(latest) = in_force.units().filter(|(unit, _)| mine(unit)).map(|(unit, _)| unit.periode).max() else {
            return Ok(None);
        };
        let mut batches = Vec::new();
        for (unit, version) in in_force.units().filter(|(unit, _)| mine(unit) && unit.periode == latest) {
            match self.staged.get(&(unit.clone(), version.sha256)) {
                Some(staged) => batches.extend(staged.iter().cloned()),
                None => {
                    let columns: Vec<&str> = self.wanted[&spec.table].iter().map(String::as_str).collect();
                    let periode = unit.periode.to_string();
                    let stored = Unit::of([
                        ("instansi_kode", Some(instansi)),
                        ("periode", Some(periode.as_str())),
                        ("cakupan", Some(unit.cakupan.as_str())),
                    ]);
                    batches.extend(lake.rows(&spec.table, &columns, &stored).await?);
                }
            }
        }
        let Some(first) = batches.first() else { return Ok(None) };
        concat_batches(&first.schema(), &batches).map(Some).map_err(IngestError::Batch)
    }
}
