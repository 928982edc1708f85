//! Reading a connection's bytes, however the network has cut them: what all the ways have in common.
//!
//! A decoder never holds an item: it passes on what comes and keeps the bytes of a header, a name or a delimiter at most.
//! How long an item may be is the [`Collector`](super::Collector)'s concern.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::Way;
use super::close::UntilClose;
use super::delimiter::Delimited;
use super::item::{Kind, Name};
use super::length::LengthFirst;
use super::tlv::TypeFirst;

/// A part of what a connection carries, in order: for each item its beginning, its bytes and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// An item begins.
    Begin {
        /// What it is, if the way says so.
        kind: Option<Kind>,
        /// What the file is called, if the way says so.
        name: Option<Name>,
        /// How long it is going to be, if the way says so.
        bytes: Option<u64>,
    },
    /// Bytes of the item that has begun; never none.
    Bytes(&'a [u8]),
    /// The item is complete.
    End,
}

/// Why a connection does not carry what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The stream ended in the middle of an item.
    Cut,
    /// The sender broke the connection off (RST).
    Reset,
    /// No byte came for [`IDLE_MAX`](super::IDLE_MAX).
    Idle,
    /// The transfer lasted longer than [`TRANSFER_MAX`](super::TRANSFER_MAX).
    Slow,
    /// An item is longer than [`ITEM_BYTES_MAX`](super::ITEM_BYTES_MAX), or says that it will be.
    TooLong,
    /// There are more than [`ITEMS_MAX`](super::ITEMS_MAX) items.
    TooMany,
    /// A file's name is none that a file may have, or comes before something else than a file.
    Name,
    /// As taught, bytes came after the two calls of `recv()`, and nobody took them.
    Unread,
    /// The receiver was told to stop.
    Stopped,
}

/// Reads one connection in one of the ways.
#[derive(Debug)]
pub enum Decoder {
    /// Looks for the delimiter.
    Delimited(Delimited),
    /// Reads a length, then as many bytes.
    LengthFirst(LengthFirst),
    /// Reads a type and a length, then as many bytes.
    TypeFirst(TypeFirst),
    /// Takes everything for one item.
    UntilClose(UntilClose),
}

/// Whoever takes the parts; a fault of theirs ends the reading.
pub(super) type Take<'t> = &'t mut dyn FnMut(Part<'_>) -> Result<(), Fault>;

impl Decoder {
    pub(super) fn new(way: &Way) -> Self {
        match way {
            Way::Delimiter(delimiter) => Self::Delimited(Delimited::new(delimiter.clone())),
            Way::Length => Self::LengthFirst(LengthFirst::default()),
            Way::Tlv => Self::TypeFirst(TypeFirst::default()),
            Way::TwoConnections | Way::Close => Self::UntilClose(UntilClose::default()),
        }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// [`Fault::Name`], or what `take` returned. After an error the decoder is of no more use.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        take: &mut dyn FnMut(Part<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self {
            Self::Delimited(decoder) => decoder.feed(bytes, take),
            Self::LengthFirst(decoder) => decoder.feed(bytes, take),
            Self::TypeFirst(decoder) => decoder.feed(bytes, take),
            Self::UntilClose(decoder) => decoder.feed(bytes, take),
        }
    }

    /// Takes the end of the stream.
    ///
    /// # Errors
    /// [`Fault::Cut`]: it came in the middle of an item; or what `take` returned.
    pub fn finish(&mut self, take: &mut dyn FnMut(Part<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
        match self {
            Self::Delimited(decoder) => decoder.finish(take),
            Self::LengthFirst(decoder) => decoder.finish(),
            Self::TypeFirst(decoder) => decoder.finish(),
            Self::UntilClose(decoder) => decoder.finish(take),
        }
    }
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Cut,
        Self::Reset,
        Self::Idle,
        Self::Slow,
        Self::TooLong,
        Self::TooMany,
        Self::Name,
        Self::Unread,
        Self::Stopped,
    ];
}

impl fmt::Display for Fault {
    /// Writes the fault as a report has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "cut",
            Self::Reset => "reset",
            Self::Idle => "idle",
            Self::Slow => "slow",
            Self::TooLong => "too-long",
            Self::TooMany => "too-many",
            Self::Name => "name",
            Self::Unread => "unread",
            Self::Stopped => "stopped",
        })
    }
}

impl FromStr for Fault {
    type Err = ();

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|fault| fault.to_string() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::ways::{Collector, Delimiter, Item, Payload};

