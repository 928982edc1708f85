//! The side of a talk over UDP that begins it.
//!
//! Nobody is asked whether they are there. When ICMP says that nobody is, before anybody has answered, the next address of
//! the name is tried and told what was said so far.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Instant;

use kernel::poll::{self, Interest};

use super::post::{Letter, Post, Way};
use super::{DATAGRAMS_AT_ONCE_MAX, Letters, SEND_TRIES_MAX};
use crate::ask::{Stage, Verdict};
use crate::chat::event::{End, Event, LeftReason};
use crate::chat::lines::of_datagram;
use crate::chat::mailbox::Asked;
use crate::chat::talk::{Heard, Talk};
use crate::errno::Errno;
use crate::listen::StartError;

/// How much is kept of what was said before anybody answered, to say it to the next address.
const UNANSWERED_BYTES_MAX: usize = 65_536;

/// A talk with one peer.
pub(super) struct Client<'t, 'a> {
    talk: &'t mut Talk<'a>,
    post: Post,
    letters: Letters,
    peer: SocketAddr,
    /// The number of the peer, once it has said something.
    number: Option<u32>,
    /// Where else it may be.
    others: VecDeque<SocketAddr>,
    /// What waits to be sent.
    outbox: VecDeque<Vec<u8>>,
    /// What was sent and nobody has answered yet.
    unanswered: Vec<Vec<u8>>,
    heard_at: Instant,
    input_ended_at: Option<Instant>,
    /// What was last said of the peer, if that is that it cannot be reached.
    refused: Option<Verdict>,
}

impl<'t, 'a> Client<'t, 'a> {
    pub(super) fn new(talk: &'t mut Talk<'a>, peers: &[SocketAddr]) -> Result<Self, StartError> {
        let (&peer, others) = peers.split_first().ok_or(StartError::NoAddress)?;
        let post = Post::new(vec![Post::socket_for(peer)?], talk.config.buffer_bytes);
        let mut client = Self {
            talk,
            post,
            letters: Letters::default(),
            peer,
            number: None,
            others: others.iter().copied().collect(),
            outbox: VecDeque::new(),
            unanswered: Vec::new(),
            heard_at: Instant::now(),
            input_ended_at: None,
            refused: None,
        };
        client.tell_connected();
        Ok(client)
    }

    pub(super) fn run(mut self) -> Result<End, StartError> {
        loop {
            self.talk.clear_the_mailbox();
            self.take_typed();
            self.send_all()?;
            let asked = self.talk.want_lines();
            if let Some(end) = self.end(asked, Instant::now()) {
                return Ok(end);
            }
            let socket = (self.post.sockets[0].socket.as_fd(), Interest::READ);
            let mailbox = (self.talk.mailbox(), Interest::READ);
            let [ready, _] =
                poll::wait_either(socket, mailbox, self.deadline()).map_err(StartError::system("poll"))?;
            if ready.any() {
                self.receive()?;
            }
        }
    }

    fn tell_connected(&mut self) {
        let (transport, local) = (self.post.sockets[0].transport, self.post.sockets[0].local);
        self.talk.tell(&Event::Connected { transport, local, peer: self.peer });
    }

    /// How the talk is over, if it is.
    fn end(&mut self, asked: Asked, now: Instant) -> Option<End> {
        if asked >= Asked::Quit {
            return Some(asked.end());
        }
        if asked == Asked::InputEnded {
            self.input_ended_at.get_or_insert(now);
        }
        if let (false, Some(verdict)) = (self.talk.is_by_a_person(), &self.refused) {
            return Some(End::Network(verdict.clone()));
        }
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        if self.input_ended_at.is_none() {
            if let Some(peer) = self.number {
                self.talk.tell(&Event::Left { peer, address: self.peer, reason: LeftReason::Idle });
            }
            return Some(End::PeerLeft);
        }
        if self.talk.has_said() && !self.talk.has_heard() {
            return Some(End::Network(Verdict::Silent { waiting_for: Stage::Reply }));
        }
        Some(End::InputEnded)
    }

