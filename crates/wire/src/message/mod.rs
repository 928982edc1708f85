//! Messages: the payloads of frames, as values that borrow from the frame.
//!
//! `docs/protocol.md` §5 is the standard. A payload may be longer than its message, and the rest is not looked at; a
//! kind or a code without a name is kept. Which message may come when is not known here.

mod code;
mod exec;
mod id;
mod names;
mod opening;
mod result;

use names::{file_name, name};

pub use code::{Refusal, ResultCode, Why};
pub use exec::{ArgumentError, ArgumentList, Arguments, ExecFlags, ExecRequest};
pub(crate) use id::write_hex;
pub use id::{Hash, RequestId, TransferId};
pub use names::{NameList, Names, is_name};
pub use opening::{NOISE_BYTES, Opening};
pub use result::{Ended, How, ResultFrame};

use crate::fields::{Fields, put_name, text};
use crate::frame::{Frame, Kind, StreamId, encode_with};

/// The most bytes of a line that is said in a room.
pub const LINE_BYTES_MAX: usize = 4_096;

/// The most bytes of the name of a room or of a person.
pub const NAME_BYTES_MAX: usize = 64;

/// The most bytes of the name of a file, which is Linux's own limit (`NAME_MAX` of `limits.h`).
pub const FILE_NAME_BYTES_MAX: usize = 255;

/// The most streams of a session that are open at once.
pub const STREAMS_MAX: usize = 64;

/// How many bytes of a command's input, or of its output, may be on their way before any `CREDIT`.
pub const CREDIT_BYTES: u32 = 262_144;

