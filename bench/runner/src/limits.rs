//! The limit of open files, `getrlimit(2)`.

use std::io;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the soft limit to the hard one, for this process and the servers that inherit it; returns the limit.
///
/// # Errors
/// When the kernel refuses, which it does not for a soft limit up to the hard one.
pub(crate) fn raise_open_files() -> io::Result<usize> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let files = limit.current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
    Ok(files)
}
