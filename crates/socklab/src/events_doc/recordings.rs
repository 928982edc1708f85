//! The events of recordings: what `trace` and `replay` write, and what an archive has.

use scope::findings::find;
use scope::model::{
    Address, Args, Bytes, Call, Captured, Certainty, Counter, Cpus, Data, Direction, EventId, Fd, Frame,
    Header, KernelEvent, Level, LinesFrom, Message, Note, Observation, Outcome, Pid, Place, Process,
    ProcessChange, Program, Protocol, SocketId, SocketRef, SocketState, Summary, TcpFigures, Tid, Time,
    Watched, What, archive,
};
use scope::testing::Story;
use scope::timeline::Timeline;
use wire::names::{Domain, MessageFlags, Poll, Shutdown, SocketOption, SocketType};
use wire::tcp_state::TcpState;

use crate::views::trace::Events;

/// The time that every example has.
const AT: Time = Time(1_234_567);

pub(super) fn events() -> Vec<String> {
    let first = [What::Recording(header()), What::Summary(summary())];
    let whats = first.into_iter().chain(processes()).chain(calls()).chain(network()).chain(notes());
    let observation =
        |(id, what)| line(&Observation { time: AT, id: EventId(id), certainty: certainty(&what), what });
    (7..).zip(whats).map(observation).chain(finding()).collect()
}

/// Counters are looked at from time to time; all else is exact.
fn certainty(what: &What) -> Certainty {
    match what {
        What::Counter(_) => Certainty::Since(Time(234_567)),
        _ => Certainty::Exact,
    }
}

fn line(observation: &Observation) -> String {
    let mut line = Vec::new();
    archive::write(&mut line, observation).expect("a vector takes everything");
    String::from_utf8(line).expect("JSON is text").trim_end().to_owned()
}

