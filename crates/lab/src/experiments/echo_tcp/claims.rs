//! What the recording of the pair shows.

use std::net::SocketAddr;

use super::super::echoed::echoed;
use super::super::look::{Did, Look, Went, look};
use super::super::{Claim, Recorded, Settings, State, Unseen, Value};

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let Some(pair) = look(recorded, "pair") else { return Vec::new() };
    vec![
        listens(pair),
        handshake(pair),
        echoed(pair),
        more_than_two(pair),
        server_closes_first(pair),
        time_wait(pair),
        reuse(pair),
    ]
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let is_so = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match is_so("server-closes-first")? {
        State::Holds => Some("server"),
        State::Differs => Some("client"),
        State::Unknown => None,
    }
}

fn listens(pair: Look<'_>) -> Claim {
    const ID: &str = "listens";
    let Some(listen) = pair.call("server", "listen") else { return Claim::unknown(ID, Unseen::NotReached) };
    let held = pair.states("server").find_map(|stood| {
        let is_listening = stood.tcp() == Some(wire::tcp_state::TcpState::Listen);
        is_listening.then_some((stood, stood.local()?))
    });
    match (listen.errno(), held) {
        (None, Some((stood, address))) => Claim::holds(ID, listen)
            .also([stood])
            .value("address", Value::Address(address))
            .value("pid", Value::Count(listen.pid().0.into()))
            .value("backlog", Value::Count(stood.send_queue())),
        (errno, _) => Claim::differs(ID, listen).value("error", Value::Errno(errno.unwrap_or_default())),
    }
}

/// The handshake is over before the client's `connect()` returns.
fn handshake(pair: Look<'_>) -> Claim {
    const ID: &str = "handshake";
    if let Some(unseen) = pair.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let Some(connect) = pair.call("client", "connect") else { return Claim::unknown(ID, Unseen::NotReached) };
    let first: Vec<_> =
        pair.packets().take_while(|went| went.payload_bytes() == 0 && !went.is_fin()).collect();
    let count = Value::Count(first.len() as u64);
    let is_usual = matches!(&first[..], [syn, syn_ack, _] if syn.is_syn() && syn_ack.is_syn_ack());
    let claim = Claim::is(ID, is_usual && connect.succeeded(), connect).also(first).value("segments", count);
    claim.value("time", Value::Time(connect.took().unwrap_or_default()))
}

/// The exchange is more than a message and its echo.
fn more_than_two(pair: Look<'_>) -> Claim {
    const ID: &str = "more-than-two";
    if let Some(unseen) = pair.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let all: Vec<_> = pair.packets().filter(|went| went.tcp().is_some()).collect();
    let with_data = all.iter().filter(|went| went.payload_bytes() > 0).count();
    let Some(first) = all.first().copied() else { return Claim::unknown(ID, Unseen::NotReached) };
    Claim::is(ID, all.len() > 2, first)
        .also(all.iter().copied())
        .value("segments", Value::Count(all.len() as u64))
        .value("with_data", Value::Count(with_data as u64))
}

/// The first FIN is the server's.
fn server_closes_first(pair: Look<'_>) -> Claim {
    const ID: &str = "server-closes-first";
    if let Some(unseen) = pair.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let listener = pair.states("server").find_map(|stood| stood.local());
    let fin = pair.packets().find(Went::is_fin);
    let (Some(fin), Some(listener)) = (fin, listener) else { return Claim::unknown(ID, Unseen::NotReached) };
    let port = |address: Option<SocketAddr>| address.map_or(0, |address| address.port());
    let is_servers = port(fin.from()) == listener.port();
    let others = pair.packets().filter(Went::is_fin);
    Claim::is(ID, is_servers, fin).also(others).value("port", Value::Count(port(fin.from()).into()))
}

/// The port cannot be taken again without `SO_REUSEADDR`.
fn time_wait(pair: Look<'_>) -> Claim {
    const ID: &str = "time-wait";
    let Some(bind) = pair.call("restarted", "bind") else { return Claim::unknown(ID, Unseen::NotReached) };
    let claim = Claim::is(ID, bind.errno() == Some(wire::errno::EADDRINUSE), bind);
    with_address(claim, bind).value("error", Value::Errno(bind.errno().unwrap_or_default()))
}

/// It can with it.
fn reuse(pair: Look<'_>) -> Claim {
    const ID: &str = "reuse";
    let Some(bind) = pair.named("restarted", "bind").nth(1) else {
        return Claim::unknown(ID, Unseen::NotReached);
    };
    let claim = Claim::is(ID, bind.succeeded(), bind).also(pair.call("restarted", "setsockopt"));
    with_address(claim, bind).value("error", Value::Errno(bind.errno().unwrap_or_default()))
}

fn with_address(claim: Claim, bind: Did<'_>) -> Claim {
    match bind.address() {
        Some(address) => claim.value("address", Value::Address(address)),
        None => claim,
    }
}
