//! How calls are shaped, so that their effect can be seen without editing a program: sizes and pauses.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// A socket call that a pause may be put before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// `bind(2)`.
    Bind,
    /// `listen(2)`.
    Listen,
    /// `accept(2)`.
    Accept,
    /// `connect(2)`.
    Connect,
    /// `send(2)` and its family.
    Send,
    /// `recv(2)` and its family.
    Recv,
    /// `close(2)`.
    Close,
}

impl Call {
    /// All of them, in the order in which a program makes them.
    pub const ALL: [Self; 7] =
        [Self::Bind, Self::Listen, Self::Accept, Self::Connect, Self::Send, Self::Recv, Self::Close];

    /// The call's Unix name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Recv => "recv",
            Self::Close => "close",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// On which side of a call a pause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// A pause before or after each call of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// On which side.
    pub side: Side,
    /// Of which call.
    pub call: Call,
    /// For how long.
    pub time: Duration,
}

/// All the pauses of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pauses(Vec<Pause>);

impl Pauses {
    /// No pause at all.
    pub const NONE: Self = Self(Vec::new());

    /// Takes pauses; of several for the same place the last one holds.
    pub fn new(pauses: Vec<Pause>) -> Self {
        Self(pauses)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pause that stands there, if any.
    pub fn at(&self, side: Side, call: Call) -> Option<Duration> {
        let here = |pause: &&Pause| pause.side == side && pause.call == call;
        self.0.iter().rev().find(here).map(|pause| pause.time)
    }
}
