//! What a chat shall do, all decided.

use std::net::SocketAddr;
use std::time::Duration;

use crate::access::AccessSources;
use crate::listen::ListenAddress;
use crate::transport::Transport;

/// How much of a line is told in one piece; a longer one comes in several.
pub const LINE_BYTES_MAX: usize = 65_536;
/// How many peers a chat that listens has at once.
pub const PEERS_MAX: usize = 64;
/// How much waits for a peer that does not read, over TCP.
pub const QUEUE_BYTES_MAX: usize = 1_048_576;
/// How long a chat that ends waits for its peers to take what they were sent and to end their side.
pub const LINGER_MAX: Duration = Duration::from_secs(1);
/// How long the handshake may take, and how long the last replies are waited for over UDP, unless told otherwise.
pub const REPLY_TIMEOUT: Duration = Duration::from_secs(2);
/// After how long a peer that says nothing has left, over UDP, unless told otherwise.
pub const DATAGRAM_IDLE_TIMEOUT: Duration = Duration::from_secs(600);
/// What one `recv()` asks for, unless told otherwise: the largest datagram fits.
pub const BUFFER_BYTES: usize = 65_535;

/// How much waits for some peer before no more typed lines are taken.
pub(super) const HOLD_BYTES: usize = 64 << 10;
/// A peer that has taken nothing for so long is not waited for, when there are others.
pub(super) const STALL: Duration = Duration::from_secs(2);
/// When nothing more has come for so long, what has come of a line is told without its end.
pub(super) const PARTIAL_LINE_WAIT: Duration = Duration::from_millis(200);

/// Settings of a chat.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// What it speaks.
    pub transport: Transport,
    /// On which side.
    pub role: Role,
    /// Whether the parties alternate: one message each, as with the practical's `input()`.
    pub turns: bool,
    /// Who writes what is said here.
    pub author: Author,
    /// What stands at the end of each line that is said.
    pub line_end: LineEnd,
    /// What this party is called when its line goes to several peers.
    pub name: Option<String>,
    /// How much one `recv()` asks for; a longer datagram is cut.
    pub buffer_bytes: usize,
    /// After how long a peer that says nothing has left; `None` is never, or [`DATAGRAM_IDLE_TIMEOUT`] over UDP.
    pub idle_timeout: Option<Duration>,
    /// How long the answer to the handshake and the last replies over UDP are waited for; `None` is [`REPLY_TIMEOUT`].
    /// When the parties alternate it limits each wait for a message, and `None` waits for ever.
    pub reply_timeout: Option<Duration>,
}

/// On which side of a chat this is.
#[derive(Debug, Clone)]
pub enum Role {
    /// It begins: with the first of these addresses that does not refuse it.
    Connect(Vec<SocketAddr>),
    /// It waits for peers.
    Listen(Listening),
}

/// Settings of a chat that listens.
#[derive(Debug, Clone, Default)]
pub struct Listening {
    /// Where; all ports 0 become one and the same port.
    pub addresses: Vec<ListenAddress>,
    /// Who may come.
    pub access: AccessSources,
    /// Whether it is over when the first peer has left; nobody else is let in.
    pub once: bool,
    /// Whether what one peer says goes to the others.
    pub relay: bool,
}

/// Who writes what is said on this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Somebody at a terminal: a peer that ends its stream ends the talk at once, and what is said to nobody is gone.
    Person,
    /// A pipe or a file: it waits until somebody comes, and is sent to its end before the talk ends.
    Program,
}

/// What stands at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A line feed.
    #[default]
    Lf,
    /// A carriage return and a line feed.
    CrLf,
    /// Nothing, as when a program sends what `input()` gave it.
    None,
}

impl LineEnd {
    /// The bytes.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::None => b"",
        }
    }
}

impl ChatConfig {
    /// The defaults for a person who talks to one of these addresses.
    pub fn connect(transport: Transport, peers: Vec<SocketAddr>) -> Self {
        Self {
            transport,
            role: Role::Connect(peers),
            turns: false,
            author: Author::Person,
            line_end: LineEnd::Lf,
            name: None,
            buffer_bytes: BUFFER_BYTES,
            idle_timeout: None,
            reply_timeout: None,
        }
    }

    /// The defaults for a person who waits for peers at these addresses.
    pub fn listen(transport: Transport, addresses: Vec<ListenAddress>) -> Self {
        let listening = Listening { addresses, relay: true, ..Listening::default() };
        Self { role: Role::Listen(listening), ..Self::connect(transport, Vec::new()) }
    }

    /// Whether there is only ever one peer, with whom the talk ends.
    pub(super) fn has_one_peer(&self) -> bool {
        match &self.role {
            Role::Connect(_) => true,
            Role::Listen(listening) => listening.once,
        }
    }

    /// Whether what one peer says goes to the others.
    pub(super) fn relays(&self) -> bool {
        matches!(&self.role, Role::Listen(listening) if listening.relay && !listening.once)
    }

    pub(super) fn reply_timeout(&self) -> Duration {
        self.reply_timeout.unwrap_or(REPLY_TIMEOUT)
    }

    /// After how long a silent peer has left, if ever.
    pub(super) fn idle_timeout(&self) -> Option<Duration> {
        match (self.transport, &self.role) {
            (Transport::Udp, Role::Listen(_)) => Some(self.idle_timeout.unwrap_or(DATAGRAM_IDLE_TIMEOUT)),
            _ => self.idle_timeout,
        }
    }
}
