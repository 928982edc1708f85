//! The whole screen of a terminal, for as long as a view needs it.
//!
//! However the program ends, the terminal is as it was before: at an end in order, when a panic unwinds (the hook of ratatui), and
//! when a signal ends the program (`signals::before_the_end`). Only `SIGKILL` leaves it as it is; `reset` helps then.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};
use kernel::wake::Wake;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::Rect;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use crate::terminal;
use crate::views::tui::{Effect, Key, State, draw};
use crate::words::Words;

/// How often a screen on which nothing happens looks whether a signal has come.
const PACE: Duration = Duration::from_millis(200);

/// Whether the terminal is not as it was before.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// A terminal that is taken as a screen, until this is dropped.
pub(super) struct Screen<'c> {
    terminal: DefaultTerminal,
    context: &'c Context,
}

/// Says whether there is a terminal to be taken, before anything is begun.
///
/// # Errors
///
/// A failure of usage: standard output is no terminal, or has something else.
pub(super) fn check(stdout_is_taken: bool, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    let told = |message| Err(Failure::new(Exit::Usage, message).hint(words.hint_tui()));
    if stdout_is_taken || context.json {
        return told(words.tui_stdout_taken());
    }
    if terminal::size().is_none() {
        return told(words.tui_no_terminal());
    }
    Ok(())
}

impl<'c> Screen<'c> {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal or `sigaction(2)` said.
    pub(super) fn take(context: &'c Context) -> Result<Self, Failure> {
        let words = &context.words;
        signals::before_the_end(give_back)
            .map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGHUP", &error))?;
        IS_TAKEN.store(true, Relaxed);
        let terminal = ratatui::try_init().map_err(|error| {
            give_back();
            failed(words, &error)
        })?;
        Ok(Self { terminal, context })
    }

    /// Shows a state as it is now, if it is not as it was shown last.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal said.
    pub(super) fn show(&mut self, state: &mut State<'_>) -> Result<(), Failure> {
        let color = self.context.color;
        let shown = self.terminal.size().and_then(|size| {
            state.resize(Rect::from(((0, 0).into(), size)));
            if state.take_changed() {
                self.terminal.draw(|frame| draw(state, color, frame))?;
            }
            Ok(())
        });
        shown.map_err(|error| failed(&self.context.words, &error))
    }

    /// Waits for a key, or until then. Other things that a terminal tells, such as another size, end the waiting too.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal said.
    pub(super) fn key(&self, until: Instant) -> Result<Option<Key>, Failure> {
        let wait = until.saturating_duration_since(Instant::now());
        let read = event::poll(wait).and_then(|is_there| is_there.then(event::read).transpose());
        let read = read.map_err(|error| failed(&self.context.words, &error))?;
        Ok(match read {
            Some(Event::Key(key)) if key.kind != KeyEventKind::Release => meant(key),
            _ => None,
        })
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        give_back();
    }
}

/// Shows a recording that is whole, until somebody leaves it.
///
/// # Errors
///
/// Those of [`Screen`].
pub(super) fn leaf_through(state: &mut State<'_>, context: &Context) -> Result<(), Failure> {
    let (stop, listening) = signals::wake_on_stop(&context.words)?;
    let mut screen = Screen::take(context)?;
    until_left(&mut screen, state, &stop)?;
    drop(screen);
    listening.finish();
    Ok(())
}

/// Shows a state that does not change by itself, until somebody leaves it or a signal comes.
///
/// # Errors
///
/// Those of [`Screen`].
pub(super) fn until_left(screen: &mut Screen<'_>, state: &mut State<'_>, stop: &Wake) -> Result<(), Failure> {
    while !is_woken(stop) {
        screen.show(state)?;
        let key = screen.key(Instant::now() + PACE)?;
        if key.is_some_and(|key| state.press(key) == Effect::Quit) {
            break;
        }
    }
    Ok(())
}

/// Whether a signal has come.
pub(super) fn is_woken(stop: &Wake) -> bool {
    // A failure says that nothing waits there.
    poll::wait(stop.as_fd(), Interest::READ, Some(Instant::now())).is_ok_and(poll::Readiness::any)
}

fn give_back() {
    if IS_TAKEN.swap(false, Relaxed) {
        // Whoever cannot be given it back has no terminal any more.
        let _ = ratatui::try_restore();
    }
}

fn failed(words: &Words, error: &io::Error) -> Failure {
    Failure::system(words, Exit::Usage, "ioctl", words.object_stdout(), error).hint(words.hint_tui())
}

/// What a key means; of those that mean nothing here, none.
fn meant(key: KeyEvent) -> Option<Key> {
    Some(match key.code {
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Ctrl(c),
        KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::ALT) => Key::Char(c),
        _ => return None,
    })
}
