//! What processes are called.

use std::collections::BTreeMap;

use crate::model::{Header, Pid, Time};

use super::{Class, Processes, Sockets};

/// Names the processes, and tells which have sockets. A program's own process has its name; those that it made have a number
/// behind it: first those with sockets, in the order in which they got to use one, so that a name stays when others follow.
pub(super) fn name(
    processes: &mut Processes,
    sockets: &Sockets,
    unidentified: &BTreeMap<Pid, Time>,
    header: Option<&Header>,
) {
    let first = first_uses(sockets, unidentified);
    let mut named: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for lane in processes.lanes.values_mut() {
        lane.has_sockets = first.contains_key(&lane.pid);
        let program = lane.program.and_then(|program| header?.programs.get(program));
        let base = program.map_or_else(|| lane.pid.to_string(), |program| program.name.clone());
        let used = first.get(&lane.pid).copied().unwrap_or(Time(u64::MAX));
        let place = (lane.parent.is_some(), used, lane.began, lane.pid);
        named.entry(base).or_default().push(place);
    }
    for (base, mut places) in named {
        places.sort_unstable();
        for (number, (.., pid)) in (1..).zip(places) {
            let name = if number == 1 { base.clone() } else { format!("{base}.{number}") };
            if let Some(lane) = processes.lanes.get_mut(&pid) {
                lane.name = name;
            }
        }
    }
}

/// When each process first used a socket of the program's own.
fn first_uses(sockets: &Sockets, unidentified: &BTreeMap<Pid, Time>) -> BTreeMap<Pid, Time> {
    let mut first = unidentified.clone();
    for life in sockets.lives.values().filter(|life| life.class == Class::Program) {
        for (time, pid) in &life.users {
            let earliest = first.entry(*pid).or_insert(*time);
            *earliest = (*earliest).min(*time);
        }
    }
    first
}
