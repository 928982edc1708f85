//! A server's socket: who opens sessions there, and which session each datagram belongs to.
//!
//! A stranger costs nothing: HELLO is answered by a cookie and forgotten, OPEN with a cookie that is not good likewise. Who
//! has shown that they receive at their address may open a session, which stays half open until something has come that
//! only its client can have sent; only then somebody hears of it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kernel::datagram::Receiver;
use kernel::socket;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep_until};
use wire::cookie::Jar;
use wire::datagram::{COOKIE_BYTES, DATAGRAM_BYTES_MAX, Datagram, DatagramError, Nonce, SessionId};
use wire::handshake::{Keys, Over};
use wire::key::{Key, KeyId};
use wire::link::Link;
use wire::message::{NOISE_BYTES, Opening, Refusal};

use super::driver::Driver;
use super::path::{DATAGRAMS_AT_ONCE_MAX, Ends, Inlet, Outlet, try_send};
use super::seal::Seal;
use super::stream::{LinkStream, Shared};
use super::table::{Session, Stage, Table};
use super::{Clock, enlarge};
use crate::messages::opening::{self, random};

/// How many datagrams wait for the task of a session; further ones are lost, as in the buffer of a socket.
pub const INBOX_DATAGRAMS_MAX: usize = 256;
/// How many sessions that were opened wait to be taken; further ones are broken off.
pub const INCOMING_MAX: usize = 64;

/// What a server decides about those who want to open a session.
pub trait Admission: Send + Sync + 'static {
    /// Whether this address is answered at all.
    fn is_admitted(&self, peer: SocketAddr) -> bool;

    /// Whether a session of this kind can be opened now; the secret is not proven yet.
    ///
    /// # Errors
    /// Why not: `Plain`, `Busy`, `Stopping`.
    fn may_open(&self, opening: &Opening<'_>) -> Result<(), Refusal>;

    /// The key with this id.
    fn key(&self, id: KeyId) -> Option<Arc<Key>>;

    /// Takes note of a refusal, and which key was named if it was about that.
    fn refused(&self, peer: SocketAddr, refusal: Refusal, key: Option<KeyId>);
}

/// A session that was opened, by somebody who has proven to be at the address and to have the key.
#[derive(Debug)]
pub struct Incoming {
    /// From where.
    pub peer: SocketAddr,
    /// By which key; none in a plain session.
    pub key: Option<Arc<Key>>,
    /// The session.
    pub stream: LinkStream,
}

/// What a listener has counted.
#[derive(Debug, Default)]
pub struct Counters {
    /// Cookies given, for HELLO and for OPEN whose cookie was not good.
    pub retries: AtomicU64,
    /// Sessions accepted, half open at first.
    pub accepted: AtomicU64,
    /// Openings refused.
    pub refused: AtomicU64,
    /// Sessions that became live.
    pub opened: AtomicU64,
    /// Datagrams that were dropped: not of this protocol, of no session here, or too many at once.
    pub dropped: AtomicU64,
    /// Sessions that are half open now.
    pub half_open: AtomicU64,
    /// Sessions that are live now.
    pub live: AtomicU64,
}

/// Opens and feeds the sessions of one socket.
#[derive(Debug)]
pub struct Listener<A> {
    socket: Arc<UdpSocket>,
    admission: Arc<A>,
    sessions_max: usize,
    jar: Jar,
    clock: Clock,
    table: Table,
    tasks: JoinSet<SessionId>,
    incoming: mpsc::Sender<Incoming>,
    counters: Arc<Counters>,
}

impl<A: Admission> Listener<A> {
    /// Makes a listener of a socket that is bound, for up to `sessions_max` sessions at once, and the queue in which they
    /// come. On a socket that is bound to every address of the machine, each client is answered from the one it asked.
    ///
    /// # Errors
    /// `ENOSYS`: the system gives no random bytes.
    pub fn new(
        socket: UdpSocket,
        admission: Arc<A>,
        sessions_max: usize,
    ) -> io::Result<(Self, mpsc::Receiver<Incoming>)> {
        enlarge(&socket);
        let local = socket.local_addr()?;
        if local.ip().is_unspecified() {
            socket::report_destination(socket.as_fd(), local)?;
        }
        let (incoming, queue) = mpsc::channel(INCOMING_MAX);
        let listener = Self {
            socket: Arc::new(socket),
            admission,
            sessions_max,
            jar: Jar::new(random()?),
            clock: Clock::start(),
            table: Table::default(),
            tasks: JoinSet::new(),
            incoming,
            counters: Arc::default(),
        };
        Ok((listener, queue))
    }

