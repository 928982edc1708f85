//! Every event of `send --how` and of `serve --how`.

use endpoints::errno::Errno;
use endpoints::ways::{
    Cause, Delimiter, Event, Fault, Item, Kind, Name, Outcome, Payload, SendEvent, Summary, Verdict, Way,
};
use wire::errno::{EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EMFILE};

use super::{T, address};
use crate::json;

/// What a sender tells.
pub(super) fn send_events() -> Vec<String> {
    let (peer, local) = (address("127.0.0.1:3500"), address("127.0.0.1:40000"));
    let text = Payload::text("hola");
    let file = Payload::file(Name::new("foto.png"), b"image".to_vec()).item();
    let unnamed = Item { kind: None, name: None, head: Vec::new(), ..file.clone() };
    let outcome = |how, verdict, arrived_items| Outcome {
        how,
        peer: Some(peer),
        verdict,
        sent_items: 2,
        arrived_items,
        recv_bytes: None,
        took_us: 317,
    };
    let broken = |how, cause| outcome(how, Verdict::Broken { cause }, Some(2));
    let cut = Cause::Fault { fault: Fault::Cut };
    let delimiter = Way::Delimiter(Delimiter::default());
    let outcomes = [
        outcome(Way::Tlv, Verdict::Held, Some(2)),
        Outcome { recv_bytes: Some(1024), ..outcome(Way::Tlv, Verdict::Held, Some(2)) },
        broken(delimiter, Cause::DelimiterInside { item: 2, at_byte: 700 }),
        broken(Way::Close, Cause::NoBoundary),
        broken(Way::TwoConnections, Cause::Mixed),
        broken(Way::Length, Cause::Altered),
        broken(Way::Length, cut),
        Outcome { recv_bytes: Some(1024), ..broken(Way::Length, Cause::OneRecv) },
        outcome(Way::Tlv, Verdict::Unconfirmed, None),
        outcome(Way::Tlv, Verdict::Reset { errno: Errno(ECONNRESET) }, None),
        outcome(Way::Tlv, Verdict::Silent, None),
        outcome(Way::Tlv, Verdict::Interrupted, None),
        Outcome {
            peer: None,
            sent_items: 0,
            ..outcome(Way::Tlv, Verdict::Refused { errno: Errno(ECONNREFUSED) }, None)
        },
    ];
    let mut events = vec![
        SendEvent::Connected { connection: 1, local, peer },
        SendEvent::Sent { connection: 1, number: 1, wire_bytes: 9, item: text.item() },
        SendEvent::Arrived { connection: 1, number: 2, pair: None, item: &unnamed },
        SendEvent::Arrived { connection: 2, number: 1, pair: Some(7), item: &unnamed },
    ];
    events.extend(outcomes.iter().map(SendEvent::Verdict));
    for event in &events {
        match event {
            SendEvent::Connected { .. } | SendEvent::Sent { .. } | SendEvent::Arrived { .. } => {}
            SendEvent::Verdict(outcome) => match &outcome.verdict {
                Verdict::Held
                | Verdict::Unconfirmed
                | Verdict::Refused { .. }
                | Verdict::Reset { .. }
                | Verdict::Silent
                | Verdict::Interrupted => {}
                Verdict::Broken { cause } => match cause {
                    Cause::OneRecv
                    | Cause::DelimiterInside { .. }
                    | Cause::NoBoundary
                    | Cause::Mixed
                    | Cause::Fault { .. }
                    | Cause::Altered => {}
                },
            },
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}

/// What a receiver tells.
pub(super) fn serve_events() -> Vec<String> {
    let (peer, local) = (address("127.0.0.1:40000"), address("127.0.0.1:3500"));
    let file = Payload::file(Name::new("foto.png"), b"image".to_vec()).item();
    let other = Item { kind: Some(Kind::Other(88)), name: None, ..file.clone() };
    let unnamed = Item { kind: Some(Kind::File), name: None, ..file.clone() };
    let item = |pair, item| Event::Item { connection: 1, number: 1, pair, item };
    let closed = |unfinished_bytes, fault| Event::Closed {
        connection: 1,
        peer,
        items: 2,
        bytes: 32,
        unfinished_bytes,
        fault,
    };
    let events = [
        Event::AddressSkipped { local: address("[::1]:3500"), errno: Errno(EADDRNOTAVAIL) },
        Event::Listening { how: Way::Tlv, local },
        Event::Waiting,
        Event::Connected { connection: 1, peer },
        item(None, file),
        item(None, other),
        item(Some(7), unnamed),
        closed(None, None),
        closed(Some(700), Some(Fault::Cut)),
        Event::Refused { peer, connections_max: 64 },
        Event::AcceptStalled { errno: Errno(EMFILE) },
        Event::Stopping,
        Event::Lost { events: 12 },
        Event::Summary(Summary { connections: 1, items: 2, bytes: 32, faults: 1, refused: 0 }),
    ];
    for event in &events {
        match event {
            Event::AddressSkipped { .. }
            | Event::Listening { .. }
            | Event::Waiting
            | Event::Connected { .. }
            | Event::Item { .. }
            | Event::Closed { .. }
            | Event::Refused { .. }
            | Event::AcceptStalled { .. }
            | Event::Stopping
            | Event::Lost { .. }
            | Event::Summary(_) => {}
        }
    }
    events.iter().map(|event| json::line(T, event)).collect()
}
