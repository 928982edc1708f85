//! Sockets and processes made by hand, for the tests.

use std::net::{Ipv4Addr, SocketAddr};

use wire::sock_diag::{Entry, Family, Protocol, SocketMemory, State, UdpState};
use wire::tcp_state::TcpState;

use super::row::Process;
use super::users::Users;

/// A listener with one of two places taken.
pub(super) fn listener(port: u16) -> Entry {
    Entry { recv_queue: 1, send_queue: 2, ..entry(State::Tcp(TcpState::Listen), port, None) }
}

/// A connection with nothing under way.
pub(super) fn connection(local_port: u16, peer_port: u16) -> Entry {
    let state = State::Tcp(TcpState::Established);
    entry(state, local_port, Some(peer_port))
}

/// A UDP socket without a peer.
pub(super) fn udp(port: u16) -> Entry {
    entry(State::Udp(UdpState::Unconnected), port, None)
}

/// A process with one descriptor.
pub(super) fn process(pid: u32, name: &str, command_line: &[&str]) -> Process {
    Process {
        pid,
        name: name.to_owned(),
        command_line: command_line.iter().map(|&word| word.to_owned()).collect(),
        user: Users::default().user(1001),
        fds: vec![3],
    }
}

/// A socket whose cookie and inode follow from its ports, so that different ones differ.
fn entry(state: State, local_port: u16, peer_port: Option<u16>) -> Entry {
    let inode = u32::from(local_port) << 16 | u32::from(peer_port.unwrap_or(0));
    Entry {
        protocol: state.protocol(),
        family: Family::Ipv4,
        state,
        local: SocketAddr::from((Ipv4Addr::LOCALHOST, local_port)),
        peer: match peer_port {
            Some(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            None => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        },
        interface: 0,
        cookie: match state.protocol() {
            Protocol::Tcp => inode.into(),
            Protocol::Udp => u64::from(inode) << 32,
        },
        recv_queue: 0,
        send_queue: 0,
        uid: 1001,
        inode,
        timer: None,
        timer_ms: 0,
        retransmits: 0,
        v6_only: None,
        memory: Some(SocketMemory {
            recv_bytes: 0,
            recv_buffer_bytes: 131_072,
            send_bytes: 0,
            send_buffer_bytes: 16384,
            unacknowledged_bytes: 0,
            drops: 0,
        }),
        figures: None,
    }
}
