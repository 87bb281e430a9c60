//! Which tables of a pass wait for `--accept` (decision 011): those of a stock, far from the month before, that nobody let in yet.
//! Refuses to compare a correction with the faulty version it replaces, and to ask twice about the same bytes.

use crate::analysis::rules::Rules;
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Receipt, Sumber};
use crate::model::digest::Digest;
use crate::model::indonesia::{bulan, bulat};
use crate::model::waiting::{Rows, Waiting};
use crate::pipeline::band::{Band, precedes};
use crate::pipeline::berkas::BerkasRow;
use crate::pipeline::in_force::{InForce, UnitKey, Version, unit_of, version_of};
use std::collections::{BTreeMap, BTreeSet};

/// The word of a table that waits. `berkas` has none: nothing of the table is loaded, and nothing was refused.
pub const STATUS: &str = "MENUNGGU";

/// The tables of one file that wait.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// What their receipts say, one a sheet.
    pub receipts: Vec<Receipt>,
    /// What is kept of them, one a unit.
    pub waiting: Vec<Waiting>,
}

impl Held {
    /// The same tables, delivered under another name.
    pub fn under(&self, name: &str) -> Self {
        let mut copy = self.clone();
        copy.receipts.iter_mut().for_each(|it| it.nama_asal = name.into());
        copy.waiting.iter_mut().for_each(|it| it.nama_asal = name.into());
        copy
    }
}

/// What is known of earlier deliveries.
pub struct Gate<'a> {
    stocks: BTreeSet<&'a str>,
    rules: &'a Rules,
    accept: bool,
    rows: BTreeMap<(UnitKey, Digest), Rows>,
    let_in: BTreeSet<(Option<String>, Digest, Option<String>)>,
}

impl<'a> Gate<'a> {
    /// A gate in front of the lake as `before` has it; with `accept` it is open.
    pub fn new(contracts: &'a [Contract], rules: &'a Rules, before: &[BerkasRow], accept: bool) -> Self {
        let stocks = contracts.iter().filter(|it| it.stock).map(|it| it.dataset.as_str()).collect();
        let mut gate = Self { stocks, rules, accept, rows: BTreeMap::new(), let_in: BTreeSet::new() };
        for receipt in
            before.iter().map(|it| &it.receipt).filter(|it| ["DITERIMA", "USANG"].contains(&it.status.as_str()))
        {
            gate.let_in.insert((receipt.instansi_kode.clone(), receipt.sha256, receipt.dataset.clone()));
        }
        gate.count(before.iter().filter(|it| it.berlaku).map(|it| &it.receipt));
        gate
    }

