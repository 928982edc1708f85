//! Records: the protection of a sealed session over TCP (`docs/protocol.md` §3.1).
//!
//! Each direction is a sequence of records, numbered from 0, so that one that was changed, left out, repeated or moved does
//! not open. What they contain, joined, is frames; where a record ends means nothing.

use crate::handshake::{Keys, NotOpened, TAG_BYTES};
use crate::pending::Pending;

pub use crate::handshake::PLAIN_BYTES_MAX;

/// The bytes of a record before what is sealed.
const LENGTH_BYTES: usize = 2;

/// The fewest sealed bytes of a record: one byte and its tag.
const SEALED_BYTES_MIN: usize = 1 + TAG_BYTES;

/// Seals what a side sends.
#[derive(Debug)]
pub struct Sealer {
    keys: Keys,
    number: u64,
}

impl Sealer {
    /// The sealer of a session that has sent nothing. There must not be two with the same keys on one side.
    pub fn new(keys: Keys) -> Self {
        Self { keys, number: 0 }
    }

    /// Appends `plain` to `out` as records, as few as hold it; none if it is empty.
    pub fn seal(&mut self, plain: &[u8], out: &mut Vec<u8>) {
        out.reserve(plain.len() + plain.len().div_ceil(PLAIN_BYTES_MAX) * (LENGTH_BYTES + TAG_BYTES));
        for part in plain.chunks(PLAIN_BYTES_MAX) {
            let length = u16::try_from(part.len() + TAG_BYTES).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_be_bytes());
            self.keys.seal(self.number, part, out);
            self.number += 1;
        }
    }
}

/// Opens what the peer sends, however the bytes were cut on their way.
///
/// It keeps what has come and is not yet a whole record. Who opens all records before each [`push`](Self::push) makes it
/// hold at most one record and what was pushed last.
#[derive(Debug)]
pub struct Opener {
    keys: Keys,
    number: u64,
    pending: Pending,
}

impl Opener {
    /// The opener of a session in which nothing has come.
    pub fn new(keys: Keys) -> Self {
        Self { keys, number: 0, pending: Pending::default() }
    }

