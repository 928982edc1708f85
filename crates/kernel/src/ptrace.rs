//! Threads of other programs, stopped and resumed (`ptrace(2)`).
//!
//! A thread that traces is the only one that may ask anything of the threads that it traces, and the only one that may wait for
//! them. They are attached by `PTRACE_SEIZE`, which disturbs nobody and tells a program that is stopped by a signal from one that
//! is stopped by its tracer. A request to a thread that was killed meanwhile says `ESRCH`; that it ended is told by [`wait_any`].

use std::io;
use std::ptr;

use rustix::process::{WaitOptions, WaitStatus};

use crate::memory;

/// What is asked of a thread, and of all that it makes, from the attachment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Stop at the calls for which its filter says so ([`Filter`](crate::seccomp::Filter)).
    pub filtered: bool,
    /// Kill it when the tracer ends (`PTRACE_O_EXITKILL`).
    pub end_with_tracer: bool,
}

/// What [`wait_any`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// A thread stands still.
    Stopped(u32, Stop),
    /// A thread, or a child that is not traced, ended with this wait status (`wait(2)`).
    Ended(u32, u32),
    /// Nothing has happened.
    Running,
    /// There is nobody left to wait for.
    NoChild,
}

/// Why a thread stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It goes into a call that its filter names.
    Filtered,
    /// It goes into a call, or returns from one: [`call_info`] says which.
    Call,
    /// It has made this thread or process, which is traced as it is.
    Cloned(u32),
    /// It has made this process, likewise.
    Forked(u32),
    /// It runs another program, and is the only thread of its process. Before, it had this number.
    Executed(u32),
    /// It is about to end, for whatever reason, and has its descriptors still (`PTRACE_EVENT_EXIT`).
    Exiting,
    /// Its process was stopped by this signal, as by a shell's job control.
    Group(i32),
    /// It is about to get this signal.
    Signal(i32),
    /// It has just been made, was interrupted by [`interrupt`], or its process goes on after a stop.
    Own,
    /// Something that was not asked for.
    Other,
}

/// How a thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Until something happens (`PTRACE_CONT`).
    Run,
    /// Until it goes into any call or returns from one (`PTRACE_SYSCALL`).
    UntilCall,
    /// For one instruction, or until a handler of the signal that it gets begins (`PTRACE_SINGLESTEP`): a stop with `SIGTRAP`.
    Step,
    /// Not at all: it stays stopped with its process, and tells when that goes on (`PTRACE_LISTEN`).
    Listen,
}

/// The call at which a thread stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallInfo {
    /// It goes in.
    Entry {
        /// The kind of machine that it is made for (`AUDIT_ARCH_…`).
        audit_arch: u32,
        /// Its number.
        number: u64,
        /// Its arguments.
        values: [u64; 6],
    },
    /// It comes out.
    Exit {
        /// What it returns; an error number, negated, if it failed.
        result: i64,
    },
    /// It stands at none.
    None,
}

/// `PTRACE_EVENT_STOP`, which not every C library names.
const EVENT_STOP: libc::c_int = 128;

/// What `PTRACE_O_TRACESYSGOOD` adds to the signal of a stop at a call.
const CALL_BIT: libc::c_int = 0x80;

/// Attaches to a thread, which goes on (`PTRACE_SEIZE`).
///
/// # Errors
/// `EPERM`: it is traced already, or may not be traced by this user (`ptrace_scope`); `ESRCH`: there is no such thread.
#[doc(alias = "PTRACE_SEIZE")]
pub fn seize(tid: u32, options: Options) -> io::Result<()> {
    let mut bits = libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC
        | libc::PTRACE_O_TRACEEXIT;
    if options.filtered {
        bits |= libc::PTRACE_O_TRACESECCOMP;
    }
    if options.end_with_tracer {
        bits |= libc::PTRACE_O_EXITKILL;
    }
    plain(libc::PTRACE_SEIZE.into(), tid, bits)
}

/// Makes a thread that runs stop soon (`PTRACE_INTERRUPT`).
///
/// # Errors
/// `ESRCH`: it has ended.
#[doc(alias = "PTRACE_INTERRUPT")]
pub fn interrupt(tid: u32) -> io::Result<()> {
    plain(libc::PTRACE_INTERRUPT.into(), tid, 0)
}

/// Lets a thread that stands still go on without a tracer, with the signal that it was about to get or 0.
///
/// # Errors
/// `ESRCH`: it has ended, or does not stand still.
#[doc(alias = "PTRACE_DETACH")]
pub fn detach(tid: u32, signal: i32) -> io::Result<()> {
    plain(libc::PTRACE_DETACH.into(), tid, signal)
}

