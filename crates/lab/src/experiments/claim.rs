//! What an experiment says of its recordings, and what shows it.

use std::net::SocketAddr;
use std::time::Duration;

use scope::model::EventId;
use serde::Serialize;

/// Something that an answer says, bound to what was observed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// Its name in the texts.
    pub id: &'static str,
    /// Whether it was so in this run.
    pub state: State,
    /// What the text may name, by the names that it has there.
    pub values: Vec<(&'static str, Value)>,
    /// What shows that it was so, or was not; of at least one observation unless the state is [`State::Unknown`].
    pub evidence: Vec<Evidence>,
}

/// Whether a claim is true of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It happened as the experiment expects.
    Holds,
    /// It happened otherwise: another kernel, another setting.
    Differs,
    /// This machine does not let it be seen.
    Unknown,
}

/// An observation of one of an experiment's scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Which scene, from 0.
    pub scene: usize,
    /// Which observation of its recording.
    pub event: EventId,
}

/// Something measured, for a text to name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// How many.
    Count(u64),
    /// How many bytes.
    Bytes(u64),
    /// How long.
    Time(Duration),
    /// An error number (`errno(3)`).
    Errno(i32),
    /// Of a socket.
    Address(SocketAddr),
    /// A word of the field: a TCP state, a signal, a call.
    Word(String),
    /// Bytes that went over a network, as far as they are to be shown.
    Data(Vec<u8>),
}