    /// What it counts.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Serves until nobody takes sessions any more and the last one has ended. Dropped before that, it ends them all.
    pub async fn run(mut self) {
        // One that is longer than any of ours comes with a byte too many, and so is none.
        let mut receiver = Receiver::new(DATAGRAMS_AT_ONCE_MAX, DATAGRAM_BYTES_MAX + 1);
        let mut is_closing = false;
        while !(is_closing && self.tasks.is_empty()) {
            let expires_at = self.table.expire(self.clock.now()).map(|at| self.clock.instant(at));
            self.tell_counts();
            tokio::select! {
                // An error of the socket is told by the next attempt to read.
                _ = self.socket.readable() => {
                    self.take_some(&mut receiver);
                    // A socket that always has more must not keep a thread from everything else.
                    yield_now().await;
                }
                Some(ended) = self.tasks.join_next() => match ended {
                    Ok(id) => self.table.remove(id),
                    // One that was aborted made room, and is forgotten already; one that panicked is not.
                    Err(_) => self.table.sweep(),
                },
                () = sleep_until(expires_at.unwrap_or_else(Instant::now)), if expires_at.is_some() => {}
                () = self.incoming.closed(), if !is_closing => is_closing = true,
            }
        }
    }

    /// Takes what has arrived, up to a maximum.
    fn take_some(&mut self, receiver: &mut Receiver) {
        let socket = &self.socket;
        // An error is of this call, or of a datagram that was sent and is lost.
        let taken = socket.try_io(Interest::READABLE, || receiver.receive(socket)).unwrap_or(0);
        for datagram in (0..taken).filter_map(|index| receiver.get(index)) {
            let ends = Ends { peer: datagram.peer, local: datagram.destination };
            self.take(ends, datagram.payload);
        }
    }

    fn take(&mut self, ends: Ends, datagram: &[u8]) {
        let peer = ends.peer;
        match Datagram::parse(datagram) {
            Ok(Datagram::Segment { session, number, segment }) => {
                self.take_segment(ends, datagram, session, number, segment);
            }
            Ok(Datagram::Hello { nonce }) if self.admission.is_admitted(peer) => self.retry(ends, nonce),
            Ok(Datagram::Open { nonce, cookie, opening }) if self.admission.is_admitted(peer) => {
                self.open(ends, nonce, cookie, opening);
            }
            Err(DatagramError::Mode { nonce, cookie, .. }) if self.admission.is_admitted(peer) => {
                if self.is_good(peer, nonce, &cookie) {
                    self.refuse(ends, nonce, Refusal::Malformed, None);
                }
            }
            Err(DatagramError::Version { hello: Some(nonce), .. }) if self.admission.is_admitted(peer) => {
                self.refuse(ends, nonce, Refusal::Malformed, None);
            }
            _ => count(&self.counters.dropped),
        }
    }

    /// Gives a segment to its session. Of one that is half open it has to be the first proof of the client.
    fn take_segment(&mut self, ends: Ends, datagram: &[u8], id: SessionId, number: u64, content: &[u8]) {
        let session = self.table.get(id).filter(|session| session.peer == ends.peer);
        let taken = match session.map(|session| &session.stage) {
            Some(Stage::Live { inbox, .. }) => inbox.try_send(datagram.to_vec()).is_ok(),
            Some(Stage::HalfOpen { keys, key }) => {
                let (keys, key) = (keys.clone(), key.clone());
                self.prove(ends, id, keys, key, number, content)
            }
            None => false,
        };
        if !taken {
            count(&self.counters.dropped);
        }
    }

    /// Makes a half open session live, if the segment is one that its client has sealed; says whether it is.
    fn prove(
        &mut self,
        ends: Ends,
        id: SessionId,
        keys: Option<Keys>,
        key: Option<Arc<Key>>,
        number: u64,
        content: &[u8],
    ) -> bool {
        let (seal, mut segment, mut link) = (Seal::new(id, keys), Vec::new(), Link::server());
        let now = self.clock.now();
        if !seal.open(number, content, &mut segment) || link.receive(now, number, &segment).is_err() {
            return false;
        }
        let outlet = Outlet { socket: Arc::clone(&self.socket), ends: Some(ends) };
        let has_room = self.table.make_room(self.sessions_max);
        let incoming = self.incoming.clone();
        let (true, Ok(place)) = (has_room, incoming.try_reserve()) else {
            link.reset(now);
            self.table.remove(id);
            self.send_last(&outlet, &seal, link);
            return true;
        };
        let (inbox, receiver) = mpsc::channel(INBOX_DATAGRAMS_MAX);
        let shared = Shared::new(link);
        let driver = Driver::new(Inlet::Inbox(receiver), outlet, seal, Arc::clone(&shared), self.clock);
        let task = self.tasks.spawn(async move {
            driver.run().await;
            id
        });
        self.table.promote(id, Stage::Live { inbox, shared: Arc::clone(&shared), task });
        count(&self.counters.opened);
        place.send(Incoming { peer: ends.peer, key, stream: LinkStream::new(shared) });
        true
    }

