//! The receiver: listens, and reads each connection on a thread of its own, so that a bad sender stops nobody else.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};
use kernel::socket;
use kernel::wake::Wake;

use super::Way;
use super::conversation::Conversation;
use super::event::{Event, Summary};
use super::pairs::{Pairs, Place};
use super::receive::{Received, Reception};
use crate::errno::Errno;
use crate::events::{Detail, EventSink};
use crate::listen::{self, Bound, ListenAddress, StartError};
use crate::transport::Transport;

/// The most connections that are open at once.
pub const CONNECTIONS_MAX: usize = 64;
/// How many connections wait in the accept queue, as many again as may be open.
const BACKLOG: u32 = 64;
/// How long nothing is accepted after descriptors or memory have run out.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Settings of a receiver.
#[derive(Debug, Clone)]
pub struct WaysConfig {
    /// In which way it receives.
    pub way: Way,
    /// Where it listens; all ports 0 become one and the same port.
    pub addresses: Vec<ListenAddress>,
    /// Takes what one `recv(1024)` brings for one item.
    pub as_taught: bool,
}

/// A receiver whose sockets listen: the kernel queues who comes until it runs.
#[derive(Debug)]
pub struct WaysServer {
    config: WaysConfig,
    listeners: Vec<Bound>,
    /// What there is to tell of them.
    events: Vec<Event>,
    sink: EventSink<Event>,
}

impl WaysServer {
    /// Makes every socket ready.
    ///
    /// # Errors
    /// [`StartError`]: what the kernel said of a socket (`EADDRINUSE` when another server has the port), or nothing to
    /// listen on.
    pub fn bind(config: WaysConfig, sink: EventSink<Event>) -> Result<Self, StartError> {
        let bound = listen::bind_all(&config.addresses, &[Transport::Tcp], |_, address| bind(address))?;
        let skipped = bound.skipped.into_iter();
        let skipped = skipped.map(|(_, local, errno)| Event::AddressSkipped { local, errno });
        let listening = |bound: &Bound| Event::Listening { how: config.way.clone(), local: bound.local };
        let events = skipped.chain(bound.sockets.iter().map(listening)).collect();
        Ok(Self { listeners: bound.sockets, events, config, sink })
    }

    /// Where it listens.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.listeners.iter().map(|bound| bound.local)
    }

    /// Receives until `stop` is woken; then open connections end with [`Fault::Stopped`](super::Fault::Stopped). The last
    /// event is [`Event::Summary`].
    pub fn run(self, stop: &Wake) -> Summary {
        let sink = &self.sink;
        for event in self.events {
            sink.tell(Detail::Quiet, || event);
        }
        sink.tell(Detail::Peers, || Event::Waiting);
        let shared = Shared::new(&self.config, stop, sink);
        thread::scope(|scope| {
            let Some((last, others)) = self.listeners.split_last() else { return };
            for listener in others {
                let shared = &shared;
                // A listener without a thread waits in vain, which its clients see; the others are served.
                let _ = thread::Builder::new()
                    .spawn_scoped(scope, move || shared.accept(scope, &listener.socket));
            }
            shared.accept(scope, &last.socket);
            sink.tell(Detail::Quiet, || Event::Stopping);
        });
        let summary = shared.summary();
        sink.tell_last(Event::Summary(summary));
        summary
    }
}

/// What the threads share.
struct Shared<'a> {
    config: &'a WaysConfig,
    stop: &'a Wake,
    sink: &'a EventSink<Event>,
    pairs: Mutex<Pairs>,
    open: AtomicUsize,
    connections: AtomicU64,
    items: AtomicU64,
    bytes: AtomicU64,
    faults: AtomicU64,
    refused: AtomicU64,
}

impl<'a> Shared<'a> {
    fn new(config: &'a WaysConfig, stop: &'a Wake, sink: &'a EventSink<Event>) -> Self {
        let none = AtomicU64::default;
        Self {
            config,
            stop,
            sink,
            pairs: Mutex::default(),
            open: AtomicUsize::default(),
            connections: none(),
            items: none(),
            bytes: none(),
            faults: none(),
            refused: none(),
        }
    }

