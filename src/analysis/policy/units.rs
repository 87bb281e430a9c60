//! The persons of a principal's units: the unit tree and who sits in it, by the deliveries in force. Refuses to guess: a government
//! without a tree has no persons in any unit.

use crate::analysis::policy::keep::{Persons, texts};
use crate::analysis::{Error, Providers, mask, session};
use crate::model::periode::Periode;
use crate::model::policy::{INSTANSI, NIP, Policy, Rows};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::SessionContext;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const UNOR: &str = "unor";
const PEGAWAI: &str = "pegawai";
/// Parts of a dataset have months of their own.
const PART: [&str; 2] = ["cakupan", "periode"];

/// Persons whose unit is one of the principal's, or below one.
///
/// # Errors
/// When unit tree or employees cannot be read.
pub async fn persons(policy: &Policy, providers: &Providers, periode: Periode) -> Result<Persons, Error> {
    let Rows::Unit { instansi, unit } = &policy.rows else { return Ok(Persons::new()) };
    let mut found: Persons = instansi.iter().map(|kode| (kode.clone(), HashSet::new())).collect();
    let tree = latest(providers, UNOR, ["unor_id", "atasan_id"], instansi, periode).await?;
    let mut below: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for [kode, unor, above] in &tree {
        below.entry((kode, above)).or_default().push(unor);
    }
    let mut open: Vec<(&str, &str)> =
        instansi.iter().flat_map(|kode| unit.iter().map(|unor| (kode.as_str(), unor.as_str()))).collect();
    let mut own: BTreeSet<(&str, &str)> = BTreeSet::new();
    while let Some((kode, unor)) = open.pop() {
        if own.insert((kode, unor)) {
            open.extend(below.get(&(kode, unor)).into_iter().flatten().map(|unor| (kode, *unor)));
        }
    }
    for [kode, nip, unor] in latest(providers, PEGAWAI, [NIP, "unor_id"], instansi, periode).await? {
        if own.contains(&(kode.as_str(), unor.as_str())) {
            found.entry(kode).or_default().insert(nip);
        }
    }
    Ok(found)
}

/// Government and two columns of the rows in force up to `periode`; what is null is empty.
async fn latest(
    providers: &Providers,
    table: &str,
    columns: [&str; 2],
    instansi: &BTreeSet<String>,
    periode: Periode,
) -> Result<Vec<[String; 3]>, Error> {
    let Some(provider) = providers.get(table) else { return Ok(Vec::new()) };
    let failed = |reason| Error::Query { name: table.into(), path: "access.toml".into(), reason };
    let own = instansi.iter().map(|kode| lit(kode.as_str())).collect();
    let wanted = [INSTANSI, PART[0], PART[1], columns[0], columns[1]];
    let rows = async {
        let context = SessionContext::new_with_config(session::config(1));
        let filter = col(INSTANSI).in_list(own, false).and(col(PART[1]).lt_eq(lit(periode.to_string())));
        context.read_table(provider.clone())?.filter(filter)?.select_columns(&wanted)?.collect().await
    };
    let batches = rows.await.map_err(|error| failed(mask::reason(&error)))?;
    let mut all = Vec::new();
    for batch in &batches {
        all.extend(read(batch, &wanted).map_err(|error| failed(mask::arrow_reason(&error)))?);
    }
    let mut newest: BTreeMap<(String, String), String> = BTreeMap::new();
    for [kode, part, month, ..] in &all {
        let last = newest.entry((kode.clone(), part.clone())).or_default();
        if *last < *month {
            last.clone_from(month);
        }
    }
    all.retain(|[kode, part, month, ..]| newest.get(&(kode.clone(), part.clone())) == Some(month));
    Ok(all.into_iter().map(|[kode, _, _, first, second]| [kode, first, second]).collect())
}

fn read(batch: &RecordBatch, columns: &[&str; 5]) -> Result<Vec<[String; 5]>, ArrowError> {
    let mut arrays = Vec::new();
    for column in columns {
        arrays.push(texts(batch, column)?);
    }
    let cell = |column: usize, row: usize| {
        arrays
            .get(column)
            .filter(|array| !datafusion::arrow::array::Array::is_null(*array, row))
            .map_or("", |array| array.value(row))
    };
    Ok((0..batch.num_rows()).map(|row| std::array::from_fn(|column| cell(column, row).to_string())).collect())
}
