//! A listener whose queue of connections is full: the kernel drops the SYN and says nothing (`listen(2)`).

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;
use wire::tcp_state::TcpState;

use crate::model::{Address, Protocol, SocketId, SocketState, Time};
use crate::timeline::{Entry, EntryKind, Life, Timeline};

use super::calls::{Did, ms};
use super::scene::{Scene, closed, inet};
use super::{Facts, Finding, Severity, Side};

/// The counter of SYNs that were dropped for want of room.
const OVERFLOWS: &str = "TcpExt.ListenOverflows";

/// Connections waited because a listener's queue was full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FullAcceptQueue {
    /// Who listens.
    pub side: Side,
    /// Where.
    pub at: Address,
    /// How many connections waited for `accept(2)`.
    pub waiting: Option<u32>,
    /// How many may wait before the next one is refused entry, as the listener asked; the kernel lets one more in.
    pub backlog: Option<u32>,
    /// How many connections found no room.
    pub clients: usize,
    /// How many SYNs were dropped.
    pub dropped: usize,
    /// How long the slowest of them took, or had taken when its program gave up or the recording ended.
    pub slowest_ms: u64,
    /// How many got in, later.
    pub connected: usize,
}

/// The SYNs of one connection and the answer.
#[derive(Default)]
struct Attempt<'a> {
    syns: Vec<&'a Entry>,
    /// Who wants it, if that is known.
    socket: Option<SocketId>,
    answer: Option<Time>,
}

type Attempts<'a> = BTreeMap<(SocketAddr, SocketAddr), Attempt<'a>>;

/// Finds listeners that were too slow.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let attempts = attempts(scene.timeline);
    let listeners = scene.speaking(Protocol::Tcp).filter(|life| life.listens);
    listeners.filter_map(|life| of_listener(scene, life, &attempts)).collect()
}

/// The attempts to connect whose SYN was sent again before it was answered.
fn attempts(timeline: &Timeline) -> Attempts<'_> {
    let mut attempts = Attempts::new();
    for entry in &timeline.entries {
        let EntryKind::Packet(crossing) = &entry.kind else { continue };
        let Some(tcp) = crossing.packet.tcp().filter(|tcp| tcp.flags.syn || tcp.flags.rst) else { continue };
        let Some((from, to)) = crossing.packet.from().zip(crossing.packet.to()) else { continue };
        if tcp.flags.syn && !tcp.flags.ack {
            let attempt = attempts.entry((from, to)).or_default();
            attempt.syns.push(entry);
            attempt.socket = attempt.socket.or(crossing.from.socket);
        } else if let Some(attempt) = attempts.get_mut(&(to, from)) {
            attempt.answer.get_or_insert(entry.time);
        }
    }
    attempts.retain(|_, attempt| {
        let answer = attempt.answer;
        attempt.syns.iter().filter(|syn| answer.is_none_or(|answer| syn.time < answer)).count() > 1
    });
    attempts
}

fn of_listener(scene: &Scene<'_>, life: &Life, attempts: &Attempts<'_>) -> Option<Finding> {
    let local = inet(life.local.as_ref())?;
    let is_here =
        |to: &SocketAddr| to.port() == local.port() && (to.ip() == local.ip() || local.ip().is_unspecified());
    let missed: Vec<_> = attempts.iter().filter(|((_, to), _)| is_here(to)).map(|(_, one)| one).collect();
    let syn = missed.iter().filter_map(|attempt| attempt.syns.first()).min_by_key(|syn| syn.time)?;
    let (full, state) = fullness(scene, life.socket, syn.time)?;
    let repeated = |attempt: &&Attempt<'_>| attempt.syns.len() - usize::from(attempt.answer.is_some());
    let took = |attempt: &&Attempt<'_>| {
        let began = attempt.syns.first().map_or(scene.end, |syn| syn.time);
        ms(attempt.answer.unwrap_or_else(|| gave_up(scene, attempt)).since(began))
    };
    let facts = FullAcceptQueue {
        side: scene.side(life.socket, syn.time),
        at: Address::Inet(local),
        waiting: state.map(|state| state.recv_queue),
        backlog: state.map(|state| state.send_queue),
        clients: missed.len(),
        dropped: missed.iter().map(repeated).sum(),
        slowest_ms: missed.iter().map(took).max().unwrap_or(0),
        connected: missed.iter().filter(|attempt| attempt.answer.is_some()).count(),
    };
    let severity = if facts.connected == facts.clients { Severity::Fragile } else { Severity::Fault };
    let listen = scene.calls(life.socket).find(|did: &Did<'_>| did.is("listen")).map(|did| did.entry);
    let syns = missed.iter().flat_map(|attempt| attempt.syns.iter().copied());
    let proof = syns.chain([full]).chain(listen);
    Some(Finding::new(severity, syn, proof, Facts::FullAcceptQueue(facts)))
}

