//! Whose datagrams and ICMP's errors are.

use scope::model::{Protocol, SocketId};
use scope::testing::{Socket, Story};
use scope::timeline::Role;

use super::{CLIENT, KERNEL, SERVER, build, holder, owner, packet};

#[test]
fn a_socket_that_nobody_bound_is_known_by_what_it_sends() {
    let (mut story, server, client) = both("0.0.0.0:3500");
    story.taking_us(50).send(client, b"hola", Some(SERVER));
    let sent = story.at_us(120).datagram(CLIENT, SERVER, b"hola");
    story.at_us(160).receive(server, 10, b"hola", Some(CLIENT));
    let answer = story.wait_us(5).datagram(SERVER, CLIENT, b"hola");

    let timeline = build(story);

    for (id, from, to) in [(sent, client, server), (answer, server, client)] {
        let crossing = packet(&timeline, id);
        assert_eq!((crossing.from, crossing.to), (holder(from.pid, from.id), holder(to.pid, to.id)));
    }
}

#[test]
fn a_state_that_is_told_after_the_first_datagram_counts_for_it() {
    let (mut story, _, client) = both(SERVER);
    let sent = story.datagram(CLIENT, SERVER, b"hola");
    let state = story.wait_us(30).state_of(client, None, "0.0.0.0:40000", None);
    story.state(state);

    let timeline = build(story);

    assert_eq!(packet(&timeline, sent).from, holder(client.pid, client.id));
}

#[test]
fn of_two_sockets_with_a_port_the_connected_one_has_its_peers_datagrams() {
    let (mut story, server, _) = both("0.0.0.0:3500");
    let connected = story.socket(server.pid, 5, Protocol::Udp);
    story.bind(connected, SERVER);
    story.connect(connected, CLIENT);
    let own = story.datagram(CLIENT, SERVER, b"a");
    let others = story.datagram("127.0.0.1:40002", SERVER, b"b");

    let timeline = build(story);

    assert_eq!(packet(&timeline, own).to, holder(server.pid, connected.id));
    assert_eq!(packet(&timeline, others).to, holder(server.pid, server.id));
}

#[test]
fn a_port_goes_from_one_socket_to_the_next() {
    let (mut story, first, client) = both(SERVER);
    story.bind(client, CLIENT);
    let next = story.socket(first.pid, 4, Protocol::Udp);
    let early = story.wait_us(1).datagram(CLIENT, SERVER, b"a");
    story.close(first);
    let between = story.wait_us(1).datagram(CLIENT, SERVER, b"b");
    story.wait_us(1).bind(next, SERVER);
    let late = story.wait_us(1).datagram(CLIENT, SERVER, b"c");

    let timeline = build(story);

    assert_eq!(packet(&timeline, early).to, holder(first.pid, first.id));
    assert_eq!(packet(&timeline, between).to, owner(Some(first.pid), Some(first.id), Role::Closed));
    assert_eq!(packet(&timeline, late).to, holder(first.pid, next.id));
}

#[test]
fn an_icmp_error_goes_to_whom_the_quoted_packet_belongs() {
    let mut story = Story::new(&["client"]);
    let client = udp(&mut story, 0);
    story.bind(client, CLIENT);
    let sent = story.datagram(CLIENT, SERVER, b"hola");
    let error = story.port_unreachable(CLIENT, SERVER, b"hola");

    let timeline = build(story);

    assert_eq!(packet(&timeline, sent).to, KERNEL);
    assert_eq!(packet(&timeline, error).from, KERNEL);
    assert_eq!(packet(&timeline, error).to, holder(client.pid, client.id));
}

#[test]
fn datagrams_that_are_equal_are_told_apart() {
    let (mut story, _, client) = both(SERVER);
    story.bind(client, CLIENT);
    let ids = [0; 3].map(|_| story.datagram(CLIENT, SERVER, b"hola"));

    let timeline = build(story);

    for id in ids {
        let crossing = packet(&timeline, id);
        assert_eq!(crossing.arrived.unwrap().since(crossing.departed.unwrap()).as_nanos(), 280);
    }
}

#[test]
fn who_closed_last_is_named_even_if_several_had_it() {
    let (mut story, server, client) = both(SERVER);
    let duplicate = Socket { fd: scope::model::Fd(8), ..server };
    story.call(server, "dup", scope::model::Args::Duplicate {}, 8);
    story.close(server);
    let held = story.wait_us(1).datagram(CLIENT, SERVER, b"a");
    story.close(duplicate);
    let closed = story.wait_us(1).datagram(CLIENT, SERVER, b"b");
    story.bind(client, CLIENT);

    let timeline = build(story);

    assert_eq!(packet(&timeline, held).to, holder(server.pid, server.id));
    assert_eq!(packet(&timeline, closed).to, owner(Some(server.pid), Some(server.id), Role::Closed));
    assert_eq!(timeline.sockets.get(SocketId(1)).unwrap().holders.len(), 2);
}

/// A server that has an address and a client that has none yet.
fn both(address: &str) -> (Story, Socket, Socket) {
    let mut story = Story::new(&["server", "client"]);
    let server = udp(&mut story, 0);
    story.bind(server, address);
    let client = udp(&mut story, 1);
    story.at_us(100);
    (story, server, client)
}

fn udp(story: &mut Story, program: usize) -> Socket {
    let pid = story.pid(program);
    story.socket(pid, 3, Protocol::Udp)
}
