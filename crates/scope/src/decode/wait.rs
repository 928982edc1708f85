//! Calls that wait for any of several descriptors: `poll(2)`, `ppoll(2)`, `select(2)`, `pselect6(2)`.

use wire::names::Poll;

use super::at::{At, bounded};
use super::message::{half, long};
use super::time;
use crate::model::{Args, Fd, SocketRef, Watched};

/// How many descriptors of one call are looked at: those of the longest `fd_set`.
pub const WATCHED_MAX: usize = 1_024;

pub(super) fn entry(at: &mut At<'_>) -> Args {
    let values = at.values;
    let (wanted, limit_ns) = match at.call.name() {
        "poll" => (polled(at), time::milliseconds_ns(values[2])),
        "ppoll" => (polled(at), time::timespec_ns(at, values[2])),
        "select" => (selected(at), time::timeval_ns(at, values[4])),
        _ => (selected(at), time::timespec_ns(at, values[4])),
    };
    let watched = wanted.into_iter().filter_map(|entry| watch(at, entry.fd, entry.wanted)).collect();
    Args::Wait { watched, limit_ns }
}

/// What a descriptor is watched for, if it is a socket.
pub(super) fn watch(at: &mut At<'_>, fd: Fd, wanted: Poll) -> Option<Watched> {
    let socket = at.program.socket(fd)?;
    Some(Watched { on: SocketRef { fd, socket: Some(socket) }, wanted, ready: Poll::default() })
}

/// Tells which were ready: the kernel wrote it over what was asked.
pub(super) fn exit(watched: &mut [Watched], at: &At<'_>) {
    let is_poll = matches!(at.call.name(), "poll" | "ppoll");
    let answers = if is_poll { polled(at) } else { selected(at) };
    // What is watched stands in the same order as in memory, without what is no socket.
    let mut answers = answers.iter();
    for watched in watched {
        let rest = answers.clone();
        let Some(answer) = answers.find(|answer| answer.fd == watched.on.fd) else {
            answers = rest;
            continue;
        };
        watched.ready = if is_poll { answer.ready } else { answer.wanted };
    }
}

/// A descriptor in the memory of a call that waits.
struct Entry {
    fd: Fd,
    wanted: Poll,
    ready: Poll,
}

/// Reads an array of `struct pollfd`.
fn polled(at: &At<'_>) -> Vec<Entry> {
    const ENTRY_BYTES: usize = 8;
    let bytes = at.bytes(at.values[0], bounded(at.values[1], WATCHED_MAX) * ENTRY_BYTES);
    let entries = bytes.chunks_exact(ENTRY_BYTES).map(|entry| Entry {
        fd: Fd(half(entry, 0).cast_signed()),
        wanted: Poll(short(entry, 4)),
        ready: Poll(short(entry, 6)),
    });
    entries.filter(|entry| entry.fd.0 >= 0).collect()
}

fn short(entry: &[u8], offset: usize) -> u32 {
    entry.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u16::from_ne_bytes(*bytes).into())
}

/// Reads the three sets of `select(2)`: for reading, for writing, and for what is out of the ordinary.
fn selected(at: &At<'_>) -> Vec<Entry> {
    const MEANINGS: [Poll; 3] = [Poll::IN, Poll::OUT, Poll::PRI];
    const WORD_BITS: usize = 64;
    let count = bounded(at.values[0] & u64::from(u32::MAX), WATCHED_MAX);
    let sets = [at.values[1], at.values[2], at.values[3]]
        .map(|set| at.bytes(set, count.div_ceil(WORD_BITS) * (WORD_BITS / 8)));
    let is_in = |set: &[u8], fd: usize| {
        let word = long(set, fd / WORD_BITS * (WORD_BITS / 8));
        word >> (fd % WORD_BITS) & 1 == 1
    };
    let wanted = |fd: usize| {
        let of = sets.iter().zip(MEANINGS).filter(|(set, _)| is_in(set, fd));
        of.fold(Poll::default(), |all, (_, meaning)| all | meaning)
    };
    let entries = (0i32..).zip(0..count).map(|(number, fd)| Entry {
        fd: Fd(number),
        wanted: wanted(fd),
        ready: Poll::default(),
    });
    entries.filter(|entry| entry.wanted != Poll::default()).collect()
}
