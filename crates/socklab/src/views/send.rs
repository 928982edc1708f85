//! What `socklab send` tells: how far a file is, and of each item whether it has arrived.

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use endpoints::messages::client::send::{Delivered, Item, NotDelivered, Progress};
use serde::Serialize;

use super::printable::printable;
use super::session;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;
use crate::{json, terminal};

/// How much time has to pass before progress is shown, and between two looks at it.
const PROGRESS_AFTER: Duration = Duration::from_millis(500);
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The view of one run.
pub(crate) struct SendView<'a> {
    context: &'a Context,
    bars: &'a Bars,
    has_key: bool,
    delivered: Cell<u64>,
    /// How the run ends: as the first item that was not delivered.
    exit: Cell<Exit>,
}

/// An event of `socklab send`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// An item has arrived: its hash there is that of what was sent.
    Delivered {
        /// `text` or `file`.
        kind: &'static str,
        /// The file's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        /// What the file is called there.
        #[serde(skip_serializing_if = "Option::is_none")]
        stored: Option<&'a str>,
        bytes: u64,
        sha256: String,
        /// How much of it was there before.
        resumed_bytes: u64,
    },
    /// An item has not arrived, or nobody knows.
    NotDelivered {
        /// `text` or `file`.
        kind: &'static str,
        /// The file's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        /// Why, in English.
        cause: String,
    },
    /// The last event.
    Summary { delivered: u64, exit: u8 },
}

impl<'a> SendView<'a> {
    pub(crate) fn new(context: &'a Context, bars: &'a Bars, has_key: bool) -> Self {
        Self { context, bars, has_key, delivered: Cell::new(0), exit: Cell::new(Exit::Done) }
    }

    /// Tells what came of a text.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output.
    pub(crate) fn text(&self, text: &str, sent: Result<Delivered, NotDelivered>) -> Result<(), Failure> {
        self.tell("text", None, &self.context.words.send_a_text(text.len() as u64), sent)
    }

    /// Tells what came of a file.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output.
    pub(crate) fn file(&self, item: &Item, sent: Result<Delivered, NotDelivered>) -> Result<(), Failure> {
        self.tell("file", Some(&item.name), &printable(&item.name), sent)
    }

    fn tell(
        &self,
        kind: &'static str,
        name: Option<&str>,
        label: &str,
        sent: Result<Delivered, NotDelivered>,
    ) -> Result<(), Failure> {
        match sent {
            Ok(delivered) => self.tell_delivered(kind, name, label, &delivered),
            Err(error) => self.tell_failed(kind, name, label, &error),
        }
    }

    fn tell_delivered(
        &self,
        kind: &'static str,
        name: Option<&str>,
        label: &str,
        delivered: &Delivered,
    ) -> Result<(), Failure> {
        let words = &self.context.words;
        self.delivered.set(self.delivered.get() + 1);
        let Delivered { bytes, hash, stored, resumed_bytes } = delivered;
        let event = Event::Delivered {
            kind,
            name,
            stored: stored.as_deref(),
            bytes: *bytes,
            sha256: hash.to_string(),
            resumed_bytes: *resumed_bytes,
        };
        self.write(&event, || {
            let line = match stored {
                Some(stored) => words.send_stored(label, *bytes, printable(stored), hash),
                None => words.send_delivered(label, hash),
            };
            if *resumed_bytes > 0 { format!("{line}; {}", words.send_resumed(*resumed_bytes)) } else { line }
        })
    }

    fn tell_failed(
        &self,
        kind: &'static str,
        name: Option<&str>,
        label: &str,
        error: &NotDelivered,
    ) -> Result<(), Failure> {
        let failure = self.failure(label, error);
        if self.exit.get() == Exit::Done {
            self.exit.set(failure.exit());
        }
        self.write(&Event::NotDelivered { kind, name, cause: error.to_string() }, String::new)?;
        failure.tell(self.context);
        Ok(())
    }

