//! A `send(2)` that took less than it was offered, and a program that never sent the rest.

use serde::Serialize;
use wire::errno::{ECONNRESET, EPIPE};

use crate::model::Protocol;
use crate::timeline::Life;

use super::calls::Did;
use super::scene::{Scene, closed};
use super::{Facts, Finding, Severity, Side};

/// Bytes that a program offered, the kernel did not take, and nobody sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShortSend {
    /// Who sent.
    pub side: Side,
    /// The call.
    pub call: String,
    /// What it was offered.
    pub offered_bytes: u64,
    /// What it took.
    pub taken_bytes: u64,
    /// How many of the rest were never sent, at least.
    pub missing_bytes: u64,
}

/// Finds sockets whose program left out the rest of a send.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.speaking(Protocol::Tcp).filter_map(|life| of_socket(scene, life)).collect()
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    let sends: Vec<Did<'_>> = scene.calls(life.socket).filter(Did::is_send).collect();
    let last = closed(life).filter(|closed| !scene.is_interrupted() || *closed < scene.stop)?;
    let (pid, _) = life.holder_at(last)?;
    let is_broken = scene.calls(life.socket).any(|did| did.failed(&[EPIPE, ECONNRESET]));
    if is_broken || scene.is_killed(pid) {
        return None;
    }
    let mut later: u64 = sends.iter().map(Did::moved_bytes).sum();
    for (index, send) in sends.iter().enumerate() {
        let (offered, taken) = (send.asked_bytes(), send.moved_bytes());
        later -= taken;
        let rest = offered.saturating_sub(taken);
        if send.returned().is_none() || rest == 0 {
            continue;
        }
        let missing = if skips(send, sends.get(index + 1)) { rest } else { rest.saturating_sub(later) };
        if missing > 0 {
            return Some(finding(scene, life, send, missing));
        }
    }
    None
}

/// Whether the next send begins with something else than the rest: their bytes tell, where they were kept.
fn skips(send: &Did<'_>, next: Option<&Did<'_>>) -> bool {
    let Some(next) = next else { return false };
    let taken = usize::try_from(send.moved_bytes()).unwrap_or(usize::MAX);
    let rest = send.bytes().get(taken..).unwrap_or_default();
    !rest.is_empty() && rest.iter().zip(next.bytes()).any(|(rest, sent)| rest != sent)
}

fn finding(scene: &Scene<'_>, life: &Life, send: &Did<'_>, missing_bytes: u64) -> Finding {
    let facts = ShortSend {
        side: scene.doer(send),
        call: send.name().to_owned(),
        offered_bytes: send.asked_bytes(),
        taken_bytes: send.moved_bytes(),
        missing_bytes,
    };
    let after = scene.calls(life.socket).filter(|did| did.entry.time > send.entry.time);
    let ends = after.filter(|did| did.is_send() || did.is("shutdown") || did.is("close"));
    Finding::new(Severity::Fault, send.entry, ends.map(|did| did.entry), Facts::ShortSend(facts))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{Tcp, ends, found, found_when_stopped, the_one};
    use super::*;

    #[test]
    fn a_rest_that_is_never_sent_is_found() {
        let mut tcp = Tcp::new();
        let short = tcp.story.send_part(tcp.client, &[1; 200], 120, None);
        tcp.carries(tcp.client, &[1; 120]);
        tcp.story.receive(tcp.server, 1024, &[1; 120], None);
        tcp.closes(tcp.client);
        tcp.story.receive(tcp.server, 1024, b"", None);

        let findings = found(tcp.story);

        let finding = the_one(&findings);
        assert_eq!(finding.shown_by, short);
        let Facts::ShortSend(facts) = &finding.facts else { panic!("{finding:?}") };
        assert_eq!((facts.offered_bytes, facts.taken_bytes, facts.missing_bytes), (200, 120, 80));
    }

    #[test]
    fn a_rest_that_another_message_takes_the_place_of_is_found() {
        let mut tcp = Tcp::new();
        tcp.story.send_part(tcp.client, b"uno dos tres", 4, None);
        tcp.carries(tcp.client, b"uno ");
        tcp.sends(tcp.client, b"otro mensaje");
        tcp.story.receive(tcp.server, 1024, b"uno otro mensaje", None);
        tcp.closes(tcp.client);

        let findings = found(tcp.story);

        let Facts::ShortSend(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!(facts.missing_bytes, 8);
    }

    #[test]
    fn a_program_that_is_stopped_or_killed_before_it_sends_the_rest_is_right() {
        let mut stopped = Tcp::new();
        stopped.story.send_part(stopped.client, &[1; 200], 120, None);
        assert_eq!(found_when_stopped(stopped.story), []);

        let mut killed = Tcp::new();
        killed.story.send_part(killed.client, &[1; 200], 120, None);
        ends(&mut killed.story, killed.client.pid, 9);
        assert_eq!(found(killed.story), []);
    }
}
