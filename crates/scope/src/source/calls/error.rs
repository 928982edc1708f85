//! What keeps programs from being traced.

use std::io;

use kernel::step::StepError;

use crate::model::Pid;

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum CallsError {
    /// The numbers of system calls are not known for this kind of machine.
    #[error("trace: unknown machine")]
    Machine,
    /// There are more than [`PROGRAMS_MAX`](super::PROGRAMS_MAX).
    #[error("trace: more than {} programs", super::PROGRAMS_MAX)]
    TooMany,
    /// A program waits for one that is not there, or for itself.
    #[error("program {program} waits for program {other}")]
    Condition {
        /// Which one, from 0.
        program: usize,
        /// For which one.
        other: usize,
    },
    /// A command is empty, or has a zero byte in it, as no argument can have.
    #[error("program {program}: no command")]
    Command {
        /// Which one, from 0.
        program: usize,
    },
    /// The program cannot be executed: `ENOENT`, it was not found; `EACCES`, it is not executable.
    #[error("execute {file}: {cause}")]
    Execute {
        /// The program, as it was given.
        file: String,
        /// What is wrong.
        cause: io::Error,
    },
    /// No process could be made for it: `EAGAIN`, `ENOMEM`, `EMFILE`.
    #[error("fork for {file}: {cause}")]
    Prepare {
        /// The program, as it was given.
        file: String,
        /// What the kernel said.
        cause: io::Error,
    },
    /// The walls around it could not be raised, or it could not be put behind them.
    #[error("confine {file}: {cause}")]
    Confine {
        /// The program, as it was given.
        file: String,
        /// What failed.
        cause: StepError,
    },
    /// It cannot be traced: `EPERM`, this process may trace nobody, or the other one belongs to somebody else; `ESRCH`, there is
    /// no such process.
    #[error("ptrace of process {pid}: {cause}")]
    Attach {
        /// Which one.
        pid: Pid,
        /// What the kernel said.
        cause: io::Error,
    },
    /// Another program traces it, and a process has one tracer.
    #[error("ptrace of process {pid}: process {tracer} traces it")]
    Traced {
        /// Which one.
        pid: Pid,
        /// By whom.
        tracer: Pid,
    },
    /// The processor is not there, or not for us.
    #[error("sched_setaffinity to processor {cpu}: {cause}")]
    Pin {
        /// Which one.
        cpu: u32,
        /// What the kernel said.
        cause: io::Error,
    },
    /// It was to be started when nothing was traced any more.
    #[error("program {program}: nothing is traced any more")]
    Over {
        /// Which one, from 0.
        program: usize,
    },
    /// The tracer's own thread could not be started.
    #[error("thread of the tracer: {0}")]
    Thread(#[source] io::Error),
}
