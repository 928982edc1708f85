//! The timeline as a trace for [Perfetto](https://ui.perfetto.dev) and `chrome://tracing`.
//!
//! The format is Chrome's "Trace Event Format": JSON with an array of events, times in microseconds. A process of the recording
//! is a process there, a call a slice of its thread, a packet a slice of the process "wire" with an arrow from the call that
//! sent it to the one that waits for it, and the queues of a socket are counters.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};
use wire::packet::Transport;

use super::line::line;
use super::pcapng::Remark;
use crate::model::{Call, Pid, SocketState, Time};
use crate::timeline::{CallEntry, Class, Crossing, Entry, EntryKind, Timeline};

/// The number of the process that stands for the wire: beyond those that Linux gives (`PID_MAX_LIMIT`).
const WIRE: u32 = 4_194_305;

/// Writes the trace.
///
/// # Errors
///
/// What the writer says.
pub fn write(timeline: &Timeline, remarks: &[Remark], writer: &mut impl Write) -> io::Result<()> {
    let end = timeline.entries.last().map_or(Time(0), |entry| entry.time);
    let mut trace = Trace { writer, is_empty: true };
    trace.writer.write_all(br#"{"displayTimeUnit":"ns","traceEvents":["#)?;
    trace.name("process_name", WIRE, "wire")?;
    for lane in timeline.processes.lanes.values() {
        trace.name("process_name", lane.pid.0, &lane.name)?;
    }
    for entry in timeline.entries.iter().filter(|entry| is_shown(entry)) {
        trace.entry(entry, timeline, end)?;
    }
    for remark in remarks {
        let event = Event::new("i", &remark.text, "finding", WIRE, remark.at);
        trace.event(&Event { scope: Some("g"), ..event })?;
    }
    trace.writer.write_all(b"\n]}\n")
}

/// Resolvers and runtimes are left out, as in every other view.
fn is_shown(entry: &Entry) -> bool {
    match &entry.kind {
        EntryKind::Call(call) => call.class == Class::Program,
        _ => true,
    }
}

/// An event of the format.
#[derive(Serialize)]
struct Event<'a> {
    ph: &'static str,
    name: &'a str,
    cat: &'static str,
    pid: u32,
    tid: u32,
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// `e`: an arrow ends in the slice around it, not in the next one.
    #[serde(rename = "bp", skip_serializing_if = "Option::is_none")]
    binding: Option<&'static str>,
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    args: Map<String, Value>,
}

