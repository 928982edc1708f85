//! A system call as a line: much as `strace(1)` writes it, with the meaning of an error and how long the program stood still.

use std::time::Duration;

use scope::model::{Args, Call, Data, Message, Outcome, Protocol, Watched};
use scope::timeline::Blocked;
use wire::names::Poll;

use super::data::preview;
use super::span::span;
use super::text::{ALARM, NAME, PLAIN, QUIET, Text, WAIT};
use crate::errno;
use crate::words::Words;

/// How many columns of a call's data are shown: the first of these with which the line fits.
const DATA_COLUMNS: [usize; 4] = [40, 20, 10, 4];

/// How many of the descriptors that a call waits for are shown.
const WATCHED_SHOWN_MAX: usize = 4;

/// What of a call a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// That it begins, and does not return at once.
    Begin,
    /// All of it.
    Whole,
    /// That it returns, some lines after its beginning.
    End,
}

/// A call that is to be shown.
pub(super) struct Shown<'a> {
    /// The call.
    pub(super) call: &'a Call,
    /// Whether the program stood still.
    pub(super) blocked: Blocked,
    /// What its socket speaks, where that is known.
    pub(super) protocol: Option<Protocol>,
    /// The language.
    pub(super) words: &'a Words,
}

impl Shown<'_> {
    /// Writes what a line shows of it, as much as there is room for.
    pub(super) fn text(&self, moment: Moment, room: Option<usize>) -> Text {
        let tries = DATA_COLUMNS.iter().flat_map(|columns| [(*columns, true), (*columns, false)]);
        let mut texts = tries.map(|(columns, explains)| self.lay_out(moment, columns, explains));
        let first = texts.next().unwrap_or_default();
        if first.fits(room) {
            return first;
        }
        let mut last = first;
        for text in texts {
            last = text;
            if last.fits(room) {
                break;
            }
        }
        last
    }

    fn lay_out(&self, moment: Moment, columns: usize, explains: bool) -> Text {
        let mut text = Text::default();
        if moment == Moment::End {
            text.push(QUIET, "… ");
        }
        text.push(NAME, self.call.call.name());
        text.push(PLAIN, format!("({})", self.arguments(moment, columns).join(", ")));
        match moment {
            Moment::Begin => text.push(QUIET, " …"),
            Moment::Whole | Moment::End => self.push_outcome(&mut text, explains),
        }
        text
    }

    fn arguments(&self, moment: Moment, columns: usize) -> Vec<String> {
        let (enters, returns) = (moment != Moment::End, moment != Moment::Begin);
        let call = self.call;
        let fd = (!matches!(call.args, Args::Socket { .. })).then_some(call.on).flatten();
        let mut arguments: Vec<String> = fd.iter().map(|on| on.fd.to_string()).collect();
        arguments.extend(match &call.args {
            Args::Socket { domain, of_type, protocol, pair } => {
                let given = enters.then(|| [domain.to_string(), of_type.to_string()]);
                let protocol = (enters && *protocol != 0).then(|| protocol.to_string());
                let fds: Vec<_> = pair.iter().map(|on| on.fd.to_string()).collect();
                let pair = (returns && !fds.is_empty()).then(|| format!("[{}]", fds.join(", ")));
                given.into_iter().flatten().chain(protocol).chain(pair).collect()
            }
            Args::Address { address } => {
                let is_shown = if self.is_asked_for_its_address() { returns } else { enters };
                shown(is_shown, address.as_ref())
            }
            Args::Listen { backlog } => shown(enters, Some(backlog)),
            Args::Accept { .. } | Args::Close {} | Args::Duplicate {} => Vec::new(),
            Args::Send { messages, flags } => {
                let messages = if enters { self.sent(messages, columns) } else { Vec::new() };
                messages.into_iter().chain(shown(enters && flags.0 != 0, Some(flags))).collect()
            }
            Args::Receive { messages, flags } => {
                let messages = self.received(messages, moment, columns);
                messages.into_iter().chain(shown(enters && flags.0 != 0, Some(flags))).collect()
            }
            Args::Shutdown { how } => shown(enters, Some(how)),
            Args::Option { option, value } => {
                let is_asked = call.call.name() == "getsockopt";
                let value = shown(if is_asked { returns } else { enters }, value.as_ref());
                shown(enters, Some(option)).into_iter().chain(value).collect()
            }
            Args::Wait { watched, limit_ns } => self.waiting(watched, *limit_ns, enters),
            Args::Sleep { asked_ns } => shown(enters, Some(span(Duration::from_nanos(*asked_ns)))),
            Args::Other { values } => numbers(values, fd.is_some(), enters),
        });
        arguments
    }

    fn is_asked_for_its_address(&self) -> bool {
        matches!(self.call.call.name(), "getsockname" | "getpeername")
    }

    fn sent(&self, messages: &[Message], columns: usize) -> Vec<String> {
        let data = |data: &Data| preview(&data.bytes.0, data.asked_bytes, columns);
        let Some((first, others)) = messages.split_first() else { return Vec::new() };
        let address = first.address.as_ref().map(ToString::to_string);
        let several = self.several(others);
        let all = [Some(data(&first.data)), Some(first.data.asked_bytes.to_string()), address, several];
        all.into_iter().flatten().collect()
    }

    fn received(&self, messages: &[Message], moment: Moment, columns: usize) -> Vec<String> {
        let Some((first, others)) = messages.split_first() else { return Vec::new() };
        let moved = first.data.moved_bytes.filter(|_| moment != Moment::Begin);
        let data = moved.map(|moved| preview(&first.data.bytes.0, moved, columns));
        let room = (moment != Moment::End).then(|| first.data.asked_bytes.to_string());
        let address = first.address.as_ref().filter(|_| moved.is_some()).map(ToString::to_string);
        let several = if moved.is_some() { self.several(others) } else { None };
        [data, room, address, several].into_iter().flatten().collect()
    }

    /// That there are messages beside the first.
    fn several(&self, others: &[Message]) -> Option<String> {
        (!others.is_empty()).then(|| self.words.trace_more_messages(others.len() as u64))
    }

    fn waiting(&self, watched: &[Watched], limit_ns: Option<u64>, enters: bool) -> Vec<String> {
        if !enters {
            return Vec::new();
        }
        let named = |watched: &Watched| named(watched, watched.wanted);
        let limit = limit_ns.map(|ns| span(Duration::from_nanos(ns)));
        vec![listed(watched, named), limit.unwrap_or_else(|| self.words.trace_no_limit())]
    }

    fn push_outcome(&self, text: &mut Text, explains: bool) {
        match self.call.outcome {
            Some(Outcome::Returned(value)) => self.push_value(text, value, explains),
            Some(Outcome::Failed(number)) => {
                let name =
                    wire::errno::name(number).map_or_else(|| self.words.errno_unknown(number), str::to_owned);
                text.push(PLAIN, " = ");
                text.push(ALARM, format!("-1 {name}"));
                if explains && let Some(meaning) = errno::meaning(self.words, number) {
                    text.push(PLAIN, format!(" ({meaning})"));
                }
            }
            Some(Outcome::Restarted) => text.push(PLAIN, format!(" = ? ({})", self.words.trace_restarted())),
            Some(Outcome::Ended) => text.push(PLAIN, format!(" = ? ({})", self.words.trace_ended_in_call())),
            None => text.push(PLAIN, " = ?"),
        }
        match self.blocked {
            Blocked::No => {}
            Blocked::For(time) => text.push(WAIT, format!(" <{}>", self.words.trace_blocked(span(time)))),
            Blocked::Still(time) => {
                text.push(ALARM, format!(" <{}>", self.words.trace_never_returned(span(time))));
            }
        }
    }

    fn push_value(&self, text: &mut Text, value: i64, explains: bool) {
        text.push(PLAIN, format!(" = {value}"));
        let words = self.words;
        match &self.call.args {
            Args::Accept { address: Some(address), .. } => {
                text.push(PLAIN, format!(", {}", words.trace_from(address)));
            }
            Args::Receive { messages, .. } => {
                let flags = messages.first().and_then(|message| message.flags).filter(|flags| flags.0 != 0);
                if let Some(flags) = flags {
                    text.push(ALARM, format!(" {flags}"));
                }
                let has_room = messages.first().is_some_and(|message| message.data.asked_bytes > 0);
                let is_stream = matches!(self.protocol, Some(Protocol::Tcp));
                if value == 0 && has_room && is_stream && explains {
                    text.push(PLAIN, format!(" ({})", words.trace_end_of_stream()));
                }
            }
            Args::Wait { watched, .. } if value > 0 => {
                let ready: Vec<_> = watched.iter().filter(|watched| watched.ready.0 != 0).copied().collect();
                if !ready.is_empty() {
                    text.push(
                        PLAIN,
                        format!(": {}", listed(&ready, |watched| named(watched, watched.ready))),
                    );
                }
            }
            Args::Wait { .. } if explains => text.push(PLAIN, format!(" ({})", words.trace_nothing_ready())),
            _ => {}
        }
    }
}

/// A descriptor and what of it is meant: `3 POLLIN`.
fn named(watched: &Watched, events: Poll) -> String {
    if events.0 == 0 { watched.on.fd.to_string() } else { format!("{} {events}", watched.on.fd) }
}

fn listed(watched: &[Watched], named: impl Fn(&Watched) -> String) -> String {
    let mut all: Vec<_> = watched.iter().take(WATCHED_SHOWN_MAX).map(named).collect();
    if watched.len() > WATCHED_SHOWN_MAX {
        all.push(format!("+{}", watched.len() - WATCHED_SHOWN_MAX));
    }
    format!("[{}]", all.join(", "))
}

/// The arguments of a call that is not decoded, up to the last that is not zero.
fn numbers(values: &[u64; 6], has_fd: bool, enters: bool) -> Vec<String> {
    let used = values.iter().rposition(|value| *value != 0).map_or(0, |last| last + 1);
    let from = usize::from(has_fd).min(used);
    if enters { values[from..used].iter().map(|value| format!("{value:#x}")).collect() } else { Vec::new() }
}

fn shown(is_shown: bool, value: Option<impl ToString>) -> Vec<String> {
    value.filter(|_| is_shown).map(|value| value.to_string()).into_iter().collect()
}
