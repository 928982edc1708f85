//! What a client tells: the reply on standard output, the conversation on standard error, or JSON Lines.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use endpoints::ask::{AskConfig, AskError, Cut, Event, Outcome, Refusal, Stage, Verdict, Witness};
use endpoints::transport::Transport;
use kernel::limits;
use serde::Serialize;

use crate::context::Context;
use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::terminal;
use crate::views::echo::call_line;
use crate::words::Words;

/// How much of a reply is kept so that no other line comes in between; a longer one is written as it comes.
const REPLY_KEPT_BYTES_MAX: usize = 1 << 20;

/// The view of all the clients of one command.
pub(crate) struct AskView<'a> {
    context: &'a Context,
    config: &'a AskConfig,
    shows_calls: bool,
    /// Several exchanges: their lines are numbered.
    many: bool,
    /// The reply is shown where the conversation is, so it can be introduced as the practical's scripts do.
    introduces: bool,
    /// The first failure to write; also what keeps the lines of several clients apart.
    output: Mutex<Option<Failure>>,
}

/// The view of one exchange.
pub(crate) struct ExchangeView<'a> {
    view: &'a AskView<'a>,
    number: u32,
    /// What is kept of the reply until it is complete.
    kept: Vec<u8>,
    /// The last byte of the reply that was written, if any was.
    last_byte: Option<u8>,
}

impl<'a> AskView<'a> {
    pub(crate) fn new(context: &'a Context, config: &'a AskConfig, shows_calls: bool, many: bool) -> Self {
        Self {
            context,
            config,
            shows_calls: shows_calls || context.verbose,
            many,
            introduces: !context.json && !context.quiet && terminal::reply_joins_conversation(),
            output: Mutex::new(None),
        }
    }

    /// The view of the exchange with this number, from 1.
    pub(crate) fn witness(&self, number: u32) -> ExchangeView<'_> {
        ExchangeView { view: self, number, kept: Vec::new(), last_byte: None }
    }

    /// Whether the socket is not told of refusals: unconnected, and without its error queue.
    fn is_deaf(&self) -> bool {
        self.config.transport == Transport::Udp && self.config.as_taught && !self.config.connect
    }

    /// Whether nobody reads what is written.
    pub(crate) fn has_failed(&self) -> bool {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells what came of all the exchanges.
    ///
    /// # Errors
    ///
    /// The first failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn end(self, tally: &Tally) -> Result<(), Failure> {
        if self.context.json {
            self.write_event(&Final::Summary(*tally));
        } else if self.many && !self.context.quiet {
            terminal::tell(&tally.line(&self.context.words));
        }
        self.output.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn write_event(&self, event: &impl Serialize) {
        self.write(format!("{}\n", json::line(self.context.started.elapsed(), event)).as_bytes());
    }

    fn write(&self, bytes: &[u8]) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        if let Err(error) = written {
            output.get_or_insert_with(|| Failure::stdout(&self.context.words, &error));
        }
    }
}

/// An event of the command as a whole.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Final {
    /// The last one: what came of all the exchanges.
    Summary(Tally),
}

impl Witness for ExchangeView<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        if self.view.context.json {
            self.view.write_event(&Numbered { exchange: self.number, event });
            return;
        }
        match event {
            Event::Reply { bytes, .. } => self.reply(bytes),
            Event::Verdict(outcome) => self.verdict(outcome),
            Event::Holding => {
                self.end_reply();
                self.say(&self.words().ask_holding());
            }
            event => {
                if let Some(line) = self.line(event) {
                    self.say(&line);
                }
            }
        }
    }
}

/// An event and which exchange it belongs to.
#[derive(Serialize)]
pub(crate) struct Numbered<'a> {
    /// Its number, from 1.
    pub(crate) exchange: u32,
    #[serde(flatten)]
    pub(crate) event: &'a Event<'a>,
}

