//! 1.3: the echo over UDP.

use crate::check::trial::Trial;
use crate::check::{Problem, Requirement, Severity};

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[Requirement {
    id: "echoes",
    severity: Severity::Required,
    needs: &[],
    hidden: false,
    takes: &[],
    judge: echoes,
}];

/// What it is sent comes back, byte by byte.
fn echoes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    for bytes in [11, 1, 1024] {
        let message = trial.nonce(bytes);
        peer.send(&message)?;
        peer.expect(&message)?;
    }
    Ok(())
}
