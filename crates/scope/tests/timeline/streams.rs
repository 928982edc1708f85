//! Whose the segments of TCP are, and their numbers.

use scope::model::{EventId, Fd, Level, ProcessChange, Protocol, SocketId, What};
use scope::testing::{Socket, Story};
use scope::timeline::{Numbers, Role};
use wire::tcp_state::TcpState;

use super::{CLIENT, KERNEL, SERVER, build, holder, owner, packet, timeline};

#[test]
fn packets_before_and_after_accept_belong_to_listener_and_connection() {
    let (mut story, listener) = listening("0.0.0.0:3500");
    let client = socket(&mut story, 1);
    story.connect(client, SERVER);
    let syn = story.handshake(CLIENT, SERVER);
    let early = story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");
    let accepted = story.accept(listener, 4, CLIENT);
    let late = story.segment(SERVER, CLIENT, "P.", (1, 5), b"eco");

    let timeline = build(story);

    let queued = owner(Some(listener.pid), Some(listener.id), Role::Listener);
    assert_eq!(packet(&timeline, syn).from, holder(client.pid, client.id));
    assert_eq!([packet(&timeline, syn).to, packet(&timeline, early).to], [queued; 2]);
    assert_eq!(packet(&timeline, late).from, holder(listener.pid, accepted.id));
    assert_eq!(packet(&timeline, late).to, holder(client.pid, client.id));
}

#[test]
fn a_syn_belongs_to_the_program_whose_connect_has_not_returned() {
    let (mut story, _) = listening(SERVER);
    let (one, other) = (socket(&mut story, 1), socket(&mut story, 2));
    story.for_ever().connect(one, SERVER);
    let first = story.segment(CLIENT, SERVER, "S", (0, 0), &[]);
    story.wait_us(5).for_ever().connect(other, SERVER);
    let second = story.segment("127.0.0.1:40002", SERVER, "S", (0, 0), &[]);
    let again = story.wait_us(1_000_000).lost_segment(CLIENT, SERVER, "S", (0, 0));

    let timeline = build(story);

    assert_eq!(packet(&timeline, first).from, holder(one.pid, one.id));
    assert_eq!(packet(&timeline, second).from, holder(other.pid, other.id));
    assert_eq!(packet(&timeline, again).from, holder(one.pid, one.id));
    assert!(packet(&timeline, again).numbers.unwrap().retransmission);
    assert_eq!(packet(&timeline, again).arrived, None);
}

#[test]
fn what_comes_after_close_is_the_kernels_for_whoever_closed() {
    let (mut story, listener) = listening(SERVER);
    let client = connection(&mut story, CLIENT);
    let accepted = story.accept(listener, 4, CLIENT);
    story.close(client);
    let fin = story.wait_us(1).segment(CLIENT, SERVER, "F.", (1, 1), &[]);
    let data = story.segment(SERVER, CLIENT, "P.", (1, 2), b"x");
    let reset = story.segment(CLIENT, SERVER, "R", (2, 0), &[]);

    let timeline = build(story);

    let closed = owner(Some(client.pid), Some(client.id), Role::Closed);
    for (id, from, to) in [
        (fin, closed, holder(listener.pid, accepted.id)),
        (data, holder(listener.pid, accepted.id), closed),
        (reset, closed, holder(listener.pid, accepted.id)),
    ] {
        assert_eq!((packet(&timeline, id).from, packet(&timeline, id).to), (from, to));
    }
}

#[test]
fn a_port_that_nobody_has_is_answered_by_the_kernel() {
    let mut story = Story::new(&["server", "client"]);
    let client = socket(&mut story, 1);
    story.failing(111).taking_us(40).connect(client, SERVER);
    story.at_us(15);
    let syn = story.segment(CLIENT, SERVER, "S", (0, 0), &[]);
    let reset = story.segment(SERVER, CLIENT, "R.", (0, 1), &[]);
    let mut observations = story.finish();

    for level in [Level::A, Level::B] {
        for observation in &mut observations {
            if let What::Recording(header) = &mut observation.what {
                header.level = level;
            }
        }
        let timeline = timeline(observations.clone());

        assert_eq!(packet(&timeline, syn).to, KERNEL);
        assert_eq!(packet(&timeline, reset).from, KERNEL);
        assert_eq!(packet(&timeline, reset).to, holder(client.pid, client.id));
    }
}

