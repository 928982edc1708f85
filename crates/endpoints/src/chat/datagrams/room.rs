//! The side of a talk over UDP that waits for peers.
//!
//! A peer is there from its first datagram until it says nothing for the idle timeout, or until ICMP says that it is gone:
//! UDP has no other end. Whoever says more than the others can read is left out for a while, which is told.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use kernel::error_queue::Report;
use kernel::poll::{self, Interest};

use super::post::{Letter, Post, Way};
use super::{DATAGRAMS_AT_ONCE_MAX, Letters, SEND_TRIES_MAX};
use crate::access::AccessList;
use crate::chat::config::{Listening, PEERS_MAX};
use crate::chat::event::{End, Event, LeftReason};
use crate::chat::lines::{Piece, of_datagram};
use crate::chat::mailbox::Asked;
use crate::chat::open::open;
use crate::chat::pace::Pace;
use crate::chat::talk::{Heard, Talk};
use crate::echo::{RefusalRule, refusal};
use crate::errno::Errno;
use crate::listen::StartError;

/// How many of the lines that were passed on to a peer are remembered, to know them when they come back.
const PASSED_ON_MAX: usize = 8;
/// How often it is told that somebody is not let in.
const REFUSAL_PACE: Duration = Duration::from_secs(1);

/// Everybody in a talk over UDP.
pub(super) struct Room<'t, 'a> {
    talk: &'t mut Talk<'a>,
    post: Post,
    letters: Letters,
    access: AccessList,
    peers: Vec<Peer>,
    hasher: RandomState,
    refused_at: Option<Instant>,
    heard_at: Instant,
    input_ended_at: Option<Instant>,
    /// Whether the only peer there would be has come and gone.
    over: bool,
}

/// An address that has sent something.
struct Peer {
    number: u32,
    address: SocketAddr,
    way: Way,
    heard_at: Instant,
    pace: Pace,
    /// How many of its datagrams were left out since the last one that was not.
    left_out: u64,
    /// Fingerprints of lines that were passed on to it.
    passed_on: VecDeque<u64>,
    gone: Option<LeftReason>,
}

impl<'t, 'a> Room<'t, 'a> {
    pub(super) fn new(talk: &'t mut Talk<'a>, listening: &Listening) -> Result<Self, StartError> {
        let (sockets, access) = open(talk, listening)?;
        let post = Post::new(sockets, talk.config.buffer_bytes);
        Ok(Self {
            talk,
            post,
            letters: Letters::default(),
            access,
            peers: Vec::new(),
            hasher: RandomState::new(),
            refused_at: None,
            heard_at: Instant::now(),
            input_ended_at: None,
            over: false,
        })
    }

    pub(super) fn run(mut self) -> Result<End, StartError> {
        loop {
            self.talk.clear_the_mailbox();
            self.take_typed();
            let asked = self.talk.want_lines();
            let now = Instant::now();
            self.expire(now);
            self.sweep();
            if let Some(end) = self.end(asked, now) {
                return Ok(end);
            }
            let sockets = self.post.sockets.iter().map(|bound| (bound.socket.as_fd(), Interest::READ));
            let mailbox = (self.talk.mailbox(), Interest::READ);
            let waits: Vec<_> = sockets.chain([mailbox]).collect();
            let ready = poll::wait_any(&waits, self.deadline()).map_err(StartError::system("poll"))?;
            // The last one is the mailbox, at which the next turn looks.
            let sockets = ready.iter().take(ready.len() - 1).enumerate();
            for (socket, _) in sockets.filter(|(_, ready)| ready.any()) {
                self.receive(socket);
            }
        }
    }

    /// How the talk is over, if it is.
    fn end(&mut self, asked: Asked, now: Instant) -> Option<End> {
        if asked >= Asked::Quit {
            self.part();
            return Some(asked.end());
        }
        if asked == Asked::InputEnded && self.talk.config.has_one_peer() && !self.peers.is_empty() {
            self.input_ended_at.get_or_insert(now);
        }
        if self.over {
            return Some(End::PeerLeft);
        }
        let is_late = self.last_replies().is_some_and(|deadline| deadline <= now);
        is_late.then(|| {
            self.part();
            End::InputEnded
        })
    }

