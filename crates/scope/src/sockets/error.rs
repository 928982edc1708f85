//! What can keep a snapshot from being taken.

use std::io;

use procfs::ProcError;
use wire::errno;
use wire::sock_diag::{DecodeError, Family, Protocol};

/// A snapshot could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The kernel has no `sock_diag(7)`, or a sandbox forbids it.
    #[error("socket AF_NETLINK NETLINK_SOCK_DIAG: {0}")]
    Open(#[source] io::Error),
    /// One of the requests failed.
    #[error("sock_diag dump of {protocol} sockets over {family}: {cause}")]
    Dump {
        /// The protocol that was asked for.
        protocol: Protocol,
        /// The address family that was asked for.
        family: Family,
        /// What went wrong.
        #[source]
        cause: DumpError,
    },
    /// `/proc` cannot be listed.
    #[error("read /proc: {0}")]
    Processes(#[source] ProcError),
}

impl SnapshotError {
    /// Returns the errno with which the kernel refused, if that is what happened.
    pub fn errno(&self) -> Option<i32> {
        match self {
            Self::Open(error)
            | Self::Dump { cause: DumpError::Exchange(error), .. }
            | Self::Processes(ProcError::Io(error, _)) => error.raw_os_error(),
            Self::Processes(ProcError::PermissionDenied(_)) => Some(errno::EACCES),
            Self::Processes(ProcError::NotFound(_)) => Some(errno::ENOENT),
            Self::Dump { .. } | Self::Processes(_) => None,
        }
    }
}

/// A request of `sock_diag(7)` failed.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The kernel refused (`ENOENT`: the module `tcp_diag` or `udp_diag` is missing), or did not answer in time
    /// (`EAGAIN`).
    #[error(transparent)]
    Exchange(#[from] io::Error),
    /// The answer makes no sense.
    #[error(transparent)]
    Reply(#[from] DecodeError),
    /// The answer did not end after this many datagrams.
    #[error("no end after {0} datagrams")]
    Endless(usize),
}
