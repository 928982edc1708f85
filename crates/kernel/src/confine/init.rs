//! The first process of a guest's namespaces (`pid_namespaces(7)`): it makes what the guest sees, and then waits for our end.
//!
//! It is ours and executes nothing. When it ends, the kernel ends all processes of its namespace, and it ends when the other end of
//! its channel does. A guest's own process is never the first one: signals would mean nothing to that.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Signal, WaitId, WaitIdOptions};
use rustix::thread::{UnshareFlags, unshare_unsafe};

use super::user::{Change, User, give_up_capabilities, set_traceable};
use super::view::View;
use crate::namespace::{Line, write};
use crate::poll::{self, Interest};
use crate::process::{Handle, Order, close_all_but};
use crate::signals;
use crate::step::{ANSWER_BYTES, Step, StepError, at, check, decode, encode};

/// Its number in its own namespace.
pub(super) const INIT: u32 = 1;

/// A guest that was killed is gone after that; what is left waits for a device, or for a tracer that does not take note of its end.
pub const END_MAX: Duration = Duration::from_secs(5);

/// The name that the machine has for the guest.
const HOST_NAME: &[u8] = b"guest";

/// What the first process does, made before there is one.
#[derive(Debug)]
pub(super) struct Plan {
    change: Change,
    user_map: Line,
    group_map: Line,
    view: Option<View>,
}

/// The first process, with its namespaces. All in them ends with this, and with the thread that made it.
#[derive(Debug)]
pub(super) struct Init {
    process: Handle,
    /// Its end is the end of the process.
    channel: Option<OwnedFd>,
    pub(super) namespaces: Namespaces,
    /// The root of its file system; none if that is the machine's.
    pub(super) root: Option<OwnedFd>,
    /// The processes in its namespace, likewise.
    pub(super) proc: Option<OwnedFd>,
}

/// What a guest's processes join (`setns(2)`).
#[derive(Debug)]
pub(super) struct Namespaces {
    pub(super) pid: OwnedFd,
    pub(super) user: OwnedFd,
    pub(super) others: Vec<OwnedFd>,
}

impl Plan {
    /// With a view, the guest has a root of its own.
    pub(super) fn new(user: User, view: Option<View>) -> Self {
        Self {
            change: Change::to(user),
            user_map: Line::same(user.id),
            group_map: Line::same(user.group),
            view,
        }
    }

    fn flags(&self) -> libc::c_int {
        let all = libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS | libc::CLONE_NEWCGROUP;
        if self.view.is_some() { all | libc::CLONE_NEWNS } else { all }
    }

    /// Makes the process, and waits until it has made the rest.
    ///
    /// The user namespace is made last, by the process itself: so the others belong to the one around it, in which the guest has no
    /// capability whatever happens.
    pub(super) fn start(&self) -> Result<Init, StepError> {
        let flags = SocketFlags::CLOEXEC;
        let (ours, its) =
            at(Step::Channel, socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None))?;
        let mask = at(Step::MakeInit, signals::block_for_now())?;
        let id = fork_with(self.flags() | libc::SIGCHLD);
        if id == 0 {
            self.run(its.as_fd());
        }
        let id = check(Step::MakeInit, id);
        mask.restore();
        let id = id?.unsigned_abs();
        drop(its);
        let process = at(Step::MakeInit, Handle::open(id))?;
        let built = answer(&ours);
        let mut guard = Guard { process: Some(process), id };
        built?;
        let namespaces = Namespaces::open(id, self.view.is_some())?;
        let root = self.view.is_some().then(|| open(&format!("/proc/{id}/root"))).transpose()?;
        let proc = root.as_ref().map(|root| open_in(root, "proc")).transpose()?;
        at(Step::Channel, rustix::io::write(&ours, &[1]))?;
        answer(&ours)?;
        let process = guard.process.take().ok_or(StepError { step: Step::MakeInit, errno: libc::ECHILD })?;
        Ok(Init { process, channel: Some(ours), namespaces, root, proc })
    }

    /// What the process does, until the channel ends.
    fn run(&self, channel: BorrowedFd<'_>) -> ! {
        let built = self.build(channel);
        let mut told = rustix::io::write(channel, &encode(built)).map(drop);
        if built.is_ok() && told.is_ok() {
            told = rustix::io::read(channel, &mut [0]).map(drop);
            // From here on nobody of its user looks at its memory, which is a copy of ours.
            let closed = set_traceable(false);
            told = told.and_then(|()| rustix::io::write(channel, &encode(closed)).map(drop));
            while told.is_ok() && matches!(rustix::io::read(channel, &mut [0]), Ok(1..)) {}
        }
        // SAFETY: ends the process at once, without anything that `exit(3)` would run.
        unsafe { libc::_exit(i32::from(told.is_err())) }
    }

    /// Makes system calls only: the process is a copy of one that may have had threads.
    fn build(&self, channel: BorrowedFd<'_>) -> Result<(), StepError> {
        signals::forget_children();
        at(Step::OwnSession, rustix::process::setsid())?;
        at(Step::Streams, close_all_but(0, channel))?;
        at(Step::HostName, rustix::system::sethostname(HOST_NAME))?;
        if let Some(view) = &self.view {
            view.make()?;
        }
        self.change.leave_groups()?;
        self.change.become_it()?;
        set_traceable(true)?;
        // SAFETY: the table of descriptors stays shared (`CLONE_FILES` is not asked for), which is all that could go wrong.
        at(Step::Unshare, unsafe { unshare_unsafe(UnshareFlags::NEWUSER) })?;
        write(Step::SetGroups, "/proc/self/setgroups", b"deny")?;
        write(Step::UidMap, "/proc/self/uid_map", self.user_map.bytes())?;
        write(Step::GidMap, "/proc/self/gid_map", self.group_map.bytes())?;
        give_up_capabilities()?;
        // It is forgotten when a process becomes another user, so it comes last.
        at(Step::MakeInit, rustix::process::set_parent_process_death_signal(Some(Signal::KILL)))
    }
}

