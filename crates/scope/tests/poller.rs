//! What is seen between calls: by looks at real sockets on loopback, in a network that others use too.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use kernel::poll::{self, Interest};
use kernel::socket::{Buffer, set_buffer_bytes};
use kernel::socket_state::cookie;
use scope::model::{Certainty, Counter, Fd, Observation, Pid, SocketId, SocketState, Time, What};
use scope::session::LOOK_EVERY;
use scope::source::poller::{self, Config};
use scope::source::sink::{Reader, sink};
use scope::source::{Eye, Sink};

#[test]
fn a_connection_that_waits_is_told_by_the_last_look_at_the_latest() {
    let (mut eye, sink, mut reader) = eye();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    look(&mut eye, &listener);
    let poller =
        poller::start(Config { shared: true, period: LOOK_EVERY, known: eye.known() }, sink).unwrap();

    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    poll::wait(listener.as_fd(), Interest::READ, None).unwrap();
    poller.stop();

    let told = reader.take();
    let states = states(&told, &listener);
    assert_eq!(states.iter().map(|(_, state)| state.recv_queue).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(states[0].0, Certainty::Exact);
    assert!(matches!(states[1].0, Certainty::Since(_)));
    assert_eq!(states[1].1.holder, states[0].1.holder);
}

#[test]
fn datagrams_that_find_no_room_are_counted_at_the_socket_and_in_the_network() {
    let (mut eye, sink, mut reader) = eye();
    let [from, to] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    set_buffer_bytes(&to, Buffer::Receive, 1).unwrap();
    look(&mut eye, &to);
    let poller =
        poller::start(Config { shared: true, period: LOOK_EVERY, known: eye.known() }, sink).unwrap();

    for _ in 0..20 {
        from.send_to(&[0; 1000], to.local_addr().unwrap()).unwrap();
    }
    poller.stop();

    let told = reader.take();
    let states = states(&told, &to);
    assert!(states.last().unwrap().1.drops > 0, "{states:?}");
    let counted = counter(&told, "Udp.RcvbufErrors");
    assert!(counted.iter().map(|counter| counter.by).sum::<u64>() > 0);
    assert!(counted.iter().all(|counter| counter.shared));
}

#[test]
fn in_a_network_that_others_use_their_sockets_are_not_told() {
    let (eye, sink, mut reader) = eye();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();

    poller::start(Config { shared: true, period: LOOK_EVERY, known: eye.known() }, sink).unwrap().stop();

    assert_eq!(states(&reader.take(), &listener), []);
}

#[test]
fn in_a_private_network_every_socket_is_told_once() {
    let (eye, sink, mut reader) = eye();
    let listener = TcpListener::bind("[::1]:0").or_else(|_| TcpListener::bind("127.0.0.1:0")).unwrap();

    poller::start(Config { shared: false, period: LOOK_EVERY, known: eye.known() }, sink).unwrap().stop();

    let told = reader.take();
    let states = states(&told, &listener);
    assert_eq!(states.len(), 1);
    assert_eq!(states[0].1.local.as_ref().and_then(scope::model::Address::inet), listener.local_addr().ok());
}

fn eye() -> (Eye, Sink, Reader) {
    let (sink, reader) = sink(0);
    (Eye::new(sink.clone()), sink, reader)
}

fn look(eye: &mut Eye, socket: &impl AsRawFd) {
    eye.after_call(Pid(kernel::process::own_id()), Fd(socket.as_raw_fd()), Time(1));
}

fn states<'o>(told: &'o [Observation], socket: &impl AsFd) -> Vec<(Certainty, &'o SocketState)> {
    let id = SocketId(cookie(socket).unwrap());
    let state = |it: &'o Observation| match &it.what {
        What::Socket(state) if state.socket == id => Some((it.certainty, state)),
        _ => None,
    };
    told.iter().filter_map(state).collect()
}

fn counter<'o>(told: &'o [Observation], name: &str) -> Vec<&'o Counter> {
    let counter = |it: &'o Observation| match &it.what {
        What::Counter(counter) if counter.name == name => Some(counter),
        _ => None,
    };
    told.iter().filter_map(counter).collect()
}
