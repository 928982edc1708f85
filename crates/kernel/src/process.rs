//! Other processes: starting one, waiting for it, signalling it (`execve(2)`, `wait(2)`, `pidfd_open(2)`).
//!
//! The functions that change this process are for one that has a single thread and does nothing else.

use std::ffi::{CString, c_char};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::time::Instant;

use rustix::fs::Mode;
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Resource, Rlimit, Signal, WaitOptions, getpid, getrlimit, setrlimit,
};
use rustix::thread::CapabilitySet;

use crate::poll::{self, Interest};
use crate::signals;

/// A program to start: what `execve(2)` takes.
#[derive(Debug)]
pub struct Image {
    candidates: Vec<CString>,
    arguments: Terminated,
    environment: Terminated,
}

impl Image {
    /// Takes the files to try in turn, the arguments with the program's name before them, and the environment as
    /// `NAME=value`.
    pub fn new(candidates: Vec<CString>, arguments: Vec<CString>, environment: Vec<CString>) -> Self {
        let (arguments, environment) = (Terminated::new(arguments), Terminated::new(environment));
        Self { candidates, arguments, environment }
    }

    /// Becomes the program; returns only the error.
    ///
    /// Tries each file as `execvp(3)` tries the directories of `PATH`: one that is not there is passed over, and one
    /// that may not be executed is told of when no other is there. It runs between `fork(2)` and `execve(2)`: it makes
    /// system calls and nothing else.
    pub(crate) fn become_it(&self) -> io::Error {
        let mut told = io::Error::from_raw_os_error(libc::ENOENT);
        for candidate in &self.candidates {
            let error = execute(candidate, &self.arguments, &self.environment);
            match error.raw_os_error() {
                Some(libc::EACCES) => told = error,
                Some(libc::ENOENT | libc::ENOTDIR | libc::ESTALE | libc::ENODEV | libc::ETIMEDOUT) => {}
                _ => return error,
            }
        }
        told
    }
}

/// Strings, and beside them the array of pointers, with a null at its end, by which C knows them.
#[derive(Debug)]
struct Terminated {
    pointers: Vec<*const c_char>,
    /// What the pointers point to.
    _strings: Vec<CString>,
}

impl Terminated {
    fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }
}

// SAFETY: the pointers lead to the bytes of the strings beside them, which are owned by the same value, do not move when
// it does and are never changed; so they may be read from any thread.
unsafe impl Send for Terminated {}
// SAFETY: as above.
unsafe impl Sync for Terminated {}

/// Replaces this program by another (`execve(2)`); returns only when that failed.
///
/// Not `execvp(3)`, which hands a file that the kernel cannot execute (`ENOEXEC`) to a shell.
fn execute(file: &CString, arguments: &Terminated, environment: &Terminated) -> io::Error {
    // SAFETY: three valid pointers: a string with its null, and two arrays of such strings that end with a null pointer;
    // all of them are borrowed until the call returns.
    unsafe { libc::execve(file.as_ptr(), arguments.pointers.as_ptr(), environment.pointers.as_ptr()) };
    io::Error::last_os_error()
}

/// Starts a program with these as its standard input, output and error; returns its process id.
///
/// It leads a session of its own, without a terminal, has the default signal mask, and is killed when this process ends
/// before it (`PR_SET_PDEATHSIG`). `open_files` becomes its soft limit of open files (`RLIMIT_NOFILE`), or the hard one if
/// that is lower. The caller waits for it with [`reap`].
///
/// # Errors
/// Whatever `execve(2)` says of the last candidate that counts: `ENOENT`, `EACCES`, `ENOEXEC`, `E2BIG`…; `EAGAIN`, `ENOMEM`: no
/// process could be made.
#[doc(alias = "execve")]
pub fn spawn(image: Image, open_files: u64, [input, output, error]: [OwnedFd; 3]) -> io::Result<u32> {
    // Its name is never used: the closure executes the program itself, and what it returns is what `spawn` tells.
    let mut command = Command::new("/");
    command.stdin(input).stdout(output).stderr(error);
    // SAFETY: the closure runs in the child between fork and exec. It makes only system calls (`setsid`, `prctl`,
    // `prlimit`, `sigprocmask`, `execve`), allocates nothing, takes no lock and frees nothing.
    unsafe { command.pre_exec(move || set_apart(open_files).and_then(|()| Err(image.become_it()))) };
    Ok(command.spawn()?.id())
}

