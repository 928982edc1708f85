//! What a message server tells while it works. The schema of the JSON form is in `docs/events.md`.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use tokio::sync::OwnedSemaphorePermit;
use wire::frame::Kind;
use wire::message::{Ended, ResultCode};

use super::ServeError;
use crate::errno::Errno;
use crate::events::ServerEvent;
use crate::transport::Transport;

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// The number of the session, from 1.
    pub session: u32,
    /// From where.
    pub peer: SocketAddr,
    /// Over what.
    pub transport: Transport,
    /// The name of the key; none in a plain session.
    pub key: Option<String>,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A socket is ready: whoever opens a session there from now on is served.
    Listening {
        /// Of which transport.
        transport: Transport,
        /// Its address, with the port that the kernel chose when 0 was asked.
        local: SocketAddr,
    },
    /// An address was left out because this machine does not have it.
    AddressSkipped {
        /// Of which transport.
        transport: Transport,
        /// The address.
        local: SocketAddr,
        /// What the kernel said.
        errno: Errno,
    },
    /// Every socket is ready.
    Serving {
        /// How many keys there are.
        keys: usize,
        /// Whether sessions without a key are served.
        plain: bool,
        /// Where files land.
        inbox: Option<String>,
    },
    /// A session was opened.
    Opened(Who),
    /// Somebody was not let in.
    Refused {
        /// On which transport.
        transport: Transport,
        /// Who.
        peer: SocketAddr,
        /// Why.
        why: RefusedWhy,
    },
    /// Further refusals, too many to tell one by one.
    RefusedMore {
        /// How many.
        refusals: u64,
    },
    /// A text arrived.
    Text {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// The text.
        text: String,
        /// How long it is.
        bytes: usize,
        /// Its SHA-256.
        sha256: String,
        /// Its room among the texts that wait to be shown.
        #[serde(skip)]
        room: Room,
    },
    /// A file is on its way.
    FileStarted {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// What it is called there.
        name: String,
        /// How long it is.
        bytes: u64,
        /// How much of it was here already.
        from_bytes: u64,
    },
    /// A file is in the inbox: on disk, whole, and what was sent.
    FileStored {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// What it is called there.
        name: String,
        /// What it is called here.
        stored: String,
        /// How long it is.
        bytes: u64,
        /// Its SHA-256.
        sha256: String,
        /// Whether it had been stored before and only the answer was lost.
        already: bool,
    },
    /// A file did not come to its end.
    FileFailed {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// What it is called there.
        name: String,
        /// Why.
        #[serde(serialize_with = "as_text")]
        result: NotStored,
    },
    /// A command was started.
    ExecStarted {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// The command and its arguments; a line for the shell is one.
        command: Vec<String>,
        /// Whether it is a line for the shell.
        shell: bool,
        /// Its process.
        pid: u32,
    },
    /// A command has ended, with everything it had started.
    ExecEnded {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// The command and its arguments.
        command: Vec<String>,
        /// How and why, and how much it wrote.
        #[serde(flatten, serialize_with = "in_fields")]
        ended: Ended,
    },
    /// Somebody asked for something that was not done.
    Denied {
        /// Who.
        #[serde(flatten)]
        who: Who,
        /// What was asked for.
        #[serde(serialize_with = "as_text")]
        what: Kind,
        /// With what result.
        #[serde(serialize_with = "as_text")]
        result: ResultCode,
    },
    /// Somebody came into a room.
    Joined {
        /// Whose session.
        #[serde(flatten)]
        who: Who,
        /// The room.
        room: String,
        /// The name there.
        name: String,
    },
    /// Somebody left a room.
    Left {
        /// Whose session.
        #[serde(flatten)]
        who: Who,
        /// The room.
        room: String,
        /// The name there.
        name: String,
    },
    /// A line was said in a room. Told with [`Detail::Calls`](crate::events::Detail::Calls).
    Said {
        /// Whose session.
        #[serde(flatten)]
        who: Who,
        /// The room.
        room: String,
        /// The name there.
        name: String,
        /// How long the line is.
        bytes: usize,
    },
    /// A client asked the server to stop.
    StopAsked(Who),
    /// A session is over.
    Closed {
        /// Whose.
        #[serde(flatten)]
        who: Who,
        /// Why.
        reason: CloseReason,
        /// How many bytes came.
        received_bytes: u64,
        /// How many bytes were sent.
        sent_bytes: u64,
    },
    /// The server was told to stop: it takes nothing new and finishes what it has in hand.
    Stopping {
        /// How many sessions are open.
        sessions: usize,
        /// How many streams are.
        streams: usize,
    },
    /// No connection can be accepted for now.
    AcceptFailed {
        /// What the kernel said.
        errno: Errno,
    },
    /// The keys and the rules were read again.
    Reloaded {
        /// How many keys there are now.
        keys: usize,
        /// How many rules.
        rules: usize,
    },
    /// The keys or the rules could not be read again; those from before hold.
    ReloadFailed {
        /// What was wrong.
        error: ReloadError,
    },
    /// Some events were not told because whoever reads them is too slow. What they told of was done.
    Lost {
        /// How many.
        events: u64,
    },
    /// What was done so far.
    Report(Summary),
    /// What was done in all: the last event.
    Summary(Summary),
}

