//! Bytes for a peer that is gone: the first ones are sent and answered by an RST, the next call fails (`send(2)`).

use serde::Serialize;
use wire::errno::{self, ECONNRESET, EPIPE};

use crate::model::{Protocol, Time};
use crate::timeline::{Crossing, Entry, Life};

use super::calls::Did;
use super::scene::{Scene, closed};
use super::streams::{Unread, broken, closing};
use super::{Facts, Finding, Severity, Side};

/// A program used a connection whose other end was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeerClosed {
    /// Who used it.
    pub side: Side,
    /// The call that failed, and the name of its error; `None` if none did.
    pub failed: Option<(String, String)>,
    /// Who was at the other end.
    pub peer: Option<Side>,
    /// How the other end went.
    pub how: Departure,
    /// How many bytes were sent after that, and lost.
    pub lost_bytes: u64,
}

/// How the other end of a connection went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// Its program closed it.
    Closed,
    /// Its program ended.
    Ended,
    /// Its program was ended by a signal.
    Killed,
    /// Whoever it was sent an RST.
    Reset,
}

/// Finds connections that were used after the peer had gone.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let peer = scene.peer(life.socket);
    if peer.is_some_and(|peer| Unread::of(scene, peer).is_some()) {
        return None;
    }
    let failed = broken(scene, life.socket, Time(0)).filter(|did| !did.is("connect"));
    let gone = peer.and_then(|peer| Some(closing(scene, peer, closed(peer)?)));
    let lost = lost(scene, life, gone);
    let resets = |(entry, crossing): &(&Entry, &Crossing)| {
        entry.time <= scene.stop && crossing.packet.tcp().is_some_and(|tcp| tcp.flags.rst)
    };
    let reset = scene.came(life.socket).find(resets);
    let reset = reset.map(|(entry, _)| entry);
    let decisive = failed.map(|did| did.entry).or(reset.filter(|_| !lost.is_empty()))?;
    let is_hurt = !lost.is_empty() || ends_badly(scene, life);
    let facts = PeerClosed {
        side: scene.side(life.socket, decisive.time),
        failed: failed.map(|did| (did.name().to_owned(), error(&did))),
        peer: peer.filter(|peer| !peer.holders.is_empty()).map(|peer| scene.side(peer.socket, decisive.time)),
        how: departure(scene, peer),
        lost_bytes: lost.iter().map(Did::moved_bytes).sum(),
    };
    let proof = peer.and_then(|peer| scene.calls(peer.socket).rev().find(|did| did.is("close")));
    let proof: Vec<&Entry> = proof.iter().chain(&lost).map(|did| did.entry).chain(reset).collect();
    let severity = if is_hurt { Severity::Fault } else { Severity::Advice };
    Some(Finding::new(severity, decisive, proof, Facts::PeerClosed(facts)))
}

/// The calls that sent bytes after the peer had closed, if the answer was an RST.
fn lost<'a>(scene: &Scene<'a>, life: &Life, gone: Option<Time>) -> Vec<Did<'a>> {
    let Some(gone) = gone else { return Vec::new() };
    let was_reset = scene.came(life.socket).any(|(entry, crossing)| {
        (gone..=scene.stop).contains(&entry.time) && crossing.packet.tcp().is_some_and(|tcp| tcp.flags.rst)
    });
    let after = |did: &Did<'_>| did.is_send() && did.entry.time > gone && did.moved_bytes() > 0;
    let is_told = broken(scene, life.socket, gone).is_some();
    scene.calls(life.socket).filter(|did| after(did) && (was_reset || is_told)).collect()
}

fn error(did: &Did<'_>) -> String {
    let errno = did.errno().unwrap_or(if did.is_send() { EPIPE } else { ECONNRESET });
    errno::name(errno).map_or_else(|| errno.to_string(), str::to_owned)
}

/// Whether the program that had the connection ended by a signal or with an exit code other than 0.
fn ends_badly(scene: &Scene<'_>, life: &Life) -> bool {
    let lanes = &scene.timeline.processes.lanes;
    let held = life.holders.iter().filter_map(|(pid, ..)| lanes.get(pid));
    !scene.is_interrupted() && held.filter_map(|lane| lane.wait_status).any(|status| status != 0)
}

fn departure(scene: &Scene<'_>, peer: Option<&Life>) -> Departure {
    let Some(peer) = peer else { return Departure::Reset };
    let Some((pid, ..)) = peer.holders.last() else { return Departure::Reset };
    if scene.calls(peer.socket).any(|did| did.is("close")) {
        Departure::Closed
    } else if scene.is_killed(*pid) {
        Departure::Killed
    } else if closed(peer).is_some() {
        Departure::Ended
    } else {
        Departure::Reset
    }
}

#[cfg(test)]
mod tests {
    use super::super::telling::{Tcp, ends, found, found_when_stopped, the_one};
    use super::*;
    use crate::model::ProcessChange;

    #[test]
    fn bytes_for_a_peer_that_has_closed_are_found_lost() {
        let mut tcp = Tcp::new();
        let close = tcp.closes(tcp.server);
        let send = tcp.story.send(tcp.client, b"hola", None);
        tcp.carries(tcp.client, b"hola");
        let reset = tcp.tells(tcp.server, "R");
        let failed = tcp.story.failing(EPIPE).send(tcp.client, b"mundo", None);

        let findings = found(tcp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.severity), (failed, Severity::Fault));
        assert!([close, send, reset].iter().all(|id| finding.evidence.contains(id)), "{finding:?}");
        let Facts::PeerClosed(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.how, facts.lost_bytes), (Departure::Closed, 4));
        assert_eq!(facts.failed, Some(("sendto".to_owned(), "EPIPE".to_owned())));
    }

    #[test]
    fn a_server_that_goes_on_after_a_peer_was_killed_is_given_advice() {
        let mut tcp = Tcp::new();
        ends(&mut tcp.story, tcp.client.pid, 9);
        tcp.tells(tcp.client, "R.");
        tcp.story.failing(ECONNRESET).receive(tcp.server, 1024, b"", None);
        tcp.story.close(tcp.server);

        let findings = found(tcp.story);

        assert_eq!(the_one(&findings).severity, Severity::Advice);
        let Facts::PeerClosed(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.how, facts.lost_bytes), (Departure::Killed, 0));
    }

    #[test]
    fn a_connection_that_breaks_because_its_programs_are_stopped_is_no_finding() {
        let mut tcp = Tcp::new();
        tcp.story.process(tcp.server.pid, ProcessChange::Signalled { signal: 15 });
        tcp.story.wait_us(1000);
        ends(&mut tcp.story, tcp.server.pid, 15);
        tcp.tells(tcp.server, "R.");
        tcp.story.failing(ECONNRESET).receive(tcp.client, 1024, b"", None);

        assert_eq!(found_when_stopped(tcp.story), []);
    }

    #[test]
    fn a_program_that_reads_the_end_and_closes_is_right() {
        let mut tcp = Tcp::new();
        tcp.closes(tcp.server);
        tcp.story.receive(tcp.client, 1024, b"", None);
        tcp.closes(tcp.client);

        assert_eq!(found(tcp.story), []);
    }
}
