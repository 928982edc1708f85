//! Packets: arrows from lane to lane.

use scope::model::Bytes;
use scope::timeline::{Crossing, Numbers, Owner, Role};
use wire::icmp::{self, Version};
use wire::packet::{Icmp, Packet, Segment, Transport};

use super::super::labels::Label;
use super::super::model::{Dump, Event, Kind, Mark};
use super::super::text::moment;
use super::Teller;
use crate::views::printable::printable;
use crate::views::trace::span;

/// How many bytes of a packet the page has; the archive may have more.
const PACKET_BYTES_MAX: usize = 256;

/// The name of the interface on which every packet arrives where it left.
const LOOPBACK: &str = "lo";

impl Teller<'_> {
    pub(super) fn packet(&mut self, crossing: &Crossing, event: &mut Event) -> bool {
        event.kind = Kind::Packet;
        event.lane = self.end_of(crossing.from);
        event.arrow_to = Some(self.end_of(crossing.to));
        event.until_ns = crossing.departed.and(crossing.arrived).map(|time| time.0);
        event.mark = self.mark(crossing);
        event.text = self.packet_text(crossing);
        self.about(event, crossing.from.socket);
        self.about(event, crossing.to.socket);
        self.ways(crossing, event);
        self.headers(crossing, event);
        self.packet_bytes(crossing, event);
        true
    }

    /// The lane where an end of the arrow stands; that of the network for those who have none.
    fn end_of(&self, owner: Owner) -> usize {
        owner.pid.and_then(|pid| self.lanes.of(pid)).unwrap_or(self.lanes.wire)
    }

    fn mark(&self, crossing: &Crossing) -> Mark {
        let is_error = |icmp: &Icmp| icmp.quoted.is_some();
        let refuses = crossing.packet.tcp().is_some_and(|segment| segment.flags.rst)
            || crossing.packet.icmp().is_some_and(is_error);
        match crossing.numbers {
            _ if self.is_lost(crossing) => Mark::Lost,
            _ if refuses => Mark::Refusal,
            Some(numbers) if numbers.retransmission => Mark::Again,
            _ => Mark::None,
        }
    }

    /// Whether it should have been seen to arrive: on another interface than the loopback, that is another machine's affair.
    fn is_lost(&self, crossing: &Crossing) -> bool {
        let mut interfaces = self.timeline.header.interfaces.iter();
        let is_loopback = interfaces.any(|it| it.index == crossing.interface && it.name == LOOPBACK);
        is_loopback && crossing.departed.is_some() && crossing.arrived.is_none()
    }

    fn packet_text(&self, crossing: &Crossing) -> String {
        let mut text = summary(&crossing.packet, crossing.numbers);
        if crossing.numbers.is_some_and(|numbers| numbers.retransmission) {
            text = format!("{text} · {}", self.words.trace_retransmission());
        }
        if self.is_lost(crossing) {
            text = format!("{text} · {}", self.words.trace_did_not_arrive());
        }
        text
    }

    fn ways(&mut self, crossing: &Crossing, event: &mut Event) {
        let from = self.owner(crossing.from, crossing.packet.from(), crossing.packet.source.to_string());
        self.detail(event, Label::From, from);
        let to = self.owner(crossing.to, crossing.packet.to(), crossing.packet.destination.to_string());
        self.detail(event, Label::To, to);
        if let Some(departed) = crossing.departed {
            self.detail(event, Label::Departed, moment(departed));
        }
        let arrived = crossing.arrived.map_or_else(|| self.words.trace_did_not_arrive(), moment);
        self.detail(event, Label::Arrived, arrived);
        if let (Some(departed), Some(arrived)) = (crossing.departed, crossing.arrived) {
            self.detail(event, Label::OnTheWay, span(arrived.since(departed)));
        }
    }

    /// An end of the way, with what it has to do with the packet.
    fn owner(&self, owner: Owner, socket: Option<std::net::SocketAddr>, host: String) -> String {
        let address = socket.map_or(host, |socket| socket.to_string());
        let name = owner.pid.map(|pid| printable(&self.timeline.processes.name(pid)));
        match (name, owner.role) {
            (Some(name), Role::Holder | Role::Unknown) => format!("{name} · {address}"),
            (Some(name), Role::Listener) => self.words.page_owner_listener(name, address),
            (Some(name), Role::Closed) => format!("{name} · {address} ({})", self.words.trace_closed()),
            (_, Role::Kernel) => format!("{} · {address}", self.words.trace_kernel()),
            (None, _) => self.words.page_owner_unknown(address),
        }
    }

    fn headers(&mut self, crossing: &Crossing, event: &mut Event) {
        let packet = &crossing.packet;
        self.detail(event, Label::Protocol, protocol(&packet.transport));
        if let Transport::Tcp(segment) = &packet.transport {
            self.segment(segment, crossing.numbers, event);
        }
        if let Some(quoted) = packet.icmp().and_then(|icmp| icmp.quoted) {
            self.detail(event, Label::About, format!("{} → {}", quoted.source, quoted.destination));
        }
        self.detail(event, Label::Hops, packet.hops.to_string());
        if let Some(fragment) = packet.fragment {
            let more = if fragment.more { "+" } else { "" };
            let text = format!("{:#x} @ {}{more}", fragment.identification, fragment.offset_bytes);
            self.detail(event, Label::Fragment, text);
        }
        let names = &self.timeline.header.interfaces;
        let name = names.iter().find(|it| it.index == crossing.interface);
        let name = name.map_or_else(|| crossing.interface.to_string(), |it| printable(&it.name));
        self.detail(event, Label::Interface, name);
        self.detail(event, Label::Length, self.words.page_bytes(u64::from(crossing.length_bytes)));
    }

    fn segment(&mut self, segment: &Segment, numbers: Option<Numbers>, event: &mut Event) {
        let raw = format!("seq {} · ack {}", segment.sequence, segment.acknowledgement);
        let counted = numbers.map(|it| format!("seq {} · ack {} ({raw})", it.sequence, it.acknowledgement));
        self.detail(event, Label::Numbers, counted.unwrap_or(raw));
        self.detail(event, Label::Window, segment.window.to_string());
        let options = [
            segment.options.mss.map(|mss| format!("MSS {mss}")),
            segment.options.window_scale.map(|scale| format!("WS {scale}")),
            segment.options.sack_permitted.then(|| "SACK".to_owned()),
        ];
        let options: Vec<_> = options.into_iter().flatten().collect();
        if !options.is_empty() {
            self.detail(event, Label::Options, options.join(", "));
        }
    }

    fn packet_bytes(&self, crossing: &Crossing, event: &mut Event) {
        let kept = &crossing.bytes.0[..crossing.bytes.0.len().min(PACKET_BYTES_MAX)];
        if kept.is_empty() {
            return;
        }
        let text = self.words.page_bytes_of(kept.len(), crossing.length_bytes);
        let payload = &crossing.packet.payload;
        let is_a_program_s = !payload.is_empty() && crossing.packet.from().is_some();
        let payload_from = is_a_program_s.then_some(payload.start);
        event.dumps.push(Dump { bytes: Bytes(kept.to_vec()), text, payload_from });
    }
}

