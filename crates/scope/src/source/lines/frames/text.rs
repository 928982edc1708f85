//! Texts of Python (`str`, PEP 393).

use super::layout::TextLayout;
use super::memory::{Memory, Span};

/// How many letters are read of a text; the rest is left out.
pub const TEXT_LETTERS_MAX: usize = 4_096;

/// The bits of a text's state: how many bytes each letter has (1, 2 or 4), whether the letters stand behind the object, whether all are of
/// ASCII. The two lowest say whether it is interned, which does not matter here.
const WIDTH_SHIFT: i32 = 2;
const WIDTH: i32 = 7;
const COMPACT: i32 = 1 << 5;
const ASCII: i32 = 1 << 6;

/// Letters that stand for bytes which are no UTF-8 (PEP 383).
const ESCAPED: std::ops::RangeInclusive<u32> = 0xdc80..=0xdcff;

/// Reads a text; `None` if there is none.
pub(super) fn text(address: u64, memory: &mut Memory<'_>, layout: &TextLayout, span: Span) -> Option<String> {
    let head = memory.once_fields(address, span)?;
    let state = head.int(layout.state);
    let width = usize::try_from(state >> WIDTH_SHIFT & WIDTH).ok()?;
    if state & COMPACT == 0 || !matches!(width, 1 | 2 | 4) {
        return None;
    }
    let begin = if state & ASCII == 0 { layout.other } else { layout.ascii };
    let letters = usize::try_from(head.word(layout.length)).ok()?.min(TEXT_LETTERS_MAX);
    let bytes = memory.once(address.checked_add(begin)?, letters * width)?;
    Some(decode(&bytes, width))
}

fn decode(bytes: &[u8], width: usize) -> String {
    let mut text = Vec::with_capacity(bytes.len());
    for letter in bytes.chunks_exact(width) {
        let mut number = [0; 4];
        number[..width].copy_from_slice(letter);
        let number = u32::from_le_bytes(number);
        match char::from_u32(number) {
            Some(letter) => text.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
            None if ESCAPED.contains(&number) => text.extend(u8::try_from(number & 0xff)),
            None => text.extend("\u{fffd}".bytes()),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_one_two_or_four_bytes() {
        assert_eq!(decode(b"ma\xf1ana", 1), "mañana");
        assert_eq!(decode(&[0x61, 0, 0xac, 0x20], 2), "a€");
        assert_eq!(decode(&[0x0d, 0xf4, 1, 0], 4), "\u{1f40d}");
    }

    #[test]
    fn what_is_no_letter_is_shown_as_such() {
        assert_eq!(decode(&[0xc3, 0xdc, 0xb1, 0xdc], 2), "ñ");
        assert_eq!(decode(&[0xff, 0xdc, 0x61, 0], 2), "\u{fffd}a");
        assert_eq!(decode(&[0, 0xd8], 2), "\u{fffd}");
        assert_eq!(decode(&[0xff; 4], 4), "\u{fffd}");
    }
}
