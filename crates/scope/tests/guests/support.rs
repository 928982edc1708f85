//! A session with guests, and what it saw.

use std::fs::{self, File};
use std::io::{self, PipeReader, Read};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use scope::model::{Call, Observation, What};
use scope::session::{
    Config, GuestConfig, Isolation, LOOK_EVERY, MTU_BYTES, Network, Order, ProgramConfig, SNAP_BYTES,
    STRINGS_BYTES, Session, When,
};

/// No program of a test lasts so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session with one guest.
pub(crate) struct Watched {
    pub(crate) session: Session,
    pub(crate) seen: Vec<Observation>,
    output: PipeReader,
}

/// What is left of it.
pub(crate) struct Over {
    pub(crate) seen: Vec<Observation>,
    pub(crate) output: String,
}

/// A directory with one program.
pub(crate) fn directory(name: &str, text: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(name), text).unwrap();
    directory
}

/// A guest, and where its output comes.
pub(crate) fn guest(directory: &Path, command: &[&str], when: When) -> (ProgramConfig, PipeReader) {
    let (output, write) = io::pipe().unwrap();
    let write = Arc::new(OwnedFd::from(write));
    let nothing = Arc::new(OwnedFd::from(File::open("/dev/null").unwrap()));
    let guest = GuestConfig::new(directory.to_owned(), [nothing, Arc::clone(&write), write]);
    let command = command.iter().map(Into::into).collect();
    (ProgramConfig { name: "guest".to_owned(), command, when, guest: Some(guest) }, output)
}

pub(crate) fn config(programs: Vec<ProgramConfig>) -> Config {
    Config {
        programs,
        attach: Vec::new(),
        network: Network::Private { mtu_bytes: MTU_BYTES },
        settings: Vec::new(),
        snap_bytes: SNAP_BYTES,
        strings_bytes: STRINGS_BYTES,
        lines: true,
        refuse_io_uring: true,
        one_cpu: true,
        look_every: LOOK_EVERY,
        keep_servers: true,
        output_to_error: false,
        terminal: None,
    }
}

/// Starts a guest.
pub(crate) fn watch(directory: &Path, command: &[&str], when: When) -> Watched {
    let (program, output) = guest(directory, command, when);
    let session = Session::start(config(vec![program])).unwrap();
    assert_eq!(session.isolation(0), Some(Isolation::Full));
    Watched { session, seen: Vec::new(), output }
}

impl Watched {
    /// Takes what is seen until the predicate holds for all of it.
    pub(crate) fn until(&mut self, holds: impl Fn(&[Observation]) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(&self.seen) {
            assert!(Instant::now() < until, "{:#?}", self.seen);
            self.seen.extend(self.session.take());
            thread::yield_now();
        }
    }

    /// Waits until the program has ended by itself.
    pub(crate) fn end(mut self) -> Over {
        let until = Instant::now() + PATIENCE;
        while !self.session.is_over() {
            assert!(Instant::now() < until, "{:#?}", self.seen);
            self.seen.extend(self.session.take());
            thread::yield_now();
        }
        self.finish()
    }

    /// Ends all at once.
    pub(crate) fn kill(mut self) -> Over {
        self.session.signal(Order::End);
        self.finish()
    }

    fn finish(mut self) -> Over {
        self.seen.extend(self.session.finish());
        let mut output = String::new();
        self.output.read_to_string(&mut output).unwrap();
        Over { seen: self.seen, output }
    }
}

impl Over {
    /// The calls of this name.
    pub(crate) fn calls(&self, name: &str) -> Vec<&Call> {
        calls(&self.seen).filter(|call| call.call.name() == name).collect()
    }

    /// The wait status of the only program.
    pub(crate) fn status(&self) -> Option<u32> {
        self.seen.iter().find_map(|seen| match &seen.what {
            What::Summary(summary) => summary.wait_statuses[0],
            _ => None,
        })
    }
}

pub(crate) fn calls(seen: &[Observation]) -> impl Iterator<Item = &Call> {
    seen.iter().filter_map(|observation| match &observation.what {
        What::Call(call) => Some(call),
        _ => None,
    })
}
