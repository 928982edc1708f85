//! Signals of a process that is not to be disturbed (`signal(7)`), for one that has a single thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// The highest signal number (`_NSIG`).
const LAST_SIGNAL: libc::c_int = 64;

/// Keeps every signal waiting that can be kept (`sigprocmask(2)`); `SIGKILL` and `SIGSTOP` cannot.
///
/// # Errors
/// None in practice.
#[doc(alias = "sigprocmask")]
pub fn block_all() -> io::Result<()> {
    set_mask(&set_of(|set| {
        // SAFETY: the pointer is that of a set which lives through the call.
        unsafe { libc::sigfillset(set) }
    }))
}

/// Lets every signal through; those that were kept waiting arrive. May be called between `fork(2)` and `execve(2)`.
///
/// # Errors
/// None in practice.
pub fn unblock_all() -> io::Result<()> {
    set_mask(&set_of(|set| {
        // SAFETY: the pointer is that of a set which lives through the call.
        unsafe { libc::sigemptyset(set) }
    }))
}

fn set_mask(mask: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: the set lives through the call, and the kernel may leave out the former one.
    let result = unsafe { libc::sigprocmask(libc::SIG_SETMASK, mask, ptr::null_mut()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Gives every signal its default action, also those that whoever started this process had ignored (`rt_sigaction(2)`).
pub fn default_all() {
    for signal in 1..=LAST_SIGNAL {
        set_default(signal);
    }
}

/// Has no `SIGCHLD` made when a child or a program that is traced stops or goes on (`SA_NOCLDSTOP`), only when it ends. Whoever waits
/// hears of it all the same; a tracer, whose programs stop all the time, is spared a signal for each stop.
#[doc(alias = "SA_NOCLDSTOP")]
pub fn omit_stops_of_children() {
    // SAFETY: a C struct of integers and a handler that may be none, for which all-zero bytes are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes the action into a local, and then takes it as it was but for a flag, so that a handler stays the one
    // that it is. A number that is no signal's is the only error.
    unsafe {
        libc::sigaction(libc::SIGCHLD, ptr::null(), &raw mut action);
        action.sa_flags |= libc::SA_NOCLDSTOP;
        libc::sigaction(libc::SIGCHLD, &raw const action, ptr::null_mut());
    }
}

/// The signals that a thread kept waiting before [`block_for_now`].
#[derive(Debug)]
pub(crate) struct FormerMask(libc::sigset_t);

/// Keeps every signal waiting until the former mask is restored, in this thread.
///
/// # Errors
/// None in practice.
pub(crate) fn block_for_now() -> io::Result<FormerMask> {
    let all = set_of(|set| {
        // SAFETY: the pointer is that of a set which lives through the call.
        unsafe { libc::sigfillset(set) }
    });
    let mut former = set_of(|_| 0);
    // SAFETY: both sets live through the call.
    let result = unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const all, &raw mut former) };
    if result == 0 { Ok(FormerMask(former)) } else { Err(io::Error::last_os_error()) }
}

impl FormerMask {
    /// Sets the mask as it was.
    pub(crate) fn restore(self) {
        // It fails for sets that are none.
        let _ = set_mask(&self.0);
    }
}

/// Gives the default action to every signal that has a handler, and to `SIGPIPE`, which Rust ignores; what whoever started this
/// process had ignored stays ignored, as `execve(2)` would leave it. May be called between `fork(2)` and `execve(2)`.
pub(crate) fn forget_handlers() {
    for signal in 1..=LAST_SIGNAL {
        if signal == libc::SIGPIPE || !is_ignored(signal) {
            set_default(signal);
        }
    }
}

fn is_ignored(signal: libc::c_int) -> bool {
    // The kernel's structure is no longer than this; its first word is the handler.
    let mut action = [0_u64; 8];
    // SAFETY: the kernel writes the action into an array that lives through the call, and is given no new one.
    unsafe {
        let new = ptr::null::<u64>();
        libc::syscall(libc::SYS_rt_sigaction, signal, new, action.as_mut_ptr(), SET_BYTES)
    };
    usize::try_from(action[0]).is_ok_and(|handler| handler == libc::SIG_IGN)
}

/// The size of the kernel's set of signals, in bytes.
const SET_BYTES: usize = 8;

/// Has the kernel forget the children of this process as they end, so that none has to be waited for (`SIGCHLD`, ignored).
pub(crate) fn forget_children() {
    let mut action = [0_u64; 8];
    action[0] = u64::try_from(libc::SIG_IGN).unwrap_or_default();
    // SAFETY: the kernel reads the action, which lives through the call; to be ignored runs no code of ours.
    unsafe {
        let former = ptr::null_mut::<u64>();
        libc::syscall(libc::SYS_rt_sigaction, libc::SIGCHLD, action.as_ptr(), former, SET_BYTES)
    };
}

/// By the system call itself: the C library refuses the two signals that it keeps for its threads, and these, too, may come
/// ignored.
fn set_default(signal: libc::c_int) {
    // The kernel's structure is no longer than this, and all-zero bytes mean the default action, no flags and no mask.
    let action = [0_u64; 8];
    // SAFETY: the kernel reads the action, which lives through the call, and is asked for no former one; the default action runs no
    // code of ours. The two signals that have no other action are refused, which changes nothing.
    unsafe {
        let former = ptr::null_mut::<u64>();
        libc::syscall(libc::SYS_rt_sigaction, signal, action.as_ptr(), former, SET_BYTES)
    };
}

/// Becomes readable when a child has ended, stopped or gone on (`signalfd(2)`); `SIGCHLD` must be blocked.
#[derive(Debug)]
pub struct ChildSignals(OwnedFd);

impl ChildSignals {
    /// Makes one.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOMEM`: no descriptor or no memory left.
    #[doc(alias = "signalfd")]
    pub fn new() -> io::Result<Self> {
        let child = set_of(|set| {
            // SAFETY: the pointer is that of a set which lives through both calls.
            unsafe {
                libc::sigemptyset(set);
                libc::sigaddset(set, libc::SIGCHLD)
            }
        });
        // SAFETY: the set lives through the call; -1 asks for a new descriptor.
        let fd = unsafe { libc::signalfd(-1, &raw const child, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just made this descriptor, and nobody else knows it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Makes it unreadable again. One signal stands for any number of children: look for all of them afterwards.
    pub fn clear(&self) {
        let mut signal = [0; size_of::<libc::signalfd_siginfo>()];
        // EAGAIN: there was none, which is what was asked for.
        let _ = rustix::io::read(&self.0, &mut signal);
    }
}

impl AsFd for ChildSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A set of signals, as `fill` makes it of one that has none.
fn set_of(fill: impl FnOnce(*mut libc::sigset_t) -> libc::c_int) -> libc::sigset_t {
    // SAFETY: a C struct of integers, for which all-zero bytes are a value.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    fill(&raw mut set);
    set
}
