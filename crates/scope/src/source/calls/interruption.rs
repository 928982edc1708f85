//! What becomes of a call that a signal interrupted (`signal(7)`, "Interruption of system calls").
//!
//! The kernel returns from it with a number that only tracers see, and decides when it has handled the signal: start the call again,
//! or return `EINTR`.

use wire::names::Syscall;

use crate::model::{Outcome, Time};

/// A call that came out to be started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interruption {
    why: Why,
    /// Which call.
    call: Syscall,
    /// When it came out.
    pub(super) at: Time,
}

/// The numbers of the kernel's `errno.h` that never reach a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// `ERESTARTSYS`: again, unless a handler without `SA_RESTART` runs.
    System,
    /// `ERESTARTNOINTR`: again in any case.
    Always,
    /// `ERESTARTNOHAND`: again, unless a handler runs.
    NoHandler,
    /// `ERESTART_RESTARTBLOCK`: likewise, but as `restart_syscall(2)`, which knows how much time is left.
    Block,
}

/// `EINTR`, which is the same number on every machine.
const EINTR: i32 = 4;

impl Interruption {
    /// Takes what a call returned; `None` if it is through.
    pub(super) fn of(call: Syscall, result: i64, at: Time) -> Option<Self> {
        let why = match result {
            -512 => Why::System,
            -513 => Why::Always,
            -514 => Why::NoHandler,
            -516 => Why::Block,
            _ => return None,
        };
        Some(Self { why, call, at })
    }

    /// Whether the call that the thread makes next is this one, which goes on. No handler has run in between.
    pub(super) fn goes_on_as(self, next: Syscall, has_the_same_values: bool) -> bool {
        match self.why {
            Why::Block => next.name() == "restart_syscall",
            _ => next == self.call && has_the_same_values,
        }
    }

    /// How the call ended for the program when a handler has run.
    pub(super) fn outcome(self, handler: Handler) -> Outcome {
        match (self.why, handler) {
            (Why::NoHandler | Why::Block, _) | (Why::System, Handler::Interrupts) => Outcome::Failed(EINTR),
            (Why::Always | Why::System, _) => Outcome::Restarted,
        }
    }
}

/// What a handler does to the call that its signal interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handler {
    /// It ends it with `EINTR`.
    Interrupts,
    /// The kernel starts it again (`SA_RESTART`), or nobody knows.
    Restarts,
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVE: Syscall = Syscall::named("recvfrom");
    const SLEEP: Syscall = Syscall::named("nanosleep");
    const RESTART: Syscall = Syscall::named("restart_syscall");

    #[test]
    fn a_call_that_the_kernel_makes_again_goes_on() {
        let receive = Interruption::of(RECEIVE, -512, Time(1)).unwrap();
        let sleep = Interruption::of(SLEEP, -516, Time(1)).unwrap();

        assert!(receive.goes_on_as(RECEIVE, true));
        assert!(!receive.goes_on_as(RECEIVE, false));
        assert!(sleep.goes_on_as(RESTART, false));
        assert!(!sleep.goes_on_as(SLEEP, true));
    }

    #[test]
    fn a_handler_ends_a_call_unless_it_restarts_it() {
        let outcome = |result, handler| Interruption::of(RECEIVE, result, Time(1)).unwrap().outcome(handler);

        assert_eq!(outcome(-512, Handler::Interrupts), Outcome::Failed(EINTR));
        assert_eq!(outcome(-512, Handler::Restarts), Outcome::Restarted);
        assert_eq!(outcome(-513, Handler::Interrupts), Outcome::Restarted);
        assert_eq!(outcome(-514, Handler::Restarts), Outcome::Failed(EINTR));
        assert_eq!(outcome(-516, Handler::Restarts), Outcome::Failed(EINTR));
    }

    #[test]
    fn errors_that_programs_see_are_no_interruptions() {
        for result in [-4, -11, -511, -515, -517, 0, 512] {
            assert_eq!(Interruption::of(RECEIVE, result, Time(1)), None, "{result}");
        }
    }
}
