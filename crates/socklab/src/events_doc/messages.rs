//! Every event of the message server, and of `send`, `stop` and `exec`.

use std::sync::Arc;

use endpoints::errno::Errno;
use endpoints::messages::keys::KeysError;
use endpoints::messages::serve::{
    CloseReason, Event, NotStored, RefusedWhy, ReloadError, Room, Summary, Who,
};
use endpoints::transport::Transport;
use wire::errno::{EADDRNOTAVAIL, EMFILE, ENOENT};
use wire::frame::Kind;
use wire::message::{Ended, How, ResultCode, Why};

use super::{T, address};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::views::{exec, send, stop};

const HASH: &str = "b221d9dbb083a7f33428d7c2a3c3198ae925614d70210e28716ccaa7cd4ddb79";
/// The id of the key in section 6 of the protocol.
const KEY_ID: &str = "3e7276d7842414ba";

/// What a message server tells.
pub(super) fn serve_events() -> Vec<String> {
    let events = [start_events(), session_events(), request_events(), end_events()].concat();
    for event in &events {
        // A new event does not compile until it is listed here, and so asked for above.
        match event {
            Event::Listening { .. }
            | Event::AddressSkipped { .. }
            | Event::Serving { .. }
            | Event::Opened(_)
            | Event::RefusedMore { .. }
            | Event::Text { .. }
            | Event::FileStarted { .. }
            | Event::FileStored { .. }
            | Event::FileFailed { .. }
            | Event::ExecStarted { .. }
            | Event::ExecEnded { .. }
            | Event::Denied { .. }
            | Event::Joined { .. }
            | Event::Left { .. }
            | Event::Said { .. }
            | Event::StopAsked(_)
            | Event::Stopping { .. }
            | Event::AcceptFailed { .. }
            | Event::Reloaded { .. }
            | Event::ReloadFailed { .. }
            | Event::Lost { .. }
            | Event::Report(_)
            | Event::Summary(_) => {}
            Event::Refused { why, .. } => match why {
                RefusedWhy::Key { .. }
                | RefusedWhy::Plain
                | RefusedWhy::Busy
                | RefusedWhy::Stopping
                | RefusedWhy::Malformed
                | RefusedWhy::Access { .. } => {}
            },
            Event::Closed { reason, .. } => match reason {
                CloseReason::Done
                | CloseReason::Cut
                | CloseReason::Silent
                | CloseReason::Protocol
                | CloseReason::ServerStopped => {}
            },
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}

fn start_events() -> Vec<Event> {
    let inbox = Some("inbox".to_owned());
    vec![
        Event::AddressSkipped {
            transport: Transport::Tcp,
            local: address("[::1]:3500"),
            errno: Errno(EADDRNOTAVAIL),
        },
        Event::Listening { transport: Transport::Udp, local: address("127.0.0.1:3500") },
        Event::Serving { keys: 2, plain: false, inbox },
        Event::Serving { keys: 0, plain: true, inbox: None },
    ]
}

fn session_events() -> Vec<Event> {
    let peer = address("127.0.0.1:40000");
    let refused = |transport, why| Event::Refused { transport, peer, why };
    let (tcp, udp) = (Transport::Tcp, Transport::Udp);
    vec![
        Event::Opened(ana()),
        Event::Opened(Who { transport: udp, key: None, ..ana() }),
        refused(tcp, RefusedWhy::Key { key_id: KEY_ID.to_owned() }),
        refused(tcp, RefusedWhy::Plain),
        refused(tcp, RefusedWhy::Busy),
        refused(tcp, RefusedWhy::Stopping),
        refused(tcp, RefusedWhy::Malformed),
        refused(udp, RefusedWhy::Access { rule: Some("10.0.0.0/8 (deny.txt:3)".to_owned()) }),
        refused(udp, RefusedWhy::Access { rule: None }),
        Event::RefusedMore { refusals: 40 },
        Event::Closed { who: ana(), reason: CloseReason::Done, received_bytes: 163, sent_bytes: 188 },
    ]
}

fn request_events() -> Vec<Event> {
    let who = ana;
    let owned = str::to_owned;
    let command = || vec!["date".to_owned(), "-u".to_owned()];
    let (name, room) = (|| owned("ana"), || owned("lab"));
    vec![
        Event::Text { who: who(), text: owned("hola"), bytes: 4, sha256: owned(HASH), room: Room::default() },
        Event::FileStarted { who: who(), name: owned("foto.png"), bytes: 4, from_bytes: 1 },
        Event::FileStored {
            who: who(),
            name: owned("foto.png"),
            stored: owned("foto (2).png"),
            bytes: 4,
            sha256: owned(HASH),
            already: false,
        },
        Event::FileFailed { who: who(), name: owned("foto.png"), result: NotStored::Cut },
        Event::ExecStarted { who: who(), command: command(), shell: false, pid: 4242 },
        Event::ExecEnded {
            who: who(),
            command: command(),
            ended: Ended { how: How::Exited(0), core: false, why: Why::Itself, wait: 0, out: 29, err: 0 },
        },
        Event::Denied { who: who(), what: Kind::Exec, result: ResultCode::Denied },
        Event::Joined { who: who(), room: room(), name: name() },
        Event::Said { who: who(), room: room(), name: name(), bytes: 4 },
        Event::Left { who: who(), room: room(), name: name() },
        Event::StopAsked(who()),
    ]
}

fn end_events() -> Vec<Event> {
    let summary = Summary {
        sessions: 2,
        open_sessions: 1,
        refused: 1,
        texts: 1,
        files: 1,
        file_bytes: 4,
        commands: 1,
        denied: 1,
    };
    let error = KeysError::NotText { path: "socklab.keys".into() };
    vec![
        Event::AcceptFailed { errno: Errno(EMFILE) },
        Event::Reloaded { keys: 2, rules: 1 },
        Event::ReloadFailed { error: ReloadError(Arc::new(error.into())) },
        Event::Lost { events: 12 },
        Event::Report(summary),
        Event::Stopping { sessions: 1, streams: 1 },
        Event::Summary(Summary { open_sessions: 0, ..summary }),
    ]
}

/// What `socklab send` tells without `--how`.
pub(super) fn send_events() -> Vec<String> {
    let delivered = |kind, name, stored, resumed_bytes| send::Event::Delivered {
        kind,
        name,
        stored,
        bytes: 4,
        sha256: HASH.to_owned(),
        resumed_bytes,
    };
    let failed = |kind, name| send::Event::NotDelivered {
        kind,
        name,
        cause: "the server answered: denied".to_owned(),
    };
    let events = [
        delivered("text", None, None, 0),
        delivered("file", Some("foto.png"), Some("foto (2).png"), 1),
        failed("text", None),
        failed("file", Some("foto.png")),
        send::Event::Summary { delivered: 2, exit: Exit::Denied.code() },
    ];
    for event in &events {
        match event {
            send::Event::Delivered { .. }
            | send::Event::NotDelivered { .. }
            | send::Event::Summary { .. } => {}
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}

/// What `socklab stop` tells.
pub(super) fn stop_events() -> Vec<String> {
    let peer = address("127.0.0.1:3500");
    let events = [
        stop::Event::Draining { peer, sessions: 2, streams: 1 },
        stop::Event::Summary { peer, stopped: true },
    ];
    for event in &events {
        match event {
            stop::Event::Draining { .. } | stop::Event::Summary { .. } => {}
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}

/// What `socklab exec` tells.
pub(super) fn exec_events() -> Vec<String> {
    let output = |stream, data| exec::Event::Output { stream, bytes: 5, data };
    let ended = |how, wait, why| {
        let ended = Ended { how, core: false, why, wait, out: 5, err: 5 };
        exec::summary(&ended, exec::exit(&ended))
    };
    let events = [
        output("stdout", &b"hola\n"[..]),
        output("stderr", &b"nada\n"[..]),
        ended(How::Exited(3), 768, Why::Itself),
        ended(How::Signal(9), 9, Why::TimeLimit),
        ended(How::NotStarted(ENOENT.cast_unsigned()), 0, Why::Itself),
    ];
    for event in &events {
        match event {
            exec::Event::Output { .. } | exec::Event::Summary { .. } => {}
        }
    }
    let failure =
        Failure::new(Exit::Network, "the connection was cut before everything was answered".to_owned());
    let lines = events.iter().map(|event| json::line(T, event));
    lines.chain([json::line(T, &failure.of_exec().event())]).collect()
}

fn ana() -> Who {
    let peer = address("127.0.0.1:40000");
    Who { session: 1, peer, transport: Transport::Tcp, key: Some("ana".to_owned()) }
}