    /// Accepts until it is told to stop.
    fn accept<'s>(&'s self, scope: &'s Scope<'s, '_>, listener: &OwnedFd) {
        let mut stalled = false;
        while self.wait(listener) {
            match socket::accept(listener) {
                Ok((socket, peer)) => {
                    stalled = false;
                    self.admit(scope, socket, peer);
                }
                Err(error) if is_of_the_machine(&error) => {
                    if !stalled {
                        self.sink.tell(Detail::Quiet, || Event::AcceptStalled { errno: Errno::from(&error) });
                    }
                    stalled = true;
                    // Being told to stop ends the pause; the wait that follows sees it.
                    let _ = Conversation::pause(self.stop, Instant::now() + ACCEPT_RETRY);
                }
                // Nobody waits any more, or whoever waited has gone (accept(2)).
                Err(_) => {}
            }
        }
    }

    /// Waits for somebody; false when it is time to stop.
    fn wait(&self, listener: &OwnedFd) -> bool {
        let stop = (self.stop.as_fd(), Interest::READ);
        let ready = poll::wait_either((listener.as_fd(), Interest::READ), stop, None);
        matches!(ready, Ok([_, stopped]) if !stopped.any())
    }

    fn admit<'s>(&'s self, scope: &'s Scope<'s, '_>, socket: OwnedFd, peer: SocketAddr) {
        let is_full = self.open.fetch_add(1, Relaxed) >= CONNECTIONS_MAX;
        if is_full {
            return self.refuse(&socket, peer);
        }
        let connection = self.connections.fetch_add(1, Relaxed) + 1;
        let place = self.place(peer);
        self.sink.tell(Detail::Peers, || Event::Connected { connection, peer });
        let receive = move || {
            let reception = Reception { config: self.config, connection, peer, place, sink: self.sink };
            self.count(reception.run(&Conversation::new(socket, self.stop)));
        };
        if thread::Builder::new().spawn_scoped(scope, receive).is_err() {
            self.open.fetch_sub(1, Relaxed);
        }
    }

    /// Ends a connection at once, by an RST that says plainly that it was not served.
    fn refuse(&self, socket: &OwnedFd, peer: SocketAddr) {
        self.open.fetch_sub(1, Relaxed);
        self.refused.fetch_add(1, Relaxed);
        self.sink.tell(Detail::Peers, || Event::Refused { peer, connections_max: CONNECTIONS_MAX });
        // If this fails the peer sees a FIN, and no report: it is refused all the same.
        let _ = socket::set_abortive_close(socket);
    }

    fn place(&self, peer: SocketAddr) -> Option<Place> {
        (self.config.way == Way::TwoConnections).then(|| {
            let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
            pairs.place(Instant::now(), peer.ip())
        })
    }

    fn count(&self, received: Received) {
        self.open.fetch_sub(1, Relaxed);
        self.items.fetch_add(received.items as u64, Relaxed);
        self.bytes.fetch_add(received.bytes, Relaxed);
        self.faults.fetch_add(received.fault.is_some().into(), Relaxed);
    }

    fn summary(&self) -> Summary {
        Summary {
            connections: self.connections.load(Relaxed),
            items: self.items.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            faults: self.faults.load(Relaxed),
            refused: self.refused.load(Relaxed),
        }
    }
}

fn bind(address: SocketAddr) -> Result<Bound, StartError> {
    let transport = Transport::Tcp;
    let failed = |call| move |source| StartError::Socket { call, transport, address, source };
    let socket = socket::open(transport.into(), address).map_err(failed("socket"))?;
    // Over TIME-WAIT only: two listeners on one port are refused all the same.
    socket::set_reuse_address(&socket, true).map_err(failed("setsockopt"))?;
    socket::bind(&socket, address).map_err(failed("bind"))?;
    socket::listen(&socket, BACKLOG).map_err(failed("listen"))?;
    let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
    Ok(Bound { transport, socket, local })
}

/// Whether descriptors or memory have run out, so that the next `accept()` would say the same.
fn is_of_the_machine(error: &io::Error) -> bool {
    use wire::errno::{EMFILE, ENFILE, ENOBUFS, ENOMEM};

    [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(&Errno::from(error).0)
}
