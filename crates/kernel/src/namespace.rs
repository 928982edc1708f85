//! A network of one's own, without privilege (`user_namespaces(7)`, `network_namespaces(7)`).
//!
//! Whoever enters a new user namespace may do anything to the network namespace that belongs to it: bring its loopback up, capture
//! its packets. Everything here changes the calling process, and so is for one that has a single thread still.

use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, socket};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

pub use crate::interface::{add_loopback_address, loopback_up};
pub use crate::step::{Step, StepError};

use crate::step::{ANSWER_BYTES, at, check, decode, encode};

/// Who this user is in the private network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserMap {
    /// The same user and group as outside, and nobody else: an ordinary program that is started there has no privilege either.
    Own,
    /// No new user namespace: for those who may make a network without one.
    None,
}

impl UserMap {
    /// The one for whoever runs this: root needs no user namespace.
    pub fn usual() -> Self {
        if crate::process::effective_user() == 0 { Self::None } else { Self::Own }
    }
}

/// Enters a network of one's own, which nobody else is in; its loopback is down still ([`loopback_up`]).
///
/// What was entered cannot be left. When a step fails, the steps before it stay: [`probe`] tells that without harm.
///
/// # Errors
/// - [`Step::Unshare`]: `EPERM` where namespaces are forbidden (a container's filter, or for [`UserMap::None`], not root);
///   `ENOSPC` where the sysctl `user.max_user_namespaces` or `user.max_net_namespaces` is used up or 0; `EINVAL` if this process
///   has threads.
/// - [`Step::SetGroups`], [`Step::UidMap`], [`Step::GidMap`]: `EPERM` or `EACCES` where an `AppArmor` profile takes away the
///   privilege in the new namespace (the sysctl `kernel.apparmor_restrict_unprivileged_userns`).
#[doc(alias = "unshare")]
pub fn enter_private(map: UserMap) -> Result<(), StepError> {
    Plan::new(map).enter()
}

/// Enters one more network, with this thread only; its loopback is up, and nobody else is in it. Returns it, for others to join.
///
/// What was entered cannot be left, so it is for a thread that was made for this, in a process that has power over its user namespace:
/// after [`enter_private`], or root's.
///
/// # Errors
/// - [`Step::Unshare`]: `EPERM`, there is no such power; `ENOSPC`, there are too many networks.
/// - [`Step::FindNamespaces`]: there is no `/proc`. Those of [`loopback_up`].
#[doc(alias = "CLONE_NEWNET")]
pub fn enter_another(mtu_bytes: u32) -> Result<OwnedFd, StepError> {
    // SAFETY: the table of descriptors stays shared (`CLONE_FILES` is not asked for), which is all that could go wrong.
    at(Step::Unshare, unsafe { unshare_unsafe(UnshareFlags::NEWNET) })?;
    loopback_up(mtu_bytes)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    at(Step::FindNamespaces, openat(CWD, "/proc/thread-self/ns/net", flags, Mode::empty()))
}

/// Tries in a process of its own whether a private network with a capture can be had: every step but the ring itself.
///
/// # Errors
/// The step that failed, as [`enter_private`] and [`loopback_up`] say; [`Step::PacketSocket`]; [`Step::Fork`] if no process could be
/// made, or it said nothing.
pub fn probe(map: UserMap, mtu_bytes: u32) -> Result<(), StepError> {
    let plan = Plan::new(map);
    let (read, write) = io::pipe().map_err(|error| no_process(error.raw_os_error().unwrap_or_default()))?;
    // SAFETY: until it ends, the child makes system calls only: `try_all` allocates nothing and takes no lock.
    let child = check(Step::Fork, unsafe { libc::fork() })?;
    if child == 0 {
        let answer = encode(plan.try_all(mtu_bytes));
        let written = rustix::io::write(&write, &answer);
        // SAFETY: it ends this process without running anything of its parent's.
        unsafe { libc::_exit(i32::from(written.is_err())) }
    }
    drop(write);
    let mut answer = [0; ANSWER_BYTES];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(&read, &mut answer));
    wait_for(child);
    match at(Step::Fork, length)? {
        ANSWER_BYTES => decode(answer),
        // Something killed the child: a filter of `seccomp(2)`, for example.
        _ => Err(no_process(libc::ECHILD)),
    }
}

fn no_process(errno: i32) -> StepError {
    StepError { step: Step::Fork, errno }
}

