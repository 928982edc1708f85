//! What the recordings of cut messages show.

use wire::errno::{EAGAIN, EMSGSIZE};
use wire::names::MessageFlags;

use super::super::look::{Did, Grew, Look, Went};
use super::super::seen::{self, Row, Seen, count, errno, reached, result, with_counters, with_packets};
use super::super::{Claim, Recorded, Settings, State, Unseen, Value};

const SERVER: &str = "server";
const CLIENT: &str = "client";

const CLAIMS: &[Row] = &[
    ("cut", "small", cut),
    ("next-message", "small", next_message),
    ("flag", "small", flag),
    ("real-length", "small", real_length),
    ("cut-twice", "both", cut_twice),
    ("empty-arrives", "empty", empty_arrives),
    ("no-room", "empty", no_room),
    ("longest-goes", "longest", longest_goes),
    ("too-long", "longest", too_long),
    ("fragmented", "fragments", fragmented),
    ("incomplete", "incomplete", incomplete),
    ("overflowed", "overflow", overflowed),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let of = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (of("cut"), of("next-message")) {
        (Some(State::Holds), Some(State::Holds)) => Some("lost"),
        (Some(State::Holds), Some(State::Differs)) => Some("next"),
        _ => None,
    }
}

/// The call at this place among those that send or receive.
fn nth<'r>(mut calls: impl Iterator<Item = Did<'r>>, place: usize) -> Result<Did<'r>, Unseen> {
    reached(calls.nth(place))
}

fn data(did: Did<'_>) -> Value {
    Value::Data(did.bytes().to_vec())
}

fn moved(did: Did<'_>) -> Value {
    Value::Bytes(did.moved_bytes())
}

fn cut(id: &'static str, look: Look<'_>) -> Seen {
    let sent = reached(look.sends(CLIENT).next().filter(Did::succeeded))?;
    let received = nth(look.receives(SERVER), 0)?;
    let so = received.succeeded() && received.moved_bytes() < sent.moved_bytes();
    Ok(Claim::is(id, so, received)
        .also([sent])
        .value("sent", moved(sent))
        .value("buffer", Value::Bytes(received.asked_bytes()))
        .value("received", moved(received))
        .value("data", data(received)))
}

fn next_message(id: &'static str, look: Look<'_>) -> Seen {
    let (sent, received) = (nth(look.sends(CLIENT), 1)?, nth(look.receives(SERVER), 1)?);
    let so = received.succeeded() && sent.bytes().starts_with(received.bytes());
    Ok(Claim::is(id, so, received).also([sent]).value("data", data(received)))
}

fn flag(id: &'static str, look: Look<'_>) -> Seen {
    let received = reached(look.named(SERVER, "recvmsg").next())?;
    let so = received.message_flags().is_some_and(|flags| flags.contains(MessageFlags::TRUNC));
    Ok(Claim::is(id, so, received).value("received", moved(received)))
}

fn real_length(id: &'static str, look: Look<'_>) -> Seen {
    let (sent, received) = (nth(look.sends(CLIENT), 3)?, nth(look.receives(SERVER), 3)?);
    let length = received.returned().and_then(|length| u64::try_from(length).ok()).unwrap_or_default();
    let so = length == sent.moved_bytes() && length > received.asked_bytes();
    Ok(Claim::is(id, so, received)
        .also([sent])
        .value("length", Value::Bytes(length))
        .value("buffer", Value::Bytes(received.asked_bytes()))
        .value("sent", moved(sent)))
}

fn cut_twice(id: &'static str, look: Look<'_>) -> Seen {
    let sent = nth(look.sends(CLIENT), 0)?;
    let (server, client) = (nth(look.receives(SERVER), 0)?, nth(look.receives(CLIENT), 0)?);
    let so = client.succeeded()
        && client.moved_bytes() < server.moved_bytes()
        && server.moved_bytes() < sent.moved_bytes();
    Ok(Claim::is(id, so, client)
        .also([sent, server])
        .also(look.sends(SERVER))
        .value("sent", moved(sent))
        .value("server", moved(server))
        .value("client", moved(client)))
}

fn empty_arrives(id: &'static str, look: Look<'_>) -> Seen {
    let (empty, next) = (nth(look.receives(SERVER), 0)?, nth(look.receives(SERVER), 1)?);
    let so = empty.returned() == Some(0) && empty.address().is_some() && next.moved_bytes() > 0;
    Ok(Claim::is(id, so, empty)
        .also([next])
        .also(look.sends(CLIENT).take(2))
        .value("received", moved(empty))
        .value("data", data(next))
        .value("result", result(empty)))
}

