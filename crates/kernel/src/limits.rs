//! Limits of the process (`getrlimit(2)`).

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files, sockets included, this process may have open (`RLIMIT_NOFILE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles {
    /// What holds now; the process may raise it up to `hard`.
    pub soft: u64,
    /// What only a privileged process can raise.
    pub hard: u64,
}

/// Tells the limit of open files.
pub fn open_files() -> OpenFiles {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    OpenFiles { soft: current.unwrap_or(u64::MAX), hard: maximum.unwrap_or(u64::MAX) }
}

/// Raises the soft limit of open files to the hard one and tells what holds now.
///
/// # Errors
/// Whatever `setrlimit(2)` says; raising within the hard limit is refused only by a seccomp filter (`EPERM`).
pub fn raise_open_files() -> io::Result<OpenFiles> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(open_files())
}
