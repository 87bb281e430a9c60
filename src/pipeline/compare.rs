//! How many rows a delivery brought beside the one before it, for its receipt. Refuses to hold a delivery back: the gate does.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::receipt::Comparison;
use crate::model::waiting::Waiting;
use crate::pipeline::band::{Band, precedes};
use crate::pipeline::berkas::BerkasRow;
use crate::pipeline::in_force::UnitKey;
use crate::pipeline::in_force::unit_of;
use crate::pipeline::ingest_commit::Ingested;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

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
        let against = |terhadap: &'static str, periode: Periode, base: u64, di_luar_pita: bool| Comparison {
            terhadap,
            periode,
            baris: base,
            selisih: difference(base, own.rows),
            di_luar_pita,
        };
        let files = self.units.get(&unit).into_iter().flat_map(BTreeMap::values);
        let replaced = files.filter(|it| it.accepted && it.received < own.received).max_by_key(|it| &it.received);
        let before = self.units.iter().filter(|(it, _)| precedes(it, &unit));
        let in_force = before.filter_map(|(it, files)| {
            let holder = files.values().find(|version| version.berlaku)?;
            Some((it.periode, holder))
        });
        let mut found = Vec::new();
        if let Some((periode, holder)) = in_force.max_by_key(|(periode, it)| (*periode, &it.received)) {
            let outside = band.is_some_and(|it| it.excludes(holder.rows, own.rows));
            found.push(against("periode sebelumnya", periode, holder.rows, outside));
        }
        if let Some(version) = replaced {
            // A correction is expected to differ from what it corrects.
            found.push(against("versi yang digantikan", unit.periode, version.rows, false));
        }
        found
    }
}

/// A table that waits beside the one it is compared with.
pub fn of_waiting(it: &Waiting) -> Comparison {
    Comparison {
        terhadap: "periode sebelumnya",
        periode: it.pembanding_periode,
        baris: it.pembanding.diterima,
        selisih: difference(it.pembanding.diterima, it.baris.diterima),
        di_luar_pita: true,
    }
}

fn difference(base: u64, rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX).saturating_sub_unsigned(base)
}
