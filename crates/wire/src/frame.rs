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

    /// Where bytes can be appended without a copy instead, with room for so many. Taking any away is no use of it.
    pub fn end(&mut self, room_bytes: usize) -> &mut Vec<u8> {
        self.pending.end(room_bytes)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_is_written_as_the_page_says() {
        let frame = Frame { kind: Kind::Have, stream: StreamId(0x0102_0304), payload: b"8 bytes!" };

        assert_eq!(encoded(&frame), b"\x01\x12\0\0\x01\x02\x03\x04\0\0\0\x088 bytes!");
    }

    #[test]
    fn every_kind_has_the_number_and_the_name_of_the_page() {
        let page = include_str!("../../../docs/protocol.md");
        let rows: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("| 0x")).collect();
        for row in &rows {
            let mut cells = row.split('|').map(str::trim);
            let number = u8::from_str_radix(cells.next().unwrap(), 16).unwrap();
            assert_eq!(format!("`{}`", Kind::from(number)), cells.next().unwrap());
        }
        let known = (0..=u8::MAX).filter(|number| !matches!(Kind::from(*number), Kind::Unknown(_)));
        assert_eq!(known.count(), rows.len());
    }

    #[test]
    fn every_kind_survives_even_one_without_a_name() {
        for number in 0..=u8::MAX {
            let frame = Frame { kind: number.into(), stream: StreamId(7), payload: &[1, 2] };
            let mut decoder = holding(&encoded(&frame));

            let read = decoder.next().unwrap().unwrap();

            assert_eq!((u8::from(read.kind), read), (number, frame));
        }
        assert_eq!(Kind::from(0x7f).to_string(), "KIND_???(0x7f)");
    }

    #[test]
    fn kinds_that_open_streams_are_not_of_the_session() {
        let kinds = (0..=u8::MAX).map(Kind::from);
        let opening: Vec<_> = kinds.clone().filter(|kind| kind.opens_stream()).collect();

        assert_eq!(opening, [Kind::Text, Kind::File, Kind::Stop, Kind::Exec, Kind::Join]);
        assert!(!opening.iter().any(|kind| kind.is_of_session()));
        assert_eq!(kinds.filter(|kind| kind.is_of_session()).count(), 6);
    }

    #[test]
    fn the_longest_payload_passes_and_one_byte_more_does_not() {
        let payload = vec![9; PAYLOAD_BYTES_MAX];
        let frame = Frame { kind: Kind::Data, stream: StreamId(1), payload: &payload };
        assert_eq!(holding(&encoded(&frame)).next(), Ok(Some(frame)));

        let bytes = 65_508;
        let header = FrameHeader { kind: Kind::Data, stream: StreamId(1), length: bytes }.encode();
        let mut decoder = holding(&header);

        // At once: nobody waits for what will be refused.
        assert_eq!(decoder.next(), Err(FrameError::TooLong { bytes }));
        decoder.push(&[0; 100]);
        assert_eq!(decoder.next(), Err(FrameError::TooLong { bytes }), "and it stays so");
    }

    #[test]
    fn another_version_is_refused_and_the_reserved_bytes_are_not_looked_at() {
        let frame = Frame { kind: Kind::Bye, stream: StreamId::SESSION, payload: &[] };
        let mut bytes = encoded(&frame);
        bytes[2..4].fill(0xff);
        assert_eq!(holding(&bytes).next(), Ok(Some(frame)));

        for version in [0, 2, u8::MAX] {
            bytes[0] = version;
            assert_eq!(holding(&bytes).next(), Err(FrameError::Version(version)));
        }
    }

    #[test]
    fn every_prefix_of_a_frame_is_incomplete() {
        let bytes = encoded(&Frame { kind: Kind::Text, stream: StreamId(1), payload: b"hello" });
        for length in 0..bytes.len() {
            let mut decoder = holding(&bytes[..length]);
            assert_eq!(decoder.next(), Ok(None), "{length} bytes");
            assert_eq!(decoder.is_empty(), length == 0, "{length} bytes");
        }
    }

    #[test]
    fn a_frame_of_the_longest_payload_fits_exactly_into_a_record() {
        assert_eq!(HEADER_BYTES + PAYLOAD_BYTES_MAX, crate::record::PLAIN_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn frames_come_out_however_the_bytes_are_cut(
            frames in prop::collection::vec((any::<u8>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..300)), 0..20),
            cuts in prop::collection::vec(1..200_usize, 1..50),
        ) {
            let frame = |(kind, stream, payload): &(u8, u32, Vec<u8>)| {
                encoded(&Frame { kind: (*kind).into(), stream: StreamId(*stream), payload })
            };
            let bytes: Vec<u8> = frames.iter().flat_map(frame).collect();

            let mut decoder = Decoder::new();
            let mut read = Vec::new();
            let (mut left, mut cuts) = (&bytes[..], cuts.iter().cycle());
            while !left.is_empty() {
                let (now, later) = left.split_at((*cuts.next().unwrap()).min(left.len()));
                left = later;
                decoder.push(now);
                while let Some(frame) = decoder.next().unwrap() {
                    read.push((frame.kind.into(), frame.stream.0, frame.payload.to_vec()));
                }
            }

            prop_assert_eq!(read, frames);
            prop_assert!(decoder.is_empty());
        }

        #[test]
        fn any_bytes_are_frames_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), is_version_1: bool) {
            let mut bytes = bytes;
            if let (true, Some(first)) = (is_version_1, bytes.first_mut()) {
                *first = VERSION;
            }
            let mut decoder = holding(&bytes);
            while let Ok(Some(frame)) = decoder.next() {
                prop_assert!(frame.payload.len() <= PAYLOAD_BYTES_MAX);
            }
        }
    }

    fn encoded(frame: &Frame<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes);
        bytes
    }

    fn holding(bytes: &[u8]) -> Decoder {
        let mut decoder = Decoder::new();
        decoder.push(bytes);
        decoder
    }
}
