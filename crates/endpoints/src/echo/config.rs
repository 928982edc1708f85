//! What an echo server shall do, all decided.

use std::time::Duration;

use crate::access::AccessSources;
use crate::events::Detail;
use crate::listen::ListenAddress;
use crate::practical;
use crate::shaping::Pauses;
use crate::transport::Transport;

/// The backlog, unless told otherwise: as many as the kernel grants by default (`net.core.somaxconn`).
pub const BACKLOG: u32 = 4096;
/// The buffer for a datagram, unless told otherwise, and the largest there can be: what the length field of UDP can say.
pub const DATAGRAM_BUFFER_BYTES_MAX: usize = 65_535;
/// What is read from a stream at once unless told otherwise, and so the most that is held for a peer that does not read.
pub const STREAM_BUFFER_BYTES: usize = 64 << 10;
/// How long a server that was told to stop waits for peers that do not read.
pub const DRAIN_MAX: Duration = Duration::from_secs(5);
/// How long it goes on to echo what still comes, and then waits for peers that have been sent everything to end their
/// side.
pub const LINGER_MAX: Duration = Duration::from_secs(1);
/// The most worker threads.
pub const WORKERS_MAX: usize = 256;

/// Settings of an echo server.
#[derive(Debug, Clone)]
pub struct EchoConfig {
    /// What it speaks, in the order in which it is announced.
    pub transports: Vec<Transport>,
    /// Where it listens; all ports 0 become one and the same port.
    pub addresses: Vec<ListenAddress>,
    /// Who may talk to it.
    pub access: AccessSources,
    /// How many TCP connections may be open at once; `None` leaves it to the limit of open files.
    pub connections_max: Option<usize>,
    /// After how long without a byte a TCP connection is closed.
    pub idle_timeout: Option<Duration>,
    /// How many connections the kernel queues; `None` is [`BACKLOG`], or the practical's as taught.
    pub backlog: Option<u32>,
    /// The largest datagram, and the largest read from a stream, if not told apart by `recv_bytes`.
    pub buffer_bytes: Option<usize>,
    /// How much is asked of each `recv()`.
    pub recv_bytes: Option<usize>,
    /// How much is given to each `send()` on a stream.
    pub send_bytes: Option<usize>,
    /// `SO_SNDBUF`.
    pub sndbuf_bytes: Option<usize>,
    /// `SO_RCVBUF`.
    pub rcvbuf_bytes: Option<usize>,
    /// Pauses before and after calls.
    pub pauses: Pauses,
    /// Behaves as the practical's script: one `recv()`, one client after the other, no guard.
    pub as_taught: bool,
    /// How many threads serve; `None` is one for each CPU.
    pub workers: Option<usize>,
    /// Whether each worker has sockets of its own, and serves what its processor receives.
    pub steer: Steer,
    /// Whether workers look for events before they sleep.
    pub spin: Spin,
    /// Whether it tells at the end how its workers served, and why.
    pub tells_engine: bool,
    /// How much it tells.
    pub detail: Detail,
}

/// Whether workers look for events before they sleep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spin {
    /// For as long as it costs to wake two threads, as long as that pays.
    #[default]
    Auto,
    /// For as long, each time.
    On,
    /// Never.
    Off,
}

/// Whether each worker has sockets of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Steer {
    /// If there is a worker for each processor, and no queue of a stated length was asked for.
    #[default]
    Auto,
    /// If there are several workers; those processors that have none leave what they receive to the others.
    On,
    /// They share the sockets: whoever is free takes what comes.
    Off,
}

impl EchoConfig {
    /// The defaults: both transports, on `localhost` in both families, at the practical's port.
    pub fn new() -> Self {
        Self {
            transports: vec![Transport::Udp, Transport::Tcp],
            addresses: ListenAddress::localhost(practical::PORT),
            access: AccessSources::default(),
            connections_max: None,
            idle_timeout: None,
            backlog: None,
            buffer_bytes: None,
            recv_bytes: None,
            send_bytes: None,
            sndbuf_bytes: None,
            rcvbuf_bytes: None,
            pauses: Pauses::default(),
            as_taught: false,
            workers: None,
            steer: Steer::default(),
            spin: Spin::default(),
            tells_engine: false,
            detail: Detail::default(),
        }
    }

    pub(super) fn backlog(&self) -> u32 {
        self.backlog.unwrap_or(if self.as_taught { practical::BACKLOG } else { BACKLOG })
    }

    /// How much one `recv()` of this transport asks for.
    pub(super) fn recv_bytes(&self, transport: Transport) -> usize {
        let default = match (self.as_taught, transport) {
            (true, _) => practical::BUFFER_BYTES,
            (false, Transport::Udp) => DATAGRAM_BUFFER_BYTES_MAX,
            (false, Transport::Tcp) => STREAM_BUFFER_BYTES,
        };
        let bytes = self.recv_bytes.or(self.buffer_bytes).unwrap_or(default);
        match transport {
            // There is a slot for each datagram of a batch, and none can fill more.
            Transport::Udp => bytes.min(DATAGRAM_BUFFER_BYTES_MAX),
            Transport::Tcp => bytes,
        }
    }

    pub(super) fn workers(&self) -> usize {
        // Pauses are timers, not sleeps, so one thread keeps them all; with more, their order would be luck.
        if !self.pauses.is_empty() {
            return 1;
        }
        let cpus = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.unwrap_or_else(cpus).clamp(1, WORKERS_MAX)
    }
}

impl Default for EchoConfig {
    fn default() -> Self {
        Self::new()
    }
}
