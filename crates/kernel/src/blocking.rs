//! Calls on sockets that block, as the simplest of programs makes them: one system call each (`socket(2)`, `send(2)`, `recv(2)`).
//!
//! What socklab itself talks with does not block ([`socket`](crate::socket)). This is for a program that is watched, so that what is seen
//! is what a script of a few lines does. Whoever writes to a connection that is gone gets `EPIPE`, and `SIGPIPE` if it did not
//! ignore that signal.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::time::Duration;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendFlags, SocketFlags, SocketType,
};

use crate::socket::Transport;

/// Makes a socket that blocks, closed on `exec` (`socket(2)`).
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptor left; `EAFNOSUPPORT`: this machine has no IPv6; `ENOBUFS`, `ENOMEM`.
pub fn open(transport: Transport, v6: bool) -> io::Result<OwnedFd> {
    let family = if v6 { AddressFamily::INET6 } else { AddressFamily::INET };
    let kind = match transport {
        Transport::Udp => SocketType::DGRAM,
        Transport::Tcp => SocketType::STREAM,
    };
    Ok(rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, None)?)
}

/// Makes a socket that sends whole packets of IPv4, closed on `exec` (`raw(7)`); it receives nothing.
///
/// # Errors
/// `EPERM` without the capability `CAP_NET_RAW` in this network.
#[doc(alias = "IPPROTO_RAW")]
pub fn open_raw() -> io::Result<OwnedFd> {
    let (kind, protocol) = (SocketType::RAW, rustix::net::ipproto::RAW);
    Ok(rustix::net::socket_with(AddressFamily::INET, kind, SocketFlags::CLOEXEC, Some(protocol))?)
}

/// Makes a TCP socket accept connections, with whatever number for the queue (`listen(2)`); -1 is as many as the kernel allows.
///
/// # Errors
/// `EADDRINUSE`: another socket listens on the same address.
pub fn listen(socket: impl AsFd, backlog: i32) -> io::Result<()> {
    Ok(rustix::net::listen(socket, backlog)?)
}

/// Waits for a connection and takes it, as a socket that blocks (`accept4(2)`).
///
/// # Errors
/// `EAGAIN`: none came within the socket's time limit; `EINVAL`: the socket does not listen; `ECONNABORTED`, `EMFILE`, `ENFILE`.
pub fn accept(listener: impl AsFd) -> io::Result<(OwnedFd, Option<SocketAddr>)> {
    let (socket, peer) = rustix::net::acceptfrom_with(listener, SocketFlags::CLOEXEC)?;
    Ok((socket, peer.and_then(|peer| SocketAddr::try_from(peer).ok())))
}

/// Hands bytes to the kernel, and waits until it has room (`sendto(2)`); returns how many it took.
///
/// # Errors
/// Those of `send(2)`: `ECONNREFUSED`, `EMSGSIZE`, `EPIPE`, `ECONNRESET`, `EAGAIN` at the socket's time limit, `EDESTADDRREQ`,
/// `ENETUNREACH`.
pub fn send(socket: impl AsFd, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
    Ok(match to {
        Some(to) => rustix::net::sendto(socket, bytes, SendFlags::empty(), &to)?,
        None => rustix::net::send(socket, bytes, SendFlags::empty())?,
    })
}

/// In which way [`receive`] asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes what is there, or waits for something.
    Plain,
    /// Tells the length that a datagram had before it was cut (`MSG_TRUNC`).
    TrueLength,
    /// Waits until the buffer is full (`MSG_WAITALL`).
    Whole,
    /// Does not wait (`MSG_DONTWAIT`).
    NoWait,
}

/// Takes bytes (`recv(2)`). Returns what the call did, which for [`Manner::TrueLength`] may be more than the buffer has room for.
///
/// # Errors
/// `EAGAIN`: nothing is there, and the call does not wait or has waited as long as the socket's time limit; `ECONNREFUSED`,
/// `ECONNRESET`, `ENOTCONN`.
pub fn receive(socket: impl AsFd, buffer: &mut [u8], manner: Manner) -> io::Result<usize> {
    let flags = match manner {
        Manner::Plain => RecvFlags::empty(),
        Manner::TrueLength => RecvFlags::TRUNC,
        Manner::Whole => RecvFlags::WAITALL,
        Manner::NoWait => RecvFlags::DONTWAIT,
    };
    let (_, told) = rustix::net::recv(socket, buffer, flags)?;
    Ok(told)
}

