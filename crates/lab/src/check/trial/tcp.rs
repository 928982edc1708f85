//! Our side over TCP.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use kernel::poll::Interest;
use kernel::socket::{self, Buffer, Transport};
use kernel::{socket_state, stream};

use super::FILE_BYTES_MAX;
use super::core::{Core, Until};
use super::guest::Guest;
use crate::check::{Act, Excerpt, Failure, Problem, Told};

/// How much is received at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Room for an address of the Internet (`struct sockaddr_in6`).
const NAME_BYTES: usize = 28;

/// A connection with the student's program, made by either.
#[derive(Debug)]
pub struct TcpPeer {
    core: Rc<Core>,
    guest: Guest,
    number: u32,
    socket: OwnedFd,
    local: SocketAddr,
}

/// Where the student's client connects to.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<OwnedFd>,
    client: Guest,
}

/// What a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// Its end (FIN).
    Closed,
    /// It was broken off (RST).
    Reset,
    /// Nothing more came within the time of an exchange, or until the program had come to rest.
    Silent,
    /// There is more than was asked for, or nobody knows.
    More,
}

impl StreamEnd {
    /// The same, as what was observed.
    pub fn told(self) -> Told {
        match self {
            Self::Closed => Told::Closed,
            Self::Reset => Told::Reset,
            Self::Silent => Told::Nothing,
            Self::More => Told::Something,
        }
    }
}

/// What came of an attempt to connect.
#[derive(Debug)]
pub enum Attempt {
    /// There is a connection.
    Connected(TcpPeer),
    /// It was refused (RST).
    Refused,
    /// Nothing came back: the accept queue is full.
    Waiting(Pending),
}

/// A connection that is being made: its SYN is sent again and again.
#[derive(Debug)]
pub struct Pending {
    peer: TcpPeer,
}

/// Its beginning and its end.
impl TcpPeer {
    pub(super) fn attempt(
        server: &Guest,
        from: Option<IpAddr>,
        receive_bytes: Option<usize>,
    ) -> Result<Attempt, Problem> {
        let core = &server.core;
        let to = server.reached_at();
        let begun = core.network(server.role()).run(move || begin(to, from, receive_bytes))?;
        let begun = begun.map_err(|error| Problem::broken(&format!("connect {to} (tcp)"), error))?;
        let Begun { socket, local, is_refused } = begun;
        let number = core.next_peer();
        let peer = Self { core: Rc::clone(core), guest: server.clone(), number, socket, local };
        let attempt = if is_refused { Attempt::Refused } else { Pending { peer }.wait()? };
        let outcome = match &attempt {
            Attempt::Connected(_) => Told::Connected,
            Attempt::Refused => Told::Refused,
            Attempt::Waiting(_) => Told::Nothing,
        };
        core.note(Act::Connect { peer: number, from: local, to, outcome });
        Ok(attempt)
    }

    fn accepted(client: &Guest, socket: OwnedFd, from: SocketAddr) -> Result<Self, Problem> {
        let core = Rc::clone(&client.core);
        let local = socket::local_address(&socket).map_err(|error| Problem::broken("getsockname", error))?;
        socket::set_no_delay(&socket, true).map_err(|error| Problem::broken("TCP_NODELAY", error))?;
        let number = core.next_peer();
        core.note(Act::Accept { peer: number, from });
        Ok(Self { core, guest: client.clone(), number, socket, local })
    }

    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// Ends our stream (`shutdown(2)`, `SHUT_WR`) and goes on receiving.
    ///
    /// # Errors
    /// None so far: a connection that is gone is seen by the next call.
    pub fn half_close(&self) -> Result<(), Problem> {
        self.core.note(Act::HalfClose { peer: self.number });
        // Of a connection that is gone nobody has to be told.
        let _ = stream::shut_write(&self.socket);
        Ok(())
    }

    /// Breaks the connection off (RST).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn reset(self) -> Result<(), Problem> {
        self.core.note(Act::Reset { peer: self.number });
        socket::set_abortive_close(&self.socket).map_err(|error| Problem::broken("SO_LINGER", error))
    }

    /// Closes, which breaks off if there are bytes that nobody has received.
    ///
    /// # Errors
    /// None so far.
    pub fn close(self) -> Result<(), Problem> {
        self.core.note(Act::Close { peer: self.number });
        Ok(())
    }

    /// Asks for so many bytes of memory for what comes (`SO_RCVBUF`).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn set_receive_buffer(&self, bytes: usize) -> Result<(), Problem> {
        socket::set_buffer_bytes(&self.socket, Buffer::Receive, bytes)
            .map_err(|error| Problem::broken("SO_RCVBUF", error))
    }
}