/// Joins the network of another process, and its user namespace if that is not this process's own already.
///
/// # Errors
/// - [`Step::FindNamespaces`]: `ENOENT` if there is no such process; `EACCES`, `EPERM` if it belongs to somebody else.
/// - [`Step::JoinUser`], [`Step::JoinNetwork`]: `EPERM` if the namespace was made by another user; `EINVAL` if this process has
///   threads.
#[doc(alias = "setns")]
pub fn join(pid: u32) -> Result<(), StepError> {
    let open = |name: &str| {
        let path = format!("/proc/{pid}/ns/{name}");
        at(Step::FindNamespaces, openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()))
    };
    let identity = |path: &str| rustix::fs::stat(path).map(|status| (status.st_dev, status.st_ino));
    // Both are found first: afterwards this process is somebody else.
    let (user, network) = (open("user")?, open("net")?);
    let theirs = at(Step::FindNamespaces, identity(&format!("/proc/{pid}/ns/user")))?;
    let ours = at(Step::FindNamespaces, identity("/proc/self/ns/user"))?;
    if theirs != ours {
        join_namespace(Step::JoinUser, &user, LinkNameSpaceType::User)?;
    }
    join_namespace(Step::JoinNetwork, &network, LinkNameSpaceType::Network)
}

/// Makes one more network beside that of this process, with its loopback up, and returns what it is joined by ([`join_network`]).
///
/// It belongs to the user namespace of this process, and is there as long as anybody is in it or has the descriptor. This process
/// stays where it is, and may have threads.
///
/// # Errors
/// [`Step::Unshare`]: `EPERM` where this process has no power over its user namespace ([`enter_private`]), `ENOSPC` as there; the
/// steps of [`loopback_up`]; [`Step::Fork`]; [`Step::FindNamespaces`].
pub fn make_another(mtu_bytes: u32) -> Result<OwnedFd, StepError> {
    let (read, write) = at(Step::Fork, io::pipe())?;
    let (hold, release) = at(Step::Fork, io::pipe())?;
    // SAFETY: until it ends, the child makes system calls only: it allocates nothing and takes no lock.
    let child = check(Step::Fork, unsafe { libc::fork() })?;
    if child == 0 {
        // SAFETY: this is the child's copy of the descriptor, which nothing uses after this.
        unsafe { libc::close(release.as_raw_fd()) };
        // SAFETY: the table of descriptors stays shared (`CLONE_FILES` is not asked for), which is all that could go wrong.
        let made = at(Step::Unshare, unsafe { unshare_unsafe(UnshareFlags::NEWNET) });
        let written = rustix::io::write(&write, &encode(made.and_then(|()| loopback_up(mtu_bytes))));
        // It stays until its network has been found.
        let _ = rustix::io::retry_on_intr(|| rustix::io::read(&hold, &mut [0]));
        // SAFETY: it ends this process without running anything of its parent's.
        unsafe { libc::_exit(i32::from(written.is_err())) }
    }
    drop(write);
    let mut answer = [0; ANSWER_BYTES];
    let made = match rustix::io::retry_on_intr(|| rustix::io::read(&read, &mut answer)) {
        Ok(ANSWER_BYTES) => decode(answer),
        _ => Err(no_process(libc::ECHILD)),
    };
    let path = format!("/proc/{child}/ns/net");
    let network = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    drop(release);
    wait_for(child);
    made.and_then(|()| at(Step::FindNamespaces, network))
}

/// Has this thread, and no other one, be in a network from now on; sockets that it has stay in theirs.
///
/// # Errors
/// [`Step::JoinNetwork`]: `EPERM`: this process has no power over the user namespace that the network belongs to.
#[doc(alias = "setns")]
pub fn join_network(network: BorrowedFd<'_>) -> Result<(), StepError> {
    at(Step::JoinNetwork, move_into_link_name_space(network, Some(LinkNameSpaceType::Network)))
}

fn join_namespace(step: Step, namespace: &OwnedFd, of_type: LinkNameSpaceType) -> Result<(), StepError> {
    use std::os::fd::AsFd;
    at(step, move_into_link_name_space(namespace.as_fd(), Some(of_type)))
}

/// What is written into the maps, made before anything is entered: from then on there are system calls only.
struct Plan {
    map: UserMap,
    user: Line,
    group: Line,
}

