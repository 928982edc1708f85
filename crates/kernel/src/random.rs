//! Random bytes that nobody can foresee.

use std::io;

use rustix::rand::{GetRandomFlags, getrandom};

/// Fills `bytes` at random (`getrandom(2)`). It waits at most once in the life of a machine, while it starts.
///
/// # Errors
/// `ENOSYS` where a filter of system calls forbids it.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        match getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