/// A payload with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// Asks for a session.
    Open(Opening<'a>),
    /// The session is open.
    Accepted {
        /// Noise message 2, of [`NOISE_BYTES`]; shorter, as a rule empty, in a plain session.
        noise: &'a [u8],
    },
    /// There will be no session.
    Refused(Refusal),
    /// Asks whether the peer lives.
    Ping([u8; 8]),
    /// It does; the payload of the `PING`.
    Pong([u8; 8]),
    /// No more streams will be opened.
    Bye,
    /// A text, whole.
    Text(&'a str),
    /// Announces a file.
    File {
        /// How many bytes it has.
        size: u64,
        /// The same if the same file came before.
        transfer: TransferId,
        /// How it is called, without a directory; 1 to 255 bytes that nobody has checked further.
        name: &'a str,
    },
    /// So many bytes of the file are there.
    Have(u64),
    /// Where the client would go on.
    From {
        /// At this byte.
        offset: u64,
        /// The hash of what is before.
        hash: Hash,
    },
    /// The byte at which the client shall go on.
    Go(u64),
    /// Bytes of a file or of a command's standard input.
    Data(&'a [u8]),
    /// The last of them has been sent; the hash of a file, which standard input has not.
    End(Option<Hash>),
    /// The client no longer wants what it asked for.
    Cancel,
    /// The server shall end.
    Stop,
    /// It will, and finishes these first.
    Draining {
        /// So many sessions.
        sessions: u32,
        /// So many streams.
        streams: u32,
    },
    /// Asks for a command to be run.
    Exec(ExecRequest<'a>),
    /// The command runs.
    Started {
        /// Its process id on the server.
        pid: u32,
    },
    /// Bytes of its standard output.
    Stdout(&'a [u8]),
    /// Bytes of its standard error.
    Stderr(&'a [u8]),
    /// So many bytes more may be on their way.
    Credit(u32),
    /// Enters a room.
    Join {
        /// Which one.
        room: &'a str,
        /// As whom.
        who: &'a str,
    },
    /// Who is in the room already.
    Joined(Names<'a>),
    /// Says a line.
    Say(&'a str),
    /// Somebody said a line.
    Said {
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// Who.
        who: &'a str,
        /// What.
        line: &'a str,
    },
    /// Somebody has come in.
    Came {
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// Who.
        who: &'a str,
    },
    /// Somebody has gone.
    Left {
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// Who.
        who: &'a str,
    },
    /// The end of a stream, and what came of it.
    Result(ResultFrame<'a>),
    /// A message of a kind that this version of the protocol gives no meaning; no error.
    Unknown {
        /// The kind's number.
        kind: u8,
        /// All of it.
        payload: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Reads the payload of a frame.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the payload is not what its kind says, or if the kind does not belong to the frame's stream.
    pub fn decode(frame: &Frame<'a>) -> Result<Self, Malformed> {
        let kind = frame.kind;
        let is_known = !matches!(kind, Kind::Unknown(_));
        if is_known && kind.is_of_session() != (frame.stream == StreamId::SESSION) {
            return Err(Malformed { kind, fault: Fault::Stream });
        }
        let message = match kind {
            Kind::Exec | Kind::Started | Kind::Stdout | Kind::Stderr | Kind::Credit => decode_command(frame),
            Kind::Join | Kind::Joined | Kind::Say | Kind::Said | Kind::Came | Kind::Left => {
                decode_room(frame)
            }
            _ if kind.is_of_session() => decode_session(frame),
            _ => decode_transfer(frame),
        };
        message.map_err(|fault| Malformed { kind, fault })
    }

    /// The kind of the frame that carries it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Open(_) => Kind::Open,
            Self::Accepted { .. } => Kind::Accepted,
            Self::Refused(_) => Kind::Refused,
            Self::Ping(_) => Kind::Ping,
            Self::Pong(_) => Kind::Pong,
            Self::Bye => Kind::Bye,
            Self::Text(_) => Kind::Text,
            Self::File { .. } => Kind::File,
            Self::Have(_) => Kind::Have,
            Self::From { .. } => Kind::From,
            Self::Go(_) => Kind::Go,
            Self::Data(_) => Kind::Data,
            Self::End(_) => Kind::End,
            Self::Cancel => Kind::Cancel,
            Self::Stop => Kind::Stop,
            Self::Draining { .. } => Kind::Draining,
            Self::Exec(_) => Kind::Exec,
            Self::Started { .. } => Kind::Started,
            Self::Stdout(_) => Kind::Stdout,
            Self::Stderr(_) => Kind::Stderr,
            Self::Credit(_) => Kind::Credit,
            Self::Join { .. } => Kind::Join,
            Self::Joined(_) => Kind::Joined,
            Self::Say(_) => Kind::Say,
            Self::Said { .. } => Kind::Said,
            Self::Came { .. } => Kind::Came,
            Self::Left { .. } => Kind::Left,
            Self::Result(_) => Kind::Result,
            Self::Unknown { kind, .. } => Kind::from(*kind),
        }
    }

    /// Appends the message to `out` as a frame of `stream`.
    ///
    /// What it holds is not checked again; a text, a line, bytes or names that are longer than the protocol has them are
    /// the caller's fault, and the peer will end the session.
    pub fn encode(&self, stream: StreamId, out: &mut Vec<u8>) {
        encode_with(self.kind(), stream, out, |out| self.put(out));
    }

    /// Appends the payload.
    fn put(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Bye | Self::Cancel | Self::Stop | Self::End(None) => {}
            Self::Open(opening) => opening.encode(out),
            Self::Refused(refusal) => out.push(refusal.into()),
            Self::Ping(bytes) | Self::Pong(bytes) => out.extend_from_slice(&bytes),
            Self::Text(text) | Self::Say(text) => out.extend_from_slice(text.as_bytes()),
            Self::File { size, transfer, name } => {
                out.extend_from_slice(&size.to_be_bytes());
                out.extend_from_slice(&transfer.0);
                put_name(name, out);
            }
            Self::Have(offset) | Self::Go(offset) => out.extend_from_slice(&offset.to_be_bytes()),
            Self::From { offset, hash } => {
                out.extend_from_slice(&offset.to_be_bytes());
                out.extend_from_slice(&hash.0);
            }
            Self::End(Some(hash)) => out.extend_from_slice(&hash.0),
            Self::Draining { sessions, streams } => {
                out.extend_from_slice(&sessions.to_be_bytes());
                out.extend_from_slice(&streams.to_be_bytes());
            }
            Self::Exec(ref request) => request.encode(out),
            Self::Started { pid: number } | Self::Credit(number) => {
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Join { room, who } => [room, who].iter().for_each(|name| put_name(name, out)),
            Self::Joined(names) => names.encode(out),
            Self::Said { at_ms, who, line } => {
                put_event(at_ms, who, out);
                out.extend_from_slice(line.as_bytes());
            }
            Self::Came { at_ms, who } | Self::Left { at_ms, who } => put_event(at_ms, who, out),
            Self::Result(ref result) => result.encode(out),
            Self::Accepted { noise: bytes }
            | Self::Data(bytes)
            | Self::Stdout(bytes)
            | Self::Stderr(bytes)
            | Self::Unknown { payload: bytes, .. } => out.extend_from_slice(bytes),
        }
    }
}

/// Reads the messages of stream 0.
fn decode_session<'a>(frame: &Frame<'a>) -> Result<Message<'a>, Fault> {
    let mut fields = Fields::new(frame.payload);
    Ok(match frame.kind {
        Kind::Open => Message::Open(Opening::decode(frame.payload)?),
        Kind::Accepted => {
            Message::Accepted { noise: frame.payload.get(..NOISE_BYTES).unwrap_or(frame.payload) }
        }
        Kind::Refused => Message::Refused(fields.u8()?.into()),
        Kind::Ping => Message::Ping(fields.array()?),
        Kind::Pong => Message::Pong(fields.array()?),
        Kind::Bye => Message::Bye,
        kind => unknown(kind, frame.payload),
    })
}

/// Reads texts, files, a stop, and what all streams have.
fn decode_transfer<'a>(frame: &Frame<'a>) -> Result<Message<'a>, Fault> {
    let mut fields = Fields::new(frame.payload);
    Ok(match frame.kind {
        Kind::Text => Message::Text(text(frame.payload)?),
        Kind::File => Message::File {
            size: fields.u64()?,
            transfer: TransferId(fields.array()?),
            name: file_name(&mut fields)?,
        },
        Kind::Have => Message::Have(fields.u64()?),
        Kind::From => Message::From { offset: fields.u64()?, hash: Hash(fields.array()?) },
        Kind::Go => Message::Go(fields.u64()?),
        Kind::Data => Message::Data(frame.payload),
        // Whether it needs a hash depends on the stream, and a longer payload than needed is no fault.
        Kind::End => Message::End(fields.array().ok().map(Hash)),
        Kind::Cancel => Message::Cancel,
        Kind::Stop => Message::Stop,
        Kind::Draining => Message::Draining { sessions: fields.u32()?, streams: fields.u32()? },
        Kind::Result => Message::Result(ResultFrame::decode(frame.payload)?),
        kind => unknown(kind, frame.payload),
    })
}

/// Reads what is said about a command.
fn decode_command<'a>(frame: &Frame<'a>) -> Result<Message<'a>, Fault> {
    let mut fields = Fields::new(frame.payload);
    Ok(match frame.kind {
        Kind::Exec => Message::Exec(ExecRequest::decode(frame.payload)?),
        Kind::Started => Message::Started { pid: fields.u32()? },
        Kind::Stdout => Message::Stdout(frame.payload),
        Kind::Stderr => Message::Stderr(frame.payload),
        Kind::Credit => Message::Credit(fields.u32()?),
        kind => unknown(kind, frame.payload),
    })
}

/// Reads what is said in a room.
fn decode_room<'a>(frame: &Frame<'a>) -> Result<Message<'a>, Fault> {
    let mut fields = Fields::new(frame.payload);
    Ok(match frame.kind {
        Kind::Join => Message::Join { room: name(&mut fields)?, who: name(&mut fields)? },
        Kind::Joined => Message::Joined(Names::decode(frame.payload)?),
        Kind::Say => Message::Say(line(frame.payload)?),
        Kind::Said => {
            Message::Said { at_ms: fields.u64()?, who: name(&mut fields)?, line: line(fields.rest())? }
        }
        Kind::Came => Message::Came { at_ms: fields.u64()?, who: name(&mut fields)? },
        Kind::Left => Message::Left { at_ms: fields.u64()?, who: name(&mut fields)? },
        kind => unknown(kind, frame.payload),
    })
}

