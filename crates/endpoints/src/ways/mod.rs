//! Ways to send a text and an image over TCP, as the practical's exercise 2.5.4 asks to compare them.
//!
//! TCP carries bytes, not messages: where one item ends and what it is, the two sides must agree upon. Each [`Way`] here
//! is such an agreement, made as a student would make it, so that it can be seen which ones hold and which ones break.
//! Nothing here knows a key, a session or `docs/protocol.md`: `docs/ways.md` has the bytes.
//!
//! [`send()`] sends items in a way and compares them with what the receiver says arrived; [`WaysServer`] receives them and
//! says so. Encoders, decoders, the [`Report`] and the comparison are values without sockets.

mod close;
mod collector;
mod conversation;
mod decoder;
mod delimiter;
mod event;
mod item;
mod length;
mod pairs;
mod receive;
mod report;
mod send;
mod serve;
mod taught;
mod tlv;
mod verdict;

use serde::{Serialize, Serializer};

pub use collector::{Collector, ITEM_BYTES_MAX, ITEMS_MAX};
pub use decoder::{Decoder, Fault, Part};
pub use delimiter::{DELIMITER_BYTES_MAX, Delimiter};
pub use event::{Event, SendEvent, Summary, WaysError};
pub use item::{Digest, HEAD_BYTES_MAX, Item, Kind, NAME_BYTES_MAX, Name, Payload};
pub use receive::{IDLE_MAX, TRANSFER_MAX};
pub use report::{REPORT_BYTES_MAX, Report};
pub use send::{Outcome, SendConfig, TIMEOUT, send};
pub use serve::{CONNECTIONS_MAX, WaysConfig, WaysServer};
pub use taught::{TAUGHT_BYTES, TAUGHT_ITEMS};
pub use verdict::{Cause, Verdict, compare};

/// How the bytes of several items share a connection, or do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Each item ends at a delimiter, and nothing keeps the delimiter out of an item.
    Delimiter(Delimiter),
    /// Each item comes behind its length, and nothing says what it is.
    Length,
    /// Each item comes behind its type and its length (type, length, value).
    Tlv,
    /// The texts take one connection and the files another, each up to its end.
    TwoConnections,
    /// One item behind the other, and then the end of the connection.
    Close,
}

impl Way {
    /// Its name, as the command line and the events have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Delimiter(_) => "delimiter",
            Self::Length => "length",
            Self::Tlv => "tlv",
            Self::TwoConnections => "two-connections",
            Self::Close => "close",
        }
    }

    /// Writes an item as this way puts it on the wire.
    pub fn encode(&self, payload: &Payload, out: &mut Vec<u8>) {
        match self {
            Self::Delimiter(delimiter) => delimiter::encode(delimiter, payload, out),
            Self::Length => length::encode(payload, out),
            Self::Tlv => tlv::encode(payload, out),
            Self::TwoConnections | Self::Close => close::encode(payload, out),
        }
    }

    /// Makes a reader of one connection's bytes.
    pub fn decoder(&self) -> Decoder {
        Decoder::new(self)
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_that_the_document_shows() {
        let payloads = [
            Payload::text("hola"),
            Payload::file(Name::new("foto.png"), vec![0x89, b'P', b'N', b'G', b'\n']),
        ];
        let delimiter = Way::Delimiter(Delimiter::default());
        for (way, expected) in [
            (delimiter, &b"hola\n--FIN--\n\x89PNG\n\n--FIN--\n"[..]),
            (Way::Length, b"\0\0\0\x04hola\0\0\0\x05\x89PNG\n"),
            (Way::Tlv, b"T\0\0\0\x04holaN\0\0\0\x08foto.pngF\0\0\0\x05\x89PNG\n"),
            (Way::TwoConnections, b"hola\x89PNG\n"),
            (Way::Close, b"hola\x89PNG\n"),
        ] {
            let mut bytes = Vec::new();
            for payload in &payloads {
                way.encode(payload, &mut bytes);
            }

            assert_eq!(bytes.escape_ascii().to_string(), expected.escape_ascii().to_string());
            let document = include_str!("../../../../docs/ways.md");
            let row = format!("{:<17}", way.name());
            let line = document.lines().find(|line| line.trim_start().starts_with(&row)).unwrap();
            assert!(line.ends_with(&format!(" {} bytes", bytes.len())), "{line}");
        }
    }
}
