//! Bytes that a program sent or received, as a short text in quotation marks.

use unicode_width::UnicodeWidthStr;

use super::text::cut;
use crate::views::printable::printable_bytes;

/// Shows the first bytes of `whole_bytes`, in at most so many columns between the quotation marks. What is left out is told by
/// an ellipsis behind them.
pub(super) fn preview(bytes: &[u8], whole_bytes: u64, columns: usize) -> String {
    let bytes = &bytes[..bytes.len().min(usize::try_from(whole_bytes).unwrap_or(usize::MAX))];
    // No character takes more bytes than four, so the others cannot be seen.
    let seen = &bytes[..bytes.len().min(columns.saturating_add(1) * 4)];
    let text = escaped(seen);
    let is_whole = seen.len() as u64 == whole_bytes;
    if is_whole && text.width() <= columns {
        return format!("\"{text}\"");
    }
    let kept = cut(&text, columns);
    format!("\"{}\"…", kept.trim_end_matches('…'))
}

/// Text as a program would write it in quotation marks.
fn escaped(bytes: &[u8]) -> String {
    printable_bytes(bytes).split('"').collect::<Vec<_>>().join("\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_text_and_never_as_they_are() {
        assert_eq!(preview(b"hola", 4, 16), "\"hola\"");
        assert_eq!(preview(b"a\r\n\x1b[2J\xff", 8, 40), r#""a\r\n\u{1b}[2J\xff""#);
        assert_eq!(preview("dice \"ñ\"".as_bytes(), 9, 16), r#""dice \"ñ\"""#);
        assert_eq!(preview(b"", 0, 16), "\"\"");
    }

    #[test]
    fn what_is_left_out_is_told() {
        assert_eq!(preview(b"unodostres", 10, 4), "\"uno\"…");
        assert_eq!(preview(b"uno", 10, 16), "\"uno\"…");
        assert_eq!(preview(&[b'x'; 100], 100, 8), "\"xxxxxxx\"…");
    }
}