/// What it sends.
impl TcpPeer {
    /// Sends all of these; waits for room as long as an exchange may take after the last progress.
    ///
    /// # Errors
    /// A program that breaks the connection off, or never takes them, has failed.
    pub fn send(&self, bytes: &[u8]) -> Result<(), Problem> {
        self.core.note(Act::Send { peer: self.number, bytes: Excerpt::of(bytes) });
        let mut sent = 0;
        while sent < bytes.len() {
            let wake = Some((self.socket.as_fd(), Interest::WRITE));
            let limit = self.core.plan.limits.exchange;
            let taken = self.core.wait(limit, Until::Limit, wake, || self.hand_over(&bytes[sent..]))?;
            let Some(taken) = taken else {
                let state = self.guest.blocked_in()?.map_or(Told::Running, Told::Blocked);
                return Err(Problem::failed(Told::AtLeast(bytes.len() as u64), state));
            };
            sent += taken;
        }
        Ok(())
    }

    /// Sends these in pieces of these sizes, from the first size again when they are used up, each in a segment of its own, and
    /// lets `pause` pass between two. Tells how long the longest pause was by the clock, since on a busy machine it is longer, and then
    /// what came of it.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_slowly(
        &self,
        bytes: &[u8],
        sizes: &[usize],
        pause: Duration,
    ) -> (Duration, Result<(), Problem>) {
        let mut longest = Duration::ZERO;
        let sent = self.send_pieces(bytes, sizes, pause, &mut longest);
        (longest, sent)
    }

    fn send_pieces(
        &self,
        bytes: &[u8],
        sizes: &[usize],
        pause: Duration,
        longest: &mut Duration,
    ) -> Result<(), Problem> {
        let mut rest = bytes;
        let mut is_heard = true;
        for size in sizes.iter().copied().filter(|size| *size > 0).cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            self.send(piece)?;
            // Who does not receive now is not waited for again.
            is_heard = is_heard && self.wait_taken()?;
            if !pause.is_zero() && !behind.is_empty() {
                let began = Instant::now();
                self.core.pass(pause)?;
                *longest = began.elapsed().max(*longest);
            }
            rest = behind;
        }
        Ok(())
    }

    /// Hands these to the kernel as far as it takes them, as soon as it has any room; tells how many. None, if there is no room when the
    /// program has come to rest.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_some(&self, bytes: &[u8]) -> Result<usize, Problem> {
        let wake = Some((self.socket.as_fd(), Interest::WRITE));
        let taken = self.core.settle_unless(wake, || self.hand_over(bytes))?.unwrap_or(0);
        self.core.note(Act::Send { peer: self.number, bytes: Excerpt::of(&bytes[..taken]) });
        Ok(taken)
    }

    fn hand_over(&self, bytes: &[u8]) -> Result<Option<usize>, Problem> {
        match stream::send(&self.socket, bytes) {
            Ok(taken) => Ok(Some(taken)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => match told(&error) {
                Some(told) => Err(Problem::failed(Told::Connected, told)),
                None => Err(Problem::broken("send (tcp)", error)),
            },
        }
    }

    /// Waits until the program has received all that was sent: what is sent then comes by itself. Tells whether it has; one that has come
    /// to rest without does something else.
    fn wait_taken(&self) -> Result<bool, Problem> {
        let is_theirs = |peer: SocketAddr| {
            (peer.ip().to_canonical(), peer.port()) == (self.local.ip().to_canonical(), self.local.port())
        };
        let is_taken = || {
            self.core.fence()?;
            let sockets = self.guest.sockets()?;
            let mut theirs = sockets.iter().filter(|entry| is_theirs(entry.peer));
            Ok(theirs.all(|entry| entry.recv_queue == 0).then_some(()))
        };
        Ok(self.core.settle_unless(None, is_taken)?.is_some())
    }
}

