//! When the sockets of a traced program end.

use std::net::TcpListener;
use std::path::Path;

use kernel::clock::monotonic_ns;
use scope::model::{ProcessChange, What};
use scope::source::calls::{self, Start, When};
use scope::source::packets;
use scope::source::sink;
use scope::source::state::Eye;

use crate::capture::{decoded, frames};

/// How many connections the program has when it ends: fewer than descriptors are kept of.
const CONNECTIONS: usize = 40;

/// A copy of a descriptor that the tracer kept until it hears of the end would let the connection live until then.
pub(crate) fn the_connections_of_a_process_end_before_it_is_told_to_have_ended() {
    let (sink, mut reader) = sink::sink(monotonic_ns());
    let capture = packets::start(packets::Config::default(), sink.clone()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = listener.local_addr().unwrap();
    let script = format!(
        "import os, socket
connections = [socket.create_connection(('127.0.0.1', {})) for _ in range({CONNECTIONS})]
for connection in connections: connection.send(b'x')
os._exit(0)",
        there.port()
    );

    let calls = calls::start(config(&script), sink.clone(), Eye::new(sink)).unwrap();
    assert_eq!(calls.join().wait_statuses, [Some(0)]);
    capture.stop();

    let told = reader.take();
    let ended = told.iter().find(|it| matches!(&it.what, What::Process(process) if matches!(process.change, ProcessChange::Ended { .. })));
    let ended = ended.unwrap().time;
    let ends: Vec<_> = frames(&told)
        .map(|(time, frame)| (time, decoded(frame)))
        .filter(|(_, packet)| packet.to() == Some(there) && packet.tcp().is_some_and(|tcp| tcp.flags.fin))
        .collect();
    assert!(ends.len() >= CONNECTIONS);
    assert!(ends.iter().all(|(time, _)| *time < ended), "{ended:?} {ends:#?}");
}

fn config(script: &str) -> calls::Config {
    let python = if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
    let command = [python, "-c", script].map(Into::into).to_vec();
    calls::Config {
        programs: vec![Start { command, environment: Vec::new(), when: When::AtOnce, guest: None }],
        attach: Vec::new(),
        strings_bytes: 256,
        refuse_io_uring: false,
        keep_privileges: false,
        output_to_error: false,
        terminal: None,
        cpu: None,
    }
}
