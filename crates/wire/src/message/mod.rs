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
mod tests;