#[test]
fn connections_that_were_not_accepted_are_reset_for_the_listener_that_is_gone() {
    let (mut story, listener) = listening(SERVER);
    connection(&mut story, CLIENT);
    story.close(listener);
    let reset = story.wait_us(1).segment(SERVER, CLIENT, "R.", (1, 1), &[]);

    let timeline = build(story);

    assert_eq!(packet(&timeline, reset).from, owner(Some(listener.pid), Some(listener.id), Role::Closed));
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    let (mut story, listener) = listening(SERVER);
    let mut seen = Vec::new();
    for round in 0..3 {
        let client = connection_with(&mut story, CLIENT, 3_000_000 + round);
        let accepted = story.accept(listener, 4, CLIENT);
        let data = raw(&mut story, (CLIENT, SERVER), 3_000_001 + round, b"dato");
        seen.push((data, client, accepted));
        story.close(client);
        story.close(accepted);
        story.wait_us(50);
    }

    let timeline = build(story);

    for (data, client, accepted) in seen {
        let data = packet(&timeline, data);
        assert_eq!((data.from, data.to), (holder(client.pid, client.id), holder(listener.pid, accepted.id)));
        assert_eq!(data.numbers.unwrap().sequence, 1);
        assert!(!data.numbers.unwrap().retransmission);
    }
}

#[test]
fn an_ipv6_socket_has_the_packets_of_ipv4() {
    let (mut story, listener) = listening("[::]:3500");
    let client = socket(&mut story, 1);
    story.connect(client, "[::ffff:127.0.0.1]:3500");
    let syn = story.handshake(CLIENT, SERVER);
    let accepted = story.accept(listener, 4, "[::ffff:127.0.0.1]:40000");
    let data = story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");

    let timeline = build(story);

    assert_eq!(packet(&timeline, syn).from, holder(client.pid, client.id));
    assert_eq!(packet(&timeline, syn).to.socket, Some(listener.id));
    assert_eq!(packet(&timeline, data).to.socket, Some(accepted.id));
}

#[test]
fn a_state_that_is_seen_later_names_the_socket_of_earlier_packets() {
    let (mut story, listener) = listening(SERVER);
    let client = Socket { pid: story.pid(1), fd: Fd(7), id: SocketId(77), protocol: Protocol::Tcp };
    let syn = story.handshake(CLIENT, SERVER);
    let waiting = Socket { id: SocketId(78), ..listener };
    let mut state = story.state_of(waiting, Some(TcpState::Established), SERVER, Some(CLIENT));
    state.holder = None;
    story.state(state);
    let state = story.state_of(client, Some(TcpState::Established), CLIENT, Some(SERVER));
    story.state(state);

    let timeline = build(story);

    assert_eq!(packet(&timeline, syn).from, holder(client.pid, client.id));
    assert_eq!(packet(&timeline, syn).to, owner(Some(listener.pid), Some(listener.id), Role::Listener));
}

#[test]
fn of_processes_that_share_a_listener_the_one_that_accepted_has_the_connection() {
    let (mut story, listener) = listening(SERVER);
    let parent = listener.pid;
    for child in [901, 902] {
        story.process(parent, ProcessChange::Forked { child: scope::model::Pid(child) });
    }
    connection(&mut story, CLIENT);
    let child = Socket { pid: scope::model::Pid(902), ..listener };
    let accepted = story.accept(child, 4, CLIENT);
    let data = story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");

    let timeline = build(story);

    assert_eq!(packet(&timeline, data).to, holder(child.pid, accepted.id));
}