/// What it receives.
impl TcpPeer {
    /// Receives until so many bytes have come, or no more will; accumulates whatever comes.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive(&self, bytes: usize) -> Result<(Vec<u8>, StreamEnd), Problem> {
        let (received, end) = self.take(bytes)?;
        self.note(&received, end);
        Ok((received, end))
    }

    /// Sees that exactly these come next; what follows is not looked at.
    ///
    /// # Errors
    /// Others, or fewer, are the failure.
    pub fn expect(&self, bytes: &[u8]) -> Result<(), Problem> {
        let (received, end) = self.receive(bytes.len())?;
        if received == bytes {
            return Ok(());
        }
        let mut failure = Failure::of_bytes(bytes, &received);
        if received.is_empty() {
            failure.observed = self.guest.exit()?.map_or(end.told(), Told::Ended);
        }
        Err(failure.into())
    }

    /// Receives exactly so many bytes.
    ///
    /// # Errors
    /// Fewer are the failure.
    pub fn receive_exact(&self, bytes: usize) -> Result<Vec<u8>, Problem> {
        let (received, end) = self.receive(bytes)?;
        if received.len() == bytes {
            return Ok(received);
        }
        let observed = match received.len() {
            0 => self.guest.exit()?.map_or(end.told(), Told::Ended),
            _ => Told::Bytes(Excerpt::of(&received)),
        };
        Err(Problem::failed(Told::Count(bytes as u64), observed))
    }

    /// Receives until the stream ends, is broken off, or comes to rest; at most [`FILE_BYTES_MAX`].
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive_until_end(&self) -> Result<(Vec<u8>, StreamEnd), Problem> {
        self.receive(FILE_BYTES_MAX)
    }

    /// Takes what is there; does not wait.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn look(&self) -> Result<(Vec<u8>, StreamEnd), Problem> {
        let mut received = Vec::new();
        let end = loop {
            match self.piece(&mut received, FILE_BYTES_MAX)? {
                Some(StreamEnd::More) if received.len() < FILE_BYTES_MAX => {}
                Some(end) => break end,
                None => break StreamEnd::Silent,
            }
        };
        if !received.is_empty() || end != StreamEnd::Silent {
            self.note(&received, end);
        }
        Ok((received, end))
    }

    /// Sees that nothing comes: waits until the program has come to rest, then looks once.
    ///
    /// # Errors
    /// What has come is the failure.
    pub fn expect_silence(&self) -> Result<(), Problem> {
        self.core.settle()?;
        match self.look()? {
            (received, StreamEnd::Silent) if received.is_empty() => {
                self.core.note(Act::Silence { peer: self.number });
                Ok(())
            }
            (received, end) if received.is_empty() => Err(Problem::failed(Told::Nothing, end.told())),
            (received, _) => Err(Problem::failed(Told::Nothing, Told::Bytes(Excerpt::of(&received)))),
        }
    }

    fn take(&self, bytes: usize) -> Result<(Vec<u8>, StreamEnd), Problem> {
        let mut received = Vec::new();
        while received.len() < bytes {
            let wake = Some((self.socket.as_fd(), Interest::READ));
            let limit = self.core.plan.limits.exchange;
            let look = || self.piece(&mut received, bytes);
            match self.core.wait(limit, Until::Rest, wake, look)? {
                Some(StreamEnd::More) => {}
                Some(end) => return Ok((received, end)),
                None => return Ok((received, StreamEnd::Silent)),
            }
        }
        Ok((received, StreamEnd::More))
    }

    /// Takes a piece, so that there are at most `bytes`; `None` if nothing is there.
    fn piece(&self, received: &mut Vec<u8>, bytes: usize) -> Result<Option<StreamEnd>, Problem> {
        let mut piece = vec![0; PIECE_BYTES.min(bytes - received.len())];
        match stream::receive(&self.socket, &mut piece) {
            Ok(0) => Ok(Some(StreamEnd::Closed)),
            Ok(taken) => {
                received.extend_from_slice(&piece[..taken]);
                Ok(Some(StreamEnd::More))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) if told(&error) == Some(Told::Reset) => Ok(Some(StreamEnd::Reset)),
            Err(error) => Err(Problem::broken("receive (tcp)", error)),
        }
    }

    fn note(&self, received: &[u8], end: StreamEnd) {
        if !received.is_empty() {
            let got = Told::Bytes(Excerpt::of(received));
            self.core.note(Act::Receive { peer: self.number, got, from: None });
        }
        let is_told = match end {
            StreamEnd::More => false,
            StreamEnd::Silent => received.is_empty(),
            StreamEnd::Closed | StreamEnd::Reset => true,
        };
        if is_told {
            self.core.note(Act::Receive { peer: self.number, got: end.told(), from: None });
        }
    }
}

impl Pending {
    /// Waits until it is connected or refused; as long as an exchange may take, and no longer than until the program has come to rest.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn wait(self) -> Result<Attempt, Problem> {
        let Self { peer } = self;
        let look = || {
            // A connection that is not made yet has no peer.
            match socket_state::peer_name(&peer.socket, &mut [0; NAME_BYTES]) {
                Ok(_) => Ok(Some(true)),
                Err(_) => match socket::pending_error(&peer.socket) {
                    Ok(None) => Ok(None),
                    Ok(Some(error)) if told(&error).is_some() => Ok(Some(false)),
                    Ok(Some(error)) | Err(error) => Err(Problem::broken("connect (tcp)", error)),
                },
            }
        };
        let wake = Some((peer.socket.as_fd(), Interest::WRITE));
        let found = peer.core.wait(peer.core.plan.limits.exchange, Until::Rest, wake, look)?;
        Ok(match found {
            Some(true) => Attempt::Connected(peer),
            Some(false) => Attempt::Refused,
            None => Attempt::Waiting(Self { peer }),
        })
    }
}