    /// Until when something must come: the last replies, or anything at all.
    fn deadline(&self) -> Option<Instant> {
        let config = self.talk.config;
        let replies = self.input_ended_at.map(|at| at.max(self.heard_at) + config.reply_timeout());
        let idle = config.idle_timeout().map(|idle| self.heard_at + idle);
        replies.or(idle)
    }

    fn take_typed(&mut self) {
        while let Some(typed) = self.talk.take_typed() {
            if let Some(letter) = self.letters.write(self.talk, b"", &typed) {
                self.talk.told_peers(&typed, 1);
                self.outbox.push_back(letter);
            }
        }
    }

    /// Sends what waits. An error that an earlier datagram has caused may change whom it goes to.
    fn send_all(&mut self) -> Result<(), StartError> {
        let mut tries = 0;
        while let Some(letter) = self.outbox.pop_front() {
            match self.post.send(Way { socket: 0, to: self.peer, from: None }, &letter) {
                Ok(()) => {
                    tries = 0;
                    self.keep(letter);
                }
                Err(error) => {
                    let bytes = letter.len();
                    self.outbox.push_front(letter);
                    tries += 1;
                    if self.learn()? && tries < SEND_TRIES_MAX {
                        continue;
                    }
                    tries = 0;
                    self.outbox.pop_front();
                    self.not_sent(bytes, &error);
                }
            }
        }
        Ok(())
    }

    fn not_sent(&mut self, bytes: usize, error: &io::Error) {
        self.refused = Verdict::of_error(error, Stage::Send).or(self.refused.take());
        self.talk.tell(&Event::NotSent { address: self.peer, bytes, errno: Errno::from(error) });
    }

    /// Keeps what was said to somebody who has not answered, for the next address.
    fn keep(&mut self, letter: Vec<u8>) {
        if self.talk.has_heard() || self.others.is_empty() {
            return;
        }
        self.unanswered.push(letter);
        if self.unanswered.iter().map(|letter| letter.len() + 1).sum::<usize>() > UNANSWERED_BYTES_MAX {
            // Too much to say it again: it stays with this address.
            self.others.clear();
            self.unanswered.clear();
        }
    }

    /// Takes what has come.
    fn receive(&mut self) -> Result<(), StartError> {
        for count in 0..DATAGRAMS_AT_ONCE_MAX {
            match self.post.receive(0) {
                Ok(Some(letter)) if letter.from == self.peer => self.hear(&letter),
                Ok(Some(letter)) => {
                    let bytes = letter.bytes.len() + letter.lost_bytes;
                    self.talk.tell(&Event::Stray { address: letter.from, bytes });
                }
                Ok(None) if count > 0 => break,
                // Ready, and nothing has come: there is something in the error queue.
                Ok(None) | Err(_) => {
                    self.learn()?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, letter: &Letter) {
        self.heard_at = Instant::now();
        self.refused = None;
        self.unanswered.clear();
        let address = letter.from;
        let peer = self.number.unwrap_or_else(|| self.talk.welcome(address));
        self.number = Some(peer);
        of_datagram(&letter.bytes, letter.lost_bytes, |piece, lost_bytes| {
            self.talk.hear(&Heard { peer, address, piece, lost_bytes, relayed: 0 });
        });
    }

    /// Learns from the error queue what became of what was sent; whether there was anything to learn.
    fn learn(&mut self) -> Result<bool, StartError> {
        let reports = self.post.reports(0);
        for report in &reports {
            let verdict = Verdict::of_report(report);
            if !self.talk.has_heard()
                && let Some(next) = self.others.pop_front()
            {
                self.talk.tell(&Event::NextAddress { failed: self.peer, verdict, next });
                self.post.sockets = vec![Post::socket_for(next)?];
                self.peer = next;
                for letter in self.unanswered.drain(..).rev() {
                    self.outbox.push_front(letter);
                }
                self.tell_connected();
                // The other reports are about the address before.
                break;
            }
            self.talk.tell(&Event::Unreachable { address: self.peer, verdict: verdict.clone() });
            self.refused = Some(verdict);
        }
        Ok(!reports.is_empty())
    }
}
