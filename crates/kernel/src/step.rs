//! Operations of several steps, each of which the kernel may refuse for a reason of its own.

use std::error::Error;
use std::fmt;
use std::io;

/// A step of making a private network, of opening a capture, or of confining a guest.
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
    /// Making the first process of a guest's namespaces (`clone(2)`).
    MakeInit,
    /// Making the channel to it, or using it (`socketpair(2)`).
    Channel,
    /// Naming the machine as the guest sees it (`sethostname(2)`).
    HostName,
    /// Keeping what is mounted from the outside, and the other way round (`mount(2)`).
    Private,
    /// Mounting a file system that is in memory (`tmpfs(5)`).
    Tmpfs,
    /// Changing what `/` is (`pivot_root(2)`).
    Pivot,
    /// Making a file, a directory or a link in the guest's view (`mkdir(2)`, `symlink(2)`, `open(2)`, `chown(2)`).
    MakeFile,
    /// Showing a directory of the machine to the guest (`mount(2)`, `MS_BIND`).
    BindMount,
    /// Making what is mounted read-only (`mount_setattr(2)`, Linux 5.12).
    ReadOnly,
    /// Mounting the processes of the guest (`proc(5)`).
    Proc,
    /// Laying the guest's changes over its directory (`mount(2)`, overlayfs).
    Overlay,
    /// Taking away what the guest is not to see (`umount2(2)`).
    Unmount,
    /// Copying the directory of the guest.
    CopyFiles,
    /// Joining the guest's namespaces (`setns(2)`).
    JoinNamespaces,
    /// Acting as the guest's user (`setresuid(2)`, `setresgid(2)`, `setgroups(2)`).
    Identity,
    /// Giving up all capabilities (`capset(2)`, `PR_CAPBSET_DROP`).
    Capabilities,
    /// Giving up to gain any (`PR_SET_NO_NEW_PRIVS`).
    NoNewPrivileges,
    /// Letting the tracer look at it, or nobody (`PR_SET_DUMPABLE`).
    Traceable,
    /// Leaving the terminal (`setsid(2)`).
    OwnSession,
    /// Setting the standard streams (`dup2(2)`, `close_range(2)`).
    Streams,
    /// Changing to the guest's directory (`chdir(2)`).
    WorkingDirectory,
    /// Setting a limit of resources (`setrlimit(2)`).
    ResourceLimit,
    /// Restricting which files can be reached (`landlock(7)`).
    Landlock,
    /// Refusing system calls (`seccomp(2)`).
    Filter,
}

impl Step {
    /// The call or the file, as an error message names it.
    pub fn operation(self) -> &'static str {
        STEPS.iter().find(|(step, _)| *step == self).map_or("", |(_, operation)| operation)
    }
}

/// All of them with what they do; by their places here they are numbered on their way from one process to another.
const STEPS: [(Step, &str); 42] = [
    (Step::Fork, "fork"),
    (Step::Unshare, "unshare"),
    (Step::SetGroups, "write /proc/self/setgroups"),
    (Step::UidMap, "write /proc/self/uid_map"),
    (Step::GidMap, "write /proc/self/gid_map"),
    (Step::FindNamespaces, "open /proc/PID/ns"),
    (Step::JoinUser, "setns of the user namespace"),
    (Step::JoinNetwork, "setns of the network namespace"),
    (Step::ConfigurationSocket, "socket"),
    (Step::Address, "ioctl SIOCSIFADDR"),
    (Step::Mtu, "ioctl SIOCSIFMTU"),
    (Step::Offloads, "ioctl SIOCETHTOOL"),
    (Step::Up, "ioctl SIOCSIFFLAGS"),
    (Step::PacketSocket, "socket AF_PACKET"),
    (Step::Ring, "setsockopt PACKET_RX_RING"),
    (Step::Snap, "setsockopt SO_ATTACH_FILTER"),
    (Step::Map, "mmap"),
    (Step::Bind, "bind AF_PACKET"),
    (Step::MakeInit, "clone with new namespaces"),
    (Step::Channel, "socketpair"),
    (Step::HostName, "sethostname"),
    (Step::Private, "mount MS_PRIVATE of /"),
    (Step::Tmpfs, "mount tmpfs"),
    (Step::Pivot, "pivot_root"),
    (Step::MakeFile, "mkdir in the guest's view"),
    (Step::BindMount, "mount MS_BIND"),
    (Step::ReadOnly, "mount_setattr"),
    (Step::Proc, "mount proc"),
    (Step::Overlay, "mount overlay"),
    (Step::Unmount, "umount2"),
    (Step::CopyFiles, "copy the directory"),
    (Step::JoinNamespaces, "setns"),
    (Step::Identity, "setresuid"),
    (Step::Capabilities, "capset"),
    (Step::NoNewPrivileges, "prctl PR_SET_NO_NEW_PRIVS"),
    (Step::Traceable, "prctl PR_SET_DUMPABLE"),
    (Step::OwnSession, "setsid"),
    (Step::Streams, "dup2"),
    (Step::WorkingDirectory, "chdir"),
    (Step::ResourceLimit, "setrlimit"),
    (Step::Landlock, "landlock_restrict_self"),
    (Step::Filter, "seccomp"),
];

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

/// The number of the step, 0 for none, and the error number.
pub(crate) const ANSWER_BYTES: usize = 5;

/// Writes down how it went, for another process. Makes no system call and takes no memory.
pub(crate) fn encode(tried: Result<(), StepError>) -> [u8; ANSWER_BYTES] {
    let Err(StepError { step, errno }) = tried else { return [0; ANSWER_BYTES] };
    let number = STEPS.iter().position(|(it, _)| *it == step).map_or(0, |index| index + 1);
    let [a, b, c, d] = errno.to_ne_bytes();
    [u8::try_from(number).unwrap_or_default(), a, b, c, d]
}

/// Reads what [`encode`] has written.
pub(crate) fn decode([number, errno @ ..]: [u8; ANSWER_BYTES]) -> Result<(), StepError> {
    match usize::from(number).checked_sub(1).and_then(|index| STEPS.get(index)) {
        Some(&(step, _)) => Err(StepError { step, errno: i32::from_ne_bytes(errno) }),
        None => Ok(()),
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step.operation(), self.to_io())
    }
}

impl Error for StepError {}

/// Names the step whose error it is.
pub(crate) fn at<T>(step: Step, result: Result<T, impl Into<io::Error>>) -> Result<T, StepError> {
    result.map_err(|error| StepError { step, errno: error.into().raw_os_error().unwrap_or_default() })
}

/// Names the step of a call of libc that returns -1 for an error.
pub(crate) fn check(step: Step, returned: libc::c_int) -> Result<libc::c_int, StepError> {
    if returned >= 0 {
        return Ok(returned);
    }
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or_default();
    Err(StepError { step, errno })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_another_process_comes_back() {
        for (step, operation) in STEPS {
            let error = StepError { step, errno: libc::EPERM };

            assert_eq!(decode(encode(Err(error))), Err(error));
            assert_eq!(step.operation(), operation);
        }
        assert_eq!(decode(encode(Ok(()))), Ok(()));
    }
}