/// Lets a thread that stands still go on, with the signal that it was about to get or 0.
///
/// # Errors
/// `ESRCH`: it has ended, or does not stand still.
#[doc(alias = "PTRACE_CONT")]
pub fn resume(tid: u32, how: How, signal: i32) -> io::Result<()> {
    let request = match how {
        How::Run => libc::PTRACE_CONT.into(),
        How::UntilCall => libc::PTRACE_SYSCALL.into(),
        How::Step => libc::PTRACE_SINGLESTEP.into(),
        How::Listen => libc::PTRACE_LISTEN.into(),
    };
    plain(request, tid, signal)
}

/// A request whose last argument is a number.
fn plain(request: libc::c_long, tid: u32, data: libc::c_int) -> io::Result<()> {
    // SAFETY: none of these requests takes the last argument for a pointer; the memory of this process is left alone.
    let result = unsafe {
        libc::syscall(libc::SYS_ptrace, request, libc::c_long::from(tid), 0, libc::c_long::from(data))
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The words of `struct ptrace_syscall_info`: the kind and the machine, where the program and its stack are, then the call.
const INFO_WORDS: usize = 11;

/// Tells at which call a thread stands (`PTRACE_GET_SYSCALL_INFO`, Linux 5.3).
///
/// # Errors
/// `ESRCH`: it has ended, or does not stand still.
#[doc(alias = "PTRACE_GET_SYSCALL_INFO")]
pub fn call_info(tid: u32) -> io::Result<CallInfo> {
    Ok(decode_info(&info(tid)?))
}

fn info(tid: u32) -> io::Result<[u64; INFO_WORDS]> {
    let mut words = [0_u64; INFO_WORDS];
    // SAFETY: the kernel writes at most so many bytes as it is told that there are, into an array that lives through the call
    // and of which every value is one.
    let result = unsafe {
        let request = libc::c_long::from(libc::PTRACE_GET_SYSCALL_INFO);
        let tid = libc::c_long::from(tid);
        libc::syscall(libc::SYS_ptrace, request, tid, size_of_val(&words), words.as_mut_ptr())
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(words) }
}

/// `PTRACE_SYSCALL_INFO_ENTRY` and its kin: which part of the union holds.
const ENTRY: u8 = 1;
const EXIT: u8 = 2;
const SECCOMP: u8 = 3;

fn decode_info(words: &[u64; INFO_WORDS]) -> CallInfo {
    let [kind, _, _, _, arch @ ..] = words[0].to_ne_bytes();
    let [_, _, _, number, values @ .., _] = *words;
    match kind {
        ENTRY | SECCOMP => CallInfo::Entry { audit_arch: u32::from_ne_bytes(arch), number, values },
        EXIT => CallInfo::Exit { result: number.cast_signed() },
        _ => CallInfo::None,
    }
}

/// The words of the registers that the kernel saves (`struct user_regs_struct`), and which of them have the arguments of a call.
#[cfg(target_arch = "x86_64")]
const REGISTERS: (usize, [usize; 6]) = (27, [14, 13, 12, 7, 9, 8]);
#[cfg(target_arch = "aarch64")]
const REGISTERS: (usize, [usize; 6]) = (34, [0, 1, 2, 3, 4, 5]);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const REGISTERS: (usize, [usize; 6]) = (0, [0; 6]);

/// Gives arguments to the call at which a thread stands, or back to the thread when it comes out of it: those that are `Some`.
///
/// A program expects to find its registers as they were before the call, so whoever changes them changes them back.
///
/// # Errors
/// `ESRCH`: it has ended, or does not stand still; [`io::ErrorKind::Unsupported`]: the registers of this kind of machine are not known.
#[doc(alias = "PTRACE_SETREGSET")]
pub fn set_arguments(tid: u32, values: [Option<u64>; 6]) -> io::Result<()> {
    let (words, places) = REGISTERS;
    if words == 0 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut registers = vec![0_u64; words];
    exchange_registers(libc::PTRACE_GETREGSET.into(), tid, &mut registers)?;
    for (place, value) in places.into_iter().zip(values) {
        if let Some(value) = value {
            registers[place] = value;
        }
    }
    exchange_registers(libc::PTRACE_SETREGSET.into(), tid, &mut registers)
}

fn exchange_registers(request: libc::c_long, tid: u32, registers: &mut [u64]) -> io::Result<()> {
    let mut vector = libc::iovec { iov_base: registers.as_mut_ptr().cast(), iov_len: size_of_val(registers) };
    // SAFETY: the kernel reads or writes at most so many bytes as the vector says, in memory that is borrowed through the call
    // and of which every value is one.
    let result = unsafe {
        let (tid, set) = (libc::c_long::from(tid), libc::c_long::from(libc::NT_PRSTATUS));
        libc::syscall(libc::SYS_ptrace, request, tid, set, &raw mut vector)
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Where a handler's stack has what the interrupted call will have returned, when the handler begins: `rax` and `x0` of the kernel's
/// `struct rt_sigframe`.
const RESULT_IN_FRAME: Option<u64> = if cfg!(target_arch = "x86_64") {
    Some(152)
} else if cfg!(target_arch = "aarch64") {
    Some(312)
} else {
    None
};

/// Tells, of a thread that stands at the first instruction of a handler, what the system call that the signal interrupted will return
/// afterwards. If the kernel starts the call again, it is anything but an error.
///
/// # Errors
/// `ESRCH`: it has ended, or does not stand still; `EFAULT`: its stack cannot be read.
pub fn interrupted_result(tid: u32) -> io::Result<i64> {
    let offset = RESULT_IN_FRAME.ok_or(io::ErrorKind::Unsupported)?;
    let words = info(tid)?;
    let mut result = [0; size_of::<i64>()];
    let [_, _, stack, ..] = words;
    match memory::read(tid, stack.wrapping_add(offset), &mut result)? {
        bytes if bytes == result.len() => Ok(i64::from_ne_bytes(result)),
        _ => Err(io::Error::from_raw_os_error(libc::EFAULT)),
    }
}

/// Waits for any thread that this thread traces and for any child that it made, not for those of other threads (`waitpid(2)`
/// with `__WALL` and `__WNOTHREAD`). Without `block` it only looks.
///
/// # Errors
/// None in practice.
#[doc(alias = "waitpid")]
pub fn wait_any(block: bool) -> io::Result<Waited> {
    let mut options = WaitOptions::from_bits_retain((libc::__WALL | libc::__WNOTHREAD).cast_unsigned());
    options.set(WaitOptions::NOHANG, !block);
    loop {
        match rustix::process::wait(options) {
            Ok(Some((pid, status))) => {
                let tid = pid.as_raw_nonzero().get().unsigned_abs();
                return Ok(of_status(tid, status));
            }
            Ok(None) => return Ok(Waited::Running),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CHILD) => return Ok(Waited::NoChild),
            Err(error) => return Err(error.into()),
        }
    }
}

fn of_status(tid: u32, status: WaitStatus) -> Waited {
    let raw = status.as_raw();
    match status.stopping_signal() {
        Some(signal) => Waited::Stopped(tid, stop(tid, signal, raw >> 16)),
        None => Waited::Ended(tid, raw.cast_unsigned()),
    }
}

fn stop(tid: u32, signal: libc::c_int, event: libc::c_int) -> Stop {
    match event {
        0 if signal == libc::SIGTRAP | CALL_BIT => Stop::Call,
        0 => Stop::Signal(signal),
        libc::PTRACE_EVENT_SECCOMP => Stop::Filtered,
        // A thread that was killed meanwhile says nothing of whom it made; 0 is nobody.
        libc::PTRACE_EVENT_CLONE => Stop::Cloned(event_message(tid).unwrap_or_default()),
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK => {
            Stop::Forked(event_message(tid).unwrap_or_default())
        }
        libc::PTRACE_EVENT_EXEC => Stop::Executed(event_message(tid).unwrap_or(tid)),
        libc::PTRACE_EVENT_EXIT => Stop::Exiting,
        EVENT_STOP if signal == libc::SIGTRAP => Stop::Own,
        EVENT_STOP => Stop::Group(signal),
        _ => Stop::Other,
    }
}

/// The number that comes with an event (`PTRACE_GETEVENTMSG`).
fn event_message(tid: u32) -> io::Result<u32> {
    let mut message: libc::c_ulong = 0;
    // SAFETY: the kernel writes one word into a local that lives through the call.
    let result = unsafe {
        let request = libc::c_long::from(libc::PTRACE_GETEVENTMSG);
        libc::syscall(libc::SYS_ptrace, request, libc::c_long::from(tid), ptr::null::<u8>(), &raw mut message)
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    u32::try_from(message).map_err(|_| io::ErrorKind::InvalidData.into())
}
