//! A datagram that is longer than one can be: `EMSGSIZE` (`udp(7)`).

use serde::Serialize;
use wire::errno::EMSGSIZE;
use wire::names::SocketOption;

use crate::model::{Args, Protocol};
use crate::timeline::Life;

use super::calls::Did;
use super::scene::Scene;
use super::{Facts, Finding, Severity, Side};

/// `IP_MTU_DISCOVER` and `IPV6_MTU_DISCOVER`: a program that sets them looks for the largest datagram that passes.
const DISCOVER: [SocketOption; 2] =
    [SocketOption { level: 0, name: 10 }, SocketOption { level: 41, name: 23 }];

/// The kernel refused datagrams because they are too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageTooLong {
    /// Who sent.
    pub side: Side,
    /// By which call.
    pub call: String,
    /// How many bytes it offered, the first time.
    pub offered_bytes: u64,
    /// How many datagrams were refused.
    pub refused: usize,
}

/// Finds sockets with datagrams that are too long.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Udp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let discovers =
        |did: Did<'_>| matches!(did.call.args, Args::Option { option, .. } if DISCOVER.contains(&option));
    if scene.calls(life.socket).any(discovers) {
        return None;
    }
    let too_long = |did: &Did<'_>| did.is_send() && did.failed(&[EMSGSIZE]);
    let refused: Vec<_> = scene.calls(life.socket).filter(too_long).collect();
    let first = refused.first()?;
    let facts = MessageTooLong {
        side: scene.doer(first),
        call: first.name().to_owned(),
        offered_bytes: first.asked_bytes(),
        refused: refused.len(),
    };
    let proof = refused.iter().map(|did| did.entry);
    Some(Finding::new(Severity::Fault, first.entry, proof, Facts::MessageTooLong(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{SERVER, Udp, found, the_one};
    use super::*;

    #[test]
    fn a_datagram_that_is_too_long_is_found() {
        let mut udp = Udp::new();
        for _ in 0..2 {
            udp.story.failing(EMSGSIZE).send(udp.client, &vec![0; 65_508], Some(SERVER));
        }

        let findings = found(udp.story);

        let Facts::MessageTooLong(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.offered_bytes, facts.refused), (65_508, 2));
    }

    #[test]
    fn a_program_that_looks_for_the_largest_datagram_is_right() {
        let mut udp = Udp::new();
        udp.story.set_option(udp.client, DISCOVER[0], 2);
        udp.story.failing(EMSGSIZE).send(udp.client, &[0; 9000], Some(SERVER));

        assert_eq!(found(udp.story), []);
    }
}