    /// Notes the rows of tables that are let in.
    pub fn count<'r>(&mut self, receipts: impl IntoIterator<Item = &'r Receipt>) {
        let mut rows: BTreeMap<(UnitKey, Digest), Rows> = BTreeMap::new();
        for (unit, receipt) in receipts.into_iter().filter_map(|it| Some((unit_of(it)?, it))) {
            add(rows.entry((unit, receipt.sha256)).or_default(), receipt);
        }
        self.rows.extend(rows);
    }

    /// The receipts of one dataset and month of one file: whether they lie outside the band, and whether they wait for that.
    pub fn judge(&self, delivery: &Delivery, receipts: &[Receipt], in_force: &InForce) -> (Vec<Waiting>, bool) {
        let mut units: BTreeMap<UnitKey, (Rows, &Receipt)> = BTreeMap::new();
        for receipt in receipts.iter().filter(|it| it.status == "DITERIMA") {
            let Some(unit) = unit_of(receipt).filter(|it| self.stocks.contains(it.dataset.as_str())) else { continue };
            add(&mut units.entry(unit).or_insert((Rows::default(), receipt)).0, receipt);
        }
        let outside: Vec<Waiting> = units
            .into_iter()
            .filter_map(|(unit, (rows, receipt))| self.outside(unit, rows, receipt, delivery, in_force))
            .collect();
        let waits = !self.accept && !outside.is_empty();
        (outside, waits)
    }

    /// One unit beside the one in force of the latest earlier periode.
    fn outside(
        &self,
        unit: UnitKey,
        rows: Rows,
        receipt: &Receipt,
        delivery: &Delivery,
        in_force: &InForce,
    ) -> Option<Waiting> {
        let asked = (receipt.instansi_kode.clone(), receipt.sha256, receipt.dataset.clone());
        if self.let_in.contains(&asked) || in_force.is_stale(&unit, &version_of(receipt)) {
            return None;
        }
        let band = Band::of(self.rules, unit.periode)?;
        let rows_of = |unit: &UnitKey, sha256: Digest| self.rows.get(&(unit.clone(), sha256)).copied();
        let before = in_force.units().filter(|(earlier, _)| precedes(earlier, &unit));
        let (earlier, version) = before.max_by_key(|(earlier, version)| (earlier.periode, version.diterima_pada))?;
        let base = rows_of(earlier, version.sha256)?;
        if !band.excludes_both(base, rows) {
            return None;
        }
        // What is in force for the month itself was let in: a correction close to it raises no new question.
        let own = in_force.holder(&unit).and_then(|version| rows_of(&unit, version.sha256));
        if own.is_some_and(|own| !band.excludes_both(own, rows)) {
            return None;
        }
        Some(Waiting {
            sha256: receipt.sha256,
            nama_asal: receipt.nama_asal.clone(),
            instansi_kode: unit.instansi,
            dataset: unit.dataset,
            periode: unit.periode,
            cakupan: unit.cakupan,
            tanggal_tarik: receipt.tanggal_tarik,
            diterima_pada: receipt.diterima_pada.unwrap_or(receipt.dimuat_pada),
            terdaftar: delivery.registered || receipt.tanggal_tarik_sumber == Some(Sumber::Kiriman),
            periode_operator: delivery.periode,
            baris: rows,
            pembanding_periode: earlier.periode,
            pembanding: base,
            sejak: receipt.dimuat_pada,
        })
    }
}

/// The same receipts, of tables that wait.
pub fn held(mut receipts: Vec<Receipt>, waiting: Vec<Waiting>) -> Held {
    let sentence = |it: &Waiting| {
        format!(
            "Jumlah baris di luar pita wajar: {} baris, sedangkan kiriman {} yang berlaku {} baris",
            bulat(i64::try_from(it.baris.dibaca).unwrap_or(i64::MAX)),
            bulan(it.pembanding_periode),
            bulat(i64::try_from(it.pembanding.dibaca).unwrap_or(i64::MAX))
        )
    };
    for receipt in receipts.iter_mut().filter(|it| it.status == "DITERIMA") {
        receipt.status = STATUS.into();
        receipt.alasan = waiting.first().map(sentence);
    }
    Held { receipts, waiting }
}

fn add(rows: &mut Rows, receipt: &Receipt) {
    rows.dibaca += receipt.baris_dibaca;
    rows.diterima += receipt.baris_diterima;
}

/// The list after a pass: what waited before and was neither read again nor overtaken, and what waits now. Where the same table
/// waits with the same figures, it waits since the first time.
pub fn still_waiting(
    before: Vec<Waiting>,
    read_again: &BTreeSet<(Option<&str>, Digest)>,
    held: &[Waiting],
    in_force: &InForce,
) -> Vec<Waiting> {
    let mut list: Vec<Waiting> = Vec::new();
    for it in held {
        let same = |old: &&Waiting| old.same_table(it) && (old.baris, old.pembanding) == (it.baris, it.pembanding);
        if !list.iter().any(|other| other.same_table(it)) {
            list.push(before.iter().find(same).unwrap_or(it).clone());
        }
    }
    for old in before {
        let unit = UnitKey {
            instansi: old.instansi_kode.clone(),
            dataset: old.dataset.clone(),
            periode: old.periode,
            cakupan: old.cakupan.clone(),
        };
        let version =
            Version { sha256: old.sha256, tanggal_tarik: old.tanggal_tarik, diterima_pada: old.diterima_pada };
        let again = read_again.contains(&(Some(old.instansi_kode.as_str()), old.sha256));
        if !again && !in_force.is_stale(&unit, &version) {
            list.push(old);
        }
    }
    list.sort_by(|a, b| {
        let key = |it: &Waiting| (it.instansi_kode.clone(), it.dataset.clone(), it.periode, it.sejak, it.sha256);
        key(a).cmp(&key(b))
    });
    list
}
