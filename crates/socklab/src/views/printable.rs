//! Text from outside, made safe for a terminal.

use std::str::Utf8Chunk;

/// Escapes what would move the cursor, speak to the terminal, or change the order of what is read: text from outside may hold
/// anything.
pub(crate) fn printable(text: &str) -> String {
    let escaped = |c: char| if is_control(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// The same of bytes that may be no UTF-8: what is not is shown byte by byte.
pub(crate) fn printable_bytes(bytes: &[u8]) -> String {
    let chunk =
        |chunk: Utf8Chunk<'_>| format!("{}{}", printable(chunk.valid()), chunk.invalid().escape_ascii());
    bytes.utf8_chunks().map(chunk).collect()
}

/// Control characters, and those of Unicode that turn the direction of writing (UAX #9).
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_shown_byte_by_byte() {
        assert_eq!(printable_bytes(b"ni\xf1o\xc3 \xe2\x82\xac\x9b"), "ni\\xf1o\\xc3 €\\x9b");
    }

    #[test]
    fn what_would_speak_to_a_terminal_is_escaped_and_letters_are_not() {
        assert_eq!(printable("¡Hola, Ñandú!\t\x1b[2J\u{202e}"), "¡Hola, Ñandú!\\t\\u{1b}[2J\\u{202e}");
    }
}
