//! The counters of the network that tell of something lost, refused, repeated or given up.

use std::fs::File;
use std::io::{self, Read as _, Seek};

use wire::counters::{Counter as Standing, parse};

use crate::model::Counter;

/// Where the counters are, of the network that the reading thread is in.
const FILES: [&str; 2] = ["/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"];

/// Groups that repeat what others have, or count every packet.
const LEFT_OUT: [&str; 2] = ["IcmpMsg", "UdpLite"];

/// What a counter has in its name that is worth telling.
///
/// | part of the name | counters | what has happened |
/// | --- | --- | --- |
/// | `Abort` | `TcpExt.TCPAbortOnData`, `TCPAbortOnTimeout`… | a connection ended with RST: data nobody will read, a peer that is silent |
/// | `Discards` | `Ip.InDiscards`, `OutDiscards` | no memory for a packet |
/// | `Drop` | `TcpExt.ListenDrops`, `TCPBacklogDrop`, `TCPRcvQDrop`, `TCPReqQFullDrop` | no room in a queue |
/// | `Err` | `Udp.RcvbufErrors`, `InCsumErrors`, `Tcp.InErrs` | no room for a datagram, a wrong checksum |
/// | `Fails` | `Tcp.AttemptFails`, `Ip.FragFails`, `ReasmFails` | `connect(2)` was refused; a datagram could not be taken apart or put together |
/// | `NoPorts` | `Udp.NoPorts` | a datagram for a port that nobody has |
/// | `NoRoutes` | `Ip.OutNoRoutes` | nowhere to send to |
/// | `Overflow` | `TcpExt.ListenOverflows`, `TCPTimeWaitOverflow` | an accept queue was full |
/// | `Pruned`, `PruneCalled` | `TcpExt.RcvPruned` | a receive buffer overflowed |
/// | `ReqQFull` | `TcpExt.TCPReqQFullDoCookies` | too many half-open connections |
/// | `Resets`, `Rst` | `Tcp.EstabResets`, `OutRsts`, `TcpExt.EmbryonicRsts` | a connection was broken off |
/// | `Retrans` | `Tcp.RetransSegs`, `TcpExt.TCPSynRetrans` | a segment was sent again |
/// | `Timeouts` | `TcpExt.TCPTimeouts` | nobody acknowledged in time |
/// | `Unreach` | `Icmp.InDestUnreachs`, `OutDestUnreachs` | a packet was refused by ICMP |
/// | `ZeroWindow` | `TcpExt.TCPToZeroWindowAdv` | a receiver has no room, and says so |
const TELLING: [&str; 17] = [
    "Abort",
    "Discards",
    "Drop",
    "Err",
    "Fails",
    "NoPorts",
    "NoRoutes",
    "Overflow",
    "PruneCalled",
    "Pruned",
    "ReqQFull",
    "Resets",
    "Retrans",
    "Rst",
    "Timeouts",
    "Unreach",
    "ZeroWindow",
];

/// The counters as they stood at the last look.
#[derive(Debug)]
pub(crate) struct Counters {
    /// Kept open: they stay those of the network that the thread was in that opened them.
    files: [File; 2],
    reads: [Read; 2],
    /// What a file says now.
    fresh: String,
    /// Whether programs that are not watched share them.
    shared: bool,
}

/// A file as it was read last.
#[derive(Debug, Default)]
struct Read {
    text: String,
    /// All counters, in the order of the file.
    rows: Vec<Row>,
}

/// A counter as it stood.
#[derive(Debug)]
struct Row {
    group: String,
    name: String,
    is_telling: bool,
    value: u64,
}

impl Counters {
    /// Reads the counters for the first time.
    pub(crate) fn read(shared: bool) -> io::Result<Self> {
        let [snmp, netstat] = FILES;
        let files = [File::open(snmp)?, File::open(netstat)?];
        let mut counters = Self { files, reads: Default::default(), fresh: String::new(), shared };
        counters.grown()?;
        Ok(counters)
    }

    /// Reads the counters, and returns those that have grown since the last time.
    pub(super) fn grown(&mut self) -> io::Result<Vec<Counter>> {
        let mut grown = Vec::new();
        for (file, read) in self.files.iter_mut().zip(&mut self.reads) {
            self.fresh.clear();
            file.rewind()?;
            file.read_to_string(&mut self.fresh)?;
            read.take(&self.fresh, self.shared, &mut grown);
        }
        Ok(grown)
    }
}