impl ExchangeView<'_> {
    fn words(&self) -> &Words {
        &self.view.context.words
    }

    /// Shows a part of the reply, or keeps it so that no other line comes in between.
    fn reply(&mut self, bytes: &[u8]) {
        let shares_place = self.view.many || (self.view.shows_calls && self.view.introduces);
        if shares_place && self.kept.len() + bytes.len() <= REPLY_KEPT_BYTES_MAX {
            self.kept.extend_from_slice(bytes);
            return;
        }
        self.write_kept();
        self.write(bytes);
    }

    fn write_kept(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        self.write(&kept);
    }

    /// Writes a part of the reply, after the words that the practical's scripts put before it.
    fn write(&mut self, bytes: &[u8]) {
        let Some(&last) = bytes.last() else { return };
        if self.last_byte.is_none() && self.view.introduces {
            let words = self.words();
            terminal::tell_part(&match self.view.config.transport {
                Transport::Udp => words.ask_reply_udp(),
                Transport::Tcp => words.ask_reply_tcp(),
            });
        }
        self.view.write(bytes);
        self.last_byte = Some(last);
    }

    /// Ends the line that the reply has begun, where somebody reads it as lines.
    fn end_reply(&mut self) {
        self.write_kept();
        if self.last_byte.is_none_or(|last| last == b'\n') {
            return;
        }
        self.last_byte = Some(b'\n');
        if self.view.many {
            self.view.write(b"\n");
        } else if self.view.introduces {
            terminal::tell("");
        }
    }

    fn verdict(&mut self, outcome: &Outcome) {
        self.end_reply();
        if self.view.context.quiet {
            return;
        }
        let words = self.words();
        self.say(&verdict_line(words, outcome));
        // Of many exchanges the same hint would come many times.
        if let Some(hint) = self.hint(outcome).filter(|_| !self.view.many) {
            self.say(&words.hint(hint));
        }
    }

    /// Says a line of the conversation.
    fn say(&self, line: &str) {
        if self.view.context.quiet {
            return;
        }
        if self.view.many {
            terminal::tell(&format!("#{} {line}", self.number));
        } else {
            terminal::tell(line);
        }
    }

    fn line(&self, event: &Event<'_>) -> Option<String> {
        let words = self.words();
        let line = match event {
            Event::Call { call, asked_bytes, took_bytes } => {
                call_line(words, *call, None, *asked_bytes, *took_bytes)
            }
            Event::Connected { local, peer, took_us } => {
                words.ask_connected(local, peer, shown_time(*took_us))
            }
            Event::OptionSet { option, asked_bytes, kernel_bytes } => {
                return Some(words.ask_option(option, asked_bytes, kernel_bytes));
            }
            Event::Retry { number } => return Some(words.ask_retry(number)),
            Event::Stray { peer, bytes } => return Some(words.ask_stray(bytes, peer)),
            Event::NextAddress { failed, verdict, next } => {
                let cause = match verdict {
                    Verdict::Silent { .. } => words.ask_no_answer(),
                    verdict => cause(words, self.view.config.transport, verdict, 0),
                };
                return Some(words.ask_next_address(failed, cause, next));
            }
            Event::Holding | Event::Reply { .. } | Event::Verdict(_) => return None,
        };
        self.view.shows_calls.then_some(line)
    }

    /// What to try, for a verdict that leaves somebody wondering.
    fn hint(&self, outcome: &Outcome) -> Option<String> {
        let words = self.words();
        let (transport, peer) = (outcome.transport, outcome.peer);
        let hint = match &outcome.verdict {
            Verdict::Refused { by } | Verdict::Denied { by } => return refusal_hint(words, by, outcome),
            Verdict::Silent { waiting_for: Stage::Handshake } => words.hint_silent_handshake(peer.port()),
            Verdict::Silent { .. } => match transport {
                Transport::Udp if self.view.config.tries > 1 => words.hint_silent_udp_tried(),
                Transport::Udp => words.hint_silent_udp(),
                Transport::Tcp => words.hint_silent_tcp(),
            },
            Verdict::Interrupted { waiting_for: Stage::Reply } if self.view.is_deaf() => {
                words.hint_taught_udp()
            }
            Verdict::Interrupted { waiting_for: Stage::Handshake } => {
                words.hint_silent_handshake(peer.port())
            }
            Verdict::Reset { .. } | Verdict::ClosedEarly if outcome.received_bytes == 0 => {
                words.hint_closed()
            }
            Verdict::Reset { .. } => words.hint_reset(),
            Verdict::Truncated { at: Cut::Recv, .. } => match transport {
                Transport::Udp => words.hint_cut_recv_udp(),
                Transport::Tcp => words.hint_cut_recv_tcp(),
            },
            Verdict::Truncated { at: Cut::Peer, .. } => match transport {
                Transport::Udp => words.hint_cut_peer_udp(),
                Transport::Tcp => words.hint_cut_peer_tcp(),
            },
            Verdict::Truncated { at: Cut::Send, .. } => words.hint_cut_send(),
            _ => return None,
        };
        Some(hint)
    }
}

