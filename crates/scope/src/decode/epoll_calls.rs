//! `epoll(7)`: what `epoll_ctl(2)` was told, and what `epoll_wait(2)` answers.

use wire::names::{Machine, Poll};

use super::at::{At, bounded, fd, word};
use super::message::{half, long};
use super::{WATCHED_MAX, time, wait};
use crate::model::{Args, Fd, Watched};

use super::interests::Interest;

/// Where the program's own word stands in a `struct epoll_event`: on x86-64 it is packed, as its 32-bit form.
const DATA_OFFSET: usize = if matches!(Machine::HERE, Some(Machine::X86_64)) { 4 } else { 8 };
const EVENT_BYTES: usize = DATA_OFFSET + 8;

/// The bits that `poll(2)` shares; the others (`EPOLLET`, `EPOLLONESHOT`…) say how to watch, not for what.
const EVENT_BITS: u32 = 0xffff;

pub(super) fn entry(at: &mut At<'_>) -> Args {
    let values = at.values;
    let limit_ns = if at.call.name() == "epoll_pwait2" {
        time::timespec_ns(at, values[3])
    } else {
        time::milliseconds_ns(values[3])
    };
    let epoll = fd(values[0]);
    let of: Vec<(Fd, Interest)> =
        at.program.interests().map_or_else(Vec::new, |all| all.of(epoll).take(WATCHED_MAX).collect());
    let watched = of.into_iter().filter_map(|(fd, interest)| wait::watch(at, fd, interest.wanted)).collect();
    Args::Wait { watched, limit_ns }
}

/// Tells which were ready, by the words that stand for them. One that was added while the call waited comes with it.
pub(super) fn exit(watched: &mut Vec<Watched>, at: &mut At<'_>, returned: u64) {
    let epoll = fd(at.values[0]);
    let bytes = at.bytes(at.values[1], bounded(returned, WATCHED_MAX) * EVENT_BYTES);
    for event in bytes.chunks_exact(EVENT_BYTES) {
        let (ready, data) = (Poll(half(event, 0) & EVENT_BITS), long(event, DATA_OFFSET));
        let Some(fd) = at.program.interests().and_then(|all| all.by_data(epoll, data)) else {
            continue;
        };
        match watched.binary_search_by_key(&fd, |watched| watched.on.fd) {
            Ok(place) => watched[place].ready = ready,
            Err(place) => {
                if let Some(late) = wait::watch(at, fd, Poll::default()) {
                    watched.insert(place, Watched { ready, ..late });
                }
            }
        }
    }
}

/// Remembers what a call that succeeded has changed: `epoll_create(2)`, `epoll_ctl(2)`.
pub(super) fn control(at: &mut At<'_>, returned: u64) {
    const ADD: u32 = 1;
    const REMOVE: u32 = 2;
    const MODIFY: u32 = 3;
    let values = at.values;
    match (at.call.name(), word(values[1])) {
        ("epoll_create" | "epoll_create1", _) => {
            if let Some(interests) = at.program.interests() {
                interests.opened(fd(returned));
            }
        }
        ("epoll_ctl", ADD | MODIFY) => {
            let event = at.array::<EVENT_BYTES>(values[3]);
            if let Some((event, interests)) = event.zip(at.program.interests()) {
                let wanted = Poll(half(&event, 0) & EVENT_BITS);
                let interest = Interest { wanted, data: long(&event, DATA_OFFSET) };
                interests.watch(fd(values[0]), fd(values[2]), interest);
            }
        }
        ("epoll_ctl", REMOVE) => {
            if let Some(interests) = at.program.interests() {
                interests.forget(fd(values[0]), fd(values[2]));
            }
        }
        _ => {}
    }
}
