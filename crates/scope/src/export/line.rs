//! A call as one line of text, much as `strace(1)` writes it: `connect(3, 127.0.0.1:3500) = -1 ECONNREFUSED`.
//!
//! It is for readers of other programs' formats, whatever their language: names and numbers, no words.

use std::fmt::Write;
use std::time::Duration;

use wire::errno;

use crate::model::{Address, Args, Call, Data, Message, Outcome, Time, Watched};

/// How many bytes of a call's data stand on its line.
pub(super) const DATA_SHOWN_BYTES_MAX: usize = 256;

/// How many messages of a call, or descriptors that it waits for, stand on its line.
pub(super) const PARTS_SHOWN_MAX: usize = 16;

/// Writes a call that began at `time`.
pub fn line(call: &Call, time: Time) -> String {
    let mut line = format!("{}(", call.call);
    let arguments = arguments(call);
    line.push_str(&arguments.join(", "));
    line.push_str(") = ");
    line.push_str(&outcome(call));
    if let Some(until) = call.until {
        // It cannot fail: a string takes everything.
        let _ = write!(line, " <{}>", duration(until.since(time)));
    }
    if line.chars().any(char::is_control) { escaped(&line) } else { line }
}

/// A name in the file system may have line breaks; its line has none.
fn escaped(line: &str) -> String {
    let escape = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.into() };
    line.chars().map(escape).collect()
}

fn arguments(call: &Call) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    match &call.args {
        Args::Socket { domain, of_type, protocol, pair } => {
            all.extend([domain.to_string(), of_type.to_string(), protocol.to_string()]);
            all.extend(pair.iter().map(|end| end.fd.to_string()));
            return all;
        }
        Args::Sleep { asked_ns } => return vec![duration(Duration::from_nanos(*asked_ns))],
        Args::Wait { watched, limit_ns } => {
            all.push(parts(watched, waited_for));
            all.push(limit_ns.map_or_else(|| "-1".to_owned(), |limit| duration(Duration::from_nanos(limit))));
            return all;
        }
        // The descriptor is the first of these values.
        Args::Other { values } => return values.iter().map(|value| format!("{value:#x}")).collect(),
        _ => {}
    }
    all.extend(call.on.map(|on| on.fd.to_string()));
    all.extend(other_arguments(&call.args));
    all
}

/// The arguments behind the descriptor.
fn other_arguments(args: &Args) -> Vec<String> {
    match args {
        Args::Address { address: it } => vec![address(it.as_ref())],
        Args::Listen { backlog } => vec![backlog.to_string()],
        Args::Accept { address: it, flags, .. } => vec![address(it.as_ref()), flags.to_string()],
        Args::Send { messages, flags } | Args::Receive { messages, flags } => {
            vec![parts(messages, message), flags.to_string()]
        }
        Args::Shutdown { how } => vec![how.to_string()],
        Args::Option { option, value } => {
            let value = value.map(|value| value.to_string());
            [Some(option.to_string().replacen(' ', ", ", 1)), value].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}

fn address(address: Option<&Address>) -> String {
    address.map_or_else(|| "NULL".to_owned(), ToString::to_string)
}

/// The one part, or all of them in brackets.
fn parts<T>(all: &[T], write: impl Fn(&T) -> String) -> String {
    if let [one] = all {
        return write(one);
    }
    let more = if all.len() > PARTS_SHOWN_MAX { ", ..." } else { "" };
    let shown: Vec<_> = all.iter().take(PARTS_SHOWN_MAX).map(write).collect();
    format!("[{}{more}]", shown.join(", "))
}

fn message(message: &Message) -> String {
    let mut text = format!("{}, {}", data(&message.data), message.data.asked_bytes);
    if let Some(address) = &message.address {
        let _ = write!(text, ", {address}");
    }
    if let Some(flags) = message.flags {
        let _ = write!(text, ", {flags}");
    }
    text
}

/// The bytes in quotes, as C writes them; dots follow if there were more.
fn data(data: &Data) -> String {
    let shown = &data.bytes.0[..data.bytes.0.len().min(DATA_SHOWN_BYTES_MAX)];
    let offered = if shown.is_empty() { 0 } else { data.asked_bytes };
    let all = data.moved_bytes.unwrap_or(offered);
    let more = if shown.len() as u64 >= all { "" } else { "..." };
    format!("\"{}\"{more}", shown.escape_ascii())
}

fn waited_for(watched: &Watched) -> String {
    let Watched { on, wanted, ready } = watched;
    format!("{}:{wanted}→{ready}", on.fd)
}

fn outcome(call: &Call) -> String {
    match call.outcome {
        Some(Outcome::Returned(value)) => value.to_string(),
        Some(Outcome::Failed(number)) => match errno::name(number) {
            Some(name) => format!("-1 {name}"),
            None => format!("-1 errno {number}"),
        },
        Some(Outcome::Restarted) => "? ERESTART".to_owned(),
        Some(Outcome::Ended) | None => "?".to_owned(),
    }
}

/// A duration with three digits at least, in the unit that needs no more than is known.
fn duration(duration: Duration) -> String {
    match duration.as_micros() {
        us @ ..10_000 => format!("{us} us"),
        us @ ..10_000_000 => format!("{} ms", us / 1000),
        us => format!("{} s", us / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Observation, Protocol, What};
    use crate::testing::Story;

    #[test]
    fn a_line_says_what_was_asked_and_what_came_of_it() {
        let mut story = Story::new(&["client.py"]);
        let pid = story.pid(0);
        let socket = story.socket(pid, 3, Protocol::Tcp);
        story.taking_us(77).failing(errno::ECONNREFUSED).connect(socket, "127.0.0.1:3500");
        story.send_part(socket, b"a\nb\"\xff", 3, None);
        story.for_ever().accept_nothing(socket);
        story.listen(socket, 5);

        assert_eq!(
            lines(&story.finish()),
            [
                "socket(AF_INET, SOCK_STREAM, 0) = 3 <10 us>",
                "connect(3, 127.0.0.1:3500) = -1 ECONNREFUSED <77 us>",
                "sendto(3, \"a\\nb\\\"\\xff\", 5, 0) = 3 <10 us>",
                "accept4(3, NULL, 0) = ?",
                "listen(3, 5) = 0 <10 us>",
            ]
        );
    }

    #[test]
    fn a_line_stays_short_whatever_the_call_moved() {
        let mut story = Story::new(&["client.py"]);
        let pid = story.pid(0);
        let socket = story.socket(pid, 3, Protocol::Udp);
        story.send(socket, &[0; 10_000], Some("127.0.0.1:9"));

        let told = lines(&story.finish());

        assert!(told[1].len() < 4 * DATA_SHOWN_BYTES_MAX + 100);
        assert!(told[1].contains("\"..., 10000, 127.0.0.1:9"), "{}", told[1]);
    }

    fn lines(observations: &[Observation]) -> Vec<String> {
        let calls = observations.iter().filter_map(|observation| match &observation.what {
            What::Call(call) => Some(line(call, observation.time)),
            _ => None,
        });
        calls.collect()
    }
}
