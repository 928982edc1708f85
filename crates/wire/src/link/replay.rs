//! Which numbers have come: a datagram that is sent twice acts once.
//!
//! A bit for each of the last [`NUMBERS_MAX`] numbers, as in [RFC 6479](https://www.rfc-editor.org/rfc/rfc6479).

/// How many numbers are told apart; one that is so far behind the highest, or farther, counts as seen.
pub const NUMBERS_MAX: u64 = 1_024;

const WORDS: usize = 16;
const BITS: u64 = 64;

/// The numbers of one direction that have come.
#[derive(Debug, Default)]
pub(super) struct Replay {
    highest: Option<u64>,
    /// The bit of a number is that of its remainder.
    seen: [u64; WORDS],
}

impl Replay {
    /// Whether `number` has not come yet, as far as that is known.
    pub(super) fn is_new(&self, number: u64) -> bool {
        let Some(highest) = self.highest else { return true };
        match highest.checked_sub(number) {
            None => true,
            Some(behind) => {
                let (word, bit) = place(number);
                behind < NUMBERS_MAX && self.seen[word] & bit == 0
            }
        }
    }

    /// Notes that `number`, which [`Replay::is_new`], has come.
    pub(super) fn mark(&mut self, number: u64) {
        let highest = self.highest.unwrap_or(number);
        if number.saturating_sub(highest) >= NUMBERS_MAX {
            self.seen = [0; WORDS];
        } else {
            // What is between was behind by a whole turn before; its bits are free for the new numbers.
            for skipped in highest.saturating_add(1)..number {
                let (word, bit) = place(skipped);
                self.seen[word] &= !bit;
            }
        }
        self.highest = Some(highest.max(number));
        let (word, bit) = place(number);
        self.seen[word] |= bit;
    }
}

/// The word and the bit of a number.
fn place(number: u64) -> (usize, u64) {
    let remainder = number % NUMBERS_MAX;
    (usize::try_from(remainder / BITS).unwrap_or_default(), 1 << (remainder % BITS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_new_once() {
        let mut replay = Replay::default();
        for number in [0, 5, 3, 4, 1_000, 999, u64::MAX] {
            assert!(replay.is_new(number), "{number}");
            replay.mark(number);
            assert!(!replay.is_new(number), "{number}");
        }
    }

    #[test]
    fn a_number_that_is_too_far_behind_counts_as_seen() {
        let mut replay = Replay::default();
        replay.mark(5_000);

        assert!(replay.is_new(5_000 - NUMBERS_MAX + 1));
        assert!(!replay.is_new(5_000 - NUMBERS_MAX));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_set(steps in proptest::collection::vec((0_u64..3_000, any::<bool>()), 0..400)) {
            let (mut replay, mut seen, mut base) = (Replay::default(), BTreeSet::new(), 0);
            for (step, jumps) in steps {
                let number = base + step;
                let highest = seen.last().copied().unwrap_or(0);
                let expected = !seen.contains(&number) && number + NUMBERS_MAX > highest;
                prop_assert_eq!(replay.is_new(number), expected);
                if expected {
                    replay.mark(number);
                    seen.insert(number);
                }
                base = if jumps { number } else { base };
            }
        }
    }
}
