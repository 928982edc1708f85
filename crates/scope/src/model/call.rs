//! A system call, decoded.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::names::{Domain, MessageFlags, Poll, Shutdown, SocketOption, SocketType, Syscall};

use super::{Address, Bytes, Fd, Pid, SocketId, Tid, Time};

/// A system call of a program that is watched.
///
/// The time of its observation is when the program went into the kernel. A call that has not returned when the recording
/// ends, or of which a live view is told while it still waits, has no [`outcome`](Self::outcome).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Whose.
    pub pid: Pid,
    /// Of which of its threads.
    pub tid: Tid,
    /// Which call.
    pub call: Syscall,
    /// The descriptor that it is about, and the socket that this was at that time; for calls that make a socket, the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<SocketRef>,
    /// What it was asked, and what it answered through the program's memory.
    pub args: Args,
    /// When the program went on: to the same clock as the observation's own time, and never before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// What came of it; `None` as long as it has not returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The program's own line, where that is known. Calls from one line may share it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "shared")]
    pub place: Option<Arc<Place>>,
}

/// A descriptor and what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRef {
    /// The number in the process.
    pub fd: Fd,
    /// The socket; `None` if it is none, or could not be identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<SocketId>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It returned this: a length, a descriptor, 0…
    Returned(i64),
    /// It failed with this error number (`errno(3)`).
    Failed(i32),
    /// A signal interrupted it, and the kernel starts it again by itself (`signal(7)`): the call that follows is the same one.
    Restarted,
    /// The program ended in the call, or was killed in it.
    Ended,
}

/// A line of a program's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the program's interpreter names it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The function that it is in.
    pub function: String,
}

/// A place is written as if nobody shared it.
mod shared {
    use super::{Arc, Deserialize, Place, Serialize};
    use serde::{Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes every field so")]
    pub(super) fn serialize<S: Serializer>(place: &Option<Arc<Place>>, to: S) -> Result<S::Ok, S::Error> {
        place.as_deref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<Place>>, D::Error> {
        Ok(Option::deserialize(from)?.map(Arc::new))
    }
}

/// What a call was asked and what it filled in, by the kind of the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Args {
    /// `socket(2)`, `socketpair(2)`: the outcome of the former is the new descriptor.
    Socket {
        /// The address family.
        domain: Domain,
        /// The type, with `SOCK_NONBLOCK` and `SOCK_CLOEXEC`.
        #[serde(rename = "type")]
        of_type: SocketType,
        /// The protocol's number; 0 is the type's own.
        protocol: i32,
        /// For `socketpair(2)`, both descriptors.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pair: Vec<SocketRef>,
    },
    /// `bind(2)`, `connect(2)`, `getsockname(2)`, `getpeername(2)`.
    Address {
        /// What was given or filled in; `None` if it could not be read.
        address: Option<Address>,
    },
    /// `listen(2)`.
    Listen {
        /// How many connections may wait; the kernel clips it.
        backlog: i32,
    },
    /// `accept(2)`, `accept4(2)`: the outcome is the new descriptor.
    Accept {
        /// Who connected.
        address: Option<Address>,
        /// The connection's socket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<SocketId>,
        /// `SOCK_NONBLOCK`, `SOCK_CLOEXEC`.
        flags: SocketType,
    },
    /// `sendto(2)`, `sendmsg(2)`, `sendmmsg(2)`, `write(2)`, `writev(2)`, `sendfile(2)`, `splice(2)` into a socket.
    Send {
        /// Each message; one but for `sendmmsg(2)`.
        messages: Vec<Message>,
        /// `MSG_…`.
        flags: MessageFlags,
    },
    /// `recvfrom(2)`, `recvmsg(2)`, `recvmmsg(2)`, `read(2)`, `readv(2)`, `splice(2)` from a socket.
    Receive {
        /// Each message; one but for `recvmmsg(2)`.
        messages: Vec<Message>,
        /// `MSG_…`, as asked.
        flags: MessageFlags,
    },
    /// `shutdown(2)`.
    Shutdown {
        /// Which direction.
        how: Shutdown,
    },
    /// `setsockopt(2)`, `getsockopt(2)`.
    Option {
        /// Which one.
        option: SocketOption,
        /// Its value, if it is a number of four bytes or one (as nearly all are). Of `SO_RCVTIMEO` and `SO_SNDTIMEO` it is
        /// milliseconds, rounded up (0 is for ever), and of `SO_LINGER` seconds, or -1 if that is off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<i32>,
    },
    /// `close(2)`.
    Close {},
    /// `dup(2)`, `dup2(2)`, `dup3(2)`, `fcntl(2)` with `F_DUPFD`: the outcome is the new descriptor.
    Duplicate {},
    /// `poll(2)`, `select(2)`, `epoll_wait(2)` and their kin: waits for any of several.
    Wait {
        /// What for, and which was ready; sockets only.
        watched: Vec<Watched>,
        /// How long at most, in nanoseconds; `None` is for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit_ns: Option<u64>,
    },
    /// `nanosleep(2)`, `clock_nanosleep(2)`.
    Sleep {
        /// How long it was asked for, in nanoseconds.
        asked_ns: u64,
    },
    /// Another call, with its six arguments as numbers: `fcntl(2)`, `ioctl(2)`, `epoll_ctl(2)`, `io_uring_setup(2)`…
    Other {
        /// The arguments.
        values: [u64; 6],
    },
}

/// What one message was sent or received with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The bytes.
    pub data: Data,
    /// To whom it is sent or from whom it came, where the call says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// For `recvmsg(2)`: the flags that came back (`MSG_TRUNC`, `MSG_CTRUNC`, `MSG_ERRQUEUE`…).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<MessageFlags>,
}

/// Bytes that a call moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// How many bytes the program offered (to send) or had room for (to receive).
    pub asked_bytes: u64,
    /// How many were moved. `None` as long as the call has not returned, and when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_bytes: Option<u64>,
    /// The first of them, at most as many as [`Header::strings_bytes`](super::Header::strings_bytes). Of a call that sends and has
    /// not returned, or failed, the first of those that were offered.
    pub bytes: Bytes,
}

/// A descriptor that a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Which one.
    pub on: SocketRef,
    /// What for; empty where that is not known (`epoll_wait(2)`).
    pub wanted: Poll,
    /// What was the case when the call returned.
    pub ready: Poll,
}
