//! Rows of `tolakan`, `perbaikan` and `temuan_mutu` of a pass, staged per sender as files turn out good. Refuses rows of a file that failed.

use crate::lake::{Lake, Stage, Staged, Unit};
use crate::model::delivery::Receipt;
use crate::model::table::{Table, engine_tables};
use crate::pipeline::ingest_error::IngestError;
use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow::compute::take_record_batch;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Open files of the three log tables.
pub struct Logs {
    tables: [Table; 3],
    stages: BTreeMap<(usize, Option<String>), Stage>,
    dry_run: bool,
}

impl Logs {
    /// Nothing logged yet; a dry run writes nothing.
    pub fn new(dry_run: bool) -> Self {
        let [_, tolakan, perbaikan, temuan]: [Table; 4] =
            engine_tables().try_into().expect("ingest writes exactly four tables about itself");
        Self { tables: [tolakan, perbaikan, temuan], stages: BTreeMap::new(), dry_run }
    }

    /// The three tables.
    pub fn tables(&self) -> &[Table; 3] {
        &self.tables
    }

    /// Adds rows that a reader sent under `name` (`tolakan`, `nulled`, `perbaikan` or `temuan`).
    pub async fn write(&mut self, name: &str, batch: &RecordBatch, lake: &Lake) -> Result<(), IngestError> {
        let table = if name == "nulled" { "tolakan" } else { name };
        let Some(place) = ["tolakan", "perbaikan", "temuan"].iter().position(|it| *it == table) else { return Ok(()) };
        if self.dry_run {
            return Ok(());
        }
        for (sender, rows) in by_sender(batch)? {
            let stage = match self.stages.entry((place, sender.clone())) {
                std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
                std::collections::btree_map::Entry::Vacant(free) => {
                    let unit = Unit::of([("instansi_kode", sender.as_deref())]);
                    free.insert(lake.stage(&self.tables[place], &unit)?)
                }
            };
            stage.write(&rows).await?;
        }
        Ok(())
    }

    /// A refused file has one row, with baris 0.
    pub async fn refused(&mut self, receipt: &Receipt, lake: &Lake) -> Result<(), IngestError> {
        let text = |value: Option<&str>| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
        let code = receipt.aturan.keys().find(|code| code.starts_with("BRK-")).map(String::as_str);
        let sha256 = receipt.sha256.to_string();
        let columns = vec![
            text(receipt.instansi_kode.as_deref()),
            text(Some(&sha256)),
            text(receipt.sheet.as_deref()),
            Arc::new(Int64Array::from(vec![0])) as ArrayRef,
            text(None),
            text(Some(code.unwrap_or("BRK-15"))),
            text(Some(receipt.alasan.as_deref().unwrap_or(""))),
            text(None),
        ];
        let batch = RecordBatch::try_new(self.tables[0].schema(), columns).map_err(IngestError::Batch)?;
        self.write("tolakan", &batch, lake).await
    }

    /// Closes the files; per table, what was staged.
    pub async fn finish(self) -> Result<[Vec<Staged>; 3], IngestError> {
        let mut staged = [Vec::new(), Vec::new(), Vec::new()];
        for ((place, _), stage) in self.stages {
            staged[place].push(stage.finish().await?);
        }
        Ok(staged)
    }
}

/// A batch split by its sender, since a file of the lake holds one partition.
fn by_sender(batch: &RecordBatch) -> Result<Vec<(Option<String>, RecordBatch)>, IngestError> {
    let Some(senders) = batch.column_by_name("instansi_kode").and_then(|it| it.as_string_opt::<i32>()) else {
        return Ok(Vec::new());
    };
    let mut rows: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
    for row in 0..senders.len() {
        let sender = senders.is_valid(row).then(|| senders.value(row));
        rows.entry(sender).or_default().push(u32::try_from(row).unwrap_or(u32::MAX));
    }
    if rows.len() == 1 {
        return Ok(rows.into_keys().map(|sender| (sender.map(str::to_string), batch.clone())).collect());
    }
    let mut parts = Vec::new();
    for (sender, rows) in rows {
        let part = take_record_batch(batch, &UInt32Array::from(rows)).map_err(IngestError::Batch)?;
        parts.push((sender.map(str::to_string), part));
    }
    Ok(parts)
}
