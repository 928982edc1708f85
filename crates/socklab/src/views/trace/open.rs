//! Calls in which a program stands still: they begin on one line and, when other things happen meanwhile, return on a later one.

use scope::model::{Call, EventId, Pid, Tid, Time};
use scope::timeline::CallEntry;

/// A call that has begun and whose return is not shown yet.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// The observation that it was told by.
    pub(super) id: EventId,
    /// When it began.
    pub(super) began: Time,
    /// When it returns, as far as is known.
    pub(super) until: Option<Time>,
    /// The call; of one that is only known to wait, without an outcome.
    pub(super) entry: CallEntry,
    /// Whether a line has said that it begins.
    pub(super) is_told: bool,
}

/// How many calls may be open at once: each thread has one. Beyond, the oldest is shown as far as it is known, and forgotten.
pub(super) const OPEN_MAX: usize = 4096;

/// The open calls, by beginning.
#[derive(Debug, Default)]
pub(super) struct Opens {
    calls: Vec<Open>,
}

impl Opens {
    /// Adds a call, in the place of what was known of the same one before. Returns the oldest if there are too many.
    pub(super) fn add(&mut self, (id, began): (EventId, Time), entry: CallEntry) -> Option<Open> {
        let until = entry.call.until;
        let known = self.calls.iter_mut().find(|open| is_same(open, entry.call.tid, began));
        if let Some(open) = known {
            open.id = id;
            open.until = until;
            open.entry = entry;
            return None;
        }
        let at = self.calls.partition_point(|open| open.began <= began);
        self.calls.insert(at, Open { id, began, until, entry, is_told: false });
        (self.calls.len() > OPEN_MAX).then(|| self.calls.remove(0))
    }

    /// Whether this call is one of them.
    pub(super) fn has(&self, call: &Call, began: Time) -> bool {
        self.calls.iter().any(|open| is_same(open, call.tid, began))
    }

    /// Takes the next one that has returned by now.
    pub(super) fn next_returned(&mut self, now: Time) -> Option<Open> {
        let returned = |open: &&(usize, Time)| open.1 <= now;
        let untils = self.calls.iter().enumerate().filter_map(|(at, open)| Some((at, open.until?)));
        let untils: Vec<_> = untils.collect();
        let (at, _) = untils.iter().filter(returned).min_by_key(|(_, until)| *until)?;
        Some(self.calls.remove(*at))
    }

    /// Those that have begun by this time without a line that says so; from now on one has.
    pub(super) fn begun(&mut self, by: Time) -> Vec<Open> {
        let untold = self.calls.iter_mut().filter(|open| !open.is_told && open.began <= by);
        untold
            .map(|open| {
                open.is_told = true;
                open.clone()
            })
            .collect()
    }

    /// Takes those of a process that have not returned.
    pub(super) fn take_of(&mut self, pid: Pid) -> Vec<Open> {
        let is_its = |open: &mut Open| open.until.is_none() && open.entry.call.pid == pid;
        self.calls.extract_if(.., is_its).collect()
    }

    /// All of them, which are forgotten.
    pub(super) fn drain(&mut self) -> Vec<Open> {
        std::mem::take(&mut self.calls)
    }

    /// Those that still wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Open> {
        self.calls.iter().filter(|open| open.until.is_none())
    }
}

fn is_same(open: &Open, tid: Tid, began: Time) -> bool {
    open.began == began && open.entry.call.tid == tid
}
