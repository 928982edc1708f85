//! Bytes over a TCP socket (`tcp(7)`, `send(2)`, `recv(2)`).

use std::io;
use std::os::fd::AsFd;

use rustix::net::{RecvFlags, SendFlags, Shutdown};

/// Hands bytes to the kernel; returns how many it took, which may be fewer than asked.
///
/// Never raises `SIGPIPE` (`MSG_NOSIGNAL`).
///
/// # Errors
/// `EAGAIN`: a non-blocking socket has no room; `EPIPE`: this side has shut down sending, or the peer had reset the
/// connection before; `ECONNRESET`: the peer's RST has just been collected; `ETIMEDOUT`: the peer is gone.
pub fn send(socket: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    Ok(rustix::net::send(socket, bytes, SendFlags::NOSIGNAL)?)
}

/// Takes bytes from the kernel; 0 means that the peer has ended its stream.
///
/// # Errors
/// `EAGAIN`: a non-blocking socket has nothing; `ECONNRESET`: the peer reset the connection; `ETIMEDOUT`.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    let (taken, _) = rustix::net::recv(socket, buffer, RecvFlags::empty())?;
    Ok(taken)
}

/// Ends this side's stream: the peer reads what was sent, then an end of stream (`shutdown(2)`, `SHUT_WR`).
///
/// # Errors
/// `ENOTCONN`: the connection is gone already.
pub fn shut_write(socket: impl AsFd) -> io::Result<()> {
    Ok(rustix::net::shutdown(socket, Shutdown::Write)?)
}

/// How many bytes have come and have not been received (`FIONREAD`, which `tcp(7)` calls `SIOCINQ`).
///
/// # Errors
/// `EINVAL`: a socket that listens.
#[doc(alias = "FIONREAD")]
pub fn waiting_bytes(socket: impl AsFd) -> io::Result<u64> {
    Ok(rustix::io::ioctl_fionread(socket)?)
}
