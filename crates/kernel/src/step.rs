//! Operations of several steps, each of which the kernel may refuse for a reason of its own.

use std::error::Error;
use std::fmt;
use std::io;

/// A step of making a private network, or of opening a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Making a process to try the others in (`fork(2)`).
    Fork,
    /// Leaving the namespaces that this process is in (`unshare(2)`).
    Unshare,
    /// Giving up to change groups, which the maps need (`/proc/self/setgroups`, `user_namespaces(7)`).
    SetGroups,
    /// Saying who the user is in the new namespace (`/proc/self/uid_map`).
    UidMap,
    /// Saying the same of the group (`/proc/self/gid_map`).
    GidMap,
    /// Looking for the namespaces of another process (`/proc/PID/ns/…`).
    FindNamespaces,
    /// Joining its user namespace (`setns(2)`).
    JoinUser,
    /// Joining its network (`setns(2)`).
    JoinNetwork,
    /// Giving the loopback one more address (`SIOCSIFADDR`).
    Address,
    /// Opening a socket to set interfaces up with (`socket(2)`).
    ConfigurationSocket,
    /// Setting the largest packet of the loopback (`SIOCSIFMTU` of `netdevice(7)`).
    Mtu,
    /// Having the loopback carry packets as they would be on a wire (`SIOCETHTOOL`).
    Offloads,
    /// Bringing the loopback up (`SIOCSIFFLAGS`).
    Up,
    /// Opening a socket that sees packets (`packet(7)`).
    PacketSocket,
    /// Asking for a ring that is shared with the kernel, and for its size (`PACKET_VERSION`, `PACKET_RX_RING`).
    Ring,
    /// Having packets cut (`SO_ATTACH_FILTER`).
    Snap,
    /// Mapping the ring into this process (`mmap(2)`).
    Map,
    /// Beginning to capture (`bind(2)`).
    Bind,
}

impl Step {
    /// The call or the file, as an error message names it.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Unshare => "unshare",
            Self::SetGroups => "write /proc/self/setgroups",
            Self::UidMap => "write /proc/self/uid_map",
            Self::GidMap => "write /proc/self/gid_map",
            Self::FindNamespaces => "open /proc/PID/ns",
            Self::JoinUser => "setns of the user namespace",
            Self::JoinNetwork => "setns of the network namespace",
            Self::ConfigurationSocket => "socket",
            Self::Address => "ioctl SIOCSIFADDR",
            Self::Mtu => "ioctl SIOCSIFMTU",
            Self::Offloads => "ioctl SIOCETHTOOL",
            Self::Up => "ioctl SIOCSIFFLAGS",
            Self::PacketSocket => "socket AF_PACKET",
            Self::Ring => "setsockopt PACKET_RX_RING",
            Self::Snap => "setsockopt SO_ATTACH_FILTER",
            Self::Map => "mmap",
            Self::Bind => "bind AF_PACKET",
        }
    }
}

/// A step that the kernel refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepError {
    /// Which one.
    pub step: Step,
    /// The error number that the kernel gave (`errno(3)`).
    pub errno: i32,
}

impl StepError {
    /// What the kernel said, for those who take errors of one kind only.
    pub fn to_io(self) -> io::Error {
        io::Error::from_raw_os_error(self.errno)
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step.operation(), self.to_io())
    }
}

impl Error for StepError {}

/// Names the step whose error it is.
pub(crate) fn at<T>(step: Step, result: rustix::io::Result<T>) -> Result<T, StepError> {
    result.map_err(|errno| StepError { step, errno: errno.raw_os_error() })
}

/// Names the step of a call of libc that returns -1 for an error.
pub(crate) fn check(step: Step, returned: libc::c_int) -> Result<libc::c_int, StepError> {
    if returned >= 0 {
        return Ok(returned);
    }
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or_default();
    Err(StepError { step, errno })
}
