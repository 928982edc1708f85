//! What the recordings of a server that filters show.

use std::net::IpAddr;

use wire::errno::EAGAIN;

use super::super::look::{Did, Grew, Look, Went};
use super::super::seen::{
    self, Row, Seen, count, errno, lasted, reached, result, with_counters, with_packets,
};
use super::super::steps::{SERVER as ASKED, loopback};
use super::super::{Claim, Recorded, Settings, State, Value};
use super::scenes::{FRIEND, NEIGHBOUR, SERVED, STRANGER, VICTIM};

const SERVER: &str = "server";
const FRIEND_PROGRAM: &str = "friend";
const STRANGERS: &str = "strangers";
const STRANGER_PROGRAM: &str = "stranger";
/// How many addresses a claim names.
const ADDRESSES_MAX: usize = 4;

const CLAIMS: &[Row] = &[
    ("served", "filter", served),
    ("received", "filter", received),
    ("silent", "filter", silent),
    ("unseen", "filter", unseen),
    ("near-misses", "filter", near_misses),
    ("borrowed-served", "borrowed", borrowed_served),
    ("forged-served", "forged", forged_served),
    ("victim-hit", "forged", victim_hit),
    ("kernel-filters", "connected", kernel_filters),
    ("handshake-first", "tcp", handshake_first),
    ("closed-after", "tcp", closed_after),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let of = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match (of("received"), of("silent"), of("unseen")) {
        (Some(State::Holds), Some(State::Holds), Some(State::Holds)) => Some("silence"),
        (Some(State::Differs), _, _) => Some("nothing-arrives"),
        (Some(State::Holds), Some(State::Differs), _) | (Some(State::Holds), _, Some(State::Differs)) => {
            Some("told")
        }
        _ => None,
    }
}

fn served_address() -> IpAddr {
    loopback(SERVED, 0).ip()
}

/// Whether a call names an address that is not served.
fn is_denied(did: &Did<'_>) -> bool {
    did.address().is_some_and(|address| address.ip() != served_address())
}

fn served(id: &'static str, look: Look<'_>) -> Seen {
    let asked: Vec<_> = look.sends(FRIEND_PROGRAM).collect();
    let replies: Vec<_> = look.receives(FRIEND_PROGRAM).filter(Did::succeeded).collect();
    let first = *reached(asked.first())?;
    Ok(Claim::is(id, asked.len() == replies.len(), first)
        .also(replies.iter().copied())
        .also(look.sends(SERVER))
        .value("address", Value::Word(served_address().to_string()))
        .value("replies", count(replies.len()))
        .value("asked", count(asked.len())))
}

fn received(id: &'static str, look: Look<'_>) -> Seen {
    let denied: Vec<_> = look.sends(STRANGERS).filter(Did::succeeded).collect();
    let received: Vec<_> = look.receives(SERVER).filter(|did| did.succeeded() && is_denied(did)).collect();
    let first = *reached(denied.first())?;
    let decisive = received.first().copied().unwrap_or(first);
    Ok(Claim::is(id, denied.len() == received.len(), decisive)
        .also(received.iter().copied())
        .value("denied", count(denied.len()))
        .value("received", count(received.len())))
}

/// After each datagram that it denies the server goes straight back to receive.
fn silent(id: &'static str, look: Look<'_>) -> Seen {
    let calls: Vec<_> = look.calls(SERVER).collect();
    let pairs =
        calls.windows(2).filter(|pair| pair[0].is_receive() && pair[0].succeeded() && is_denied(&pair[0]));
    let pairs: Vec<_> = pairs.collect();
    let first = reached(pairs.first())?[0];
    let replies: Vec<_> = look.sends(SERVER).filter(is_denied).collect();
    let so = replies.is_empty() && pairs.iter().all(|pair| pair[1].is_receive());
    Ok(Claim::is(id, so, first)
        .also(replies.iter().copied())
        .also(pairs.iter().map(|pair| pair[1]))
        .value("replies", count(replies.len())))
}

fn unseen(id: &'static str, look: Look<'_>) -> Seen {
    let wait = reached(look.named(STRANGERS, "recvfrom").next())?;
    let told: Vec<_> = look.packets().filter(|went| went.icmp().is_some()).collect();
    let sent = look.sends(STRANGERS).all(|did| did.succeeded());
    Ok(Claim::is(id, sent && wait.errno() == Some(EAGAIN) && told.is_empty(), wait)
        .also(told.iter().copied())
        .also(look.sends(STRANGERS))
        .value("errno", errno(wait))
        .value("waited", Value::Time(lasted(look, wait)))
        .value("result", result(wait))
        .value("messages", count(told.len())))
}

