//! One message each, as with the practical's `input()` and `recv()`: whoever waits for the other side reads nothing that is
//! typed, and whoever types hears nothing.
//!
//! A message is what one `recv()` brings: over TCP perhaps a part of what was sent, or several messages at once. Both are
//! told. Whoever listens answers what came first.

mod tcp;
mod udp;

use std::os::fd::BorrowedFd;
use std::time::Instant;

use kernel::poll::{self, Interest};

use super::event::{End, Event, Party};
use super::lines::of_datagram;
use super::mailbox::{Asked, Typed};
use super::talk::{Heard, Talk};
use crate::ask::{Stage, Verdict};
use crate::listen::StartError;
use crate::transport::Transport;

/// Talks until the talk is over.
///
/// # Errors
/// [`StartError`]: what is wrong on this side.
pub(super) fn talk(talk: &mut Talk<'_>) -> Result<End, StartError> {
    match talk.config.transport {
        Transport::Tcp => tcp::talk(talk),
        Transport::Udp => udp::talk(talk),
    }
}

/// How a wait ended.
enum Waited {
    /// The socket at this place is ready.
    Ready(usize),
    /// The talk is over.
    Over(End),
}

/// Waits for one of the sockets, for as long as a message may take.
fn wait(talk: &Talk<'_>, sockets: &[BorrowedFd<'_>], interest: Interest) -> Result<Waited, StartError> {
    let deadline = talk.config.reply_timeout.map(|timeout| Instant::now() + timeout);
    wait_until(talk, sockets, interest, deadline)
}

/// Waits for one of the sockets until a time that is given, and for ever without one.
fn wait_until(
    talk: &Talk<'_>,
    sockets: &[BorrowedFd<'_>],
    interest: Interest,
    deadline: Option<Instant>,
) -> Result<Waited, StartError> {
    let mut waits: Vec<_> = sockets.iter().map(|&socket| (socket, interest)).collect();
    waits.push((talk.mailbox(), Interest::READ));
    loop {
        talk.clear_the_mailbox();
        let asked = talk.asked();
        if asked >= Asked::Quit {
            return Ok(Waited::Over(asked.end()));
        }
        let ready = poll::wait_any(&waits, deadline).map_err(StartError::system("poll"))?;
        match ready.iter().position(|ready| ready.any()) {
            Some(index) if index < sockets.len() => return Ok(Waited::Ready(index)),
            Some(_) => {}
            None => return Ok(Waited::Over(End::Network(Verdict::Silent { waiting_for: Stage::Reply }))),
        }
    }
}

/// Waits for a line to be typed: only now is anything read that is.
fn ask_for_line(talk: &Talk<'_>) -> Result<Result<Typed, End>, StartError> {
    talk.want_a_line();
    loop {
        talk.clear_the_mailbox();
        let asked = talk.asked();
        if asked == Asked::Stop {
            return Ok(Err(asked.end()));
        }
        if let Some(typed) = talk.take_typed() {
            return Ok(Ok(typed));
        }
        if asked != Asked::Nothing {
            return Ok(Err(asked.end()));
        }
        poll::wait(talk.mailbox(), Interest::READ, None).map_err(StartError::system("poll"))?;
    }
}

/// Tells what one `recv()` has brought from a peer.
fn hear(talk: &mut Talk<'_>, peer: u32, address: std::net::SocketAddr, message: &[u8], lost_bytes: usize) {
    let mut lines = 0;
    of_datagram(message, lost_bytes, |piece, lost_bytes| {
        lines += 1;
        talk.hear(&Heard { peer, address, piece, lost_bytes, relayed: 0 });
    });
    if lines > 1 {
        talk.tell(&Event::Joined { lines });
    }
}

/// Whose turn comes next.
fn other(party: Party) -> Party {
    match party {
        Party::Here => Party::Peer,
        Party::Peer => Party::Here,
    }
}
