//! What the kernel says of a socket, and what it says happened to it.

use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, serde_as};
use wire::tcp_state::TcpState;

use super::{Address, Fd, Pid, SocketId};

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// `SOCK_STREAM` of the Internet.
    Tcp,
    /// `SOCK_DGRAM` of the Internet.
    Udp,
    /// `AF_UNIX`, of any type.
    Unix,
    /// Another one: netlink, raw, packet…
    Other,
}

/// A socket at some moment. It is told when it is not as it was told last.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SocketState {
    /// Which one.
    pub socket: SocketId,
    /// A process that has it open, and as what. None for one that is not accepted yet, or closed by its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<(Pid, Fd)>,
    /// What it speaks.
    pub protocol: Protocol,
    /// TCP's state.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TcpState>,
    /// Its own address, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Address>,
    /// The other side's address, if it is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Address>,
    /// Bytes that wait for the program; for a listener, connections that wait for `accept(2)`. For UDP, the bytes of the first
    /// datagram that waits (`SIOCINQ` of `udp(7)`).
    pub recv_queue: u32,
    /// Bytes sent and not yet acknowledged (TCP) or not yet gone (UDP); for a listener, how many connections may wait.
    pub send_queue: u32,
    /// Datagrams, or attempts to connect, that found no room (`SO_MEMINFO`).
    pub drops: u32,
    /// The size of the receive buffer (`SO_RCVBUF`).
    pub recv_buffer_bytes: u32,
    /// The size of the send buffer (`SO_SNDBUF`).
    pub send_buffer_bytes: u32,
    /// What only TCP has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<TcpFigures>,
}

/// Figures of `TCP_INFO` (`tcp(7)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpFigures {
    /// The congestion window, in segments.
    pub cwnd: u32,
    /// The slow-start threshold, in segments; `u32::MAX >> 1` is none yet.
    pub ssthresh: u32,
    /// The round-trip time, smoothed.
    pub rtt_us: u32,
    /// Its variation.
    pub rtt_var_us: u32,
    /// The retransmission timeout.
    pub rto_us: u32,
    /// The largest segment that it sends.
    pub send_mss: u32,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Segments sent again, in all.
    pub retransmits: u32,
}

/// What a tracepoint of the kernel told, which only root may read.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tracepoint", rename_all = "snake_case")]
pub enum KernelEvent {
    /// A packet was dropped (`skb:kfree_skb`).
    Dropped {
        /// The kernel's name for the reason: `NO_SOCKET`, `SOCKET_RCVBUFF`…
        reason: String,
        /// The protocol of the packet (`ETH_P_…`).
        protocol: u16,
    },
    /// A socket went from one state to another (`sock:inet_sock_set_state`).
    State {
        /// From.
        #[serde_as(as = "DisplayFromStr")]
        from: TcpState,
        /// To.
        #[serde_as(as = "DisplayFromStr")]
        to: TcpState,
        /// Its address.
        local: Address,
        /// Its peer's.
        peer: Address,
    },
    /// Another tracepoint, by its name: `tcp:tcp_retransmit_skb`, `tcp:tcp_send_reset`…
    Other {
        /// Its name.
        name: String,
        /// The address of the socket, if it tells one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        local: Option<Address>,
        /// Its peer's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer: Option<Address>,
    },
}
