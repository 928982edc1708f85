//! `EXEC`: which command, with which arguments and limits (`docs/protocol.md` §5.4).

use std::fmt;

use super::{Fault, RequestId};
use crate::fields::Fields;
use crate::frame::PAYLOAD_BYTES_MAX;

/// The bytes of `EXEC` before its arguments, their count included.
const FIXED_BYTES: usize = 16 + 8 + 8 + 1 + 2;

/// Bit 0 of *flags*.
const SHELL: u8 = 1;

/// A wish for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecRequest<'a> {
    /// The server runs a request once, however often it comes.
    pub request: RequestId,
    /// How long the command may run, in milliseconds; 0 is the server's own limit.
    pub time_limit_ms: u64,
    /// How many bytes it may write; 0 is the server's own limit.
    pub output_limit_bytes: u64,
    /// What else is asked for.
    pub flags: ExecFlags,
    /// The command's name and its arguments, or the line for a shell; at least one.
    pub arguments: Arguments<'a>,
}

impl<'a> ExecRequest<'a> {
    pub(super) fn decode(payload: &'a [u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(payload);
        let request = RequestId(fields.array()?);
        let time_limit_ms = fields.u64()?;
        let output_limit_bytes = fields.u64()?;
        let flags = ExecFlags(fields.u8()?);
        let arguments = Arguments::decode(fields.u16()?, fields.rest())?;
        if flags.is_shell() && arguments.count != 1 {
            return Err(Fault::Arguments);
        }
        Ok(Self { request, time_limit_ms, output_limit_bytes, flags, arguments })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.request.0);
        out.extend_from_slice(&self.time_limit_ms.to_be_bytes());
        out.extend_from_slice(&self.output_limit_bytes.to_be_bytes());
        out.push(self.flags.0);
        out.extend_from_slice(&self.arguments.count.to_be_bytes());
        out.extend_from_slice(self.arguments.bytes);
    }
}

/// The flags of `EXEC`; those without a meaning are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecFlags(pub u8);

impl ExecFlags {
    /// The one argument is a line for `/bin/sh -c`.
    pub const SHELL: Self = Self(SHELL);

    /// Whether the one argument is a line for `/bin/sh -c`.
    pub fn is_shell(self) -> bool {
        self.0 & SHELL != 0
    }
}

/// The arguments of a command as `EXEC` has them: at least one, and no byte of any is 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Arguments<'a> {
    count: u16,
    /// As many arguments as `count` says, and nothing after them.
    bytes: &'a [u8],
}

impl<'a> Arguments<'a> {
    fn decode(count: u16, bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(bytes);
        for _ in 0..count {
            if argument(&mut fields)?.contains(&0) {
                return Err(Fault::Arguments);
            }
        }
        let used = bytes.len() - fields.rest().len();
        if count == 0 { Err(Fault::Arguments) } else { Ok(Self { count, bytes: &bytes[..used] }) }
    }

    /// The arguments in their order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut fields = Fields::new(self.bytes);
        std::iter::from_fn(move || argument(&mut fields).ok())
    }
}

impl fmt::Debug for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(<[u8]>::escape_ascii).map(|it| it.to_string())).finish()
    }
}

/// Reads one argument: a `u32` count of bytes and as many bytes.
fn argument<'a>(fields: &mut Fields<'a>) -> Result<&'a [u8], Fault> {
    let count = fields.u32()?;
    fields.bytes(count as usize)
}

/// Puts [`Arguments`] together.
#[derive(Clone, Debug, Default)]
pub struct ArgumentList {
    count: u16,
    bytes: Vec<u8>,
}

