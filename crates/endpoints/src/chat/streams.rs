//! Talking both ways over TCP: one loop, with as many peers as there are.
//!
//! Everybody is heard while nobody is waited for. What a peer cannot be sent at once waits in its queue; when that is full
//! the peer is dropped. What a peer says goes to the others at its own pace, and no faster: it is not read meanwhile, so
//! that TCP's flow control stops it. A typed line is taken while all who read have room for it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest, Readiness};
use kernel::{socket, stream};

use super::config::{HOLD_BYTES, LINGER_MAX, PARTIAL_LINE_WAIT, PEERS_MAX, Role, STALL};
use super::connect::connect;
use super::event::{End, Event, LeftReason};
use super::lines::{Lines, Piece};
use super::mailbox::{Asked, Typed};
use super::open::open;
use super::pace::Pace;
use super::queue::Queue;
use super::talk::{Heard, Talk};
use crate::access::AccessList;
use crate::ask::{Stage, Verdict};
use crate::echo::{RefusalRule, refusal};
use crate::errno::Errno;
use crate::listen::{Bound, StartError};

/// After how long it is tried again to let somebody in when descriptors or memory had run out.
const ACCEPT_RETRY: Duration = Duration::from_millis(500);

/// Talks until the talk is over.
///
/// # Errors
/// [`StartError`]: what is wrong on this side.
pub(super) fn talk(talk: &mut Talk<'_>) -> Result<End, StartError> {
    let config = talk.config;
    match &config.role {
        Role::Connect(peers) => match connect(talk, peers)? {
            Err(end) => Ok(end),
            Ok((socket, address)) => {
                let mut streams = Streams::new(talk, Vec::new(), AccessList::default());
                streams.admit(socket, address, Instant::now());
                streams.run()
            }
        },
        Role::Listen(listening) => {
            let (listeners, access) = open(talk, listening)?;
            Streams::new(talk, listeners, access).run()
        }
    }
}

/// Everybody in a talk over TCP.
struct Streams<'t, 'a> {
    talk: &'t mut Talk<'a>,
    listeners: Vec<Bound>,
    access: AccessList,
    peers: Vec<Peer>,
    buffer: Vec<u8>,
    /// Until when nobody is let in.
    accept_at: Option<Instant>,
    /// Whether a peer has taken its leave that was the only one there would be.
    over: Option<End>,
    /// When this side took its leave, and how.
    leaving: Option<(Instant, End)>,
    /// When something was last typed.
    typed_at: Instant,
}

/// Somebody at the other end of a connection.
struct Peer {
    number: u32,
    address: SocketAddr,
    socket: OwnedFd,
    lines: Lines,
    queue: Queue,
    pace: Pace,
    heard_at: Instant,
    /// When it ended its stream.
    ended_at: Option<Instant>,
    /// Whether this side has ended its own.
    is_hung_up: bool,
    /// What the kernel said when it could not be sent to any more; what it had said before is heard all the same.
    broken: Option<Errno>,
    /// Why it does not take part any more; it goes with the end of the turn.
    gone: Option<LeftReason>,
}

/// What was waited for.
#[derive(Debug, Clone, Copy)]
enum Source {
    Mailbox,
    Listener(usize),
    Peer(usize),
}

impl<'t, 'a> Streams<'t, 'a> {
    fn new(talk: &'t mut Talk<'a>, listeners: Vec<Bound>, access: AccessList) -> Self {
        let buffer = vec![0; talk.config.buffer_bytes];
        let (peers, typed_at) = (Vec::new(), Instant::now());
        Self { talk, listeners, access, peers, buffer, accept_at: None, over: None, leaving: None, typed_at }
    }

    fn run(mut self) -> Result<End, StartError> {
        loop {
            let now = Instant::now();
            self.talk.clear_the_mailbox();
            self.take_typed(now);
            let asked = self.talk.want_lines();
            self.take_leave(asked, now);
            self.expire(now);
            self.sweep();
            if let Some(end) = self.end(asked, now) {
                self.part();
                return Ok(end);
            }
            for (source, ready) in self.wait(now)? {
                match source {
                    Source::Mailbox => {}
                    Source::Listener(index) => self.accept(index),
                    Source::Peer(index) => self.serve(index, ready),
                }
            }
        }
    }

