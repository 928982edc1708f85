//! Our side over UDP.

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use kernel::datagram::{self, Outgoing, Receiver};
use kernel::poll::Interest;
use kernel::socket::{self, Transport};

use super::core::{Core, Until};
use super::guest::Guest;
use crate::check::{Act, Excerpt, Failure, Problem, Role, Told};

/// Room for a datagram of any length.
const DATAGRAM_BYTES: usize = 65_536;

/// A datagram that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its bytes, whole.
    pub bytes: Vec<u8>,
    /// From where.
    pub from: SocketAddr,
    /// Where it was sent to, as far as the kernel tells.
    pub to: Option<IpAddr>,
}

/// A client of the student's server.
#[derive(Debug)]
pub struct UdpPeer {
    end: End,
    server: Guest,
    asks: SocketAddr,
    local: SocketAddr,
}

/// A server for the student's client.
#[derive(Debug)]
pub struct UdpServer {
    ends: Vec<End>,
    client: Guest,
}

/// A socket of ours.
#[derive(Debug)]
struct End {
    core: Rc<Core>,
    number: u32,
    socket: OwnedFd,
    receiver: RefCell<Receiver>,
}

impl End {
    fn bind(core: &Rc<Core>, role: Role, local: SocketAddr) -> Result<(Self, SocketAddr), Problem> {
        let made = core.network(role).run(move || -> io::Result<_> {
            let socket = socket::open(Transport::Udp, local)?;
            socket::bind(&socket, local)?;
            socket::report_destination(socket.as_fd(), local)?;
            let local = socket::local_address(&socket)?;
            Ok((socket, local))
        })?;
        let (socket, local) = made.map_err(|error| Problem::broken(&format!("bind {local} (udp)"), error))?;
        let receiver = RefCell::new(Receiver::new(1, DATAGRAM_BYTES));
        Ok((Self { core: Rc::clone(core), number: core.next_peer(), socket, receiver }, local))
    }

    fn send(&self, bytes: &[u8], to: SocketAddr, source: Option<IpAddr>) -> Result<(), Problem> {
        self.core.note(Act::Send { peer: self.number, bytes: Excerpt::of(bytes) });
        let datagram = Outgoing { payload: bytes, peer: Some(to), source };
        datagram::send(&self.socket, &datagram)
            .map_err(|error| Problem::broken(&format!("send to {to} (udp)"), error))
    }

    fn look(&self) -> Result<Option<Received>, Problem> {
        let mut receiver = self.receiver.borrow_mut();
        match receiver.receive(&self.socket) {
            Ok(_) => Ok(receiver.get(0).map(|it| Received {
                bytes: it.payload.to_vec(),
                from: it.peer,
                to: it.destination,
            })),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            // What an earlier datagram met with.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(None),
            Err(error) => Err(Problem::broken("receive (udp)", error)),
        }
    }

    fn note(&self, received: Option<&Received>, from: Option<SocketAddr>) {
        let got = received.map_or(Told::Nothing, |received| Told::Bytes(Excerpt::of(&received.bytes)));
        self.core.note(Act::Receive { peer: self.number, got, from });
    }
}

impl UdpPeer {
    pub(super) fn new(server: &Guest, from: Option<SocketAddr>) -> Result<Self, Problem> {
        let asks = server.reached_at();
        let local = from.unwrap_or(SocketAddr::new(asks.ip(), 0));
        let (end, local) = End::bind(&server.core, server.role(), local)?;
        let (peer, outcome) = (end.number, Told::Connected);
        server.core.note(Act::Connect { peer, from: local, to: asks, outcome });
        Ok(Self { end, server: server.clone(), asks, local })
    }

    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// Where it sends to.
    pub fn server_address(&self) -> SocketAddr {
        self.asks
    }

