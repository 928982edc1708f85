//! What a call did, in the terms of the rules.

use std::time::Duration;

use wire::errno;
use wire::names::{MessageFlags, SocketOption};

use crate::model::{Address, Args, Call, Message, Outcome, SocketId, Time};
use crate::timeline::{Blocked, CallEntry, Entry, EntryKind};

/// A call that waits for more sockets than this is about the first ones only: a rule that looks at what one socket waits for
/// has no use for it.
const WATCHED_MAX: usize = 16;

/// How long after the end of a call the signal that ended it may be told.
const SIGNAL_NS: u64 = 5_000_000;

/// A call with the entry that it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Did<'a> {
    pub(super) entry: &'a Entry,
    pub(super) call: &'a Call,
    blocked: Blocked,
}

impl<'a> Did<'a> {
    /// The call that an entry is, if it is one.
    pub(super) fn of(entry: &'a Entry) -> Option<Self> {
        match &entry.kind {
            EntryKind::Call(CallEntry { call, blocked, .. }) => Some(Self { entry, call, blocked: *blocked }),
            _ => None,
        }
    }

    /// What it returned; `None` if it failed or did not return.
    pub(super) fn returned(&self) -> Option<i64> {
        match self.call.outcome {
            Some(Outcome::Returned(value)) => Some(value),
            _ => None,
        }
    }

    /// The error number that it failed with.
    pub(super) fn errno(&self) -> Option<i32> {
        match self.call.outcome {
            Some(Outcome::Failed(errno)) => Some(errno),
            _ => None,
        }
    }

    /// Whether it failed with one of these.
    pub(super) fn failed(&self, errnos: &[i32]) -> bool {
        self.errno().is_some_and(|errno| errnos.contains(&errno))
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        self.call.call.name()
    }

    /// Whether it is the call `name`.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name() == name
    }

    /// Whether it sends.
    pub(super) fn is_send(&self) -> bool {
        matches!(self.call.args, Args::Send { .. })
    }

    /// Whether it takes bytes from a socket: it receives, and neither peeks nor asks for errors.
    pub(super) fn is_receive(&self) -> bool {
        let looks = |flags: MessageFlags| flags.intersects(MessageFlags::PEEK | MessageFlags::ERRQUEUE);
        matches!(&self.call.args, Args::Receive { flags, .. } if !looks(*flags))
    }

    /// Whether it waits for a connection.
    pub(super) fn is_accept(&self) -> bool {
        matches!(self.call.args, Args::Accept { .. })
    }

    /// The messages that it sent or received.
    pub(super) fn messages(&self) -> &'a [Message] {
        match &self.call.args {
            Args::Send { messages, .. } | Args::Receive { messages, .. } => messages,
            _ => &[],
        }
    }

    /// How many bytes it offered, or had room for.
    pub(super) fn asked_bytes(&self) -> u64 {
        self.messages().iter().map(|message| message.data.asked_bytes).sum()
    }

    /// How many bytes it moved; 0 if it failed.
    pub(super) fn moved_bytes(&self) -> u64 {
        self.messages().iter().filter_map(|message| message.data.moved_bytes).sum()
    }

    /// The first of its bytes.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.messages().first().map_or(&[], |message| &message.data.bytes.0)
    }

    /// The address that it names.
    pub(super) fn address(&self) -> Option<&'a Address> {
        match &self.call.args {
            Args::Address { address } | Args::Accept { address, .. } => address.as_ref(),
            Args::Send { messages, .. } | Args::Receive { messages, .. } => {
                messages.first().and_then(|message| message.address.as_ref())
            }
            _ => None,
        }
    }

    /// The value that it set or got of an option.
    pub(super) fn option(&self, wanted: SocketOption) -> Option<i32> {
        match self.call.args {
            Args::Option { option, value } if option == wanted => value,
            _ => None,
        }
    }

    /// The socket that it is about, or all that it waits for.
    pub(super) fn sockets(&self) -> Vec<SocketId> {
        let made = match &self.call.args {
            Args::Wait { watched, .. } => {
                watched.iter().take(WATCHED_MAX).filter_map(|watched| watched.on.socket).collect()
            }
            Args::Accept { accepted: Some(accepted), .. } => vec![*accepted],
            _ => Vec::new(),
        };
        let on = self.call.on.and_then(|on| on.socket);
        on.into_iter().chain(made.into_iter().filter(|made| Some(*made) != on)).collect()
    }

    /// Whether the program stood still in it.
    pub(super) fn blocked(&self) -> bool {
        self.blocked != Blocked::No
    }

    /// When the program went on; `None` if it did not.
    pub(super) fn until(&self) -> Option<Time> {
        match self.call.outcome {
            None | Some(Outcome::Ended) => None,
            Some(_) => self.call.until,
        }
    }

    /// Whether the program was in it at this time. A signal ends a call a little before it is told itself.
    pub(super) fn lasts_at(&self, time: Time) -> bool {
        let is_interrupted = self.failed(&[errno::EINTR]) || self.call.outcome == Some(Outcome::Restarted);
        let slack_ns = if is_interrupted { SIGNAL_NS } else { 0 };
        self.entry.time <= time && self.until().is_none_or(|until| until.0 + slack_ns > time.0)
    }

    /// How long it took, or had taken until `end`.
    pub(super) fn took(&self, end: Time) -> Duration {
        self.until().unwrap_or(end).since(self.entry.time)
    }

    /// Whether it failed because nothing was there to take, or no room.
    pub(super) fn would_block(&self) -> bool {
        self.failed(&[errno::EAGAIN])
    }
}

/// Milliseconds of a time, for facts.
pub(super) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
