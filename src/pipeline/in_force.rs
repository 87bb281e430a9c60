//! Which delivery of a unit counts (BRK-11, BRK-12 of `ingest-rules.md`). Refuses to read or write anything.

use crate::model::delivery::Receipt;
use crate::model::digest::Digest;
use crate::model::periode::Periode;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// The unit of replacement (`ingest-rules.md` §0.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitKey {
    /// kodeCepat of the sender.
    pub instansi: String,
    /// Canonical table.
    pub dataset: String,
    /// Month the delivery speaks for.
    pub periode: Periode,
    /// Part of the dataset; empty where it has no parts.
    pub cakupan: String,
}

/// One delivered version of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The file.
    pub sha256: Digest,
    /// When its data were drawn; unknown counts as oldest.
    pub tanggal_tarik: Option<NaiveDate>,
    /// When it was received.
    pub diterima_pada: DateTime<Utc>,
}

/// What becomes of a delivered version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its rows are in force now; those of the version before are not.
    Replaces,
    /// An older extraction than the one in force (BRK-11): stored, not in force.
    Stale,
}

/// Who holds each unit.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    holders: BTreeMap<UnitKey, Version>,
}

impl InForce {
    /// Notes a version that was in force before the pass.
    pub fn hold(&mut self, unit: UnitKey, version: Version) {
        self.holders.insert(unit, version);
    }

    /// The version in force.
    pub fn holder(&self, unit: &UnitKey) -> Option<&Version> {
        self.holders.get(unit)
    }

    /// Every unit held.
    pub fn units(&self) -> impl Iterator<Item = (&UnitKey, &Version)> {
        self.holders.iter()
    }

    /// Whether a version is an older extraction than the one in force.
    pub fn is_stale(&self, unit: &UnitKey, version: &Version) -> bool {
        let age = |it: &Version| (it.tanggal_tarik, it.diterima_pada);
        self.holders.get(unit).is_some_and(|holder| age(version) < age(holder))
    }

    /// Decides on one more delivery; call in the order of reception, then path.
    pub fn offer(&mut self, unit: &UnitKey, version: &Version) -> Verdict {
        if self.is_stale(unit, version) {
            return Verdict::Stale;
        }
        self.holders.insert(unit.clone(), version.clone());
        Verdict::Replaces
    }
}

/// The unit a receipt speaks for, where it speaks for one.
pub fn unit_of(receipt: &Receipt) -> Option<UnitKey> {
    Some(UnitKey {
        instansi: receipt.instansi_kode.clone()?,
        dataset: receipt.dataset.clone()?,
        periode: receipt.periode?,
        cakupan: receipt.cakupan.clone().unwrap_or_default(),
    })
}

/// The version a receipt stands for.
pub fn version_of(receipt: &Receipt) -> Version {
    Version {
        sha256: receipt.sha256,
        tanggal_tarik: receipt.tanggal_tarik,
        diterima_pada: receipt.diterima_pada.unwrap_or(receipt.dimuat_pada),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_extraction_wins_whenever_it_arrives() {
        let unit = UnitKey {
            instansi: "6705".into(),
            dataset: "pegawai".into(),
            periode: "2025-12".parse().unwrap(),
            cakupan: String::new(),
        };
        let version = |content: &str, drawn: Option<u32>, received: i64| Version {
            sha256: Digest::of(content.as_bytes()),
            tanggal_tarik: drawn.and_then(|day| NaiveDate::from_ymd_opt(2026, 1, day)),
            diterima_pada: DateTime::from_timestamp(received, 0).unwrap(),
        };
        let mut held = InForce::default();
        assert_eq!(held.offer(&unit, &version("a", None, 1)), Verdict::Replaces);
        assert_eq!(held.offer(&unit, &version("b", Some(3), 2)), Verdict::Replaces);
        assert_eq!(held.offer(&unit, &version("c", Some(2), 3)), Verdict::Stale);
        assert_eq!(held.offer(&unit, &version("d", None, 4)), Verdict::Stale);
        assert_eq!(held.offer(&unit, &version("e", Some(3), 5)), Verdict::Replaces);
        assert_eq!(held.holder(&unit).unwrap().sha256, Digest::of(b"e"));
    }
}