    /// Sends the one segment of a session that is broken off as soon as it was opened.
    fn send_last(&self, outlet: &Outlet, seal: &Seal, mut link: Link) {
        let (mut segment, mut datagram) = (Vec::new(), Vec::new());
        if let Some(number) = link.poll_transmit(self.clock.now(), &mut segment) {
            seal.close(number, &segment, &mut datagram);
            // Lost is lost: the client finds out by the silence.
            let _ = outlet.try_send(&datagram);
        }
    }

    /// Takes an OPEN: the same answer to the same question, a cookie to who has none, a session, or a refusal.
    fn open(&mut self, ends: Ends, nonce: Nonce, cookie: &[u8; COOKIE_BYTES], opening: Opening<'_>) {
        let peer = ends.peer;
        let mut asked = Vec::new();
        opening.encode(&mut asked);
        if let Some(session) = self.table.find(peer, nonce) {
            if session.opening == asked {
                self.send(ends, &session.accepted);
            } else {
                count(&self.counters.dropped);
            }
            return;
        }
        if !self.is_good(peer, nonce, cookie) {
            return self.retry(ends, nonce);
        }
        match self.decide(nonce, opening) {
            Ok((noise, keys, key)) => {
                let Ok(id) = random().map(SessionId) else { return };
                let mut accepted = Vec::new();
                Datagram::Accepted { nonce, session: id, noise: noise.as_ref() }.encode(&mut accepted);
                // What is counted is counted before anybody can know of it.
                count(&self.counters.accepted);
                self.send(ends, &accepted);
                let stage = Stage::HalfOpen { keys, key };
                let session = Session { peer, nonce, opening: asked, accepted, stage };
                self.table.accept(self.clock.now(), id, session);
            }
            Err((refusal, key)) => self.refuse(ends, nonce, refusal, key),
        }
    }

    /// Decides on an opening whose cookie is good: the answer, how the session is protected, and whose it is.
    fn decide(&self, nonce: Nonce, opening: Opening<'_>) -> Result<Decided, (Refusal, Option<KeyId>)> {
        self.admission.may_open(&opening).map_err(|refusal| (refusal, None))?;
        if !self.table.has_room(self.sessions_max) {
            return Err((Refusal::Busy, None));
        }
        let Opening::Sealed { key: id, noise } = opening else { return Ok((None, None, None)) };
        let over = Over::Udp { nonce: nonce.0 };
        let responded = opening::respond(over, id, self.admission.key(id), noise);
        let responded = responded.map_err(|_| (Refusal::Busy, None))?;
        let (key, answer, keys) = responded.ok_or((Refusal::Key, Some(id)))?;
        Ok((answer.try_into().ok(), Some(keys), Some(key)))
    }

    fn is_good(&self, peer: SocketAddr, nonce: Nonce, cookie: &[u8; COOKIE_BYTES]) -> bool {
        self.jar.check(self.now_s(), nonce, peer, cookie)
    }

    /// Gives a cookie, and forgets it.
    fn retry(&self, ends: Ends, nonce: Nonce) {
        let cookie = self.jar.make(self.now_s(), nonce, ends.peer);
        count(&self.counters.retries);
        self.answer(ends, &Datagram::Retry { nonce, cookie: &cookie });
    }

    fn refuse(&self, ends: Ends, nonce: Nonce, refusal: Refusal, key: Option<KeyId>) {
        count(&self.counters.refused);
        self.admission.refused(ends.peer, refusal, key);
        self.answer(ends, &Datagram::Refused { nonce, refusal });
    }

    fn answer(&self, ends: Ends, datagram: &Datagram<'_>) {
        let mut bytes = Vec::new();
        datagram.encode(&mut bytes);
        self.send(ends, &bytes);
    }

    fn send(&self, ends: Ends, datagram: &[u8]) {
        // What the socket has no room for is lost; the client asks again.
        let _ = try_send(&self.socket, ends, datagram);
    }

    fn now_s(&self) -> u32 {
        u32::try_from(self.clock.now().as_secs()).unwrap_or(u32::MAX)
    }

    fn tell_counts(&self) {
        let (half_open, live) = self.table.counts();
        self.counters.half_open.store(half_open as u64, Relaxed);
        self.counters.live.store(live as u64, Relaxed);
    }
}

/// The second message of the handshake, the keys and the key; none of them in a plain session.
type Decided = (Option<[u8; NOISE_BYTES]>, Option<Keys>, Option<Arc<Key>>);

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
