//! What a client shall ask, and how, all decided.

use std::net::SocketAddr;
use std::time::Duration;

use crate::practical;
use crate::shaping::Pauses;
use crate::transport::Transport;

/// How long each wait lasts unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(2);
/// The largest message that is taken.
pub const MESSAGE_BYTES_MAX: usize = 1 << 30;
/// The most pieces that a message is sent in over UDP.
pub const DATAGRAMS_MAX: usize = 65_536;
/// What is asked of each `recv()` otherwise: the largest datagram fits.
const BUFFER_BYTES: usize = 65_535;

/// Settings of one exchange.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is set or not, whatever the others are"
)]
pub struct AskConfig {
    /// Over which transport.
    pub transport: Transport,
    /// Whom, in the order in which they are tried.
    pub peers: Vec<SocketAddr>,
    /// What is sent.
    pub message: Vec<u8>,
    /// How long each wait lasts: for the handshake, for room to send, for the reply. `None` waits for ever.
    pub timeout: Option<Duration>,
    /// How often a datagram is sent when no reply comes.
    pub tries: u32,
    /// Connects the UDP socket, as the practical's client does not; refusals then come without their ICMP message.
    pub connect: bool,
    /// How much is given to each `send()`; over UDP each piece is a datagram.
    pub send_bytes: Option<usize>,
    /// How much is asked of each `recv()`.
    pub recv_bytes: Option<usize>,
    /// The receive buffer, where `recv_bytes` does not say.
    pub buffer_bytes: Option<usize>,
    /// Makes one `send()` and one `recv()`, however much of the message they move.
    pub no_loop: bool,
    /// Ends the stream after the message (`shutdown(2)`), so that the peer sees where it ends.
    pub shut_write: bool,
    /// How long the socket stays open after the reply; the stream is not ended before that.
    pub hold: Option<Hold>,
    /// The local address; port 0 leaves the port to the kernel.
    pub source: Option<SocketAddr>,
    /// `SO_SNDBUF`.
    pub sndbuf_bytes: Option<usize>,
    /// `SO_RCVBUF`.
    pub rcvbuf_bytes: Option<usize>,
    /// Pauses before and after calls.
    pub pauses: Pauses,
    /// Behaves as the practical's script: one `recv()`, no half-close, deaf to ICMP.
    pub as_taught: bool,
}

/// How long a socket stays open after the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// So long.
    For(Duration),
    /// Until the client is told to stop.
    UntilStopped,
}

impl AskConfig {
    /// The defaults: the practical's message, two seconds for each wait.
    pub fn new(transport: Transport, peers: Vec<SocketAddr>) -> Self {
        let message = match transport {
            Transport::Udp => practical::UDP_MESSAGE,
            Transport::Tcp => practical::TCP_MESSAGE,
        };
        Self {
            transport,
            peers,
            message: message.into(),
            timeout: Some(TIMEOUT),
            tries: 1,
            connect: false,
            send_bytes: None,
            recv_bytes: None,
            buffer_bytes: None,
            no_loop: false,
            shut_write: true,
            hold: None,
            source: None,
            sndbuf_bytes: None,
            rcvbuf_bytes: None,
            pauses: Pauses::default(),
            as_taught: false,
        }
    }

    /// How much one `recv()` asks for.
    pub(super) fn recv_bytes(&self) -> usize {
        let default = if self.as_taught { practical::BUFFER_BYTES } else { BUFFER_BYTES };
        self.recv_bytes.or(self.buffer_bytes).unwrap_or(default)
    }

    /// How much one `send()` offers at the most.
    pub(super) fn send_bytes(&self) -> usize {
        self.send_bytes.unwrap_or(usize::MAX)
    }
}
