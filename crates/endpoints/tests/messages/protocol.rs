//! What the server makes of a client that does not keep to the protocol, or only just does.

use endpoints::messages::serve::{CloseReason, Event};
use wire::frame::Kind;
use wire::message::{Message, RequestId, ResultCode, STREAMS_MAX, TransferId};

use crate::support::{Raw, Server, listed};

#[test]
fn a_client_that_has_said_bye_and_ended_its_side_is_still_answered() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);

    raw.send(1, &file(4, "late.txt"));
    raw.send(1, &Message::Data(b"hola"));
    raw.send(0, &Message::Bye);
    raw.shutdown();

    // The hash can come no more: what came is kept for another time, and the session ends in order.
    assert_eq!(raw.next().unwrap().0, Kind::Go);
    assert_eq!(raw.next().unwrap().0, Kind::Bye);
    assert_eq!(raw.next(), None);
    assert_eq!(server.stop().files, 0);
}

#[test]
fn what_is_unknown_is_no_error() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);

    raw.send_frame(0, Kind::Unknown(0xee), b"of the session");
    raw.send_frame(1, Kind::Unknown(0xee), b"on a new stream");
    assert_eq!(raw.result(1), ResultCode::Unsupported);
    raw.send(2, &Message::Text("still here"));
    assert_eq!(raw.result(2), ResultCode::Done);
}

#[test]
fn what_opens_no_stream_and_what_cannot_be_read_is_malformed() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);

    raw.send(1, &Message::Data(b"of nothing"));
    assert_eq!(raw.result(1), ResultCode::Malformed);
    raw.send_frame(2, Kind::Text, b"\xff\xfe");
    assert_eq!(raw.result(2), ResultCode::Malformed);
    raw.send_frame(3, Kind::File, b"short");
    assert_eq!(raw.result(3), ResultCode::Malformed);
}

#[test]
fn numbers_that_are_skipped_or_used_again_end_the_session() {
    for (first, second) in [(2, None), (1, Some(1)), (1, Some(3))] {
        let mut server = Server::start(|_| {});
        let mut raw = Raw::open(&server);

        raw.send(first, &Message::Text("hola"));
        if let Some(second) = second {
            assert_eq!(raw.result(first), ResultCode::Done);
            raw.send(second, &Message::Text("hola"));
        }

        let reason = server.event(|event| match event {
            Event::Closed { reason, .. } => Some(*reason),
            _ => None,
        });
        assert_eq!(reason, CloseReason::Protocol);
        assert!(raw.next().is_none());
    }
}

#[test]
fn so_many_streams_are_open_at_once_and_one_more_is_busy() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);
    let count = u32::try_from(STREAMS_MAX).unwrap();

    for stream in 1..=count {
        let who = format!("member {stream}");
        raw.send(stream, &Message::Join { room: "lab", who: &who });
    }
    raw.send(count + 1, &Message::Text("one too many"));
    assert_eq!(raw.result(count + 1), ResultCode::Busy);
    raw.send(1, &Message::End(None));
    assert_eq!(raw.result(1), ResultCode::Done);
    raw.send(count + 2, &Message::Text("there is room again"));
    assert_eq!(raw.result(count + 2), ResultCode::Done);
}

#[test]
fn without_a_key_nothing_is_stopped_and_nothing_is_run() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);
    let arguments = wire::message::ArgumentList::new([&b"true"[..]]).unwrap();

    raw.send(1, &Message::Stop);
    raw.send(
        2,
        &Message::Exec(wire::message::ExecRequest {
            request: RequestId([1; 16]),
            time_limit_ms: 0,
            output_limit_bytes: 0,
            flags: wire::message::ExecFlags::default(),
            arguments: arguments.as_arguments(),
        }),
    );

    assert_eq!(raw.result(1), ResultCode::Denied);
    assert_eq!(raw.result(2), ResultCode::Denied);
}

#[test]
fn data_before_its_time_and_more_than_was_said_is_malformed_and_stores_nothing() {
    let server = Server::start(|_| {});
    let mut raw = Raw::open(&server);

    raw.send(1, &file(4, "a.txt"));
    raw.send(1, &Message::Data(b"hola!"));
    assert_eq!(raw.result(1), ResultCode::Malformed);
    raw.send(2, &file(4, "b.txt"));
    raw.send(2, &Message::Data(b"hol"));
    raw.send(2, &Message::End(Some(wire::message::Hash([0; 32]))));
    assert_eq!(raw.result(2), ResultCode::Malformed);
    raw.send(3, &file(4, "c.txt"));
    raw.send(3, &Message::Data(b"hola"));
    raw.send(3, &Message::End(Some(wire::message::Hash([0; 32]))));
    assert_eq!(raw.result(3), ResultCode::Mismatch);
    raw.send(4, &file(4, "../d.txt"));
    assert_eq!(raw.result(4), ResultCode::Name);

    assert!(listed(&server.inbox()).is_empty());
}

#[test]
fn a_connection_that_is_cut_is_told_as_that() {
    let mut server = Server::start(|_| {});
    let mut raw = Raw::open(&server);
    raw.send(1, &Message::Text("hola"));
    assert_eq!(raw.result(1), ResultCode::Done);

    raw.shutdown();

    let reason = server.event(|event| match event {
        Event::Closed { reason, .. } => Some(*reason),
        _ => None,
    });
    assert_eq!(reason, CloseReason::Cut);
}

fn file(size: u64, name: &str) -> Message<'_> {
    Message::File { size, transfer: TransferId([7; 16]), name }
}
