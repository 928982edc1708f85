//! A datagram for a port that no socket has: the answer is an ICMP error, which not every program is told of (`udp(7)`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use wire::errno::ECONNREFUSED;
use wire::names::SocketOption;
use wire::packet::Icmp;

use crate::model::{Address, Protocol, SocketId, Time};
use crate::timeline::{Entry, EntryKind, Life};

use super::calls::{Did, ms};
use super::scene::{Scene, closed, inet};
use super::{Facts, Finding, Severity, Side};

/// Nobody has the port that a program sends datagrams to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedDatagram {
    /// Who sent.
    pub side: Side,
    /// To where.
    pub to: Address,
    /// Whether the socket is connected.
    pub connected: bool,
    /// The call that was told, by `ECONNREFUSED`.
    pub told_by: Option<String>,
    /// How many datagrams were refused, as far as it was seen.
    pub refused: usize,
    /// The call in which the program waits for an answer that cannot come, and for how long it did.
    pub waits_in: Option<(String, u64)>,
    /// Whether a program of the recording had the port before and closed it.
    pub closed_before: bool,
}

/// What is known of one destination of a socket.
#[derive(Default)]
struct Case<'a> {
    /// The last datagram, and whether the socket was connected to where it went.
    sent: Option<(&'a Entry, bool)>,
    proof: Vec<&'a Entry>,
    refusals: usize,
    first: Option<&'a Entry>,
    told: Option<Did<'a>>,
}

/// Finds sockets whose datagrams are refused.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Udp).flat_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Vec<Finding> {
    let mut cases = Cases::default();
    for entry in scene.about(life.socket) {
        if let Some(did) = Did::of(entry) {
            cases.call(did);
        }
        if let Some(case) = refused(entry).and_then(|to| cases.of.get_mut(&to)) {
            case.refusals += 1;
            case.first.get_or_insert(entry);
            case.proof.push(entry);
            case.proof.extend(case.sent.map(|(sent, _)| sent));
        }
    }
    let refused = cases.of.iter().filter(|(_, case)| case.refusals > 0);
    once(refused.filter_map(|(to, case)| finding(scene, life, *to, case)).collect())
}

/// Leaves one of the findings about answers to clients that have gone: the first.
fn once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.at);
    let mut advised = false;
    findings.retain(|finding| {
        let is_advice = finding.severity == Severity::Advice;
        let is_first = !advised;
        advised |= is_advice;
        !is_advice || is_first
    });
    findings
}

/// What is known of the destinations of a socket.
#[derive(Default)]
struct Cases<'a> {
    of: BTreeMap<SocketAddr, Case<'a>>,
    connected: Option<SocketAddr>,
    last: Option<SocketAddr>,
}

impl<'a> Cases<'a> {
    fn call(&mut self, did: Did<'a>) {
        if did.is("connect") && did.returned().is_some() {
            self.connected = inet(did.address());
        }
        let to = inet(did.address()).or(self.connected).filter(|_| did.is_send());
        if let Some(to) = to.filter(|_| did.returned().is_some()) {
            self.of.entry(to).or_default().sent = Some((did.entry, Some(to) == self.connected));
            self.last = Some(to);
        }
        let told = self.connected.or(self.last).filter(|_| did.failed(&[ECONNREFUSED]));
        if let Some(case) = told.and_then(|to| self.of.get_mut(&to)) {
            case.proof.push(did.entry);
            case.told.get_or_insert(did);
            case.refusals += usize::from(case.first.is_none());
            case.proof.extend(case.sent.map(|(sent, _)| sent));
        }
    }
}

/// The address that an entry says nobody has.
fn refused(entry: &Entry) -> Option<SocketAddr> {
    let EntryKind::Packet(crossing) = &entry.kind else { return None };
    let icmp =
        crossing.packet.icmp().filter(|icmp| is_port_unreachable(icmp, crossing.packet.source.is_ipv4()))?;
    icmp.quoted.filter(|quoted| quoted.protocol == UDP).map(|quoted| quoted.destination)
}

const UDP: u8 = 17;

fn is_port_unreachable(icmp: &Icmp, v4: bool) -> bool {
    (icmp.of_type, icmp.code) == if v4 { (3, 3) } else { (1, 4) }
}