/// What came, with who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How many bytes are in the buffer.
    pub bytes: usize,
    /// Who sent them, for a datagram.
    pub from: Option<SocketAddr>,
    /// Whether more was sent than there was room for (`MSG_TRUNC` of `recvmsg(2)`); [`receive_from`] is not told.
    pub truncated: bool,
}

/// Takes bytes, with who sent them (`recvfrom(2)`).
///
/// # Errors
/// Those of [`receive`].
pub fn receive_from(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Received> {
    let (bytes, _, from) = rustix::net::recvfrom(socket, buffer, RecvFlags::empty())?;
    Ok(Received { bytes, from: from.and_then(|from| from.try_into().ok()), truncated: false })
}

/// Takes bytes, with who sent them and whether some are missing (`recvmsg(2)`).
///
/// # Errors
/// Those of [`receive`].
pub fn receive_message(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Received> {
    let mut vectors = [io::IoSliceMut::new(buffer)];
    let mut control = RecvAncillaryBuffer::default();
    let message = rustix::net::recvmsg(socket, &mut vectors, &mut control, RecvFlags::empty())?;
    Ok(Received {
        bytes: message.bytes,
        from: message.address.and_then(|from| from.try_into().ok()),
        truncated: message.flags.contains(ReturnFlags::TRUNC),
    })
}

/// Closes a socket, by that one call (`close(2)`); what it says of bytes that were not sent is nobody's affair any more.
pub fn close(socket: OwnedFd) {
    // SAFETY: the descriptor was owned, and is given up here: nobody uses its number after this.
    unsafe { rustix::io::close(socket.into_raw_fd()) }
}

/// Has calls fail with `EAGAIN` instead of waiting, or wait again (`O_NONBLOCK` of `fcntl(2)`).
///
/// # Errors
/// None in practice.
#[doc(alias = "O_NONBLOCK")]
pub fn set_nonblocking(socket: impl AsFd, on: bool) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(socket, on)?)
}

/// A direction that a time limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `SO_RCVTIMEO`.
    Receive,
    /// `SO_SNDTIMEO`.
    Send,
}

/// Has calls in a direction fail with `EAGAIN` after so long; no time at all is no limit (`SO_RCVTIMEO`, `SO_SNDTIMEO`).
///
/// # Errors
/// `EDOM`: the time is too long.
#[doc(alias = "SO_RCVTIMEO")]
#[doc(alias = "SO_SNDTIMEO")]
pub fn set_limit(socket: impl AsFd, direction: Direction, limit: Duration) -> io::Result<()> {
    // By the number that programs in C and Python use, which is what a recording is to show.
    let option = match direction {
        Direction::Receive => libc::SO_RCVTIMEO,
        Direction::Send => libc::SO_SNDTIMEO,
    };
    let too_long = |_| io::Error::from_raw_os_error(libc::EDOM);
    let limit = libc::timeval {
        tv_sec: libc::time_t::try_from(limit.as_secs()).map_err(too_long)?,
        tv_usec: limit.subsec_micros().into(),
    };
    // SAFETY: the option takes a `struct timeval`, and the pointer and the size describe one that lives through the call.
    unsafe { set_option(socket, option, (&raw const limit).cast(), size_of_val(&limit)) }
}

/// Lets a descriptor live on in the programs that this process executes, under a number that is at least `lowest` (`fcntl(2)`,
/// `F_DUPFD`). The copy is returned.
///
/// # Errors
/// `EMFILE`: no number is left; `EINVAL`: `lowest` is beyond the limit of open files.
#[doc(alias = "F_DUPFD")]
pub fn inheritable_copy(of: impl AsFd, lowest: i32) -> io::Result<OwnedFd> {
    let copy = rustix::io::fcntl_dupfd_cloexec(of, lowest)?;
    fcntl_setfd(&copy, FdFlags::empty())?;
    Ok(copy)
}

