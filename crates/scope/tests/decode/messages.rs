//! Calls that send and receive.

use scope::decode::{DATA_BYTES_MAX, MESSAGES_MAX, PIECES_MAX, at_entry};
use scope::model::{Args, Bytes, Data, Message};
use wire::names::{MessageFlags, Syscall};

use crate::addresses::{address, sockaddr};
use crate::memory::Memory;

const HEADER_FLAGS: u64 = 48;
const LENGTH: u64 = 56;
const HEADER_BYTES: u64 = 64;
const EAGAIN: i32 = 11;

fn data(asked_bytes: u64, moved_bytes: impl Into<Option<u64>>, bytes: &[u8]) -> Data {
    Data { asked_bytes, moved_bytes: moved_bytes.into(), bytes: Bytes(bytes.to_vec()) }
}

fn plain(data: Data) -> Message {
    Message { data, address: None, flags: None }
}

fn messages(args: Args) -> Vec<Message> {
    match args {
        Args::Send { messages, .. } | Args::Receive { messages, .. } => messages,
        other => panic!("{other:?}"),
    }
}

/// Puts headers of messages, each of these texts cut into pieces of two bytes, with an address if `name` is one.
fn headers(memory: &mut Memory, texts: &[&str], name: u64) -> u64 {
    let mut headers = Vec::new();
    for text in texts {
        let pieces: Vec<u64> =
            text.as_bytes().chunks(2).flat_map(|piece| [memory.put(piece), piece.len() as u64]).collect();
        let count = pieces.len() as u64 / 2;
        let pieces = memory.longs(&pieces);
        headers.extend([name, if name == 0 { 0 } else { 16 }, pieces, count, 0, 0, 0, 0]);
    }
    memory.longs(&headers)
}

#[test]
fn what_is_sent_is_read_when_it_is_offered_and_cut_to_what_was_taken() {
    let mut memory = Memory::default();
    let (text, to) = (memory.put("hello"), memory.put(sockaddr()));
    let values = [3, text, 5, 0x4000, to, 16];

    let mut args = memory.entry("sendto", &values);
    let offered = Message { address: Some(address()), ..plain(data(5, None, b"hello")) };
    let flags = MessageFlags::NOSIGNAL;
    assert_eq!(args, Args::Send { messages: vec![offered.clone()], flags });

    memory.exit(&mut args, "sendto", &values, Err(EAGAIN));
    assert_eq!(args, Args::Send { messages: vec![offered], flags });

    memory.exit(&mut args, "sendto", &values, Ok(4));
    assert_eq!(messages(args)[0].data, data(5, 4, b"hell"));
}

#[test]
fn writing_to_a_socket_is_sending() {
    let mut memory = Memory::default();
    let (one, two) = (memory.put("uno"), memory.put("dos"));
    let pieces = memory.longs(&[one, 3, two, 3]);

    assert_eq!(messages(memory.call("write", &[3, one, 3], Ok(3))), [plain(data(3, 3, b"uno"))]);
    assert_eq!(messages(memory.call("writev", &[3, pieces, 2], Ok(4))), [plain(data(6, 4, b"unod"))]);
    assert_eq!(messages(memory.call("sendfile", &[3, 1, 0, 99], Ok(50))), [plain(data(99, 50, b""))]);
}

#[test]
fn what_is_received_is_read_when_it_has_come() {
    let mut memory = Memory::default();
    let (room, from, length) =
        (memory.put("hello..."), memory.put(sockaddr()), memory.put(16u32.to_ne_bytes()));
    let values = [3, room, 8, 0, from, length];

    assert_eq!(messages(memory.entry("recvfrom", &values)), [plain(data(8, None, b""))]);
    let came = messages(memory.call("recvfrom", &values, Ok(5)));
    assert_eq!(came, [Message { address: Some(address()), ..plain(data(8, 5, b"hello")) }]);
    assert_eq!(messages(memory.call("recvfrom", &values, Err(EAGAIN))), [plain(data(8, None, b""))]);
    assert_eq!(messages(memory.call("read", &[3, room, 8], Ok(0))), [plain(data(8, 0, b""))]);
}

#[test]
fn a_stream_tells_no_address_of_its_peer() {
    let mut memory = Memory::default();
    let (room, from, length) = (memory.put("x"), memory.put(sockaddr()), memory.put(0u32.to_ne_bytes()));

    let came = messages(memory.call("recvfrom", &[3, room, 1, 0, from, length], Ok(1)));

    assert_eq!(came, [plain(data(1, 1, b"x"))]);
}

