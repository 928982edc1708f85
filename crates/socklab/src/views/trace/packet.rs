//! A packet as a line: an arrow from who sent it to whom it goes.

use std::collections::HashMap;
use std::net::SocketAddr;

use scope::timeline::{Crossing, Owner, Role};
use unicode_width::UnicodeWidthStr;
use wire::icmp::{self, Version};
use wire::packet::{Packet, Segment, Transport};

use super::data::preview;
use super::lanes::Lanes;
use super::text::{ALARM, NAME, PLAIN, QUIET, Text};
use crate::words::Words;

/// How many directions of connections are remembered, to tell when a window changes. Beyond, all are forgotten and told again.
const WINDOWS_MAX: usize = 65_536;

/// How many columns of a packet's data are shown: the call beside it shows more.
const DATA_COLUMNS: usize = 16;

/// The columns of an arrow's label: those of the usual flags.
const LABEL_WIDTH: usize = 7;

/// The columns of the sender's port and the blank behind it.
const PORT_WIDTH: usize = 7;

/// What was told of the windows of connections.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// By sender and receiver.
    known: HashMap<(SocketAddr, SocketAddr), Window>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    /// By how many bits its sender shifts it.
    scale: u8,
    /// What was told last, in bytes.
    told_bytes: Option<u32>,
}

impl Windows {
    /// The window of a segment in bytes (RFC 7323 §2.2), if it is another than in the segment before it.
    fn changed(&mut self, packet: &Packet, segment: &Segment) -> Option<u32> {
        if self.known.len() >= WINDOWS_MAX {
            self.known.clear();
        }
        let window = self.known.entry((packet.from()?, packet.to()?)).or_default();
        if segment.flags.syn {
            window.scale = segment.options.window_scale.unwrap_or_default();
        }
        let scale = if segment.flags.syn { 0 } else { window.scale.min(14) };
        let bytes = u32::from(segment.window) << scale;
        (window.told_bytes.replace(bytes) != Some(bytes)).then_some(bytes)
    }
}

/// Writes a packet, without the lane of its sender, with as much of its data as there is room for.
pub(super) fn text(
    crossing: &Crossing,
    windows: &mut Windows,
    (lanes, words): (&Lanes, &Words),
    room: Option<usize>,
) -> Text {
    let arrow = arrow(crossing, lanes, words);
    let window = crossing.packet.tcp().and_then(|segment| windows.changed(&crossing.packet, segment));
    let shown = Shown { crossing, window, words };
    let with = |columns| arrow.clone().with(PLAIN, format!("  {}", shown.details(columns)));
    let whole = with(DATA_COLUMNS);
    if whole.fits(room) { whole } else { with(0) }
}

/// The sender's port, the flags, and whom it goes to.
fn arrow(crossing: &Crossing, lanes: &Lanes, words: &Words) -> Text {
    let packet = &crossing.packet;
    let is_lost =
        crossing.departed.is_some() && crossing.arrived.is_none() && lanes.is_loopback(crossing.interface);
    let port = packet.from().map(|from| format!(":{}", from.port())).unwrap_or_default();
    let mut text = Text::default().with(QUIET, port);
    text.pad_to(PORT_WIDTH);
    let label = label(packet);
    let line = "─".repeat(LABEL_WIDTH.saturating_sub(label.width()));
    text.push(PLAIN, "──");
    text.push(if is_alarming(packet) { ALARM } else { NAME }, label);
    text.push(PLAIN, format!("{line}──{} ", if is_lost { '✗' } else { '▶' }));
    text.append(receiver(crossing, lanes, words));
    if is_lost {
        text.push(ALARM, format!(" {}", words.trace_did_not_arrive()));
    }
    text
}

/// Who sent it, for the column of lanes: a process, the kernel or an address.
pub(super) fn sender(crossing: &Crossing, lanes: &Lanes, words: &Words) -> (String, Option<usize>) {
    match (crossing.from.role, crossing.from.pid) {
        (Role::Kernel, _) | (_, None) if crossing.from.role != Role::Unknown => (words.trace_kernel(), None),
        (_, Some(pid)) => lanes.named(pid),
        (_, None) => (crossing.packet.source.to_string(), None),
    }
}