/// Has a listener keep connections out of its queue until their first bytes come, or so many seconds have passed
/// (`TCP_DEFER_ACCEPT` of `tcp(7)`): an ACK alone does not complete a handshake then.
///
/// # Errors
/// None in practice.
#[doc(alias = "TCP_DEFER_ACCEPT")]
pub fn defer_accept(listener: impl AsFd, seconds: u32) -> io::Result<()> {
    let seconds = libc::c_int::try_from(seconds).map_err(|_| io::ErrorKind::InvalidInput)?;
    let listener = listener.as_fd().as_raw_fd();
    let bytes = libc::socklen_t::try_from(size_of_val(&seconds)).map_err(|_| io::ErrorKind::InvalidInput)?;
    let value = (&raw const seconds).cast();
    // SAFETY: the option takes an `int`, and the pointer and the size describe one that lives through the call.
    let result =
        unsafe { libc::setsockopt(listener, libc::IPPROTO_TCP, libc::TCP_DEFER_ACCEPT, value, bytes) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sets an option of `SOL_SOCKET`.
///
/// # Safety
/// `value` points to `bytes` bytes that are what the option takes, with all that they point to.
unsafe fn set_option(
    socket: impl AsFd,
    option: i32,
    value: *const libc::c_void,
    bytes: usize,
) -> io::Result<()> {
    let socket = socket.as_fd().as_raw_fd();
    let bytes = libc::socklen_t::try_from(bytes).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the caller says so.
    let result = unsafe { libc::setsockopt(socket, libc::SOL_SOCKET, option, value, bytes) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpStream};
    use std::time::Instant;

    use super::*;
    use crate::poll::{self, Interest};
    use crate::socket;

    fn any() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    }

    #[test]
    fn a_datagram_comes_with_its_sender_and_whether_it_was_cut() {
        let [one, other] = [(); 2].map(|()| open(Transport::Udp, false).unwrap());
        for socket in [&one, &other] {
            socket::bind(socket, any()).unwrap();
        }
        let address = socket::local_address(&other).unwrap();
        for _ in 0..3 {
            assert_eq!(send(&one, b"hola", Some(address)).unwrap(), 4);
        }
        let from = Some(socket::local_address(&one).unwrap());
        let mut buffer = [0; 2];

        assert_eq!(receive_from(&other, &mut buffer).unwrap(), Received { bytes: 2, from, truncated: false });
        assert_eq!(
            receive_message(&other, &mut buffer).unwrap(),
            Received { bytes: 2, from, truncated: true }
        );
        assert_eq!(receive(&other, &mut buffer, Manner::TrueLength).unwrap(), 4);
        let error = receive(&other, &mut buffer, Manner::NoWait).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_time_limit_ends_a_wait() {
        let socket = open(Transport::Udp, false).unwrap();
        socket::bind(&socket, any()).unwrap();
        set_limit(&socket, Direction::Receive, Duration::from_millis(1)).unwrap();

        let error = receive(&socket, &mut [0; 8], Manner::Plain).unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_connection_that_is_deferred_is_complete_when_its_first_bytes_come() {
        let listener = open(Transport::Tcp, false).unwrap();
        socket::bind(&listener, any()).unwrap();
        listen(&listener, 1).unwrap();
        defer_accept(&listener, 10).unwrap();
        let address = socket::local_address(&listener).unwrap();
        let [silent, speaks] = [(); 2].map(|()| TcpStream::connect(address).unwrap());
        let says = |client: &TcpStream| send(client, b"hola", None).unwrap();

        // Connections wait in the order in which their handshakes were completed.
        says(&speaks);
        let (_first, from) = accept(&listener).unwrap();
        let is_empty = poll::wait(listener.as_fd(), Interest::READ, Some(Instant::now())).unwrap();
        says(&silent);
        let (_second, late) = accept(&listener).unwrap();

        assert_eq!((from, is_empty.read), (Some(speaks.local_addr().unwrap()), false));
        assert_eq!(late, Some(silent.local_addr().unwrap()));
    }
}