    fn failure(&self, label: &str, error: &NotDelivered) -> Failure {
        let words = &self.context.words;
        let not_sent = |exit, cause: String| Failure::new(exit, words.send_failed(label, cause));
        match error {
            NotDelivered::Broken(error) => {
                let broken = session::broken(error, words);
                not_sent(broken.exit(), broken.message().to_owned()).hint(words.hint_send_again())
            }
            NotDelivered::Refused(result) => {
                let failure = not_sent(session::exit(result.code), session::explain(result, words));
                session::hinted(failure, result.code, self.has_key, words)
            }
            NotDelivered::Altered { .. } => not_sent(Exit::Integrity, words.result_mismatch()),
            NotDelivered::File { call, source } => Failure::system(words, Exit::Usage, call, label, source),
            NotDelivered::Changed => not_sent(Exit::Integrity, words.send_changed()),
        }
    }

    /// A line of standard input is longer than a text may be.
    pub(crate) fn line_too_long(&self) -> Failure {
        let words = &self.context.words;
        Failure::new(Exit::Usage, words.send_text_too_long(wire::frame::PAYLOAD_BYTES_MAX))
            .hint(words.hint_send_file())
    }

    /// Standard input could not be read.
    pub(crate) fn stdin_failed(&self, error: &io::Error) -> Failure {
        let words = &self.context.words;
        Failure::system(words, Exit::Usage, "read", words.object_stdin(), error)
    }

    /// Tells the end, and how this program ends.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output.
    pub(crate) fn end(&self) -> Result<Exit, Failure> {
        let exit = self.exit.get();
        if self.context.json {
            let event = Event::Summary { delivered: self.delivered.get(), exit: exit.code() };
            self.write(&event, String::new)?;
        }
        Ok(exit)
    }

    fn write(&self, event: &Event<'_>, line: impl FnOnce() -> String) -> Result<(), Failure> {
        let words = &self.context.words;
        self.bars.clear();
        if self.context.json {
            return terminal::print_lines(words, &[json::line(self.context.started.elapsed(), event)]);
        }
        let line = line();
        if self.context.quiet || line.is_empty() { Ok(()) } else { terminal::print_lines(words, &[line]) }
    }
}

/// How far files are, on one line of a terminal that is written over. Shown only to a person, and only when it takes a while.
pub(crate) struct Bars {
    words: Words,
    is_shown: bool,
    state: Mutex<Bar>,
}

struct Bar {
    begun: Instant,
    shown: Option<Instant>,
    first_bytes: u64,
}

impl Bars {
    pub(crate) fn new(context: &Context) -> Self {
        let is_shown = io::stderr().is_terminal() && !context.quiet && !context.json;
        let state = Mutex::new(Bar { begun: Instant::now(), shown: None, first_bytes: 0 });
        Self { words: Words::new(context.words.lang()), is_shown, state }
    }

    /// Makes room for a line, and begins anew.
    pub(crate) fn clear(&self) {
        let mut bar = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if bar.shown.take().is_some() {
            terminal::tell_part("\r\x1b[K");
        }
        bar.begun = Instant::now();
    }
}

impl Progress for Bars {
    fn file(&self, name: &str, bytes: u64, of_bytes: u64, resumed_bytes: u64) {
        if !self.is_shown {
            return;
        }
        let mut bar = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bar.first_bytes = resumed_bytes;
        let elapsed = bar.begun.elapsed();
        if elapsed < PROGRESS_AFTER || bar.shown.is_some_and(|shown| shown.elapsed() < PROGRESS_EVERY) {
            return;
        }
        bar.shown = Some(Instant::now());
        let percent = bytes.saturating_mul(100).checked_div(of_bytes).unwrap_or(100);
        let per_second =
            (bytes - bar.first_bytes) / u64::try_from(elapsed.as_millis().max(1)).unwrap_or(u64::MAX) * 1000;
        let left = (of_bytes - bytes).checked_div(per_second).unwrap_or_default();
        let line = self.words.send_progress(printable(name), percent, per_second >> 20, left);
        terminal::tell_part(&format!("\r{line}\x1b[K"));
    }
}
