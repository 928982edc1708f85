//! What stands on the timeline.

use std::time::Duration;

use wire::packet::Packet;

use crate::model::{
    Bytes, Call, Certainty, Counter, EventId, KernelEvent, Note, Pid, Process, SocketId, SocketState, Time,
};

use super::Class;

/// Something on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The observation that it is made from; for a packet, that of its departure, if it was seen.
    pub id: EventId,
    /// When it happened, or began.
    pub time: Time,
    /// How well that is known.
    pub certainty: Certainty,
    /// What it is.
    pub kind: EntryKind,
}

impl Entry {
    /// Whether it is made from this observation.
    pub fn is_about(&self, id: EventId) -> bool {
        self.id == id || matches!(&self.kind, EntryKind::Packet(packet) if packet.arrival == Some(id))
    }
}

/// What stands there.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryKind {
    /// Something happened to a process.
    Process(Process),
    /// A call.
    Call(CallEntry),
    /// A packet.
    Packet(Box<Crossing>),
    /// A socket is not as it was.
    Socket(SocketState),
    /// A counter grew.
    Counter(Counter),
    /// A tracepoint fired.
    Kernel(KernelEvent),
    /// Something limits what is seen.
    Note(Note),
}

/// A call and what is known of it beside itself.
#[derive(Clone, Debug, PartialEq)]
pub struct CallEntry {
    /// The call.
    pub call: Call,
    /// Whether the program stood still in it.
    pub blocked: Blocked,
    /// Whose affair it is.
    pub class: Class,
}

/// Whether a program stood still in a call.
///
/// Being watched takes a few microseconds itself, so a call counts as blocked from [`BLOCKED_MIN`](Self::MIN) on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It did not.
    No,
    /// For so long.
    For(Duration),
    /// It still did when the recording ended: since so long.
    Still(Duration),
}

impl Blocked {
    /// The shortest time in a call that is told as waiting.
    pub const MIN: Duration = Duration::from_micros(50);
}

/// A packet on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// When it left; `None` if only its arrival was seen.
    pub departed: Option<Time>,
    /// When it arrived; `None` if it did not: dropped on the way, or its arrival is on another machine.
    pub arrived: Option<Time>,
    /// The observation of its arrival.
    pub arrival: Option<EventId>,
    /// Its headers.
    pub packet: Packet,
    /// How long it was, with the Ethernet header.
    pub length_bytes: u32,
    /// Its bytes from the Ethernet header on, as far as they were kept.
    pub bytes: Bytes,
    /// The interface that it left by.
    pub interface: u32,
    /// Whose it is.
    pub from: Owner,
    /// To whom it goes.
    pub to: Owner,
    /// TCP's numbers, counted from the beginning of the connection.
    pub numbers: Option<Numbers>,
}

/// TCP's numbers as people read them: 0 is the SYN, 1 the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Of the first byte of the segment.
    pub sequence: u32,
    /// Of the byte that is expected next.
    pub acknowledgement: u32,
    /// Whether bytes (or a SYN, or a FIN) of it were sent before.
    pub retransmission: bool,
}

/// An end of a packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The process that holds the socket, or held it.
    pub pid: Option<Pid>,
    /// The socket.
    pub socket: Option<SocketId>,
    /// What it has to do with the packet.
    pub role: Role,
}

/// What the end of a packet's way has to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The socket is the packet's, and a program has it.
    Holder,
    /// The packet is of a connection that `accept(2)` has not handed over: the listener is named.
    Listener,
    /// The program has closed the socket; the kernel acts for it.
    Closed,
    /// The kernel itself: no socket has the port, or it is ICMP.
    Kernel,
    /// Somebody who is not watched.
    Unknown,
}