/// When nobody waited for a connection any more: when its socket was closed, or when the programs were stopped.
fn gave_up(scene: &Scene<'_>, attempt: &Attempt<'_>) -> Time {
    let life = attempt.socket.and_then(|socket| scene.timeline.sockets.get(socket));
    life.and_then(closed).map_or(scene.stop, |closed| closed.min(scene.stop))
}

/// What shows that a listener had no room at this time: its queue, its drops, or the network's counter soon after.
fn fullness<'a>(
    scene: &Scene<'a>,
    listener: SocketId,
    time: Time,
) -> Option<(&'a Entry, Option<&'a SocketState>)> {
    let states = || scene.states(listener).filter(|(_, state)| state.state == Some(TcpState::Listen));
    let before = states().take_while(|(entry, _)| entry.time <= time).last();
    if let Some((entry, state)) = before.filter(|(_, state)| state.recv_queue > state.send_queue) {
        return Some((entry, Some(state)));
    }
    let fullest = states().max_by_key(|(_, state)| state.recv_queue).map(|(_, state)| state);
    if let Some((entry, _)) = states().find(|(entry, state)| entry.time >= time && state.drops > 0) {
        return Some((entry, fullest));
    }
    let counts = |entry: &&Entry| {
        matches!(&entry.kind, EntryKind::Counter(counter) if counter.name == OVERFLOWS) && entry.time >= time
    };
    scene.timeline.entries.iter().find(counts).map(|entry| (entry, fullest))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, found, listening, the_one};
    use super::*;
    use crate::testing::Story;
    use wire::errno::ETIMEDOUT;

    const FOURTH: &str = "127.0.0.1:40004";

    #[test]
    fn syns_that_are_dropped_by_a_full_queue_are_found_for_the_listener() {
        let mut story = full(Some((2, 1)));
        for from in [CLIENT, FOURTH] {
            story.segment(from, SERVER, "S", (0, 0), &[]);
        }
        story.wait_us(1_000_000);
        let again = story.segment(CLIENT, SERVER, "S", (0, 0), &[]);
        story.segment(FOURTH, SERVER, "S", (0, 0), &[]);
        story.segment(SERVER, FOURTH, "S.", (0, 1), &[]);

        let findings = found(story);

        let finding = the_one(&findings);
        assert!(finding.evidence.contains(&again) && finding.severity == Severity::Fault, "{finding:?}");
        let Facts::FullAcceptQueue(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.clients, facts.dropped, facts.connected), (2, 3, 1));
        assert_eq!((facts.waiting, facts.backlog), (Some(2), Some(1)));
    }

    #[test]
    fn a_client_that_gives_up_waits_no_longer() {
        let mut story = full(Some((2, 1)));
        let client = story.socket(story.pid(1), 5, Protocol::Tcp);
        story.at_us(100_000).taking_us(1_500_000).failing(ETIMEDOUT).connect(client, SERVER);
        story.at_us(100_000).segment(CLIENT, SERVER, "S", (0, 0), &[]);
        story.at_us(1_100_000).segment(CLIENT, SERVER, "S", (0, 0), &[]);
        story.at_us(1_600_000);
        let state = story.state_of(client, Some(TcpState::SynSent), CLIENT, Some(SERVER));
        story.state(state);
        story.close(client);
        story.wait_us(5_000_000).sleep_us(client.pid, 10);

        let findings = found(story);

        let Facts::FullAcceptQueue(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.slowest_ms, facts.connected), (1500, 0));
    }

    #[test]
    fn a_counter_of_the_network_proves_it_too() {
        let mut story = full(None);
        story.segment(CLIENT, SERVER, "S", (0, 0), &[]);
        story.wait_us(5000).counter(OVERFLOWS, 1);
        story.wait_us(1_000_000).segment(CLIENT, SERVER, "S", (0, 0), &[]);

        assert!(matches!(the_one(&found(story)).facts, Facts::FullAcceptQueue(_)));
    }

    #[test]
    fn a_syn_that_gets_lost_on_its_way_to_a_queue_with_room_is_not_the_listeners_fault() {
        let mut story = full(Some((1, 1)));
        story.lost_segment(CLIENT, SERVER, "S", (0, 0));
        story.wait_us(1_000_000);
        story.handshake(CLIENT, SERVER);

        assert_eq!(found(story), []);
    }

    /// A listener whose queue has so many connections, of so many that may wait.
    fn full(queue: Option<(u32, u32)>) -> Story {
        let (mut story, listener, _) = listening();
        if let Some((waiting, limit)) = queue {
            let mut state = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
            (state.recv_queue, state.send_queue) = (waiting, limit);
            story.state(state);
        }
        story
    }
}
