//! Calls that receive: what came lies in the program's memory when they return.

use wire::names::MessageFlags;

use super::at::{At, word};
use super::message::{Header, headers, moved, pieces, total};
use crate::model::{Args, Data, Message};

pub(super) fn entry(at: &mut At<'_>) -> Args {
    let values = at.values;
    let (rooms, flags) = match at.call.name() {
        "recvfrom" => (vec![values[2]], values[3]),
        "read" => (vec![values[2]], 0),
        "readv" => (vec![total(&pieces(at, values[1], values[2]))], 0),
        "recvmsg" => (vec![room(at, values[1])], values[2]),
        "recvmmsg" => (headers(at).map(|header| room(at, header)).collect(), values[3]),
        _ => (vec![values[4]], 0),
    };
    Args::Receive { messages: rooms.into_iter().map(empty).collect(), flags: MessageFlags(word(flags)) }
}

/// Fills the messages in. One that did not fit (`MSG_TRUNC` of `recv(2)`) has moved as much as there was room for, though the
/// call may return its whole length; of `recvmmsg(2)` only those that came are left.
pub(super) fn exit(messages: &mut Vec<Message>, at: &mut At<'_>, returned: u64) {
    let values = at.values;
    if at.call.name() == "recvmmsg" {
        messages.truncate(usize::try_from(returned).unwrap_or(usize::MAX));
        for (message, header) in messages.iter_mut().zip(headers(at)) {
            let moved = moved(at, header);
            complete(message, at, header, moved);
        }
        return;
    }
    let Some(message) = messages.first_mut() else { return };
    match at.call.name() {
        "recvfrom" => {
            fill(&mut message.data, at, &[(values[1], values[2])], returned);
            message.address = at.returned_address(values[4], values[5]);
        }
        "read" => fill(&mut message.data, at, &[(values[1], values[2])], returned),
        "readv" => {
            let pieces = pieces(at, values[1], values[2]);
            fill(&mut message.data, at, &pieces, returned);
        }
        "recvmsg" => complete(message, at, values[1], returned),
        // The bytes do not go to the program's memory.
        _ => message.data.moved_bytes = Some(returned),
    }
}

/// Reads a message of `recvmsg(2)`: its header tells who sent it, and flags of its own.
fn complete(message: &mut Message, at: &mut At<'_>, header: u64, returned: u64) {
    let Some(header) = Header::read(at, header) else {
        return;
    };
    message.address = at.address(header.name, header.name_bytes.into());
    message.flags = Some(MessageFlags(header.flags));
    let pieces = header.pieces(at);
    fill(&mut message.data, at, &pieces, returned);
}

fn fill(data: &mut Data, at: &mut At<'_>, pieces: &[(u64, u64)], returned: u64) {
    let moved = returned.min(data.asked_bytes);
    data.bytes = at.data(pieces.iter().copied(), moved);
    data.moved_bytes = Some(moved);
}

fn room(at: &mut At<'_>, header: u64) -> u64 {
    Header::read(at, header).map_or(0, |header| total(&header.pieces(at)))
}

fn empty(asked_bytes: u64) -> Message {
    Message { data: Data { asked_bytes, ..Data::default() }, ..Message::default() }
}
