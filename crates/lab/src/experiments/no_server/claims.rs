//! What the recordings of clients without a server show.

use wire::errno::{EAGAIN, ECONNREFUSED};
use wire::names::SocketOption;

use super::super::look::{Did, Grew, Look, Went};
use super::super::seen::{
    self, Row, Seen, count, errno, lasted, reached, result, with_counters, with_packets,
};
use super::super::{Claim, Recorded, Settings, State, Value};

const CLIENT: &str = "client";
const SERVER: &str = "server";
/// ICMP's "port unreachable" (RFC 792).
const PORT_UNREACHABLE: (u8, u8) = (3, 3);

const CLAIMS: &[Row] = &[
    ("send-succeeds", "unconnected", send_succeeds),
    ("icmp-came", "unconnected", icmp_came),
    ("counted", "unconnected", counted),
    ("nothing-kept", "unconnected", nothing_kept),
    ("waits", "unconnected", waits),
    ("connect-silent", "connected", connect_silent),
    ("receive-refused", "connected", receive_refused),
    ("told-once", "connected", told_once),
    ("send-refused", "connected", send_refused),
    ("asked-and-told", "error-queue", receive_refused),
    ("queue-tells", "error-queue", queue_tells),
    ("not-kept", "late", not_kept),
    ("no-refusal", "mute", no_refusal),
    ("limit-ends", "mute", limit_ends),
    ("tcp-refused", "tcp", tcp_refused),
    ("tcp-reset", "tcp", tcp_reset),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let of = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (of("send-succeeds"), of("waits")) {
        (Some(State::Differs), _) => Some("send"),
        (Some(State::Holds), Some(State::Holds)) => Some("neither"),
        (Some(State::Holds), Some(State::Differs)) => Some("receive"),
        _ => None,
    }
}

fn send_succeeds(id: &'static str, look: Look<'_>) -> Seen {
    let sends: Vec<_> = look.sends(CLIENT).collect();
    let first = *reached(sends.first())?;
    let is_whole = |did: &Did<'_>| did.succeeded() && did.moved_bytes() == did.asked_bytes();
    let decisive = sends.iter().copied().find(|did| !is_whole(did)).unwrap_or(first);
    Ok(Claim::is(id, sends.iter().all(is_whole), decisive)
        .also(sends.iter().copied())
        .value("sends", count(sends.len()))
        .value("sent", Value::Bytes(first.moved_bytes()))
        .value("result", result(decisive)))
}

