//! Who stood still when the programs were stopped, or when the recording ended.

use std::collections::BTreeMap;
use std::time::Duration;

use wire::names::SocketOption;

use crate::model::{Args, Pid, Tid};

use super::calls::Did;
use super::scene::Scene;

/// From so long a wait on: whatever was on its way has arrived, sent again if it was lost.
pub(super) const STUCK_MIN: Duration = Duration::from_secs(1);

/// The calls that the processes were in at the end; a process of which a thread may have been doing something else has none.
pub(super) struct Waits<'a>(BTreeMap<Pid, Vec<Did<'a>>>);

impl<'a> Waits<'a> {
    /// Looks at what each thread did last. A thread that never made a call that is recorded is not known of; so a process counts
    /// as standing still only if its first thread is among those that do.
    pub(super) fn of(scene: &Scene<'a>) -> Self {
        let mut waits: BTreeMap<Pid, Option<Vec<Did<'a>>>> = BTreeMap::new();
        for ((pid, _), calls) in scene.threads() {
            let last = calls.iter().rev().find(|did| did.entry.time <= scene.stop);
            let Some(last) = last else { continue };
            let of_process = waits.entry(*pid).or_insert_with(|| Some(Vec::new()));
            if last.lasts_at(scene.stop) && last.blocked() {
                if let Some(known) = of_process {
                    known.push(*last);
                }
            } else {
                *of_process = None;
            }
        }
        let whole = waits.into_iter().filter_map(|(pid, calls)| {
            let calls = calls?;
            calls.iter().any(|did| did.call.tid == Tid(pid.0)).then_some((pid, calls))
        });
        Self(whole.collect())
    }

    /// What a process was in; `None` if it may have been doing something.
    pub(super) fn of_process(&self, pid: Pid) -> Option<&[Did<'a>]> {
        self.0.get(&pid).map(Vec::as_slice)
    }

    /// The processes that stood still, with their calls.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Pid, &Vec<Did<'a>>)> {
        self.0.iter()
    }
}

/// Whether a call has no end of its own: it waits until something comes, and for longer than `least` already.
pub(super) fn is_endless(scene: &Scene<'_>, did: &Did<'_>, least: Duration) -> bool {
    let Some(socket) = did.call.on.and_then(|on| on.socket) else { return false };
    let sets = |did: Did<'_>| {
        let Args::Option { option, .. } = did.call.args else { return false };
        matches!(option, SocketOption::RCVTIMEO | SocketOption::RCVTIMEO_NEW) && did.is("setsockopt")
    };
    !scene.calls(socket).any(sets) && did.took(scene.stop) >= least
}
