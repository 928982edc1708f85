//! Names of files that come from a peer.
//!
//! What no file of Linux can be called (`path_resolution(7)`) is refused: whoever sends that is mistaken, or tries something. What a
//! file can be called and would mislead a person or a program is made safe, by a `_` in its place: so the sender's
//! file arrives, and the answer says under which name.

use std::fmt;

use thiserror::Error;
use wire::message::FILE_NAME_BYTES_MAX;

/// The longest ending that stays at the end of a name with a number: `photo (2).jpeg`.
const ENDING_BYTES_MAX: usize = 16;

/// What stands in the place of a character that misleads.
const SUBSTITUTE: char = '_';

/// Letters, signs and marks that no program shows (`Default_Ignorable_Code_Point` of Unicode), and those that turn the
/// direction of a line or break it. With one of them two names look alike, or `exe.jpg` reads as `gpj.exe`.
///
/// Variation selectors are not among them: they only choose between two forms of the letter before.
const UNSEEN: [(char, char); 17] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e00ff}'),
    ('\u{e01f0}', '\u{e0fff}'),
];

/// The name of a file that is safe to make in an inbox and to show: no directory, not hidden, no option of a program,
/// nothing unseen; 1 to [`FILE_NAME_BYTES_MAX`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeName(String);

/// Why a name is refused: no file of Linux can have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameRefused {
    /// There is nothing.
    #[error("a name of no letters")]
    Empty,
    /// `.` and `..` are directories.
    #[error("the name of a directory")]
    Dots,
    /// It has a `/`, so it leads to another directory.
    #[error("a name with a directory")]
    Directory,
    /// It has a byte 0, where names end.
    #[error("a name with a byte 0")]
    Nul,
    /// It has more than [`FILE_NAME_BYTES_MAX`] bytes.
    #[error("a name of {bytes} bytes")]
    Long {
        /// How many.
        bytes: usize,
    },
}

/// Makes a safe name of one that a peer has sent. A safe name stays as it is.
///
/// Each of these becomes a `_`: control characters and what is not seen, wherever they stand; a `.` or `-` at the
/// beginning, which would hide the file or make it an option of whatever program is given `*`; a space at the beginning
/// or the end, and a `.` at the end, which cannot be seen or which other systems drop.
///
/// # Errors
/// [`NameRefused`]: no file can be called that.
pub fn safe_name(name: &str) -> Result<SafeName, NameRefused> {
    match name {
        "" => return Err(NameRefused::Empty),
        "." | ".." => return Err(NameRefused::Dots),
        _ if name.contains('/') => return Err(NameRefused::Directory),
        _ if name.contains('\0') => return Err(NameRefused::Nul),
        _ if name.len() > FILE_NAME_BYTES_MAX => return Err(NameRefused::Long { bytes: name.len() }),
        _ => {}
    }
    let last = name.char_indices().next_back().map_or(0, |(place, _)| place);
    let safe = |(place, letter): (usize, char)| {
        let misleads = letter.is_control()
            || is_unseen(letter)
            || (place == 0 && (letter.is_whitespace() || ".-".contains(letter)))
            || (place == last && (letter.is_whitespace() || letter == '.'));
        if misleads { SUBSTITUTE } else { letter }
    };
    Ok(SafeName(name.char_indices().map(safe).collect()))
}

impl SafeName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name to try when this one is taken, `photo (2).jpeg` for the number 2. What is too long is cut before the number.
    pub(super) fn numbered(&self, number: u32) -> Self {
        let (stem, ending) = self.parts();
        let number = format!(" ({number})");
        let room = FILE_NAME_BYTES_MAX.saturating_sub(number.len() + ending.len());
        Self(format!("{}{number}{ending}", cut(stem, room)))
    }

    /// What stands before the last dot, and the dot with what follows; no ending if that does not look like one.
    fn parts(&self) -> (&str, &str) {
        let is_ending =
            |ending: &str| ending.len() <= ENDING_BYTES_MAX && !ending.contains(char::is_whitespace);
        match self.0.rfind('.') {
            Some(dot) if is_ending(&self.0[dot..]) => self.0.split_at(dot),
            _ => (&self.0, ""),
        }
    }
}