impl ServerEvent for Event {
    fn lost(events: u64) -> Self {
        Self::Lost { events }
    }
}

/// Room that something takes as long as its event is there.
#[derive(Debug, Clone, Default)]
pub struct Room {
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

impl Room {
    pub(super) fn of(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: Some(Arc::new(permit)) }
    }
}

impl PartialEq for Room {
    /// Which room it is makes no difference to what is told.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Room {}

/// Why a file did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// The session was over; what came stays for the next time.
    Cut,
    /// The client was told this.
    Result(ResultCode),
}

impl Display for NotStored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut => f.write_str("cut"),
            Self::Result(code) => code.fmt(f),
        }
    }
}

/// Why keys or rules could not be read again. Serialises as text, in English.
#[derive(Debug, Clone)]
pub struct ReloadError(pub Arc<ServeError>);

impl Serialize for ReloadError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Why somebody was not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefusedWhy {
    /// There is no such key, or it has another secret.
    Key {
        /// The id that was named.
        key_id: String,
    },
    /// A session without a key was asked for, and none are served.
    Plain,
    /// As many sessions are open as are served.
    Busy,
    /// The server is stopping.
    Stopping,
    /// What came is no opening of this protocol, or took too long.
    Malformed,
    /// A rule on addresses.
    Access {
        /// The rule; none when no allow rule covers the address.
        rule: Option<String>,
    },
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The client had no more to ask.
    Done,
    /// The connection was cut.
    Cut,
    /// Nothing came for too long, or nothing was taken.
    Silent,
    /// The client broke the protocol.
    Protocol,
    /// The server stops.
    ServerStopped,
}

/// Counts, in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Sessions that were opened.
    pub sessions: u64,
    /// Sessions open now.
    pub open_sessions: u64,
    /// Openings that were refused.
    pub refused: u64,
    /// Texts that arrived.
    pub texts: u64,
    /// Files that were stored.
    pub files: u64,
    /// Bytes of those files.
    pub file_bytes: u64,
    /// Commands that were started.
    pub commands: u64,
    /// Requests that were not granted.
    pub denied: u64,
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Tells an end by what readers of JSON ask for: how, its number, why, and how much was written.
fn in_fields<S: Serializer>(ended: &Ended, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Fields {
        how: &'static str,
        value: u32,
        why: String,
        out_bytes: u64,
        err_bytes: u64,
    }
    let (how, value, why) = (ended.how.name(), ended.how.value(), ended.why.to_string());
    Fields { how, value, why, out_bytes: ended.out, err_bytes: ended.err }.serialize(serializer)
}
