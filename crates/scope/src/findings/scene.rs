//! A timeline, laid out for rules: what belongs to each socket, who its peer is, and when the programs were stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::model::{Address, Pid, ProcessChange, Protocol, SocketId, SocketState, Summary, Tid, Time};
use crate::timeline::{Class, Crossing, Entry, EntryKind, Life, Timeline};

use super::Side;
use super::calls::Did;

/// A user who stops the programs is not waited for longer than this: signals before it are the programs' own affair.
const STOPPING: Duration = Duration::from_secs(10);
/// SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM (`signal(7)`).
const STOPS: [u32; 5] = [1, 2, 3, 9, 15];

/// A timeline, laid out.
pub(super) struct Scene<'a> {
    pub(super) timeline: &'a Timeline,
    /// What is about each socket, by time.
    about: BTreeMap<SocketId, Vec<&'a Entry>>,
    /// The calls of each thread, by time.
    threads: BTreeMap<(Pid, Tid), Vec<Did<'a>>>,
    /// TCP's sockets, by their own address and their peer's.
    ends: BTreeMap<(SocketAddr, SocketAddr), SocketId>,
    /// The sockets that have, or had, a port.
    ports: BTreeMap<(Protocol, u16), Vec<SocketId>>,
    /// When the recording ended.
    pub(super) end: Time,
    /// When somebody stopped the programs; else the end.
    pub(super) stop: Time,
}

impl<'a> Scene<'a> {
    /// Lays a timeline out. What belongs to the look-up of names and to the languages themselves is left out.
    pub(super) fn of(timeline: &'a Timeline) -> Self {
        let end = timeline.entries.iter().map(over).max().unwrap_or_default();
        let mut scene = Self {
            timeline,
            about: BTreeMap::new(),
            threads: BTreeMap::new(),
            ends: BTreeMap::new(),
            ports: BTreeMap::new(),
            end,
            stop: stopped(timeline, end),
        };
        for life in scene.lives() {
            if let Some(local) = inet(life.local.as_ref()) {
                scene.ports.entry((life.protocol, local.port())).or_default().push(life.socket);
                if let (Protocol::Tcp, Some(peer)) = (life.protocol, inet(life.peer.as_ref())) {
                    scene.ends.insert((local, peer), life.socket);
                }
            }
        }
        for entry in &timeline.entries {
            scene.add(entry);
        }
        scene
    }

    fn add(&mut self, entry: &'a Entry) {
        if let Some(did) = Did::of(entry) {
            self.threads.entry((did.call.pid, did.call.tid)).or_default().push(did);
        }
        for socket in sockets_of(entry) {
            if self.timeline.sockets.get(socket).is_none_or(|life| life.class == Class::Program) {
                self.about.entry(socket).or_default().push(entry);
            }
        }
    }

    /// The programs' own sockets.
    pub(super) fn lives(&self) -> impl Iterator<Item = &'a Life> + use<'a> {
        self.timeline.sockets.lives.values().filter(|life| life.class == Class::Program)
    }

    /// The programs' own sockets that speak this.
    pub(super) fn speaking(&self, protocol: Protocol) -> impl Iterator<Item = &'a Life> + use<'a> {
        self.lives().filter(move |life| life.protocol == protocol)
    }

    /// What is about a socket, by time.
    pub(super) fn about(&self, socket: SocketId) -> &[&'a Entry] {
        self.about.get(&socket).map_or(&[], Vec::as_slice)
    }

