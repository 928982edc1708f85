//! What the kernel tells of a datagram that nobody takes, where it may be asked.
#![expect(clippy::print_stdout, reason = "a test that this machine cannot have says so, in its helpers too")]

use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd};

use kernel::poll::{self, Interest};
use scope::model::{Fd, KernelEvent, Pid, Time, What};
use scope::source::Eye;
use scope::source::sink::sink;
use scope::source::tracepoints::{self, TracepointsError};

#[test]
fn a_datagram_without_a_socket_is_dropped_for_that_reason() {
    let (sink, mut reader) = sink(0);
    let mut eye = Eye::new(sink.clone());
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    client.connect(closed).unwrap();
    eye.after_call(Pid(kernel::process::own_id()), Fd(client.as_raw_fd()), Time(1));
    let Some(listening) = started(tracepoints::start(eye.known(), sink)) else { return };

    client.send(b"hola").unwrap();
    poll::wait(client.as_fd(), Interest::READ, None).unwrap();
    assert_eq!(listening.stop(), 0);

    let dropped = |what: &What| matches!(what, What::Kernel(KernelEvent::Dropped { reason, protocol: 0x0800 }) if reason == "NO_SOCKET");
    let told = reader.take();
    assert!(told.iter().any(|it| dropped(&it.what)), "{told:?}");
}

#[test]
fn who_may_not_listen_is_told_so() {
    if kernel::process::effective_user() == 0 {
        println!("skipped: root may listen");
        return;
    }
    let (sink, _reader) = sink(0);
    let known = Eye::new(sink.clone()).known();

    let error = tracepoints::start(known, sink).unwrap_err();

    assert!(matches!(error, TracepointsError::Refused { .. } | TracepointsError::NoTracefs), "{error:?}");
}

/// Returns what was started, unless this machine or this user cannot have it.
fn started(outcome: Result<tracepoints::Tracepoints, TracepointsError>) -> Option<tracepoints::Tracepoints> {
    match outcome {
        Ok(started) => Some(started),
        Err(error @ (TracepointsError::Refused { .. } | TracepointsError::NoTracefs)) => {
            println!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}
