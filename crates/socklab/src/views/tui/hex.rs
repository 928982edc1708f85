//! Bytes in hexadecimal and as characters of ASCII.

use crate::views::trace::{NAME, PLAIN, QUIET, Text};

/// How many bytes a line has.
const LINE_BYTES: usize = 16;

/// Lays bytes out, sixteen a line. Those before `payload_from`, which are headers, are less loud.
pub(super) fn lines(bytes: &[u8], payload_from: Option<usize>) -> impl Iterator<Item = Text> {
    bytes.chunks(LINE_BYTES).enumerate().map(move |(number, chunk)| {
        let from = number * LINE_BYTES;
        let style = |at: usize| match payload_from {
            Some(payload) if at >= payload => NAME,
            Some(_) => QUIET,
            None => PLAIN,
        };
        let mut text = Text::default().with(QUIET, format!("{from:04x} "));
        for (at, byte) in chunk.iter().enumerate() {
            text.push(style(from + at), format!(" {byte:02x}"));
        }
        text.pad_to(5 + LINE_BYTES * 3 + 2);
        for (at, byte) in chunk.iter().enumerate() {
            text.push(style(from + at), character(*byte).to_string());
        }
        text
    })
}

fn character(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '.' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_stands_twice() {
        let lines: Vec<_> =
            lines(b"GET / HTTP/1.1\r\n\xff", Some(4)).map(|it| it.line(None, false)).collect();

        assert_eq!(
            lines,
            [
                "0000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..",
                "0010  ff                                               ."
            ]
        );
    }
}
