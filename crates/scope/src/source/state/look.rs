//! One look at a socket through a descriptor of it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;

use kernel::socket_state::{self, Kind, MEMORY_BYTES, NAME_BYTES, TCP_INFO_BYTES};
use wire::sock_diag::SocketMemory;
use wire::tcp_info::TcpInfo;
use wire::tcp_state::TcpState;

use crate::decode::address;
use crate::model::{Address, Protocol, SocketId, SocketState, TcpFigures};

/// `AF_UNIX`, `AF_INET` and `AF_INET6` of `socket(2)`.
const UNIX: i32 = 1;
const INET: [i32; 2] = [2, 10];
/// `IPPROTO_TCP` and `IPPROTO_UDP`.
const TCP: i32 = 6;
const UDP: i32 = 17;

/// What does not change as long as a socket is what it is, and need not be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) protocol: Protocol,
    /// Its addresses, if it keeps them: those of a TCP connection, and those of a UDP socket until `bind(2)` or `connect(2)`.
    pub(super) names: Option<Names>,
}

/// The own address of a socket, and that of its peer.
pub(super) type Names = (SocketAddr, Option<SocketAddr>);

impl Fixed {
    /// Asks what kind of socket it is.
    pub(super) fn of(socket: BorrowedFd<'_>) -> io::Result<Self> {
        let protocol = match socket_state::kind(socket)? {
            Kind { domain: UNIX, .. } => Protocol::Unix,
            Kind { domain, protocol: TCP, .. } if INET.contains(&domain) => Protocol::Tcp,
            Kind { domain, protocol: UDP, .. } if INET.contains(&domain) => Protocol::Udp,
            _ => Protocol::Other,
        };
        Ok(Self { protocol, names: None })
    }
}

/// Looks at a socket. The holder is left out.
pub(super) fn look(id: SocketId, fixed: Fixed, socket: BorrowedFd<'_>) -> SocketState {
    let info = (fixed.protocol == Protocol::Tcp).then(|| tcp_info(socket)).flatten();
    let state = info.map(|info| info.state);
    let memory = memory(socket);
    let (recv_queue, send_queue) = queues(fixed.protocol, info, memory, socket);
    let keeps_names = fixed.protocol != Protocol::Tcp || state.is_some_and(is_connected);
    let (local, peer) = match fixed.names.filter(|_| keeps_names) {
        Some((local, peer)) => (Some(local.into()), peer.map(Into::into)),
        None => (name(socket), peer_name(socket)),
    };
    SocketState {
        socket: id,
        holder: None,
        protocol: fixed.protocol,
        state,
        local,
        peer,
        recv_queue,
        send_queue,
        drops: memory.map_or(0, |memory| memory.drops),
        recv_buffer_bytes: memory.map_or(0, |memory| memory.recv_buffer_bytes),
        send_buffer_bytes: memory.map_or(0, |memory| memory.send_buffer_bytes),
        tcp: info.and_then(figures),
    }
}

/// What TCP tells of a connection; nothing of a socket that has none.
pub(super) fn figures(info: TcpInfo) -> Option<TcpFigures> {
    let has_connection = !matches!(info.state, TcpState::Listen | TcpState::Closed);
    has_connection.then_some(TcpFigures {
        cwnd: info.cwnd,
        ssthresh: info.ssthresh,
        rtt_us: info.rtt_us,
        rtt_var_us: info.rtt_var_us,
        rto_us: info.rto_us,
        send_mss: info.send_mss,
        unacked: info.unacked,
        retransmits: info.retransmits,
    })
}

/// Whether a socket in this state keeps its two addresses.
pub(super) fn is_connected(state: TcpState) -> bool {
    !matches!(state, TcpState::Listen | TcpState::Closed | TcpState::SynSent | TcpState::Unknown(_))
}

/// What waits each way. A closed connection's numbers are left-overs (`SIOCOUTQ` after a refused `connect(2)`).
fn queues(
    protocol: Protocol,
    info: Option<TcpInfo>,
    memory: Option<SocketMemory>,
    socket: BorrowedFd<'_>,
) -> (u32, u32) {
    match info {
        Some(TcpInfo { state: TcpState::Closed, .. }) => (0, 0),
        Some(TcpInfo { state: TcpState::Listen, unacked, sacked, .. }) => (unacked, sacked),
        _ => (received(protocol, memory, socket), unsent(protocol, memory, socket)),
    }
}

/// What takes no memory need not be asked for. What a socket of `unix(7)` has received is memory of its sender.
fn received(protocol: Protocol, memory: Option<SocketMemory>, socket: BorrowedFd<'_>) -> u32 {
    let charges_receiver = matches!(protocol, Protocol::Tcp | Protocol::Udp);
    match memory {
        Some(SocketMemory { recv_bytes: 0, .. }) if charges_receiver => 0,
        _ => socket_state::recv_queue_bytes(socket).unwrap_or(0),
    }
}

/// `SIOCOUTQ` of `udp(7)` and `unix(7)` is the memory that is known already, and where TCP keeps nothing, nothing waits.
fn unsent(protocol: Protocol, memory: Option<SocketMemory>, socket: BorrowedFd<'_>) -> u32 {
    match memory {
        Some(memory) if matches!(protocol, Protocol::Udp | Protocol::Unix) => memory.send_bytes,
        Some(SocketMemory { unacknowledged_bytes: 0, .. }) if protocol == Protocol::Tcp => 0,
        _ => socket_state::send_queue_bytes(socket).unwrap_or(0),
    }
}

fn tcp_info(socket: BorrowedFd<'_>) -> Option<TcpInfo> {
    let mut buffer = [0; TCP_INFO_BYTES];
    TcpInfo::decode(socket_state::tcp_info(socket, &mut buffer).ok()?)
}

fn memory(socket: BorrowedFd<'_>) -> Option<SocketMemory> {
    let mut buffer = [0; MEMORY_BYTES];
    SocketMemory::decode(socket_state::memory(socket, &mut buffer).ok()?).ok()
}

fn name(socket: BorrowedFd<'_>) -> Option<Address> {
    let name = address(socket_state::name(socket, &mut [0; NAME_BYTES]).ok()?)?;
    // A socket of the Internet that is not bound has port 0.
    let is_bound = name.inet().is_none_or(|inet| inet.port() != 0);
    is_bound.then_some(name)
}

fn peer_name(socket: BorrowedFd<'_>) -> Option<Address> {
    address(socket_state::peer_name(socket, &mut [0; NAME_BYTES]).ok()?)
}
