//! What is typed, or comes from a pipe or a file, on its way to a chat: a thread that reads when a line is wanted.

use std::io::{self, BufRead, Read};
use std::thread;

use endpoints::chat::{Author, Ending, LINE_BYTES_MAX, Typist};

use crate::prompt::{Edited, Prompt};
use crate::signals;
use crate::terminal;

/// What ends a talk when it is typed on a line of its own.
const QUIT: &str = "/quit";

/// Where lines come from.
pub(crate) enum Source {
    /// A line that is edited.
    Prompt(Box<Prompt>),
    /// Standard input, as it is.
    Stdin(Author),
}

/// Reads lines and says them, on a thread of its own, until there are no more or none is wanted. `unsaid` is told of a line
/// that there is no room for.
///
/// # Errors
///
/// What the start of the thread said.
pub(crate) fn start(mut source: Source, typist: Typist, unsaid: String) -> io::Result<()> {
    let read = move || {
        while typist.may_type() && source.say_next(&typist, &unsaid) {}
    };
    // It may wait for a line for ever; the end of the program ends it.
    thread::Builder::new().name("typing".to_owned()).spawn(read).map(drop)
}

impl Source {
    /// Reads a line and says it; whether others may follow.
    fn say_next(&mut self, typist: &Typist, unsaid: &str) -> bool {
        let (line, ending) = match self {
            Self::Prompt(prompt) => match prompt.edit() {
                Edited::Line(line) => (line.into_bytes(), Ending::Lf),
                Edited::End => (QUIT.into(), Ending::Lf),
                Edited::Interrupted => {
                    signals::interrupt();
                    return false;
                }
            },
            Self::Stdin(_) => match read_piece(&mut io::stdin().lock()) {
                // What cannot be read any more has ended.
                Ok(None) | Err(_) => return self.end(typist),
                Ok(Some(piece)) => piece,
            },
        };
        if self.is_a_person() && line == QUIT.as_bytes() {
            return self.end(typist);
        }
        if !typist.say(&line, ending) {
            terminal::tell(unsaid);
        }
        true
    }

    fn is_a_person(&self) -> bool {
        matches!(self, Self::Prompt(_) | Self::Stdin(Author::Person))
    }

    fn end(&self, typist: &Typist) -> bool {
        if self.is_a_person() {
            typist.quit();
        } else {
            typist.end_input();
        }
        false
    }
}

/// Reads a line, or a part of a long one; none at the end.
fn read_piece(input: &mut impl BufRead) -> io::Result<Option<(Vec<u8>, Ending)>> {
    let mut line = Vec::new();
    input.take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    if line.ends_with(b"\n") {
        line.pop();
        return Ok(Some((line, Ending::Lf)));
    }
    let ending = if line.len() == LINE_BYTES_MAX { Ending::Continues } else { Ending::None };
    Ok((!line.is_empty()).then_some((line, ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_their_ends_and_long_ones_in_pieces() {
        let long = "x".repeat(LINE_BYTES_MAX + 1);
        let mut input = io::Cursor::new(format!("uno\ndos\r\n\n{long}\nfin"));
        let mut pieces = Vec::new();

        while let Some((line, ending)) = read_piece(&mut input).unwrap() {
            pieces.push((String::from_utf8(line).unwrap(), ending));
        }

        let expected = [
            ("uno", Ending::Lf),
            ("dos\r", Ending::Lf),
            ("", Ending::Lf),
            (&long[..LINE_BYTES_MAX], Ending::Continues),
            ("x", Ending::Lf),
            ("fin", Ending::None),
        ];
        assert_eq!(pieces, expected.map(|(line, ending)| (line.to_owned(), ending)));
    }
}
