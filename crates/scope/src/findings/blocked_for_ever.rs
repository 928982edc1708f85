//! Programs that wait for each other, over connections: nothing can happen any more.

use serde::Serialize;

use crate::model::{Pid, Protocol, SocketId};
use crate::timeline::{Entry, Life};

use super::calls::{Did, ms};
use super::scene::{Scene, inet};
use super::waits::{STUCK_MIN, Waits, is_endless};
use super::{Facts, Finding, Severity, Side, joined_messages};

/// A program waits for one that waits itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockedForEver {
    /// Who waits.
    pub side: Side,
    /// In which call.
    pub call: String,
    /// For how long it did.
    pub waited_ms: u64,
    /// For whom: who has the other end of the connection, or the listener.
    pub for_whom: Side,
    /// In which call that one waits.
    pub their_call: String,
    /// What for.
    pub because: Because,
}

/// Why the other one does nothing for a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// It waits for bytes on the same connection.
    BothReceive {},
    /// Both send, and neither reads: the buffers are full.
    BothSend {},
    /// It waits for bytes of somebody else, whom it serves meanwhile.
    Serves {
        /// Whom, if that is known.
        other: Option<Side>,
        /// Whether it has not even accepted the connection.
        accepted: bool,
    },
    /// It waits for another connection.
    Accepts {},
}

/// Finds programs that wait for ever. When they do because messages were joined, [`joined_messages`] tells.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let waits = Waits::of(scene);
    let joined = joined(scene);
    let mut findings: Vec<Finding> = Vec::new();
    for (pid, calls) in waits.iter() {
        for wait in calls {
            let found = of_wait(scene, &waits, *pid, wait);
            let is_known = |one: &BlockedForEver| {
                joined.contains(&one.side.socket)
                    || joined.contains(&one.for_whom.socket)
                    || findings.iter().any(|other| is_mirrored(one, &other.facts))
            };
            findings.extend(found.filter(|(facts, _)| !is_known(facts)).map(|(facts, theirs)| {
                let severity = match facts.because {
                    Because::Serves { .. } => Severity::Fragile,
                    _ => Severity::Fault,
                };
                let mut finding = Finding::new(
                    severity,
                    wait.entry,
                    around(scene, wait, &theirs),
                    Facts::BlockedForEver(facts),
                );
                finding.at = scene.stop;
                finding
            }));
        }
    }
    findings
}

/// The sockets at which messages were joined.
fn joined(scene: &Scene<'_>) -> Vec<SocketId> {
    let sockets = joined_messages::find(scene).into_iter().filter_map(|finding| match finding.facts {
        Facts::JoinedMessages(facts) => Some(facts.side.socket),
        _ => None,
    });
    sockets.collect()
}

/// Whether a finding tells of the same two processes from the other end.
fn is_mirrored(one: &BlockedForEver, other: &Facts) -> bool {
    let Facts::BlockedForEver(other) = other else { return false };
    (one.side.pid, one.for_whom.pid) == (other.for_whom.pid, other.side.pid)
}

fn of_wait<'a>(
    scene: &Scene<'a>,
    waits: &Waits<'a>,
    pid: Pid,
    wait: &Did<'a>,
) -> Option<(BlockedForEver, Did<'a>)> {
    let waits_for_peer = wait.is_receive() || wait.is_send();
    let socket = wait.call.on.and_then(|on| on.socket).filter(|_| waits_for_peer)?;
    let life = scene.timeline.sockets.get(socket).filter(|life| life.protocol == Protocol::Tcp)?;
    if !is_endless(scene, wait, STUCK_MIN) {
        return None;
    }
    let theirs = holder(scene, life)?;
    let others = waits.of_process(theirs.pid).filter(|_| theirs.pid != pid)?;
    let (their_call, because) = why(scene, wait, &theirs, others)?;
    let facts = BlockedForEver {
        side: scene.doer(wait),
        call: wait.name().to_owned(),
        waited_ms: ms(wait.took(scene.stop)),
        for_whom: theirs,
        their_call: their_call.name().to_owned(),
        because,
    };
    Some((facts, their_call))
}

/// Who has the other end of a connection at the end; who listens, if nobody has accepted it.
fn holder(scene: &Scene<'_>, life: &Life) -> Option<Side> {
    let peer = scene.peer(life.socket);
    if let Some(peer) = peer.filter(|peer| peer.is_open_at(scene.stop)) {
        return Some(scene.side(peer.socket, scene.stop));
    }
    let was_held = peer.is_some_and(|peer| !peer.holders.is_empty());
    let to = inet(life.peer.as_ref()).filter(|_| !was_held)?;
    let listener = scene.on_port(Protocol::Tcp, to.port()).find(|life| life.listens)?;
    listener.is_open_at(scene.stop).then(|| scene.side(listener.socket, scene.stop))
}