/// Gives this process a session of its own. Runs between `fork(2)` and `execve(2)`.
fn set_apart(open_files: u64) -> io::Result<()> {
    rustix::process::setsid()?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let current = Some(maximum.map_or(open_files, |maximum| maximum.min(open_files)));
    setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    signals::unblock_all()
}

/// What [`reap`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaped {
    /// A child ended, with this process id and this wait status (`wait(2)`).
    Child(u32, u32),
    /// There are children, and none has ended.
    Running,
    /// There is no child.
    NoChild,
}

/// Takes a child that has ended, without waiting (`waitpid(2)` with `WNOHANG`).
///
/// # Errors
/// None in practice.
pub fn reap() -> io::Result<Reaped> {
    match rustix::process::wait(WaitOptions::NOHANG) {
        Ok(Some((pid, status))) => {
            Ok(Reaped::Child(pid.as_raw_nonzero().get().unsigned_abs(), status.as_raw().cast_unsigned()))
        }
        Ok(None) => Ok(Reaped::Running),
        Err(rustix::io::Errno::CHILD) => Ok(Reaped::NoChild),
        Err(error) => Err(error.into()),
    }
}

/// The id of this process.
pub fn own_id() -> u32 {
    getpid().as_raw_nonzero().get().unsigned_abs()
}

/// How often this thread was put off its processor although it could have gone on (`ru_nivcsw` of `getrusage(2)`).
#[doc(alias = "getrusage")]
pub fn involuntary_switches() -> u64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a local that lives through the call, which fills it.
    if unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) } != 0 {
        return 0;
    }
    // SAFETY: all of it is numbers, zero until the call filled it.
    let usage = unsafe { usage.assume_init() };
    usage.ru_nivcsw.unsigned_abs()
}

/// The number of the user that this process acts as (`geteuid(2)`).
pub fn effective_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// A process, named so that another one which gets its number later is not meant (`pidfd_open(2)`).
#[derive(Debug)]
pub struct Handle(OwnedFd);

/// What a process can be made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Stand still (`SIGSTOP`).
    Stop,
    /// Go on (`SIGCONT`).
    Continue,
    /// End, in its own way if it has one (`SIGTERM`).
    Terminate,
    /// End (`SIGKILL`).
    End,
}

impl Handle {
    /// Takes a handle of the process that has this number now.
    ///
    /// # Errors
    /// `ESRCH`: there is none; `EINVAL`: the number is no process's; `EMFILE`, `ENFILE`, `ENOMEM`.
    pub fn open(id: u32) -> io::Result<Self> {
        let pid = id.try_into().ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Self(rustix::process::pidfd_open(pid, PidfdFlags::empty())?))
    }

    /// Opens one whose descriptor has this number or a higher one, for a process whose own descriptors are looked at.
    ///
    /// # Errors
    /// As [`open`](Self::open); `EINVAL`: the number is more than `RLIMIT_NOFILE` allows.
    #[doc(alias = "F_DUPFD_CLOEXEC")]
    pub fn open_from(id: u32, lowest: i32) -> io::Result<Self> {
        Ok(Self(rustix::io::fcntl_dupfd_cloexec(Self::open(id)?, lowest)?))
    }

    /// Whether the process has ended; it may still have its number, until its parent has waited for it.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn has_ended(&self) -> io::Result<bool> {
        Ok(poll::wait(self.0.as_fd(), Interest::READ, Some(Instant::now()))?.read)
    }

    /// Sends the signal (`pidfd_send_signal(2)`).
    ///
    /// # Errors
    /// `ESRCH`: it has ended, and its parent has waited for it; `EPERM`: it acts as another user.
    pub fn order(&self, order: Order) -> io::Result<()> {
        let signal = match order {
            Order::Stop => Signal::STOP,
            Order::Continue => Signal::CONT,
            Order::Terminate => Signal::TERM,
            Order::End => Signal::KILL,
        };
        Ok(rustix::process::pidfd_send_signal(&self.0, signal)?)
    }
}

