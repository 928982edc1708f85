//! How sessions come over UDP: what the server decides about who opens one, and where they are served.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::split;
use tokio::net::UdpSocket;
use wire::key::{Key, KeyId};
use wire::message::{Opening, Refusal};

use super::accept::{find_key, refused_by_address};
use super::event::{Event, RefusedWhy};
use super::session::{self, Incoming};
use super::shared::{Phase, Shared};
use crate::errno::Errno;
use crate::messages::frames::FrameReader;
use crate::messages::udp::{Admission, Listener};
use crate::transport::Transport;

/// Serves the sessions of one socket until the server has ended.
pub(super) async fn serve(socket: UdpSocket, shared: Arc<Shared>) {
    let admission = Arc::new(Door(Arc::clone(&shared)));
    let (listener, mut queue) = match Listener::new(socket, admission, shared.config.sessions_max) {
        Ok(opened) => opened,
        Err(error) => {
            shared.tell(Event::AcceptFailed { errno: Errno::from(&error) });
            return;
        }
    };
    tokio::spawn(listener.run());
    while let Some(incoming) = queue.recv().await {
        let (reading, writer) = split(incoming.stream);
        let Some(place) = shared.enter(incoming.key.is_some()) else {
            // It is dropped, and so broken off.
            shared.refuse(Transport::Udp, incoming.peer, RefusedWhy::Busy);
            continue;
        };
        let incoming = Incoming {
            peer: incoming.peer,
            transport: Transport::Udp,
            key: incoming.key,
            reader: FrameReader::new(reading, None),
            writer,
            sealer: None,
        };
        tokio::spawn(session::serve(Arc::clone(&shared), place, incoming));
    }
}

/// Who may come in.
#[derive(Debug)]
struct Door(Arc<Shared>);

impl Admission for Door {
    fn is_admitted(&self, peer: SocketAddr) -> bool {
        let refused = refused_by_address(&self.0, peer);
        let is_admitted = refused.is_none();
        if let Some(why) = refused {
            self.0.refuse(Transport::Udp, peer, why);
        }
        is_admitted
    }

    fn may_open(&self, opening: &Opening<'_>) -> Result<(), Refusal> {
        let has_key = matches!(opening, Opening::Sealed { .. });
        if self.0.phase() > Phase::Serving {
            Err(Refusal::Stopping)
        } else if !self.0.has_room(has_key) {
            Err(Refusal::Busy)
        } else if !has_key && !self.0.config.plain {
            Err(Refusal::Plain)
        } else {
            Ok(())
        }
    }

    fn key(&self, id: KeyId) -> Option<Arc<Key>> {
        find_key(&self.0, id)
    }

    fn refused(&self, peer: SocketAddr, refusal: Refusal, key: Option<KeyId>) {
        let why = match (refusal, key) {
            (Refusal::Key, Some(id)) => RefusedWhy::Key { key_id: id.to_string() },
            (Refusal::Plain, _) => RefusedWhy::Plain,
            (Refusal::Busy, _) => RefusedWhy::Busy,
            (Refusal::Stopping, _) => RefusedWhy::Stopping,
            _ => RefusedWhy::Malformed,
        };
        self.0.refuse(Transport::Udp, peer, why);
    }
}