/// What to try when somebody said no, which is one of three things: nobody listens, no way leads there, it is forbidden.
fn refusal_hint(words: &Words, by: &Refusal, outcome: &Outcome) -> Option<String> {
    use wire::errno::{EACCES, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EPERM};

    let (transport, peer) = (outcome.transport, outcome.peer);
    let (errno, is_icmp) = match by {
        Refusal::Icmp { errno, .. } => (errno.0, true),
        Refusal::Kernel { errno } => (errno.0, false),
    };
    if is_icmp && matches!(outcome.verdict, Verdict::Denied { .. }) {
        // The message names whoever forbids it, and it is not this machine.
        return None;
    }
    match errno {
        ECONNREFUSED if transport == Transport::Udp && !is_icmp => Some(words.hint_unconnected()),
        ECONNREFUSED => Some(words.hint_start_server(transport, peer.port())),
        ENETUNREACH | EHOSTUNREACH => Some(words.hint_no_route(peer.ip())),
        EACCES | EPERM => Some(words.hint_forbidden_here(peer.ip())),
        _ => None,
    }
}

/// One line that says what came of an exchange.
fn verdict_line(words: &Words, outcome: &Outcome) -> String {
    let (peer, took) = (outcome.peer, shown_time(outcome.took_us));
    let cause = cause(words, outcome.transport, &outcome.verdict, outcome.received_bytes);
    match &outcome.verdict {
        Verdict::Replied { echo: true } => words.verdict_echo(outcome.received_bytes as u64, peer, took),
        Verdict::Replied { echo: false } => words.verdict_replied(outcome.received_bytes as u64, peer, took),
        Verdict::Silent { .. } => words.verdict_silent(cause, peer, took),
        Verdict::Refused { .. } => words.verdict_refused(peer, took, cause),
        Verdict::Denied { .. } => words.verdict_denied(peer, took, cause),
        Verdict::Reset { .. } => {
            words.verdict_reset(peer, took, outcome.received_bytes, outcome.message_bytes, cause)
        }
        Verdict::ClosedEarly => words.verdict_closed_early(peer, took),
        Verdict::Truncated { .. } => words.verdict_truncated(cause, peer, took),
        Verdict::Interrupted { .. } => words.verdict_interrupted(cause, peer, took),
    }
}

/// What a verdict rests on: what was waited for, who said no, where bytes were lost.
fn cause(words: &Words, transport: Transport, verdict: &Verdict, received_bytes: usize) -> String {
    match verdict {
        Verdict::Silent { waiting_for } | Verdict::Interrupted { waiting_for } => {
            awaited(words, *waiting_for, received_bytes)
        }
        Verdict::Refused { by } | Verdict::Denied { by } => refusal(words, by),
        Verdict::Reset { errno, .. } => errno.to_string(),
        Verdict::Truncated { at: Cut::Recv, bytes, true_bytes } => match transport {
            Transport::Udp => words.verdict_cut_recv_udp(bytes, true_bytes),
            Transport::Tcp => words.verdict_cut_recv_tcp(bytes, true_bytes),
        },
        Verdict::Truncated { at: Cut::Peer, bytes, true_bytes } => words.verdict_cut_peer(bytes, true_bytes),
        Verdict::Truncated { at: Cut::Send, bytes, true_bytes } => words.verdict_cut_send(bytes, true_bytes),
        Verdict::Replied { .. } | Verdict::ClosedEarly => String::new(),
    }
}

