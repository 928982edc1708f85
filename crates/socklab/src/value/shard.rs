//! Parts of a class, and command lines in one word.

use lab::grade::Shard;

use super::ValueError;

/// Reads `I/N`: a part of a class.
///
/// # Errors
///
/// [`ValueError::Shard`].
pub(crate) fn shard(text: &str) -> Result<Shard, ValueError> {
    text.parse().map_err(|_| ValueError::Shard)
}

/// Splits a command line at blanks, as a shell does: quotes keep blanks, a backslash keeps one character. Nothing else has a meaning.
///
/// # Errors
///
/// [`ValueError::Words`]: a quote that is not closed, or no word at all.
pub(crate) fn words(text: &str) -> Result<Vec<String>, ValueError> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => {
                word.get_or_insert_default().push(letters.next().ok_or(ValueError::Words)?);
            }
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() || words.is_empty() { Err(ValueError::Words) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_at_blanks_that_nothing_keeps() {
        for (text, expected) in [
            ("python3 server.py", &["python3", "server.py"][..]),
            ("python3 'my server.py' \"\" x\\ y", &["python3", "my server.py", "", "x y"]),
            ("a\"b c\"d 'e\\f'", &["ab cd", "e\\f"]),
            ("echo $HOME;ls", &["echo", "$HOME;ls"]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
        for text in ["", "  ", "'open", "a\\"] {
            assert_eq!(words(text), Err(ValueError::Words), "{text}");
        }
    }
}
