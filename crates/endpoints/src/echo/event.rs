//! What an echo server tells while it works. The schema of the JSON form is in `docs/events.md`.

use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::engine::Engine;
use crate::access::AccessError;
use crate::errno::Errno;
use crate::events::ServerEvent;
use crate::shaping::Call;
use crate::transport::Transport;

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A socket is ready: whoever sends there from now on is served.
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
    /// A socket option was set; the kernel may have done otherwise than asked.
    OptionSet {
        /// Of which transport.
        transport: Transport,
        /// The option's name.
        option: &'static str,
        /// What was asked.
        asked_bytes: usize,
        /// What holds now.
        kernel_bytes: usize,
    },
    /// Every socket is ready.
    Waiting,
    /// A TCP connection was accepted.
    Connected {
        /// Its number, from 1.
        connection: u32,
        /// Who connected.
        peer: SocketAddr,
    },
    /// A datagram arrived.
    Datagram {
        /// Who sent it.
        peer: SocketAddr,
        /// How much of it was taken.
        bytes: usize,
        /// How long it was; more than `bytes` when the buffer cut it.
        true_bytes: usize,
    },
    /// A call was made. Told with [`Detail::Calls`](crate::events::Detail::Calls).
    Call {
        /// Which.
        call: Call,
        /// On which TCP connection; `null` for UDP.
        connection: Option<u32>,
        /// How many bytes were asked for or offered.
        asked_bytes: usize,
        /// How many the kernel gave or took.
        took_bytes: usize,
    },
    /// A TCP connection is over.
    Closed {
        /// Its number.
        connection: u32,
        /// Who it was with.
        peer: SocketAddr,
        /// How many bytes were echoed.
        echoed_bytes: u64,
        /// Why it is over.
        reason: CloseReason,
    },
    /// Somebody was refused.
    Refused {
        /// On which transport. A TCP peer had completed its handshake: the kernel answers before any program is asked.
        transport: Transport,
        /// Who.
        peer: SocketAddr,
        /// By which rule.
        rule: RefusalRule,
    },
    /// No connection can be accepted for now; those that wait stay in the accept queue, the others are served.
    AcceptStalled {
        /// `EMFILE`, `ENFILE`, `ENOBUFS` or `ENOMEM`.
        errno: Errno,
        /// How many files this process may have open (`RLIMIT_NOFILE`).
        open_files_max: u64,
    },
    /// Connections are accepted again.
    AcceptResumed,
    /// A reply could not be sent.
    SendFailed {
        /// To whom.
        peer: SocketAddr,
        /// How long it was.
        bytes: usize,
        /// What the kernel said.
        errno: Errno,
    },
    /// A peer was found to be an echo server too, and is ignored: its datagrams and ours would go round for ever.
    StormStopped {
        /// The other echo server.
        peer: SocketAddr,
    },
    /// The allow and deny files were read again.
    AccessReloaded {
        /// How many rules hold now.
        rules: usize,
    },
    /// The allow and deny files could not be read again; the rules from before hold.
    AccessReloadFailed {
        /// What was wrong.
        error: ReloadError,
    },
    /// The server was told to stop: it accepts nothing more and finishes what it has in hand.
    Stopping {
        /// How many TCP connections are open.
        connections: usize,
    },
    /// Some events were not told because whoever reads them is too slow. What they told of was done.
    Lost {
        /// How many.
        events: u64,
    },
    /// How the workers serve, and why.
    Engine(Engine),
    /// What was done so far.
    Report(Summary),
    /// What was done in all: the last event.
    Summary(Summary),
}

impl ServerEvent for Event {
    fn lost(events: u64) -> Self {
        Self::Lost { events }
    }
}

/// Why rules could not be read again. Serialises as text, in English.
#[derive(Debug, Clone)]
pub struct ReloadError(pub Arc<AccessError>);

impl Serialize for ReloadError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Why a TCP connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The peer ended its stream, and has been sent everything.
    PeerClosed,
    /// The peer reset the connection, or went without a word.
    PeerReset,
    /// No byte for the idle timeout.
    Idle,
    /// The server stops, and the peer has been sent everything.
    ServerStopped,
    /// The server stops, and the peer did not read what it was sent.
    ServerGaveUp,
    /// As taught: one `recv()`, one `send()`, and the end.
    AsTaught,
}

/// Why somebody was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefusalRule {
    /// A deny rule covers the address.
    Denied {
        /// The rule, and its file and line if it comes from one.
        rule: String,
    },
    /// There are allow rules, and none covers the address.
    NotAllowed,
    /// As many connections as are allowed are open.
    ConnectionsMax {
        /// How many.
        max: usize,
    },
}

/// Counts, in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// TCP connections accepted and served.
    pub connections: u64,
    /// TCP connections open now.
    pub open_connections: u64,
    /// Bytes received over TCP.
    pub tcp_received_bytes: u64,
    /// Bytes sent back over TCP.
    pub tcp_sent_bytes: u64,
    /// Datagrams received.
    pub datagrams: u64,
    /// Datagrams sent back.
    pub replies: u64,
    /// Datagrams that were larger than the buffer.
    pub truncated: u64,
    /// Datagrams and connections refused.
    pub refused: u64,
    /// Datagrams that other echo servers sent back, and that were ignored.
    pub storm_ignored: u64,
    /// Replies that could not be sent.
    pub send_failed: u64,
    /// Connections that the peer reset.
    pub resets: u64,
}
