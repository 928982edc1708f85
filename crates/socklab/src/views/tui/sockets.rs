//! The sockets as they were at a moment.

use std::collections::BTreeMap;

use scope::model::{SocketId, SocketState, Time};
use scope::timeline::{Class, EntryKind, Life};

use super::record::Record;

/// A socket at a moment: what is known of it, and how it was when it was looked at last before.
pub(super) type Then<'r> = (&'r Life, Option<&'r SocketState>);

/// The sockets that were open at a moment, by their age; with `all`, also those that are not the program's own affair.
pub(super) fn at<'r>(record: &'r Record<'_>, moment: Time, all: bool) -> Vec<Then<'r>> {
    let states = states(record, moment);
    let lives = record.timeline.sockets.lives.values();
    let shown = lives.filter(|life| all || life.class == Class::Program).filter_map(|life| {
        let state = states.get(&life.socket).copied();
        let is_there = life.is_open_at(moment)
            || life.holders.is_empty() && state.is_some()
            || life.is_closed_at(moment) && state.is_some_and(is_left);
        is_there.then_some((life, state))
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort_by_key(|(life, _)| (life.began(), life.socket));
    shown
}

/// How one socket was when it was looked at last before.
pub(super) fn state<'r>(record: &'r Record<'_>, moment: Time, socket: SocketId) -> Option<&'r SocketState> {
    states(record, moment).get(&socket).copied()
}

fn states<'r>(record: &'r Record<'_>, moment: Time) -> BTreeMap<SocketId, &'r SocketState> {
    let entries = record.states.iter().filter_map(|place| record.timeline.entries.get(*place));
    let before = entries.filter(|entry| entry.time <= moment);
    before
        .filter_map(|entry| match &entry.kind {
            EntryKind::Socket(state) => Some((state.socket, state)),
            _ => None,
        })
        .collect()
}

/// Whether the kernel still has a socket that its program has closed.
fn is_left(state: &SocketState) -> bool {
    state.state.is_some_and(|state| state != wire::tcp_state::TcpState::Closed)
}
