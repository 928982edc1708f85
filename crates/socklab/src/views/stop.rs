//! What `socklab stop` tells.

use std::net::SocketAddr;

use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// The view of one stop.
pub(crate) struct StopView<'a> {
    context: &'a Context,
    peer: SocketAddr,
}

/// An event of `socklab stop`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The server finishes what it has in hand.
    Draining { peer: SocketAddr, sessions: u32, streams: u32 },
    /// It has: the last event.
    Summary { peer: SocketAddr, stopped: bool },
}

impl<'a> StopView<'a> {
    pub(crate) fn new(context: &'a Context, peer: SocketAddr) -> Self {
        Self { context, peer }
    }

    pub(crate) fn draining(&self, sessions: u32, streams: u32) -> Result<(), Failure> {
        let line = || self.context.words.stop_draining(self.peer, u64::from(streams));
        self.tell(&Event::Draining { peer: self.peer, sessions, streams }, line)
    }

    pub(crate) fn stopped(&self) -> Result<(), Failure> {
        self.tell(&Event::Summary { peer: self.peer, stopped: true }, || {
            self.context.words.stop_done(self.peer)
        })
    }

    fn tell(&self, event: &Event, line: impl FnOnce() -> String) -> Result<(), Failure> {
        let words = &self.context.words;
        if self.context.json {
            let line = json::line(self.context.started.elapsed(), event);
            return terminal::print_lines(words, &[line]);
        }
        if self.context.quiet { Ok(()) } else { terminal::print_lines(words, &[line()]) }
    }
}
