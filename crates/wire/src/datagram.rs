//! The datagrams of sessions over UDP: a type, the version and what the type says (`docs/protocol.md`, section 3.2).
//!
//! [`Datagram::parse`] takes any bytes, [`Datagram::encode`] writes what it takes. Neither knows who may send what:
//! that is for whoever opens sessions. What a SEGMENT contains is the link's, sealed or not.
//!
//! What opens a session is never answered by more bytes than it has, so nobody can make a server send more than they
//! sent themselves; the test `no_answer_is_longer_than_what_it_answers` shows it.

use std::fmt;

use crate::message::{Fault, NOISE_BYTES, Opening, Refusal};

/// The version of the protocol that is spoken here.
pub const VERSION: u8 = 1;
/// A shorter HELLO is not answered, so that no answer is longer than what it answers.
pub const HELLO_BYTES_MIN: usize = 64;
/// The most bytes of a datagram: with its headers it passes any path that carries IPv6, whose packets have 1,280 bytes
/// everywhere ([RFC 8200 §5](https://www.rfc-editor.org/rfc/rfc8200#section-5)).
pub const DATAGRAM_BYTES_MAX: usize = 1_200;
/// The bytes of a SEGMENT before the segment itself.
pub const SEGMENT_HEADER_BYTES: usize = 18;
/// The bytes of a cookie.
pub const COOKIE_BYTES: usize = 20;

/// What a session is called while it is opened: drawn at random by the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce(pub [u8; 8]);

/// What a session is called once it is open: drawn at random by the server.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub [u8; 8]);

/// A datagram of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datagram<'a> {
    /// A client begins.
    Hello {
        /// The client's name for what it begins.
        nonce: Nonce,
    },
    /// The server wants to know that the client receives at its address.
    Retry {
        /// As in the HELLO or OPEN that it answers.
        nonce: Nonce,
        /// What the client shall put into its OPEN.
        cookie: &'a [u8; COOKIE_BYTES],
    },
    /// The client opens a session.
    Open {
        /// As in its HELLO.
        nonce: Nonce,
        /// As the server gave it.
        cookie: &'a [u8; COOKIE_BYTES],
        /// Plain or sealed, and by which key.
        opening: Opening<'a>,
    },
    /// The session is open.
    Accepted {
        /// As in the OPEN that it answers.
        nonce: Nonce,
        /// What its segments carry from now on.
        session: SessionId,
        /// The second message of the handshake; none in a plain session.
        noise: Option<&'a [u8; NOISE_BYTES]>,
    },
    /// No session.
    Refused {
        /// As in the HELLO or OPEN that it answers.
        nonce: Nonce,
        /// Why.
        refusal: Refusal,
    },
    /// A piece of an open session.
    Segment {
        /// Which session.
        session: SessionId,
        /// Which datagram of its direction; never one twice.
        number: u64,
        /// A segment of the link, sealed or not.
        segment: &'a [u8],
    },
}

/// Bytes that are no datagram of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatagramError {
    /// There is not even a type and a version.
    #[error("datagram of {0} bytes has no type and version")]
    Short(usize),
    /// Another version.
    #[error("datagram of version {version}")]
    Version {
        /// Which one.
        version: u8,
        /// The nonce, if it is a HELLO that is long enough to be refused.
        hello: Option<Nonce>,
    },
    /// An OPEN of a session that is neither plain nor sealed.
    #[error("a session of mode {mode} is neither plain nor sealed")]
    Mode {
        /// Which mode.
        mode: u8,
        /// What a refusal names.
        nonce: Nonce,
        /// What is to be checked before a refusal.
        cookie: [u8; COOKIE_BYTES],
    },
    /// A type that this version does not have.
    #[error("datagram of unknown type {0}")]
    Type(u8),
    /// A length that its type does not have.
    #[error("datagram of type {kind} has {bytes} bytes")]
    Length {
        /// The type.
        kind: u8,
        /// The length.
        bytes: usize,
    },
}

const HELLO: u8 = 1;
const RETRY: u8 = 2;
const OPEN: u8 = 3;
const ACCEPTED: u8 = 4;
const REFUSED: u8 = 5;
const SEGMENT: u8 = 6;

/// The bytes of an opening, plain and sealed.
const PLAIN_BYTES: usize = 1;
const SEALED_BYTES: usize = 1 + 8 + NOISE_BYTES;

