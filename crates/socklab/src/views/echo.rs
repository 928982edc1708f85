//! What an echo server tells: the practical's lines, or JSON Lines.
//!
//! What the practical's scripts print goes to standard output, one line for each client; the rest of the conversation and
//! what needs attention go to standard error.

mod engine;

use endpoints::echo::{CloseReason, Event, RefusalRule, Summary};
use endpoints::events::EventReader;
use endpoints::shaping::Call;
use endpoints::transport::Transport;

use super::server::{Line, Teller};
use crate::context::Context;
use crate::errno;
use crate::failure::Failure;
use crate::views::access;
use crate::words::Words;

/// The view of one server.
pub(crate) struct EchoView<'a> {
    context: &'a Context,
    /// Whether a line has to say which transport it is about.
    names_transport: bool,
}

impl<'a> EchoView<'a> {
    pub(crate) fn new(context: &'a Context, names_transport: bool) -> Self {
        Self { context, names_transport }
    }

    /// Tells events as they come, up to the last one, the summary.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn tell_all(&self, reader: &EventReader<Event>) -> Result<(), Failure> {
        let line = |event: &Event| self.line(event);
        Teller { context: self.context, line }.tell_all(reader, |event| matches!(event, Event::Summary(_)))
    }

    fn line(&self, event: &Event) -> Line {
        let words = &self.context.words;
        let from = |transport, peer: &std::net::SocketAddr| words.echo_client(self.named(transport, peer));
        match event {
            Event::Listening { transport, local } => {
                Line::Data(words.echo_listening(self.named(*transport, local)))
            }
            Event::Waiting => Line::Data(words.echo_waiting()),
            Event::Connected { peer, .. } => Line::Data(from(Transport::Tcp, peer)),
            Event::Datagram { peer, bytes, true_bytes } if true_bytes > bytes => Line::Data(format!(
                "{}\n{}",
                from(Transport::Udp, peer),
                words.echo_truncated(true_bytes, bytes, true_bytes - bytes)
            )),
            Event::Datagram { peer, .. } => Line::Data(from(Transport::Udp, peer)),
            Event::OptionSet { transport, option, asked_bytes, kernel_bytes } => {
                Line::Data(words.echo_option(option, transport, asked_bytes, kernel_bytes))
            }
            Event::Call { call, connection, asked_bytes, took_bytes } => {
                Line::Data(call_line(words, *call, *connection, *asked_bytes, *took_bytes))
            }
            Event::Closed { connection, peer, echoed_bytes, reason } => {
                self.closed(*connection, peer, *echoed_bytes, *reason)
            }
            Event::Refused { transport, peer, rule } => Line::Data(refused(words, *transport, peer, rule)),
            Event::AcceptResumed => Line::Note(words.echo_accept_resumed()),
            Event::AccessReloaded { rules } => Line::Note(words.echo_access_reloaded(*rules as u64)),
            Event::Stopping { connections } => Line::Note(words.echo_stopping(*connections as u64)),
            Event::Summary(summary) => Line::Note(summary_line(words, summary)),
            Event::Report(summary) => Line::Attention(summary_line(words, summary)),
            Event::Engine(engine) => Line::Attention(engine::lines(words, engine)),
            event => attention(words, event),
        }
    }

    fn closed(
        &self,
        connection: u32,
        peer: &std::net::SocketAddr,
        echoed_bytes: u64,
        reason: CloseReason,
    ) -> Line {
        let words = &self.context.words;
        let expected =
            matches!(reason, CloseReason::PeerClosed | CloseReason::AsTaught | CloseReason::ServerStopped);
        if expected && !self.context.verbose {
            return Line::None;
        }
        let reason = match reason {
            CloseReason::PeerClosed => words.echo_closed_peer(),
            CloseReason::PeerReset => words.echo_closed_reset(),
            CloseReason::Idle => words.echo_closed_idle(),
            CloseReason::ServerStopped => words.echo_closed_stopped(),
            CloseReason::ServerGaveUp => words.echo_closed_gave_up(),
            CloseReason::AsTaught => words.echo_closed_taught(),
        };
        Line::Data(words.echo_closed(connection, peer, reason, echoed_bytes))
    }

    fn named(&self, transport: Transport, address: &std::net::SocketAddr) -> String {
        if self.names_transport { format!("{address} ({transport})") } else { address.to_string() }
    }
}

