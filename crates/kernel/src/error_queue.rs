//! A socket's error queue: which datagram was refused, by whom, and why (`IP_RECVERR` in `ip(7)`).
//!
//! An ICMP error quotes the datagram that caused it. With `IP_RECVERR` the kernel keeps the error, the quoted bytes
//! and the address of whoever sent it, for unconnected sockets too.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};

use crate::address::{self, RawAddress, array};
use crate::control::{self, ControlBuffer};

/// The longest quote that is kept; the kernel cuts what is longer.
pub const QUOTE_BYTES_MAX: usize = 2048;

/// Room for `sock_extended_err`, the offender's address, and a packet-information message beside it.
const CONTROL_BYTES: usize = 256;

/// Who found the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This machine, before the datagram left it.
    Local,
    /// An ICMP message (`RFC 792`).
    Icmp,
    /// An ICMPv6 message (`RFC 4443`).
    Icmp6,
    /// Another one; the number is the kernel's `SO_EE_ORIGIN_*`.
    Other(u8),
}

/// One entry of the error queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the error is for the socket: `ECONNREFUSED`, `EHOSTUNREACH`, `EMSGSIZE`…
    pub errno: i32,
    /// Who found it.
    pub origin: Origin,
    /// The ICMP type, 0 for a local error.
    pub kind: u8,
    /// The ICMP code.
    pub code: u8,
    /// More, by errno: the path's MTU for `EMSGSIZE`.
    pub info: u32,
    /// Who sent the ICMP message.
    pub offender: Option<SocketAddr>,
    /// Where the datagram was going.
    pub destination: Option<SocketAddr>,
    /// The datagram's payload as far as the ICMP message quotes it.
    pub quote: Vec<u8>,
}

/// Takes the oldest entry of the error queue; `None` when it is empty (`recvmsg(2)` with `MSG_ERRQUEUE`).
///
/// # Errors
/// None in practice besides those of a bad descriptor, which the types exclude.
#[doc(alias = "MSG_ERRQUEUE")]
pub fn take(socket: impl AsFd) -> io::Result<Option<Report>> {
    let mut quote = vec![0; QUOTE_BYTES_MAX];
    let mut destination = RawAddress::empty();
    let mut control = ControlBuffer::<CONTROL_BYTES>::empty();
    let mut vector = libc::iovec { iov_base: quote.as_mut_ptr().cast(), iov_len: quote.len() };
    // SAFETY: a C struct of integers and pointers, for which all-zero bytes are a value.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_name = (&raw mut destination).cast();
    header.msg_namelen = RawAddress::CAPACITY;
    header.msg_iov = &raw mut vector;
    header.msg_iovlen = 1;
    header.msg_control = (&raw mut control).cast();
    header.msg_controllen = size_of_val(&control);
    // SAFETY: the header points to locals that live through the call, with their own sizes.
    let result = unsafe {
        libc::recvmsg(socket.as_fd().as_raw_fd(), &raw mut header, libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT)
    };
    let Ok(quoted) = usize::try_from(result) else {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::WouldBlock { Ok(None) } else { Err(error) };
    };
    quote.truncate(quoted);
    let control = &control.bytes[..header.msg_controllen.min(CONTROL_BYTES)];
    Ok(control::messages(control).find_map(|message| decode(&message)).map(|report| Report {
        destination: destination.decode(),
        quote,
        ..report
    }))
}

/// The level and the option that turn the error queue on for a socket of this family.
pub(crate) fn option(family: SocketAddr) -> (i32, i32) {
    match family {
        SocketAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_RECVERR),
        SocketAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
    }
}

/// Reads `struct sock_extended_err` and the offender's address behind it.
fn decode(message: &control::Message<'_>) -> Option<Report> {
    let is_error = matches!(
        (message.level, message.kind),
        (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
    );
    if !is_error {
        return None;
    }
    let [origin, kind, code, _padding] = array(message.data, 4)?;
    Some(Report {
        errno: i32::from_ne_bytes(array(message.data, 0)?),
        origin: match origin {
            libc::SO_EE_ORIGIN_LOCAL => Origin::Local,
            libc::SO_EE_ORIGIN_ICMP => Origin::Icmp,
            libc::SO_EE_ORIGIN_ICMP6 => Origin::Icmp6,
            other => Origin::Other(other),
        },
        kind,
        code,
        info: u32::from_ne_bytes(array(message.data, 8)?),
        offender: message.data.get(16..).and_then(address::decode),
        destination: None,
        quote: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;
    use crate::poll::{self, Interest};

    #[test]
    fn a_refused_datagram_comes_back_with_who_refused_it() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        crate::socket::report_errors(socket.as_fd(), socket.local_addr().unwrap()).unwrap();
        let closed = deaf_socket();
        let closed = closed.local_addr().unwrap();

        socket.send_to(b"hola", closed).unwrap();
        let readiness = poll::wait(socket.as_fd(), Interest::READ, None).unwrap();
        let report = take(&socket).unwrap().unwrap();

        assert!(readiness.error);
        assert_eq!(report.errno, libc::ECONNREFUSED);
        assert_eq!((report.origin, report.kind, report.code), (Origin::Icmp, 3, 3));
        assert_eq!(report.offender.map(|offender| offender.ip()), Some(closed.ip()));
        assert_eq!(report.destination, Some(closed));
        assert_eq!(report.quote, b"hola");
        assert_eq!(take(&socket).unwrap(), None);
    }

    #[test]
    fn a_short_control_message_is_no_report() {
        let data = [0; 11];
        let message = control::Message { level: libc::IPPROTO_IP, kind: libc::IP_RECVERR, data: &data };

        assert_eq!(decode(&message), None);
    }

    /// Holds a port that refuses everybody: a connected socket takes datagrams from its own peer only.
    fn deaf_socket() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect("127.0.0.1:1").unwrap();
        socket
    }
}
