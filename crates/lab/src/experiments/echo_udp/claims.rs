//! What the recording of the pair shows.

use super::super::{Claim, Recorded, Settings, State, Unseen};
use super::FORMS;

pub(super) fn claims(_: &Settings, _: &[Recorded]) -> Vec<Claim> {
    FORMS.iter().map(|form| Claim::unknown(form.id, Unseen::NotReached)).collect()
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let of = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    match of("two-datagrams") {
        Some(State::Holds) => Some("two"),
        Some(State::Differs) => Some("more"),
        _ => None,
    }
}
