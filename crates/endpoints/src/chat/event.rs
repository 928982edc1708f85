//! What a chat tells. The schema of the JSON form is in `docs/events.md`.

use std::net::SocketAddr;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::lines::Ending;
use crate::ask::Verdict;
use crate::bytes;
use crate::echo::RefusalRule;
use crate::errno::Errno;
use crate::transport::Transport;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A socket is ready: whoever comes there from now on is heard.
    Listening {
        /// Of which transport.
        transport: Transport,
        /// Its address, with the port that the kernel chose when 0 was asked.
        local: SocketAddr,
    },
    /// An address was left out because this machine does not have it.
    AddressSkipped {
        /// Of which transport.
        transport: Transport,
        /// The address.
        local: SocketAddr,
        /// What the kernel said.
        errno: Errno,
    },
    /// It can be talked: over TCP the handshake is complete. Over UDP nobody has been asked.
    Connected {
        /// Over which transport.
        transport: Transport,
        /// This side's address; over UDP the port is 0 until something is sent.
        local: SocketAddr,
        /// The other side's.
        peer: SocketAddr,
    },
    /// The first address did not do; the next one is tried.
    NextAddress {
        /// Which did not.
        failed: SocketAddr,
        /// Why.
        #[serde(flatten)]
        verdict: Verdict,
        /// Which is tried.
        next: SocketAddr,
    },
    /// Somebody has come: a connection, or a first datagram.
    Came {
        /// The peer's number, from 1.
        peer: u32,
        /// Its address.
        address: SocketAddr,
    },
    /// A peer has left.
    Left {
        /// Its number.
        peer: u32,
        /// Its address.
        address: SocketAddr,
        /// Why.
        #[serde(flatten)]
        reason: LeftReason,
    },
    /// Something was said here.
    Said {
        /// What.
        #[serde(flatten)]
        line: Line<'a>,
        /// To how many peers it goes.
        peers: usize,
    },
    /// Something was typed and went to nobody, because nobody is there.
    Unheard,
    /// A datagram could not be sent.
    NotSent {
        /// To whom.
        address: SocketAddr,
        /// How long it is.
        bytes: usize,
        /// What the kernel said.
        errno: Errno,
    },
    /// A line was typed that is too long for a datagram; it was not sent.
    TooLong {
        /// How long a datagram can be.
        bytes_max: usize,
    },
    /// A line was typed that has no bytes, which over TCP sends nothing: the peer still waits.
    NothingSent,
    /// A peer has said something.
    Heard {
        /// Its number.
        peer: u32,
        /// Its address.
        address: SocketAddr,
        /// What: a line, or a piece of one.
        #[serde(flatten)]
        line: Line<'a>,
        /// How it ends.
        ending: Ending,
        /// Whether it goes on with the line of the piece before.
        continued: bool,
        /// How many bytes of the datagram this side's buffer has cut off.
        lost_bytes: usize,
        /// To how many other peers it goes.
        relayed: usize,
    },
    /// Datagrams of a peer that says more than the others can read were left out, until now.
    Flooded {
        /// Its number.
        peer: u32,
        /// Its address.
        address: SocketAddr,
        /// How many.
        datagrams: u64,
    },
    /// A datagram from somebody who does not take part.
    Stray {
        /// Who sent it.
        address: SocketAddr,
        /// How long it was.
        bytes: usize,
    },
    /// Somebody was not let in.
    Refused {
        /// Over which transport.
        transport: Transport,
        /// Who.
        peer: SocketAddr,
        /// By which rule; too many peers count as too many connections.
        rule: RefusalRule,
    },
    /// An ICMP message said that a datagram did not arrive; the talk goes on.
    Unreachable {
        /// To whom it was sent.
        address: SocketAddr,
        /// Who said so, and how.
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// The parties alternate, and a turn begins.
    Turn {
        /// Whose.
        of: Party,
    },
    /// The parties alternate, and one `recv()` brought several lines.
    Joined {
        /// How many.
        lines: usize,
    },
    /// The parties alternate, and one `recv()` did not bring everything.
    Cut {
        /// How much it brought.
        bytes: usize,
        /// How much waits for the next one.
        waiting_bytes: u64,
    },
    /// For now nobody can be let in.
    AcceptStalled {
        /// `EMFILE`, `ENFILE`, `ENOBUFS` or `ENOMEM`.
        errno: Errno,
    },
    /// The talk is over: the last event.
    Summary(Outcome),
}

/// A party of a talk of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Whoever types here.
    Here,
    /// The other one.
    Peer,
}

/// Why a peer has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LeftReason {
    /// It ended its stream.
    Ended,
    /// It broke the connection off, or went without a word.
    Reset {
        /// What the kernel said.
        errno: Errno,
    },
    /// It said nothing for the idle timeout.
    Idle,
    /// It does not read, and too much waits for it.
    TooSlow,
    /// An ICMP message said that it is not there any more.
    Unreachable,
    /// This side takes leave.
    HungUp,
}

/// Bytes that somebody said, as JSON carries them: `text` when they are UTF-8, else `base64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a>(pub &'a [u8]);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match std::str::from_utf8(self.0) {
            Ok(text) => map.serialize_entry("text", text)?,
            Err(_) => map.serialize_entry("base64", &InBase64(self.0))?,
        }
        map.end()
    }
}

struct InBase64<'a>(&'a [u8]);

impl Serialize for InBase64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::base64(self.0, serializer)
    }
}

/// How a talk ended, and what there was of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Over which transport.
    pub transport: Transport,
    /// How it ended.
    #[serde(flatten)]
    pub end: End,
    /// How many peers came.
    pub peers: u64,
    /// How many lines were said here.
    pub said: u64,
    /// How many lines were heard.
    pub heard: u64,
    /// How many datagrams could not be sent or were too long.
    pub not_sent: u64,
}

/// How a talk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// This side took leave.
    Quit,
    /// The only peer left in order.
    PeerLeft,
    /// Nothing more was typed, and the last replies had their time.
    InputEnded,
    /// It was told to stop.
    Stopped,
    /// The network ended it.
    Network(Verdict),
}
