//! A bad network: a relay between UDP clients and a server that loses datagrams, doubles them and changes their order.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many datagrams of a hundred are lost, doubled, and held back until others have passed.
const LOST: u64 = 20;
const DOUBLED: u64 = 10;
const HELD: u64 = 10;
/// How long the relay waits for a datagram before it lets go what it holds back.
const PATIENCE: Duration = Duration::from_millis(5);

/// A relay that works until it is dropped.
pub(crate) struct Lossy {
    /// Where clients send.
    pub(crate) address: SocketAddr,
    stopped: Arc<AtomicBool>,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

/// What became of datagrams.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) lost: AtomicU64,
    pub(crate) doubled: AtomicU64,
    pub(crate) held: AtomicU64,
}

impl Lossy {
    /// Relays to a server, with faults that follow from the seed.
    pub(crate) fn to(server: SocketAddr, seed: u64) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").unwrap();
        front.set_read_timeout(Some(PATIENCE)).unwrap();
        let address = front.local_addr().unwrap();
        let (stopped, counts) = (Arc::new(AtomicBool::new(false)), Arc::new(Counts::default()));
        let relay = Relay {
            front,
            server,
            backs: HashMap::new(),
            held: Vec::new(),
            state: seed,
            counts: Arc::clone(&counts),
        };
        let until = Arc::clone(&stopped);
        let thread = Some(thread::spawn(move || relay.run(&until)));
        Self { address, stopped, counts, thread }
    }

    /// What has become of datagrams so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Drop for Lossy {
    fn drop(&mut self) {
        self.stopped.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// A datagram on its way: to a client through the front, or to the server through that client's back.
struct Parcel {
    client: SocketAddr,
    to_server: bool,
    bytes: Vec<u8>,
}

struct Relay {
    front: UdpSocket,
    server: SocketAddr,
    /// A socket of its own for each client, so that the server tells them apart.
    backs: HashMap<SocketAddr, UdpSocket>,
    held: Vec<Parcel>,
    state: u64,
    counts: Arc<Counts>,
}

impl Relay {
    fn run(mut self, stopped: &AtomicBool) {
        let mut buffer = vec![0; 65_535];
        while !stopped.load(Relaxed) {
            match self.front.recv_from(&mut buffer) {
                Ok((count, client)) => {
                    self.treat(Parcel { client, to_server: true, bytes: buffer[..count].to_vec() });
                }
                Err(error) if is_nothing(&error) => self.let_go(),
                Err(error) => panic!("{error}"),
            }
            self.take_answers(&mut buffer);
        }
    }

    fn take_answers(&mut self, buffer: &mut [u8]) {
        let mut answers = Vec::new();
        for (&client, back) in &self.backs {
            while let Ok(count) = back.recv(buffer) {
                answers.push(Parcel { client, to_server: false, bytes: buffer[..count].to_vec() });
            }
        }
        for parcel in answers {
            self.treat(parcel);
        }
    }

    /// Loses it, doubles it, holds it back, or passes it on.
    fn treat(&mut self, parcel: Parcel) {
        let fate = self.random() % 100;
        if fate < LOST {
            self.counts.lost.fetch_add(1, Relaxed);
        } else if fate < LOST + DOUBLED {
            self.counts.doubled.fetch_add(1, Relaxed);
            self.pass(&parcel);
            self.pass(&parcel);
        } else if fate < LOST + DOUBLED + HELD {
            self.counts.held.fetch_add(1, Relaxed);
            self.held.push(parcel);
        } else {
            self.pass(&parcel);
            if self.random().is_multiple_of(2) {
                self.let_go();
            }
        }
    }

    fn let_go(&mut self) {
        for parcel in std::mem::take(&mut self.held) {
            self.pass(&parcel);
        }
    }

    /// Passes it on. That nobody is there any more is not the relay's business.
    fn pass(&mut self, parcel: &Parcel) {
        if parcel.to_server {
            let server = self.server;
            let back = self.backs.entry(parcel.client).or_insert_with(|| {
                let back = UdpSocket::bind("127.0.0.1:0").unwrap();
                back.connect(server).unwrap();
                back.set_nonblocking(true).unwrap();
                back
            });
            let _ = back.send(&parcel.bytes);
        } else {
            let _ = self.front.send_to(&parcel.bytes, parcel.client);
        }
    }

    fn random(&mut self) -> u64 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.state >> 33
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::ConnectionRefused
    )
}
