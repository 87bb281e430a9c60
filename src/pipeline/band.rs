//! The band of plausible numbers of rows, and which deliveries of a dataset follow one another. Refuses to hold or load anything.

use crate::analysis::rules::Rules;
use crate::model::periode::Periode;
use crate::model::waiting::Rows;
use crate::pipeline::in_force::UnitKey;

/// The plausible band (`queries/rules/parameter.csv`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Share of the rows compared with by which a delivery may differ.
    pub share: f64,
    /// Fewer rows than these have no band.
    pub rows_min: u64,
    /// A smaller difference than this is chance, whatever its share.
    pub difference_min: u64,
}

impl Band {
    /// The band that holds in `periode`; nothing where the rules state none.
    pub fn of(rules: &Rules, periode: Periode) -> Option<Self> {
        let value = |name: &str| {
            let own = rules.parameters.iter().find(|it| it.name == name && it.holds(periode));
            own.map(|it| it.value.as_str())
        };
        let count = |name: &str| value(name).and_then(|it| it.parse().ok());
        let share = value("kiriman.pita_jumlah_baris")?.parse().ok()?;
        let rows_min = count("kiriman.pita_baris_min")?;
        Some(Self { share, rows_min, difference_min: count("kiriman.pita_selisih_min").unwrap_or(0) })
    }

    /// Whether `rows` lie outside the band around `base`.
    pub fn excludes(self, base: u64, rows: u64) -> bool {
        let difference = base.abs_diff(rows);
        self.rows_min <= base && self.difference_min <= difference && self.share * (base as f64) < difference as f64
    }

    /// Whether a delivery lies outside in both ways of counting. A file with many bad rows has read enough, a file pasted twice has
    /// accepted no more than it should: neither is a truncated or a swollen stock.
    pub fn excludes_both(self, base: Rows, rows: Rows) -> bool {
        self.excludes(base.dibaca, rows.dibaca) && self.excludes(base.diterima, rows.diterima)
    }
}

/// What of a part stays the same from one periode to the next: `2025-B11` is followed by `2025-B12`, `SKP22-2021-2024` by
/// `SKP22-2022-2025`. The name without its numbers.
fn series(cakupan: &str) -> String {
    let kind = cakupan.split('-').next_back().unwrap_or_default();
    let numbers = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let named: Vec<&str> = if numbers(kind) {
        cakupan.split('-').filter(|it| !numbers(it)).collect()
    } else {
        vec![kind.trim_end_matches(|it: char| it.is_ascii_digit())]
    };
    named.join("-")
}

/// Whether `earlier` is a delivery of the same sender, dataset and kind of part, for an earlier periode.
pub fn precedes(earlier: &UnitKey, unit: &UnitKey) -> bool {
    earlier.periode < unit.periode
        && (&earlier.instansi, &earlier.dataset) == (&unit.instansi, &unit.dataset)
        && series(&earlier.cakupan) == series(&unit.cakupan)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: Band = Band { share: 0.1, rows_min: 50, difference_min: 10 };

    #[test]
    fn the_band_spares_small_deliveries_small_differences_and_its_own_edge() {
        assert!(!BAND.excludes(100, 110) && !BAND.excludes(100, 90) && !BAND.excludes(49, 0));
        assert!(BAND.excludes(100, 111) && BAND.excludes(100, 89) && BAND.excludes(50, 0));
        assert!(!BAND.excludes(80, 71) && BAND.excludes(80, 70) && BAND.excludes(80, 56));
    }

    #[test]
    fn bad_rows_and_rows_sent_twice_are_no_difference() {
        let rows = |dibaca, diterima| Rows { dibaca, diterima };
        let base = rows(1000, 980);
        assert!(!BAND.excludes_both(base, rows(1001, 400)), "rejected rows are counted elsewhere");
        assert!(!BAND.excludes_both(base, rows(2000, 985)), "the second half is rejected as duplicate");
        assert!(BAND.excludes_both(base, rows(700, 690)) && BAND.excludes_both(base, rows(1300, 1290)));
    }

    #[test]
    fn parts_follow_one_another_by_their_kind() {
        let unit = |periode: &str, cakupan: &str| UnitKey {
            instansi: "6705".into(),
            dataset: "kinerja".into(),
            periode: periode.parse().unwrap(),
            cakupan: cakupan.into(),
        };
        let december = unit("2025-12", "2025-B12");
        assert!(precedes(&unit("2025-11", "2025-B11"), &december));
        assert!(!precedes(&december, &december) && !precedes(&unit("2026-01", "2026-B01"), &december));
        for other in ["2025-T3", "2024-TAHUNAN", "SKP22-2021-2024", ""] {
            assert!(!precedes(&unit("2025-09", other), &december), "{other}");
        }
        assert!(precedes(&unit("2024-12", "2024-TAHUNAN"), &unit("2025-12", "2025-TAHUNAN")));
        assert!(precedes(&unit("2024-12", "SKP22-2021-2023"), &unit("2025-12", "SKP22-2021-2024")));
        assert!(precedes(&unit("2025-11", ""), &unit("2025-12", "")));
    }
}
