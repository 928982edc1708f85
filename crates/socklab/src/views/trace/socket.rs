//! The state of a socket as a line, when it is not as it was shown last.

use std::collections::HashMap;

use scope::model::{Certainty, Protocol, SocketId, SocketState, Time};
use scope::timeline::Sockets;
use wire::tcp_state::TcpState;

use super::lanes::Lanes;
use super::span::span;
use super::text::{ALARM, NAME, PLAIN, QUIET, Text};
use crate::words::Words;

/// How many sockets are remembered as they were shown last. Beyond, all are forgotten, and shown again when they change.
const SOCKETS_MAX: usize = 65_536;

/// How sockets were shown last.
#[derive(Debug, Default)]
pub(super) struct States {
    shown: HashMap<SocketId, Visible>,
}

/// What of a socket a line shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Visible {
    state: Option<TcpState>,
    recv_queue: u32,
    send_queue: u32,
    drops: u32,
    retransmits: u32,
}

/// Whose socket it is, for the column of lanes, and what the line says of it.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) lane: Option<usize>,
    pub(super) text: Text,
}

impl States {
    /// Shows a socket, if something of it has changed that a line shows, or if every look is shown.
    pub(super) fn shown(
        &mut self,
        (time, state): (Time, &SocketState),
        every: bool,
        (sockets, lanes, words): (&Sockets, &Lanes, &Words),
    ) -> Option<Shown> {
        if self.shown.len() >= SOCKETS_MAX {
            self.shown.clear();
        }
        let now = Visible::of(state);
        let before = self.shown.insert(state.socket, now);
        // A socket that is new and closed, with nothing in its queues, is as everybody expects it.
        if !every
            && before.unwrap_or(Visible {
                state: now.state.filter(|it| *it == TcpState::Closed),
                ..Visible::default()
            }) == now
        {
            return None;
        }
        let life = sockets.get(state.socket);
        // A connection that is not accepted yet has no holder, although the whole recording knows one.
        let held = life.and_then(|life| life.holders.iter().rfind(|(.., from, _)| *from <= time));
        let before_closing = held.map(|(pid, fd, ..)| (*pid, *fd));
        let (name, lane, of) = match (state.holder, before_closing) {
            (Some((pid, fd)), _) => (lanes.named(pid).0, lanes.named(pid).1, words.trace_fd(fd)),
            (None, Some((pid, fd))) => (lanes.named(pid).0, lanes.named(pid).1, words.trace_fd_closed(fd)),
            (None, None) => (words.trace_kernel(), None, not_accepted(state, words)),
        };
        let before = before.unwrap_or_default();
        Some(Shown { name, lane, text: text(state, now, before, of, words) })
    }
}

impl Visible {
    fn of(state: &SocketState) -> Self {
        // The numbers of a closed socket mean nothing (tcp(7)).
        if state.state == Some(TcpState::Closed) {
            return Self { state: state.state, ..Self::default() };
        }
        Self {
            state: state.state,
            recv_queue: state.recv_queue,
            send_queue: state.send_queue,
            // The kernel counts every bare acknowledgement that it has done with as one of a connection's drops.
            drops: match (state.protocol, state.state) {
                (Protocol::Tcp, Some(TcpState::Listen)) | (Protocol::Udp, _) => state.drops,
                _ => 0,
            },
            retransmits: state.tcp.map(|tcp| tcp.retransmits).unwrap_or_default(),
        }
    }
}

fn not_accepted(state: &SocketState, words: &Words) -> String {
    let address = |address: &Option<_>| address.as_ref().map_or("-".to_owned(), ToString::to_string);
    words.trace_connection(address(&state.peer), address(&state.local))
}

fn text(state: &SocketState, now: Visible, before: Visible, of: String, words: &Words) -> Text {
    let mut text = Text::default().with(QUIET, of);
    if let Some(tcp) = state.state {
        text.push(PLAIN, " ");
        text.push(if now.state == before.state { PLAIN } else { NAME }, tcp.to_string());
    }
    for said in queues(state, now, before, words) {
        text.push(PLAIN, format!(", {said}"));
    }
    if now.drops > before.drops {
        text.push(PLAIN, ", ");
        text.push(ALARM, words.trace_dropped(u64::from(now.drops)));
    }
    if now.retransmits > before.retransmits {
        text.push(PLAIN, format!(", {}", words.trace_retransmitted(u64::from(now.retransmits))));
    }
    text
}

fn queues(state: &SocketState, now: Visible, before: Visible, words: &Words) -> Vec<String> {
    if now.state == Some(TcpState::Listen) {
        return vec![words.trace_accept_queue(now.recv_queue, now.send_queue)];
    }
    let recv = u64::from(now.recv_queue);
    let receives = match state.protocol {
        Protocol::Udp => words.trace_datagram_waits(recv),
        _ => words.trace_bytes_wait(recv),
    };
    let is_shown = |now: u32, before: u32| now != before;
    let receives = is_shown(now.recv_queue, before.recv_queue).then_some(receives);
    let sends = is_shown(now.send_queue, before.send_queue)
        .then(|| words.trace_bytes_unacknowledged(u64::from(now.send_queue)));
    receives.into_iter().chain(sends).collect()
}

/// How well the time of something is known, if not exactly.
pub(super) fn certainty(certainty: Certainty, at: Time, words: &Words) -> Option<String> {
    match certainty {
        Certainty::Exact => None,
        Certainty::Since(since) => Some(words.trace_sampled(span(at.since(since)))),
        Certainty::Inferred => Some(words.trace_inferred()),
    }
}
