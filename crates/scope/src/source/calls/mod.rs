//! The system calls of programs: a tracer that starts them or attaches to them (`ptrace(2)`, `seccomp(2)`).
//!
//! One thread traces, since the kernel lets only the thread that attached ask anything. A program that is started here stops only
//! at the calls of the table [`Syscall`](wire::names::Syscall): once at those that turn out to be about no socket, twice at the
//! others. One that is attached to stops twice at every call, since a filter could not be taken from it again.
//!
//! **Interrupted calls.** `strace(1)` shows a call that a signal interrupts twice: ending with `ERESTARTSYS` or a number of its kin, which
//! no program ever sees, and again when the kernel starts it anew, by its own name or as `restart_syscall(2)`. Here a call that goes on
//! is one call, from when the program made it to when the program goes on: a stop and a `SIGCONT` in the middle of a `recv` do not
//! make it two. Where a handler ran in between, the call is told as it ended for the program: `EINTR`, or, where the handler was
//! installed with `SA_RESTART`, [`Restarted`](crate::model::Outcome::Restarted), followed by the call that the kernel makes in its place.
//!
//! **What is not seen:** system calls of programs that share their table of descriptors and are no threads of each other
//! (`CLONE_FILES` without `CLONE_THREAD`) are seen, but a descriptor that the one replaces may be taken for the former one in the
//! other; and processes made with `CLONE_UNTRACED` run without a tracer.

mod clamp;
mod descriptors;
mod entry;
mod error;
mod executed;
mod exit;
mod guest;
mod interruption;
mod launch;
mod memories;
mod open;
mod orders;
mod processes;
mod release;
mod starts;
mod tracer;
mod turns;

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use kernel::process::Order;

pub use self::clamp::Clamp;
pub use self::error::CallsError;
pub use self::guest::{GuestConfig, HOME, Isolation, Limits as GuestLimits, Usage, User, WORK};
use self::open::Shared;
pub use self::orders::Change;
use self::tracer::Tracer;
use super::Sink;
use super::state::Eye;
use crate::model::Pid;

/// How many programs a recording can have, those that are attached to included.
pub const PROGRAMS_MAX: usize = 64;

/// The name of the thread that sees to the programs' calls (`proc_pid_comm(5)`): a program stands until it has run.
pub const TRACER_THREAD: &str = "tracer";

/// What is to be traced.
#[derive(Debug)]
pub struct Config {
    /// The programs to start.
    pub programs: Vec<Start>,
    /// The processes to attach to; they are counted as programs behind the others.
    pub attach: Vec<Pid>,
    /// How many bytes of a message are kept.
    pub strings_bytes: u32,
    /// The terminal that the programs have as standard streams, if these are not those of this process.
    pub terminal: Option<Arc<OwnedFd>>,
    /// Whether programs are told that there is no `io_uring(7)` (`ENOSYS`), so that they make calls instead.
    pub refuse_io_uring: bool,
    /// Whether set-user-ID programs get what they are meant to; takes root.
    pub keep_privileges: bool,
    /// Whether what the programs write to standard output goes to standard error.
    pub output_to_error: bool,
    /// The processor for the tracer and the programs that it starts; none is all. On one, a stop costs a tenth, and what is seen is
    /// totally ordered.
    pub cpu: Option<u32>,
}

/// A program to start.
#[derive(Debug, Clone)]
pub struct Start {
    /// The file, which is looked for in `PATH`, and the arguments.
    pub command: Vec<OsString>,
    /// What is added to the environment of this process, or of the guest, or put in the place of what it has.
    pub environment: Vec<(OsString, OsString)>,
    /// When.
    pub when: When,
    /// What it gets, if nobody trusts it; else what this process has.
    pub guest: Option<GuestConfig>,
}

/// When a program starts. Programs are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// With the recording.
    AtOnce,
    /// As soon as this other program, or a process that it made, listens (`listen(2)`) or has bound an Internet datagram socket
    /// (`bind(2)`); or when it has ended without.
    Listening(usize),
    /// As soon as this other program has ended.
    Ended(usize),
    /// So long after the recording began.
    After(Duration),
    /// Each time that [`Calls::launch`] asks for it. Where there is such a program tracing goes on until [`Calls::release`], even when
    /// no program is left.
    Asked,
}

/// Programs that are traced.
#[derive(Debug)]
pub struct Calls {
    shared: Arc<Shared>,
    thread: JoinHandle<Ended>,
}

/// What there was, when all is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// The wait status of each program; none of one that was not started, or that goes on without a tracer.
    pub wait_statuses: Vec<Option<u32>>,
    /// Programs that could not be executed when their time came, with the error number (`execve(2)`).
    pub not_executed: Vec<(usize, i32)>,
    /// How many processes were traced.
    pub processes: u64,
    /// How many calls were told.
    pub calls: u64,
}

