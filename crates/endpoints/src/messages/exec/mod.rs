//! Commands for a remote client: started without a shell, limited, and ended with all their processes.
//!
//! [`allowed`] decides whether a key may run a command, [`Executor::start`] starts it, and [`Running`] tells what it writes and how
//! it ended. Between the server and each command stands a process of its own, the *supervisor* ([`supervise`]).
//!
//! A command has the rights of the server's user, and no more: set-user-ID programs and those with file capabilities gain nothing
//! (`PR_SET_NO_NEW_PRIVS`), since what acts as another user could not be ended. It has a session of its own and no terminal, five
//! variables of environment, three descriptors, default signals, `umask 077`, and the server's limits (`getrlimit(2)`) but for the
//! soft one of open files, which is 1,024.
//!
//! When the command itself ends, what it left in the background is ended too. Nothing here keeps a command from asking a service
//! that is no descendant of it (`at`, `systemd-run`, a container's) to start something, nor from killing its supervisor,
//! which is a process of the same user: a key with `exec` is that user.

mod account;
mod job;
mod policy;
mod report;
mod running;
mod supervisor;
mod tree;

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use kernel::{local, process};
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::errno::Errno;
use account::Account;
use job::Job;
use report::Report;
use running::Control;

pub use policy::{Denied, Invocation, PATH, allowed};
pub use running::{Lost, Progress, Running};
pub use supervisor::{SupervisorError, supervise};

/// The most commands that a server runs at once.
pub const COMMANDS_MAX: usize = 64;
/// How long a command may take unless the server's configuration says otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(600);
/// How much a command may write unless the server's configuration says otherwise.
const OUTPUT_BYTES: u64 = 64 << 20;

/// What a command may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// How many bytes it may write to standard output and standard error together.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: TIME_LIMIT, output_bytes: OUTPUT_BYTES }
    }
}

impl Limits {
    /// These limits, or what a client asked for where that is less; 0 asks for nothing.
    #[must_use]
    pub fn lowered(self, time_ms: u64, output_bytes: u64) -> Self {
        let asked = |limit: u64| if limit == 0 { u64::MAX } else { limit };
        Self {
            time: self.time.min(Duration::from_millis(asked(time_ms))),
            output_bytes: self.output_bytes.min(asked(output_bytes)),
        }
    }
}

/// How commands are run.
#[derive(Debug, Clone)]
pub struct ExecConfig {
    /// The program that calls [`supervise`], and its arguments. `/proc/self/exe` is this binary, also after another one has taken its
    /// name.
    pub supervisor: (PathBuf, Vec<OsString>),
    /// Where commands are started; without one in the home directory of the server's user, or in the root if that
    /// cannot be entered.
    pub directory: Option<PathBuf>,
    /// What a command may use at most.
    pub limits: Limits,
    /// How many commands run at once, up to [`COMMANDS_MAX`]; one more is refused.
    pub commands: usize,
}

impl ExecConfig {
    /// The defaults, with this program as the supervisor.
    pub fn new(program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        let supervisor = (program.into(), arguments);
        Self { supervisor, directory: None, limits: Limits::default(), commands: COMMANDS_MAX }
    }
}

/// Why a command does not run.
#[derive(Debug, Error)]
pub enum StartError {
    /// As many commands run as may at once.
    #[error("too many commands at once")]
    Busy,
    /// Arguments and directory are longer than a supervisor takes.
    #[error("the command is too long")]
    TooLong,
    /// The system did not execute it: `ENOENT`, `EACCES`, `ENOEXEC`…
    #[error("execve: {0}")]
    NotStarted(Errno),
    /// Something before it went wrong.
    #[error("{call}: {errno}")]
    System {
        /// The call that failed.
        call: &'static str,
        /// What the kernel said.
        errno: Errno,
    },
    /// The supervisor ended without a word.
    #[error(transparent)]
    Lost(#[from] Lost),
}

/// Runs commands. Clones share the count of what runs.
#[derive(Debug, Clone)]
pub struct Executor {
    config: Arc<ExecConfig>,
    account: Arc<Account>,
    free: Arc<Semaphore>,
}

impl Executor {
    /// Makes one, for the user that this process acts as.
    pub fn new(config: ExecConfig) -> Self {
        let free = Arc::new(Semaphore::new(config.commands.min(COMMANDS_MAX)));
        let account = Arc::new(Account::of(process::effective_user()));
        Self { config: Arc::new(config), account, free }
    }

