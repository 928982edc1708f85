//! Echo servers over UDP and TCP.
//!
//! [`EchoServer::bind`] makes every socket ready, [`EchoServer::start`] serves on threads of its own, [`Control`] reaches
//! the server from any thread, and what happens comes out of an [`EventReader`](crate::events::EventReader). No globals, no printing: a test runs a
//! server in its own process on port 0.
//!
//! Where to look: [`config`] what can be set; `bind` the sockets; `worker` the loop of a thread, `accept` how it takes connections; `tcp` a connection;
//! `udp` a UDP socket; [`storm`] why two echo servers do not talk for ever; `taught` the practical's way.

mod accept;
mod bind;
pub mod config;
mod counters;
mod engine;
mod event;
mod peer;
mod shared;
mod spin;
mod steer;
pub mod storm;
mod taught;
mod tcp;
mod token;
mod udp;
mod unsent;
mod wake_cost;
mod worker;

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

pub use config::{EchoConfig, Spin, Steer};
pub use engine::{Engine, Spinning, Steering, WorkerState};
pub use event::{CloseReason, Event, RefusalRule, ReloadError, Summary};
pub use shared::Control;
pub(crate) use udp::refusal;

use self::bind::{AllBound, bind_all};
use self::engine::Choice;
use self::shared::Shared;
use self::taught::Taught;
use self::udp::DatagramEcho;
use self::worker::Worker;
use crate::errno::Errno;
use crate::events::Detail;
use crate::listen::{Bound, StartError};
use crate::transport::Transport;

/// Where an echo server tells its events.
pub type EventSink = crate::events::EventSink<Event>;

/// A thread that serves until the server is told to stop.
type Serving = JoinHandle<Result<(), StartError>>;

/// A server whose sockets are ready: the kernel queues what comes until it is started.
#[derive(Debug)]
pub struct EchoServer {
    shared: Arc<Shared>,
    bound: AllBound,
}

/// A server that works. Its last event is [`Event::Summary`].
#[derive(Debug)]
pub struct Running {
    control: Control,
    keeper: JoinHandle<Result<Summary, StartError>>,
}

impl EchoServer {
    /// Reads the rules and makes every socket ready.
    ///
    /// # Errors
    /// [`StartError`]: what the kernel said of a socket (`EADDRINUSE` when another server has the port), a rule file that
    /// cannot be read, or nothing to listen on.
    pub fn bind(config: EchoConfig, sink: EventSink) -> Result<Self, StartError> {
        let access = config.access.load()?;
        let bound = bind_all(&config)?;
        let posts = if config.as_taught { bound.sockets.len() } else { config.workers() };
        let choice = Choice { steering: bound.steering, cpus: bound.cpus.clone() };
        let shared =
            Shared::new(config, access, posts, choice, sink).map_err(StartError::system("eventfd"))?;
        Ok(Self { shared: Arc::new(shared), bound })
    }

    /// Where it listens.
    pub fn addresses(&self) -> impl Iterator<Item = (Transport, SocketAddr)> {
        self.bound.sockets.iter().map(|bound| (bound.transport, bound.local))
    }

    /// Whether each worker has sockets of its own, and serves what its processor receives.
    pub fn is_steered(&self) -> bool {
        self.bound.steering == Steering::Steered
    }

    /// Starts to serve, and tells [`Event::Listening`] for each socket once everything is ready.
    ///
    /// # Errors
    /// [`StartError::System`]: no thread, descriptor or memory left.
    pub fn start(mut self) -> Result<Running, StartError> {
        let control = Control(Arc::clone(&self.shared));
        let as_taught = self.shared.config.as_taught;
        let (ready, all_ready) = sync_channel(self.shared.posts.len());
        let (gates, starts): (Vec<_>, Vec<_>) = self.shared.posts.iter().map(|_| Gate::new(&ready)).unzip();
        drop(ready);
        let events = std::mem::take(&mut self.bound.events);
        let serving = if as_taught { start_taught } else { start_workers };
        let threads = serving(&self.shared, self.bound, gates)?;
        if all_ready.iter().count() < threads.len() {
            // One of them could not begin; without a start the others end.
            drop(starts);
            threads.into_iter().map(JoinHandle::join).try_for_each(unwind)?;
            return Err(StartError::system("clone")(io::ErrorKind::Other.into()));
        }
        for event in events {
            control.0.sink.tell(Detail::Quiet, || event);
        }
        if !as_taught {
            control.0.sink.tell(Detail::Peers, || Event::Waiting);
        }
        for start in starts {
            // A thread that is gone has stopped the server already.
            let _ = start.send(());
        }
        let keep = {
            let control = control.clone();
            move || keep(threads, &control)
        };
        let keeper = thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(keep)
            .map_err(StartError::system("clone"))?;
        Ok(Running { control, keeper })
    }
}

/// What holds a thread back until all are ready and what there is to tell of the sockets has been told.
struct Gate {
    ready: SyncSender<()>,
    start: Receiver<()>,
}

impl Gate {
    /// Makes a gate, and what opens it.
    fn new(ready: &SyncSender<()>) -> (Self, SyncSender<()>) {
        let (open, start) = sync_channel(1);
        (Self { ready: ready.clone(), start }, open)
    }

