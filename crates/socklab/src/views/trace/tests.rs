//! What a reader sees of recordings made by hand.

use insta::assert_snapshot;
use scope::model::{Note, Observation, ProcessChange, Protocol, SocketState};
use scope::testing::Story;
use scope::timeline::Timeline;
use unicode_width::UnicodeWidthStr;
use wire::tcp_state::TcpState;

use super::{Lines, Style};
use crate::lang::Lang;
use crate::words::Words;

const SERVER: &str = "127.0.0.1:3500";
const CLIENT: &str = "127.0.0.1:40001";
const LANGS: [Lang; 2] = [Lang::English, Lang::Spanish];

#[test]
fn an_echo_over_tcp_shows_calls_packets_and_states() {
    assert_snapshot!(in_both(&tcp_echo(), 100));
}

#[test]
fn a_narrow_terminal_leaves_out_what_matters_least() {
    assert_snapshot!(in_both(&tcp_echo(), 72));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in 40..140 {
        for lang in LANGS {
            for line in lines(&tcp_echo(), Style { width: Some(width), color: false, all: true }, lang) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn colours_change_nothing_else() {
    let style = Style { width: Some(90), color: false, all: false };
    let plain = lines(&tcp_echo(), style, Lang::English).join("\n");
    let colored = lines(&tcp_echo(), Style { color: true, ..style }, Lang::English).join("\n");

    assert_ne!(plain, colored);
    assert_eq!(plain, clap::builder::StyledStr::from(colored).to_string());
}

#[test]
fn a_refused_datagram_shows_who_refused_it_and_who_waits() {
    let mut story = Story::new(&["client"]);
    let client = story.pid(0);
    story.at_us(30_000).line("/home/ana/client.py", 5);
    let socket = story.socket(client, 3, Protocol::Udp);
    story.line("/home/ana/client.py", 6).send(socket, b"hola", Some(SERVER));
    story.datagram(CLIENT, SERVER, b"hola");
    story.port_unreachable(CLIENT, SERVER, b"hola");
    story.line("/home/ana/client.py", 7).for_ever().receive(socket, 1024, b"", None);
    story.at_us(40_000).counter("Udp.NoPorts", 1);
    story.at_us(2_500_000).process(client, ProcessChange::Signalled { signal: 2 });
    story.process(client, ProcessChange::Ended { wait_status: 2 });

    assert_snapshot!(in_both(&story.finish(), 100));
}

#[test]
fn a_full_accept_queue_shows_what_is_lost() {
    assert_snapshot!(in_both(&full_queue(), 100));
}

#[test]
fn what_limits_the_view_is_told() {
    let mut story = Story::new(&["node"]);
    let pid = story.pid(0);
    story.at_us(1000).socket(pid, 17, Protocol::Udp);
    let file = "/usr/bin/sudo".to_owned();
    let notes = [
        Note::IoUring { pid },
        Note::ForeignCalls { pid },
        Note::NoPrivilege { pid, file },
        Note::PacketsLost { packets: 12 },
        Note::BytesLeftOut {},
        Note::ClockStepped { by_us: -1500 },
        Note::NoLines { pid },
        Note::SourceFailed { source: "packets".to_owned(), operation: "poll".to_owned(), errno: 12 },
    ];
    for note in notes {
        story.note(note);
    }

    assert_snapshot!(in_both(&story.finish(), 110));
}

#[test]
fn what_is_no_text_cannot_reach_the_terminal() {
    let mut story = Story::new(&["e\u{1b}[31mvil"]);
    let pid = story.pid(0);
    let socket = story.socket(pid, 3, Protocol::Unix);
    story.line("\u{1b}]0;x\u{7}.py", 1).connect(socket, "unix:/tmp/\u{1b}[2J");
    story.send(socket, b"\x1b[2J\x07\xff\xfe\"", None);
    let observations = story.finish();
    for all in [false, true] {
        let style = Style { width: None, color: false, all };
        for line in lines(&observations, style, Lang::English) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}

/// The practical's server, which is slow to accept, and its client.
fn tcp_echo() -> Vec<Observation> {
    let mut story = Story::new(&["server", "client"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let (s, c) = ("/home/ana/server.py", "/home/ana/client.py");
    let listener = story.at_us(20_000).line(s, 4).socket(server, 3, Protocol::Tcp);
    story.line(s, 5).bind(listener, SERVER);
    story.line(s, 6).listen(listener, 5);
    let mut queue = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    queue.send_queue = 5;
    story.state(queue.clone());
    let socket = story.at_us(48_000).line(c, 3).socket(client, 3, Protocol::Tcp);
    connect(&mut story, socket, c);
    queue.recv_queue = 1;
    story.state(queue.clone());
    story.state(story.state_of(socket, Some(TcpState::Established), CLIENT, Some(SERVER)));
    story.wait_us(20).line(c, 9).send(socket, b"unodostres", None);
    story.segment(CLIENT, SERVER, "P.", (1, 1), b"unodostres");
    story.segment(SERVER, CLIENT, ".", (1, 11), b"");
    story.line(c, 10);
    story.at_us(48_400).taking_us(500_300).receive(socket, 1024, b"unod", None);
    let accepted = story.at_us(548_000).line(s, 8).accept(listener, 4, CLIENT);
    queue.recv_queue = 0;
    story.state(queue);
    let mut state = story.state_of(accepted, Some(TcpState::Established), SERVER, Some(CLIENT));
    state.recv_queue = 10;
    story.state(state.clone());
    story.line(s, 9).receive(accepted, 4, b"unod", None);
    state.recv_queue = 6;
    story.state(state);
    story.at_us(548_600).line(s, 10).send(accepted, b"unod", None);
    story.segment(SERVER, CLIENT, "P.", (1, 11), b"unod");
    story.at_us(548_750).line(c, 11).close(socket);
    story.segment(CLIENT, SERVER, "F.", (11, 5), b"");
    story.at_us(549_000).line(s, 11).receive(accepted, 4, b"", None);
    for (pid, status) in [(server, 256), (client, 0)] {
        story.at_us(550_000).process(pid, ProcessChange::Ended { wait_status: status });
    }
    story.finish()
}

/// A `connect(2)` with its handshake within it.
fn connect(story: &mut Story, socket: scope::testing::Socket, file: &str) {
    story.at_us(48_100).line(file, 8).taking_us(77).connect(socket, SERVER);
    story.at_us(48_120).handshake(CLIENT, SERVER);
    story.at_us(48_180);
}

fn full_queue() -> Vec<Observation> {
    let mut story = Story::new(&["server", "client-with-a-long-name"]);
    let (server, client) = (story.pid(0), story.pid(1));
    let listener = story.at_us(1000).socket(server, 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 1);
    let queue = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    story.state(SocketState { recv_queue: 2, send_queue: 1, ..queue.clone() });
    story.sleep_us(server, 3_000_000);
    let socket = story.at_us(5000).socket(client, 5, Protocol::Tcp);
    story.taking_us(2_500_000).failing(wire::errno::ETIMEDOUT).connect(socket, SERVER);
    for at_us in [5050, 1_012_000] {
        story.at_us(at_us).segment(CLIENT, SERVER, "S", (0, 0), b"");
        story.state(SocketState { recv_queue: 2, send_queue: 1, drops: 1, ..queue.clone() });
        story.at_us(at_us + 8000).counter("TcpExt.ListenOverflows", 1);
    }
    story.at_us(2_000_000).lost_segment(CLIENT, SERVER, "S", (0, 0));
    story.finish()
}

fn in_both(observations: &[Observation], width: usize) -> String {
    let style = Style { width: Some(width), color: false, all: false };
    LANGS.map(|lang| lines(observations, style, lang).join("\n")).join("\n\n")
}

fn lines(observations: &[Observation], style: Style, lang: Lang) -> Vec<String> {
    let timeline = Timeline::build(observations.to_vec()).unwrap();
    let words = Words::new(lang);
    let mut lines = Lines::new(&timeline.header, style, &words);
    lines.add(&timeline.entries, &timeline.processes, &timeline.sockets);
    lines.finish(&[], &timeline);
    lines.take()
}
