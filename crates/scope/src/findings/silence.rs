//! A datagram was sent, no answer came, and the program waits for one: UDP promises nothing (`udp(7)`).

use std::time::Duration;

use serde::Serialize;
use wire::errno::ECONNREFUSED;

use crate::model::{Address, Args, Protocol};
use crate::timeline::{Entry, Life};

use super::calls::{Did, ms};
use super::scene::{Scene, inet, over};
use super::waits::{Waits, is_endless};
use super::{Facts, Finding, Severity, Side};

/// From so long a wait on, an answer that does not come is told.
const SILENT_MIN: Duration = Duration::from_secs(2);

/// A receive that takes a datagram may have begun before it was sent: it is one of so many entries before that.
const BEFORE: usize = 64;

/// Datagrams were sent and nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// Who waits, or waited.
    pub side: Side,
    /// The call in which it does.
    pub call: String,
    /// To where it had sent.
    pub to: Option<Address>,
    /// How long it waited, the last time.
    pub waited_ms: u64,
    /// Whether it still waited at the end.
    pub still: bool,
    /// What became of the datagram.
    pub fate: Fate,
}

/// What became of a datagram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// A program of the recording read it and sent nothing back.
    Read {
        /// Who.
        by: Side,
    },
    /// It was for a socket of the recording, whose program did not read it.
    Unread {
        /// Who.
        by: Side,
    },
    /// Nobody in the recording has the address.
    Unknown,
}

/// Finds sockets that wait for an answer in vain. Where a refusal explains it,
/// [`refused_datagram`](super::refused_datagram) tells.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let waits = Waits::of(scene);
    scene.speaking(Protocol::Udp).filter_map(|life| of_socket(scene, &waits, life)).collect()
}

fn of_socket(scene: &Scene<'_>, waits: &Waits<'_>, life: &Life) -> Option<Finding> {
    let (sent, wait) = unanswered(scene, life)?;
    let to = inet(sent.address()).or(inet(life.peer.as_ref()))?;
    let is_refused = scene.calls(life.socket).any(|did| did.failed(&[ECONNREFUSED]))
        || scene.came(life.socket).any(|(_, crossing)| crossing.packet.icmp().is_some());
    if is_refused || to.ip().is_multicast() {
        return None;
    }
    let still = wait.lasts_at(scene.stop);
    let (fate, read) = fate(scene, life, &sent);
    let is_busy = |by: &Side| waits.of_process(by.pid).is_none();
    match &fate {
        Fate::Read { by } | Fate::Unread { by } if still && is_busy(by) => return None,
        _ => {}
    }
    let facts = Silence {
        side: scene.doer(&sent),
        call: wait.name().to_owned(),
        to: Some(Address::Inet(to)),
        waited_ms: ms(wait.took(scene.stop)),
        still,
        fate,
    };
    let packets = scene.sent(life.socket).filter(|(entry, _)| entry.time >= sent.entry.time);
    let proof = packets.map(|(entry, _)| entry).chain([sent.entry]).chain(read);
    let severity = if still { Severity::Fault } else { Severity::Advice };
    Some(Finding::new(severity, wait.entry, proof, Facts::Silence(facts)))
}

/// The last send of a socket that nothing ever came back on, or not since, and the call that waited for it.
fn unanswered<'a>(scene: &Scene<'a>, life: &Life) -> Option<(Did<'a>, Did<'a>)> {
    let (mut sent, mut wait, mut received) = (None, None, false);
    for did in scene.calls(life.socket).filter(|did| did.entry.time <= scene.stop) {
        if did.is_send() && did.returned().is_some() {
            (sent, wait) = (Some(did), wait.filter(|_| received));
        } else if did.is_receive() && did.returned().is_some() {
            (sent, wait, received) = (None, None, true);
        } else if sent.is_some() && (is_still(scene, &did) || is_timed_out(&did) && !received) {
            wait = Some(did);
        }
    }
    Some((sent?, wait?))
}

/// Whether a call waits for ever, and has done so for long.
fn is_still(scene: &Scene<'_>, did: &Did<'_>) -> bool {
    did.is_receive() && did.lasts_at(scene.stop) && is_endless(scene, did, SILENT_MIN)
}

