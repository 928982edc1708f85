//! A chat of raw lines: netcat, a student's program or the practical's echo server may be the other side.
//!
//! Nothing but what people say goes over the wire: no frame, no name, no greeting. So who came and who left is told here
//! and nowhere else, and in a talk of two a line goes as it was typed. A chat that listens has several peers at once; what
//! one says goes to the others with its address before it.
//!
//! [`chat()`] talks on one thread until the talk is over, and tells a [`Witness`] what happens; what is typed comes through a
//! [`mailbox()`], from another thread. A witness that takes its time holds the talk, and so, over TCP, those who speak.
//!
//! Where to look: [`config`] what can be set; `streams` talking both ways over TCP, `datagrams` over UDP; `turns` one message
//! each; `lines` how lines come out of a stream; `queue` and `pace` what keeps one peer from hindering the others.

pub mod config;
mod connect;
mod datagrams;
mod event;
mod lines;
mod mailbox;
mod open;
mod pace;
mod queue;
mod streams;
mod talk;
mod turns;

pub use config::{Author, ChatConfig, LINE_BYTES_MAX, LineEnd, Listening, PEERS_MAX, Role};
pub use event::{End, Event, LeftReason, Line, Outcome, Party};
pub use lines::Ending;
pub use mailbox::{Mailbox, TYPED_BYTES_MAX, TYPED_MAX, Typist, mailbox};

use self::talk::Talk;
use crate::listen::StartError;
use crate::transport::Transport;

/// Whoever is told what happens, as it happens.
pub trait Witness {
    /// Takes an event.
    fn tell(&mut self, event: &Event<'_>);
}

/// Talks until the talk is over. The last event is [`Event::Summary`].
///
/// # Errors
/// [`StartError`]: what is wrong on this side: an address that cannot be had (`EADDRINUSE`), a rule file that cannot be
/// read, no descriptor left. What the network says is no error: the talk ends by it.
pub fn chat(config: &ChatConfig, mailbox: Mailbox, witness: &mut dyn Witness) -> Result<Outcome, StartError> {
    let mut talk = Talk::new(config, mailbox, witness);
    let end = match (config.turns, config.transport) {
        (true, _) => turns::talk(&mut talk)?,
        (false, Transport::Tcp) => streams::talk(&mut talk)?,
        (false, Transport::Udp) => datagrams::talk(&mut talk)?,
    };
    Ok(talk.end(end))
}
