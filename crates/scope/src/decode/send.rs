//! Calls that send: what is offered can be read when they begin.

use wire::names::MessageFlags;

use super::at::{At, word};
use super::message::{Header, headers, moved, pieces, total};
use crate::model::{Address, Args, Data, Message};

pub(super) fn entry(at: &mut At<'_>) -> Args {
    let values = at.values;
    let (messages, flags) = match at.call.name() {
        "sendto" => {
            let address = at.address(values[4], values[5]);
            (vec![offered(at, &[(values[1], values[2])], address)], values[3])
        }
        "write" => (vec![offered(at, &[(values[1], values[2])], None)], 0),
        "writev" => {
            let pieces = pieces(at, values[1], values[2]);
            (vec![offered(at, &pieces, None)], 0)
        }
        "sendmsg" => (vec![message(at, values[1])], values[2]),
        "sendmmsg" => (headers(at).map(|header| message(at, header)).collect(), values[3]),
        // The bytes do not come from the program's memory.
        "sendfile" => (vec![unseen(values[3])], 0),
        _ => (vec![unseen(values[4])], 0),
    };
    Args::Send { messages, flags: MessageFlags(word(flags)) }
}

/// Tells how much of each message was sent. Of `sendmmsg(2)` that is the first ones; the others have moved nothing.
pub(super) fn exit(messages: &mut [Message], at: &At<'_>, returned: u64) {
    if at.call.name() == "sendmmsg" {
        let sent = usize::try_from(returned).unwrap_or(usize::MAX);
        for (message, header) in messages.iter_mut().zip(headers(at)).take(sent) {
            settle(&mut message.data, moved(at, header));
        }
    } else if let Some(message) = messages.first_mut() {
        settle(&mut message.data, returned);
    }
}

fn settle(data: &mut Data, moved: u64) {
    data.bytes.0.truncate(usize::try_from(moved).unwrap_or(usize::MAX));
    data.moved_bytes = Some(moved);
}

fn message(at: &mut At<'_>, header: u64) -> Message {
    let Some(header) = Header::read(at, header) else {
        return Message::default();
    };
    let address = at.address(header.name, header.name_bytes.into());
    let pieces = header.pieces(at);
    offered(at, &pieces, address)
}

fn offered(at: &mut At<'_>, pieces: &[(u64, u64)], address: Option<Address>) -> Message {
    let asked_bytes = total(pieces);
    let bytes = at.data(pieces.iter().copied(), asked_bytes);
    Message { data: Data { asked_bytes, moved_bytes: None, bytes }, address, flags: None }
}

fn unseen(asked_bytes: u64) -> Message {
    Message { data: Data { asked_bytes, ..Data::default() }, ..Message::default() }
}