    /// The calls on a socket, by time; among them the `accept(2)` that made it and those that wait for several sockets.
    pub(super) fn calls(&self, socket: SocketId) -> impl DoubleEndedIterator<Item = Did<'a>> {
        self.about(socket).iter().filter_map(|entry| Did::of(entry))
    }

    /// The packets of a socket, by time.
    pub(super) fn packets(
        &self,
        socket: SocketId,
    ) -> impl DoubleEndedIterator<Item = (&'a Entry, &'a Crossing)> {
        self.about(socket).iter().filter_map(|entry| match &entry.kind {
            EntryKind::Packet(crossing) => Some((*entry, &**crossing)),
            _ => None,
        })
    }

    /// The packets that a socket sent.
    pub(super) fn sent(
        &self,
        socket: SocketId,
    ) -> impl DoubleEndedIterator<Item = (&'a Entry, &'a Crossing)> {
        self.packets(socket).filter(move |(_, crossing)| crossing.from.socket == Some(socket))
    }

    /// The packets that went to a socket.
    pub(super) fn came(
        &self,
        socket: SocketId,
    ) -> impl DoubleEndedIterator<Item = (&'a Entry, &'a Crossing)> {
        self.packets(socket).filter(move |(_, crossing)| crossing.to.socket == Some(socket))
    }

    /// What the kernel said of a socket, by time.
    pub(super) fn states(
        &self,
        socket: SocketId,
    ) -> impl DoubleEndedIterator<Item = (&'a Entry, &'a SocketState)> {
        self.about(socket).iter().filter_map(|entry| match &entry.kind {
            EntryKind::Socket(state) => Some((*entry, state)),
            _ => None,
        })
    }

    /// The calls of each thread, by time.
    pub(super) fn threads(&self) -> &BTreeMap<(Pid, Tid), Vec<Did<'a>>> {
        &self.threads
    }

    /// The other end of a TCP connection, if a program of the recording has it.
    pub(super) fn peer(&self, socket: SocketId) -> Option<&'a Life> {
        let life = self.timeline.sockets.get(socket)?;
        let (local, peer) = (inet(life.local.as_ref())?, inet(life.peer.as_ref())?);
        self.timeline.sockets.get(*self.ends.get(&(peer, local))?)
    }

    /// The sockets that have or had this port.
    pub(super) fn on_port(&self, protocol: Protocol, port: u16) -> impl Iterator<Item = &'a Life> {
        let sockets = self.ports.get(&(protocol, port)).map_or(&[][..], Vec::as_slice);
        sockets.iter().filter_map(|socket| self.timeline.sockets.get(*socket))
    }

    /// Whether a program of the recording had a socket at this address and time: bound to it, or to all addresses.
    pub(super) fn at_address(&self, protocol: Protocol, address: SocketAddr, time: Time) -> Option<&'a Life> {
        self.on_port(protocol, address.port()).find(|life| {
            let local = inet(life.local.as_ref()).map(|local| local.ip());
            local.is_some_and(|local| local == address.ip() || local.is_unspecified())
                && life.is_open_at(time)
        })
    }

    /// A socket and who has it at this time.
    pub(super) fn side(&self, socket: SocketId, time: Time) -> Side {
        let held = self.timeline.sockets.get(socket).and_then(|life| life.holder_at(time));
        let (pid, fd) = held.unwrap_or_default();
        Side { program: self.timeline.processes.name(pid), pid, fd, socket }
    }

    /// Who makes a call, and on which socket.
    pub(super) fn doer(&self, did: &Did<'_>) -> Side {
        let on = did.call.on;
        Side {
            program: self.timeline.processes.name(did.call.pid),
            pid: did.call.pid,
            fd: on.map(|on| on.fd).unwrap_or_default(),
            socket: on.and_then(|on| on.socket).unwrap_or_default(),
        }
    }

    /// The process that had a socket last, and when it ended, if it ended of itself and not by a signal.
    pub(super) fn is_killed(&self, pid: Pid) -> bool {
        let lane = self.timeline.processes.lanes.get(&pid);
        lane.and_then(|lane| lane.wait_status).is_some_and(|status| status & 0x7f != 0)
    }

    /// Whether the recording ended before the programs.
    pub(super) fn is_interrupted(&self) -> bool {
        self.timeline.summary.as_ref().is_none_or(|summary: &Summary| summary.interrupted)
    }
}

/// When an entry was over: a call when it returned.
pub(super) fn over(entry: &Entry) -> Time {
    let until = match &entry.kind {
        EntryKind::Call(call) => call.call.until,
        EntryKind::Packet(crossing) => crossing.arrived,
        _ => None,
    };
    until.unwrap_or(entry.time).max(entry.time)
}

/// An address of the Internet; one of IPv4 that an IPv6 socket shows as such is that of IPv4 (`ipv6(7)`).
pub(super) fn inet(address: Option<&Address>) -> Option<SocketAddr> {
    let address = address.and_then(Address::inet)?;
    Some(SocketAddr::new(address.ip().to_canonical(), address.port()))
}

/// When the last program closed a socket; `None` if one had it to the end.
pub(super) fn closed(life: &Life) -> Option<Time> {
    let untils: Option<Vec<Time>> = life.holders.iter().map(|(_, _, _, until)| *until).collect();
    untils.and_then(|untils| untils.into_iter().max())
}

/// When somebody stopped the programs: the first of the signals with which an interrupted recording ends.
fn stopped(timeline: &Timeline, end: Time) -> Time {
    let is_interrupted = timeline.summary.as_ref().is_none_or(|summary| summary.interrupted);
    let is_stop = |entry: &&Entry| match &entry.kind {
        EntryKind::Process(process) => {
            matches!(process.change, ProcessChange::Signalled { signal } if STOPS.contains(&signal))
                && end.since(entry.time) <= STOPPING
        }
        _ => false,
    };
    let first = timeline.entries.iter().find(is_stop).filter(|_| is_interrupted);
    first.map_or(end, |entry| entry.time)
}

fn sockets_of(entry: &Entry) -> BTreeSet<SocketId> {
    match &entry.kind {
        EntryKind::Call(_) => {
            Did::of(entry).map(|did| did.sockets()).unwrap_or_default().into_iter().collect()
        }
        EntryKind::Packet(crossing) => {
            [crossing.from.socket, crossing.to.socket].into_iter().flatten().collect()
        }
        EntryKind::Socket(state) => BTreeSet::from([state.socket]),
        _ => BTreeSet::new(),
    }
}
