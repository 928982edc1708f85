//! The message server: texts, files, rooms, a remote stop and remote commands, each by key.
//!
//! [`MessageServer::bind`] makes every socket ready, [`MessageServer::start`] serves on threads of its own, [`Control`]
//! reaches it from any thread, and what happens comes out of an `EventReader`.
//!
//! Where to look: [`config`] what can be set; `accept` how a session is opened over TCP, and `crate::messages::udp` over
//! UDP; `session` what a session does with frames; `stream` who may open which stream; `file`, `exec`, `room` and `drain`
//! what each stream does; `rooms` what is said to whom.

mod accept;
pub mod config;
mod datagram;
mod drain;
mod event;
mod exec;
mod file;
mod room;
mod rooms;
mod session;
mod shared;
mod stream;

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kernel::socket;
use thiserror::Error;
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;
use wire::key::Grant;

use self::shared::{Phase, Rules, Shared};
use crate::events::{Detail, EventSink};
use crate::listen::{self, Bound, StartError};
use crate::messages::inbox::{Inbox, InboxError, Quotas};
use crate::messages::keys::{self, KeysError};
use crate::transport::Transport;

pub use config::ServeConfig;
pub use event::{CloseReason, Event, NotStored, RefusedWhy, ReloadError, Room, Summary, Who};
pub use rooms::{MEMBER_MESSAGES_MAX, MEMBERS_MAX, ROOMS_MAX};

/// How many connections the kernel queues, as a rule (`net.core.somaxconn`).
const BACKLOG: u32 = 4096;
/// How long sessions may take to end once nothing is waited for any longer.
const FAREWELL_MAX: Duration = Duration::from_secs(3);

/// Why a message server could not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// A socket, a rule on addresses or the machine.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The list of keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The inbox cannot be used.
    #[error(transparent)]
    Inbox(#[from] InboxError),
}

/// A server whose sockets are ready: the kernel queues what comes until it is started.
#[derive(Debug)]
pub struct MessageServer {
    shared: Arc<Shared>,
    bound: listen::AllBound,
}

/// A server that works. Its last event is [`Event::Summary`].
#[derive(Debug)]
pub struct Running {
    control: Control,
    keeper: JoinHandle<Result<Summary, ServeError>>,
}

/// A handle on a server that works.
#[derive(Debug, Clone)]
pub struct Control(Arc<Shared>);

impl MessageServer {
    /// Reads the keys and the rules, opens the inbox, and makes every socket ready.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn bind(config: ServeConfig, sink: EventSink<Event>) -> Result<Self, ServeError> {
        let rules = load_rules(&config)?;
        let open = |inbox: &config::InboxConfig| {
            let quotas = Quotas {
                file_bytes_max: inbox.file_bytes_max,
                inbox_bytes_max: inbox.inbox_bytes_max,
                ..Quotas::default()
            };
            Inbox::open(&inbox.directory, quotas)
        };
        let inbox = config.inbox.as_ref().map(open).transpose()?;
        let bound = listen::bind_all(&config.addresses, &[Transport::Udp, Transport::Tcp], bind)?;
        Ok(Self { shared: Arc::new(Shared::new(config, rules, inbox, sink)), bound })
    }

    /// Where it listens.
    pub fn addresses(&self) -> impl Iterator<Item = (Transport, SocketAddr)> {
        self.bound.sockets.iter().map(|bound| (bound.transport, bound.local))
    }

    /// Whether any key may have commands run.
    pub fn runs_commands(&self) -> bool {
        self.shared.rules().keys.iter().any(|key| key.grants.contains(Grant::Exec))
    }

    /// Starts to serve.
    ///
    /// # Errors
    /// [`ServeError::Start`]: no thread, descriptor or memory left.
    pub fn start(self) -> Result<Running, ServeError> {
        let Self { shared, bound } = self;
        let runtime = runtime::Builder::new_multi_thread().thread_name("serve").enable_all().build();
        let runtime = runtime.map_err(StartError::system("clone"))?;
        tell_start(&shared, &bound);
        for one in bound.sockets {
            let Bound { transport, socket, .. } = one;
            let _inside = runtime.enter();
            match transport {
                Transport::Tcp => {
                    let listener = listener(socket).map_err(StartError::system("epoll_ctl"))?;
                    runtime.spawn(accept::accept(listener, Arc::clone(&shared)));
                }
                Transport::Udp => {
                    let socket = datagrams(socket).map_err(StartError::system("epoll_ctl"))?;
                    runtime.spawn(datagram::serve(socket, Arc::clone(&shared)));
                }
            }
        }
        let control = Control(Arc::clone(&shared));
        let keep = move || Ok(keep(runtime, &shared));
        let keeper = thread::Builder::new().name("keeper".to_owned()).spawn(keep);
        Ok(Running { control, keeper: keeper.map_err(StartError::system("clone"))? })
    }
}

