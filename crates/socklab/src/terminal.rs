//! Writing to the person or the program at the other end of the standard streams.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;

use clap::builder::StyledStr;
use kernel::terminal::Size;

use crate::context::Context;
use crate::failure::Failure;
use crate::words::Words;

/// The size of a terminal that does not know its own.
const SIZE_USUAL: Size = Size { columns: 80, rows: 24 };

/// Returns the size of the terminal that standard output is, if it is one. People resize it: ask each time.
pub(crate) fn size() -> Option<Size> {
    size_of(io::stdout())
}

/// Returns the size of the terminal that standard error is, if it is one.
pub(crate) fn stderr_size() -> Option<Size> {
    size_of(io::stderr())
}

fn size_of(stream: impl AsFd) -> Option<Size> {
    let size = kernel::terminal::size(stream).ok()?;
    let is_known = size.columns > 0 && size.rows > 0;
    Some(if is_known { size } else { SIZE_USUAL })
}

/// Writes a text to standard output, as it is.
///
/// # Errors
///
/// A failure that says nothing when the reader has gone, which is no error; one that names `errno` otherwise.
pub(crate) fn print(words: &Words, text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::stdout(words, &error))
}

/// Writes lines to standard output, all at once.
///
/// # Errors
///
/// Those of [`print()`].
pub(crate) fn print_lines(words: &Words, lines: &[String]) -> Result<(), Failure> {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    print(words, &text)
}

/// Writes a text with styles to standard output, with its colours if the context has them.
///
/// # Errors
///
/// Those of [`print()`].
pub(crate) fn print_styled(context: &Context, text: &StyledStr) -> Result<(), Failure> {
    if context.color {
        print(&context.words, &text.ansi().to_string())
    } else {
        print(&context.words, &text.to_string())
    }
}

/// Writes a line to standard output.
///
/// # Errors
///
/// What the kernel said.
pub(crate) fn write_line(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

/// Writes a line to standard error. When that fails there is nobody left to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes the beginning of a line to standard error; what follows may come from standard output.
pub(crate) fn tell_part(text: &str) {
    let _ = write!(io::stderr().lock(), "{text}");
}

/// Says whether whoever reads standard output sees standard error in between: both are one terminal, pipe or file.
pub(crate) fn reply_joins_conversation() -> bool {
    let identity = |fd: BorrowedFd<'_>| {
        let metadata = File::from(fd.try_clone_to_owned()?).metadata()?;
        io::Result::Ok((metadata.dev(), metadata.ino()))
    };
    match (identity(io::stdout().as_fd()), identity(io::stderr().as_fd())) {
        (Ok(stdout), Ok(stderr)) => stdout == stderr,
        _ => false,
    }
}