fn receiver(crossing: &Crossing, lanes: &Lanes, words: &Words) -> Text {
    let Owner { pid, role, .. } = crossing.to;
    let to = crossing.packet.to();
    let port = to.map(|to| format!(":{}", to.port())).unwrap_or_default();
    let named = |pid| {
        let (name, lane) = lanes.named(pid);
        Text::default().with(lanes.style(lane), name).with(PLAIN, &port)
    };
    let said = |text: Text, what: String| text.with(QUIET, format!(" ({what})"));
    match (role, pid) {
        (Role::Holder, Some(pid)) => named(pid),
        (Role::Listener, Some(pid)) => said(named(pid), words.trace_listener()),
        (Role::Closed, Some(pid)) => said(named(pid), words.trace_closed()),
        (Role::Kernel, _) if to.is_some() => {
            let address = to.map(|to| to.to_string()).unwrap_or_default();
            said(Text::plain(address), words.trace_no_socket())
        }
        (Role::Kernel, _) => Text::plain(words.trace_kernel()),
        _ => Text::plain(to.map_or_else(|| crossing.packet.destination.to_string(), |to| to.to_string())),
    }
}

/// What stands in the arrow.
fn label(packet: &Packet) -> String {
    match &packet.transport {
        Transport::Tcp(segment) => segment.flags.to_string(),
        Transport::Udp(_) => "UDP".to_owned(),
        Transport::Icmp(_) => "ICMP".to_owned(),
        Transport::Part { .. } => "IP".to_owned(),
        Transport::Other { protocol } => format!("IP {protocol}"),
    }
}

fn is_alarming(packet: &Packet) -> bool {
    packet.icmp().is_some() || packet.tcp().is_some_and(|segment| segment.flags.rst)
}

/// What stands behind the arrow.
struct Shown<'a> {
    crossing: &'a Crossing,
    /// The window, if it has changed.
    window: Option<u32>,
    words: &'a Words,
}

impl Shown<'_> {
    fn details(&self, columns: usize) -> String {
        let Self { crossing, words, .. } = self;
        let packet = &crossing.packet;
        let mut details = match &packet.transport {
            Transport::Tcp(segment) => self.of_segment(segment, columns),
            Transport::Udp(datagram) => vec![self.length(datagram.payload_bytes, columns)],
            Transport::Icmp(message) => {
                let version = if packet.source.is_ipv4() { Version::V4 } else { Version::V6 };
                let name = icmp::name(version, message.of_type, message.code);
                let name =
                    name.map_or_else(|| format!("{}/{}", message.of_type, message.code), str::to_owned);
                let about = message.quoted.map(|it| words.trace_about(it.source, it.destination));
                [Some(name), about].into_iter().flatten().collect()
            }
            Transport::Part { .. } | Transport::Other { .. } => {
                vec![format!("len {}", crossing.length_bytes)]
            }
        };
        if let Some(fragment) = packet.fragment {
            details.push(words.trace_fragment(fragment.identification, fragment.offset_bytes));
        }
        details.join(", ")
    }

    fn of_segment(&self, segment: &Segment, columns: usize) -> Vec<String> {
        let numbers = self.crossing.numbers;
        let (sequence, acknowledgement) = numbers
            .map_or((segment.sequence, segment.acknowledgement), |it| (it.sequence, it.acknowledgement));
        let details = [
            Some(format!("seq {sequence}")),
            segment.flags.ack.then(|| format!("ack {acknowledgement}")),
            (segment.payload_bytes > 0).then(|| self.length(segment.payload_bytes, columns)),
            self.window.filter(|_| !segment.flags.rst).map(|bytes| format!("win {bytes}")),
            numbers.is_some_and(|it| it.retransmission).then(|| self.words.trace_retransmission()),
        ];
        details.into_iter().flatten().collect()
    }

    /// How much data it carries, and the first of them: `len 4 "hola"`.
    fn length(&self, payload_bytes: u32, columns: usize) -> String {
        let data = self.crossing.bytes.0.get(self.crossing.packet.payload.clone()).unwrap_or_default();
        if data.is_empty() || columns == 0 {
            return format!("len {payload_bytes}");
        }
        format!("len {payload_bytes} {}", preview(data, payload_bytes.into(), columns))
    }
}