impl Plan {
    fn new(map: UserMap) -> Self {
        let user = rustix::process::geteuid().as_raw();
        let group = rustix::process::getegid().as_raw();
        Self { map, user: Line::same(user), group: Line::same(group) }
    }

    fn enter(&self) -> Result<(), StepError> {
        let flags = match self.map {
            UserMap::Own => UnshareFlags::NEWUSER | UnshareFlags::NEWNET,
            UserMap::None => UnshareFlags::NEWNET,
        };
        // SAFETY: the table of descriptors stays shared (`CLONE_FILES` is not asked for), which is all that could go wrong.
        at(Step::Unshare, unsafe { unshare_unsafe(flags) })?;
        if self.map == UserMap::Own {
            write(Step::SetGroups, "/proc/self/setgroups", b"deny")?;
            write(Step::UidMap, "/proc/self/uid_map", self.user.bytes())?;
            write(Step::GidMap, "/proc/self/gid_map", self.group.bytes())?;
        }
        take_own_table();
        Ok(())
    }

    fn try_all(&self, mtu_bytes: u32) -> Result<(), StepError> {
        self.enter()?;
        loopback_up(mtu_bytes)?;
        at(Step::PacketSocket, socket(AddressFamily::PACKET, SocketType::RAW, None)).map(drop)
    }
}

/// How many places the table of connections has of a network of our own.
///
/// Else it shares the machine's (`tcp_child_ehash_entries`, `Documentation/networking/ip-sysctl.rst`), which has hundreds of thousands of
/// them, and whoever asks for sockets (`sock_diag(7)`) goes through all: two milliseconds instead of a few microseconds, for each
/// look. Half as many sockets may be in TIME-WAIT.
const CONNECTION_PLACES: &[u8] = b"16384";
const CHILD_TABLE: &str = "/proc/sys/net/ipv4/tcp_child_ehash_entries";

/// Goes on into one more network, which has a table of its own; and so will those that are made from it. Before Linux 6.1, and where
/// `/proc/sys` is read-only, networks share the machine's, and everything else is the same.
fn take_own_table() {
    let ask = || write(Step::Unshare, CHILD_TABLE, CONNECTION_PLACES);
    // SAFETY: the table of descriptors stays shared (`CLONE_FILES` is not asked for), which is all that could go wrong.
    if ask().is_ok() && unsafe { unshare_unsafe(UnshareFlags::NEWNET) }.is_ok() {
        let _ = ask();
    }
}

/// Writes a file of `/proc`, which takes what it is given at once or not at all.
pub(crate) fn write(step: Step, path: &str, bytes: &[u8]) -> Result<(), StepError> {
    let file = at(step, openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()))?;
    at(step, rustix::io::write(file, bytes)).map(drop)
}

/// A line of a map, which says that one number is the same inside and outside.
#[derive(Debug)]
pub(crate) struct Line {
    text: [u8; Self::BYTES],
    length: usize,
}

impl Line {
    /// Two numbers of ten digits, a 1 and the spaces between.
    const BYTES: usize = 23;

    pub(crate) fn same(number: u32) -> Self {
        let mut text = [0; Self::BYTES];
        let mut rest = &mut text[..];
        // It fits, as the length above says.
        let _ = write!(rest, "{number} {number} 1");
        let length = Self::BYTES - rest.len();
        Self { text, length }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

fn wait_for(child: libc::pid_t) {
    let mut status = MaybeUninit::uninit();
    // SAFETY: the pointer is to a local that lives through the call.
    while unsafe { libc::waitpid(child, status.as_mut_ptr(), 0) } < 0 {
        if io::Error::last_os_error().raw_os_error() != Some(Errno::INTR.raw_os_error()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_that_a_number_is_itself() {
        assert_eq!(Line::same(0).bytes(), b"0 0 1");
        assert_eq!(Line::same(u32::MAX).bytes(), b"4294967295 4294967295 1");
    }

    #[test]
    fn a_probe_changes_nothing_here() {
        let identity = || rustix::fs::stat("/proc/thread-self/ns/net").unwrap().st_ino;
        let before = identity();

        let tried = probe(UserMap::usual(), 1500);
        let without = probe(UserMap::None, 1500);

        assert_eq!(identity(), before);
        // Whatever this machine allows, nobody but root makes a network without a user namespace.
        if crate::process::effective_user() != 0 {
            assert_eq!(without, Err(StepError { step: Step::Unshare, errno: libc::EPERM }));
        } else {
            assert_eq!(without, tried);
        }
    }
}
