//! What was expected and what was observed, in words.

use lab::check::{Ability, Assumed, Blocked, Exit, Isolation, Reason, Role, Told, Why};
use lab::exercise::Transport;
use scope::model::Place;
use wire::errno;
use wire::signal::Signal;

use super::bytes::shown;
use crate::views::printable::printable;
use crate::words::Words;

/// Says what was expected, or observed.
pub(super) fn told(words: &Words, told: &Told) -> String {
    match told {
        Told::Nothing => words.told_nothing(),
        Told::Bytes(excerpt) => words.told_bytes(excerpt.total_bytes, shown(excerpt).text),
        Told::Text(excerpt) => words.told_written(shown(excerpt).text),
        Told::File(file) => words.told_file(printable(&file.name), file.total_bytes, &file.sha256),
        Told::Ready { transport: kind, address } => words.told_ready(address, transport(*kind)),
        Told::From(address) => words.told_from(address),
        Told::Ended(exit) => ended(words, *exit),
        Told::Running => words.told_running(),
        Told::Connected => words.told_connected(),
        Told::Refused => words.told_refused(),
        Told::Closed => words.told_closed(),
        Told::Reset => words.told_reset(),
        Told::Blocked(blocked) => words.told_blocked(call(blocked)),
        Told::Count(count) => count.to_string(),
        Told::AtLeast(count) => words.told_at_least(count),
        Told::AtMost(count) => words.told_at_most(count),
        Told::Percent(percent) => words.told_percent(percent),
        Told::Something => words.told_something(),
    }
}

/// Says how a program ended.
pub(super) fn ended(words: &Words, exit: Exit) -> String {
    match (exit.code(), exit.signal()) {
        (Some(code), _) => words.told_exited(code),
        (None, Some(signal)) => words.told_signalled(Signal(signal.unsigned_abs())),
        (None, None) => words.told_exited(exit.wait_status),
    }
}

/// Says which program it is.
pub(super) fn role(words: &Words, role: Role) -> String {
    match role {
        Role::Server => words.role_server(),
        Role::Client => words.role_client(),
    }
}

/// A call that a program waits in, as it would be written: `recvfrom(3, 1024)`. Numbers that are addresses of memory say nothing.
pub(super) fn call(blocked: &Blocked) -> String {
    let [descriptor, _, third, ..] = blocked.values;
    let port = blocked.port.map(|port| format!(" :{port}")).unwrap_or_default();
    match blocked.call.as_str() {
        "recvfrom" | "sendto" | "read" | "write" => {
            format!("{}({descriptor}{port}, {third})", printable(&blocked.call))
        }
        "accept" | "accept4" | "connect" | "recvmsg" | "sendmsg" => {
            format!("{}({descriptor}{port})", printable(&blocked.call))
        }
        other => format!("{}()", printable(other)),
    }
}

/// A line of a program's source: `server.py:12 (serve)`.
pub(super) fn place(place: &Place) -> String {
    let [file, function] = [&place.file, &place.function].map(|text| printable(text));
    format!("{file}:{} ({function})", place.line)
}

/// Says what nobody said of a program, and trials have shown.
pub(crate) fn assumed(words: &Words, assumed: &Assumed) -> String {
    match assumed {
        Assumed::Shutdown(word) => words.check_assumed_shutdown(printable(word)),
        Assumed::Command(form) => words.check_assumed_command(printable(form)),
        Assumed::Status(expression) => words.check_assumed_status(printable(expression)),
        Assumed::Framing(framing) => words.check_assumed_framing(printable(&framing.name())),
        Assumed::Allowed(addresses) => {
            let all: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            words.check_assumed_allowed(all.join(", "))
        }
    }
}

/// Says from what a program was not kept; nothing of one that was kept from everything.
pub(super) fn isolation(words: &Words, isolation: Isolation) -> Option<String> {
    match isolation {
        Isolation::None => Some(words.check_isolation_none()),
        Isolation::NoMounts => Some(words.check_isolation_no_mounts()),
        Isolation::Full => None,
    }
}

/// Says why nobody knows.
pub(super) fn why(words: &Words, why: &Why) -> String {
    match why {
        Why::Needs(id) => words.check_why_needs(printable(id)),
        Why::Broken(cause) => words.check_why_broken(printable(cause)),
        Why::CannotTell(reason) => self::reason(words, reason),
    }
}

fn reason(words: &Words, reason: &Reason) -> String {
    match reason {
        Reason::Overloaded => words.check_why_overloaded(),
        Reason::Lacks { ability: Ability::Ptrace } => words.check_why_ptrace(),
        Reason::Lacks { ability: Ability::Networks } => words.check_why_networks(),
        Reason::Undeclared { field } => words.check_why_undeclared(printable(field)),
        Reason::IoUring => words.check_why_io_uring(),
        Reason::NotExecuted { file, errno: number } => {
            let cause = errno::name(*number).map_or_else(|| number.to_string(), str::to_owned);
            words.check_why_not_executed(printable(file), cause)
        }
    }
}

/// The name of a transport.
pub(super) fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
    }
}
