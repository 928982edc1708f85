//! Datagrams that found no room in the receive buffer of their socket (`udp(7)`, `SO_RCVBUF` of `socket(7)`).

use serde::Serialize;

use crate::model::{Address, Protocol};
use crate::timeline::Life;

use super::scene::Scene;
use super::{Facts, Finding, Severity, Side};

/// Datagrams were dropped because their program did not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DroppedDatagrams {
    /// Who should have read them.
    pub side: Side,
    /// Where the socket is bound.
    pub at: Option<Address>,
    /// How many were dropped.
    pub dropped: u32,
    /// The size of the receive buffer.
    pub buffer_bytes: u32,
}

/// Finds sockets that datagrams were dropped at.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Udp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let (first, known) = scene.states(life.socket).next()?;
    // A socket that was not made in this recording may have had drops before it.
    let was_made = scene.calls(life.socket).any(|did| did.is("socket"));
    let before = if was_made { 0 } else { known.drops };
    let (grew, _) = scene.states(life.socket).find(|(_, state)| state.drops > before)?;
    let (last, state) = scene.states(life.socket).max_by_key(|(_, state)| state.drops)?;
    let facts = DroppedDatagrams {
        side: scene.side(life.socket, grew.time),
        at: life.local.clone(),
        dropped: state.drops - before,
        buffer_bytes: state.recv_buffer_bytes,
    };
    Some(Finding::new(Severity::Fault, grew, [first, last], Facts::DroppedDatagrams(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{SERVER, Udp, found, the_one};
    use super::*;

    #[test]
    fn drops_that_grow_are_found_once_for_a_socket() {
        let mut udp = Udp::new();
        for drops in [0, 3, 10] {
            udp.asks(b"hola");
            let mut state = udp.story.state_of(udp.server, None, SERVER, None);
            state.drops = drops;
            udp.story.state(state);
        }

        let findings = found(udp.story);

        let Facts::DroppedDatagrams(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.dropped, facts.buffer_bytes), (10, 131_072));
    }

    #[test]
    fn datagrams_that_wait_are_not_dropped() {
        let mut udp = Udp::new();
        udp.asks(b"hola");
        let mut state = udp.story.state_of(udp.server, None, SERVER, None);
        state.recv_queue = 4;
        udp.story.state(state);

        assert_eq!(found(udp.story), []);
    }
}
