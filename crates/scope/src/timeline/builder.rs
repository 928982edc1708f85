//! How a timeline is made: all at once, or while it happens.

use std::collections::HashSet;

use crate::model::archive::OBSERVATIONS_MAX;
use crate::model::{Header, Observation, Summary, Time, What};

use super::maker::Maker;
use super::{Entry, Processes, Sockets, Timeline, order, pairs};

/// Why observations are no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// None of them is its first line.
    #[error("the recording has no first line that says how it was made")]
    NoHeader,
    /// There are more than [`OBSERVATIONS_MAX`].
    #[error("the recording has more than {OBSERVATIONS_MAX} observations")]
    TooMany,
}

/// A timeline that is being made while it happens.
///
/// Observations are pushed as they come. What has [settled](Self::settle) can be shown at once; what is said of it then is what
/// was known then, and the timeline at the [end](Self::finish) is made anew from all that was told.
#[derive(Debug, Default)]
pub struct Builder {
    /// All that was pushed.
    observations: Vec<Observation>,
    /// The places of those that have not settled.
    pending: Vec<usize>,
    header: Option<Header>,
    live: Maker,
}

/// How long a packet that has left is waited for, in nanoseconds, before it is shown as one that did not arrive.
const WAY_NS: u64 = 1_000_000;

impl Builder {
    /// Begins a timeline of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an observation. Tells whether there was room: of more than [`OBSERVATIONS_MAX`] the rest is left out.
    pub fn push(&mut self, observation: Observation) -> bool {
        if self.observations.len() == OBSERVATIONS_MAX {
            return false;
        }
        if let (What::Recording(header), None) = (&observation.what, &self.header) {
            self.header = Some(header.clone());
        }
        self.pending.push(self.observations.len());
        self.observations.push(observation);
        true
    }

    /// Returns what happened until then and was not returned before, by time.
    ///
    /// Give the sources some milliseconds to tell of that time. A call that still waits is among it, as
    /// [`Blocked::Still`](super::Blocked::Still), if that was told ([`What::Waiting`]); when it has returned it comes again, with
    /// the same thread and time, and so earlier than what was returned last.
    pub fn settle(&mut self, until: Time) -> Vec<Entry> {
        let settled = self.settled(until);
        let is_settled = |place: &usize| settled.contains(place);
        let batch = self.pending.iter().copied().filter(is_settled);
        let batch: Vec<_> = batch.map(|place| self.observations[place].clone()).collect();
        self.pending.retain(|place| !is_settled(place));
        self.live.make(batch, self.header.as_ref(), until)
    }

    /// The processes, as far as they are known.
    pub fn processes(&self) -> &Processes {
        &self.live.knowledge.processes
    }

    /// The sockets, as far as they are known.
    pub fn sockets(&self) -> &Sockets {
        &self.live.knowledge.sockets
    }

    /// Makes the timeline of all that was pushed.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoHeader`] if nothing says how the recording was made.
    pub fn finish(self) -> Result<Timeline, BuildError> {
        make(self.observations)
    }

    /// The places of what has settled: all until then, and the arrivals soon after of what departed until then.
    fn settled(&self, until: Time) -> HashSet<usize> {
        let mut settled = HashSet::new();
        let mut frames = Vec::new();
        for place in self.pending.iter().copied() {
            let observation = &self.observations[place];
            match &observation.what {
                What::Packet(frame) if observation.time.0 <= until.0.saturating_add(WAY_NS) => {
                    frames.push((order::of_observation(observation), place, frame));
                }
                What::Packet(_) => {}
                _ if observation.time <= until => {
                    settled.insert(place);
                }
                _ => {}
            }
        }
        frames.sort_unstable_by_key(|(key, ..)| *key);
        let timed: Vec<_> = frames.iter().map(|((time, ..), _, frame)| (*time, *frame)).collect();
        for pair in pairs::pair(&timed) {
            let halves = [pair.departure, pair.arrival];
            let began = halves.into_iter().flatten().next().map(|half| timed[half].0);
            if began.is_some_and(|began| began <= until) {
                settled.extend(halves.into_iter().flatten().map(|half| frames[half].1));
            }
        }
        settled
    }
}

impl Timeline {
    /// Makes the timeline of a recording, whose observations may be in any order.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoHeader`] if nothing says how the recording was made, [`BuildError::TooMany`] if it is too long.
    pub fn build(observations: Vec<Observation>) -> Result<Self, BuildError> {
        if observations.len() > OBSERVATIONS_MAX {
            return Err(BuildError::TooMany);
        }
        make(observations)
    }
}

fn make(mut observations: Vec<Observation>) -> Result<Timeline, BuildError> {
    observations.sort_by_key(order::of_observation);
    let header = observations.iter().find_map(header).cloned().ok_or(BuildError::NoHeader)?;
    let summary = observations.iter().rev().find_map(summary).cloned();
    let end = observations.iter().map(end).max().unwrap_or_default();
    let mut maker = Maker::default();
    let entries = maker.make(observations, Some(&header), end);
    Ok(Timeline {
        index: super::index(&entries),
        header,
        entries,
        processes: maker.knowledge.processes,
        sockets: maker.knowledge.sockets,
        summary,
    })
}

fn header(observation: &Observation) -> Option<&Header> {
    match &observation.what {
        What::Recording(header) => Some(header),
        _ => None,
    }
}

fn summary(observation: &Observation) -> Option<&Summary> {
    match &observation.what {
        What::Summary(summary) => Some(summary),
        _ => None,
    }
}

/// The last moment that an observation tells of.
fn end(observation: &Observation) -> Time {
    match &observation.what {
        What::Call(call) => call.until.unwrap_or_default().max(observation.time),
        _ => observation.time,
    }
}
