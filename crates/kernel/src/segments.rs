//! Many datagrams in one call and one buffer (`udp(7)`, `UDP_SEGMENT` and `UDP_GRO`).

use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// How many datagrams one send can be cut into: the kernel's `UDP_MAX_SEGMENTS` is 64 or, since Linux 6.2, 128.
pub const SEGMENTS_MAX: usize = 64;

/// Has the kernel cut whatever is sent into datagrams of this size, the last one shorter (`UDP_SEGMENT`); 0 takes that back.
///
/// No send may have more than [`SEGMENTS_MAX`] of them, nor more bytes than one datagram can have.
///
/// # Errors
/// `ENOPROTOOPT`: a kernel before Linux 4.18.
#[doc(alias = "UDP_SEGMENT")]
pub fn set_segment_bytes(socket: impl AsFd, bytes: u16) -> io::Result<()> {
    set(socket, libc::UDP_SEGMENT, bytes.into())
}

/// Has the kernel hand over datagrams of one sender that came together, and are of one size, as one (`UDP_GRO`).
///
/// # Errors
/// `ENOPROTOOPT`: a kernel before Linux 5.0.
#[doc(alias = "UDP_GRO")]
pub fn set_coalescing(socket: impl AsFd, on: bool) -> io::Result<()> {
    set(socket, libc::UDP_GRO, on.into())
}

/// Size of an option's value that is an `int`.
const INT_BYTES: libc::socklen_t = 4;

fn set(socket: impl AsFd, option: i32, value: libc::c_int) -> io::Result<()> {
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: the option's value is an `int`; the pointer and the size describe `value`, which lives through the call.
    let result =
        unsafe { libc::setsockopt(socket, libc::SOL_UDP, option, (&raw const value).cast(), INT_BYTES) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn one_send_is_cut_and_one_receive_takes_it_together() {
        let (from, to) = pair();
        set_segment_bytes(&from, 3).unwrap();

        from.send(b"abcdefgh").unwrap();
        let mut buffer = [0; 16];
        let apart =
            [to.recv(&mut buffer).unwrap(), to.recv(&mut buffer).unwrap(), to.recv(&mut buffer).unwrap()];
        set_coalescing(&to, true).unwrap();
        from.send(b"abcdefgh").unwrap();
        let together = to.recv(&mut buffer).unwrap();

        assert_eq!((apart, together), ([3, 3, 2], 8));
        assert_eq!(&buffer[..8], b"abcdefgh");
    }

    fn pair() -> (UdpSocket, UdpSocket) {
        let [from, to] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        from.connect(to.local_addr().unwrap()).unwrap();
        to.connect(from.local_addr().unwrap()).unwrap();
        (from, to)
    }
}
