//! An address that no way leads to: `ENETUNREACH`. In a private network there is only the loopback.

use serde::Serialize;
use wire::errno::{EHOSTUNREACH, ENETUNREACH};

use crate::model::{Address, Level, Pid, Protocol};
use crate::timeline::Life;

use super::calls::Did;
use super::scene::Scene;
use super::{Facts, Finding, Severity, Side};

/// A program wants to reach what cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoRoute {
    /// Who.
    pub side: Side,
    /// By which call.
    pub call: String,
    /// What.
    pub to: Address,
    /// Whether the recording was made in a private network, which explains it.
    pub private: bool,
}

/// Finds addresses that no way leads to, unless the program reached another one of the same port: a name often has several.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for life in scene.lives() {
        let found = of_socket(scene, life);
        let is_known = |one: &Finding| findings.iter().any(|other| subject(one) == subject(other));
        findings.extend(found.filter(|one| !is_known(one)));
    }
    findings
}

/// Which process it is about, and which address.
fn subject(finding: &Finding) -> Option<(Pid, &Address)> {
    let Facts::NoRoute(facts) = &finding.facts else { return None };
    Some((facts.side.pid, &facts.to))
}

fn of_socket(scene: &Scene<'_>, life: &Life) -> Option<Finding> {
    // A UDP socket is also connected to ask which address it would send from (RFC 6724 §7).
    let tries = |did: &Did<'_>| did.is_send() || did.is("connect") && life.protocol == Protocol::Tcp;
    let fails = |did: &Did<'_>| tries(did) && did.failed(&[ENETUNREACH, EHOSTUNREACH]);
    let did = scene.calls(life.socket).find(fails)?;
    let to = did.address().or(life.peer.as_ref())?;
    let port = to.inet()?.port();
    let reaches = |other: &Life| {
        other.socket != life.socket
            && other.holders.iter().any(|(pid, ..)| *pid == did.call.pid)
            && other.peer.as_ref().and_then(Address::inet).is_some_and(|peer| peer.port() == port)
            && !scene.calls(other.socket).any(|did| fails(&did))
    };
    if scene.speaking(life.protocol).any(reaches) {
        return None;
    }
    let facts = NoRoute {
        side: scene.doer(&did),
        call: did.name().to_owned(),
        to: to.clone(),
        private: scene.timeline.header.level == Level::A,
    };
    Some(Finding::new(Severity::Fault, did.entry, [], Facts::NoRoute(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{SERVER, found, listening, the_one};
    use super::*;

    #[test]
    fn an_address_outside_of_a_private_network_is_found() {
        let (mut story, _, client) = listening();
        story.failing(ENETUNREACH).connect(client, "192.0.2.1:80");

        let findings = found(story);

        assert!(matches!(&the_one(&findings).facts, Facts::NoRoute(facts) if facts.private));
    }

    #[test]
    fn a_program_that_reaches_another_address_of_the_name_is_right() {
        let (mut story, _, first) = listening();
        story.failing(ENETUNREACH).connect(first, "[2001:db8::1]:3500");
        let second = story.socket(story.pid(1), 4, Protocol::Tcp);
        story.connect(second, SERVER);

        assert_eq!(found(story), []);
    }
}
