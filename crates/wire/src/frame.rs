//! Frames: a kind, a stream, a length and as many bytes, one after another.
//!
//! `docs/protocol.md` §1 is the standard. What the payloads mean is [`message`](crate::message)'s; which streams are open
//! is known by who holds the session.

use std::fmt;

use crate::pending::Pending;

/// The version that every frame begins with.
pub const VERSION: u8 = 1;

/// The bytes of a frame before its payload.
pub const HEADER_BYTES: usize = 12;

/// The longest payload of a frame. With its header such a frame fits exactly into one record (`docs/protocol.md` §3.1).
pub const PAYLOAD_BYTES_MAX: usize = 65_507;

/// The number of a stream, which tells apart what is on its way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u32);

impl StreamId {
    /// The session itself.
    pub const SESSION: Self = Self(0);
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Defines [`Kind`] from the table of `docs/protocol.md` §5.
macro_rules! kinds {
    ($($number:literal $kind:ident $name:literal $what:literal)*) => {
        /// What the payload of a frame is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $(#[doc = concat!("`", $name, "`: ", $what)] $kind,)*
            /// A number that this version of the protocol gives no meaning; no error.
            Unknown(u8),
        }

        impl From<u8> for Kind {
            fn from(number: u8) -> Self {
                match number {
                    $($number => Self::$kind,)*
                    _ => Self::Unknown(number),
                }
            }
        }

        impl From<Kind> for u8 {
            fn from(kind: Kind) -> Self {
                match kind {
                    $(Kind::$kind => $number,)*
                    Kind::Unknown(number) => number,
                }
            }
        }

        /// The name in the table: `FILE`.
        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$kind => f.pad($name),)*
                    Self::Unknown(number) => f.pad(&format!("KIND_???({number:#04x})")),
                }
            }
        }
    };
}

kinds! {
    0x01 Open "OPEN" "asks for a session."
    0x02 Accepted "ACCEPTED" "the session is open."
    0x03 Refused "REFUSED" "there will be no session."
    0x04 Ping "PING" "asks whether the peer lives."
    0x05 Pong "PONG" "it does."
    0x06 Bye "BYE" "no more streams will be opened."
    0x10 Text "TEXT" "a text, whole."
    0x11 File "FILE" "announces a file."
    0x12 Have "HAVE" "a part of the file is there."
    0x13 From "FROM" "where the client would go on, and the hash of what is before."
    0x14 Go "GO" "where the client shall go on."
    0x15 Data "DATA" "bytes of a file or of a command's standard input."
    0x16 End "END" "the last of them has been sent."
    0x17 Cancel "CANCEL" "the client no longer wants what it asked for."
    0x20 Stop "STOP" "the server shall end."
    0x21 Draining "DRAINING" "it will, and finishes first what is in hand."
    0x30 Exec "EXEC" "asks for a command to be run."
    0x31 Started "STARTED" "it runs."
    0x32 Stdout "STDOUT" "bytes of its standard output."
    0x33 Stderr "STDERR" "bytes of its standard error."
    0x34 Credit "CREDIT" "so many bytes more may be on their way."
    0x40 Join "JOIN" "enters a room."
    0x41 Joined "JOINED" "who is in the room already."
    0x42 Say "SAY" "says a line in the room."
    0x43 Said "SAID" "somebody said a line."
    0x44 Came "CAME" "somebody has come in."
    0x45 Left "LEFT" "somebody has gone."
    0x50 Result "RESULT" "the end of a stream, and what came of it."
}

impl Kind {
    /// Whether the kind belongs to the session, on stream 0, and to no other stream.
    pub fn is_of_session(self) -> bool {
        matches!(self, Self::Open | Self::Accepted | Self::Refused | Self::Ping | Self::Pong | Self::Bye)
    }

    /// Whether a client opens a stream by it (`docs/protocol.md` §4).
    pub fn opens_stream(self) -> bool {
        matches!(self, Self::Text | Self::File | Self::Stop | Self::Exec | Self::Join)
    }
}