impl From<OwnedFd> for Handle {
    /// Takes a descriptor that `pidfd_open(2)` made.
    fn from(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Makes this process the parent of those of its descendants whose own parent has ended (`PR_SET_CHILD_SUBREAPER`).
///
/// # Errors
/// None in practice.
#[doc(alias = "PR_SET_CHILD_SUBREAPER")]
pub fn adopt_orphans() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(getpid()))?)
}

/// Gives up, for this process and all that it starts, whatever more than its user's rights it has or could get: the
/// ambient capabilities, and what set-user-ID programs and those with file capabilities gain (`PR_SET_NO_NEW_PRIVS`).
///
/// # Errors
/// None in practice.
#[doc(alias = "PR_SET_NO_NEW_PRIVS")]
pub fn give_up_privileges() -> io::Result<()> {
    rustix::thread::clear_ambient_capability_set()?;
    Ok(rustix::thread::set_no_new_privs(true)?)
}

/// Lets the programs that this thread starts write whole packets, as it may itself (`CAP_NET_RAW` in the sets that are inherited and
/// ambient, `capabilities(7)`).
///
/// # Errors
/// `EPERM`: this thread does not have the capability.
#[doc(alias = "PR_CAP_AMBIENT_RAISE")]
pub fn keep_raw_sockets() -> io::Result<()> {
    let mut sets = rustix::thread::capabilities(None)?;
    sets.inheritable |= CapabilitySet::NET_RAW;
    rustix::thread::set_capabilities(None, sets)?;
    Ok(rustix::thread::configure_capability_in_ambient_set(CapabilitySet::NET_RAW, true)?)
}

/// Keeps processes of the same user from tracing this one and from looking at its descriptors (`PR_SET_DUMPABLE`).
///
/// # Errors
/// None in practice.
#[doc(alias = "PR_SET_DUMPABLE")]
pub fn refuse_tracers() -> io::Result<()> {
    Ok(rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Lets only their owner read, write and enter the files that this process and its children make (`umask(2)`).
pub fn keep_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// The first descriptor after standard input, output and error.
pub(crate) const FIRST_OTHER: RawFd = 3;

/// Closes every descriptor but the three standard ones at the next `execve(2)` (`close_range(2)`, Linux 5.11).
///
/// # Errors
/// `ENOSYS`, `EINVAL`: the kernel is older.
#[doc(alias = "close_range")]
pub fn close_all_at_exec() -> io::Result<()> {
    // SAFETY: it closes nothing now, so no descriptor that somebody owns is lost.
    unsafe { close_range(FIRST_OTHER, RawFd::MAX, libc::CLOSE_RANGE_CLOEXEC) }
}

/// Closes every descriptor from the first one on but this one. For a child that has only its copies of another process' memory.
pub(crate) fn close_all_but(first: RawFd, kept: BorrowedFd<'_>) -> io::Result<()> {
    let kept = kept.as_raw_fd();
    for (first, last) in [(first, kept - 1), (kept + 1, RawFd::MAX)] {
        if first <= last {
            // SAFETY: in this process nobody uses the descriptors any more; their owners' destructors never run here.
            unsafe { close_range(first, last, 0) }?;
        }
    }
    Ok(())
}

/// # Safety
/// Nobody uses these descriptors after this, unless `flags` only mark them.
unsafe fn close_range(first: RawFd, last: RawFd, flags: libc::c_uint) -> io::Result<()> {
    // SAFETY: the call takes three integers.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
