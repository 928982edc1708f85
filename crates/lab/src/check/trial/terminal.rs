//! The terminal of a program: what it writes is kept as far as there is room, and somebody may type.
//!
//! A terminal and not a pipe, since programs keep what they write to a pipe until it is much. A thread of ours takes everything, so
//! that no program waits for us, however much it writes; and we keep an end ourselves, so nobody waits for an end that a process
//! keeps which was left behind.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kernel::terminal::{self, Size};
use kernel::{random, streams};
use scope::model::Bytes;

use super::OUTPUT_BYTES_MAX;
use crate::check::{Input, Output, Problem};

/// How large a terminal it seems to be.
const SIZE: Size = Size { columns: 80, rows: 24 };
/// How much is taken at once.
const PIECE_BYTES: usize = 16 * 1024;
/// The longest line that a terminal takes (`termios(3)`, canonical mode), its end included.
pub(crate) const LINE_BYTES_MAX: usize = 4096;
/// How long we wait for a mark of ours to come through, which takes microseconds unless the program writes without end.
const MARK_MAX: Duration = Duration::from_millis(500);
/// Ctrl-D.
const END_OF_INPUT: u8 = 4;
/// A mark begins with a byte that texts do not have, and nobody can foresee the rest.
const MARK_BYTES: usize = 16;

/// The terminal of one program.
#[derive(Debug)]
pub(super) struct Terminal {
    /// Our end: we type there, and read what is written.
    screen: File,
    /// The program's end, of which it has copies.
    end: Arc<OwnedFd>,
    input: Arc<OwnedFd>,
    has_keyboard: bool,
    written: Arc<Written>,
    mark: [u8; MARK_BYTES],
}

#[derive(Debug, Default)]
struct Written {
    kept: Mutex<Kept>,
    changed: Condvar,
}

/// What was written, as far as it is kept.
#[derive(Debug, Default)]
struct Kept {
    head: Vec<u8>,
    tail: Vec<u8>,
    left_out: u64,
    /// Bytes that may be the beginning of a mark.
    held: Vec<u8>,
    marks: u64,
}

impl Terminal {
    /// Makes one.
    pub(super) fn new(input: Input) -> Result<Self, Problem> {
        let made = || -> io::Result<Self> {
            let (screen, end) = terminal::pair(SIZE)?;
            terminal::set_modes(&end, &terminal::modes(&end)?.unadorned())?;
            let mut mark = [0; MARK_BYTES];
            random::fill(&mut mark[1..])?;
            let screen = File::from(screen);
            let end = Arc::new(end);
            let input = match input {
                Input::Null => Arc::new(File::open("/dev/null")?.into()),
                Input::Empty => Arc::new(streams::pipe()?.0),
                Input::Keyboard => Arc::clone(&end),
            };
            let has_keyboard = Arc::ptr_eq(&input, &end);
            Ok(Self { screen, end, input, has_keyboard, written: Arc::default(), mark })
        };
        made().map_err(|error| Problem::broken("make a terminal", error))
    }

    /// What the program has as standard input, output and error.
    pub(super) fn streams(&self) -> [Arc<OwnedFd>; 3] {
        [Arc::clone(&self.input), Arc::clone(&self.end), Arc::clone(&self.end)]
    }

    /// Begins to take what is written, on a thread that ends with this process. Not before the process has entered its network, since
    /// one that has threads cannot.
    pub(super) fn begin(&self) -> Result<(), Problem> {
        self.read().map_err(|error| Problem::broken("read a terminal", error))
    }

    fn read(&self) -> io::Result<()> {
        let mut screen = self.screen.try_clone()?;
        let (written, mark) = (Arc::clone(&self.written), self.mark);
        let take = move || {
            let mut piece = vec![0; PIECE_BYTES];
            // We have an end ourselves, so this has none but an error, which nobody could do anything about.
            while let Ok(bytes @ 1..) = screen.read(&mut piece) {
                written.lock().take(&piece[..bytes], &mark);
                written.changed.notify_all();
            }
        };
        thread::Builder::new().name("terminal".to_owned()).spawn(take).map(drop)
    }

    /// Types this, if there is a keyboard.
    pub(super) fn type_keys(&self, keys: &[u8]) -> Result<(), Problem> {
        if !self.has_keyboard {
            return Err(Problem::Broken("type: the program has no keyboard".to_owned()));
        }
        if keys.len() > LINE_BYTES_MAX {
            return Err(Problem::Broken(format!("type: more than {LINE_BYTES_MAX} bytes")));
        }
        (&self.screen).write_all(keys).map_err(|error| Problem::broken("type", error))
    }

