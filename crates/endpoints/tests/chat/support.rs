//! A chat in this process, and what its tests look at.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use endpoints::chat::{
    Author, ChatConfig, Ending, Event, LeftReason, Outcome, Party, Role, Typist, Witness, chat, mailbox,
};
use endpoints::echo::RefusalRule;
use endpoints::listen::ListenAddress;
use endpoints::transport::Transport;

/// How long something may take before a test fails: far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A chat that runs on a thread of its own; it ends with the test.
pub(crate) struct Chat {
    pub(crate) typist: Typist,
    running: Option<JoinHandle<Outcome>>,
    events: Receiver<Seen>,
    kept: VecDeque<Seen>,
}

/// What happened, as far as a test looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Listening(SocketAddr),
    Connected(SocketAddr),
    NextAddress(SocketAddr),
    Came(SocketAddr),
    Left(SocketAddr, LeftReason),
    Heard(Heard),
    Said(Vec<u8>, usize),
    Unheard,
    TooLong,
    NothingSent,
    Flooded(SocketAddr, u64),
    Stray(SocketAddr),
    Refused(SocketAddr, RefusalRule),
    Unreachable(SocketAddr),
    Turn(Party),
    Joined(usize),
    Cut(usize, u64),
    Other(String),
}

/// Something that a peer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) from: SocketAddr,
    pub(crate) line: Vec<u8>,
    pub(crate) ending: Ending,
    pub(crate) continued: bool,
    pub(crate) lost_bytes: usize,
    pub(crate) relayed: usize,
}

impl Chat {
    /// Starts a chat that listens on the IPv4 loopback, at a port that the kernel chooses.
    pub(crate) fn listen(transport: Transport, change: impl FnOnce(&mut ChatConfig)) -> (Self, SocketAddr) {
        let address = ([127, 0, 0, 1], 0).into();
        let mut config = ChatConfig::listen(transport, vec![ListenAddress { address, optional: false }]);
        change(&mut config);
        let mut chat = Self::start(config);
        let local = chat.wait(|seen| match seen {
            Seen::Listening(local) => Some(*local),
            _ => None,
        });
        (chat, local)
    }

    /// Starts a chat that talks with a peer.
    pub(crate) fn connect(
        transport: Transport,
        peers: &[SocketAddr],
        change: impl FnOnce(&mut ChatConfig),
    ) -> Self {
        let mut config = ChatConfig::connect(transport, peers.to_vec());
        change(&mut config);
        Self::start(config)
    }

    fn start(config: ChatConfig) -> Self {
        let (typist, mailbox) = mailbox().unwrap();
        let (sender, events) = channel();
        let run = move || chat(&config, mailbox, &mut Recorder(sender)).unwrap();
        Self { typist, running: Some(thread::spawn(run)), events, kept: VecDeque::new() }
    }

    /// Types a line.
    pub(crate) fn say(&self, line: &str) {
        assert!(self.typist.say(line.as_bytes(), Ending::Lf));
    }