impl<'a> Datagram<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// Another version, an unknown type or mode, or a length that the type does not have. To be dropped, all of them; a
    /// HELLO of another version and an OPEN of an unknown mode may be refused.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DatagramError> {
        let &[kind, version, ref body @ ..] = bytes else { return Err(DatagramError::Short(bytes.len())) };
        let is_hello = kind == HELLO && bytes.len() >= HELLO_BYTES_MIN;
        if version != VERSION {
            let hello = body.first_chunk().filter(|_| is_hello).map(|nonce| Nonce(*nonce));
            return Err(DatagramError::Version { version, hello });
        }
        let parsed = match kind {
            HELLO => {
                body.first_chunk().filter(|_| is_hello).map(|nonce| Self::Hello { nonce: Nonce(*nonce) })
            }
            RETRY => retry(body),
            OPEN => open(body)?,
            ACCEPTED => accepted(body),
            REFUSED => refused(body),
            SEGMENT => segment(body).filter(|_| bytes.len() <= DATAGRAM_BYTES_MAX),
            unknown => return Err(DatagramError::Type(unknown)),
        };
        parsed.ok_or(DatagramError::Length { kind, bytes: bytes.len() })
    }

    /// Appends the datagram's bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        match self {
            Self::Hello { nonce } => {
                put(out, HELLO, &[&nonce.0]);
                out.resize(begin + HELLO_BYTES_MIN, 0);
            }
            Self::Retry { nonce, cookie } => put(out, RETRY, &[&nonce.0, *cookie]),
            Self::Open { nonce, cookie, opening } => {
                put(out, OPEN, &[&nonce.0, *cookie]);
                opening.encode(out);
            }
            Self::Accepted { nonce, session, noise } => {
                put(out, ACCEPTED, &[&nonce.0, &session.0, noise.map_or(&[], |noise| &noise[..])]);
            }
            Self::Refused { nonce, refusal } => put(out, REFUSED, &[&nonce.0, &[u8::from(*refusal)]]),
            Self::Segment { session, number, segment } => {
                put(out, SEGMENT, &[&session.0, &number.to_be_bytes(), segment]);
            }
        }
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

fn put(out: &mut Vec<u8>, kind: u8, fields: &[&[u8]]) {
    out.extend_from_slice(&[kind, VERSION]);
    for field in fields {
        out.extend_from_slice(field);
    }
}

fn retry(body: &[u8]) -> Option<Datagram<'_>> {
    let (nonce, cookie) = body.split_first_chunk()?;
    Some(Datagram::Retry { nonce: Nonce(*nonce), cookie: cookie.try_into().ok()? })
}

fn open(body: &[u8]) -> Result<Option<Datagram<'_>>, DatagramError> {
    let Some((nonce, rest)) = body.split_first_chunk() else { return Ok(None) };
    let Some((cookie, rest)) = rest.split_first_chunk() else { return Ok(None) };
    let nonce = Nonce(*nonce);
    match (Opening::decode(rest), rest.len()) {
        (Ok(opening @ Opening::Plain), PLAIN_BYTES)
        | (Ok(opening @ Opening::Sealed { .. }), SEALED_BYTES) => {
            Ok(Some(Datagram::Open { nonce, cookie, opening }))
        }
        (Err(Fault::Mode(mode)), _) => Err(DatagramError::Mode { mode, nonce, cookie: *cookie }),
        _ => Ok(None),
    }
}

fn accepted(body: &[u8]) -> Option<Datagram<'_>> {
    let (nonce, rest) = body.split_first_chunk()?;
    let (session, noise) = rest.split_first_chunk()?;
    let noise = match noise {
        [] => None,
        noise => Some(noise.try_into().ok()?),
    };
    Some(Datagram::Accepted { nonce: Nonce(*nonce), session: SessionId(*session), noise })
}

fn refused(body: &[u8]) -> Option<Datagram<'_>> {
    let (nonce, code) = body.split_first_chunk()?;
    let &[code] = code else { return None };
    Some(Datagram::Refused { nonce: Nonce(*nonce), refusal: code.into() })
}