/// Whether a call waited and gave up.
fn is_timed_out(did: &Did<'_>) -> bool {
    let is_poll = matches!(did.call.args, Args::Wait { limit_ns: Some(_), .. }) && did.returned() == Some(0);
    did.blocked() && (is_poll || did.is_receive() && did.would_block())
}

/// What became of a datagram, and the call that read it.
fn fate<'a>(scene: &Scene<'a>, life: &Life, sent: &Did<'_>) -> (Fate, Option<&'a Entry>) {
    let to = inet(sent.address()).or(inet(life.peer.as_ref()));
    let held = to.and_then(|to| scene.at_address(Protocol::Udp, to, sent.entry.time));
    let Some(receiver) = held.filter(|receiver| receiver.socket != life.socket) else {
        return (Fate::Unknown, None);
    };
    let local = inet(life.local.as_ref());
    let reads = |did: &Did<'_>| {
        let from = inet(did.address()).or(inet(receiver.peer.as_ref()));
        let is_same = did.bytes().iter().zip(sent.bytes()).all(|(read, sent)| read == sent);
        let is_from = from.zip(local).is_none_or(|(from, local)| from.port() == local.port());
        did.is_receive()
            && did.returned().is_some()
            && over(did.entry) >= sent.entry.time
            && is_from
            && is_same
    };
    let about = scene.about(receiver.socket);
    let since = about.partition_point(|entry| entry.time < sent.entry.time);
    let since = since.saturating_sub(BEFORE);
    match about[since..].iter().filter_map(|entry| Did::of(entry)).find(reads) {
        Some(read) => (Fate::Read { by: scene.doer(&read) }, Some(read.entry)),
        None => (Fate::Unread { by: scene.side(receiver.socket, sent.entry.time) }, None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, Udp, found, found_when_stopped, the_one};
    use super::*;

    #[test]
    fn a_message_that_was_read_and_not_answered_is_found() {
        let mut udp = Udp::new();
        let send = udp.asks(b"hola");
        let read = udp.story.receive(udp.server, 1024, b"hola", Some(CLIENT));
        let wait = udp.story.for_ever().receive(udp.client, 1024, b"", None);
        udp.story.for_ever().receive(udp.server, 1024, b"", None);
        udp.story.wait_us(5_000_000);

        let findings = found_when_stopped(udp.story);

        let finding = the_one(&findings);
        assert_eq!((finding.shown_by, finding.severity), (wait, Severity::Fault));
        assert!(finding.evidence.contains(&send) && finding.evidence.contains(&read));
        let Facts::Silence(facts) = &finding.facts else { panic!("{finding:?}") };
        assert!(matches!(&facts.fate, Fate::Read { by } if by.program == "server"));
        assert_eq!((facts.waited_ms, facts.still), (5000, true));
    }

    #[test]
    fn a_program_that_gives_up_is_told_that_nothing_came() {
        let mut udp = Udp::new();
        udp.story.send(udp.client, b"hola", Some("127.0.0.9:9"));
        udp.story.taking_us(2_000_000).failing(wire::errno::EAGAIN).receive(udp.client, 1024, b"", None);
        udp.story.close(udp.client);

        let findings = found(udp.story);

        let Facts::Silence(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.still, &facts.fate), (false, &Fate::Unknown));
        assert_eq!(the_one(&findings).severity, Severity::Advice);
    }

    #[test]
    fn a_server_that_works_may_still_answer() {
        let mut udp = Udp::new();
        udp.asks(b"hola");
        udp.story.for_ever().receive(udp.client, 1024, b"", None);
        udp.story.receive(udp.server, 1024, b"hola", Some(CLIENT));
        udp.story.sleep_us(udp.server.pid, 10_000_000);

        assert_eq!(found_when_stopped(udp.story), []);
    }

    #[test]
    fn a_retry_that_is_answered_is_no_silence() {
        let mut udp = Udp::new();
        udp.asks(b"hola");
        udp.story.taking_us(2_000_000).failing(wire::errno::EAGAIN).receive(udp.client, 1024, b"", None);
        udp.asks(b"hola");
        udp.story.receive(udp.server, 1024, b"hola", Some(CLIENT));
        udp.answers(b"hola");
        udp.story.receive(udp.client, 1024, b"hola", Some(SERVER));

        assert_eq!(found(udp.story), []);
    }
}
