//! How a client opens a session: HELLO, RETRY, OPEN, ACCEPTED, each repeated until it is answered.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout, timeout_at};
use wire::datagram::{COOKIE_BYTES, DATAGRAM_BYTES_MAX, Datagram, Nonce, SessionId};
use wire::handshake::{Initiator, Keys, Over};
use wire::key::Secret;
use wire::link::Link;
use wire::message::{NOISE_BYTES, Opening, Refusal};
use zeroize::Zeroizing;

use super::driver::Driver;
use super::path::{Inlet, Outlet};
use super::seal::Seal;
use super::stream::{LinkStream, Shared};
use super::{Clock, enlarge};
use crate::errno::Errno;
use crate::messages::opening::random;

/// How long a request waits for its answer before it is sent again.
const REPEAT_AFTER: Duration = Duration::from_millis(250);
/// That wait doubles each time, up to this.
const REPEAT_MAX: Duration = Duration::from_secs(2);

/// Why there is no session.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The server refused.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// Nothing came within the limit.
    #[error("no answer")]
    Silent,
    /// The network said no: `ECONNREFUSED`, nobody has the port; `EHOSTUNREACH` and others, there is no way there; or the
    /// system had nothing left (`EMFILE`).
    #[error("network: {}", Errno::from(.0))]
    Network(io::Error),
    /// What came within the limit was no answer: nobody there speaks this protocol, or knows this key.
    #[error("what answers is no message server, or does not have this key")]
    Malformed,
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Network(error)
    }
}

/// Opens a session with the server at `address`, by a key if there is one.
///
/// The session's task is started on the runtime that this runs on.
///
/// # Errors
/// [`OpenError`], after `limit` at the latest.
pub async fn connect(
    address: SocketAddr,
    secret: Option<&Secret>,
    limit: Duration,
) -> Result<LinkStream, OpenError> {
    let mut attempt = Attempt::new(address, secret).await?;
    let outcome = timeout(limit, attempt.run()).await;
    match outcome {
        Ok(Ok((session, keys))) => Ok(attempt.into_stream(session, keys)),
        Ok(Err(error)) => Err(error),
        Err(_) if attempt.heard_nonsense => Err(OpenError::Malformed),
        Err(_) => Err(OpenError::Silent),
    }
}

/// A session that is being opened.
struct Attempt {
    socket: UdpSocket,
    nonce: Nonce,
    sealing: Option<Sealing>,
    /// What the server has given for this nonce.
    cookie: Option<[u8; COOKIE_BYTES]>,
    /// Something has come that is no answer.
    heard_nonsense: bool,
}

/// The handshake. It can be begun anew with the same bytes, for answers that were not the server's.
struct Sealing {
    secret: Secret,
    ephemeral: Zeroizing<[u8; 32]>,
    message: [u8; NOISE_BYTES],
}

/// What an answer means for the attempt.
enum Step {
    /// There is something new to ask.
    Ask,
    Accepted(SessionId, Option<Keys>),
    Refused(Refusal),
    /// Nothing.
    Wait,
}

impl Attempt {
    async fn new(address: SocketAddr, secret: Option<&Secret>) -> io::Result<Self> {
        let any: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        enlarge(&socket);
        socket.connect(address).await?;
        let nonce = Nonce(random()?);
        let sealing = secret.map(|secret| Sealing::new(secret, nonce)).transpose()?;
        Ok(Self { socket, nonce, sealing, cookie: None, heard_nonsense: false })
    }

    /// Asks and listens until there is an answer that ends it.
    async fn run(&mut self) -> Result<(SessionId, Option<Keys>), OpenError> {
        let mut wait = REPEAT_AFTER;
        loop {
            self.socket.send(&self.request()).await?;
            match self.listen(Instant::now() + wait).await? {
                Step::Ask => wait = REPEAT_AFTER,
                Step::Accepted(session, keys) => return Ok((session, keys)),
                Step::Refused(refusal) => return Err(OpenError::Refused(refusal)),
                Step::Wait => wait = (wait * 2).min(REPEAT_MAX),
            }
        }
    }

    /// What is to be asked now: always the same bytes, until the server gives a cookie.
    fn request(&self) -> Vec<u8> {
        let mut request = Vec::new();
        let nonce = self.nonce;
        let datagram = match &self.cookie {
            None => Datagram::Hello { nonce },
            Some(cookie) => Datagram::Open { nonce, cookie, opening: self.opening() },
        };
        datagram.encode(&mut request);
        request
    }

    fn opening(&self) -> Opening<'_> {
        match &self.sealing {
            None => Opening::Plain,
            Some(sealing) => Opening::Sealed { key: sealing.secret.id(), noise: &sealing.message },
        }
    }

    /// Listens for an answer, until it is time to ask again.
    async fn listen(&mut self, until: Instant) -> io::Result<Step> {
        let mut buffer = [0; DATAGRAM_BYTES_MAX + 1];
        while let Ok(received) = timeout_at(until, self.socket.recv(&mut buffer)).await {
            let step = self.take(&buffer[..received?]);
            if !matches!(step, Step::Wait) {
                return Ok(step);
            }
        }
        Ok(Step::Wait)
    }

    /// Takes what has come. Anybody can send anything here, so nothing but an answer changes anything.
    fn take(&mut self, datagram: &[u8]) -> Step {
        match Datagram::parse(datagram) {
            Ok(Datagram::Retry { nonce, cookie }) if nonce == self.nonce => {
                if self.cookie.replace(*cookie) != Some(*cookie) {
                    return Step::Ask;
                }
            }
            Ok(Datagram::Refused { nonce, refusal }) if nonce == self.nonce => return Step::Refused(refusal),
            Ok(Datagram::Accepted { nonce, session, noise })
                if nonce == self.nonce && self.cookie.is_some() =>
            {
                match (self.sealing.as_ref(), noise) {
                    (None, None) => return Step::Accepted(session, None),
                    (Some(sealing), Some(noise)) => {
                        if let Some(keys) = sealing.finish(nonce, noise) {
                            return Step::Accepted(session, Some(keys));
                        }
                        self.heard_nonsense = true;
                    }
                    _ => self.heard_nonsense = true,
                }
            }
            _ => self.heard_nonsense = true,
        }
        Step::Wait
    }

    /// Starts the session.
    fn into_stream(self, session: SessionId, keys: Option<Keys>) -> LinkStream {
        let clock = Clock::start();
        let socket = Arc::new(self.socket);
        let shared = Shared::new(Link::client(clock.now()));
        let outlet = Outlet { socket: Arc::clone(&socket), ends: None };
        let seal = Seal::new(session, keys);
        let driver = Driver::new(Inlet::Socket(socket), outlet, seal, Arc::clone(&shared), clock);
        tokio::spawn(driver.run());
        LinkStream::new(shared)
    }
}

impl Sealing {
    fn new(secret: &Secret, nonce: Nonce) -> io::Result<Self> {
        let ephemeral = Zeroizing::new(random()?);
        let mut sealing = Self { secret: secret.clone(), ephemeral, message: [0; NOISE_BYTES] };
        sealing.message = *sealing.initiator(nonce).message();
        Ok(sealing)
    }

    fn initiator(&self, nonce: Nonce) -> Initiator {
        Initiator::new(Over::Udp { nonce: nonce.0 }, &self.secret, *self.ephemeral)
    }

    /// The keys of the session, if that is the answer of somebody who knows the secret.
    fn finish(&self, nonce: Nonce, noise: &[u8]) -> Option<Keys> {
        self.initiator(nonce).finish(noise).ok()
    }
}
