//! The words of a line.

use super::read::Problem;

/// A word of a line and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The column of its first letter, from 1.
    pub(super) column: usize,
    pub(super) kind: Kind,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `*`: anything.
    Any,
    /// One of `(){},=>`.
    Mark(char),
    /// A text in quotes, without them and with its escapes.
    Text(String),
    /// Letters without a space.
    Word(String),
}

const MARKS: [char; 7] = ['(', ')', '{', '}', ',', '=', '>'];

impl Token {
    pub(super) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Splits a line, up to a comment.
pub(super) fn split(line: &str) -> Result<Vec<Token>, (usize, Problem)> {
    let mut tokens = Vec::new();
    let mut letters = line.chars().enumerate().map(|(place, letter)| (place + 1, letter)).peekable();
    while let Some(&(column, letter)) = letters.peek() {
        match letter {
            '#' => break,
            _ if letter.is_whitespace() => {
                letters.next();
            }
            '"' => {
                letters.next();
                let text = quoted(&mut letters).ok_or((column, Problem::OpenText))?;
                tokens.push(Token { column, kind: Kind::Text(text) });
            }
            _ if MARKS.contains(&letter) => {
                letters.next();
                tokens.push(Token { column, kind: Kind::Mark(letter) });
            }
            _ => {
                let mut word = String::new();
                let goes_on = |(_, letter): &(usize, char)| !is_end(*letter);
                while let Some((_, letter)) = letters.next_if(goes_on) {
                    word.push(letter);
                }
                let kind = if word == "*" { Kind::Any } else { Kind::Word(word) };
                tokens.push(Token { column, kind });
            }
        }
    }
    Ok(tokens)
}

fn is_end(letter: char) -> bool {
    letter.is_whitespace() || MARKS.contains(&letter) || letter == '"' || letter == '#'
}

/// The rest of a text, with its escapes, without the quote at its end.
fn quoted(letters: &mut impl Iterator<Item = (usize, char)>) -> Option<String> {
    let mut text = String::new();
    loop {
        match letters.next()?.1 {
            '"' => return Some(text),
            '\\' => text.extend(['\\', letters.next()?.1]),
            letter => text.push(letter),
        }
    }
}

/// Writes bytes in quotes: text as it is, what is not text or cannot be seen as an escape.
pub(super) fn quote(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' | '\\' => text.extend(['\\', letter]),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                _ if letter.is_control() => {
                    let mut bytes = [0; 4];
                    letter.encode_utf8(&mut bytes).bytes().for_each(|byte| text.push_str(&hexadecimal(byte)));
                }
                _ => text.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&hexadecimal(*byte)));
    }
    text.push('"');
    text
}

fn hexadecimal(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// Writes a name so that it is one word: as it is, or in quotes.
pub(super) fn name(name: &str) -> String {
    let is_plain = !name.is_empty() && name != "*" && !name.contains(is_end) && !name.starts_with(['+', '-']);
    if is_plain { name.to_owned() } else { quote(name.as_bytes()) }
}