    /// Waits for what `wanted` makes something of; what comes before it is kept for later.
    pub(crate) fn wait<T>(&mut self, mut wanted: impl FnMut(&Seen) -> Option<T>) -> T {
        if let Some(index) = self.kept.iter().position(|seen| wanted(seen).is_some()) {
            let seen = self.kept.remove(index).unwrap();
            return wanted(&seen).unwrap();
        }
        loop {
            let seen = match self.events.recv_timeout(PATIENCE) {
                Ok(seen) => seen,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("it did not happen; this did: {:?}", self.kept)
                }
            };
            if let Some(found) = wanted(&seen) {
                return found;
            }
            self.kept.push_back(seen);
        }
    }

    /// Waits for exactly this.
    pub(crate) fn wait_for(&mut self, expected: &Seen) {
        self.wait(|seen| (seen == expected).then_some(()));
    }

    /// Waits until a line is heard.
    pub(crate) fn heard(&mut self) -> Heard {
        self.wait(|seen| match seen {
            Seen::Heard(heard) => Some(heard.clone()),
            _ => None,
        })
    }

    /// Waits until somebody has left, and says why.
    pub(crate) fn left(&mut self, who: SocketAddr) -> LeftReason {
        self.wait(|seen| match seen {
            Seen::Left(address, reason) if *address == who => Some(*reason),
            _ => None,
        })
    }

    /// What has been seen and not been waited for.
    pub(crate) fn kept(&mut self) -> Vec<Seen> {
        self.kept.extend(self.events.try_iter());
        self.kept.iter().cloned().collect()
    }

    /// Waits until the talk is over.
    pub(crate) fn outcome(&mut self) -> Outcome {
        self.running.take().unwrap().join().unwrap()
    }

    /// Takes leave, and waits until the talk is over.
    pub(crate) fn quit(mut self) -> Outcome {
        self.typist.quit();
        self.outcome()
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.typist.stop();
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

struct Recorder(Sender<Seen>);

impl Witness for Recorder {
    fn tell(&mut self, event: &Event<'_>) {
        let seen = match *event {
            Event::Listening { local, .. } => Seen::Listening(local),
            Event::Connected { peer, .. } => Seen::Connected(peer),
            Event::NextAddress { next, .. } => Seen::NextAddress(next),
            Event::Came { address, .. } => Seen::Came(address),
            Event::Left { address, reason, .. } => Seen::Left(address, reason),
            Event::Heard { address, line, ending, continued, lost_bytes, relayed, .. } => {
                let (from, line) = (address, line.0.to_vec());
                Seen::Heard(Heard { from, line, ending, continued, lost_bytes, relayed })
            }
            Event::Said { line, peers } => Seen::Said(line.0.to_vec(), peers),
            Event::Unheard => Seen::Unheard,
            Event::TooLong { .. } => Seen::TooLong,
            Event::NothingSent => Seen::NothingSent,
            Event::Flooded { address, datagrams, .. } => Seen::Flooded(address, datagrams),
            Event::Stray { address, .. } => Seen::Stray(address),
            Event::Refused { peer, ref rule, .. } => Seen::Refused(peer, rule.clone()),
            Event::Unreachable { address, .. } => Seen::Unreachable(address),
            Event::Turn { of } => Seen::Turn(of),
            Event::Joined { lines } => Seen::Joined(lines),
            Event::Cut { bytes, waiting_bytes } => Seen::Cut(bytes, waiting_bytes),
            ref other => Seen::Other(format!("{other:?}")),
        };
        // A test that has seen enough looks no longer.
        let _ = self.0.send(seen);
    }
}

/// What a line is heard as that came alone.
pub(crate) fn line(from: SocketAddr, text: &str, ending: Ending) -> Heard {
    Heard { from, line: text.into(), ending, continued: false, lost_bytes: 0, relayed: 0 }
}

/// Makes what is typed come from a program.
pub(crate) fn by_a_program(config: &mut ChatConfig) {
    config.author = Author::Program;
}

/// Changes what a chat that listens does.
pub(crate) fn listening(config: &mut ChatConfig, change: impl FnOnce(&mut endpoints::chat::Listening)) {
    let Role::Listen(listening) = &mut config.role else { panic!("it listens") };
    change(listening);
}

/// A plain TCP socket that waits for one connection.
pub(crate) fn tcp_listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A plain TCP socket that is connected and whose reads end.
pub(crate) fn tcp_peer(address: SocketAddr) -> TcpStream {
    let peer = TcpStream::connect(address).unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    peer.set_nodelay(true).unwrap();
    peer
}

/// A plain UDP socket whose reads end.
pub(crate) fn udp_peer() -> UdpSocket {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    peer
}

/// Takes a datagram: what it says and from where.
pub(crate) fn datagram(peer: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = vec![0; 65_536];
    let (bytes, from) = peer.recv_from(&mut buffer).unwrap();
    (String::from_utf8(buffer[..bytes].to_vec()).unwrap(), from)
}

/// An address at which nobody is, and nobody else will be while the socket lives.
pub(crate) fn deaf_udp(host: &str) -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((host, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    // Connected to itself elsewhere, it takes datagrams from nobody.
    socket.connect((host, 1)).unwrap();
    (socket, address)
}