impl fmt::Display for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The letters of a text that fit whole into so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    let ends = text.char_indices().map(|(place, letter)| place + letter.len_utf8());
    &text[..ends.take_while(|end| *end <= bytes).last().unwrap_or(0)]
}

fn is_unseen(letter: char) -> bool {
    UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        for name in [
            "notes.txt",
            "año nuevo.tar.gz",
            "a-b_c.d",
            "~",
            "写真.jpeg",
            "x y",
            "a\\b",
            "❤\u{fe0f}",
            "NUL",
            "$(id)",
        ] {
            assert_eq!(safe_name(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_no_file_can_be_called_is_refused() {
        assert_eq!(safe_name(""), Err(NameRefused::Empty));
        assert_eq!(safe_name("."), Err(NameRefused::Dots));
        assert_eq!(safe_name(".."), Err(NameRefused::Dots));
        for name in ["/", "/etc/passwd", "../x", "a/b", "a/"] {
            assert_eq!(safe_name(name), Err(NameRefused::Directory), "{name}");
        }
        assert_eq!(safe_name("a\0.txt"), Err(NameRefused::Nul));
    }

    #[test]
    fn what_hides_or_is_an_option_or_moves_the_cursor_is_made_safe() {
        for (name, safe) in [
            (".bashrc", "_bashrc"),
            ("...", "_._"),
            (".socklab-partial", "_socklab-partial"),
            ("-rf", "_rf"),
            (" a ", "_a_"),
            ("a.", "a_"),
            ("a\u{a0}", "a_"),
            ("a\nb\t\u{1b}[2J\u{7f}\u{9b}", "a_b__[2J__"),
            ("gpj\u{202e}exe.txt", "gpj_exe.txt"),
            ("a\u{200b}\u{feff}\u{2028}\u{e0041}", "a____"),
        ] {
            assert_eq!(safe_name(name).unwrap().as_str(), safe, "{name:?}");
        }
    }

    #[test]
    fn a_name_may_have_the_most_bytes_and_not_one_more() {
        let most = "é".repeat(FILE_NAME_BYTES_MAX / 2) + "x";

        assert_eq!(safe_name(&most).unwrap().as_str(), most);
        assert_eq!(safe_name(&format!("{most}x")), Err(NameRefused::Long { bytes: FILE_NAME_BYTES_MAX + 1 }));
    }

    #[test]
    fn a_number_stands_before_the_ending_and_takes_the_room_it_needs() {
        let numbered = |name: &str| safe_name(name).unwrap().numbered(2).to_string();

        assert_eq!(numbered("photo.jpeg"), "photo (2).jpeg");
        assert_eq!(numbered("a.tar.gz"), "a.tar (2).gz");
        assert_eq!(numbered("README"), "README (2)");
        assert_eq!(numbered("Mr. Nobody"), "Mr. Nobody (2)");
        let long = "é".repeat(FILE_NAME_BYTES_MAX / 2 - 2) + ".txt";
        assert_eq!(numbered(&long), "é".repeat(FILE_NAME_BYTES_MAX / 2 - 4) + " (2).txt");
    }

    proptest! {
        #[test]
        fn a_safe_name_is_safe_again_with_a_number_too(name in "(?s).{0,80}|[./ -]{1,4}.{0,260}", number: u32) {
            if let Ok(safe) = safe_name(&name) {
                let numbered = safe.numbered(number);
                prop_assert_eq!(safe_name(safe.as_str()), Ok(safe));
                prop_assert_eq!(safe_name(numbered.as_str()), Ok(numbered));
            }
        }
    }
}
