//! A line that somebody edits at the terminal, while other lines are shown above it.
//!
//! Editing needs a terminal on both sides. A line is shown by whoever edits when somebody does, so that it does not tear the
//! one that is being typed, and is written straight to the terminal otherwise.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use kernel::terminal::{self, Modes};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, ExternalPrinter};

/// How many lines can be called back with the arrow key.
const HISTORY_LINES_MAX: usize = 1000;

/// What an empty row adds and takes away again: shown, it changes nothing.
const NOTHING: &str = "\x1b[A\n";

/// Where a line is edited.
pub(crate) struct Prompt {
    editor: DefaultEditor,
    text: String,
    is_editing: Arc<AtomicBool>,
}

/// Where lines are shown above the one that is edited.
pub(crate) struct Above {
    printer: Box<dyn ExternalPrinter + Send>,
    is_editing: Arc<AtomicBool>,
    /// How the terminal was before anybody edited a line.
    modes: Modes,
    /// Whether what goes to standard error is seen on the same terminal.
    shows_errors: bool,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edited {
    /// It was entered.
    Line(String),
    /// No other one will be: Ctrl-D, or the terminal has gone.
    End,
    /// Ctrl-C.
    Interrupted,
}

/// Makes both, with a text before the line; none where a line cannot be edited.
pub(crate) fn open(text: String) -> Option<(Prompt, Above)> {
    let modes = terminal::modes(io::stdin()).ok()?;
    let mut editor = DefaultEditor::new().ok()?;
    // What is pasted is lines, each entered as it comes.
    editor.enable_bracketed_paste(false);
    editor.set_max_history_size(HISTORY_LINES_MAX).ok()?;
    let printer = Box::new(editor.create_external_printer().ok()?);
    // What is typed between two lines is for the next one, Ctrl-D too.
    terminal::set_modes(io::stdin(), &modes.key_by_key()).ok()?;
    let is_editing = Arc::new(AtomicBool::new(false));
    let prompt = Prompt { editor, text, is_editing: Arc::clone(&is_editing) };
    let shows_errors = io::stderr().is_terminal();
    Some((prompt, Above { printer, is_editing, modes, shows_errors }))
}

impl Prompt {
    /// Lets a line be edited until it is entered. It can be called back later.
    pub(crate) fn edit(&mut self) -> Edited {
        self.is_editing.store(true, Relaxed);
        let edited = self.editor.readline(&self.text);
        self.is_editing.store(false, Relaxed);
        match edited {
            Ok(line) => {
                // One that cannot be kept cannot be called back, and is entered all the same.
                let _ = self.editor.add_history_entry(&line);
                Edited::Line(line)
            }
            Err(ReadlineError::Interrupted) => Edited::Interrupted,
            Err(_) => Edited::End,
        }
    }
}

impl Above {
    /// Shows a text that consists of whole lines.
    ///
    /// # Errors
    ///
    /// What the terminal said (`EIO` when it has gone).
    pub(crate) fn show(&mut self, text: &str) -> io::Result<()> {
        self.printer.print(text.to_owned()).map_err(|error| match error {
            ReadlineError::Io(error) => error,
            other => io::Error::other(other),
        })
    }

    /// Whether what goes to standard error would tear the line.
    pub(crate) fn shows_errors(&self) -> bool {
        self.shows_errors
    }

    /// Gives the terminal back as it was, with the cursor at the beginning of a line, whether or not somebody still edits one.
    pub(crate) fn leave(mut self) {
        // There is room for one line that waits to be shown. When a second one that comes later has been taken, all is shown.
        let is_editing = self.is_editing.load(Relaxed);
        if is_editing && self.show(NOTHING).is_ok() && self.show(NOTHING).is_ok() {
            let _ = writeln!(io::stdout());
        }
        // A terminal that has gone needs nothing.
        let _ = terminal::set_modes(io::stdin(), &self.modes);
    }
}