    /// Says that this thread is ready, and waits; whether the server starts.
    fn pass(self) -> bool {
        // Whoever counts those that are ready waits for each to have said so or to be gone.
        let _ = self.ready.send(());
        drop(self.ready);
        self.start.recv().is_ok()
    }
}

/// Starts a thread for each socket, which serves as taught.
fn start_taught(shared: &Arc<Shared>, bound: AllBound, gates: Vec<Gate>) -> Result<Vec<Serving>, StartError> {
    let serve = |(index, (bound, gate)): (usize, (Bound, Gate))| {
        let taught = Taught { index, shared: Arc::clone(shared), bound };
        let name = format!("echo {}", taught.bound.transport);
        spawn(name, Control(Arc::clone(shared)), move || {
            if gate.pass() { taught.run().map_err(StartError::system("recv")) } else { Ok(()) }
        })
    };
    bound.sockets.into_iter().zip(gates).enumerate().map(serve).collect()
}

/// What a worker serves, and where.
struct Share {
    listeners: Vec<Arc<OwnedFd>>,
    datagrams: Vec<Bound>,
    /// Whether nobody else has these sockets.
    is_own: bool,
}

/// Shares the sockets out: each worker has its own, or all have all the listeners, and each its part of the UDP sockets.
fn share_out(bound: AllBound, workers: usize) -> Vec<Share> {
    let AllBound { sockets, siblings, .. } = bound;
    if !siblings.is_empty() {
        return std::iter::once(sockets).chain(siblings).map(|sockets| Share::of(sockets, true)).collect();
    }
    let Share { listeners, datagrams, .. } = Share::of(sockets, false);
    let share = |_| Share { listeners: listeners.clone(), datagrams: Vec::new(), is_own: false };
    let mut shares: Vec<_> = (0..workers).map(share).collect();
    for (index, bound) in datagrams.into_iter().enumerate() {
        shares[index % workers].datagrams.push(bound);
    }
    shares
}

impl Share {
    fn of(sockets: Vec<Bound>, is_own: bool) -> Self {
        let (tcp, datagrams): (Vec<_>, Vec<_>) =
            sockets.into_iter().partition(|bound| bound.transport == Transport::Tcp);
        let listeners = tcp.into_iter().map(|bound| Arc::new(bound.socket)).collect();
        Self { listeners, datagrams, is_own }
    }
}

/// Starts the workers.
fn start_workers(
    shared: &Arc<Shared>,
    bound: AllBound,
    gates: Vec<Gate>,
) -> Result<Vec<Serving>, StartError> {
    let parts = share_out(bound, gates.len());
    let serve = |(index, (share, gate)): (usize, (Share, Gate))| {
        let shared = Arc::clone(shared);
        spawn(format!("echo {index}"), Control(Arc::clone(&shared)), move || {
            let slot_bytes = shared.config.recv_bytes(Transport::Udp);
            let one_by_one = !shared.config.pauses.is_empty();
            let echo = |bound| DatagramEcho::new(bound, slot_bytes, one_by_one);
            let datagrams = share.datagrams.into_iter().map(echo);
            let datagrams = datagrams.collect::<io::Result<_>>().map_err(StartError::system("socket"))?;
            let worker = Worker::new(index, shared, &share.listeners, share.is_own, datagrams)
                .map_err(StartError::system("epoll_ctl"))?;
            if gate.pass() { worker.run().map_err(StartError::system("epoll_wait")) } else { Ok(()) }
        })
    };
    parts.into_iter().zip(gates).enumerate().map(serve).collect()
}

impl Running {
    /// A handle that stops it, reads its counts, and so on, from any thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Waits until it has ended, by [`Control::stop`].
    ///
    /// # Errors
    /// [`StartError::System`]: a worker could not go on. The others are stopped, then.
    pub fn wait(self) -> Result<Summary, StartError> {
        unwind(self.keeper.join())
    }
}

/// Waits for every thread, and tells the summary last.
fn keep(threads: Vec<Serving>, control: &Control) -> Result<Summary, StartError> {
    let ended: Vec<_> = threads.into_iter().map(JoinHandle::join).collect();
    let summary = control.summary();
    if control.0.config.tells_engine {
        control.0.sink.tell(Detail::Quiet, || Event::Engine(control.engine()));
    }
    control.0.sink.tell_last(Event::Summary(summary));
    // Only now may a panic go on: whoever reads the events knows that they are over.
    ended.into_iter().try_for_each(unwind)?;
    Ok(summary)
}

/// Takes what a thread ended with; its panic goes on in this one.
fn unwind<T>(ended: thread::Result<T>) -> T {
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Starts a thread of the server. When it ends, for whatever reason, the others shall end too.
fn spawn(
    name: String,
    control: Control,
    serve: impl FnOnce() -> Result<(), StartError> + Send + 'static,
) -> Result<Serving, StartError> {
    let stopper = StopOnDrop(control);
    let serve = move || {
        let _stopper = stopper;
        serve()
    };
    thread::Builder::new().name(name).spawn(serve).map_err(StartError::system("clone"))
}

/// Stops the server when it goes, in a panic too.
struct StopOnDrop(Control);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
