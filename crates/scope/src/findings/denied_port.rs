//! A port below 1024, which only a privileged program may bind: `EACCES` (`ip(7)`).

use serde::Serialize;
use wire::errno::EACCES;

use crate::model::Address;

use super::calls::Did;
use super::scene::{Scene, inet};
use super::{Facts, Finding, Severity, Side};

/// The first port that everybody may bind, unless `net.ipv4.ip_unprivileged_port_start` says otherwise.
const UNPRIVILEGED: u16 = 1024;

/// A program may not have the port that it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeniedPort {
    /// Who asked.
    pub side: Side,
    /// For which address.
    pub address: Address,
}

/// Finds ports that were denied.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene
        .lives()
        .filter_map(|life| scene.calls(life.socket).find(is_denied))
        .filter_map(|did| of_call(scene, &did))
        .collect()
}

fn is_denied(did: &Did<'_>) -> bool {
    did.is("bind") && did.failed(&[EACCES]) && inet(did.address()).is_some_and(|at| at.port() < UNPRIVILEGED)
}

fn of_call(scene: &Scene<'_>, did: &Did<'_>) -> Option<Finding> {
    let facts = DeniedPort { side: scene.doer(did), address: did.address()?.clone() };
    Some(Finding::new(Severity::Fault, did.entry, [], Facts::DeniedPort(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::telling::{found, listening, the_one};
    use super::*;

    #[test]
    fn a_port_that_needs_a_privilege_is_found_and_another_is_not() {
        let (mut story, _, client) = listening();
        story.failing(EACCES).bind(client, "0.0.0.0:80");
        let (mut other, _, client) = listening();
        other.bind(client, "0.0.0.0:8080");

        let findings = found(story);

        assert!(matches!(the_one(&findings).facts, Facts::DeniedPort(_)));
        assert_eq!(found(other), []);
    }
}