impl Listener {
    pub(super) fn new(client: &Guest, backlog: u32, receive_bytes: Option<usize>) -> Result<Self, Problem> {
        let port = client.seat().program.port;
        let mut sockets = Vec::new();
        for ip in super::LOOPBACK {
            let address = SocketAddr::new(ip, port);
            let made =
                client.core.network(client.role()).run(move || listen(address, backlog, receive_bytes))?;
            match made {
                Ok(socket) => sockets.push(socket),
                // Not every machine has IPv6.
                Err(_) if ip.is_ipv6() => continue,
                Err(error) => return Err(Problem::broken(&format!("listen {address} (tcp)"), error)),
            }
            client.core.note(Act::Listen { transport: crate::exercise::Transport::Tcp, address });
        }
        Ok(Self { sockets, client: client.clone() })
    }

    /// Waits for a connection as long as an exchange may take; `None` if none came until then, or until the client has ended or come
    /// to rest.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn accept(&self) -> Result<Option<TcpPeer>, Problem> {
        let core = &self.client.core;
        let take = || -> Result<_, Problem> {
            for socket in &self.sockets {
                match socket::accept(socket) {
                    Ok(accepted) => return Ok(Some(accepted)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) => return Err(Problem::broken("accept", error)),
                }
            }
            Ok(None)
        };
        let take_to_the_end = || match take()? {
            Some(accepted) => Ok(Some(Some(accepted))),
            None if self.client.seat().first.get().is_some() && self.client.exit()?.is_some() => {
                core.fence()?;
                Ok(Some(take()?))
            }
            None => Ok(None),
        };
        let wake = self.sockets.first().map(|socket| (socket.as_fd(), Interest::READ));
        let accepted = core.wait(core.plan.limits.exchange, Until::Rest, wake, take_to_the_end)?.flatten();
        accepted.map(|(socket, from)| TcpPeer::accepted(&self.client, socket, from)).transpose()
    }

    /// Sees that a connection comes.
    ///
    /// # Errors
    /// None is the failure.
    pub fn expect_connection(&self) -> Result<TcpPeer, Problem> {
        if let Some(peer) = self.accept()? {
            return Ok(peer);
        }
        let observed = self.client.exit()?.map_or(Told::Nothing, Told::Ended);
        Err(Problem::failed(Told::Connected, observed))
    }
}

/// A connection whose handshake has begun.
struct Begun {
    socket: OwnedFd,
    local: SocketAddr,
    /// It has ended, too.
    is_refused: bool,
}

fn begin(to: SocketAddr, from: Option<IpAddr>, receive_bytes: Option<usize>) -> io::Result<Begun> {
    let socket = socket::open(Transport::Tcp, to)?;
    if let Some(bytes) = receive_bytes {
        socket::set_buffer_bytes(&socket, Buffer::Receive, bytes)?;
    }
    socket::set_no_delay(&socket, true)?;
    socket::bind(&socket, SocketAddr::new(from.unwrap_or(to.ip()), 0))?;
    let local = socket::local_address(&socket)?;
    let is_refused = match socket::connect(&socket, to) {
        Ok(()) => false,
        Err(error) if error.raw_os_error() == Some(wire::errno::EINPROGRESS) => false,
        Err(error) if told(&error).is_some() => true,
        Err(error) => return Err(error),
    };
    Ok(Begun { socket, local, is_refused })
}

fn listen(address: SocketAddr, backlog: u32, receive_bytes: Option<usize>) -> io::Result<OwnedFd> {
    let socket = socket::open(Transport::Tcp, address)?;
    if let Some(bytes) = receive_bytes {
        // Those that it accepts have it, too (tcp(7)).
        socket::set_buffer_bytes(&socket, Buffer::Receive, bytes)?;
    }
    socket::set_reuse_address(&socket, true)?;
    socket::bind(&socket, address)?;
    socket::listen(&socket, backlog)?;
    Ok(socket)
}

/// What an error says of the other side; `None` if it says nothing of it.
fn told(error: &io::Error) -> Option<Told> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Told::Refused),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Some(Told::Reset),
        _ => None,
    }
}