fn awaited(words: &Words, stage: Stage, received_bytes: usize) -> String {
    match stage {
        Stage::Send | Stage::Reply if received_bytes > 0 => words.stage_rest(received_bytes),
        Stage::Handshake => words.stage_handshake(),
        Stage::Send => words.stage_send(),
        Stage::Reply => words.stage_reply(),
    }
}

pub(crate) fn refusal(words: &Words, by: &Refusal) -> String {
    match by {
        Refusal::Icmp { offender, kind, code, name, quoted_bytes, destination, .. } => {
            let shown = |address: Option<String>| address.unwrap_or_else(|| "?".to_owned());
            let offender = shown(offender.map(|address| address.to_string()));
            let destination = shown(destination.map(|address| address.to_string()));
            words.refusal_icmp(kind, code, name, offender, quoted_bytes, destination)
        }
        Refusal::Kernel { errno } => errno::explain_number(words, errno.0),
    }
}

/// A time as people read it: three digits and a unit.
pub(crate) fn shown_time(us: u64) -> String {
    let time = Duration::from_micros(us);
    let (value, unit) = match us {
        0..1000 => return format!("{us} µs"),
        1000..1_000_000 => (time.as_secs_f64() * 1e3, "ms"),
        _ => (time.as_secs_f64(), "s"),
    };
    let digits = if value < 10.0 { 2 } else { 1 };
    format!("{value:.digits$} {unit}")
}

/// How often each verdict was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    asked: u64,
    replied: u64,
    silent: u64,
    refused: u64,
    denied: u64,
    reset: u64,
    closed_early: u64,
    truncated: u64,
    pub(crate) interrupted: u64,
}

impl Tally {
    /// Counts one more verdict.
    pub(crate) fn add(&mut self, verdict: &Verdict) {
        self.asked += 1;
        *match verdict {
            Verdict::Replied { .. } => &mut self.replied,
            Verdict::Silent { .. } => &mut self.silent,
            Verdict::Refused { .. } => &mut self.refused,
            Verdict::Denied { .. } => &mut self.denied,
            Verdict::Reset { .. } => &mut self.reset,
            Verdict::ClosedEarly => &mut self.closed_early,
            Verdict::Truncated { .. } => &mut self.truncated,
            Verdict::Interrupted { .. } => &mut self.interrupted,
        } += 1;
    }

    /// Adds the counts of another client.
    pub(crate) fn merge(self, other: Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            replied: self.replied + other.replied,
            silent: self.silent + other.silent,
            refused: self.refused + other.refused,
            denied: self.denied + other.denied,
            reset: self.reset + other.reset,
            closed_early: self.closed_early + other.closed_early,
            truncated: self.truncated + other.truncated,
            interrupted: self.interrupted + other.interrupted,
        }
    }

    /// The exit code: that of the worst verdict. A lie is worse than a no, and a no is worse than silence.
    pub(crate) fn exit(&self) -> Exit {
        if self.truncated > 0 {
            Exit::Integrity
        } else if self.denied > 0 {
            Exit::Denied
        } else if self.refused + self.reset + self.closed_early > 0 {
            Exit::Network
        } else if self.silent > 0 {
            Exit::Silence
        } else {
            Exit::Done
        }
    }

    fn line(&self, words: &Words) -> String {
        let parts: Vec<String> = [
            (self.replied, words.tally_replied(self.replied)),
            (self.silent, words.tally_silent(self.silent)),
            (self.refused, words.tally_refused(self.refused)),
            (self.denied, words.tally_denied(self.denied)),
            (self.reset, words.tally_reset(self.reset)),
            (self.closed_early, words.tally_closed_early(self.closed_early)),
            (self.truncated, words.tally_truncated(self.truncated)),
            (self.interrupted, words.tally_interrupted(self.interrupted)),
        ]
        .into_iter()
        .filter_map(|(count, text)| (count > 0).then_some(text))
        .collect();
        words.tally(self.asked, parts.join(", "))
    }
}

