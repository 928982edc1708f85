//! `RESULT`: the end of a stream, and what came of it.

use std::borrow::Cow;

use super::names::file_name;
use super::{Fault, Hash, Malformed, ResultCode, Why};
use crate::fields::{Fields, put_name};
use crate::frame::Kind;

/// A result. What its body has depends on the code and on what the stream is, which only the receiver knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFrame<'a> {
    /// What came of the stream.
    pub code: ResultCode,
    /// The rest.
    pub body: Cow<'a, [u8]>,
}

/// Makers, one for each body of `docs/protocol.md` §5.
impl ResultFrame<'static> {
    /// A result without a body: done, for a stop and a room, or one of the failures that say no more.
    pub fn of(code: ResultCode) -> Self {
        Self { code, body: Cow::Borrowed(&[]) }
    }

    /// A text was shown; its hash.
    pub fn done_text(hash: Hash) -> Self {
        Self { code: ResultCode::Done, body: Cow::Owned(hash.0.to_vec()) }
    }

    /// A file is stored; its hash, and its name there.
    pub fn done_file(hash: Hash, name: &str) -> Self {
        let mut body = hash.0.to_vec();
        put_name(name, &mut body);
        Self { code: ResultCode::Done, body: Cow::Owned(body) }
    }

    /// A command has ended.
    pub fn done_command(ended: &Ended) -> Self {
        Self { code: ResultCode::Done, body: Cow::Owned(ended.encode()) }
    }

    /// It is too large; the most bytes there is room for.
    pub fn too_large(room: u64) -> Self {
        Self { code: ResultCode::TooLarge, body: Cow::Owned(room.to_be_bytes().to_vec()) }
    }

    /// The bytes have another hash; that of what arrived.
    pub fn mismatch(hash: Hash) -> Self {
        Self { code: ResultCode::Mismatch, body: Cow::Owned(hash.0.to_vec()) }
    }

    /// The server's system said no; the error number.
    pub fn failed(errno: u32) -> Self {
        Self { code: ResultCode::Failed, body: Cow::Owned(errno.to_be_bytes().to_vec()) }
    }
}

/// Readers of the body. Each is asked when the code, and what the stream is, say that the body has this. Their only error
/// is [`Malformed`]: the body is shorter, or is not what it should be.
#[expect(clippy::missing_errors_doc, reason = "they have one and the same, told above")]
impl<'a> ResultFrame<'a> {
    pub(super) fn decode(payload: &'a [u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(payload);
        Ok(Self { code: fields.u8()?.into(), body: Cow::Borrowed(fields.rest()) })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.code.into());
        out.extend_from_slice(&self.body);
    }

    /// The hash of a text that was shown, or of what arrived instead of it.
    pub fn hash(&self) -> Result<Hash, Malformed> {
        malformed(Fields::new(&self.body).array().map(Hash))
    }

    /// The hash of a file that is stored, and its name there.
    pub fn stored(&self) -> Result<(Hash, &str), Malformed> {
        let mut fields = Fields::new(&self.body);
        let hash = fields.array().map(Hash);
        malformed(hash.and_then(|hash| Ok((hash, file_name(&mut fields)?))))
    }

    /// How a command ended.
    pub fn ended(&self) -> Result<Ended, Malformed> {
        malformed(Ended::decode(&self.body))
    }

    /// The most bytes there is room for.
    pub fn room(&self) -> Result<u64, Malformed> {
        malformed(Fields::new(&self.body).u64())
    }

    /// The error number of the server's system.
    pub fn errno(&self) -> Result<u32, Malformed> {
        malformed(Fields::new(&self.body).u32())
    }
}

fn malformed<T>(read: Result<T, Fault>) -> Result<T, Malformed> {
    read.map_err(|fault| Malformed { kind: Kind::Result, fault })
}

/// How a command ended: `docs/protocol.md` §5.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// By what.
    pub how: How,
    /// Whether it left a core dump (`core(5)`).
    pub core: bool,
    /// Why at this time.
    pub why: Why,
    /// The wait status, as `waitpid(2)` tells it and as Python's `os.system()` shows it; 0 if it was not started.
    pub wait: u32,
    /// Bytes that it wrote to standard output.
    pub out: u64,
    /// Bytes that it wrote to standard error.
    pub err: u64,
}

