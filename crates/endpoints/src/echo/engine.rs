//! How the workers of a server serve here, and why: what [`Control::engine`](super::Control::engine) tells.

use std::time::Duration;

use serde::Serialize;

/// How a server works on this machine, and what its workers have found to pay so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// Who gets what comes.
    pub steering: Steering,
    /// Whether workers look for events before they sleep.
    pub spinning: Spinning,
    /// For how long they look, in microseconds.
    pub spin_us: u64,
    /// What it costs to wake a thread on another processor, in microseconds; `null` if nobody wanted to know.
    pub wake_cost_us: Option<u64>,
    /// Each worker, in order.
    pub workers: Vec<WorkerState>,
}

/// Who gets what comes, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Steering {
    /// Each worker has sockets of its own, and gets what its processor receives.
    Steered,
    /// Workers share the sockets: that was asked for.
    Off,
    /// There is one worker, and nobody to share with.
    OneWorker,
    /// Workers share the sockets: a queue of a stated length was asked for, and that is one (`--backlog`, `--rcvbuf`).
    StatedQueue,
    /// Workers share the sockets: there is not one for each processor.
    OtherWorkers,
    /// Workers share the sockets: somebody else could have joined sockets of their own (no IPv6, or no IPv4).
    Unlocked,
    /// A thread has each socket, as taught.
    AsTaught,
}

/// Whether workers look for events before they sleep, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spinning {
    /// As long as it pays, for twice what a wake-up costs.
    Adaptive,
    /// Before each sleep: that was asked for.
    Always,
    /// Never: that was asked for.
    Off,
    /// Never: whoever it waited for would need the same processor.
    OneProcessor,
    /// Never: there are pauses to keep, or it serves as taught.
    Unhurried,
}

/// What a worker has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WorkerState {
    /// The processor whose traffic it gets; `null` if it shares the sockets.
    pub cpu: Option<u32>,
    /// Its connections that are open now.
    pub open_connections: u64,
    /// How often it slept until something happened.
    pub sleeps: u64,
    /// How often it woke from that. One less than `sleeps` while it sleeps.
    pub wakes: u64,
    /// How often it slept with a time limit: for a pause, an idle timeout, a probe.
    pub naps: u64,
    /// Looks that found an event.
    pub found: u64,
    /// Looks that found none.
    pub missed: u64,
    /// How often it gave looking up for a while since that found nothing.
    pub gave_up_in_vain: u64,
    /// How often it gave looking up for a while since somebody else wanted the processor.
    pub gave_up_disturbed: u64,
}

/// What was decided before anything came.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) steering: Steering,
    /// The processor of each worker, if they are steered.
    pub(super) cpus: Vec<u32>,
}

/// A time in whole microseconds.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
