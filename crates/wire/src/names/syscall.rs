//! The system calls that concern sockets: their names, and their numbers on each machine.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::{DeserializeFromStr, SerializeDisplay, UnknownName};

/// A machine for which the numbers of the calls are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Machine {
    /// x86-64, without its x32 calls.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Machine {
    /// The machine that this was built for, if it is one of them.
    pub const HERE: Option<Self> = if cfg!(target_arch = "x86_64") {
        Some(Self::X86_64)
    } else if cfg!(target_arch = "aarch64") {
        Some(Self::Aarch64)
    } else {
        None
    };

    /// Its `AUDIT_ARCH_…` number, by which `seccomp(2)` and `ptrace(2)` tell it from others.
    pub const fn audit_arch(self) -> u32 {
        match self {
            Self::X86_64 => 0xC000_003E,
            Self::Aarch64 => 0xC000_00B7,
        }
    }
}

/// What kind of call it is, which says when its first argument has to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// It is always about sockets.
    Network,
    /// Its first argument is a descriptor, which may be a socket.
    Descriptor,
    /// It waits, for descriptors or for time.
    Wait,
    /// It belongs to `io_uring(7)`.
    Ring,
}

/// A system call, by its name: that of the kernel, which the C library's may differ from (`recv(3)` is `recvfrom`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct Syscall(u8);

struct Row {
    name: &'static str,
    group: Group,
    /// The number on x86-64 and on aarch64, where it has one.
    numbers: [Option<u16>; 2],
}

impl Syscall {
    /// Returns the call that has this number on `machine`.
    pub fn from_number(machine: Machine, number: u64) -> Option<Self> {
        let row = *BY_NUMBER[machine as usize].get(usize::try_from(number).ok()?)?;
        (row != NO_ROW).then_some(Self(row))
    }

    /// Returns every call, with its number on `machine`.
    pub fn all(machine: Machine) -> impl Iterator<Item = (Self, u16)> {
        let rows = (0..).map(Self).zip(TABLE);
        rows.filter_map(move |(call, row)| Some((call, row.numbers[machine as usize]?)))
    }

    /// Returns the call with this name. For names that stand in the source.
    ///
    /// # Panics
    ///
    /// If there is none: at compile time, when it is a constant.
    pub const fn named(name: &'static str) -> Self {
        let mut row = 0;
        while (row as usize) < TABLE.len() {
            if equal(TABLE[row as usize].name.as_bytes(), name.as_bytes()) {
                return Self(row);
            }
            row += 1;
        }
        panic!("no such system call in the table");
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        TABLE[self.0 as usize].name
    }

    /// What kind of call it is.
    pub const fn group(self) -> Group {
        TABLE[self.0 as usize].group
    }
}

/// Tells whether two names are the same; `==` is not to be had in a constant.
const fn equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// By name.
impl Ord for Syscall {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Syscall {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Syscall").field(&self.name()).finish()
    }
}

impl fmt::Display for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Syscall {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = (0..).map(Self).zip(TABLE).find(|(_, row)| row.name == text);
        found.map(|(call, _)| call).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

const NONE: u16 = u16::MAX;

const fn row(name: &'static str, group: Group, x86_64: u16, aarch64: u16) -> Row {
    Row { name, group, numbers: [known(x86_64), known(aarch64)] }
}

const fn known(number: u16) -> Option<u16> {
    if number == NONE { None } else { Some(number) }
}

/// The calls. The numbers are those of the kernel's `syscall_64.tbl` and `asm-generic/unistd.h`.
const TABLE: &[Row] = &[
    row("socket", Group::Network, 41, 198),
    row("socketpair", Group::Network, 53, 199),
    row("bind", Group::Network, 49, 200),
    row("listen", Group::Network, 50, 201),
    row("accept", Group::Network, 43, 202),
    row("connect", Group::Network, 42, 203),
    row("getsockname", Group::Network, 51, 204),
    row("getpeername", Group::Network, 52, 205),
    row("sendto", Group::Network, 44, 206),
    row("recvfrom", Group::Network, 45, 207),
    row("setsockopt", Group::Network, 54, 208),
    row("getsockopt", Group::Network, 55, 209),
    row("shutdown", Group::Network, 48, 210),
    row("sendmsg", Group::Network, 46, 211),
    row("recvmsg", Group::Network, 47, 212),
    row("accept4", Group::Network, 288, 242),
    row("recvmmsg", Group::Network, 299, 243),
    row("sendmmsg", Group::Network, 307, 269),
    row("read", Group::Descriptor, 0, 63),
    row("write", Group::Descriptor, 1, 64),
    row("close", Group::Descriptor, 3, 57),
    row("ioctl", Group::Descriptor, 16, 29),
    row("readv", Group::Descriptor, 19, 65),
    row("writev", Group::Descriptor, 20, 66),
    row("dup", Group::Descriptor, 32, 23),
    row("dup2", Group::Descriptor, 33, NONE),
    row("dup3", Group::Descriptor, 292, 24),
    row("sendfile", Group::Descriptor, 40, 71),
    row("fcntl", Group::Descriptor, 72, 25),
    row("splice", Group::Descriptor, 275, 76),
    row("close_range", Group::Descriptor, 436, 436),
    row("poll", Group::Wait, 7, NONE),
    row("ppoll", Group::Wait, 271, 73),
    row("select", Group::Wait, 23, NONE),
    row("pselect6", Group::Wait, 270, 72),
    row("epoll_create", Group::Wait, 213, NONE),
    row("epoll_create1", Group::Wait, 291, 20),
    row("epoll_ctl", Group::Wait, 233, 21),
    row("epoll_wait", Group::Wait, 232, NONE),
    row("epoll_pwait", Group::Wait, 281, 22),
    row("epoll_pwait2", Group::Wait, 441, 441),
    row("nanosleep", Group::Wait, 35, 101),
    row("clock_nanosleep", Group::Wait, 230, 115),
    row("restart_syscall", Group::Wait, 219, 128),
    row("io_uring_setup", Group::Ring, 425, 425),
    row("io_uring_enter", Group::Ring, 426, 426),
    row("io_uring_register", Group::Ring, 427, 427),
];

/// The row of no call.
const NO_ROW: u8 = u8::MAX;

/// More than the highest number in the table; the compiler says when it is not.
const NUMBERS: usize = 448;

/// The rows by their numbers on each machine: a tracer asks at each stop.
static BY_NUMBER: [[u8; NUMBERS]; 2] = {
    let mut rows = [[NO_ROW; NUMBERS]; 2];
    let mut row = 0;
    while (row as usize) < TABLE.len() {
        let [x86_64, aarch64] = TABLE[row as usize].numbers;
        if let Some(number) = x86_64 {
            rows[0][number as usize] = row;
        }
        if let Some(number) = aarch64 {
            rows[1][number as usize] = row;
        }
        row += 1;
    }
    rows
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_by_its_number_and_by_its_name() {
        for machine in [Machine::X86_64, Machine::Aarch64] {
            for (call, number) in Syscall::all(machine) {
                assert_eq!(Syscall::from_number(machine, u64::from(number)), Some(call));
                assert_eq!(call.name().parse(), Ok(call));
            }
        }
        assert_eq!(Syscall::from_number(Machine::X86_64, 42), Some(Syscall::named("connect")));
        assert_eq!(Syscall::from_number(Machine::Aarch64, 203), Some(Syscall::named("connect")));
        assert_eq!(Syscall::from_number(Machine::X86_64, 0x4000_002a), None);
    }
}
