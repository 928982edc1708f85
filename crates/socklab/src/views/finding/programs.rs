//! Findings about how a program goes about its sockets.

use scope::findings::{Because, BlockedForEver, BusyPolling, DescriptorLeak, EndIgnored};

use super::Told;
use crate::words::Words;

pub(super) fn end_ignored(words: &Words, facts: &EndIgnored) -> Told {
    let (program, call) = (&facts.side.program, &facts.call);
    Told {
        title: words.finding_end_ignored_title(program, call, facts.times, facts.lasted_ms),
        why: words.finding_end_ignored_why(),
        what_to_do: words.finding_end_ignored_do(),
    }
}

pub(super) fn busy(words: &Words, facts: &BusyPolling) -> Told {
    let (program, call) = (&facts.side.program, &facts.call);
    Told {
        title: words.finding_busy_polling_title(program, call, facts.times, facts.lasted_ms),
        why: words.finding_busy_polling_why(),
        what_to_do: words.finding_busy_polling_do(),
    }
}

pub(super) fn leak(words: &Words, facts: &DescriptorLeak) -> Told {
    let program = &facts.side.program;
    let title = match &facts.failed {
        Some(call) => words.finding_descriptor_leak_title_failed(program, call, facts.left),
        None => words.finding_descriptor_leak_title(program, facts.left),
    };
    let why = words.finding_descriptor_leak_why(facts.ended);
    Told { title, why, what_to_do: words.finding_descriptor_leak_do() }
}

pub(super) fn blocked(words: &Words, facts: &BlockedForEver) -> Told {
    let (program, other) = (&facts.side.program, &facts.for_whom.program);
    let (why, what_to_do) = match &facts.because {
        Because::BothReceive {} => {
            (words.finding_blocked_for_ever_why_both_receive(), words.finding_blocked_for_ever_do())
        }
        Because::BothSend {} => {
            (words.finding_blocked_for_ever_why_both_send(), words.finding_blocked_for_ever_do_both_send())
        }
        Because::Serves { accepted: true, .. } => {
            (words.finding_blocked_for_ever_why_serves(other), words.finding_blocked_for_ever_do_serves())
        }
        Because::Serves { accepted: false, .. } => (
            words.finding_blocked_for_ever_why_serves_queued(other),
            words.finding_blocked_for_ever_do_serves(),
        ),
        Because::Accepts {} => {
            (words.finding_blocked_for_ever_why_accepts(other), words.finding_blocked_for_ever_do_accepts())
        }
    };
    let (call, their_call, ms) = (&facts.call, &facts.their_call, facts.waited_ms);
    Told {
        title: words.finding_blocked_for_ever_title(program, other, call, their_call, ms),
        why,
        what_to_do,
    }
}
