//! What an experiment says of its recordings, and what shows it.

use std::net::SocketAddr;
use std::time::Duration;

use scope::model::EventId;
use serde::Serialize;

/// How many observations a claim names; further ones are left out.
pub const EVIDENCE_MAX: usize = 16;

/// A claim that an experiment can make, as its texts must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name: `server-replies`.
    pub id: &'static str,
    /// The names of the values that it has when it holds.
    pub holds: &'static [&'static str],
    /// The names of the values that it has when it differs.
    pub differs: &'static [&'static str],
}

/// Something that an answer says, bound to what was observed.
///
/// There is none without evidence but an [unknown](State::Unknown) one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    id: &'static str,
    state: State,
    values: Vec<(&'static str, Value)>,
    evidence: Vec<Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unseen: Option<Unseen>,
}

/// Whether a claim is true of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It happened as the experiment expects.
    Holds,
    /// It happened otherwise: another kernel, another setting.
    Differs,
    /// This machine does not let it be seen.
    Unknown,
}

/// Why it is not known whether a claim is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// Packets cannot be captured here.
    Packets,
    /// There is no private network here, whose counters would be the programs' own.
    PrivateNetwork,
    /// The kernel refused a setting of the private network.
    Setting {
        /// Which one.
        name: String,
        /// What it said (`errno(3)`).
        errno: i32,
    },
    /// Nothing was recorded that it could be seen by: a program did not get so far.
    NotReached,
}

/// An observation of one of an experiment's scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

impl Claim {
    /// Something that is so, as this shows.
    pub fn holds(id: &'static str, shown: impl Into<Evidence>) -> Self {
        Self::new(id, State::Holds, vec![shown.into()])
    }

    /// Something that is not so, as this shows.
    pub fn differs(id: &'static str, shown: impl Into<Evidence>) -> Self {
        Self::new(id, State::Differs, vec![shown.into()])
    }

    /// Something that is so or is not, as this shows.
    pub fn is(id: &'static str, so: bool, shown: impl Into<Evidence>) -> Self {
        if so { Self::holds(id, shown) } else { Self::differs(id, shown) }
    }

    /// Something that cannot be known here.
    pub fn unknown(id: &'static str, unseen: Unseen) -> Self {
        Self { unseen: Some(unseen), ..Self::new(id, State::Unknown, Vec::new()) }
    }

    fn new(id: &'static str, state: State, evidence: Vec<Evidence>) -> Self {
        Self { id, state, values: Vec::new(), evidence, unseen: None }
    }

    /// What shows it, too; of more than [`EVIDENCE_MAX`] the first ones. Nothing is added to an unknown claim.
    #[must_use]
    pub fn also<E: Into<Evidence>>(mut self, shown: impl IntoIterator<Item = E>) -> Self {
        for evidence in shown.into_iter().map(Into::into) {
            let is_full = self.evidence.len() >= EVIDENCE_MAX;
            if self.state != State::Unknown && !is_full && !self.evidence.contains(&evidence) {
                self.evidence.push(evidence);
            }
        }
        self
    }

    /// A value that its text may name.
    #[must_use]
    pub fn value(mut self, name: &'static str, value: Value) -> Self {
        self.values.push((name, value));
        self
    }

    /// Its name in the texts.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Whether it was so in this run.
    pub fn state(&self) -> State {
        self.state
    }

    /// What the text may name, by the names that it has there.
    pub fn values(&self) -> &[(&'static str, Value)] {
        &self.values
    }

    /// What shows that it was so, or was not; nothing if it is unknown.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Why it is unknown, if it is.
    pub fn unseen(&self) -> Option<&Unseen> {
        self.unseen.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_has_its_evidence_once_and_not_too_much_of_it() {
        let all: Vec<_> = (0..40).map(|event| Evidence { scene: 0, event: EventId(event / 2) }).collect();

        let claim = Claim::holds("x", all[0]).also(all.iter().copied());

        assert_eq!(claim.evidence().len(), EVIDENCE_MAX);
        assert_eq!(claim.evidence()[1].event, EventId(1));
        assert_eq!(Claim::unknown("x", Unseen::Packets).also(all).evidence(), []);
    }
}
