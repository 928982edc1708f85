//! A recording with what was found in it.

use scope::model::{
    Call, Direction, Frame, Level, Observation, Outcome, Pid, ProcessChange, SocketState, What,
};
use serde_json::Value;
use wire::packet::{TcpFlags, Transport, decode};

/// A recording.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) observations: Vec<Observation>,
    pub(crate) findings: Vec<Value>,
    pub(crate) stderr: String,
}

/// A finding in its recording.
#[derive(Debug)]
pub(crate) struct Found<'r> {
    recording: &'r Recording,
    facts: &'r Value,
}

impl Recording {
    /// The only finding, which is by this rule.
    pub(crate) fn the_one(&self, rule: &str) -> Found<'_> {
        let [found] = self.all_of(rule);
        found
    }

    /// All findings, which are by this rule; the most harmless first.
    pub(crate) fn all_of<const N: usize>(&self, rule: &str) -> [Found<'_>; N] {
        let told = || format!("{:#?}\n{}", self.findings, self.stderr);
        assert!(self.findings.iter().all(|facts| facts["finding"] == rule), "{}", told());
        let mut all: Vec<_> = self.findings.iter().map(|facts| Found { recording: self, facts }).collect();
        all.sort_by_key(|found| ["advice", "fragile", "fault"].map(|one| found.facts["severity"] != one));
        all.try_into().unwrap_or_else(|_| panic!("{}", told()))
    }

    /// Whether packets were captured, in a private network.
    pub(crate) fn has_packets(&self) -> bool {
        let header = self.observations.iter().find_map(|observation| match &observation.what {
            What::Recording(header) => Some(header),
            _ => None,
        });
        header.is_some_and(|header| header.level == Level::A)
    }

    /// Whether every program ended as programs do, but for servers that were left alone.
    pub(crate) fn has_ended_well(&self) -> bool {
        let summary = self.observations.iter().find_map(|observation| match &observation.what {
            What::Summary(summary) => Some(summary),
            _ => None,
        });
        summary.is_some_and(|summary| {
            !summary.interrupted
                && summary.wait_statuses.iter().flatten().all(|status| [0, SIGTERM].contains(status))
        })
    }

    /// What a program is called whose process has this number.
    fn name(&self, pid: Pid) -> &str {
        let program = self.observations.iter().find_map(|observation| match &observation.what {
            What::Process(process) if process.pid == pid => match process.change {
                ProcessChange::Started { program } => Some(program),
                _ => None,
            },
            _ => None,
        });
        let header = self.observations.iter().find_map(|observation| match &observation.what {
            What::Recording(header) => Some(header),
            _ => None,
        });
        program.zip(header).map_or("?", |(program, header)| &header.programs[program].name)
    }
}

impl Found<'_> {
    /// What it tells, by name.
    pub(crate) fn fact(&self, name: &str) -> &Value {
        &self.facts[name]
    }

    /// Its severity, and the name of the program that it is about.
    pub(crate) fn about(&self) -> (&str, &str) {
        (self.facts["severity"].as_str().unwrap(), self.facts["side"]["program"].as_str().unwrap())
    }

    /// What proves it, in words; what decides has a star.
    pub(crate) fn evidence(&self) -> Vec<String> {
        let ids = self.facts["evidence"].as_array().unwrap();
        assert!(ids.contains(&self.facts["shown_by"]));
        let said = |id: &Value| {
            let of_id = |one: &&Observation| one.id.0 == id.as_u64().unwrap();
            let observation = self.recording.observations.iter().find(of_id).unwrap();
            let star = if *id == self.facts["shown_by"] { "* " } else { "" };
            format!("{star}{}", self.say(&observation.what))
        };
        ids.iter().map(said).collect()
    }

    fn say(&self, what: &What) -> String {
        match what {
            What::Call(call) => self.call(call),
            What::Packet(frame) => packet(frame),
            What::Socket(state) => self.socket(state),
            other => panic!("{other:?} proves nothing"),
        }
    }

    fn call(&self, call: &Call) -> String {
        let outcome = match call.outcome {
            Some(Outcome::Returned(_)) => "",
            Some(Outcome::Failed(errno)) => wire::errno::name(errno).unwrap_or("?"),
            _ => "…",
        };
        format!("{} {} {outcome}", self.recording.name(call.pid), call.call.name()).trim_end().to_owned()
    }

    fn socket(&self, state: &SocketState) -> String {
        let name = self.recording.name(state.holder.unwrap_or_default().0);
        match state.state {
            Some(of_tcp) => format!("{name} {of_tcp} {}/{}", state.recv_queue, state.send_queue),
            None if state.drops > 0 => format!("{name} has dropped"),
            None => format!("{name} has dropped none"),
        }
    }
}

fn packet(frame: &Frame) -> String {
    assert_eq!(frame.direction, Direction::Out, "{frame:?}");
    let packet = decode(&frame.bytes.0, frame.length_bytes).unwrap();
    match packet.transport {
        Transport::Tcp(tcp) => format!("{} {}", flags(tcp.flags), tcp.payload_bytes),
        Transport::Udp(udp) => format!("datagram {}", udp.payload_bytes),
        Transport::Icmp(icmp) => format!("ICMP {}/{}", icmp.of_type, icmp.code),
        other => panic!("{other:?}"),
    }
}

/// The letters of flags, as in the scripts.
fn flags(flags: TcpFlags) -> String {
    let letters = [(flags.syn, 'S'), (flags.fin, 'F'), (flags.rst, 'R'), (flags.psh, 'P'), (flags.ack, '.')];
    letters.into_iter().filter_map(|(is_set, letter)| is_set.then_some(letter)).collect()
}

const SIGTERM: u32 = 15;
