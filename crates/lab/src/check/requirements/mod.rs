//! What each exercise asks, in the practical's order.

mod echo_udp;

use super::Requirement;
use crate::exercise::Exercise;

/// Returns the requirements of an exercise, in the order in which they are told.
pub fn of(exercise: Exercise) -> &'static [Requirement] {
    match exercise {
        Exercise::EchoUdp => echo_udp::REQUIREMENTS,
        _ => &[],
    }
}

/// Returns one of them by its name.
pub fn find(exercise: Exercise, id: &str) -> Option<&'static Requirement> {
    of(exercise).iter().find(|requirement| requirement.id == id)
}
