//! Echo servers over UDP and TCP.
//!
//! [`EchoServer::bind`] makes every socket ready, [`EchoServer::start`] serves on threads of its own, [`Control`] reaches
//! the server from any thread, and what happens comes out of an [`EventReader`]. No globals, no printing: a test runs a
//! server in its own process on port 0.
//!
//! Where to look: [`config`] what can be set; `bind` the sockets; `worker` the loop of a thread, `accept` how it takes connections; `tcp` a connection;
//! `udp` a UDP socket; [`storm`] why two echo servers do not talk for ever; `taught` the practical's way.

mod accept;
mod bind;
pub mod config;
mod counters;
mod event;
mod shared;
mod sink;
pub mod storm;
mod taught;
mod tcp;
mod token;
mod udp;
mod worker;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use bind::EchoError;
pub use config::{Detail, EchoConfig, ListenAddress};
pub use event::{CloseReason, Event, RefusalRule, ReloadError, Summary, Told};
pub use shared::Control;
pub use sink::{EVENTS_MAX, EventReader, EventSink, events};

use self::bind::{Bound, bind_all};
use self::shared::Shared;
use self::taught::Taught;
use self::udp::DatagramEcho;
use self::worker::Worker;
use crate::errno::Errno;
use crate::transport::Transport;

/// A thread that serves until the server is told to stop.
type Serving = JoinHandle<Result<(), EchoError>>;

/// A server whose sockets are ready: the kernel queues what comes until it is started.
#[derive(Debug)]
pub struct EchoServer {
    shared: Arc<Shared>,
    bound: Vec<Bound>,
}

/// A server that works. Its last event is [`Event::Summary`].
#[derive(Debug)]
pub struct Running {
    control: Control,
    keeper: JoinHandle<Result<Summary, EchoError>>,
}

impl EchoServer {
    /// Reads the rules and makes every socket ready. Tells [`Event::Listening`] for each.
    ///
    /// # Errors
    /// [`EchoError`]: what the kernel said of a socket (`EADDRINUSE` when another server has the port), a rule file that
    /// cannot be read, or nothing to listen on.
    pub fn bind(config: EchoConfig, sink: EventSink) -> Result<Self, EchoError> {
        let access = config.access.load()?;
        let bound = bind_all(&config, &sink)?;
        let posts = if config.as_taught { bound.len() } else { config.workers() };
        let shared = Shared::new(config, access, posts, sink).map_err(system("eventfd"))?;
        Ok(Self { shared: Arc::new(shared), bound })
    }

    /// Where it listens.
    pub fn addresses(&self) -> impl Iterator<Item = (Transport, SocketAddr)> {
        self.bound.iter().map(|bound| (bound.transport, bound.local))
    }

    /// Starts to serve.
    ///
    /// # Errors
    /// [`EchoError::System`]: no thread, descriptor or memory left.
    pub fn start(self) -> Result<Running, EchoError> {
        let control = Control(Arc::clone(&self.shared));
        let as_taught = self.shared.config.as_taught;
        let threads = if as_taught { self.start_taught()? } else { self.start_workers()? };
        if !as_taught {
            control.0.sink.tell(Detail::Peers, || Event::Waiting);
        }
        let keep = {
            let control = control.clone();
            move || keep(threads, &control)
        };
        let keeper = thread::Builder::new().name("keeper".to_owned()).spawn(keep).map_err(system("clone"))?;
        Ok(Running { control, keeper })
    }

    fn start_taught(self) -> Result<Vec<Serving>, EchoError> {
        let shared = self.shared;
        let serve = |(index, bound): (usize, Bound)| {
            let taught = Taught { index, shared: Arc::clone(&shared), bound };
            let name = format!("echo {}", taught.bound.transport);
            spawn(name, Control(Arc::clone(&shared)), move || taught.run().map_err(system("recv")))
        };
        self.bound.into_iter().enumerate().map(serve).collect()
    }

    fn start_workers(self) -> Result<Vec<Serving>, EchoError> {
        let shared = self.shared;
        let (tcp, udp): (Vec<_>, Vec<_>) =
            self.bound.into_iter().partition(|bound| bound.transport == Transport::Tcp);
        let listeners: Vec<_> = tcp.into_iter().map(|bound| Arc::new(bound.socket)).collect();
        let workers = shared.posts.len();
        let mut datagrams: Vec<Vec<Bound>> = (0..workers).map(|_| Vec::new()).collect();
        for (index, bound) in udp.into_iter().enumerate() {
            datagrams[index % workers].push(bound);
        }
        let serve = |(index, bound): (usize, Vec<Bound>)| {
            let (shared, listeners) = (Arc::clone(&shared), listeners.clone());
            spawn(format!("echo {index}"), Control(Arc::clone(&shared)), move || {
                let slot_bytes = shared.config.recv_bytes(Transport::Udp);
                let one_by_one = !shared.config.pauses.is_empty();
                let echo = |bound| DatagramEcho::new(bound, slot_bytes, one_by_one);
                let datagrams =
                    bound.into_iter().map(echo).collect::<io::Result<_>>().map_err(system("socket"))?;
                let worker =
                    Worker::new(index, shared, &listeners, datagrams).map_err(system("epoll_ctl"))?;
                worker.run().map_err(system("epoll_wait"))
            })
        };
        datagrams.into_iter().enumerate().map(serve).collect()
    }
}

impl Running {
    /// A handle that stops it, reads its counts, and so on, from any thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Waits until it has ended, by [`Control::stop`].
    ///
    /// # Errors
    /// [`EchoError::System`]: a worker could not go on. The others are stopped, then.
    pub fn wait(self) -> Result<Summary, EchoError> {
        unwind(self.keeper.join())
    }
}

/// Waits for every thread, and tells the summary last.
fn keep(threads: Vec<Serving>, control: &Control) -> Result<Summary, EchoError> {
    let ended: Vec<_> = threads.into_iter().map(JoinHandle::join).collect();
    let summary = control.summary();
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
    serve: impl FnOnce() -> Result<(), EchoError> + Send + 'static,
) -> Result<Serving, EchoError> {
    let stopper = StopOnDrop(control);
    let serve = move || {
        let _stopper = stopper;
        serve()
    };
    thread::Builder::new().name(name).spawn(serve).map_err(system("clone"))
}

/// Stops the server when it goes, in a panic too.
struct StopOnDrop(Control);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn system(call: &'static str) -> impl Fn(io::Error) -> EchoError {
    move |source| EchoError::System { call, source }
}
