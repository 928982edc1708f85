//! One message each over UDP. Whoever listens answers whoever sent the message that it has just heard.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use kernel::datagram::PAYLOAD_BYTES_MAX;
use kernel::error_queue::Report;
use kernel::poll::Interest;

use super::{Waited, ask_for_line, hear, other, wait, wait_until};
use crate::access::AccessList;
use crate::ask::{Stage, Verdict};
use crate::chat::config::Role;
use crate::chat::datagrams::{Letter, Post, Way};
use crate::chat::event::{End, Event, Party};
use crate::chat::lines::Ending;
use crate::chat::open::open;
use crate::chat::talk::Talk;
use crate::echo::refusal;
use crate::errno::Errno;
use crate::listen::StartError;

/// Talks until the talk is over.
///
/// # Errors
/// [`StartError`]: what is wrong on this side.
pub(super) fn talk(talk: &mut Talk<'_>) -> Result<End, StartError> {
    let config = talk.config;
    match &config.role {
        Role::Connect(peers) => {
            let mut others: VecDeque<_> = peers.iter().copied().collect();
            let peer = others.pop_front().ok_or(StartError::NoAddress)?;
            let post = Post::new(vec![Post::socket_for(peer)?], config.buffer_bytes);
            let way = Way { socket: 0, to: peer, from: None };
            let mut turns = Turns { talk, post, access: AccessList::default(), others, way, met: None };
            turns.tell_connected();
            turns.run(Party::Here)
        }
        Role::Listen(listening) => {
            let (sockets, access) = open(talk, listening)?;
            let way = Way { socket: 0, to: sockets[0].local, from: None };
            let post = Post::new(sockets, config.buffer_bytes);
            Turns { talk, post, access, others: VecDeque::new(), way, met: None }.run(Party::Peer)
        }
    }
}

/// A talk in turns.
struct Turns<'t, 'a> {
    talk: &'t mut Talk<'a>,
    post: Post,
    access: AccessList,
    /// Where else the peer may be that was not met yet.
    others: VecDeque<SocketAddr>,
    /// Where the next message goes: for whoever listens, where the last one came from.
    way: Way,
    /// Whose message was heard last, and the number of that peer.
    met: Option<(SocketAddr, u32)>,
}

/// What came of waiting for a message.
enum Came {
    Message,
    /// Nobody is there; what was sent is to be sent to another address.
    Elsewhere,
    Over(End),
}

impl Turns<'_, '_> {
    fn run(&mut self, mut turn: Party) -> Result<End, StartError> {
        let mut message = Vec::new();
        let mut is_said = false;
        loop {
            if !is_said {
                self.talk.tell(&Event::Turn { of: turn });
            }
            match turn {
                Party::Here => {
                    if !is_said {
                        message = match self.ask_for_message()? {
                            Ok(message) => message,
                            Err(end) => return Ok(end),
                        };
                    }
                    is_said = false;
                    if let Some(end) = self.send(&message) {
                        return Ok(end);
                    }
                }
                Party::Peer => match self.listen()? {
                    Came::Message => {}
                    Came::Elsewhere => is_said = true,
                    Came::Over(end) => return Ok(end),
                },
            }
            turn = other(turn);
        }
    }

    fn tell_connected(&mut self) {
        let (transport, local) = (self.post.sockets[0].transport, self.post.sockets[0].local);
        self.talk.tell(&Event::Connected { transport, local, peer: self.way.to });
    }

    fn is_client(&self) -> bool {
        matches!(self.talk.config.role, Role::Connect(_))
    }

    /// Waits for a line that fits a datagram to be typed.
    fn ask_for_message(&mut self) -> Result<Result<Vec<u8>, End>, StartError> {
        let mut skips = false;
        loop {
            let typed = match ask_for_line(self.talk)? {
                Ok(typed) => typed,
                Err(end) => return Ok(Err(end)),
            };
            let goes_on = typed.ending == Ending::Continues;
            if std::mem::replace(&mut skips, goes_on) {
                continue;
            }
            let message = [&typed.bytes, self.talk.line_end(typed.ending)].concat();
            if goes_on || message.len() > PAYLOAD_BYTES_MAX {
                self.talk.tell(&Event::TooLong { bytes_max: PAYLOAD_BYTES_MAX });
                continue;
            }
            self.talk.told_peers(&typed, 1);
            return Ok(Ok(message));
        }
    }

