//! Calls that make descriptors: `socket(2)`, `socketpair(2)`, `accept(2)`, `fcntl(2)` with `F_DUPFD`.

use wire::names::{Domain, SocketType};

use super::at::{At, fd, int, word};
use crate::model::{Args, Fd, SocketRef};

pub(super) fn socket(at: &At<'_>) -> Args {
    Args::Socket {
        domain: Domain(word(at.values[0])),
        of_type: SocketType(word(at.values[1])),
        protocol: int(at.values[2]),
        pair: Vec::new(),
    }
}

/// Both sockets of `socketpair(2)`, which writes their numbers to memory.
pub(super) fn pair(at: &mut At<'_>) -> Vec<SocketRef> {
    let Some(numbers) = at.array::<8>(at.values[3]).map(u64::from_ne_bytes) else {
        return Vec::new();
    };
    let halves = if cfg!(target_endian = "little") { [0, 32] } else { [32, 0] };
    let reference = |fd: Fd| SocketRef { fd, socket: at.program.socket(fd) };
    halves.map(|half| fd(numbers >> half)).map(reference).to_vec()
}

pub(super) fn accept(at: &At<'_>) -> Args {
    let flags = if at.call.name() == "accept4" { word(at.values[3]) } else { 0 };
    Args::Accept { address: None, accepted: None, flags: SocketType(flags) }
}

/// Whether this command of `fcntl(2)` makes a new descriptor: `F_DUPFD`, `F_DUPFD_CLOEXEC`.
pub(super) fn duplicates(command: u32) -> bool {
    matches!(command, 0 | 1030)
}
