//! A guest that runs a program to its end.

use std::ffi::CString;
use std::fs;
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use std::os::unix::process::ExitStatusExt;

use kernel::confine::{Config, Confinement, Isolation, Limits, User};
use kernel::launch::{Connections, Go, prepare_guest};
use kernel::poll::{self, Interest};
use kernel::process::{Handle, Image};
use kernel::ptrace::{self, Waited};
use kernel::seccomp::Filter;

pub(crate) const ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xC000_003E } else { 0xC000_00B7 };

/// No program of a test lasts so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A directory with a program, and the walls around whoever runs it.
pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) limits: Limits,
    pub(crate) read_only: Vec<PathBuf>,
}

/// A guest that runs.
pub(crate) struct Running {
    pub(crate) confinement: Option<Confinement>,
    pub(crate) id: u32,
    output: PipeReader,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Whoever the guest is may read it.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory, limits: Limits::default(), read_only: Vec::new() }
    }

    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.path().join(name), text).unwrap();
        self
    }

    /// Adds a program that is made from this source of C; tells whether there is a compiler.
    pub(crate) fn compile(&self, name: &str, source: &str) -> bool {
        let target = self.path().join(name);
        let cc = Command::new("cc").args(["-xc", "-", "-o"]).arg(target).stdin(Stdio::piped()).spawn();
        let Ok(mut cc) = cc else {
            eprint!("SKIP: no cc ... ");
            return false;
        };
        cc.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
        assert!(cc.wait().unwrap().success());
        true
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            directory: self.path().to_owned(),
            read_only: self.read_only.clone(),
            user: User::usual(),
            limits: self.limits,
        }
    }

    /// What the program wrote, and how it ended.
    pub(crate) fn run(&self, command: &[&str]) -> (String, ExitStatus) {
        self.start(command).end()
    }

    pub(crate) fn start(&self, command: &[&str]) -> Running {
        let confinement = Confinement::raise(&self.config()).unwrap();
        assert_eq!(confinement.isolation(), Isolation::Full);
        start_in(confinement, command)
    }
}

pub(crate) fn start_in(confinement: Confinement, command: &[&str]) -> Running {
    start_at(confinement, None, command)
}

pub(crate) fn start_at(
    confinement: Confinement,
    network: Option<BorrowedFd<'_>>,
    command: &[&str],
) -> Running {
    let (running, go) = prepared(confinement, network, command);
    go.go().unwrap();
    running
}

fn prepared(confinement: Confinement, network: Option<BorrowedFd<'_>>, command: &[&str]) -> (Running, Go) {
    let (output, write) = io::pipe().unwrap();
    let (write, nothing) = (OwnedFd::from(write), fs::File::open("/dev/null").unwrap());
    let c_string = |text: &&str| CString::new(*text).unwrap();
    let environment = ["PATH=/usr/bin:/bin", "HOME=/home/guest", "LC_ALL=C.UTF-8"];
    let image = Image::new(
        vec![c_string(&command[0])],
        command.iter().map(c_string).collect(),
        environment.iter().map(c_string).collect(),
    );
    let streams = [nothing.as_fd(), write.as_fd(), write.as_fd()];
    let filter = Filter::trace(ARCH, &[], &[]);
    let connections = Connections { streams, network };
    let prepared = prepare_guest(&image, &filter, &confinement, connections).unwrap();
    (Running { confinement: Some(confinement), id: prepared.id(), output }, prepared.into_go())
}

impl Running {
    /// Reads until the output has this in it.
    pub(crate) fn expect(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(text) {
            let until = Some(Instant::now() + PATIENCE);
            assert!(poll::wait(self.output.as_fd(), Interest::READ, until).unwrap().read);
            let mut bytes = [0; 4096];
            let length = self.output.read(&mut bytes).unwrap();
            assert_ne!(length, 0, "{}", String::from_utf8_lossy(&seen));
            seen.extend(&bytes[..length]);
        }
        String::from_utf8(seen).unwrap()
    }

    /// Waits for the end of the first process, and then ends what is left.
    pub(crate) fn end(mut self) -> (String, ExitStatus) {
        let process = Handle::open(self.id).unwrap();
        let mut bytes = Vec::new();
        let until = Some(Instant::now() + PATIENCE);
        while !process.has_ended().unwrap() {
            let mut some = [0; 4096];
            if poll::wait(self.output.as_fd(), Interest::READ, until).unwrap().read {
                match self.output.read(&mut some).unwrap() {
                    0 => assert!(poll::wait(process.as_fd(), Interest::READ, until).unwrap().read),
                    length => bytes.extend(&some[..length]),
                }
            }
            assert!(until.is_some_and(|until| Instant::now() < until), "it does not end");
        }
        let status = self.reap();
        assert!(self.confinement.take().unwrap().end());
        self.output.read_to_end(&mut bytes).unwrap();
        (String::from_utf8_lossy(&bytes).into_owned(), status)
    }

    /// Ends all, and waits for it.
    pub(crate) fn kill(mut self) {
        let confinement = self.confinement.take().unwrap();
        confinement.order_end();
        self.reap();
        assert!(confinement.end());
    }

    fn reap(&self) -> ExitStatus {
        loop {
            match ptrace::wait_any(true).unwrap() {
                Waited::Ended(id, status) if id == self.id => {
                    return ExitStatus::from_raw(status.cast_signed());
                }
                Waited::NoChild => panic!("nobody waited for it"),
                _ => {}
            }
        }
    }
}