    fn part(&mut self) {
        for peer in &mut self.peers {
            peer.gone = Some(LeftReason::HungUp);
        }
        self.sweep();
    }

    /// Until when the last replies are waited for.
    fn last_replies(&self) -> Option<Instant> {
        self.input_ended_at.map(|at| at.max(self.heard_at) + self.talk.config.reply_timeout())
    }

    fn deadline(&self) -> Option<Instant> {
        let idle = self.talk.config.idle_timeout();
        let leaves = self.peers.iter().filter_map(|peer| Some(peer.heard_at + idle?));
        leaves.chain(self.last_replies()).min()
    }

    fn expire(&mut self, now: Instant) {
        let Some(idle) = self.talk.config.idle_timeout() else { return };
        for peer in self.peers.iter_mut().filter(|peer| peer.heard_at + idle <= now) {
            peer.gone.get_or_insert(LeftReason::Idle);
        }
    }

    /// Parts from those who have gone.
    fn sweep(&mut self) {
        while let Some(index) = self.peers.iter().position(|peer| peer.gone.is_some()) {
            let mut peer = self.peers.remove(index);
            let Some(reason) = peer.gone else { continue };
            tell_flood(self.talk, &mut peer);
            self.talk.tell(&Event::Left { peer: peer.number, address: peer.address, reason });
            self.over |= self.talk.config.has_one_peer();
        }
    }

    /// Says what was typed to everybody. A program's lines wait until somebody is there.
    fn take_typed(&mut self) {
        while !self.peers.is_empty() || self.talk.is_by_a_person() {
            let Some(typed) = self.talk.take_typed() else { return };
            let name = self.talk.config.name.as_deref().filter(|_| self.peers.len() > 1);
            let who = name.map(|name| format!("{name}: ")).unwrap_or_default();
            let Some(letter) = self.letters.write(self.talk, who.as_bytes(), &typed) else { continue };
            if self.peers.is_empty() {
                self.talk.tell(&Event::Unheard);
                continue;
            }
            self.talk.told_peers(&typed, self.peers.len());
            for index in 0..self.peers.len() {
                self.send(index, &letter);
            }
        }
    }

    /// Sends a datagram to a peer, if that is still there.
    fn send(&mut self, index: usize, letter: &[u8]) {
        for _ in 0..SEND_TRIES_MAX {
            let Peer { way, address, gone: None, .. } = self.peers[index] else { return };
            let Err(error) = self.post.send(way, letter) else { return };
            // It may be the error of an earlier datagram, to this peer or to another one.
            if !self.learn(way.socket) {
                let errno = Errno::from(&error);
                self.talk.tell(&Event::NotSent { address, bytes: letter.len(), errno });
                return;
            }
        }
    }

    /// Learns from the error queue who is not there any more; whether there was anything to learn.
    fn learn(&mut self, socket: usize) -> bool {
        let reports = self.post.reports(socket);
        for Report { destination, .. } in &reports {
            let is_about = |peer: &&mut Peer| peer.way.socket == socket && Some(peer.address) == *destination;
            if let Some(peer) = self.peers.iter_mut().find(is_about) {
                peer.gone = Some(LeftReason::Unreachable);
            }
        }
        !reports.is_empty()
    }

    /// Takes what has come through a socket.
    fn receive(&mut self, socket: usize) {
        for count in 0..DATAGRAMS_AT_ONCE_MAX {
            match self.post.receive(socket) {
                Ok(Some(letter)) => self.arrive(socket, &letter),
                Ok(None) if count > 0 => return,
                // Ready, and nothing has come: there is something in the error queue.
                Ok(None) | Err(_) => {
                    self.learn(socket);
                    return;
                }
            }
        }
    }