/// The ICMP messages of a scene that say that nobody has the port.
fn refusals(look: Look<'_>) -> impl Iterator<Item = Went<'_>> {
    look.packets().filter(|went| went.icmp() == Some(PORT_UNREACHABLE))
}

fn icmp_came(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let sends: Vec<_> = look.sends(CLIENT).filter(Did::succeeded).collect();
    let first = *reached(sends.first())?;
    let came: Vec<_> = refusals(look).collect();
    let quoted = came.first().and_then(|went| Some((*went, went.raw().packet.icmp()?.quoted?)));
    let sends_and_messages =
        |claim: Claim| claim.value("sends", count(sends.len())).value("messages", count(came.len()));
    let Some((message, quoted)) = quoted.filter(|_| came.len() == sends.len()) else {
        return Ok(sends_and_messages(Claim::differs(id, first).also(came.iter().copied())));
    };
    let (of_type, code) = PORT_UNREACHABLE;
    Ok(sends_and_messages(Claim::holds(id, message).also(came.iter().copied()))
        .value("type", Value::Count(of_type.into()))
        .value("code", Value::Count(code.into()))
        .value("length", Value::Bytes(message.length_bytes().saturating_sub(ETHERNET_BYTES)))
        .value("from", Value::Address(quoted.source))
        .value("to", Value::Address(quoted.destination)))
}

/// The header of a frame before the packet of IP.
const ETHERNET_BYTES: u64 = 14;

fn counted(id: &'static str, look: Look<'_>) -> Seen {
    with_counters(look)?;
    let sends: Vec<_> = look.sends(CLIENT).filter(Did::succeeded).collect();
    let first = *reached(sends.first())?;
    let grew = look.counter("Udp.NoPorts");
    let by = grew.as_ref().map_or(0, Grew::by);
    let claim = match grew {
        Some(grew) => Claim::is(id, by == sends.len() as u64, grew),
        None => Claim::differs(id, first),
    };
    Ok(claim.also(sends.iter().copied()).value("count", Value::Count(by)).value("sends", count(sends.len())))
}

fn nothing_kept(id: &'static str, look: Look<'_>) -> Seen {
    let pending = |did: Did<'_>| did.option(SocketOption::ERROR);
    let asked = reached(look.calls(CLIENT).find(|did| pending(*did).is_some()))?;
    let next = reached(look.sends(CLIENT).find(|did| did.began() > asked.began()))?;
    let error = pending(asked).unwrap_or_default();
    let shown = if error == 0 { Value::Count(0) } else { Value::Errno(error) };
    Ok(Claim::is(id, error == 0 && next.succeeded(), asked)
        .also([next])
        .also(refusals(look).filter(|went| went.when() < asked.began()))
        .value("error", shown)
        .value("result", result(next)))
}

fn waits(id: &'static str, look: Look<'_>) -> Seen {
    let wait = reached(look.receives(CLIENT).next())?;
    let has_waited = !wait.has_returned() && wait.blocked().is_some();
    Ok(Claim::is(id, has_waited, wait)
        .value("waited", Value::Time(lasted(look, wait)))
        .value("result", result(wait)))
}

fn connect_silent(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let connect = reached(look.call(CLIENT, "connect"))?;
    let send = reached(look.sends(CLIENT).next())?;
    let early: Vec<_> = look.packets().filter(|went| went.when() < send.began()).collect();
    Ok(Claim::is(id, connect.succeeded() && early.is_empty(), connect)
        .also(early.iter().copied())
        .value("packets", count(early.len())))
}

fn receive_refused(id: &'static str, look: Look<'_>) -> Seen {
    let receive = reached(look.receives(CLIENT).next())?;
    Ok(Claim::is(id, receive.errno() == Some(ECONNREFUSED), receive)
        .also(refusals(look).take(1))
        .value("errno", errno(receive))
        .value("took", Value::Time(lasted(look, receive)))
        .value("result", result(receive)))
}

fn told_once(id: &'static str, look: Look<'_>) -> Seen {
    let (first, next) = reached(look.receives(CLIENT).next().zip(look.receives(CLIENT).nth(1)))?;
    Ok(Claim::is(id, next.errno() == Some(EAGAIN), next)
        .also([first])
        .value("errno", errno(next))
        .value("result", result(next)))
}

fn send_refused(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let sends: Vec<_> = look.sends(CLIENT).collect();
    let refused: Vec<_> = sends.iter().copied().filter(|did| did.errno() == Some(ECONNREFUSED)).collect();
    let datagrams: Vec<_> = look.packets_of(CLIENT).filter(Went::is_udp).collect();
    let first = *reached(sends.first().filter(|did| did.succeeded()))?;
    let so = !refused.is_empty() && datagrams.len() == sends.len() - refused.len();
    let decisive = refused.first().copied().unwrap_or(first);
    Ok(Claim::is(id, so, decisive)
        .also(datagrams.iter().copied())
        .value("sends", count(sends.len()))
        .value("refused", count(refused.len()))
        .value("errno", errno(decisive))
        .value("datagrams", count(datagrams.len())))
}

fn queue_tells(id: &'static str, look: Look<'_>) -> Seen {
    let sent = reached(look.sends(CLIENT).next())?;
    let asked = reached(look.calls(CLIENT).find(Did::asks_for_errors))?;
    let address = asked.address();
    let so = asked.succeeded() && address == sent.address() && asked.bytes() == sent.bytes();
    Ok(Claim::is(id, so, asked)
        .also([sent])
        .value("data", Value::Data(asked.bytes().to_vec()))
        .value("address", Value::Address(address.unwrap_or(super::super::steps::SERVER)))
        .value("result", result(asked)))
}

fn not_kept(id: &'static str, look: Look<'_>) -> Seen {
    let sent = reached(look.sends(CLIENT).next().filter(Did::succeeded))?;
    let bound = reached(look.call(SERVER, "bind"))?;
    let wait = reached(look.receives(SERVER).next())?;
    Ok(Claim::is(id, bound.began() > sent.began() && wait.errno() == Some(EAGAIN), wait)
        .also([sent, bound])
        .value("after", Value::Time(bound.began().since(sent.began())))
        .value("waited", Value::Time(lasted(look, wait)))
        .value("errno", errno(wait))
        .value("result", result(wait)))
}

fn no_refusal(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let sent = reached(look.sends(CLIENT).next().filter(Did::succeeded))?;
    let came: Vec<_> = look.packets().filter(|went| went.icmp().is_some()).collect();
    Ok(Claim::is(id, came.is_empty(), sent)
        .also(came.iter().copied())
        .also(look.receives(CLIENT))
        .value("messages", count(came.len())))
}

fn limit_ends(id: &'static str, look: Look<'_>) -> Seen {
    let waits: Vec<_> = look.receives(CLIENT).collect();
    let first = *reached(waits.first())?;
    let decisive = waits.iter().copied().find(|did| did.errno() != Some(EAGAIN)).unwrap_or(first);
    Ok(Claim::is(id, decisive.errno() == Some(EAGAIN), decisive)
        .also(waits.iter().copied())
        .value("errno", errno(decisive))
        .value("waited", Value::Time(lasted(look, decisive)))
        .value("tries", count(waits.len()))
        .value("result", result(decisive)))
}

fn tcp_refused(id: &'static str, look: Look<'_>) -> Seen {
    let connect = reached(look.call(CLIENT, "connect"))?;
    Ok(Claim::is(id, connect.errno() == Some(ECONNREFUSED), connect)
        .value("errno", errno(connect))
        .value("took", Value::Time(lasted(look, connect)))
        .value("result", result(connect)))
}

fn tcp_reset(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let syn = reached(look.packets().find(Went::is_syn))?;
    match look.packets().find(Went::is_rst) {
        Some(reset) => Ok(Claim::holds(id, reset).also([syn])),
        None => Ok(Claim::differs(id, syn)),
    }
}