/// What stands before a payload.
///
/// By itself it serves who reads a payload straight into its place behind the header; others have [`Frame::encode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the payload is.
    pub kind: Kind,
    /// What the payload belongs to.
    pub stream: StreamId,
    /// How many bytes the payload has.
    pub length: u32,
}

impl FrameHeader {
    /// Writes the header; the two reserved bytes are 0.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let [s0, s1, s2, s3] = self.stream.0.to_be_bytes();
        let [l0, l1, l2, l3] = self.length.to_be_bytes();
        [VERSION, self.kind.into(), 0, 0, s0, s1, s2, s3, l0, l1, l2, l3]
    }

    /// Reads a header; what the reserved bytes are does not matter.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if it is of another version or announces a longer payload than there may be.
    pub fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, FrameError> {
        let [version, kind, _, _, s0, s1, s2, s3, l0, l1, l2, l3] = *bytes;
        if version != VERSION {
            return Err(FrameError::Version(version));
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if length as usize > PAYLOAD_BYTES_MAX {
            return Err(FrameError::TooLong { bytes: length });
        }
        Ok(Self { kind: kind.into(), stream: StreamId(u32::from_be_bytes([s0, s1, s2, s3])), length })
    }
}

/// Bytes that are no frame. The session ends: where the next frame begins cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame is of another version of the protocol.
    #[error("frame of version {0}, not {VERSION}")]
    Version(u8),
    /// The frame announces more than [`PAYLOAD_BYTES_MAX`] bytes.
    #[error("frame with a payload of {bytes} bytes, more than {PAYLOAD_BYTES_MAX}")]
    TooLong {
        /// How many it announces.
        bytes: u32,
    },
}

/// A frame, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the payload is.
    pub kind: Kind,
    /// What the payload belongs to.
    pub stream: StreamId,
    /// The rest, at most [`PAYLOAD_BYTES_MAX`] bytes.
    pub payload: &'a [u8],
}

impl Frame<'_> {
    /// Appends the frame to `out`. That the payload is not too long is up to the caller.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_with(self.kind, self.stream, out, |out| out.extend_from_slice(self.payload));
    }
}

/// Appends a frame to `out` whose payload `put` appends, so that no payload is put together anywhere else first.
pub(crate) fn encode_with(kind: Kind, stream: StreamId, out: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&FrameHeader { kind, stream, length: 0 }.encode());
    put(out);
    let payload_bytes = out.len() - start - HEADER_BYTES;
    debug_assert!(payload_bytes <= PAYLOAD_BYTES_MAX, "{kind} with {payload_bytes} bytes");
    let length = u32::try_from(payload_bytes).unwrap_or(u32::MAX);
    out[start + HEADER_BYTES - 4..start + HEADER_BYTES].copy_from_slice(&length.to_be_bytes());
}

/// Cuts a stream of bytes into frames, however the bytes were cut on their way.
///
/// It keeps what has come and is not yet part of a whole frame. Who takes all frames out before each [`push`](Self::push)
/// makes it hold at most one frame and what was pushed last.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Pending,
}

impl Decoder {
    /// A decoder that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes in, in the order in which they were sent.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.push(bytes);
    }

    /// Takes out the next frame; none if it has not come whole.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if what comes next is no frame; from then on the answer is always the same.
    #[expect(clippy::should_implement_trait, reason = "an iterator could not lend what it holds")]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some((header, rest)) = self.pending.left().split_first_chunk() else { return Ok(None) };
        let FrameHeader { kind, stream, length } = FrameHeader::decode(header)?;
        let length = length as usize;
        if rest.len() < length {
            return Ok(None);
        }
        let payload = &self.pending.take(HEADER_BYTES + length)[HEADER_BYTES..];
        Ok(Some(Frame { kind, stream, payload }))
    }

    /// Whether nothing is left of what came. If not, and nothing more will come, the stream was cut within a frame.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}
