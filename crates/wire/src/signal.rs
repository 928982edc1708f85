//! The names of Linux's signals, `signal(7)`.
//!
//! The numbers are those of x86-64, aarch64 and riscv64, which share them. Names with the number of another one are left out:
//! `SIGIOT` is `SIGABRT`, and `SIGPOLL` is `SIGIO`. The real-time signals, from 32 on, have no names of their own.

use std::fmt;

/// Defines a constant for each number, and [`name`] from number to name.
macro_rules! signals {
    ($($name:ident = $number:literal,)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`, signal ", stringify!($number), ".")]
            pub const $name: Signal = Signal($number);
        )*

        /// Returns the name of a signal's number, or `None` for a real-time signal and for what is no signal.
        pub fn name(signal: u32) -> Option<&'static str> {
            match signal {
                $($number => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

signals! {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGSTKFLT = 16,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGXCPU = 24,
    SIGXFSZ = 25,
    SIGVTALRM = 26,
    SIGPROF = 27,
    SIGWINCH = 28,
    SIGIO = 29,
    SIGPWR = 30,
    SIGSYS = 31,
}

/// A signal by its number; shown by its name, or as `signal 34` when it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(pub u32);

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "signal {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_before_the_real_time_ones_has_a_name() {
        assert_eq!((1..=31).filter(|&signal| name(signal).is_none()).count(), 0);
        for nameless in [0, 32, 64, 128, u32::MAX] {
            assert_eq!(name(nameless), None, "{nameless}");
        }
    }

    #[test]
    fn a_signal_is_shown_by_its_name_or_its_number() {
        assert_eq!(SIGKILL.to_string(), "SIGKILL");
        assert_eq!(Signal(34).to_string(), "signal 34");
    }
}
