//! Calls, times and bytes in one line. All names are Unix's, so a language changes nothing here.

use std::time::Duration;

use scope::model::{Args, Call, Data, Message, Outcome, SocketRef, Time};
use wire::errno;

use crate::views::ask::shown_time;
use crate::views::printable::printable_bytes;

/// How many bytes of data stand in a row; the details have more.
const QUOTED_BYTES_MAX: usize = 24;
/// How many descriptors of a call that waits for several stand in a row.
const WATCHED_SHOWN_MAX: usize = 4;

/// A call without what came of it: `recvfrom(4, …, 1024)`.
pub(super) fn asked(call: &Call) -> String {
    written(call, false)
}

/// A call that is over: `recvfrom(4, "hola", 1024) = 4`.
pub(super) fn answered(call: &Call) -> String {
    format!("{}{}", written(call, true), outcome(call.outcome))
}

/// What stands in the row where a call ends: `recvfrom = 4 "hola"`.
pub(super) fn returned(call: &Call) -> String {
    let got = match &call.args {
        Args::Receive { messages, .. } => messages.first().filter(|message| moved(&message.data) > 0),
        _ => None,
    };
    let got = got.map(|message| format!(" {}", quoted(&message.data))).unwrap_or_default();
    let peer = match &call.args {
        Args::Accept { address: Some(address), .. } => format!(" {address}"),
        _ => String::new(),
    };
    format!("{}{}{got}{peer}", call.call.name(), outcome(call.outcome))
}

/// The result as `strace(1)` writes it; the words for how a call ends without one are in the details.
fn outcome(outcome: Option<Outcome>) -> String {
    match outcome {
        Some(Outcome::Returned(value)) => format!(" = {value}"),
        Some(Outcome::Failed(number)) => {
            format!(" = -1 {}", errno::name(number).map_or_else(|| number.to_string(), str::to_owned))
        }
        Some(Outcome::Restarted) => " = ERESTART".to_owned(),
        Some(Outcome::Ended) | None => " = ?".to_owned(),
    }
}

fn written(call: &Call, is_over: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !matches!(call.args, Args::Socket { .. }) {
        parts.extend(call.on.map(|on| on.fd.to_string()));
    }
    arguments(&call.args, is_over, &mut parts);
    format!("{}({})", call.call.name(), parts.join(", "))
}

fn arguments(args: &Args, is_over: bool, parts: &mut Vec<String>) {
    match args {
        Args::Socket { domain, of_type, protocol, .. } => {
            parts.extend([domain.to_string(), of_type.to_string()]);
            parts.extend((*protocol != 0).then(|| protocol.to_string()));
        }
        Args::Address { address } => parts.extend(address.as_ref().map(ToString::to_string)),
        Args::Listen { backlog } => parts.push(backlog.to_string()),
        Args::Accept { address, .. } => {
            parts.extend(address.as_ref().filter(|_| is_over).map(ToString::to_string));
        }
        Args::Send { messages, flags } => messages_of(messages, true, flags.0, &flags.to_string(), parts),
        Args::Receive { messages, flags } => {
            messages_of(messages, is_over, flags.0, &flags.to_string(), parts);
        }
        Args::Shutdown { how } => parts.push(how.to_string()),
        Args::Option { option, value } => {
            parts.push(option.to_string());
            parts.extend(value.filter(|_| is_over).map(|value| value.to_string()));
        }
        Args::Close {} | Args::Duplicate {} => {}
        Args::Wait { watched, limit_ns } => {
            let shown = watched.iter().take(WATCHED_SHOWN_MAX);
            parts.extend(shown.map(|watched| awaited(watched.on, watched.wanted.0, &watched.wanted.to_string())));
            parts.extend((watched.len() > WATCHED_SHOWN_MAX).then(|| "…".to_owned()));
            parts.extend(limit_ns.map(|limit| span(Duration::from_nanos(limit))));
        }
        Args::Sleep { asked_ns } => parts.push(span(Duration::from_nanos(*asked_ns))),
        Args::Other { values } => parts.extend(values[1..3].iter().map(|value| number(*value))),
    }
}

fn awaited(on: SocketRef, events: u32, names: &str) -> String {
    if events == 0 { on.fd.to_string() } else { format!("{} {names}", on.fd) }
}