    /// The limits of the configuration, which `limits` of [`Executor::start`] must not be above.
    pub fn limits(&self) -> Limits {
        self.config.limits
    }

    /// Starts a command and waits until it runs. To drop the future, or what it returns, ends the command.
    ///
    /// Needs a runtime of tokio with its drivers (`enable_all`).
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(&self, invocation: &Invocation, limits: Limits) -> Result<Running, StartError> {
        let permit = Arc::clone(&self.free).try_acquire_owned().map_err(|_| StartError::Busy)?;
        let job = self.job(invocation, limits)?.encode().ok_or(StartError::TooLong)?;
        let (ours, theirs) = UnixStream::pair().map_err(system("socketpair"))?;
        let [input, output, error] = [pipe()?, pipe()?, pipe()?];
        self.start_supervisor(theirs.into(), permit)?;
        let pipes = [input.read, output.write, error.write];
        let mut control = Control::new(send(ours, &job, pipes).await.map_err(system("sendmsg"))?);
        match control.report().await? {
            Report::Started(id) => {
                Running::new(id, control, input.write, [output.read, error.read], limits.output_bytes)
                    .map_err(system("epoll_ctl"))
            }
            Report::NotStarted(errno) => Err(StartError::NotStarted(numbered(errno))),
            Report::Unprepared(preparation, errno) => {
                Err(StartError::System { call: preparation.call(), errno: numbered(errno) })
            }
            Report::Ended(..) | Report::Stuck(_) => Err(Lost::Unknown.into()),
        }
    }

    fn job(&self, invocation: &Invocation, limits: Limits) -> Result<Job, StartError> {
        let string = |bytes: &[u8]| CString::new(bytes).map_err(|error| system("chdir")(error.into()));
        let directories = match &self.config.directory {
            Some(directory) => vec![string(directory.as_os_str().as_bytes())?],
            None => vec![string(self.account.home().as_bytes())?, c"/".to_owned()],
        };
        Ok(Job {
            time_limit: limits.time,
            candidates: invocation.candidates().to_vec(),
            arguments: invocation.arguments().to_vec(),
            environment: self.account.environment(),
            directories,
        })
    }

    /// Starts the process in a group of its own, where the keys of the server's terminal do not reach it.
    fn start_supervisor(&self, control: OwnedFd, permit: OwnedSemaphorePermit) -> Result<(), StartError> {
        let (program, arguments) = &self.config.supervisor;
        let mut command = Command::new(program);
        command.args(arguments).env_clear().process_group(0);
        command.stdin(control).stdout(Stdio::null()).stderr(Stdio::null());
        let mut supervisor = command.spawn().map_err(system("execve"))?;
        tokio::spawn(async move {
            // How it ended says nothing that it has not told; but somebody has to wait for it.
            let _ = supervisor.wait().await;
            drop(permit);
        });
        Ok(())
    }
}

/// Sends a supervisor its job, after its length, with the pipes of the command, which are closed here then.
async fn send(socket: UnixStream, job: &[u8], pipes: [OwnedFd; 3]) -> io::Result<tokio::net::UnixStream> {
    let length = u32::try_from(job.len()).map_err(io::Error::other)?;
    let message = [&length.to_be_bytes(), job].concat();
    // The socket is new and takes this at once: at the least the length, with the pipes.
    let sent = local::send(&socket, &message, &pipes.each_ref().map(AsFd::as_fd))?;
    socket.set_nonblocking(true)?;
    let mut socket = tokio::net::UnixStream::from_std(socket)?;
    socket.write_all(&message[sent..]).await?;
    Ok(socket)
}

/// The two ends of a pipe, both closed on `exec`.
struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
}

fn pipe() -> Result<Pipe, StartError> {
    let (read, write) = io::pipe().map_err(system("pipe"))?;
    Ok(Pipe { read: read.into(), write: write.into() })
}

fn system(call: &'static str) -> impl Fn(io::Error) -> StartError {
    move |error| StartError::System { call, errno: Errno::from(&error) }
}

fn numbered(errno: u32) -> Errno {
    Errno(errno.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_can_lower_the_limits_and_not_raise_them() {
        let limits = Limits { time: Duration::from_secs(10), output_bytes: 1000 };

        assert_eq!(limits.lowered(0, 0), limits);
        assert_eq!(limits.lowered(u64::MAX, u64::MAX), limits);
        let less = Limits { time: Duration::from_millis(1), output_bytes: 999 };
        assert_eq!(limits.lowered(1, 999), less);
    }
}
