//! Looks at connections that no descriptor stands for: not accepted yet, or closed by their program.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use kernel::netlink::SockDiag;
use wire::sock_diag::{Entry, Exact, Extensions, Message, State, decode};
use wire::tcp_state::TcpState;

use super::known::canonical;
use super::look::figures;
use crate::model::{Protocol, SocketId, SocketState};

/// How long the kernel may take for its answer. It needs two microseconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// Room for the answer about one socket, some 500 bytes.
const REPLY_BYTES: usize = 4096;

/// Asks for one connection after another (`sock_diag(7)`).
#[derive(Debug)]
pub(super) struct Lookup {
    diag: SockDiag,
    sequence: u32,
}

impl Lookup {
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self { diag: SockDiag::open(PATIENCE)?, sequence: 0 })
    }

    /// Looks at the connection with this end here and that one over there.
    pub(super) fn find(&mut self, local: SocketAddr, peer: SocketAddr) -> Option<SocketState> {
        let (local, peer) = (canonical(local), canonical(peer));
        self.sequence = self.sequence.wrapping_add(1);
        let extensions = Extensions::MEMORY_AND_FIGURES;
        let exact = Exact { sequence: self.sequence, local, peer, extensions };
        self.diag.send(&exact.encode()).ok()?;
        let mut buffer = [0; REPLY_BYTES];
        let messages = decode(&exact.request(), self.diag.receive(&mut buffer).ok()?).ok()?;
        messages.into_iter().find_map(|message| match message {
            Message::Entry(entry) if canonical(entry.local) == local && canonical(entry.peer) == peer => {
                Some(state(&entry))
            }
            _ => None,
        })
    }
}

/// What `sock_diag(7)` tells of a socket of TCP, as the look through a descriptor tells it.
pub(crate) fn state(entry: &Entry) -> SocketState {
    let tcp = match entry.state {
        State::Tcp(state) => Some(state),
        State::Udp(_) => None,
    };
    let memory = entry.memory;
    SocketState {
        socket: SocketId(entry.cookie),
        holder: None,
        protocol: if tcp.is_some() { Protocol::Tcp } else { Protocol::Udp },
        state: tcp,
        local: Some(entry.local).filter(|local| local.port() != 0).map(Into::into),
        peer: Some(entry.peer).filter(|peer| peer.port() != 0).map(Into::into),
        recv_queue: recv_queue(tcp, entry.recv_queue),
        send_queue: if tcp == Some(TcpState::Closed) { 0 } else { entry.send_queue },
        drops: memory.map_or(0, |memory| memory.drops),
        recv_buffer_bytes: memory.map_or(0, |memory| memory.recv_buffer_bytes),
        send_buffer_bytes: memory.map_or(0, |memory| memory.send_buffer_bytes),
        tcp: entry.figures.and_then(figures),
    }
}

/// `sock_diag(7)` counts the peer's FIN, which is a number of the stream and no byte of it; `SIOCINQ` does not.
fn recv_queue(state: Option<TcpState>, counted: u32) -> u32 {
    match state {
        Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing) => counted.saturating_sub(1),
        Some(TcpState::Closed | TcpState::TimeWait) => 0,
        _ => counted,
    }
}
