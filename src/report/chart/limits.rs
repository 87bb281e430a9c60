//! Control limits of a funnel: what chance alone would give around the reference at n persons. Refuses to rank.

/// Half width of 95 % of a normal distribution.
const Z_95: f64 = 1.959_964;
/// Half width of 99.8 %.
const Z_998: f64 = 3.090_232;
/// Part of the units at each end whose distance is drawn in before the spread is estimated.
const WINSORISED: f64 = 0.1;

/// Where a unit stands against the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below the 99.8 % limit.
    FarBelow,
    /// Between the lower limits.
    Below,
    /// As chance would have it.
    Inside,
    /// Between the upper limits.
    Above,
    /// Above the 99.8 % limit.
    FarAbove,
}

/// Binomial limits around a share, widened where units differ more than binomial chance (multiplicative over-dispersion,
/// estimated from winsorised distances: Spiegelhalter 2005, *Handling over-dispersion of performance indicators*).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    centre: f64,
    /// By how much limits are widened; 1 where chance explains the spread.
    pub widened: f64,
}

impl Limits {
    /// Limits around `centre` for units given as (n, share).
    pub fn new(units: &[(f64, f64)], centre: f64) -> Self {
        let plain = Self { centre, widened: 1.0 };
        let mut distances: Vec<f64> =
            units.iter().map(|(n, share)| (share - centre) / plain.error(*n)).filter(|it| it.is_finite()).collect();
        distances.sort_by(f64::total_cmp);
        let count = distances.len();
        let pulled = (count as f64 * WINSORISED).floor() as usize;
        let (Some(&low), Some(&high)) = (distances.get(pulled), distances.get(count.saturating_sub(pulled + 1))) else {
            return plain;
        };
        let spread = distances.iter().map(|it| it.clamp(low, high).powi(2)).sum::<f64>() / count as f64;
        let expected = 1.0 + 2.0 * (2.0 / count as f64).sqrt();
        Self { centre, widened: if spread > expected { spread.sqrt() } else { 1.0 } }
    }

    /// The 95 % limits at n persons.
    pub fn inner(&self, n: f64) -> (f64, f64) {
        self.at(n, Z_95)
    }

    /// The 99.8 % limits at n persons.
    pub fn outer(&self, n: f64) -> (f64, f64) {
        self.at(n, Z_998)
    }

    /// Where a share of n persons stands.
    pub fn place(&self, n: f64, share: f64) -> Place {
        let ((low, high), (least, greatest)) = (self.inner(n), self.outer(n));
        match share {
            it if it < least => Place::FarBelow,
            it if it < low => Place::Below,
            it if it > greatest => Place::FarAbove,
            it if it > high => Place::Above,
            _ => Place::Inside,
        }
    }

    fn at(&self, n: f64, z: f64) -> (f64, f64) {
        let half = z * self.widened * self.error(n);
        ((self.centre - half).max(0.0), (self.centre + half).min(1.0))
    }

    fn error(&self, n: f64) -> f64 {
        (self.centre * (1.0 - self.centre) / n.max(1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_binomial() {
        let limits = Limits::new(&[(100.0, 0.5), (100.0, 0.52), (400.0, 0.49)], 0.5);
        assert_eq!(limits.widened, 1.0);
        let (low, high) = limits.inner(100.0);
        assert!((low - 0.402).abs() < 5e-4 && (high - 0.598).abs() < 5e-4);
        assert!((limits.outer(100.0).0 - 0.3455).abs() < 5e-4);
        assert_eq!(limits.place(100.0, 0.34), Place::FarBelow);
        assert_eq!(limits.place(100.0, 0.61), Place::Above);
        assert_eq!(limits.place(100.0, 0.5), Place::Inside);
    }

    #[test]
    fn limits_are_wider_where_units_differ_more_than_chance() {
        let units: Vec<(f64, f64)> = (0..15).map(|i| (100.0, 0.2 + f64::from(i) * 0.04)).collect();
        let limits = Limits::new(&units, 0.48);
        // Distances -5.6 … 5.6 with one of fifteen drawn in at each end: mean square 10.84.
        assert!((limits.widened - 3.29).abs() < 0.02, "{}", limits.widened);
        assert_eq!(limits.place(100.0, 0.2), Place::Inside);
    }

    #[test]
    fn nothing_and_one_unit_make_limits() {
        assert_eq!(Limits::new(&[], 0.5).widened, 1.0);
        assert_eq!(Limits::new(&[(0.0, 0.0)], 0.0).place(0.0, 0.0), Place::Inside);
    }
}
