//! Messages and descriptors between two processes of this machine (`unix(7)`, `SOCK_SEQPACKET`).

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::cmsg_space;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};

/// The most descriptors that come with a message.
pub const DESCRIPTORS_MAX: usize = 3;

/// Makes two sockets that are connected to each other; each keeps the bounds of messages. Both are closed on `exec`, and
/// both block.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`: no descriptor or no memory left.
#[doc(alias = "socketpair")]
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// Sends a message whole, with copies of up to [`DESCRIPTORS_MAX`] descriptors (`SCM_RIGHTS`). Never raises `SIGPIPE`.
///
/// # Errors
/// `EPIPE`, `ECONNRESET`: the peer is gone; `EMSGSIZE`: longer than the socket's buffer takes; `EAGAIN`: a non-blocking
/// socket has no room; `ETOOMANYREFS`, `ENOBUFS`.
#[doc(alias = "SCM_RIGHTS")]
pub fn send(socket: impl AsFd, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    rustix::net::sendmsg(socket, &[IoSlice::new(message)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// A message that came.
#[derive(Debug)]
pub struct Received {
    /// How many bytes of the buffer it takes; 0 means that the peer has ended its side.
    pub bytes: usize,
    /// Whether it was longer than the buffer, or had more descriptors than fit: the rest is lost.
    pub is_cut: bool,
    /// The descriptors that came with it; they are closed on `exec`.
    pub descriptors: Vec<OwnedFd>,
}

/// Takes a message with its descriptors.
///
/// # Errors
/// `EAGAIN`: a non-blocking socket has none; `ECONNRESET`: the peer is gone and had not read everything; `ENOTSOCK`.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Received> {
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
    let is_cut = message.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC);
    Ok(Received { bytes: message.bytes, is_cut, descriptors })
}

/// Ends this side: the peer reads what was sent, then an end. What the peer sends still comes (`shutdown(2)`, `SHUT_WR`).
///
/// # Errors
/// `ENOTCONN`: the peer is gone.
pub fn shut_write(socket: impl AsFd) -> io::Result<()> {
    Ok(rustix::net::shutdown(socket, rustix::net::Shutdown::Write)?)
}

/// Makes calls on a descriptor return `EAGAIN` instead of waiting (`O_NONBLOCK`).
///
/// # Errors
/// None in practice.
#[doc(alias = "O_NONBLOCK")]
pub fn never_wait(descriptor: impl AsFd) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(descriptor, true)?)
}
