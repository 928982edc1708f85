//! One thing that a source saw.

use serde::{Deserialize, Serialize};

use super::{Bytes, Call, EventId, Header, KernelEvent, Note, Process, SocketState, Summary, Time};

/// One line of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// When it happened.
    #[serde(rename = "t")]
    pub time: Time,
    /// Its number: the order in which the sources' reports were written down, which is not that of time.
    pub id: EventId,
    /// How well the time is known.
    #[serde(default, skip_serializing_if = "Certainty::is_exact")]
    pub certainty: Certainty,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// How well it is known when something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// At the time of the observation.
    #[default]
    Exact,
    /// Between this time and that of the observation: somebody looked from time to time.
    Since(Time),
    /// It follows from something else that was seen.
    Inferred,
}

impl Certainty {
    fn is_exact(&self) -> bool {
        *self == Self::Exact
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// The recording began: the first line.
    Recording(Header),
    /// A process started, forked, ended…
    Process(Process),
    /// A call went into the kernel and still waits there. Only live: the same call follows as [`What::Call`], with the same
    /// time, thread and arguments. Not archived.
    Waiting(Call),
    /// A call returned, or the recording ended with it.
    Call(Call),
    /// A packet left or arrived.
    Packet(Frame),
    /// A socket is not as it was.
    Socket(SocketState),
    /// A counter of the network grew.
    Counter(Counter),
    /// A tracepoint fired.
    Kernel(KernelEvent),
    /// Something limits what is seen.
    Note(Note),
    /// The recording ended: the last line.
    Summary(Summary),
}

/// A packet as an interface saw it (`packet(7)`).
///
/// On the loopback each packet is seen twice: going out and coming in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Which way.
    pub direction: Direction,
    /// The number of the interface.
    pub interface: u32,
    /// How long it was, link-layer header included.
    pub length_bytes: u32,
    /// Its first bytes, from the Ethernet header on; at most [`Header::snap_bytes`].
    pub bytes: Bytes,
}

/// The way of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Leaving a socket of this machine.
    Out,
    /// Arriving.
    In,
}

/// A counter of `/proc/net/snmp` or `/proc/net/netstat` grew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Its group and name: `TcpExt.ListenOverflows`.
    pub name: String,
    /// By how much.
    pub by: u64,
    /// Whether programs that are not watched share it: the network is not a private one.
    pub shared: bool,
}
