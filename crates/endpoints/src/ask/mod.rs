//! The client's side: send, wait, and say what came of it.
//!
//! [`ask`] makes one exchange and ends with a [`Verdict`], whatever happens on the network; [`AskError`] is kept for what
//! is wrong on this side. Everything it sees on the way goes to a [`Witness`]. Over UDP it learns of refusals from the
//! socket's error queue, without connecting the socket.

pub mod config;
mod event;
mod exchange;
mod tcp;
mod udp;
mod verdict;

use kernel::wake::Wake;

pub use config::{AskConfig, DATAGRAMS_MAX, Hold, MESSAGE_BYTES_MAX};
pub use event::{AskError, Event, Outcome};
pub use verdict::{Cut, Refusal, Stage, Verdict};

use self::exchange::Exchange;
use crate::transport::Transport;

/// Whoever is told what happens, as it happens.
pub trait Witness {
    /// Takes an event.
    fn tell(&mut self, event: &Event<'_>);
}

/// Makes one exchange: with the first address that does not refuse it, or else with the last one.
///
/// `stop` ends any wait, and with it the exchange; it may serve several exchanges at once.
///
/// # Errors
/// [`AskError`]: no address, a local address that cannot be had, no descriptor left, a message larger than a datagram.
pub fn ask(config: &AskConfig, stop: &Wake, witness: &mut dyn Witness) -> Result<Outcome, AskError> {
    let mut exchange = Exchange::new(config, stop, witness);
    let (last, others) = config.peers.split_last().ok_or(AskError::NoAddress)?;
    for (index, &peer) in others.iter().enumerate() {
        let outcome = exchange.attempt(peer, once)?;
        if !outcome.verdict.invites_next_address(peer) {
            return Ok(exchange.end(outcome));
        }
        let next = config.peers[index + 1];
        exchange.tell(&Event::NextAddress { failed: peer, verdict: outcome.verdict, next });
    }
    let outcome = exchange.attempt(*last, once)?;
    Ok(exchange.end(outcome))
}

/// One exchange with one address.
fn once(exchange: &mut Exchange<'_>) -> Result<Verdict, AskError> {
    match exchange.config.transport {
        Transport::Udp => udp::exchange(exchange),
        Transport::Tcp => tcp::exchange(exchange),
    }
}
