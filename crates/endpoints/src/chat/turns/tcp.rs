//! One message each over TCP. Whoever listens has one peer after the other; the next ones wait in the accept queue.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};

use kernel::poll::Interest;
use kernel::{socket, stream};

use super::{Waited, ask_for_line, hear, other, wait, wait_until};
use crate::ask::{Stage, Verdict};
use crate::chat::config::{Listening, Role};
use crate::chat::connect::connect;
use crate::chat::event::{End, Event, LeftReason, Party};
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
        Role::Connect(peers) => match connect(talk, peers)? {
            Err(end) => Ok(end),
            Ok((socket, address)) => {
                Ok(match Conversation::begin(talk, socket, address).run(Party::Here)? {
                    Over::Left(reason) => end_of(reason),
                    Over::Ended(end) => end,
                })
            }
        },
        Role::Listen(listening) => serve(talk, listening),
    }
}

/// Talks with one peer after the other.
fn serve(talk: &mut Talk<'_>, listening: &Listening) -> Result<End, StartError> {
    let (listeners, access) = open(talk, listening)?;
    let sockets: Vec<_> = listeners.iter().map(|listener| listener.socket.as_fd()).collect();
    loop {
        // However long it takes until somebody comes.
        let index = match wait_until(talk, &sockets, Interest::READ, None)? {
            Waited::Ready(index) => index,
            Waited::Over(end) => return Ok(end),
        };
        let (socket, address) = match socket::accept(sockets[index]) {
            Ok(accepted) => accepted,
            Err(error) if is_of_the_connection(&error) => continue,
            Err(error) => return Err(talk.failed("accept", listeners[index].local)(error)),
        };
        if let Some(rule) = refusal(&access, address) {
            // The RST says plainly that it was not let in; if this fails, it sees a FIN.
            let _ = socket::set_abortive_close(&socket);
            talk.refuse(address, rule);
            continue;
        }
        match Conversation::begin(talk, socket, address).run(Party::Peer)? {
            Over::Ended(end) => return Ok(end),
            Over::Left(reason) if listening.once => return Ok(end_of(reason)),
            Over::Left(_) => {}
        }
    }
}

/// Whether an error of `accept()` is about the one connection that was to be taken (`accept(2)`).
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted)
}

/// How a talk ends whose only peer has left.
fn end_of(reason: LeftReason) -> End {
    match reason {
        LeftReason::Reset { errno } => End::Network(Verdict::Reset { during: Stage::Reply, errno }),
        _ => End::PeerLeft,
    }
}

/// A talk with one peer.
struct Conversation<'t, 'a> {
    talk: &'t mut Talk<'a>,
    socket: OwnedFd,
    peer: u32,
    address: SocketAddr,
}

/// Why a conversation goes no further.
enum Over {
    /// The peer has left.
    Left(LeftReason),
    /// The talk ends.
    Ended(End),
}

impl<'t, 'a> Conversation<'t, 'a> {
    fn begin(talk: &'t mut Talk<'a>, socket: OwnedFd, address: SocketAddr) -> Self {
        let peer = talk.welcome(address);
        Self { talk, socket, peer, address }
    }

    /// Talks in turns until one of the two goes.
    fn run(mut self, mut turn: Party) -> Result<Over, StartError> {
        let over = loop {
            self.talk.tell(&Event::Turn { of: turn });
            let over = match turn {
                Party::Here => self.speak()?,
                Party::Peer => self.listen()?,
            };
            if let Some(over) = over {
                break over;
            }
            turn = other(turn);
        };
        let reason = match over {
            Over::Left(reason) => reason,
            Over::Ended(_) => LeftReason::HungUp,
        };
        self.talk.tell(&Event::Left { peer: self.peer, address: self.address, reason });
        Ok(over)
    }

    /// Sends a line that is typed.
    fn speak(&mut self) -> Result<Option<Over>, StartError> {
        loop {
            let typed = match ask_for_line(self.talk)? {
                Ok(typed) => typed,
                Err(end) => return Ok(Some(Over::Ended(end))),
            };
            let message = [&typed.bytes, self.talk.line_end(typed.ending)].concat();
            if message.is_empty() {
                self.talk.tell(&Event::NothingSent);
                continue;
            }
            if let Some(over) = self.send_all(&message)? {
                return Ok(Some(over));
            }
            self.talk.told_peers(&typed, 1);
            if typed.ending != Ending::Continues {
                return Ok(None);
            }
        }
    }

    fn send_all(&mut self, mut rest: &[u8]) -> Result<Option<Over>, StartError> {
        while !rest.is_empty() {
            match stream::send(&self.socket, rest) {
                Ok(taken) => rest = &rest[taken..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Waited::Over(end) = wait(self.talk, &[self.socket.as_fd()], Interest::WRITE)? {
                        return Ok(Some(Over::Ended(end)));
                    }
                }
                Err(error) => return Ok(Some(reset(&error))),
            }
        }
        Ok(None)
    }

    /// Waits for a message: what one `recv()` brings.
    fn listen(&mut self) -> Result<Option<Over>, StartError> {
        let mut buffer = vec![0; self.talk.config.buffer_bytes];
        loop {
            if let Waited::Over(end) = wait(self.talk, &[self.socket.as_fd()], Interest::READ)? {
                return Ok(Some(Over::Ended(end)));
            }
            return Ok(match stream::receive(&self.socket, &mut buffer) {
                Ok(0) => Some(Over::Left(LeftReason::Ended)),
                Ok(bytes) => {
                    hear(self.talk, self.peer, self.address, &buffer[..bytes], 0);
                    // That it cannot be told how much waits is no reason not to go on.
                    let waiting_bytes = stream::waiting_bytes(&self.socket).unwrap_or_default();
                    if bytes == buffer.len() && waiting_bytes > 0 {
                        self.talk.tell(&Event::Cut { bytes, waiting_bytes });
                    }
                    None
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => Some(reset(&error)),
            });
        }
    }
}

fn reset(error: &io::Error) -> Over {
    Over::Left(LeftReason::Reset { errno: Errno::from(error) })
}