    /// Takes bytes in, in the order in which they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.push(bytes);
    }

    /// Where bytes can be appended without a copy instead, with room for so many. Taking any away is no use of it.
    pub fn end(&mut self, room_bytes: usize) -> &mut Vec<u8> {
        self.pending.end(room_bytes)
    }

    /// Opens the next record and appends what it contains to `plain`; says whether there was one, whole.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if what comes next is no record of this session; then `plain` is as it was, and the answer stays the
    /// same.
    pub fn next(&mut self, plain: &mut Vec<u8>) -> Result<bool, RecordError> {
        let Some((length, rest)) = self.pending.left().split_first_chunk() else { return Ok(false) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length < SEALED_BYTES_MIN {
            return Err(RecordError::Length { bytes: length });
        }
        let Some(sealed) = rest.get(..length) else { return Ok(false) };
        self.keys.open(self.number, sealed, plain)?;
        self.pending.take(LENGTH_BYTES + length);
        self.number += 1;
        Ok(true)
    }

    /// Whether nothing is left of what came. If not, and nothing more will come, the stream was cut within a record.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}

/// Bytes that are no record of this session. The session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is too short for a byte and its tag.
    #[error("record of {bytes} sealed bytes, fewer than {SEALED_BYTES_MIN}")]
    Length {
        /// How many it has.
        bytes: usize,
    },
    /// It was changed, left out, repeated or moved, or was sealed with other keys.
    #[error("record that was not sealed by the peer as the next one")]
    NotOpened(#[from] NotOpened),
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::handshake::{Initiator, Over, respond};
    use crate::key::Secret;

    #[test]
    fn records_are_split_at_their_maximum() {
        for (bytes, lengths) in [
            (0, vec![]),
            (1, vec![17]),
            (PLAIN_BYTES_MAX, vec![65_535]),
            (PLAIN_BYTES_MAX + 1, vec![65_535, 17]),
            (3 * PLAIN_BYTES_MAX, vec![65_535; 3]),
        ] {
            let (mut sealer, mut opener) = pair();
            let plain: Vec<u8> = (0..=u8::MAX).cycle().take(bytes).collect();
            let mut bytes = Vec::new();

            sealer.seal(&plain, &mut bytes);

            assert_eq!(records(&bytes).iter().map(|record| record.len() - 2).collect::<Vec<_>>(), lengths);
            assert_eq!(opened(&mut opener, &bytes), (plain, Ok(false)));
            assert!(opener.is_empty());
        }
    }

    #[test]
    fn a_record_is_numbered_from_0_in_its_direction() {
        let (mut sealer, mut opener) = pair();
        let mut bytes = Vec::new();

        sealer.seal(b"hello", &mut bytes);
        sealer.seal(b"hello", &mut bytes);

        let both = records(&bytes);
        // As in the test vector of `handshake`, behind the length.
        let first =
            b"\x00\x15\x46\xc2\x63\xcc\x3d\x0e\x8d\x72\x65\x87\x23\xcd\x4c\x94\xdb\xbf\xd5\x08\x9b\x89\xac";
        assert_eq!(both[0], first);
        assert_ne!(both[0], both[1]);
        assert_eq!(opened(&mut opener, &bytes), (b"hellohello".to_vec(), Ok(false)));
    }

    #[test]
    fn every_changed_bit_is_an_error_and_gives_out_nothing() {
        let (mut sealer, _, server) = session();
        let mut bytes = Vec::new();
        sealer.seal(b"hello", &mut bytes);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // A changed length can also ask for more bytes than there are.
            let (plain, end) = opened(&mut Opener::new(server.clone()), &changed);
            assert!(end.is_err() || bit < 16, "bit {bit}");
            assert_eq!(plain, b"", "bit {bit}");
        }
    }

    #[test]
    fn records_that_are_moved_repeated_or_left_out_are_an_error() {
        let bytes = sealed(&[b"one", b"two", b"three"]);
        let parts = records(&bytes);
        let refused = Err(RecordError::NotOpened(NotOpened));
        for (order, plain) in [
            (vec![1, 0], &b""[..]),
            (vec![0, 0], b"one"),
            (vec![0, 2], b"one"),
            (vec![1], b""),
            (vec![0, 1, 2, 0], b"onetwothree"),
        ] {
            let moved: Vec<u8> = order.iter().flat_map(|place| parts[*place].iter().copied()).collect();
            assert_eq!(opened(&mut pair().1, &moved), (plain.to_vec(), refused), "{order:?}");
        }
    }

    #[test]
    fn a_record_cannot_be_sent_back_to_who_sealed_it() {
        let (mut sealer, client, server) = session();
        let mut bytes = Vec::new();
        sealer.seal(b"hello", &mut bytes);

        assert_eq!(opened(&mut Opener::new(server), &bytes), (b"hello".to_vec(), Ok(false)));
        let refused = Err(RecordError::NotOpened(NotOpened));
        assert_eq!(opened(&mut Opener::new(client), &bytes), (vec![], refused));
    }

    #[test]
    fn a_cut_record_is_incomplete_and_that_can_be_seen() {
        let bytes = sealed(&[b"hello"]);
        for length in 0..bytes.len() {
            let mut opener = pair().1;
            assert_eq!(opened(&mut opener, &bytes[..length]), (vec![], Ok(false)), "{length} bytes");
            assert_eq!(opener.is_empty(), length == 0, "{length} bytes");
        }
    }

    #[test]
    fn a_record_of_no_byte_is_an_error_before_it_has_come() {
        for bytes in [0, 1, 16] {
            let outcome = opened(&mut pair().1, &u16::try_from(bytes).unwrap().to_be_bytes());
            assert_eq!(outcome, (vec![], Err(RecordError::Length { bytes })));
        }
    }

    #[test]
    fn after_an_error_nothing_more_is_opened() {
        let bytes = sealed(&[b"one", b"two"]);
        let mut opener = pair().1;
        let parts = records(&bytes);

        let first = opened(&mut opener, parts[1]);
        let second = opened(&mut opener, parts[0]);

        let refused = Err(RecordError::NotOpened(NotOpened));
        assert_eq!((first, second), ((vec![], refused), (vec![], refused)));
    }

    proptest! {
        #[test]
        fn what_was_sealed_comes_out_however_it_was_cut(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..500), 0..8),
            cut in 1..700_usize,
        ) {
            let (mut sealer, mut opener) = pair();
            let mut bytes = Vec::new();
            for part in &parts {
                sealer.seal(part, &mut bytes);
            }

            let mut plain = Vec::new();
            for read in bytes.chunks(cut) {
                opener.push(read);
                while opener.next(&mut plain).unwrap() {}
            }

            prop_assert_eq!(plain, parts.concat());
        }
    }

    /// A session with the ephemeral keys of the handshake's own test: the client's sealer, its keys, the server's. Each
    /// begins at record 0; the handshake, which takes its time without optimisation, is made once.
    fn session() -> (Sealer, Keys, Keys) {
        static KEYS: LazyLock<(Keys, Keys)> = LazyLock::new(|| {
            let secret = Secret::new([1; 32]);
            let initiator = Initiator::new(Over::Tcp, &secret, [0x11; 32]);
            let (answer, server) =
                respond(Over::Tcp, secret.id(), &secret, [0x22; 32], initiator.message()).unwrap();
            (initiator.finish(&answer).unwrap(), server)
        });
        let (client, server) = KEYS.clone();
        (Sealer::new(client.clone()), client, server)
    }

    fn pair() -> (Sealer, Opener) {
        let (sealer, _, server) = session();
        (sealer, Opener::new(server))
    }

    fn sealed(parts: &[&[u8]]) -> Vec<u8> {
        let (mut sealer, _) = pair();
        let mut bytes = Vec::new();
        for part in parts {
            sealer.seal(part, &mut bytes);
        }
        bytes
    }

    /// Cuts sealed bytes into records, their lengths included.
    fn records(mut sealed: &[u8]) -> Vec<&[u8]> {
        let mut records = Vec::new();
        while let Some(length) = sealed.first_chunk() {
            let (record, rest) = sealed.split_at(2 + usize::from(u16::from_be_bytes(*length)));
            records.push(record);
            sealed = rest;
        }
        records
    }

    /// Opens until there is no whole record or an error.
    fn opened(opener: &mut Opener, sealed: &[u8]) -> (Vec<u8>, Result<bool, RecordError>) {
        let mut plain = Vec::new();
        opener.push(sealed);
        loop {
            match opener.next(&mut plain) {
                Ok(true) => {}
                end => return (plain, end),
            }
        }
    }
}
