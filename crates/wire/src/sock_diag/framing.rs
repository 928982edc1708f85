//! Netlink's two layers of boxes: messages in a buffer, attributes in a message (`netlink(7)`, `netlink(3)`).
//!
//! Both are a length, a kind and a value, padded to four bytes. Past a wrong length there is no telling where the next
//! box begins, so the iterators here end with the first error.

use std::iter;

use super::cursor::{Cursor, Truncated};

/// The bytes of `struct nlmsghdr`.
const MESSAGE_HEADER_BYTES: usize = 16;
/// The bytes of `struct nlattr`.
const ATTRIBUTE_HEADER_BYTES: usize = 4;

const ALIGNMENT_BYTES: usize = 4;

/// A message or an attribute that does not fit where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// The header is cut short.
    #[error("netlink header cut short: {0}")]
    Header(#[from] Truncated),
    /// The header announces more bytes than there are, or fewer than it has itself.
    #[error("netlink header announces {length} bytes where {left} are left")]
    Length {
        /// What the header says, itself included.
        length: usize,
        /// What there is.
        left: usize,
    },
}

/// A netlink message.
#[derive(Debug)]
pub(super) struct Frame<'b> {
    /// `nlmsg_type`.
    pub(super) kind: u16,
    /// `nlmsg_seq`: the number of the request that this answers.
    pub(super) sequence: u32,
    pub(super) value: &'b [u8],
}

/// An attribute of a message.
#[derive(Debug)]
pub(super) struct Attribute<'b> {
    /// `nla_type`.
    pub(super) kind: u16,
    pub(super) value: &'b [u8],
}

/// Splits a buffer into messages.
pub(super) fn frames(buffer: &[u8]) -> impl Iterator<Item = Result<Frame<'_>, FramingError>> {
    until_error(buffer, |left| {
        let mut header = Cursor::new(left);
        let length = header.u32()? as usize;
        let kind = header.u16()?;
        let _flags = header.u16()?;
        let sequence = header.u32()?;
        let _port = header.u32()?;
        let value = take_value(left, MESSAGE_HEADER_BYTES, length)?;
        Ok(Frame { kind, sequence, value })
    })
}

/// Splits what follows the fixed part of a message into attributes.
pub(super) fn attributes(bytes: &[u8]) -> impl Iterator<Item = Result<Attribute<'_>, FramingError>> {
    until_error(bytes, |left| {
        let mut header = Cursor::new(left);
        let length = usize::from(header.u16()?);
        let kind = header.u16()?;
        let value = take_value(left, ATTRIBUTE_HEADER_BYTES, length)?;
        Ok(Attribute { kind, value })
    })
}

/// Takes boxes off `left` until none is left or one is wrong.
fn until_error<'b, T>(
    mut left: &'b [u8],
    take: fn(&mut &'b [u8]) -> Result<T, FramingError>,
) -> impl Iterator<Item = Result<T, FramingError>> {
    iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let taken = take(&mut left);
        if taken.is_err() {
            left = &[];
        }
        Some(taken)
    })
}

/// Takes a box of `length` bytes off `left`, with the padding behind it, and returns what follows its header.
///
/// The last box may lack its padding.
fn take_value<'b>(left: &mut &'b [u8], header_bytes: usize, length: usize) -> Result<&'b [u8], FramingError> {
    let value = left.get(header_bytes..length).ok_or(FramingError::Length { length, left: left.len() })?;
    let padded = length.next_multiple_of(ALIGNMENT_BYTES);
    *left = left.get(padded..).unwrap_or_default();
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_padded_and_the_last_may_not_be() {
        let bytes = [attribute(5, 8), vec![7, 0, 0, 0], attribute(5, 9), vec![6]].concat();

        let taken: Vec<_> =
            attributes(&bytes).map(|attribute| attribute.map(|it| (it.kind, it.value.to_vec()))).collect();

        assert_eq!(taken, [Ok((8, vec![7])), Ok((9, vec![6]))]);
    }

    #[test]
    fn a_length_shorter_than_its_header_ends_the_walk() {
        let bytes = [attribute(3, 8), attribute(4, 9)].concat();

        let taken: Vec<_> = attributes(&bytes).map(|it| it.unwrap_err()).collect();

        assert_eq!(taken, [FramingError::Length { length: 3, left: 8 }]);
    }

    #[test]
    fn a_length_beyond_the_buffer_ends_the_walk() {
        let bytes = [attribute(9, 8), vec![0; 4]].concat();

        let taken: Vec<_> = attributes(&bytes).map(|it| it.unwrap_err()).collect();

        assert_eq!(taken, [FramingError::Length { length: 9, left: 8 }]);
    }

    fn attribute(length: u16, kind: u16) -> Vec<u8> {
        [length.to_ne_bytes(), kind.to_ne_bytes()].concat()
    }
}
