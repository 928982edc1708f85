//! Registers and memory of a program at a system call, read as [`Args`].
//!
//! At its entry a call says what it asks for, at its exit what it got: [`at_entry`] makes the arguments and [`at_exit`]
//! completes them. Memory is behind [`Program`], so nothing here needs a traced process, and whatever a program leaves in its
//! registers and its memory is a value or nothing, never a panic. Structures are those of 64-bit Linux (LP64), which x86-64
//! and aarch64 share but for `struct epoll_event`.

mod address;
mod ahead;
mod at;
mod epoll_calls;
mod interests;
mod message;
mod open;
mod options;
mod receive;
mod send;
mod time;
mod wait;

pub use self::address::{ADDRESS_BYTES_MAX, address};
pub use self::ahead::{Piece, ahead_at_entry, ahead_at_exit};
pub use self::at::DATA_BYTES_MAX;
pub use self::interests::{INTERESTS_MAX, Interest, Interests};
pub use self::message::{MESSAGES_MAX, PIECES_MAX};
pub use self::wait::WATCHED_MAX;

use wire::names::{Group, Shutdown, Syscall};

use self::at::{At, fd, int, word};
use crate::model::{Args, Fd, SocketId};

/// The program that makes the call, standing still in it.
pub trait Program {
    /// Reads memory from `address` on into `buffer` and returns how many bytes there were to read; 0 where nothing is mapped.
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize;

    /// Returns the socket that the process knows by this number; `None` if it is no socket, or cannot be identified.
    fn socket(&mut self, fd: Fd) -> Option<SocketId>;

    /// Returns what a clock (`CLOCK_REALTIME` is 0, `CLOCK_MONOTONIC` 1: `clock_gettime(2)`) says now, in nanoseconds; `None` for
    /// clocks that nobody sleeps by.
    fn now_ns(&self, clock: i32) -> Option<u64>;

    /// What the process has told its `epoll(7)` descriptors to watch; kept up to date by [`at_exit`], which is why this hands it out.
    /// `None` if nobody keeps it: then `epoll_wait(2)` shows no descriptors.
    fn interests(&mut self) -> Option<&mut Interests> {
        None
    }
}

/// Reads what a call asks for. Data keep at most `strings_bytes` of each message, and [`DATA_BYTES_MAX`] of all.
pub fn at_entry(call: Syscall, values: [u64; 6], program: &mut impl Program, strings_bytes: u32) -> Args {
    let mut at = At::new(call, values, program, strings_bytes);
    match call.name() {
        "socket" | "socketpair" => open::socket(&at),
        "accept" | "accept4" => open::accept(&at),
        "bind" | "connect" => Args::Address { address: at.address(values[1], values[2]) },
        "getsockname" | "getpeername" => Args::Address { address: None },
        "listen" => Args::Listen { backlog: int(values[1]) },
        "shutdown" => Args::Shutdown { how: Shutdown(word(values[1])) },
        "setsockopt" | "getsockopt" => options::entry(&at),
        "sendto" | "write" | "writev" | "sendmsg" | "sendmmsg" | "sendfile" => send::entry(&mut at),
        "splice" if at.program.socket(fd(values[2])).is_some() => send::entry(&mut at),
        "recvfrom" | "read" | "readv" | "recvmsg" | "recvmmsg" | "splice" => receive::entry(&mut at),
        "close" => Args::Close {},
        "dup" | "dup2" | "dup3" => Args::Duplicate {},
        "fcntl" if open::duplicates(word(values[1])) => Args::Duplicate {},
        "poll" | "ppoll" | "select" | "pselect6" => wait::entry(&mut at),
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => epoll_calls::entry(&mut at),
        "nanosleep" | "clock_nanosleep" => Args::Sleep { asked_ns: time::asked_ns(&at) },
        _ => Args::Other { values },
    }
}

/// Completes what [`at_entry`] made with what the call got: `result` is what it returned, or its error number.
///
/// A call that failed, and one that the kernel starts again by itself (`ERESTARTSYS` and its kin, which are error numbers
/// here), has got nothing: `args` stay as they are.
pub fn at_exit(
    args: &mut Args,
    call: Syscall,
    values: [u64; 6],
    result: Result<i64, i32>,
    program: &mut impl Program,
    strings_bytes: u32,
) {
    let Some(returned) = result.ok().and_then(|value| u64::try_from(value).ok()) else {
        return;
    };
    let mut at = At::new(call, values, program, strings_bytes);
    match args {
        Args::Socket { pair, .. } if call.name() == "socketpair" => *pair = open::pair(&mut at),
        Args::Accept { address, accepted, .. } => {
            *address = at.returned_address(values[1], values[2]);
            *accepted = at.program.socket(fd(returned));
        }
        Args::Address { address } if matches!(call.name(), "getsockname" | "getpeername") => {
            *address = at.returned_address(values[1], values[2]);
        }
        Args::Option { option, value } if call.name() == "getsockopt" => {
            *value = options::returned(&at, *option);
        }
        Args::Send { messages, .. } => send::exit(messages, &at, returned),
        Args::Receive { messages, .. } => receive::exit(messages, &mut at, returned),
        Args::Wait { watched, .. } if call.name().starts_with("epoll") => {
            epoll_calls::exit(watched, &mut at, returned);
        }
        Args::Wait { watched, .. } => wait::exit(watched, &at),
        Args::Other { .. } => epoll_calls::control(&mut at, returned),
        _ => {}
    }
}

/// Returns the descriptor that a call is about; `None` for calls that have none (`socket(2)`, `poll(2)`, `nanosleep(2)`) or
/// many (`close_range(2)`).
///
/// For `splice(2)` it is the one that is read from; [`other_descriptor`] has the one that is written to. For `epoll_ctl(2)` it
/// is the one that is watched, for `epoll_wait(2)` that of the `epoll(7)` itself.
pub fn descriptor(call: Syscall, values: [u64; 6]) -> Option<Fd> {
    match call.name() {
        "socket" | "socketpair" | "close_range" => None,
        "epoll_ctl" => Some(fd(values[2])),
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" | "io_uring_enter" | "io_uring_register" => {
            Some(fd(values[0]))
        }
        _ => matches!(call.group(), Group::Network | Group::Descriptor).then(|| fd(values[0])),
    }
}

/// Returns the second descriptor of `splice(2)`, which is written to.
pub fn other_descriptor(call: Syscall, values: [u64; 6]) -> Option<Fd> {
    (call.name() == "splice").then(|| fd(values[2]))
}

/// Whether a call is worth decoding only if its [`descriptor`] (or, of `splice(2)`, the [other one](other_descriptor)) is a
/// socket: `read(2)`, `close(2)`, `epoll_ctl(2)`… Of files and pipes they are nobody's business here.
pub fn is_decoded_on_sockets_only(call: Syscall) -> bool {
    match call.name() {
        "close_range" => false,
        "epoll_ctl" => true,
        _ => call.group() == Group::Descriptor,
    }
}
