//! The wait status: the number by which Linux says how a process ended, `wait(2)`.

use crate::signal::Signal;

/// The bits of the signal that ended the process; 0 when it exited, and all of them for one that only stopped.
const SIGNAL_BITS: u32 = 0x7f;
/// The bit that says that a core dump was written.
const CORE_BIT: u32 = 0x80;
/// Where the exit status begins, 8 bits long: status 7 is the wait status 7 × 256.
const EXIT_SHIFT: u32 = 8;

/// A wait status, as `wait(2)` fills it in and `os.system()` returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WaitStatus(pub u32);

/// What a wait status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The process exited with this status (`WIFEXITED`).
    Exited(u8),
    /// A signal ended it (`WIFSIGNALED`).
    Signalled {
        /// Which one.
        signal: Signal,
        /// Whether a core dump was written (`WCOREDUMP`).
        core: bool,
    },
    /// No end: the process stopped or went on, or the number is no wait status.
    Other,
}

impl WaitStatus {
    /// The wait status of a process that exits with this status.
    pub const fn exited(status: u8) -> Self {
        Self((status as u32) << EXIT_SHIFT)
    }

    /// Says what it means.
    pub fn end(self) -> End {
        let signal = self.0 & SIGNAL_BITS;
        let exit = (self.0 >> EXIT_SHIFT) & 0xff;
        match signal {
            _ if self.0 >> (EXIT_SHIFT + 8) != 0 => End::Other,
            0 if self.0 & CORE_BIT == 0 => End::Exited(exit.to_le_bytes()[0]),
            1..SIGNAL_BITS if exit == 0 => {
                End::Signalled { signal: Signal(signal), core: self.0 & CORE_BIT != 0 }
            }
            _ => End::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{SIGABRT, SIGKILL};

    #[test]
    fn an_exit_status_stands_in_the_second_byte() {
        for (status, exit) in [(0, 0), (256, 1), (1792, 7), (32512, 127), (65280, 255)] {
            assert_eq!(WaitStatus(status).end(), End::Exited(exit));
            assert_eq!(WaitStatus::exited(exit), WaitStatus(status));
        }
    }

    #[test]
    fn a_signal_stands_in_the_first_byte_with_the_core_beside_it() {
        assert_eq!(WaitStatus(9).end(), End::Signalled { signal: SIGKILL, core: false });
        assert_eq!(WaitStatus(134).end(), End::Signalled { signal: SIGABRT, core: true });
        assert_eq!(WaitStatus(64).end(), End::Signalled { signal: Signal(64), core: false });
    }

    #[test]
    fn what_is_no_end_is_told_apart() {
        for status in [0x137f, 0xffff, 0x80, 0x109, 0x1_0000, u32::MAX] {
            assert_eq!(WaitStatus(status).end(), End::Other, "{status:#x}");
        }
    }
}
