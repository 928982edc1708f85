//! What a client tells while it asks. The schema of the JSON form is in `docs/events.md`.

use std::net::SocketAddr;

use serde::Serialize;

use super::verdict::Verdict;
use crate::errno::Errno;
use crate::shaping::Call;
use crate::transport::Transport;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A socket option was set; the kernel may have done otherwise than asked.
    OptionSet {
        /// The option's name.
        option: &'static str,
        /// What was asked.
        asked_bytes: usize,
        /// What holds now.
        kernel_bytes: usize,
    },
    /// The socket has a peer: over TCP the handshake is complete.
    Connected {
        /// This side's address.
        local: SocketAddr,
        /// The other side's.
        peer: SocketAddr,
        /// How long that took, in microseconds.
        took_us: u64,
    },
    /// A call was made.
    Call {
        /// Which.
        call: Call,
        /// How many bytes were offered or asked for.
        asked_bytes: usize,
        /// How many the kernel took or gave.
        took_bytes: usize,
    },
    /// No reply so far: the message is sent again.
    Retry {
        /// Which try this is, from 2.
        number: u32,
    },
    /// A part of the reply.
    Reply {
        /// Who sent it.
        peer: SocketAddr,
        /// Its bytes.
        #[serde(rename = "base64", serialize_with = "crate::bytes::base64")]
        bytes: &'a [u8],
        /// How long it was; more than what there is when the buffer cut it.
        true_bytes: usize,
    },
    /// A datagram from somebody who was not asked; it is no reply.
    Stray {
        /// Who sent it.
        peer: SocketAddr,
        /// How long it was.
        bytes: usize,
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
    /// The reply is complete, and the socket stays open.
    Holding,
    /// It is decided.
    Verdict(Outcome),
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Over which transport.
    pub transport: Transport,
    /// Who was asked, last.
    pub peer: SocketAddr,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many bytes the message has.
    pub message_bytes: usize,
    /// How many of them the kernel took.
    pub sent_bytes: usize,
    /// How many came back.
    pub received_bytes: usize,
    /// How long it took from the first call to the verdict, in microseconds.
    pub took_us: u64,
}

/// Why no exchange took place: something on this side.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// A call failed for a reason that is not the network's.
    #[error("{call} {address} ({transport}): {}", Errno::from(source))]
    Socket {
        /// The call's Unix name.
        call: &'static str,
        /// Over which transport.
        transport: Transport,
        /// The address it was for.
        address: SocketAddr,
        /// What the kernel said.
        source: std::io::Error,
    },
    /// The message has more pieces than [`DATAGRAMS_MAX`](super::DATAGRAMS_MAX).
    #[error("{pieces} datagrams are too many")]
    TooManyDatagrams {
        /// How many it would take.
        pieces: usize,
    },
    /// There is nobody to ask.
    #[error("no address to ask")]
    NoAddress,
}