#[test]
fn a_datagram_that_did_not_fit_has_moved_what_there_was_room_for() {
    let mut memory = Memory::default();
    let room = memory.put("hell and what lies behind");

    let args = memory.call("recvfrom", &[3, room, 4, 0x20], Ok(10));

    assert_eq!(messages(args), [plain(data(4, 4, b"hell"))]);
}

#[test]
fn a_message_lies_in_pieces_and_has_an_address_and_flags() {
    let mut memory = Memory::default();
    let name = memory.put(sockaddr());
    let header = headers(&mut memory, &["hello"], name);
    let sent = Message { address: Some(address()), ..plain(data(5, 5, b"hello")) };
    assert_eq!(messages(memory.call("sendmsg", &[3, header], Ok(5))), [sent]);

    memory.write(header + HEADER_FLAGS, &0x2020u32.to_ne_bytes());
    let came = messages(memory.call("recvmsg", &[3, header, 0x2000], Ok(3)));

    let flags = Some(MessageFlags::ERRQUEUE | MessageFlags::TRUNC);
    assert_eq!(came, [Message { data: data(5, 3, b"hel"), address: Some(address()), flags }]);
}

#[test]
fn of_several_messages_each_has_its_own_length() {
    let mut memory = Memory::default();
    let header = headers(&mut memory, &["uno", "dos", "tres"], 0);
    for (index, length) in [3u32, 2].into_iter().enumerate() {
        memory.write(header + HEADER_BYTES * index as u64 + LENGTH, &length.to_ne_bytes());
    }

    let sent = messages(memory.call("sendmmsg", &[3, header, 3], Ok(2)));
    let came = messages(memory.call("recvmmsg", &[3, header, 3], Ok(2)));

    let expected = [data(3, 3, b"uno"), data(3, 2, b"do"), data(4, None, b"tres")];
    assert_eq!(sent, expected.clone().map(plain));
    let with_flags = |data| Message { flags: Some(MessageFlags(0)), ..plain(data) };
    assert_eq!(came, expected.map(with_flags)[..2]);
}

#[test]
fn a_splice_goes_to_where_the_socket_is() {
    let mut memory = Memory::default();
    let (pipe, socket) = (200, 3);

    let sent = memory.call("splice", &[pipe, 0, socket, 0, 99], Ok(50));
    let came = memory.call("splice", &[socket, 0, pipe, 0, 99], Ok(50));

    let messages = || vec![plain(data(99, 50, b""))];
    assert_eq!(sent, Args::Send { messages: messages(), flags: MessageFlags(0) });
    assert_eq!(came, Args::Receive { messages: messages(), flags: MessageFlags(0) });
}

#[test]
fn data_is_kept_up_to_the_limit() {
    let mut memory = Memory::default();
    let text = memory.put("nine bytes");

    assert_eq!(messages(memory.call("write", &[3, text, 9], Ok(9))), [plain(data(9, 9, b"nine byt"))]);

    let long = memory.put(vec![b'x'; DATA_BYTES_MAX + 1]);
    let values = [3, long, u64::MAX, 0, 0, 0];
    let args = at_entry(Syscall::named("write"), values, &mut memory, u32::MAX);
    assert_eq!(messages(args)[0].data.bytes.0.len(), DATA_BYTES_MAX);
}

#[test]
fn no_more_messages_and_pieces_are_read_than_the_limit() {
    let mut memory = Memory::default();
    let header = headers(&mut memory, &["x"; MESSAGES_MAX + 1], 0);
    let one_more = MESSAGES_MAX as u64 + 1;
    assert_eq!(messages(memory.entry("sendmmsg", &[3, header, one_more])).len(), MESSAGES_MAX);

    let pieces = memory.longs(&[0, 1].repeat(PIECES_MAX + 1));
    let args = memory.entry("readv", &[3, pieces, u64::MAX]);
    assert_eq!(messages(args)[0].data.asked_bytes, PIECES_MAX as u64);
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let mut memory = Memory::default();
    let nowhere = 0xdead_beef;

    assert_eq!(
        messages(memory.call("sendto", &[3, nowhere, 5, 0, nowhere, 16], Ok(5))),
        [plain(data(5, 5, b""))]
    );
    assert_eq!(messages(memory.call("recvmsg", &[3, nowhere], Ok(5))), [plain(data(0, None, b""))]);
    assert_eq!(messages(memory.call("writev", &[3, nowhere, 2], Err(14))), [plain(data(0, None, b""))]);
}
