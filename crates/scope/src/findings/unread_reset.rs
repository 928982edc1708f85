//! A connection that was closed while bytes waited to be read: the kernel sends an RST instead of a FIN (RFC 2525 §2.17), and
//! what the peer has still to read may be lost with it.

use serde::Serialize;

use crate::model::Protocol;
use crate::timeline::Life;

use super::scene::Scene;
use super::streams::Unread;
use super::{Facts, Finding, Severity, Side};

/// A program closed a connection without having read what had come, and so broke it off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnreadReset {
    /// Who closed.
    pub side: Side,
    /// How many bytes had come and were not read.
    pub unread_bytes: u64,
    /// Whether it closed the socket by `close(2)`; else it ended.
    pub by_close: bool,
    /// Who was at the other end.
    pub peer: Option<Side>,
    /// The call of the peer that failed because of it.
    pub broke: Option<String>,
}

/// Finds connections that were broken off because nobody read what had come. When a message was read in part, that is what
/// [`short_receive`](super::short_receive) tells.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let unread = Unread::of(scene, life).filter(|unread| unread.cut.is_none())?;
    let shown = unread.reset.or(unread.hurt.map(|hurt| hurt.entry))?;
    let facts = UnreadReset {
        side: scene.side(life.socket, unread.closed),
        unread_bytes: unread.arrived_bytes - unread.read_bytes,
        by_close: unread.close.is_some(),
        peer: scene.peer(life.socket).map(|peer| scene.side(peer.socket, unread.closed)),
        broke: unread.hurt.map(|hurt| hurt.name().to_owned()),
    };
    let severity = if unread.hurt.is_some() { Severity::Fault } else { Severity::Advice };
    Some(Finding::new(severity, shown, unread.proof(), Facts::UnreadReset(facts)))
}

#[cfg(test)]
mod tests {
    use wire::errno::ECONNRESET;

    use super::super::telling::{Tcp, found, the_one};
    use super::*;

    #[test]
    fn a_close_with_bytes_unread_is_found_by_its_reset() {
        let mut tcp = Tcp::new();
        let send = tcp.sends(tcp.client, b"hola");
        let close = tcp.story.close(tcp.server);
        let reset = tcp.tells(tcp.server, "R.");
        let broken = tcp.story.failing(ECONNRESET).receive(tcp.client, 1024, b"", None);

        let findings = found(tcp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.severity), (reset, Severity::Fault));
        assert!([close, broken].iter().all(|id| finding.evidence.contains(id)), "{finding:?} {send}");
        let Facts::UnreadReset(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.unread_bytes, facts.by_close), (4, true));
    }

    #[test]
    fn a_peer_that_feels_the_reset_before_the_close_returns_is_broken_off_too() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"hola");
        let began_us = 10_000;
        tcp.story.at_us(began_us).taking_us(900).close(tcp.server);
        tcp.story.at_us(began_us + 5);
        tcp.tells(tcp.server, "R.");
        tcp.story.failing(ECONNRESET).receive(tcp.client, 1024, b"", None);

        let findings = found(tcp.story);

        let finding = the_one(&findings);
        let Facts::UnreadReset(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.broke.as_deref(), finding.severity), (Some("recvfrom"), Severity::Fault));
    }

    #[test]
    fn a_close_after_everything_was_read_ends_in_order() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"hola");
        tcp.story.receive(tcp.server, 1024, b"hola", None);
        tcp.closes(tcp.server);
        tcp.story.receive(tcp.client, 1024, b"", None);
        tcp.closes(tcp.client);

        assert_eq!(found(tcp.story), []);
    }
}
