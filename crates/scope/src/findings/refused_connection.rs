//! A connection that nobody listens for: the SYN is answered by an RST (RFC 9293 §3.10.7.1), `connect(2)` fails.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde::Serialize;
use wire::errno::{ECONNREFUSED, EINPROGRESS};
use wire::names::SocketOption;

use crate::model::{Address, Pid, Protocol, Time};
use crate::timeline::{Entry, Life};

use super::calls::{Did, ms};
use super::scene::{Scene, inet};
use super::{Facts, Finding, Severity, Side};

/// Nobody listens where a program connects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedConnection {
    /// Who connects.
    pub side: Side,
    /// To where.
    pub to: Address,
    /// A program that listens there, but later: and how many milliseconds.
    pub listens_later: Option<(String, u64)>,
    /// A program that listens on the port, but at another address.
    pub listens_elsewhere: Option<(String, Address)>,
    /// How often the program tried, with whatever socket.
    pub attempts: usize,
}

/// The sockets that were refused: where, who told, and what proves it.
type Refusal<'a> = (SocketAddr, &'a Life, Did<'a>, Vec<&'a Entry>);

/// Finds connections that are refused, unless the program gets one to the same port in the end.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let connected = connected(scene);
    let mut refusals: BTreeMap<(Pid, SocketAddr), Vec<Refusal<'_>>> = BTreeMap::new();
    for refusal in scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)) {
        let (to, _, told, _) = &refusal;
        if !connected.contains(&(told.call.pid, to.port())) {
            refusals.entry((told.call.pid, *to)).or_default().push(refusal);
        }
    }
    let first = |refusals: Vec<Refusal<'_>>| {
        let attempts = refusals.len();
        let first = refusals.into_iter().min_by_key(|(_, _, told, _)| told.entry.time)?;
        Some(finding(scene, first, attempts))
    };
    refusals.into_values().filter_map(first).collect()
}

/// The refused connect of a socket: where to, and what proves it.
fn of_socket<'a>(scene: &Scene<'a>, life: &'a Life) -> Option<Refusal<'a>> {
    let tries = |did: &Did<'_>| did.is("connect") && did.failed(&[ECONNREFUSED, EINPROGRESS]);
    let connect = scene.calls(life.socket).find(tries)?;
    let told = if connect.failed(&[ECONNREFUSED]) {
        connect
    } else {
        scene.calls(life.socket).find(|did| {
            did.failed(&[ECONNREFUSED]) || did.option(SocketOption::ERROR) == Some(ECONNREFUSED)
        })?
    };
    let handshake = |flags: wire::packet::TcpFlags| flags.syn || flags.rst;
    let packets = scene.packets(life.socket);
    let packets =
        packets.filter(|(_, crossing)| crossing.packet.tcp().is_some_and(|tcp| handshake(tcp.flags)));
    let proof = packets.map(|(entry, _)| entry).chain([connect.entry, told.entry]).collect();
    Some((inet(connect.address())?, life, told, proof))
}

/// The processes that have connections, and to which ports.
fn connected(scene: &Scene<'_>) -> BTreeSet<(Pid, u16)> {
    let refused =
        |did: Did<'_>| did.failed(&[ECONNREFUSED]) || did.option(SocketOption::ERROR) == Some(ECONNREFUSED);
    let made = scene.speaking(Protocol::Tcp).filter(|life| life.listener.is_none());
    let made = made.filter(|life| !scene.calls(life.socket).any(refused));
    let to = made.filter_map(|life| Some((life, inet(life.peer.as_ref())?.port())));
    to.flat_map(|(life, port)| life.holders.iter().map(move |(pid, ..)| (*pid, port))).collect()
}

fn finding(scene: &Scene<'_>, (to, life, told, proof): Refusal<'_>, attempts: usize) -> Finding {
    let listens: Vec<_> = listeners(scene, to.port());
    let fits = |local: SocketAddr| local.ip() == to.ip() || local.ip().is_unspecified();
    let later = listens.iter().find(|(local, at, _)| fits(*local) && *at > told.entry.time);
    let elsewhere = listens.iter().find(|(local, _, _)| !fits(*local));
    let facts = RefusedConnection {
        side: scene.side(life.socket, told.entry.time),
        to: Address::Inet(to),
        listens_later: later.map(|(_, at, who)| (who.clone(), ms(at.since(told.entry.time)))),
        listens_elsewhere: elsewhere.map(|(local, _, who)| (who.clone(), Address::Inet(*local))),
        attempts,
    };
    Finding::new(Severity::Fault, told.entry, proof, Facts::RefusedConnection(facts))
}

/// Who listens on a port in this recording: where, since when.
fn listeners(scene: &Scene<'_>, port: u16) -> Vec<(SocketAddr, Time, String)> {
    let listens = |life: &Life| {
        let listen = scene.calls(life.socket).find(|did| did.is("listen") && did.returned().is_some())?;
        let local = inet(life.local.as_ref())?;
        Some((local, listen.entry.time, scene.doer(&listen).program))
    };
    scene.on_port(Protocol::Tcp, port).filter_map(listens).collect()
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, found, listening, the_one};
    use super::*;
    use crate::testing::Story;

    #[test]
    fn a_connection_that_is_refused_is_found_and_who_listens_too_late() {
        let mut story = Story::new(&["server", "client"]);
        let client = story.socket(story.pid(1), 3, Protocol::Tcp);
        story.segment(CLIENT, SERVER, "S", (0, 0), &[]);
        story.segment(SERVER, CLIENT, "R.", (0, 1), &[]);
        let connect = story.failing(ECONNREFUSED).connect(client, SERVER);
        story.close(client);
        story.wait_us(30_000);
        let listener = story.socket(story.pid(0), 3, Protocol::Tcp);
        story.bind(listener, SERVER);
        story.listen(listener, 5);

        let findings = found(story);

        let finding = the_one(&findings);
        assert_eq!(finding.shown_by, connect);
        let Facts::RefusedConnection(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!(facts.listens_later, Some(("server".to_owned(), 30)));
    }

    #[test]
    fn a_listener_at_another_address_is_told() {
        let (mut story, _, client) = listening();
        story.failing(ECONNREFUSED).connect(client, "127.0.0.2:3500");

        let findings = found(story);

        let Facts::RefusedConnection(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!(facts.listens_elsewhere.as_ref().map(|(who, _)| who.as_str()), Some("server"));
    }

    #[test]
    fn a_program_that_gets_a_connection_by_another_address_is_right() {
        let (mut story, _, first) = listening();
        story.failing(ECONNREFUSED).connect(first, "[::1]:3500");
        story.close(first);
        let second = story.socket(story.pid(1), 4, Protocol::Tcp);
        story.connect(second, SERVER);

        assert_eq!(found(story), []);
    }
}