fn load_rules(config: &ServeConfig) -> Result<Rules, ServeError> {
    let keys = config.keys.as_deref().map(keys::load_list).transpose()?.unwrap_or_default();
    let access = config.access.load().map_err(StartError::from)?;
    Ok(Rules { keys: Arc::new(keys), access: Arc::new(access) })
}

fn bind(transport: Transport, address: SocketAddr) -> Result<Bound, StartError> {
    let failed = |call| move |source| StartError::Socket { call, transport, address, source };
    let socket = socket::open(transport.into(), address).map_err(failed("socket"))?;
    if transport == Transport::Tcp {
        socket::set_reuse_address(&socket, true).map_err(failed("setsockopt"))?;
    }
    socket::bind(&socket, address).map_err(failed("bind"))?;
    if transport == Transport::Tcp {
        socket::listen(&socket, BACKLOG).map_err(failed("listen"))?;
    }
    let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
    Ok(Bound { transport, socket, local })
}

fn listener(socket: OwnedFd) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::from(socket);
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

fn datagrams(socket: OwnedFd) -> std::io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::from(socket);
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

fn tell_start(shared: &Shared, bound: &listen::AllBound) {
    let always = |event| shared.sink.tell(Detail::Quiet, || event);
    for &(transport, local, errno) in &bound.skipped {
        always(Event::AddressSkipped { transport, local, errno });
    }
    for &Bound { transport, local, .. } in &bound.sockets {
        always(Event::Listening { transport, local });
    }
    let inbox = shared.config.inbox.as_ref().map(|inbox| inbox.directory.display().to_string());
    always(Event::Serving { keys: shared.rules().keys.len(), plain: shared.config.plain, inbox });
}

/// Waits for the end: serves, then finishes what is in hand, then waits no longer.
fn keep(runtime: Runtime, shared: &Arc<Shared>) -> Summary {
    runtime.block_on(async {
        shared.reaches(Phase::Draining).await;
        if timeout(shared.config.drain, shared.no_session()).await.is_err() {
            shared.advance(Phase::GivingUp);
            let _ = timeout(FAREWELL_MAX, shared.no_session()).await;
        }
    });
    runtime.shutdown_timeout(FAREWELL_MAX);
    shared.tell_untold_refusals();
    let summary = shared.summary();
    shared.sink.tell_last(Event::Summary(summary));
    summary
}

impl Running {
    /// A handle that stops it, reads its counts, and so on, from any thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// [`ServeError::Start`]: the machine had no more of something.
    pub fn wait(self) -> Result<Summary, ServeError> {
        self.keeper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Control {
    /// Makes the server take nothing new, finish what it has in hand, and end.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Reads the keys and the rules again. Sessions that are open stay as they are; if something cannot be read, the old
    /// keys and rules hold.
    pub fn reload(&self) {
        let event = match load_rules(&self.0.config) {
            Ok(rules) => {
                let (keys, count) = (rules.keys.len(), rules.access.len());
                self.0.set_rules(rules);
                Event::Reloaded { keys, rules: count }
            }
            Err(error) => Event::ReloadFailed { error: ReloadError(Arc::new(error)) },
        };
        self.0.sink.tell(Detail::Quiet, || event);
    }

    /// Tells the counts so far as an event.
    pub fn report(&self) {
        let summary = self.0.summary();
        self.0.sink.tell(Detail::Quiet, || Event::Report(summary));
    }
}
