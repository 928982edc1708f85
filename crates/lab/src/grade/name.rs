//! Names of files from outside, as text that is never ambiguous.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Writes a name so that no two names are written alike, and none has a control character: what is no UTF-8, a backslash and
/// whatever cannot be shown are escaped.
pub fn shown(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            let is_turning = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
            if c == '\\' || c.is_control() || is_turning {
                text.extend(c.escape_default());
            } else {
                text.push(c);
            }
        }
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_stay_and_everything_else_is_escaped() {
        for (name, text) in [
            (&b"Pe\xc3\xb1a, Ana"[..], "Peña, Ana"),
            (b"a\nb", "a\\nb"),
            (b"\xff", "\\xff"),
            (b"\\xff", "\\\\xff"),
            (b"=cmd", "=cmd"),
        ] {
            assert_eq!(shown(OsStr::from_bytes(name)), text);
        }
    }

    proptest! {
        #[test]
        fn two_names_are_never_written_alike(one: Vec<u8>, other: Vec<u8>) {
            let [first, second] = [&one, &other].map(|name| shown(OsStr::from_bytes(name)));
            prop_assert_eq!(first == second, one == other);
            prop_assert!(!first.chars().any(char::is_control));
        }
    }
}
