//! Who listens, who is connected, and which programs they are.
//!
//! A [`snapshot()`] joins what two sources tell: the kernel's sockets with their queues (`sock_diag(7)`), and which
//! process has which of them open (`/proc/PID/fd` of `proc(5)`). It shows what `netstat -atnup` and `ss -tuanp` show,
//! and says what this user may not see and why a socket has no process.
//!
//! The sources (`dump`, `holders`, `users`) read and the rest only computes, without a clock: two snapshots can be
//! [compared](compare), and each part can be tested on values made by hand.

mod diff;
pub(crate) mod dump;
mod error;
mod filter;
mod holders;
mod row;
#[cfg(test)]
mod samples;
mod snapshot;
mod users;

use std::collections::HashSet;

pub use self::diff::{Aspect, Change, Compared, compare};
pub use self::error::{DumpError, SnapshotError};
pub use self::filter::Filter;
pub use self::row::{AcceptQueue, NoProcess, Owner, Process, Queues, Row, Timer};
pub use self::snapshot::{Hidden, Snapshot};
pub use self::users::User;
pub use wire::sock_diag::{Entry, Family, Protocol, State, TimerKind, UdpState};
pub use wire::tcp_state::{TcpState, UnknownState};

use self::holders::Holders;
use self::users::Users;

/// Takes the sockets of this network namespace that `filter` admits, as the kernel tells them; who has them is not looked for, and
/// of the filter's parts those that ask for it admit everything.
///
/// # Errors
///
/// [`SnapshotError`] if the kernel or a sandbox refuses `sock_diag(7)`.
pub fn entries(filter: &Filter) -> Result<Vec<Entry>, SnapshotError> {
    let mut entries = dump::entries(&filter.requests())?;
    entries.retain(|entry| filter.admits_socket(entry));
    Ok(entries)
}

/// Takes the sockets of this network namespace that `filter` admits, with their processes.
///
/// The two sources are read one after the other: a socket that is closed in between appears without its process.
///
/// Any TCP state but `LISTEN` makes the kernel walk its whole table of connections, about 1.3 ms; listeners alone cost
/// 11 µs. Reading `/proc` costs a few microseconds per open file of every process.
///
/// # Errors
///
/// [`SnapshotError`] if the kernel or a sandbox refuses `sock_diag(7)`, or if `/proc` cannot be read.
pub fn snapshot(filter: &Filter) -> Result<Snapshot, SnapshotError> {
    let entries = entries(filter)?;
    let inodes: HashSet<_> = entries.iter().map(|entry| entry.inode).collect();
    let users = Users::read();
    let holders = Holders::read(&inodes, &users)?;

    Ok(Snapshot::assemble(&entries, &holders, &users, filter))
}
