//! Asks the kernel about its sockets: the `NETLINK_SOCK_DIAG` family of `netlink(7)`.
//!
//! Datagrams of bytes in both directions; `sock_diag(7)` says what is in them. No privilege is needed: any user may ask
//! about all sockets of the network namespace.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::{Errno, retry_on_intr};
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send, socket_with,
};

/// A buffer of this size holds every datagram of the kernel, which makes none beyond 32 KiB for a dump.
pub const REPLY_BYTES_MAX: usize = 64 * 1024;

/// The port of the kernel itself (`nl_pid` of `netlink(7)`).
const KERNEL_PORT: u32 = 0;

/// A `NETLINK_SOCK_DIAG` socket.
///
/// It is connected to the kernel, so no other process can slip it a message.
#[derive(Debug)]
#[doc(alias = "NETLINK_SOCK_DIAG")]
#[doc(alias = "NETLINK_INET_DIAG")]
pub struct SockDiag {
    socket: OwnedFd,
}

impl SockDiag {
    /// Opens the socket; [`SockDiag::receive`] on it will wait for `patience` at most.
    ///
    /// # Errors
    ///
    /// `EPROTONOSUPPORT` if the kernel is built without `sock_diag(7)`; `EPERM` or `EACCES` if a sandbox forbids it.
    pub fn open(patience: Duration) -> io::Result<Self> {
        let socket =
            socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(SOCK_DIAG))?;
        set_socket_timeout(&socket, Timeout::Recv, Some(patience))?;
        connect(&socket, &SocketAddrNetlink::new(KERNEL_PORT, 0))?;
        Ok(Self { socket })
    }

    /// Sends a request, which the kernel takes whole.
    ///
    /// # Errors
    ///
    /// What `send(2)` says. That the kernel refuses the request comes as a reply instead.
    pub fn send(&self, request: &[u8]) -> io::Result<()> {
        retry_on_intr(|| send(&self.socket, request, SendFlags::empty()))?;
        Ok(())
    }

    /// Receives one datagram of replies into `buffer` and returns the part that it fills.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if nothing came within the time given to [`SockDiag::open`]; `EMSGSIZE` if the datagram is larger than
    /// `buffer`, in which case it is lost; else what `recv(2)` says.
    pub fn receive<'b>(&self, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        // With MSG_TRUNC the kernel tells the true length of what it had to cut.
        let (_, length) = retry_on_intr(|| recv(&self.socket, &mut *buffer, RecvFlags::TRUNC))?;
        buffer.get(..length).ok_or_else(|| Errno::MSGSIZE.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NLMSG_ERROR: [u8; 2] = 2_u16.to_ne_bytes();
    const HEADER_BYTES: usize = 16;

    #[test]
    fn the_kernel_answers_a_request_that_makes_no_sense_with_an_error() {
        let diag = SockDiag::open(Duration::from_secs(5)).unwrap();
        let mut buffer = vec![0; REPLY_BYTES_MAX];

        diag.send(&nonsense()).unwrap();
        let reply = diag.receive(&mut buffer).unwrap();

        assert_eq!(reply[4..6], NLMSG_ERROR);
    }

    #[test]
    fn a_reply_that_does_not_fit_is_an_error_and_not_a_prefix() {
        let diag = SockDiag::open(Duration::from_secs(5)).unwrap();

        diag.send(&nonsense()).unwrap();
        let error = diag.receive(&mut [0; HEADER_BYTES]).unwrap_err();

        assert_eq!(error.raw_os_error(), Some(Errno::MSGSIZE.raw_os_error()));
    }

    #[test]
    fn waiting_for_a_reply_ends() {
        let diag = SockDiag::open(Duration::from_millis(10)).unwrap();

        let error = diag.receive(&mut [0; HEADER_BYTES]).unwrap_err();

        assert_eq!(error.raw_os_error(), Some(Errno::AGAIN.raw_os_error()));
    }

    /// Returns a `SOCK_DIAG_BY_FAMILY` request (20) that lacks its body.
    fn nonsense() -> Vec<u8> {
        let length = 16_u32.to_ne_bytes();
        let kind_and_flags = [20_u16.to_ne_bytes(), 1_u16.to_ne_bytes()].concat();
        [&length[..], &kind_and_flags, &[0; 8]].concat()
    }
}