fn unknown(kind: Kind, payload: &[u8]) -> Message<'_> {
    Message::Unknown { kind: kind.into(), payload }
}

/// Reads a line that is said.
fn line(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > LINE_BYTES_MAX { Err(Fault::TooLong) } else { text(bytes) }
}

/// Appends when something happened in a room, and to whom.
fn put_event(at_ms: u64, who: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&at_ms.to_be_bytes());
    put_name(who, out);
}

/// A payload that is not what its kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {kind}: {fault}")]
pub struct Malformed {
    /// What the payload should be.
    pub kind: Kind,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It ends before its last field does.
    #[error("it ends before its last field")]
    Short,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// A line has more than [`LINE_BYTES_MAX`] bytes.
    #[error("a line has more than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// A name is empty, too long, or has a control character.
    #[error("a name is empty, too long, or has a control character")]
    Name,
    /// A session of a mode that is neither plain nor sealed.
    #[error("mode {0} is neither plain nor sealed")]
    Mode(u8),
    /// No argument, one with a byte 0, or more than one beside the flag for a shell.
    #[error("no argument, one with a byte 0, or several for a shell")]
    Arguments,
    /// A message of the session on another stream, or one of a stream on stream 0.
    #[error("it does not belong on this stream")]
    Stream,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::{Decoder, HEADER_BYTES, PAYLOAD_BYTES_MAX};
    use crate::key::KeyId;

