//! The programs that are watched.

use serde::{Serialize, Serializer};

use super::watcher::{Kind, Watcher};

/// A program that times itself: `bench/traced/NAME.py OPERATIONS RESULT` writes the microseconds of an operation into RESULT.
pub(super) struct Workload {
    /// Its name, which is also that of its file.
    pub(super) name: &'static str,
    /// The heading of its table.
    pub(super) title: &'static str,
    /// How many operations it does: so many that what a start costs is little beside them.
    pub(super) operations: u32,
    /// Its packets are what counts: only `socklab trace` captures them.
    pub(super) is_for_packets: bool,
}

/// Every program, in the order of the tables.
pub(super) const WORKLOADS: [Workload; 5] = [
    Workload {
        name: "udp",
        title: "`sendto` and `recvfrom` of datagrams, per call",
        operations: 40_000,
        is_for_packets: false,
    },
    Workload {
        name: "tcp",
        title: "A message and its echo over TCP between two processes, per round trip of four calls",
        operations: 10_000,
        is_for_packets: false,
    },
    Workload {
        name: "untraced",
        title: "Calls that have nothing to do with sockets (`getppid`), per call",
        operations: 400_000,
        is_for_packets: false,
    },
    Workload {
        name: "files",
        title: "`read` and `write` of what is no socket, per call",
        operations: 40_000,
        is_for_packets: false,
    },
    Workload {
        name: "packets",
        title: "100,000 datagrams in each of two seconds, a hundred per call, per datagram",
        operations: 200_000,
        is_for_packets: true,
    },
];

impl Workload {
    /// Where its program is.
    pub(super) fn path(&self) -> String {
        format!("bench/traced/{}.py", self.name)
    }

    /// Whether that watcher is to watch it.
    pub(super) fn is_for(&self, watcher: &Watcher) -> bool {
        !self.is_for_packets || watcher.kind != Kind::Other
    }
}

/// A program is written as its name.
impl Serialize for Workload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}