fn no_room(id: &'static str, look: Look<'_>) -> Seen {
    let (lost, next) = (nth(look.sends(CLIENT), 2)?, nth(look.sends(CLIENT), 3)?);
    let (without, received) = (nth(look.receives(SERVER), 2)?, nth(look.receives(SERVER), 3)?);
    let so = without.returned() == Some(0) && received.bytes() == next.bytes();
    Ok(Claim::is(id, so, without)
        .also([received, lost, next])
        .value("lost", data(lost))
        .value("data", data(received)))
}

fn longest_goes(id: &'static str, look: Look<'_>) -> Seen {
    let (sent, received) = (nth(look.sends(CLIENT), 0)?, nth(look.receives(SERVER), 0)?);
    let so = sent.succeeded() && received.moved_bytes() == sent.asked_bytes();
    Ok(Claim::is(id, so, sent)
        .also([received])
        .value("sent", Value::Bytes(sent.asked_bytes()))
        .value("received", moved(received))
        .value("result", result(sent)))
}

fn too_long(id: &'static str, look: Look<'_>) -> Seen {
    let sent = nth(look.sends(CLIENT), 1)?;
    Ok(Claim::is(id, sent.errno() == Some(EMSGSIZE), sent)
        .value("sent", Value::Bytes(sent.asked_bytes()))
        .value("errno", errno(sent))
        .value("result", result(sent)))
}

/// The header of a frame and that of IP, before the data of a fragment.
const HEADER_BYTES: u64 = 14 + 20;

fn fragmented(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let (sent, received) = (nth(look.sends(CLIENT), 0)?, nth(look.receives(SERVER), 0)?);
    let packets: Vec<_> = look.packets().filter(|went| went.icmp().is_none()).collect();
    let (first, last) = reached(packets.first().zip(packets.last()))?;
    let mtu_bytes = reached(look.timeline().header.mtu_bytes)?;
    let of_ip = |went: &Went<'_>| Value::Bytes(went.length_bytes().saturating_sub(HEADER_BYTES));
    let so = packets.len() > 1 && packets.iter().all(|went| went.fragment().is_some());
    Ok(Claim::is(id, so && received.moved_bytes() == sent.moved_bytes(), *first)
        .also([*last])
        .also(packets.iter().copied())
        .also([sent, received])
        .value("mtu", Value::Bytes(mtu_bytes.into()))
        .value("sent", moved(sent))
        .value("fragments", count(packets.len()))
        .value("first", of_ip(first))
        .value("last", of_ip(last))
        .value("received", moved(received)))
}

/// That the fragments of one datagram were received shows that the other one lacks nothing but its last.
fn incomplete(id: &'static str, look: Look<'_>) -> Seen {
    if let Some(refused) = look.refused_setting("CAP_NET_RAW") {
        return Err(refused);
    }
    let (whole, none) = (nth(look.receives(SERVER), 0)?, nth(look.receives(SERVER), 1)?);
    let after = whole.until().unwrap_or(whole.began());
    let incomplete: Vec<_> =
        look.sends(CLIENT).filter(|did| did.succeeded() && did.began() > after).collect();
    let so = whole.succeeded() && none.errno() == Some(EAGAIN) && !incomplete.is_empty();
    Ok(Claim::is(id, so, none)
        .also([whole])
        .also(incomplete.iter().copied())
        .value("fragments", count(incomplete.len()))
        .value("errno", errno(none))
        .value("result", result(none)))
}

fn overflowed(id: &'static str, look: Look<'_>) -> Seen {
    with_counters(look)?;
    let sent: Vec<_> = look.sends(CLIENT).filter(Did::succeeded).collect();
    let first = *reached(sent.first())?;
    let received: Vec<_> = look.receives(SERVER).filter(Did::succeeded).collect();
    let grew = look.counter("Udp.RcvbufErrors");
    let lost = grew.as_ref().map_or(0, Grew::by);
    let room = reached(look.states(SERVER).next_back())?;
    let so = lost > 0 && sent.len() as u64 == received.len() as u64 + lost;
    let claim = match grew {
        Some(grew) => Claim::is(id, so, grew),
        None => Claim::differs(id, first),
    };
    Ok(claim
        .also([room])
        .also(received.iter().copied())
        .also([first])
        .value("room", Value::Bytes(room.raw().recv_buffer_bytes.into()))
        .value("sent", count(sent.len()))
        .value("received", count(received.len()))
        .value("lost", Value::Count(lost)))
}