fn header() -> Header {
    let program = |name: &str, words: &[&str]| Program {
        name: name.to_owned(),
        command: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    Header {
        socklab: "0.1.0".to_owned(),
        began_unix_ns: 1_700_000_000_000_000_000,
        level: Level::A,
        kernel: "6.18.0".to_owned(),
        programs: vec![program("server", &["python3", "server.py"]), program("client", &["nc", "localhost"])],
        cpus: Cpus::One(1),
        mtu_bytes: Some(1500),
        snap_bytes: 2048,
        strings_bytes: 256,
        interfaces: vec![Captured { index: 1, name: "lo".to_owned() }],
    }
}

fn summary() -> Summary {
    Summary {
        calls: 14,
        packets: 20,
        packets_lost: 0,
        processes: 2,
        wait_statuses: vec![Some(15), Some(0)],
        interrupted: false,
    }
}

fn processes() -> Vec<What> {
    let arguments = vec!["python3".to_owned(), "server.py".to_owned()];
    [
        ProcessChange::Started { program: 0 },
        ProcessChange::Forked { child: Pid(101) },
        ProcessChange::Executed { file: "/usr/bin/python3".to_owned(), arguments },
        ProcessChange::Lines { from: LinesFrom::Stack },
        ProcessChange::Signalled { signal: 15 },
        ProcessChange::Ended { wait_status: 15 },
        ProcessChange::Released {},
    ]
    .map(|change| What::Process(Process { pid: Pid(100), change }))
    .into()
}

fn calls() -> Vec<What> {
    let message = |flags| Message {
        data: Data { asked_bytes: 1024, moved_bytes: Some(4), bytes: Bytes(b"hola".to_vec()) },
        address: Some(address("127.0.0.1:3500")),
        flags,
    };
    let connection = SocketId(4097);
    let (domain, of_type) = (Domain(2), SocketType::STREAM);
    let watched = Watched { on: of(3), wanted: Poll::IN, ready: Poll::IN };
    [
        ("socket", Args::Socket { domain, of_type, protocol: 0, pair: Vec::new() }),
        ("bind", Args::Address { address: Some(address("127.0.0.1:3500")) }),
        ("listen", Args::Listen { backlog: 5 }),
        (
            "accept4",
            Args::Accept {
                address: Some(address("127.0.0.1:40000")),
                accepted: Some(connection),
                flags: SocketType(0o2_000_000),
            },
        ),
        ("sendto", Args::Send { messages: vec![message(None)], flags: MessageFlags::NOSIGNAL }),
        (
            "recvmsg",
            Args::Receive { messages: vec![message(Some(MessageFlags::TRUNC))], flags: MessageFlags(0) },
        ),
        ("shutdown", Args::Shutdown { how: Shutdown(1) }),
        ("setsockopt", Args::Option { option: SocketOption::REUSEADDR, value: Some(1) }),
        ("close", Args::Close {}),
        ("dup", Args::Duplicate {}),
        ("poll", Args::Wait { watched: vec![watched], limit_ns: Some(1_000_000_000) }),
        ("clock_nanosleep", Args::Sleep { asked_ns: 2_000_000_000 }),
        ("ioctl", Args::Other { values: [3, 0x541b, 0, 0, 0, 0] }),
    ]
    .map(|(name, args)| What::Call(call(name, args)))
    .into()
}

fn call(name: &str, args: Args) -> Call {
    let outcome = match name {
        "bind" => Outcome::Failed(98),
        "recvmsg" => Outcome::Returned(4),
        "poll" => Outcome::Restarted,
        "clock_nanosleep" => Outcome::Ended,
        _ => Outcome::Returned(0),
    };
    let place = Place { file: "/home/ana/server.py".to_owned(), line: 8, function: "main".to_owned() };
    Call {
        pid: Pid(100),
        tid: Tid(100),
        call: name.parse().expect("a call of the table"),
        on: (name != "poll").then(|| of(3)),
        args,
        until: Some(Time(1_244_567)),
        outcome: Some(outcome),
        place: Some(place.into()),
    }
}

fn of(fd: i32) -> SocketRef {
    SocketRef { fd: Fd(fd), socket: Some(SocketId(4096)) }
}

fn network() -> Vec<What> {
    let frame = Frame {
        direction: Direction::Out,
        interface: 1,
        length_bytes: 46,
        bytes: Bytes(vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
    };
    let local = || address("127.0.0.1:3500");
    let peer = || address("127.0.0.1:40000");
    vec![
        What::Packet(frame),
        What::Socket(connection()),
        What::Counter(Counter { name: "Udp.NoPorts".to_owned(), by: 1, shared: false }),
        What::Kernel(KernelEvent::Dropped { reason: "NO_SOCKET".to_owned(), protocol: 0x0800 }),
        What::Kernel(KernelEvent::State {
            from: TcpState::SynSent,
            to: TcpState::Established,
            local: local(),
            peer: peer(),
        }),
        What::Kernel(KernelEvent::Other {
            name: "tcp:tcp_send_reset".to_owned(),
            local: Some(local()),
            peer: Some(peer()),
        }),
    ]
}

fn connection() -> SocketState {
    SocketState {
        socket: SocketId(4096),
        holder: Some((Pid(100), Fd(3))),
        protocol: Protocol::Tcp,
        state: Some(TcpState::Established),
        local: Some(address("127.0.0.1:3500")),
        peer: Some(address("127.0.0.1:40000")),
        recv_queue: 4,
        send_queue: 0,
        drops: 0,
        recv_buffer_bytes: 131_072,
        send_buffer_bytes: 2_626_560,
        tcp: Some(TcpFigures {
            cwnd: 10,
            ssthresh: u32::MAX >> 1,
            rtt_us: 25,
            rtt_var_us: 12,
            rto_us: 201_000,
            send_mss: 1448,
            unacked: 0,
            retransmits: 0,
        }),
    }
}

fn notes() -> Vec<What> {
    let pid = Pid(100);
    [
        Note::IoUring { pid },
        Note::ForeignCalls { pid },
        Note::NoPrivilege { pid, file: "/usr/bin/ping".to_owned() },
        Note::PacketsLost { packets: 3 },
        Note::BytesLeftOut {},
        Note::ClockStepped { by_us: -1500 },
        Note::NoLines { pid },
        Note::SourceFailed { source: "packets".to_owned(), operation: "wait".to_owned(), errno: 100 },
    ]
    .map(What::Note)
    .into()
}

/// What was found in a recording; each rule has facts of its own.
fn finding() -> Vec<String> {
    let mut story = Story::new(&["client"]);
    let socket = story.socket(story.pid(0), 3, Protocol::Udp);
    let data = vec![0; 65_508];
    story.failing(90).send(socket, &data, Some("127.0.0.1:3500"));
    let timeline = Timeline::build(story.finish()).expect("a recording with a header");
    let mut written = Vec::new();
    Events::new(&mut written).end(&find(&timeline)).expect("a vector takes everything");
    let text = String::from_utf8(written).expect("JSON is text");
    text.lines().filter(|line| line.contains(r#""event":"finding""#)).map(str::to_owned).collect()
}

fn address(text: &str) -> Address {
    text.parse().unwrap_or_else(|never| match never {})
}