    /// How the talk is over, if it is.
    fn end(&mut self, asked: Asked, now: Instant) -> Option<End> {
        if asked == Asked::Stop {
            return Some(End::Stopped);
        }
        if let Some((since, end)) = &self.leaving {
            let is_done = self.peers.is_empty() || now >= *since + LINGER_MAX;
            return is_done.then(|| end.clone());
        }
        self.over.take()
    }

    /// Waits until something is to be done, and says what.
    fn wait(&self, now: Instant) -> Result<Vec<(Source, Readiness)>, StartError> {
        let accepts = self.leaving.is_none() && self.accept_at.is_none_or(|at| at <= now);
        let mut waits = vec![(self.talk.mailbox(), Interest::READ)];
        let mut sources = vec![Source::Mailbox];
        for (index, listener) in self.listeners.iter().enumerate() {
            waits.push((listener.socket.as_fd(), Interest { read: accepts, write: false, end: false }));
            sources.push(Source::Listener(index));
        }
        for (index, peer) in self.peers.iter().enumerate() {
            let read = peer.ended_at.is_none() && self.may_speak(peer, now);
            let write = !peer.queue.is_empty();
            waits.push((peer.socket.as_fd(), Interest { read, write, end: false }));
            sources.push(Source::Peer(index));
        }
        let ready = poll::wait_any(&waits, self.deadline(now)).map_err(StartError::system("poll"))?;
        let ready = sources.into_iter().zip(ready);
        Ok(ready.filter(|(_, ready)| ready.any()).collect())
    }

