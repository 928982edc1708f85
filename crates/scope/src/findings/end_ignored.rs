//! A loop that goes on receiving after the end of the stream: `recv(2)` returns 0 at once, each time.

use serde::Serialize;

use crate::model::Protocol;
use crate::timeline::Life;

use super::calls::{Did, ms};
use super::scene::{Scene, over};
use super::{Facts, Finding, Severity, Side};

/// So many ends in a row are a loop.
const ENDS_MIN: usize = 16;

/// A program reads on and on after the end of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndIgnored {
    /// Who.
    pub side: Side,
    /// The call that returns 0.
    pub call: String,
    /// How many times.
    pub times: usize,
    /// In how long.
    pub lasted_ms: u64,
}

/// Finds sockets whose end is read again and again.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let is_end = |did: &Did<'_>| did.is_receive() && did.returned() == Some(0) && did.asked_bytes() > 0;
    let ends: Vec<_> = scene.calls(life.socket).filter(is_end).collect();
    let (first, last) = (ends.first()?, ends.last()?);
    let decisive = ends.get(ENDS_MIN - 1)?;
    let facts = EndIgnored {
        side: scene.doer(first),
        call: first.name().to_owned(),
        times: ends.len(),
        lasted_ms: ms(over(last.entry).since(first.entry.time)),
    };
    let proof = ends.iter().take(3).chain([last]).map(|did| did.entry);
    Some(Finding::new(Severity::Fault, decisive.entry, proof, Facts::EndIgnored(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{Tcp, found, the_one};
    use super::*;

    #[test]
    fn a_loop_that_reads_the_end_again_and_again_is_found() {
        let findings = found(ends_read(40));

        let Facts::EndIgnored(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.side.program.as_str(), facts.times), ("server", 40));
    }

    #[test]
    fn an_end_that_is_read_twice_is_no_loop() {
        assert_eq!(found(ends_read(2)), []);
    }

    fn ends_read(times: usize) -> crate::testing::Story {
        let mut tcp = Tcp::new();
        tcp.closes(tcp.client);
        for _ in 0..times {
            tcp.story.receive(tcp.server, 1024, b"", None);
        }
        tcp.closes(tcp.server);
        tcp.story
    }
}
