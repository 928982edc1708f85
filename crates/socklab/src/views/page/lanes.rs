//! The lanes of the diagram, and the list of sockets.
//!
//! Each process that has sockets is a lane, in the order of the programs. The network is a lane too, right of the first
//! process: with a server and its client it stands between them, where the packets pass.

use std::collections::BTreeMap;

use scope::model::{Address, Pid, Protocol, SocketId};
use scope::timeline::{Life, Timeline};

use super::model::Lane;
use crate::views::printable::printable;
use crate::words::Words;

/// How many processes have a lane of their own; what the others do is not shown.
pub(super) const LANES_MAX: usize = 64;

/// Where things stand from left to right.
#[derive(Debug)]
pub(super) struct Lanes {
    of: BTreeMap<Pid, usize>,
    /// The lane of the network: packets from and to whoever is not watched, counters, tracepoints.
    pub(super) wire: usize,
    /// All of them.
    pub(super) all: Vec<Lane>,
    /// How many processes have none.
    pub(super) folded: usize,
}

impl Lanes {
    /// Gives each process its lane.
    pub(super) fn new(timeline: &Timeline, words: &Words) -> Self {
        let shown: Vec<_> = timeline.processes.shown().into_iter().take(LANES_MAX).collect();
        let wire = shown.len().min(1);
        let lane = |lane: &scope::timeline::Lane| Lane {
            name: printable(&lane.name),
            about: printable(&format!("{} · {}", lane.pid, lane.command.join(" "))),
            wire: false,
        };
        let mut all: Vec<_> = shown.iter().map(|process| lane(process)).collect();
        all.insert(wire, Lane { name: words.page_wire(), about: words.page_wire_about(), wire: true });
        let place = |index: usize| if index < wire { index } else { index + 1 };
        let of = shown.iter().enumerate().map(|(index, lane)| (lane.pid, place(index))).collect();
        let folded = timeline.processes.lanes.len() - shown.len();
        Self { of, wire, all, folded }
    }

    /// The lane of a process, if it has one.
    pub(super) fn of(&self, pid: Pid) -> Option<usize> {
        self.of.get(&pid).copied()
    }

    /// The lane of who made a process, or of who made that one; the nearest that has one.
    pub(super) fn of_makers(&self, pid: Pid, timeline: &Timeline) -> Option<usize> {
        let parent = |pid: &Pid| timeline.processes.lanes.get(pid).and_then(|lane| lane.parent);
        std::iter::successors(parent(&pid), parent).take(LANES_MAX).find_map(|maker| self.of(maker))
    }
}

/// The sockets in the order in which events name them.
#[derive(Debug, Default)]
pub(super) struct SocketList {
    places: BTreeMap<SocketId, usize>,
    /// What is said of each.
    pub(super) said: Vec<String>,
}

impl SocketList {
    /// The place of a socket in the list.
    pub(super) fn place(&mut self, socket: SocketId, timeline: &Timeline) -> usize {
        *self.places.entry(socket).or_insert_with(|| {
            self.said.push(describe(socket, timeline));
            self.said.len() - 1
        })
    }
}

/// `server fd 4 · TCP 127.0.0.1:3500 ↔ 127.0.0.1:47156`.
pub(super) fn describe(socket: SocketId, timeline: &Timeline) -> String {
    let Some(life) = timeline.sockets.get(socket) else { return format!("#{socket}") };
    let held =
        life.holders.first().map(|(pid, fd, ..)| format!("{} fd {fd} · ", timeline.processes.name(*pid)));
    printable(&format!("{}{}", held.unwrap_or_default(), ends(life)))
}

fn ends(life: &Life) -> String {
    let shown = |address: &Option<Address>| address.as_ref().map(ToString::to_string);
    let local = shown(&life.local).unwrap_or_else(|| "*".to_owned());
    let peer = shown(&life.peer).map(|peer| format!(" ↔ {peer}")).unwrap_or_default();
    format!("{} {local}{peer}", protocol(life.protocol))
}

/// What a socket speaks, as people write it.
pub(in crate::views) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Unix => "AF_UNIX",
        Protocol::Other => "AF_*",
    }
}
