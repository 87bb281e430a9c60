//! What arrived and what did not, for the ledger's index and for `status`. Refuses to be the truth: that is `berkas` in the lake.

use crate::model::contract::Contract;
use crate::model::instansi::Instansi;
use crate::model::periode::Periode;
use crate::model::run::Delivery;
use crate::pipeline::berkas::BerkasRow;
use std::collections::BTreeSet;

/// Rows of `berkas` as the ledger keeps them.
pub fn entries(rows: &[BerkasRow]) -> Vec<Delivery> {
    let entry = |row: &BerkasRow| {
        let receipt = &row.receipt;
        Delivery {
            sha256: receipt.sha256,
            nama_asal: receipt.nama_asal.clone(),
            instansi_kode: receipt.instansi_kode.clone(),
            dataset: receipt.dataset.clone(),
            periode: receipt.periode,
            cakupan: receipt.cakupan.clone().unwrap_or_default(),
            status: receipt.status.clone(),
            berlaku: row.berlaku,
            diterima_pada: receipt.diterima_pada,
            baris_dibaca: receipt.baris_dibaca,
            baris_diterima: receipt.baris_diterima,
            baris_ditolak: receipt.baris_ditolak,
        }
    };
    rows.iter().filter(|row| row.receipt.status != "DUPLIKAT").map(entry).collect()
}

/// Datasets that a government has not in force for `periode`, in the order of governments and contracts.
pub fn missing(
    deliveries: &[Delivery],
    senders: &[Instansi],
    contracts: &[Contract],
    periode: Periode,
) -> Vec<(String, Vec<String>)> {
    let there: BTreeSet<(&str, &str)> = deliveries
        .iter()
        .filter(|it| it.berlaku && it.periode == Some(periode))
        .filter_map(|it| Some((it.instansi_kode.as_deref()?, it.dataset.as_deref()?)))
        .collect();
    let lacks = |sender: &Instansi| {
        let datasets = contracts.iter().map(|it| it.dataset.as_str());
        datasets.filter(|it| !there.contains(&(sender.kode.as_str(), *it))).map(str::to_string).collect::<Vec<_>>()
    };
    senders
        .iter()
        .map(|sender| (sender.nama.clone(), lacks(sender)))
        .filter(|(_, datasets)| !datasets.is_empty())
        .collect()
}
