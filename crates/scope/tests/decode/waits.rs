//! Calls that wait for descriptors.

use scope::decode::WATCHED_MAX;
use scope::model::{Args, Fd, SocketRef, Watched};
use wire::names::{Machine, Poll};

use crate::memory::{Memory, socket};

const SECOND_NS: u64 = 1_000_000_000;

fn watched(fd: i32, wanted: Poll, ready: Poll) -> Watched {
    Watched { on: SocketRef { fd: Fd(fd), socket: socket(fd) }, wanted, ready }
}

fn wait(args: Args) -> (Vec<Watched>, Option<u64>) {
    let Args::Wait { watched, limit_ns } = args else { panic!("{args:?}") };
    (watched, limit_ns)
}

fn pollfd(fd: i32, wanted: Poll, ready: Poll) -> Vec<u8> {
    let short = |poll: Poll| u16::try_from(poll.0).expect("16 bits").to_ne_bytes();
    [&fd.to_ne_bytes()[..], &short(wanted), &short(ready)].concat()
}

/// A `struct epoll_event` of this machine.
fn event(events: u32, data: u64) -> Vec<u8> {
    let padding = if Machine::HERE == Some(Machine::X86_64) { 0 } else { 4 };
    [&events.to_ne_bytes()[..], &vec![0; padding], &data.to_ne_bytes()].concat()
}

#[test]
fn of_what_is_polled_the_sockets_are_told_with_what_was_ready() {
    let mut memory = Memory::default();
    let none = Poll::default();
    let asked = [(4, Poll::IN), (200, Poll::IN), (-1, Poll::IN), (5, Poll::OUT)];
    let fds = memory.put(asked.map(|(fd, wanted)| pollfd(fd, wanted, none)).concat());
    let values = [fds, 4, 1500];

    let mut args = memory.entry("poll", &values);
    let before = vec![watched(4, Poll::IN, none), watched(5, Poll::OUT, none)];
    assert_eq!(wait(args.clone()), (before, Some(SECOND_NS * 3 / 2)));

    memory.write(fds + 24, &pollfd(5, Poll::OUT, Poll::OUT | Poll::HUP));
    memory.exit(&mut args, "poll", &values, Ok(1));
    let after = vec![watched(4, Poll::IN, none), watched(5, Poll::OUT, Poll::OUT | Poll::HUP)];
    assert_eq!(wait(args).0, after);
}

#[test]
fn a_wait_for_ever_has_no_limit() {
    let mut memory = Memory::default();
    let (timespec, timeval) = (memory.longs(&[1, 5]), memory.longs(&[1, 5]));
    let mut limit = |call: &str, values: &[u64]| wait(memory.entry(call, values)).1;
    let minus_one = u64::from(u32::MAX);

    assert_eq!(limit("poll", &[0, 0, minus_one]), None);
    assert_eq!(limit("poll", &[0, 0, 0]), Some(0));
    assert_eq!(limit("ppoll", &[0, 0, 0]), None);
    assert_eq!(limit("ppoll", &[0, 0, timespec]), Some(SECOND_NS + 5));
    assert_eq!(limit("select", &[0, 0, 0, 0, 0]), None);
    assert_eq!(limit("select", &[0, 0, 0, 0, timeval]), Some(SECOND_NS + 5_000));
    assert_eq!(limit("pselect6", &[0, 0, 0, 0, timespec]), Some(SECOND_NS + 5));
    assert_eq!(limit("epoll_wait", &[9, 0, 8, minus_one]), None);
    assert_eq!(limit("epoll_pwait", &[9, 0, 8, 1000]), Some(SECOND_NS));
    assert_eq!(limit("epoll_pwait2", &[9, 0, 8, timespec]), Some(SECOND_NS + 5));
}

#[test]
fn the_sets_of_select_are_events_of_poll() {
    let mut memory = Memory::default();
    let (read, write) = (memory.longs(&[1 << 3 | 1 << 5, 1 << 6]), memory.longs(&[1 << 5, 0]));
    let values = [71, read, write, 0, 0];

    let mut args = memory.entry("select", &values);
    memory.write(read, &(1u64 << 5).to_ne_bytes());
    memory.write(write, &0u64.to_ne_bytes());
    memory.exit(&mut args, "select", &values, Ok(2));

    let expected = vec![
        watched(3, Poll::IN, Poll::default()),
        watched(5, Poll::IN | Poll::OUT, Poll::IN),
        watched(70, Poll::IN, Poll::IN),
    ];
    assert_eq!(wait(args).0, expected);
}

#[test]
fn an_epoll_knows_what_it_was_told_to_watch() {
    let mut memory = Memory::default();
    let edge_triggered = Poll::IN.0 | 1 << 31;
    let (one, two) = (memory.put(event(edge_triggered, 0xaaaa)), memory.put(event(Poll::OUT.0, 0xbbbb)));
    memory.call("epoll_create1", &[0], Ok(9));
    memory.call("epoll_ctl", &[9, 1, 4, one], Ok(0));
    memory.call("epoll_ctl", &[9, 1, 5, two], Ok(0));
    memory.call("epoll_ctl", &[9, 1, 6, two], Err(17));
    let events = memory.put([event(Poll::IN.0, 0xaaaa), event(Poll::IN.0, 0xcccc)].concat());

    let (seen, _) = wait(memory.call("epoll_wait", &[9, events, 8, 0], Ok(2)));
    assert_eq!(seen, [watched(4, Poll::IN, Poll::IN), watched(5, Poll::OUT, Poll::default())]);

    memory.call("epoll_ctl", &[9, 2, 5], Ok(0));
    memory.call("epoll_ctl", &[9, 3, 4, two], Ok(0));
    let (seen, _) = wait(memory.entry("epoll_wait", &[9, events, 8, 0]));
    assert_eq!(seen, [watched(4, Poll::OUT, Poll::default())]);

    memory.call("epoll_create1", &[0], Ok(9));
    assert_eq!(wait(memory.entry("epoll_wait", &[9, events, 8, 0])).0, []);
}

#[test]
fn a_descriptor_that_was_added_during_the_wait_is_told_with_it() {
    let mut memory = Memory::default();
    let added = memory.put(event(Poll::IN.0, 7));
    let events = memory.put(event(Poll::IN.0, 7));
    let values = [9, events, 8, u64::from(u32::MAX)];

    let mut args = memory.entry("epoll_wait", &values);
    memory.call("epoll_ctl", &[9, 1, 4, added], Ok(0));
    memory.exit(&mut args, "epoll_wait", &values, Ok(1));

    assert_eq!(wait(args).0, [watched(4, Poll::default(), Poll::IN)]);
}

#[test]
fn no_more_descriptors_are_looked_at_than_the_limit() {
    let mut memory = Memory::default();
    let fds = memory.put(pollfd(4, Poll::IN, Poll::default()).repeat(WATCHED_MAX + 1));
    let set = memory.longs(&[u64::MAX; WATCHED_MAX / 64 + 1]);

    assert_eq!(wait(memory.entry("poll", &[fds, WATCHED_MAX as u64 + 1, 0])).0.len(), WATCHED_MAX);
    assert_eq!(wait(memory.entry("select", &[u64::MAX, set, 0, 0, 0])).0.len(), 97);
}
