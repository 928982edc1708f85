//! Sends that move less than they are asked to.

use scope::model::{Args, Call, Outcome};
use scope::source::calls::{Start, When};

use crate::support::{Recording, begin, config, python};

/// A pair of TCP sockets, `a` and `b`.
const PAIR: &str = "import os, socket
listener = socket.create_server(('127.0.0.1', 0))
a = socket.create_connection(listener.getsockname())
b = listener.accept()[0]
";

#[test]
fn every_call_that_sends_on_a_stream_returns_what_the_clamp_lets_it_move() {
    let send = "
text = b'hola mundo!'
assert a.send(text) == 3
assert os.write(a.fileno(), text) == 3
assert os.writev(a.fileno(), [b'', text[:2], text[2:]]) == 3
assert a.sendmsg([text[:3], text]) == 3
file = os.memfd_create('text')
os.write(file, text)
assert os.sendfile(a.fileno(), file, 0, 11) == 3
pipe = os.pipe()
os.write(pipe[1], text)
assert os.splice(pipe[0], a.fileno(), 11) == 3
assert b.recv(100, socket.MSG_WAITALL | socket.MSG_DONTWAIT) == b'hol' * 6
";
    let recording = clamped(&format!("{PAIR}{send}"));

    let moved: Vec<_> = sends(&recording).iter().map(|call| (call.call.name(), call.outcome)).collect();
    let names = ["sendto", "write", "writev", "sendmsg", "sendfile", "splice"];
    assert_eq!(moved, names.map(|name| (name, Some(Outcome::Returned(3)))));
}

#[test]
fn a_recording_has_what_was_asked_for_and_what_was_moved() {
    let recording = clamped(&format!("{PAIR}assert a.sendmsg([b'ho', b'la']) == 3"));

    let Args::Send { messages, .. } = &sends(&recording)[0].args else { panic!() };
    let data = &messages[0].data;
    assert_eq!((data.asked_bytes, data.moved_bytes), (4, Some(3)));
    assert_eq!(data.bytes.0, b"hol");
}

#[test]
fn what_a_program_looks_at_afterwards_is_as_it_was() {
    // `sendall` goes on with its own list of pieces, and the pieces themselves are the program's.
    let recording =
        clamped(&format!("{PAIR}a.sendall(b'hola mundo!')\nassert b.recv(100) == b'hola mundo!'"));

    let moved: Vec<_> = sends(&recording).iter().map(|call| call.outcome).collect();
    assert_eq!(moved, [3, 3, 3, 2].map(|bytes| Some(Outcome::Returned(bytes))));
}

#[test]
fn datagrams_and_pipes_are_left_alone() {
    let send = "import os, socket
a, b = socket.socketpair()
assert a.send(b'hola') == 4
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
assert u.sendto(b'hola', ('127.0.0.1', 9)) == 4
pipe = os.pipe()
assert os.write(pipe[1], b'hola') == 4";

    clamped(send);
}

fn clamped(script: &str) -> Recording {
    let running = begin(config(vec![Start { when: When::Asked, ..python(script) }]));
    running.calls.clamp().set(Some(3));
    running.calls.launch(0, None).unwrap();
    running.calls.release();
    let recording = running.end();
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
    recording
}

fn sends(recording: &Recording) -> Vec<&Call> {
    let on_sockets = recording.on_sockets().into_iter();
    on_sockets.filter(|call| matches!(call.args, Args::Send { .. })).collect()
}
