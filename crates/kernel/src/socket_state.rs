//! What a socket is like, as its descriptor tells it (`socket(7)`, `tcp(7)`, `udp(7)`, `unix(7)`).
//!
//! Nothing here changes the socket or takes anything from it: neither the error that it has pending (`SO_ERROR`) nor its data
//! (`MSG_PEEK`). Structures come as bytes.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use libc::{c_int, c_void, socklen_t};

/// Room for `struct tcp_info`, which had 248 bytes on Linux 6.18 and grows.
pub const TCP_INFO_BYTES: usize = 320;

/// Room for the numbers of `SO_MEMINFO`, of which there are nine on Linux 6.18.
pub const MEMORY_BYTES: usize = 64;

/// Room for every address (`struct sockaddr_storage`).
pub const NAME_BYTES: usize = 128;

/// What kind of socket it is: the numbers that `socket(2)` was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// `AF_INET`, `AF_UNIX`… (`SO_DOMAIN`).
    pub domain: i32,
    /// `SOCK_STREAM`, `SOCK_DGRAM`… (`SO_TYPE`).
    pub of_type: i32,
    /// `IPPROTO_TCP`…; 0 where the family has none (`SO_PROTOCOL`).
    pub protocol: i32,
}

/// Tells what kind of socket it is.
///
/// # Errors
/// `ENOTSOCK`.
pub fn kind(socket: impl AsFd) -> io::Result<Kind> {
    let number = |option| {
        let mut bytes = [0; 4];
        get(&socket, libc::SOL_SOCKET, option, &mut bytes)?;
        Ok::<_, io::Error>(c_int::from_ne_bytes(bytes))
    };
    Ok(Kind {
        domain: number(libc::SO_DOMAIN)?,
        of_type: number(libc::SO_TYPE)?,
        protocol: number(libc::SO_PROTOCOL)?,
    })
}

/// A number that no other socket of this boot has (`SO_COOKIE`).
///
/// # Errors
/// `ENOTSOCK`.
#[doc(alias = "SO_COOKIE")]
pub fn cookie(socket: impl AsFd) -> io::Result<u64> {
    let mut bytes = [0; 8];
    get(socket, libc::SOL_SOCKET, libc::SO_COOKIE, &mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

/// Writes `struct tcp_info` into `buffer` and returns as much of it as the kernel has and there is room for (`TCP_INFO`).
///
/// # Errors
/// `ENOTSOCK`; `EOPNOTSUPP`, `ENOPROTOOPT`: not a TCP socket.
#[doc(alias = "TCP_INFO")]
pub fn tcp_info(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<&[u8]> {
    let length = get(socket, libc::IPPROTO_TCP, libc::TCP_INFO, buffer)?;
    Ok(&buffer[..length.min(buffer.len())])
}

/// Writes the memory that the socket uses, its limits and its drops into `buffer`, and returns it (`SO_MEMINFO`, Linux 4.12).
///
/// # Errors
/// `ENOTSOCK`; `ENOPROTOOPT`: an older kernel.
#[doc(alias = "SO_MEMINFO")]
pub fn memory(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<&[u8]> {
    let length = get(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, buffer)?;
    Ok(&buffer[..length.min(buffer.len())])
}

/// The bytes that wait to be received; of a datagram socket, those of the first datagram (`SIOCINQ`, `FIONREAD`).
///
/// # Errors
/// `ENOTSOCK`; `EINVAL`: a listener.
#[doc(alias = "SIOCINQ")]
pub fn recv_queue_bytes(socket: impl AsFd) -> io::Result<u32> {
    queue(socket, libc::FIONREAD)
}

/// The bytes that TCP has sent and nobody has acknowledged; for other sockets, the memory of what has not gone (`SIOCOUTQ`).
///
/// # Errors
/// `ENOTSOCK`; `EINVAL`: a listener.
#[doc(alias = "SIOCOUTQ")]
pub fn send_queue_bytes(socket: impl AsFd) -> io::Result<u32> {
    queue(socket, libc::TIOCOUTQ)
}

/// Writes the socket's own address into `buffer` and returns it (`getsockname(2)`). An unnamed one is its family alone.
///
/// # Errors
/// `ENOTSOCK`, `ENOBUFS`.
#[doc(alias = "getsockname")]
pub fn name(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<&[u8]> {
    named(socket, buffer, libc::getsockname)
}

/// Writes the address of the socket's peer into `buffer` and returns it (`getpeername(2)`).
///
/// # Errors
/// `ENOTCONN`: it has none; `ENOTSOCK`, `ENOBUFS`.
#[doc(alias = "getpeername")]
pub fn peer_name(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<&[u8]> {
    named(socket, buffer, libc::getpeername)
}

/// Reads an option into `buffer` and returns how many bytes of it there are (`getsockopt(2)`).
fn get(socket: impl AsFd, level: c_int, option: c_int, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = room(buffer);
    // SAFETY: the pointer and the length describe `buffer`, of which the call writes no more than that.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            option,
            buffer.as_mut_ptr().cast::<c_void>(),
            &raw mut length,
        )
    };
    if result == 0 { Ok(length as usize) } else { Err(io::Error::last_os_error()) }
}

fn queue(socket: impl AsFd, request: libc::Ioctl) -> io::Result<u32> {
    let mut bytes: c_int = 0;
    // SAFETY: both requests write one `int`, and the pointer is to one that lives through the call.
    let result = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), request, &raw mut bytes) };
    if result == 0 { Ok(u32::try_from(bytes).unwrap_or(0)) } else { Err(io::Error::last_os_error()) }
}

/// `getsockname(2)` or `getpeername(2)`.
type Name = unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut socklen_t) -> c_int;