    /// Types Ctrl-D.
    pub(super) fn end_input(&self) -> Result<(), Problem> {
        self.type_keys(&[END_OF_INPUT])
    }

    /// What was written so far, without waiting for what is on its way.
    pub(super) fn output(&self) -> Output {
        self.written.lock().output()
    }

    /// Waits until what was written before this has come through: a mark of ours that is behind it has.
    pub(super) fn settle(&self) {
        let marks = self.written.lock().marks;
        // The program's end does not block for us: one that is full is so because the program writes without end.
        let ready = kernel::poll::wait(
            self.end.as_fd(),
            kernel::poll::Interest::WRITE,
            Some(std::time::Instant::now()),
        );
        let has_room = ready.is_ok_and(|ready| ready.write);
        let Ok(copy) = self.end.try_clone() else { return };
        if has_room && File::from(copy).write_all(&self.mark).is_ok() {
            let kept = self.written.lock();
            let waited = self.written.changed.wait_timeout_while(kept, MARK_MAX, |kept| kept.marks == marks);
            drop(waited);
        }
    }
}

impl Written {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn take(&mut self, piece: &[u8], mark: &[u8]) {
        let mut rest = std::mem::take(&mut self.held);
        rest.extend_from_slice(piece);
        while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
            self.keep(&rest[..at]);
            rest.drain(..at + mark.len());
            self.marks += 1;
        }
        let held = (1..mark.len()).rev().find(|length| rest.ends_with(&mark[..*length])).unwrap_or(0);
        self.held = rest.split_off(rest.len() - held);
        self.keep(&rest);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let half = OUTPUT_BYTES_MAX / 2;
        let room = half.saturating_sub(self.head.len()).min(bytes.len());
        let (head, tail) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        self.tail.extend_from_slice(tail);
        if let Some(too_many @ 1..) = self.tail.len().checked_sub(half) {
            self.tail.drain(..too_many);
            self.left_out += too_many as u64;
        }
    }

    fn output(&self) -> Output {
        Output {
            head: Bytes(self.head.clone()),
            tail: Bytes(self.tail.clone()),
            left_out_bytes: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &[u8] = b"\0mark";

    #[test]
    fn the_first_half_and_the_last_are_kept() {
        let mut kept = Kept::default();
        let half = OUTPUT_BYTES_MAX / 2;

        kept.take(&vec![b'a'; half], MARK);
        kept.take(&vec![b'b'; half], MARK);
        kept.take(b"cd", MARK);

        let output = kept.output();
        assert_eq!((output.head.0.len(), output.tail.0.len(), output.left_out_bytes), (half, half, 2));
        assert!(output.text().ends_with("bcd"));
    }

    #[test]
    fn a_mark_is_taken_out_wherever_it_is_cut() {
        for cut in 0..=MARK.len() {
            let mut kept = Kept::default();
            let whole = [b"ho", MARK, b"la"].concat();

            kept.take(&whole[..2 + cut], MARK);
            kept.take(&whole[2 + cut..], MARK);

            assert_eq!((kept.output().text().as_str(), kept.marks), ("hola", 1), "{cut}");
        }
    }

    #[test]
    fn what_a_terminal_was_written_is_there_when_it_has_settled() {
        let terminal = Terminal::new(Input::Null).unwrap();
        terminal.begin().unwrap();
        let mut end = File::from(terminal.end.try_clone().unwrap());

        end.write_all("año\n".as_bytes()).unwrap();
        terminal.settle();

        assert_eq!(terminal.output().text(), "año\n");
    }

    #[test]
    fn what_is_typed_is_read_and_not_shown() {
        let terminal = Terminal::new(Input::Keyboard).unwrap();
        terminal.begin().unwrap();
        let mut input = File::from(terminal.input.try_clone().unwrap());
        let mut line = [0; 5];

        terminal.type_keys(b"hola\n").unwrap();
        input.read_exact(&mut line).unwrap();
        terminal.settle();
        terminal.end_input().unwrap();

        assert_eq!((&line, terminal.output().text().as_str()), (b"hola\n", ""));
        assert_eq!(input.read(&mut line).unwrap(), 0);
        assert!(Terminal::new(Input::Null).unwrap().type_keys(b"x").is_err());
    }
}