    #[test]
    fn messages_are_written_as_the_page_says() {
        let hash = Hash([0xaa; 32]);
        for (message, payload) in [
            (Message::Open(Opening::Plain), &b"\0"[..]),
            (Message::Refused(Refusal::Busy), b"\x03"),
            (Message::Ping(*b"12345678"), b"12345678"),
            (Message::Text("\u{f1}"), b"\xc3\xb1"),
            (
                Message::File { size: 258, transfer: TransferId([7; 16]), name: "a" },
                b"\0\0\0\0\0\0\x01\x02\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\0\x01a",
            ),
            (Message::Go(3), b"\0\0\0\0\0\0\0\x03"),
            (Message::From { offset: 1, hash }, &[&b"\0\0\0\0\0\0\0\x01"[..], &hash.0].concat()),
            (Message::End(None), b""),
            (Message::End(Some(hash)), &hash.0),
            (Message::Draining { sessions: 1, streams: 2 }, b"\0\0\0\x01\0\0\0\x02"),
            (Message::Credit(CREDIT_BYTES), b"\0\x04\0\0"),
            (Message::Join { room: "r", who: "ana" }, b"\0\x01r\0\x03ana"),
            (Message::Joined(NameList::new(["ana", "bob"]).as_names()), b"\0\x02\0\x03ana\0\x03bob"),
            (Message::Said { at_ms: 1, who: "ana", line: "hi" }, b"\0\0\0\0\0\0\0\x01\0\x03anahi"),
            (Message::Result(ResultFrame::of(ResultCode::Repeated)), b"\x0d"),
            (Message::Result(ResultFrame::failed(28)), b"\x0a\0\0\0\x1c"),
        ] {
            assert_eq!(payload_of(&message), payload, "{message:?}");
        }
    }

