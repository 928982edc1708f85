//! What holds for any recording.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use scope::model::{
    Args, Bytes, Call, Certainty, Direction, EventId, Fd, Frame, Observation, Outcome, Pid, Process,
    ProcessChange, Protocol, SocketId, SocketRef, Tid, Time, What,
};
use scope::testing::Story;
use scope::timeline::{Builder, Timeline};
use wire::names::Syscall;

use super::{CLIENT, SERVER};

proptest! {
    #[test]
    fn any_order_of_the_same_observations_gives_the_same_timeline(
        garbage in vec(observation(), 0..60),
        shuffle in vec(any::<Index>(), 100),
    ) {
        let mut recording = recording(garbage);
        let expected = shown(&Timeline::build(recording.clone()).expect("a recording"));

        for (place, other) in shuffle.iter().enumerate().take(recording.len()) {
            let other = other.index(recording.len());
            recording.swap(place, other);
        }

        prop_assert_eq!(shown(&Timeline::build(recording).expect("a recording")), expected);
    }

    #[test]
    fn no_recording_is_a_reason_to_panic(
        garbage in vec(observation(), 0..60),
        steps in vec(any::<u64>(), 0..5),
        same_ids in any::<bool>(),
    ) {
        let mut recording = recording(garbage);
        if same_ids {
            for observation in &mut recording {
                observation.id = EventId(7);
            }
        }
        let mut builder = Builder::new();
        for observation in recording {
            builder.push(observation);
        }
        for until in steps {
            builder.settle(Time(until));
        }
        let timeline = builder.finish().expect("a recording");
        for entry in &timeline.entries {
            timeline.entry(entry.id);
        }
    }
}

/// All of a timeline that can differ.
fn shown(timeline: &Timeline) -> String {
    format!("{:?}{:?}{:?}", timeline.entries, timeline.processes, timeline.sockets)
}

fn recording(garbage: Vec<(u64, What)>) -> Vec<Observation> {
    let mut story = Story::new(&["server", "client"]);
    let pid = story.pid(0);
    let listener = story.socket(pid, 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 5);
    story.handshake(CLIENT, SERVER);
    story.accept(listener, 4, CLIENT);
    let mut observations = story.finish();
    for (time, what) in garbage {
        let id = EventId(observations.len() as u64);
        observations.push(Observation { time: Time(time), id, certainty: Certainty::Exact, what });
    }
    observations
}

fn observation() -> impl Strategy<Value = (u64, What)> {
    let time = prop_oneof![0..200_000u64, any::<u64>(), Just(5)];
    (time, prop_oneof![call(), packet(), process(), state()])
}

fn packet() -> impl Strategy<Value = What> {
    let bytes = prop_oneof![segment(), vec(any::<u8>(), 0..80)];
    (bytes, any::<bool>(), 0..2u32).prop_map(|(bytes, leaves, interface)| {
        let direction = if leaves { Direction::Out } else { Direction::In };
        let length_bytes = u32::try_from(bytes.len()).expect("a short packet");
        What::Packet(Frame { direction, interface, length_bytes, bytes: Bytes(bytes) })
    })
}

fn segment() -> impl Strategy<Value = Vec<u8>> {
    (any::<bool>(), any::<u8>(), 0..4u32, prop_oneof![Just(0), any::<u32>()]).prop_map(
        |(is_client, bits, low, number)| {
            let ends = [CLIENT, SERVER].map(|end| end.parse().expect("an address"));
            let (from, to) = if is_client { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
            let has = |bit: u8| bits & bit != 0;
            let flags = wire::packet::TcpFlags {
                syn: has(1),
                ack: has(2),
                fin: has(4),
                rst: has(8),
                ..wire::packet::TcpFlags::default()
            };
            let segment = wire::packet::build::Tcp {
                sequence: number.wrapping_add(low),
                acknowledgement: low,
                flags,
                ..wire::packet::build::Tcp::default()
            };
            wire::packet::build::tcp(from, to, &segment, &[0; 3][..low.min(3) as usize]).expect("a segment")
        },
    )
}

fn call() -> impl Strategy<Value = What> {
    let args = prop_oneof![
        Just(("connect", Args::Address { address: Some(SERVER.parse().expect("never fails")) })),
        Just(("bind", Args::Address { address: Some(CLIENT.parse().expect("never fails")) })),
        Just(("getsockname", Args::Address { address: None })),
        Just(("listen", Args::Listen { backlog: -1 })),
        Just(("close", Args::Close {})),
        Just(("dup", Args::Duplicate {})),
        any::<[u64; 6]>().prop_map(|values| ("close_range", Args::Other { values })),
        (0..4u64).prop_map(|id| {
            let accepted = Some(SocketId(id));
            let address = Some(CLIENT.parse().expect("never fails"));
            ("accept", Args::Accept { address, accepted, flags: wire::names::SocketType::default() })
        }),
    ];
    let outcome = proptest::option::of(prop_oneof![
        any::<i64>().prop_map(Outcome::Returned),
        any::<i32>().prop_map(Outcome::Failed),
        Just(Outcome::Restarted),
    ]);
    let until = proptest::option::of(any::<u64>().prop_map(Time));
    (args, (99..103u32, -1..5i32, proptest::option::of(0..4u64)), outcome, until, any::<bool>()).prop_map(
        |((name, args), (pid, fd, socket), outcome, until, waits)| {
            let on = Some(SocketRef { fd: Fd(fd), socket: socket.map(SocketId) });
            let call: Syscall = name.parse().expect("a call");
            let (pid, tid) = (Pid(pid), Tid(pid));
            let call = Call { pid, tid, call, on, args, until, outcome, place: None };
            if waits { What::Waiting(call) } else { What::Call(call) }
        },
    )
}

fn process() -> impl Strategy<Value = What> {
    let change = prop_oneof![
        any::<usize>().prop_map(|program| ProcessChange::Started { program }),
        (99..103u32).prop_map(|child| ProcessChange::Forked { child: Pid(child) }),
        Just(ProcessChange::Executed { file: String::new(), arguments: Vec::new() }),
        any::<u32>().prop_map(|wait_status| ProcessChange::Ended { wait_status }),
    ];
    (99..103u32, change).prop_map(|(pid, change)| What::Process(Process { pid: Pid(pid), change }))
}

fn state() -> impl Strategy<Value = What> {
    (0..4u64, proptest::option::of((99..103u32, 0..5i32)), 0..2usize).prop_map(|(socket, holder, end)| {
        let story = Story::new(&["server"]);
        let ends = [CLIENT, SERVER];
        let socket =
            scope::testing::Socket { pid: Pid(1), fd: Fd(1), id: SocketId(socket), protocol: Protocol::Tcp };
        let mut state = story.state_of(socket, None, ends[end], Some(ends[1 - end]));
        state.holder = holder.map(|(pid, fd)| (Pid(pid), Fd(fd)));
        What::Socket(state)
    })
}
