//! A connection to a server that echoes messages, in the framing of its choice.

use std::time::Duration;

use crate::check::manifest::Framing;
use crate::check::trial::{StreamEnd, TcpPeer, Trial};
use crate::check::{Problem, Reason};

use super::super::shared::tcp::otherwise;
use super::differs;

/// How much a program takes at once of which nobody sees it.
const BUFFER: usize = 1024;

/// How many looks are taken at what the program waits in, and how much time passes before each.
const LOOKS: usize = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Nobody takes a pause for the end that is shorter than this.
const SHORT_PAUSE: Duration = Duration::from_millis(100);

/// A connection, made anew whenever the server has ended it.
pub(super) struct Line<'t> {
    trial: &'t Trial,
    framing: Framing,
    /// Whether the reply has the frame of the message, or is the message alone.
    is_framed: bool,
    buffer: usize,
    peer: Option<TcpPeer>,
}

impl<'t> Line<'t> {
    /// Connects; looks at how much the program receives at once, and in which form it answers.
    pub(super) fn open(trial: &'t Trial) -> Result<Self, Problem> {
        let peer = trial.tcp()?;
        let buffer = room(trial)?;
        let framing = match &trial.manifest().protocol.framing {
            Some(framing) => framing.clone(),
            None => return Self::find(trial, peer, buffer),
        };
        let mut line = Self { trial, framing, is_framed: true, buffer, peer: Some(peer) };
        line.learn()?;
        Ok(line)
    }

    /// Tries the usual framings, each with a server that has heard nothing before.
    fn find(trial: &'t Trial, first: TcpPeer, buffer: usize) -> Result<Self, Problem> {
        first.close()?;
        let mut last = differs(b"", b"");
        for framing in Framing::usual() {
            trial.restart()?;
            let mut line = Self { trial, framing, is_framed: true, buffer, peer: None };
            match line.learn() {
                Ok(()) => return Ok(line),
                Err(Problem::Failed(failure)) => last = Problem::Failed(failure),
                Err(other) => return Err(other),
            }
        }
        Err(last)
    }

    /// Exchanges a message, to see in which form it comes back.
    fn learn(&mut self) -> Result<(), Problem> {
        let message = self.trial.nonce(self.fitting(11));
        let Some(framed) = self.framed(&message) else { return Ok(()) };
        let peer = self.connected()?;
        peer.send(&framed)?;
        if self.framing == Framing::Eof {
            peer.half_close()?;
        }
        self.trial.settle()?;
        let (came, _) = peer.look()?;
        self.is_framed = came != message || framed == message;
        let is_right = came == framed || came == message;
        self.keep(peer)?;
        // A server that takes less than this message at once is judged by its lengths.
        if is_right || self.buffer <= message.len() { Ok(()) } else { Err(differs(&framed, &came)) }
    }

    /// How much the program receives at once.
    pub(super) fn buffer(&self) -> usize {
        self.buffer
    }

    /// How messages are told apart.
    pub(super) fn framing(&self) -> &Framing {
        &self.framing
    }

    /// The bytes that carry a message; `None` if the framing cannot carry it.
    pub(super) fn framed(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.framing.frame(message)
    }

    /// Sends a message, and sees that it comes back.
    pub(super) fn echoes(&mut self, message: &[u8]) -> Result<(), Problem> {
        let Some(framed) = self.framed(message) else { return Ok(()) };
        let peer = self.connected()?;
        peer.send(&framed)?;
        self.comes_back(peer, message, &framed)
    }

    /// The same, in pieces.
    pub(super) fn echoes_slowly(
        mut self,
        message: &[u8],
        sizes: &[usize],
        pause: Duration,
    ) -> Result<(), Problem> {
        let length = self.fitting(message.len());
        let message = &message[..length.min(message.len())];
        let Some(framed) = self.framed(message) else { return Ok(()) };
        let peer = self.connected()?;
        let (longest, sent) = peer.send_slowly(&framed, sizes, pause);
        match sent.and_then(|()| self.comes_back(peer, message, &framed)) {
            // Who takes a long pause for the end is judged by one that was meant to be long.
            Err(Problem::Failed(_)) if pause < SHORT_PAUSE && longest > SHORT_PAUSE => {
                Err(Reason::Overloaded.into())
            }
            other => other,
        }
    }

