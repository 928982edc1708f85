//! Descriptors that one process of this machine hands to another (`unix(7)`, `SCM_RIGHTS`).

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};

/// The most descriptors that go with some bytes.
pub const DESCRIPTORS_MAX: usize = 3;

/// Sends bytes over a local socket, and with the first of them copies of up to [`DESCRIPTORS_MAX`] descriptors; returns how many
/// bytes were taken. Never raises `SIGPIPE`.
///
/// # Errors
/// `EPIPE`, `ECONNRESET`: the peer is gone; `EAGAIN`: a non-blocking socket has no room; `ETOOMANYREFS`: too many descriptors are
/// on their way; `EINVAL`: more descriptors than go at once.
#[doc(alias = "SCM_RIGHTS")]
pub fn send(socket: impl AsFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if descriptors.len() > DESCRIPTORS_MAX || !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(rustix::io::Errno::INVAL.into());
    }
    Ok(rustix::net::sendmsg(socket, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL)?)
}

/// Takes bytes from a local socket, 0 of them when the peer has ended its side, and the descriptors that came with them. These are
/// closed on `exec`; more than [`DESCRIPTORS_MAX`] are lost.
///
/// # Errors
/// `EAGAIN`: a non-blocking socket has none; `ECONNRESET`: the peer is gone and had not read everything; `ENOTSOCK`.
#[doc(alias = "SCM_RIGHTS")]
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let vector = &mut [IoSliceMut::new(buffer)];
    let message = rustix::net::recvmsg(socket, vector, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors = Vec::new();
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = part {
            descriptors.extend(some);
        }
    }
    Ok((message.bytes, descriptors))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write, pipe};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_descriptor_arrives_with_the_first_byte_and_is_the_same_file() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (mut read, write) = pipe().unwrap();

        assert_eq!(send(&ours, b"job", &[write.as_fd()]).unwrap(), 3);
        let (bytes, mut descriptors) = receive(&theirs, &mut [0; 1]).unwrap();
        drop(write);

        assert_eq!((bytes, descriptors.len()), (1, 1));
        let mut file = std::fs::File::from(descriptors.remove(0));
        file.write_all(b"x").unwrap();
        drop(file);
        let mut came = String::new();
        read.read_to_string(&mut came).unwrap();
        assert_eq!(came, "x");
    }

    #[test]
    fn more_descriptors_than_go_at_once_are_refused() {
        let (ours, _theirs) = UnixStream::pair().unwrap();

        let error = send(&ours, b"x", &[ours.as_fd(); DESCRIPTORS_MAX + 1]).unwrap_err();

        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    }

    #[test]
    fn an_end_brings_no_bytes() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(ours);

        assert_eq!(receive(&theirs, &mut [0; 9]).unwrap().0, 0);
    }
}
