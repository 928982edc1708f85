//! A server that takes sessions and does what the test says, and raw sockets that speak datagrams.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use endpoints::messages::udp::{Admission, Counters, Incoming, LinkStream, Listener, OpenError, connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use wire::datagram::{COOKIE_BYTES, Datagram, Nonce};
use wire::key::{Key, KeyId, Secret};
use wire::message::{Opening, Refusal};

/// The secret that the server knows.
pub(crate) const ANA: [u8; 32] = [1; 32];
/// Long enough for any opening that succeeds.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// A listener in this process; it ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) sessions: mpsc::Receiver<Incoming>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) door: Arc<Door>,
    pub(crate) task: tokio::task::JoinHandle<()>,
}

/// What this server decides.
#[derive(Default)]
pub(crate) struct Door {
    pub(crate) refuses_plain: AtomicBool,
    pub(crate) is_stopping: AtomicBool,
    pub(crate) refusals: Mutex<Vec<(Refusal, Option<KeyId>)>>,
}

impl Admission for Door {
    fn is_admitted(&self, _: SocketAddr) -> bool {
        true
    }

    fn may_open(&self, opening: &Opening<'_>) -> Result<(), Refusal> {
        match opening {
            _ if self.is_stopping.load(Relaxed) => Err(Refusal::Stopping),
            Opening::Plain if self.refuses_plain.load(Relaxed) => Err(Refusal::Plain),
            _ => Ok(()),
        }
    }

    fn key(&self, id: KeyId) -> Option<Arc<Key>> {
        let line = format!("ana {} may=text", Secret::new(ANA).to_text().as_str());
        (id == Secret::new(ANA).id()).then(|| Arc::new(Key::parse(&line).unwrap()))
    }

    fn refused(&self, _: SocketAddr, refusal: Refusal, key: Option<KeyId>) {
        self.refusals.lock().unwrap().push((refusal, key));
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with_sessions_max(256).await
    }

    pub(crate) async fn with_sessions_max(max: usize) -> Self {
        Self::bind("127.0.0.1:0", max).await
    }

    pub(crate) async fn bind(address: &str, max: usize) -> Self {
        let socket = UdpSocket::bind(address).await.unwrap();
        let address = socket.local_addr().unwrap();
        let door = Arc::new(Door::default());
        let (listener, sessions) = Listener::new(socket, Arc::clone(&door), max).unwrap();
        let counters = listener.counters();
        let task = tokio::spawn(listener.run());
        Self { address, sessions, counters, door, task }
    }

    /// A session in both hands: the client's end and the server's.
    pub(crate) async fn open(&mut self, secret: Option<[u8; 32]>) -> (LinkStream, LinkStream) {
        self.open_by(self.address, secret).await
    }

    /// The same, by way of `address`.
    pub(crate) async fn open_by(
        &mut self,
        address: SocketAddr,
        secret: Option<[u8; 32]>,
    ) -> (LinkStream, LinkStream) {
        let client = open(address, secret).await.unwrap();
        let incoming = self.sessions.recv().await.unwrap();
        assert_eq!(incoming.key.is_some(), secret.is_some());
        (client, incoming.stream)
    }
}

/// Opens a session.
pub(crate) async fn open(address: SocketAddr, secret: Option<[u8; 32]>) -> Result<LinkStream, OpenError> {
    let secret = secret.map(Secret::new);
    connect(address, secret.as_ref(), LIMIT).await
}

/// Sends `bytes` and ends the stream, while reading what comes until its end; returns that.
pub(crate) async fn exchange(stream: LinkStream, bytes: Vec<u8>) -> Vec<u8> {
    let (mut reading, mut writing) = tokio::io::split(stream);
    let writes = async {
        writing.write_all(&bytes).await.unwrap();
        writing.shutdown().await.unwrap();
    };
    let mut read = Vec::new();
    let ((), count) = tokio::join!(writes, reading.read_to_end(&mut read));
    assert_eq!(count.unwrap(), read.len());
    read
}

/// A socket that says what the test wants.
pub(crate) struct Raw(pub(crate) UdpSocket);

impl Raw {
    pub(crate) async fn new(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(server).await.unwrap();
        Self(socket)
    }

    pub(crate) async fn send(&self, datagram: &Datagram<'_>) -> usize {
        let bytes = encoded(datagram);
        self.0.send(&bytes).await.unwrap()
    }

    /// Sends, and returns the answer; no answer is longer than what it answers.
    pub(crate) async fn ask(&self, datagram: &Datagram<'_>) -> Vec<u8> {
        let sent = self.send(datagram).await;
        let mut answer = vec![0; 2_000];
        let count = self.0.recv(&mut answer).await.unwrap();
        assert!(count <= sent, "{count} bytes answer {sent}");
        answer.truncate(count);
        answer
    }

    /// A cookie for a nonce.
    pub(crate) async fn cookie(&self, nonce: Nonce) -> [u8; COOKIE_BYTES] {
        match Datagram::parse(&self.ask(&Datagram::Hello { nonce }).await) {
            Ok(Datagram::Retry { nonce: again, cookie }) if again == nonce => *cookie,
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn encoded(datagram: &Datagram<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    datagram.encode(&mut bytes);
    bytes
}

/// Runs a test on threads of its own.
pub(crate) fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// Bytes that are nowhere the same for long.
pub(crate) fn pattern(bytes: usize, seed: u8) -> Vec<u8> {
    (0..bytes)
        .map(|place| u8::try_from((place * 31 + place / 251 + usize::from(seed)) % 256).unwrap())
        .collect()
}
