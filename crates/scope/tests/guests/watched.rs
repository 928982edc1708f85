//! What a session sees of a guest.

use std::env;
use std::path::Path;
use std::time::Duration;

use scope::model::Outcome;
use scope::session::{Session, When};

use super::support::{calls, config, directory, guest, watch};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("the_calls_of_a_guest_are_told_with_their_lines", the_calls_of_a_guest_are_told_with_their_lines),
    ("a_guest_can_wait_for_its_time", a_guest_can_wait_for_its_time),
    ("a_guest_is_ended_with_what_it_has_left_behind", a_guest_is_ended_with_what_it_has_left_behind),
    ("a_storm_of_forks_is_ended_under_the_tracer", a_storm_of_forks_is_ended_under_the_tracer),
    ("programs_with_threads_are_watched", programs_with_threads_are_watched),
    (
        "what_cannot_be_confined_is_an_error_and_nothing_is_left",
        what_cannot_be_confined_is_an_error_and_nothing_is_left,
    ),
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
    watched.until(|seen| calls(seen).any(|call| call.call.name() == "listen"));
    assert!(watched.session.usage(0).unwrap().processes >= 1);

    let over = watched.kill();

    assert_eq!(over.output, "");
}

const STORM: &str = "\
import os, signal, socket
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        socket.socket()
        signal.pause()
";

fn a_storm_of_forks_is_ended_under_the_tracer() {
    let directory = directory("storm.py", STORM);
    let mut watched = watch(directory.path(), &["/usr/bin/python3", "storm.py"], When::AtOnce);
    watched.until(|seen| calls(seen).any(|call| call.call.name() == "socket"));

    let over = watched.kill();

    assert_eq!(over.output, "");
}

const NODE: &str = "\
const server = require('net').createServer((socket) => {
  socket.on('data', (data) => { console.log(data.toString()); socket.destroy(); server.close(); });
});
server.listen(3500, () => require('net').connect(3500, 'localhost').end('hello'));
";

const JAVA: &str = "\
import java.net.*;
class Hello {
    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(3501);
        Thread client = new Thread(() -> {
            try (Socket socket = new Socket(\"localhost\", 3501)) {
                socket.getOutputStream().write(\"hello\".getBytes());
            } catch (java.io.IOException error) {
                System.out.println(error);
            }
        });
        client.start();
        System.out.println(new String(server.accept().getInputStream().readAllBytes()));
    }
}
";

fn programs_with_threads_are_watched() {
    for (program, name, text) in [("/usr/bin/node", "hello.js", NODE), ("/usr/bin/java", "Hello.java", JAVA)]
    {
        if !Path::new(program).exists() {
            eprint!("SKIP: no {program} ... ");
            continue;
        }
        let directory = directory(name, text);

        // A process enters one private network only; the second session is inside that of the first.
        let over = watch(directory.path(), &[program, name], When::AtOnce).end();

        assert_eq!((over.output.as_str(), over.status()), ("hello\n", Some(0)), "{program}");
        assert!(!over.calls("listen").is_empty(), "{program}");
    }
}

fn what_cannot_be_confined_is_an_error_and_nothing_is_left() {
    let directory = directory("pair.py", PAIR);
    let good = guest(directory.path(), &["/usr/bin/python3", "pair.py"], When::AtOnce).0;
    let mut bad = guest(Path::new("/nonexistent"), &["/usr/bin/true"], When::AtOnce).0;
    "bad".clone_into(&mut bad.name);

    let error = Session::start(config(vec![good, bad])).unwrap_err();

    assert_eq!(error.to_string(), "confine /usr/bin/true: chdir: No such file or directory (os error 2)");
    let mut missing = guest(directory.path(), &["./missing"], When::AtOnce).0;
    let error = Session::start(config(vec![missing.clone()])).unwrap_err();
    assert_eq!(error.to_string(), "execute ./missing: No such file or directory (os error 2)");
    // It is not there for the guest, though it is for others.
    missing.command = vec![env::current_exe().unwrap().into()];
    assert!(Session::start(config(vec![missing])).is_err());
}
