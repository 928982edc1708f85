//! Every message there and back, and what is none.

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
