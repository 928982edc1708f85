//! Descriptors of other processes (`pidfd_getfd(2)`).

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{PidfdGetfdFlags, pidfd_getfd};

use crate::process::Handle;

/// Makes a descriptor of this process that stands for the same open file as that number does in another one.
///
/// It is one more reference: as long as it lives, a `close(2)` of the other process closes nothing. So it is to be dropped before
/// that process calls that. What it changes (flags of the file, a pending error that is read) changes there too.
///
/// # Errors
/// `EBADF`: the process has no such descriptor; `EPERM`: this process may not trace that one (`ptrace(2)`), or a sandbox forbids
/// it; `ESRCH`: the process has ended; `EMFILE`; `ENOSYS`: a kernel before 5.6.
#[doc(alias = "pidfd_getfd")]
pub fn copy_from(process: &Handle, descriptor: i32) -> io::Result<OwnedFd> {
    Ok(pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty())?)
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;

    use super::*;
    use crate::process::own_id;

    #[test]
    fn the_copy_is_the_same_socket() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let process = Handle::open(own_id()).unwrap();

        let copy = UdpSocket::from(copy_from(&process, socket.as_raw_fd()).unwrap());

        assert_eq!(copy.local_addr().unwrap(), socket.local_addr().unwrap());
        assert_ne!(copy.as_raw_fd(), socket.as_raw_fd());
    }

    #[test]
    fn a_number_that_is_no_descriptor_is_refused() {
        let process = Handle::open(own_id()).unwrap();

        let error = copy_from(&process, i32::MAX).unwrap_err();

        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    }
}