impl<'a> Event<'a> {
    fn new(ph: &'static str, name: &'a str, cat: &'static str, pid: u32, at: Time) -> Self {
        let ts = microseconds(at);
        Self {
            ph,
            name,
            cat,
            pid,
            tid: pid,
            ts,
            dur: None,
            id: None,
            binding: None,
            scope: None,
            args: Map::new(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a recording of a month has 52 bits of nanoseconds")]
fn microseconds(time: Time) -> f64 {
    time.0 as f64 / 1000.0
}

struct Trace<'w, W> {
    writer: &'w mut W,
    is_empty: bool,
}

impl<W: Write> Trace<'_, W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.writer.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        Ok(serde_json::to_writer(&mut *self.writer, event)?)
    }

    fn name(&mut self, what: &str, pid: u32, name: &str) -> io::Result<()> {
        let mut event = Event::new("M", what, "__metadata", pid, Time(0));
        event.args.insert("name".to_owned(), name.into());
        self.event(&event)
    }

    fn entry(&mut self, entry: &Entry, timeline: &Timeline, end: Time) -> io::Result<()> {
        match &entry.kind {
            EntryKind::Call(call) => self.call(entry.time, call, end),
            EntryKind::Packet(packet) => self.packet(entry, packet),
            EntryKind::Socket(state) => self.socket(entry.time, state, timeline),
            EntryKind::Counter(counter) => {
                let mut event = Event::new("i", &counter.name, "counter", WIRE, entry.time);
                event.scope = Some("p");
                event.args.insert("by".to_owned(), counter.by.into());
                self.event(&event)
            }
            EntryKind::Process(_) | EntryKind::Kernel(_) | EntryKind::Note(_) => Ok(()),
        }
    }

    fn call(&mut self, entered: Time, entry: &CallEntry, end: Time) -> io::Result<()> {
        let call = &entry.call;
        let mut event = Event::new("X", call.call.name(), "call", call.pid.0, entered);
        event.tid = call.tid.0;
        event.dur = Some(microseconds(call.until.unwrap_or(end)) - event.ts);
        event.args = about(call, entered);
        self.event(&event)
    }

    /// A packet is a slice of the wire, and an arrow from whoever sent it to whom it went.
    fn packet(&mut self, entry: &Entry, packet: &Crossing) -> io::Result<()> {
        let name = label(packet);
        let (from, to) = (packet.departed.or(packet.arrived), packet.arrived.or(packet.departed));
        let (from, to) = (from.unwrap_or(entry.time), to.unwrap_or(entry.time));
        for (ph, at) in [("b", from), ("e", to)] {
            let mut event = Event::new(ph, &name, "packet", WIRE, at);
            event.id = Some(entry.id.0);
            self.event(&event)?;
        }
        let (Some(sender), Some(receiver)) = (packet.from.pid, packet.to.pid) else { return Ok(()) };
        if packet.departed.is_some() && packet.arrived.is_some() {
            self.arrow(entry.id.0, "s", sender, from)?;
            self.arrow(entry.id.0, "f", receiver, to)?;
        }
        Ok(())
    }

    fn arrow(&mut self, id: u64, ph: &'static str, pid: Pid, at: Time) -> io::Result<()> {
        let mut event = Event::new(ph, "packet", "packet", pid.0, at);
        event.id = Some(id);
        event.binding = (ph == "f").then_some("e");
        self.event(&event)
    }

    fn socket(&mut self, at: Time, state: &SocketState, timeline: &Timeline) -> io::Result<()> {
        let Some((pid, fd)) = state.holder else { return Ok(()) };
        let name = format!("{} fd {fd} queues", timeline.processes.name(pid));
        let mut event = Event::new("C", &name, "socket", pid.0, at);
        event.args.insert("received".to_owned(), state.recv_queue.into());
        event.args.insert("sent".to_owned(), state.send_queue.into());
        self.event(&event)
    }
}

/// What a reader of the trace finds when they click on a call.
fn about(call: &Call, entered: Time) -> Map<String, Value> {
    let mut about = Map::new();
    about.insert("call".to_owned(), line(call, entered).into());
    if let Some(place) = &call.place {
        about.insert("line".to_owned(), format!("{}:{}", place.file, place.line).into());
    }
    about
}

/// What a packet is called: `SYN 40000 → 3500`, `UDP 5 bytes 40000 → 3500`.
fn label(packet: &Crossing) -> String {
    let what = match &packet.packet.transport {
        Transport::Tcp(segment) => match segment.payload_bytes {
            0 => segment.flags.to_string(),
            bytes => format!("{} {bytes} bytes", segment.flags),
        },
        Transport::Udp(datagram) => format!("UDP {} bytes", datagram.payload_bytes),
        Transport::Icmp(icmp) => format!("ICMP {}/{}", icmp.of_type, icmp.code),
        Transport::Part { .. } => "fragment".to_owned(),
        Transport::Other { protocol } => format!("IP protocol {protocol}"),
    };
    match (packet.packet.from(), packet.packet.to()) {
        (Some(from), Some(to)) => format!("{what} {} → {}", from.port(), to.port()),
        _ => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Protocol;
    use crate::testing::Story;

    #[test]
    fn a_recording_becomes_slices_arrows_and_counters() {
        let trace = trace(exchange());

        let of = |ph: &str, name: &str| {
            let is_it = |event: &&Value| event["ph"] == ph && event["name"] == name;
            trace.iter().filter(is_it).cloned().collect::<Vec<_>>()
        };
        let [sent] = &of("X", "sendto")[..] else { panic!("one sendto") };
        assert_eq!((&sent["pid"], &sent["ts"], &sent["dur"]), (&200.into(), &1000.0.into(), &10.0.into()));
        assert_eq!(sent["args"]["line"], "client.py:8");
        let [began, ended] = [&of("b", "UDP 4 bytes 40000 → 3500"), &of("e", "UDP 4 bytes 40000 → 3500")];
        assert_eq!((began.len(), ended.len()), (1, 1));
        let [leaves, arrives] = [&of("s", "packet")[0], &of("f", "packet")[0]];
        assert_eq!(
            (&leaves["pid"], &arrives["pid"], &arrives["bp"]),
            (&200.into(), &100.into(), &"e".into())
        );
        let [queues] = &of("C", "server fd 3 queues")[..] else { panic!("one look at the queues") };
        assert_eq!(queues["args"]["received"], 4);
    }

    #[test]
    fn every_event_has_what_the_format_asks_for() {
        for event in trace(exchange()) {
            assert!(event["ph"].is_string() && event["pid"].is_u64() && event["ts"].is_f64(), "{event}");
        }
    }

    #[test]
    fn a_call_that_never_returned_lasts_to_the_end() {
        let mut story = Story::new(&["client"]);
        let socket = story.socket(story.pid(0), 3, Protocol::Udp);
        story.at_us(1000).for_ever().receive(socket, 10, b"", None);
        story.at_us(3000).counter("Udp.NoPorts", 1);

        let waiting = trace(story).into_iter().find(|event| event["name"] == "recvfrom").unwrap();

        assert_eq!((&waiting["ts"], &waiting["dur"]), (&1000.0.into(), &2000.0.into()));
    }

    fn exchange() -> Story {
        let mut story = Story::new(&["server", "client"]);
        let (server, client) = (story.pid(0), story.pid(1));
        let listening = story.socket(server, 3, Protocol::Udp);
        story.bind(listening, "127.0.0.1:3500");
        let asking = story.socket(client, 3, Protocol::Udp);
        let bound = story.state_of(asking, None, "127.0.0.1:40000", None);
        story.state(bound);
        let waiting = story.state_of(listening, None, "127.0.0.1:3500", None);
        story.at_us(1000).line("client.py", 8).send(asking, b"hola", Some("127.0.0.1:3500"));
        story.at_us(1001).datagram("127.0.0.1:40000", "127.0.0.1:3500", b"hola");
        story.at_us(1020).state(SocketState { recv_queue: 4, ..waiting });
        story
    }

    fn trace(story: Story) -> Vec<Value> {
        let timeline = Timeline::build(story.finish()).unwrap();
        let remarks = [Remark { at: Time(5), text: "found".to_owned() }];
        let mut written = Vec::new();
        write(&timeline, &remarks, &mut written).unwrap();
        let trace: Value = serde_json::from_slice(&written).unwrap();
        trace["traceEvents"].as_array().unwrap().clone()
    }
}
