//! What a finding says: what happened, why, and what to do about it.

mod connections;
mod datagrams;
mod programs;
mod streams;
#[cfg(test)]
mod tests;

use scope::findings::{Facts, Finding, Severity};
use scope::model::{EventId, Time};

use crate::words::Words;

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// When it became certain.
    pub(crate) at: Time,
    /// How much it matters.
    pub(crate) severity: Severity,
    /// The observation that decides.
    pub(crate) shown_by: EventId,
    /// The observations that prove it, in the order of time.
    pub(crate) evidence: Vec<EventId>,
    /// What happened, in one line.
    pub(crate) title: String,
    /// What the kernel did.
    pub(crate) why: String,
    /// What to change.
    pub(crate) what_to_do: String,
}

/// Says what was found in a recording.
pub(crate) fn in_words(findings: &[Finding], words: &Words) -> Vec<Said> {
    findings.iter().map(|finding| said(words, finding)).collect()
}

fn said(words: &Words, finding: &Finding) -> Said {
    let Told { title, why, what_to_do } = told(words, finding);
    Said {
        at: finding.at,
        severity: finding.severity,
        shown_by: finding.shown_by,
        evidence: finding.evidence.clone(),
        title,
        why,
        what_to_do,
    }
}

/// The texts of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    title: String,
    why: String,
    what_to_do: String,
}

fn told(words: &Words, finding: &Finding) -> Told {
    match &finding.facts {
        Facts::RefusedDatagram(facts) => datagrams::refused(words, facts),
        Facts::Silence(facts) => datagrams::silence(words, facts),
        Facts::TruncatedDatagram(facts) => datagrams::truncated(words, facts),
        Facts::DroppedDatagrams(facts) => datagrams::dropped(words, facts),
        Facts::MessageTooLong(facts) => datagrams::too_long(words, facts),
        Facts::RefusedConnection(facts) => connections::refused(words, facts),
        Facts::FullAcceptQueue(facts) => connections::full_queue(words, facts),
        Facts::AddressInUse(facts) => connections::in_use(words, facts),
        Facts::DeniedPort(facts) => connections::denied(words, facts),
        Facts::NoRoute(facts) => connections::no_route(words, facts),
        Facts::ShortSend(facts) => streams::short_send(words, facts),
        Facts::ShortReceive(facts) => streams::short_receive(words, facts),
        Facts::JoinedMessages(facts) => streams::joined(words, facts),
        Facts::UnreadReset(facts) => streams::unread(words, facts),
        Facts::PeerClosed(facts) => streams::peer_closed(words, facts),
        Facts::NagleStall(facts) => streams::stall(words, facts),
        Facts::EndIgnored(facts) => programs::end_ignored(words, facts),
        Facts::BusyPolling(facts) => programs::busy(words, facts),
        Facts::DescriptorLeak(facts) => programs::leak(words, facts),
        Facts::BlockedForEver(facts) => programs::blocked(words, facts),
    }
}

/// Says how much a finding matters.
pub(crate) fn severity(words: &Words, severity: Severity) -> String {
    match severity {
        Severity::Advice => words.finding_advice(),
        Severity::Fragile => words.finding_fragile(),
        Severity::Fault => words.finding_fault(),
    }
}

/// A count for a plural.
fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
