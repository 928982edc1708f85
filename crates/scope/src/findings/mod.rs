//! What a timeline shows that its programs' authors should know: one file for each rule.
//!
//! A rule looks at a [`Timeline`] and finds what happened, with the entries that prove it; without such evidence it finds
//! nothing. It finds a cause once, however often it showed: for each socket, not for each call. Words for people are made
//! of the facts elsewhere. `docs/findings.md` says of each rule what it takes for proof, and what it does not catch.

mod address_in_use;
mod blocked_for_ever;
mod busy_polling;
mod calls;
mod denied_port;
mod descriptor_leak;
mod dropped_datagrams;
mod end_ignored;
mod facts;
mod full_accept_queue;
#[cfg(test)]
mod innocent;
mod joined_messages;
mod message_too_long;
mod nagle_stall;
mod no_route;
mod peer_closed;
mod refused_connection;
mod refused_datagram;
mod scene;
mod short_receive;
mod short_send;
mod silence;
mod streams;
#[cfg(test)]
mod telling;
mod truncated_datagram;
mod unread_reset;
mod waits;

pub use self::address_in_use::Holder;
pub use self::blocked_for_ever::Because;
pub use self::facts::{
    AddressInUse, BlockedForEver, BusyPolling, DeniedPort, DescriptorLeak, DroppedDatagrams, EndIgnored,
    FullAcceptQueue, JoinedMessages, MessageTooLong, NagleStall, NoRoute, PeerClosed, RefusedConnection,
    RefusedDatagram, ShortReceive, ShortSend, Silence, TruncatedDatagram, UnreadReset,
};
pub use self::facts::{Facts, Rule};
pub use self::peer_closed::Departure;
pub use self::silence::Fate;

use serde::Serialize;

use crate::model::{EventId, Fd, Pid, SocketId, Time};
use crate::timeline::{Entry, Timeline};

use self::scene::Scene;

/// How many findings a rule may make; further ones are left out.
pub const FINDINGS_PER_RULE_MAX: usize = 64;

/// How many observations prove a finding; of more, the first ones and the decisive one are named.
pub const EVIDENCE_MAX: usize = 16;

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// When it became certain.
    #[serde(rename = "t")]
    pub at: Time,
    /// How much it matters.
    pub severity: Severity,
    /// The observation that decides; one of the evidence.
    pub shown_by: EventId,
    /// The observations that prove it, in the order of time; at most [`EVIDENCE_MAX`].
    pub evidence: Vec<EventId>,
    /// What was found.
    #[serde(flatten)]
    pub facts: Facts,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; the program may be right.
    Advice,
    /// Works by luck: other timing or other sizes will break it.
    Fragile,
    /// Something failed, was lost, or waits for ever.
    Fault,
}

/// A socket and the program that has it, or had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The program's name in the recording.
    pub program: String,
    /// Its process.
    pub pid: Pid,
    /// The number of the socket there.
    pub fd: Fd,
    /// The socket.
    pub socket: SocketId,
}

/// Finds what the rules know of, in the order of time.
pub fn find(timeline: &Timeline) -> Vec<Finding> {
    let scene = Scene::of(timeline);
    let mut findings: Vec<Finding> = Vec::new();
    for rule in facts::RULES {
        let mut found = rule(&scene);
        found.sort_by_key(|finding| (finding.at, finding.shown_by));
        found.truncate(FINDINGS_PER_RULE_MAX);
        findings.append(&mut found);
    }
    findings.sort_by_key(|finding| (finding.at, finding.facts.rule()));
    findings
}

impl Finding {
    /// Which rule found it.
    pub fn rule(&self) -> Rule {
        self.facts.rule()
    }

    /// A finding that is certain when `decisive` is over, with what else proves it.
    fn new<'a>(
        severity: Severity,
        decisive: &'a Entry,
        evidence: impl IntoIterator<Item = &'a Entry>,
        facts: Facts,
    ) -> Self {
        let mut proof: Vec<_> = evidence.into_iter().map(|entry| (entry.time, entry.id)).collect();
        proof.sort_unstable();
        proof.dedup();
        proof.retain(|(_, id)| *id != decisive.id);
        proof.truncate(EVIDENCE_MAX - 1);
        proof.push((decisive.time, decisive.id));
        proof.sort_unstable();
        let evidence = proof.into_iter().map(|(_, id)| id).collect();
        Self { at: scene::over(decisive), severity, shown_by: decisive.id, evidence, facts }
    }
}
