//! How what is typed comes to the chat: one thread reads lines, as slowly as people type, and another one talks.
//!
//! The chat says when it wants a line. Talking both ways it wants one at any time; of a file no more than it can send, while
//! a person is never made to wait, for whoever edits a line may be the one who shows what is heard. When the parties
//! alternate it wants a line only when it is this side's turn: until then nothing is read from the terminal, as nothing is
//! by a program that is in `recv()` and not in `input()`.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use kernel::wake::Wake;

use super::config::LINE_BYTES_MAX;
use super::event::End;
use super::lines::Ending;

/// How many lines of a file wait to be said.
pub const TYPED_MAX: usize = 64;
/// How many bytes wait to be said: more than anybody pastes.
pub const TYPED_BYTES_MAX: usize = 16_777_216;

/// What was typed: a line, or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// At most [`LINE_BYTES_MAX`], without the end of the line.
    pub(super) bytes: Vec<u8>,
    pub(super) ending: Ending,
}

/// Makes both ends.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`: no descriptor or no memory left.
pub fn mailbox() -> io::Result<(Typist, Mailbox)> {
    let shared =
        Arc::new(Shared { state: Mutex::new(State::default()), wanted: Condvar::new(), wake: Wake::new()? });
    Ok((Typist(Arc::clone(&shared)), Mailbox(shared)))
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when a line is wanted or none ever will be.
    wanted: Condvar,
    /// Woken when there is something to take.
    wake: Wake,
}

#[derive(Debug, Default)]
struct State {
    typed: VecDeque<Typed>,
    /// How much memory that takes.
    typed_bytes: usize,
    /// How many more lines are wanted; the most there can be, when any number is.
    wanted: usize,
    asked: Asked,
    /// Whether the chat is over.
    over: bool,
}

/// What else was said to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Asked {
    /// To go on.
    #[default]
    Nothing,
    /// That nothing more will be typed.
    InputEnded,
    /// To take leave.
    Quit,
    /// To stop, by a signal.
    Stop,
}

impl Typed {
    fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }
}

impl Asked {
    /// How a talk ends that ends for this.
    pub(super) fn end(self) -> End {
        match self {
            Self::Stop => End::Stopped,
            Self::Quit => End::Quit,
            Self::InputEnded | Self::Nothing => End::InputEnded,
        }
    }
}

/// The end of whoever types.
#[derive(Debug, Clone)]
pub struct Typist(Arc<Shared>);

impl Typist {
    /// Waits until a line is wanted; false when none ever will be.
    pub fn may_type(&self) -> bool {
        let waits = |state: &mut State| state.wanted == 0 && !state.over;
        let state = self.0.wanted.wait_while(self.0.state(), waits).unwrap_or_else(PoisonError::into_inner);
        !state.over
    }

    /// Says a line that was wanted, or a part of one, that ends like this; false, and it is not said, when
    /// [`TYPED_BYTES_MAX`] would wait.
    #[must_use]
    pub fn say(&self, line: &[u8], ending: Ending) -> bool {
        let mut rest = line;
        let mut pieces = Vec::new();
        while rest.len() > LINE_BYTES_MAX {
            let (piece, after) = rest.split_at(LINE_BYTES_MAX);
            pieces.push(Typed { bytes: piece.to_vec(), ending: Ending::Continues });
            rest = after;
        }
        pieces.push(Typed { bytes: rest.to_vec(), ending });
        let bytes: usize = pieces.iter().map(Typed::memory_bytes).sum();
        let mut state = self.0.state();
        if state.typed_bytes + bytes > TYPED_BYTES_MAX {
            return false;
        }
        state.typed_bytes += bytes;
        if state.wanted < usize::MAX {
            state.wanted = state.wanted.saturating_sub(1);
        }
        state.typed.extend(pieces);
        drop(state);
        self.0.wake.wake();
        true
    }

    /// Says that nothing more will be typed: what was typed is said, and the last replies are waited for.
    pub fn end_input(&self) {
        self.ask(Asked::InputEnded);
    }

    /// Takes leave.
    pub fn quit(&self) {
        self.ask(Asked::Quit);
    }

    /// Stops the chat.
    pub fn stop(&self) {
        self.ask(Asked::Stop);
    }

