//! Chance that is the same on every platform: one ChaCha stream per purpose. Refuses the system's entropy and any distribution of a library.

use chrono::{Days, NaiveDate};
use rand::RngCore;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `seed` for one purpose (`6705/pegawai`): streams of different purposes do not disturb each other.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(ChaCha8Rng::seed_from_u64(seed ^ mixed.rotate_left(17)))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..n`; 0 for `n` = 0.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.bits()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number between both ends, ends included; `low` when they are the wrong way round.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(0);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in a share `p` of cases.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// About normal, mean 0, deviation 1 (twelve uniforms).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of the items.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// The place of one of the weights, in proportion to them.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut left = self.below(total as usize) as u32;
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// A day between both ends, ends included; `from` when they are the wrong way round.
    pub fn day(&mut self, from: NaiveDate, to: NaiveDate) -> NaiveDate {
        let days = self.between(0, (to - from).num_days().max(0));
        from + Days::new(days.unsigned_abs())
    }

    /// `count` decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// 32 hex digits, one third of them in upper case, one tenth dashed: the three shapes of SIASN ids.
    pub fn siasn_id(&mut self) -> String {
        let text = format!("{:016x}{:016x}", self.bits(), self.bits());
        match self.below(20) {
            0..7 => text.to_uppercase(),
            7..9 => [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)].map(|(from, to)| &text[from..to]).join("-"),
            _ => text,
        }
    }

    /// 32 lower-case hex digits: the id of a history row.
    pub fn row_id(&mut self) -> String {
        format!("{:016x}{:016x}", self.bits(), self.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut dice = Dice::new(7, "6705/pegawai");
        let seen: Vec<usize> = (0..6).map(|_| dice.below(100)).collect();
        let mut again = Dice::new(7, "6705/pegawai");
        assert_eq!(seen, (0..6).map(|_| again.below(100)).collect::<Vec<_>>());
        assert_ne!(Dice::new(7, "6701").bits(), Dice::new(7, "6702").bits());
        assert_eq!(dice.between(5, 4), 5);
        assert_eq!(dice.below(0), 0);
    }
}
