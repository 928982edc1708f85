//! A delimiter, whose bytes may be such as nobody can type.

use endpoints::ways::Delimiter;

use super::ValueError;

/// Reads a delimiter: text, in which `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH` stand for a byte each.
///
/// # Errors
///
/// [`ValueError::Delimiter`] for another escape, for no byte at all, and for more than a delimiter may have.
pub(crate) fn delimiter(text: &str) -> Result<Delimiter, ValueError> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let (byte, length) = escaped(escape).ok_or(ValueError::Delimiter)?;
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Delimiter::new(&bytes).ok_or(ValueError::Delimiter)
}

/// The byte that an escape stands for, and how long the escape is without its backslash.
fn escaped(escape: &str) -> Option<(u8, usize)> {
    Some(match escape.as_bytes().first()? {
        b'n' => (b'\n', 1),
        b'r' => (b'\r', 1),
        b't' => (b'\t', 1),
        b'0' => (0, 1),
        b'\\' => (b'\\', 1),
        b'x' => {
            let digits = escape.get(1..3).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            (u8::from_str_radix(digits, 16).ok()?, 3)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use endpoints::ways::DELIMITER_BYTES_MAX;

    use super::*;

    #[test]
    fn a_delimiter_is_text_with_escapes() {
        for (text, bytes) in [
            ("FIN", &b"FIN"[..]),
            (r"\n--FIN--\n", b"\n--FIN--\n"),
            (r"\0\r\t\\\x1b\xFFñ", b"\0\r\t\\\x1b\xff\xc3\xb1"),
        ] {
            assert_eq!(delimiter(text).unwrap().as_bytes(), bytes, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_delimiters() {
        let too_long = "x".repeat(DELIMITER_BYTES_MAX + 1);
        for text in ["", "\\", r"\q", r"\x", r"\x1", r"\xzz", r"\x+1", r"\xñ", &too_long] {
            assert_eq!(delimiter(text), Err(ValueError::Delimiter), "{text}");
        }
    }
}
