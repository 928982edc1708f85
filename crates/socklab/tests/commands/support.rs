//! Running a command to its end, and looking at processes.

use std::ffi::OsString;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use endpoints::messages::exec::{
    ExecConfig, Executor, Invocation, Limits, Progress, Running, StartError, allowed,
};
use kernel::poll::{self, Interest};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::AsyncWriteExt;
use wire::key::{Commands, Named};
use wire::message::Ended;

/// Where the supervisor is when it is not where the build put it.
pub(crate) const SUPERVISOR: &str = "SOCKLAB_TEST_SUPERVISOR";

/// Long enough for whatever must happen, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Limits that no test reaches unless it sets its own.
pub(crate) const WIDE: Limits = Limits { time: Duration::from_secs(120), output_bytes: 1 << 30 };

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
    pub(crate) ended: Ended,
}

impl Finished {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }
}

/// How the tests run commands, unless they change it.
pub(crate) fn config() -> ExecConfig {
    let built = || OsString::from(env!("CARGO_BIN_EXE_socklab"));
    let supervisor = std::env::var_os(SUPERVISOR).unwrap_or_else(built);
    ExecConfig::new(supervisor, &["supervise"])
}

/// A program that may be run.
pub(crate) fn program(arguments: &[&str]) -> Invocation {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_bytes()).collect();
    allowed(&Commands { named: Named::Any, shell: false }, &arguments, false).unwrap()
}

/// A line for the shell.
pub(crate) fn shell(line: &str) -> Invocation {
    allowed(&Commands { named: Named::None, shell: true }, &[line.as_bytes()], true).unwrap()
}

pub(crate) async fn start(invocation: &Invocation) -> Running {
    try_start(invocation).await.unwrap()
}

pub(crate) async fn try_start(invocation: &Invocation) -> Result<Running, StartError> {
    Executor::new(config()).start(invocation, WIDE).await
}

/// Runs a command without input.
pub(crate) async fn run(invocation: &Invocation) -> Finished {
    run_with(invocation, b"", WIDE).await
}

/// Runs a command with this input.
pub(crate) async fn run_with(invocation: &Invocation, input: &[u8], limits: Limits) -> Finished {
    let running = Executor::new(config()).start(invocation, limits).await.unwrap();
    finish_with(running, input).await
}

pub(crate) async fn finish(running: Running) -> Finished {
    finish_with(running, b"").await
}

async fn finish_with(mut running: Running, input: &[u8]) -> Finished {
    let mut pipe = running.take_input();
    let write = async {
        if let Some(pipe) = &mut pipe {
            // EPIPE: the command does not want more.
            let _ = pipe.write_all(input).await;
        }
        drop(pipe);
    };
    tokio::join!(read_all(running), write).0
}

async fn read_all(mut running: Running) -> Finished {
    let (mut out, mut err, mut buffer) = (Vec::new(), Vec::new(), vec![0; 16_384]);
    loop {
        match running.next(&mut buffer).await.unwrap() {
            Progress::Stdout(taken) => out.extend(&buffer[..taken]),
            Progress::Stderr(taken) => err.extend(&buffer[..taken]),
            Progress::Ended(ended) => return Finished { out, err, ended },
        }
    }
}

/// Waits for a whole line of standard output.
pub(crate) async fn line(running: &mut Running) -> String {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        match running.next(&mut byte).await.unwrap() {
            Progress::Stdout(_) => line.extend(byte),
            other => panic!("{other:?} after {line:?}"),
        }
    }
    String::from_utf8(line).unwrap().trim_end().to_owned()
}

/// Waits for a line with a process id, and takes hold of that process.
pub(crate) async fn process(running: &mut Running) -> Process {
    Process::of(line(running).await.parse().unwrap())
}

/// A process that is looked at.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) id: u32,
    handle: OwnedFd,
}

impl Process {
    pub(crate) fn of(id: u32) -> Self {
        let pid = Pid::from_raw(id.cast_signed()).unwrap();
        Self { id, handle: pidfd_open(pid, PidfdFlags::empty()).unwrap() }
    }

    /// Whether it has ended; a zombie has.
    pub(crate) fn has_ended(&self) -> bool {
        self.wait(Duration::ZERO)
    }

    pub(crate) fn assert_ends(&self) {
        assert!(self.wait(PATIENCE), "{} goes on", self.id);
    }

    fn wait(&self, patience: Duration) -> bool {
        let deadline = Some(Instant::now() + patience);
        poll::wait(self.handle.as_fd(), Interest::READ, deadline).unwrap().any()
    }

    /// A field of `/proc/PID/status`.
    pub(crate) fn status(&self, name: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap();
        let fields = status.lines().filter_map(|line| line.split_once(":\t"));
        let mut found = fields.filter(|(field, _)| *field == name);
        found.next().unwrap_or_else(|| panic!("no {name} in {status}")).1.trim().to_owned()
    }

    /// A field of `/proc/PID/stat`, as `proc(5)` numbers them.
    pub(crate) fn stat(&self, number: usize) -> String {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap();
        let after_name = stat.rsplit_once(") ").unwrap().1;
        after_name.split(' ').nth(number - 3).unwrap().to_owned()
    }
}

/// The processes whose command line has this in it.
pub(crate) fn processes_with(mark: &str) -> Vec<u32> {
    let ids = fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let has_mark = |id: &u32| {
        fs::read(format!("/proc/{id}/cmdline"))
            .is_ok_and(|line| line.windows(mark.len()).any(|part| part == mark.as_bytes()))
    };
    ids.filter(has_mark).collect()
}
