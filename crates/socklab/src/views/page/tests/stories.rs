//! Recordings for the tests of the page.

use scope::findings::Severity;
use scope::model::{EventId, ProcessChange, Protocol, TcpFigures, Time};
use scope::testing::{Socket, Story};
use scope::timeline::Timeline;
use wire::errno::{ECONNREFUSED, ETIMEDOUT};
use wire::tcp_state::TcpState;

use crate::views::finding::Said;

/// The practical's server.
pub(in super::super) const SERVER: &str = "127.0.0.1:3500";
/// The port of its client.
pub(in super::super) const CLIENT: &str = "127.0.0.1:47156";
/// Where nobody listens.
const CLOSED: &str = "127.0.0.1:3501";

/// A recording, and what is said to have been found in it.
pub(in super::super) struct Told {
    pub(in super::super) timeline: Timeline,
    pub(in super::super) findings: Vec<Said>,
}

/// The practical's pair with a server that sleeps: a connection that waits to be accepted, messages that run together, a
/// segment that gets lost, and a datagram to a port that nobody has.
pub(in super::super) fn lesson() -> Told {
    let mut story = Story::new(&["server", "client"]);
    let listener = listen(&mut story);
    story.taking_us(800_100).line("s.py", 7);
    let slept = story.sleep_us(listener.pid, 800_100);
    story.at_us(296_650);
    let client = connect(&mut story, listener);
    let sends = send_three(&mut story, client);
    story.at_us(803_400);
    let (_, receive) = accept_and_read(&mut story, listener);
    let refused = refused_datagram(&mut story);
    let (lost, again) = lost_end(&mut story);
    let mut fault = finding("A datagram was refused, and the program did not hear of it", Severity::Fault);
    fault.shown_by = refused[1];
    fault.evidence = refused;
    let mut fragile = finding("Three messages were received as one", Severity::Fragile);
    fragile.evidence = sends.into_iter().chain([receive]).collect();
    let mut advice = finding("The connection was complete long before accept()", Severity::Advice);
    advice.evidence = vec![slept, lost, again, EventId(99_999)];
    let timeline = Timeline::build(story.finish()).unwrap();
    Told { timeline, findings: vec![fault, fragile, advice] }
}

fn listen(story: &mut Story) -> Socket {
    story.at_us(2_750).line("s.py", 4);
    let listener = story.socket(story.pid(0), 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 5);
    let mut state = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    state.send_queue = 5;
    story.state(state);
    listener
}

fn connect(story: &mut Story, listener: Socket) -> Socket {
    let client = story.socket(story.pid(1), 3, Protocol::Tcp);
    let began = 296_730;
    story.at_us(began + 30);
    story.handshake(CLIENT, SERVER);
    story.at_us(began).taking_us(77).line("client.py", 8);
    story.connect(client, SERVER);
    let mut state = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    (state.recv_queue, state.send_queue) = (1, 5);
    story.state(state);
    let mut state = story.state_of(client, Some(TcpState::Established), CLIENT, Some(SERVER));
    state.tcp =
        Some(TcpFigures { cwnd: 10, rtt_us: 21, rto_us: 204_000, send_mss: 1448, ..Default::default() });
    story.state(state);
    client
}

fn send_three(story: &mut Story, client: Socket) -> Vec<EventId> {
    let mut sequence = 1;
    let mut sends = Vec::new();
    for text in ["uno", "dos", "tres"] {
        story.line("client.py", 10);
        sends.push(story.send(client, text.as_bytes(), None));
        story.segment(CLIENT, SERVER, "P.", (sequence, 1), text.as_bytes());
        sequence += u32::try_from(text.len()).unwrap();
        story.segment(SERVER, CLIENT, ".", (1, sequence), b"");
        story.sleep_us(client.pid, 50_051);
    }
    sends
}

fn accept_and_read(story: &mut Story, listener: Socket) -> (Socket, EventId) {
    story.line("s.py", 9);
    let connection = story.accept(listener, 4, CLIENT);
    let mut state = story.state_of(connection, Some(TcpState::Established), SERVER, Some(CLIENT));
    state.recv_queue = 10;
    story.state(state);
    story.wait_us(300_000).line("s.py", 11);
    let receive = story.receive(connection, 1024, b"unodostres", None);
    (connection, receive)
}

