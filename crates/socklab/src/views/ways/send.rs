//! What a sender tells: what was sent and what arrived on standard output, the verdict on standard error; or JSON Lines.

use std::io::{self, Write};
use std::net::SocketAddr;

use endpoints::ways::{Cause, Outcome, SendConfig, SendEvent, Verdict, Way, WaysError};
use kernel::limits;

use super::{fault, item_line};
use crate::context::Context;
use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::terminal;
use crate::views::ask::shown_time;
use crate::words::Words;

/// The view of one transfer.
pub(crate) struct SendView<'a> {
    context: &'a Context,
    config: &'a SendConfig,
    /// The first failure to write to standard output.
    failed: Option<Failure>,
}

impl<'a> SendView<'a> {
    pub(crate) fn new(context: &'a Context, config: &'a SendConfig) -> Self {
        Self { context, config, failed: None }
    }

    /// Tells an event.
    pub(crate) fn tell(&mut self, event: &SendEvent<'_>) {
        if self.context.json {
            return self.write(&json::line(self.context.started.elapsed(), event));
        }
        if self.context.quiet {
            return;
        }
        let words = &self.context.words;
        match event {
            SendEvent::Connected { local, peer, .. } => {
                if self.context.verbose {
                    terminal::tell(&words.ways_connected_to(local, peer));
                }
            }
            SendEvent::Sent { number, wire_bytes, item, .. } => {
                self.write(&words.ways_sent(number, item_line(words, item), *wire_bytes as u64));
            }
            SendEvent::Arrived { number, pair: None, item, .. } => {
                self.write(&words.ways_arrived(number, item_line(words, item)));
            }
            SendEvent::Arrived { pair: Some(pair), item, .. } => {
                self.write(&words.ways_arrived_pair(pair, item_line(words, item)));
            }
            SendEvent::Verdict(outcome) => self.verdict(outcome),
        }
    }

    /// Ends the telling.
    ///
    /// # Errors
    ///
    /// The first failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn end(self) -> Result<(), Failure> {
        self.failed.map_or(Ok(()), Err)
    }

    fn write(&mut self, line: &str) {
        let mut stdout = io::stdout().lock();
        if let Err(error) = writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
            self.failed.get_or_insert_with(|| Failure::stdout(&self.context.words, &error));
        }
    }

    fn verdict(&self, outcome: &Outcome) {
        let words = &self.context.words;
        // Without a peer nobody took the connection, and the one that was tried last is meant.
        let peer = outcome.peer.or(self.config.peers.last().copied());
        terminal::tell(&verdict_line(words, outcome, peer));
        if let Some(hint) = hint(words, outcome, peer) {
            terminal::tell(&words.hint(hint));
        }
    }
}

/// How to exit after a transfer.
pub(crate) fn exit(verdict: &Verdict) -> Exit {
    match verdict {
        Verdict::Held | Verdict::Unconfirmed | Verdict::Interrupted => Exit::Done,
        Verdict::Broken { .. } => Exit::Integrity,
        Verdict::Refused { .. } | Verdict::Reset { .. } => Exit::Network,
        Verdict::Silent => Exit::Silence,
    }
}

fn verdict_line(words: &Words, outcome: &Outcome, peer: Option<SocketAddr>) -> String {
    let peer = peer.map_or_else(String::new, |peer| peer.to_string());
    let took = shown_time(outcome.took_us);
    let (sent, arrived) = (outcome.sent_items as u64, outcome.arrived_items.unwrap_or(0) as u64);
    match &outcome.verdict {
        Verdict::Held => words.ways_held(sent, arrived, why_held(words, outcome)),
        Verdict::Broken { cause } => {
            words.ways_broken(sent, arrived, why_broken(words, cause, outcome.recv_bytes.unwrap_or(0)))
        }
        Verdict::Unconfirmed => words.ways_unconfirmed(sent),
        Verdict::Refused { errno } => {
            words.verdict_refused(peer, took, errno::explain_number(words, errno.0))
        }
        Verdict::Reset { errno } => words.ways_reset(peer, took, errno),
        Verdict::Silent => words.ways_silent(peer, took),
        Verdict::Interrupted => words.ways_interrupted(took),
    }
}

/// Why the same items arrived.
fn why_held(words: &Words, outcome: &Outcome) -> String {
    if let Some(bytes) = outcome.recv_bytes {
        return words.ways_held_recv(bytes);
    }
    match outcome.how {
        Way::Delimiter(_) => words.ways_held_delimiter(),
        Way::Length => words.ways_held_length(),
        Way::Tlv => words.ways_held_tlv(),
        Way::TwoConnections => words.ways_held_two_connections(),
        Way::Close => words.ways_held_close(),
    }
}

/// Why others arrived.
fn why_broken(words: &Words, cause: &Cause, recv_bytes: u64) -> String {
    match cause {
        Cause::OneRecv => words.ways_broken_recv(recv_bytes),
        Cause::DelimiterInside { item, at_byte } => words.ways_broken_delimiter(item, at_byte),
        Cause::NoBoundary => words.ways_broken_boundary(),
        Cause::Mixed => words.ways_broken_mixed(),
        Cause::Fault { fault: found } => words.ways_broken_fault(fault(words, *found)),
        Cause::Altered => words.ways_broken_altered(),
    }
}

/// What to try.
fn hint(words: &Words, outcome: &Outcome, peer: Option<SocketAddr>) -> Option<String> {
    let how = outcome.how.name();
    let port = peer.map_or(0, |peer| peer.port());
    match &outcome.verdict {
        Verdict::Unconfirmed => Some(words.hint_unconfirmed(how)),
        Verdict::Refused { errno } if errno.0 == wire::errno::ECONNREFUSED => {
            Some(words.hint_start_receiver(how, port))
        }
        Verdict::Silent => Some(words.hint_silent_receiver()),
        Verdict::Broken { cause: Cause::OneRecv | Cause::Altered | Cause::Fault { .. } }
        | Verdict::Held
        | Verdict::Refused { .. }
        | Verdict::Reset { .. }
        | Verdict::Interrupted => None,
        Verdict::Broken { .. } => Some(words.hint_way_that_holds()),
    }
}

/// Says why no transfer took place.
pub(crate) fn failure(error: &WaysError, words: &Words) -> Failure {
    match error {
        WaysError::Socket { call, address, source } => {
            let failure = Failure::system(words, Exit::Usage, call, format!("{address} (tcp)"), source);
            if source.raw_os_error() == Some(wire::errno::EMFILE) {
                return failure.hint(words.hint_open_files(limits::open_files().soft));
            }
            failure
        }
        WaysError::NoAddress => Failure::new(Exit::Usage, words.ask_no_address()),
    }
}
