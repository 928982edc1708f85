//! The first and the last line of a recording.

use serde::{Deserialize, Serialize};

/// How a recording was made: its first observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of socklab.
    pub socklab: String,
    /// When it began, in nanoseconds of the time of day (`CLOCK_REALTIME`); a time of the recording is added to it.
    pub began_unix_ns: u64,
    /// What can be seen.
    pub level: Level,
    /// The kernel's release (`uname(2)`).
    pub kernel: String,
    /// The programs, in the order of the command line.
    pub programs: Vec<Program>,
    /// The processors that the programs run on.
    pub cpus: Cpus,
    /// The largest packet of the private network (`MTU`), if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu_bytes: Option<u32>,
    /// How many bytes of a packet are kept at most; 0 is all.
    pub snap_bytes: u32,
    /// How many bytes of a call's data are kept at most.
    pub strings_bytes: u32,
    /// The interfaces that packets are captured on, with the index by which [`Frame`](super::Frame) names them.
    pub interfaces: Vec<Captured>,
}

/// An interface whose packets are captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// Its number (`if_nametoindex(3)`).
    pub index: u32,
    /// Its name.
    pub name: String,
}

/// What can be seen, from all to calls only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Calls, sockets, and the packets of a private network.
    A,
    /// Calls, sockets, and the packets of this machine's network.
    B,
    /// Calls and sockets.
    C,
}

/// Where the programs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cpus {
    /// On this one, together with the tracer: stops are cheap there, and totally ordered.
    One(u32),
    /// On all.
    All,
}

/// One of the programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its name in the views (`--as`, else the name of its file).
    pub name: String,
    /// Its command line; of a process that was attached to, what `/proc` says.
    pub command: Vec<String>,
}

/// The last observation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// System calls that were recorded.
    pub calls: u64,
    /// Packets that were recorded, each direction counted.
    pub packets: u64,
    /// Packets that were lost by the capture.
    pub packets_lost: u64,
    /// The processes that were watched.
    pub processes: u64,
    /// The wait status of each program, in the order of the header; `None` for one that was not started or not waited for.
    pub wait_statuses: Vec<Option<u32>>,
    /// Whether the user, a limit or a fault ended the recording before the programs.
    pub interrupted: bool,
}
