//! A message that needed more than one `recv(2)`, and a program that made one: a stream has no messages (`tcp(7)`).

use serde::Serialize;

use crate::model::Protocol;
use crate::timeline::Life;

use super::scene::Scene;
use super::streams::Unread;
use super::{Facts, Finding, Severity, Side};

/// A program read a part of what its peer sent by one call, and closed the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShortReceive {
    /// Who read.
    pub side: Side,
    /// The call that read last.
    pub call: String,
    /// How much room it had.
    pub room_bytes: u64,
    /// How many bytes were read of the connection, in all.
    pub read_bytes: u64,
    /// How many had arrived.
    pub arrived_bytes: u64,
    /// How long the message was that was read in part.
    pub message_bytes: u64,
    /// Who sent it.
    pub peer: Side,
    /// The call of the peer that failed because of it.
    pub broke: Option<String>,
}

/// Finds connections that were closed in the middle of a message.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let unread = Unread::of(scene, life)?;
    let (cut, last) = (unread.cut?, unread.last_receive?);
    let facts = ShortReceive {
        side: scene.doer(&last),
        call: last.name().to_owned(),
        room_bytes: last.asked_bytes(),
        read_bytes: unread.read_bytes,
        arrived_bytes: unread.arrived_bytes,
        message_bytes: cut.moved_bytes(),
        peer: scene.doer(&cut),
        broke: unread.hurt.map(|hurt| hurt.name().to_owned()),
    };
    let severity = if unread.hurt.is_some() { Severity::Fault } else { Severity::Fragile };
    let decisive = unread.close.map_or(last.entry, |close| close.entry);
    Some(Finding::new(severity, decisive, unread.proof(), Facts::ShortReceive(facts)))
}

#[cfg(test)]
mod tests {
    use wire::errno::ECONNRESET;

    use super::super::telling::{Tcp, found, the_one};
    use super::*;

    #[test]
    fn a_message_that_was_read_in_part_is_found_with_what_it_broke() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"uno dos tres");
        tcp.story.receive(tcp.server, 4, b"uno ", None);
        tcp.sends(tcp.server, b"uno ");
        let close = tcp.story.close(tcp.server);
        tcp.tells(tcp.server, "R.");
        tcp.story.receive(tcp.client, 1024, b"uno ", None);
        tcp.story.failing(ECONNRESET).receive(tcp.client, 1024, b"", None);

        let findings = found(tcp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.severity), (close, Severity::Fault));
        let Facts::ShortReceive(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.read_bytes, facts.arrived_bytes, facts.room_bytes), (4, 12, 4));
        assert_eq!((facts.message_bytes, facts.broke.as_deref()), (12, Some("recvfrom")));
    }

    #[test]
    fn a_message_that_was_read_in_several_calls_is_read() {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"uno dos tres");
        for piece in [&b"uno "[..], b"dos ", b"tres"] {
            tcp.story.receive(tcp.server, 4, piece, None);
        }
        tcp.closes(tcp.server);
        tcp.story.receive(tcp.client, 1024, b"", None);
        tcp.closes(tcp.client);

        assert_eq!(found(tcp.story), []);
    }
}