/// The program sends to a port that nobody has, and waits for ever.
fn refused_datagram(story: &mut Story) -> Vec<EventId> {
    let from = "127.0.0.1:50000";
    let socket = story.socket(story.pid(1), 5, Protocol::Udp);
    story.bind(socket, from);
    let sent = story.send(socket, b"hola", Some(CLOSED));
    story.datagram(from, CLOSED, b"hola");
    let icmp = story.port_unreachable(from, CLOSED, b"hola");
    story.wait_us(8_000);
    let counter = story.counter("Udp.NoPorts", 1);
    let second = story.failing(ECONNREFUSED).connect(socket, CLOSED);
    story.for_ever();
    let waits = story.receive(socket, 1024, b"", None);
    vec![sent, icmp, counter, second, waits]
}

fn lost_end(story: &mut Story) -> (EventId, EventId) {
    story.wait_us(20_000);
    let lost = story.lost_segment(CLIENT, SERVER, "F.", (11, 1));
    story.wait_us(204_000);
    let again = story.segment(CLIENT, SERVER, "FP.", (11, 1), b"");
    story.segment(SERVER, CLIENT, "R.", (1, 12), b"");
    let ended = ProcessChange::Ended { wait_status: 256 };
    story.process(story.pid(0), ended);
    (lost, again)
}

/// A recording in which whatever a program chooses is an attack.
pub(in super::super) fn hostile() -> Told {
    const ATTACK: &str =
        "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>\u{202e}\0\u{2028}";
    let mut story = Story::new(&[ATTACK, "client"]);
    let socket = story.socket(story.pid(0), 3, Protocol::Udp);
    story.line(ATTACK, 1).bind(socket, ATTACK);
    let mut bytes = ATTACK.as_bytes().to_vec();
    bytes.extend([0xff, 0xfe, 0, 0xe2, 0x80, 0x1b, b'[', b'2', b'J']);
    let sent = story.send(socket, &bytes, Some("unix:</title><script>alert(2)</script>"));
    story.datagram("127.0.0.1:4000", CLOSED, &bytes);
    story.failing(ETIMEDOUT).receive(socket, 10, b"", None);
    let (file, arguments) = (ATTACK.to_owned(), vec![ATTACK.to_owned()]);
    story.process(story.pid(0), ProcessChange::Executed { file, arguments });
    let mut found = finding(ATTACK, Severity::Fault);
    found.evidence = vec![sent];
    Told { timeline: Timeline::build(story.finish()).unwrap(), findings: vec![found] }
}

/// An exchange over UDP that goes on for so many events.
pub(in super::super) fn long(events: u64) -> Told {
    let mut story = Story::new(&["server", "client"]);
    let server = story.socket(story.pid(0), 3, Protocol::Udp);
    let client = story.socket(story.pid(1), 3, Protocol::Udp);
    story.bind(server, SERVER);
    story.bind(client, CLIENT);
    let mut last = EventId(0);
    for number in 0..events / 5 {
        let text = format!("message {number}");
        story.line("client.py", 12).send(client, text.as_bytes(), Some(SERVER));
        story.datagram(CLIENT, SERVER, text.as_bytes());
        story.taking_us(120).line("server.py", 9);
        story.receive(server, 1024, text.as_bytes(), Some(CLIENT));
        let mut state = story.state_of(server, None, SERVER, None);
        state.recv_queue = u32::try_from(number % 3).unwrap();
        story.state(state);
        last = story.sleep_us(client.pid, if number % 50 == 0 { 10_000 } else { 60 });
    }
    let mut found = finding("It goes on for long", Severity::Advice);
    found.evidence = vec![last];
    Told { timeline: Timeline::build(story.finish()).unwrap(), findings: vec![found] }
}

fn finding(title: &str, severity: Severity) -> Said {
    Said {
        at: Time(0),
        title: title.to_owned(),
        why: "The kernel answered at once. Nothing tells an unconnected socket of it, so its program waits."
            .to_owned(),
        what_to_do: "Call connect() on the socket, or set a time limit with settimeout().".to_owned(),
        severity,
        shown_by: EventId(u64::MAX),
        evidence: Vec::new(),
    }
}
