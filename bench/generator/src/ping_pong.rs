//! One peer that sends and waits: latency without any event loop in the client.

use std::time::Duration;

pub(crate) mod tcp;
pub(crate) mod udp;

/// Longest sleep in one receiving call, after which the recorder is told the time again.
const RECEIVE_MAX: Duration = Duration::from_millis(250);
