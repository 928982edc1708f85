//! What the recordings with pauses show.

use std::net::SocketAddr;

use scope::model::SocketId;

use super::super::look::{Did, Grew, Look, Stood, look};
use super::super::{Claim, Recorded, Settings, State, Unseen, Value};

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let (Some(pauses), Some(gone)) = (look(recorded, "pauses"), look(recorded, "gone")) else {
        return Vec::new();
    };
    vec![
        silent_sockets(pauses),
        port_at_first_send(pauses),
        waits("waits-in-kernel", pauses, "server"),
        waits("reply-waits", pauses, "client"),
        reply_refused(gone),
        server_not_told(gone),
    ]
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    match claims.iter().find(|claim| claim.id() == "waits-in-kernel")?.state() {
        State::Holds => Some("waits"),
        State::Differs => Some("lost"),
        State::Unknown => None,
    }
}

/// Nothing goes over the network before the first `sendto()`.
fn silent_sockets(pauses: Look<'_>) -> Claim {
    const ID: &str = "silent-sockets";
    if let Some(unseen) = pauses.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let made = (pauses.call("client", "socket"), pauses.sends("client").next(), pauses.packets().next());
    let (Some(socket), Some(sent), Some(first)) = made else {
        return Claim::unknown(ID, Unseen::NotReached);
    };
    let time = Value::Time(first.when().since(socket.began()));
    Claim::is(ID, first.when() >= sent.began(), socket).also([sent]).also([first]).value("time", time)
}

/// The client has no port until it sends.
fn port_at_first_send(pauses: Look<'_>) -> Claim {
    const ID: &str = "port-at-first-send";
    let Some(sent) = pauses.sends("client").next() else { return Claim::unknown(ID, Unseen::NotReached) };
    let port = |stood: Stood<'_>| stood.local().map_or(0, |local: SocketAddr| local.port());
    let (before, after): (Vec<_>, Vec<_>) =
        pauses.states("client").partition(|stood| stood.when() < sent.began());
    let (Some(before), Some(after)) = (before.last(), after.first()) else {
        return Claim::unknown(ID, Unseen::NotReached);
    };
    let is_new = port(*before) == 0 && port(*after) != 0;
    Claim::is(ID, is_new, sent)
        .also([*before, *after])
        .value("before", Value::Count(port(*before).into()))
        .value("after", Value::Count(port(*after).into()))
}

/// A datagram waits in the queue of a socket whose program sleeps.
fn waits(id: &'static str, pauses: Look<'_>, program: &str) -> Claim {
    let Some(taken) = pauses.receives(program).next() else { return Claim::unknown(id, Unseen::NotReached) };
    let queued = pauses.states(program).find(|stood| is_about(*stood, taken) && stood.recv_queue() > 0);
    let Some(queued) = queued.filter(|queued| taken.succeeded() && queued.when() <= taken.began()) else {
        let time = Value::Time(taken.blocked().unwrap_or_default());
        return Claim::differs(id, taken).value("time", time);
    };
    Claim::holds(id, queued)
        .also([taken])
        .value("bytes", Value::Bytes(queued.recv_queue()))
        .value("time", Value::Time(taken.began().since(queued.when())))
}

fn is_about(stood: Stood<'_>, taken: Did<'_>) -> bool {
    let socket: Option<SocketId> = taken.socket();
    socket == Some(stood.socket())
}

/// The kernel of a client that is gone refuses the reply.
fn reply_refused(gone: Look<'_>) -> Claim {
    const ID: &str = "reply-refused";
    if let Some(unseen) = gone.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let Some(reply) = gone.sends("server").next() else { return Claim::unknown(ID, Unseen::NotReached) };
    let refusal = gone.packets().find(|went| went.icmp() == Some((3, 3)));
    let Some(refusal) = refusal else { return Claim::differs(ID, reply) };
    let no_ports = gone.counter("Udp.NoPorts");
    let counted = no_ports.as_ref().map_or(0, Grew::by);
    Claim::holds(ID, reply)
        .also([refusal])
        .also(no_ports)
        .value("port", Value::Count(reply.address().map_or(0, |to| to.port()).into()))
        .value("counted", Value::Count(counted))
}

/// The server that sent the reply is not told.
fn server_not_told(gone: Look<'_>) -> Claim {
    const ID: &str = "server-not-told";
    let Some(reply) = gone.sends("server").next() else { return Claim::unknown(ID, Unseen::NotReached) };
    let told = gone.calls("server").find(|did| did.errno().is_some());
    match told {
        None => Claim::holds(ID, reply)
            .also(gone.receives("server").nth(1))
            .value("bytes", Value::Bytes(reply.moved_bytes())),
        Some(told) => Claim::differs(ID, told).value("error", Value::Errno(told.errno().unwrap_or_default())),
    }
}