    fn ask(&self, asked: Asked) {
        let mut state = self.0.state();
        state.asked = state.asked.max(asked);
        drop(state);
        self.0.wake.wake();
    }
}

/// The end of the chat. When it is dropped, nothing is wanted any more.
#[derive(Debug)]
pub struct Mailbox(Arc<Shared>);

impl Mailbox {
    /// Wants lines, up to so many that wait or are being typed.
    pub(super) fn want(&self, lines: usize) {
        let mut state = self.0.state();
        state.wanted = lines.saturating_sub(state.typed.len());
        drop(state);
        self.0.wanted.notify_all();
    }

    /// Wants whatever is typed.
    pub(super) fn want_any(&self) {
        self.0.state().wanted = usize::MAX;
        self.0.wanted.notify_all();
    }

    /// Takes the oldest line that was typed.
    pub(super) fn take(&self) -> Option<Typed> {
        let mut state = self.0.state();
        let typed = state.typed.pop_front()?;
        state.typed_bytes -= typed.memory_bytes();
        Some(typed)
    }

    /// What else was said, and all that was typed before it has been taken; being told to stop does not wait for that.
    pub(super) fn asked(&self) -> Asked {
        let state = self.0.state();
        if state.typed.is_empty() || state.asked == Asked::Stop { state.asked } else { Asked::Nothing }
    }

    /// Waits no more for what has been seen already.
    pub(super) fn clear(&self) {
        self.0.wake.clear();
    }
}

impl AsFd for Mailbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.wake.as_fd()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.wanted.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_comes_after_what_was_typed_but_not_a_stop() {
        let (typist, mailbox) = mailbox().unwrap();
        mailbox.want(TYPED_MAX);
        assert!(typist.say(b"hola", Ending::Lf));
        typist.end_input();
        assert_eq!(mailbox.asked(), Asked::Nothing);

        assert_eq!(mailbox.take(), Some(typed("hola")));
        assert_eq!(mailbox.asked(), Asked::InputEnded);

        assert!(typist.say(b"chau", Ending::Lf));
        typist.stop();
        assert_eq!(mailbox.asked(), Asked::Stop);
    }

    #[test]
    fn nobody_types_before_a_line_is_wanted_nor_after_the_end() {
        let (typist, mailbox) = mailbox().unwrap();
        let typing = std::thread::spawn(move || {
            let mut typed_lines = 0;
            while typist.may_type() {
                assert!(typist.say(b"hola", Ending::Lf));
                typed_lines += 1;
            }
            typed_lines
        });

        mailbox.want(2);
        // Both may have been typed before the first look.
        let mut taken_lines = 0;
        while taken_lines < 2 {
            kernel::poll::wait(mailbox.as_fd(), kernel::poll::Interest::READ, None).unwrap();
            mailbox.clear();
            taken_lines += std::iter::from_fn(|| mailbox.take()).count();
        }
        drop(mailbox);

        assert_eq!(typing.join().unwrap(), 2);
    }

    #[test]
    fn as_much_waits_as_may_and_not_more() {
        let (typist, mailbox) = mailbox().unwrap();
        mailbox.want_any();
        let piece = vec![b'x'; LINE_BYTES_MAX - size_of::<Typed>()];

        for _ in 0..TYPED_BYTES_MAX / LINE_BYTES_MAX {
            assert!(typist.say(&piece, Ending::Lf));
        }

        assert!(!typist.say(b"", Ending::Lf));
        mailbox.take().unwrap();
        assert!(typist.say(b"", Ending::Lf));
    }

    #[test]
    fn a_long_line_waits_in_pieces() {
        let (typist, mailbox) = mailbox().unwrap();

        assert!(typist.say(&vec![b'x'; LINE_BYTES_MAX + 1], Ending::Lf));

        let piece = || mailbox.take().map(|typed| (typed.bytes.len(), typed.ending));
        assert_eq!(piece(), Some((LINE_BYTES_MAX, Ending::Continues)));
        assert_eq!(piece(), Some((1, Ending::Lf)));
        assert_eq!(piece(), None);
    }

    fn typed(line: &str) -> Typed {
        Typed { bytes: line.into(), ending: Ending::Lf }
    }
}
