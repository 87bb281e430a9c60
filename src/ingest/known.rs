//! What few distinct texts of a column mean, each found out once. Refuses to grow: what makes room for another text is found out again.

/// How many texts are known at once.
const SLOTS: usize = 256;

/// Meanings by text.
pub struct Known<'a, V> {
    slots: Vec<Option<(&'a str, V)>>,
}

impl<V> Default for Known<'_, V> {
    fn default() -> Self {
        Self { slots: std::iter::repeat_with(|| None).take(SLOTS).collect() }
    }
}

impl<'a, V> Known<'a, V> {
    /// What `text` means; `find` is asked where that is not known.
    pub fn get(&mut self, text: &'a str, find: impl FnOnce() -> V) -> &V {
        let slot = &mut self.slots[place(text)];
        match slot {
            Some((known, _)) if *known == text => {}
            _ => *slot = Some((text, find())),
        }
        match slot {
            Some((_, meaning)) => meaning,
            None => unreachable!("it was just put in"),
        }
    }
}

/// The slot of a text: by its length and the bytes at its ends.
fn place(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at_most_eight = |part: &[u8]| part.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let first = bytes.first_chunk::<8>().map_or_else(|| at_most_eight(bytes), |it| u64::from_le_bytes(*it));
    let last = bytes.last_chunk::<8>().map_or(0, |it| u64::from_le_bytes(*it));
    let mixed = (first ^ last.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_out_once_until_another_takes_its_place() {
        let texts: Vec<String> = (0..2000).map(|it| format!("kata {}", it % 50)).collect();
        let (mut known, mut asked) = (Known::default(), 0);
        for text in &texts {
            let meaning = known.get(text, || {
                asked += 1;
                text.len()
            });
            assert_eq!(*meaning, text.len());
        }
        assert!((50..500).contains(&asked), "{asked}");
        assert_eq!(*known.get("", || 7), 7);
    }
}