fn finding(scene: &Scene<'_>, life: &Life, to: SocketAddr, case: &Case<'_>) -> Option<Finding> {
    let decisive = case.first.or(case.told.map(|told| told.entry))?;
    let (sent, connected) = case.sent?;
    let waits = if case.told.is_none() { waits(scene, life.socket, decisive.time) } else { None };
    let held = scene.on_port(Protocol::Udp, to.port()).filter(|held| held.socket != life.socket);
    let closed_before = held.filter_map(closed).any(|closed| closed <= decisive.time);
    let facts = RefusedDatagram {
        side: scene.side(life.socket, sent.time),
        to: Address::Inet(to),
        connected,
        told_by: case.told.map(|told| told.name().to_owned()),
        refused: case.refusals,
        waits_in: waits.map(|did| (did.name().to_owned(), ms(did.took(scene.stop)))),
        closed_before,
    };
    let answers = closed_before && waits.is_none();
    let severity = if answers || is_patient(case, waits) { Severity::Advice } else { Severity::Fault };
    let proof = case.proof.iter().copied().chain(waits.map(|did| did.entry));
    Some(Finding::new(severity, decisive, proof, Facts::RefusedDatagram(facts)))
}

/// Whether the program was not told, and did not wait in vain either.
fn is_patient(case: &Case<'_>, waits: Option<Did<'_>>) -> bool {
    case.told.is_none() && waits.is_none()
}

/// The call in which the program waits for an answer to the end, if it does.
fn waits<'a>(scene: &Scene<'a>, socket: SocketId, since: Time) -> Option<Did<'a>> {
    let is_told =
        scene.calls(socket).any(|did| did.option(SocketOption::RECVERR).is_some_and(|value| value != 0));
    let last = scene.calls(socket).rev().find(Did::is_receive)?;
    let is_vain = last.lasts_at(scene.stop) && last.took(scene.stop) > Duration::ZERO && scene.stop > since;
    (!is_told && is_vain && last.blocked()).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, Udp, found, the_one};
    use super::*;

    #[test]
    fn an_unconnected_socket_that_waits_after_a_refusal_is_found() {
        let mut udp = Udp::new();
        udp.story.close(udp.server);
        let send = udp.asks(b"hola");
        let icmp = udp.story.port_unreachable(CLIENT, SERVER, b"hola");
        let wait = udp.story.for_ever().receive(udp.client, 1024, b"", None);
        udp.story.wait_us(500_000).sleep_us(udp.server.pid, 1000);

        let findings = found(udp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.severity), (icmp, Severity::Fault));
        assert!([send, icmp, wait].iter().all(|id| finding.evidence.contains(id)), "{finding:?}");
        let Facts::RefusedDatagram(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.side.program.as_str(), facts.refused, facts.connected), ("client", 1, false));
        assert!(facts.closed_before);
        assert_eq!(facts.waits_in, Some(("recvfrom".to_owned(), 501)));
    }

    #[test]
    fn a_connected_socket_that_is_told_by_its_next_call_is_found_once() {
        let mut udp = Udp::new();
        udp.story.close(udp.server);
        udp.story.connect(udp.client, SERVER);
        let state = udp.story.state_of(udp.client, None, CLIENT, Some(SERVER));
        udp.story.state(state);
        for _ in 0..3 {
            udp.story.send(udp.client, b"hola", None);
            udp.story.datagram(CLIENT, SERVER, b"hola");
            udp.story.port_unreachable(CLIENT, SERVER, b"hola");
            udp.story.failing(ECONNREFUSED).receive(udp.client, 1024, b"", None);
        }

        let findings = found(udp.story);

        let Facts::RefusedDatagram(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.connected, facts.told_by.as_deref(), facts.refused), (true, Some("recvfrom"), 3));
    }

    #[test]
    fn a_connected_socket_is_found_without_packets_too() {
        let mut udp = Udp::new();
        udp.story.connect(udp.client, SERVER);
        let send = udp.story.send(udp.client, b"hola", None);
        udp.story.failing(ECONNREFUSED).send(udp.client, b"hola", None);

        let findings = found(udp.story);

        assert!(the_one(&findings).evidence.contains(&send));
    }

    #[test]
    fn a_datagram_that_is_answered_is_not_refused() {
        let mut udp = Udp::new();
        udp.asks(b"hola");
        udp.story.receive(udp.server, 1024, b"hola", Some(CLIENT));
        udp.answers(b"hola");
        udp.story.receive(udp.client, 1024, b"hola", Some(SERVER));

        assert_eq!(found(udp.story), []);
    }
}
