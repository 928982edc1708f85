//! The supervisor: a process of its own for each command, which sees to it that nothing of the command is left.
//!
//! The server starts its own binary again with the one end of a pair of sockets as standard input, and sends a [`Job`] with the
//! three pipes of the command. From then on the socket says nothing more: **its end** is the order to end the command, whether
//! the server gave it or died. So even `SIGKILL` to the server ends its commands.
//!
//! It keeps every signal waiting, so that one to the server's group or from a service manager does not make it leave its
//! command behind, and it ends when no process of the command is left. There is no `SIGTERM` before the `SIGKILL`: what is
//! ended had its time, or nobody is there to see it use more.

use std::env;
use std::ffi::{CString, OsStr};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use kernel::local;
use kernel::poll::{self, Interest};
use kernel::process::{self, Image};
use kernel::signals::{self, ChildSignals};
use thiserror::Error;

use super::job::{self, Job};
use super::report::{Cause, Preparation, Report};
use super::tree::Tree;
use crate::errno::Errno;

/// The soft limit of open files (`RLIMIT_NOFILE`) of a command: the one that Linux gives, not what the server has raised it to.
const OPEN_FILES: u64 = 1024;

/// Why a supervisor had nothing to do.
#[derive(Debug, Error)]
pub enum SupervisorError {
    /// Standard input is no socket of a server.
    #[error("recvmsg: {0}")]
    Receive(#[source] io::Error),
    /// What came is no job with three pipes.
    #[error("the message is no job")]
    NoJob,
    /// The process could not be made ready to be one.
    #[error("{0}")]
    Prepare(#[source] io::Error),
}

/// Supervises one command, as the server at the other end of standard input asks, and returns when nothing of it is left.
///
/// For a process that has a single thread and was started for this. It changes the process: all its signals are blocked, it gives
/// up privileges, and its directory and `umask` become the command's.
///
/// # Errors
/// See [`SupervisorError`]. What goes wrong after that is told to the server.
pub fn supervise() -> Result<(), SupervisorError> {
    signals::block_all().map_err(SupervisorError::Prepare)?;
    signals::default_all();
    let control = io::stdin().as_fd().try_clone_to_owned().map_err(SupervisorError::Prepare)?;
    let control = &mut UnixStream::from(control);
    // None: the server is gone, or has thought better of it.
    if let Some((job, pipes)) = receive(control)? {
        let report = run(job, pipes, control);
        tell(control, report);
    }
    Ok(())
}

/// Reads the job, after its length, and takes the pipes that come with it.
fn receive(control: &mut UnixStream) -> Result<Option<(Job, [OwnedFd; 3])>, SupervisorError> {
    let mut length = [0; 4];
    let (bytes, pipes) = local::receive(&*control, &mut length).map_err(SupervisorError::Receive)?;
    if bytes == 0 {
        return Ok(None);
    }
    let pipes = pipes.try_into().map_err(|_| SupervisorError::NoJob)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| SupervisorError::NoJob)?;
    if bytes < size_of::<u32>() || length > job::BYTES_MAX {
        return Err(SupervisorError::NoJob);
    }
    let mut message = vec![0; length];
    control.read_exact(&mut message).map_err(SupervisorError::Receive)?;
    let job = Job::decode(&message).map_err(|_| SupervisorError::NoJob)?;
    Ok(Some((job, pipes)))
}

/// Runs the command to its end, and returns the last report.
fn run(job: Job, pipes: [OwnedFd; 3], control: &UnixStream) -> Report {
    let signals = match prepare(&job.directories) {
        Ok(signals) => signals,
        Err((preparation, error)) => return Report::Unprepared(preparation, number(&error)),
    };
    let deadline = Instant::now().checked_add(job.time_limit).filter(|_| !job.time_limit.is_zero());
    let image = Image::new(job.candidates, job.arguments, job.environment);
    let command = match process::spawn(image, OPEN_FILES, pipes) {
        Ok(command) => command,
        Err(error) => return Report::NotStarted(number(&error)),
    };
    tell(control, Report::Started(command));
    let mut tree = Tree::new(command, signals);
    let cause = watch(&mut tree, control, deadline);
    let stuck = tree.end();
    match tree.status() {
        Some(status) if stuck == 0 => Report::Ended(cause, status),
        _ => Report::Stuck(u32::try_from(stuck).unwrap_or(u32::MAX)),
    }
}

/// Makes this process a supervisor, and enters the directory of the command.
fn prepare(directories: &[CString]) -> Result<ChildSignals, (Preparation, io::Error)> {
    let failed = |preparation| move |error| (preparation, error);
    process::close_all_at_exec().map_err(failed(Preparation::Descriptors))?;
    let signals = become_supervisor().map_err(failed(Preparation::Process))?;
    enter(directories).map_err(failed(Preparation::Directory))?;
    Ok(signals)
}

fn become_supervisor() -> io::Result<ChildSignals> {
    process::adopt_orphans()?;
    process::give_up_privileges()?;
    process::refuse_tracers()?;
    process::keep_files_private();
    // A handle for each process of the command may be needed; the command gets a limit of its own. What may not be raised
    // is enough for all but a storm, and that is ended in several rounds.
    let _ = kernel::limits::raise_open_files();
    ChildSignals::new()
}

/// Enters the first of the directories that lets itself be entered.
fn enter(directories: &[CString]) -> io::Result<()> {
    let mut told = Err(io::ErrorKind::NotFound.into());
    for directory in directories {
        match env::set_current_dir(OsStr::from_bytes(directory.as_bytes())) {
            Ok(()) => return Ok(()),
            Err(error) => told = Err(error),
        }
    }
    told
}

/// Waits until the command has ended or is to be ended.
fn watch(tree: &mut Tree, control: &UnixStream, deadline: Option<Instant>) -> Cause {
    loop {
        tree.reap();
        if tree.status().is_some() {
            return Cause::Itself;
        }
        let signals = (tree.signals().as_fd(), Interest::READ);
        match poll::wait_either((control.as_fd(), Interest::READ), signals, deadline) {
            Ok([control, _]) if control.any() => return Cause::Asked,
            Ok([_, signals]) if signals.any() => {}
            Ok(_) => return Cause::TimeLimit,
            // There is no memory to wait with. Whoever cannot watch a command ends it.
            Err(_) => return Cause::Asked,
        }
    }
}

fn tell(mut control: &UnixStream, report: Report) {
    // A server that is gone is told nothing, and `SIGPIPE` is kept waiting.
    let _ = control.write_all(&report.encode());
}

fn number(error: &io::Error) -> u32 {
    Errno::from(error).0.unsigned_abs()
}
