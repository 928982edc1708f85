//! A small write that waits until an earlier one is acknowledged (Nagle, RFC 9293 §3.7.4), while the receiver delays that
//! acknowledgement because it hopes for an answer to send it with (§3.8.6.3): 40 ms at least on Linux.

use std::time::Duration;

use serde::Serialize;
use wire::names::SocketOption;

use crate::model::Protocol;
use crate::timeline::{Crossing, Entry, Life};

use super::calls::{Did, ms};
use super::scene::Scene;
use super::{Facts, Finding, Severity, Side};

/// From so long on, an acknowledgement was delayed on purpose.
const STALL_MIN: Duration = Duration::from_millis(30);
/// So soon after the acknowledgement goes what waited for it.
const RELEASED: Duration = Duration::from_millis(2);

/// Small writes waited for acknowledgements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NagleStall {
    /// Who writes.
    pub side: Side,
    /// The call whose bytes waited first.
    pub call: String,
    /// How many bytes it wrote.
    pub bytes: u64,
    /// How many writes waited.
    pub stalls: usize,
    /// How long, together.
    pub waited_ms: u64,
}

/// A write whose bytes waited.
struct Stall<'a> {
    write: Did<'a>,
    earlier: &'a Entry,
    acknowledged: &'a Entry,
    left: &'a Entry,
    waited: Duration,
}

/// Finds connections whose small writes waited.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let no_delay =
        |did: Did<'_>| did.is("setsockopt") && did.option(SocketOption::NODELAY).is_some_and(|on| on != 0);
    if scene.calls(life.socket).any(no_delay) {
        return None;
    }
    let stalls = stalls(scene, life);
    let first = stalls.first()?;
    let facts = NagleStall {
        side: scene.doer(&first.write),
        call: first.write.name().to_owned(),
        bytes: first.write.moved_bytes(),
        stalls: stalls.len(),
        waited_ms: ms(stalls.iter().map(|stall| stall.waited).sum()),
    };
    let proof = stalls.iter().flat_map(|it| [it.earlier, it.write.entry, it.acknowledged, it.left]);
    Some(Finding::new(Severity::Advice, first.left, proof, Facts::NagleStall(facts)))
}

/// Walks along the packets of a connection beside the calls that wrote their bytes.
fn stalls<'a>(scene: &Scene<'a>, life: &Life) -> Vec<Stall<'a>> {
    let mut writes = Writes::of(scene, life);
    let mut earlier: Option<(&Entry, u64)> = None;
    let mut acknowledged: Option<(&Entry, u64)> = None;
    let mut stalls = Vec::new();
    for (entry, crossing) in scene.packets(life.socket) {
        let (Some(tcp), Some(numbers)) = (crossing.packet.tcp(), crossing.numbers) else { continue };
        if crossing.to.socket == Some(life.socket) {
            acknowledged = Some((entry, u64::from(numbers.acknowledgement)));
        } else if tcp.payload_bytes > 0 && !numbers.retransmission {
            let sequence = u64::from(numbers.sequence);
            if let (Some(before), Some(ack), Some(write)) = (earlier, acknowledged, writes.of_byte(sequence))
            {
                stalls.extend(stall(write, before, ack, (entry, crossing)));
            }
            earlier = Some((entry, sequence + u64::from(tcp.payload_bytes)));
        }
    }
    stalls
}

fn stall<'a>(
    write: Did<'a>,
    (earlier, until): (&'a Entry, u64),
    (acknowledged, up_to): (&'a Entry, u64),
    (left, crossing): (&'a Entry, &Crossing),
) -> Option<Stall<'a>> {
    let written = write.until()?;
    let waited = left.time.since(written);
    let was_waiting = earlier.time < write.entry.time && up_to >= until && acknowledged.time > written;
    let is_released = left.time.since(super::scene::over(acknowledged)) <= RELEASED
        && acknowledged.time.since(earlier.time) >= STALL_MIN;
    let is_small = crossing.packet.tcp().is_some_and(|tcp| tcp.payload_bytes < SMALL_BYTES);
    (waited >= STALL_MIN && was_waiting && is_released && is_small).then_some(Stall {
        write,
        earlier,
        acknowledged,
        left,
        waited,
    })
}

/// A segment of this size is not small on any usual path: what holds it back is a window.
const SMALL_BYTES: u32 = 1400;

/// The calls that wrote on a connection, with where their bytes stand in the stream; asked for in that order.
struct Writes<'a> {
    writes: Vec<(u64, Did<'a>)>,
    next: usize,
}

impl<'a> Writes<'a> {
    fn of(scene: &Scene<'a>, life: &Life) -> Self {
        let mut from = 1;
        let sends = scene.calls(life.socket).filter(|did| did.is_send() && did.moved_bytes() > 0);
        let placed = sends.map(|did| {
            let begins = from;
            from += did.moved_bytes();
            (begins, did)
        });
        Self { writes: placed.collect(), next: 0 }
    }

    /// The call that wrote the byte with this number.
    fn of_byte(&mut self, number: u64) -> Option<Did<'a>> {
        while self.writes.get(self.next + 1).is_some_and(|(begins, _)| *begins <= number) {
            self.next += 1;
        }
        self.writes.get(self.next).map(|(_, did)| *did)
    }
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, SERVER, Tcp, found, the_one};
    use super::*;

    #[test]
    fn a_second_small_write_that_waits_for_a_delayed_acknowledgement_is_found() {
        let mut tcp = Tcp::new();
        writes_in_two(&mut tcp, 0);

        let findings = found(tcp.story);

        let Facts::NagleStall(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.bytes, facts.stalls), (5, 1));
        assert!((40..=41).contains(&facts.waited_ms), "{facts:?}");
    }

    #[test]
    fn a_program_that_rests_between_its_writes_is_right() {
        let mut tcp = Tcp::new();
        writes_in_two(&mut tcp, 40_000);

        assert_eq!(found(tcp.story), []);
    }

    #[test]
    fn without_the_algorithm_nothing_waits_for_it() {
        let mut tcp = Tcp::new();
        tcp.story.set_option(tcp.client, SocketOption::NODELAY, 1);
        writes_in_two(&mut tcp, 0);

        assert_eq!(found(tcp.story), []);
    }

    /// Two writes with so long a rest between them; the acknowledgement of the first comes 40 ms after it.
    fn writes_in_two(tcp: &mut Tcp, rest_us: u64) {
        tcp.story.send(tcp.client, b"uno ", None);
        tcp.story.segment(CLIENT, SERVER, "P.", (1, 1), b"uno ");
        tcp.story.wait_us(rest_us).send(tcp.client, b"dos \n", None);
        tcp.story.wait_us(40_000 - rest_us).segment(SERVER, CLIENT, ".", (1, 5), &[]);
        tcp.story.segment(CLIENT, SERVER, "P.", (5, 1), b"dos \n");
        tcp.story.receive(tcp.server, 1024, b"uno dos \n", None);
    }
}
