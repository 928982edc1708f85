//! Running programs under `socklab trace`, and reading what was recorded.

#[path = "../interop/support/program.rs"]
#[expect(dead_code, reason = "the suite that it belongs to needs the rest")]
pub(crate) mod program;
pub(crate) mod programs;
mod recording;
#[path = "../interop/support/tool.rs"]
#[expect(dead_code, reason = "the suite that it belongs to needs the rest")]
pub(crate) mod tool;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio, id};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tempfile::TempDir;

use self::program::{Finished, Program};
pub(crate) use self::recording::{Counts, Recording};

/// How long a condition may take to come true before a test fails: far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// Where the binary is when it is not where the build put it.
pub(crate) const BINARY: &str = "SOCKLAB_TEST_BINARY";

/// The port of every server: each lab has an address of its own.
pub(crate) const PORT: &str = "3500";

/// A directory for one test, with the programs in it, and an address that no other test has.
pub(crate) struct Lab {
    directory: TempDir,
    /// One of the loopback's, for servers.
    pub(crate) host: String,
}

/// A program that has been traced.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) finished: Finished,
    pub(crate) recording: Recording,
}

impl Lab {
    pub(crate) fn new() -> Self {
        static LABS: AtomicU8 = AtomicU8::new(1);
        let [_, _, high, low] = id().to_be_bytes();
        let host = Ipv4Addr::new(127, high, low, LABS.fetch_add(1, Relaxed)).to_string();
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        programs::write(directory.path());
        Self { directory, host }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A path in this directory as an argument.
    pub(crate) fn argument(&self, name: &str) -> String {
        self.path(name).into_os_string().into_string().unwrap()
    }

    /// The command of `socklab trace` with these flags and programs; the recording goes to `name`.
    pub(crate) fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(["--lang", "en", "trace", "-o"]).arg(self.path(name)).args(arguments);
        command.current_dir(self.directory.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts `socklab trace`, with its standard input open.
    pub(crate) fn start(&self, arguments: &[&str]) -> Program {
        Program::start_with_open_input(&mut self.command("run.jsonl", arguments))
    }

    /// Traces to the end.
    pub(crate) fn trace(&self, arguments: &[&str]) -> Traced {
        self.finish(Program::start(&mut self.command("run.jsonl", arguments)))
    }

    /// Waits for the end of what [`Lab::start`] began.
    pub(crate) fn finish(&self, program: Program) -> Traced {
        let finished = program.finish();
        Traced { finished, recording: Recording::read(&self.path("run.jsonl")) }
    }
}

impl Traced {
    /// Fails unless the last program ended with 0.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.finished.code(), Some(0), "{:?}", self.finished);
        self
    }
}

/// The binary that is tested.
pub(crate) fn binary() -> OsString {
    env::var_os(BINARY).unwrap_or_else(|| env!("CARGO_BIN_EXE_socklab").into())
}

/// The arguments of `socklab trace` for these programs, the first of which is a server if there are two.
pub(crate) fn arguments<'a>(flags: &[&'a str], programs: &[&'a [String]]) -> Vec<&'a str> {
    let mut arguments = flags.to_vec();
    let names = [["--as", "first", "--"], ["--as", "second", "--"]];
    for (program, name) in programs.iter().zip(names) {
        arguments.extend(name);
        arguments.extend(program.iter().map(String::as_str));
    }
    arguments
}

/// Looks again and again until something is there, and fails when it takes too long.
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "no {what}");
        thread::yield_now();
    }
}

/// How many processes are in a group; those that have ended and that nobody has waited for are not counted.
pub(crate) fn processes_in(group: Pid) -> usize {
    let group = group.as_raw_nonzero().to_string();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    let is_in = |stat: &String| {
        let mut fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let (how, of) = (fields.next(), fields.nth(1));
        how != Some("Z") && of == Some(&group)
    };
    stats.filter(is_in).count()
}
