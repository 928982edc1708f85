//! What every form of a chat has: whom it tells, where it hears what is typed, and what it counts.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};

use super::config::{Author, ChatConfig, LineEnd};
use super::event::{End, Event, Line, Outcome};
use super::lines::{Ending, Piece};
use super::mailbox::{Asked, Mailbox, Typed};
use super::{TYPED_MAX, Witness};
use crate::echo::RefusalRule;
use crate::listen::StartError;

/// One talk while it goes on.
pub(super) struct Talk<'a> {
    pub(super) config: &'a ChatConfig,
    mailbox: Mailbox,
    witness: &'a mut dyn Witness,
    peers: u32,
    said: u64,
    heard: u64,
    not_sent: u64,
}

impl<'a> Talk<'a> {
    pub(super) fn new(config: &'a ChatConfig, mailbox: Mailbox, witness: &'a mut dyn Witness) -> Self {
        Self { config, mailbox, witness, peers: 0, said: 0, heard: 0, not_sent: 0 }
    }

    pub(super) fn tell(&mut self, event: &Event<'_>) {
        match event {
            Event::NotSent { .. } | Event::TooLong { .. } => self.not_sent += 1,
            _ => {}
        }
        self.witness.tell(event);
    }

    /// Tells that somebody has come, and gives the number of that peer.
    pub(super) fn welcome(&mut self, address: SocketAddr) -> u32 {
        self.peers = self.peers.saturating_add(1);
        let peer = self.peers;
        self.tell(&Event::Came { peer, address });
        peer
    }

    /// Tells what a peer said.
    pub(super) fn hear(&mut self, heard: &Heard<'_>) {
        let &Heard { peer, address, piece, lost_bytes, relayed } = heard;
        self.heard += u64::from(!piece.continued);
        let (line, ending, continued) = (Line(piece.line), piece.ending, piece.continued);
        self.tell(&Event::Heard { peer, address, line, ending, continued, lost_bytes, relayed });
    }

    /// Tells what was said here.
    pub(super) fn told_peers(&mut self, typed: &Typed, peers: usize) {
        self.said += u64::from(typed.ending != Ending::Continues);
        self.tell(&Event::Said { line: Line(&typed.bytes), peers });
    }

    /// Tells that somebody was not let in.
    pub(super) fn refuse(&mut self, peer: SocketAddr, rule: RefusalRule) {
        let transport = self.config.transport;
        self.tell(&Event::Refused { transport, peer, rule });
    }

    /// Waits no longer for what has been typed and asked; look at it after this.
    pub(super) fn clear_the_mailbox(&self) {
        self.mailbox.clear();
    }

    /// Wants lines to be typed at any time, and gives what else was asked.
    pub(super) fn want_lines(&self) -> Asked {
        match self.config.author {
            Author::Person => self.mailbox.want_any(),
            Author::Program => self.mailbox.want(TYPED_MAX),
        }
        self.mailbox.asked()
    }

    /// Wants one line: it is this side's turn.
    pub(super) fn want_a_line(&self) {
        self.mailbox.want(1);
    }

    pub(super) fn take_typed(&self) -> Option<Typed> {
        self.mailbox.take()
    }

    pub(super) fn asked(&self) -> Asked {
        self.mailbox.asked()
    }

    /// What becomes ready when there is something typed or asked.
    pub(super) fn mailbox(&self) -> BorrowedFd<'_> {
        self.mailbox.as_fd()
    }

    pub(super) fn is_by_a_person(&self) -> bool {
        self.config.author == Author::Person
    }

    pub(super) fn has_heard(&self) -> bool {
        self.heard > 0
    }

    pub(super) fn has_said(&self) -> bool {
        self.said > 0
    }

    /// The end of the lines of this talk, at the end of what was typed.
    pub(super) fn line_end(&self, ending: Ending) -> &'static [u8] {
        match ending {
            Ending::Lf | Ending::CrLf => self.config.line_end.bytes(),
            Ending::None | Ending::Continues => LineEnd::None.bytes(),
        }
    }

    /// What a peer said, as it goes to the others: with its address before it.
    pub(super) fn relayed(&self, who: SocketAddr, line: &[u8]) -> Vec<u8> {
        [who.to_string().as_bytes(), b": ", line, self.relay_end()].concat()
    }

    /// The end of a line that is passed on. It always has one: what different people say must not run together.
    pub(super) fn relay_end(&self) -> &'static [u8] {
        match self.config.line_end {
            LineEnd::None | LineEnd::Lf => LineEnd::Lf.bytes(),
            LineEnd::CrLf => LineEnd::CrLf.bytes(),
        }
    }

    /// Tells the outcome and gives it back. Nothing more is wanted to be typed.
    pub(super) fn end(mut self, end: End) -> Outcome {
        let Self { config, peers, said, heard, not_sent, .. } = self;
        let peers = u64::from(peers);
        let outcome = Outcome { transport: config.transport, end, peers, said, heard, not_sent };
        self.tell(&Event::Summary(outcome.clone()));
        outcome
    }

    /// Makes what turns an error of a call on an address into an error of this side.
    pub(super) fn failed(
        &self,
        call: &'static str,
        address: SocketAddr,
    ) -> impl FnOnce(io::Error) -> StartError + use<> {
        let transport = self.config.transport;
        move |source| StartError::Socket { call, transport, address, source }
    }
}

/// What a peer said.
pub(super) struct Heard<'a> {
    pub(super) peer: u32,
    pub(super) address: SocketAddr,
    pub(super) piece: Piece<'a>,
    pub(super) lost_bytes: usize,
    pub(super) relayed: usize,
}