impl ArgumentList {
    /// Takes arguments in their order, the command's name first.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`] if there is none, if one has a byte 0, or if together they do not fit into a frame.
    pub fn new<'a>(arguments: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, ArgumentError> {
        let mut list = Self::default();
        for argument in arguments {
            list.push(argument)?;
        }
        if list.count == 0 { Err(ArgumentError::None) } else { Ok(list) }
    }

    /// The arguments, for an [`ExecRequest`].
    pub fn as_arguments(&self) -> Arguments<'_> {
        Arguments { count: self.count, bytes: &self.bytes }
    }

    fn push(&mut self, argument: &[u8]) -> Result<(), ArgumentError> {
        if argument.contains(&0) {
            return Err(ArgumentError::Zero);
        }
        let count = u32::try_from(argument.len()).map_err(|_| ArgumentError::TooLong)?;
        if FIXED_BYTES + self.bytes.len() + 4 + argument.len() > PAYLOAD_BYTES_MAX {
            return Err(ArgumentError::TooLong);
        }
        // A frame has no room for so many that the count could not tell them.
        self.count += 1;
        self.bytes.extend_from_slice(&count.to_be_bytes());
        self.bytes.extend_from_slice(argument);
        Ok(())
    }
}

/// Arguments that `EXEC` cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// There is no command.
    #[error("arguments: none, not even a command")]
    None,
    /// No program could be given it (`execve(2)`).
    #[error("argument with a byte 0")]
    Zero,
    /// Together they are too long.
    #[error("arguments: more than a frame of {PAYLOAD_BYTES_MAX} bytes has room for")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_written_as_the_page_says() {
        let list = ArgumentList::new([&b"ls"[..], b""]).unwrap();
        let request = ExecRequest {
            request: RequestId([7; 16]),
            time_limit_ms: 258,
            output_limit_bytes: 3,
            flags: ExecFlags(2),
            arguments: list.as_arguments(),
        };
        let mut bytes = Vec::new();
        request.encode(&mut bytes);

        let limits = b"\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x03";
        let expected = [&[7; 16][..], limits, b"\x02", b"\0\x02", b"\0\0\0\x02ls", b"\0\0\0\0"].concat();
        assert_eq!(bytes, expected);
        assert_eq!(ExecRequest::decode(&bytes), Ok(request));
        assert_eq!(request.arguments.iter().collect::<Vec<_>>(), [&b"ls"[..], b""]);
        assert_eq!(format!("{:?}", request.arguments), r#"["ls", ""]"#);
    }

    #[test]
    fn a_command_is_needed_and_a_shell_takes_one_line() {
        let fixed = |flags: u8, count: u8| [&[0; 32][..], &[flags, 0, count]].concat();
        let with = |flags, count, arguments: &[u8]| [&fixed(flags, count)[..], arguments].concat();
        let one = b"\0\0\0\x01a";
        for (payload, outcome) in [
            (with(0, 0, b""), Err(Fault::Arguments)),
            (with(0, 1, b"\0\0\0\x01\0"), Err(Fault::Arguments)),
            (with(0, 2, one), Err(Fault::Short)),
            (with(0, 1, b"\xff\xff\xff\xffa"), Err(Fault::Short)),
            (with(1, 2, &[&one[..], one].concat()), Err(Fault::Arguments)),
            (with(1, 1, one), Ok(true)),
            (with(0xff, 1, one), Ok(true)),
            (with(0, 2, &[&one[..], one].concat()), Ok(false)),
        ] {
            let read = ExecRequest::decode(&payload).map(|request| request.flags.is_shell());
            assert_eq!(read, outcome, "{}", payload.escape_ascii());
        }
    }

    #[test]
    fn arguments_fill_a_frame_and_no_more() {
        let longest = vec![b'x'; PAYLOAD_BYTES_MAX - FIXED_BYTES - 4];
        assert!(ArgumentList::new([&longest[..]]).is_ok());
        assert_eq!(ArgumentList::new([&longest[..], b""]).err(), Some(ArgumentError::TooLong));
        assert_eq!(
            ArgumentList::new([&vec![b'x'; PAYLOAD_BYTES_MAX][..]]).err(),
            Some(ArgumentError::TooLong)
        );
        assert_eq!(ArgumentList::new([&b"a"[..], b"b\0"]).err(), Some(ArgumentError::Zero));
        assert_eq!(ArgumentList::new([]).err(), Some(ArgumentError::None));

        let most = (PAYLOAD_BYTES_MAX - FIXED_BYTES) / 4;
        let list = ArgumentList::new(vec![&b""[..]; most]).unwrap();
        assert_eq!(list.as_arguments().iter().count(), most);
    }
}