    proptest! {
        #[test]
        fn any_cut_of_the_stream_gives_the_same_items(
            way in way(), payloads in vec(payload(), 0..5), cuts in vec(0..400_usize, 0..12)
        ) {
            let stream = encoded(&way, &payloads);

            let whole = decoded(&way, &[&stream]);

            prop_assert_eq!(&decoded(&way, &pieces(&stream, cuts)), &whole);
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            prop_assert_eq!(&decoded(&way, &bytes), &whole);
        }

        #[test]
        fn lengths_hold_whatever_the_bytes_are(payloads in vec(payload(), 0..5)) {
            for way in [Way::Length, Way::Tlv] {
                let (items, ended) = decoded(&way, &[&encoded(&way, &payloads)]);

                prop_assert_eq!(ended, Ok(()));
                prop_assert_eq!(items.len(), payloads.len());
                for (item, payload) in items.iter().zip(&payloads) {
                    let sent = payload.item();
                    prop_assert_eq!((item.bytes, item.sha256), (sent.bytes, sent.sha256));
                    if way == Way::Tlv {
                        prop_assert_eq!(item, &sent);
                    } else {
                        prop_assert_eq!((item.kind, &item.name), (None, &None));
                    }
                }
            }
        }

        #[test]
        fn a_delimiter_holds_when_no_item_has_it_and_breaks_when_one_has(payloads in vec(payload(), 1..5)) {
            let delimiter = Delimiter::new(b"ab").unwrap();
            let has_it = payloads.iter().any(|payload| delimiter.position_in(&payload.bytes).is_some());
            let way = Way::Delimiter(delimiter);

            let (items, ended) = decoded(&way, &[&encoded(&way, &payloads)]);

            let sent: Vec<u64> = payloads.iter().map(|payload| payload.bytes.len() as u64).collect();
            let arrived: Vec<u64> = items.iter().map(|item| item.bytes).collect();
            prop_assert_eq!(ended.is_ok() && arrived == sent, !has_it);
        }

        #[test]
        fn no_bytes_make_a_decoder_panic_and_each_end_is_told(way in way(), noise in vec(any::<u8>(), 0..300)) {
            let (items, _) = decoded(&way, &[&noise]);

            let taken: u64 = items.iter().map(|item| item.bytes).sum();
            prop_assert!(taken <= noise.len() as u64);
        }

        #[test]
        fn every_cut_end_is_seen_where_the_way_can_see_it(payloads in vec(payload(), 1..4), cut in 1..400_usize) {
            for way in [Way::Length, Way::Tlv] {
                let stream = encoded(&way, &payloads);
                let ends: Vec<usize> =
                    (0..=payloads.len()).map(|count| encoded(&way, &payloads[..count]).len()).collect();
                let at = cut % stream.len();

                let (_, ended) = decoded(&way, &[&stream[..at]]);

                prop_assert_eq!(ended.is_ok(), ends.contains(&at));
            }
        }
    }

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        assert_eq!("cut ".parse::<Fault>(), Err(()));
    }

    fn way() -> impl Strategy<Value = Way> {
        prop_oneof![
            Just(Way::Delimiter(Delimiter::new(b"ab").unwrap())),
            Just(Way::Delimiter(Delimiter::new(b"aab").unwrap())),
            Just(Way::Delimiter(Delimiter::default())),
            Just(Way::Length),
            Just(Way::Tlv),
            Just(Way::Close),
        ]
    }

    /// Items whose bytes are often those of a delimiter.
    fn payload() -> impl Strategy<Value = Payload> {
        let bytes =
            prop_oneof![vec(prop_oneof![Just(b'a'), Just(b'b'), Just(0)], 0..12), vec(any::<u8>(), 0..90)];
        (bytes, any::<bool>()).prop_map(|(bytes, is_file)| {
            if is_file {
                return Payload::file(Name::new("foto ñ.jpg"), bytes);
            }
            Payload { kind: Kind::Text, name: None, bytes }
        })
    }

    fn encoded(way: &Way, payloads: &[Payload]) -> Vec<u8> {
        let mut stream = Vec::new();
        for payload in payloads {
            way.encode(payload, &mut stream);
        }
        stream
    }

    fn decoded(way: &Way, pieces: &[&[u8]]) -> (Vec<Item>, Result<(), Fault>) {
        let mut decoder = way.decoder();
        let mut collector = Collector::new();
        let mut take = |part: Part<'_>| collector.take(part);
        let fed = pieces.iter().try_for_each(|piece| decoder.feed(piece, &mut take));
        let ended = fed.and_then(|()| decoder.finish(&mut take));
        (collector.into_items(), ended)
    }

    fn pieces(stream: &[u8], mut cuts: Vec<usize>) -> Vec<&[u8]> {
        cuts.retain(|cut| *cut < stream.len());
        cuts.sort_unstable();
        let ends = cuts.iter().copied().chain([stream.len()]);
        let begins = [0].into_iter().chain(cuts.iter().copied());
        begins.zip(ends).map(|(begin, end)| &stream[begin..end]).collect()
    }
}