/// What a packet says, in short: `SYN+ACK seq 0 ack 1`, `PSH+ACK seq 1 ack 1, 4 B`, `UDP 4 B`, `ICMP port unreachable`.
fn summary(packet: &Packet, numbers: Option<Numbers>) -> String {
    match &packet.transport {
        Transport::Tcp(segment) => {
            let (sequence, acknowledgement) = numbers
                .map_or((segment.sequence, segment.acknowledgement), |it| (it.sequence, it.acknowledgement));
            let ack = if segment.flags.ack { format!(" ack {acknowledgement}") } else { String::new() };
            let length = segment.payload_bytes;
            let length = if length > 0 { format!(" · {length} B") } else { String::new() };
            format!("{} seq {sequence}{ack}{length}", segment.flags)
        }
        Transport::Udp(datagram) => format!("UDP · {} B", datagram.payload_bytes),
        Transport::Icmp(message) => icmp_text(packet, message),
        Transport::Part { protocol } => format!("IP part of {protocol}"),
        Transport::Other { protocol } => format!("IP {protocol}"),
    }
}

fn icmp_text(packet: &Packet, message: &Icmp) -> String {
    let version = if packet.source.is_ipv4() { Version::V4 } else { Version::V6 };
    let name = icmp::name(version, message.of_type, message.code);
    name.map_or_else(|| format!("ICMP {}/{}", message.of_type, message.code), |name| format!("ICMP {name}"))
}

fn protocol(transport: &Transport) -> String {
    match transport {
        Transport::Tcp(segment) => format!("TCP {}", segment.flags),
        Transport::Udp(datagram) => format!("UDP {} → {}", datagram.source_port, datagram.destination_port),
        Transport::Icmp(icmp) => format!("ICMP {}/{}", icmp.of_type, icmp.code),
        Transport::Part { protocol } | Transport::Other { protocol } => protocol.to_string(),
    }
}
