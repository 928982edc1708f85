//! Findings about what a connection carries, and about its end.

use scope::findings::{
    Departure, JoinedMessages, NagleStall, PeerClosed, ShortReceive, ShortSend, UnreadReset,
};

use super::{Told, many};
use crate::words::Words;

pub(super) fn short_send(words: &Words, facts: &ShortSend) -> Told {
    Told {
        title: words.finding_short_send_title(
            &facts.side.program,
            &facts.call,
            facts.taken_bytes,
            facts.offered_bytes,
            facts.missing_bytes,
        ),
        why: words.finding_short_send_why(),
        what_to_do: words.finding_short_send_do(),
    }
}

pub(super) fn short_receive(words: &Words, facts: &ShortReceive) -> Told {
    let (program, call, room) = (&facts.side.program, &facts.call, facts.room_bytes);
    let (read, arrived) = (facts.read_bytes, facts.arrived_bytes);
    let why = match &facts.broke {
        Some(broke) => words.finding_short_receive_why_broke(room, program, call, &facts.peer.program, broke),
        None => words.finding_short_receive_why(room, program, call),
    };
    Told {
        title: words.finding_short_receive_title(program, read, arrived, facts.message_bytes),
        why,
        what_to_do: words.finding_short_receive_do(),
    }
}

pub(super) fn joined(words: &Words, facts: &JoinedMessages) -> Told {
    let (program, peer) = (&facts.side.program, &facts.peer.program);
    let (messages, bytes) = (facts.messages, facts.received_bytes);
    Told {
        title: words.finding_joined_messages_title(program, &facts.call, facts.sends, peer),
        why: words.finding_joined_messages_why(peer, messages, bytes, program, many(facts.answers)),
        what_to_do: words.finding_joined_messages_do(),
    }
}

pub(super) fn unread(words: &Words, facts: &UnreadReset) -> Told {
    let (program, unread) = (&facts.side.program, facts.unread_bytes);
    let title = if facts.by_close {
        words.finding_unread_reset_title(program, unread)
    } else {
        words.finding_unread_reset_title_ended(program, unread)
    };
    let why = match (&facts.peer, &facts.broke) {
        (Some(peer), Some(broke)) => words.finding_unread_reset_why_broke(&peer.program, broke),
        _ => words.finding_unread_reset_why(),
    };
    Told { title, why, what_to_do: words.finding_unread_reset_do() }
}

pub(super) fn peer_closed(words: &Words, facts: &PeerClosed) -> Told {
    let program = &facts.side.program;
    let title = match &facts.failed {
        Some((call, error)) => words.finding_peer_closed_title(program, call, error),
        None => words.finding_peer_closed_title_lost(program, facts.lost_bytes),
    };
    let peer = facts.peer.as_ref().map(|peer| peer.program.as_str()).unwrap_or_default();
    let why = match facts.how {
        Departure::Closed => words.finding_peer_closed_why_closed(peer),
        Departure::Ended => words.finding_peer_closed_why_ended(peer),
        Departure::Killed => words.finding_peer_closed_why_killed(peer),
        Departure::Reset => words.finding_peer_closed_why_reset(),
    };
    Told { title, why, what_to_do: words.finding_peer_closed_do() }
}

pub(super) fn stall(words: &Words, facts: &NagleStall) -> Told {
    Told {
        title: words.finding_nagle_stall_title(&facts.side.program, many(facts.stalls), facts.waited_ms),
        why: words.finding_nagle_stall_why(&facts.call, facts.bytes),
        what_to_do: words.finding_nagle_stall_do(),
    }
}
