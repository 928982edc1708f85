//! An address that cannot be bound because somebody has it: `EADDRINUSE` (`bind(2)`, `listen(2)`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde::Serialize;
use wire::errno::EADDRINUSE;
use wire::names::SocketOption;
use wire::tcp_state::TcpState;

use crate::model::{Address, Pid, Protocol, Time};
use crate::timeline::{Entry, Life};

use super::calls::{Did, ms};
use super::scene::{Scene, closed, inet};
use super::{Facts, Finding, Severity, Side};

/// How long a finished connection keeps its address: 60 s (`TCP_TIMEWAIT_LEN`), in nanoseconds.
const TIME_WAIT_NS: u64 = 60_000_000_000;

/// A program could not have the address that it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddressInUse {
    /// Who asked.
    pub side: Side,
    /// By which call.
    pub call: String,
    /// For which address.
    pub address: Address,
    /// Whether it had set `SO_REUSEADDR`.
    pub reuse: bool,
    /// Who has it.
    pub held_by: Holder,
}

/// Who has an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "held_by", rename_all = "snake_case")]
pub enum Holder {
    /// A socket of this recording.
    Socket {
        /// Whose.
        side: Side,
    },
    /// A connection of this recording that is over and waits, in `TIME-WAIT`, until nothing of it can arrive.
    TimeWait {
        /// Whose it was.
        side: Side,
        /// How long ago it was closed.
        closed_ms: u64,
    },
    /// Somebody outside.
    Unknown {},
}

/// Finds addresses that were taken, unless the program found another one.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let bound = bound(scene);
    let mut asked = BTreeSet::new();
    let mut findings = Vec::new();
    for life in scene.lives() {
        let asks = |did: &Did<'_>| did.failed(&[EADDRINUSE]) && (did.is("bind") || did.is("listen"));
        let Some(failed) = scene.calls(life.socket).find(asks) else { continue };
        let later = bound.get(&(failed.call.pid, life.protocol));
        let is_solved = later.is_some_and(|later| *later > failed.entry.time);
        if !is_solved && asked.insert((failed.call.pid, failed.address().cloned())) {
            findings.extend(finding(scene, life, &failed));
        }
    }
    findings
}

/// When each process bound a socket of a protocol last.
fn bound(scene: &Scene<'_>) -> BTreeMap<(Pid, Protocol), Time> {
    let mut bound = BTreeMap::new();
    for life in scene.lives() {
        let binds = scene.calls(life.socket).filter(|did| did.is("bind") && did.returned().is_some());
        for bind in binds {
            let time = bound.entry((bind.call.pid, life.protocol)).or_insert(bind.entry.time);
            *time = bind.entry.time.max(*time);
        }
    }
    bound
}

fn finding(scene: &Scene<'_>, life: &Life, failed: &Did<'_>) -> Option<Finding> {
    let bound = scene.calls(life.socket).find(|did| did.is("bind")).and_then(|did| did.address());
    let address = failed.address().or(bound).or(life.local.as_ref())?;
    let wanted = address.inet()?;
    let reuse = |did: Did<'_>| did.option(SocketOption::REUSEADDR).is_some_and(|value| value != 0);
    let (held_by, proof) = holder(scene, life, wanted, failed.entry.time);
    let facts = AddressInUse {
        side: scene.doer(failed),
        call: failed.name().to_owned(),
        address: address.clone(),
        reuse: scene.calls(life.socket).any(reuse),
        held_by,
    };
    Some(Finding::new(Severity::Fault, failed.entry, proof, Facts::AddressInUse(facts)))
}

