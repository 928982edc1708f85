//! What the kernel itself tells: packets that it drops and why, states, segments sent again, resets. For root only.
//!
//! Tracepoints fire for the whole machine, and no field of theirs names a network. What concerns the recording is decided by
//! what they have: an event is told if it happened in the context of one of its processes, or if it names the address of one of
//! its sockets. On the loopback a packet is received in the context of whoever sent it, so a drop (which names no address) is
//! hardly ever missed there; one on the way from another machine is. A socket of somebody else that has the same address in
//! another network is told, wrongly.
//!
//! The layout of records is read from tracefs (`/sys/kernel/tracing`), which is used where it is mounted, and never mounted.

mod event;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kernel::perf::Tracepoint;
use wire::tracepoint::Format;

use self::event::TRACEPOINTS;
use super::Sink;
use super::state::Known;
use crate::model::{Certainty, Pid, What};

/// Where tracefs is mounted, by now and formerly (`Documentation/trace/ftrace.rst` of Linux).
const TRACEFS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// The processors that run: `0-3,6`.
const PROCESSORS: &str = "/sys/devices/system/cpu/online";

/// To how many processors is listened.
pub const PROCESSORS_MAX: usize = 1024;

/// How often the samples are taken out of the kernel's memory.
const PERIOD: Duration = Duration::from_millis(10);

/// Why there are no tracepoints.
#[derive(Debug, thiserror::Error)]
pub enum TracepointsError {
    /// It takes root.
    #[error("{operation}: {cause}")]
    Refused {
        /// What was refused.
        operation: String,
        /// How the kernel put it.
        #[source]
        cause: io::Error,
    },
    /// Tracefs is not mounted, or the kernel is built without.
    #[error("no tracefs at /sys/kernel/tracing")]
    NoTracefs,
    /// It failed otherwise.
    #[error("{operation}: {cause}")]
    Failed {
        /// What was being done.
        operation: String,
        /// What the kernel said.
        #[source]
        cause: io::Error,
    },
}

impl TracepointsError {
    fn new(operation: String, cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::PermissionDenied {
            Self::Refused { operation, cause }
        } else {
            Self::Failed { operation, cause }
        }
    }
}

/// A thread that listens.
#[derive(Debug)]
pub struct Tracepoints {
    stop: Sender<()>,
    thread: JoinHandle<u64>,
}

/// Begins to listen to the tracepoints of the network, and to tell what concerns the sockets and processes that are `known`.
///
/// # Errors
/// [`TracepointsError`].
pub fn start(known: Known, sink: Sink) -> Result<Tracepoints, TracepointsError> {
    let mut ears = open()?;
    let (stop, stopped) = channel();
    let run = move || run(&mut ears, &known, &sink, &stopped);
    let thread = thread::Builder::new().name("tracepoints".to_owned()).spawn(run);
    let thread = thread.map_err(|cause| TracepointsError::new("make a thread".to_owned(), cause))?;
    Ok(Tracepoints { stop, thread })
}

impl Tracepoints {
    /// Tells what is left and ends; returns how many events found no room.
    pub fn stop(self) -> u64 {
        drop(self.stop);
        // A panic of the thread has been told where it happened.
        self.thread.join().unwrap_or(0)
    }
}

/// A tracepoint that is listened to, on every processor.
#[derive(Debug)]
struct Ear {
    name: &'static str,
    format: Format,
    processors: Vec<Tracepoint>,
}

fn run(ears: &mut [Ear], known: &Known, sink: &Sink, stopped: &Receiver<()>) -> u64 {
    loop {
        let waited = stopped.recv_timeout(PERIOD);
        for ear in &mut *ears {
            ear.listen(known, sink);
        }
        if waited != Err(RecvTimeoutError::Timeout) {
            return ears.iter_mut().flat_map(|ear| &mut ear.processors).map(Tracepoint::lost).sum();
        }
    }
}

impl Ear {
    /// Tells what has come.
    fn listen(&mut self, known: &Known, sink: &Sink) {
        for processor in &mut self.processors {
            processor.take(|sample| {
                let Some(event) = event::read(self.name, &self.format, sample.record) else { return };
                if known.concerns(Pid(sample.process), event.addresses) {
                    sink.tell(sink.time(sample.monotonic_ns), Certainty::Exact, What::Kernel(event.what));
                }
            });
        }
    }
}

fn open() -> Result<Vec<Ear>, TracepointsError> {
    let events = events()?;
    let online = fs::read_to_string(PROCESSORS)
        .map_err(|cause| TracepointsError::new(format!("read {PROCESSORS}"), cause))?;
    let processors = processors(&online);
    let mut ears = Vec::new();
    for name in TRACEPOINTS {
        if let Some(format) = format(&events, name)? {
            let listen = |processor: &u32| Tracepoint::open(format.id, *processor);
            let processors = processors.iter().map(listen).collect::<io::Result<_>>();
            let processors = processors
                .map_err(|cause| TracepointsError::new(format!("perf_event_open {name}"), cause))?;
            ears.push(Ear { name, format, processors });
        }
    }
    if ears.is_empty() { Err(TracepointsError::NoTracefs) } else { Ok(ears) }
}

/// The directory with the tracepoints.
fn events() -> Result<PathBuf, TracepointsError> {
    for place in TRACEFS {
        let events = Path::new(place).join("events");
        match fs::metadata(&events) {
            Ok(_) => return Ok(events),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(TracepointsError::new(format!("open {}", events.display()), cause)),
        }
    }
    Err(TracepointsError::NoTracefs)
}

/// How the records of a tracepoint are laid out; `None` if this kernel does not have it.
fn format(events: &Path, name: &str) -> Result<Option<Format>, TracepointsError> {
    let path = events.join(name).join("format");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Format::parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(TracepointsError::new(format!("read {}", path.display()), cause)),
    }
}

/// Reads a list of processors: `0-3,6`.
fn processors(list: &str) -> Vec<u32> {
    let range = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some(from.parse().ok()?..=to.parse().ok()?)
    };
    list.trim().split(',').filter_map(range).flatten().take(PROCESSORS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_numbers_and_ranges() {
        assert_eq!(processors("0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(processors("0\n"), [0]);
        assert_eq!(processors("0-4294967295").len(), PROCESSORS_MAX);
        assert!(processors("").is_empty());
    }

    #[test]
    fn what_a_kernel_does_not_have_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        let there = place.path().join("skb/kfree_skb");
        fs::create_dir_all(&there).unwrap();
        fs::write(there.join("format"), "ID: 7\n").unwrap();

        assert_eq!(format(place.path(), "skb/kfree_skb").unwrap().map(|format| format.id), Some(7));
        assert_eq!(format(place.path(), "tcp/tcp_send_reset").unwrap(), None);
    }
}
