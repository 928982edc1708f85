//! What the two sides tell while they work. The schema of the JSON form is in `docs/events.md`.

use std::io;
use std::net::SocketAddr;

use serde::Serialize;
use thiserror::Error;

use super::Way;
use super::decoder::Fault;
use super::item::Item;
use super::send::Outcome;
use crate::errno::Errno;
use crate::events::ServerEvent;

/// Something that happened at a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An address of `localhost` or `--any` that this machine does not have; the others are served.
    AddressSkipped {
        /// Which.
        local: SocketAddr,
        /// What the kernel said.
        errno: Errno,
    },
    /// A socket listens.
    Listening {
        /// In which way.
        how: Way,
        /// Where.
        local: SocketAddr,
    },
    /// Every socket listens.
    Waiting,
    /// A connection was accepted.
    Connected {
        /// Its number, from 1.
        connection: u64,
        /// Who.
        peer: SocketAddr,
    },
    /// An item is complete.
    Item {
        /// On which connection.
        connection: u64,
        /// Which item of the connection, from 1.
        number: usize,
        /// The pair that the connection is taken to belong to, for two connections.
        #[serde(skip_serializing_if = "Option::is_none")]
        pair: Option<u64>,
        /// What arrived.
        #[serde(flatten)]
        item: Item,
    },
    /// A connection is over.
    Closed {
        /// Its number.
        connection: u64,
        /// Who.
        peer: SocketAddr,
        /// How many items arrived.
        items: usize,
        /// How many bytes came, of items and of what stands around them.
        bytes: u64,
        /// What there is of an item that did not become complete.
        #[serde(skip_serializing_if = "Option::is_none")]
        unfinished_bytes: Option<u64>,
        /// Why there is not more.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
    },
    /// Somebody was reset because as many connections were open as may be.
    Refused {
        /// Who.
        peer: SocketAddr,
        /// How many may be open.
        connections_max: usize,
    },
    /// No connection can be accepted for now.
    AcceptStalled {
        /// What the kernel said.
        errno: Errno,
    },
    /// It was told to stop.
    Stopping,
    /// Events that were not told because whoever reads is too slow.
    Lost {
        /// How many.
        events: u64,
    },
    /// The last one.
    Summary(Summary),
}

impl ServerEvent for Event {
    fn lost(events: u64) -> Self {
        Self::Lost { events }
    }
}

/// What a receiver has done in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Connections served.
    pub connections: u64,
    /// Items that arrived.
    pub items: u64,
    /// Bytes that came, of items and of what stands around them.
    pub bytes: u64,
    /// Connections with a fault.
    pub faults: u64,
    /// Connections refused.
    pub refused: u64,
}

/// Something that happened at a sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SendEvent<'a> {
    /// The handshake of a connection is complete.
    Connected {
        /// The connection's number, from 1.
        connection: usize,
        /// This side's address.
        local: SocketAddr,
        /// The other side's.
        peer: SocketAddr,
    },
    /// The kernel has taken an item.
    Sent {
        /// On which connection.
        connection: usize,
        /// Which item of all, from 1.
        number: usize,
        /// How many bytes it took on the wire, with what the way puts around it.
        wire_bytes: usize,
        /// What it is.
        #[serde(flatten)]
        item: Item,
    },
    /// The receiver says that an item arrived.
    Arrived {
        /// On which connection.
        connection: usize,
        /// Which item of the connection, from 1.
        number: usize,
        /// The pair that the receiver takes the connection to belong to.
        #[serde(skip_serializing_if = "Option::is_none")]
        pair: Option<u64>,
        /// What it is; the receiver does not send back how it begins.
        #[serde(flatten)]
        item: &'a Item,
    },
    /// It is decided.
    Verdict(&'a Outcome),
}

/// Why no transfer took place: something on this side.
#[derive(Debug, Error)]
pub enum WaysError {
    /// A call failed for a reason that is not the network's.
    #[error("{call} {address} (tcp): {}", Errno::from(source))]
    Socket {
        /// The call's Unix name.
        call: &'static str,
        /// The address it was for.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// There is nobody to send to.
    #[error("no address to send to")]
    NoAddress,
}