    /// Hears a datagram, if its sender takes part.
    fn arrive(&mut self, socket: usize, letter: &Letter) {
        let now = Instant::now();
        if let Some(rule) = refusal(&self.access, letter.from) {
            return self.refuse(letter.from, rule, now);
        }
        let is_from =
            |peer: &Peer| peer.address == letter.from && peer.way.socket == socket && peer.gone.is_none();
        let index = match self.peers.iter().position(is_from) {
            Some(index) => index,
            None if self.is_closed() => {
                let bytes = letter.bytes.len() + letter.lost_bytes;
                return self.talk.tell(&Event::Stray { address: letter.from, bytes });
            }
            None if self.peers.len() >= PEERS_MAX => {
                let rule = RefusalRule::ConnectionsMax { max: PEERS_MAX };
                return self.refuse(letter.from, rule, now);
            }
            None => self.admit(socket, letter, now),
        };
        self.hear(index, letter, now);
    }

    /// Whether nobody else may come.
    fn is_closed(&self) -> bool {
        self.talk.config.has_one_peer() && !self.peers.is_empty()
    }

    /// Says that somebody is not let in, not oftener than anybody could read.
    fn refuse(&mut self, address: SocketAddr, rule: RefusalRule, now: Instant) {
        if self.refused_at.is_none_or(|at| at + REFUSAL_PACE <= now) {
            self.refused_at = Some(now);
            self.talk.refuse(address, rule);
        }
    }

    fn admit(&mut self, socket: usize, letter: &Letter, now: Instant) -> usize {
        let number = self.talk.welcome(letter.from);
        let from: Option<IpAddr> = letter.to;
        self.peers.push(Peer {
            number,
            address: letter.from,
            way: Way { socket, to: letter.from, from },
            heard_at: now,
            pace: Pace::new(now),
            left_out: 0,
            passed_on: VecDeque::new(),
            gone: None,
        });
        self.peers.len() - 1
    }

    fn hear(&mut self, index: usize, letter: &Letter, now: Instant) {
        self.heard_at = now;
        let relays = self.talk.config.relays() && self.peers.len() > 1;
        let peer = &mut self.peers[index];
        peer.heard_at = now;
        if relays {
            if peer.pace.ready_at() > now {
                peer.left_out += 1;
                return;
            }
            peer.pace.spend(now, letter.bytes.len());
        }
        tell_flood(self.talk, peer);
        let (number, address) = (peer.number, peer.address);
        of_datagram(&letter.bytes, letter.lost_bytes, |piece, lost_bytes| {
            let relayed = if relays { self.pass_on(index, piece) } else { 0 };
            self.talk.hear(&Heard { peer: number, address, piece, lost_bytes, relayed });
        });
    }

    /// Sends a line to all but the one who said it; to how many. What was passed on to a peer and comes back from it, as
    /// from an echo server, is not passed on again: two of those would say it to each other for ever.
    fn pass_on(&mut self, from: usize, piece: Piece<'_>) -> usize {
        let fingerprint = self.hasher.hash_one(piece.line);
        if self.peers[from].passed_on.contains(&fingerprint) {
            return 0;
        }
        let line = self.talk.relayed(self.peers[from].address, piece.line);
        let fingerprint = self.hasher.hash_one(line.strip_suffix(self.talk.relay_end()).unwrap_or(&line));
        let others: Vec<_> = (0..self.peers.len()).filter(|&index| index != from).collect();
        for &index in &others {
            let passed_on = &mut self.peers[index].passed_on;
            passed_on.truncate(PASSED_ON_MAX - 1);
            passed_on.push_front(fingerprint);
            self.send(index, &line);
        }
        others.len()
    }
}

/// Tells how many datagrams of a peer were left out, if any.
fn tell_flood(talk: &mut Talk<'_>, peer: &mut Peer) {
    let datagrams = std::mem::take(&mut peer.left_out);
    if datagrams > 0 {
        talk.tell(&Event::Flooded { peer: peer.number, address: peer.address, datagrams });
    }
}