impl Read {
    /// Compares the file with what it was, and adds the counters that have grown.
    fn take(&mut self, text: &str, shared: bool, grown: &mut Vec<Counter>) {
        if text == self.text {
            return;
        }
        for (index, counter) in parse(text).enumerate() {
            // The order is always the same, but for groups that appear when they have something to count.
            match self.rows.get_mut(index) {
                Some(row) if row.is_of(counter) => grown.extend(row.take(counter.value, shared)),
                _ => self.moved(index, counter, shared, grown),
            }
        }
        self.text.clear();
        self.text.push_str(text);
    }

    /// A counter that was not at this place: it is new, which tells nothing, or others have come before it.
    fn moved(&mut self, index: usize, counter: Standing<'_>, shared: bool, grown: &mut Vec<Counter>) {
        let mut row = match self.rows.iter().position(|row| row.is_of(counter)) {
            Some(before) => self.rows.remove(before),
            None => Row::new(counter),
        };
        grown.extend(row.take(counter.value, shared));
        self.rows.insert(index.min(self.rows.len()), row);
    }
}

impl Row {
    fn new(counter: Standing<'_>) -> Self {
        let (group, name) = (counter.group.to_owned(), counter.name.to_owned());
        Self { is_telling: is_telling(&group, &name), group, name, value: counter.value }
    }

    fn is_of(&self, counter: Standing<'_>) -> bool {
        self.name == counter.name && self.group == counter.group
    }

    /// Takes the value that it has now; returns what is told of it.
    fn take(&mut self, value: u64, shared: bool) -> Option<Counter> {
        let by = value.wrapping_sub(self.value);
        self.value = value;
        let is_told = self.is_telling && by > 0;
        is_told.then(|| Counter { name: format!("{}.{}", self.group, self.name), by, shared })
    }
}

/// Whether a counter is worth telling.
fn is_telling(group: &str, name: &str) -> bool {
    !LEFT_OUT.contains(&group) && TELLING.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_is_told_by_how_much_and_the_first_look_tells_nothing() {
        let mut read = Read::default();

        let mut looks = [[1, 5], [1, 5], [3, 9]].map(|[ports, datagrams]| {
            let mut grown = Vec::new();
            let text = format!("Udp: NoPorts InDatagrams\nUdp: {ports} {datagrams}\n");
            read.take(&text, false, &mut grown);
            grown
        });

        let expected = Counter { name: "Udp.NoPorts".to_owned(), by: 2, shared: false };
        assert_eq!(looks.each_mut().map(Vec::pop), [None, None, Some(expected)]);
    }

    #[test]
    fn a_group_that_appears_moves_the_others_and_changes_none() {
        let mut read = Read::default();
        let mut grown = Vec::new();
        read.take("Tcp: OutRsts\nTcp: 1\nUdp: NoPorts\nUdp: 1\n", false, &mut grown);

        let text = "Tcp: OutRsts\nTcp: 1\nIcmp: InErrors\nIcmp: 7\nUdp: NoPorts\nUdp: 4\n";
        read.take(text, false, &mut grown);
        read.take(&text.replace('7', "9"), false, &mut grown);

        let told: Vec<_> = grown.iter().map(|counter| (counter.name.as_str(), counter.by)).collect();
        assert_eq!(told, [("Udp.NoPorts", 3), ("Icmp.InErrors", 2)]);
    }

    #[test]
    fn each_part_of_a_name_is_that_of_a_counter_and_traffic_is_left_out() {
        let counters = Counters::read(false).unwrap();
        let rows = counters.reads.iter().flat_map(|read| &read.rows).filter(|row| row.is_telling);
        let names: Vec<_> = rows.map(|row| format!("{}.{}", row.group, row.name)).collect();

        for part in TELLING {
            assert!(names.iter().any(|name| name.contains(part)), "{part}");
        }
        for name in ["Tcp.InSegs", "Udp.InDatagrams", "Ip.InReceives", "TcpExt.DelayedACKs"] {
            assert!(!names.iter().any(|other| other == name), "{name}");
        }
    }
}
