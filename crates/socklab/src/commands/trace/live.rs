//! A recording that is being made, on the whole screen.
//!
//! The programs have a terminal of their own (`pty(7)`), so that nothing they write tears the screen and they write line by line as
//! at any terminal. What comes from there is shown in a pane, and what is typed in that pane goes there. When the screen is given
//! back, the last of it is written to standard output.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use kernel::poll::{self, Interest};
use kernel::terminal::{self, Size};
use kernel::wake::Wake;
use scope::model::{Header, Time};
use scope::timeline::{Builder, Timeline};

use super::super::screen::{self, Screen};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::finding::Said;
use crate::views::tui::{Effect, State};
use crate::words::Words;

/// How much of what programs have written is kept until the screen is given back; of more, the last.
const OUTPUT_BYTES_MAX: usize = 1 << 20;
/// How much is read at once.
const PIECE_BYTES: usize = 64 << 10;
/// The size of the programs' terminal.
const SIZE: Size = Size { columns: 80, rows: 24 };

/// The terminal of the programs.
#[derive(Debug)]
pub(super) struct Console {
    screen: File,
    programs: Option<Arc<OwnedFd>>,
    kept: Vec<u8>,
}

/// The screen of a recording that is being made.
pub(super) struct Live<'c> {
    context: &'c Context,
    all: bool,
    console: Console,
    screen: Option<Screen<'c>>,
    state: Option<State<'c>>,
    has_quit: bool,
}

impl Console {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// A failure of usage: what `pty(7)` said.
    pub(super) fn new(words: &Words) -> Result<Self, Failure> {
        let failed = |error| Failure::system(words, Exit::Usage, "open", "/dev/ptmx", &error);
        let (screen, programs) = terminal::pair(SIZE).map_err(failed)?;
        Ok(Self { screen: screen.into(), programs: Some(Arc::new(programs)), kept: Vec::new() })
    }

    /// What the programs get; once.
    pub(super) fn for_programs(&mut self) -> Option<Arc<OwnedFd>> {
        self.programs.take()
    }

    /// Takes what was written, without waiting.
    fn take(&mut self) -> Vec<u8> {
        let mut taken = Vec::new();
        let mut piece = vec![0; PIECE_BYTES];
        while taken.len() < OUTPUT_BYTES_MAX && self.has_something() {
            // When nobody has the other side any more, reading fails (EIO), and there is nothing left.
            let Ok(count) = self.screen.read(&mut piece) else { break };
            if count == 0 {
                break;
            }
            taken.extend_from_slice(&piece[..count]);
        }
        self.kept.extend_from_slice(&taken);
        let surplus = self.kept.len().saturating_sub(OUTPUT_BYTES_MAX);
        self.kept.drain(..surplus);
        taken
    }

    fn has_something(&self) -> bool {
        poll::wait(self.screen.as_fd(), Interest::READ, Some(Instant::now())).is_ok_and(poll::Readiness::any)
    }

    /// Gives the programs what was typed.
    fn type_in(&mut self, typed: &[u8]) {
        // A terminal that nobody reads takes a page of lines; what is typed after that is lost there, as at any other.
        let _ = self.screen.write_all(typed);
    }
}

impl<'c> Live<'c> {
    /// A screen that is taken when the recording has begun.
    pub(super) fn new(console: Console, all: bool, context: &'c Context) -> Self {
        Self { context, all, console, screen: None, state: None, has_quit: false }
    }

    /// The recording has begun.
    ///
    /// # Errors
    ///
    /// A failure of usage: the terminal cannot be taken.
    pub(super) fn begin(&mut self, header: &Header) -> Result<(), Failure> {
        self.screen = Some(Screen::take(self.context)?);
        self.state = Some(State::live(Timeline::of(header.clone()), self.all, &self.context.words));
        Ok(())
    }

    /// Waits for keys until then, and obeys them. Tells whether the recording shall end.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal said.
    pub(super) fn wait(&mut self, until: Instant) -> Result<bool, Failure> {
        let (Some(screen), Some(state)) = (&mut self.screen, &mut self.state) else { return Ok(false) };
        let mut shall_end = false;
        while let Some(key) = screen.key(until)? {
            match state.press(key) {
                Effect::Quit => {
                    self.has_quit = true;
                    shall_end = true;
                }
                Effect::Type(typed) => self.console.type_in(&typed),
                Effect::None => {}
            }
            screen.show(state)?;
        }
        Ok(shall_end)
    }

    /// Shows what happened until then.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal said.
    pub(super) fn settle(&mut self, builder: &mut Builder, until: Time) -> Result<(), Failure> {
        let written = self.console.take();
        let (Some(screen), Some(state)) = (&mut self.screen, &mut self.state) else { return Ok(()) };
        state.write(&written);
        state.add(builder.settle(until), builder.processes(), builder.sockets(), until);
        screen.show(state)
    }

    /// The recording has ended: shows it until somebody leaves, and gives the screen back.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal or standard output said.
    pub(super) fn end(mut self, timeline: &Timeline, findings: &[Said], stop: &Wake) -> Result<(), Failure> {
        let written = self.console.take();
        if let (Some(mut screen), Some(mut state), false) =
            (self.screen.take(), self.state.take(), self.has_quit)
        {
            state.write(&written);
            state.end(timeline.clone(), findings.to_vec());
            screen::until_left(&mut screen, &mut state, stop)?;
        }
        match io::stdout().write_all(&self.console.kept).and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::stdout(&self.context.words, &error))
            }
            _ => Ok(()),
        }
    }
}
