//! A timeline that is made while it happens.

use scope::model::{Protocol, Time, What};
use scope::testing::Story;
use scope::timeline::{Blocked, Builder, EntryKind, Role, Timeline};

use super::{CLIENT, SERVER};

#[test]
fn what_settles_is_what_the_timeline_has_in_the_end() {
    let observations = exchange().finish();
    let mut builder = Builder::new();
    let mut settled = Vec::new();
    for observation in &observations {
        builder.push(observation.clone());
        settled.extend(builder.settle(Time(observation.time.0.saturating_sub(2_000_000))));
    }
    settled.extend(builder.settle(Time(u64::MAX)));

    let whole = Timeline::build(observations).expect("a recording");

    assert_eq!(settled, whole.entries);
    assert_eq!(builder.processes(), &whole.processes);
    assert_eq!(builder.finish().expect("a recording").entries, whole.entries);
}

#[test]
fn a_call_that_waits_is_told_before_it_returns_and_again_then() {
    let mut story = Story::new(&["server"]);
    let pid = story.pid(0);
    let socket = story.socket(pid, 3, Protocol::Udp);
    story.taking_us(90_000).receive(socket, 10, b"hola", Some(CLIENT));
    let observations = story.finish();
    let mut builder = Builder::new();
    for observation in &observations {
        if let What::Call(call) = &observation.what {
            let mut waiting = call.clone();
            (waiting.until, waiting.outcome) = (None, None);
            let what = What::Waiting(waiting);
            builder.push(scope::model::Observation { what, ..observation.clone() });
        }
    }

    let first = builder.settle(Time(20_000_000));
    for observation in observations {
        assert!(builder.push(observation));
    }
    let second = builder.settle(Time(100_000_000));

    let blocked = |entries: &[scope::timeline::Entry]| match &entries.last().expect("an entry").kind {
        EntryKind::Call(call) => call.blocked,
        other => panic!("{other:?}"),
    };
    assert!(matches!(blocked(&first), Blocked::Still(_)));
    assert!(matches!(blocked(&second), Blocked::For(_)));
    let whole = builder.finish().expect("a recording");
    let calls = whole.entries.iter().filter(|entry| matches!(entry.kind, EntryKind::Call(_)));
    assert_eq!(calls.count(), 2, "socket and recvfrom, each once");
}

#[test]
fn a_packet_waits_a_little_for_its_arrival() {
    let mut story = Story::new(&["client"]);
    story.at_us(10).datagram(CLIENT, SERVER, b"hola");
    let mut builder = Builder::new();
    story.finish().into_iter().for_each(|observation| assert!(builder.push(observation)));

    let settled = builder.settle(Time(10_000));

    let crossing = settled.iter().find_map(|entry| match &entry.kind {
        EntryKind::Packet(crossing) => Some(crossing),
        _ => None,
    });
    assert_eq!(crossing.expect("a packet").arrived, Some(Time(10_280)));
    assert_eq!(crossing.expect("a packet").from.role, Role::Unknown);
}

/// A short exchange over TCP, told as it would be: what names a socket comes after its packets.
fn exchange() -> Story {
    let mut story = Story::new(&["server", "client"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let listener = story.socket(server, 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 5);
    let socket = story.socket(client, 3, Protocol::Tcp);
    story.connect(socket, SERVER);
    story.handshake(CLIENT, SERVER);
    let accepted = story.wait_us(20_000).accept(listener, 4, CLIENT);
    story.send(socket, b"hola", None);
    story.segment(CLIENT, SERVER, "P.", (1, 1), b"hola");
    story.wait_us(20_000).receive(accepted, 10, b"hola", None);
    story.close(socket);
    story.segment(CLIENT, SERVER, "F.", (5, 1), &[]);
    story
}
