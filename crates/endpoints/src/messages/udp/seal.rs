//! Segments as datagrams of a session, and datagrams as segments: sealed, if the session has keys.

use wire::datagram::{Datagram, SessionId};
use wire::handshake::Keys;

/// What a session puts around its segments.
#[derive(Debug)]
pub(super) struct Seal {
    session: SessionId,
    /// None in a plain session.
    keys: Option<Keys>,
}

impl Seal {
    pub(super) fn new(session: SessionId, keys: Option<Keys>) -> Self {
        Self { session, keys }
    }

    /// Makes a datagram of a segment.
    pub(super) fn close(&self, number: u64, segment: &[u8], datagram: &mut Vec<u8>) {
        datagram.clear();
        let session = self.session;
        match &self.keys {
            None => Datagram::Segment { session, number, segment }.encode(datagram),
            Some(keys) => {
                Datagram::Segment { session, number, segment: &[] }.encode(datagram);
                keys.seal(number, segment, datagram);
            }
        }
    }

    /// Makes a segment of what a datagram carries; says whether it is of this session.
    pub(super) fn open(&self, number: u64, content: &[u8], segment: &mut Vec<u8>) -> bool {
        segment.clear();
        match &self.keys {
            None => segment.extend_from_slice(content),
            Some(keys) => return keys.open(number, content, segment).is_ok(),
        }
        true
    }

    /// The number and the content of a datagram that names this session.
    pub(super) fn read<'d>(&self, datagram: &'d [u8]) -> Option<(u64, &'d [u8])> {
        match Datagram::parse(datagram) {
            Ok(Datagram::Segment { session, number, segment }) if session == self.session => {
                Some((number, segment))
            }
            _ => None,
        }
    }
}
