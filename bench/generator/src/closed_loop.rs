//! Many peers in one thread, each with one message under way, behind an edge-triggered `epoll(7)`.

use std::time::Duration;

pub(crate) mod tcp;
pub(crate) mod udp;

/// Longest sleep before the recorder is told the time again.
const POLL_MAX: Duration = Duration::from_millis(50);
/// Most events taken from the kernel at once.
const EVENTS_MAX: usize = 1024;