fn named(socket: impl AsFd, buffer: &mut [u8], call: Name) -> io::Result<&[u8]> {
    let mut length = room(buffer);
    // SAFETY: the pointer and the length describe `buffer`, of which the call writes no more than that; it copies bytes, so the
    // alignment of `struct sockaddr` does not matter.
    let result = unsafe {
        call(socket.as_fd().as_raw_fd(), buffer.as_mut_ptr().cast::<c_void>().cast(), &raw mut length)
    };
    if result == 0 {
        Ok(&buffer[..(length as usize).min(buffer.len())])
    } else {
        Err(io::Error::last_os_error())
    }
}

fn room(buffer: &[u8]) -> socklen_t {
    socklen_t::try_from(buffer.len()).unwrap_or(socklen_t::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixDatagram;

    use super::*;
    use crate::address;
    use crate::poll::{self, Interest};

    #[test]
    fn each_kind_of_socket_says_what_it_is() {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let (unix, _other) = UnixDatagram::pair().unwrap();

        let udp = kind(&udp).unwrap();
        assert_eq!((udp.domain, udp.of_type, udp.protocol), (libc::AF_INET, libc::SOCK_DGRAM, 17));
        assert_eq!(kind(&unix).unwrap().domain, libc::AF_UNIX);
    }

    #[test]
    fn a_listener_tells_its_queue_in_the_figures_of_tcp() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut buffer = [0; TCP_INFO_BYTES];

        let info = tcp_info(&listener, &mut buffer).unwrap();

        assert_eq!(info[0], 10, "TCP_LISTEN");
        assert_eq!(info[24..28], 1_u32.to_ne_bytes());
        assert_eq!(recv_queue_bytes(&listener).unwrap_err().raw_os_error(), Some(libc::EINVAL));
    }

    #[test]
    fn bytes_that_wait_are_counted_and_stay() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();

        client.write_all(b"unodos").unwrap();
        poll::wait(server.as_fd(), Interest::READ, None).unwrap();

        assert_eq!([(); 2].map(|()| recv_queue_bytes(&server).unwrap()), [6, 6]);
        assert_eq!(send_queue_bytes(&server).unwrap(), 0);
    }

    #[test]
    fn a_refused_datagram_stays_pending_whatever_is_asked() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        socket.connect(closed).unwrap();
        socket.send(b"hola").unwrap();
        assert!(poll::wait(socket.as_fd(), Interest::READ, None).unwrap().error);

        let (mut bytes, mut room) = ([0; MEMORY_BYTES], [0; NAME_BYTES]);
        assert!(memory(&socket, &mut bytes).unwrap().len() >= 36);
        assert!(recv_queue_bytes(&socket).is_ok() && cookie(&socket).is_ok() && kind(&socket).is_ok());
        assert_eq!(address::decode(peer_name(&socket, &mut room).unwrap()), Some(closed));

        assert_eq!(socket.recv(&mut [0; 8]).unwrap_err().raw_os_error(), Some(libc::ECONNREFUSED));
    }

    #[test]
    fn two_sockets_have_two_cookies() {
        let sockets = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());

        assert_ne!(cookie(&sockets[0]).unwrap(), cookie(&sockets[1]).unwrap());
    }

    #[test]
    fn names_are_the_kernels_bytes() {
        let (socket, _other) = UnixDatagram::pair().unwrap();
        let mut buffer = [0; NAME_BYTES];

        assert_eq!(name(&socket, &mut buffer).unwrap(), [1, 0]);
    }

    #[test]
    fn what_is_no_socket_says_so() {
        let file = std::fs::File::open("/dev/null").unwrap();

        assert_eq!(cookie(&file).unwrap_err().raw_os_error(), Some(libc::ENOTSOCK));
    }
}