/// What the other one waits for, if it is not something that may well come.
fn why<'a>(
    scene: &Scene<'a>,
    wait: &Did<'_>,
    theirs: &Side,
    others: &[Did<'a>],
) -> Option<(Did<'a>, Because)> {
    let on = |did: &Did<'_>| did.call.on.and_then(|on| on.socket);
    let same = others.iter().find(|did| on(did) == Some(theirs.socket));
    if let Some(same) = same {
        if !is_endless(scene, same, STUCK_MIN) {
            return None;
        }
        return match (wait.is_send(), same.is_send(), same.is_receive()) {
            (false, false, true) => Some((*same, Because::BothReceive {})),
            (true, true, _) => Some((*same, Because::BothSend {})),
            _ => None,
        };
    }
    let [other] = others else { return None };
    let is_listener = scene.timeline.sockets.get(theirs.socket).is_some_and(|life| life.listens);
    if other.is_accept() && !is_listener {
        return Some((*other, Because::Accepts {}));
    }
    let peer = on(other).and_then(|socket| scene.peer(socket));
    let other_side = peer.map(|peer| scene.side(peer.socket, scene.stop));
    let serves = Because::Serves { other: other_side, accepted: !is_listener };
    (other.is_receive() && is_tcp(scene, other) && is_endless(scene, other, STUCK_MIN))
        .then_some((*other, serves))
}

fn is_tcp(scene: &Scene<'_>, did: &Did<'_>) -> bool {
    let life = did.call.on.and_then(|on| on.socket).and_then(|socket| scene.timeline.sockets.get(socket));
    life.is_some_and(|life| life.protocol == Protocol::Tcp)
}

/// The other one's call, and the last that each had sent before.
fn around<'a>(scene: &Scene<'a>, wait: &Did<'a>, theirs: &Did<'a>) -> Vec<&'a Entry> {
    let sockets = [wait, theirs].into_iter().filter_map(|did| did.call.on.and_then(|on| on.socket));
    let has_moved = |did: &Did<'_>| (did.is_send() || did.is_receive()) && did.moved_bytes() > 0;
    let last = sockets.filter_map(|socket| scene.calls(socket).rev().find(has_moved));
    last.map(|did| did.entry).chain([theirs.entry]).collect()
}

#[cfg(test)]
mod tests {
    use wire::names::SocketOption;
    use wire::tcp_state::TcpState;

    use super::super::telling::{SERVER, Tcp, found_when_stopped, the_one};
    use super::*;

    #[test]
    fn two_that_wait_for_each_other_are_found_once() {
        let mut tcp = Tcp::new();
        let send = tcp.sends(tcp.client, b"hola");
        let read = tcp.story.receive(tcp.server, 1024, b"hola", None);
        let server = tcp.story.for_ever().receive(tcp.server, 1024, b"", None);
        let client = tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.wait_us(5_000_000);

        let findings = found_when_stopped(tcp.story);

        let finding = the_one(&findings);
        assert!([send, read, server, client].iter().all(|id| finding.evidence.contains(id)), "{finding:?}");
        let Facts::BlockedForEver(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((&facts.because, facts.waited_ms), (&Because::BothReceive {}, 5000));
    }

    #[test]
    fn a_client_behind_one_that_is_served_is_found() {
        let mut tcp = Tcp::new();
        tcp.story.for_ever().receive(tcp.server, 1024, b"", None);
        let second = tcp.story.socket(tcp.story.pid(2), 3, Protocol::Tcp);
        tcp.story.connect(second, SERVER);
        let (established, local) = (Some(TcpState::Established), "127.0.0.1:40001");
        let state = tcp.story.state_of(second, established, local, Some(SERVER));
        tcp.story.state(state);
        tcp.story.send(second, b"hola", None);
        tcp.story.for_ever().receive(second, 1024, b"", None);
        tcp.story.wait_us(5_000_000);

        let findings = found_when_stopped(tcp.story);

        let Facts::BlockedForEver(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert!(matches!(&facts.because, Because::Serves { accepted: false, other: Some(_) }), "{facts:?}");
        assert_eq!(the_one(&findings).severity, Severity::Fragile);
    }

    #[test]
    fn a_connection_that_was_accepted_and_forgotten_is_found() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"hola");
        tcp.story.receive(tcp.server, 1024, b"hola", None);
        tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.for_ever().accept_nothing(tcp.listener);
        tcp.story.wait_us(5_000_000);

        let findings = found_when_stopped(tcp.story);

        let Facts::BlockedForEver(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!(facts.because, Because::Accepts {});
    }

    #[test]
    fn a_program_that_waits_for_one_that_works_is_right() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"hola");
        tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.receive(tcp.server, 1024, b"hola", None);
        tcp.story.sleep_us(tcp.server.pid, 30_000_000);

        assert_eq!(found_when_stopped(tcp.story), []);
    }

    #[test]
    fn a_program_with_a_time_limit_does_not_wait_for_ever() {
        let mut tcp = Tcp::new();
        tcp.story.set_option(tcp.client, SocketOption::RCVTIMEO, 60_000);
        tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.for_ever().receive(tcp.server, 1024, b"", None);
        tcp.story.wait_us(5_000_000);

        assert_eq!(found_when_stopped(tcp.story), []);
    }

    #[test]
    fn an_exchange_that_has_only_begun_to_wait_is_right() {
        let mut tcp = Tcp::new();
        tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.for_ever().receive(tcp.server, 1024, b"", None);
        tcp.story.wait_us(400_000);

        assert_eq!(found_when_stopped(tcp.story), []);
    }
}
