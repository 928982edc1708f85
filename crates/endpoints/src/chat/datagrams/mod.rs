//! Talking both ways over UDP: each line is a datagram, and each address that sends one is a peer.
//!
//! No socket is connected: what ICMP says comes through the error queue, with whom it is about.

mod client;
mod post;
mod room;

use kernel::datagram::PAYLOAD_BYTES_MAX;

use self::client::Client;
pub(super) use self::post::{Letter, Post, Way};
use self::room::Room;
use super::config::Role;
use super::event::{End, Event};
use super::lines::Ending;
use super::mailbox::Typed;
use super::talk::Talk;
use crate::listen::StartError;

/// How many datagrams are taken from a socket before everything else is looked at.
const DATAGRAMS_AT_ONCE_MAX: usize = 64;
/// How often a datagram is sent when the call brings the error of an earlier one.
const SEND_TRIES_MAX: usize = 4;

/// Talks until the talk is over.
///
/// # Errors
/// [`StartError`]: what is wrong on this side.
pub(super) fn talk(talk: &mut Talk<'_>) -> Result<End, StartError> {
    let config = talk.config;
    match &config.role {
        Role::Connect(peers) => Client::new(talk, peers)?.run(),
        Role::Listen(listening) => Room::new(talk, listening)?.run(),
    }
}

/// Makes datagrams of what is typed, a line each. Never several of one line: whoever reads them could not tell.
#[derive(Debug, Default)]
struct Letters {
    /// Whether what is typed belongs to a line that was too long.
    skips: bool,
}

impl Letters {
    /// Makes a datagram of a line with `who` says it before it; `None` when it is too long for one, which is told.
    fn write(&mut self, talk: &mut Talk<'_>, who: &[u8], typed: &Typed) -> Option<Vec<u8>> {
        let goes_on = typed.ending == Ending::Continues;
        if std::mem::replace(&mut self.skips, goes_on) {
            return None;
        }
        let letter = [who, &typed.bytes, talk.line_end(typed.ending)].concat();
        if goes_on || letter.len() > PAYLOAD_BYTES_MAX {
            talk.tell(&Event::TooLong { bytes_max: PAYLOAD_BYTES_MAX });
            return None;
        }
        Some(letter)
    }
}
