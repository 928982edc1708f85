//! How a client opens its session, over either transport.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::frame::{Frame, FrameHeader, HEADER_BYTES, StreamId};
use wire::handshake::{Initiator, Over};
use wire::key::ClientKey;
use wire::message::{Message, Opening, Refusal};
use wire::record::{Opener, Sealer};

use super::session::Session;
use crate::errno::Errno;
use crate::messages::frames::FrameReader;
use crate::messages::opening::random;
use crate::messages::udp;
use crate::transport::Transport;

/// The longest answer to an opening: Noise message 2.
const ANSWER_BYTES_MAX: usize = 48;

/// With whom to open a session, and how.
#[derive(Debug)]
pub struct Destination {
    /// Where; each address is tried in order until one does not refuse the connection.
    pub addresses: Vec<SocketAddr>,
    /// Over what.
    pub transport: Transport,
    /// By which key; none opens a plain session.
    pub key: Option<ClientKey>,
    /// How long the opening may take at each address.
    pub limit: Duration,
}

/// Why there is no session.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The network said no.
    #[error("connect {address}: {}", Errno::from(source))]
    Connect {
        /// Where.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// Nothing came within the limit.
    #[error("no answer from {address} within {limit:?}")]
    Silent {
        /// Where.
        address: SocketAddr,
        /// The limit.
        limit: Duration,
    },
    /// The server refused.
    #[error("{address} refused the session: {refusal}")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// Why.
        refusal: Refusal,
    },
    /// Whoever answered does not speak this protocol, or does not have this key's secret.
    #[error("what answers at {address} is no message server, or it does not have this key")]
    NoServer {
        /// Where.
        address: SocketAddr,
    },
    /// There is no address to try.
    #[error("no address to connect to")]
    NoAddress,
}

/// Opens a session with the first address that does not refuse the connection.
///
/// # Errors
/// [`OpenError`], of the last address that was tried.
pub async fn open(destination: &Destination) -> Result<Session, OpenError> {
    let mut last = OpenError::NoAddress;
    for &address in &destination.addresses {
        let limit = destination.limit;
        let opened = match destination.transport {
            Transport::Tcp => match timeout(limit, open_tcp(address, destination.key.as_ref())).await {
                Ok(opened) => opened,
                Err(_) => Err(OpenError::Silent { address, limit }),
            },
            Transport::Udp => open_udp(address, destination).await,
        };
        last = match opened {
            Ok(session) => return Ok(session),
            Err(error @ (OpenError::Connect { .. } | OpenError::Silent { .. })) => error,
            Err(error) => return Err(error),
        };
    }
    Err(last)
}

async fn open_tcp(address: SocketAddr, key: Option<&ClientKey>) -> Result<Session, OpenError> {
    let failed = |source| OpenError::Connect { address, source };
    let mut stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let peer = stream.peer_addr().map_err(failed)?;
    let initiator = key.map(|key| initiator(Over::Tcp, key)).transpose().map_err(failed)?;
    let opening = match (&initiator, key) {
        (Some(initiator), Some(key)) => Opening::Sealed { key: key.secret.id(), noise: initiator.message() },
        _ => Opening::Plain,
    };
    let mut frames = Vec::new();
    Message::Open(opening).encode(StreamId::SESSION, &mut frames);
    stream.write_all(&frames).await.map_err(failed)?;
    let noise = read_answer(&mut stream, address).await?;
    let keys = match initiator {
        Some(initiator) => Some(initiator.finish(&noise).map_err(|_| OpenError::NoServer { address })?),
        None => None,
    };
    let sealer = keys.as_ref().map(|keys| Sealer::new(keys.clone()));
    let (reading, writing) = stream.into_split();
    Ok(Session::new(peer, FrameReader::new(reading, keys.map(Opener::new)), writing, sealer))
}

async fn open_udp(address: SocketAddr, destination: &Destination) -> Result<Session, OpenError> {
    let secret = destination.key.as_ref().map(|key| &key.secret);
    let stream = udp::connect(address, secret, destination.limit).await.map_err(|error| match error {
        udp::OpenError::Refused(refusal) => OpenError::Refused { address, refusal },
        udp::OpenError::Silent => OpenError::Silent { address, limit: destination.limit },
        udp::OpenError::Network(source) => OpenError::Connect { address, source },
        udp::OpenError::Malformed => OpenError::NoServer { address },
    })?;
    let (reading, writing) = tokio::io::split(stream);
    Ok(Session::new(address, FrameReader::new(reading, None), writing, None))
}

fn initiator(over: Over, key: &ClientKey) -> io::Result<Initiator> {
    Ok(Initiator::new(over, &key.secret, random()?))
}

/// Reads `ACCEPTED` or `REFUSED`, and not a byte more. Whoever sends anything else is no message server.
async fn read_answer(stream: &mut TcpStream, address: SocketAddr) -> Result<Vec<u8>, OpenError> {
    let no_server = || OpenError::NoServer { address };
    let cut = |source: io::Error| match source.kind() {
        io::ErrorKind::UnexpectedEof => no_server(),
        _ => OpenError::Connect { address, source },
    };
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).await.map_err(cut)?;
    let header = FrameHeader::decode(&header).map_err(|_| no_server())?;
    let bytes = usize::try_from(header.length).ok().filter(|&bytes| bytes <= ANSWER_BYTES_MAX);
    let mut payload = vec![0; bytes.ok_or_else(no_server)?];
    stream.read_exact(&mut payload).await.map_err(cut)?;
    let frame = Frame { kind: header.kind, stream: header.stream, payload: &payload };
    match Message::decode(&frame) {
        Ok(Message::Accepted { noise }) => Ok(noise.to_vec()),
        Ok(Message::Refused(refusal)) => Err(OpenError::Refused { address, refusal }),
        _ => Err(no_server()),
    }
}