/// What a call was asked for and what the kernel did.
pub(crate) fn call_line(
    words: &Words,
    call: Call,
    connection: Option<u32>,
    asked_bytes: usize,
    took_bytes: usize,
) -> String {
    let line = match call {
        Call::Recv => words.call_recv(asked_bytes, took_bytes),
        _ => words.call_send(asked_bytes, took_bytes),
    };
    match connection {
        Some(connection) => format!("#{connection} {line}"),
        None => line,
    }
}

fn refused(words: &Words, transport: Transport, peer: &std::net::SocketAddr, rule: &RefusalRule) -> String {
    let rule = match rule {
        RefusalRule::Denied { rule } => words.echo_rule_denied(rule),
        RefusalRule::NotAllowed => words.echo_rule_not_allowed(),
        RefusalRule::ConnectionsMax { max } => words.echo_rule_connections_max(max),
    };
    match transport {
        Transport::Udp => words.echo_refused_udp(peer, rule),
        Transport::Tcp => words.echo_refused_tcp(peer, rule),
    }
}

/// What has gone wrong.
fn attention(words: &Words, event: &Event) -> Line {
    Line::Attention(match event {
        Event::AddressSkipped { transport, local, errno } => {
            words.echo_address_skipped(local, transport, errno::explain_number(words, errno.0))
        }
        Event::AcceptStalled { errno, open_files_max } => format!(
            "{}\n{}",
            words.echo_accept_stalled(errno::explain_number(words, errno.0)),
            words.hint(words.hint_open_files(open_files_max))
        ),
        Event::SendFailed { peer, bytes, errno } => {
            words.echo_send_failed(bytes, peer, errno::explain_number(words, errno.0))
        }
        Event::StormStopped { peer } => words.echo_storm_stopped(peer),
        Event::AccessReloadFailed { error } => {
            words.echo_access_reload_failed(access::failure(&error.0, words).message())
        }
        Event::Lost { events } => words.echo_lost(*events),
        // Each has its own line, which is no problem.
        Event::Listening { .. }
        | Event::Waiting
        | Event::Connected { .. }
        | Event::Datagram { .. }
        | Event::OptionSet { .. }
        | Event::Call { .. }
        | Event::Closed { .. }
        | Event::Refused { .. }
        | Event::AcceptResumed
        | Event::AccessReloaded { .. }
        | Event::Stopping { .. }
        | Event::Engine(_)
        | Event::Report(_)
        | Event::Summary(_) => return Line::None,
    })
}

fn summary_line(words: &Words, summary: &Summary) -> String {
    let mut parts = Vec::new();
    if summary.connections > 0 {
        parts.push(words.echo_summary_tcp(
            summary.connections,
            summary.tcp_received_bytes,
            summary.tcp_sent_bytes,
        ));
    }
    if summary.datagrams > 0 {
        parts.push(words.echo_summary_udp(summary.datagrams, summary.replies));
    }
    for (count, text) in [
        (summary.truncated, words.echo_summary_truncated(summary.truncated)),
        (summary.refused, words.echo_summary_refused(summary.refused)),
        (summary.storm_ignored, words.echo_summary_storm(summary.storm_ignored)),
        (summary.send_failed, words.echo_summary_send_failed(summary.send_failed)),
        (summary.resets, words.echo_summary_resets(summary.resets)),
    ] {
        if count > 0 {
            parts.push(text);
        }
    }
    if parts.is_empty() {
        parts.push(words.echo_summary_nobody());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn only_what_went_wrong_or_was_asked_for_outlives_quiet() {
        let context = Context { quiet: true, ..Context::before_parsing(&[], Instant::now()) };
        let view = EchoView::new(&context, false);
        let is_told = |event| matches!(view.line(&event), Line::Attention(_));

        for conversation in [
            Event::Waiting,
            Event::AcceptResumed,
            Event::AccessReloaded { rules: 1 },
            Event::Stopping { connections: 1 },
            Event::Summary(Summary::default()),
        ] {
            assert!(!is_told(conversation));
        }
        for attention in [
            Event::Lost { events: 1 },
            Event::StormStopped { peer: ([127, 0, 0, 1], 7).into() },
            Event::Report(Summary::default()),
        ] {
            assert!(is_told(attention));
        }
    }
}