/// Makes a process as `fork(2)` does, with these flags. The child may make system calls only.
pub(crate) fn fork_with(flags: libc::c_int) -> libc::pid_t {
    // SAFETY: without a stack of its own the child goes on with a copy of this one, as after `fork(2)`; it makes only system calls,
    // on memory that was made before, and ends by `_exit(2)` or `execve(2)`. The other arguments are for flags that are not given.
    let id = unsafe { libc::syscall(libc::SYS_clone, libc::c_long::from(flags), 0, 0, 0, 0) };
    libc::pid_t::try_from(id).unwrap_or(-1)
}

/// Reads how it went on the other side.
pub(crate) fn answer(channel: &OwnedFd) -> Result<(), StepError> {
    let mut answer = [0; ANSWER_BYTES];
    match rustix::io::retry_on_intr(|| rustix::io::read(channel, &mut answer)) {
        Ok(ANSWER_BYTES) => decode(answer),
        Ok(_) => Err(StepError { step: Step::MakeInit, errno: libc::ECHILD }),
        Err(errno) => Err(StepError { step: Step::Channel, errno: errno.raw_os_error() }),
    }
}

/// Kills and forgets the process if its making goes wrong.
struct Guard {
    process: Option<Handle>,
    id: u32,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            let _ = process.order(Order::End);
            reap(self.id);
        }
    }
}

/// Waits for a child of this thread.
pub(crate) fn reap(id: u32) {
    let pid = id.try_into().ok().and_then(rustix::process::Pid::from_raw);
    let Some(pid) = pid else { return };
    // A child that somebody else has waited for is as good.
    let _ = rustix::io::retry_on_intr(|| {
        rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty())
    });
}

impl Namespaces {
    fn open(id: u32, has_view: bool) -> Result<Self, StepError> {
        let namespace = |name: &str| open_for(&format!("/proc/{id}/ns/{name}"), OFlags::RDONLY);
        let others = ["ipc", "uts", "cgroup", "mnt"];
        let others = others.iter().filter(|name| has_view || **name != "mnt").map(|name| namespace(name));
        Ok(Self {
            pid: namespace("pid")?,
            user: namespace("user")?,
            others: others.collect::<Result<_, _>>()?,
        })
    }
}

fn open(path: &str) -> Result<OwnedFd, StepError> {
    open_for(path, OFlags::PATH | OFlags::DIRECTORY)
}

fn open_for(path: &str, flags: OFlags) -> Result<OwnedFd, StepError> {
    at(Step::FindNamespaces, openat(CWD, path, flags | OFlags::CLOEXEC, Mode::empty()))
}

fn open_in(root: &OwnedFd, name: &str) -> Result<OwnedFd, StepError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    at(Step::FindNamespaces, openat(root, name, flags, Mode::empty()))
}

impl Init {
    /// Ends all that is in the namespaces, soon.
    pub(super) fn order_end(&self) {
        // What has ended already is as good.
        let _ = self.process.order(Order::End);
    }

    /// A handle of the process.
    pub(super) fn handle(&self) -> io::Result<Handle> {
        Ok(Handle::from(self.process.as_fd().try_clone_to_owned()?))
    }

    /// Ends all that is in the namespaces, and waits until nothing is left of it, at most [`END_MAX`]; tells whether that is so.
    pub(super) fn end(&mut self) -> bool {
        self.order_end();
        self.channel = None;
        let until = Some(Instant::now() + END_MAX);
        let ended = poll::wait(self.process.as_fd(), Interest::READ, until).is_ok_and(|found| found.read);
        if ended {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            // A tracer may have waited for it.
            let _ = rustix::process::waitid(WaitId::PidFd(self.process.as_fd()), options);
        }
        ended
    }
}

impl Drop for Init {
    fn drop(&mut self) {
        self.end();
    }
}
