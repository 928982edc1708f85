//! The kernel's answers about sockets: requests and replies of `sock_diag(7)`, as values.
//!
//! One netlink datagram asks for every socket of a protocol and an address family in some states; the replies are
//! buffers of messages, one per socket, closed by a message that says "done". [`Request::encode`] writes the question
//! and [`decode`] reads a buffer of the answer. [`Exact`] asks for one connection. Moving the bytes is somebody else's work.
//!
//! Only TCP and UDP over IPv4 and IPv6 are asked for: `inet_diag`, not `unix_diag` or `packet_diag`.

mod cursor;
mod framing;
mod reply;
mod request;
mod state;

pub use self::cursor::Truncated;
pub use self::framing::FramingError;
pub use self::reply::{DecodeError, Entry, Message, SocketMemory, TimerKind, decode};
pub use self::request::{Exact, Extensions, Family, Protocol, Request};
pub use self::state::{State, StateSet, UdpState};
