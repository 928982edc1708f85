//! Sockets: making, naming, listening, connecting (`socket(7)`, `ip(7)`, `tcp(7)`, `udp(7)`).
//!
//! Every socket made here is closed on `exec` and does not block.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};

use crate::error_queue;

/// The two transports that socklab speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams (`SOCK_DGRAM`).
    Udp,
    /// A stream (`SOCK_STREAM`).
    Tcp,
}

/// Makes a socket of the family that `like` has; an IPv6 one speaks IPv6 only (`IPV6_V6ONLY`).
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptor left; `EAFNOSUPPORT`: this machine has no IPv6; `ENOBUFS`, `ENOMEM`.
#[doc(alias = "IPV6_V6ONLY")]
pub fn open(transport: Transport, like: SocketAddr) -> io::Result<OwnedFd> {
    let family = match like {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let kind = match transport {
        Transport::Udp => SocketType::DGRAM,
        Transport::Tcp => SocketType::STREAM,
    };
    let socket = rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    if like.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    Ok(socket)
}

/// Gives the socket a local address (`bind(2)`); port 0 lets the kernel choose.
///
/// # Errors
/// `EADDRINUSE`: another socket has it; `EADDRNOTAVAIL`: no interface of this machine has the address; `EACCES`: a
/// port below `net.ipv4.ip_unprivileged_port_start` without the privilege.
pub fn bind(socket: impl AsFd, address: SocketAddr) -> io::Result<()> {
    Ok(rustix::net::bind(socket, &address)?)
}

/// Makes a TCP socket accept connections; the kernel queues up to `backlog + 1` of them (`listen(2)`).
///
/// `net.core.somaxconn` caps `backlog` silently.
///
/// # Errors
/// `EADDRINUSE`: another socket listens on the same address.
pub fn listen(socket: impl AsFd, backlog: u32) -> io::Result<()> {
    Ok(rustix::net::listen(socket, i32::try_from(backlog).unwrap_or(i32::MAX))?)
}

/// Takes the oldest connection off the accept queue (`accept4(2)`).
///
/// # Errors
/// `EAGAIN`: the queue is empty; `ECONNABORTED`: the peer went while it was queued; `EMFILE`, `ENFILE`: no
/// descriptor left, the connection stays queued; `ENOBUFS`, `ENOMEM`: no memory left, likewise.
pub fn accept(listener: impl AsFd) -> io::Result<(OwnedFd, SocketAddr)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (socket, peer) = rustix::net::acceptfrom_with(listener, flags)?;
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    Ok((socket, peer.ok_or(io::ErrorKind::AddrNotAvailable)?))
}

/// Starts a connection, or fixes the peer of a UDP socket (`connect(2)`).
///
/// # Errors
/// `EINPROGRESS`: the TCP handshake has begun, wait until the socket is writable and ask [`pending_error`];
/// `ENETUNREACH`, `EADDRNOTAVAIL`, `EACCES` and others at once.
pub fn connect(socket: impl AsFd, peer: SocketAddr) -> io::Result<()> {
    Ok(rustix::net::connect(socket, &peer)?)
}

/// Takes the error that the socket has pending, if any (`SO_ERROR`).
///
/// # Errors
/// None in practice.
#[doc(alias = "SO_ERROR")]
pub fn pending_error(socket: impl AsFd) -> io::Result<Option<io::Error>> {
    Ok(sockopt::socket_error(socket)?.err().map(Into::into))
}

/// The local address of a socket (`getsockname(2)`).
///
/// # Errors
/// None in practice; `EAFNOSUPPORT` for a socket of no Internet family.
pub fn local_address(socket: impl AsFd) -> io::Result<SocketAddr> {
    let address = rustix::net::getsockname(socket)?;
    SocketAddr::try_from(address).map_err(Into::into)
}

/// Lets a listener take an address that still has connections in TIME-WAIT (`SO_REUSEADDR`).
///
/// # Errors
/// None in practice.
#[doc(alias = "SO_REUSEADDR")]
pub fn set_reuse_address(socket: impl AsFd, on: bool) -> io::Result<()> {
    Ok(sockopt::set_socket_reuseaddr(socket, on)?)
}

/// Lets several sockets of this user have one address, if each of them asks for it (`SO_REUSEPORT`).
///
/// What the others ask for is looked at when one more is bound: a group that has taken the permission back is closed.
///
/// # Errors
/// None in practice.
#[doc(alias = "SO_REUSEPORT")]
pub fn set_reuse_port(socket: impl AsFd, on: bool) -> io::Result<()> {
    Ok(sockopt::set_socket_reuseport(socket, on)?)
}

/// Has a socket preferred, among those of its address, for what the kernel receives on this processor (`SO_INCOMING_CPU`).
///
/// Since Linux 6.1 all members of a group are looked at for that, also those that asked for `SO_REUSEPORT`.
///
/// # Errors
/// None in practice.
#[doc(alias = "SO_INCOMING_CPU")]
pub fn set_incoming_cpu(socket: impl AsFd, cpu: u32) -> io::Result<()> {
    Ok(sockopt::set_socket_incoming_cpu(socket, cpu)?)
}