/// Who has an address, and what shows it.
fn holder<'a>(scene: &Scene<'a>, life: &Life, wanted: SocketAddr, time: Time) -> (Holder, Vec<&'a Entry>) {
    let overlaps = |local: SocketAddr| {
        local.ip() == wanted.ip() || local.ip().is_unspecified() || wanted.ip().is_unspecified()
    };
    let on_port = || {
        let others = scene.on_port(life.protocol, wanted.port());
        others.filter(|other| other.socket != life.socket && inet(other.local.as_ref()).is_some_and(overlaps))
    };
    let open = on_port().filter(|other| other.is_open_at(time));
    let bound =
        |other: &Life| scene.calls(other.socket).find(|did| did.is("bind") && did.returned().is_some());
    if let Some(other) = open.min_by_key(|other| !other.listens) {
        let proof = bound(other).map(|did| did.entry).into_iter().collect();
        return (Holder::Socket { side: scene.side(other.socket, time) }, proof);
    }
    let waits = on_port().filter(|_| life.protocol == Protocol::Tcp).filter_map(|other| {
        let closed = closed(other).filter(|closed| *closed <= time && closed.0 + TIME_WAIT_NS > time.0)?;
        ended(scene, other).map(|entry| (closed, other, entry))
    });
    waits.max_by_key(|(closed, ..)| *closed).map_or(
        (Holder::Unknown {}, Vec::new()),
        |(closed, other, entry)| {
            let side = scene.side(other.socket, closed);
            (Holder::TimeWait { side, closed_ms: ms(time.since(closed)) }, vec![entry])
        },
    )
}

/// What shows that a connection was closed from this side first, which is the side that waits (RFC 9293 §3.6).
fn ended<'a>(scene: &Scene<'a>, life: &Life) -> Option<&'a Entry> {
    let waits = scene.states(life.socket).find(|(_, state)| state.state == Some(TcpState::TimeWait));
    let fin = scene
        .packets(life.socket)
        .find(|(_, crossing)| crossing.packet.tcp().is_some_and(|tcp| tcp.flags.fin));
    let own = fin.filter(|(_, crossing)| crossing.from.socket == Some(life.socket));
    waits.map(|(entry, _)| entry).or(own.map(|(entry, _)| entry))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, Tcp, ends, found, listening, the_one};
    use super::*;
    use crate::model::SocketState;

    #[test]
    fn a_socket_that_has_the_address_is_named() {
        let (mut story, _, _) = listening();
        let second = story.socket(story.pid(1), 4, Protocol::Tcp);
        let bind = story.failing(EADDRINUSE).bind(second, SERVER);

        let findings = found(story);

        assert_eq!(the_one(&findings).shown_by, bind);
        let Facts::AddressInUse(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert!(matches!(&facts.held_by, Holder::Socket { side } if side.program == "server"));
    }

    #[test]
    fn a_connection_that_was_closed_from_here_first_is_named() {
        let mut tcp = Tcp::new();
        tcp.closes(tcp.server);
        tcp.story.receive(tcp.client, 1024, b"", None);
        tcp.closes(tcp.client);
        tcp.story.close(tcp.listener);
        ends(&mut tcp.story, tcp.server.pid, 0);
        let state = tcp.story.state_of(tcp.server, Some(TcpState::TimeWait), SERVER, Some(CLIENT));
        tcp.story.state(SocketState { holder: None, ..state });
        tcp.story.wait_us(4_000_000);
        let again = tcp.story.socket(tcp.client.pid, 4, Protocol::Tcp);
        tcp.story.failing(EADDRINUSE).bind(again, "0.0.0.0:3500");

        let findings = found(tcp.story);

        let Facts::AddressInUse(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert!(matches!(facts.held_by, Holder::TimeWait { closed_ms: 4000, .. }), "{facts:?}");
    }

    #[test]
    fn a_program_that_takes_the_next_port_is_right() {
        let (mut story, _, _) = listening();
        let second = story.socket(story.pid(1), 4, Protocol::Tcp);
        story.failing(EADDRINUSE).bind(second, SERVER);
        story.bind(second, "127.0.0.1:3501");

        assert_eq!(found(story), []);
    }
}
