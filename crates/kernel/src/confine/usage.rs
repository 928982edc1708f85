//! What a guest holds (`proc_pid_statm(5)`).

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Dir, Mode, OFlags, openat};

use super::init::INIT;

/// What the processes of a guest hold together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many there are; those that have ended and were not waited for count.
    pub processes: u64,
    /// What of their memory is in memory, in bytes. What they share is counted for each, so this is never too little.
    pub resident_bytes: u64,
}

/// The longest line of `/proc/PID/statm`: seven numbers.
const LINE_BYTES: usize = 7 * 21;

/// Sums up the processes that this `/proc` shows, but for the first one, which is ours.
pub(super) fn of(proc: &OwnedFd) -> io::Result<Usage> {
    let page_bytes = u64::try_from(rustix::param::page_size()).unwrap_or(u64::MAX);
    let mut usage = Usage::default();
    for entry in Dir::read_from(proc)? {
        let entry = entry?;
        let number = entry.file_name().to_str().ok().and_then(|name| name.parse::<u32>().ok());
        let Some(pid) = number.filter(|pid| *pid != INIT) else { continue };
        usage.processes += 1;
        // One that ended meanwhile holds nothing.
        let pages = resident_pages(proc, pid).unwrap_or(0);
        usage.resident_bytes += pages.saturating_mul(page_bytes);
    }
    Ok(usage)
}

fn resident_pages(proc: &OwnedFd, pid: u32) -> Option<u64> {
    let path = format!("{pid}/statm");
    let file = openat(proc, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut line = [0; LINE_BYTES];
    let length = rustix::io::read(file, &mut line).ok()?;
    std::str::from_utf8(&line[..length]).ok()?.split(' ').nth(1)?.parse().ok()
}
