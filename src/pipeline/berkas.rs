//! The table `berkas` as values: one row per table found in a delivered file. Refuses to decide what is in force.

use crate::model::delivery::{Receipt, Sumber};
use crate::model::table::Table;
use arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A receipt and whether its rows are in force.
#[derive(Debug, Clone, PartialEq)]
pub struct BerkasRow {
    /// What became of the table.
    pub receipt: Receipt,
    /// Its rows are in force.
    pub berlaku: bool,
}

/// Rows as a batch of the schema of `table` (the engine table `berkas`).
pub fn to_batch(table: &Table, rows: &[BerkasRow]) -> Result<RecordBatch, ArrowError> {
    let text = |get: &dyn Fn(&Receipt) -> Option<String>| -> Arc<dyn Array> {
        Arc::new(rows.iter().map(|row| get(&row.receipt)).collect::<StringArray>())
    };
    let count = |get: &dyn Fn(&Receipt) -> Option<u64>| -> Arc<dyn Array> {
        let count = |row: &BerkasRow| get(&row.receipt).map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        Arc::new(rows.iter().map(count).collect::<Int64Array>())
    };
    let moment = |get: &dyn Fn(&Receipt) -> Option<DateTime<Utc>>| -> Arc<dyn Array> {
        let micros = rows.iter().map(|row| get(&row.receipt).map(|it| it.timestamp_micros()));
        Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    };
    let date = |get: &dyn Fn(&Receipt) -> Option<NaiveDate>| -> Arc<dyn Array> {
        Arc::new(rows.iter().map(|row| get(&row.receipt).map(Date32Type::from_naive_date)).collect::<Date32Array>())
    };
    let columns: Vec<Arc<dyn Array>> = vec![
        text(&|it| Some(it.sha256.to_string())),
        text(&|it| Some(it.nama_asal.clone())),
        text(&|it| it.instansi_kode.clone()),
        text(&|it| it.dataset.clone()),
        text(&|it| it.periode.map(|periode| periode.to_string())),
        text(&|it| it.cakupan.clone()),
        Arc::new(rows.iter().map(|row| Some(row.berlaku)).collect::<BooleanArray>()),
        moment(&|it| it.diterima_pada),
        date(&|it| it.tanggal_tarik),
        text(&|it| it.tanggal_tarik_sumber.map(|sumber| sumber.as_str().to_string())),
        text(&|it| it.format.clone()),
        text(&|it| it.encoding.clone()),
        text(&|it| it.delimiter.clone()),
        text(&|it| it.sheet.clone()),
        count(&|it| it.baris_header.map(u64::from)),
        count(&|it| Some(it.baris_dibaca)),
        count(&|it| Some(it.baris_diterima)),
        count(&|it| Some(it.baris_diperbaiki)),
        count(&|it| Some(it.baris_ditolak)),
        count(&|it| Some(it.baris_dilewati)),
        text(&|it| Some(it.status.clone())),
        text(&|it| it.alasan.clone()),
        text(&|it| it.kontrak_sha256.map(|digest| digest.to_string())),
        moment(&|it| Some(it.dimuat_pada)),
    ];
    RecordBatch::try_new(table.schema(), columns)
}

/// Rows of stored batches; a row that this program could not have written is refused.
pub fn from_batches(batches: &[RecordBatch]) -> Result<Vec<BerkasRow>, ArrowError> {
    let mut rows = Vec::new();
    for batch in batches {
        for i in 0..batch.num_rows() {
            rows.push(row(batch, i)?);
        }
    }
    Ok(rows)
}

fn row(batch: &RecordBatch, i: usize) -> Result<BerkasRow, ArrowError> {
    let damaged = |name: &str| ArrowError::SchemaError(format!("`berkas.{name}` holds what no load writes"));
    let array = |name: &str| batch.column_by_name(name).ok_or_else(|| damaged(name));
    let text = |name: &str| -> Result<Option<String>, ArrowError> {
        let column = array(name)?.as_string_opt::<i32>().ok_or_else(|| damaged(name))?;
        Ok(column.is_valid(i).then(|| column.value(i).to_string()))
    };
    let count = |name: &str| -> Result<Option<u64>, ArrowError> {
        let column = array(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| damaged(name))?;
        Ok(column.is_valid(i).then(|| column.value(i)).and_then(|it| u64::try_from(it).ok()))
    };
    let moment = |name: &str| -> Result<Option<DateTime<Utc>>, ArrowError> {
        let column = array(name)?.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(|| damaged(name))?;
        Ok(column.is_valid(i).then(|| column.value(i)).and_then(DateTime::from_timestamp_micros))
    };
    let drawn = array("tanggal_tarik")?.as_primitive_opt::<Date32Type>().ok_or_else(|| damaged("tanggal_tarik"))?;
    let berlaku = array("berlaku")?.as_boolean_opt().ok_or_else(|| damaged("berlaku"))?;
    let parsed = |name: &str| damaged(name);
    let receipt = Receipt {
        sha256: text("sha256")?.unwrap_or_default().parse().map_err(|_| parsed("sha256"))?,
        nama_asal: text("nama_asal")?.unwrap_or_default(),
        instansi_kode: text("instansi_kode")?,
        dataset: text("dataset")?,
        periode: text("periode")?.map(|it| it.parse()).transpose().map_err(|_| parsed("periode"))?,
        cakupan: text("cakupan")?,
        diterima_pada: moment("diterima_pada")?,
        tanggal_tarik: drawn.is_valid(i).then(|| drawn.value(i)).and_then(Date32Type::to_naive_date_opt),
        tanggal_tarik_sumber: text("tanggal_tarik_sumber")?.as_deref().and_then(source),
        format: text("format")?,
        encoding: text("encoding")?,
        delimiter: text("delimiter")?,
        sheet: text("sheet")?,
        baris_header: count("baris_header")?.and_then(|it| u32::try_from(it).ok()),
        baris_dibaca: count("baris_dibaca")?.unwrap_or(0),
        baris_diterima: count("baris_diterima")?.unwrap_or(0),
        baris_diperbaiki: count("baris_diperbaiki")?.unwrap_or(0),
        baris_ditolak: count("baris_ditolak")?.unwrap_or(0),
        baris_dilewati: count("baris_dilewati")?.unwrap_or(0),
        status: text("status")?.unwrap_or_default(),
        alasan: text("alasan")?,
        kontrak_sha256: text("kontrak_sha256")?
            .map(|it| it.parse())
            .transpose()
            .map_err(|_| parsed("kontrak_sha256"))?,
        dimuat_pada: moment("dimuat_pada")?.ok_or_else(|| damaged("dimuat_pada"))?,
        aturan: BTreeMap::new(),
    };
    Ok(BerkasRow { receipt, berlaku: berlaku.is_valid(i) && berlaku.value(i) })
}

fn source(word: &str) -> Option<Sumber> {
    [Sumber::Preamble, Sumber::NamaBerkas, Sumber::Kiriman].into_iter().find(|it| it.as_str() == word)
}