    /// Sends a datagram to the server.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn send(&self, bytes: &[u8]) -> Result<(), Problem> {
        self.server.renew()?;
        self.end.send(bytes, self.asks, None)
    }

    /// Waits for a datagram as long as an exchange may take; `None` if none came until then, or until the server has ended or come to
    /// rest.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive(&self) -> Result<Option<Received>, Problem> {
        let received = wait(&[&self.end], &self.server)?.map(|(_, received)| received);
        let stranger = received.as_ref().map(|it| it.from).filter(|from| !self.is_asked(*from));
        self.end.note(received.as_ref(), stranger);
        Ok(received)
    }

    /// Takes a datagram that is there; does not wait.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn look(&self) -> Result<Option<Received>, Problem> {
        let received = self.end.look()?;
        if received.is_some() {
            self.end.note(received.as_ref(), None);
        }
        Ok(received)
    }

    /// Sees that the next datagram is this one, and comes from the port that was asked; from the address, too, if the server is bound
    /// to one. One that is bound to any answers from the one that the way leads through.
    ///
    /// # Errors
    /// Another one, none, or one from elsewhere is the failure.
    pub fn expect(&self, bytes: &[u8]) -> Result<(), Problem> {
        let Some(received) = self.receive()? else { return Err(self.nothing(bytes)?.into()) };
        if received.bytes != bytes {
            return Err(Failure::of_bytes(bytes, &received.bytes).into());
        }
        if !self.is_asked(received.from) {
            return Err(Problem::failed(Told::From(self.asks), Told::From(received.from)));
        }
        Ok(())
    }

    /// Sees that nothing comes: waits until the server has come to rest, then looks once.
    ///
    /// # Errors
    /// What has come is the failure; so is a server that has ended.
    pub fn expect_silence(&self) -> Result<(), Problem> {
        self.end.core.settle()?;
        if let Some(received) = self.look()? {
            return Err(Problem::failed(Told::Nothing, Told::Bytes(Excerpt::of(&received.bytes))));
        }
        self.end.core.note(Act::Silence { peer: self.end.number });
        match self.server.exit()?.filter(|exit| !self.server.may_end(*exit)) {
            Some(exit) => Err(Problem::failed(Told::Running, Told::Ended(exit))),
            None => Ok(()),
        }
    }

    /// The failure of a server that does not answer.
    fn nothing(&self, bytes: &[u8]) -> Result<Failure, Problem> {
        let observed = self.server.exit()?.map_or(Told::Nothing, Told::Ended);
        Ok(Failure::new(Told::Bytes(Excerpt::of(bytes)), observed))
    }

    fn is_asked(&self, from: SocketAddr) -> bool {
        from.port() == self.asks.port() && (from.ip() == self.asks.ip() || !self.server.is_at_one_address())
    }
}

impl UdpServer {
    pub(super) fn new(client: &Guest) -> Result<Self, Problem> {
        let port = client.seat().program.port;
        let mut ends = Vec::new();
        for ip in super::LOOPBACK {
            let address = SocketAddr::new(ip, port);
            match End::bind(&client.core, client.role(), address) {
                Ok((end, _)) => ends.push(end),
                // Not every machine has IPv6.
                Err(_) if ip.is_ipv6() => continue,
                Err(error) => return Err(error),
            }
            client.core.note(Act::Listen { transport: crate::exercise::Transport::Udp, address });
        }
        Ok(Self { ends, client: client.clone() })
    }

    /// Waits for a datagram of the client's, as long as an exchange may take; `None` if none came until then, or until the client has
    /// ended or come to rest.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive(&self) -> Result<Option<Received>, Problem> {
        let ends: Vec<_> = self.ends.iter().collect();
        let received = wait(&ends, &self.client)?;
        match &received {
            Some((end, received)) => end.note(Some(received), Some(received.from)),
            None => ends.iter().take(1).for_each(|end| end.note(None, None)),
        }
        Ok(received.map(|(_, received)| received))
    }

    /// Takes a datagram that is there; does not wait.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn look(&self) -> Result<Option<Received>, Problem> {
        for end in &self.ends {
            if let Some(received) = end.look()? {
                end.note(Some(&received), Some(received.from));
                return Ok(Some(received));
            }
        }
        Ok(None)
    }

    /// Sees that a datagram comes.
    ///
    /// # Errors
    /// None is the failure.
    pub fn expect_any(&self) -> Result<Received, Problem> {
        if let Some(received) = self.receive()? {
            return Ok(received);
        }
        let observed = self.client.exit()?.map_or(Told::Nothing, Told::Ended);
        Err(Problem::failed(Told::Something, observed))
    }

    /// Sends a datagram to whoever sent that one, from where that one was sent to.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn reply(&self, to: &Received, bytes: &[u8]) -> Result<(), Problem> {
        let of_family = |end: &&End| {
            socket::local_address(&end.socket).is_ok_and(|local| local.is_ipv4() == to.from.is_ipv4())
        };
        let end = self.ends.iter().find(of_family);
        let end = end.ok_or_else(|| Problem::Broken(format!("reply to {}", to.from)))?;
        end.send(bytes, to.from, to.to)
    }
}

/// Waits for a datagram at any of these.
fn wait<'ends>(ends: &[&'ends End], guest: &Guest) -> Result<Option<(&'ends End, Received)>, Problem> {
    let core = &guest.core;
    let look = || -> Result<_, Problem> {
        for end in ends {
            if let Some(received) = end.look()? {
                return Ok(Some((*end, received)));
            }
        }
        Ok(None)
    };
    // What has ended has sent all that it will.
    let look_to_the_end = || match look()? {
        Some(found) => Ok(Some(Some(found))),
        None if guest.seat().first.get().is_some() && guest.exit()?.is_some() => {
            core.fence()?;
            Ok(Some(look()?))
        }
        None => Ok(None),
    };
    let wake = ends.first().map(|end| (end.socket.as_fd(), Interest::READ));
    let found = core.wait(core.plan.limits.exchange, Until::Rest, wake, look_to_the_end)?;
    Ok(found.flatten())
}