    #[test]
    fn a_line_has_a_maximum_and_so_have_names() {
        let text = "x".repeat(LINE_BYTES_MAX + 1);
        let too_long = |kind| Err(Malformed { kind, fault: Fault::TooLong });
        let wrong_name = |kind| Err(Malformed { kind, fault: Fault::Name });
        for (bytes, is_good) in [(LINE_BYTES_MAX, true), (LINE_BYTES_MAX + 1, false)] {
            let line = &text[..bytes];
            let good = |kind| if is_good { Ok(()) } else { too_long(kind) };
            assert_eq!(outcome(&Message::Say(line)), good(Kind::Say));
            assert_eq!(outcome(&Message::Said { at_ms: 0, who: "a", line }), good(Kind::Said));
        }
        for (bytes, is_good) in [(0, false), (1, true), (NAME_BYTES_MAX, true), (NAME_BYTES_MAX + 1, false)] {
            let name = &text[..bytes];
            let good = |kind| if is_good { Ok(()) } else { wrong_name(kind) };
            assert_eq!(is_name(name), is_good);
            assert_eq!(outcome(&Message::Join { room: name, who: "a" }), good(Kind::Join));
            assert_eq!(outcome(&Message::Join { room: "a", who: name }), good(Kind::Join));
            assert_eq!(outcome(&Message::Came { at_ms: 0, who: name }), good(Kind::Came));
        }
        for (bytes, is_good) in [(0, false), (FILE_NAME_BYTES_MAX, true), (FILE_NAME_BYTES_MAX + 1, false)] {
            let file = Message::File { size: 0, transfer: TransferId([0; 16]), name: &text[..bytes] };
            assert_eq!(outcome(&file), if is_good { Ok(()) } else { wrong_name(Kind::File) });
        }
    }

    #[test]
    fn a_name_has_no_control_character_and_every_text_is_utf_8() {
        for name in ["a\nb", "\u{7f}", "a\u{85}", "\u{0}"] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("Jos\u{e9} \u{1f600}"));

