//! The sockets of a recording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Address, Fd, Pid, Protocol, SocketId, Time};

/// The sockets that were seen, by cookie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sockets {
    /// What is known of each.
    pub lives: BTreeMap<SocketId, Life>,
}

/// A socket from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Which one.
    pub socket: SocketId,
    /// What it speaks.
    pub protocol: Protocol,
    /// Its own address, as of the last time that it was seen with one.
    pub local: Option<Address>,
    /// Its peer's.
    pub peer: Option<Address>,
    /// The listener that it came from by `accept(2)`.
    pub listener: Option<SocketId>,
    /// Whether it is one.
    pub listens: bool,
    /// Who had it, as which descriptor, from when and until when (`None`: to the end).
    pub holders: Vec<(Pid, Fd, Time, Option<Time>)>,
    /// Whose affair it is.
    pub class: Class,
    /// Who used it, by time: the first call of each process after one of another process.
    pub(super) users: Vec<(Time, Pid)>,
}

/// Whose affair a socket or a call is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The program's own.
    #[default]
    Program,
    /// The look-up of a name: `nscd(8)`, DNS, `AF_NETLINK` for the addresses of this machine. Hidden unless asked for.
    Resolver,
    /// The language's own: pipes of its event loop, `io_uring(7)`… Hidden unless asked for.
    Runtime,
}

impl Sockets {
    /// A socket by its cookie.
    pub fn get(&self, socket: SocketId) -> Option<&Life> {
        self.lives.get(&socket)
    }
}

impl Life {
    /// A socket of which nothing is known yet.
    pub(super) fn new(socket: SocketId) -> Self {
        Self {
            socket,
            protocol: Protocol::Other,
            local: None,
            peer: None,
            listener: None,
            listens: false,
            holders: Vec::new(),
            class: Class::Program,
            users: Vec::new(),
        }
    }

    /// Who has it at this time, or had it last before. Of several processes it is the one that used it last.
    pub fn holder_at(&self, time: Time) -> Option<(Pid, Fd)> {
        let next = self.users.partition_point(|(since, _)| *since <= time);
        let user = next.checked_sub(1).map(|last| self.users[last].1);
        let mut held = self.holders.iter().filter(|holder| holds(holder, time));
        let first = held.clone().next();
        let holder = held.find(|holder| Some(holder.0) == user).or(first);
        let before = || self.holders.iter().filter(|holder| holder.2 <= time).max_by_key(|holder| holder.3);
        holder.or_else(before).or(self.holders.first()).map(|(pid, fd, ..)| (*pid, *fd))
    }

    /// Whether a process has it open at this time.
    pub fn is_open_at(&self, time: Time) -> bool {
        self.holders.iter().any(|holder| holds(holder, time))
    }

    /// Whether every process that was seen to have it has closed it by this time.
    pub fn is_closed_at(&self, time: Time) -> bool {
        let is_over = |until: &Option<Time>| until.is_some_and(|until| until < time);
        !self.holders.is_empty() && self.holders.iter().all(|(.., until)| is_over(until))
    }

    /// When a process had it first.
    pub fn began(&self) -> Option<Time> {
        self.holders.iter().map(|(.., from, _)| *from).min()
    }
}

/// Whether a holder has the socket at this time; the moments of its beginning and of its end count.
fn holds(&(_, _, from, until): &(Pid, Fd, Time, Option<Time>), time: Time) -> bool {
    from <= time && until.is_none_or(|until| time <= until)
}
