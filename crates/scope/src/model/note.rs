//! What the reader of a recording has to know about it.

use serde::{Deserialize, Serialize};

use super::Pid;

/// Something that limits what was observed, told when it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The process uses `io_uring(7)`: what it does with sockets there is not seen as calls.
    IoUring {
        /// Which one.
        pid: Pid,
    },
    /// The process made a call in the way of another architecture (32-bit programs), which is not decoded.
    ForeignCalls {
        /// Which one.
        pid: Pid,
    },
    /// The process executes a set-user-ID program, or one with capabilities: it gets no privilege here.
    NoPrivilege {
        /// Which one.
        pid: Pid,
        /// The program.
        file: String,
    },
    /// Packets found no room in the ring of the capture.
    PacketsLost {
        /// How many.
        packets: u64,
    },
    /// Observations came faster than they could be written: from here on the bytes of calls and packets are left out.
    BytesLeftOut {},
    /// The time of day jumped, by so many microseconds; the times of packets are corrected for it.
    ClockStepped {
        /// Forward, or backward if negative.
        by_us: i64,
    },
    /// Source lines cannot be told of this process.
    NoLines {
        /// Which one.
        pid: Pid,
    },
    /// A source stopped before the others, or could not begin.
    SourceFailed {
        /// Its name: `packets`, `sockets`, `counters`, `tracepoints`.
        source: String,
        /// What it was doing.
        operation: String,
        /// The error number that the kernel gave.
        errno: i32,
    },
}
