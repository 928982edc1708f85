//! What stands between the two programs of a pair, and passes on what they say, in its own way.
//!
//! Each of the two has a network of its own, in which it finds the other one at 127.0.0.1 and the port that it has always meant: the
//! client talks with us, and we talk with the server. No protocol has to be known for that.

mod datagrams;
mod streams;

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kernel::socket;
use serde::{Deserialize, Serialize};

use super::network::{Door, Network};
use super::{FILE_BYTES_MAX, LOOPBACK};
use crate::check::Problem;
use crate::check::step::seconds;
use crate::exercise::Transport;

/// How many connections, or clients, are relayed; further ones are not taken.
pub(crate) const RELAYED_MAX: usize = 64;

/// How often a thread of the relay looks whether all is over.
const TICK: Duration = Duration::from_millis(20);

/// How a relay passes bytes on. Of datagrams, only those that are [late](Self::Delayed) differ: they are passed on whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "manner", rename_all = "snake_case")]
pub enum Manner {
    /// As they come.
    #[default]
    Faithful,
    /// The first so many bytes of each direction in small pieces, with this pause behind each, then as they come.
    Fragmented {
        /// How many.
        bytes: u64,
        /// The size of each piece.
        piece_bytes: u64,
        /// How long, in seconds.
        #[serde(with = "seconds")]
        pause: Duration,
    },
    /// What comes is kept until nothing has come for so long, and passed on at once.
    Coalesced {
        /// How long, in seconds.
        #[serde(with = "seconds")]
        rest: Duration,
    },
    /// Everything is passed on so much later.
    Delayed {
        /// How much, in seconds.
        #[serde(with = "seconds")]
        by: Duration,
    },
    /// So many bytes of the client's are passed on, then both streams are ended.
    Truncated {
        /// How many.
        bytes: u64,
    },
    /// So many bytes of the client's are passed on, then both connections are broken off.
    Reset {
        /// How many.
        bytes: u64,
    },
}

/// A relay that works, on threads of its own. When this is dropped, they end.
#[derive(Debug)]
pub(super) struct Relay {
    shared: Arc<Shared>,
}

/// What all its threads know.
#[derive(Debug)]
struct Shared {
    /// The way to where the server is.
    door: Door,
    server: Mutex<SocketAddr>,
    manner: Mutex<Manner>,
    /// What the client and the server of the last connection have said.
    passed: Mutex<[Vec<u8>; 2]>,
    /// Bytes that were taken and not passed on yet.
    held: AtomicU64,
    relayed: AtomicU64,
    is_over: AtomicBool,
}

impl Relay {
    /// Waits for the client where it will look for the server.
    pub(super) fn start(
        transport: Transport,
        (client, port): (&Network, u16),
        (server, address): (&Network, SocketAddr),
    ) -> Result<Self, Problem> {
        let shared = Arc::new(Shared {
            door: server.door(),
            server: Mutex::new(address),
            manner: Mutex::default(),
            passed: Mutex::default(),
            held: AtomicU64::new(0),
            relayed: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        for ip in LOOPBACK {
            let at = SocketAddr::new(ip, port);
            let listener = match client.run(move || open(transport, at))? {
                Ok(listener) => listener,
                // Not every machine has IPv6.
                Err(_) if ip.is_ipv6() => continue,
                Err(error) => return Err(Problem::broken(&format!("listen {at} for the relay"), error)),
            };
            let of_thread = Arc::clone(&shared);
            let work = move || match transport {
                Transport::Tcp => streams::relay(&listener, &of_thread),
                Transport::Udp => datagrams::relay(&listener, &of_thread),
            };
            spawn(work).map_err(|error| Problem::broken("clone", error))?;
        }
        Ok(Self { shared })
    }

    /// The server has been started again, and waits for peers here now.
    pub(super) fn set_server(&self, address: SocketAddr) {
        *lock(&self.shared.server) = address;
    }

    pub(super) fn set(&self, manner: Manner) {
        *lock(&self.shared.manner) = manner;
    }

    /// What the client and the server of the last connection have said.
    pub(super) fn passed(&self) -> [Vec<u8>; 2] {
        lock(&self.shared.passed).clone()
    }

    /// How many bytes are on their way.
    pub(super) fn held_bytes(&self) -> u64 {
        self.shared.held.load(Ordering::Acquire)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    fn server(&self) -> SocketAddr {
        *lock(&self.server)
    }

    fn manner(&self) -> Manner {
        lock(&self.manner).clone()
    }

    /// Whether one more may be relayed.
    fn has_room(&self) -> bool {
        self.relayed.fetch_add(1, Ordering::AcqRel) < RELAYED_MAX as u64
    }

    /// Keeps what one side says, as far as there is room.
    fn keep(&self, side: usize, bytes: &[u8]) {
        let kept = &mut lock(&self.passed)[side];
        let room = FILE_BYTES_MAX.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(&bytes[..room]);
    }

    fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes as u64, Ordering::AcqRel);
    }

    fn let_go(&self, bytes: usize) {
        self.held.fetch_sub(bytes as u64, Ordering::AcqRel);
    }
}

fn open(transport: Transport, at: SocketAddr) -> io::Result<OwnedFd> {
    let of_kernel = match transport {
        Transport::Udp => socket::Transport::Udp,
        Transport::Tcp => socket::Transport::Tcp,
    };
    let socket = socket::open(of_kernel, at)?;
    socket::set_reuse_address(&socket, true)?;
    socket::bind(&socket, at)?;
    if transport == Transport::Tcp {
        socket::listen(&socket, 128)?;
    }
    Ok(socket)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name("relay".to_owned()).spawn(work).map(drop)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