/// The processor on which the kernel received last for this socket (`SO_INCOMING_CPU`).
///
/// # Errors
/// None in practice.
pub fn incoming_cpu(socket: impl AsFd) -> io::Result<u32> {
    Ok(sockopt::socket_incoming_cpu(socket)?)
}

/// Lets a socket be bound to an address that this machine does not have (`IP_FREEBIND`, `IPV6_FREEBIND`).
///
/// # Errors
/// None in practice.
#[doc(alias = "IP_FREEBIND")]
pub fn allow_foreign_address(socket: BorrowedFd<'_>, family: SocketAddr) -> io::Result<()> {
    match family {
        SocketAddr::V4(_) => set_flag(socket, libc::IPPROTO_IP, libc::IP_FREEBIND),
        SocketAddr::V6(_) => set_flag(socket, libc::IPPROTO_IPV6, libc::IPV6_FREEBIND),
    }
}

/// Sends small segments at once instead of waiting for acknowledgements (`TCP_NODELAY`); accepted sockets inherit it.
///
/// # Errors
/// None in practice.
#[doc(alias = "TCP_NODELAY")]
pub fn set_no_delay(socket: impl AsFd, on: bool) -> io::Result<()> {
    Ok(sockopt::set_tcp_nodelay(socket, on)?)
}

/// Makes `close(2)` drop what is unsent and send an RST (`SO_LINGER` with zero seconds).
///
/// # Errors
/// None in practice.
#[doc(alias = "SO_LINGER")]
pub fn set_abortive_close(socket: impl AsFd) -> io::Result<()> {
    Ok(sockopt::set_socket_linger(socket, Some(Duration::ZERO))?)
}

/// Breaks a TCP connection off at once, with an RST, whoever else has the socket (`connect(2)` to `AF_UNSPEC`).
///
/// # Errors
/// None in practice.
#[doc(alias = "AF_UNSPEC")]
pub fn disconnect(socket: impl AsFd) -> io::Result<()> {
    Ok(rustix::net::connect_unspec(socket)?)
}

/// A direction of a socket's kernel buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffer {
    /// `SO_SNDBUF`.
    Send,
    /// `SO_RCVBUF`.
    Receive,
}

impl Buffer {
    /// The socket option's name.
    pub const fn option_name(self) -> &'static str {
        match self {
            Self::Send => "SO_SNDBUF",
            Self::Receive => "SO_RCVBUF",
        }
    }
}

/// Asks for a kernel buffer of `bytes`; the kernel doubles it, within its limits (`socket(7)`).
///
/// # Errors
/// None in practice: a size out of the limits is silently moved into them, so read it back with [`buffer_bytes`].
#[doc(alias = "SO_SNDBUF")]
#[doc(alias = "SO_RCVBUF")]
pub fn set_buffer_bytes(socket: impl AsFd, buffer: Buffer, bytes: usize) -> io::Result<()> {
    let set = match buffer {
        Buffer::Send => sockopt::set_socket_send_buffer_size,
        Buffer::Receive => sockopt::set_socket_recv_buffer_size,
    };
    Ok(set(socket, bytes)?)
}

/// The size of a kernel buffer, as the kernel counts it.
///
/// # Errors
/// None in practice.
pub fn buffer_bytes(socket: impl AsFd, buffer: Buffer) -> io::Result<usize> {
    Ok(match buffer {
        Buffer::Send => sockopt::socket_send_buffer_size(socket)?,
        Buffer::Receive => sockopt::socket_recv_buffer_size(socket)?,
    })
}

/// Tells with each datagram which local address it was sent to (`IP_PKTINFO`, `IPV6_RECVPKTINFO`).
///
/// # Errors
/// None in practice.
#[doc(alias = "IP_PKTINFO")]
pub fn report_destination(socket: BorrowedFd<'_>, family: SocketAddr) -> io::Result<()> {
    match family {
        SocketAddr::V4(_) => set_flag(socket, libc::IPPROTO_IP, libc::IP_PKTINFO),
        SocketAddr::V6(_) => set_flag(socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO),
    }
}

/// Lets the kernel hand over several datagrams of one sender and one length as one (`UDP_GRO` in `udp(7)`, Linux 5.0).
///
/// # Errors
/// `ENOPROTOOPT`: the kernel is older.
#[doc(alias = "UDP_GRO")]
pub fn coalesce_datagrams(socket: BorrowedFd<'_>) -> io::Result<()> {
    set_flag(socket, libc::SOL_UDP, libc::UDP_GRO)
}

/// Keeps the ICMP errors that come back for this socket in its error queue (`IP_RECVERR`, `IPV6_RECVERR`).
///
/// Read them with [`error_queue::take`]. Without it, an unconnected UDP socket never learns that it was refused.
///
/// # Errors
/// None in practice.
#[doc(alias = "IP_RECVERR")]
pub fn report_errors(socket: BorrowedFd<'_>, family: SocketAddr) -> io::Result<()> {
    let (level, option) = error_queue::option(family);
    set_flag(socket, level, option)
}

/// Size of an option's value that is an `int`.
const INT_BYTES: libc::socklen_t = 4;

/// Sets an integer option to 1 (`setsockopt(2)`).
fn set_flag(socket: BorrowedFd<'_>, level: i32, option: i32) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the option's value is an `int`; the pointer and the size describe `on`, which lives through the call.
    let result =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const on).cast(), INT_BYTES) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
