//! A message server in this process, and clients of it.

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use endpoints::access::AccessSources;
use endpoints::events::{Detail, EventReader, events};
use endpoints::listen::ListenAddress;
use endpoints::messages::client::send::Progress;
use endpoints::messages::client::{self, Destination, OpenError, Session};
use endpoints::messages::exec::ExecConfig;
use endpoints::messages::serve::config::{self, InboxConfig, ServeConfig};
use endpoints::messages::serve::{Event, MessageServer, Running, Summary};
use endpoints::transport::Transport;
use tempfile::TempDir;
use wire::frame::{Decoder, Frame, Kind, StreamId};
use wire::key::{ClientKey, Secret};
use wire::message::{Message, Opening, ResultCode};

/// The secret of the key `ana`, which may do everything.
pub(crate) const ANA: [u8; 32] = [1; 32];
/// The secret of the key `bea`, which may send texts.
pub(crate) const BEA: [u8; 32] = [2; 32];

/// A server on a port that the kernel chose; it ends with the test.
pub(crate) struct Server {
    running: Option<Running>,
    reader: EventReader<Event>,
    addresses: Vec<(Transport, SocketAddr)>,
    seen: VecDeque<Event>,
    directory: TempDir,
}

impl Server {
    /// Starts a server with two keys, and plain sessions.
    pub(crate) fn start(change: impl FnOnce(&mut ServeConfig)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");
        let text = |bytes| Secret::new(bytes).to_text().to_string();
        let lines = format!(
            "ana {} may=text,file,chat,stop,exec commands=* shell\nbea {} may=text\n",
            text(ANA),
            text(BEA)
        );
        fs::write(&keys, lines).unwrap();
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
        let mut config = ServeConfig {
            addresses: ListenAddress::localhost(0),
            access: AccessSources::default(),
            keys: Some(keys),
            plain: true,
            inbox: Some(InboxConfig {
                directory: directory.path().join("inbox"),
                file_bytes_max: 1 << 30,
                inbox_bytes_max: 1 << 32,
            }),
            exec: ExecConfig::new("/nonexistent", &[]),
            sessions_max: config::SESSIONS,
            drain: config::DRAIN,
            detail: Detail::Calls,
        };
        change(&mut config);
        let (sink, reader) = events(config.detail);
        let server = MessageServer::bind(config, sink).unwrap();
        let addresses = server.addresses().collect();
        let running = Some(server.start().unwrap());
        Self { running, reader, addresses, seen: VecDeque::new(), directory }
    }

    /// Its IPv4 address for a transport.
    pub(crate) fn address(&self, transport: Transport) -> SocketAddr {
        let ours = |(spoken, address): &&(Transport, SocketAddr)| *spoken == transport && address.is_ipv4();
        self.addresses.iter().find(ours).unwrap().1
    }

    /// How to open a session with it.
    pub(crate) fn destination(&self, transport: Transport, secret: Option<[u8; 32]>) -> Destination {
        let name = "test".parse().unwrap();
        Destination {
            addresses: vec![self.address(transport)],
            transport,
            key: secret.map(|secret| ClientKey { name, secret: Secret::new(secret) }),
            limit: Duration::from_secs(20),
        }
    }

    /// Opens a session.
    pub(crate) async fn open(&self, transport: Transport, secret: Option<[u8; 32]>) -> Session {
        client::open(&self.destination(transport, secret)).await.unwrap()
    }

    /// Is refused a session.
    pub(crate) async fn refused(&self, transport: Transport, secret: Option<[u8; 32]>) -> OpenError {
        client::open(&self.destination(transport, secret)).await.unwrap_err()
    }

    /// Where files land.
    pub(crate) fn inbox(&self) -> PathBuf {
        self.directory.path().join("inbox")
    }

    /// A file beside the inbox, to be sent.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Waits for an event that `wanted` makes something of; the others are kept for later.
    pub(crate) fn event<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        if let Some(index) = self.seen.iter().position(|event| wanted(event).is_some()) {
            let event = self.seen.remove(index).unwrap();
            return wanted(&event).unwrap();
        }
        loop {
            let event = self.reader.wait().expect("the server goes on").event;
            if let Some(found) = wanted(&event) {
                return found;
            }
            assert!(!matches!(event, Event::Summary(_)), "the server ended");
            self.seen.push_back(event);
        }
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn ended(mut self) -> Summary {
        self.running.take().unwrap().wait().unwrap()
    }

    /// Stops it, and gives its counts.
    pub(crate) fn stop(self) -> Summary {
        self.running.as_ref().unwrap().control().stop();
        self.ended()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.control().stop();
            running.wait().unwrap();
        }
    }
}

/// A client that sends what a test wants, over TCP and without a key.
pub(crate) struct Raw {
    stream: TcpStream,
    decoder: Decoder,
}

impl Raw {
    /// Opens a plain session.
    pub(crate) fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address(Transport::Tcp)).unwrap();
        let mut raw = Self { stream, decoder: Decoder::new() };
        raw.send(0, &Message::Open(Opening::Plain));
        assert_eq!(raw.next().unwrap().0, Kind::Accepted);
        raw
    }

    /// Sends a message on a stream.
    pub(crate) fn send(&mut self, stream: u32, message: &Message<'_>) {
        let mut frames = Vec::new();
        message.encode(StreamId(stream), &mut frames);
        self.stream.write_all(&frames).unwrap();
    }

    /// Sends a frame, whatever it is.
    pub(crate) fn send_frame(&mut self, stream: u32, kind: Kind, payload: &[u8]) {
        let mut frames = Vec::new();
        Frame { kind, stream: StreamId(stream), payload }.encode(&mut frames);
        self.stream.write_all(&frames).unwrap();
    }

    /// Ends this side.
    pub(crate) fn shutdown(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Waits for the next frame; `None` at the end of the connection.
    pub(crate) fn next(&mut self) -> Option<(Kind, u32, Vec<u8>)> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(frame) = self.decoder.next().unwrap() {
                return Some((frame.kind, frame.stream.0, frame.payload.to_vec()));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.push(&buffer[..count]),
            }
        }
    }

    /// Waits for the result of a stream.
    pub(crate) fn result(&mut self, stream: u32) -> ResultCode {
        loop {
            let (kind, on, payload) = self.next().expect("a result");
            if (kind, on) == (Kind::Result, stream) {
                return payload[0].into();
            }
        }
    }
}

/// Runs a client.
pub(crate) fn run<T>(client: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client)
}

/// Nobody watches.
pub(crate) fn unwatched() -> Arc<dyn Progress> {
    struct Unwatched;
    impl Progress for Unwatched {
        fn file(&self, _: &str, _: u64, _: u64, _: u64) {}
    }
    Arc::new(Unwatched)
}

/// Bytes that are nowhere the same for long.
pub(crate) fn pattern(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..bytes).map(|_| next()).collect()
}

/// The files of a directory that a person sees.
pub(crate) fn listed(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}
