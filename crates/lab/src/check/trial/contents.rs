//! Contents that nobody can foresee, in shapes that are always the same: random lengths would let a wrong program pass sometimes.

/// Makes them. The same seed makes the same ones.
#[derive(Debug)]
pub(super) struct Contents(u64);

/// What text is made of besides: letters of two, three and four bytes in UTF-8.
const LETTERS: [&str; 6] = ["ñ", "á", "ü", "€", "ト", "😀"];

impl Contents {
    /// Begins for one requirement.
    pub(super) fn new(seed: u64, requirement: &str) -> Self {
        // FNV-1a: so that two requirements do not have the same ones.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(requirement.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, mix))
    }

    /// The next number (splitmix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap_or_default()
    }

    /// Letters and digits.
    pub(super) fn nonce(&mut self, bytes: usize) -> Vec<u8> {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        (0..bytes).map(|_| ALPHABET[self.below(ALPHABET.len())]).collect()
    }

    /// Letters, digits, and in fixed places letters of several bytes.
    pub(super) fn text(&mut self, characters: usize) -> String {
        let mut text = String::new();
        for index in 0..characters {
            // The first, and every fifth one from there on, each in turn.
            if index % 5 == 0 {
                text.push_str(LETTERS[index / 5 % LETTERS.len()]);
            } else {
                text.extend(self.nonce(1).into_iter().map(char::from));
            }
        }
        text
    }

    /// Bytes of every value; line ends in fixed places.
    pub(super) fn binary(&mut self, bytes: usize) -> Vec<u8> {
        let mut binary: Vec<u8> = (0..bytes).map(|_| self.next().to_le_bytes()[0]).collect();
        for (index, byte) in binary.iter_mut().enumerate().skip(2) {
            match index % 97 {
                // Every value comes, whatever the others are.
                0 => *byte = (index / 97).to_le_bytes()[0],
                1 => *byte = b'\r',
                2 => *byte = b'\n',
                _ => {}
            }
        }
        binary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_and_another_requirement_others() {
        let nonce = |seed, requirement| Contents::new(seed, requirement).nonce(16);

        assert_eq!(nonce(1, "echoes"), nonce(1, "echoes"));
        assert_ne!(nonce(1, "echoes"), nonce(2, "echoes"));
        assert_ne!(nonce(1, "echoes"), nonce(1, "utf-8"));
    }

    #[test]
    fn a_text_has_as_many_characters_and_more_bytes() {
        let text = Contents::new(7, "utf-8").text(26);

        assert_eq!(text.chars().count(), 26);
        for bytes in 1..=4 {
            assert!(text.chars().any(|letter| letter.len_utf8() == bytes), "{text}");
        }
        assert_eq!(Contents::new(7, "utf-8").text(1).len(), 2);
    }

    #[test]
    fn binary_has_line_ends() {
        let binary = Contents::new(7, "image").binary(5000);

        assert!(binary.windows(2).any(|pair| pair == b"\r\n"));
        assert_eq!(binary.len(), 5000);
        assert_eq!(Contents::new(7, "image").nonce(3).len(), 3);
    }
}
