//! The table in which a code object says what line each of its instructions comes from.
//!
//! `CPython` 3.11 and later (PEP 657; `Objects/locations.md` of `CPython`, `InternalDocs/code_objects.md` since 3.14). An entry begins
//! with a byte that has the highest bit, which no other byte of it has; then come four bits with its form, and three with the number
//! of instruction words that it is about, less one. What the line differs by from that of the entry before depends on the form.
//! Columns follow, and the end of the place, which nobody here needs.

/// How long a table is at most; code with a longer one has no lines.
pub const TABLE_BYTES_MAX: usize = 262_144;

/// The bit that begins an entry.
const BEGINS: u8 = 0x80;

/// The forms that are not "no line's difference, then a column": of one line, and without columns, with all, without any place.
const ONE_LINE: std::ops::RangeInclusive<u8> = 10..=12;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NO_PLACE: u8 = 15;

/// The lines of the instructions of one code object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// From which instruction word on, and what line; in order.
    runs: Vec<(u64, Option<u32>)>,
    /// How many instruction words there are.
    words: u64,
}

impl Lines {
    /// Reads a table. Whatever the bytes are, something comes of it: at most one run for each of them.
    pub(super) fn decode(table: &[u8], first_line: i32) -> Self {
        let mut lines = Self::default();
        let mut line = i64::from(first_line);
        let mut rest = table;
        while let Some((head, behind)) = rest.split_first() {
            let form = head >> 3 & 15;
            line = line.saturating_add(difference(form, behind));
            let shown = Some(line).filter(|_| form != NO_PLACE);
            let shown = shown.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
            if lines.runs.last().is_none_or(|(_, last)| *last != shown) {
                lines.runs.push((lines.words, shown));
            }
            lines.words += u64::from(head & 7) + 1;
            let length = behind.iter().take_while(|byte| **byte & BEGINS == 0).count();
            rest = &behind[length..];
        }
        lines
    }

    /// The line of an instruction, counted in words; `None` if it has none, or there is no such instruction.
    pub(super) fn line(&self, word: u64) -> Option<u32> {
        if word >= self.words {
            return None;
        }
        let run = self.runs.partition_point(|(begin, _)| *begin <= word);
        self.runs.get(run.checked_sub(1)?)?.1
    }
}

/// By how much the line of an entry differs from the one before.
fn difference(form: u8, behind: &[u8]) -> i64 {
    match form {
        NO_COLUMNS | LONG => signed(number(behind)),
        _ if ONE_LINE.contains(&form) => i64::from(form - ONE_LINE.start()),
        _ => 0,
    }
}

/// The bits of a byte that are of the number; the one that says that there are more; how many bytes make up all that counts.
const BITS: u8 = 0x3f;
const GOES_ON: u8 = 0x40;
const NUMBER_BYTES: usize = 6;

/// Reads a number of six bits in each byte, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(NUMBER_BYTES).enumerate() {
        value |= u64::from(byte & BITS) << (6 * place);
        if byte & GOES_ON == 0 {
            break;
        }
    }
    value
}

/// The lowest bit is the sign.
fn signed(value: u64) -> i64 {
    let size = (value >> 1).cast_signed();
    if value & 1 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn all(lines: &Lines) -> Vec<Option<u32>> {
        (0..lines.words).map(|word| lines.line(word)).collect()
    }

    #[test]
    fn each_form_says_by_how_much_the_line_differs() {
        // Two words of a short form; one of the third form of one line; two without columns, four lines back; one long, 100 on; none.
        let table = [0x81, 0x12, 0xe0, 1, 2, 0xe9, 9, 0xf0, 0x48, 3, 0, 1, 2, 0xf8];

        let expected = [Some(7), Some(7), Some(9), Some(5), Some(5), Some(105), None];
        let lines = Lines::decode(&table, 7);
        assert_eq!(all(&lines), expected);
        assert_eq!((lines.line(7), lines.line(u64::MAX)), (None, None));
    }

    #[test]
    fn a_place_that_is_none_does_not_move_the_line() {
        assert_eq!(all(&Lines::decode(&[0xf8, 0xd8, 0, 0], 3)), [None, Some(4)]);
    }

    #[test]
    fn lines_below_the_first_are_none() {
        assert_eq!(all(&Lines::decode(&[0xe8, 3], 1)), [None]);
        assert_eq!(all(&Lines::decode(&[0xe8, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f], 1)), [None]);
        assert_eq!(Lines::decode(&[], 1), Lines::default());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table(table in vec(any::<u8>(), 0..600), first in any::<i32>(), word in any::<u64>()) {
            let lines = Lines::decode(&table, first);

            prop_assert!(lines.runs.len() <= table.len());
            prop_assert!(lines.words <= 8 * table.len() as u64);
            prop_assert!(lines.line(word).is_none() || word < lines.words);
        }
    }
}
