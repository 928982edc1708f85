//! The counters of the network that tell of something lost, refused, repeated or given up.

use std::collections::HashMap;
use std::fs;
use std::io;

use wire::counters::parse;

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
    files: [Read; 2],
    /// Whether programs that are not watched share them.
    shared: bool,
}

/// A file as it was read last.
#[derive(Debug, Default)]
struct Read {
    text: String,
    values: HashMap<String, u64>,
}

impl Counters {
    /// Reads the counters for the first time.
    pub(crate) fn read(shared: bool) -> io::Result<Self> {
        let mut counters = Self { files: Default::default(), shared };
        counters.grown()?;
        Ok(counters)
    }

    /// Reads the counters, and returns those that have grown since the last time.
    pub(super) fn grown(&mut self) -> io::Result<Vec<Counter>> {
        let mut grown = Vec::new();
        for (path, read) in FILES.iter().zip(&mut self.files) {
            read.take(fs::read_to_string(path)?, self.shared, &mut grown);
        }
        Ok(grown)
    }
}

impl Read {
    /// Compares the file with what it was, and adds the counters that have grown.
    fn take(&mut self, text: String, shared: bool, grown: &mut Vec<Counter>) {
        if text == self.text {
            return;
        }
        for counter in parse(&text).filter(|it| is_telling(it.group, it.name)) {
            let name = format!("{}.{}", counter.group, counter.name);
            match self.values.get_mut(&name) {
                Some(before) => {
                    let by = counter.value.wrapping_sub(*before);
                    *before = counter.value;
                    if by > 0 {
                        grown.push(Counter { name, by, shared });
                    }
                }
                None => {
                    self.values.insert(name, counter.value);
                }
            }
        }
        self.text = text;
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
            read.take(text, false, &mut grown);
            grown
        });

        let expected = Counter { name: "Udp.NoPorts".to_owned(), by: 2, shared: false };
        assert_eq!(looks.each_mut().map(Vec::pop), [None, None, Some(expected)]);
    }

    #[test]
    fn each_part_of_a_name_is_that_of_a_counter_and_traffic_is_left_out() {
        let counters = Counters::read(false).unwrap();
        let names: Vec<_> = counters.files.iter().flat_map(|read| read.values.keys()).collect();

        for part in TELLING {
            assert!(names.iter().any(|name| name.contains(part)), "{part}");
        }
        for name in ["Tcp.InSegs", "Udp.InDatagrams", "Ip.InReceives", "TcpExt.DelayedACKs"] {
            assert!(!names.iter().any(|other| *other == name), "{name}");
        }
    }
}
