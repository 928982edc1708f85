//! Stories for the tests of rules: a pair over UDP, and a TCP connection whose packets are told with its calls.

use wire::tcp_state::TcpState;

use crate::model::{EventId, Observation, Pid, Process, ProcessChange, Protocol, Summary, What};
use crate::testing::{Socket, Story};
use crate::timeline::Timeline;

use super::{EVIDENCE_MAX, Finding};

pub(super) const SERVER: &str = "127.0.0.1:3500";
pub(super) const CLIENT: &str = "127.0.0.1:40000";

/// A story over UDP: a server that is bound and a client that is not connected, whose addresses are known.
pub(super) struct Udp {
    pub(super) story: Story,
    pub(super) server: Socket,
    pub(super) client: Socket,
}

impl Udp {
    pub(super) fn new() -> Self {
        let mut story = Story::new(&["server", "client"]);
        let server = story.socket(story.pid(0), 3, Protocol::Udp);
        story.bind(server, SERVER);
        let state = story.state_of(server, None, SERVER, None);
        story.state(state);
        let client = story.socket(story.pid(1), 3, Protocol::Udp);
        Self { story, server, client }
    }

    /// The client sends, and its address becomes known.
    pub(super) fn asks(&mut self, data: &[u8]) -> EventId {
        let send = self.story.send(self.client, data, Some(SERVER));
        let state = self.story.state_of(self.client, None, CLIENT, None);
        self.story.state(state);
        self.story.datagram(CLIENT, SERVER, data);
        send
    }

    /// The server sends back.
    pub(super) fn answers(&mut self, data: &[u8]) {
        self.story.send(self.server, data, Some(CLIENT));
        self.story.datagram(SERVER, CLIENT, data);
    }
}

/// A story over TCP: a connection that was accepted.
pub(super) struct Tcp {
    pub(super) story: Story,
    pub(super) listener: Socket,
    pub(super) server: Socket,
    pub(super) client: Socket,
    /// Numbers of the next bytes, of the server and of the client.
    next: [u32; 2],
}

impl Tcp {
    pub(super) fn new() -> Self {
        let (mut story, listener, client) = listening();
        story.connect(client, SERVER);
        story.handshake(CLIENT, SERVER);
        let state = story.state_of(client, Some(TcpState::Established), CLIENT, Some(SERVER));
        story.state(state);
        let server = story.accept(listener, 4, CLIENT);
        let state = story.state_of(server, Some(TcpState::Established), SERVER, Some(CLIENT));
        story.state(state);
        Self { story, listener, server, client, next: [1, 1] }
    }

    /// A side sends, the bytes go in one segment, and the kernel of the other one acknowledges.
    pub(super) fn sends(&mut self, socket: Socket, data: &[u8]) -> EventId {
        let send = self.story.send(socket, data, None);
        self.carries(socket, data);
        send
    }

    /// A segment with data, and its acknowledgement.
    pub(super) fn carries(&mut self, socket: Socket, data: &[u8]) {
        let (own, other, mine) = self.ends(socket);
        let numbers = (self.next[mine], self.next[1 - mine]);
        self.story.segment(own, other, "P.", numbers, data);
        self.next[mine] += u32::try_from(data.len()).unwrap();
        self.story.segment(other, own, ".", (self.next[1 - mine], self.next[mine]), &[]);
    }

    /// A segment without data, with these flags; returns it.
    pub(super) fn tells(&mut self, socket: Socket, flags: &str) -> EventId {
        let (own, other, mine) = self.ends(socket);
        let told = self.story.segment(own, other, flags, (self.next[mine], self.next[1 - mine]), &[]);
        self.next[mine] += u32::from(flags.contains('F'));
        told
    }

    /// A side closes, in order.
    pub(super) fn closes(&mut self, socket: Socket) -> EventId {
        let close = self.story.close(socket);
        self.tells(socket, "F.");
        close
    }

    fn ends(&self, socket: Socket) -> (&'static str, &'static str, usize) {
        if socket == self.server { (SERVER, CLIENT, 0) } else { (CLIENT, SERVER, 1) }
    }
}

/// A server that listens and a client with a socket; and another program, which does nothing.
pub(super) fn listening() -> (Story, Socket, Socket) {
    let mut story = Story::new(&["server", "client", "other"]);
    let listener = story.socket(story.pid(0), 3, Protocol::Tcp);
    story.bind(listener, SERVER);
    story.listen(listener, 5);
    let state = story.state_of(listener, Some(TcpState::Listen), SERVER, None);
    story.state(state);
    let client = story.socket(story.pid(1), 3, Protocol::Tcp);
    (story, listener, client)
}

/// The findings of a story whose programs ended, or still wait.
pub(super) fn found(story: Story) -> Vec<Finding> {
    found_in(story.finish())
}

/// The findings of a story that its user stopped by Ctrl-C.
pub(super) fn found_when_stopped(mut story: Story) -> Vec<Finding> {
    for pid in [story.pid(0), story.pid(1)] {
        story.process(pid, ProcessChange::Signalled { signal: 2 });
    }
    let mut observations = story.finish();
    if let Some(Observation { what: What::Summary(summary), .. }) = observations.last_mut() {
        *summary = Summary { interrupted: true, ..summary.clone() };
    }
    found_in(observations)
}

/// A process ends with this wait status.
pub(super) fn ends(story: &mut Story, pid: Pid, wait_status: u32) {
    story.tell(What::Process(Process { pid, change: ProcessChange::Ended { wait_status } }));
}

/// The one finding of a story.
pub(super) fn the_one(findings: &[Finding]) -> &Finding {
    match findings {
        [finding] => finding,
        other => panic!("one finding is expected: {other:#?}"),
    }
}

fn found_in(observations: Vec<Observation>) -> Vec<Finding> {
    let timeline = Timeline::build(observations).unwrap();
    let findings = super::find(&timeline);
    for finding in &findings {
        let times: Vec<_> = finding.evidence.iter().map(|id| timeline.entry(*id).unwrap().time).collect();
        assert!(times.is_sorted() && (1..=EVIDENCE_MAX).contains(&times.len()), "{finding:?}");
        assert!(finding.evidence.contains(&finding.shown_by), "{finding:?}");
    }
    findings
}
