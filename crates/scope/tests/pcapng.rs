//! An export as other people's packet analysers read it: `tshark`, `capinfos` and `tcpdump`.
//!
//! A tool that is missing prints `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

use scope::export::pcapng::{PcapngWriter, Remark, write};
use scope::model::{Direction, Fd, Frame, Observation, Pid, Protocol, SocketId, Time, What};
use scope::testing::{Socket, Story};
use scope::timeline::{
    Blocked, CallEntry, Class, Crossing, Entry, EntryKind, Lane, Owner, Processes, Role, Timeline,
};
use wire::errno;
use wire::packet::decode;

const CLIENT: &str = "127.0.0.1:40000";
const SERVER: &str = "127.0.0.1:3500";

/// What `tshark` is asked of each record.
const FIELDS: [&str; 8] = [
    "frame.interface_name",
    "frame.packet_flags_direction",
    "frame.comment",
    "systemd_journal.message",
    "systemd_journal.pid",
    "systemd_journal.priority",
    "systemd_journal.errno",
    "systemd_journal.code_line",
];

/// Its answers: packets and calls in the order of time.
const SHOWN: [&str; 9] = [
    "|||client.py[200] socket(AF_INET, SOCK_STREAM, 0) = 3 <10 us>|200|6||",
    "|||client.py[200] connect(3, 127.0.0.1:3500) = 0 <77 us>|200|6||",
    "client.py[200]|0x00000002|client.py[200] fd 3 → server.py[100] fd 3 (listener)|||||",
    "server.py[100]|0x00000002|server.py[100] fd 3 (listener) → client.py[200] fd 3|||||",
    "client.py[200]|0x00000002|client.py[200] fd 3 → server.py[100] fd 3 (listener)|||||",
    "|||client.py[200] sendto(3, \"uno\\ndos\", 7, 0) = -1 EPIPE <10 us>|200|3|32|7",
    "|||two lines\\nand a remark||4||",
    "kernel|0x00000002|kernel → client.py[200] fd 3|||||",
    "unknown|0x00000001|unknown → server.py[100] (closed)|||||",
];

#[test]
fn tshark_shows_packets_with_their_ends_and_calls_between_them() {
    let Some(tshark) = tool("tshark") else { return };
    let file = exported();

    let shown = dissected(tshark, file.path().to_str().unwrap(), Stdio::null());

    assert_eq!(shown.lines().collect::<Vec<_>>(), SHOWN);
}

#[test]
fn a_reader_of_a_pipe_sees_the_same() {
    let Some(tshark) = tool("tshark") else { return };
    let (timeline, remarks) = recording();
    let (read, out) = io::pipe().unwrap();

    let mut writer = PcapngWriter::new(out, &timeline.header).unwrap();
    let (before, after): (Vec<_>, Vec<_>) =
        timeline.entries.iter().partition(|entry| entry.time < remarks[0].at);
    for entry in before {
        writer.entry(entry, &timeline.processes, &timeline.sockets).unwrap();
    }
    writer.remark(&remarks[0]).unwrap();
    for entry in after {
        writer.entry(entry, &timeline.processes, &timeline.sockets).unwrap();
    }
    writer.flush().unwrap();
    drop(writer);

    let shown = dissected(tshark, "-", read.into());
    let file = exported();
    assert_eq!(shown, dissected(tool("tshark").unwrap(), file.path().to_str().unwrap(), Stdio::null()));
}

#[test]
fn the_records_are_in_the_order_of_time_and_nothing_is_broken() {
    let Some(mut capinfos) = tool("capinfos") else { return };
    let file = exported();

    let told = succeeded(capinfos.args(["-o", "-c"]).arg(file.path()).output().unwrap());

    let told: Vec<_> = told.split_whitespace().collect();
    let says = |words: &[&str]| told.windows(words.len()).any(|window| window == words);
    assert!(says(&["Strict", "time", "order:", "True"]), "{told:?}");
    assert!(says(&["Number", "of", "packets:", &packets().to_string()]), "{told:?}");
}

#[test]
fn what_knows_no_calls_reads_the_packets() {
    let Some(mut tcpdump) = tool("tcpdump") else { return };
    let file = exported();

    let told = succeeded(tcpdump.args(["-n", "-r"]).arg(file.path()).output().unwrap());

    assert_eq!(told.lines().count(), packets(), "{told}");
    assert!(told.contains("IP 127.0.0.1.40000 > 127.0.0.1.3500: Flags [S]"), "{told}");
}

fn packets() -> usize {
    SHOWN.iter().filter(|row| !row.starts_with('|')).count()
}

fn dissected(mut tshark: Command, file: &str, input: Stdio) -> String {
    tshark.args(["-r", file, "-T", "fields", "-E", "separator=|"]);
    tshark.args(FIELDS.iter().flat_map(|field| ["-e", field])).stdin(input);
    succeeded(tshark.output().unwrap())
}

fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn exported() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (timeline, remarks) = recording();
    write(&timeline, &remarks, fs::File::create(file.path()).unwrap()).unwrap();
    file
}

/// A connection of which everything goes wrong that an export can show.
fn recording() -> (Timeline, Vec<Remark>) {
    let mut story = Story::new(&["server.py", "client.py"]);
    let (server, client) = (story.pid(0), story.pid(1));
    story.at_us(1000);
    let socket = story.socket(client, 3, Protocol::Tcp);
    story.at_us(2000).taking_us(77).connect(socket, SERVER);
    for (us, from, to, flags) in
        [(2010, CLIENT, SERVER, "S"), (2020, SERVER, CLIENT, "S."), (2030, CLIENT, SERVER, ".")]
    {
        story.at_us(us).segment(from, to, flags, (0, 0), &[]);
    }
    story.at_us(3000).line("/home/ana/client.py", 7).failing(errno::EPIPE).send(socket, b"uno\ndos", None);
    story.at_us(5000).port_unreachable(CLIENT, SERVER, b"unread");
    let remarks = vec![Remark { at: Time(4_000_000), text: "two lines\nand a remark".to_owned() }];
    let listener = Socket { pid: server, fd: Fd(3), id: SocketId(9), protocol: Protocol::Tcp };
    let state = story.state_of(listener, None, SERVER, None);
    story.state(state);
    let mut timeline = put_together(&story.finish(), socket, listener);
    let mut stray = timeline.entries.last().unwrap().clone();
    let EntryKind::Packet(crossing) = &mut stray.kind else { panic!("the last entry is no packet") };
    stray.time = Time(6_000_000);
    crossing.arrived = crossing.departed.take();
    crossing.from = Owner { pid: None, socket: None, role: Role::Unknown };
    crossing.to = Owner { pid: Some(server), socket: None, role: Role::Closed };
    timeline.entries.push(stray);
    (timeline, remarks)
}

/// Makes a timeline of calls and departures: whatever the client's port says is the client's.
fn put_together(told: &[Observation], client: Socket, listener: Socket) -> Timeline {
    let entry = |observation: &Observation| {
        let kind = match &observation.what {
            What::Call(call) => {
                EntryKind::Call(CallEntry { call: call.clone(), blocked: Blocked::No, class: Class::Program })
            }
            What::Packet(frame) if frame.direction == Direction::Out => {
                EntryKind::Packet(Box::new(crossing(frame, observation.time, client, listener)))
            }
            _ => return None,
        };
        Some(Entry { id: observation.id, time: observation.time, certainty: observation.certainty, kind })
    };
    let mut timeline = Timeline::build(told.to_vec()).unwrap();
    timeline.entries = told.iter().filter_map(entry).collect();
    timeline.processes = processes(&[(listener.pid, "server.py"), (client.pid, "client.py")]);
    timeline
}

fn crossing(frame: &Frame, time: Time, client: Socket, listener: Socket) -> Crossing {
    let packet = decode(&frame.bytes.0, frame.length_bytes).unwrap();
    let of_client = Owner { pid: Some(client.pid), socket: Some(client.id), role: Role::Holder };
    let of_listener = Owner { pid: Some(listener.pid), socket: Some(listener.id), role: Role::Listener };
    let of_kernel = Owner { pid: None, socket: None, role: Role::Kernel };
    let (from, to) = match packet.from().map(|from| from.to_string()) {
        None => (of_kernel, of_client),
        Some(from) if from == CLIENT => (of_client, of_listener),
        Some(_) => (of_listener, of_client),
    };
    Crossing {
        departed: Some(time),
        arrived: None,
        arrival: None,
        packet,
        length_bytes: frame.length_bytes,
        bytes: frame.bytes.clone(),
        interface: frame.interface,
        from,
        to,
        numbers: None,
    }
}

fn processes(named: &[(Pid, &str)]) -> Processes {
    let lane = |&(pid, name): &(Pid, &str)| {
        let lane = Lane {
            pid,
            name: name.to_owned(),
            program: None,
            parent: None,
            command: Vec::new(),
            began: Time(0),
            ended: None,
            wait_status: None,
            has_sockets: true,
        };
        (pid, lane)
    };
    Processes { lanes: named.iter().map(lane).collect::<BTreeMap<_, _>>() }
}

/// The command of a tool, if this machine has it.
fn tool(name: &str) -> Option<Command> {
    let is_there = |directory: std::path::PathBuf| directory.join(name).is_file();
    if env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(is_there)) {
        let mut command = Command::new(name);
        command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        return Some(command);
    }
    let may_be_left_out = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1");
    assert!(may_be_left_out, "{name} is not installed");
    // Not by a macro, whose output the harness keeps to itself while a test passes.
    let _ = writeln!(io::stderr(), "SKIP: {name} (it is not installed)");
    None
}
