//! The names of rooms, of people and of files.

use std::fmt;

use super::{FILE_NAME_BYTES_MAX, Fault, NAME_BYTES_MAX};
use crate::fields::{Fields, put_name};
use crate::frame::PAYLOAD_BYTES_MAX;

/// Whether a room or a person can have this name: 1 to 64 bytes, no control character (`docs/protocol.md` §5.5).
pub fn is_name(text: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control)
}

/// Reads the name of a room or of a person.
pub(super) fn name<'a>(fields: &mut Fields<'a>) -> Result<&'a str, Fault> {
    fields.name().and_then(|name| if is_name(name) { Ok(name) } else { Err(Fault::Name) })
}

/// Reads the name of a file, of which only the length is checked: what is safe is the receiver's question.
pub(super) fn file_name<'a>(fields: &mut Fields<'a>) -> Result<&'a str, Fault> {
    let name = fields.name()?;
    if (1..=FILE_NAME_BYTES_MAX).contains(&name.len()) { Ok(name) } else { Err(Fault::Name) }
}

/// Who is in a room, as `JOINED` has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Names<'a> {
    count: u16,
    /// As many names as `count` says, and nothing after them.
    bytes: &'a [u8],
}

impl<'a> Names<'a> {
    pub(super) fn decode(payload: &'a [u8]) -> Result<Self, Fault> {
        let mut fields = Fields::new(payload);
        let count = fields.u16()?;
        let bytes = fields.rest();
        for _ in 0..count {
            name(&mut fields)?;
        }
        Ok(Self { count, bytes: &bytes[..bytes.len() - fields.rest().len()] })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(self.bytes);
    }

    /// The names in the order in which the server sent them.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut fields = Fields::new(self.bytes);
        std::iter::from_fn(move || fields.name().ok())
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Puts [`Names`] together.
#[derive(Clone, Debug, Default)]
pub struct NameList {
    count: u16,
    bytes: Vec<u8>,
}

impl NameList {
    /// Takes as many of these names as fit into a frame, and leaves out what [`is_name`] refuses.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut list = Self::default();
        for name in names.into_iter().filter(|name| is_name(name)) {
            if 2 + list.bytes.len() + 2 + name.len() > PAYLOAD_BYTES_MAX {
                break;
            }
            list.count += 1;
            put_name(name, &mut list.bytes);
        }
        list
    }

    /// The names, for a `JOINED`.
    pub fn as_names(&self) -> Names<'_> {
        Names { count: self.count, bytes: &self.bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_ends_where_a_frame_does() {
        let longest = "x".repeat(NAME_BYTES_MAX);
        let most = (PAYLOAD_BYTES_MAX - 2) / (2 + NAME_BYTES_MAX);

        let list = NameList::new(vec![&longest[..]; most + 1]);

        assert_eq!(list.as_names().iter().count(), most);
        let mut payload = Vec::new();
        list.as_names().encode(&mut payload);
        assert!(payload.len() <= PAYLOAD_BYTES_MAX);
        assert_eq!(Names::decode(&payload), Ok(list.as_names()));
    }

    #[test]
    fn what_is_no_name_is_left_out() {
        let list = NameList::new(["", "ana", "a\tb", "bob"]);

        assert_eq!(format!("{:?}", list.as_names()), r#"["ana", "bob"]"#);
    }
}
