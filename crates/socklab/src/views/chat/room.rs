//! What a room shows: what its members say on standard output, who comes and goes on standard error.

use std::io::{self, Write};

use endpoints::messages::client::room::Heard;
use kernel::clock;
use serde::Serialize;
use wire::message::ResultCode;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::prompt::Above;
use crate::views::printable::printable;
use crate::views::session;
use crate::{json, terminal};

/// The view of one room.
pub(crate) struct RoomView<'a> {
    context: &'a Context,
    has_times: bool,
    above: Option<Above>,
}

/// An event of `socklab chat --room`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// There is a place in the room.
    RoomJoined { room: &'a str, name: &'a str, there: &'a [String] },
    /// Somebody said a line.
    RoomSaid { at_ms: u64, name: &'a str, line: &'a str },
    /// Somebody came.
    RoomCame { at_ms: u64, name: &'a str },
    /// Somebody went.
    RoomLeft { at_ms: u64, name: &'a str },
    /// The place is given up or lost: the last event.
    Summary { result: String, exit: u8 },
}

impl<'a> RoomView<'a> {
    pub(crate) fn new(context: &'a Context, has_times: bool, above: Option<Above>) -> Self {
        Self { context, has_times, above }
    }

    /// Gives the terminal back as it was.
    pub(crate) fn give_back(&mut self) {
        if let Some(above) = self.above.take() {
            above.leave();
        }
    }

    /// Tells who is there.
    ///
    /// # Errors
    ///
    /// A failure to write.
    pub(crate) fn joined(&mut self, room: &str, name: &str, there: &[String]) -> Result<(), Failure> {
        let words = &self.context.words;
        let names = there.iter().map(|name| printable(name)).collect::<Vec<_>>().join(", ");
        let line = match there {
            [] => words.room_joined_alone(printable(room)),
            _ => words.room_joined(printable(room), names),
        };
        self.note(&Event::RoomJoined { room, name, there }, &line)
    }

    /// Shows what is heard.
    ///
    /// # Errors
    ///
    /// A failure to write.
    pub(crate) fn heard(&mut self, heard: &Heard) -> Result<(), Failure> {
        let words = &self.context.words;
        match heard {
            Heard::Said { at_ms, who, line } => {
                let event = Event::RoomSaid { at_ms: *at_ms, name: who, line };
                let text = format!("{}{}: {}\n", self.time(), printable(who), printable(line));
                self.write(&event, &text)
            }
            Heard::Came { at_ms, who } => {
                let line = words.room_came(printable(who));
                self.note(&Event::RoomCame { at_ms: *at_ms, name: who }, &line)
            }
            Heard::Left { at_ms, who } => {
                let line = words.room_left(printable(who));
                self.note(&Event::RoomLeft { at_ms: *at_ms, name: who }, &line)
            }
            Heard::Over(_) => Ok(()),
        }
    }

    /// Says how it ended, and how this program exits.
    ///
    /// # Errors
    ///
    /// A failure to write.
    pub(crate) fn end(&mut self, code: ResultCode) -> Result<Exit, Failure> {
        let exit = session::exit(code);
        let line = match code {
            ResultCode::Done => String::new(),
            ResultCode::Busy => self.context.words.room_lost(),
            ResultCode::Stopping => self.context.words.room_stopped(),
            _ => self.context.words.room_over(code),
        };
        self.note(&Event::Summary { result: code.to_string(), exit: exit.code() }, &line)?;
        Ok(exit)
    }

    /// The time of day before a line, if it was asked for.
    fn time(&self) -> String {
        if !self.has_times {
            return String::new();
        }
        let clock::TimeOfDay { hour, minute, second } = clock::time_of_day();
        format!("[{hour:02}:{minute:02}:{second:02}] ")
    }

    /// Says something that nobody said.
    fn note(&mut self, event: &Event<'_>, line: &str) -> Result<(), Failure> {
        if self.context.json {
            return self.write(event, "");
        }
        if line.is_empty() || self.context.quiet {
            return Ok(());
        }
        match &mut self.above {
            Some(above) if above.shows_errors() => self.show(&format!("{line}\n")),
            _ => {
                terminal::tell(line);
                Ok(())
            }
        }
    }

    fn write(&mut self, event: &Event<'_>, text: &str) -> Result<(), Failure> {
        if self.context.json {
            let line = json::line(self.context.started.elapsed(), event);
            return self.show(&format!("{line}\n"));
        }
        self.show(text)
    }

    fn show(&mut self, text: &str) -> Result<(), Failure> {
        let written = if let Some(above) = &mut self.above {
            above.show(text)
        } else {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        };
        written.map_err(|error| Failure::stdout(&self.context.words, &error))
    }
}
