//! Sockets that are done with and not closed: each is a descriptor, and those have an end (`EMFILE`, `getrlimit(2)`).

use std::collections::BTreeMap;

use serde::Serialize;
use wire::errno::{EMFILE, ENFILE};

use crate::model::{Pid, Protocol, Time};
use crate::timeline::{Entry, Life};

use super::calls::Did;
use super::scene::{Scene, over};
use super::{Facts, Finding, Severity, Side};

/// From so many sockets on, which were done with one after the other and left open.
const LEFT_MIN: usize = 16;

/// A process leaves sockets open that it does not use any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DescriptorLeak {
    /// Who; the socket is the last one.
    pub side: Side,
    /// How many are left open.
    pub left: usize,
    /// Of how many of them the peer has closed its side, and the program has read so.
    pub ended: usize,
    /// The call that failed for want of descriptors.
    pub failed: Option<String>,
}

/// A socket that was left, and what shows it.
struct Left<'a> {
    life: &'a Life,
    last: Did<'a>,
    ended: bool,
}

/// Finds processes that leave sockets open.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let mut left: BTreeMap<Pid, Vec<Left<'_>>> = BTreeMap::new();
    let newest = newest(scene);
    for life in scene.lives().filter(|life| !life.listens) {
        let Some((pid, left_one)) = left_open(scene, life, &newest) else { continue };
        left.entry(pid).or_default().push(left_one);
    }
    left.into_iter().filter_map(|(pid, left)| of_process(scene, pid, &left)).collect()
}

/// When each process got its newest socket.
fn newest(scene: &Scene<'_>) -> BTreeMap<Pid, Time> {
    let mut newest = BTreeMap::new();
    for (pid, _, from, _) in scene.lives().flat_map(|life| &life.holders) {
        let time = newest.entry(*pid).or_insert(*from);
        *time = (*time).max(*from);
    }
    newest
}

/// A socket that its process has to the end, and did nothing with after it got its newest one, though it had used it.
fn left_open<'a>(scene: &Scene<'a>, life: &'a Life, newest: &BTreeMap<Pid, Time>) -> Option<(Pid, Left<'a>)> {
    let [(pid, _, _, until)] = life.holders[..] else { return None };
    let lane = scene.timeline.processes.lanes.get(&pid)?;
    let is_left = until.is_none_or(|until| lane.ended.is_some_and(|ended| until >= ended));
    let last = scene.calls(life.socket).next_back()?;
    let ended = life.protocol == Protocol::Tcp && last.is_receive() && last.returned() == Some(0);
    let is_used = last.is_send() || last.is_receive();
    let is_past = over(last.entry) < *newest.get(&pid)? && last.until().is_some();
    (is_left && is_used && is_past).then_some((pid, Left { life, last, ended }))
}

fn of_process(scene: &Scene<'_>, pid: Pid, left: &[Left<'_>]) -> Option<Finding> {
    let in_sequence = in_sequence(left);
    let ended = left.iter().filter(|one| one.ended).count();
    let failed = scene.threads().range((pid, crate::model::Tid(0))..).take_while(|((who, _), _)| *who == pid);
    let failed = failed.flat_map(|(_, calls)| calls).find(|did| did.failed(&[EMFILE, ENFILE]));
    if ended.max(in_sequence) < LEFT_MIN {
        return None;
    }
    let last = left.iter().max_by_key(|one| one.last.entry.time)?;
    let facts = DescriptorLeak {
        side: scene.side(last.life.socket, last.last.entry.time),
        left: left.len(),
        ended,
        failed: failed.map(|did| did.name().to_owned()),
    };
    let severity = if failed.is_some() { Severity::Fault } else { Severity::Fragile };
    let decisive: &Entry = failed.map_or(last.last.entry, |did| did.entry);
    let proof = left.iter().map(|one| one.last.entry);
    Some(Finding::new(severity, decisive, proof, Facts::DescriptorLeak(facts)))
}

/// How many of the sockets were done with before the next one of them was made.
fn in_sequence(left: &[Left<'_>]) -> usize {
    let mut spans: Vec<(Time, Time)> =
        left.iter().filter_map(|one| Some((one.life.holders.first()?.2, over(one.last.entry)))).collect();
    spans.sort_unstable();
    spans.windows(2).filter(|two| two[0].1 <= two[1].0).count()
}

#[cfg(test)]
mod tests {
    use super::super::telling::{CLIENT, found, listening, the_one};
    use super::*;
    use crate::testing::Story;

    #[test]
    fn connections_that_ended_and_are_never_closed_are_found() {
        let mut story = serves(false);
        story.failing(EMFILE).accept_nothing(listening().1);

        let findings = found(story);

        let Facts::DescriptorLeak(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.side.program.as_str(), facts.ended), ("server", 19));
        assert_eq!(facts.failed.as_deref(), Some("accept4"));
    }

    #[test]
    fn connections_that_are_closed_one_after_the_other_are_right() {
        assert_eq!(found(serves(true)), []);
    }

    #[test]
    fn connections_that_are_all_in_use_are_right() {
        let (mut story, listener, _) = listening();
        let sockets: Vec<_> = (0..40).map(|fd| story.accept(listener, 4 + fd, CLIENT)).collect();
        for socket in sockets {
            story.receive(socket, 1024, b"hola", None);
        }

        assert_eq!(found(story), []);
    }

    fn serves(closes: bool) -> Story {
        let (mut story, listener, _) = listening();
        for port in 0..20 {
            let socket = story.accept(listener, 4 + port, &format!("127.0.0.1:{}", 40_000 + port));
            story.receive(socket, 1024, b"hola", None);
            story.receive(socket, 1024, b"", None);
            if closes {
                story.close(socket);
            }
        }
        story
    }
}
