//! Packets, as a script says them: nearly as `packetdrill` does.

use wire::packet::{Icmp, Segment, Transport};

use super::call::data;
use super::lexer::name;
use crate::timeline::{Crossing, Owner, Processes, Role};

pub(super) const KERNEL: &str = "kernel";
const UNKNOWN: &str = "?";
const FLAGS: [&str; 6] = ["S", "F", "R", "P", "U", "."];

/// `:40000 > :3500 server P. 1:5(4) ack 1 "hola"`.
pub(super) fn write(crossing: &Crossing, processes: &Processes) -> String {
    let packet = &crossing.packet;
    let ports = packet.from().zip(packet.to());
    let (from, to) = ports
        .map(|(from, to)| (format!(":{} ", from.port()), format!(":{} ", to.port())))
        .unwrap_or_default();
    let bytes = crossing.bytes.0.get(packet.payload.clone()).unwrap_or_default();
    let what = match &packet.transport {
        Transport::Tcp(segment) => format!("{} {}", segment_flags(segment), numbers(crossing, segment)),
        Transport::Udp(datagram) => format!("udp({})", datagram.payload_bytes),
        Transport::Icmp(icmp) => icmp_words(icmp),
        Transport::Part { protocol } | Transport::Other { protocol } => format!("ip({protocol})"),
    };
    let carries = packet.tcp().is_some() || packet.udp().is_some();
    let data = if carries && !bytes.is_empty() { format!(" {}", data(bytes)) } else { String::new() };
    let part = packet.fragment.map(|part| format!(" part {}", part.offset_bytes)).unwrap_or_default();
    format!("{from}> {to}{} {what}{data}{part}{}", side(crossing.to, processes), marks(crossing))
}

/// Whose line it is.
pub(super) fn sender(crossing: &Crossing, processes: &Processes) -> String {
    lane(crossing.from, processes)
}

fn lane(owner: Owner, processes: &Processes) -> String {
    match (owner.pid, owner.role) {
        (Some(pid), _) => name(&processes.name(pid)),
        (None, Role::Kernel | Role::Listener | Role::Closed) => KERNEL.to_owned(),
        (None, Role::Holder | Role::Unknown) => UNKNOWN.to_owned(),
    }
}

fn side(owner: Owner, processes: &Processes) -> String {
    let lane = lane(owner, processes);
    match (owner.pid, owner.role) {
        (Some(_), Role::Listener) => lane + "(listener)",
        (Some(_), Role::Closed) => lane + "(closed)",
        _ => lane,
    }
}

fn segment_flags(segment: &Segment) -> String {
    let flags = segment.flags;
    let set = [flags.syn, flags.fin, flags.rst, flags.psh, flags.urg, flags.ack];
    let letters: String = FLAGS.iter().zip(set).filter(|(_, set)| *set).map(|(letter, _)| *letter).collect();
    if letters.is_empty() { "-".to_owned() } else { letters }
}

fn numbers(crossing: &Crossing, segment: &Segment) -> String {
    let Some(numbers) = crossing.numbers else { return format!("({})", segment.payload_bytes) };
    let end = numbers.sequence.wrapping_add(segment.payload_bytes);
    let range = format!("{}:{end}({})", numbers.sequence, segment.payload_bytes);
    if segment.flags.ack { format!("{range} ack {}", numbers.acknowledgement) } else { range }
}

/// The type and the code, and of an error the ports of the packet that it is about.
fn icmp_words(icmp: &Icmp) -> String {
    let quoted =
        icmp.quoted.map(|quoted| format!(" :{} :{}", quoted.source.port(), quoted.destination.port()));
    format!("icmp({}, {}){}", icmp.of_type, icmp.code, quoted.unwrap_or_default())
}

/// `again` for what was sent before, `lost` for what did not arrive where it would be seen.
fn marks(crossing: &Crossing) -> String {
    let mut marks = String::new();
    if crossing.numbers.is_some_and(|numbers| numbers.retransmission) {
        marks.push_str(" again");
    }
    if crossing.arrived.is_none() && crossing.to.role != Role::Unknown {
        marks.push_str(" lost");
    }
    marks
}