        let text = |kind, payload: &[u8]| decoded(kind, StreamId(1), payload).map(drop);
        let wrong = |kind| Err(Malformed { kind, fault: Fault::Text });
        assert_eq!(text(Kind::Text, b"\xff"), wrong(Kind::Text));
        assert_eq!(text(Kind::Say, b"\xc3"), wrong(Kind::Say));
        assert_eq!(text(Kind::Join, b"\0\x01\xff\0\x01a"), wrong(Kind::Join));
    }

    #[test]
    fn the_longest_text_and_the_longest_data_fit_into_a_frame() {
        let text = "x".repeat(PAYLOAD_BYTES_MAX);
        assert_eq!(outcome(&Message::Text(&text)), Ok(()));
        assert_eq!(outcome(&Message::Data(text.as_bytes())), Ok(()));
    }

    #[test]
    fn a_kind_without_a_name_survives_on_every_stream() {
        for stream in [StreamId::SESSION, StreamId(9)] {
            let payload: &[u8] = &[1, 2, 3];
            let message = decoded(Kind::Unknown(0x99), stream, payload).unwrap();

            assert_eq!(message, Message::Unknown { kind: 0x99, payload });
            assert_eq!(payload_of(&message), payload);
        }
    }

    #[test]
    fn a_kind_on_a_stream_where_it_does_not_belong_is_malformed() {
        for number in 0..=u8::MAX {
            let kind = Kind::from(number);
            let wrong = if kind.is_of_session() { StreamId(1) } else { StreamId::SESSION };
            if !matches!(kind, Kind::Unknown(_)) {
                assert_eq!(decoded(kind, wrong, &[]), Err(Malformed { kind, fault: Fault::Stream }));
            }
        }
    }

    #[test]
    fn an_opening_is_plain_or_sealed() {
        let malformed = |fault| Err(Malformed { kind: Kind::Open, fault });
        let open = |payload: &[u8]| decoded(Kind::Open, StreamId::SESSION, payload).map(drop);
        assert_eq!(open(b""), malformed(Fault::Short));
        assert_eq!(open(b"\x02"), malformed(Fault::Mode(2)));
        assert_eq!(open(&[1; 56]), malformed(Fault::Short));
        assert_eq!(open(&[1; 57]), Ok(()));
    }

    #[test]
    fn what_follows_a_noise_message_or_a_hash_is_not_looked_at() {
        let bytes: Vec<u8> = (0..100).collect();
        for length in 0..bytes.len() {
            let payload = &bytes[..length];
            let accepted = decoded(Kind::Accepted, StreamId::SESSION, payload).unwrap();
            assert_eq!(accepted, Message::Accepted { noise: &payload[..length.min(NOISE_BYTES)] });
            let end = decoded(Kind::End, StreamId(1), payload).unwrap();
            assert_eq!(end, Message::End(payload.first_chunk().copied().map(Hash)));
        }
    }

    proptest! {
        #[test]
        fn every_message_survives_and_a_longer_payload_is_taken(parts in parts(), more in prop::collection::vec(any::<u8>(), 1..20)) {
            for (message, has_rest) in parts.messages() {
                let payload = payload_of(&message);
                prop_assert_eq!(decoded(message.kind(), stream_of(&message), &payload), Ok(message.clone()));
                if !has_rest {
                    let longer = [&payload[..], &more].concat();
                    prop_assert_eq!(decoded(message.kind(), stream_of(&message), &longer), Ok(message));
                }
            }
        }

        #[test]
        fn every_prefix_of_a_message_is_malformed(parts in parts()) {
            for (message, has_rest) in parts.messages() {
                let payload = payload_of(&message);
                let prefixes = (0..payload.len()).map(|length| &payload[..length]);
                for prefix in prefixes {
                    let outcome = decoded(message.kind(), stream_of(&message), prefix);
                    // The rest of a payload may be shorter; what is before it may not.
                    prop_assert!(outcome.is_err() || has_rest, "{:?}", outcome);
                }
            }
        }

        #[test]
        fn every_mutation_is_a_message_or_malformed(parts in parts(), place: prop::sample::Index, byte: u8) {
            for (message, _) in parts.messages() {
                let mut payload = payload_of(&message);
                if !payload.is_empty() {
                    let place = place.index(payload.len());
                    payload[place] = byte;
                }
                check(message.kind(), stream_of(&message), &payload)?;
            }
        }

        #[test]
        fn any_payload_is_a_message_or_malformed(kind: u8, payload in prop::collection::vec(any::<u8>(), 0..100)) {
            for stream in [StreamId::SESSION, StreamId(1)] {
                check(kind.into(), stream, &payload)?;
            }
        }
    }

    /// Whatever is read is written and read again as the same.
    fn check(kind: Kind, stream: StreamId, payload: &[u8]) -> Result<(), TestCaseError> {
        if let Ok(message) = decoded(kind, stream, payload) {
            let written = payload_of(&message);
            prop_assert_eq!(decoded(kind, stream, &written), Ok(message));
        }
        Ok(())
    }

    fn decoded(kind: Kind, stream: StreamId, payload: &[u8]) -> Result<Message<'_>, Malformed> {
        Message::decode(&Frame { kind, stream, payload })
    }

    fn payload_of(message: &Message<'_>) -> Vec<u8> {
        let mut bytes = b"before".to_vec();
        message.encode(stream_of(message), &mut bytes);
        let frame = bytes.split_off(6);
        assert_eq!(bytes, b"before");
        let mut decoder = Decoder::new();
        decoder.push(&frame);
        let read = decoder.next().unwrap().unwrap();
        assert_eq!((read.kind, read.stream), (message.kind(), stream_of(message)));
        assert_eq!(read.payload, &frame[HEADER_BYTES..]);
        read.payload.to_vec()
    }

    fn outcome(message: &Message<'_>) -> Result<(), Malformed> {
        decoded(message.kind(), stream_of(message), &payload_of(message)).map(drop)
    }

    fn stream_of(message: &Message<'_>) -> StreamId {
        if message.kind().is_of_session() { StreamId::SESSION } else { StreamId(5) }
    }

    /// What messages are made of.
    #[derive(Debug)]
    struct Parts {
        number: u64,
        small: u32,
        code: u8,
        noise: [u8; NOISE_BYTES],
        bytes: Vec<u8>,
        line: String,
        names: Vec<String>,
        file_name: String,
        joined: NameList,
        arguments: ArgumentList,
        ended: Ended,
    }

    fn parts() -> impl Strategy<Value = Parts> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..60);
        let argument = prop::collection::vec(1..=u8::MAX, 0..10);
        let texts = (".{0,40}", prop::collection::vec("[^\\pC]{1,16}", 2..5), "[^\0]{1,60}");
        let numbers = (any::<u64>(), any::<u32>(), any::<u8>(), any::<bool>());
        let noise = prop::collection::vec(any::<u8>(), NOISE_BYTES);
        (numbers, noise, bytes(), texts, prop::collection::vec(argument, 1..5)).prop_map(
            |((number, small, code, core), noise, bytes, (line, names, file_name), arguments)| Parts {
                number,
                small,
                code,
                noise: noise.try_into().unwrap(),
                bytes,
                line,
                joined: NameList::new(names.iter().map(String::as_str)),
                names,
                file_name,
                arguments: ArgumentList::new(arguments.iter().map(Vec::as_slice)).unwrap(),
                ended: Ended {
                    how: How::Exited(small),
                    core,
                    why: code.into(),
                    wait: small,
                    out: number,
                    err: 1,
                },
            },
        )
    }

    impl Parts {
        /// One message of each kind, with whether its last field is whatever is left of the payload.
        fn messages(&self) -> Vec<(Message<'_>, bool)> {
            [self.of_session(), self.of_transfers(), self.of_commands(), self.of_rooms()].concat()
        }

        fn of_session(&self) -> Vec<(Message<'_>, bool)> {
            let key = KeyId(self.number.to_be_bytes());
            vec![
                (Message::Open(Opening::Plain), false),
                (Message::Open(Opening::Sealed { key, noise: &self.noise }), false),
                (Message::Accepted { noise: &self.noise }, true),
                (Message::Accepted { noise: &[] }, true),
                (Message::Refused(self.code.into()), false),
                (Message::Ping(self.number.to_be_bytes()), false),
                (Message::Pong(self.number.to_be_bytes()), false),
                (Message::Bye, false),
                (Message::Unknown { kind: 0x80 | self.code, payload: &self.bytes }, true),
            ]
        }

        fn of_transfers(&self) -> Vec<(Message<'_>, bool)> {
            let transfer = TransferId([self.code; 16]);
            let hash = Hash([self.code; 32]);
            vec![
                (Message::Text(&self.line), true),
                (Message::File { size: self.number, transfer, name: &self.file_name }, false),
                (Message::Have(self.number), false),
                (Message::From { offset: self.number, hash }, false),
                (Message::Go(self.number), false),
                (Message::Data(&self.bytes), true),
                (Message::End(None), true),
                (Message::End(Some(hash)), true),
                (Message::Cancel, false),
                (Message::Stop, false),
                (Message::Draining { sessions: self.small, streams: 7 }, false),
                (Message::Result(ResultFrame::of(self.code.into())), true),
                (Message::Result(ResultFrame::done_file(hash, &self.file_name)), true),
                (Message::Result(ResultFrame::done_command(&self.ended)), true),
            ]
        }

        fn of_commands(&self) -> Vec<(Message<'_>, bool)> {
            let request = ExecRequest {
                request: RequestId([self.code; 16]),
                time_limit_ms: self.number,
                output_limit_bytes: 1,
                flags: ExecFlags(self.code & !ExecFlags::SHELL.0),
                arguments: self.arguments.as_arguments(),
            };
            vec![
                (Message::Exec(request), false),
                (Message::Started { pid: self.small }, false),
                (Message::Stdout(&self.bytes), true),
                (Message::Stderr(&self.bytes), true),
                (Message::Credit(self.small), false),
            ]
        }

        fn of_rooms(&self) -> Vec<(Message<'_>, bool)> {
            let (at_ms, room, who) = (self.number, &*self.names[0], &*self.names[1]);
            vec![
                (Message::Join { room, who }, false),
                (Message::Joined(self.joined.as_names()), false),
                (Message::Say(&self.line), true),
                (Message::Said { at_ms, who, line: &self.line }, true),
                (Message::Came { at_ms, who }, false),
                (Message::Left { at_ms, who }, false),
            ]
        }
    }
}
