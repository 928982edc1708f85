//! The packets of a story, each seen going out and, unless it gets lost, coming in.

use std::net::SocketAddr;

use wire::packet::TcpFlags;
use wire::packet::build::{self, Tcp};

use super::Story;
use super::story::LOOPBACK;
use crate::model::{Bytes, Direction, EventId, Frame, What};

/// How long a packet is on its way.
const WAY_NS: u64 = 280;
/// The initial sequence numbers of a story: that of whoever has the higher port, and that of the other.
const INITIAL: [u32; 2] = [1_000_000, 2_000_000];
const WINDOW: u16 = 512;

impl Story {
    /// A UDP datagram; returns the observation of its departure.
    pub fn datagram(&mut self, from: &str, to: &str, data: &[u8]) -> EventId {
        let frame = datagram(from, to, data);
        self.crosses(&frame)
    }

    /// The kernel's ICMP answer to such a datagram: no socket has the port.
    ///
    /// # Panics
    ///
    /// If the addresses are not addresses of one family.
    pub fn port_unreachable(&mut self, from: &str, to: &str, data: &[u8]) -> EventId {
        let answer = build::port_unreachable(&datagram(from, to, data)).expect("a frame of IP");
        self.crosses(&answer)
    }

    /// A TCP segment with flags as `tcpdump(8)` writes them (`S`, `S.`, `.`, `P.`, `F.`, `R.`) and with numbers that count
    /// from the beginning of the connection: 0 is the SYN, 1 the first byte.
    pub fn segment(
        &mut self,
        from: &str,
        to: &str,
        flags: &str,
        numbers: (u32, u32),
        data: &[u8],
    ) -> EventId {
        let frame = segment(from, to, flags, numbers, data);
        self.crosses(&frame)
    }

    /// A segment that leaves and does not arrive.
    pub fn lost_segment(&mut self, from: &str, to: &str, flags: &str, numbers: (u32, u32)) -> EventId {
        let frame = segment(from, to, flags, numbers, &[]);
        self.passes(&frame, Direction::Out)
    }

    /// The three segments of a handshake; returns the SYN.
    pub fn handshake(&mut self, client: &str, server: &str) -> EventId {
        let syn = self.segment(client, server, "S", (0, 0), &[]);
        self.segment(server, client, "S.", (0, 1), &[]);
        self.segment(client, server, ".", (1, 1), &[]);
        syn
    }

    /// Any frame, going out and coming in.
    pub fn crosses(&mut self, frame: &[u8]) -> EventId {
        let departure = self.passes(frame, Direction::Out);
        self.wait_ns(WAY_NS);
        self.passes(frame, Direction::In);
        departure
    }

    fn passes(&mut self, frame: &[u8], direction: Direction) -> EventId {
        let length_bytes = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let bytes = Bytes(frame.to_vec());
        self.tell(What::Packet(Frame { direction, interface: LOOPBACK, length_bytes, bytes }))
    }
}

fn datagram(from: &str, to: &str, data: &[u8]) -> Vec<u8> {
    build::udp(inet(from), inet(to), data).expect("a datagram that fits")
}

fn segment(from: &str, to: &str, flags: &str, numbers: (u32, u32), data: &[u8]) -> Vec<u8> {
    let (from, to) = (inet(from), inet(to));
    let is_client = from.port() > to.port();
    let [own, other] = if is_client { INITIAL } else { [INITIAL[1], INITIAL[0]] };
    let has = |flag| flags.contains(flag);
    let acknowledges = has('.');
    let segment = Tcp {
        sequence: own + numbers.0,
        acknowledgement: if acknowledges { other + numbers.1 } else { 0 },
        flags: TcpFlags {
            syn: has('S'),
            ack: acknowledges,
            fin: has('F'),
            rst: has('R'),
            psh: has('P'),
            urg: has('U'),
        },
        window: WINDOW,
        ..Tcp::default()
    };
    build::tcp(from, to, &segment, data).expect("a segment that fits")
}

fn inet(address: &str) -> SocketAddr {
    address.parse().expect("an address with a port")
}
