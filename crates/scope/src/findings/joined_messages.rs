//! Several sends that one `recv(2)` took as one message: a stream keeps no boundaries (`tcp(7)`).
//!
//! That sends arrive joined is no fault: a program that reads a stream as one does not care. It is told where the programs
//! stand still because of it: fewer answers went back than messages came, and both wait.

use serde::Serialize;

use crate::model::{Protocol, SocketId};
use crate::timeline::Life;

use super::calls::Did;
use super::scene::Scene;
use super::waits::{STUCK_MIN, Waits, is_endless};
use super::{Facts, Finding, Severity, Side};

/// Messages were sent one by one, received as one, and answered as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JoinedMessages {
    /// Who received.
    pub side: Side,
    /// The call that did.
    pub call: String,
    /// How many sends it took at once, at least in part.
    pub sends: usize,
    /// How many bytes it took.
    pub received_bytes: u64,
    /// Who sent.
    pub peer: Side,
    /// How many messages were sent in all.
    pub messages: usize,
    /// How many answers were sent back.
    pub answers: usize,
}

/// Finds connections on which both wait since messages were joined.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let waits = Waits::of(scene);
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, &waits, life)).collect()
}

fn of_socket(scene: &Scene<'_>, waits: &Waits<'_>, life: &Life) -> Option<Finding> {
    let peer = scene.peer(life.socket)?;
    let wait = waits_on(scene, waits, life.socket)?;
    let their_wait = waits_on(scene, waits, peer.socket)?;
    let sends: Vec<_> =
        scene.calls(peer.socket).filter(|did| did.is_send() && did.moved_bytes() > 0).collect();
    let answers: Vec<_> =
        scene.calls(life.socket).filter(|did| did.is_send() && did.moved_bytes() > 0).collect();
    let bytes = |calls: &[Did<'_>]| calls.iter().map(Did::moved_bytes).sum::<u64>();
    let is_echo = bytes(&answers) == bytes(&sends);
    if is_echo || answers.is_empty() || answers.len() >= sends.len() {
        return None;
    }
    let (receive, joined) = joined(scene, life.socket, &sends)?;
    let facts = JoinedMessages {
        side: scene.doer(&receive),
        call: receive.name().to_owned(),
        sends: joined.len(),
        received_bytes: receive.moved_bytes(),
        peer: scene.doer(&their_wait),
        messages: sends.len(),
        answers: answers.len(),
    };
    let proof = joined.iter().chain([&wait, &their_wait]).chain(answers.last()).map(|did| did.entry);
    Some(Finding::new(Severity::Fault, receive.entry, proof, Facts::JoinedMessages(facts)))
}

/// The call in which a program waits on a socket for ever.
fn waits_on<'a>(scene: &Scene<'a>, waits: &Waits<'a>, socket: SocketId) -> Option<Did<'a>> {
    let last = scene.calls(socket).rev().find(Did::is_receive)?;
    let stands = waits.of_process(last.call.pid)?.iter().any(|did| did.entry.id == last.entry.id);
    (stands && is_endless(scene, &last, STUCK_MIN)).then_some(last)
}

/// The first receive that took bytes of several sends, and those sends.
fn joined<'a>(scene: &Scene<'a>, socket: SocketId, sends: &[Did<'a>]) -> Option<(Did<'a>, Vec<Did<'a>>)> {
    let (mut from, mut next, mut begins) = (0, 0, 0);
    for receive in scene.calls(socket).filter(Did::is_receive) {
        let until = from + receive.moved_bytes();
        let mut taken = Vec::new();
        while let Some(send) = sends.get(next).filter(|_| begins < until) {
            taken.push(*send);
            if begins + send.moved_bytes() > until {
                break;
            }
            begins += send.moved_bytes();
            next += 1;
        }
        if taken.len() > 1 {
            return Some((receive, taken));
        }
        from = until;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::super::telling::{Tcp, found_when_stopped, the_one};
    use super::*;

    #[test]
    fn messages_that_are_answered_as_one_are_found() {
        let findings = found_when_stopped(sent_as_two(b"OK"));

        let joined = the_one(&findings);
        let Facts::JoinedMessages(facts) = &joined.facts else { panic!("{joined:?}") };
        assert_eq!((facts.sends, facts.messages, facts.answers, facts.received_bytes), (2, 2, 1, 7));
    }

    #[test]
    fn an_echo_of_all_the_bytes_is_right_however_they_are_joined() {
        let findings = found_when_stopped(sent_as_two(b"unodos\n"));

        assert!(findings.iter().all(|finding| finding.rule() != Rule::JoinedMessages), "{findings:?}");
    }

    fn sent_as_two(answer: &[u8]) -> crate::testing::Story {
        let mut tcp = Tcp::new();
        tcp.sends(tcp.client, b"uno");
        tcp.sends(tcp.client, b"dos\n");
        tcp.story.receive(tcp.server, 1024, b"unodos\n", None);
        tcp.sends(tcp.server, answer);
        tcp.story.receive(tcp.client, 1024, answer, None);
        tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
        tcp.story.for_ever().receive(tcp.server, 1024, b"", None);
        tcp.story.wait_us(5_000_000);
        tcp.story
    }
}