    /// When something is to be done even if nothing comes.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        let idle = self.talk.config.idle_timeout();
        let of_peer = |peer: &Peer| {
            let partial = peer.lines.has_begun().then(|| peer.heard_at + PARTIAL_LINE_WAIT);
            let pace = (!self.may_speak(peer, now)).then(|| peer.pace.ready_at());
            let stall = (peer.queue.len() >= HOLD_BYTES).then(|| peer.queue.moved_at() + STALL);
            let idle = idle.map(|idle| peer.heard_at + idle);
            let ended = peer.ended_at.map(|at| at.max(self.typed_at) + LINGER_MAX);
            [partial, pace, stall.filter(|at| *at > now), idle, ended]
        };
        let leaving = self.leaving.as_ref().map(|(since, _)| *since + LINGER_MAX);
        let others = [leaving, self.accept_at.filter(|at| *at > now)];
        self.peers.iter().flat_map(of_peer).chain(others).flatten().min()
    }

    /// Whether a peer may be read: when what it says goes to others, no faster than they can read.
    fn may_speak(&self, peer: &Peer, now: Instant) -> bool {
        !self.relays() || peer.pace.ready_at() <= now
    }

    fn relays(&self) -> bool {
        self.talk.config.relays() && self.peers.len() > 1
    }

    /// Does what the passing of time asks for.
    fn expire(&mut self, now: Instant) {
        let idle = self.talk.config.idle_timeout();
        for index in 0..self.peers.len() {
            let peer = &mut self.peers[index];
            if idle.is_some_and(|idle| peer.heard_at + idle <= now) {
                peer.gone.get_or_insert(LeftReason::Idle);
            }
            if peer.lines.has_begun() && peer.heard_at + PARTIAL_LINE_WAIT <= now {
                self.hear(index, |lines, give| lines.flush(give), now);
            }
        }
        self.see_off(now);
    }

    /// Lets those go who have ended their streams, as soon as they have been sent what waits for them.
    fn see_off(&mut self, now: Instant) {
        let waits_for_input = !self.talk.is_by_a_person()
            && self.talk.config.has_one_peer()
            && self.leaving.is_none()
            && !self.peers.iter().any(|peer| peer.is_hung_up);
        for peer in &mut self.peers {
            let Some(ended_at) = peer.ended_at else { continue };
            let is_patient = now < ended_at.max(self.typed_at) + LINGER_MAX;
            let has_more = waits_for_input || !peer.queue.is_empty();
            if !(has_more && is_patient) {
                let reason = if self.leaving.is_some() { LeftReason::HungUp } else { LeftReason::Ended };
                peer.gone.get_or_insert(reason);
            }
        }
    }

    /// Parts from those who have gone.
    fn sweep(&mut self) {
        while let Some(index) = self.peers.iter().position(|peer| peer.gone.is_some()) {
            let peer = self.peers.remove(index);
            let Some(reason) = peer.gone else { continue };
            if matches!(reason, LeftReason::TooSlow | LeftReason::Idle) {
                // A FIN behind what it never read would look like an orderly end; if this fails, it sees one.
                let _ = socket::set_abortive_close(&peer.socket);
            }
            self.talk.tell(&Event::Left { peer: peer.number, address: peer.address, reason });
            if self.talk.config.has_one_peer() {
                self.over = Some(match reason {
                    LeftReason::Reset { errno } => {
                        End::Network(Verdict::Reset { during: Stage::Reply, errno })
                    }
                    _ => End::PeerLeft,
                });
            }
        }
    }

    /// Parts from whoever is left.
    fn part(&mut self) {
        for peer in &mut self.peers {
            peer.gone.get_or_insert(LeftReason::HungUp);
        }
        self.sweep();
    }

    /// Ends this side: at once for whoever takes leave, and for the only peer when nothing more will be typed.
    fn take_leave(&mut self, asked: Asked, now: Instant) {
        if asked == Asked::Quit && self.leaving.is_none() {
            self.leaving = Some((now, End::Quit));
            self.listeners.clear();
        }
        let ends_stream = self.leaving.is_some()
            || (asked == Asked::InputEnded && self.talk.config.has_one_peer() && !self.talk.is_by_a_person());
        if !ends_stream {
            return;
        }
        for peer in self.peers.iter_mut().filter(|peer| peer.queue.is_empty() && !peer.is_hung_up) {
            peer.is_hung_up = true;
            // A connection that is gone already shows that when it is read.
            let _ = stream::shut_write(&peer.socket);
        }
    }

    /// Says what was typed, as long as there is room for it and somebody to hear it.
    fn take_typed(&mut self, now: Instant) {
        while self.takes_typed(now) {
            let Some(typed) = self.talk.take_typed() else { return };
            self.typed_at = now;
            self.say(&typed, now);
        }
    }

    /// Whether a typed line is taken now. Whoever reads is waited for; whoever does not, only if there is nobody else.
    fn takes_typed(&self, now: Instant) -> bool {
        let is_alone = self.peers.len() == 1;
        let waits_for =
            |peer: &Peer| peer.queue.len() >= HOLD_BYTES && (is_alone || now < peer.queue.moved_at() + STALL);
        let has_hearers = !self.peers.is_empty() || self.talk.is_by_a_person();
        self.leaving.is_none() && has_hearers && !self.peers.iter().any(waits_for)
    }

    fn say(&mut self, typed: &Typed, now: Instant) {
        let line = [typed.bytes.as_slice(), self.talk.line_end(typed.ending)].concat();
        let several = self.peers.len() > 1;
        let line = match &self.talk.config.name {
            Some(name) if several => [name.as_bytes(), b": ", &line].concat(),
            _ => line,
        };
        for peer in &mut self.peers {
            peer.send(&line, now);
        }
        let hearers = self.peers.len();
        if hearers == 0 {
            self.talk.tell(&Event::Unheard);
        } else {
            self.talk.told_peers(typed, hearers);
        }
    }

    /// Lets in whoever waits.
    fn accept(&mut self, index: usize) {
        while let Some(listener) = self.listeners.get(index) {
            match socket::accept(&listener.socket) {
                Ok((socket, address)) => self.receive(socket, address),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    let errno = Errno::from(&error);
                    if self.accept_at.is_none() {
                        self.talk.tell(&Event::AcceptStalled { errno });
                    }
                    self.accept_at = Some(Instant::now() + ACCEPT_RETRY);
                    return;
                }
            }
        }
    }

    /// Lets a connection in, unless a rule or the limit is against it.
    fn receive(&mut self, socket: OwnedFd, address: SocketAddr) {
        self.accept_at = None;
        let is_full = self.peers.len() >= PEERS_MAX;
        let full = is_full.then_some(RefusalRule::ConnectionsMax { max: PEERS_MAX });
        if let Some(rule) = refusal(&self.access, address).or(full) {
            // The RST says plainly that it was not let in; if this fails, it sees a FIN.
            let _ = socket::set_abortive_close(&socket);
            self.talk.refuse(address, rule);
            return;
        }
        self.admit(socket, address, Instant::now());
        if self.talk.config.has_one_peer() {
            self.listeners.clear();
        }
    }

    fn admit(&mut self, socket: OwnedFd, address: SocketAddr, now: Instant) {
        let number = self.talk.welcome(address);
        self.peers.push(Peer {
            number,
            address,
            socket,
            lines: Lines::default(),
            queue: Queue::new(now),
            pace: Pace::new(now),
            heard_at: now,
            ended_at: None,
            is_hung_up: false,
            broken: None,
            gone: None,
        });
    }

    /// Sends a peer what waits for it, and takes what it has said.
    fn serve(&mut self, index: usize, ready: Readiness) {
        let now = Instant::now();
        let relays = self.relays();
        let Some(peer) = self.peers.get_mut(index) else { return };
        peer.flush(now);
        let is_heard = peer.ended_at.is_none() && (ready.read || ready.error);
        if peer.gone.is_some() || !is_heard {
            return;
        }
        match stream::receive(&peer.socket, &mut self.buffer) {
            Ok(0) => {
                peer.ended_at = Some(now);
                peer.gone = peer.broken.map(|errno| LeftReason::Reset { errno });
                self.hear(index, |lines, give| lines.flush(give), now);
            }
            Ok(taken) => {
                peer.heard_at = now;
                if relays {
                    peer.pace.spend(now, taken);
                }
                let buffer = std::mem::take(&mut self.buffer);
                self.hear(index, |lines, give| lines.push(&buffer[..taken], give), now);
                self.buffer = buffer;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => {
                peer.gone = Some(LeftReason::Reset { errno: Errno::from(&error) });
                self.hear(index, |lines, give| lines.flush(give), now);
            }
        }
    }

    /// Tells the lines that `take` gets out of what a peer has said, and passes them on.
    fn hear(&mut self, index: usize, take: impl FnOnce(&mut Lines, &mut dyn FnMut(Piece<'_>)), now: Instant) {
        let mut lines = std::mem::take(&mut self.peers[index].lines);
        let (peer, address) = (self.peers[index].number, self.peers[index].address);
        take(&mut lines, &mut |piece| {
            let relayed = self.pass_on(index, piece, now);
            self.talk.hear(&Heard { peer, address, piece, lost_bytes: 0, relayed });
        });
        self.peers[index].lines = lines;
    }

    /// Sends a line to all but the one who said it; to how many.
    fn pass_on(&mut self, from: usize, piece: Piece<'_>, now: Instant) -> usize {
        // Of a line that is too long its first piece is enough.
        if !self.relays() || piece.continued {
            return 0;
        }
        let line = self.talk.relayed(self.peers[from].address, piece.line);
        let others = self.peers.iter_mut().enumerate().filter(|(index, _)| *index != from);
        others.map(|(_, peer)| peer.send(&line, now)).count()
    }
}

impl Peer {
    /// Sends bytes, or keeps them for later. A peer for whom too much waits has gone.
    fn send(&mut self, bytes: &[u8], now: Instant) {
        if self.broken.is_some() {
            return;
        }
        if !self.queue.push(bytes, now) {
            self.gone.get_or_insert(LeftReason::TooSlow);
        }
        self.flush(now);
    }

    fn flush(&mut self, now: Instant) {
        if self.gone.is_none()
            && let Err(error) = self.queue.flush(&self.socket, now)
        {
            self.queue.clear();
            self.broken = Some(Errno::from(&error));
        }
    }
}
