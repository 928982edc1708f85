//! The events of `socklab grade`.

use lab::check::judgement::Score;
use lab::check::points::Points;
use lab::check::signatures::Signature;
use lab::check::{Isolation, Severity, State, Verdict};
use lab::exercise::Exercise;
use lab::grade::{Brief, Outcome, Record, Task};

use super::T;
use crate::json;
use crate::views::grade::Event;

/// Every event, as it is written.
pub(super) fn events() -> Vec<String> {
    let check = Brief {
        id: "near-miss".to_owned(),
        severity: Severity::Required,
        state: State::Fail,
        signature: Some(Signature::SingleReceive),
    };
    let outcome = Outcome::Judged {
        verdict: Verdict::Fail,
        score: Score { earned: Points::NONE, of: Points::ONE },
        seed: 7,
        isolation: Some(Isolation::Full),
        checks: vec![check],
    };
    let record = Record {
        task: Task { submission: "ana".to_owned(), exercise: Exercise::AddressFilter },
        outcome,
        points: Points::NONE,
        fingerprint: "00ff".to_owned(),
        late: false,
        at_unix_ms: 1_778_641_199_000,
        took_ms: 812,
    };
    let events = [
        Event::GradeBegun { tasks: 600, done: 0 },
        Event::Graded { record: &record },
        Event::Summary { submissions: 60, tasks: 600, done: 600, groups: 1 },
    ];
    events.iter().map(|event| json::line(T, event)).collect()
}