    /// Sends several messages at once, and sees that all come back.
    pub(super) fn echoes_together(mut self, messages: &[Vec<u8>]) -> Result<(), Problem> {
        let framed: Vec<_> = messages.iter().filter_map(|message| self.framed(message)).collect();
        let (framed, plain) = (framed.concat(), messages.concat());
        let peer = self.connected()?;
        peer.send(&framed)?;
        self.comes_back(peer, &plain, &framed)
    }

    /// Sends a message of which the buffers between us have no room for all, and reads what comes back meanwhile; or, with room for so
    /// little, only when no more can be sent.
    pub(super) fn echoes_much(self, message: &[u8], receive_bytes: Option<usize>) -> Result<(), Problem> {
        let Some(framed) = self.framed(message) else { return Ok(()) };
        if let Some(peer) = self.peer {
            peer.close()?;
        }
        let expected = if self.is_framed { &framed } else { message };
        let peer = self.trial.tcp_with(None, receive_bytes)?;
        let mut came = Vec::new();
        let mut sent = 0;
        while sent < framed.len() {
            let now = peer.send_some(&framed[sent..])?;
            sent += now;
            if now > 0 {
                continue;
            }
            let (some, end) = peer.look()?;
            came.extend_from_slice(&some);
            // Nobody takes what was sent, and nobody answers: that is the end of it.
            if some.is_empty() {
                return Err(otherwise(expected, &came, end));
            }
        }
        if self.framing == Framing::Eof {
            peer.half_close()?;
        }
        self.trial.settle()?;
        let (rest, end) = peer.receive(expected.len().saturating_sub(came.len()))?;
        came.extend(rest);
        if came == *expected { Ok(()) } else { Err(otherwise(expected, &came, end)) }
    }

    /// Ends the connection.
    pub(super) fn close(&mut self) -> Result<(), Problem> {
        match self.peer.take() {
            Some(peer) => peer.close(),
            None => Ok(()),
        }
    }

    fn comes_back(&mut self, peer: TcpPeer, message: &[u8], framed: &[u8]) -> Result<(), Problem> {
        if self.framing == Framing::Eof {
            peer.half_close()?;
        }
        let expected = if self.is_framed { framed } else { message };
        let (came, end) = peer.receive(expected.len())?;
        if came != expected {
            return Err(otherwise(expected, &came, end));
        }
        self.keep(peer)
    }

    /// A connection that is open still serves for the next message.
    fn keep(&mut self, peer: TcpPeer) -> Result<(), Problem> {
        self.trial.settle()?;
        let (_, end) = peer.look()?;
        if self.framing == Framing::Eof || matches!(end, StreamEnd::Closed | StreamEnd::Reset) {
            return peer.close();
        }
        self.peer = Some(peer);
        Ok(())
    }

    fn connected(&mut self) -> Result<TcpPeer, Problem> {
        self.peer.take().map_or_else(|| self.trial.tcp(), Ok)
    }

    /// A length that the framing can carry.
    fn fitting(&self, bytes: usize) -> usize {
        match self.framing {
            Framing::Fixed(fixed) => usize::try_from(fixed).unwrap_or(bytes),
            _ => bytes,
        }
    }
}

/// How much the program gives room for in the call that it waits in for its client. Some wait in another one first; no wait for
/// their rest, since they may close when nothing comes for a while.
fn room(trial: &Trial) -> Result<usize, Problem> {
    let mut waits = None;
    for _ in 0..LOOKS {
        trial.pause(BETWEEN_LOOKS)?;
        waits = trial.blocked_in()?.filter(|blocked| !blocked.call.starts_with("accept"));
        if waits.is_some() {
            break;
        }
    }
    let waits = waits.filter(|blocked| ["recvfrom", "read"].contains(&blocked.call.as_str()));
    let room = waits.and_then(|blocked| usize::try_from(blocked.values[2]).ok());
    Ok(room.filter(|bytes| (1..=BUFFER * BUFFER).contains(bytes)).unwrap_or(BUFFER))
}
