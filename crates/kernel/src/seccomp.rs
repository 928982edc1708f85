//! Which system calls of a program its tracer hears of (`seccomp(2)`).
//!
//! The kernel asks a filter once for each number whether it lets that call always pass, and does not run it for those that it
//! does. For the others it is a chain of comparisons: beside the stop that follows, its length does not matter.

use std::io;

/// A classic BPF program that says of each call what becomes of it.
#[derive(Debug, Clone)]
pub struct Filter(Vec<libc::sock_filter>);

/// How many calls a filter may name; the kernel takes 4,096 instructions (`BPF_MAXINSNS`).
pub const CALLS_MAX: usize = 256;

/// Where `struct seccomp_data` has the number of the call, the kind of the machine, and the first argument.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;
/// Each argument has eight bytes, of which the lower four come first: no machine here has them the other way round.
const ARGUMENT_BYTES: u32 = 8;

/// A call that is refused, and when. Of arguments the lower 32 bits are looked at, as the kernel does for those that are integers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    /// Always.
    Always,
    /// If the argument of this number has any of these bits.
    AnyBit(u32, u32),
    /// If the argument of this number is one of these values.
    Among(u32, &'static [u32]),
    /// Unless the argument of this number is one of these values.
    Unless(u32, &'static [u32]),
    /// Unless the argument of the first number is one of these values, and that of the second number one of those beside it. Where only
    /// the second is another one, the error number is this.
    UnlessPair([u32; 2], &'static [(u32, &'static [u32])], libc::c_int),
}

/// The first number of calls that are made for another machine in the way of this one (`__X32_SYSCALL_BIT`).
const FOREIGN_NUMBERS: u32 = 0x4000_0000;

impl Filter {
    /// Makes one that stops at these calls for the tracer, answers the refused ones with an error number, and lets the others
    /// pass. Calls for another machine than `audit_arch` (`AUDIT_ARCH_…`) stop, too.
    ///
    /// At most [`CALLS_MAX`] calls of each kind; those beyond pass.
    pub fn trace(audit_arch: u32, traced: &[u16], refused: &[(u16, u16)]) -> Self {
        let mut program = vec![load(ARCH), unless_equal(audit_arch, 2), load(NUMBER)];
        // The second comparison of both kinds of calls of another machine, which share one answer.
        program.push(if_less(FOREIGN_NUMBERS, 1));
        program.push(answer(libc::SECCOMP_RET_TRACE));
        for &(number, errno) in refused.iter().take(CALLS_MAX) {
            let errno = libc::SECCOMP_RET_ERRNO | u32::from(errno);
            program.extend([unless_equal(number.into(), 1), answer(errno)]);
        }
        for &number in traced.iter().take(CALLS_MAX) {
            program.extend([unless_equal(number.into(), 1), answer(libc::SECCOMP_RET_TRACE)]);
        }
        program.push(answer(libc::SECCOMP_RET_ALLOW));
        Self(program)
    }

    /// Makes one that answers these calls with an error number, kills whoever makes calls for another machine than `audit_arch`,
    /// and lets the others pass.
    ///
    /// Where a tracer's filter holds, too, the kernel does what is stricter: an error number comes before the tracer.
    pub(crate) fn deny(audit_arch: u32, refused: &[(libc::c_long, libc::c_int, Refusal)]) -> Self {
        let mut program = vec![load(ARCH), unless_equal(audit_arch, 2), load(NUMBER)];
        program.push(if_less(FOREIGN_NUMBERS, 1));
        program.push(answer(libc::SECCOMP_RET_KILL_PROCESS));
        for &(number, errno, refusal) in refused.iter().take(CALLS_MAX) {
            let block = refusal.block(errno);
            let (Ok(number), Ok(length)) = (u32::try_from(number), u8::try_from(block.len())) else {
                continue;
            };
            program.push(unless_equal(number, length));
            program.extend(block);
        }
        program.push(answer(libc::SECCOMP_RET_ALLOW));
        Self(program)
    }

    /// Sets it for this thread and all that it makes and executes, for ever. Runs between `fork(2)` and `execve(2)`: it makes
    /// one system call.
    ///
    /// # Errors
    /// `EACCES`: the thread may gain privileges ([`give_up_privileges`](crate::process::give_up_privileges)) and has none;
    /// `EINVAL`, `ENOSYS`: the kernel has no filters.
    pub(crate) fn install(&self) -> io::Result<()> {
        let length = self.0.len().try_into().map_err(|_| io::ErrorKind::InvalidInput)?;
        let program = libc::sock_fprog { len: length, filter: self.0.as_ptr().cast_mut() };
        let mode = libc::c_long::from(libc::SECCOMP_SET_MODE_FILTER);
        // SAFETY: the kernel reads the program, whose pointer and length belong together and which lives through the call.
        let result = unsafe { libc::syscall(libc::SYS_seccomp, mode, 0, &raw const program) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

impl Refusal {
    /// Decides about a call whose number is the right one; nothing after it is asked.
    fn block(self, errno: libc::c_int) -> Vec<libc::sock_filter> {
        let refuse = answer(libc::SECCOMP_RET_ERRNO | errno.cast_unsigned());
        let pass = answer(libc::SECCOMP_RET_ALLOW);
        let passing = |values: &[u32]| {
            values.iter().flat_map(|value| [unless_equal(*value, 1), pass]).collect::<Vec<_>>()
        };
        match self {
            Self::Always => vec![refuse],
            Self::AnyBit(argument, bits) => vec![load_argument(argument), unless_any(bits, 1), refuse, pass],
            Self::Among(argument, values) => {
                let refusing = values.iter().flat_map(|value| [unless_equal(*value, 1), refuse]);
                [load_argument(argument)].into_iter().chain(refusing).chain([pass]).collect()
            }
            Self::Unless(argument, values) => {
                [load_argument(argument)].into_iter().chain(passing(values)).chain([refuse]).collect()
            }
            Self::UnlessPair([first, second], pairs, errno) => {
                let refuse_second = answer(libc::SECCOMP_RET_ERRNO | errno.cast_unsigned());
                let of_pair = |(value, values): &(u32, &[u32])| {
                    let seconds = [load_argument(second)].into_iter().chain(passing(values));
                    let seconds: Vec<_> = seconds.chain([refuse_second]).collect();
                    let skip = u8::try_from(seconds.len()).unwrap_or(u8::MAX);
                    [unless_equal(*value, skip)].into_iter().chain(seconds).collect::<Vec<_>>()
                };
                let pairs = pairs.iter().flat_map(of_pair);
                [load_argument(first)].into_iter().chain(pairs).chain([refuse]).collect()
            }
        }
    }
}

fn load_argument(number: u32) -> libc::sock_filter {
    load(ARGUMENTS + number * ARGUMENT_BYTES)
}

/// Skips so many instructions unless the loaded value has any of these bits.
fn unless_any(bits: u32, skip: u8) -> libc::sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K, bits, [0, skip])
}

fn load(offset: u32) -> libc::sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, [0, 0])
}

/// Skips so many instructions unless the loaded value is this one.
fn unless_equal(value: u32, skip: u8) -> libc::sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, [0, skip])
}

/// Skips so many instructions if the loaded value is less than this one.
fn if_less(value: u32, skip: u8) -> libc::sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, value, [0, skip])
}

fn answer(action: u32) -> libc::sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, action, [0, 0])
}

#[expect(clippy::cast_possible_truncation, reason = "each part of an instruction's code is below 256")]
fn instruction(code: u32, k: u32, [jt, jf]: [u8; 2]) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt, jf, k }
}
