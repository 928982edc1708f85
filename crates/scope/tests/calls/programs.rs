//! Ordinary programs: what they do is told once, in order, with its outcome.

use std::collections::BTreeSet;
use std::time::Duration;

use scope::model::{Args, Outcome, ProcessChange, Time};

use crate::support::{config, program, run, trace};

#[test]
fn the_calls_of_a_program_are_told_once_and_in_order() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.sendto(b'hola', a.getsockname())
a.recvfrom(10)
a.close()"]);

    let calls = recording.on_sockets();
    let names: Vec<_> = calls.iter().map(|call| call.call.name()).collect();
    assert_eq!(names, ["socket", "bind", "getsockname", "sendto", "recvfrom", "close"]);
    let socket = calls[0].on.unwrap().socket;
    assert!(calls.iter().all(|call| call.on.unwrap().socket == socket), "{calls:#?}");
    assert_eq!(calls[4].outcome, Some(Outcome::Returned(4)));
    let Args::Receive { messages, .. } = &calls[4].args else { panic!("{:?}", calls[4]) };
    assert_eq!(messages[0].data.bytes.0, b"hola");
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn every_call_ends_after_it_began_and_before_the_next_of_its_thread() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
for n in range(200):
    a.sendto(b'hola', a.getsockname())
    a.recv(10)"]);

    let mut last = Time(0);
    for (began, call) in recording.calls() {
        let ended = call.until.unwrap();
        assert!(last <= *began && *began <= ended, "{call:#?}");
        last = ended;
    }
    assert_eq!(recording.named("sendto").len(), 200);
    assert_eq!(recording.named("recvfrom").len(), 200);
    assert_eq!(recording.ended.calls, recording.calls().len() as u64);
}

#[test]
fn a_call_that_fails_is_told_with_its_error() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.connect(('127.0.0.1', 1))
a.settimeout(0)
for attempt in (a.recv, socket.socket(socket.AF_INET, socket.SOCK_STREAM).recv):
    try: attempt(1)
    except OSError: pass"]);

    let outcomes: Vec<_> = recording.named("recvfrom").iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Failed(11)), Some(Outcome::Failed(107))]);
}

#[test]
fn a_call_that_waits_is_an_interval() {
    let recording = trace(&["import socket, struct
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 60000))
try: a.recv(1)
except OSError: pass"]);

    let (began, call) =
        recording.calls().into_iter().find(|(_, call)| call.call.name() == "recvfrom").unwrap();
    assert!(call.until.unwrap().since(*began) >= Duration::from_millis(60), "{call:#?}");
}

#[test]
fn every_thread_is_traced() {
    let recording = trace(&["import socket, threading
def work():
    a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    a.bind(('127.0.0.1', 0))
    for n in range(50): a.sendto(b'x', a.getsockname())
threads = [threading.Thread(target=work) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()"]);

    let sent = recording.named("sendto");
    assert_eq!(sent.len(), 400);
    assert_eq!(sent.iter().map(|call| call.tid).collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(sent.iter().map(|call| call.pid).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(recording.ended.processes, 1);
}

#[test]
fn a_thousand_processes_are_told_with_their_ends() {
    let script = "i=0; while [ $i -lt 1000 ]; do (exit 3); i=$((i+1)); done";
    let recording = run(config(vec![program(&["/bin/sh", "-c", script])]));

    let changes = recording.changes();
    let forked = changes.iter().filter(|(_, change)| matches!(change, ProcessChange::Forked { .. })).count();
    let ended: Vec<_> = changes
        .iter()
        .filter(|(_, change)| *change == ProcessChange::Ended { wait_status: 3 << 8 })
        .collect();
    assert_eq!((forked, ended.len()), (1000, 1000));
    assert_eq!(recording.ended.processes, 1001);
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn a_child_has_the_sockets_of_its_parent() {
    let recording = trace(&["import os, socket
a, b = socket.socketpair()
if os.fork() == 0:
    os.write(b.fileno(), b'hola')
    os._exit(0)
os.read(a.fileno(), 10)
os.wait()"]);

    let (pair, write, read) =
        (recording.named("socketpair"), recording.named("write"), recording.named("read"));
    let Args::Socket { pair, .. } = &pair[0].args else { panic!("{pair:?}") };
    assert_eq!((write[0].on.unwrap().socket, read[0].on.unwrap().socket), (pair[1].socket, pair[0].socket));
    assert_ne!(write[0].pid, read[0].pid);
}

#[test]
fn what_takes_the_place_of_a_socket_is_none() {
    let recording = trace(&["import os, socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.connect(('127.0.0.1', 9))
other = os.open('/dev/null', os.O_WRONLY)
os.write(other, b'to a file')
os.dup2(a.fileno(), other)
os.write(other, b'to a socket')
os.dup2(os.open('/dev/null', os.O_WRONLY), other)
os.write(other, b'to a file again')
a.detach()"]);

    let written = recording.named("write");
    assert_eq!(written.len(), 1, "{written:#?}");
    let Args::Send { messages, .. } = &written[0].args else { panic!() };
    assert_eq!(messages[0].data.bytes.0, b"to a socket");
    assert_eq!(recording.named("dup2").len() + recording.named("dup3").len(), 2);
}

#[test]
fn a_socket_that_another_process_has_sent_is_known() {
    let recording = trace(&["import array, os, socket
a, b = socket.socketpair()
sent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent.connect(('127.0.0.1', 9))
socket.send_fds(a, [b'x'], [sent.fileno()])
sent.close()
_, got, _, _ = socket.recv_fds(b, 1, 1)
os.write(got[0], b'hola')"]);

    let socket = recording.named("connect")[0].on.unwrap().socket;
    assert_eq!(recording.named("write")[0].on.unwrap().socket, socket);
    assert!(socket.is_some());
}