impl Ended {
    fn decode(body: &[u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(body);
        let (how, value) = (fields.u8()?, fields.u32()?);
        Ok(Self {
            how: How::from_wire(how, value),
            core: fields.u8()? != 0,
            why: fields.u8()?.into(),
            wait: fields.u32()?,
            out: fields.u64()?,
            err: fields.u64()?,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let (how, value) = self.how.to_wire();
        let mut body = vec![how];
        body.extend_from_slice(&value.to_be_bytes());
        body.push(self.core.into());
        body.push(self.why.into());
        body.extend_from_slice(&self.wait.to_be_bytes());
        body.extend_from_slice(&self.out.to_be_bytes());
        body.extend_from_slice(&self.err.to_be_bytes());
        body
    }
}

/// By what a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It exited, with this status.
    Exited(u32),
    /// This signal ended it (`signal(7)`).
    Signal(u32),
    /// It was not started, for this error number.
    NotStarted(u32),
    /// A number that this version of the protocol gives no meaning.
    Unknown {
        /// The number.
        how: u8,
        /// Its value.
        value: u32,
    },
}

impl How {
    /// A word for it: `exited`, `signal`, `not_started`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exited(_) => "exited",
            Self::Signal(_) => "signal",
            Self::NotStarted(_) => "not_started",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The exit status, the number of the signal or the error number.
    pub fn value(self) -> u32 {
        self.to_wire().1
    }

    fn from_wire(how: u8, value: u32) -> Self {
        match how {
            0 => Self::Exited(value),
            1 => Self::Signal(value),
            2 => Self::NotStarted(value),
            how => Self::Unknown { how, value },
        }
    }

    fn to_wire(self) -> (u8, u32) {
        match self {
            Self::Exited(status) => (0, status),
            Self::Signal(signal) => (1, signal),
            Self::NotStarted(errno) => (2, errno),
            Self::Unknown { how, value } => (how, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: Hash = Hash([0xab; 32]);

    #[test]
    fn what_a_result_is_made_of_can_be_read_from_it() {
        assert_eq!(ResultFrame::done_text(HASH).hash(), Ok(HASH));
        assert_eq!(ResultFrame::mismatch(HASH).hash(), Ok(HASH));
        assert_eq!(ResultFrame::done_file(HASH, "a b.txt").stored(), Ok((HASH, "a b.txt")));
        assert_eq!(ResultFrame::too_large(1 << 40).room(), Ok(1 << 40));
        assert_eq!(ResultFrame::failed(28).errno(), Ok(28));
        assert_eq!(ResultFrame::done_command(&ended(How::Signal(9))).ended(), Ok(ended(How::Signal(9))));
    }

    #[test]
    fn a_shorter_body_is_malformed_and_a_longer_one_is_not() {
        let short = |fault| Some(Malformed { kind: Kind::Result, fault });
        let none = ResultFrame::of(ResultCode::Done);
        assert_eq!(none.hash().err(), short(Fault::Short));
        assert_eq!(none.stored().err(), short(Fault::Short));
        assert_eq!(none.ended().err(), short(Fault::Short));
        assert_eq!(none.room().err(), short(Fault::Short));
        assert_eq!(none.errno().err(), short(Fault::Short));
        assert_eq!(ResultFrame::done_file(HASH, "").stored().err(), short(Fault::Name));

        let mut longer = ResultFrame::failed(28);
        longer.body.to_mut().push(9);
        assert_eq!(longer.errno(), Ok(28));
    }

    #[test]
    fn how_a_command_ended_is_written_as_the_page_says() {
        let body = ResultFrame::done_command(&ended(How::NotStarted(2))).body;

        let expected = b"\x02\0\0\0\x02\x01\x03\0\0\0\x8b\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x06";
        assert_eq!(*body, expected[..]);
    }

    #[test]
    fn unknown_numbers_survive() {
        let how = How::Unknown { how: 9, value: 1 };
        let strange = Ended { why: Why::Unknown(77), ..ended(how) };

        assert_eq!(ResultFrame::done_command(&strange).ended(), Ok(strange));
    }

    fn ended(how: How) -> Ended {
        Ended { how, core: true, why: Why::Cancelled, wait: 139, out: 5, err: 6 }
    }
}
