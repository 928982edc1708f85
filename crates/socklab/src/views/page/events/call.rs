//! Calls.

use std::time::Duration;

use scope::model::{Args, Bytes, Call, Message, Outcome, SocketRef, Time};
use scope::timeline::{Blocked, CallEntry, Class};

use super::super::labels::Label;
use super::super::model::{Dump, Event, Kind, Mark};
use super::super::text::{moment, number};
use super::Teller;
use crate::errno;
use crate::views::printable::{printable, printable_bytes};
use crate::views::trace::{Moment, Shown, span};

/// What a line begins with whose call began further up; on the page an arrow stands there.
const CONTINUED: &str = "… ";

impl Teller<'_> {
    pub(super) fn call(&mut self, entry: &CallEntry, event: &mut Event) -> bool {
        let call = &entry.call;
        let Some(lane) = self.lanes.of(call.pid) else { return false };
        event.kind = Kind::Call;
        event.lane = lane;
        event.quiet = entry.class != Class::Program;
        event.mark = match call.outcome {
            Some(Outcome::Failed(_)) => Mark::Failed,
            None => Mark::Pending,
            Some(_) => Mark::None,
        };
        self.texts(entry, event);
        self.about(event, call.on.and_then(|on| on.socket));
        if let Args::Accept { accepted, .. } = &call.args {
            self.about(event, *accepted);
        }
        self.call_details(call, event);
        true
    }

    /// A call in which the program stood still has a row where it begins and one where it ends.
    fn texts(&self, entry: &CallEntry, event: &mut Event) {
        let call = &entry.call;
        if let Some(place) = &call.place {
            let file = place.file.rsplit('/').next().unwrap_or_default();
            event.place = printable(&format!("{file}:{}", place.line));
        }
        let socket = call.on.and_then(|on| self.timeline.sockets.get(on.socket?));
        let protocol = socket.map(|life| life.protocol);
        let shown = Shown { call, blocked: entry.blocked, protocol, words: self.words };
        if entry.blocked == Blocked::No {
            event.text = shown.plain(Moment::Whole);
            return;
        }
        event.text = shown.plain(Moment::Begin);
        let ending = shown.plain(Moment::End);
        event.end_text = ending.strip_prefix(CONTINUED).map_or_else(|| ending.clone(), str::to_owned);
        event.until_ns = Some(call.until.map_or(u64::MAX, |until| until.0));
    }

    fn call_details(&mut self, call: &Call, event: &mut Event) {
        let name = printable(&self.timeline.processes.name(call.pid));
        self.detail(event, Label::Process, format!("{name} ({})", call.pid));
        if call.tid.0 != call.pid.0 {
            self.detail(event, Label::Thread, call.tid.to_string());
        }
        if let Some(place) = &call.place {
            let source = format!("{}:{} {}", place.file, place.line, place.function);
            self.detail(event, Label::Source, printable(&source));
        }
        if let (Some(on), false) = (call.on, matches!(call.args, Args::Socket { .. })) {
            self.detail(event, Label::Name("fd"), on.fd.to_string());
        }
        self.arguments(&call.args, event);
        let outcome = self.outcome(call.outcome);
        self.detail(event, Label::Outcome, outcome);
        if let Some(until) = call.until {
            let began = Time(event.time_ns);
            self.detail(event, Label::Ended, moment(until));
            self.detail(event, Label::Took, span(until.since(began)));
        }
    }

    fn outcome(&self, outcome: Option<Outcome>) -> String {
        match outcome {
            Some(Outcome::Returned(value)) => value.to_string(),
            Some(Outcome::Failed(number)) => errno::explain_number(self.words, number),
            Some(Outcome::Restarted) => self.words.trace_restarted(),
            Some(Outcome::Ended) => self.words.trace_ended_in_call(),
            None => self.words.page_pending(),
        }
    }

    fn arguments(&mut self, args: &Args, event: &mut Event) {
        let mut named = |name, value: String| self.detail(event, Label::Name(name), value);
        match args {
            Args::Socket { domain, of_type, protocol, pair } => {
                named("domain", domain.to_string());
                named("type", of_type.to_string());
                named("protocol", protocol.to_string());
                for on in pair {
                    named("fd", on.fd.to_string());
                }
            }
            Args::Address { address: Some(address) } => named("address", printable(&address.to_string())),
            Args::Listen { backlog } => named("backlog", backlog.to_string()),
            Args::Accept { address, flags, .. } => {
                named("flags", flags.to_string());
                if let Some(address) = address {
                    named("address", printable(&address.to_string()));
                }
            }
            Args::Send { messages, flags } | Args::Receive { messages, flags } => {
                named("flags", flags.to_string());
                for message in messages {
                    self.message(message, event);
                }
            }
            Args::Shutdown { how } => named("how", how.to_string()),
            Args::Option { option, value } => {
                named("option", option.to_string());
                if let Some(value) = value {
                    named("value", value.to_string());
                }
            }
            Args::Wait { .. } | Args::Sleep { .. } | Args::Other { .. } => self.other_arguments(args, event),
            Args::Address { address: None } | Args::Close {} | Args::Duplicate {} => {}
        }
    }

    fn other_arguments(&mut self, args: &Args, event: &mut Event) {
        let mut named = |name, value: String| self.detail(event, Label::Name(name), value);
        match args {
            Args::Wait { watched, limit_ns } => {
                for watched in watched {
                    named(
                        "events",
                        awaited(watched.on, &watched.wanted.to_string(), &watched.ready.to_string()),
                    );
                }
                named(
                    "timeout",
                    limit_ns.map_or_else(|| "∞".to_owned(), |ns| span(Duration::from_nanos(ns))),
                );
            }
            Args::Sleep { asked_ns } => named("time", span(Duration::from_nanos(*asked_ns))),
            Args::Other { values } => {
                for value in values {
                    named("argument", number(*value));
                }
            }
            _ => {}
        }
    }

    fn message(&mut self, message: &Message, event: &mut Event) {
        let data = &message.data;
        self.detail(event, Label::Name("length"), data.asked_bytes.to_string());
        if let Some(address) = &message.address {
            self.detail(event, Label::Name("address"), printable(&address.to_string()));
        }
        if let Some(flags) = message.flags {
            self.detail(event, Label::Name("msg_flags"), flags.to_string());
        }
        let kept = data.bytes.0.len() as u64;
        if kept > 0 {
            self.detail(event, Label::Data, format!("\"{}\"", printable_bytes(&data.bytes.0)));
            let whole = data.moved_bytes.unwrap_or(data.asked_bytes).max(kept);
            let text = self.words.page_bytes_of(kept, whole);
            event.dumps.push(Dump { bytes: Bytes(data.bytes.0.clone()), text, payload_from: None });
        }
    }
}

/// A descriptor that is waited for: what for, and what was the case in the end.
fn awaited(on: SocketRef, wanted: &str, ready: &str) -> String {
    format!("{} {wanted} → {ready}", on.fd)
}
