//! What the recordings with pauses, and with a server that is killed, show.

use wire::errno::EPIPE;
use wire::tcp_state::TcpState;

use super::super::look::{Look, Stood, Went, look};
use super::super::practical::SERVER;
use super::super::{Claim, Recorded, Settings, State, Unseen, Value};

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    let (Some(pauses), Some(killed)) = (look(recorded, "pauses"), look(recorded, "killed")) else {
        return Vec::new();
    };
    vec![
        connected_unaccepted(pauses),
        acked_unaccepted(pauses),
        half_closed(pauses),
        time_wait(pauses),
        killed_says_fin(killed),
        then_reset(killed),
        then_pipe(killed),
    ]
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    match claims.iter().find(|claim| claim.id() == "connected-unaccepted")?.state() {
        State::Holds => Some("at-once"),
        State::Differs => Some("waits"),
        State::Unknown => None,
    }
}

/// `connect()` returns while the server sleeps before `accept()`.
fn connected_unaccepted(pauses: Look<'_>) -> Claim {
    const ID: &str = "connected-unaccepted";
    let calls = (pauses.call("client", "connect"), pauses.call("server", "accept4"));
    let (Some(connect), Some(accept)) = calls else { return Claim::unknown(ID, Unseen::NotReached) };
    let until = connect.until().unwrap_or_else(|| pauses.over());
    let is_before = connect.succeeded() && until < accept.began();
    Claim::is(ID, is_before, connect)
        .also([accept])
        .value("took", Value::Time(until.since(connect.began())))
        .value("before", Value::Time(accept.began().since(until)))
}

/// The kernel takes and acknowledges data of a connection that nobody has accepted.
fn acked_unaccepted(pauses: Look<'_>) -> Claim {
    const ID: &str = "acked-unaccepted";
    let calls = (pauses.sends("client").next(), pauses.call("server", "accept4"));
    let (Some(sent), Some(accept)) = calls else { return Claim::unknown(ID, Unseen::NotReached) };
    let waits =
        |stood: &Stood<'_>| is_connection(*stood) && stood.recv_queue() > 0 && stood.when() < accept.began();
    let Some(waiting) = pauses.all_states().find(waits) else {
        return Claim::differs(ID, sent).also([accept]);
    };
    let is_ack = |went: &Went<'_>| {
        went.from() == Some(SERVER) && went.payload_bytes() == 0 && went.when() > sent.began()
    };
    Claim::holds(ID, waiting)
        .also([sent])
        .also(pauses.packets().find(is_ack).filter(|ack| ack.when() < accept.began()))
        .value("bytes", Value::Bytes(waiting.recv_queue()))
        .value("time", Value::Time(accept.began().since(waiting.when())))
}

/// Whether it is the server's end of a connection.
fn is_connection(stood: Stood<'_>) -> bool {
    stood.local() == Some(SERVER) && stood.peer().is_some_and(|peer| peer.port() != 0)
}

/// Between the server's `close()` and the client's, each side is in a state of its own.
fn half_closed(pauses: Look<'_>) -> Claim {
    const ID: &str = "half-closed";
    let close = pauses.named("client", "close").next_back();
    let fin = pauses.named("server", "close").next();
    let (Some(close), Some(fin)) = (close, fin) else { return Claim::unknown(ID, Unseen::NotReached) };
    let in_state = |wanted| pauses.all_states().find(|stood| stood.tcp() == Some(wanted));
    let both = (in_state(TcpState::FinWait2), in_state(TcpState::CloseWait));
    let (Some(server), Some(client)) = both else { return Claim::differs(ID, fin).also([close]) };
    Claim::holds(ID, server)
        .also([client])
        .also([fin, close])
        .value("server", Value::Word(TcpState::FinWait2.to_string()))
        .value("client", Value::Word(TcpState::CloseWait.to_string()))
        .value("time", Value::Time(close.began().since(client.when())))
}

/// After that the server's end stays in TIME-WAIT.
fn time_wait(pauses: Look<'_>) -> Claim {
    const ID: &str = "time-wait";
    let Some(close) = pauses.named("client", "close").next_back() else {
        return Claim::unknown(ID, Unseen::NotReached);
    };
    let stays = pauses.all_states().find(|stood| stood.tcp() == Some(TcpState::TimeWait));
    match stays.and_then(|stood| Some((stood, stood.local()?))) {
        Some((stood, local)) => Claim::holds(ID, stood)
            .also([close])
            .value("state", Value::Word(TcpState::TimeWait.to_string()))
            .value("local", Value::Address(local)),
        None => Claim::differs(ID, close),
    }
}

/// The kernel closes the connections of a process that is killed: the client reads an end.
fn killed_says_fin(killed: Look<'_>) -> Claim {
    const ID: &str = "killed-says-fin";
    let found = (killed.receives("client").next(), killed.ended("server"));
    let (Some(end), Some(ended)) = found else { return Claim::unknown(ID, Unseen::NotReached) };
    let is_end = end.returned() == Some(0);
    let signal = wire::signal::Signal(ended.signal().unwrap_or_default());
    Claim::is(ID, is_end && ended.signal().is_some(), end)
        .also([ended])
        .also(killed.packets().find(Went::is_fin))
        .value("signal", Value::Word(signal.to_string()))
        .value("call", Value::Word(end.name().to_owned()))
}

/// What is sent after that is answered by an RST, and `send()` says nothing of it.
fn then_reset(killed: Look<'_>) -> Claim {
    const ID: &str = "then-reset";
    if let Some(unseen) = killed.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let Some(sent) = killed.sends("client").next() else { return Claim::unknown(ID, Unseen::NotReached) };
    let reset = killed.packets().find(|went| went.is_rst() && went.when() > sent.began());
    Claim::is(ID, reset.is_some() && sent.succeeded(), sent)
        .also(reset)
        .value("sent", Value::Bytes(sent.moved_bytes()))
}

/// The next `send()` fails.
fn then_pipe(killed: Look<'_>) -> Claim {
    const ID: &str = "then-pipe";
    let Some(sent) = killed.sends("client").nth(1) else { return Claim::unknown(ID, Unseen::NotReached) };
    let errno = sent.errno();
    Claim::is(ID, errno == Some(EPIPE), sent)
        .value("error", Value::Errno(errno.unwrap_or_default()))
        .value("call", Value::Word(sent.name().to_owned()))
}
