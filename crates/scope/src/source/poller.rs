//! Looks from time to time at what nobody's call tells: the queues of listeners, drops at UDP sockets, and the counters of the
//! network.
//!
//! What it tells happened at some time [since](Certainty::Since) the look before. A look costs 100 to 200 µs: all listeners and
//! all UDP sockets by `sock_diag(7)`, and two files of counters. Connections are not looked at, for the kernel would have to walk
//! its whole table (1.3 ms). Its thread should run on another processor than the programs, where there is one; where there is none,
//! it looks as rarely as keeps it from taking a hundredth of theirs.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use kernel::clock::monotonic_ns;
use kernel::netlink::SockDiag;
use wire::sock_diag::{Entry, Extensions, Family, Protocol, Request, State, StateSet};
use wire::tcp_state::TcpState;

use super::Sink;
use super::counters::Counters;
use super::state::{Known, state_of_entry};
use crate::model::{Address, Certainty, Note, Protocol as Speaks, SocketId, SocketState, Time, What};
use crate::sockets::DumpError;
use crate::sockets::dump::dump;

/// How long the kernel may take for an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many times as long as a look took nobody looks, at the least.
const REST: u32 = 100;

/// How it looks.
#[derive(Debug, Clone)]
pub struct Config {
    /// Whether programs that are not watched use the same network: then only sockets that are known are told, and counters are
    /// marked.
    pub shared: bool,
    /// How long after one look the next one is due, if a look takes less than a hundredth of it.
    pub period: Duration,
    /// What whoever looks at calls has told ([`Eye::known`](super::Eye::known)).
    pub known: Known,
}

/// A thread that looks from time to time.
#[derive(Debug)]
pub struct Poller {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// Takes the first look and begins to look once in each period, at the network that the calling thread is in.
///
/// # Errors
/// `sock_diag(7)` or the counters in `/proc` cannot be read, or there is no thread.
pub fn start(config: Config, sink: Sink) -> io::Result<Poller> {
    let period = config.period;
    let look = Look::first(config, sink)?;
    let (stop, stopped) = channel();
    let thread =
        thread::Builder::new().name("poller".to_owned()).spawn(move || run(look, period, &stopped))?;
    Ok(Poller { stop, thread })
}

impl Poller {
    /// Takes a last look, so that what happened at the end is told, and ends.
    pub fn stop(self) {
        drop(self.stop);
        // A panic of the thread has been told where it happened.
        let _ = self.thread.join();
    }
}

fn run(mut look: Look, period: Duration, stopped: &Receiver<()>) {
    let mut began = Instant::now();
    let mut took = Duration::ZERO;
    loop {
        let next = began + period.max(took * REST);
        let waited = stopped.recv_timeout(next.saturating_duration_since(Instant::now()));
        began = Instant::now();
        look.take();
        took = began.elapsed();
        if waited != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// What the next look is compared with.
#[derive(Debug)]
struct Look {
    known: Known,
    shared: bool,
    sink: Sink,
    /// None after a failure, which has been told.
    diag: Option<SockDiag>,
    /// None after a failure, likewise.
    counters: Option<Counters>,
    /// When the last look began.
    before: Time,
    sequence: u32,
}

impl Look {
    fn first(Config { shared, known, .. }: Config, sink: Sink) -> io::Result<Self> {
        let diag = Some(SockDiag::open(PATIENCE)?);
        let before = sink.time(monotonic_ns());
        let counters = Some(Counters::read(shared)?);
        let mut look = Self { known, shared, sink, diag, counters, before, sequence: 0 };
        look.take();
        Ok(look)
    }

    fn take(&mut self) {
        let now = self.sink.time(monotonic_ns());
        let since = Certainty::Since(self.before);
        if let Err(errno) = self.sockets(now, since) {
            self.diag = None;
            self.fail("sockets", "sock_diag", errno);
        }
        if let Err(error) = self.count(now, since) {
            self.counters = None;
            self.fail("counters", "read", error.raw_os_error().unwrap_or(0));
        }
        self.before = now;
    }

    /// Looks at listeners and UDP sockets. The error is the kernel's number, 0 for an answer that makes no sense.
    fn sockets(&mut self, now: Time, since: Certainty) -> Result<(), i32> {
        let Some(diag) = &self.diag else { return Ok(()) };
        let mut entries = Vec::new();
        for (protocol, states) in [(Protocol::Tcp, listening()), (Protocol::Udp, StateSet::ALL)] {
            for family in Family::ALL {
                self.sequence = self.sequence.wrapping_add(1);
                let (sequence, extensions) = (self.sequence, Extensions::SOCKET_MEMORY);
                let request = Request { sequence, protocol, family, states, extensions };
                dump(diag, &request, &mut entries).map_err(|error| errno(&error))?;
            }
        }
        for entry in &entries {
            let last = self.known.last(SocketId(entry.cookie));
            if last.is_some() || !self.shared {
                self.known.tell(seen(entry, last), now, since, &self.sink);
            }
        }
        Ok(())
    }

    fn count(&mut self, now: Time, since: Certainty) -> io::Result<()> {
        let Some(counters) = &mut self.counters else { return Ok(()) };
        for counter in counters.grown()? {
            self.sink.tell(now, since, What::Counter(counter));
        }
        Ok(())
    }

    fn fail(&self, source: &str, operation: &str, errno: i32) {
        let note = Note::SourceFailed { source: source.to_owned(), operation: operation.to_owned(), errno };
        self.sink.tell(self.sink.time(monotonic_ns()), Certainty::Exact, What::Note(note));
    }
}

fn listening() -> StateSet {
    StateSet::from_iter([State::Tcp(TcpState::Listen)])
}

fn errno(error: &DumpError) -> i32 {
    match error {
        DumpError::Exchange(error) => error.raw_os_error().unwrap_or(0),
        _ => 0,
    }
}

/// What a socket is like, by what the kernel says now and what only a descriptor tells, as it was told last.
///
/// Of what waits at a UDP socket the kernel says how much memory it takes, not how long the first datagram is.
fn seen(entry: &Entry, last: Option<SocketState>) -> SocketState {
    let mut now = state_of_entry(entry);
    let is_empty = now.recv_queue == 0;
    let is_udp = now.protocol == Speaks::Udp;
    if is_udp {
        now.recv_queue = 0;
    }
    let Some(last) = last else { return now };
    now.holder = last.holder;
    now.local = as_before(now.local, last.local);
    now.peer = as_before(now.peer, last.peer);
    if is_udp && !is_empty {
        now.recv_queue = last.recv_queue;
    }
    now
}

/// The same address, with the interface that a descriptor tells of a link-local one.
fn as_before(now: Option<Address>, last: Option<Address>) -> Option<Address> {
    let plain = |address: &Option<Address>| {
        let address = address.as_ref()?.inet()?;
        Some(SocketAddr::new(address.ip(), address.port()))
    };
    if plain(&now) == plain(&last) { last } else { now }
}