#[test]
fn a_connection_follows_its_descriptor_to_another_process() {
    let (mut story, listener) = listening(SERVER);
    connection(&mut story, CLIENT);
    let accepted = story.accept(listener, 4, CLIENT);
    let before = story.segment(CLIENT, SERVER, "P.", (1, 1), b"a");
    let passed = Socket { pid: story.pid(2), fd: Fd(9), ..accepted };
    story.wait_us(1).receive(passed, 10, b"a", None);
    story.close(accepted);
    let after = story.wait_us(1).segment(CLIENT, SERVER, "P.", (2, 1), b"b");
    story.close(passed);
    let closed = story.wait_us(1).segment(CLIENT, SERVER, "P.", (3, 1), b"c");

    let timeline = build(story);

    assert_eq!(packet(&timeline, before).to, holder(listener.pid, accepted.id));
    assert_eq!(packet(&timeline, after).to, holder(passed.pid, accepted.id));
    assert_eq!(packet(&timeline, closed).to, owner(Some(passed.pid), Some(accepted.id), Role::Closed));
}

#[test]
fn numbers_count_from_the_syn_and_tell_what_was_sent_before() {
    let mut story = Story::new(&["server", "client"]);
    let ids = [
        story.segment(CLIENT, SERVER, "S", (0, 0), &[]),
        story.segment(SERVER, CLIENT, "S.", (0, 1), &[]),
        story.segment(CLIENT, SERVER, ".", (1, 1), &[]),
        story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola"),
        story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola"),
        story.segment(CLIENT, SERVER, ".", (4, 1), &[]),
        story.segment(CLIENT, SERVER, "F.", (5, 1), &[]),
        story.segment(CLIENT, SERVER, "F.", (5, 1), &[]),
        story.segment(SERVER, CLIENT, ".", (1, 6), &[]),
    ];

    let timeline = build(story);

    let numbers = ids.map(|id| {
        let Numbers { sequence, acknowledgement, retransmission } =
            packet(&timeline, id).numbers.expect("TCP has numbers");
        (sequence, acknowledgement, retransmission)
    });
    assert_eq!(
        numbers,
        [
            (0, 0, false),
            (0, 1, false),
            (1, 1, false),
            (1, 1, false),
            (1, 1, true),
            (4, 1, false),
            (5, 1, false),
            (5, 1, true),
            (1, 6, false)
        ]
    );
}

#[test]
fn a_connection_that_was_there_before_is_numbered_from_what_is_seen_first() {
    let mut story = Story::new(&["server", "client"]);
    let data = story.segment(CLIENT, SERVER, "P.", (500, 700), b"hola");
    let answer = story.segment(SERVER, CLIENT, "P.", (700, 504), b"eco");

    let timeline = build(story);

    let numbers = |id| packet(&timeline, id).numbers.map(|it| (it.sequence, it.acknowledgement));
    assert_eq!([numbers(data), numbers(answer)], [Some((1, 1)), Some((1, 5))]);
}

/// A story of a server that listens, and of two other programs.
fn listening(address: &str) -> (Story, Socket) {
    let mut story = Story::new(&["server", "client", "other"]);
    let listener = socket(&mut story, 0);
    story.bind(listener, address);
    story.listen(listener, 5);
    (story, listener)
}

fn socket(story: &mut Story, program: usize) -> Socket {
    let pid = story.pid(program);
    story.socket(pid, 3, Protocol::Tcp)
}

fn connection(story: &mut Story, from: &str) -> Socket {
    let client = socket(story, 1);
    story.connect(client, SERVER);
    story.handshake(from, SERVER);
    client
}

/// A connection whose client begins with this number.
fn connection_with(story: &mut Story, from: &str, initial: u32) -> Socket {
    let client = socket(story, 1);
    story.connect(client, SERVER);
    frame(story, (from, SERVER), (initial, true), &[]);
    client
}

fn raw(story: &mut Story, ends: (&str, &str), sequence: u32, data: &[u8]) -> EventId {
    frame(story, ends, (sequence, false), data)
}

fn frame(story: &mut Story, (from, to): (&str, &str), (sequence, syn): (u32, bool), data: &[u8]) -> EventId {
    let flags = wire::packet::TcpFlags { syn, ack: !syn, ..wire::packet::TcpFlags::default() };
    let segment = wire::packet::build::Tcp { sequence, flags, ..wire::packet::build::Tcp::default() };
    let [from, to] = [from, to].map(|address| address.parse().expect("an address"));
    let frame = wire::packet::build::tcp(from, to, &segment, data).expect("a segment");
    story.crosses(&frame)
}
