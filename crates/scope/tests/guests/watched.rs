//! What a session sees of a guest.

use std::time::Duration;

use scope::model::Outcome;
use scope::session::When;

use super::support::{directory, watch};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("the_calls_of_a_guest_are_told_with_their_lines", the_calls_of_a_guest_are_told_with_their_lines),
    ("a_guest_can_wait_for_its_time", a_guest_can_wait_for_its_time),
    ("a_guest_is_ended_with_what_it_has_left_behind", a_guest_is_ended_with_what_it_has_left_behind),
];

const PAIR: &str = "\
import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 3500))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b.sendto(b'hello', ('localhost', 3500))
print(a.recvfrom(1024)[0].decode())
";

fn the_calls_of_a_guest_are_told_with_their_lines() {
    let directory = directory("pair.py", PAIR);

    let over = watch(directory.path(), &["/usr/bin/python3", "pair.py"], When::AtOnce).end();

    assert_eq!((over.output.as_str(), over.status()), ("hello\n", Some(0)));
    let places: Vec<_> = ["bind", "sendto", "recvfrom"]
        .into_iter()
        .map(|name| {
            let calls = over.calls(name);
            let call = calls.iter().find(|call| call.place.is_some()).unwrap();
            let place = call.place.as_ref().unwrap();
            (place.file.as_str(), place.line)
        })
        .collect();
    assert_eq!(places, [("/work/pair.py", 3), ("/work/pair.py", 5), ("/work/pair.py", 6)]);
    let received = over.calls("recvfrom");
    assert!(
        received.iter().any(|call| call.outcome == Some(Outcome::Returned(5))
            && call.on.is_some_and(|on| on.socket.is_some()))
    );
}

fn a_guest_can_wait_for_its_time() {
    let directory = directory("pair.py", PAIR);
    let when = When::After(Duration::from_millis(1));

    let over = watch(directory.path(), &["/usr/bin/python3", "pair.py"], when).end();

    assert_eq!((over.output.as_str(), over.status()), ("hello\n", Some(0)));
}

const DAEMON: &str = "\
import os, signal, socket
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    s = socket.socket()
    s.bind(('127.0.0.1', 3500))
    s.listen(1)
    s.accept()
";

fn a_guest_is_ended_with_what_it_has_left_behind() {
    let directory = directory("daemon.py", DAEMON);
    let mut watched = watch(directory.path(), &["/usr/bin/python3", "daemon.py"], When::AtOnce);
    watched.until(|seen| super::support::calls(seen).any(|call| call.call.name() == "listen"));
    assert!(watched.session.usage(0).unwrap().processes >= 1);

    let over = watched.kill();

    assert_eq!(over.output, "");
}
