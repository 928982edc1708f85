//! One socket, as it is shown.

use std::fmt;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use serde::{Serialize, Serializer};
use wire::sock_diag::{Entry, Family, Protocol, State, TimerKind};
use wire::tcp_state::TcpState;

use super::users::{User, Users};

/// A socket, what waits in it, and whose it is.
///
/// The names of the fields are those of the JSON, where `queues` and `owner` put their own fields in the same object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `tcp` or `udp`.
    #[serde(serialize_with = "as_text")]
    pub protocol: Protocol,
    /// `ipv4` or `ipv6`.
    #[serde(serialize_with = "as_text")]
    pub family: Family,
    /// The state; a UDP socket is `CONNECTED` or `UNCONNECTED`.
    #[serde(serialize_with = "as_text")]
    pub state: State,
    /// The address of this side.
    pub local: SocketAddr,
    /// The address of the other side, if there is one.
    pub peer: Option<SocketAddr>,
    /// The index of the interface that the socket is bound to, if it is to one.
    pub interface: Option<u32>,
    /// Whether an IPv6 socket refuses IPv4; told of IPv6 sockets that wait for a peer.
    pub v6_only: Option<bool>,
    /// What waits.
    #[serde(flatten)]
    pub queues: Queues,
    /// How many datagrams (UDP) or connection attempts (TCP listener) found the queue full.
    pub drops: Option<u32>,
    /// The limit of the memory for what comes, twice what `SO_RCVBUF` asked for (`socket(7)`).
    pub recv_buffer_bytes: Option<u32>,
    /// The limit of the memory for what goes, twice what `SO_SNDBUF` asked for (`socket(7)`).
    pub send_buffer_bytes: Option<u32>,
    /// The TCP timer that runs, if one does.
    pub timer: Option<Timer>,
    /// How often TCP has sent again what the timer is about.
    pub retransmits: u8,
    /// Who created the socket; the kernel has forgotten it of half-open connections and in `TIME-WAIT`.
    pub user: Option<User>,
    /// The number by which `/proc/PID/fd` names the socket; 0 if no program has it.
    pub inode: u32,
    /// A number that no other socket of this boot has.
    pub cookie: u64,
    /// Who has it open.
    #[serde(flatten)]
    pub owner: Owner,
}

impl Row {
    pub(super) fn new(entry: &Entry, owner: Owner, users: &Users) -> Self {
        Self {
            protocol: entry.protocol,
            family: entry.family,
            state: entry.state,
            local: entry.local,
            peer: Some(entry.peer).filter(|peer| peer.port() != 0 || !peer.ip().is_unspecified()),
            interface: Some(entry.interface).filter(|&index| index != 0),
            v6_only: entry.v6_only,
            queues: Queues::new(entry),
            drops: entry.memory.map(|memory| memory.drops),
            recv_buffer_bytes: entry.memory.map(|memory| memory.recv_buffer_bytes),
            send_buffer_bytes: entry.memory.map(|memory| memory.send_buffer_bytes),
            timer: entry.timer.map(|kind| Timer { kind, remaining_ms: entry.timer_ms }),
            retransmits: entry.retransmits,
            // What has no memory is not a whole socket any more, or not yet; the kernel writes user 0 there.
            user: entry.memory.map(|_| users.user(entry.uid)),
            inode: entry.inode,
            cookie: entry.cookie,
            owner,
        }
    }

    /// Returns what rows are sorted by: those that listen first, then by port, so that a server and its connections
    /// stand together; the rest is there to make the order the same each time.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (
            !self.state.is_listening(),
            self.local.port(),
            self.protocol,
            self.local.ip(),
            self.peer,
            self.cookie,
        )
    }
}

/// What waits in a socket. `netstat(8)` and `ss(8)` show both kinds in the same two columns, Recv-Q and Send-Q.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Queues {
    /// Of a TCP listener: connections.
    #[serde(rename = "accept_queue")]
    Accept(AcceptQueue),
    /// Of any other socket: bytes.
    #[serde(untagged)]
    Data {
        /// What has come and waits for `recv(2)`. UDP counts the kernel's memory for it, overhead included.
        recv_queue_bytes: u32,
        /// What was sent and the peer has not acknowledged (TCP), or has not left yet (UDP).
        send_queue_bytes: u32,
    },
}

impl Queues {
    fn new(entry: &Entry) -> Self {
        match entry.state {
            State::Tcp(TcpState::Listen) => {
                Self::Accept(AcceptQueue { length: entry.recv_queue, limit: entry.send_queue })
            }
            _ => Self::Data { recv_queue_bytes: entry.recv_queue, send_queue_bytes: entry.send_queue },
        }
    }
}

/// The connections of a listener that wait for `accept(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AcceptQueue {
    /// How many wait.
    pub length: u32,
    /// The backlog that `listen(2)` was given, at most `net.core.somaxconn`. The kernel lets one more connection in.
    pub limit: u32,
}

/// A TCP timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Timer {
    /// What it is about.
    #[serde(serialize_with = "as_text")]
    pub kind: TimerKind,
    /// When it fires, in milliseconds.
    pub remaining_ms: u32,
}

/// Who has a socket open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// These processes, ordered by pid: several if they inherited it (`fork(2)`) or passed it on (`unix(7)`).
    Processes(Vec<Process>),
    /// None that can be named.
    NoProcess(NoProcess),
}

impl Owner {
    /// Returns the processes that have it open.
    pub fn processes(&self) -> &[Process] {
        match self {
            Self::Processes(processes) => processes,
            Self::NoProcess(_) => &[],
        }
    }
}

/// A process that has a socket open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, at most 15 bytes: `comm` of `proc(5)`.
    pub name: String,
    /// The words of its command line.
    pub command_line: Vec<String>,
    /// The user as whom it acts.
    pub user: User,
    /// The descriptors that stand for the socket: several after `dup(2)`.
    pub fds: Vec<RawFd>,
}

/// Why no process can be named for a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoProcess {
    /// The handshake is not over: there is no socket yet.
    Handshake,
    /// The connection waits in the accept queue of a listener.
    NotAccepted,
    /// The program has closed it; the kernel still sends what is left and waits for the peer.
    Closed,
    /// The connection is over; its addresses stay reserved for a while.
    TimeWait,
    /// A process of another user may have it: this user may not look into `/proc/PID/fd` of all processes.
    Hidden,
    /// No process of those in `/proc` has it: it was closed during the snapshot, it is under way to another process, or
    /// it belongs to the kernel, to another process namespace or to a `/proc` that hides processes (`hidepid`).
    NotSeen,
}

/// Serializes a value as what it displays.
fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
