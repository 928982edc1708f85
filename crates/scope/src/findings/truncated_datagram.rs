//! A datagram that is longer than the room it is received into: the rest is gone (`recv(2)`, `udp(7)`).

use std::collections::VecDeque;

use serde::Serialize;
use wire::names::MessageFlags;

use crate::model::{Args, Message, Protocol};
use crate::timeline::{Crossing, Entry, Life};

use super::calls::Did;
use super::scene::{Scene, inet, over};
use super::{Facts, Finding, Severity, Side};

/// How many datagrams that wait are compared with what a call received; those before it were dropped.
const LOOKED_AT_MAX: usize = 64;

/// Datagrams were received into too little room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TruncatedDatagram {
    /// Who received.
    pub side: Side,
    /// The call.
    pub call: String,
    /// How much room the call had, the first time.
    pub room_bytes: u64,
    /// How long that datagram was; `None` if only a flag of the call told that it was longer.
    pub datagram_bytes: Option<u64>,
    /// How many datagrams were cut.
    pub truncated: usize,
}

struct Cut<'a> {
    receive: Did<'a>,
    datagram: Option<(&'a Entry, u64)>,
}

/// Finds sockets that cut datagrams.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Udp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let cuts = cuts(scene, life);
    let first = cuts.first()?;
    let facts = TruncatedDatagram {
        side: scene.doer(&first.receive),
        call: first.receive.name().to_owned(),
        room_bytes: first.receive.messages().first().map_or(0, |message| message.data.asked_bytes),
        datagram_bytes: first.datagram.map(|(_, bytes)| bytes),
        truncated: cuts.len(),
    };
    let packets = cuts.iter().filter_map(|cut| cut.datagram.map(|(entry, _)| entry));
    let proof = packets.chain(cuts.iter().map(|cut| cut.receive.entry));
    Some(Finding::new(Severity::Fault, first.receive.entry, proof, Facts::TruncatedDatagram(facts)))
}

fn cuts<'a>(scene: &Scene<'a>, life: &Life) -> Vec<Cut<'a>> {
    let mut packets: Vec<_> = scene.came(life.socket).filter(|(_, c)| c.packet.udp().is_some()).collect();
    packets.sort_by_key(|(entry, _)| over(entry));
    let mut packets = packets.into_iter().peekable();
    let mut waiting = VecDeque::new();
    let mut cuts = Vec::new();
    for receive in scene.calls(life.socket).filter(|did| did.is_receive() && did.returned().is_some()) {
        while let Some(packet) = packets.next_if(|(entry, _)| over(entry) <= over(receive.entry)) {
            waiting.push_back(packet);
        }
        for message in receive.messages() {
            let datagram = take(&mut waiting, message);
            if is_cut(&receive, message, datagram) {
                cuts.push(Cut { receive, datagram });
            }
        }
    }
    cuts
}

/// Takes the datagram that a message was made from out of those that wait, with its length.
fn take<'a>(
    waiting: &mut VecDeque<(&'a Entry, &'a Crossing)>,
    message: &Message,
) -> Option<(&'a Entry, u64)> {
    let at = waiting.iter().take(LOOKED_AT_MAX).position(|(_, crossing)| is_from(crossing, message))?;
    let (entry, crossing) = waiting.drain(..=at).next_back()?;
    Some((entry, u64::from(crossing.packet.udp()?.payload_bytes)))
}

fn is_from(crossing: &Crossing, message: &Message) -> bool {
    let Some(udp) = crossing.packet.udp() else { return false };
    let payload = crossing.bytes.0.get(crossing.packet.payload.clone()).unwrap_or_default();
    let same = payload.iter().zip(&message.data.bytes.0).all(|(sent, received)| sent == received);
    let source = inet(message.address.as_ref());
    let moved = message.data.moved_bytes.unwrap_or(0).min(message.data.asked_bytes);
    same && source.is_none_or(|source| Some(source) == crossing.packet.from())
        && u64::from(udp.payload_bytes) >= moved
}

fn is_cut(receive: &Did<'_>, message: &Message, datagram: Option<(&Entry, u64)>) -> bool {
    let says = |flags: Option<MessageFlags>| flags.is_some_and(|flags| flags.contains(MessageFlags::TRUNC));
    let asks =
        matches!(receive.call.args, Args::Receive { flags, .. } if flags.contains(MessageFlags::TRUNC));
    let (asked, moved) = (message.data.asked_bytes, message.data.moved_bytes.unwrap_or(0));
    let is_longer = datagram.is_some_and(|(_, bytes)| bytes > asked && moved >= asked);
    says(message.flags) || is_longer || asks && moved > asked
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, Udp, found, the_one};
    use super::*;

    #[test]
    fn a_datagram_longer_than_the_room_for_it_is_found_with_its_packet() {
        let mut udp = Udp::new();
        udp.asks(b"hola");
        udp.story.receive(udp.server, 4, b"hola", Some(CLIENT));
        udp.asks(b"hola mundo");
        let receive = udp.story.receive(udp.server, 4, b"hola", Some(CLIENT));

        let findings = found(udp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.evidence.len()), (receive, 2));
        let Facts::TruncatedDatagram(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.room_bytes, facts.datagram_bytes, facts.truncated), (4, Some(10), 1));
    }

    #[test]
    fn datagrams_that_fit_or_are_only_looked_at_are_not_cut() {
        let mut udp = Udp::new();
        udp.asks(b"hola mundo");
        udp.story.receive_flags(udp.server, 4, b"hola", Some(CLIENT), MessageFlags::PEEK);
        udp.story.receive(udp.server, 10, b"hola mundo", Some(CLIENT));

        assert_eq!(found(udp.story), []);
    }

    #[test]
    fn a_datagram_that_was_dropped_is_not_taken_for_the_one_that_was_received() {
        let mut udp = Udp::new();
        udp.asks(b"otra, que se pierde");
        udp.asks(b"hola");
        udp.story.receive(udp.server, 4, b"hola", Some(CLIENT));

        assert_eq!(found(udp.story), []);
    }
}
