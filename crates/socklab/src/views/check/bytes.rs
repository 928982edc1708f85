//! Bytes with a sign below the first one that differs.

use std::str::Utf8Chunk;

use lab::check::Excerpt;
use unicode_width::UnicodeWidthStr;

use crate::views::printable::printable;

/// How many bytes are shown in a line, and how many of them before the first difference.
const SHOWN_BYTES: usize = 48;
const BEFORE_BYTES: usize = 24;

/// A part of an excerpt, as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The bytes between quotes, escaped; what is left out is not in them.
    pub(super) text: String,
    /// The column of the first byte that differs, counted from the beginning of the text.
    pub(super) column: Option<usize>,
    /// Where the part begins in all, and where it ends.
    pub(super) from: u64,
    /// Behind its last byte.
    pub(super) to: u64,
}

/// Shows what stands around the first difference; the beginning, if nothing differs.
pub(super) fn shown(excerpt: &Excerpt) -> Shown {
    let bytes = &excerpt.bytes.0;
    let at = excerpt.differs_at.and_then(|at| usize::try_from(at.checked_sub(excerpt.from)?).ok());
    let first = if bytes.len() <= SHOWN_BYTES { 0 } else { at.unwrap_or(0).saturating_sub(BEFORE_BYTES) };
    let first = begin_of_letter(bytes, first.min(bytes.len()));
    let last = (first + SHOWN_BYTES).min(bytes.len());
    let part = &bytes[first..last];
    let column = at.filter(|at| (first..=last).contains(at)).map(|at| {
        let at = begin_of_letter(bytes, at);
        1 + escaped(&bytes[first..at.max(first)]).width()
    });
    let from = excerpt.from + first as u64;
    Shown { text: format!("\"{}\"", escaped(part)), column, from, to: from + part.len() as u64 }
}

/// Escapes what is no letter, quotes and backslashes among it, so that every byte can be seen.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let chunk = |chunk: Utf8Chunk<'_>| {
        let valid: String = chunk.valid().chars().map(letter).collect();
        format!("{valid}{}", chunk.invalid().escape_ascii())
    };
    bytes.utf8_chunks().map(chunk).collect()
}

fn letter(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '"' | '\\' => format!("\\{c}"),
        c if c.is_ascii_control() => format!("\\x{:02x}", u32::from(c)),
        c => printable(c.encode_utf8(&mut [0; 4])),
    }
}

/// Moves back to where the letter begins that this byte may be a part of.
fn begin_of_letter(bytes: &[u8], at: usize) -> usize {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let begin = (at.saturating_sub(3)..=at).rev().find(|at| !is_inside(*at)).unwrap_or(at);
    let is_letter = bytes[begin..].utf8_chunks().next().is_some_and(|chunk| chunk.valid().len() > at - begin);
    if is_letter { begin } else { at }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_sign_stands_below_the_first_byte_that_differs() {
        for (expected, observed, column, text) in [
            (&b"hola mundo"[..], &b"hola mondo"[..], 7, "\"hola mondo\""),
            (b"hola", b"ho", 3, "\"ho\""),
            (b"a\nb", b"a\nc", 4, "\"a\\nc\""),
            (b"\xff\x00x", b"\xff\x00y", 9, "\"\\xff\\x00y\""),
            ("año".as_bytes(), "añ!".as_bytes(), 3, "\"añ!\""),
            ("ñ".as_bytes(), b"\xc3(", 5, "\"\\xc3(\""),
        ] {
            let [_, observed] = Excerpt::of_difference(expected, observed);
            let shown = shown(&observed);
            assert_eq!((shown.column, shown.text.as_str()), (Some(column), text));
        }
    }

    #[test]
    fn of_many_bytes_those_around_the_difference_are_shown_and_where_they_stand_is_told() {
        let mut observed = vec![b'a'; 1000];
        observed[500] = b'b';
        let [_, observed] = Excerpt::of_difference(&[b'a'; 1000], &observed);
        let shown = shown(&observed);

        assert_eq!((shown.from, shown.to, shown.column), (476, 524, Some(25)));
        assert!(shown.text[shown.column.unwrap()..].starts_with('b'));
    }

    proptest! {
        #[test]
        fn nothing_that_is_shown_could_speak_to_a_terminal(expected: Vec<u8>, observed: Vec<u8>) {
            for excerpt in Excerpt::of_difference(&expected, &observed) {
                let shown = shown(&excerpt);
                prop_assert!(!shown.text.chars().any(char::is_control));
                prop_assert!(shown.column.is_none_or(|column| column <= shown.text.width()));
            }
        }
    }
}
