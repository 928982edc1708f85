//! How long calls take, and whose affair they are.

use std::time::Duration;

use scope::model::{Args, Bytes, Data, Message, Protocol, SocketId, SocketRef};
use scope::testing::{Socket, Story};
use scope::timeline::{Blocked, Class, EntryKind};
use wire::names::{Domain, MessageFlags, SocketType};

use super::{CLIENT, SERVER, build, call, class};

#[test]
fn a_call_blocks_from_fifty_microseconds_on_and_a_sleep_always() {
    let mut story = Story::new(&["server"]);
    let socket = socket(&mut story, Protocol::Udp);
    let short = story.taking_us(49).receive(socket, 10, b"a", Some(CLIENT));
    let long = story.taking_us(50).receive(socket, 10, b"a", Some(CLIENT));
    let sleep = story.sleep_us(socket.pid, 7);
    let last = story.for_ever().receive(socket, 10, b"", None);
    story.wait_us(3_000_000);

    let timeline = build(story);

    assert_eq!(call(&timeline, short).blocked, Blocked::No);
    assert_eq!(call(&timeline, long).blocked, Blocked::For(Duration::from_micros(50)));
    assert_eq!(call(&timeline, sleep).blocked, Blocked::For(Duration::from_micros(7)));
    assert_eq!(call(&timeline, last).blocked, Blocked::Still(Duration::from_secs(3)));
}

#[test]
fn at_one_time_a_call_is_before_its_packet() {
    let mut story = Story::new(&["client"]);
    let socket = socket(&mut story, Protocol::Udp);
    story.at_us(200);
    let packet = story.datagram(CLIENT, SERVER, b"a");
    let call = story.at_us(200).send(socket, b"a", Some(SERVER));

    let timeline = build(story);

    let place = |id| timeline.entries.iter().position(|entry| entry.id == id).expect("an entry");
    assert!(place(call) < place(packet));
}

#[test]
fn looking_a_name_up_is_the_resolvers_affair() {
    let mut story = Story::new(&["client"]);
    let nscd = socket(&mut story, Protocol::Unix);
    let made = story.connect(nscd, "unix:/var/run/nscd/socket");
    story.close(nscd);
    let dns = socket(&mut story, Protocol::Udp);
    let asked = story.send(dns, b"?", Some("127.0.0.53:53"));
    let netlink = socket(&mut story, Protocol::Other);
    let own = socket(&mut story, Protocol::Unix);
    story.connect(own, "unix:/tmp/own");

    let timeline = build(story);

    assert_eq!(call(&timeline, made).class, Class::Resolver);
    assert_eq!(call(&timeline, asked).class, Class::Resolver);
    for (socket, of) in
        [(nscd, Class::Resolver), (dns, Class::Resolver), (netlink, Class::Resolver), (own, Class::Program)]
    {
        assert_eq!(class(&timeline, socket.id), of);
    }
    let first = timeline.entries.iter().find_map(|entry| match &entry.kind {
        EntryKind::Call(call) => Some(call),
        _ => None,
    });
    assert_eq!(first.expect("a call").class, Class::Resolver, "also before it was known");
}

#[test]
fn a_pair_that_wakes_an_event_loop_is_the_runtimes_and_one_with_data_the_programs() {
    let mut story = Story::new(&["client"]);
    let loops = pair(&mut story, 10);
    let own = pair(&mut story, 20);
    story.send(loops[0], b"\0", None);
    story.receive(loops[1], 4096, b"\0", None);
    story.send(own[0], b"hola", None);

    let timeline = build(story);

    assert_eq!(loops.map(|end| class(&timeline, end.id)), [Class::Runtime; 2]);
    assert_eq!(own.map(|end| class(&timeline, end.id)), [Class::Program; 2]);
}

#[test]
fn who_waits_for_its_own_socket_among_others_waits_itself() {
    let mut story = Story::new(&["client"]);
    let loops = pair(&mut story, 10);
    let own = socket(&mut story, Protocol::Tcp);
    let waits = |story: &mut Story, sockets: &[Socket]| {
        let watched = sockets
            .iter()
            .map(|socket| scope::model::Watched {
                on: SocketRef { fd: socket.fd, socket: Some(socket.id) },
                wanted: wire::names::Poll::IN,
                ready: wire::names::Poll::default(),
            })
            .collect();
        story.any_call(own.pid, None, "poll", Args::Wait { watched, limit_ns: None }, 0)
    };
    let both = waits(&mut story, &[loops[0], own]);
    let one = waits(&mut story, &[loops[0]]);
    let ring = story.any_call(own.pid, None, "io_uring_setup", Args::Other { values: [0; 6] }, 4);

    let timeline = build(story);

    assert_eq!(
        [both, one, ring].map(|id| call(&timeline, id).class),
        [Class::Program, Class::Runtime, Class::Runtime]
    );
}

#[test]
fn a_call_that_fails_names_nothing() {
    let mut story = Story::new(&["client"]);
    let socket = socket(&mut story, Protocol::Tcp);
    story.failing(98).bind(socket, SERVER);

    let timeline = build(story);

    assert_eq!(timeline.sockets.get(socket.id).expect("a socket").local, None);
}

#[test]
fn restarted_calls_are_calls_of_their_own() {
    let mut story = Story::new(&["client"]);
    let socket = socket(&mut story, Protocol::Udp);
    let messages = vec![Message {
        data: Data { asked_bytes: 10, moved_bytes: None, bytes: Bytes::default() },
        ..Message::default()
    }];
    let args = Args::Receive { messages, flags: MessageFlags::default() };
    let first = story.taking_us(80).call(socket, "recvfrom", args, 0);
    let mut observations = story.finish();
    for observation in &mut observations {
        if let (true, scope::model::What::Call(call)) = (observation.id == first, &mut observation.what) {
            call.outcome = Some(scope::model::Outcome::Restarted);
        }
    }

    let timeline = super::timeline(observations);

    assert_eq!(call(&timeline, first).blocked, Blocked::For(Duration::from_micros(80)));
}

fn socket(story: &mut Story, protocol: Protocol) -> Socket {
    let pid = story.pid(0);
    story.socket(pid, 3, protocol)
}

fn pair(story: &mut Story, first: i32) -> [Socket; 2] {
    let end = |number: i32| Socket {
        pid: scope::model::Pid(100),
        fd: scope::model::Fd(first + number),
        id: SocketId(1000 + u64::try_from(first + number).expect("a number")),
        protocol: Protocol::Unix,
    };
    let ends = [end(0), end(1)];
    let args = Args::Socket {
        domain: Domain(1),
        of_type: SocketType::STREAM,
        protocol: 0,
        pair: ends.map(|end| SocketRef { fd: end.fd, socket: Some(end.id) }).to_vec(),
    };
    story.any_call(ends[0].pid, None, "socketpair", args, 0);
    ends
}