    /// Sends a message; an end means that there is no use in waiting for an answer.
    fn send(&mut self, message: &[u8]) -> Option<End> {
        let Err(first) = self.post.send(self.way, message) else { return None };
        // The call brought the error of an earlier datagram, perhaps; then this one has not been sent.
        let was_another = !self.post.reports(self.way.socket).is_empty();
        let sent = if was_another { self.post.send(self.way, message) } else { Err(first) };
        let Err(error) = sent else { return None };
        let errno = Errno::from(&error);
        self.talk.tell(&Event::NotSent { address: self.way.to, bytes: message.len(), errno });
        let verdict = Verdict::of_error(&error, Stage::Send);
        verdict.filter(|_| self.is_client()).map(End::Network)
    }

    /// Waits for a message.
    fn listen(&mut self) -> Result<Came, StartError> {
        loop {
            let sockets: Vec<_> = self.post.sockets.iter().map(|bound| bound.socket.as_fd()).collect();
            // Nobody has promised to come to whoever listens.
            let waited = if self.met.is_none() && !self.is_client() {
                wait_until(self.talk, &sockets, Interest::READ, None)?
            } else {
                wait(self.talk, &sockets, Interest::READ)?
            };
            let socket = match waited {
                Waited::Ready(socket) => socket,
                Waited::Over(end) => return Ok(Came::Over(end)),
            };
            match self.post.receive(socket) {
                Ok(Some(letter)) if self.hear(socket, &letter) => return Ok(Came::Message),
                Ok(Some(_)) => {}
                // Ready, and nothing has come: there is something in the error queue.
                Ok(None) | Err(_) => {
                    if let Some(came) = self.learn(socket)? {
                        return Ok(came);
                    }
                }
            }
        }
    }

    /// Hears a message; whether its sender takes part.
    fn hear(&mut self, socket: usize, letter: &Letter) -> bool {
        let bytes = letter.bytes.len() + letter.lost_bytes;
        let is_stray = match self.met {
            _ if self.is_client() => letter.from != self.way.to,
            Some((met, _)) => self.talk.config.has_one_peer() && letter.from != met,
            None => false,
        };
        if is_stray {
            self.talk.tell(&Event::Stray { address: letter.from, bytes });
            return false;
        }
        if let Some(rule) = refusal(&self.access, letter.from) {
            self.talk.refuse(letter.from, rule);
            return false;
        }
        let number = match self.met {
            Some((met, number)) if met == letter.from => number,
            _ => self.talk.welcome(letter.from),
        };
        self.met = Some((letter.from, number));
        self.way = Way { socket, to: letter.from, from: letter.to };
        hear(self.talk, number, letter.from, &letter.bytes, letter.lost_bytes);
        true
    }

    /// Learns from the error queue that nobody is there. That ends the talk for whoever has nobody else to talk with.
    fn learn(&mut self, socket: usize) -> Result<Option<Came>, StartError> {
        let reports: Vec<Report> = self.post.reports(socket);
        let Some(verdict) = reports.first().map(Verdict::of_report) else { return Ok(None) };
        let failed = self.way.to;
        if self.met.is_none()
            && let Some(next) = self.others.pop_front()
        {
            self.talk.tell(&Event::NextAddress { failed, verdict, next });
            self.post.sockets = vec![Post::socket_for(next)?];
            self.way = Way { socket: 0, to: next, from: None };
            self.tell_connected();
            return Ok(Some(Came::Elsewhere));
        }
        if self.is_client() {
            return Ok(Some(Came::Over(End::Network(verdict))));
        }
        self.talk.tell(&Event::Unreachable { address: failed, verdict });
        Ok(None)
    }
}