/// Prepares every program, attaches to every process, and lets those go that need not wait.
///
/// # Errors
/// [`CallsError`], which names the program. Nothing has been started then, and who was attached to goes on.
pub fn start(config: Config, sink: Sink, eye: Eye) -> Result<Calls, CallsError> {
    config.check()?;
    let shared = Arc::new(Shared::new(sink.clone()));
    let of_tracer = Arc::clone(&shared);
    let (ready, is_ready) = mpsc::channel();
    let trace = move || {
        let began = Tracer::begin(&config, sink, eye, of_tracer);
        let (told, tracer) = match began {
            Ok(tracer) => (Ok(()), Some(tracer)),
            Err(error) => (Err(error), None),
        };
        // Whoever waits for this is gone only if it panicked.
        let _ = ready.send(told);
        tracer.map(Tracer::run).unwrap_or_default()
    };
    let thread =
        thread::Builder::new().name(TRACER_THREAD.to_owned()).spawn(trace).map_err(CallsError::Thread)?;
    match is_ready.recv() {
        Ok(Ok(())) => Ok(Calls { shared, thread }),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(CallsError::Thread(std::io::ErrorKind::Other.into())),
    }
}

impl Config {
    /// Whether programs can be asked for.
    fn takes_orders(&self) -> bool {
        self.programs.iter().any(|program| program.when == When::Asked)
    }

    fn check(&self) -> Result<(), CallsError> {
        let programs = self.programs.len();
        if programs + self.attach.len() > PROGRAMS_MAX {
            return Err(CallsError::TooMany);
        }
        for (program, start) in self.programs.iter().enumerate() {
            if let When::Listening(other) | When::Ended(other) = start.when
                && (other == program || other >= programs)
            {
                return Err(CallsError::Condition { program, other });
            }
        }
        Ok(())
    }
}

impl Calls {
    /// Whether every program has ended, or goes on without a tracer.
    pub fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Asks the programs that were started here to end (`SIGTERM`), or ends them and all that they made (`SIGKILL`).
    pub fn signal(&self, order: Order) {
        self.shared.signal(order);
    }

    /// What keeps a program apart, counted from 0; none if it is no guest.
    pub fn isolation(&self, program: usize) -> Option<Isolation> {
        self.shared.guest(program).map(|guest| guest.isolation())
    }

    /// What the processes of a guest hold; none if the program is no guest, or this machine cannot tell.
    pub fn usage(&self, program: usize) -> Option<Usage> {
        self.shared.guest(program)?.usage().ok()
    }

    /// Where the directory of a guest is found from outside, as it has changed it; none if it is no guest. It stays there until the guest
    /// is started again.
    pub fn guest_directory(&self, program: usize) -> Option<PathBuf> {
        self.shared.guest(program).map(|guest| guest.directory_from_outside())
    }

    /// Ends all processes of a guest, soon. A program that is none goes on.
    pub fn end_guest(&self, program: usize) {
        if let Some(guest) = self.shared.guest(program) {
            guest.order_end();
        }
    }

    /// Lets the processes that were attached to go on without a tracer, soon; no program can be asked for from then on.
    pub fn release(&self) {
        self.shared.release();
    }

    /// Starts a program that waits to be [asked](When::Asked) for, also one that was started before; tells its first process. A guest
    /// may be put into another network than it was to have.
    ///
    /// # Errors
    /// [`CallsError`]; [`CallsError::Over`] if nothing is traced any more.
    pub fn launch(&self, program: usize, network: Option<Arc<OwnedFd>>) -> Result<Pid, CallsError> {
        self.launch_with(program, network, Change::default())
    }

    /// The same, with something else about the program than it was to be.
    ///
    /// # Errors
    /// As [`launch`](Self::launch).
    pub fn launch_with(
        &self,
        program: usize,
        network: Option<Arc<OwnedFd>>,
        change: Change,
    ) -> Result<Pid, CallsError> {
        self.shared.orders.launch(program, network, change, || self.shared.ring())
    }

    /// The error number for which a program that was started has not become one (`execve(2)`), by its first process.
    pub fn not_executed(&self, pid: Pid) -> Option<i32> {
        self.shared.orders.not_executed(pid)
    }

    /// How much a send may move; at first, as much as it asks for.
    pub fn clamp(&self) -> &Clamp {
        &self.shared.clamp
    }

    /// When a program stopped last, in nanoseconds of `CLOCK_MONOTONIC`; 0 if none did.
    pub fn last_stop_ns(&self) -> u64 {
        self.shared.last_stop_ns()
    }

    /// Tells the calls that have been waiting in the kernel for a while ([`What::Waiting`](crate::model::What::Waiting)), each of them
    /// once. For whoever shows a recording as it goes: the tracer itself has nothing to do when nothing happens.
    pub fn tell_waiting(&self) {
        self.shared.tell_waiting();
    }

    /// Waits until all is over.
    pub fn join(self) -> Ended {
        self.thread.join().unwrap_or_default()
    }
}
