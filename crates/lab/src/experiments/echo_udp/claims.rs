//! What the recording of the pair shows.

use super::super::echoed::echoed;
use super::super::look::{Look, Went, look};
use super::super::{Claim, Recorded, Settings, State, Unseen, Value};

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let Some(pair) = look(recorded, "pair") else { return Vec::new() };
    vec![port_held(pair), echoed(pair), two_datagrams(pair), server_waits_again(pair)]
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    match claims.iter().find(|claim| claim.id() == "two-datagrams")?.state() {
        State::Holds => Some("two"),
        State::Differs => Some("more"),
        State::Unknown => None,
    }
}

/// The server has its address, as the kernel's own list of sockets says.
fn port_held(pair: Look<'_>) -> Claim {
    const ID: &str = "port-held";
    let Some(bind) = pair.call("server", "bind") else { return Claim::unknown(ID, Unseen::NotReached) };
    let held = pair.states("server").find_map(|stood| Some((stood, stood.local()?)));
    match (bind.errno(), held) {
        (None, Some((stood, address))) => Claim::holds(ID, bind)
            .also([stood])
            .value("address", Value::Address(address))
            .value("pid", Value::Count(bind.pid().0.into())),
        (errno, _) => Claim::differs(ID, bind).value("error", Value::Errno(errno.unwrap_or_default())),
    }
}

/// Two datagrams, and no other packet.
fn two_datagrams(pair: Look<'_>) -> Claim {
    const ID: &str = "two-datagrams";
    if let Some(unseen) = pair.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let packets: Vec<_> = pair.packets().collect();
    let are_two = packets.len() == 2 && packets.iter().all(Went::is_udp);
    let Some(first) = packets.first().map(|went| (*went).into()).or_else(|| pair.end()) else {
        return Claim::unknown(ID, Unseen::NotReached);
    };
    let count = Value::Count(packets.len() as u64);
    Claim::is(ID, are_two, first).also(packets).value("packets", count)
}

/// The server waits for the next datagram until it is ended.
fn server_waits_again(pair: Look<'_>) -> Claim {
    const ID: &str = "server-waits-again";
    let Some(last) = pair.receives("server").last() else { return Claim::unknown(ID, Unseen::NotReached) };
    let waited = last.blocked().filter(|_| !last.has_returned());
    let claim = Claim::is(ID, waited.is_some(), last);
    match waited {
        Some(time) => {
            claim.value("call", Value::Word(last.name().to_owned())).value("time", Value::Time(time))
        }
        None => claim,
    }
}
