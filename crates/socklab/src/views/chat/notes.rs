//! What is said of a talk beside what is said in it.

use endpoints::ask::Verdict;
use endpoints::chat::{Author, ChatConfig, End, Event, LeftReason, Outcome, Party, Role};
use endpoints::echo::RefusalRule;
use endpoints::transport::Transport;

use crate::errno;
use crate::views::ask;
use crate::words::Words;

/// A line that nobody said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// How the talk goes.
    Conversation(String),
    /// What somebody should know even who wants to hear of errors only.
    Attention(String),
}

/// What is said of an event.
pub(super) fn note(words: &Words, config: &ChatConfig, event: &Event<'_>) -> Option<Note> {
    let text = match event {
        Event::Listening { transport, local } => words.chat_listening(local, transport),
        Event::Connected { transport, peer, .. } => connected(words, *transport, config.author, peer),
        Event::NextAddress { failed, verdict, next } => {
            words.ask_next_address(failed, cause(words, verdict), next)
        }
        Event::Came { address, .. } if listens(config) => words.chat_came(address),
        Event::Left { address, reason, .. } if listens(config) || *reason == LeftReason::Ended => {
            left(words, address, *reason)?
        }
        Event::Turn { of: Party::Here } => words.chat_turn_here(),
        Event::Turn { of: Party::Peer } => words.chat_turn_peer(),
        event => return attention(words, config, event).map(Note::Attention),
    };
    Some(Note::Conversation(text))
}

/// What needs to be known.
fn attention(words: &Words, config: &ChatConfig, event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::AddressSkipped { transport, local, errno } => {
            words.echo_address_skipped(local, transport, errno::explain_number(words, errno.0))
        }
        Event::Unheard => words.chat_unheard(),
        Event::NotSent { address, bytes, errno } => {
            words.chat_not_sent(*bytes as u64, address, errno::explain_number(words, errno.0))
        }
        Event::TooLong { bytes_max } => words.chat_too_long(bytes_max),
        Event::NothingSent => words.chat_nothing_sent(),
        Event::Flooded { address, datagrams, .. } => words.chat_flooded(address, *datagrams),
        Event::Stray { address, bytes } => words.chat_stray(address, *bytes as u64),
        Event::Refused { peer, rule, .. } => words.chat_refused(peer, rule_text(words, rule)),
        Event::Unreachable { address, verdict } => words.chat_unreachable(address, cause(words, verdict)),
        Event::Joined { lines } => match config.transport {
            Transport::Tcp => words.chat_joined_tcp(lines),
            Transport::Udp => words.chat_joined_udp(lines),
        },
        Event::Cut { bytes, waiting_bytes } => words.chat_cut(bytes, *waiting_bytes),
        Event::AcceptStalled { errno } => words.echo_accept_stalled(errno::explain_number(words, errno.0)),
        // What is said has its own place, and the end its own line; the others are no problem.
        Event::Listening { .. }
        | Event::Connected { .. }
        | Event::NextAddress { .. }
        | Event::Came { .. }
        | Event::Left { .. }
        | Event::Turn { .. }
        | Event::Said { .. }
        | Event::Heard { .. }
        | Event::Summary(_) => return None,
    })
}

/// How a talk ended, when that is to be said at all.
pub(super) fn end(words: &Words, outcome: &Outcome) -> Option<String> {
    let End::Network(verdict) = &outcome.end else { return None };
    Some(match verdict {
        Verdict::Silent { .. } => words.chat_end_silent(),
        Verdict::Denied { .. } => words.chat_end_denied(cause(words, verdict)),
        Verdict::Reset { .. } => words.chat_end_reset(cause(words, verdict)),
        _ => words.chat_end_refused(cause(words, verdict)),
    })
}

fn listens(config: &ChatConfig) -> bool {
    matches!(config.role, Role::Listen(_))
}

fn connected(words: &Words, transport: Transport, author: Author, peer: &std::net::SocketAddr) -> String {
    let text = match transport {
        Transport::Tcp => words.chat_connected_tcp(peer),
        Transport::Udp => words.chat_connected_udp(peer),
    };
    match author {
        Author::Person => format!("{text}; {}", words.chat_how_to_end()),
        Author::Program => text,
    }
}

fn left(words: &Words, address: &std::net::SocketAddr, reason: LeftReason) -> Option<String> {
    Some(match reason {
        LeftReason::Ended => words.chat_left_ended(address),
        LeftReason::Reset { errno } => words.chat_left_reset(address, errno::explain_number(words, errno.0)),
        LeftReason::Idle => words.chat_left_idle(address),
        LeftReason::TooSlow => words.chat_left_slow(address),
        LeftReason::Unreachable => words.chat_left_unreachable(address),
        LeftReason::HungUp => return None,
    })
}

fn rule_text(words: &Words, rule: &RefusalRule) -> String {
    match rule {
        RefusalRule::Denied { rule } => words.echo_rule_denied(rule),
        RefusalRule::NotAllowed => words.echo_rule_not_allowed(),
        RefusalRule::ConnectionsMax { max } => words.chat_rule_full(max),
    }
}

fn cause(words: &Words, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Refused { by } | Verdict::Denied { by } => ask::refusal(words, by),
        Verdict::Reset { errno, .. } => errno::explain_number(words, errno.0),
        Verdict::Silent { .. } | Verdict::Interrupted { .. } => words.ask_no_answer(),
        Verdict::Replied { .. } | Verdict::ClosedEarly | Verdict::Truncated { .. } => String::new(),
    }
}