fn near_misses(id: &'static str, look: Look<'_>) -> Seen {
    let bound: Vec<_> = look.named(STRANGERS, "bind").collect();
    let first = *reached(bound.first())?;
    let addresses: Vec<_> = bound.iter().filter_map(Did::address).map(|address| address.ip()).collect();
    let served: Vec<_> = look.receives(STRANGERS).filter(Did::succeeded).collect();
    let shown: Vec<_> = addresses.iter().take(ADDRESSES_MAX).map(IpAddr::to_string).collect();
    let claim = match served.first() {
        Some(reply) => Claim::differs(id, *reply),
        None => Claim::holds(id, first),
    };
    Ok(claim
        .also(bound.iter().copied())
        .also(look.receives(STRANGERS))
        .value("addresses", Value::Word(shown.join(", ")))
        .value("served", count(served.len())))
}

fn borrowed_served(id: &'static str, look: Look<'_>) -> Seen {
    let waits: Vec<_> = look.receives(STRANGER_PROGRAM).collect();
    let (denied, taken) = (*reached(waits.first())?, *reached(waits.get(1))?);
    Ok(Claim::is(id, !denied.succeeded() && taken.succeeded(), taken)
        .also([denied])
        .also(look.named(STRANGER_PROGRAM, "bind"))
        .value("denied", Value::Word(loopback(STRANGER, 0).ip().to_string()))
        .value("taken", Value::Word(served_address().to_string()))
        .value("result", result(taken)))
}

/// Goes on if the forger could write whole packets.
fn with_raw_socket(look: Look<'_>) -> Result<Did<'_>, super::super::Unseen> {
    if let Some(refused) = look.refused_setting("CAP_NET_RAW") {
        return Err(refused);
    }
    reached(look.sends("forger").find(Did::succeeded))
}

fn forged_served(id: &'static str, look: Look<'_>) -> Seen {
    let forged = with_raw_socket(look)?;
    let sends = look.sends("victim").count();
    let answer = look.sends(SERVER).find(|did| did.address() == Some(VICTIM));
    let claim = match answer {
        Some(answer) if sends == 0 => Claim::holds(id, answer),
        _ => Claim::differs(id, forged),
    };
    Ok(claim
        .also([forged])
        .also(look.receives(SERVER))
        .value("victim", Value::Address(VICTIM))
        .value("sends", count(sends)))
}

fn victim_hit(id: &'static str, look: Look<'_>) -> Seen {
    with_raw_socket(look)?;
    let wait = reached(look.receives("victim").next())?;
    Ok(Claim::is(id, wait.succeeded() && wait.address() == Some(ASKED), wait)
        .also(look.sends(SERVER))
        .value("victim", Value::Address(VICTIM))
        .value("received", Value::Data(wait.bytes().to_vec()))
        .value("result", result(wait)))
}

fn kernel_filters(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    with_counters(look)?;
    let sent = reached(look.sends("neighbour").next())?;
    let from =
        |wanted| look.receives(SERVER).filter(move |did| did.succeeded() && did.address() == Some(wanted));
    let told: Vec<_> = look.packets().filter(|went| went.icmp().is_some()).collect();
    let grew = look.counter("Udp.NoPorts");
    let received = from(NEIGHBOUR).count();
    let so = from(FRIEND).count() == 1 && received == 0 && !told.is_empty();
    let by = grew.as_ref().map_or(0, Grew::by);
    Ok(Claim::is(id, so && by > 0, sent)
        .also(told.iter().copied())
        .also(look.receives(SERVER))
        .also(grew)
        .value("stranger", Value::Address(NEIGHBOUR))
        .value("messages", count(told.len()))
        .value("count", Value::Count(by))
        .value("received", count(received)))
}

fn handshake_first(id: &'static str, look: Look<'_>) -> Seen {
    let connect = reached(look.call(STRANGER_PROGRAM, "connect"))?;
    let accept = reached(look.calls(SERVER).find(|did| did.is("accept4") || did.is("accept")))?;
    let so = connect.succeeded() && connect.until().is_some_and(|until| until <= accept.began());
    let before = connect.until().map(|until| accept.began().since(until)).unwrap_or_default();
    Ok(Claim::is(id, so, connect)
        .also([accept])
        .also(look.packets().filter(|went| Went::is_syn(went) || went.is_syn_ack()))
        .value("took", Value::Time(lasted(look, connect)))
        .value("before", Value::Time(before))
        .value("result", result(connect)))
}

fn closed_after(id: &'static str, look: Look<'_>) -> Seen {
    let wait = reached(look.receives(STRANGER_PROGRAM).next())?;
    let so = wait.has_returned() && wait.returned().is_none_or(|bytes| bytes == 0);
    Ok(Claim::is(id, so, wait)
        .also(look.named(SERVER, "close"))
        .also(look.packets().filter(|went| went.is_fin() || went.is_rst()))
        .value("result", result(wait))
        .value("received", Value::Bytes(wait.moved_bytes())))
}
