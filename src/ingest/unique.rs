//! Duplicates among the accepted rows of a file, by hashes of key and content (DUP-01, DUP-02). Refuses to keep rows.

use crate::model::chunk::Chunk;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int32Type};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Where an accepted row is held, and what was delivered in it.
#[derive(Clone, Copy)]
struct Slot {
    chunk: u32,
    row: u32,
    content: u64,
}

/// Keys seen so far.
#[derive(Default)]
pub struct Seen(HashMap<u128, Slot>);

/// What to do about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicate {
    /// Its key is new.
    New,
    /// It repeats an earlier row: reject it (DUP-01).
    Same,
    /// It replaces the row held there: reject that one (DUP-02).
    Replaces {
        /// Held chunk.
        chunk: usize,
        /// Row in it.
        row: usize,
    },
}

impl Seen {
    /// Notes one more accepted row.
    pub fn offer(&mut self, key: u128, content: u64, chunk: usize, row: usize) -> Duplicate {
        let index = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let slot = Slot { chunk: index(chunk), row: index(row), content };
        match self.0.entry(key) {
            Entry::Vacant(place) => {
                place.insert(slot);
                Duplicate::New
            }
            Entry::Occupied(place) if place.get().content == content => Duplicate::Same,
            Entry::Occupied(mut place) => {
                let before = place.insert(slot);
                Duplicate::Replaces { chunk: before.chunk as usize, row: before.row as usize }
            }
        }
    }
}

/// A hash of each row of the key columns. 128 bits: among a million rows two keys agree by chance once in 10^26 files.
pub fn keys(columns: &[&ArrayRef], rows: usize, seed: &str) -> Vec<u128> {
    let (low, high) = (bytes_hash(seed.as_bytes(), 1), bytes_hash(seed.as_bytes(), 2));
    let mut states = vec![(low, high); rows];
    for column in columns {
        for (row, (low, high)) in states.iter_mut().enumerate() {
            let (a, b) = value(column, row);
            *low = mix(*low ^ a, PRIME_A);
            *high = mix(*high ^ b, PRIME_B);
        }
    }
    states.into_iter().map(|(low, high)| u128::from(low) << 64 | u128::from(high)).collect()
}

/// A hash of everything delivered in each accepted row.
pub fn contents(chunk: &Chunk, accepted: &BooleanArray, seed: &str) -> Vec<u64> {
    let mut states = vec![bytes_hash(seed.as_bytes(), 3); chunk.len()];
    for column in &chunk.columns {
        for (row, state) in states.iter_mut().enumerate() {
            let cell = if column.is_null(row) { "" } else { column.value(row) };
            *state = mix(*state ^ bytes_hash(cell.as_bytes(), 4), PRIME_A);
        }
    }
    accepted.values().set_indices().map(|row| states[row]).collect()
}

const PRIME_A: u64 = 0x9e37_79b9_7f4a_7c15;
const PRIME_B: u64 = 0xc2b2_ae3d_27d4_eb4f;

/// Multiply to 128 bits and fold.
fn mix(value: u64, by: u64) -> u64 {
    let wide = u128::from(value ^ 0x2545_f491_4f6c_dd1d) * u128::from(by);
    (wide >> 64) as u64 ^ wide as u64
}

fn bytes_hash(bytes: &[u8], seed: u64) -> u64 {
    let mut state = mix(seed ^ bytes.len() as u64, PRIME_B);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word: [u8; 8] = word.try_into().expect("chunks of eight bytes");
        state = mix(state ^ u64::from_le_bytes(word), PRIME_A);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        let mut word = [0u8; 8];
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        state = mix(state ^ u64::from_le_bytes(word), PRIME_B);
    }
    state
}

/// Two hashes of one value; null has its own.
fn value(column: &ArrayRef, row: usize) -> (u64, u64) {
    if column.is_null(row) {
        return (0x6e75_6c6c, 0x6c6c_756e);
    }
    let number = |it: u128| {
        let bytes = it.to_le_bytes();
        (bytes_hash(&bytes, 5), bytes_hash(&bytes, 6))
    };
    match column.data_type() {
        DataType::Utf8 => {
            let bytes = column.as_string::<i32>().value(row).as_bytes();
            (bytes_hash(bytes, 5), bytes_hash(bytes, 6))
        }
        DataType::Date32 => number(column.as_primitive::<Date32Type>().value(row) as u128),
        DataType::Int32 => number(column.as_primitive::<Int32Type>().value(row) as u128),
        DataType::Decimal128(_, _) => number(column.as_primitive::<Decimal128Type>().value(row) as u128),
        DataType::Boolean => number(u128::from(column.as_boolean().value(row))),
        other => unreachable!("a contract has no column of type {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringArray;
    use std::sync::Arc;

    #[test]
    fn a_null_key_is_a_key_and_splitting_matters() {
        let a: ArrayRef = Arc::new(StringArray::from(vec![Some("ab"), Some("a"), None, None, Some("")]));
        let b: ArrayRef = Arc::new(StringArray::from(vec![Some("c"), Some("bc"), Some("x"), Some("x"), Some("x")]));
        let found = keys(&[&a, &b], 5, "");
        assert_ne!(found[0], found[1]);
        assert_eq!(found[2], found[3]);
        assert_ne!(found[3], found[4]);
        assert_ne!(found[0], keys(&[&a, &b], 5, "2025-12")[0]);
    }

    #[test]
    fn the_later_row_counts_unless_it_is_the_same() {
        let mut seen = Seen::default();
        assert_eq!(seen.offer(1, 10, 0, 0), Duplicate::New);
        assert_eq!(seen.offer(1, 10, 0, 1), Duplicate::Same);
        assert_eq!(seen.offer(1, 11, 0, 2), Duplicate::Replaces { chunk: 0, row: 0 });
        assert_eq!(seen.offer(1, 10, 1, 0), Duplicate::Replaces { chunk: 0, row: 2 });
    }
}
