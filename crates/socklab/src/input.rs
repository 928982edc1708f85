//! A message from a file or from standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::{Duration, Instant};

use endpoints::ask::MESSAGE_BYTES_MAX;
use kernel::poll::{self, Interest};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::words::Words;

/// The file name that means standard input.
pub(crate) const STDIN: &str = "-";

/// When standard input has given nothing for so long, somebody may not know that it is being read.
const STDIN_PATIENCE: Duration = Duration::from_millis(500);

/// Reads a file; `-` is standard input.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read, or that is larger than [`MESSAGE_BYTES_MAX`].
pub(crate) fn read(file: &Path, context: &Context) -> Result<Vec<u8>, Failure> {
    if file == Path::new(STDIN) {
        return read_stdin(context);
    }
    let words = &context.words;
    let failed = |error| {
        Failure::system(words, Exit::Usage, "read", file.display(), &error).hint(words.hint_message_file())
    };
    let open = File::open(file).map_err(failed)?;
    read_bounded(open).map_err(failed)?.ok_or_else(|| too_long(words))
}

/// Reads standard input to its end, and says that it does so when nothing comes.
///
/// # Errors
///
/// A failure of usage: an error of reading, or more than [`MESSAGE_BYTES_MAX`].
pub(crate) fn read_stdin(context: &Context) -> Result<Vec<u8>, Failure> {
    let words = &context.words;
    if !context.quiet && stdin_gives_nothing() {
        terminal::tell(&words.message_awaited());
    }
    let failed = |error| Failure::system(words, Exit::Usage, "read", words.object_stdin(), &error);
    read_bounded(io::stdin().lock()).map_err(failed)?.ok_or_else(|| too_long(words))
}

/// Says whether somebody has put data on standard input: a file, a pipe or a socket, and no terminal or `/dev/null`.
pub(crate) fn stdin_carries_data() -> bool {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return false;
    }
    let kind = stdin.as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    kind.is_ok_and(|kind| {
        let kind = kind.file_type();
        kind.is_file() || kind.is_fifo() || kind.is_socket()
    })
}

/// Waits for a byte or the end of standard input, and says whether none of them came in a time that people notice.
fn stdin_gives_nothing() -> bool {
    let deadline = Instant::now() + STDIN_PATIENCE;
    let ready = poll::wait(io::stdin().as_fd(), Interest::READ, Some(deadline));
    ready.is_ok_and(|ready| !ready.any())
}

/// Reads to the end; none when there is more than a message may have.
fn read_bounded(source: impl Read) -> io::Result<Option<Vec<u8>>> {
    at_most(source, MESSAGE_BYTES_MAX as u64)
}

/// Reads a file of any kind; none when it has more than `max` bytes. A device has no length that could be asked for before.
///
/// # Errors
///
/// What `open(2)` and `read(2)` said.
pub(crate) fn read_at_most(file: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
    at_most(File::open(file)?, max)
}

fn at_most(source: impl Read, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max).then_some(bytes))
}

fn too_long(words: &Words) -> Failure {
    Failure::new(Exit::Usage, words.message_too_long(MESSAGE_BYTES_MAX))
}
