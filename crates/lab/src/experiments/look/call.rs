//! Calls.

use std::net::SocketAddr;
use std::time::Duration;

use scope::model::{Args, Call, Message, Outcome, Pid, SocketId, Time};
use scope::timeline::{Blocked, CallEntry, EntryKind};
use wire::names::{MessageFlags, SocketOption};

use super::At;

/// A call that a program made.
#[derive(Clone, Copy, Debug)]
pub struct Did<'r> {
    pub(super) at: At<'r>,
    entry: &'r CallEntry,
}

impl<'r> Did<'r> {
    pub(super) fn of(at: At<'r>) -> Option<Self> {
        match &at.entry.kind {
            EntryKind::Call(entry) => Some(Self { at, entry }),
            _ => None,
        }
    }

    /// The call itself.
    pub fn raw(&self) -> &'r Call {
        &self.entry.call
    }

    /// Its name: `recvfrom`.
    pub fn name(&self) -> &'static str {
        self.raw().call.name()
    }

    /// Whether it is the call `name`.
    pub fn is(&self, name: &str) -> bool {
        self.name() == name
    }

    /// The process that made it.
    pub fn pid(&self) -> Pid {
        self.raw().pid
    }

    /// When it began.
    pub fn began(&self) -> Time {
        self.at.entry.time
    }

    /// When it returned; `None` if it had not when the recording ended.
    pub fn until(&self) -> Option<Time> {
        self.raw().until.filter(|_| self.has_returned())
    }

    /// How long it took; `None` if it had not returned.
    pub fn took(&self) -> Option<Duration> {
        Some(self.until()?.since(self.began()))
    }

    /// How long the program stood still in it, if it did: to the end of the recording, if it did not return.
    pub fn blocked(&self) -> Option<Duration> {
        match self.entry.blocked {
            Blocked::No => None,
            Blocked::For(time) | Blocked::Still(time) => Some(time),
        }
    }

    /// Whether it returned at all, with a success or with an error.
    pub fn has_returned(&self) -> bool {
        matches!(self.raw().outcome, Some(Outcome::Returned(_) | Outcome::Failed(_)))
    }

    /// What it returned; `None` if it failed or did not return.
    pub fn returned(&self) -> Option<i64> {
        match self.raw().outcome {
            Some(Outcome::Returned(value)) => Some(value),
            _ => None,
        }
    }

    /// The error number that it failed with.
    pub fn errno(&self) -> Option<i32> {
        match self.raw().outcome {
            Some(Outcome::Failed(errno)) => Some(errno),
            _ => None,
        }
    }

    /// Whether it succeeded.
    pub fn succeeded(&self) -> bool {
        self.returned().is_some()
    }

    /// Whether it sends.
    pub fn is_send(&self) -> bool {
        matches!(self.raw().args, Args::Send { .. })
    }

    /// Whether it receives what a peer sent: errors are not asked for.
    pub fn is_receive(&self) -> bool {
        matches!(self.raw().args, Args::Receive { flags, .. } if !flags.intersects(MessageFlags::ERRQUEUE))
    }

    /// Whether it asks for reports of errors (`MSG_ERRQUEUE`).
    pub fn asks_for_errors(&self) -> bool {
        matches!(self.raw().args, Args::Receive { flags, .. } if flags.contains(MessageFlags::ERRQUEUE))
    }

    /// The messages that it sent or received.
    pub fn messages(&self) -> &'r [Message] {
        match &self.raw().args {
            Args::Send { messages, .. } | Args::Receive { messages, .. } => messages,
            _ => &[],
        }
    }

    /// How many bytes it offered, or had room for.
    pub fn asked_bytes(&self) -> u64 {
        self.messages().iter().map(|message| message.data.asked_bytes).sum()
    }

    /// How many bytes it moved; 0 if it failed.
    pub fn moved_bytes(&self) -> u64 {
        self.messages().iter().filter_map(|message| message.data.moved_bytes).sum()
    }

    /// The first of its bytes, as far as they were kept.
    pub fn bytes(&self) -> &'r [u8] {
        self.messages().first().map_or(&[], |message| &message.data.bytes.0)
    }

    /// The flags that came back with the message: `MSG_TRUNC`, `MSG_ERRQUEUE`. Only `recvmsg(2)` has them.
    pub fn message_flags(&self) -> Option<MessageFlags> {
        self.messages().first()?.flags
    }

    /// The address that it names or was told.
    pub fn address(&self) -> Option<SocketAddr> {
        let address = match &self.raw().args {
            Args::Address { address } | Args::Accept { address, .. } => address.as_ref(),
            Args::Send { messages, .. } | Args::Receive { messages, .. } => {
                messages.first().and_then(|message| message.address.as_ref())
            }
            _ => None,
        };
        address.and_then(scope::model::Address::inet)
    }

    /// The value that it set or got of an option.
    pub fn option(&self, wanted: SocketOption) -> Option<i32> {
        match self.raw().args {
            Args::Option { option, value } if option == wanted => value,
            _ => None,
        }
    }

    /// The socket that it is about.
    pub fn socket(&self) -> Option<SocketId> {
        self.raw().on.and_then(|on| on.socket)
    }

    /// The connection that it accepted.
    pub fn accepted(&self) -> Option<SocketId> {
        match self.raw().args {
            Args::Accept { accepted, .. } => accepted,
            _ => None,
        }
    }
}