fn messages_of(messages: &[Message], is_known: bool, flags: u32, names: &str, parts: &mut Vec<String>) {
    if let Some(message) = messages.first() {
        let is_known = is_known && (message.data.moved_bytes.is_some() || !message.data.bytes.0.is_empty());
        parts.push(if is_known { quoted(&message.data) } else { "…".to_owned() });
        parts.push(message.data.asked_bytes.to_string());
        parts.extend((messages.len() > 1).then(|| format!("+{}", messages.len() - 1)));
    }
    parts.extend((flags != 0).then(|| names.to_owned()));
    parts.extend(messages.first().and_then(|message| message.address.as_ref()).map(ToString::to_string));
}

fn moved(data: &Data) -> u64 {
    data.moved_bytes.unwrap_or_default()
}

/// The first bytes between quotes, with a mark behind them when there are more.
pub(super) fn quoted(data: &Data) -> String {
    let bytes = &data.bytes.0;
    let shown = &bytes[..bytes.len().min(QUOTED_BYTES_MAX)];
    let whole = usize::try_from(data.moved_bytes.unwrap_or(data.asked_bytes)).unwrap_or(usize::MAX);
    let more = if whole > shown.len() { "…" } else { "" };
    format!("\"{}\"{more}", printable_bytes(shown))
}

/// A number as it is read best: small ones in decimal, masks and addresses in hexadecimal.
pub(super) fn number(value: u64) -> String {
    if value < 4096 { value.to_string() } else { format!("{value:#x}") }
}

/// A length of time as people read it.
pub(super) fn span(time: Duration) -> String {
    match u64::try_from(time.as_micros()).unwrap_or(u64::MAX) {
        0 => format!("{} ns", time.as_nanos()),
        us => shown_time(us),
    }
}

/// A moment, in milliseconds since the beginning, to the nanosecond.
pub(super) fn moment(time: Time) -> String {
    format!("{}.{:06} ms", time.0 / 1_000_000, time.0 % 1_000_000)
}

#[cfg(test)]
mod tests {
    use scope::model::{Bytes, Fd, Pid, Tid};
    use wire::names::{MessageFlags, Syscall};

    use super::*;

    #[test]
    fn a_call_that_waits_says_what_it_asked_for_and_then_what_it_got() {
        let call = receive(b"hola", Some(Outcome::Returned(4)));

        assert_eq!(asked(&call), "recvfrom(4, …, 1024)");
        assert_eq!(answered(&call), "recvfrom(4, \"hola\", 1024) = 4");
        assert_eq!(returned(&call), "recvfrom = 4 \"hola\"");
    }

    #[test]
    fn an_error_has_its_name() {
        let mut call = receive(b"", Some(Outcome::Failed(errno::ECONNREFUSED)));
        assert_eq!(returned(&call), "recvfrom = -1 ECONNREFUSED");

        call.outcome = Some(Outcome::Failed(9999));
        assert_eq!(returned(&call), "recvfrom = -1 9999");
    }

    #[test]
    fn data_is_cut_where_the_row_ends_and_says_so() {
        let data = |length: usize, moved| Data {
            asked_bytes: 100,
            moved_bytes: Some(moved),
            bytes: Bytes(vec![b'x'; length]),
        };

        assert_eq!(quoted(&data(24, 24)), format!("\"{}\"", "x".repeat(24)));
        assert_eq!(quoted(&data(25, 25)), format!("\"{}\"…", "x".repeat(24)));
        assert_eq!(quoted(&data(3, 10)), "\"xxx\"…");
    }

    #[test]
    fn times_have_their_unit() {
        assert_eq!(span(Duration::from_nanos(280)), "280 ns");
        assert_eq!(span(Duration::from_millis(294)), "294.0 ms");
        assert_eq!(moment(Time(296_729_001)), "296.729001 ms");
    }

    fn receive(bytes: &[u8], outcome: Option<Outcome>) -> Call {
        let moved = matches!(outcome, Some(Outcome::Returned(_))).then_some(bytes.len() as u64);
        let data = Data { asked_bytes: 1024, moved_bytes: moved, bytes: Bytes(bytes.to_vec()) };
        Call {
            pid: Pid(1),
            tid: Tid(1),
            call: Syscall::named("recvfrom"),
            on: Some(SocketRef { fd: Fd(4), socket: None }),
            args: Args::Receive {
                messages: vec![Message { data, address: None, flags: None }],
                flags: MessageFlags::default(),
            },
            until: Some(Time(1)),
            outcome,
            place: None,
        }
    }
}
