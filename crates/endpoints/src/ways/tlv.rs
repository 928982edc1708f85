//! Items behind their type and their length (type, length, value): one byte, four bytes, then as many bytes.
//!
//! It holds whatever the bytes are, and says what each item is. The types are `T`, a text; `F`, a file; and `N`, the name of
//! the file that follows. A receiver takes what has another type too, because it knows how long that is.

use super::decoder::{Fault, Part, Take};
use super::item::{Kind, NAME_BYTES_MAX, Name, Payload};
use super::length::wire_length;

const TEXT: u8 = b'T';
const FILE: u8 = b'F';
const NAME: u8 = b'N';

/// How long type and length are.
const HEADER_BYTES: usize = 5;

pub(super) fn encode(payload: &Payload, out: &mut Vec<u8>) {
    let mut put = |kind, value: &[u8]| {
        out.push(kind);
        out.extend_from_slice(&wire_length(value));
        out.extend_from_slice(value);
    };
    if let Some(name) = &payload.name {
        put(NAME, name.as_str().as_bytes());
    }
    let kind = match payload.kind {
        Kind::Text => TEXT,
        Kind::File => FILE,
        Kind::Other(number) => number,
    };
    put(kind, &payload.bytes);
}

/// Reads a type and a length, then as many bytes.
#[derive(Debug, Default)]
pub struct TypeFirst {
    header: Vec<u8>,
    value: Value,
    /// The name of the file that must follow.
    name: Option<Name>,
}

/// The value that is being read.
#[derive(Debug, Default)]
enum Value {
    /// None: a header is next.
    #[default]
    None,
    /// A name; at most [`NAME_BYTES_MAX`].
    Name { bytes: Vec<u8>, left: usize },
    /// An item, which is passed on.
    Item { left: usize },
}

impl TypeFirst {
    pub(super) fn feed(&mut self, mut bytes: &[u8], take: Take<'_>) -> Result<(), Fault> {
        while !bytes.is_empty() {
            match &mut self.value {
                Value::None => bytes = self.read_header(bytes, take)?,
                Value::Name { bytes: name, left } => {
                    let (now, rest) = bytes.split_at((*left).min(bytes.len()));
                    name.extend_from_slice(now);
                    *left -= now.len();
                    bytes = rest;
                }
                Value::Item { left } => {
                    let (now, rest) = bytes.split_at((*left).min(bytes.len()));
                    *left -= now.len();
                    bytes = rest;
                    take(Part::Bytes(now))?;
                }
            }
            self.end_value(take)?;
        }
        Ok(())
    }

    fn read_header<'a>(&mut self, bytes: &'a [u8], take: Take<'_>) -> Result<&'a [u8], Fault> {
        let (now, rest) = bytes.split_at((HEADER_BYTES - self.header.len()).min(bytes.len()));
        self.header.extend_from_slice(now);
        if let Ok([kind, length @ ..]) = <[u8; HEADER_BYTES]>::try_from(self.header.as_slice()) {
            self.header.clear();
            self.begin_value(kind, u32::from_be_bytes(length), take)?;
        }
        Ok(rest)
    }

    fn begin_value(&mut self, kind: u8, length: u32, take: Take<'_>) -> Result<(), Fault> {
        let left = usize::try_from(length).map_err(|_| Fault::TooLong)?;
        if self.name.is_some() && kind != FILE {
            return Err(Fault::Name);
        }
        if kind == NAME {
            self.value = Value::Name { bytes: Vec::new(), left };
            return if left <= NAME_BYTES_MAX { Ok(()) } else { Err(Fault::Name) };
        }
        self.value = Value::Item { left };
        let kind = match kind {
            TEXT => Kind::Text,
            FILE => Kind::File,
            other => Kind::Other(other),
        };
        take(Part::Begin { kind: Some(kind), name: self.name.take(), bytes: Some(length.into()) })
    }

    /// Ends the value if it is complete.
    fn end_value(&mut self, take: Take<'_>) -> Result<(), Fault> {
        match &self.value {
            Value::Name { bytes, left: 0 } => {
                let name = str::from_utf8(bytes).ok().and_then(Name::new).ok_or(Fault::Name)?;
                self.name = Some(name);
            }
            Value::Item { left: 0 } => take(Part::End)?,
            _ => return Ok(()),
        }
        self.value = Value::None;
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), Fault> {
        let is_between = matches!(self.value, Value::None) && self.header.is_empty() && self.name.is_none();
        if is_between { Ok(()) } else { Err(Fault::Cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_nobody_knows_is_taken_for_what_it_is() {
        let parts = fed(b"X\0\0\0\x02hiT\0\0\0\0").unwrap();

        assert_eq!(parts, ["begin type-88 - 2", "2 bytes", "end", "begin text - 0", "end"]);
    }

    #[test]
    fn a_name_stands_before_its_file_and_before_nothing_else() {
        assert_eq!(fed(b"N\0\0\0\x01aF\0\0\0\0").unwrap(), ["begin file a 0", "end"]);
        for wrong in [
            &b"N\0\0\0\x01aT\0\0\0\0"[..],
            b"N\0\0\0\x01aN\0\0\0\x01b",
            b"N\0\0\0\0F\0\0\0\0",
            b"N\0\0\0\x02..F\0\0\0\0",
            b"N\0\0\0\x01\xff",
            b"N\0\0\x01\0",
        ] {
            assert_eq!(fed(wrong), Err(Fault::Name), "{}", wrong.escape_ascii());
        }
        let mut lone = TypeFirst::default();
        lone.feed(b"N\0\0\0\x01a", &mut |_| Ok(())).unwrap();
        assert_eq!(lone.finish(), Err(Fault::Cut));
    }

    fn fed(bytes: &[u8]) -> Result<Vec<String>, Fault> {
        let mut parts = Vec::new();
        TypeFirst::default().feed(bytes, &mut |part| {
            parts.push(match part {
                Part::Begin { kind: Some(kind), name, bytes: Some(bytes) } => {
                    format!("begin {kind} {} {bytes}", name.map_or("-".to_owned(), |name| name.to_string()))
                }
                Part::Bytes(bytes) => format!("{} bytes", bytes.len()),
                part => format!("{part:?}").to_lowercase(),
            });
            Ok(())
        })?;
        Ok(parts)
    }
}