fn segment(body: &[u8]) -> Option<Datagram<'_>> {
    let (session, rest) = body.split_first_chunk()?;
    let (number, segment) = rest.split_first_chunk()?;
    Some(Datagram::Segment { session: SessionId(*session), number: u64::from_be_bytes(*number), segment })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::KeyId;

    const NONCE: Nonce = Nonce(*b"nonce..8");
    const SESSION: SessionId = SessionId(*b"session8");
    const COOKIE: [u8; COOKIE_BYTES] = [7; COOKIE_BYTES];
    const NOISE: [u8; NOISE_BYTES] = [9; NOISE_BYTES];

    /// One datagram of each type and shape, with the length that the document states.
    fn samples() -> [(Datagram<'static>, usize); 8] {
        let open = |opening| Datagram::Open { nonce: NONCE, cookie: &COOKIE, opening };
        let accepted = |noise| Datagram::Accepted { nonce: NONCE, session: SESSION, noise };
        [
            (Datagram::Hello { nonce: NONCE }, 64),
            (Datagram::Retry { nonce: NONCE, cookie: &COOKIE }, 30),
            (open(Opening::Plain), 31),
            (open(Opening::Sealed { key: KeyId(*b"key id.8"), noise: &NOISE }), 87),
            (accepted(None), 18),
            (accepted(Some(&NOISE)), 66),
            (Datagram::Refused { nonce: NONCE, refusal: Refusal::Busy }, 11),
            (Datagram::Segment { session: SESSION, number: u64::MAX, segment: b"a segment" }, 27),
        ]
    }

    #[test]
    fn every_type_has_the_length_of_the_document_and_survives_the_way_there_and_back() {
        for (datagram, length) in samples() {
            let bytes = encoded(&datagram);
            assert_eq!(bytes.len(), length, "{datagram:?}");
            assert_eq!(Datagram::parse(&bytes), Ok(datagram));
        }
    }

    #[test]
    fn no_answer_is_longer_than_what_it_answers() {
        let length = |datagram: &Datagram<'_>| encoded(datagram).len();
        let [hello, retry, open_plain, open_sealed, plain, sealed, refused, _] = samples().map(|it| it.0);

        for (request, answers) in [
            (hello, vec![retry, refused]),
            (open_plain, vec![plain, retry, refused]),
            (open_sealed, vec![sealed, retry, refused]),
        ] {
            for answer in answers {
                assert!(length(&answer) <= length(&request), "{answer:?} to {request:?}");
            }
        }
    }

    #[test]
    fn another_length_is_an_error_for_every_type_but_those_that_have_no_fixed_one() {
        for (datagram, length) in samples() {
            let mut bytes = encoded(&datagram);
            for shorter in 0..length {
                let is_open_end =
                    matches!(datagram, Datagram::Segment { .. }) && shorter >= SEGMENT_HEADER_BYTES;
                let is_plain_accepted = matches!(datagram, Datagram::Accepted { .. }) && shorter == 18;
                let parsed = Datagram::parse(&bytes[..shorter]);
                assert_eq!(
                    parsed.is_ok(),
                    is_open_end || is_plain_accepted,
                    "{shorter} bytes of {datagram:?}"
                );
            }
            bytes.push(0);
            let takes_more = matches!(datagram, Datagram::Hello { .. } | Datagram::Segment { .. });
            assert_eq!(Datagram::parse(&bytes).is_ok(), takes_more, "{datagram:?}");
        }
    }

    #[test]
    fn a_segment_fills_a_datagram_and_no_more() {
        let mut bytes = encoded(&Datagram::Segment { session: SESSION, number: 0, segment: &[0; 1_182] });
        assert_eq!(bytes.len(), DATAGRAM_BYTES_MAX);
        assert!(Datagram::parse(&bytes).is_ok());

        bytes.push(0);

        assert_eq!(Datagram::parse(&bytes), Err(DatagramError::Length { kind: 6, bytes: 1_201 }));
    }

    #[test]
    fn a_hello_of_another_version_can_be_refused_and_nothing_else_of_it() {
        for (datagram, _) in samples() {
            let mut bytes = encoded(&datagram);
            bytes[1] = 2;
            let hello = matches!(datagram, Datagram::Hello { .. }).then_some(NONCE);
            assert_eq!(Datagram::parse(&bytes), Err(DatagramError::Version { version: 2, hello }));
        }
        let short = [&[HELLO, 2][..], &NONCE.0].concat();
        assert_eq!(Datagram::parse(&short), Err(DatagramError::Version { version: 2, hello: None }));
    }

    #[test]
    fn an_open_of_an_unknown_mode_can_be_refused_whatever_follows() {
        let mut bytes = encoded(&samples()[3].0);
        bytes[30] = 9;
        for length in [31, 50, 87] {
            let error = DatagramError::Mode { mode: 9, nonce: NONCE, cookie: COOKIE };
            assert_eq!(Datagram::parse(&bytes[..length]), Err(error));
        }
    }

    #[test]
    fn an_unknown_type_is_told_by_its_number() {
        assert_eq!(Datagram::parse(&[77, VERSION, 0]), Err(DatagramError::Type(77)));
        assert_eq!(Datagram::parse(&[HELLO]), Err(DatagramError::Short(1)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_error_or_a_datagram_that_is_written_alike(
            kind in 0_u8..8,
            rest in proptest::collection::vec(any::<u8>(), 0..1_300),
        ) {
            let bytes = [&[kind, VERSION], &rest[..]].concat();
            if let Ok(datagram) = Datagram::parse(&bytes) {
                let written = encoded(&datagram);
                // The padding of HELLO is not looked at, and not written.
                let looked_at = match datagram {
                    Datagram::Hello { .. } => 10,
                    _ => written.len(),
                };
                prop_assert_eq!(&written[..looked_at], &bytes[..looked_at]);
            }
        }
    }

    fn encoded(datagram: &Datagram<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        datagram.encode(&mut bytes);
        bytes
    }
}
