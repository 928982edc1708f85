//! A network that a program is in: its sockets are made, and asked for, by a thread that is in it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use kernel::datagram::{self, Outgoing, Receiver};
use kernel::namespace;
use kernel::poll::{self, Interest};
use kernel::socket::{self, Transport};
use scope::model::Frame;
use scope::sockets::{Entry, Filter};
use wire::packet;
use wire::sock_diag::{Protocol, State, UdpState};
use wire::tcp_state::TcpState;

use crate::check::Problem;

/// What is done in another network.
type Work = Box<dyn FnOnce() + Send>;

/// The kernel's numbers for the states of TCP.
const TCP_STATES: RangeInclusive<u8> = 1..=11;

/// A network. The one that the process itself is in needs no thread.
#[derive(Debug)]
pub(super) struct Network {
    worker: Option<Worker>,
}

#[derive(Debug)]
struct Worker {
    work: Sender<Work>,
    network: Arc<OwnedFd>,
}

impl Network {
    /// The one that this process is in.
    pub(super) fn own() -> Self {
        Self { worker: None }
    }

    /// Makes another one.
    pub(super) fn another(mtu_bytes: u32) -> Result<Self, Problem> {
        let (work, works) = mpsc::channel::<Work>();
        let (made, is_made) = mpsc::channel();
        let run = move || {
            // Whoever waits for it goes on waiting otherwise only if this panics.
            let _ = made.send(namespace::enter_another(mtu_bytes));
            for work in works {
                work();
            }
        };
        let spawned = thread::Builder::new().name("network".to_owned()).spawn(run);
        spawned.map_err(|error| Problem::broken("clone", error))?;
        let network = is_made.recv().map_err(|error| Problem::broken("enter a network", error))?;
        let network = network.map_err(|error| Problem::broken("enter a network", error))?;
        Ok(Self { worker: Some(Worker { work, network: Arc::new(network) }) })
    }

    /// The network, for a program to join; `None` for the one that it is in anyway.
    pub(super) fn descriptor(&self) -> Option<Arc<OwnedFd>> {
        self.worker.as_ref().map(|worker| Arc::clone(&worker.network))
    }

    /// A way to do something in it, for another thread.
    pub(super) fn door(&self) -> Door {
        Door(self.worker.as_ref().map(|worker| worker.work.clone()))
    }

    /// Does something in it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.door().run(work)
    }

    /// The sockets that are in it and that something can come to.
    pub(super) fn sockets(&self) -> Result<Vec<Entry>, Problem> {
        let entries = self.run(|| scope::sockets::entries(&reached()))?;
        entries.map_err(|error| Problem::broken("sock_diag", error))
    }

    /// Waits until the kernel has delivered what was sent before: packets of one processor pass each other nowhere on the loopback,
    /// so one that comes back to us was behind all of them.
    pub(super) fn fence(&self) -> Result<(), Problem> {
        self.run(fence)?.map_err(|error| Problem::broken("send over the loopback", error))
    }
}

/// A way to do something in a network.
#[derive(Clone, Debug)]
pub(super) struct Door(Option<Sender<Work>>);

impl Door {
    /// Does something in it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let Some(worker) = &self.0 else { return Ok(work()) };
        let (done, is_done) = mpsc::channel();
        let work = Box::new(move || {
            // Whoever asked waits for it.
            let _ = done.send(work());
        });
        worker.send(work).map_err(|error| Problem::broken("work in a network", error))?;
        is_done.recv().map_err(|error| Problem::broken("work in a network", error))
    }
}

/// Where fences are sent from and to. No program has business there, so that they are told from what programs send.
const FENCE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 255, 255, 254));

/// Whether a packet is a fence, which is none of the programs' affair.
pub(super) fn is_fence(frame: &Frame) -> bool {
    packet::decode(&frame.bytes.0, frame.length_bytes)
        .is_ok_and(|packet| packet.source == FENCE && packet.destination == FENCE)
}

/// The sockets of the network that this thread is in, when the kernel has delivered what was sent before.
pub(super) fn settled_sockets() -> std::io::Result<Vec<Entry>> {
    fence()?;
    scope::sockets::entries(&reached()).map_err(std::io::Error::other)
}

/// All sockets but those of TCP that are closed, or bound only: for these the kernel goes through a table that all networks share, and
/// takes ten times as long.
fn reached() -> Filter {
    let tcp = TCP_STATES.map(|number| State::from_number(Protocol::Tcp, number));
    let states = tcp.filter(|state| *state != State::Tcp(TcpState::Closed));
    let udp = [UdpState::Connected, UdpState::Unconnected].map(State::Udp);
    Filter { states: states.chain(udp).collect(), ..Filter::default() }
}

fn fence() -> std::io::Result<()> {
    let here = SocketAddr::from((FENCE, 0));
    let own = socket::open(Transport::Udp, here)?;
    socket::bind(&own, here)?;
    let peer = Some(socket::local_address(&own)?);
    datagram::send(&own, &Outgoing { payload: b"fence", peer, source: None })?;
    // It is there at once, or as soon as the processor comes to it.
    poll::wait(std::os::fd::AsFd::as_fd(&own), Interest::READ, None)?;
    Receiver::new(1, 8).receive(&own).map(drop)
}
