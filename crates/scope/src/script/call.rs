//! Calls, as a script says them: nearly as `strace(1)` does.

use std::fmt::Display;

use super::lexer::quote;
use super::lines::seconds;
use super::{DATA_BYTES_MAX, LIST_MAX};
use crate::model::{Address, Args, Call, Data, Message, Outcome, SocketRef, Watched};
use wire::names::{MessageFlags, Syscall};

/// A number from which on an argument that is not known is taken for an address in memory, which is another one each time.
const ADDRESS_MIN: u64 = 1 << 32;
const ANY: &str = "*";
const UNKNOWN: &str = "?";
const MORE: &str = "...";
const SENDMMSG: Syscall = Syscall::named("sendmmsg");
const RECVMMSG: Syscall = Syscall::named("recvmmsg");

pub(super) fn write(call: &Call) -> String {
    let fd = call.on.map(|on| on.fd.to_string());
    let makes_it = matches!(call.args, Args::Socket { .. });
    let mut words: Vec<String> = fd.filter(|_| !makes_it).into_iter().collect();
    arguments(call, &mut words);
    format!("{}({}) = {}", call.call, words.join(", "), outcome(call.outcome))
}

fn arguments(call: &Call, words: &mut Vec<String>) {
    let mut push = |word: &dyn Display| words.push(word.to_string());
    match &call.args {
        Args::Socket { domain, of_type, protocol, pair } => {
            push(domain);
            push(of_type);
            push(protocol);
            if !pair.is_empty() {
                push(&list(pair, |end: &SocketRef| end.fd.to_string()));
            }
        }
        Args::Address { address: one } => push(&address(one.as_ref())),
        Args::Listen { backlog } => push(backlog),
        Args::Accept { address: one, flags, .. } => {
            push(&address(one.as_ref()));
            push(flags);
        }
        Args::Send { messages, flags } | Args::Receive { messages, flags } => {
            push(&carried(call, messages));
            push(flags);
        }
        Args::Shutdown { how } => push(how),
        Args::Option { option, value } => {
            push(&option.to_string().replacen(' ', ", ", 1));
            push(&value.map_or_else(|| UNKNOWN.to_owned(), |value| value.to_string()));
        }
        Args::Close {} | Args::Duplicate {} => {}
        Args::Wait { watched, limit_ns } => {
            push(&list(watched, watch));
            push(&limit_ns.map_or_else(|| "never".to_owned(), time));
        }
        Args::Sleep { asked_ns } => push(&time(*asked_ns)),
        Args::Other { values } => {
            let used = values.iter().rposition(|value| *value != 0).map_or(0, |last| last + 1);
            let about = usize::from(call.on.is_some());
            for value in values.iter().take(used).skip(about) {
                push(&if *value < ADDRESS_MIN { value.to_string() } else { ANY.to_owned() });
            }
        }
    }
}

fn carried(call: &Call, messages: &[Message]) -> String {
    match messages {
        [one] if ![SENDMMSG, RECVMMSG].contains(&call.call) => message(one),
        several => list(several, message),
    }
}

/// `"hola", 4`, and the address and the flags that came back, if there are any.
fn message(message: &Message) -> String {
    let Data { asked_bytes, bytes, .. } = &message.data;
    let mut words = vec![data(&bytes.0), asked_bytes.to_string()];
    words.extend(message.address.as_ref().map(|one| address(Some(one))));
    words.extend(
        message.flags.filter(|flags| *flags != MessageFlags::default()).map(|flags| flags.to_string()),
    );
    words.join(", ")
}

/// The beginning of data.
pub(super) fn data(bytes: &[u8]) -> String {
    match bytes.get(..DATA_BYTES_MAX) {
        Some(first) if first.len() < bytes.len() => quote(first) + MORE,
        _ => quote(bytes),
    }
}

fn watch(watched: &Watched) -> String {
    format!("{} {} {}", watched.on.fd, watched.wanted, watched.ready)
}

fn list<T>(all: &[T], write: impl Fn(&T) -> String) -> String {
    let mut words: Vec<_> = all.iter().take(LIST_MAX).map(|one| format!("{{{}}}", write(one))).collect();
    if all.len() > LIST_MAX {
        words.push(MORE.to_owned());
    }
    format!("{{{}}}", words.join(", "))
}

fn address(address: Option<&Address>) -> String {
    match address {
        None => UNKNOWN.to_owned(),
        Some(Address::Unix(name)) => format!("unix:{}", quote(name.as_bytes())),
        Some(Address::Unknown(text)) => quote(text.as_bytes()),
        Some(other) => other.to_string(),
    }
}

fn time(ns: u64) -> String {
    seconds(ns) + "s"
}

fn outcome(outcome: Option<Outcome>) -> String {
    match outcome {
        None => UNKNOWN.to_owned(),
        Some(Outcome::Returned(value)) => value.to_string(),
        Some(Outcome::Failed(number)) => format!("-1 {}", errno(number)),
        Some(Outcome::Restarted) => "restarted".to_owned(),
        Some(Outcome::Ended) => "ended".to_owned(),
    }
}

pub(super) fn errno(number: i32) -> String {
    wire::errno::name(number).map_or_else(|| number.to_string(), str::to_owned)
}
