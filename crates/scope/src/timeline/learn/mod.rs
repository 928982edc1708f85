//! What a recording tells of processes and sockets, learnt in the order in which it came true.
//!
//! A call is told with the time when it began, but what it gave (a descriptor, an address) is there when it returns.

mod calls;
mod descriptors;
mod names;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use wire::tcp_state::TcpState;

use crate::model::{
    Address, EventId, Header, Observation, Pid, Process, ProcessChange, Protocol, SocketId, SocketState,
    Time, What,
};

use self::descriptors::Descriptors;
use super::addresses::{Addresses, canonical};
use super::{Class, Lane, Life, Processes, Sockets, class};

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Knowledge {
    pub(super) processes: Processes,
    pub(super) sockets: Sockets,
    pub(super) addresses: Addresses,
    descriptors: Descriptors,
    /// For each end of a `socketpair(2)` the other.
    partners: HashMap<SocketId, SocketId, RandomState>,
    /// Processes with sockets that could not be identified, since when.
    unidentified: BTreeMap<Pid, Time>,
}

/// A moment of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// It happens; a call begins.
    Happens,
    /// A call returns.
    Returns,
}

impl Knowledge {
    /// Learns from observations, in whatever order they are.
    pub(super) fn learn(&mut self, observations: &[Observation], header: Option<&Header>) {
        let mut moments: Vec<(Time, EventId, Moment, usize)> = Vec::with_capacity(observations.len());
        for (place, observation) in observations.iter().enumerate() {
            match &observation.what {
                What::Process(_) | What::Socket(_) | What::Waiting(_) => {
                    moments.push((observation.time, observation.id, Moment::Happens, place));
                }
                What::Call(call) => {
                    moments.push((observation.time, observation.id, Moment::Happens, place));
                    let until = call.until.map(|until| until.max(observation.time));
                    moments.extend(until.map(|until| (until, observation.id, Moment::Returns, place)));
                }
                _ => {}
            }
        }
        moments.sort_unstable();
        for (time, _, moment, place) in moments {
            self.take(&observations[place], time, moment, header);
        }
        names::name(&mut self.processes, &self.sockets, &self.unidentified, header);
    }

    fn take(&mut self, observation: &Observation, time: Time, moment: Moment, header: Option<&Header>) {
        match (&observation.what, moment) {
            (What::Process(process), _) => self.process(process, time, header),
            (What::Socket(state), _) => self.state(state, time),
            (What::Call(call) | What::Waiting(call), Moment::Happens) => self.enters(call, time),
            (What::Call(call), Moment::Returns) => self.returns(call, observation.time, time),
            _ => {}
        }
    }

    fn process(&mut self, process: &Process, time: Time, header: Option<&Header>) {
        let lane = self.processes.lane(process.pid, time);
        match &process.change {
            ProcessChange::Started { program } => {
                lane.program = Some(*program);
                if let Some(program) = header.and_then(|header| header.programs.get(*program)) {
                    lane.command.clone_from(&program.command);
                }
            }
            ProcessChange::Forked { child } => {
                let (program, command) = (lane.program, lane.command.clone());
                let parent = Some(process.pid).filter(|parent| parent != child);
                let born = self.processes.lane(*child, time);
                (born.program, born.command, born.parent, born.began) = (program, command, parent, time);
                // The number may be that of an earlier process.
                (born.ended, born.wait_status) = (None, None);
                self.descriptors.fork(process.pid, *child, time, &mut self.sockets);
            }
            ProcessChange::Executed { arguments, .. } => {
                lane.command.clone_from(arguments);
                self.descriptors.execute(process.pid, time, &mut self.sockets);
            }
            ProcessChange::Ended { wait_status } => {
                (lane.ended, lane.wait_status) = (Some(time), Some(*wait_status));
                self.descriptors.end(process.pid, time, &mut self.sockets);
            }
            ProcessChange::Lines { .. } | ProcessChange::Signalled { .. } | ProcessChange::Released {} => {}
        }
    }

    fn state(&mut self, state: &SocketState, time: Time) {
        let life = self.sockets.life(state.socket);
        life.protocol = state.protocol;
        life.listens |= state.state == Some(TcpState::Listen);
        if state.local.is_some() {
            life.local = state.local.as_ref().map(plain);
        }
        if state.peer.is_some() {
            life.peer = state.peer.as_ref().map(plain);
        }
        if let Some((pid, fd)) = state.holder {
            self.processes.lane(pid, time);
            self.descriptors.hold((pid, fd), state.socket, time, false, &mut self.sockets);
            let life = self.sockets.life(state.socket);
            if life.users.is_empty() {
                life.users.push((time, pid));
            }
        }
        self.looks_up_names(state.socket, state.peer.as_ref());
        self.claim(state.socket, None, time);
    }

    /// Remembers the addresses that a socket has now: since `from`, or since it is known.
    fn claim(&mut self, socket: SocketId, from: Option<Time>, at: Time) {
        let life = self.sockets.life(socket);
        let Some(local) = life.local.as_ref().and_then(Address::inet) else { return };
        let from = from.unwrap_or_else(|| life.began().unwrap_or(at));
        let peer = life.peer.as_ref().and_then(Address::inet);
        if life.listens && life.protocol != Protocol::Udp {
            self.addresses.listens(socket, local.port(), at);
        }
        self.addresses.claim((socket, life.protocol), (local, peer), (from, at));
    }

    /// A socket that talks with a service that looks names up is not the program's own affair.
    fn looks_up_names(&mut self, socket: SocketId, with: Option<&Address>) {
        let life = self.sockets.life(socket);
        if life.listener.is_none() && with.is_some_and(class::is_name_service) {
            life.class = Class::Resolver;
        }
    }
}

/// An address as packets have it.
fn plain(address: &Address) -> Address {
    match address {
        Address::Inet(address) => Address::Inet(canonical(*address)),
        other => other.clone(),
    }
}

impl Sockets {
    fn life(&mut self, socket: SocketId) -> &mut Life {
        self.lives.entry(socket).or_insert_with(|| Life::new(socket))
    }
}

impl Processes {
    fn lane(&mut self, pid: Pid, time: Time) -> &mut Lane {
        self.lanes.entry(pid).or_insert_with(|| Lane {
            pid,
            name: pid.to_string(),
            program: None,
            parent: None,
            command: Vec::new(),
            began: time,
            ended: None,
            wait_status: None,
            has_sockets: false,
        })
    }
}
