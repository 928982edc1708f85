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
    /// Who has it at this time, or had it last before.
    pub fn holder_at(&self, time: Time) -> Option<(Pid, Fd)> {
        let held = self.holders.iter().rev().find(|(_, _, from, _)| *from <= time);
        held.or(self.holders.first()).map(|(pid, fd, _, _)| (*pid, *fd))
    }
}
