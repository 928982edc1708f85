//! Findings about datagrams.

use scope::findings::{DroppedDatagrams, Fate, MessageTooLong, RefusedDatagram, Silence, TruncatedDatagram};

use super::{Told, many};
use crate::words::Words;

pub(super) fn refused(words: &Words, facts: &RefusedDatagram) -> Told {
    let (program, to) = (&facts.side.program, &facts.to);
    if let Some(call) = &facts.told_by {
        return Told {
            title: words.finding_refused_datagram_title_told(program, call, to),
            why: words.finding_refused_datagram_why_told(),
            what_to_do: words.finding_refused_datagram_do_told(),
        };
    }
    let title = match &facts.waits_in {
        Some((call, _)) => words.finding_refused_datagram_title_waits(program, call, to),
        None => words.finding_refused_datagram_title(program, to),
    };
    if facts.closed_before && facts.waits_in.is_none() {
        let why = words.finding_refused_datagram_why_gone();
        return Told { title, why, what_to_do: words.finding_refused_datagram_do_gone() };
    }
    let why = words.finding_refused_datagram_why();
    Told { title, why, what_to_do: words.finding_refused_datagram_do() }
}

pub(super) fn silence(words: &Words, facts: &Silence) -> Told {
    let (program, call, ms) = (&facts.side.program, &facts.call, facts.waited_ms);
    let to = facts.to.as_ref().map(ToString::to_string).unwrap_or_default();
    let title = if facts.still {
        words.finding_silence_title(program, call, ms, to)
    } else {
        words.finding_silence_title_gave_up(program, ms, call, to)
    };
    let why = match &facts.fate {
        Fate::Read { by } => words.finding_silence_why_read(&by.program),
        Fate::Unread { by } => words.finding_silence_why_unread(&by.program),
        Fate::Unknown => words.finding_silence_why(),
    };
    Told { title, why, what_to_do: words.finding_silence_do() }
}

pub(super) fn truncated(words: &Words, facts: &TruncatedDatagram) -> Told {
    let (program, call, room) = (&facts.side.program, &facts.call, facts.room_bytes);
    let title = match facts.datagram_bytes {
        Some(datagram) => words.finding_truncated_datagram_title(program, call, room, datagram),
        None => words.finding_truncated_datagram_title_flag(program, call, room),
    };
    let why = words.finding_truncated_datagram_why(many(facts.truncated));
    Told { title, why, what_to_do: words.finding_truncated_datagram_do() }
}

pub(super) fn dropped(words: &Words, facts: &DroppedDatagrams) -> Told {
    let at = facts.at.as_ref().map(ToString::to_string).unwrap_or_default();
    Told {
        title: words.finding_dropped_datagrams_title(&facts.side.program, u64::from(facts.dropped), at),
        why: words.finding_dropped_datagrams_why(facts.buffer_bytes),
        what_to_do: words.finding_dropped_datagrams_do(),
    }
}

pub(super) fn too_long(words: &Words, facts: &MessageTooLong) -> Told {
    Told {
        title: words.finding_message_too_long_title(&facts.side.program, &facts.call, facts.offered_bytes),
        why: words.finding_message_too_long_why(),
        what_to_do: words.finding_message_too_long_do(),
    }
}
