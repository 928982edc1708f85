//! What the kernel says of a socket, when it is not as it was.

use scope::model::{SocketState, TcpFigures};
use scope::timeline::Class;
use wire::tcp_state::TcpState;

use super::super::labels::Label;
use super::super::lanes::{describe, protocol};
use super::super::model::{Event, Kind};
use super::Teller;
use crate::views::printable::printable;
use crate::views::trace::span;

/// The kernel's slow-start threshold of a connection that has not found one.
const NO_THRESHOLD: u32 = i32::MAX.cast_unsigned();

impl<'t> Teller<'t> {
    pub(super) fn socket(&mut self, state: &'t SocketState, event: &mut Event) -> bool {
        let life = self.timeline.sockets.get(state.socket);
        let listener = life.and_then(|life| self.timeline.sockets.get(life.listener?));
        let holder = state.holder.or_else(|| life.or(listener)?.holder_at(scope::model::Time(event.time_ns)));
        let lane = holder.map_or(Some(self.lanes.wire), |(pid, _)| self.lanes.of(pid));
        let Some(lane) = lane else { return false };
        let before = self.states.insert(state.socket, state);
        event.kind = Kind::Socket;
        event.lane = lane;
        let changes = self.changes(before, state);
        event.quiet = changes.is_empty() || life.is_some_and(|life| life.class != Class::Program);
        let fd = state.holder.map(|(_, fd)| format!("fd {fd}"));
        let name = fd.unwrap_or_else(|| self.words.page_socket_unheld());
        event.text = if changes.is_empty() { name } else { format!("{name} · {}", changes.join(" · ")) };
        self.about(event, Some(state.socket));
        self.state_details(state, event);
        if let Some(figures) = &state.tcp {
            self.figures(figures, event);
        }
        true
    }

    /// What is to be said of it: what it was not before.
    fn changes(&self, before: Option<&SocketState>, now: &SocketState) -> Vec<String> {
        let differs = |figure: fn(&SocketState) -> u32| figure(now) != before.map_or(0, figure);
        let mut changes = Vec::new();
        if before.is_none_or(|before| before.state != now.state) {
            changes.extend(now.state.map(|state| state.to_string()));
        }
        if now.state == Some(TcpState::Listen) {
            if differs(|it| it.recv_queue) || differs(|it| it.send_queue) {
                changes.push(self.words.trace_accept_queue(now.recv_queue, now.send_queue));
            }
        } else {
            if differs(|it| it.recv_queue) {
                changes.push(self.words.page_recv_queue(now.recv_queue));
            }
            if differs(|it| it.send_queue) {
                changes.push(self.words.page_send_queue(now.send_queue));
            }
        }
        if differs(|it| it.drops) {
            changes.push(self.words.page_drops(now.drops));
        }
        changes
    }

    fn state_details(&mut self, state: &SocketState, event: &mut Event) {
        self.detail(event, Label::Socket, describe(state.socket, self.timeline));
        self.detail(event, Label::Name("SO_COOKIE"), state.socket.to_string());
        self.detail(event, Label::Protocol, protocol(state.protocol));
        if let Some(state) = state.state {
            self.detail(event, Label::State, state.to_string());
        }
        for (label, address) in [(Label::Local, &state.local), (Label::Peer, &state.peer)] {
            if let Some(address) = address {
                self.detail(event, label, printable(&address.to_string()));
            }
        }
        if state.state == Some(TcpState::Listen) {
            let waiting = format!("{} / {}", state.recv_queue, state.send_queue);
            self.detail(event, Label::Waiting, waiting);
        } else {
            self.detail(event, Label::RecvQueue, state.recv_queue.to_string());
            self.detail(event, Label::SendQueue, state.send_queue.to_string());
        }
        self.detail(event, Label::Drops, state.drops.to_string());
        let buffers =
            format!("SO_RCVBUF {} · SO_SNDBUF {}", state.recv_buffer_bytes, state.send_buffer_bytes);
        self.detail(event, Label::Buffers, buffers);
    }

    fn figures(&mut self, figures: &TcpFigures, event: &mut Event) {
        let us = |us: u32| span(std::time::Duration::from_micros(u64::from(us)));
        let ssthresh = figures.ssthresh;
        let ssthresh = if ssthresh == NO_THRESHOLD { "∞".to_owned() } else { ssthresh.to_string() };
        for (name, value) in [
            ("cwnd", figures.cwnd.to_string()),
            ("ssthresh", ssthresh),
            ("rtt", format!("{} ± {}", us(figures.rtt_us), us(figures.rtt_var_us))),
            ("rto", us(figures.rto_us)),
            ("snd_mss", figures.send_mss.to_string()),
            ("unacked", figures.unacked.to_string()),
            ("total_retrans", figures.retransmits.to_string()),
        ] {
            self.detail(event, Label::Name(name), value);
        }
    }
}