/// Says why no exchange took place.
pub(crate) fn failure(error: &AskError, words: &Words) -> Failure {
    match error {
        AskError::Socket { call, transport, address, source } => {
            let object = format!("{address} ({transport})");
            let failure = Failure::system(words, Exit::Usage, call, object, source);
            match source.raw_os_error() {
                Some(wire::errno::EMSGSIZE) => failure.hint(words.hint_message_size()),
                Some(wire::errno::EMFILE) => failure.hint(words.hint_open_files(limits::open_files().soft)),
                Some(wire::errno::EADDRINUSE) => failure.hint(words.hint_address_in_use(address.port())),
                Some(wire::errno::EADDRNOTAVAIL) if *call == "bind" => {
                    failure.hint(words.hint_source_not_here())
                }
                _ => failure,
            }
        }
        AskError::TooManyDatagrams { pieces } => {
            Failure::new(Exit::Usage, words.ask_too_many_datagrams(pieces)).hint(words.hint_send_size())
        }
        AskError::NoAddress => {
            Failure::new(Exit::Usage, words.ask_no_address()).hint(words.hint_source_family())
        }
    }
}

#[cfg(test)]
mod tests {
    use endpoints::errno::Errno;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_time_has_three_digits_and_a_unit() {
        for (us, shown) in
            [(7, "7 µs"), (999, "999 µs"), (1234, "1.23 ms"), (45_678, "45.7 ms"), (2_003_000, "2.00 s")]
        {
            assert_eq!(shown_time(us), shown);
        }
    }

    #[test]
    fn a_refusal_gets_the_advice_that_fits_what_the_kernel_said() {
        use wire::errno::{EACCES, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EPERM, EPROTO};

        for (transport, number, advice) in [
            (Transport::Tcp, ECONNREFUSED, Some("socklab echo tcp --port 7")),
            (Transport::Udp, ECONNREFUSED, Some("--connect")),
            (Transport::Tcp, ENETUNREACH, Some("ip route get 192.0.2.1")),
            (Transport::Udp, EHOSTUNREACH, Some("ip route get 192.0.2.1")),
            (Transport::Udp, EACCES, Some("nft list ruleset")),
            (Transport::Tcp, EPERM, Some("nft list ruleset")),
            (Transport::Tcp, EPROTO, None),
        ] {
            let by = Refusal::Kernel { errno: Errno(number) };
            let outcome = Outcome {
                transport,
                peer: ([192, 0, 2, 1], 7).into(),
                verdict: Verdict::Refused { by: by.clone() },
                message_bytes: 1,
                sent_bytes: 0,
                received_bytes: 0,
                took_us: 1,
            };

            let hint = refusal_hint(&Words::new(Lang::English), &by, &outcome);

            assert_eq!(hint.is_some(), advice.is_some(), "{number}: {hint:?}");
            assert!(hint.unwrap_or_default().contains(advice.unwrap_or_default()), "{number}");
        }
    }

    #[test]
    fn the_worst_verdict_decides_the_exit_code() {
        let tally = |replied, silent, refused, truncated| Tally {
            replied,
            silent,
            refused,
            truncated,
            ..Tally::default()
        };

        assert_eq!(tally(3, 0, 0, 0).exit(), Exit::Done);
        assert_eq!(tally(3, 1, 0, 0).exit(), Exit::Silence);
        assert_eq!(tally(3, 1, 1, 0).exit(), Exit::Network);
        assert_eq!(tally(3, 1, 1, 1).exit(), Exit::Integrity);
    }
}
