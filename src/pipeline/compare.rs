//! How many rows a delivery brings beside the one before it, and whether that is plausible. Refuses to hold a delivery back: a
//! difference is a question to its sender.

use crate::analysis::rules::Rules;
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::receipt::Comparison;
use crate::pipeline::berkas::BerkasRow;
use crate::pipeline::in_force::UnitKey;
use crate::pipeline::in_force::unit_of;
use crate::pipeline::ingest_pass::Ingested;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The plausible band (`queries/rules/parameter.csv`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Share of the rows compared with by which a delivery may differ.
    pub share: f64,
    /// Fewer rows than these have no band.
    pub rows_min: u64,
}

impl Band {
    /// The band that holds in `periode`; nothing where the rules state none.
    pub fn of(rules: &Rules, periode: Periode) -> Option<Self> {
        let value = |name: &str| {
            let own = rules.parameters.iter().find(|it| it.name == name && it.holds(periode));
            own.map(|it| it.value.as_str())
        };
        let share = value("kiriman.pita_jumlah_baris")?.parse().ok()?;
        Some(Self { share, rows_min: value("kiriman.pita_baris_min")?.parse().ok()? })
    }

    fn excludes(self, base: u64, rows: u64) -> bool {
        self.rows_min <= base && self.share * (base as f64) < base.abs_diff(rows) as f64
    }
}

/// Accepted rows of one file in one unit.
#[derive(Debug, Clone)]
struct Version {
    rows: u64,
    berlaku: bool,
    accepted: bool,
    received: (DateTime<Utc>, String),
}

/// Every delivery known after a pass, by unit and file.
pub struct Earlier {
    units: BTreeMap<UnitKey, BTreeMap<Digest, Version>>,
}

impl Earlier {
    /// Reads `berkas` as it stands after the pass; of a dry run, with the rows it would have written.
    pub fn of(ingested: &Ingested) -> Self {
        let mut seen = BTreeSet::new();
        let mut units: BTreeMap<UnitKey, BTreeMap<Digest, Version>> = BTreeMap::new();
        for row in ingested.rows.iter().chain(&ingested.all).filter(|it| it.receipt.status != "DUPLIKAT") {
            let Some(unit) = unit_of(&row.receipt) else { continue };
            let receipt = &row.receipt;
            if !seen.insert((unit.clone(), receipt.sha256, receipt.sheet.clone(), receipt.baris_header)) {
                continue;
            }
            let received = (receipt.diterima_pada.unwrap_or(receipt.dimuat_pada), receipt.nama_asal.clone());
            let none = Version { rows: 0, berlaku: false, accepted: receipt.status == "DITERIMA", received };
            let version = units.entry(unit).or_default().entry(receipt.sha256).or_insert(none);
            version.rows += receipt.baris_diterima;
            version.berlaku |= row.berlaku;
        }
        Self { units }
    }

    /// The month that a file of this sender speaks for, where it was loaded.
    pub fn periode(&self, instansi: Option<&str>, sha256: Digest) -> Option<Periode> {
        let own = |(unit, files): &(&UnitKey, &BTreeMap<Digest, Version>)| {
            Some(unit.instansi.as_str()) == instansi && files.contains_key(&sha256)
        };
        self.units.iter().filter(own).map(|(unit, _)| unit.periode).max()
    }

    /// An accepted delivery beside the version it replaces and the one in force of the latest earlier month.
    pub fn compare(&self, row: &BerkasRow, band: Option<Band>) -> Vec<Comparison> {
        let Some(unit) = unit_of(&row.receipt).filter(|_| row.receipt.status == "DITERIMA") else { return Vec::new() };
        let Some(own) = self.units.get(&unit).and_then(|files| files.get(&row.receipt.sha256)) else {
            return Vec::new();
        };
        let against = |terhadap: &'static str, periode: Periode, base: u64| Comparison {
            terhadap,
            periode,
            baris: base,
            selisih: i64::try_from(own.rows).unwrap_or(i64::MAX).saturating_sub_unsigned(base),
            di_luar_pita: band.is_some_and(|it| it.excludes(base, own.rows)),
        };
        let files = self.units.get(&unit).into_iter().flat_map(BTreeMap::values);
        let replaced = files.filter(|it| it.accepted && it.received < own.received).max_by_key(|it| &it.received);
        let same =
            |it: &UnitKey| (&it.instansi, &it.dataset, &it.cakupan) == (&unit.instansi, &unit.dataset, &unit.cakupan);
        let before = self.units.iter().filter(|(it, _)| same(it) && it.periode < unit.periode);
        let in_force = before.filter_map(|(it, files)| {
            let holder = files.values().find(|version| version.berlaku)?;
            Some((it.periode, holder.rows))
        });
        let mut found = Vec::new();
        if let Some((periode, rows)) = in_force.max_by_key(|(periode, _)| *periode) {
            found.push(against("periode sebelumnya", periode, rows));
        }
        if let Some(version) = replaced {
            found.push(against("versi yang digantikan", unit.periode, version.rows));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_spares_small_deliveries_and_its_own_edge() {
        let band = Band { share: 0.1, rows_min: 50 };
        assert!(!band.excludes(100, 110) && !band.excludes(100, 90) && !band.excludes(49, 0));
        assert!(band.excludes(100, 111) && band.excludes(100, 89) && band.excludes(50, 0));
    }
}
